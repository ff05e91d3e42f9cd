// Pages of the families people, sessions, services and cases. Persons go by their ids and coarse
// facts: what identifies them is sealed, and the blind indexes stay inside.
#include <map>

#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json person_json(const State& state, const Person& p) {
  return {{"id", id_text(p.id)},
          {"representative", id_text(state.people.representative_of(p.id))},
          {"sex", p.basics.sex},
          {"birth_year_band", p.basics.birth_year_band},
          {"native_region", p.basics.native_region},
          {"residence_site", id_text(p.basics.residence_site)},
          {"employer", id_text(p.basics.employer)},
          {"tags", symbols(state, p.basics.tags)},
          {"id_type", p.id_type},
          {"id_checks_ok", p.id_checks_ok},
          {"verification", p.basics.verification},
          {"under14_at_registration", p.under14},
          {"status", p.status},
          {"version", p.version},
          {"registered", day_text(p.registered)},
          {"programme", id_text(p.programme)},
          {"site", id_text(p.site)},
          {"erased", p.erased},
          {"restricted", p.restricted}};
}

Json session_json(const State& state, const Session& s) {
  return {{"id", id_text(s.id)},
          {"held", s.held},
          {"plan", id_text(s.plan)},
          {"kind", symbol(state, s.kind)},
          {"programme", id_text(s.programme)},
          {"site", id_text(s.site)},
          {"day", day_text(s.day)},
          {"from_minute", s.from_minute},
          {"to_minute", s.to_minute},
          {"capacity", s.capacity},
          {"headcount", s.headcount},
          {"counting_method", enum_text<schema::SessionHeld::CountingMethod>(s.counting_method)},
          {"sign_ins", state.sessions.sign_ins_of(s.occasion())},
          {"leader", id_text(s.leader)},
          {"contract", id_text(s.contract)},
          {"with_minors", s.with_minors}};
}

Json agency_case_json(const State& state, const AgencyCase& c) {
  Json stages = Json::array();
  for (const CaseStage& stage : c.stages) {
    stages.push_back({{"event", id_text(stage.event)},
                      {"stage", text(name_of_stage(stage.stage))},
                      {"day", day_text(stage.day)}});
  }
  return {{"id", id_text(c.id)},
          {"person", id_text(c.person)},
          {"certificate", symbol(state, c.certificate)},
          {"destination", symbol(state, c.destination)},
          {"destination_region", c.destination_region},
          {"fee_fen", c.fee_fen},
          {"opened", day_text(c.opened)},
          {"stages", std::move(stages)}};
}

Json row_json(const State& state, const FactTable::Columns& c, std::size_t i) {
  const CatalogueRow* row = find_row(c.type[i]);
  return {{"event", id_text(c.event[i])},
          {"seq", c.seq[i]},
          {"type", row == nullptr ? Json(std::to_string(c.type[i])) : text(row->name)},
          {"kind", symbol(state, Symbol{c.kind[i]})},
          {"attr", symbol(state, Symbol{c.attr[i]})},
          {"programme", id_text(c.programme[i])},
          {"site", id_text(c.site[i])},
          {"organisation", id_text(c.organisation[i])},
          {"subject", id_text(c.subject[i])},
          {"group", id_text(c.group[i])},
          {"staff", id_text(c.staff[i])},
          {"day", to_string(Day{c.day[i]})},
          {"recorded_day", to_string(Day{c.recorded_day[i]})},
          {"quantity", c.quantity[i]},
          {"minutes", c.minutes[i]},
          {"amount_fen", c.amount_fen[i]},
          {"flags", c.flags[i]}};
}

// How many cases share one word, as [{name: word, "cases": n}] in order of the word.
Json tally_json(const char* name, const std::map<std::string, std::uint64_t>& tally) {
  Json out = Json::array();
  for (const auto& [word, count] : tally) out.push_back({{name, word}, {"cases", count}});
  return out;
}

std::string_view case_status(const CasesState& cases, CaseId id, Day today) {
  if (cases.is_sealed(id, today)) return "sealed";
  // What is closed today belongs to the case until the day is over.
  return cases.is_closed(id, Day{today.value + 1}) ? "closed" : "open";
}

}  // namespace

Result<Json> people_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t site = filters.id("site");
  const std::uint64_t organisation = filters.id("organisation");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.people.persons,
      [&](const Person& p) {
        return fits(programme, p.programme) && fits(site, p.site) &&
               fits(organisation, p.basics.employer);
      },
      [&](const Person& p) { return person_json(query.state, p); });
}

