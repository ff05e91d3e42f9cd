// What a campaign of random mutations prints: for each class of mutation how many there were, what
// found them, and one diagnosis in the auditor's words.
#pragma once

#include <cstdio>
#include <map>
#include <string>

#include "base/error.h"
#include "tools/audit/verify.h"

namespace houniao::crash {

class MutationTally {
 public:
  // Counts a mutation of this class. False when the report does not object, or objects without
  // naming anything.
  bool add(const std::string& kind, const audit::Report& report) {
    const bool noticed = !report.ok() && !report.findings.empty();
    if (noticed) {
      const audit::Finding& first = report.findings.front();
      const std::string check(audit::name(first.check));
      count(kind, check, check + ": " + first.where + ": " + first.what);
    } else {
      ++classes_[kind].unnoticed;
    }
    return noticed;
  }
  // The same for one that was refused before there was a report.
  void add(const std::string& kind, const Error& refused) {
    count(kind, "refusal", refused.message());
  }

  void print() const {
    for (const auto& [kind, seen] : classes_) {
      int trials = seen.unnoticed;
      for (const auto& [check, times] : seen.found_by) trials += times;
      std::printf("%s: %d, unnoticed %d, found by", kind.c_str(), trials, seen.unnoticed);
      for (const auto& [check, times] : seen.found_by) std::printf(" %s %d", check.c_str(), times);
      std::printf("\n");
      if (!seen.sample.empty()) std::printf("  such as %s\n", seen.sample.c_str());
    }
  }

 private:
  struct Seen {
    int unnoticed = 0;
    std::map<std::string, int> found_by;  // the check of the first finding, how often
    std::string sample;                   // the first diagnosis
  };

  void count(const std::string& kind, const std::string& check, const std::string& diagnosis) {
    Seen& seen = classes_[kind];
    ++seen.found_by[check];
    if (seen.sample.empty()) seen.sample = diagnosis;
  }

  std::map<std::string, Seen> classes_;
};

}  // namespace houniao::crash
