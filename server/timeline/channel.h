// Frames over a connected socket between a server, its keeper and the keeper's anchors: 4 bytes of
// length, little-endian, then that many bytes. Blocking; one thread at a time. The peers are
// processes of the same program and user; lengths are checked all the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ids.h"

namespace houniao::timeline {

inline constexpr std::size_t kRequestBytesMax = std::size_t{64} << 10;
// A page of 500 items is far below; figures of a large programme are the largest answers.
inline constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20;
// An answer is a page behind a code of two bytes.
inline constexpr std::size_t kAnswerCodeBytes = 2;
inline constexpr std::size_t kPageBytesMax = kAnswerBytesMax - kAnswerCodeBytes;

// Owns a file descriptor.
class Channel {
 public:
  Channel() = default;
  explicit Channel(int fd) : fd_(fd) {}
  ~Channel() { close(); }
  Channel(Channel&& other) noexcept : fd_(other.release()) {}
  Channel& operator=(Channel&& other) noexcept;

  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void close();

  // unavailable when the peer is gone, or says nothing for `wait_ms` (-1: for ever); too_large for
  // a longer frame.
  Result<void> send(std::string_view frame);
  Result<std::string> receive(std::size_t bytes_max, int wait_ms);

 private:
  Result<void> read_exactly(char* out, std::size_t bytes, int wait_ms);
  int fd_ = -1;
};

// Two ends that are connected with each other, both closed by exec.
Result<std::pair<Channel, Channel>> make_channel();

// A question: the state after `size` records, and the page with its parameters as in an HTTP target
// ("/v1/contracts?limit=10").
struct Question {
  TreeSize size;
  std::string target;
};
std::string encode(const Question& question);
Result<Question> decode_question(std::string_view frame);

// The page as JSON text, or the error with which query_state() answered.
std::string encode_answer(const Result<std::string>& answer);
Result<std::string> decode_answer(std::string_view frame);

}  // namespace houniao::timeline
