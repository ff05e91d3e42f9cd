#include "replay/replayer.h"

#include <gtest/gtest.h>

#include <random>

#include "replay/digest.h"
#include "replay/merkle/hash.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;

LogBuilder small_log() {
  LogBuilder log;
  const DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  const DeviceNumber other = log.enrol({.roles = {Role::FIELD}});
  const DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});
  log.offline(field);
  const EventId person = register_person(log, field, {.number = 3});
  serve(log, other, {person});
  open_site(log, other, Day{100});
  open_programme(log, supervisor, Day{100}, Day{200}, {}, ScopeId{40});
  log.online(field);
  register_person(log, other, {.number = 3});
  retract_event(log, supervisor, person);
  return log;
}

Result<void> replay(Replayer& replayer, const std::vector<Bytes>& records) {
  for (const Bytes& record : records) {
    if (auto fed = replayer.feed(record); !fed) return fed;
  }
  return {};
}

TEST(Replay, an_honest_log_verifies_and_gives_the_same_digest) {
  const LogBuilder log = small_log();
  Replayer verify(Replayer::Mode::verify);
  const auto result = replay(verify, log.records());
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_EQ(digest(verify.state()), digest(log.state()));
  EXPECT_EQ(verify.record_count(), log.records().size());
  EXPECT_EQ(verify.frontier().size().value, log.records().size());
  EXPECT_TRUE(verify.unattested().empty());

  Replayer trust(Replayer::Mode::trust_verdicts);
  ASSERT_TRUE(trust.feed_stream(log.stream()).has_value());
  EXPECT_EQ(digest(trust.state()), digest(log.state()));
}

TEST(Replay, any_flipped_byte_is_noticed) {
  const LogBuilder log = small_log();
  // Every record but the last is bound by the chains; flips in the last one are found by verdict,
  // chain or signature, or show in the root. Here each flip must fail or change the root.
  Replayer honest(Replayer::Mode::verify);
  ASSERT_TRUE(replay(honest, log.records()).has_value());
  std::mt19937 random(7);
  for (int i = 0; i < 400; ++i) {
    std::vector<Bytes> records = log.records();
    Bytes& record = records[random() % records.size()];
    record[random() % record.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
    Replayer verify(Replayer::Mode::verify);
    const auto result = replay(verify, records);
    if (result.has_value()) {
      EXPECT_NE(verify.frontier().root(), honest.frontier().root()) << "flip " << i;
    }
  }
}

TEST(Replay, hostile_bytes_never_get_out_as_exceptions) {
  const LogBuilder log = small_log();
  std::mt19937 random(11);
  for (int i = 0; i < 600; ++i) {
    std::vector<Bytes> records = log.records();
    for (int flips = 0; flips < 8; ++flips) {
      Bytes& record = records[random() % records.size()];
      record[random() % record.size()] = static_cast<std::uint8_t>(random());
    }
    Replayer trust(Replayer::Mode::trust_verdicts);
    (void)replay(trust, records);
    Replayer verify(Replayer::Mode::verify);
    (void)replay(verify, records);
  }
}

TEST(Replay, a_missing_record_is_noticed) {
  const LogBuilder log = small_log();
  for (std::size_t skip = 0; skip + 1 < log.records().size(); ++skip) {
    std::vector<Bytes> records = log.records();
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(skip));
    Replayer verify(Replayer::Mode::verify);
    EXPECT_FALSE(replay(verify, records).has_value()) << "without record " << skip;
  }
}

TEST(Replay, a_failure_is_final) {
  const LogBuilder log = small_log();
  Replayer verify(Replayer::Mode::verify);
  EXPECT_FALSE(verify.feed(log.records()[1]).has_value());
  const auto again = verify.feed(log.records()[0]);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, Errc::corrupt);
}

// The record of an event with another verdict and other reasons than the log gives.
Bytes with_verdict(ByteView record_bytes, schema::Verdict verdict,
                   std::vector<std::uint16_t> reasons) {
  RecordReader record;
  EXPECT_TRUE(record.open(record_bytes).has_value());
  RecordHeader header;
  header.seq = record.seq();
  header.received_at = WallTime{record.get().getReceivedAtUs()};
  header.scope = record.scope();
  header.scope_count = record.get().getScopeCount();
  header.scope_prev = hash_from(to_view(record.get().getScopePrev())).value_or(Hash{});
  header.verdict = verdict;
  header.reasons = reasons;
  Bytes out;
  append_event_record(out, header, record.event_bytes());
  return out;
}

