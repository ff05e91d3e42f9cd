// The sandbox told once over a plain fold, and the records that a server would have written about
// it, so that tests can show them to a bench whole, in parts, or without some of the events. One
// thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "replay/rules/bench.h"
#include "tests/unit/tools/stage/paper_backstage.h"
#include "tools/sandbox/play.h"
#include "tools/sandbox/score.h"

namespace houniao::sandbox {

struct Told {
  explicit Told(std::uint64_t seed);

  stage::PaperBackstage stage{true};
  std::unique_ptr<Play> play;
};

// Told with seed 1, once in a process.
const Told& told();

// Judges and records the events of the log again, in their order, as if those withheld had never
// been written.
std::vector<Bytes> records_of(const Told& told, const std::set<EventId>& withheld = {});

// The newest version of every rule.
std::vector<const rules::RuleRow*> rows_asked();
rules::Bench bench_of(const std::vector<Bytes>& records);
Score score(const Told& told, rules::Bench& bench);

}  // namespace houniao::sandbox
