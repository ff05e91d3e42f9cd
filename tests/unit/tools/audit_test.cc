// What an auditor finds in logs that a server with the log's own key has tampered with. Byte damage
// is tests/crash/audit_flips_test.cc.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "server/log/memory_store.h"
#include "tests/crash/audited_log.h"
#include "tools/audit/verify.h"

namespace houniao {
namespace {

using audit::Check;
using crash::LogMaker;
using crash::must;

struct Forgery {
  // May change the header of a record or leave the record out (by returning false).
  std::function<bool(RecordHeader&, const RecordReader&)> touch;
};

// Writes the whole log again as a server could that holds the log's key: new hashes, new tree, new
// heads and a fresh signature, all consistent with each other.
void forge(const LogStore& from, LogStore& to, const SigningKey& log_key, const Forgery& forgery) {
  const RecordRun run = must(from.read(Seq{0}, std::size_t{1} << 30));
  Commit commit;
  merkle::TileBuilder tree;
  std::map<ScopeId, ScopeHead> scopes;
  RecordReader reader;
  for (std::size_t i = 0; i < run.count(); ++i) {
    must(reader.open(run.record(i)));
    std::vector<std::uint16_t> reasons;
    for (const std::uint16_t reason : reader.get().getReasons()) reasons.push_back(reason);
    ScopeHead& scope = scopes[reader.scope()];
    RecordHeader header{Seq{tree.size().value},
                        WallTime{reader.get().getReceivedAtUs()},
                        reader.scope(),
                        scope.count,
                        scope.hash,
                        reader.get().getVerdict(),
                        reasons};
    if (!forgery.touch(header, reader)) continue;
    const std::size_t start = commit.records.size();
    if (reader.is_event()) {
      append_event_record(commit.records, header, reader.event_bytes());
    } else {
      const auto a = reader.get().getAttestation();
      AttestationData data;
      data.device = *device_id_from(to_view(a.getDevice()));
      data.through = DeviceSeq{a.getThroughDeviceSeq()};
      data.head = *hash_from(to_view(a.getHeadHash()));
      std::ranges::copy(to_view(a.getSignature()), data.signature.bytes.begin());
      data.witnessed.size = TreeSize{a.getWitnessedSize()};
      if (data.witnessed.size) {
        data.witnessed.root = *hash_from(to_view(a.getWitnessedRoot()));
        std::ranges::copy(to_view(a.getWitnessedNoteSignature()),
                          data.witnessed.note_signature.bytes.begin());
      }
      append_attestation_record(commit.records, header, data);
    }
    commit.offsets.push_back(static_cast<std::uint32_t>(start));
    const Hash leaf = merkle::leaf_hash(ByteView(commit.records).subspan(start));
    tree.append(leaf);
    scope = ScopeHead{header.scope, scope.count + 1, leaf};
  }
  commit.tiles = tree.take_changed();
  commit.device_heads = must(from.device_heads());
  for (const auto& [id, head] : scopes) {
    if (head.count != 0) commit.scope_heads.push_back(head);
  }
  commit.checkpoint = sign_checkpoint({crash::kOrigin, tree.size(), tree.root()}, log_key);
  must(to.append(commit));
}

class Auditor : public testing::Test {
 protected:
  Auditor() : maker_(log_, 7) {
    maker_.play(10);
    options_.verifier_key = maker_.verifier_key();
  }
  audit::Report audit_forged(const Forgery& forgery) {
    MemoryStore forged;
    forge(log_, forged, maker_.log_key(), forgery);
    return must(audit::verify_log(forged, options_));
  }
  static std::uint64_t failed(const audit::Report& report, Check check) {
    return report.tallies[static_cast<std::size_t>(check)].failed;
  }

