#include "server/timeline/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace houniao::timeline {
namespace {

constexpr std::size_t kLengthBytes = 4;

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t take(std::string_view& in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  }
  in.remove_prefix(bytes);
  return value;
}

Error gone() { return fail(Errc::unavailable, "the process that keeps past states has ended"); }

}  // namespace

Channel& Channel::operator=(Channel&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

int Channel::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Channel::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<void> Channel::send(std::string_view frame) {
  std::string bytes;
  bytes.reserve(kLengthBytes + frame.size());
  put(bytes, frame.size(), kLengthBytes);
  bytes += frame;
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return gone();
    done += static_cast<std::size_t>(n);
  }
  return {};
}

Result<void> Channel::read_exactly(char* out, std::size_t bytes, int wait_ms) {
  std::size_t done = 0;
  while (done < bytes) {
    pollfd waiting{fd_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, wait_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return fail(Errc::unavailable, "no answer about a past state in time");
    const ssize_t n = ::recv(fd_, out + done, bytes - done, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return gone();
    done += static_cast<std::size_t>(n);
  }
  return {};
}

Result<std::string> Channel::receive(std::size_t bytes_max, int wait_ms) {
  char length[kLengthBytes];
  HOUNIAO_TRY(read_exactly(length, kLengthBytes, wait_ms));
  std::string_view in(length, kLengthBytes);
  const std::uint64_t bytes = take(in, kLengthBytes);
  if (bytes > bytes_max) {
    return fail(Errc::too_large, "a frame of " + std::to_string(bytes) + " bytes");
  }
  std::string out(bytes, '\0');
  HOUNIAO_TRY(read_exactly(out.data(), out.size(), wait_ms));
  return out;
}

Result<std::pair<Channel, Channel>> make_channel() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail(Errc::unavailable, std::string("socketpair: ") + std::strerror(errno));
  }
  return std::pair{Channel(ends[0]), Channel(ends[1])};
}

std::string encode(const Question& question) {
  std::string out;
  put(out, question.size.value, 8);
  return out + question.target;
}

Result<Question> decode_question(std::string_view frame) {
  if (frame.size() < 8) return fail(Errc::malformed, "a question of less than 8 bytes");
  Question out;
  out.size = TreeSize{take(frame, 8)};
  out.target = std::string(frame);
  return out;
}

std::string encode_answer(const Result<std::string>& answer) {
  std::string out;
  if (answer) {
    put(out, 0, kAnswerCodeBytes);
    return out + *answer;
  }
  put(out, static_cast<std::uint16_t>(answer.error().code), kAnswerCodeBytes);
  return out + answer.error().detail;
}

Result<std::string> decode_answer(std::string_view frame) {
  if (frame.size() < kAnswerCodeBytes) {
    return fail(Errc::malformed, "an answer of less than 2 bytes");
  }
  const std::uint64_t code = take(frame, kAnswerCodeBytes);
  if (code == 0) return std::string(frame);
  return fail(static_cast<Errc>(code), std::string(frame));
}

}  // namespace houniao::timeline
