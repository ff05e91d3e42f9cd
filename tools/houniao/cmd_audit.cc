// `houniao audit verify`: checks a whole log without trusting the server that kept it.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "tools/audit/verify.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Options {
  std::string data;
  audit::Options audit;
  std::vector<std::string> checkpoint_files;
};

// A line whenever another tenth is done, so that a short log says nothing.
auto progress_in_tenths(Context& context) {
  return [&context, told = std::uint64_t{0}](std::uint64_t done, std::uint64_t of) mutable {
    const std::uint64_t tenth = of == 0 ? 10 : done * 10 / of;
    if (tenth <= told || done == of) return;
    told = tenth;
    context.progress("核验 / verifying: " + std::to_string(done) + " / " + std::to_string(of));
  };
}

void verify(Options options, Context& context) {
  for (const std::string& file : options.checkpoint_files) {
    const auto note = os::read_file(file, kNoteBytesMax);
    if (!context.check(note)) return;
    options.audit.kept_checkpoints.emplace_back(as_text(*note));
  }
  options.audit.progress = progress_in_tenths(context);
  const auto report = audit::verify_data(options.data, options.audit);
  if (!context.check(report)) return;
  if (context.json) {
    write_json(context.out, audit::to_json(*report));
  } else {
    context.out << audit::to_text(*report);
  }
  if (!report->ok()) context.exit_code = kExitCorrupt;
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("audit", "审计 / auditing");
  group->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* command = group->add_subcommand(
      "verify",
      "核验整本日志，不信任保存它的服务器 / check a whole log without trusting its server");
  command->add_option("--data", options->data, "服务器数据目录 / data directory of the server")
      ->required();
  command->add_option(
      "--key", options->audit.verifier_key,
      "日志验证公钥，缺省取自 server.json；应从别处取得 / the log's verifier key, else "
      "that of server.json; better from elsewhere");
  command->add_option(
      "--checkpoint", options->checkpoint_files,
      "自存检查点文件，日志须为其延续 / checkpoint files that you kept; the log must "
      "extend them");
  command->add_option("--findings", options->audit.findings_max,
                      "最多列出几处问题 / how many failures to list");
  command->callback([options, &context] { verify(*options, context); });
}

}  // namespace houniao
