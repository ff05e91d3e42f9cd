// `houniao audit verify`: checks a log or a bundle without trusting the server that kept it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "tools/audit/bundle.h"
#include "tools/audit/verify.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Options {
  std::string data;
  std::string bundle;
  audit::Options audit;
  std::vector<std::string> checkpoint_files;
  std::vector<std::string> witnesses;
  std::vector<std::string> devices;
};

// The files and keys that the command line names, read.
Result<audit::Options> read_options(const Options& options) {
  audit::Options out = options.audit;
  for (const std::string& file : options.checkpoint_files) {
    const auto note = os::read_file(file, kNoteBytesMax);
    if (!note) return note.error();
    out.kept_checkpoints.emplace_back(as_text(*note));
  }
  for (const std::string& text : options.witnesses) {
    auto witness = parse_cosigner_key(text);
    if (!witness) return fail(Errc::invalid_argument, "--witness: " + witness.error().detail);
    out.witnesses.push_back(std::move(*witness));
  }
  for (const std::string& text : options.devices) {
    const auto bytes = from_hex(text);
    const auto device = bytes ? device_id_from(*bytes) : std::nullopt;
    if (!device) {
      return fail(Errc::invalid_argument, "--device: 32 hexadecimal digits, not " + text);
    }
    out.devices.push_back(*device);
  }
  return out;
}

// A line whenever another tenth is done, so that a short log says nothing.
auto progress_in_tenths(Context& context) {
  return [&context, told = std::uint64_t{0}](std::uint64_t done, std::uint64_t of) mutable {
    const std::uint64_t tenth = of == 0 ? 10 : done * 10 / of;
    if (tenth <= told || done == of) return;
    told = tenth;
    context.progress("核验 / verifying: " + std::to_string(done) + " / " + std::to_string(of));
  };
}

template <class Report>
void show(const Report& report, bool ok, const Json& cost, Context& context) {
  if (context.json) {
    Json out = audit::to_json(report);
    if (!cost.is_null()) out.update(cost);
    write_json(context.out, out);
  } else {
    context.out << audit::to_text(report);
    if (!cost.is_null()) {
      context.out << "用时 / took " << cost["seconds"] << " s，" << cost["records_per_s"]
                  << " 条/秒 records/s，内存峰值 / peak memory " << cost["peak_rss_mib"]
                  << " MiB\n";
    }
  }
  if (!ok) context.exit_code = kExitCorrupt;
}

void verify(const Options& options, Context& context) {
  auto asked = read_options(options);
  if (!context.check(asked)) return;
  asked->progress = progress_in_tenths(context);
  const DamagedStorage damaged(context);
  if (options.bundle.empty()) {
    const auto report = audit::verify_data(options.data, *asked);
    if (context.check(report)) show(*report, report->ok(), {}, context);
    return;
  }
  const std::int64_t started = context.clock.monotonic_us();
  const auto report = audit::verify_bundle(options.bundle, *asked);
  if (!context.check(report)) return;
  const std::int64_t us = std::max<std::int64_t>(context.clock.monotonic_us() - started, 1);
  Json cost{{"seconds", static_cast<double>(us / 1000) / 1000.0},
            {"records_per_s", report->records * 1'000'000 / static_cast<std::uint64_t>(us)},
            {"cpu_s", static_cast<double>(os::cpu_time_us() / 1000) / 1000.0},
            {"peak_rss_mib", os::peak_rss_bytes() >> 20}};
  show(*report, report->report.ok(), cost, context);
}

}  // namespace

void add_audit_verify(CLI::App& audit, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = audit.add_subcommand(
      "verify",
      "核验整本日志或审计包，不信任保存它的服务器 / check a whole log, or a bundle, without "
      "trusting its server");
  auto* from = command->add_option_group("对象 / what to check");
  from->add_option("--data", options->data, "服务器数据目录 / data directory of the server");
  from->add_option("--bundle", options->bundle, "审计包文件 / a file made by audit bundle");
  from->require_option(1);
  command->add_option(
      "--key", options->audit.verifier_key,
      "日志验证公钥，缺省取自 server.json；应从别处取得 / the log's verifier key, else "
      "that of server.json; better from elsewhere");
  command->add_option(
      "--checkpoint", options->checkpoint_files,
      "自存检查点文件，日志须为其延续 / checkpoint files that you kept; the log must "
      "extend them");
  command->add_option("--witness", options->witnesses,
                      "必须联署最新检查点的见证人公钥，可重复 / key of a witness that must have "
                      "cosigned the newest checkpoint; may be given again");
  command->add_option("--device", options->devices,
                      "日志必须认识的设备号，抄自平板屏幕，可重复 / a device id, read from the "
                      "tablet's screen, that the log must know; may be given again");
  command
      ->add_option("--findings", options->audit.findings_max,
                   "最多列出几处问题 / how many failures to list")
      ->check(CLI::NonNegativeNumber);
  command->callback([options, &context] { verify(*options, context); });
}

}  // namespace houniao
