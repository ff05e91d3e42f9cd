#include "server/replica.h"

#include <kj/exception.h>

#include <algorithm>
#include <string>
#include <vector>

#include "replay/admission.h"
#include "replay/lookahead.h"
#include "replay/snapshot.h"
#include "replay/state.h"
#include "schema/codec.h"
#include "server/log/log_node_source.h"

namespace houniao {
namespace {

constexpr std::size_t kReadBytes = std::size_t{4} << 20;

void fold_event(State& state, const RecordReader& record, const EventReader& event) {
  Judgement judgement;
  judgement.verdict = record.get().getVerdict();
  for (std::uint16_t reason : record.get().getReasons()) judgement.reasons.add_number(reason);
  const Received received{record.seq(), WallTime{record.get().getReceivedAtUs()}};
  apply(state, event, received, judgement);
}

Result<void> fold_record(State& state, ByteView bytes) {
  thread_local RecordReader record;
  thread_local EventReader event;
  HOUNIAO_TRY(record.open(bytes));
  if (!record.is_event()) return {};
  HOUNIAO_TRY(event.open(record.event_bytes()));
  fold_event(state, record, event);
  return {};
}

}  // namespace

Replica::Replica(const LogStore& log) : log_(&log), state_(std::make_unique<State>()) {}
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;
Replica::~Replica() = default;

Result<void> Replica::start(SnapshotStore* snapshots, TreeSize at_most) {
  state_ = std::make_unique<State>();
  size_ = TreeSize{0};
  if (snapshots == nullptr) return {};
  while (auto snapshot = snapshots->load(at_most)) {
    const auto root = merkle::root_at(LogNodeSource(*log_), snapshot->size);
    if (root && *root == snapshot->root) {
      auto restored = restore(snapshot->state);
      if (restored) {
        *state_ = std::move(*restored);
        size_ = snapshot->size;
        return {};
      }
    }
    snapshots->discard(snapshot->size);
  }
  return {};
}

Result<void> Replica::advance(TreeSize to) {
  try {
    return fold_through(to);
  } catch (const kj::Exception& e) {  // records were checked when they came, so it changed since
    return fail(Errc::corrupt, "record " + std::to_string(size_.value) +
                                   " is damaged: " + e.getDescription().cStr());
  }
}

Result<void> Replica::fold_through(TreeSize to) {
  std::vector<ByteView> records;
  while (size_ < to) {
    const auto run = log_->read(Seq{size_.value}, kReadBytes);
    if (!run) return run.error();
    if (run->empty()) return fail(Errc::corrupt, "the log ends at " + std::to_string(size_.value));
    records.clear();
    const std::uint64_t count = std::min(run->count(), to.value - size_.value);
    for (std::size_t i = 0; i < count; ++i) records.push_back(run->record(i));
    Lookahead ahead(*state_, records);
    while (const Lookahead::Opened* next = ahead.next()) {
      if (!next->ready) {
        HOUNIAO_TRY(fold_record(*state_, next->bytes));
      } else if (next->record.is_event()) {
        fold_event(*state_, next->record, next->event);
      }
      ++size_.value;
    }
  }
  return {};
}

Replica Replica::fork() const {
  Replica out(*log_);
  *out.state_ = *state_;
  out.size_ = size_;
  return out;
}

std::unique_ptr<State> Replica::take_state() { return std::move(state_); }

Result<Seq> first_received_from(const LogStore& log, TreeSize size, WallTime time) {
  std::uint64_t low = 0;
  std::uint64_t high = size.value;
  RecordReader record;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto run = log.read(Seq{middle}, 1);
    if (!run) return run.error();
    if (run->empty()) return fail(Errc::corrupt, "the log ends at " + std::to_string(middle));
    HOUNIAO_TRY(record.open(run->record(0)));
    if (record.get().getReceivedAtUs() < time.us) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return Seq{low};
}

}  // namespace houniao