TEST(Replay, a_wrong_verdict_or_reason_is_noticed) {
  LogBuilder log;
  const DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  const std::size_t place = log.records().size();
  open_site(log, field, Day{100});
  const auto missing_role = static_cast<std::uint16_t>(Reason::missing_role);
  const auto verdict_of = [&](schema::Verdict verdict, std::vector<std::uint16_t> reasons) {
    std::vector<Bytes> records = log.records();
    records[place] = with_verdict(records[place], verdict, std::move(reasons));
    records.resize(place + 1);
    Replayer verify(Replayer::Mode::verify);
    return replay(verify, records);
  };
  EXPECT_TRUE(verdict_of(schema::Verdict::HELD, {missing_role}).has_value());
  EXPECT_FALSE(verdict_of(schema::Verdict::ACCEPTED, {}).has_value());
  EXPECT_FALSE(verdict_of(schema::Verdict::FLAGGED, {missing_role}).has_value());
  EXPECT_FALSE(verdict_of(schema::Verdict::HELD, {}).has_value());
  const auto error = verdict_of(schema::Verdict::ACCEPTED, {}).error();
  EXPECT_NE(error.detail.find("missing_role"), std::string::npos) << error.detail;
}

TEST(Replay, events_without_an_attestation_are_reported) {
  LogBuilder log = small_log();
  std::vector<Bytes> records = log.records();
  records.pop_back();  // the last attestation
  Replayer verify(Replayer::Mode::verify);
  ASSERT_TRUE(replay(verify, records).has_value());
  const auto rest = verify.unattested();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest.front().first, rest.front().last);
}

TEST(Replay, an_attestation_by_another_key_is_refused) {
  const LogBuilder log = small_log();
  std::vector<Bytes> records = log.records();
  RecordReader record;
  ASSERT_TRUE(record.open(records.back()).has_value());
  ASSERT_FALSE(record.is_event());
  const auto body = record.get().getAttestation();
  RecordHeader header;
  header.seq = record.seq();
  header.received_at = WallTime{record.get().getReceivedAtUs()};
  header.scope = kScopeLog;
  header.scope_count = record.get().getScopeCount();
  header.scope_prev = hash_from(to_view(record.get().getScopePrev())).value_or(Hash{});
  AttestationData data;
  data.device = *device_id_from(to_view(body.getDevice()));
  data.through = DeviceSeq{body.getThroughDeviceSeq()};
  data.head = *hash_from(to_view(body.getHeadHash()));
  data.signature = sign(log.key(LogBuilder::kServer),
                        push_signing_bytes(data.device, data.through, data.head, {}));
  Bytes forged;
  append_attestation_record(forged, header, data);
  records.back() = forged;
  Replayer verify(Replayer::Mode::verify);
  const auto result = replay(verify, records);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::bad_signature);
}

TEST(Replay, trust_mode_folds_the_records_of_some_scopes_and_takes_older_ones_later) {
  const LogBuilder log = small_log();
  std::vector<Bytes> commons;
  std::vector<Bytes> later;
  for (const Bytes& bytes : log.records()) {
    RecordReader record;
    ASSERT_TRUE(record.open(bytes).has_value());
    if (record.scope() == kScopeCommons) commons.push_back(bytes);
    if (record.scope() == LogBuilder::kScope) later.push_back(bytes);
  }
  Replayer trust(Replayer::Mode::trust_verdicts);
  ASSERT_TRUE(replay(trust, commons).has_value());
  EXPECT_EQ(trust.state().event_count, commons.size());
  ASSERT_TRUE(replay(trust, later).has_value());
  EXPECT_EQ(digest(trust.state()), digest(log.state()));
  ASSERT_TRUE(replay(trust, later).has_value());
  EXPECT_EQ(digest(trust.state()), digest(log.state())) << "records that come again change nothing";
}

// Every type that a run looks up ahead of its turn (replay/lookahead.cc), on new and known keys.
LogBuilder busy_log() {
  LogBuilder log = small_log();
  const DeviceNumber device = log.enrol({.roles = {Role::FIELD}});
  for (std::uint8_t i = 0; i < 20; ++i) {
    const EventId person = register_person(log, device, {.number = i});
    consent(log, device, person, true);
    consent(log, device, person, i % 2 == 0);
    serve(log, device, {person});
    for (int again = 0; again < 2; ++again) {
      log.add(device, [&](EventBuilder event) {
        auto change = event.initBody().initMembershipChanged();
        change.setMember(person.value);
        change.setGroup(7);
        change.setRole("league_member");
        change.setJoined(again == 0);
      });
      const EventId opened = log.add(device, [&](EventBuilder event) {
        auto body = event.initBody().initAgencyCaseOpened();
        body.setPerson(person.value);
        body.setCertificate("resident_id");
      });
      log.add(device, [&](EventBuilder event) {
        auto body = event.initBody().initAgencyCaseProgressed();
        body.setCase(opened.value);
        body.setStage(schema::AgencyCaseProgressed::Stage::SUBMITTED);
      });
    }
  }
  return log;
}

