// houniao audit diff: which events changed a published figure between two places of the log, by
// whom, when and why.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "replay/report_diff.h"
#include "schema/codec.h"
#include "schema/programmes/packs.h"
#include "server/log/lmdb_store.h"
#include "server/replica.h"
#include "server/views.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string before;
  std::string after;
  std::size_t limit = 200;
};

// "B29@1234": a figure at a place.
struct Report {
  std::string figure;
  TreeSize size;
};

Result<Report> parse_report(const std::string& text, const LogStore& log) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string::npos) {
    return fail(Errc::invalid_argument, text +
                                            ": a figure and a place, such as B29@1234 or "
                                            "B29@2016-03-15");
  }
  const auto as_of = parse_as_of(text.substr(at + 1));
  if (!as_of) return as_of.error();
  Report out{text.substr(0, at), log.head().size};
  if (as_of->size) out.size = *as_of->size;
  if (as_of->day) {
    const auto first =
        first_received_from(log, log.head().size, start_of(Day{as_of->day->value + 1}));
    if (!first) return first.error();
    out.size = TreeSize{first->value};
  }
  if (out.size > log.head().size) {
    return fail(Errc::invalid_argument,
                "the log has only " + std::to_string(log.head().size.value) + " records");
  }
  return out;
}

struct Wanted {
  Pack pack;
  const PackFigure* figure = nullptr;
};

Result<std::unique_ptr<Wanted>> find_figure(const std::string& id) {
  for (const EmbeddedPack& embedded : embedded_packs()) {
    auto pack = parse_pack(embedded.text);
    if (!pack) return pack.error();
    auto out = std::make_unique<Wanted>();
    out->pack = std::move(*pack);
    for (const PackFigure& figure : out->pack.figures) {
      if (figure.id == id) out->figure = &figure;
    }
    if (out->figure != nullptr) return out;
  }
  return fail(Errc::not_found, "no programme publishes a figure " + id);
}

// Who recorded an event and when it was received, out of its record.
Result<Json> origin_of(const LogStore& log, Seq seq) {
  const auto run = log.read(seq, 1);
  if (!run) return run.error();
  RecordReader record;
  EventReader event;
  if (run->empty()) return fail(Errc::corrupt, "record " + std::to_string(seq.value));
  HOUNIAO_TRY(record.open(run->record(0)));
  if (!record.is_event()) return fail(Errc::corrupt, "record " + std::to_string(seq.value));
  HOUNIAO_TRY(event.open(record.event_bytes()));
  const std::uint64_t actor = event.get().getActor();
  return Result<Json>(boost::system::in_place_value,
                      Json{{"actor", actor == 0 ? Json(nullptr) : Json(to_string(EventId{actor}))},
                           {"device", to_hex(event.device().bytes)},
                           {"received", to_rfc3339(WallTime{record.get().getReceivedAtUs()})}});
}

