// houniao audit trace: follows the money from any of its stations, both ways.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/os/new_file.h"
#include "base/os/os.h"
#include "server/http/trace_json.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
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

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// A file without a name that holds the text, to be read from its start; null when there is no room.
File nameless_file(const std::string& text) {
  File file(std::tmpfile());
  if (file == nullptr) return file;
  if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    return nullptr;
  }
  std::rewind(file.get());
  return file;
}

enum class Drawing { done, no_program, failed };

// Graphviz lays the graph out: reads its standard input, writes its standard output.
Drawing run_graphviz(int graph, int picture) {
  std::string program = "dot", format = "-Tsvg";
  char* argv[] = {program.data(), format.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, graph, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, picture, STDOUT_FILENO);
  int pid = 0;
  const int spawned = posix_spawnp(&pid, "dot", &files, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&files);
  if (spawned != 0) return Drawing::no_program;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return well ? Drawing::done : Drawing::failed;
}

// Empty when the picture stands in the file; else what to tell.
Result<std::string> draw(const std::string& graph, const std::string& output) {
  const File input = nameless_file(graph);
  if (input == nullptr) {
    return fail(Errc::storage_failed,
                "临时文件无法写入，请检查磁盘空间 / no room for a temporary "
                "file; check the free space");
  }
  auto picture = os::NewFile::create(output, os::Readers::by_umask);
  if (!picture) return picture.error();
  switch (run_graphviz(::fileno(input.get()), picture->descriptor())) {
    case Drawing::done:
      HOUNIAO_TRY(picture->finish());
      return std::string();
    case Drawing::no_program:
      return "未画出 " + output +
             "：本机没有 Graphviz，请安装 (apt-get install graphviz)，或改用 --dot 写出图的文本\n "
             " " +
             output +
             " was not drawn: Graphviz is not on this machine; install it (apt-get install "
             "graphviz), or take --dot for the graph as text";
    case Drawing::failed:
      break;
  }
  return "未画出 " + output + "：Graphviz 排不出此图，请用 --nodes 缩小，或改用 --dot\n  " +
         output +
         " was not drawn: Graphviz could not lay out the graph; make it smaller with --nodes, or "
         "take --dot";
}

// Writes the graph and has it drawn, as asked; what to tell when it was not drawn.
Result<std::string> write_files(const Args& args, const Trace& trace) {
  if (args.dot.empty() && args.svg.empty()) return std::string();
  const std::string dot = trace_dot(trace);
  if (!args.dot.empty()) HOUNIAO_TRY(os::write_file_durably(args.dot, as_bytes(dot)));
  if (args.svg.empty()) return std::string();
  return draw(dot, args.svg);
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

Result<void> expect_two_files(const std::string& dot, const std::string& svg) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (dot.empty() || svg.empty()) return {};
  if (fs::weakly_canonical(dot, error) != fs::weakly_canonical(svg, error)) return {};
  return fail(Errc::invalid_argument,
              dot +
                  ": --dot 与 --svg 是同一文件，请分别指定 / --dot and --svg name the same file; "
                  "name two");
}

void run(const Args& args, Context& context) {
  const DamagedStorage damaged(context);
  for (const std::string& file : {args.dot, args.svg}) {
    if (!context.check(expect_output(file, args.data))) return;
  }
  if (!context.check(expect_two_files(args.dot, args.svg))) return;
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