Result<Json> sessions_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t site = filters.id("site");
  const auto kind = filters.code("kind");
  const auto held = filters.flag("held");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.sessions.sessions,
      [&](const Session& s) {
        return fits(programme, s.programme) && fits(site, s.site) && fits(kind, s.kind) &&
               (!held || *held == s.held);
      },
      [&](const Session& s) { return session_json(query.state, s); });
}

// Rows of the fact table that services emit, by event id; a page ends between events.
Result<Json> services_page(const Query& query) {
  Filters filters(query);
  FactFilter filter;
  filter.types.set(static_cast<std::size_t>(EventType::SERVICE_DELIVERED));
  filter.programme = filters.id("programme");
  filter.site = filters.id("site");
  filter.organisation = filters.id("organisation");
  filter.subject = filters.id("person");
  if (const auto kind = filters.code("kind")) filter.kinds = {*kind};
  if (filters.error()) return *filters.error();
  const auto page = parse_page(query.target);
  if (!page) return page.error();
  const State& state = query.state;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> rows;
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.event[i] > page->after.value)
      rows.emplace_back(c.event[i], static_cast<std::uint32_t>(i));
  });
  std::sort(rows.begin(), rows.end());
  if (query.each != nullptr) {
    for (const auto& [event, row] : rows) {
      if (!(*query.each)(row_json(state, state.facts.columns(), row))) break;
    }
    return answer(Json::object());
  }
  Json items = Json::array();
  std::size_t i = 0;
  while (i < rows.size() && (i < page->limit || rows[i].first == rows[i - 1].first)) {
    items.push_back(row_json(state, state.facts.columns(), rows[i].second));
    ++i;
  }
  Json out;
  out["items"] = std::move(items);
  out["next"] = i < rows.size() ? id_text(rows[i - 1].first) : Json(nullptr);
  return answer(std::move(out));
}

Result<Json> agency_cases_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t person = filters.id("person");
  const auto certificate = filters.code("certificate");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.services.cases,
      [&](const AgencyCase& c) {
        return fits(person, c.person) && fits(certificate, c.certificate);
      },
      [&](const AgencyCase& c) { return agency_case_json(query.state, c); });
}

// Clients for whom money is still held (I28: it ends at 0).
Result<Json> custody_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t person = filters.id("person");
  if (filters.error()) return *filters.error();
  const auto open = query.state.ledger.open_custody();
  std::vector<Row<Fen>> rows;
  for (const auto& [client, held] : open) {
    if (fits(person, client)) rows.push_back({client.value, &held});
  }
  return page_of_rows(query, std::move(rows), [&](const Row<Fen>& row) {
    const CustodyTotals totals = query.state.ledger.custody(PersonId{row.id});
    return Json{{"person", id_text(row.id)},
                {"received_fen", totals.received.value},
                {"paid_on_fen", totals.paid_on.value},
                {"refunded_fen", totals.refunded.value},
                {"held_fen", row.item->value}};
  });
}

// Case work is confidential (I14): a reading needs a decision about this reader and this record,
// and is an event of its own. A token names nobody and reading leaves no event, so that this page
// counts and names no case, no client and no worker. Each word is counted by itself: a table of all
// three would single out small groups.
Result<Json> casework_page(const Query& query) {
  const State& state = query.state;
  std::map<std::string, std::uint64_t> grounds;
  std::map<std::string, std::uint64_t> risks;
  std::map<std::string, std::uint64_t> statuses;
  std::uint64_t total = 0;
  for (const auto& [id, each] : state.cases.cases) {
    if (!state.in_force(id)) continue;
    ++total;
    ++grounds[std::string(state.symbols().text(each.ground))];
    const Json risk = enum_text<schema::RiskLevel>(state.cases.risk_of(id));
    ++risks[risk.is_string() ? risk.get<std::string>() : risk.dump()];
    ++statuses[std::string(case_status(state.cases, id, query.today))];
  }
  std::uint64_t reports = 0;
  for (const auto& [child, list] : state.cases.reports) reports += list.size();
  return answer({{"cases", total},
                 {"mandatory_reports", reports},
                 {"by_ground", tally_json("ground", grounds)},
                 {"by_risk", tally_json("risk", risks)},
                 {"by_status", tally_json("status", statuses)}});
}

}  // namespace houniao::queries
