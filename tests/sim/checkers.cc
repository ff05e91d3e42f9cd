#include "tests/sim/checkers.h"

#include "replay/checkpoint.h"
#include "replay/digest.h"
#include "replay/merkle/hash.h"
#include "replay/replayer.h"
#include "replay/state.h"
#include "schema/codec.h"

namespace houniao::sim {
namespace {

constexpr std::size_t kRunBytes = 1 << 20;

std::string at(std::uint64_t seq) { return "record " + std::to_string(seq); }

// The same record with the next verdict instead of its own.
Bytes with_other_verdict(const RecordReader& record) {
  const auto r = record.get();
  std::vector<std::uint16_t> reasons;
  for (std::uint16_t reason : r.getReasons()) reasons.push_back(reason);
  RecordHeader header;
  header.seq = record.seq();
  header.received_at = WallTime{r.getReceivedAtUs()};
  header.scope = record.scope();
  header.scope_count = r.getScopeCount();
  if (header.scope_count != 0) header.scope_prev = *hash_from(to_view(r.getScopePrev()));
  header.verdict = static_cast<schema::Verdict>((static_cast<int>(r.getVerdict()) + 1) % 3);
  header.reasons = reasons;
  Bytes out;
  append_event_record(out, header, record.event_bytes());
  return out;
}

}  // namespace

Checkers::Checkers(std::string log_vkey)
    : log_vkey_(std::move(log_vkey)),
      replayer_(std::make_unique<Replayer>(Replayer::Mode::verify)) {
  roots_[TreeSize{0}] = frontier_.root();
}

Checkers::~Checkers() = default;

void Checkers::violated(std::string code, std::string detail) {
  violations_.push_back({std::move(code), std::move(detail)});
}

void Checkers::recorded(const DeviceId& device, DeviceSeq first, const std::vector<Hash>& events) {
  DeviceTruth& truth = devices_[device];
  if (first.value != truth.recorded.size() + 1) {
    violated("record_lost_on_device", "recorded from " + std::to_string(first.value) +
                                          ", expected " +
                                          std::to_string(truth.recorded.size() + 1));
  }
  truth.recorded.insert(truth.recorded.end(), events.begin(), events.end());
}

std::uint64_t Checkers::recorded_count(const DeviceId& device) const {
  const auto found = devices_.find(device);
  return found == devices_.end() ? 0 : found->second.recorded.size();
}

void Checkers::acknowledged(const DeviceId& device, DeviceSeq through) {
  DeviceTruth& truth = devices_[device];
  if (through.value > truth.in_log) {
    violated("acknowledged_early", "through " + std::to_string(through.value) + ", the log holds " +
                                       std::to_string(truth.in_log));
  }
  truth.acknowledged = std::max(truth.acknowledged, through.value);
}

void Checkers::committed(const CommittedGroup& group, bool judge_wrongly) {
  if (group.count() == 0) return;
  if (group.base.value != leaves_.size()) {
    violated("order_broken", "a group at " + std::to_string(group.base.value) + " after " +
                                 std::to_string(leaves_.size()) + " records");
    return;
  }
  for (std::size_t i = 0; i < group.count(); ++i)
    take_record(group.record(i), judge_wrongly && i == 0);
}

void Checkers::take_record(ByteView record, bool judge_wrongly) {
  RecordReader reader;
  if (const auto opened = reader.open_untrusted(record); !opened) {
    return violated("order_broken", opened.error().message());
  }
  if (reader.seq().value != leaves_.size()) {
    violated("order_broken",
             at(leaves_.size()) + " calls itself " + std::to_string(reader.seq().value));
  }
  const WallTime received{reader.get().getReceivedAtUs()};
  if (received < last_received_)
    violated("order_broken", at(leaves_.size()) + " was received earlier");
  last_received_ = received;
  if (reader.is_event()) take_event(reader.event_bytes());

  leaves_.push_back(merkle::leaf_hash(record));
  frontier_.append(leaves_.back());
  roots_[TreeSize{leaves_.size()}] = frontier_.root();

  const Bytes planted = judge_wrongly && reader.is_event() ? with_other_verdict(reader) : Bytes();
  if (const auto fed = replayer_->feed(planted.empty() ? record : ByteView(planted)); !fed) {
    violated("verdict_differs", at(reader.seq().value) + ": " + fed.error().message());
  }
}

void Checkers::take_event(ByteView bytes) {
  EventReader event;
  if (const auto opened = event.open_untrusted(bytes); !opened) {
    return violated("event_changed", opened.error().message());
  }
  DeviceTruth& truth = devices_[event.device()];
  const std::uint64_t seq = event.device_seq().value;
  if (seq != truth.in_log + 1) {
    violated("event_twice", at(leaves_.size()) + " holds event " + std::to_string(seq) + " after " +
                                std::to_string(truth.in_log));
  }
  truth.in_log = seq;
  if (seq <= truth.recorded.size() && truth.recorded[seq - 1] != event.hash()) {
    violated("event_changed", at(leaves_.size()) + " holds other bytes than were recorded");
  }
}

void Checkers::note(std::string_view text) {
  if (text.empty() || notes_.contains(text)) return;
  notes_.emplace(text);
  const auto checkpoint = open_checkpoint(text, log_vkey_);
  if (!checkpoint) return violated("checkpoint_rewritten", checkpoint.error().message());
  const auto root = roots_.find(checkpoint->size);
  if (root == roots_.end() || root->second != checkpoint->root) {
    violated("checkpoint_rewritten",
             "a note of size " + std::to_string(checkpoint->size.value) + " over another history");
  }
  largest_note_ = std::max(largest_note_, checkpoint->size);
}

void Checkers::log_opened(const LogStore& log) {
  std::map<DeviceId, std::uint64_t> in_log;
  RecordReader record;
  EventReader event;
  const std::uint64_t size = log.head().size.value;
  for (Seq next; next.value < size;) {
    const auto run = log.read(next, kRunBytes);
    if (!run || run->empty()) return violated("record_changed", at(next.value) + " cannot be read");
    for (std::size_t i = 0; i < run->count(); ++i) {
      const std::uint64_t seq = next.value + i;
      if (seq >= leaves_.size()) take_record(run->record(i), false);
      if (merkle::leaf_hash(run->record(i)) != leaves_[seq]) violated("record_changed", at(seq));
      if (record.open(run->record(i)) && record.is_event() && event.open(record.event_bytes())) {
        in_log[event.device()] = event.device_seq().value;
      }
      if (!ok()) return;
    }
    next = run->next();
  }
  check_acknowledged(in_log);
  if (size < largest_note_.value) {
    violated("checkpoint_rewritten", "the log has " + std::to_string(size) +
                                         " records, signed were " +
                                         std::to_string(largest_note_.value));
  }
  note(log.head().checkpoint);
}

void Checkers::check_acknowledged(const std::map<DeviceId, std::uint64_t>& in_log) {
  for (const auto& [device, truth] : devices_) {
    const auto found = in_log.find(device);
    const std::uint64_t held = found == in_log.end() ? 0 : found->second;
    if (held < truth.acknowledged) {
      violated("acknowledged_event_lost", "acknowledged through " +
                                              std::to_string(truth.acknowledged) +
                                              ", the log holds " + std::to_string(held));
    }
  }
}

void Checkers::same_digest(const std::string& who, const Hash& digest, const Hash& expected) {
  if (digest != expected) violated("digest_differs", who);
}

const State& Checkers::replayed() const { return replayer_->state(); }
Hash Checkers::replayed_digest() const { return digest(replayer_->state()); }

Hash Checkers::scoped_digest(const LogStore& log, const std::vector<ScopeId>& scopes) {
  Replayer replayer(Replayer::Mode::trust_verdicts);
  RecordReader record;
  for (Seq next; next.value < log.head().size.value;) {
    const auto run = log.read(next, kRunBytes);
    if (!run || run->empty()) break;
    for (std::size_t i = 0; i < run->count(); ++i) {
      HOUNIAO_ASSERT(record.open(run->record(i)).has_value());
      const bool seen = record.scope() == kScopeCommons ||
                        std::find(scopes.begin(), scopes.end(), record.scope()) != scopes.end();
      if (!seen) continue;
      if (const auto fed = replayer.feed(run->record(i)); !fed) {
        violated("verdict_differs", "scoped replay: " + fed.error().message());
      }
    }
    next = run->next();
  }
  return digest(replayer.state());
}

void Checkers::check_ledger() {
  for (const LedgerViolation& broken : replayed().ledger.check()) {
    violated("ledger_broken",
             std::string(broken.invariant) + " " + std::string(name_of(broken.account.kind)));
  }
}

void Checkers::check_state(bool overdraw) {
  if (!overdraw) {
    note_broken(replayed());
    return;
  }
  State planted = replayed();
  const EventId nothing = event_id(DeviceNumber{60'000}, DeviceSeq{1});
  planted.volunteers.points.enter(VolunteerId{nothing.value},
                                  {nothing, Day{}, PointsEntry::Kind::online, 1});
  note_broken(planted);
}

void Checkers::note_broken(const State& state) {
  for (Violation& broken : broken_invariants(state)) violations_.push_back(std::move(broken));
}

TypeCounts Checkers::types() const {
  TypeCounts out{};
  replayed().events.for_each([&](EventId, const EventEntry& entry) {
    if (entry.type >= out.size()) return;
    ++out[entry.type].recorded;
    if (entry.in_force()) ++out[entry.type].in_force;
  });
  return out;
}

bool Checkers::all_signed() const { return replayer_->unattested().empty(); }

std::uint64_t Checkers::acknowledged_total() const {
  std::uint64_t total = 0;
  for (const auto& [device, truth] : devices_) total += truth.acknowledged;
  return total;
}

}  // namespace houniao::sim
