// The `houniao` program: wires the real clock and entropy source to the subcommands and turns the
// outcome into an exit code. Everything else is in cmd_*.cc.
#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <iostream>

#include "base/crypto.h"
#include "base/os/os.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {

// One line per cmd_<name>.cc, cmd_bench_<name>.cc and cmd_audit_<name>.cc, written by
// tools/CMakeLists.txt.
#define HOUNIAO_COMMAND(name) void add_##name(CLI::App& app, Context& context);
#define HOUNIAO_BENCH_COMMAND(name) HOUNIAO_COMMAND(name)
#define HOUNIAO_AUDIT_COMMAND(name) HOUNIAO_COMMAND(name)
#include "tools/houniao/commands.inc"
#undef HOUNIAO_COMMAND
#undef HOUNIAO_BENCH_COMMAND
#undef HOUNIAO_AUDIT_COMMAND

namespace {

constexpr const char* kVersion = "houniao 0.1.0";

void describe(CLI::App& app, Context& context) {
  app.name("houniao");
  app.description(
      "候鸟：社工现场记录的离线采集、同步、存证与核验\n"
      "Houniao: offline field records, synchronised, proven and replayed");
  app.footer("\n" + exit_code_help() +
             "\n\n先试 / try first: houniao demo --once\n"
             "每条子命令都有 --help / every subcommand has --help");
  app.get_formatter()->label("Usage", "用法 / Usage");
  app.get_formatter()->label("OPTIONS", "选项 OPTIONS");
  app.get_formatter()->label("SUBCOMMAND", "子命令 SUBCOMMAND");
  app.get_formatter()->column_width(34);
  app.option_defaults()->group("选项 / Options");
  app.set_help_flag("-h,--help", "显示帮助 / show this help");
  app.set_version_flag("--version", kVersion, "显示版本 / show the version");
  app.require_subcommand(1);
  // Lets `houniao demo --json` reach the option that belongs to the whole program.
  app.fallthrough();
  app.add_flag("--json", context.json,
               "标准输出只输出一个 JSON 对象 / print exactly one JSON object on standard output");
}

// An empty value is most often a variable that the shell does not have. Taken for an option that
// was not given, `--key "$KEY"` would trust the key that comes with the log.
void refuse_empty_values(CLI::App& app) {
  const CLI::Validator not_empty(
      [](const std::string& value) {
        return value.empty() ? std::string(
                                   "空值；请给出值，或不写此选项 / an empty value; give one, "
                                   "or leave the option out")
                             : std::string();
      },
      "");
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() > 0) option->check(not_empty);
  }
  for (CLI::App* command : app.get_subcommands(nullptr)) refuse_empty_values(*command);
}

void add_commands(CLI::App& app, [[maybe_unused]] Context& context) {
  CLI::App* bench = app.add_subcommand("bench", "性能测量 / benchmarks");
  bench->require_subcommand(1);
  CLI::App* audit = app.add_subcommand("audit", "审计 / auditing");
  audit->require_subcommand(1);
  audit->preparse_callback([&context](std::size_t) { context.auditing = true; });
#define HOUNIAO_COMMAND(name) add_##name(app, context);
#define HOUNIAO_BENCH_COMMAND(name) add_##name(*bench, context);
#define HOUNIAO_AUDIT_COMMAND(name) add_##name(*audit, context);
#include "tools/houniao/commands.inc"
#undef HOUNIAO_COMMAND
#undef HOUNIAO_BENCH_COMMAND
#undef HOUNIAO_AUDIT_COMMAND
  for (CLI::App* command : app.get_subcommands(nullptr)) command->group("子命令 / Subcommands");
  for (CLI::App* work : bench->get_subcommands(nullptr)) work->group("测量项 / Works");
  for (CLI::App* work : audit->get_subcommands(nullptr)) work->group("审计项 / Works");
}

int run(int argc, char** argv) {
  // A peer that closes its socket, or a closed pipe behind --json, is an error code, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  crypto_init();
  os::SystemClock clock;
  os::SystemRandom random;
  Context context(std::cout, std::cerr, clock, random);
  CLI::App app;
  describe(app, context);
  add_commands(app, context);
  refuse_empty_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  std::cout.flush();
  // Results that nobody could receive (a full disk behind a redirection) are not a success.
  if (!std::cout && context.exit_code == kExitOk) return kExitStorage;
  return context.exit_code;
}

}  // namespace
}  // namespace houniao

int main(int argc, char** argv) {
  try {
    return houniao::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "houniao: " << error.what() << '\n';
    return houniao::kExitInternal;
  }
}
