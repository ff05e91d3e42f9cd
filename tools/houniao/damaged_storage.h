// A store that is read through a memory map and was cut off, or points behind its end, reaches the
// program as SIGBUS or SIGSEGV, not as an error that could be returned; a page of LMDB whose head
// says that it is another kind of page as SIGABRT, behind LMDB's own line. While one of these
// objects lives such a signal writes one line to standard error, with --json an object to standard
// output, and ends the process with kExitCorrupt.
//
// For commands that only read. One at a time, of the main thread; threads started meanwhile are
// covered too.
#pragma once

#include <csignal>

#include "tools/houniao/context.h"

namespace houniao {

class DamagedStorage {
 public:
  explicit DamagedStorage(const Context& context);
  ~DamagedStorage();
  DamagedStorage(const DamagedStorage&) = delete;
  DamagedStorage& operator=(const DamagedStorage&) = delete;

 private:
  struct sigaction bus_before_ {};
  struct sigaction segv_before_ {};
  struct sigaction abort_before_ {};
};

}  // namespace houniao
