// What a forger can do with a part of a log: he has the log's key, so every part here is signed and
// reads well, and leaves out, puts in and moves records as he likes. The auditor has the part
// alone.
#include <gtest/gtest.h>

#include <bit>
#include <functional>
#include <set>

#include "replay/log_keys.h"
#include "server/log/memory_store.h"
#include "tests/crash/adversary.h"
#include "tools/audit/bundle.h"

namespace houniao {
namespace {

using audit::BundleItem;
using audit::BundleWriter;
using audit::Check;
using crash::LogMaker;
using crash::must;
using crash::says;
using crash::SeededRandom;
using crash::Tablet;
using crash::TemporaryDirectory;
namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'220'611;
constexpr ScopeId kOtherScope{9'999};

std::vector<Bytes> records_of(const LogStore& log) {
  std::vector<Bytes> out;
  while (out.size() < log.head().size.value) {
    const RecordRun run = must(log.read(Seq{out.size()}, std::size_t{1} << 20));
    for (std::size_t i = 0; i < run.count(); ++i) {
      out.emplace_back(run.record(i).begin(), run.record(i).end());
    }
  }
  return out;
}

// The record with other words in it, encoded again.
Bytes reworded_record(ByteView record, const std::function<void(schema::Record::Builder)>& edit) {
  RecordReader reader;
  must(reader.open_untrusted(record));
  capnp::MallocMessageBuilder message(8192);
  message.setRoot(reader.get());
  edit(message.getRoot<schema::Record>());
  return encode(message);
}

class Part : public testing::Test {
 protected:
  Part() : maker_(log_, kSeed) {
    maker_.play(8);
    victim_ = &maker_.enrol({schema::Role::FINANCE});
    fund_ = maker_.push(*victim_, {crash::fund_established()});
    crash::push_money(maker_, *victim_, fund_, 100);
    maker_.play(4);
    crash::push_money(maker_, *victim_, fund_, 200);
    records_ = records_of(log_);
    genuine_ = records_;
  }

  // Signs the tree over `records_` and writes those that are not left out.
  void write(const std::set<std::size_t>& left_out, const SigningKey& key) const {
    std::vector<Hash> leaves;
    merkle::Frontier tree;
    for (const Bytes& record : records_) {
      leaves.push_back(merkle::leaf_hash(record));
      tree.append(leaves.back());
    }
    auto writer = must(BundleWriter::create(file()));
    const std::string manifest = R"({"format":"houniao-bundle-1","size":)" +
                                 std::to_string(leaves.size()) + R"(,"whole":false})";
    must(writer->add(BundleItem::manifest, as_bytes(manifest)));
    Bytes note;
    audit::put_number(note, leaves.size(), 8);
    append(note, as_bytes(sign_checkpoint({crash::kOrigin, tree.size(), tree.root()}, key)));
    must(writer->add(BundleItem::checkpoint, note));
    for (std::size_t at = 0; at < records_.size();) {
      std::size_t end = at;
      while (end < records_.size() && left_out.contains(end)) ++end;
      if (end == at) {
        Bytes item;
        audit::put_number(item, at, 8);
        append(item, records_[at]);
        must(writer->add(BundleItem::records, item));
        ++at;
      }
      for (; at < end; leave_out(*writer, leaves, at, end)) {
      }
    }
    must(writer->finish());
  }
  void write(const std::set<std::size_t>& left_out = {}) const {
    write(left_out, maker_.log_key());
  }

  audit::BundleReport check(std::vector<std::string> kept = {}) const {
    audit::Options options;
    options.verifier_key = maker_.verifier_key();
    options.kept_checkpoints = std::move(kept);
    return must(audit::verify_bundle(file(), options));
  }

  std::string note_of(std::uint64_t size, const Hash& root) const {
    return sign_checkpoint({crash::kOrigin, TreeSize{size}, root}, maker_.log_key());
  }
  Hash root_of(std::uint64_t size) const {
    merkle::Frontier tree;
    for (std::size_t i = 0; i < size; ++i) tree.append(merkle::leaf_hash(genuine_[i]));
    return tree.root();
  }

  template <class Wanted>
  std::vector<std::size_t> places(Wanted wanted) const {
    std::vector<std::size_t> out;
    RecordReader reader;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      must(reader.open_untrusted(records_[i]));
      if (wanted(reader)) out.push_back(i);
    }
    return out;
  }
  std::vector<std::size_t> attestations() const {
    return places([](const RecordReader& record) { return !record.is_event(); });
  }
  std::vector<std::size_t> of_station() const {
    return places(
        [](const RecordReader& record) { return record.scope() == crash::kStationScope; });
  }
  std::vector<std::size_t> events_of(const DeviceId& device) const {
    return places([&](const RecordReader& record) {
      EventReader event;
      return record.is_event() && event.open_untrusted(record.event_bytes()) &&
             event.device() == device;
    });
  }

  // Adds a record that continues its scope as a sequencer would.
  void add_record(ScopeId scope, const std::function<void(RecordHeader&)>& more,
                  const std::function<void(Bytes&, const RecordHeader&)>& encode_it) {
    RecordHeader header;
    header.seq = Seq{records_.size()};
    RecordReader last;
    must(last.open_untrusted(records_.back()));
    header.received_at = WallTime{last.get().getReceivedAtUs()};
    header.scope = scope;
    RecordReader reader;
    for (const Bytes& record : records_) {
      must(reader.open_untrusted(record));
      if (reader.scope() != scope) continue;
      ++header.scope_count;
      header.scope_prev = merkle::leaf_hash(record);
    }
    if (more) more(header);
    Bytes out;
    encode_it(out, header);
    records_.push_back(std::move(out));
  }
  void add_event(const Bytes& event, const std::function<void(RecordHeader&)>& more = {}) {
    EventReader reader;
    must(reader.open_untrusted(event));
    add_record(reader.scope(), more, [&](Bytes& out, const RecordHeader& header) {
      append_event_record(out, header, event);
    });
  }
  void add_attestation(Tablet& tablet) {
    AttestationData said;
    said.device = tablet.id;
    said.through = tablet.seq;
    said.head = tablet.head;
    said.signature = crash::signed_by(tablet.key, said);
    add_record(kScopeLog, {}, [&](Bytes& out, const RecordHeader& header) {
      append_attestation_record(out, header, said);
    });
  }
  Bytes event_in(std::size_t place) const {
    RecordReader reader;
    must(reader.open_untrusted(records_[place]));
    return Bytes(reader.event_bytes().begin(), reader.event_bytes().end());
  }
  // An event that hands the log over to `next`, as the next one of a device.
  Bytes hand_over(const DeviceId& device, const SigningKey& next, TreeSize from) const {
    const Bytes last = event_in(events_of(device).back());
    EventReader reader;
    must(reader.open_untrusted(last));
    return crash::reworded(last, [&](schema::Event::Builder event) {
      event.setDeviceSeq(reader.device_seq().value + 1);
      event.setPrevHash(to_data(reader.hash()));
      event.setScope(kScopeCommons.value);
      write_log_key_change(hand_over_log_key(crash::kOrigin, maker_.log_key(), next, from, 1),
                           event.initBody().initLogKeyChanged());
    });
  }
  DeviceId server() const {
    EventReader event;
    const Bytes first = event_in(0);
    must(event.open_untrusted(first));
    return event.device();
  }

  fs::path file() const { return directory_.path() / "part"; }

  static Hash subtree(const std::vector<Hash>& leaves, std::size_t first, std::size_t count) {
    if (count == 1) return leaves[first];
    return merkle::node_hash(subtree(leaves, first, count / 2),
                             subtree(leaves, first + count / 2, count / 2));
  }
  static void leave_out(BundleWriter& writer, const std::vector<Hash>& leaves, std::size_t& at,
                        std::size_t end) {
    unsigned level = static_cast<unsigned>(std::bit_width(end - at)) - 1;
    if (at != 0) level = std::min(level, static_cast<unsigned>(std::countr_zero(at)));
    Bytes item;
    audit::put_number(item, level, 1);
    audit::put_number(item, at >> level, 8);
    append(item, subtree(leaves, at, std::size_t{1} << level).view());
    must(writer.add(BundleItem::subtree, item));
    at += std::size_t{1} << level;
  }

  TemporaryDirectory directory_;
  MemoryStore log_;
  LogMaker maker_;
  Tablet* victim_ = nullptr;
  EventId fund_;
  std::vector<Bytes> records_;  // what the forger writes
  std::vector<Bytes> genuine_;
};

TEST_F(Part, CanaryAnHonestPartPasses) {
  write();
  EXPECT_TRUE(check().report.ok()) << audit::to_text(check());
  const auto station = of_station();
  write({station.begin(), station.end()});
  const audit::BundleReport report = check({note_of(records_.size(), root_of(records_.size()))});
  EXPECT_TRUE(report.report.ok()) << audit::to_text(report);
  EXPECT_EQ(report.left_out, station.size());
}

// --- kept and witnessed checkpoints --------------------------------------------------------------

TEST_F(Part, IsComparedWithTheCheckpointsThatTheAuditorKept) {
  const auto station = of_station();
  const std::size_t first = station[station.size() / 2];
  std::set<std::size_t> left_out{first};
  while (station.back() > *left_out.rbegin() && left_out.size() < 3) {
    left_out.insert(*std::upper_bound(station.begin(), station.end(), *left_out.rbegin()));
  }
  write(left_out);
  EXPECT_TRUE(check({note_of(first, root_of(first))}).report.ok());
  EXPECT_TRUE(says(check({note_of(first, Hash{})}).report, Check::witnesses,
                   "history was rewritten", "kept checkpoint 1"));
  EXPECT_TRUE(says(check({note_of(records_.size() + 1, Hash{})}).report, Check::witnesses,
                   "records are missing", "kept checkpoint 1"));
  SeededRandom random(3);
  const std::string strange =
      sign_checkpoint({crash::kOrigin, TreeSize{first}, root_of(first)}, make_signing_key(random));
  EXPECT_FALSE(check({strange}).report.ok());
}

TEST_F(Part, SaysThatAKeptCheckpointLiesInsideOfWhatItLeavesOut) {
  // A stretch of four whole records, aligned, of which only the root is there.
  const std::size_t start = 24;
  write({start, start + 1, start + 2, start + 3});
  const audit::BundleReport report = check({note_of(start + 2, root_of(start + 2))});
  EXPECT_TRUE(says(report.report, Check::witnesses, "cannot be compared", "kept checkpoint 1"))
      << audit::to_text(report);
  EXPECT_FALSE(says(check({note_of(start, root_of(start))}).report, Check::witnesses, ""));
  EXPECT_FALSE(says(check({note_of(start + 4, root_of(start + 4))}).report, Check::witnesses, ""));
}

TEST_F(Part, IsComparedWithTheCheckpointsThatDevicesWitnessed) {
  // Somebody with the keys of log and victim rewrites what the victim recorded first.
  std::vector<crash::Said> said = crash::take_apart(log_);
  const std::size_t target = events_of(victim_->id)[1];
  said[target].event = crash::reworded(said[target].event, [](schema::Event::Builder event) {
    event.getBody().getFundsReceived().setAmountFen(9'000'000);
  });
  crash::Loot loot;
  loot.log_key = maker_.log_key();
  loot.devices[victim_->id] = victim_->key;
  MemoryStore forged;
  crash::Forger(crash::kOrigin, loot).write(said, forged);
  records_ = records_of(forged);
  write();
  const audit::BundleReport report = check();
  EXPECT_TRUE(says(report.report, Check::witnesses, "history was rewritten: the device saw"))
      << audit::to_text(report);
  ASSERT_TRUE(report.report.contradiction.has_value());
}

TEST_F(Part, CountsAWitnessedCheckpointThatItCannotCompare) {
  // Of eight records only the root is there, and a device that signs later saw the tree as it was
  // between two of them.
  RecordReader reader;
  std::set<std::size_t> left_out;
  for (const std::size_t at : attestations()) {
    must(reader.open_untrusted(records_[at]));
    const std::uint64_t seen = reader.get().getAttestation().getWitnessedSize();
    const std::size_t first = seen / 8 * 8;
    if (seen % 8 == 0 || first < 24 || at < first + 8) continue;
    for (std::size_t i = first; i < first + 8; ++i) left_out.insert(i);
    break;
  }
  ASSERT_EQ(left_out.size(), 8U);
  write(left_out);
  const audit::BundleReport report = check();
  EXPECT_GT(report.witnessed_not_compared, 0U) << audit::to_text(report);
  EXPECT_EQ(crash::failed(report.report, Check::witnesses), 0U) << audit::to_text(report);
  EXPECT_NE(audit::to_text(report).find("were not compared"), std::string::npos);
}

// --- completeness --------------------------------------------------------------------------------

TEST_F(Part, MayNotLeaveOutARecordOfTheCommonsOrOfTheLogItself) {
  const auto signatures = attestations();
  write({signatures[signatures.size() / 2]});
  EXPECT_TRUE(
      says(check().report, Check::scope_chains, "records of its scope before it are left out"))
      << audit::to_text(check());
  const auto commons =
      places([](const RecordReader& record) { return record.scope() == kScopeCommons; });
  write({commons[commons.size() - 2]});
  EXPECT_TRUE(
      says(check().report, Check::scope_chains, "records of its scope before it are left out"));
}

TEST_F(Part, CountsWhatIsLeftOutOfTheScopesThatItHas) {
  const auto station = of_station();
  write({station[3], station[4]});
  const audit::BundleReport report = check();
  EXPECT_TRUE(report.report.ok()) << audit::to_text(report);
  EXPECT_EQ(report.scope_gaps, 2U);
  EXPECT_EQ(audit::to_json(report)["bundle"]["left_out_of_scopes"], 2);
}

TEST_F(Part, MayNotStateMoreOrFewerRecordsOfAScopeThanThereAre) {
  const std::size_t place = of_station()[5];
  for (const std::uint64_t count : {std::uint64_t{2}, std::uint64_t{1'000}}) {
    records_[place] = reworded_record(
        genuine_[place], [&](schema::Record::Builder record) { record.setScopeCount(count); });
    write();
    EXPECT_TRUE(says(check().report, Check::scope_chains, "records of the scope before it",
                     "record " + std::to_string(place) + ","))
        << audit::to_text(check());
  }
}

TEST_F(Part, NamesTheRecordOfTheScopeBeforeWhereItHasIt) {
  const std::size_t place = of_station()[5];
  records_[place] = reworded_record(genuine_[place], [](schema::Record::Builder record) {
    record.setScopePrev(to_data(Hash{}));
  });
  write();
  EXPECT_TRUE(says(check().report, Check::scope_chains, "does not name the scope's record before"));
}

TEST_F(Part, DoesNotClaimWhatItCannotShow) {
  write();
  const std::string text = audit::to_text(check());
  EXPECT_EQ(text.find("digest"), std::string::npos);
  EXPECT_EQ(text.find("whole and unaltered"), std::string::npos);
  EXPECT_NE(text.find("these records are in the signed tree"), std::string::npos);
  EXPECT_NE(text.find("未核 not checked"), std::string::npos);
  EXPECT_FALSE(audit::to_json(check()).contains("digest"));
}

// --- changes of the log's key --------------------------------------------------------------------

TEST_F(Part, AChangeOfTheLogsKeyAtTheWrongPlaceIsNotFollowed) {
  SeededRandom random(5);
  const SigningKey thief = make_signing_key(random);
  add_event(hand_over(server(), thief, TreeSize{records_.size() - 7}));
  write({}, thief);
  const audit::BundleReport report = check();
  EXPECT_TRUE(says(report.report, Check::log_keys, "it names another place in the log"))
      << audit::to_text(report);
  EXPECT_GT(crash::failed(report.report, Check::checkpoints), 0U);
}

TEST_F(Part, AChangeOfTheLogsKeyByAnotherDeviceThanTheServersIsNotFollowed) {
  SeededRandom random(6);
  const SigningKey thief = make_signing_key(random);
  const Bytes event = hand_over(victim_->id, thief, TreeSize{records_.size()});
  add_event(event);
  victim_->seq = DeviceSeq{victim_->seq.value + 1};
  victim_->head = sha256(event);
  add_attestation(*victim_);
  write({}, thief);
  const audit::BundleReport report = check();
  EXPECT_GT(crash::failed(report.report, Check::checkpoints), 0U) << audit::to_text(report);
  EXPECT_EQ(report.report.failures(), 1U) << audit::to_text(report);
}

TEST_F(Part, AHeldChangeOfTheLogsKeyIsNotFollowed) {
  SeededRandom random(7);
  const SigningKey thief = make_signing_key(random);
  add_event(hand_over(server(), thief, TreeSize{records_.size()}),
            [](RecordHeader& header) { header.verdict = schema::Verdict::HELD; });
  write({}, thief);
  EXPECT_GT(crash::failed(check().report, Check::checkpoints), 0U) << audit::to_text(check());
}

// --- events and their signatures -----------------------------------------------------------------

TEST_F(Part, AForgedEventInAPlaceThatIsTakenIsARepetition) {
  const Bytes event = event_in(events_of(victim_->id)[2]);
  add_event(crash::reworded(event, [](schema::Event::Builder builder) {
    builder.getBody().getFundsReceived().setAmountFen(9'000'000);
  }));
  write();
  EXPECT_TRUE(says(check().report, Check::device_chains, "the device's chain has a repetition",
                   "record " + std::to_string(records_.size() - 1)))
      << audit::to_text(check());
}

TEST_F(Part, AForgedEventInThePlaceOfAGenuineOneIsNotTheOneThatTheDeviceSigned) {
  // The last of a push: no event of the part comes after it, only the signature that names it.
  const std::size_t place = events_of(victim_->id).back();
  const Bytes event = crash::reworded(event_in(place), [](schema::Event::Builder builder) {
    builder.getBody().getFundsReceived().setAmountFen(9'000'000);
  });
  records_[place] = reworded_record(
      genuine_[place], [&](schema::Record::Builder record) { record.setEvent(to_data(event)); });
  write();
  EXPECT_TRUE(says(check().report, Check::attestations,
                   "the device signed another event than the one in this place"))
      << audit::to_text(check());
}

TEST_F(Part, AnEventAfterTheLastSignatureFailsWhereAllSignaturesAreThere) {
  const Bytes last = event_in(events_of(victim_->id).back());
  add_event(crash::reworded(last, [&](schema::Event::Builder builder) {
    builder.setDeviceSeq(victim_->seq.value + 1);
    builder.setPrevHash(to_data(victim_->head));
  }));
  write();
  EXPECT_TRUE(says(check().report, Check::attestations, "its last events are not signed for"))
      << audit::to_text(check());
}

TEST_F(Part, AnEventWhoseSignatureIsLeftOutAtTheEndIsCounted) {
  write({records_.size() - 1});
  const audit::BundleReport report = check();
  EXPECT_TRUE(report.report.ok()) << audit::to_text(report);
  EXPECT_EQ(report.unsigned_events, 3U);
  EXPECT_NE(audit::to_text(report).find("whose signature this part cannot show"),
            std::string::npos);
}

TEST_F(Part, AGapInADevicesChainNeedsRecordsThatAreLeftOut) {
  const Bytes last = event_in(events_of(victim_->id).back());
  const Bytes event = crash::reworded(
      last, [&](schema::Event::Builder builder) { builder.setDeviceSeq(victim_->seq.value + 5); });
  add_event(event);
  victim_->seq = DeviceSeq{victim_->seq.value + 5};
  victim_->head = sha256(event);
  add_attestation(*victim_);
  write();
  EXPECT_TRUE(says(check().report, Check::device_chains, "a gap of more events than are left out"))
      << audit::to_text(check());
}

TEST_F(Part, ASignatureThatCoversNothingNewFails) {
  add_attestation(*victim_);
  write();
  EXPECT_TRUE(
      says(check().report, Check::attestations, "covers no event that was not covered before"));
}

TEST_F(Part, ARecordInAnotherScopeThanItsEventFails) {
  const std::size_t place = of_station().back();
  records_[place] = reworded_record(genuine_[place], [](schema::Record::Builder record) {
    record.setScope(kOtherScope.value);
    record.setScopeCount(0);
    record.initScopePrev(0);
  });
  write();
  EXPECT_TRUE(says(check().report, Check::scope_chains, "in another scope than its event"));
}

// --- hostile bytes -------------------------------------------------------------------------------

TEST_F(Part, BytesThatAreNoRecordEndAsAFindingAndNotTheProgram) {
  SeededRandom random(kSeed);
  for (int round = 0; round < 300; ++round) {
    records_ = genuine_;
    Bytes& record = records_[random.below(records_.size())];
    // Not the length of the message: then the rest of the item would be no records at all.
    for (std::uint64_t flips = 1 + random.below(8); flips > 0; --flips) {
      record[8 + random.below(record.size() - 8)] ^= static_cast<std::uint8_t>(random.next());
    }
    if (records_ == genuine_) continue;
    write();
    audit::BundleReport report;
    ASSERT_NO_THROW(report = check());
    EXPECT_TRUE(report.report.complete);
  }
}

}  // namespace
}  // namespace houniao
