#include "server/telemetry/operator_line.h"

#include <cstdio>
#include <string>

namespace houniao {

void tell_operator(std::string_view line) {
  const std::string whole = "houniao: " + std::string(line) + "\n";
  (void)std::fwrite(whole.data(), 1, whole.size(), stderr);
}

}  // namespace houniao
