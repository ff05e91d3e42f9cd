#include "tools/import/report.h"

#include <algorithm>
#include <ostream>

#include "tools/import/limits.h"
#include "tools/import/quarantine_file.h"

namespace houniao::importing {
namespace {

using Json = nlohmann::ordered_json;

std::uint32_t row_number(const LedgerFile& file, const PlannedRow& planned) {
  return file.entries[planned.entry].sheet->table.row(planned.row).number;
}

Json place_of(const LedgerFile& file, const PlannedRow& planned) {
  const BoundEntry& bound = file.entries[planned.entry];
  return Json{{"sheet", bound.sheet->name},
              {"entry", bound.entry->label},
              {"row", row_number(file, planned)}};
}

Json json_of(const Error& error) {
  return Json{{"code", name(error.code)},
              {"detail", error.detail},
              {"what_to_do_zh", what_to_do_zh(error.code)},
              {"what_to_do_en", what_to_do_en(error.code)}};
}

Json problem_place(const LedgerFile& file, const PlannedRow& planned, const Problem& problem) {
  Json out = place_of(file, planned);
  if (problem.column) {
    out["column"] = *problem.column + 1;
    out["column_letters"] = column_letters(*problem.column);
    out["column_name"] = column_name(file.entries[planned.entry], *problem.column);
  }
  if (problem.other_row != 0) out["other_row"] = problem.other_row;
  out["reason"] = row_of(problem.dirt).name;
  return out;
}

// Problems of each kind, by the number of the kind.
std::array<std::uint64_t, kDirtKinds> count_dirt(const Plan& plan) {
  std::array<std::uint64_t, kDirtKinds> out{};
  for (const PlannedRow& planned : plan.rows) {
    for (const Problem& problem : planned.problems) {
      ++out[static_cast<std::size_t>(problem.dirt)];
    }
  }
  return out;
}

// Adds to a list that is bounded.
class Listed {
 public:
  void add(Json item) {
    if (list_.size() < limits::kImportListedMax) {
      list_.push_back(std::move(item));
    } else {
      ++left_out_;
    }
  }
  void put(Json& into, const char* name) {
    into[name] = std::move(list_);
    into["left_out"] = left_out_;
  }

 private:
  Json list_ = Json::array();
  std::uint64_t left_out_ = 0;
};

Json rows_json(const Report& report) {
  const Plan& plan = *report.plan;
  const std::uint64_t to_record = plan.count(Outcome::record);
  Json out{{"read", plan.rows.size()}, {"blank", plan.blank}};
  if (report.dry_run) {
    out["would_record"] = to_record;
  } else {
    out["recorded"] = report.recorded;
    out["not_recorded"] = to_record - report.recorded;
  }
  out["imported_before"] = plan.count(Outcome::imported);
  out["known_from_other_file"] = plan.count(Outcome::known);
  out["quarantined"] = plan.count(Outcome::quarantined);
  return out;
}

Json quarantine_json(const Report& report) {
  Json reasons = Json::array();
  const auto counts = count_dirt(*report.plan);
  for (const DirtRow& row : kDirt) {
    const std::uint64_t count = counts[static_cast<std::size_t>(row.dirt)];
    if (count == 0) continue;
    reasons.push_back(Json{{"reason", row.name}, {"count", count}, {"zh", row.zh}, {"en", row.en}});
  }
  Listed places;
  for (const PlannedRow& planned : report.plan->rows) {
    for (const Problem& problem : planned.problems) {
      places.add(problem_place(*report.file, planned, problem));
    }
  }
  Json out{{"file", report.dry_run ? "" : report.quarantine.string()},
           {"reasons", std::move(reasons)}};
  places.put(out, "places");
  return out;
}

std::vector<std::string_view> names_of(const Reasons& reasons) {
  std::vector<std::string_view> out;
  reasons.for_each([&](Reason reason) { out.push_back(name_of(reason)); });
  return out;
}

Json verdicts_json(const Report& report) {
  const Verdicts& verdicts = *report.verdicts;
  Json reasons = Json::array();
  for (const auto& [reason, count] : verdicts.reasons) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    if (row == nullptr) continue;
    reasons.push_back(
        Json{{"reason", row->name}, {"count", count}, {"zh", row->zh}, {"en", row->en}});
  }
  Listed rows;
  for (const Verdicts::Row& row : verdicts.rows) {
    if (row.verdict.status == SyncStatus::accepted) continue;
    const PlannedRow& planned = report.plan->rows[row.row];
    Json item = place_of(*report.file, planned);
    item["event"] = to_string(planned.event);
    item["status"] = name(row.verdict.status);
    item["reasons"] = names_of(row.verdict.reasons);
    rows.add(std::move(item));
  }
  Json out{{"accepted", verdicts.accepted},
           {"flagged", verdicts.flagged},
           {"held", verdicts.held},
           {"waiting", verdicts.waiting},
           {"reasons", std::move(reasons)}};
  rows.put(out, "rows_not_plainly_accepted");
  return out;
}

Json events_json(const Report& report) {
  const Plan& plan = *report.plan;
  if (report.dry_run || report.recorded == 0) return nullptr;
  return Json{{"first", to_string(plan.rows[plan.order.front()].event)},
              {"last", to_string(plan.rows[plan.order[report.recorded - 1]].event)}};
}

void print_counted(std::ostream& out, std::uint64_t count, std::string_view zh,
                   std::string_view en) {
  out << "    " << count << "  " << zh << "\n        " << en << "\n";
}

}  // namespace

