// Names inside a pack must lead somewhere, and each must stand there once.
#include <map>
#include <set>
#include <string_view>

#include "base/ids.h"
#include "replay/pack_text.h"

namespace houniao {
namespace {

using pack_reader::Notes;

std::string item(const std::string& list, std::size_t at) {
  return "/" + list + "/" + std::to_string(at);
}

// `name_of` gives what must be different in each item of a list.
template <class T, class Name>
void check_once(const std::string& list, const char* member, const std::vector<T>& items,
                Name&& name_of, Notes& notes) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string name = name_of(items[i]);
    const auto [first, fresh] = seen.try_emplace(name, i);
    if (fresh || name.empty()) continue;
    const std::string before = item(list, first->second);
    notes.fault(item(list, i) + "/" + member, "\"" + name + "\" 重复，前一个在 " + before,
                "\"" + name + "\" stands there twice, first at " + before);
  }
}

void need(bool found, std::string pointer, const char* what_zh, const char* what_en,
          const std::string& name, Notes& notes) {
  if (found || name.empty()) return;
  notes.fault(std::move(pointer), "本包没有" + std::string(what_zh) + " \"" + name + "\"",
              "there is no " + std::string(what_en) + " \"" + name + "\" in the pack");
}

void check_repeated(const Pack& pack, Notes& notes) {
  const auto code = [](const auto& entry) { return entry.code; };
  const auto id = [](const auto& entry) { return entry.id; };
  for (const PackCodeList& codes : pack_code_lists()) {
    check_once(std::string(codes.name), "code", pack.*codes.list, code, notes);
  }
  check_once("scopes", "code", pack.scopes, code, notes);
  check_once(
      "scopes", "id", pack.scopes, [](const PackScope& scope) { return std::to_string(scope.id); },
      notes);
  check_once("sites", "code", pack.sites, code, notes);
  check_once("holidays", "code", pack.holidays, code, notes);
  check_once("obligations", "code", pack.obligations, code, notes);
  check_once("funds", "code", pack.funds, code, notes);
  check_once(
      "contracts", "number", pack.contracts,
      [](const PackContract& contract) { return contract.number; }, notes);
  check_once("figures", "id", pack.figures, id, notes);
  check_once("reconciliations", "id", pack.reconciliations, id, notes);
}

void check_places(const Pack& pack, Notes& notes) {
  for (std::size_t i = 0; i < pack.scopes.size(); ++i) {
    if (ScopeId{pack.scopes[i].id} < kScopeFirstFree) {
      notes.fault(item("scopes", i) + "/id", "小于 16 的范围号由系统保留",
                  "scopes below 16 are reserved for the system");
    }
  }
  for (std::size_t i = 0; i < pack.sites.size(); ++i) {
    need(pack.scope(pack.sites[i].scope) != nullptr, item("sites", i) + "/scope", "范围", "scope",
         pack.sites[i].scope, notes);
  }
  for (std::size_t i = 0; i < pack.contracts.size(); ++i) {
    need(pack.fund(pack.contracts[i].fund) != nullptr, item("contracts", i) + "/fund", "资金来源",
         "fund", pack.contracts[i].fund, notes);
  }
}

// What is compared with itself holds or fails whatever the log says.
void check_apart(const PackReconciliation& r, const std::string& place, Notes& notes) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < r.parts.size(); ++i) {
    const std::string part = place + "/parts/" + std::to_string(i);
    if (r.parts[i] == r.right) {
      notes.fault(part, "整体 \"" + r.right + "\" 不能是自己的分项",
                  "the whole \"" + r.right + "\" is no part of itself");
    } else if (!seen.insert(r.parts[i]).second) {
      notes.fault(part, "分项 \"" + r.parts[i] + "\" 重复",
                  "the part \"" + r.parts[i] + "\" stands there twice");
    }
  }
  if (r.left.empty() || r.left != r.right) return;
  const bool quotient = r.kind == PackReconciliation::Kind::quotient;
  notes.fault(place + (quotient ? "/divisor" : "/right"), "\"" + r.left + "\" 与自己相比",
              "\"" + r.left + "\" is compared with itself");
}

void check_reconciliation(const Pack& pack, const PackReconciliation& r, const std::string& place,
                          Notes& notes) {
  using Kind = PackReconciliation::Kind;
  const auto figure = [&](const std::string& member, const std::string& id) {
    need(pack.figure(id) != nullptr, place + "/" + member, "数字", "figure", id, notes);
  };
  for (std::size_t i = 0; i < r.parts.size(); ++i) figure("parts/" + std::to_string(i), r.parts[i]);
  const bool quotient = r.kind == Kind::quotient;
  figure(quotient ? "dividend" : r.kind == Kind::obligation ? "held" : "left", r.left);
  figure(quotient ? "divisor" : r.kind == Kind::parts_of_whole ? "whole" : "right", r.right);
  need(pack.obligation(r.obligation) != nullptr, place + "/obligation", "义务", "obligation",
       r.obligation, notes);
  check_apart(r, place, notes);
}

