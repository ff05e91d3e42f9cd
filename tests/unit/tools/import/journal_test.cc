// The journal: crashes on either side of the commit, torn lines, secrets, and what it does not
// tell.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/unit/tools/import/memory_book.h"
#include "tests/unit/tools/import/xlsx_fixture.h"
#include "tools/import/journal.h"

namespace houniao::importing {
namespace {

using tests::MemoryBook;
using tests::ScratchFolder;

Journal::Secret secret(std::uint8_t fill = 1) {
  Journal::Secret out;
  out.key.emplace();
  out.key->fill(fill);
  return out;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
void append_to(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

EventDraft draft(int day) {
  EventDraft out;
  out.occurred = Day{day};
  out.body = [](schema::Event::Body::Builder body) { body.initSessionHeld().setHeadcount(3); };
  return out;
}

class JournalTest : public testing::Test {
 protected:
  Result<Journal> open(Journal::Access access = Journal::Access::write) {
    return Journal::open(path(), secret(), random_, access);
  }
  std::filesystem::path path() const { return folder_ / "import" / "journal.jsonl"; }

  // Rows 10, 11, ... of a file, on days 1, 2, ..., with keys from "k10" on.
  static std::vector<JournalRow> rows(const Journal& journal, std::uint32_t count) {
    std::vector<JournalRow> out;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string name = std::to_string(10 + i);
      const std::array<std::string_view, 1> parts = {name};
      JournalRow row;
      row.identity = journal.marker().mark("row", parts);
      row.key = journal.marker().mark("key", parts);
      row.content = journal.marker().mark("content", parts);
      row.row = 10 + i;
      row.type = static_cast<std::uint16_t>(EventType::SESSION_HELD);
      row.occurred = Day{static_cast<std::int32_t>(i + 1)};
      out.push_back(row);
    }
    return out;
  }
  static std::vector<EventDraft> drafts(std::uint32_t count) {
    std::vector<EventDraft> out;
    for (std::uint32_t i = 0; i < count; ++i) out.push_back(draft(static_cast<int>(i + 1)));
    return out;
  }
  static Mark key(const Journal& journal, const std::string& name) {
    const std::array<std::string_view, 1> parts = {name};
    return journal.marker().mark("key", parts);
  }

  ScratchFolder folder_;
  tests::Prng random_{5};
  MemoryBook book_;
};

TEST_F(JournalTest, WhatWasRecordedIsKnownAfterAReopen) {
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 3)));
    ASSERT_TRUE(book_.record(drafts(3)));
    ASSERT_TRUE(journal.done());
    ASSERT_NE(journal.find_key(key(journal, "11")), nullptr);
  }
  Journal journal = open().value();
  ASSERT_TRUE(journal.reconcile(book_));
  const Journal::Known* known = journal.find_key(key(journal, "11"));
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->row, 11U);
  EXPECT_EQ(to_string(known->event), "7-2");
  EXPECT_EQ(journal.find_row(rows(journal, 1)[0].identity)->row, 10U);
  EXPECT_EQ(journal.find_key(key(journal, "99")), nullptr);
}

TEST_F(JournalTest, ACrashBeforeTheCommitLeavesNothingKnown) {
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 3)));
  }
  Journal journal = open().value();
  ASSERT_TRUE(journal.reconcile(book_));
  EXPECT_EQ(journal.find_key(key(journal, "11")), nullptr);
  EXPECT_NE(content_of(path()).find("\"dropped\":1"), std::string::npos);
}

TEST_F(JournalTest, ACrashAfterTheCommitLeavesEverythingKnown) {
  for (const bool forgets : {false, true}) {
    const ScratchFolder folder;
    MemoryBook book;
    book.forgets = forgets;
    const auto path = folder / "import" / "journal.jsonl";
    {
      Journal journal = Journal::open(path, secret(), random_, Journal::Access::write).value();
      ASSERT_TRUE(journal.reconcile(book));
      ASSERT_TRUE(journal.intend(Hash{}, book.next_event_id(), rows(journal, 3)));
      ASSERT_TRUE(book.record(drafts(3)));
    }
    Journal journal = Journal::open(path, secret(), random_, Journal::Access::write).value();
    ASSERT_TRUE(journal.reconcile(book));
    EXPECT_NE(journal.find_key(key(journal, "11")), nullptr) << forgets;
    EXPECT_NE(content_of(path).find("\"done\":1"), std::string::npos);
  }
}

TEST_F(JournalTest, OtherEventsInThePlaceOfABatchAreNotTakenForIt) {
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 3)));
  }
  // The process died before the commit; then somebody worked with the device.
  const std::vector<EventDraft> others = {draft(400), draft(401), draft(402), draft(403)};
  ASSERT_TRUE(book_.record(others));
  Journal journal = open().value();
  ASSERT_TRUE(journal.reconcile(book_));
  EXPECT_EQ(journal.find_key(key(journal, "10")), nullptr);
}

