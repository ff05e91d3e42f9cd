// houniao audit trace: follows the money from any of its stations, both ways.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <memory>
#include <ostream>

#include "base/os/os.h"
#include "server/http/trace_json.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"
#include "tools/houniao/output_file.h"
#include "tools/houniao/trace_out.h"

extern char** environ;

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string at;
  std::string what;
  std::string dot;
  std::string svg;
  TraceOptions options;
};

// Graphviz lays the graph out: reads `input`, writes `output`. Returns what to tell when it did
// not, nothing when it did.
std::string run_graphviz(const std::string& input, const std::string& output) {
  std::string program = "dot", format = "-Tsvg", to = "-o", out = output, in = input;
  char* argv[] = {program.data(), format.data(), to.data(), out.data(), in.data(), nullptr};
  int pid = 0;
  if (posix_spawnp(&pid, "dot", nullptr, nullptr, argv, environ) != 0) {
    return "未画出 " + output +
           "：本机没有 Graphviz，请安装 (apt-get install graphviz)，或改用 --dot 写出图的文本\n  " +
           output +
           " was not drawn: Graphviz is not on this machine; install it (apt-get install "
           "graphviz), or take --dot for the graph as text";
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return "未画出 " + output + "：Graphviz 排不出此图，请用 --nodes 缩小，或改用 --dot\n  " +
         output +
         " was not drawn: Graphviz could not lay out the graph; make it smaller with --nodes, or "
         "take --dot";
}

// Writes the graph and has it drawn, as asked; what to tell when it was not drawn.
Result<std::string> write_files(const Args& args, const Trace& trace) {
  if (args.dot.empty() && args.svg.empty()) return std::string();
  const std::string dot = trace_dot(trace);
  const std::string path = args.dot.empty() ? args.svg + ".dot" : args.dot;
  HOUNIAO_TRY(os::write_file_durably(path, as_bytes(dot)));
  if (args.svg.empty()) return std::string();
  std::string not_drawn = run_graphviz(path, args.svg);
  if (args.dot.empty()) (void)::unlink(path.c_str());
  return not_drawn;
}

Result<Trace> trace_what(const Tracer& tracer, const Args& args) {
  constexpr std::size_t kHexOfHash = 64;
  if (const EventId id = parse_event_id(args.what)) return tracer.trace(id, args.options);
  const auto bytes = args.what.size() == kHexOfHash ? from_hex(args.what) : std::nullopt;
  if (!bytes) {
    return fail(Errc::invalid_argument,
                args.what +
                    ": 不是编号；编号如 7-12（设备号-序号），或佐证的 SHA-256（64 位十六进制） / "
                    "no id; an id is "
                    "such as 7-12, a device's number and the event's place in its chain, or the 64 "
                    "hexadecimal digits of the SHA-256 of evidence");
  }
  Hash hash;
  std::copy(bytes->begin(), bytes->end(), hash.bytes.begin());
  return tracer.trace(hash, args.options);
}

void run(const Args& args, Context& context) {
  for (const std::string& file : {args.dot, args.svg}) {
    if (!context.check(expect_output(file, args.data))) return;
  }
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  const auto trace = trace_what(Tracer(fold->replayer.state()), args);
  if (!context.check(trace)) return;
  const auto not_drawn = write_files(args, *trace);
  if (!context.check(not_drawn)) return;
  if (context.json) {
    write_json(context.out, to_json(*trace));
  } else {
    context.out << trace_text(*trace);
  }
  if (not_drawn->empty()) return;
  // The trace itself stands; only the picture is missing.
  context.out << std::flush;
  context.progress("错误 / error: " + *not_drawn);
  context.exit_code = kExitUsage;
}

}  // namespace

void add_audit_trace(CLI::App& audit, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = audit.add_subcommand(
      "trace",
      "由任一环节追到资金来源与交付 / follow money to what it paid for, and back, from anything");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("id", args->what,
                   "资金、合同、支付、交付、人员、阵地或证明的编号，或佐证的 SHA-256 / the id of a "
                   "fund, contract, payment, delivery, person, worker, site or certificate, or the "
                   "SHA-256 of evidence")
      ->required();
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--nodes", args->options.nodes_max, "最多列出几项 / at most so many nodes")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command
      ->add_option("--siblings", args->options.siblings_max,
                   "同类相邻项最多几项 / at most so many neighbours of one kind")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  command->add_option("--dot", args->dot, "写出 Graphviz 图 / write the graph in DOT");
  command->add_option("--svg", args->svg, "用 Graphviz 画成 SVG / draw it as SVG with Graphviz");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
