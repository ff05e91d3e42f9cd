#include "tools/houniao/sandbox_report.h"

#include <ostream>
#include <string>

#include "replay/figures.h"
#include "server/doubts.h"
#include "tools/houniao/figures_out.h"

namespace houniao {
namespace {

using sandbox::Intent;
using sandbox::Plant;
using sandbox::RuleScore;

Json json_of(const Plant& plant) {
  Json events = Json::array();
  for (const EventId event : plant.events) events.push_back(to_string(event));
  return Json{{"rule", rules::code_of(plant.rule)},
              {"intent", plant.intent == Intent::fraud ? "fraud" : "honest"},
              {"zh", plant.zh},
              {"en", plant.en},
              {"events", std::move(events)}};
}

Json json_of(const std::vector<Plant>& plants) {
  Json out = Json::array();
  for (const Plant& plant : plants) out.push_back(json_of(plant));
  return out;
}

Json json_of(const RuleScore& rule) {
  const auto precision = rule.precision_permille();
  const std::size_t recall = rule.frauds == 0 ? 0 : rule.frauds_found * 1000 / rule.frauds;
  return Json{{"rule", rules::code_of(rule.rule)},
              {"version", rule.version},
              {"zh", std::string(rule.zh)},
              {"en", std::string(rule.en)},
              {"frauds", rule.frauds},
              {"frauds_found", rule.frauds_found},
              {"lookalikes", rule.lookalikes},
              {"lookalikes_named", rule.lookalikes_named},
              {"recall_permille", rule.frauds == 0 ? Json(nullptr) : Json(recall)},
              {"precision_permille", precision ? Json(*precision) : Json(nullptr)},
              {"at_risk_fen", rule.at_risk.value},
              {"anomalies", Json{{"of_planted_frauds", rule.finding},
                                 {"of_lookalikes", rule.wrong},
                                 {"in_sandbox_not_planted", rule.not_planted},
                                 {"elsewhere", rule.elsewhere}}},
              {"missed", json_of(rule.missed)},
              {"named", json_of(rule.named)}};
}

std::string part_of(std::size_t part, std::size_t whole) {
  return std::to_string(part) + "/" + std::to_string(whole);
}

std::string percent_of(std::optional<std::uint32_t> permille) {
  if (!permille) return "-";
  return std::to_string(*permille / 10) + "." + std::to_string(*permille % 10) + " %";
}

void print_rule(std::ostream& out, const RuleScore& rule) {
  out << "  " << rules::code_of(rule.rule) << "  "
      << padded_left(part_of(rule.frauds_found, rule.frauds), 5)
      << padded_left(part_of(rule.lookalikes - rule.lookalikes_named, rule.lookalikes), 8)
      << padded_left(percent_of(rule.precision_permille()), 10)
      << padded_left(yuan_of(rule.at_risk), 18) << padded_left(std::to_string(rule.not_planted), 6)
      << padded_left(std::to_string(rule.elsewhere), 7) << "  " << rule.zh << " / " << rule.en
      << "\n";
}

void print_plant(std::ostream& out, const char* what, const Plant& plant) {
  out << "  " << rules::code_of(plant.rule) << " " << what << "：" << plant.zh << "\n"
      << "      " << plant.en << "\n      ";
  for (const EventId event : plant.events) out << " " << to_string(event);
  out << "\n";
}

}  // namespace

std::string yuan_of(Fen amount) {
  const std::int64_t fen = amount.value % 100;
  const std::int64_t cents = fen < 0 ? -fen : fen;
  const bool below_one = amount.value < 0 && amount.value > -100;
  return (below_one ? "-" : "") + with_commas(amount.value / 100) + (cents < 10 ? ".0" : ".") +
         std::to_string(cents);
}

Result<SandboxReport> judge_sandbox(const sandbox::Play& play, const LogStore& log, TreeSize size,
                                    Clock& clock) {
  const std::int64_t start = clock.monotonic_us();
  const rules::RuleSet rules = rules::RuleSet::standard();
  rules::Bench bench(rules);
  HOUNIAO_TRY(feed(bench, log, size));
  std::vector<const rules::RuleRow*> rows;
  for (const rules::Choice& choice : rules.choices()) rows.push_back(choice.row);
  const std::vector<rules::Anomaly>& anomalies = bench.anomalies();
  SandboxReport report;
  report.score = sandbox::score_of(play.plants(), anomalies, rows, play.devices());
  report.plants = play.plants();
  report.records = bench.records();
  report.anomalies = anomalies.size();
  report.us = clock.monotonic_us() - start;
  return report;
}

Json json_of(const SandboxReport& report) {
  Json list = Json::array();
  for (const RuleScore& rule : report.score.rules) list.push_back(json_of(rule));
  return Json{{"recall_complete", report.passed()},
              {"lookalikes_named", report.score.lookalikes_named()},
              {"anomalies", report.anomalies},
              {"records", report.records},
              {"ms", report.us / 1000},
              {"rules", std::move(list)},
              {"plants", json_of(report.plants)}};
}

void print(std::ostream& out, const SandboxReport& report) {
  out << "\n— 沙盒：规则对照答案 / the sandbox: rules against the key —\n"
      << "  "
         "舞弊：已查出/埋设；清白：未误指/埋设；精确：查出的疑点占查出与误指之比；元：查出疑点涉及"
         "的金额；\n"
      << "  另：沙盒内另有的疑点；旁：五个项目自身数据上的疑点\n"
      << "  frauds: found/planted; honest: spared/planted; precision: of anomalies on planted "
         "frauds and look-alikes named;\n"
      << "  yuan: at risk in what was found; more: other anomalies in the sandbox; else: on the "
         "five programmes' own data\n\n"
      << "  " << padded("规则", 5) << padded_left("舞弊", 5) << padded_left("清白", 8)
      << padded_left("精确", 10) << padded_left("元", 18) << padded_left("另", 6)
      << padded_left("旁", 7) << "  名称\n"
      << "  " << padded("rule", 5) << padded_left("fraud", 5) << padded_left("honest", 8)
      << padded_left("precision", 10) << padded_left("yuan", 18) << padded_left("more", 6)
      << padded_left("else", 7) << "  name\n";
  for (const RuleScore& rule : report.score.rules) print_rule(out, rule);
  for (const RuleScore& rule : report.score.rules) {
    for (const Plant& plant : rule.missed) print_plant(out, "未查出 / missed", plant);
    for (const Plant& plant : rule.named) print_plant(out, "误指 / wrongly named", plant);
  }
  out << "\n  "
      << (report.passed() ? "埋设的舞弊全部查出 / every planted fraud was found"
                          : "有舞弊未查出 / NOT EVERY PLANTED FRAUD WAS FOUND")
      << "；误指 / look-alikes named " << report.score.lookalikes_named() << "；疑点 / anomalies "
      << report.anomalies << "；记录 / records "
      << with_commas(static_cast<std::int64_t>(report.records)) << "；" << report.us / 1000
      << " ms\n";
}

}  // namespace houniao
