// What every subcommand of the `houniao` program gets from main(): where results go, where progress
// goes, the real clock and entropy source, and the exit code that the process will end with.
//
// Owned by main(); lives until the program ends. Used from the main thread only, except progress(),
// which any thread may call.
//
// A subcommand is one file cmd_<name>.cc that defines `void add_<name>(CLI::App& app, Context&)`.
// The build finds the file and calls the function; cmd_bench_<name>.cc is added below `bench`,
// cmd_audit_<name>.cc (add_audit_<name>) below `audit`. The callback of a subcommand runs to its
// end, writes its result to `out` and sets `exit_code`.
#pragma once

#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ports.h"

namespace houniao {

// The process's exit codes, the same for every subcommand (printed by `houniao --help`).
enum ExitCode : int {
  kExitOk = 0,           // done, every check holds
  kExitCheckFailed = 1,  // done, but a check failed or two things that must be equal differ
  kExitUsage = 2,        // the command line is wrong
  kExitStorage = 3,      // the disk is full or failed
  kExitNetwork = 4,      // no connection, or the server is busy or stopping
  kExitCorrupt = 5,      // data is damaged, altered or does not match its checkpoint
  kExitRefused = 6,      // the server or the key refused: enrolment, signature, grant, pass phrase
  kExitInternal = 70,    // an error of the program itself
};

ExitCode exit_code_of(Errc code);
// The table of exit codes for the help text, Chinese and English.
std::string exit_code_help();

class Context {
 public:
  Context(std::ostream& out_stream, std::ostream& err_stream, Clock& clock_port,
          Random& random_port)
      : out(out_stream), err(err_stream), clock(clock_port), random(random_port) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  bool json = false;      // --json: exactly one JSON object on `out`, nothing else
  bool auditing = false;  // a command of `houniao audit`: what to do is said to an auditor
  std::ostream& out;      // results
  std::ostream& err;      // messages for people; never read by programs
  Clock& clock;
  Random& random;
  int exit_code = kExitOk;

  // One line of progress on `err`. Thread-safe. Never personal data.
  void progress(std::string_view line);
  // Reports an expected failure: message and what to do on `err`, with --json also
  // {"error": {...}} on `out`; sets exit_code.
  void fail(const Error& error);
  // The same when `result` holds an error; true when it holds a value.
  template <class T>
  bool check(const Result<T>& result) {
    if (result) return true;
    fail(result.error());
    return false;
  }

 private:
  std::mutex progress_mutex_;
};

}  // namespace houniao
