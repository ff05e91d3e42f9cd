#include "server/replica.h"

#include <gtest/gtest.h>

#include "replay/digest.h"
#include "tests/unit/server/device.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};

// A disk that fails gives back another byte than it was given. Whatever that is: an error or
// another state, and never the end of the process.
TEST(Replica, ALogWithAnyDamagedByteIsReadOrRefused) {
  TestServer server;
  TestDevice device(server, 10);
  device.open(server.code({kStation}));
  device.send(device.push_events(kStation, 3));
  device.settle();
  const TreeSize size = server.log.head().size;
  Replica whole(server.log);
  ASSERT_TRUE(whole.advance(size));
  const Hash digest_of_whole = digest(whole.state());

  std::size_t bytes = 0;
  std::size_t refused = 0;
  std::size_t differing = 0;
  for (const std::uint8_t mask : {0x01, 0x40}) {
    for (std::uint64_t at = 0; server.log.flip_record_byte(at, mask); ++at) {
      Replica replica(server.log);
      const auto read = replica.advance(size);
      if (!read) {
        EXPECT_TRUE(read.error().code == Errc::corrupt || read.error().code == Errc::malformed)
            << read.error().message();
        ++refused;
      } else if (digest(replica.state()) != digest_of_whole) {
        ++differing;
      }
      ASSERT_TRUE(server.log.flip_record_byte(at, mask));  // and back
      ++bytes;
    }
  }
  EXPECT_GT(bytes, 2'000U);
  EXPECT_GT(refused, bytes / 20);
  EXPECT_GT(differing, bytes / 20);
  Replica again(server.log);
  ASSERT_TRUE(again.advance(size));
  EXPECT_EQ(digest(again.state()), digest_of_whole);
}

}  // namespace
}  // namespace houniao::testing_server
