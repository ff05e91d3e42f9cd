// houniao replay: folds the log of a data directory from its first record, without a server.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "replay/digest.h"
#include "replay/figures.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string at;
  bool trust = false;
};

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
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto fold =
      fold_offline(args.data, *as_of, !args.trust, context.clock,
                   [&](std::uint64_t n) { context.progress(std::to_string(n) + " 条 / records"); });
  if (!context.check(fold)) return;
  const Json json = to_json(*fold, !args.trust, digest(fold->replayer.state()));
  if (context.json) {
    write_json(context.out, json);
  } else {
    print(context.out, json);
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
  command->add_flag("--trust", args->trust,
                    "采用记录的判定，只重放 / take the recorded verdicts, only fold");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
