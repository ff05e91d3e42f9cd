#include "tests/support/capturing_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/support/server_process.h"

namespace houniao::tests {

class CapturingProxy::Impl {
 public:
  explicit Impl(std::uint16_t target) : target_(target) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 16) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("the proxy cannot listen");
    }
    port = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~Impl() {
    stopping_ = true;
    acceptor_.join();
    for (std::thread& pump : pumps_) pump.join();
    close(listener_);
  }

  std::vector<std::string> streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }

  std::uint16_t port = 0;

 private:
  void accept_all() {
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (poll(&waiting, 1, 50) <= 0) continue;
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) continue;
      pumps_.emplace_back([this, client] { pump(client, connect_loopback(target_)); });
    }
  }

  void pump(int client, int server) {
    std::size_t up = 0;
    {
      const std::lock_guard lock(mutex_);
      up = streams_.size();
      streams_.resize(up + 2);
    }
    pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    bool open = server >= 0;
    while (open && !stopping_) {
      if (poll(ends, 2, 50) <= 0) continue;
      for (std::size_t i = 0; i < 2 && open; ++i) {
        if (ends[i].revents != 0) open = forward(ends[i].fd, ends[1 - i].fd, up + i);
      }
    }
    close(client);
    if (server >= 0) close(server);
  }

  bool forward(int from, int to, std::size_t stream) {
    char buffer[16'384];
    const ssize_t n = recv(from, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    {
      const std::lock_guard lock(mutex_);
      streams_[stream].append(buffer, static_cast<std::size_t>(n));
    }
    for (ssize_t sent = 0; sent < n;) {
      const ssize_t m = send(to, buffer + sent, static_cast<std::size_t>(n - sent), MSG_NOSIGNAL);
      if (m <= 0) return false;
      sent += m;
    }
    return true;
  }

  const std::uint16_t target_;
  int listener_ = -1;
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
  std::vector<std::thread> pumps_;  // grown by the acceptor, joined after it
  mutable std::mutex mutex_;
  std::vector<std::string> streams_;
};

CapturingProxy::CapturingProxy(std::uint16_t target_port)
    : impl_(std::make_unique<Impl>(target_port)) {}
CapturingProxy::~CapturingProxy() = default;

std::string CapturingProxy::url() const { return "ws://127.0.0.1:" + std::to_string(impl_->port); }

std::vector<std::string> CapturingProxy::payloads() const {
  std::vector<std::string> out;
  for (const std::string& stream : impl_->streams()) out.push_back(websocket_payloads(stream));
  return out;
}

// RFC 6455 section 5.2.
std::string websocket_payloads(std::string_view stream) {
  std::string out;
  const std::size_t head = stream.find("\r\n\r\n");
  if (head == std::string_view::npos) return std::string(stream);
  stream.remove_prefix(head + 4);
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(stream[i]); };
  while (stream.size() >= 2) {
    const bool masked = (byte(1) & 0x80) != 0;
    std::uint64_t size = byte(1) & 0x7f;
    std::size_t at = 2;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (stream.size() < at + more + (masked ? 4 : 0)) break;
    if (more != 0) size = 0;
    for (std::size_t i = 0; i < more; ++i) size = size << 8 | byte(at++);
    const std::size_t mask = at;
    if (masked) at += 4;
    size = std::min<std::uint64_t>(size, stream.size() - at);
    for (std::size_t i = 0; i < size; ++i) {
      const char plain = stream[at + i];
      out += masked ? static_cast<char>(plain ^ stream[mask + i % 4]) : plain;
    }
    stream.remove_prefix(at + size);
  }
  return out;
}

}  // namespace houniao::tests
