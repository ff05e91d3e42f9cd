#include "tests/sim/network.h"

#include <algorithm>

namespace houniao::sim {

namespace {
Side other(Side side) { return side == Side::server ? Side::tablet : Side::server; }
std::size_t index(Side side) { return static_cast<std::size_t>(side); }
}  // namespace

std::int64_t Network::delay() {
  const auto span = static_cast<std::uint64_t>(limits_.delay_us_max - limits_.delay_us_min);
  // Mostly quick, sometimes slow.
  const std::uint64_t bound = prng_.below(8) == 0 ? span : span / 12;
  return limits_.delay_us_min + static_cast<std::int64_t>(prng_.below(bound));
}

ConnectionId Network::open(std::size_t tablet) {
  const ConnectionId id{++serial_};
  connections_[id].tablet = tablet;
  return id;
}

void Network::send(ConnectionId id, Side to, Bytes frame) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Direction& direction = found->second.to[index(to)];
  direction.last_us = std::max(direction.last_us, scheduler_.now_us() + delay());
  direction.frames.emplace_back(direction.last_us, std::move(frame));
  scheduler_.after(direction.last_us - scheduler_.now_us(), [this, id, to] { deliver(id, to); });
}

void Network::deliver(ConnectionId id, Side to) {
  while (true) {
    const auto found = connections_.find(id);
    if (found == connections_.end() || is_blocked(found->second.tablet, to)) return;
    Direction& direction = found->second.to[index(to)];
    if (direction.frames.empty()) {
      if (!direction.closing) return;
      connections_.erase(found);
      return on_closed_(id, to);
    }
    if (direction.frames.front().first > scheduler_.now_us()) return;
    Bytes frame = std::move(direction.frames.front().second);
    direction.frames.pop_front();
    ++delivered_;
    on_frame_(id, to, std::move(frame));
  }
}

void Network::close(ConnectionId id, Side by) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Direction& direction = found->second.to[index(other(by))];
  direction.closing = true;
  found->second.to[index(by)].frames.clear();
  const std::int64_t when = std::max(direction.last_us, scheduler_.now_us() + delay());
  scheduler_.after(when - scheduler_.now_us(), [this, id, by] { deliver(id, other(by)); });
}

void Network::cut(ConnectionId id) {
  if (connections_.erase(id) == 0) return;
  for (Side side : {Side::server, Side::tablet}) {
    scheduler_.after(static_cast<std::int64_t>(prng_.below(seconds(3))),
                     [this, id, side] { on_closed_(id, side); });
  }
}

void Network::cut_all() {
  for (ConnectionId id : open_connections()) cut(id);
}

std::vector<ConnectionId> Network::open_connections() const {
  std::vector<ConnectionId> out;
  for (const auto& [id, connection] : connections_) out.push_back(id);
  return out;
}

void Network::block(std::size_t tablet, Side to) { blocked_.insert({tablet, to}); }

void Network::unblock_all() {
  blocked_.clear();
  for (ConnectionId id : open_connections()) {
    for (Side side : {Side::server, Side::tablet}) {
      scheduler_.after(0, [this, id, side] { deliver(id, side); });
    }
  }
}

}  // namespace houniao::sim
