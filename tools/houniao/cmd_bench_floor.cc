// `houniao bench floor`: raw LMDB and SHA-256 with the batch shape of the server.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "tools/benchmarks/floor.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Options {
  std::string directory = ".";
  bench::FloorShape shape;
};

void run(const Options& options, Context& context) {
  auto report = bench::measure_floor(options.directory, options.shape, context.clock);
  if (!context.check(report)) return;
  if (context.json) {
    write_json(context.out, bench::to_json(*report));
  } else {
    context.out << bench::to_text(*report);
  }
}

}  // namespace

void add_bench_floor(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "floor", "裸 LMDB 与 SHA-256 的上限 / raw LMDB and SHA-256 with the same batches");
  command->add_option("--dir", options->directory,
                      "测量用目录（结束后清除）/ where to write; removed afterwards");
  command->add_option("--events", options->shape.events, "记录总数 / records in all")
      ->check(CLI::PositiveNumber);
  command->add_option("--batch", options->shape.batch_events, "每批记录数 / records per batch")
      ->check(CLI::PositiveNumber);
  command->add_option("--bytes", options->shape.record_bytes, "每条记录字节数 / bytes per record")
      ->check(CLI::PositiveNumber);
  command->callback([options, &context] { run(*options, context); });
}

}  // namespace houniao
