#include "client_sdk/core/outbox.h"

#include <algorithm>

#include "schema/codec.h"

namespace houniao::client {

Result<void> Outbox::load(const Store& store) {
  return store.scan(Table::outbox, 0, [&](std::uint64_t first, ByteView value) -> Result<void> {
    OutboxBlock block;
    block.first = DeviceSeq{first};
    block.events.assign(value.begin(), value.end());
    for (std::size_t at = 0; at < block.events.size();) {
      const auto size = message_bytes(ByteView(block.events).subspan(at));
      if (!size) return fail(Errc::corrupt, "a stored event cannot be read");
      block.offsets.push_back(static_cast<std::uint32_t>(at));
      at += *size;
    }
    events_ += block.offsets.size();
    blocks_.push_back(std::move(block));
    return {};
  });
}

void Outbox::append(std::vector<OutboxBlock>& blocks, DeviceSeq seq, ByteView event) {
  if (blocks.empty() || blocks.back().offsets.size() == kBlockEventsMax) {
    blocks.push_back({seq, {}, {}});
  }
  OutboxBlock& block = blocks.back();
  block.offsets.push_back(static_cast<std::uint32_t>(block.events.size()));
  houniao::append(block.events, event);
}

void Outbox::add(std::vector<OutboxBlock> blocks) {
  for (OutboxBlock& block : blocks) {
    events_ += block.offsets.size();
    blocks_.push_back(std::move(block));
  }
}

Write Outbox::write(const OutboxBlock& block) {
  return {Table::outbox, block.first.value, block.events};
}

std::deque<OutboxBlock>::const_iterator Outbox::block_of(DeviceSeq seq) const {
  const auto after =
      std::upper_bound(blocks_.begin(), blocks_.end(), seq,
                       [](DeviceSeq s, const OutboxBlock& block) { return s < block.first; });
  if (after == blocks_.begin()) return blocks_.end();
  const auto block = after - 1;
  return seq.value < block->end() ? block : blocks_.end();
}

OutboxSlice Outbox::slice(DeviceSeq from, std::size_t events_max, std::size_t bytes_max) const {
  OutboxSlice out;
  out.first = from;
  ByteView last;
  for (auto block = block_of(from); block != blocks_.end(); ++block) {
    if (block->first.value > from.value + out.count) break;  // judged events left a gap
    for (std::size_t i = from.value + out.count - block->first.value; i < block->offsets.size();
         ++i) {
      const ByteView event = block->event(i);
      const bool full = out.count == events_max || out.events.size() + event.size() > bytes_max;
      if (full && out.count > 0) {
        out.head = sha256(last);
        return out;
      }
      houniao::append(out.events, event);
      last = event;
      ++out.count;
    }
  }
  if (out.count > 0) out.head = sha256(last);
  return out;
}

ByteView Outbox::find(DeviceSeq seq) const {
  const auto block = block_of(seq);
  return block == blocks_.end() ? ByteView{} : block->event(seq.value - block->first.value);
}

}  // namespace houniao::client
