// houniao replay: folds the log of a data directory from its first record, without a server.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <ostream>

#include "replay/digest.h"
#include "replay/figures.h"
#include "schema/catalogue.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string at;
  std::string effective;
  bool trust = false;
};

// What had happened by the end of a day, as the log knows it: rows of the fact table and their
// sums, by event type.
Json facts_by(const State& state, Day day) {
  struct Sums {
    std::int64_t rows = 0, quantity = 0, amount_fen = 0;
  };
  std::map<std::uint16_t, Sums> types;
  FactFilter filter;
  filter.to_day = day.value;
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    Sums& sums = types[c.type[i]];
    ++sums.rows;
    sums.quantity += c.quantity[i];
    sums.amount_fen += c.amount_fen[i];
  });
  Json out{{"day", to_string(day)}, {"types", Json::array()}};
  for (const auto& [number, sums] : types) {
    const CatalogueRow* row = find_row(number);
    out["types"].push_back(
        {{"type", row == nullptr ? "type " + std::to_string(number) : std::string(row->name)},
         {"zh", row == nullptr ? "" : std::string(row->name_zh)},
         {"rows", sums.rows},
         {"quantity", sums.quantity},
         {"amount_fen", sums.amount_fen}});
  }
  return out;
}

Json to_json(const OfflineFold& fold, bool verified, const Hash& digest) {
  const State& state = fold.replayer.state();
  const std::uint64_t rate =
      fold.fold_us > 0 ? fold.records * 1'000'000 / static_cast<std::uint64_t>(fold.fold_us) : 0;
  Json out{{"records", fold.records},
           {"events", state.event_count},
           {"attestations", fold.attestations},
           {"verdicts", Json{{"accepted", fold.verdicts[0]},
                             {"flagged", fold.verdicts[1]},
                             {"held", fold.verdicts[2]}}},
           {"digest", to_hex(digest.view())},
           {"verified", verified}};
  if (verified) out["root"] = to_base64(fold.replayer.frontier().root().bytes);
  out["last_received"] = to_rfc3339(fold.last_received);
  out["bytes"] = fold.bytes;
  out["ms"] = fold.fold_us / 1000;
  out["records_per_s"] = rate;
  return out;
}

void print_effective(std::ostream& out, const Json& json) {
  out << "截至 / by " << json["day"].get<std::string>()
      << " 已发生（按日志所知） / what had happened, as the log knows it\n";
  for (const Json& type : json["types"]) {
    out << "  " << type["zh"].get<std::string>() << " " << type["type"].get<std::string>() << "  "
        << with_commas(type["rows"].get<std::int64_t>()) << " 行 rows，数量 / quantity "
        << with_commas(type["quantity"].get<std::int64_t>()) << "，分 / fen "
        << with_commas(type["amount_fen"].get<std::int64_t>()) << "\n";
  }
}

void print(std::ostream& out, const Json& json) {
  out << "记录 / records        " << with_commas(json["records"].get<std::int64_t>()) << "\n"
      << "事件 / events         " << with_commas(json["events"].get<std::int64_t>()) << "\n"
      << "接受 / accepted       " << with_commas(json["verdicts"]["accepted"].get<std::int64_t>())
      << "\n"
      << "有提示 / flagged      " << with_commas(json["verdicts"]["flagged"].get<std::int64_t>())
      << "\n"
      << "待决 / held           " << with_commas(json["verdicts"]["held"].get<std::int64_t>())
      << "  （收到时 / when received）\n";
  if (json.contains("root"))
    out << "根 / root             " << json["root"].get<std::string>() << "\n";
  out << "状态摘要 / digest     " << json["digest"].get<std::string>() << "\n"
      << "用时 / took           " << json["ms"].get<std::int64_t>() << " ms，"
      << with_commas(json["records_per_s"].get<std::int64_t>()) << " 条/秒 records/s"
      << (json["verified"].get<bool>() ? "，逐条复核 / every verdict recomputed" : "") << "\n";
}

void run(const Args& args, Context& context) {
  const DamagedStorage damaged(context);
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto effective = args.effective.empty() ? std::nullopt : parse_day(args.effective);
  if (!args.effective.empty() && !effective) {
    return context.fail(fail(Errc::invalid_argument, "--effective: a date YYYY-MM-DD"));
  }
  const auto fold =
      fold_offline(args.data, *as_of, !args.trust, context.clock,
                   [&](std::uint64_t n) { context.progress(std::to_string(n) + " 条 / records"); });
  if (!context.check(fold)) return;
  Json json = to_json(*fold, !args.trust, digest(fold->replayer.state()));
  if (effective) json["effective"] = facts_by(fold->replayer.state(), *effective);
  if (context.json) {
    write_json(context.out, json);
  } else {
    print(context.out, json);
    if (effective) print_effective(context.out, json["effective"]);
  }
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "replay",
      "离线重放日志，重算每个判定与状态摘要 / fold the log offline, recompute every verdict");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--effective", args->effective,
                      "另列此日及以前发生的 / also list what had happened by that day, YYYY-MM-DD");
  command->add_flag("--trust", args->trust,
                    "采用记录的判定，只重放 / take the recorded verdicts, only fold");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
