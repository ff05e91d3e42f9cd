#include "tools/benchmarks/swarm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace houniao::bench {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr int kReceiveMs = 20'000;
constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kOpcode = 0x0f;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;

Error socket_error(const char* what) {
  return fail(Errc::unavailable, std::string(what) + ": " + std::strerror(errno));
}

Result<void> shake_hands(int fd) {
  static constexpr std::string_view kRequest =
      "GET /sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Protocol: houniao.v1\r\n\r\n";
  if (::send(fd, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kRequest.size())) {
    return socket_error("handshake");
  }
  std::string answer;
  while (answer.find("\r\n\r\n") == std::string::npos) {
    char byte = 0;  // one at a time: what follows the blank line belongs to the first frame
    if (::recv(fd, &byte, 1, 0) != 1) return socket_error("handshake");
    answer.push_back(byte);
    if (answer.size() > 8192) return fail(Errc::protocol, "an endless handshake");
  }
  if (answer.rfind("HTTP/1.1 101", 0) != 0) {
    return fail(Errc::protocol, "the server refused the WebSocket: " + answer.substr(0, 64));
  }
  return {};
}

struct Header {
  std::uint8_t opcode = 0;
  bool final = false;
  std::size_t header_bytes = 0;
  std::size_t payload_bytes = 0;
};

// nullopt while the header is incomplete. Frames from a server are not masked.
std::optional<Header> parse_header(ByteView in) {
  if (in.size() < 2) return std::nullopt;
  Header out{static_cast<std::uint8_t>(in[0] & kOpcode), (in[0] & kFinal) != 0, 2,
             static_cast<std::size_t>(in[1] & 0x7f)};
  const std::size_t extra = out.payload_bytes == 126 ? 2 : out.payload_bytes == 127 ? 8 : 0;
  if (in.size() < 2 + extra) return std::nullopt;
  if (extra > 0) {
    out.payload_bytes = 0;
    for (std::size_t i = 0; i < extra; ++i) {
      out.payload_bytes = out.payload_bytes << 8 | in[2 + i];
    }
    out.header_bytes += extra;
  }
  return out;
}

}  // namespace

Swarm::Swarm() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) { HOUNIAO_ASSERT(epoll_ >= 0); }

Swarm::~Swarm() {
  for (const Socket& socket : sockets_) ::close(socket.fd);
  ::close(epoll_);
}

Result<std::size_t> Swarm::connect(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return socket_error("socket");
  sockets_.emplace_back().fd = fd;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return socket_error("connect");
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (notes_arrivals_) {
    HOUNIAO_ASSERT(::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one) == 0);
  }
  HOUNIAO_TRY(shake_hands(fd));
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  watch(sockets_.size() - 1, false, EPOLL_CTL_ADD);
  return sockets_.size() - 1;
}

void Swarm::watch(std::size_t index, bool for_writing, int operation) {
  epoll_event event{};
  event.events = EPOLLIN | (for_writing ? EPOLLOUT : 0U);
  event.data.u64 = index;
  HOUNIAO_ASSERT(::epoll_ctl(epoll_, operation, sockets_[index].fd, &event) == 0);
}

Bytes Swarm::wire_frame(ByteView payload) {
  Bytes out{static_cast<std::uint8_t>(kFinal | kBinary)};
  if (payload.size() < 126) {
    out.push_back(static_cast<std::uint8_t>(kMasked | payload.size()));
  } else {
    const bool wide = payload.size() > 0xffff;
    out.push_back(static_cast<std::uint8_t>(kMasked | (wide ? 127 : 126)));
    for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8) {
      out.push_back(static_cast<std::uint8_t>(std::uint64_t{payload.size()} >> shift));
    }
  }
  out.insert(out.end(), 4, 0);  // the masking key
  append(out, payload);
  return out;
}

