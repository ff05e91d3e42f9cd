// The device's own events that the log has not shown back yet, in chain order: what must still be
// sent, and what is applied over the confirmed state meanwhile. Memory only; the caller writes the
// blocks to the store. One thread at a time.
#pragma once

#include <deque>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "client_sdk/core/store.h"

namespace houniao::client {

// Consecutive events that were recorded together and are stored as one value.
struct OutboxBlock {
  DeviceSeq first;
  Bytes events;                        // event messages, one after the other
  std::vector<std::uint32_t> offsets;  // where each starts

  std::uint64_t end() const { return first.value + offsets.size(); }
  ByteView event(std::size_t i) const {
    const std::size_t to = i + 1 < offsets.size() ? offsets[i + 1] : events.size();
    return ByteView(events).subspan(offsets[i], to - offsets[i]);
  }
};

// Part of a push: consecutive events as they go on the wire.
struct OutboxSlice {
  DeviceSeq first;
  std::uint32_t count = 0;
  Bytes events;
  Hash head;  // of the last event
  DeviceSeq last() const { return DeviceSeq{first.value + count - 1}; }
};

class Outbox {
 public:
  // Events per block: the unit in which judged events leave the store.
  static constexpr std::size_t kBlockEventsMax = 256;

  Result<void> load(const Store& store);
  // Appends to the last block of `blocks`, or starts another.
  static void append(std::vector<OutboxBlock>& blocks, DeviceSeq seq, ByteView event);
  void add(std::vector<OutboxBlock> blocks);
  static Write write(const OutboxBlock& block);

  bool empty() const { return blocks_.empty(); }
  std::size_t events() const { return events_; }
  // Events from `from` on, at most so many and so large (but at least one); count 0 at the end.
  OutboxSlice slice(DeviceSeq from, std::size_t events_max, std::size_t bytes_max) const;
  // The event's bytes, empty when it is not here. Valid until the outbox changes.
  ByteView find(DeviceSeq seq) const;
  // The writes that erase blocks of which settled(seq) holds for every event, and the same in
  // memory.
  template <class Settled>
  std::vector<Write> erasures(Settled&& settled) const;
  template <class Settled>
  void drop(Settled&& settled);
  // Calls visit(seq, bytes) in chain order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const OutboxBlock& block : blocks_) {
      for (std::size_t i = 0; i < block.offsets.size(); ++i) {
        visit(DeviceSeq{block.first.value + i}, block.event(i));
      }
    }
  }

 private:
  std::deque<OutboxBlock>::const_iterator block_of(DeviceSeq seq) const;

  std::deque<OutboxBlock> blocks_;
  std::size_t events_ = 0;
};

template <class Settled>
bool whole_block(const OutboxBlock& block, Settled&& settled) {
  for (std::uint64_t seq = block.first.value; seq < block.end(); ++seq) {
    if (!settled(DeviceSeq{seq})) return false;
  }
  return true;
}

template <class Settled>
std::vector<Write> Outbox::erasures(Settled&& settled) const {
  std::vector<Write> writes;
  for (const OutboxBlock& block : blocks_) {
    if (!whole_block(block, settled)) continue;
    writes.push_back({Table::outbox, block.first.value, std::nullopt});
  }
  return writes;
}

template <class Settled>
void Outbox::drop(Settled&& settled) {
  std::erase_if(blocks_, [&](const OutboxBlock& block) {
    if (!whole_block(block, settled)) return false;
    events_ -= block.offsets.size();
    return true;
  });
}

}  // namespace houniao::client
