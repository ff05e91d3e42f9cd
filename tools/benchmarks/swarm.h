// Many WebSocket clients on one thread, as cheap as they can be: one epoll loop, one read per
// frame. For load generation over loopback only: frames are masked with the zero key, which RFC
// 6455 would not allow a browser. Linux. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::bench {

class Swarm {
 public:
  Swarm();
  ~Swarm();
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  // Connects and shakes hands; blocks. Returns the connection's index.
  Result<std::size_t> connect(std::uint16_t port);
  std::size_t size() const { return sockets_.size(); }
  // Of the bytes last read, when the kernel received them, if note_arrivals() was called before
  // their connection was made: microseconds of the wall clock, 0 otherwise.
  void note_arrivals() { notes_arrivals_ = true; }
  std::int64_t arrived_us() const { return arrived_us_; }

  // The frame's bytes as they go on the wire; made once, sent without a copy of its own.
  static Bytes wire_frame(ByteView payload);
  // Queues and writes what the socket takes.
  Result<void> send(std::size_t socket, ByteView wire);

  // Waits up to `timeout_ms` and calls on_message for every whole message that arrived.
  using OnMessage = std::function<Result<void>(std::size_t socket, ByteView message)>;
  Result<void> poll(int timeout_ms, const OnMessage& on_message);

  // Polls until the next message of that socket and returns it; for handshakes.
  Result<Bytes> receive(std::size_t socket);

 private:
  struct Socket {
    int fd = -1;
    Bytes in;
    std::size_t consumed = 0;
    Bytes message;  // fragments so far
    Bytes out;
    std::size_t written = 0;
    bool waits_to_write = false;
  };
  Result<void> flush(std::size_t index);
  Result<void> read(std::size_t index, const OnMessage& on_message);
  Result<void> deliver(std::size_t index, const OnMessage& on_message);
  void watch(std::size_t index, bool for_writing, int operation);

  ssize_t receive_some(int fd, Bytes& buffer);

  int epoll_ = -1;
  bool notes_arrivals_ = false;
  std::int64_t arrived_us_ = 0;
  std::vector<Socket> sockets_;
};

}  // namespace houniao::bench
