// The fuzz targets without coverage guidance: every seed is mutated a fixed number of times with a
// fixed generator, so that every build, with any compiler, tries hostile bytes on every decoder.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/fuzz/targets.h"
#include "tests/support/prng.h"

namespace houniao::fuzz {
namespace {

using tests::Prng;

constexpr int kMutationsPerTarget = 6'000;

void flip_bit(Bytes& b, Prng& prng) {
  if (!b.empty()) b[prng.below(b.size())] ^= static_cast<std::uint8_t>(1u << prng.below(8));
}

void set_byte(Bytes& b, Prng& prng) {
  static constexpr std::uint8_t kEdges[] = {0, 1, 0x7f, 0x80, 0xfe, 0xff};
  if (!b.empty()) b[prng.below(b.size())] = kEdges[prng.below(std::size(kEdges))];
}

void truncate(Bytes& b, Prng& prng) { b.resize(prng.below(b.size() + 1)); }

// Pointers of Cap'n Proto are words: moving one elsewhere makes overlaps and cycles.
void copy_word(Bytes& b, Prng& prng) {
  if (b.size() < 16) return;
  const std::size_t words = b.size() / 8;
  const std::size_t from = prng.below(words) * 8;
  std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(from), 8,
              b.begin() + static_cast<std::ptrdiff_t>(prng.below(words) * 8));
}

void random_word(Bytes& b, Prng& prng) {
  if (b.size() >= 8) prng.fill(std::span(b).subspan(prng.below(b.size() / 8) * 8, 8));
}

void extend(Bytes& b, Prng& prng) { b.resize(b.size() + 1 + prng.below(64)); }

Bytes mutate(Bytes b, Prng& prng) {
  static constexpr void (*kMutations[])(Bytes&, Prng&) = {flip_bit,  set_byte,    truncate,
                                                          copy_word, random_word, extend};
  const std::uint64_t count = 1 + prng.below(4);
  for (std::uint64_t i = 0; i < count; ++i) kMutations[prng.below(std::size(kMutations))](b, prng);
  return b;
}

int scaled(int full) {
  const char* percent = std::getenv("HOUNIAO_TEST_SCALE");
  return percent == nullptr ? full : std::max(1, full * std::atoi(percent) / 100);
}

class Decoder : public testing::TestWithParam<Target> {};

TEST_P(Decoder, AcceptsItsSeeds) {
  for (const Bytes& seed : GetParam().seeds()) {
    EXPECT_TRUE(GetParam().run(seed))
        << to_hex(ByteView(seed).first(std::min<std::size_t>(64, seed.size())));
  }
}

TEST_P(Decoder, SurvivesMutatedSeeds) {
  const std::vector<Bytes> seeds = GetParam().seeds();
  Prng prng(11);
  int refused = 0;
  const int mutations = scaled(kMutationsPerTarget);
  for (int i = 0; i < mutations; ++i) {
    if (!GetParam().run(mutate(seeds[prng.below(seeds.size())], prng))) ++refused;
  }
  EXPECT_GT(refused, mutations / 10) << "the mutations do not reach what the decoder checks";
}

TEST_P(Decoder, RefusesRandomBytesOfEveryLength) {
  Prng prng(12);
  for (std::size_t size = 1; size < 600; ++size) {
    Bytes bytes(size);
    prng.fill(bytes);
    EXPECT_FALSE(GetParam().run(bytes)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Decoder, testing::ValuesIn(targets()),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace houniao::fuzz
