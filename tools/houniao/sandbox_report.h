// What the anomaly rules made of the sandbox, against its key: judged from the server's log,
// printed as a table for people and as JSON. Plain values; used from the play's thread.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <vector>

#include "base/ports.h"
#include "server/log/log_store.h"
#include "tools/houniao/json_out.h"
#include "tools/sandbox/play.h"
#include "tools/sandbox/score.h"

namespace houniao {

struct SandboxReport {
  sandbox::Score score;
  std::vector<sandbox::Plant> plants;
  std::uint64_t records = 0;
  std::size_t anomalies = 0;
  std::int64_t us = 0;  // folding the log with the rules, and asking them

  bool passed() const { return score.recall_is_complete(); }
};

// Folds the first `size` records of the log with the newest version of every rule.
Result<SandboxReport> judge_sandbox(const sandbox::Play& play, const LogStore& log, TreeSize size,
                                    Clock& clock);

Json json_of(const SandboxReport& report);
void print(std::ostream& out, const SandboxReport& report);

// "1,234.56": fen as yuan.
std::string yuan_of(Fen amount);

}  // namespace houniao