TEST_F(JournalTest, ATornLastLineIsCutOffAndTheRestStands) {
  std::string whole;
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 2)));
    ASSERT_TRUE(book_.record(drafts(2)));
    ASSERT_TRUE(journal.done());
    whole = content_of(path());
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 1)));
  }
  const std::string more = content_of(path());
  for (std::size_t size = whole.size(); size < more.size(); size += 13) {
    std::filesystem::resize_file(path(), size);
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_)) << size;
    EXPECT_NE(journal.find_key(key(journal, "11")), nullptr) << size;
    EXPECT_EQ(content_of(path()), whole) << size;
    append_to(path(), more.substr(whole.size()));
  }
  // Blocks may reach the disk out of order: a line end without what stands before it.
  std::filesystem::resize_file(path(), whole.size());
  append_to(path(), std::string(40, '\0') + "\n");
  EXPECT_TRUE(open());
  EXPECT_EQ(content_of(path()), whole);
}

TEST_F(JournalTest, DamageBeforeTheLastLineIsAnErrorAndTouchesNothing) {
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    for (int i = 0; i < 2; ++i) {
      ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 2)));
      ASSERT_TRUE(book_.record(drafts(2)));
      ASSERT_TRUE(journal.done());
    }
  }
  const std::string whole = content_of(path());
  const std::size_t second = whole.find('\n') + 1;
  const std::size_t third = whole.find('\n', second) + 1;
  for (const std::string& damage :
       {whole.substr(0, second) + "{\"batch\":1}\n" + whole.substr(third),
        whole.substr(0, second) + whole.substr(third),
        whole.substr(0, second) + "{\"file\":5}\n" + whole.substr(third)}) {
    std::ofstream(path(), std::ios::binary) << damage;
    const auto journal = open();
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, Errc::corrupt);
    EXPECT_EQ(content_of(path()), damage);
  }
}

TEST_F(JournalTest, AnotherSecretIsRefused) {
  ASSERT_TRUE(open());
  const auto other = Journal::open(path(), secret(2), random_, Journal::Access::write);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::wrong_key);
}

TEST_F(JournalTest, AnOlderCopyOfTheDeviceIsNoticed) {
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 3)));
    ASSERT_TRUE(book_.record(drafts(3)));
    ASSERT_TRUE(journal.done());
  }
  MemoryBook restored;
  ASSERT_TRUE(restored.record(drafts(2)));
  Journal journal = open().value();
  EXPECT_EQ(journal.reconcile(restored).error().code, Errc::corrupt);
  MemoryBook another(8);
  ASSERT_TRUE(another.record(drafts(9)));
  Journal again = open().value();
  EXPECT_EQ(again.reconcile(another).error().code, Errc::invalid_argument);
}

TEST_F(JournalTest, LookingMakesAndChangesNothing) {
  {
    Journal journal = open(Journal::Access::look).value();
    ASSERT_TRUE(journal.reconcile(book_));
    EXPECT_FALSE(std::filesystem::exists(path()));
  }
  {
    Journal journal = open().value();
    ASSERT_TRUE(journal.reconcile(book_));
    ASSERT_TRUE(journal.intend(Hash{}, book_.next_event_id(), rows(journal, 3)));
    ASSERT_TRUE(book_.record(drafts(3)));
  }
  const std::string before = content_of(path());
  Journal journal = open(Journal::Access::look).value();
  ASSERT_TRUE(journal.reconcile(book_));
  EXPECT_NE(journal.find_key(key(journal, "11")), nullptr) << "what was cut short is found out";
  EXPECT_EQ(content_of(path()), before);
}

TEST_F(JournalTest, OnlyTheOwnerMayReadItAndMarksDependOnTheSecret) {
  Journal journal = open().value();
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const ScratchFolder folder;
  const Journal other =
      Journal::open(folder / "import" / "j", secret(2), random_, Journal::Access::write).value();
  EXPECT_NE(key(journal, "11010519491231002X"), key(other, "11010519491231002X"))
      << "nobody without the secret can try all numbers";
}

TEST(Marks, PartsDoNotRunIntoOneAnother) {
  const Marker marker(SymmetricKey{});
  const std::array<std::string_view, 2> one = {"ab", "c"};
  const std::array<std::string_view, 2> two = {"a", "bc"};
  EXPECT_NE(marker.mark("key", one), marker.mark("key", two));
  EXPECT_NE(marker.mark("key", one), marker.mark("row", one));
  EXPECT_EQ(marker.mark("key", one), marker.mark("key", one));
}

}  // namespace
}  // namespace houniao::importing
