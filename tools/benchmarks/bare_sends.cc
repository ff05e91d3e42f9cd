#include "tools/benchmarks/bare_sends.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/os/os.h"

namespace houniao::bench {
namespace {

constexpr int kRounds = 21;
constexpr std::int64_t kPauseUs = 5'000;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error socket_error(const char* what) {
  return fail(Errc::unavailable, std::string(what) + ": " + std::strerror(errno));
}

struct Pair {
  Descriptor sender;
  Descriptor receiver;
};

Result<std::vector<Pair>> connected(std::size_t count) {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (listener.get() < 0 || ::bind(listener.get(), any, size) != 0 ||
      ::listen(listener.get(), 16) != 0 || ::getsockname(listener.get(), any, &size) != 0) {
    return socket_error("listen");
  }
  std::vector<Pair> out;
  for (std::size_t i = 0; i < count; ++i) {
    Descriptor receiver(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receiver.get() < 0 || ::connect(receiver.get(), any, size) != 0) {
      return socket_error("connect");
    }
    Descriptor sender(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (sender.get() < 0) return socket_error("accept");
    const int one = 1;
    ::setsockopt(sender.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    out.push_back({std::move(sender), std::move(receiver)});
  }
  return out;
}

}  // namespace

Result<double> bare_sends_per_s(std::size_t sockets, std::size_t frame_bytes, Clock& clock) {
  auto pairs = connected(sockets);
  if (!pairs) return pairs.error();
  const Bytes frame(frame_bytes, 7);
  Bytes buffer(frame_bytes);
  std::vector<std::int64_t> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t start_us = clock.monotonic_us();
    for (const Pair& pair : *pairs) {
      const ssize_t n = ::send(pair.sender.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
      if (n != static_cast<ssize_t>(frame.size())) return socket_error("send");
    }
    rounds.push_back(clock.monotonic_us() - start_us);
    for (const Pair& pair : *pairs) {
      const ssize_t n = ::recv(pair.receiver.get(), buffer.data(), buffer.size(), MSG_WAITALL);
      if (n != static_cast<ssize_t>(frame.size())) return socket_error("receive");
    }
    os::pause_us(kPauseUs);
  }
  const auto median = rounds.begin() + kRounds / 2;
  std::nth_element(rounds.begin(), median, rounds.end());
  return static_cast<double>(sockets) * 1e6 /
         static_cast<double>(std::max<std::int64_t>(*median, 1));
}

}  // namespace houniao::bench