void check_doubts(const Pack& pack, Notes& notes) {
  for (std::size_t f = 0; f < pack.figures.size(); ++f) {
    const std::vector<PackDoubt>& doubts = pack.figures[f].doubts;
    for (std::size_t i = 0; i < doubts.size(); ++i) {
      if (doubts[i].when != PackDoubt::When::reconciliation) continue;
      const std::string place = item("figures", f) + item("doubts", i) + "/when";
      const PackReconciliation* rule = pack.reconciliation(doubts[i].reconciliation);
      need(rule != nullptr, place + "/reconciliation", "勾稽", "reconciliation",
           doubts[i].reconciliation, notes);
      if (rule != nullptr && rule->kind == PackReconciliation::Kind::compare &&
          doubts[i].by_claims) {
        notes.fault(place + "/of", "compare 只看日志，没有公布的数字；请用 \"log\"",
                    "a compare has no published numbers; use \"log\"");
      }
    }
  }
}

// A time without a single period would make every value 0.
void check_holidays(const Pack& pack, Notes& notes) {
  const auto check = [&](const std::string& place, Day from, Day to) {
    if (!periods_between(PeriodKind::holiday, from, to, pack.holidays).empty()) return;
    notes.fault(place + "/period", "\"holidays\" 中没有一个落在 from 与 to 之间",
                "none of the \"holidays\" lies between from and to");
  };
  for (std::size_t i = 0; i < pack.obligations.size(); ++i) {
    const PackObligation& obligation = pack.obligations[i];
    if (period_kind(obligation.period) == PeriodKind::holiday) {
      check(item("obligations", i), obligation.from, obligation.to);
    }
  }
  for_each_metric(pack, [&](const std::string& place, const Metric& metric) {
    if (metric.period == PeriodKind::holiday) check(place, metric.from, metric.to);
  });
}

}  // namespace

void for_each_metric(const Pack& pack,
                     const std::function<void(const std::string&, const Metric&)>& visit) {
  for (std::size_t f = 0; f < pack.figures.size(); ++f) {
    const PackFigure& figure = pack.figures[f];
    const std::string place = item("figures", f);
    visit(place + "/metric", figure.metric);
    if (figure.reading) visit(place + "/reading/metric", figure.reading->metric);
    for (std::size_t i = 0; i < figure.also.size(); ++i) {
      visit(place + item("also", i) + "/metric", figure.also[i].metric);
    }
    for (std::size_t i = 0; i < figure.doubts.size(); ++i) {
      const PackDoubt& doubt = figure.doubts[i];
      const std::string when = place + item("doubts", i) + "/when";
      const bool compares = doubt.when == PackDoubt::When::metric;
      if (compares || doubt.when == PackDoubt::When::number) visit(when + "/metric", doubt.metric);
      if (compares) visit(when + "/than", doubt.than);
    }
  }
  for (std::size_t i = 0; i < pack.reconciliations.size(); ++i) {
    const PackReconciliation& rule = pack.reconciliations[i];
    if (rule.kind != PackReconciliation::Kind::compare) continue;
    visit(item("reconciliations", i) + "/left/metric", rule.left_side.metric);
    visit(item("reconciliations", i) + "/right/metric", rule.right_side.metric);
  }
}

void for_each_where(const std::string& pointer, const MetricWhere& where,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit) {
  visit(pointer, where);
  for (std::size_t i = 0; i < where.in.size(); ++i) {
    visit(pointer + item("in", i) + "/where", where.in[i].where);
  }
}

void for_each_where(const std::string& pointer, const Metric& metric,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit) {
  for_each_where(pointer + "/where", metric.where, visit);
  if (metric.op == MetricOp::share) for_each_where(pointer + "/among", metric.among, visit);
  if (metric.population) for_each_where(pointer + "/among", metric.population->where, visit);
}

void check_names(const Pack& pack, Notes& notes) {
  check_repeated(pack, notes);
  check_places(pack, notes);
  for (std::size_t i = 0; i < pack.reconciliations.size(); ++i) {
    check_reconciliation(pack, pack.reconciliations[i], item("reconciliations", i), notes);
  }
  check_doubts(pack, notes);
  check_holidays(pack, notes);
}

}  // namespace houniao