Result<Json> change_json(const LogStore& log, const ReportChange& change) {
  Json out{{"event", to_string(change.event)},
           {"seq", change.seq.value},
           {"cause", std::string(name_of(change.cause))},
           {"cause_zh", std::string(name_zh(change.cause))},
           {"cause_en", std::string(name_en(change.cause))},
           {"reason", change.reason},
           {"quantity", Json::array({change.quantity_before, change.quantity_after})},
           {"minutes", Json::array({change.minutes_before, change.minutes_after})},
           {"amount_fen", Json::array({change.amount_fen_before, change.amount_fen_after})}};
  if (!change.by) return Result<Json>(boost::system::in_place_value, std::move(out));
  auto origin = origin_of(log, change.by_seq);
  if (!origin) return origin.error();
  out["by"] = {{"event", to_string(change.by)}, {"seq", change.by_seq.value}};
  out["by"].update(*origin);
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

Result<Json> compare(const Args& args) {
  auto log = LmdbStore::open(std::filesystem::path(args.data) / "log", {.read_only = true});
  if (!log) return log.error();
  const auto before = parse_report(args.before, **log);
  if (!before) return before.error();
  const auto after = parse_report(args.after, **log);
  if (!after) return after.error();
  if (before->figure != after->figure || after->size < before->size) {
    return fail(Errc::invalid_argument,
                "one figure, first at the earlier place, then at the later");
  }
  const auto wanted = find_figure(before->figure);
  if (!wanted) return wanted.error();
  const PackFigure& figure = *(*wanted)->figure;
  Replica replica(**log);
  HOUNIAO_TRY(replica.start(nullptr, before->size));
  HOUNIAO_TRY(replica.advance(before->size));
  const ReportBasis was = report_basis(replica.state(), before->size, (*wanted)->pack, figure);
  HOUNIAO_TRY(replica.advance(after->size));
  const ReportBasis is = report_basis(replica.state(), after->size, (*wanted)->pack, figure);
  const std::vector<ReportChange> changes = report_diff(was, is, replica.state());
  Json out{{"figure", figure.id},
           {"label_zh", figure.label.zh},
           {"label_en", figure.label.en},
           {"unit", figure.unit},
           {"records", Json::array({before->size.value, after->size.value})},
           {"computed", Json::array({was.figure.computed, is.figure.computed})},
           {"changes", changes.size()},
           {"items", Json::array()}};
  for (const ReportChange& change : changes) {
    if (out["items"].size() >= args.limit) break;
    auto json = change_json(**log, change);
    if (!json) return json.error();
    out["items"].push_back(std::move(*json));
  }
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

std::string shift(const Json& pair) {
  return with_commas(pair[0].get<std::int64_t>()) + " → " +
         with_commas(pair[1].get<std::int64_t>());
}

void print(std::ostream& out, const Json& json) {
  out << json["figure"].get<std::string>() << " " << json["label_zh"].get<std::string>() << " / "
      << json["label_en"].get<std::string>() << "\n"
      << "重算值 / recomputed  " << shift(json["computed"]) << " "
      << json["unit"].get<std::string>() << "，改动 / changes "
      << with_commas(json["changes"].get<std::int64_t>()) << "\n";
  for (const Json& item : json["items"]) {
    out << "  " << item["event"].get<std::string>() << " (seq " << item["seq"] << ") "
        << item["cause_zh"].get<std::string>() << " / " << item["cause_en"].get<std::string>()
        << "，数量 / quantity " << shift(item["quantity"]);
    if (item["amount_fen"][0] != item["amount_fen"][1]) {
      out << "，分 / fen " << shift(item["amount_fen"]);
    }
    out << "\n";
    if (!item.contains("by")) continue;
    const Json& by = item["by"];
    out << "      " << by["event"].get<std::string>() << " (seq " << by["seq"] << ")，"
        << by["received"].get<std::string>() << "，人员 / actor "
        << (by["actor"].is_null() ? "–" : by["actor"].get<std::string>());
    if (!item["reason"].get<std::string>().empty()) {
      out << "，理由 / reason: " << item["reason"].get<std::string>();
    }
    out << "\n";
  }
  if (json["items"].size() < json["changes"].get<std::size_t>()) {
    out << "  … 其余用 --limit 显示 / raise --limit for the rest\n";
  }
}

}  // namespace

void add_audit_diff(CLI::App& audit, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = audit.add_subcommand("diff",
                                           "公开数字为何变化：哪些事件、何人、何时、何故 / why a "
                                           "published figure changed: which events, by "
                                           "whom, when and why");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("before", args->before,
                   "数字@序号或日期，如 B29@1234 / figure@seq or figure@day, such as B29@1234")
      ->required();
  command->add_option("after", args->after, "同一数字，较晚处 / the same figure, later")
      ->required();
  command->add_option("--limit", args->limit, "最多列出几处 / at most so many changes")
      ->capture_default_str();
  command->callback([args, &context] {
    const auto found = compare(*args);
    if (!context.check(found)) return;
    if (context.json) {
      write_json(context.out, *found);
    } else {
      print(context.out, *found);
    }
  });
}

}  // namespace houniao
