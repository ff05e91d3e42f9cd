// houniao audit report: the canonical report on a programme and a period with its SHA-256, and the
// check that a sealed report is what the log gives at the seal's tree size.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "base/crypto.h"
#include "base/os/os.h"
#include "replay/families/sealing.h"
#include "replay/period_report.h"
#include "replay/state.h"
#include "schema/programmes/packs.h"
#include "server/log/lmdb_store.h"
#include "tools/audit/prefix.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"
#include "tools/houniao/output_file.h"
#include "tools/houniao/pack_file.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string programme;
  std::string from;
  std::string to;
  std::string at;
  std::string seal;
  std::string pack_file;
  std::string file;
};

struct Asked {
  ProgrammeId programme;
  Day from;
  Day to;
};

// The pack in the file that was given, else the one that is built in for the programme's code; none
// when there is none of that code.
Result<std::optional<Pack>> find_pack(const State& state, ProgrammeId id, const Args& args) {
  if (!args.pack_file.empty()) {
    auto pack = load_pack_file(args.pack_file);
    if (!pack) return pack.error();
    return std::optional<Pack>(std::move(*pack));
  }
  const Programme* programme = state.programme(id);
  if (programme == nullptr) return std::optional<Pack>();
  const std::string_view text = embedded_pack(std::string(state.symbols().text(programme->code)));
  if (text.empty()) return std::optional<Pack>();
  auto pack = parse_pack(text);
  if (!pack) return pack.error();
  return std::optional<Pack>(std::move(*pack));
}

Result<std::string> make_report(const State& state, const Asked& asked, const Args& args) {
  const auto pack = find_pack(state, asked.programme, args);
  if (!pack) return pack.error();
  return period_report(state, asked.programme, asked.from, asked.to, *pack ? &**pack : nullptr);
}

// Writes the bytes where they are wanted; nothing of them with --json and no file.
bool deliver(const std::string& report, const Args& args, Context& context) {
  return args.file.empty() || context.check(os::write_file_durably(args.file, as_bytes(report)));
}

std::string digest_of(const std::string& report) { return to_hex(sha256(as_bytes(report)).bytes); }

Json json_of(const Asked& asked, TreeSize size, const std::string& sha256_hex) {
  return {{"programme", to_string(EventId{asked.programme.value})},
          {"from", to_string(asked.from)},
          {"to", to_string(asked.to)},
          {"records", size.value},
          {"sha256", sha256_hex}};
}

// --- a report as of a place ---------------------------------------------------------------------

Result<Asked> parse_asked(const Args& args) {
  const EventId id = parse_event_id(args.programme);
  if (!id) {
    return fail(Errc::invalid_argument,
                "--programme: the event that opened it, such as 1-20; or give --seal");
  }
  const auto from = parse_day(args.from);
  const auto to = parse_day(args.to);
  if (!from || !to) return fail(Errc::invalid_argument, "--from and --to: dates YYYY-MM-DD");
  return Asked{ProgrammeId{id.value}, *from, *to};
}

void report_at(const Args& args, Context& context) {
  const auto asked = parse_asked(args);
  if (!context.check(asked)) return;
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  const auto report = make_report(fold->replayer.state(), *asked, args);
  if (!context.check(report) || !deliver(*report, args, context)) return;
  const std::string digest = digest_of(*report);
  if (context.json) {
    return write_json(context.out, json_of(*asked, TreeSize{fold->records}, digest));
  }
  if (args.file.empty()) context.out << *report << "\n";
  context.out << "SHA-256  " << digest << "\n";
}

// --- a sealed one -------------------------------------------------------------------------------

struct Found {
  ProgrammeId programme;
  Seal seal;
};

Result<Found> find_seal(const LogStore& log, const std::string& text) {
  const EventId id = parse_event_id(text);
  if (!id) return fail(Errc::invalid_argument, "--seal: an event, such as 7-1234, not " + text);
  const auto folded = audit::fold_prefix(log, log.head().size);
  if (!folded) return folded.error();
  for (const auto& [programme, seals] : folded->state().audit.findings.seals.by_programme) {
    for (const Seal& seal : seals) {
      if (seal.event == id) return Found{programme, seal};
    }
  }
  return fail(Errc::not_found, "the log has no seal " + text + " in force");
}

struct Compared {
  Asked asked;
  TreeSize size;
  std::string report;
  Hash root;
  Hash sealed_root;
  std::optional<Hash> sealed;  // SHA-256 of the report; none when the seal names none

