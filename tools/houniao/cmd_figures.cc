// houniao figures: recomputes the published figures of a programme from the log, without a server.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "base/os/os.h"
#include "schema/programmes/packs.h"
#include "tools/houniao/context.h"
#include "tools/houniao/figures_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

constexpr std::size_t kPackBytesMax = std::size_t{1} << 20;

struct Args {
  std::string data;
  std::string at;
  std::string programme = "b";
  std::string pack_file;
  std::string only;
};

Result<Pack> load_pack(const Args& args) {
  if (!args.pack_file.empty()) {
    auto bytes = os::read_file(args.pack_file, kPackBytesMax);
    if (!bytes) return bytes.error();
    return parse_pack(as_text(*bytes));
  }
  const std::string_view text = embedded_pack(args.programme);
  if (text.empty()) {
    return fail(Errc::not_found, "no programme pack '" + args.programme + "' is built in");
  }
  return parse_pack(text);
}

void print_one(std::ostream& out, const FigureResult& figure) {
  print_figures(out, {figure});
  if (figure.holds)
    out << "        " << figure.reason_zh << "\n        " << figure.reason_en << "\n";
  out << "依据事件 / deciding events: " << figure.detail.events;
  for (const DecidingEvent& deciding : figure.detail.sample) {
    out << "  " << to_string(deciding.event) << " (seq " << deciding.seq.value << ")";
  }
  out << "\n";
}

void run(const Args& args, Context& context) {
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto pack = load_pack(args);
  if (!context.check(pack)) return;
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  std::vector<FigureResult> figures = compute_figures(fold->replayer.state(), *pack);
  const std::vector<ReconciliationResult> reconciliations = reconcile(*pack, figures);
  if (!args.only.empty()) {
    std::erase_if(figures, [&](const FigureResult& figure) { return figure.id != args.only; });
    if (figures.empty()) {
      return context.fail(houniao::fail(Errc::not_found, "the pack has no figure " + args.only));
    }
  }
  if (context.json) {
    Json list = Json::array();
    for (const FigureResult& figure : figures) list.push_back(json_of(figure));
    Json checks = Json::array();
    for (const ReconciliationResult& result : reconciliations) checks.push_back(json_of(result));
    write_json(context.out, Json{{"programme", pack->code},
                                 {"records", fold->records},
                                 {"figures", std::move(list)},
                                 {"reconciliations", std::move(checks)}});
    return;
  }
  if (!args.only.empty()) return print_one(context.out, figures.front());
  print_figures(context.out, figures);
  context.out << "\n勾稽核对 / reconciliations\n";
  print_reconciliations(context.out, reconciliations);
}

}  // namespace

void add_figures(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "figures", "由日志重算公布的数字 / recompute published figures from the log");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command
      ->add_option("--programme", args->programme,
                   "内置项目包代码 / code of a built-in programme pack")
      ->capture_default_str();
  command->add_option("--pack", args->pack_file,
                      "项目包文件 (JSON) / a programme pack file instead");
  command->add_option("--figure", args->only,
                      "只看一项，如 B29 / only this figure, with its events");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
