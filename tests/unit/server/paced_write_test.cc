// Long answers over a real socket: a reader that stops is cut off within the time of one piece, and
// one that keeps up gets everything, however long it takes.
#include "server/paced_write.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <optional>
#include <string>
#include <thread>

namespace houniao::testing_server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;

struct Pair {
  asio::io_context io;
  beast::tcp_stream writer{io};
  asio::io_context reader_io;
  Tcp::socket reader{reader_io};

  Pair() {
    Tcp::acceptor acceptor(io, Tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    reader.connect(acceptor.local_endpoint());
    acceptor.accept(writer.socket());
  }
};

// More than any socket takes without a reader.
const std::string& long_answer() {
  static const std::string kText = [] {
    std::string text(std::size_t{24} << 20, 'x');
    for (std::size_t i = 0; i < text.size(); i += 997) text[i] = static_cast<char>('a' + i % 26);
    return text;
  }();
  return kText;
}

TEST(PacedWrite, a_piece_has_less_than_a_minute_whatever_the_answer_is) {
  EXPECT_EQ(write_time(0), kHttpIdle);
  EXPECT_EQ(write_time(kHttpPieceBytesMax), kHttpIdle + std::chrono::seconds(16));
}

TEST(PacedWrite, a_reader_that_stops_is_cut_off_within_the_time_of_a_piece) {
  Pair pair;
  // By the pace of the whole the answer would have 24 s.
  const WritePace pace{std::chrono::milliseconds(200), kHttpPieceBytesMax};
  std::optional<beast::error_code> ended;
  const auto begun = std::chrono::steady_clock::now();
  paced_write(
      pair.writer, long_answer(), [&](beast::error_code error) { ended = error; }, pace);
  pair.io.run();
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, beast::error::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(12));
}

TEST(PacedWrite, a_reader_that_keeps_up_gets_every_byte) {
  Pair pair;
  std::string got(long_answer().size(), '\0');
  std::thread reading([&] {
    beast::error_code ignored;
    asio::read(pair.reader, asio::buffer(got), ignored);
  });
  std::optional<beast::error_code> ended;
  paced_write(pair.writer, long_answer(), [&](beast::error_code error) { ended = error; });
  pair.io.run();
  reading.join();
  ASSERT_TRUE(ended);
  EXPECT_FALSE(*ended) << ended->message();
  EXPECT_TRUE(got == long_answer());
}

}  // namespace
}  // namespace houniao::testing_server
