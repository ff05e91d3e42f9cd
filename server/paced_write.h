// Writes an answer whose reader must keep up: a piece of at most kHttpPieceBytesMax at a time, and
// each piece has the time of write_time() of its own. So a reader that stops is cut off within the
// time of one piece, however long the answer is, and one that keeps up gets all of it.
//
// On the thread of the stream, which has a beast::basic_stream as its lowest layer. One write at a
// time.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

namespace houniao {

// A connection on which nothing moves for this long is cut off.
inline constexpr std::chrono::seconds kHttpIdle{30};
inline constexpr std::size_t kHttpPieceBytesMax = std::size_t{1} << 20;

// How long a piece may take: `idle`, and what its bytes take at the slowest pace.
struct WritePace {
  std::chrono::milliseconds idle{kHttpIdle};
  std::size_t bytes_per_second_min = std::size_t{64} * 1024;
};
constexpr std::chrono::milliseconds write_time(std::size_t bytes, const WritePace& pace = {}) {
  return pace.idle + std::chrono::milliseconds(bytes * 1000 / pace.bytes_per_second_min);
}

// Calls done(error) when all is written, or when the reader was too slow (beast::error::timeout)
// or is gone. `stream` and what `bytes` shows live until then.
template <class Stream, class Done>
void paced_write(Stream& stream, std::string_view bytes, Done done, const WritePace& pace = {}) {
  const std::string_view piece = bytes.substr(0, kHttpPieceBytesMax);
  const std::string_view rest = bytes.substr(piece.size());
  boost::beast::get_lowest_layer(stream).expires_after(write_time(piece.size(), pace));
  boost::asio::async_write(stream, boost::asio::buffer(piece),
                           [&stream, rest, pace, done = std::move(done)](
                               boost::beast::error_code error, std::size_t) mutable {
                             if (error || rest.empty()) return done(error);
                             paced_write(stream, rest, std::move(done), pace);
                           });
}

}  // namespace houniao
