// `houniao bench ingest | acks | catchup | fanout`: the benchmarks that need clients and a server.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "tools/benchmarks/clients.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

// One subcommand: its options, and how it is measured.
template <class Shape>
struct Work {
  std::string directory = ".";
  unsigned size_percent = 100;
  unsigned network_threads = 1;
  Shape shape;
  Result<bench::Report> (*measure)(const bench::Machine&, const Shape&);
};

std::uint64_t share(std::uint64_t full, unsigned percent) {
  return std::max<std::uint64_t>(1, full * percent / 100);
}

void scale(bench::IngestShape& shape, unsigned percent) {
  shape.events = share(shape.events, percent);
}
void scale(bench::CatchupShape& shape, unsigned percent) {
  shape.events = share(shape.events, percent);
}
void scale(bench::AcksShape& shape, unsigned percent) {
  shape.events = share(shape.events, percent);
  shape.sessions = share(shape.sessions, percent);
}
void scale(bench::FanoutShape& shape, unsigned percent) {
  shape.events = share(shape.events, percent);
  shape.subscribers = share(shape.subscribers, percent);
}

template <class Shape>
void run(const Work<Shape>& work, Context& context) {
  Shape shape = work.shape;
  scale(shape, work.size_percent);
  auto report = work.measure(
      bench::Machine{work.directory, context.clock, context.random, work.network_threads}, shape);
  if (!context.check(report)) return;
  report->extra["network_threads"] = work.network_threads;
  if (context.json) {
    write_json(context.out, bench::to_json(*report));
  } else {
    context.out << bench::to_text(*report);
  }
}

template <class Shape, class AddOptions>
void add_work(CLI::App& app, Context& context, const char* name, const char* help,
              Result<bench::Report> (*measure)(const bench::Machine&, const Shape&),
              AddOptions add_options, unsigned network_threads = 1) {
  auto work = std::make_shared<Work<Shape>>();
  work->measure = measure;
  work->network_threads = network_threads;
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option("--dir", work->directory,
                      "测量用目录（结束后清除）/ where to write; removed afterwards");
  command->add_option("--size", work->size_percent, "规模百分比 / percent of the full size")
      ->check(CLI::Range(1, 100));
  command
      ->add_option("--threads", work->network_threads,
                   "服务器网络线程数 / network threads of the server")
      ->capture_default_str()
      ->check(CLI::Range(1U, 64U));
  command->add_option("--events", work->shape.events, "事件数 / events")
      ->check(CLI::PositiveNumber);
  add_options(*command, work->shape);
  command->callback([work, &context] { run(*work, context); });
}

}  // namespace

void add_bench_clients(CLI::App& app, Context& context) {
  const auto sessions = [](CLI::App& command, std::size_t& value) {
    command.add_option("--sessions", value, "会话数 / sessions")->check(CLI::PositiveNumber);
  };
  add_work<bench::IngestShape>(
      app, context, "ingest", "批量写入 / signed pushes of many events", bench::measure_ingest,
      [&](CLI::App& command, bench::IngestShape& shape) {
        sessions(command, shape.sessions);
        command.add_option("--push", shape.push_events, "每次推送事件数 / events per push")
            ->check(CLI::Range(1, 4096));
        command.add_option("--in-flight", shape.in_flight, "未确认推送数 / pushes in flight")
            ->check(CLI::Range(1, 64));
      });
  add_work<bench::AcksShape>(
      app, context, "acks", "单条确认 / single-event pushes, closed loop", bench::measure_acks,
      [&](CLI::App& command, bench::AcksShape& shape) { sessions(command, shape.sessions); });
  add_work<bench::CatchupShape>(app, context, "catchup",
                                "新设备追平 / a whole log to an empty client",
                                bench::measure_catchup, [](CLI::App&, bench::CatchupShape&) {});
  add_work<bench::FanoutShape>(
      app, context, "fanout", "广播 / one writer, many subscribers", bench::measure_fanout,
      [](CLI::App& command, bench::FanoutShape& shape) {
        command.add_option("--subscribers", shape.subscribers, "订阅者 / subscribers")
            ->check(CLI::PositiveNumber);
        command.add_option("--interval-us", shape.interval_us, "发布间隔 / microseconds between")
            ->check(CLI::PositiveNumber);
      },
      2);  // what a server of a thousand tablets should have
}

}  // namespace houniao
