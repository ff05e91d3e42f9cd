// `houniao bench bundle | moments`: what an auditor waits for.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "tools/benchmarks/audit.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

void show(const Result<bench::Report>& report, Context& context) {
  if (!context.check(report)) return;
  if (context.json) {
    write_json(context.out, bench::to_json(*report));
  } else {
    context.out << bench::to_text(*report);
  }
}

void add_bundle(CLI::App& app, Context& context) {
  struct Args {
    std::string directory = ".";
    bench::BundleShape shape;
  };
  auto args = std::make_shared<Args>();
  CLI::App* command =
      app.add_subcommand("bundle", "核验整本日志的审计包 / checking the bundle of a whole log");
  command->add_option("--dir", args->directory,
                      "测量用目录（结束后清除）/ where to write; removed afterwards");
  command->add_option("--events", args->shape.events, "事件数 / events")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--keep", args->shape.keep,
                      "把审计包留在此文件 / leave the bundle in this file");
  command->callback([args, &context] {
    if (!context.check(expect_output(args->shape.keep.string(), ""))) return;
    show(bench::measure_bundle({args->directory, context.clock, context.random}, args->shape),
         context);
  });
}

void add_moments(CLI::App& app, Context& context) {
  auto shape = std::make_shared<bench::MomentsShape>();
  CLI::App* command = app.add_subcommand(
      "moments", "查询任意时刻（?at=）/ asking for random moments of a log, as ?at= does");
  command->add_option("--data", shape->data, "服务器数据目录 / data directory of a server")
      ->required();
  command->add_option("--queries", shape->queries, "查询数 / questions")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--digests", shape->digests,
                   "与从头重放比对摘要的次数 / digests compared with a fold from the start")
      ->capture_default_str();
  command->add_option("--seed", shape->seed, "随机种子 / seed")->capture_default_str();
  command->callback([shape, &context] {
    const auto report = bench::measure_moments(context.clock, *shape);
    show(report, context);
    if (report && report->extra["digests_differ"] != 0) context.exit_code = kExitCheckFailed;
  });
}

}  // namespace

void add_bench_audit(CLI::App& app, Context& context) {
  add_bundle(app, context);
  add_moments(app, context);
}

}  // namespace houniao
