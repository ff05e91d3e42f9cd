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
  CLI::Option* data = command->add_option(
      "--data", shape->data,
      "改为重放此服务器数据目录的日志 / fold the log of this server's data directory instead");
  command->add_option("--events", shape->events, "事件总数 / events in all")
      ->excludes(data)
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--seconds-max", shape->seconds_max,
                   "每轮最多秒数 / at most so many seconds a round")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--rounds", shape->rounds, "轮数，取中位数 / folds; the median is quoted")
      ->capture_default_str()
      ->check(CLI::Range(1, 99));
  command->callback([shape, &context] { run(*shape, context); });
}

}  // namespace houniao