std::vector<ByteView> views_of(const std::vector<Bytes>& records) {
  return {records.begin(), records.end()};
}

// What is left of a log after it was folded in trust: how far it came, and what stopped it.
struct Outcome {
  std::uint64_t records = 0;
  std::string error;
  Hash digest;
  bool operator==(const Outcome&) const = default;
};
Outcome outcome_of(const Replayer& replayer, const Result<void>& result) {
  return {replayer.record_count(), result ? std::string() : result.error().message(),
          digest(replayer.state())};
}

TEST(Replay, a_run_gives_what_its_records_give_one_by_one) {
  const LogBuilder log = busy_log();
  const std::vector<ByteView> all = views_of(log.records());
  for (std::size_t length : {1u, 2u, 3u, 5u, 1000u}) {
    for (const auto mode : {Replayer::Mode::trust_verdicts, Replayer::Mode::verify}) {
      Replayer replayer(mode);
      for (std::span<const ByteView> rest = all; !rest.empty();) {
        const auto run = rest.first(std::min(length, rest.size()));
        ASSERT_TRUE(replayer.feed_run(run).has_value());
        rest = rest.subspan(run.size());
      }
      EXPECT_EQ(replayer.record_count(), all.size());
      EXPECT_EQ(digest(replayer.state()), digest(log.state())) << "runs of " << length;
    }
  }
}

TEST(Replay, a_damaged_record_stops_a_run_where_it_stops_single_records) {
  const LogBuilder log = busy_log();
  std::mt19937 random(3);
  std::size_t stopped = 0;
  for (int i = 0; i < 400; ++i) {
    std::vector<Bytes> records = log.records();
    Bytes& damaged = records[random() % records.size()];
    if (i % 4 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1u << (random() % 8));
    }
    Replayer single(Replayer::Mode::trust_verdicts);
    const Outcome expected = outcome_of(single, replay(single, records));
    Replayer run(Replayer::Mode::trust_verdicts);
    EXPECT_EQ(outcome_of(run, run.feed_run(views_of(records))), expected);
    if (expected.error.empty()) continue;
    ++stopped;
    EXPECT_LT(expected.records, records.size());
    EXPECT_FALSE(run.feed_run(views_of(log.records())).has_value()) << "a failure is final";
    EXPECT_EQ(run.record_count(), expected.records);
  }
  EXPECT_GT(stopped, 100u);
}

TEST(Replay, a_cut_stream_is_folded_up_to_the_cut) {
  const LogBuilder log = small_log();
  Bytes stream = log.stream();
  stream.pop_back();
  Replayer trust(Replayer::Mode::trust_verdicts);
  const auto fed = trust.feed_stream(stream);
  ASSERT_FALSE(fed.has_value());
  EXPECT_EQ(fed.error().code, Errc::malformed);
  EXPECT_EQ(trust.record_count(), log.records().size() - 1);
}

TEST(Replay, a_saved_replay_goes_on_where_it_stopped) {
  const LogBuilder log = small_log();
  for (std::size_t cut = 0; cut <= log.records().size(); ++cut) {
    Replayer first(Replayer::Mode::verify);
    for (std::size_t i = 0; i < cut; ++i) ASSERT_TRUE(first.feed(log.records()[i]).has_value());
    Result<Replayer> loaded = Replayer::load(Replayer::Mode::verify, first.save());
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    for (std::size_t i = cut; i < log.records().size(); ++i) {
      const auto fed = loaded->feed(log.records()[i]);
      ASSERT_TRUE(fed.has_value()) << fed.error().message();
    }
    EXPECT_EQ(digest(loaded->state()), digest(log.state()));
  }
}

TEST(Replay, a_damaged_save_is_refused) {
  const LogBuilder log = small_log();
  Replayer verify(Replayer::Mode::verify);
  ASSERT_TRUE(replay(verify, log.records()).has_value());
  const Bytes good = verify.save();
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    Bytes bad = good;
    bad[random() % bad.size()] ^= 0x10;
    EXPECT_FALSE(Replayer::load(Replayer::Mode::verify, bad).has_value());
    EXPECT_FALSE(
        Replayer::load(Replayer::Mode::verify, ByteView{good}.first(random() % good.size()))
            .has_value());
  }
}

}  // namespace
}  // namespace houniao::testing
