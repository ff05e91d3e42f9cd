// libFuzzer entry of one target; the build defines HOUNIAO_FUZZ_TARGET as its name. The last
// argument is the corpus folder, which is filled with the target's seeds first.
#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "tests/fuzz/targets.h"

namespace {

const houniao::fuzz::Target& target() {
  static const houniao::fuzz::Target* const kTarget =
      houniao::fuzz::find_target(HOUNIAO_FUZZ_TARGET);
  HOUNIAO_ASSERT(kTarget != nullptr);
  return *kTarget;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  houniao::crypto_init();
  const std::filesystem::path corpus = (*argv)[*argc - 1];
  if (!std::filesystem::is_directory(corpus)) return 0;
  int number = 0;
  for (const houniao::Bytes& seed : target().seeds()) {
    std::ofstream out(corpus / ("seed_" + std::to_string(number++)), std::ios::binary);
    out.write(reinterpret_cast<const char*>(seed.data()),
              static_cast<std::streamsize>(seed.size()));
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target().run({data, size});
  return 0;
}
