// A TCP proxy on loopback that keeps everything that passes, so that a test can look for what must
// not be there. Threads of its own; the functions here are for the test's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace houniao::tests {

class CapturingProxy {
 public:
  explicit CapturingProxy(std::uint16_t target_port);
  ~CapturingProxy();
  std::string url() const;
  // Of each direction of each connection so far: HTTP head dropped, WebSocket frames unmasked.
  std::vector<std::string> payloads() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The payloads of the WebSocket frames after an HTTP head, one after the other.
std::string websocket_payloads(std::string_view stream);

}  // namespace houniao::tests
