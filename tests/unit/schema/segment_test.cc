#include "schema/segment.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "schema/codec.h"

namespace houniao {
namespace {

std::vector<std::uint64_t> words_of(ByteView message) {
  std::vector<std::uint64_t> words(message.size() / 8 - 1);
  std::memcpy(words.data(), message.data() + 8, words.size() * 8);
  return words;
}

bool holds(const std::vector<std::uint64_t>& words) {
  return is_self_contained(
      kj::arrayPtr(reinterpret_cast<const capnp::word*>(words.data()), words.size()));
}

std::vector<std::uint64_t> sample() {
  capnp::MallocMessageBuilder builder;
  auto event = builder.initRoot<schema::Event>();
  event.setDevice(to_data(DeviceId{}.bytes));
  event.initCauses(3);
  event.initEvidence(2)[1].setMime("image/jpeg");
  auto fields = event.getBody().initPersonCorrected().initFields(2);
  fields[0].setAfter("411500");
  return words_of(encode(builder));
}

constexpr std::uint64_t struct_pointer(std::int32_t distance, std::uint64_t data,
                                       std::uint64_t pointers) {
  return static_cast<std::uint32_t>(distance) << 2 | data << 32 | pointers << 48;
}
constexpr std::uint64_t list_pointer(std::int32_t distance, std::uint64_t element,
                                     std::uint64_t count) {
  return 1u | static_cast<std::uint32_t>(distance) << 2 | element << 32 | count << 35;
}

TEST(Segment, of_an_encoded_event_is_self_contained) {
  const std::vector<std::uint64_t> words = sample();
  EXPECT_TRUE(holds(words));
  for (std::size_t size = 0; size < words.size(); ++size) {
    const std::vector<std::uint64_t> cut(words.begin(),
                                         words.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(holds(cut)) << size;
  }
}

TEST(Segment, is_refused_when_a_pointer_leads_outside) {
  EXPECT_TRUE(holds({0}));
  EXPECT_TRUE(holds({struct_pointer(0, 1, 0), 5}));
  EXPECT_FALSE(holds({struct_pointer(0, 2, 0), 5}));
  EXPECT_FALSE(holds({struct_pointer(1, 1, 0), 5}));
  EXPECT_FALSE(holds({struct_pointer(-2, 1, 0), 5}));
  EXPECT_TRUE(holds({list_pointer(0, 5, 1), 5}));
  EXPECT_TRUE(holds({list_pointer(0, 1, 64), 5}));
  EXPECT_FALSE(holds({list_pointer(0, 1, 65), 5}));
  EXPECT_FALSE(holds({list_pointer(0, 5, 2), 5}));
  EXPECT_FALSE(holds({list_pointer(0, 6, 1), list_pointer(0, 2, 1)}));
  EXPECT_FALSE(holds({list_pointer(0, 7, 0)}));
  EXPECT_TRUE(holds({list_pointer(0, 7, 2), struct_pointer(2, 1, 0), 5, 6}));
  EXPECT_FALSE(holds({list_pointer(0, 7, 2), struct_pointer(3, 1, 0), 5, 6}));
  EXPECT_FALSE(holds({list_pointer(0, 7, 2), list_pointer(2, 1, 0), 5, 6}));
}

TEST(Segment, is_refused_with_far_pointers_and_capabilities) {
  EXPECT_FALSE(holds({2, 0}));
  EXPECT_FALSE(holds({3, 0}));
}

TEST(Segment, is_refused_when_a_walk_would_not_end_or_cost_more_than_its_size) {
  // A struct whose pointer is its own.
  EXPECT_FALSE(holds({struct_pointer(0, 0, 1), struct_pointer(-1, 0, 1)}));
  // Items without a size.
  EXPECT_FALSE(holds({list_pointer(0, 0, 1u << 28)}));
  EXPECT_FALSE(holds({list_pointer(0, 7, 0), struct_pointer(1 << 28, 0, 0)}));
  // Many pointers to one large list.
  std::vector<std::uint64_t> words{struct_pointer(0, 0, 200)};
  for (int i = 0; i < 200; ++i) words.push_back(list_pointer(199 - i, 5, 200));
  words.resize(words.size() + 200);
  EXPECT_FALSE(holds(words));
}

}  // namespace
}  // namespace houniao
