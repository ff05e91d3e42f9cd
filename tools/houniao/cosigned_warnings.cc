#include "tools/houniao/cosigned_warnings.h"

#include <algorithm>

#include "tools/audit/cosigned.h"

namespace houniao {

void tell_unused_cosigned(const std::filesystem::path& data, Context& context) {
  constexpr std::size_t kToldMax = 20;
  const auto warnings = audit::read_cosigned(data / "cosigned").warnings;
  for (std::size_t i = 0; i < std::min(warnings.size(), kToldMax); ++i) {
    context.progress("注意 / note: " + warnings[i].where + ": " + warnings[i].what.zh + " / " +
                     warnings[i].what.en);
  }
  if (warnings.size() > kToldMax) {
    context.progress("注意 / note: cosigned/: 另有 / and " +
                     std::to_string(warnings.size() - kToldMax) + " 处 more");
  }
}

}  // namespace houniao
