// Sockets: one port for WebSocket (subprotocol houniao.v1) and HTTP, plain on loopback or TLS. Each
// network thread has an event loop and a hub of sessions; a connection stays on its thread for
// life, so nothing of a session is ever locked.
//
// Made and run by one owner; stop() may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"

namespace houniao {

class Engine;
class HttpApi;

struct GatewayOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses
  unsigned threads = 1;
  std::string tls_cert;  // PEM files; both or none
  std::string tls_key;
  bool handle_signals = false;     // SIGINT and SIGTERM end run()
  std::uint32_t drain_ms = 2'000;  // how long a stop waits for peers to take what is written
};

class Gateway {
 public:
  // Binds and listens. invalid_argument for an address that is not loopback without TLS, or that is
  // taken. The engine must not have been started: the gateway starts and stops it.
  static Result<std::unique_ptr<Gateway>> listen(Engine& engine, HttpApi& api,
                                                 GatewayOptions options);
  ~Gateway();

  std::uint16_t port() const;
  std::string url() const;  // "ws://127.0.0.1:8443"
  // Serves until stop() or a signal; then commits what was pushed, delivers the acknowledgements,
  // tells every session when to come back, and returns.
  void run();
  void stop();

 private:
  struct Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace houniao