  bool root_holds() const { return root == sealed_root; }
  bool report_holds() const { return sealed && *sealed == sha256(as_bytes(report)); }
};

Result<Compared> compare(const Args& args) {
  auto log = LmdbStore::open(std::filesystem::path(args.data) / "log", {.read_only = true});
  if (!log) return log.error();
  const auto found = find_seal(**log, args.seal);
  if (!found) return found.error();
  const Seal& seal = found->seal;
  Compared out;
  out.asked = {found->programme, seal.from, seal.to};
  out.size = seal.tree_size;
  out.sealed_root = seal.root;
  for (const SealedReport& sealed : seal.reports) {
    if (sealed.name == kPeriodReportName) out.sealed = sealed.sha256;
  }
  const auto folded = audit::fold_prefix(**log, seal.tree_size);
  if (!folded) return folded.error();
  out.root = folded->frontier().root();
  auto report = make_report(folded->state(), out.asked, args);
  if (!report) return report.error();
  out.report = std::move(*report);
  return Result<Compared>(boost::system::in_place_value, std::move(out));
}

void print(std::ostream& out, const Compared& found, const std::string& digest) {
  const auto verdict = [](bool holds) { return holds ? "相符 / equal" : "不符 / DIFFERS"; };
  out << to_string(EventId{found.asked.programme.value}) << "  " << to_string(found.asked.from)
      << " – " << to_string(found.asked.to) << "，封存于 / sealed at " << found.size.value
      << " 条记录 / records\n";
  out << "报表 / report   " << digest << "  ";
  if (!found.sealed) {
    out << "封账未列此报表 / the seal names no report " << kPeriodReportName << "\n";
  } else {
    out << verdict(found.report_holds()) << "\n";
    if (!found.report_holds()) {
      out << "封存 / sealed   " << to_hex(found.sealed->bytes) << "\n";
    }
  }
  out << "树根 / root     " << to_hex(found.root.bytes) << "  " << verdict(found.root_holds())
      << "\n";
  if (!found.root_holds()) {
    out << "封存 / sealed   " << to_hex(found.sealed_root.bytes) << "\n";
  }
}

void report_of_seal(const Args& args, Context& context) {
  if (!args.programme.empty() || !args.from.empty() || !args.to.empty() || !args.at.empty()) {
    return context.fail(fail(Errc::invalid_argument,
                             "--seal says programme, period and place; leave the others out"));
  }
  const auto found = compare(args);
  if (!context.check(found) || !deliver(found->report, args, context)) return;
  if (!found->root_holds() || !found->report_holds()) context.exit_code = kExitCheckFailed;
  const std::string digest = digest_of(found->report);
  if (!context.json) return print(context.out, *found, digest);
  Json out = json_of(found->asked, found->size, digest);
  out["seal"] = args.seal;
  out["sealed_sha256"] = found->sealed ? Json(to_hex(found->sealed->bytes)) : Json(nullptr);
  out["report_holds"] = found->report_holds();
  out["root"] = to_hex(found->root.bytes);
  out["sealed_root"] = to_hex(found->sealed_root.bytes);
  out["root_holds"] = found->root_holds();
  write_json(context.out, out);
}

}  // namespace

void add_audit_report(CLI::App& audit, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = audit.add_subcommand(
      "report",
      "一个项目一段时期的报表及其 SHA-256；--seal 核对封存的报表与树根，不符时退出码为 1\n"
      "the report on a programme and a period with its SHA-256; --seal checks a sealed report and "
      "root, exit code 1 when they differ");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command->add_option("--programme", args->programme,
                      "项目设立事件，如 1-20 / the event that opened the programme");
  command->add_option("--from", args->from, "首日 YYYY-MM-DD / first day");
  command->add_option("--to", args->to, "末日 YYYY-MM-DD / last day, inclusive");
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--seal", args->seal, "封账事件，如 7-1234 / the event that sealed it");
  command->add_option("--pack", args->pack_file,
                      "项目包文件 (JSON)，缺省用内置的 / a programme pack file instead of the "
                      "built-in one");
  command->add_option("-o,--output", args->file,
                      "报表写入此文件，缺省标准输出 / the file to write, else standard output");
  command->callback([args, &context] {
    if (!context.check(expect_output(args->file, args->data))) return;
    const DamagedStorage damaged(context);
    if (args->seal.empty()) {
      report_at(*args, context);
    } else {
      report_of_seal(*args, context);
    }
  });
}

}  // namespace houniao
