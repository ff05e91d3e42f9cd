// Whatever stands among the checkpoints that witnesses cosigned is compared with the log or named.
#include "tools/audit/cosigned.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "replay/cosignature.h"
#include "server/log/lmdb_store.h"
#include "tests/crash/audited_log.h"
#include "tools/audit/verify.h"

namespace houniao {
namespace {

using crash::LogMaker;
using crash::must;
using crash::SeededRandom;
using crash::TemporaryDirectory;
namespace fs = std::filesystem;

class CosignedFiles : public testing::Test {
 protected:
  CosignedFiles() {
    log_ = must(LmdbStore::open(data() / "log"));
    LogMaker maker(*log_, 7);
    maker.play(10);
    options_.verifier_key = maker.verifier_key();
    log_key_ = maker.log_key();
    note_ = log_->head().checkpoint;
    head_ = must(open_checkpoint(note_, options_.verifier_key));
    fs::create_directories(cosigned());
    SeededRandom random(3);
    witness_ = make_signing_key(random);
    stranger_ = make_signing_key(random);
  }

  fs::path data() const { return directory_.path(); }
  fs::path cosigned() const { return data() / "cosigned"; }
  static std::string name_of(TreeSize size) {
    const std::string digits = std::to_string(size.value);
    return std::string(20 - digits.size(), '0') + digits;
  }
  static std::string by_witness(const std::string& note, const SigningKey& key) {
    return note + cosign(must(split_note(note)).text, kWitness, key, 1'500'000'000);
  }
  void put(const std::string& name, const std::string& content) const {
    std::ofstream(cosigned() / name, std::ios::binary) << content;
  }
  void put_newest(const std::string& content) const { put(name_of(head_.size), content); }
  void ask_the_witness() const {
    std::ofstream(data() / "witnesses.json")
        << R"([{"url":"http://127.0.0.1:9","key":")"
        << cosigner_key(kWitness, witness_.verify_key()) << "\"}]";
  }
  audit::Report verify() const { return must(audit::verify_data(data(), options_)); }

  void expect_warned(const std::string& where, const std::string& what) const {
    const audit::Report report = verify();
    EXPECT_TRUE(report.ok()) << "it says nothing about the log: " << audit::to_text(report);
    const bool told = std::any_of(report.warnings.begin(), report.warnings.end(), [&](auto& w) {
      return w.where == where && w.what.en.find(what) != std::string::npos && !w.what.zh.empty();
    });
    EXPECT_TRUE(told) << what << "\n" << audit::to_text(report);
    const std::string text = audit::to_text(report);
    EXPECT_NE(text.find("注意 / note: " + where + ": "), std::string::npos) << text;
    const auto json = audit::to_json(report);
    ASSERT_FALSE(json["warnings"].empty());
    EXPECT_EQ(json["warnings"][0]["where"], where);
    EXPECT_TRUE(json["ok"].get<bool>());
  }
  void expect_found(const std::string& where, const std::string& what) const {
    const audit::Report report = verify();
    EXPECT_FALSE(report.ok());
    const bool told = std::any_of(report.findings.begin(), report.findings.end(), [&](auto& f) {
      return f.check == audit::Check::witnesses && f.where == "cosigned checkpoint " + where &&
             f.what.find(what) != std::string::npos;
    });
    EXPECT_TRUE(told) << what << "\n" << audit::to_text(report);
  }

  static constexpr const char* kWitness = "w.test/1";
  TemporaryDirectory directory_;
  std::unique_ptr<LmdbStore> log_;
  audit::Options options_;
  SigningKey log_key_;
  SigningKey witness_;
  SigningKey stranger_;
  std::string note_;
  Checkpoint head_;
};

TEST_F(CosignedFiles, CanaryAGoodOneIsComparedAndNothingIsSaidOfIt) {
  ask_the_witness();
  const std::uint64_t before =
      verify().tallies[static_cast<std::size_t>(audit::Check::witnesses)].checked;
  put_newest(by_witness(note_, witness_));
  const audit::Report report = verify();
  EXPECT_TRUE(report.ok()) << audit::to_text(report);
  EXPECT_TRUE(report.warnings.empty()) << audit::to_text(report);
  EXPECT_EQ(report.tallies[static_cast<std::size_t>(audit::Check::witnesses)].checked, before + 2);
  EXPECT_TRUE(audit::to_json(report)["warnings"].empty());
}

TEST_F(CosignedFiles, what_is_no_checkpoint_is_named) {
  const std::string name = name_of(TreeSize{7});
  put(name, "rubbish\n");
  expect_warned("cosigned/" + name, "it is no checkpoint");
  put(name, "");
  expect_warned("cosigned/" + name, "it is no checkpoint");
  put(name, std::string(kNoteBytesMax + 1, 'x'));
  expect_warned("cosigned/" + name, "over 64 KiB");
  fs::remove(cosigned() / name);
  put("readme\x1b[2J", "rubbish\n");
  expect_warned(R"(cosigned/"readme\u001b[2J")", "it is no checkpoint");
}

TEST_F(CosignedFiles, links_folders_and_other_things_are_named_and_not_followed) {
  const std::string name = name_of(head_.size);
  std::ofstream(data() / "elsewhere") << by_witness(note_, witness_);
  fs::create_symlink(data() / "elsewhere", cosigned() / name);
  expect_warned("cosigned/" + name, "it is a link and was not followed");
  fs::remove(cosigned() / name);
  fs::create_directory(cosigned() / name);
  expect_warned("cosigned/" + name, "it is a directory");
  fs::remove(cosigned() / name);
  fs::remove(cosigned());
  std::ofstream(data() / "cosigned") << "a file";
  expect_warned("cosigned", "it is no directory");
}

TEST_F(CosignedFiles, that_cannot_be_read_are_named) {
  put_newest(by_witness(note_, witness_));
  const fs::path file = cosigned() / name_of(head_.size);
  fs::permissions(file, fs::perms::none);
  if (::access(file.c_str(), R_OK) == 0) {  // root reads every file, so nothing is to be told
    EXPECT_TRUE(verify().warnings.empty());
  } else {
    expect_warned("cosigned/" + name_of(head_.size), "it cannot be read");
  }
}

TEST_F(CosignedFiles, a_checkpoint_under_another_name_or_without_a_cosignature_is_named) {
  const std::string other = name_of(TreeSize{head_.size.value - 1});
  put(other, by_witness(note_, witness_));
  expect_warned("cosigned/" + other, "its name is not the size of the checkpoint in it");
  fs::remove(cosigned() / other);
  put_newest(note_);
  expect_warned("cosigned/" + name_of(head_.size), "no cosignature of a witness");
  // It is compared with the log nevertheless.
  put("copy",
      by_witness(sign_checkpoint({crash::kOrigin, head_.size, Hash{}}, log_key_), witness_));
  expect_found("cosigned/\"copy\"", "history was rewritten");
}

TEST_F(CosignedFiles, a_checkpoint_of_another_log_is_a_finding) {
  put_newest(
      by_witness(sign_checkpoint({"other.test/log", head_.size, head_.root}, stranger_), witness_));
  expect_found("cosigned/" + name_of(head_.size), "it is of another log, \"other.test/log\"");
}

TEST_F(CosignedFiles, a_signature_of_the_log_that_does_not_verify_is_a_finding) {
  put_newest(
      by_witness(sign_checkpoint({crash::kOrigin, head_.size, head_.root}, stranger_), witness_));
  expect_found("cosigned/" + name_of(head_.size), "none of the log's keys signed it");
}

// Under the witness's name and key, over another text.
TEST_F(CosignedFiles,
       a_cosignature_that_is_not_the_witnesss_is_a_finding_when_the_witness_is_known) {
  const std::string other = sign_checkpoint({crash::kOrigin, head_.size, Hash{}}, log_key_);
  put_newest(note_ + cosign(must(split_note(other)).text, kWitness, witness_, 1'500'000'000));
  const std::string where = "cosigned/" + name_of(head_.size);
  EXPECT_TRUE(verify().ok()) << "nobody knows this witness";
  ask_the_witness();
  expect_found(where, "under the name of the witness w.test/1 is not that witness's");
  fs::remove(data() / "witnesses.json");
  options_.witnesses = {{kWitness, witness_.verify_key()}};
  expect_found(where, "under the name of the witness w.test/1 is not that witness's");
}

TEST_F(CosignedFiles, a_list_of_witnesses_that_cannot_be_read_is_named) {
  std::ofstream(data() / "witnesses.json") << "{";
  expect_warned("witnesses.json", "cosignatures of its witnesses were not checked");
}

TEST_F(CosignedFiles, of_many_warnings_some_are_listed_and_all_are_counted) {
  options_.findings_max = 3;
  for (int i = 0; i < 10; ++i) put("f" + std::to_string(i), "rubbish\n");
  const audit::Report report = verify();
  EXPECT_EQ(report.warnings.size(), 3U);
  EXPECT_EQ(report.warnings_unlisted, 7U);
  EXPECT_NE(audit::to_text(report).find("and 7 处 more"), std::string::npos);
}

}  // namespace
}  // namespace houniao
