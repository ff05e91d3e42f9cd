#include "tools/houniao/findings_out.h"

#include <array>
#include <ostream>
#include <string>

#include "replay/figures.h"
#include "schema/catalogue.h"
#include "tools/houniao/sandbox_report.h"

namespace houniao {
namespace {

using queries::ToldDoubt;
using rules::Anomaly;
using rules::Choice;
using rules::Doubt;

struct Group {
  std::uint16_t from;
  std::uint16_t to;
  const char* zh;
  const char* en;
};
// As the rows are grouped (replay/rules/rule.h). The last takes whatever is added after it.
constexpr std::array<Group, 3> kGroups = {{{1, 13, "交付与结算", "deliveries and what is billed"},
                                           {14, 27, "经办与合规", "conduct of those who act"},
                                           {28, 0xffff, "机构与制度", "institutions"}}};
// Events in one line; the others follow on the next.
constexpr std::size_t kEventsPerLine = 4;

const char* zh_of(schema::AnomalyDispositioned::Verdict verdict) {
  switch (verdict) {
    case schema::AnomalyDispositioned::Verdict::CONFIRMED:
      return "属实 / confirmed";
    case schema::AnomalyDispositioned::Verdict::FALSE_ALARM:
      return "误报 / a false alarm";
    case schema::AnomalyDispositioned::Verdict::EXPLAINED:
      return "已说明 / explained";
  }
  return "不明 / unknown";
}

// Those of case work are counted and not named, as a trace and the pages over HTTP do.
void print_events(std::ostream& out, const State& state, const Anomaly& anomaly) {
  std::size_t printed = 0;
  std::size_t withheld = 0;
  for (const EventId id : anomaly.events) {
    if (queries::is_of_case_work(state, id)) {
      ++withheld;
      continue;
    }
    if (printed % kEventsPerLine == 0)
      out << (printed == 0 ? "      证据 / events   " : "\n                      ");
    ++printed;
    const EventEntry* entry = state.events.find(id);
    const CatalogueRow* row = entry == nullptr ? nullptr : find_row(entry->type);
    out << to_string(id);
    if (entry != nullptr) out << " (seq " << entry->seq.value;
    if (row != nullptr) out << " " << row->name_zh;
    out << (entry == nullptr ? "  " : ")  ");
  }
  if (printed > 0) out << "\n";
  if (withheld == 0) return;
  out << "      个案 / case work 属个案的 " << withheld
      << " 项不列出，对象亦不列出 / so many events are case work and not named, nor whom they are "
         "about\n";
}

void print_disposition(std::ostream& out, const AnomalyDisposition* disposition) {
  out << "      处置 / decision ";
  if (disposition == nullptr) {
    out << "尚未处置 / nobody has decided\n";
    return;
  }
  out << zh_of(static_cast<schema::AnomalyDispositioned::Verdict>(disposition->verdict)) << "，"
      << to_string(disposition->day) << "，" << to_string(EventId{disposition->actor}) << "，"
      << to_string(disposition->event) << "：" << disposition->reason << "\n";
}

void print_anomaly(std::ostream& out, const State& state, const ToldDoubt& told) {
  const Anomaly& anomaly = told.doubt->anomaly;
  out << "    " << queries::id_of(state, told) << "\n      " << anomaly.zh << "\n      "
      << anomaly.en << "\n";
  print_events(out, state, anomaly);
  if (anomaly.subject != 0 && told.place.withheld == 0) {
    out << "      对象 / about    " << to_string(EventId{anomaly.subject}) << "\n";
  }
  out << "      金额 / at risk  " << yuan_of(anomaly.at_risk) << " 元 / yuan\n";
}

void print_rule(std::ostream& out, const Choice& choice, std::size_t count) {
  const rules::RuleRow& row = *choice.row;
  out << "\n  " << rules::code_of(row.number) << " v" << choice.version << "  " << row.zh << " / "
      << row.en << "：" << count << "\n"
      << "    依据 / rests on     " << row.basis << "\n                        " << row.basis_en
      << "\n    先核对 / check first " << row.innocent_zh << "\n                        "
      << row.innocent_en << "\n";
}

void print_group(std::ostream& out, const Group& group, const State& state,
                 const rules::RuleSet& rules, std::span<const ToldDoubt> doubts) {
  out << "\n— " << group.zh << " / " << group.en << " —\n";
  std::string quiet;
  for (const Choice& choice : rules.choices()) {
    const std::uint16_t number = choice.row->number;
    if (number < group.from || number > group.to) continue;
    std::vector<const ToldDoubt*> own;
    for (const ToldDoubt& told : doubts) {
      if (told.place.rule == number) own.push_back(&told);
    }
    if (own.empty()) {
      quiet += " " + rules::code_of(number) + " v" + std::to_string(choice.version);
      continue;
    }
    print_rule(out, choice, own.size());
    for (const ToldDoubt* told : own) {
      print_anomaly(out, state, *told);
      print_disposition(out, told->doubt->disposition);
    }
  }
  if (!quiet.empty()) out << "\n  无疑点 / nothing doubted:" << quiet << "\n";
}

bool has_rules(const Group& group, const rules::RuleSet& rules) {
  for (const Choice& choice : rules.choices()) {
    if (group.from <= choice.row->number && choice.row->number <= group.to) return true;
  }
  return false;
}

std::vector<Doubt> undecided(const std::vector<Anomaly>& anomalies) {
  std::vector<Doubt> out;
  for (const Anomaly& anomaly : anomalies) out.push_back({anomaly, nullptr});
  return out;
}

Json list_of(const State& state, const std::vector<Anomaly>& anomalies) {
  const std::vector<Doubt> doubts = undecided(anomalies);
  return json_of_doubts(state, queries::in_telling_order(state, doubts));
}

}  // namespace

void print_doubts(std::ostream& out, const State& state, const rules::RuleSet& rules,
                  std::span<const ToldDoubt> doubts) {
  for (const Group& group : kGroups) {
    if (has_rules(group, rules)) print_group(out, group, state, rules, doubts);
  }
}

Json json_of_doubts(const State& state, std::span<const ToldDoubt> doubts) {
  Json out = Json::array();
  for (const ToldDoubt& told : doubts) {
    out.push_back(queries::doubt_json(state, told, queries::CaseWork::withheld));
  }
  return out;
}

Json json_of_rules(const rules::RuleSet& rules) {
  Json out = Json::array();
  for (const Choice& choice : rules.choices()) {
    out.push_back(queries::rule_json(*choice.row, choice.version, choice.parameters));
  }
  return out;
}

void print_difference(std::ostream& out, const State& state, const rules::Difference& difference) {
  const auto print_list = [&](const char* title, const std::vector<Anomaly>& list) {
    out << "\n— " << title << "：" << list.size() << " —\n";
    const std::vector<Doubt> doubts = undecided(list);
    for (const ToldDoubt& told : queries::in_telling_order(state, doubts)) {
      const Anomaly& anomaly = told.doubt->anomaly;
      out << "  " << rules::code_of(anomaly.rule) << " v" << anomaly.version << "\n";
      print_anomaly(out, state, told);
    }
  };
  print_list("只在前者 / only under the first rules", difference.only_first);
  print_list("只在后者 / only under the compared rules", difference.only_second);
  out << "\n两者都有 / under both: " << difference.both << "\n";
}

Json json_of(const State& state, const rules::Difference& difference) {
  return Json{{"only_first", list_of(state, difference.only_first)},
              {"only_second", list_of(state, difference.only_second)},
              {"both", difference.both}};
}

}  // namespace houniao
