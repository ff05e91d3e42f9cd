// The diary of a run: one line per thing that happened, hashed as it is written, so that two runs
// of a seed can be compared by one number. One thread.
#pragma once

#include <iosfwd>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "tests/sim/scheduler.h"

namespace houniao::sim {

class Trace {
 public:
  // `out` may be null: only the hash is kept.
  Trace(const Scheduler& scheduler, std::ostream* out) : scheduler_(scheduler), out_(out) {}

  void line(const std::string& what);
  void frame(const std::string& what, ByteView bytes);
  Hash finish() { return hash_.finish(); }

 private:
  const Scheduler& scheduler_;
  std::ostream* out_;
  Sha256 hash_;
};

}  // namespace houniao::sim
