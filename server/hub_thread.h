// One network thread: its event loop, its hub of sessions, and the mail from the sequencer.
// Internal to the gateway.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/engine.h"
#include "server/hub.h"

namespace houniao {

class HttpApi;

class HubThread {
 public:
  using Executor = boost::asio::io_context::executor_type;

  // Open connections that a stop waits for. First, so that the last of them still finds it when the
  // loop goes away.
  std::atomic<std::size_t> connections{0};

  HubThread(std::uint16_t index, Engine& engine, HttpApi& api);

  boost::asio::io_context& io() { return io_; }
  SessionHub& hub() { return hub_; }
  Engine& engine() { return engine_; }
  HttpApi& api() { return api_; }
  Moment now() { return engine_.now(); }

  // Any thread: the group is delivered on this one.
  void deliver(std::shared_ptr<const CommittedGroup> group);
  void start();
  void stop();  // from outside; ends the loop and joins

  // This thread: goes on soon with sessions that still have something to read, and with signatures
  // that are due.
  void pump_soon();
  // Any thread: checks every signature that is owed and returns when that is done.
  void settle_all();

 private:
  void take_mail();
  void tick();
  void settle();

  Engine& engine_;
  HttpApi& api_;
  boost::asio::io_context io_{1};
  SessionHub hub_;
  boost::asio::steady_timer ticker_{io_};
  boost::asio::steady_timer settler_{io_};
  bool settling_ = false;  // settler_ runs
  std::mutex mutex_;
  std::vector<std::shared_ptr<const CommittedGroup>> mail_;
  bool mail_posted_ = false;
  bool pump_posted_ = false;
  std::thread thread_;
};

}  // namespace houniao
