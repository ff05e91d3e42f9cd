// What is fuzzed: each target takes any bytes, must not crash, and must keep the promises that its
// decoder makes about what it accepts (a broken promise is an assertion). Run by libFuzzer
// (fuzzer_main.cc) and by the deterministic mutation test. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace houniao::fuzz {

struct Target {
  std::string name;
  // True when the decoder accepted the bytes.
  bool (*run)(ByteView input);
  std::vector<Bytes> (*seeds)();
};

const std::vector<Target>& targets();
const Target* find_target(const std::string& name);  // nullptr when there is none

}  // namespace houniao::fuzz
