// A whole server in one object: engine, HTTP interface and gateway over one data directory, run by
// a thread of its own. For `houniao serve`, and for programs and tests that need a real server
// beside them.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "server/engine.h"
#include "server/gateway.h"
#include "server/http/api.h"

namespace houniao {

class Server {
 public:
  // Opens the log, checks it and listens; nothing is served before run() or start().
  static Result<std::unique_ptr<Server>> open(const ServerConfig& config, Clock& clock,
                                              Random& random, GatewayOptions gateway,
                                              Engine::Options engine = {});
  ~Server();

  std::uint16_t port() const { return gateway_->port(); }
  std::string url() const { return gateway_->url(); }
  Engine& engine() { return *engine_; }

  void run() { gateway_->run(); }  // until stop() or a signal
  void start();                    // run() on a thread of its own
  void stop();                     // and waits for it; any thread but the server's own

 private:
  Server() = default;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<HttpApi> api_;
  std::unique_ptr<Gateway> gateway_;
  std::thread thread_;
};

}  // namespace houniao