  MemoryStore log_;
  LogMaker maker_;
  audit::Options options_;
};

TEST_F(Auditor, AcceptsAnHonestLog) {
  const auto report = must(audit::verify_log(log_, options_));
  EXPECT_TRUE(report.ok()) << audit::to_text(report);
  EXPECT_TRUE(audit::to_json(report)["ok"].get<bool>());
}

TEST_F(Auditor, RefusesALogWithoutRecordsBecauseNothingSignsIt) {
  const auto report = must(audit::verify_log(MemoryStore{}, options_));
  EXPECT_EQ(failed(report, Check::checkpoints), 1U) << audit::to_text(report);
  EXPECT_FALSE(report.ok());
}

TEST_F(Auditor, AcceptsAnExactCopy) {
  // Not a whole copy: it has only the newest checkpoint. What devices witnessed still holds.
  const auto report = audit_forged({[](RecordHeader&, const RecordReader&) { return true; }});
  EXPECT_TRUE(report.ok()) << audit::to_text(report);
}

TEST_F(Auditor, RefusesAKeyOfAnotherLogAndAnUnreadableOne) {
  std::array<std::uint8_t, 32> seed{};
  options_.verifier_key = verifier_key(crash::kOrigin, signing_key_from_seed(seed).verify_key());
  const auto report = must(audit::verify_log(log_, options_));
  EXPECT_GT(failed(report, Check::checkpoints), 0U);
  EXPECT_GT(failed(report, Check::witnesses), 0U);
  options_.verifier_key = "nonsense";
  EXPECT_EQ(audit::verify_log(log_, options_).error().code, Errc::invalid_argument);
}

TEST_F(Auditor, NamesAVerdictThatTheServerMadeUp) {
  bool done = false;
  const auto report = audit_forged({[&](RecordHeader& header, const RecordReader& record) {
    if (!done && record.is_event() && header.verdict == schema::Verdict::HELD) {
      header.verdict = schema::Verdict::ACCEPTED;
      header.reasons = {};
      done = true;
    }
    return true;
  }});
  ASSERT_TRUE(done) << "the log holds no held event";
  EXPECT_EQ(failed(report, Check::verdicts), 1U);
  EXPECT_GT(failed(report, Check::witnesses), 0U) << "devices saw the history before";
  EXPECT_EQ(failed(report, Check::tree), 0U);
  EXPECT_EQ(failed(report, Check::checkpoints), 0U);
}

TEST_F(Auditor, NamesAnEventThatTheServerLeftOut) {
  std::uint64_t left_out = 0;
  const auto report = audit_forged({[&](RecordHeader&, const RecordReader& record) {
    EventReader event;
    if (left_out != 0 || !record.is_event()) return true;
    must(event.open(record.event_bytes()));
    if (event.type() != EventType::SERVICE_DELIVERED) return true;
    left_out = record.seq().value;
    return false;
  }});
  ASSERT_GT(left_out, 0U);
  EXPECT_GT(failed(report, Check::device_chains), 0U);
  EXPECT_GT(failed(report, Check::witnesses), 0U);
}

TEST_F(Auditor, NamesAReceiveTimeThatGoesBack) {
  const auto report = audit_forged({[&](RecordHeader& header, const RecordReader& record) {
    if (record.seq().value == 12) header.received_at.us -= 60'000'000;
    return true;
  }});
  EXPECT_GT(failed(report, Check::sequence), 0U);
}

TEST_F(Auditor, NamesRecordsMissingAtTheEndByACheckpointItKept) {
  const std::string newest = log_.head().checkpoint;
  const std::uint64_t size = log_.head().size.value;
  options_.kept_checkpoints = {newest};
  EXPECT_TRUE(must(audit::verify_log(log_, options_)).ok());
  const auto report = audit_forged(
      {[&](RecordHeader&, const RecordReader& record) { return record.seq().value < size - 5; }});
  EXPECT_GT(failed(report, Check::witnesses), 0U);
}

TEST_F(Auditor, LimitsTheListButCountsEveryFailure) {
  options_.findings_max = 3;
  const auto report = audit_forged({[](RecordHeader& header, const RecordReader&) {
    header.scope_count += 1;
    return true;
  }});
  EXPECT_EQ(report.findings.size(), 3U);
  EXPECT_GT(failed(report, Check::scope_chains), 20U);
}

}  // namespace
}  // namespace houniao
