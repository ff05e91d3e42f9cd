// houniao figures: recomputes the published figures of a programme from the log, without a server.
// houniao figures check: takes a sentence of the press instead and says of each number in it
// whether the log bears it out.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/os/os.h"
#include "replay/headline/check.h"
#include "schema/programmes/packs.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/figures_out.h"
#include "tools/houniao/headline_out.h"
#include "tools/houniao/offline.h"
#include "tools/houniao/pack_file.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string at;
  std::string effective;
  std::vector<std::string> programmes = {"b"};
  std::vector<std::string> pack_files;
  std::string only;
  std::string sentence;
  std::string text_file;
};

Result<Pack> load_embedded(const std::string& code) {
  const std::string_view text = embedded_pack(code);
  if (text.empty()) {
    return fail(Errc::not_found, "no programme pack '" + code + "' is built in");
  }
  return parse_pack(text);
}

Result<std::vector<Pack>> load_packs(const Args& args) {
  std::vector<Pack> packs;
  for (const std::string& file : args.pack_files) {
    auto pack = load_pack_file(file);
    if (!pack) return pack.error();
    packs.push_back(std::move(*pack));
  }
  if (!packs.empty()) return packs;
  for (const std::string& code : args.programmes) {
    auto pack = load_embedded(code);
    if (!pack) return pack.error();
    packs.push_back(std::move(*pack));
  }
  return packs;
}

void print_one(std::ostream& out, const FigureResult& figure) {
  print_figures(out, {figure});
  if (figure.verdict == FigureVerdict::holds)
    out << "        " << figure.reason_zh << "\n        " << figure.reason_en << "\n";
  out << "依据事件 / deciding events: " << figure.detail.events;
  for (const DecidingEvent& deciding : figure.detail.sample) {
    out << "  " << to_string(deciding.event) << " (seq " << deciding.seq.value << ")";
  }
  out << "\n";
}

void print_report(const Pack& pack, PackReport report, std::uint64_t records,
                  const std::string& only, Context& context) {
  if (!only.empty()) {
    std::erase_if(report.figures, [&](const FigureResult& figure) { return figure.id != only; });
    if (report.figures.empty()) {
      return context.fail(fail(Errc::not_found, "the pack has no figure " + only));
    }
  }
  if (context.json) {
    Json list = Json::array();
    for (const FigureResult& figure : report.figures) list.push_back(json_of(figure));
    Json checks = Json::array();
    for (const ReconciliationResult& result : report.reconciliations) {
      checks.push_back(json_of(result));
    }
    return write_json(context.out, Json{{"programme", pack.code},
                                        {"records", records},
                                        {"figures", std::move(list)},
                                        {"reconciliations", std::move(checks)}});
  }
  if (!only.empty()) return print_one(context.out, report.figures.front());
  print_figures(context.out, report.figures);
  context.out << "\n勾稽核对 / reconciliations\n";
  print_reconciliations(context.out, report.reconciliations);
}

void run(const Args& args, Context& context) {
  const DamagedStorage damaged(context);
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto packs = load_packs(args);
  if (!context.check(packs)) return;
  if (packs->size() != 1) {
    return context.fail(fail(Errc::invalid_argument, "figures are those of one programme pack"));
  }
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  const Pack& pack = packs->front();
  FigureInputs inputs = figure_inputs(fold->replayer.state());
  if (!args.effective.empty()) {
    inputs.effective = parse_day(args.effective);
    if (!inputs.effective) {
      return context.fail(fail(Errc::invalid_argument, "--effective: a date YYYY-MM-DD"));
    }
  }
  print_report(pack, pack_report(inputs, pack), fold->records, args.only, context);
}

// --- check --------------------------------------------------------------------------------------

// One byte more than is allowed, so that a text which is too long is refused and not cut.
std::string read_standard_input() {
  std::string text(limits::kHeadlineBytesMax + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return text;
}

Result<std::string> load_text(const Args& args) {
  if (args.text_file.empty() == args.sentence.empty()) {
    return fail(Errc::invalid_argument,
                "give a sentence or --file FILE (请给出一句话，或用 --file 指定文件)");
  }
  if (args.text_file.empty()) return args.sentence;
  if (args.text_file == "-") return read_standard_input();
  const auto bytes = os::read_file(args.text_file, limits::kHeadlineBytesMax);
  if (!bytes) return bytes.error();
  return std::string(as_text(*bytes));
}

void run_check(const Args& args, Context& context) {
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto text = load_text(args);
  if (!context.check(text)) return;
  const auto packs = load_packs(args);
  if (!context.check(packs)) return;
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  const State& state = fold->replayer.state();
  const auto check = check_headline(
      *text, *packs, [&state](const Pack& pack) { return compute_figures(state, pack); });
  if (!context.check(check)) return;
  if (count_of(*check, HeadlineVerdict::refuted) > 0) context.exit_code = kExitCheckFailed;
  if (!context.json) return print_headline(context.out, *check);
  Json codes = Json::array();
  for (const Pack& pack : *packs) codes.push_back(pack.code);
  Json out{{"programmes", std::move(codes)}, {"records", fold->records}};
  out.update(json_of(*check));
  write_json(context.out, out);
}

CLI::App* add_check(CLI::App& figures, Args& args) {
  CLI::App* check = figures.add_subcommand(
      "check",
      "核对一句新闻或一篇文字中的数字：属实、不实、无法得知；有不实者退出码为 1\n"
      "check the numbers of a sentence or a text: proved, refuted, cannot be known; exit code 1 "
      "when one is refuted");
  check->add_option("sentence", args.sentence, "一句话，简体或繁体 / a sentence in Chinese");
  check->add_option("--file", args.text_file,
                    "文字文件 (UTF-8)，- 为标准输入 / a text file, - for standard input");
  return check;
}

}  // namespace

void add_figures(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "figures", "由日志重算公布的数字 / recompute published figures from the log");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--effective", args->effective,
                      "只计此日及以前发生的 / only what happened by that day, YYYY-MM-DD");
  command
      ->add_option("--programme", args->programmes,
                   "内置项目包代码；check 可给多个，如 a,b / code of a built-in programme pack; "
                   "several for check")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("b");
  command
      ->add_option("--pack", args->pack_files,
                   "项目包文件 (JSON)；check 可给多个 / a programme pack file instead; several for "
                   "check")
      ->allow_extra_args(false);
  command->add_option("--figure", args->only,
                      "只看一项，如 B29 / only this figure, with its events");
  const CLI::App* check = add_check(*command, *args);
  command->callback([args, check, &context] {
    if (check->parsed()) {
      run_check(*args, context);
    } else {
      run(*args, context);
    }
  });
}

}  // namespace houniao
