#include "base/os/new_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace houniao::os {
namespace {

namespace fs = std::filesystem;

class NewFiles : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  NewFile make(Readers readers = Readers::owner) const {
    auto file = NewFile::create(target_, readers);
    EXPECT_TRUE(file) << file.error().message();
    return std::move(*file);
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void put(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("new" + std::to_string(::getpid()));
  const fs::path target_ = folder_ / "book";
  const fs::path part_ = folder_ / "book.part";
  const fs::path other_ = folder_ / "other";
};

TEST_F(NewFiles, has_its_name_when_it_is_whole) {
  put(target_, "old");
  NewFile file = make();
  ASSERT_TRUE(file.write(as_bytes("ne")));
  ASSERT_TRUE(file.sync());
  ASSERT_TRUE(file.write(as_bytes("w")));
  EXPECT_EQ(text_of(target_), "old");
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(text_of(target_), "new");
  EXPECT_FALSE(fs::exists(part_));
}

TEST_F(NewFiles, leaves_nothing_when_it_is_not_finished) {
  { ASSERT_TRUE(make().write(as_bytes("half"))); }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(NewFiles, may_be_read_by_whom_it_says) {
  const mode_t before = ::umask(022);
  EXPECT_TRUE(make(Readers::owner).finish());
  EXPECT_EQ(fs::status(target_).permissions(), fs::perms(0600));
  EXPECT_TRUE(make(Readers::by_umask).finish());
  EXPECT_EQ(fs::status(target_).permissions(), fs::perms(0644));
  ::umask(before);
}

TEST_F(NewFiles, writes_through_no_link_at_either_name) {
  for (const bool hard : {false, true}) {
    put(other_, "kept");
    for (const fs::path& name : {target_, part_}) {
      fs::remove(name);
      hard ? fs::create_hard_link(other_, name) : fs::create_symlink(other_, name);
    }
    NewFile file = make();
    ASSERT_TRUE(file.write(as_bytes("new")));
    ASSERT_TRUE(file.finish());
    EXPECT_EQ(text_of(other_), "kept");
    EXPECT_EQ(text_of(target_), "new");
    EXPECT_FALSE(fs::is_symlink(target_));
  }
}

TEST_F(NewFiles, of_two_that_write_at_once_one_is_whole_and_one_is_refused) {
  std::optional<NewFile> first(make());
  ASSERT_TRUE(first->write(as_bytes("first")));
  NewFile second = make();
  ASSERT_TRUE(second.write(as_bytes("sec")));
  const auto refused = first->finish();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::storage_failed);
  EXPECT_NE(refused.error().message().find("another process"), std::string::npos);
  first.reset();  // takes nothing of the other's away
  ASSERT_TRUE(second.write(as_bytes("ond")));
  ASSERT_TRUE(second.finish());
  EXPECT_EQ(text_of(target_), "second");
}

TEST_F(NewFiles, says_why_it_cannot_be_made) {
  fs::create_directory(part_);
  EXPECT_EQ(NewFile::create(target_, Readers::owner).error().code, Errc::storage_failed);
  const auto nowhere = NewFile::create(folder_ / "no" / "book", Readers::owner);
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().message().find("book.part"), std::string::npos);
}

}  // namespace
}  // namespace houniao::os