Json json_of(const Report& report) {
  const LedgerFile& file = *report.file;
  Json out{{"file", file.name},
           {"sha256", to_hex(file.sha256.bytes)},
           {"bytes", file.bytes},
           {"mime", file.mime},
           {"dry_run", report.dry_run},
           {"rows", rows_json(report)},
           {"events", events_json(report)},
           {"quarantine", quarantine_json(report)}};
  if (report.dry_run) {
    Json rows = Json::array();
    for (const PlannedRow& planned : report.plan->rows) {
      Json item = place_of(file, planned);
      item["outcome"] = name_of(planned.outcome);
      rows.push_back(std::move(item));
    }
    out["plan"] = std::move(rows);
  }
  if (report.stopped) out["stopped"] = json_of(*report.stopped);
  if (report.sync_error) out["sync_error"] = json_of(*report.sync_error);
  if (report.verdicts) {
    out["synced"] = report.synced;
    out["verdicts"] = verdicts_json(report);
  }
  return out;
}

void print(std::ostream& out, const Report& report) {
  const Plan& plan = *report.plan;
  out << report.file->name << "  sha-256 " << to_hex(report.file->sha256.bytes) << "\n"
      << "  读入 / rows read                " << plan.rows.size() << "（空行 / blank " << plan.blank
      << "）\n";
  if (report.dry_run) {
    out << "  将记录 / would be recorded      " << plan.count(Outcome::record) << "\n";
  } else {
    out << "  已记录 / recorded               " << report.recorded << "\n";
  }
  out << "  此前已导入 / imported before    " << plan.count(Outcome::imported) << "\n"
      << "  他表已导入 / known from another " << plan.count(Outcome::known) << "\n"
      << "  隔离 / quarantined              " << plan.count(Outcome::quarantined) << "\n";
  const auto counts = count_dirt(plan);
  for (const DirtRow& row : kDirt) {
    const std::uint64_t count = counts[static_cast<std::size_t>(row.dirt)];
    if (count != 0) print_counted(out, count, row.zh, row.en);
  }
  if (!report.dry_run && plan.count(Outcome::quarantined) != 0) {
    out << "  隔离文件（含个人信息）/ quarantine file (holds personal data): "
        << report.quarantine.string() << "\n";
  }
  if (!report.verdicts) return;
  const Verdicts& verdicts = *report.verdicts;
  out << "  接受 / accepted " << verdicts.accepted << "，有提示 / flagged " << verdicts.flagged
      << "，待决 / held " << verdicts.held << "，未判定 / waiting " << verdicts.waiting << "\n";
  for (const auto& [reason, count] : verdicts.reasons) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    if (row != nullptr) print_counted(out, count, row->zh, row->en);
  }
}

std::string row_lines(const Report& report) {
  std::vector<const Book::Verdict*> verdicts(report.plan->rows.size(), nullptr);
  if (report.verdicts) {
    for (const Verdicts::Row& row : report.verdicts->rows) verdicts[row.row] = &row.verdict;
  }
  std::string out;
  for (std::size_t i = 0; i < report.plan->rows.size(); ++i) {
    const PlannedRow& planned = report.plan->rows[i];
    Json line = place_of(*report.file, planned);
    line["outcome"] = name_of(planned.outcome);
    if (planned.event && !report.dry_run) line["event"] = to_string(planned.event);
    Json reasons = Json::array();
    for (const Problem& problem : planned.problems) {
      reasons.push_back(std::string(row_of(problem.dirt).name));
    }
    if (verdicts[i] != nullptr) {
      line["status"] = name(verdicts[i]->status);
      for (const std::string_view reason : names_of(verdicts[i]->reasons)) {
        reasons.push_back(std::string(reason));
      }
    }
    line["reasons"] = std::move(reasons);
    out += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace houniao::importing
