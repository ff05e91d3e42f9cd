// Pages of the anomaly rules: the rules themselves, and what a bench of them doubts.
#include <algorithm>

#include "server/http/anomalies_json.h"
#include "server/http/queries.h"
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

using rules::Doubt;

struct Wanted {
  std::vector<std::string> rules;  // empty: any
  std::uint64_t subject = 0;
  std::optional<bool> undecided;

  // Nor does asking for a subject tell whom an anomaly about case work is about.
  bool fits(const ToldDoubt& told) const {
    const Doubt& doubt = *told.doubt;
    return (rules.empty() || std::find(rules.begin(), rules.end(),
                                       rules::code_of(doubt.anomaly.rule)) != rules.end()) &&
           (subject == 0 || (doubt.anomaly.subject == subject && told.place.withheld == 0)) &&
           (!undecided || *undecided == (doubt.disposition == nullptr));
  }
};

// A rule that does not exist would be answered with an empty list, which says that all is well.
Result<void> check_rule(const std::string& code) {
  std::string known;
  for (const rules::RuleRow* row : rules::all_rules()) {
    const std::string each = rules::code_of(row->number);
    if (code == each) return {};
    if (!known.ends_with(each)) known += " " + each;
  }
  return fail(Errc::invalid_argument, "rule: one of" + known);
}

using List = std::vector<ToldDoubt>;

List::const_iterator find(const State& state, const List& list, std::string_view id,
                          const AnomalyPlace& place) {
  return std::find_if(list.begin(), list.end(), [&](const ToldDoubt& told) {
    return told.place == place && id_of(state, told) == id;
  });
}

// The first that comes after the cursor: after the anomaly itself while it is still there, else
// after everything that the rule says about that event.
List::const_iterator after(const State& state, const List& list, const std::string& cursor,
                           const AnomalyPlace& place) {
  const auto same = find(state, list, cursor, place);
  if (same != list.end()) return same + 1;
  return std::find_if(list.begin(), list.end(),
                      [&](const ToldDoubt& told) { return told.place > place; });
}

Result<Json> one(const Query& query, const List& list) {
  const auto place = place_of(query.id);
  const auto found = place ? find(query.state, list, query.id, *place) : list.end();
  if (found != list.end()) return answer(doubt_json(query.state, *found, CaseWork::withheld));
  return fail(Errc::not_found, "no rule doubts that: " + std::string(query.id));
}

}  // namespace

Result<Json> anomalies_page(const Query& query, const std::vector<Doubt>& doubts) {
  const List list = in_telling_order(query.state, doubts);
  if (!query.id.empty()) return one(query, list);
  Filters filters(query);
  Wanted wanted;
  wanted.rules = query.target.all("rule");
  std::erase(wanted.rules, std::string());
  wanted.subject = filters.id("subject");
  wanted.undecided = filters.flag("undecided");
  if (filters.error()) return *filters.error();
  for (const std::string& rule : wanted.rules) HOUNIAO_TRY(check_rule(rule));
  if (query.each != nullptr) {
    for (const ToldDoubt& told : list) {
      if (!wanted.fits(told)) continue;
      if (!(*query.each)(doubt_json(query.state, told, CaseWork::withheld))) break;
    }
    return answer(Json::object());
  }
  // The cursor is no event id here.
  Target target = query.target;
  const std::string cursor = target.get("cursor");
  target.query.erase("cursor");
  const auto page = parse_page(target);
  if (!page) return page.error();
  auto from = list.begin();
  if (!cursor.empty()) {
    const auto place = place_of(cursor);
    if (!place) return fail(Errc::invalid_argument, "cursor: the next of the page before");
    from = after(query.state, list, cursor, *place);
  }
  Json items = Json::array();
  std::string next;
  std::string last;
  for (auto at = from; at != list.end(); ++at) {
    if (!wanted.fits(*at)) continue;
    if (items.size() == page->limit) {
      next = last;
      break;
    }
    last = id_of(query.state, *at);
    items.push_back(doubt_json(query.state, *at, CaseWork::withheld));
  }
  const auto total = std::count_if(list.begin(), list.end(),
                                   [&](const ToldDoubt& told) { return wanted.fits(told); });
  return answer({{"items", std::move(items)},
                 {"next", next.empty() ? Json(nullptr) : Json(next)},
                 {"total", total}});
}

Result<Json> anomaly_rules_page(const Query&) {
  Json list = Json::array();
  for (const rules::RuleRow* row : rules::all_rules()) {
    list.push_back(rule_json(*row, row->version, rules::Parameters(row->parameters)));
  }
  return answer({{"rules", std::move(list)}});
}

}  // namespace houniao::queries
