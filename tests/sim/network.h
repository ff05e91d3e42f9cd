// Simulated connections between tablets and the server: frames of one direction arrive in order and
// after a random delay, until the connection is cut or the direction is blocked. What a cut loses
// is lost without notice, which is how replies get lost and pushes get sent again. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/ids.h"
#include "tests/sim/scheduler.h"
#include "tests/support/prng.h"

namespace houniao::sim {

using ConnectionId = Strong<struct ConnectionTag>;
enum class Side : std::uint8_t { server, tablet };

struct NetworkLimits {
  std::int64_t delay_us_min = milliseconds(1);
  std::int64_t delay_us_max = milliseconds(120);
};

class Network {
 public:
  // Called when a frame arrives, and when a side learns that its connection is gone.
  using OnFrame = std::function<void(ConnectionId, Side to, Bytes frame)>;
  using OnClosed = std::function<void(ConnectionId, Side at)>;

  Network(Scheduler& scheduler, tests::Prng& prng, OnFrame on_frame, OnClosed on_closed)
      : scheduler_(scheduler),
        prng_(prng),
        on_frame_(std::move(on_frame)),
        on_closed_(std::move(on_closed)) {}

  ConnectionId open(std::size_t tablet);
  bool is_open(ConnectionId id) const { return connections_.contains(id); }
  std::size_t tablet_of(ConnectionId id) const { return connections_.at(id).tablet; }
  void send(ConnectionId id, Side to, Bytes frame);
  // One side closes: what it sent before still arrives, then the other side learns of it.
  void close(ConnectionId id, Side by);
  // The connection breaks: frames under way are lost, each side learns of it after its own while.
  void cut(ConnectionId id);
  void cut_all();
  std::vector<ConnectionId> open_connections() const;

  // A one-way partition of a tablet: frames in that direction wait.
  void block(std::size_t tablet, Side to);
  void unblock_all();

  std::uint64_t frames_delivered() const { return delivered_; }

 private:
  struct Direction {
    std::deque<std::pair<std::int64_t, Bytes>> frames;  // when each may arrive
    std::int64_t last_us = 0;
    bool closing = false;  // the other side closes once these have arrived
  };
  struct Connection {
    std::size_t tablet = 0;
    Direction to[2];
  };
  std::int64_t delay();
  void deliver(ConnectionId id, Side to);
  bool is_blocked(std::size_t tablet, Side to) const { return blocked_.contains({tablet, to}); }

  Scheduler& scheduler_;
  tests::Prng& prng_;
  OnFrame on_frame_;
  OnClosed on_closed_;
  NetworkLimits limits_;
  std::uint64_t serial_ = 0;
  std::uint64_t delivered_ = 0;
  std::map<ConnectionId, Connection> connections_;
  std::set<std::pair<std::size_t, Side>> blocked_;
};

}  // namespace houniao::sim