Result<void> Swarm::send(std::size_t index, ByteView wire) {
  Socket& socket = sockets_[index];
  if (socket.out.empty()) {
    const ssize_t n = ::send(socket.fd, wire.data(), wire.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return socket_error("send");
    if (n > 0) wire = wire.subspan(static_cast<std::size_t>(n));
    if (wire.empty()) return {};
  }
  append(socket.out, wire);
  return flush(index);
}

Result<void> Swarm::flush(std::size_t index) {
  Socket& socket = sockets_[index];
  while (socket.written < socket.out.size()) {
    const ssize_t n = ::send(socket.fd, socket.out.data() + socket.written,
                             socket.out.size() - socket.written, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) return socket_error("send");
    socket.written += static_cast<std::size_t>(n);
  }
  const bool rest = socket.written < socket.out.size();
  if (!rest) {
    socket.out.clear();
    socket.written = 0;
  }
  if (rest != socket.waits_to_write) {
    socket.waits_to_write = rest;
    watch(index, rest, EPOLL_CTL_MOD);
  }
  return {};
}

Result<void> Swarm::poll(int timeout_ms, const OnMessage& on_message) {
  std::array<epoll_event, 256> events;
  const int n = ::epoll_wait(epoll_, events.data(), events.size(), timeout_ms);
  if (n < 0 && errno != EINTR) return socket_error("epoll");
  for (int i = 0; i < n; ++i) {
    const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
    const auto ready = events[static_cast<std::size_t>(i)].events;
    if ((ready & EPOLLOUT) != 0) HOUNIAO_TRY(flush(index));
    if ((ready & ~static_cast<unsigned>(EPOLLOUT)) != 0) HOUNIAO_TRY(read(index, on_message));
  }
  return {};
}

Result<void> Swarm::read(std::size_t index, const OnMessage& on_message) {
  Socket& socket = sockets_[index];
  static thread_local Bytes buffer(kReadBytes);
  const ssize_t n = receive_some(socket.fd, buffer);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (n < 0) return socket_error("receive");
  if (n == 0) return fail(Errc::unavailable, "the server closed a connection");
  append(socket.in, ByteView(buffer).first(static_cast<std::size_t>(n)));
  return deliver(index, on_message);
}

ssize_t Swarm::receive_some(int fd, Bytes& buffer) {
  if (!notes_arrivals_) return ::recv(fd, buffer.data(), buffer.size(), 0);
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t n = ::recvmsg(fd, &message, 0);
  arrived_us_ = 0;
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); n > 0 && c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec at{};
    std::memcpy(&at, CMSG_DATA(c), sizeof at);
    arrived_us_ = std::int64_t{at.tv_sec} * 1'000'000 + at.tv_nsec / 1000;
  }
  return n;
}

Result<void> Swarm::deliver(std::size_t index, const OnMessage& on_message) {
  for (;;) {
    Socket& socket = sockets_[index];
    const ByteView in = ByteView(socket.in).subspan(socket.consumed);
    const auto header = parse_header(in);
    if (!header || in.size() < header->header_bytes + header->payload_bytes) break;
    const ByteView payload = in.subspan(header->header_bytes, header->payload_bytes);
    socket.consumed += header->header_bytes + header->payload_bytes;
    if (header->opcode == kClose) return fail(Errc::unavailable, "the server closed a session");
    if (header->opcode > kBinary) continue;  // ping or pong
    append(socket.message, payload);
    if (!header->final) continue;
    const Bytes message = std::exchange(socket.message, {});
    HOUNIAO_TRY(on_message(index, message));
  }
  Socket& socket = sockets_[index];
  socket.in.erase(socket.in.begin(),
                  socket.in.begin() + static_cast<std::ptrdiff_t>(socket.consumed));
  socket.consumed = 0;
  return {};
}

Result<Bytes> Swarm::receive(std::size_t wanted) {
  std::optional<Bytes> got;
  for (int waited_ms = 0; !got && waited_ms < kReceiveMs; waited_ms += 10) {
    HOUNIAO_TRY(poll(10, [&](std::size_t socket, ByteView message) -> Result<void> {
      if (socket == wanted && !got) got.emplace(message.begin(), message.end());
      return {};
    }));
  }
  if (!got) return fail(Errc::unavailable, "no answer from the server");
  return std::move(*got);
}

}  // namespace houniao::bench
