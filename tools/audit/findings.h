// Collects what the parts of an audit find into the report. Owned by one audit; one thread.
#pragma once

#include <string>
#include <utility>

#include "tools/audit/verify.h"

namespace houniao::audit {

class Findings {
 public:
  Findings(Report& report, std::size_t findings_max)
      : report_(report), findings_max_(findings_max) {}

  void checked(Check check, std::uint64_t count = 1) { tally(check).checked += count; }
  void failed(Check check, std::string where, std::string what) {
    ++tally(check).failed;
    if (report_.findings.size() >= findings_max_) return;
    report_.findings.push_back({check, std::move(where), std::move(what)});
  }
  // Counts one thing looked at; `good` is the answer.
  bool expect(bool good, Check check, const std::string& where, const char* what) {
    checked(check);
    if (!good) failed(check, where, what);
    return good;
  }

 private:
  Report::Tally& tally(Check check) { return report_.tallies[static_cast<std::size_t>(check)]; }

  Report& report_;
  std::size_t findings_max_;
};

}  // namespace houniao::audit
