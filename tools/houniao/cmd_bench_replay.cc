// `houniao bench replay`: folding a log on one core.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "tools/benchmarks/replay.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

void run(const bench::ReplayShape& shape, Context& context) {
  const auto report = bench::measure_replay(shape, context.clock);
  if (!context.check(report)) return;
  if (context.json) {
    write_json(context.out, bench::to_json(*report));
  } else {
    context.out << bench::to_text(*report);
  }
}

}  // namespace

void add_bench_replay(CLI::App& app, Context& context) {
  auto shape = std::make_shared<bench::ReplayShape>();
  CLI::App* command =
      app.add_subcommand("replay", "单核重放日志 / folding a log in memory on one core");
  command->add_option("--events", shape->events, "事件总数 / events in all")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--seconds-max", shape->seconds_max, "最多秒数 / at most so many seconds")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->callback([shape, &context] { run(*shape, context); });
}

}  // namespace houniao
