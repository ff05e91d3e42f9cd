// houniao_sim: tries seeds, or replays one.
//   houniao_sim --seeds N [--first S]   runs N seeds; prints each failing one and how to replay it
//   houniao_sim --seed S [--trace]      one seed; with --trace every step on standard output
//   houniao_sim --seed S --plant NAME   one seed with a planted bug
#include <CLI/CLI.hpp>
#include <iostream>

#include "base/crypto.h"
#include "tests/sim/world.h"

namespace houniao::sim {
namespace {

void print(const RunOptions& options, const RunReport& report) {
  std::cout << "seed " << options.seed << ": " << report.events << " events, " << report.records
            << " records, " << report.frames << " frames, " << report.crashes << " crashes, trace "
            << to_hex(report.trace.view()) << '\n';
  for (const Violation& violation : report.violations) {
    std::cout << "  " << violation.code << ": " << violation.detail << '\n';
  }
  if (!report.violations.empty() && options.plant == Plant::none) {
    std::cout << "  replay: houniao_sim --seed " << options.seed << " --trace\n";
  }
}

int run_seeds(std::uint64_t first, std::uint64_t count) {
  std::uint64_t failed = 0;
  RunReport total;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const RunOptions options{.seed = seed};
    const RunReport report = run(options);
    if (!report.violations.empty()) {
      ++failed;
      print(options, report);
    }
    total.events += report.events;
    total.crashes += report.crashes;
    total.frames += report.frames;
  }
  std::cout << count << " seeds, " << total.events << " events, " << total.frames << " frames, "
            << total.crashes << " crashes, " << failed << " seeds with violations\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace houniao::sim

int main(int argc, char** argv) {
  using namespace houniao::sim;
  houniao::crypto_init();
  CLI::App app("Deterministic simulation of a server and its tablets");
  std::uint64_t seeds = 0;
  std::uint64_t first = 1;
  bool trace = false;
  std::string plant = "none";
  RunOptions options;
  app.add_option("--seeds", seeds, "run so many seeds");
  app.add_option("--first", first, "the first of them");
  app.add_option("--seed", options.seed, "run this one");
  app.add_flag("--trace", trace, "print every step");
  app.add_option("--plant", plant, "plant a bug: lying_disk, mutated_record, ...");
  CLI11_PARSE(app, argc, argv);
  if (seeds != 0) return run_seeds(first, seeds);
  for (Plant candidate : kPlants) {
    if (name_of(candidate) == plant) options.plant = candidate;
  }
  if (trace) options.trace = &std::cout;
  const RunReport report = run(options);
  print(options, report);
  return report.violations.empty() ? 0 : 1;
}
