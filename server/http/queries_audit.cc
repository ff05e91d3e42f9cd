// Pages of the family audit: what was corrected, taken back and decided, figures as they were
// reported, findings, what became of doubts, and sealed periods.
#include "server/http/anomalies_json.h"
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

// A statement about an event, and that event; no id when it is of case work.
template <class T>
struct About {
  EventId target;
  const T* item = nullptr;
};

// What is said or cited about case work does not name its events here: a reading leaves no event
// (I14).
EventId outside_case_work(const State& state, EventId event) {
  return is_of_case_work(state, event) ? EventId{} : event;
}
std::vector<EventId> outside_case_work(const State& state, std::vector<EventId> events) {
  std::erase_if(events, [&](EventId event) { return is_of_case_work(state, event); });
  return events;
}

// The statements of a map from target to list, those about one target only when it is asked for.
// Nor does asking for a target tell what was said about an event of case work.
template <class T, class Map>
std::vector<About<T>> statements(const State& state, const Map& map, std::uint64_t target) {
  std::vector<About<T>> out;
  for (const auto& [id, list] : map) {
    const EventId told = outside_case_work(state, id);
    if (!fits(target, told)) continue;
    for (const T& each : list) out.push_back({told, &each});
  }
  return out;
}

Json correction_json(const State& state, EventId target, const Correction& c) {
  return {{"id", id_text(c.order.event)},
          {"target", id_text(target)},
          {"field", enum_text<schema::EventCorrected::Field>(c.field)},
          {"number", c.number},
          {"text", symbol(state, c.text)},
          {"reason", symbol(state, c.reason)},
          {"approver", id_text(c.approver)},
          {"in_force", c.in_force},
          {"in_conflict", c.in_conflict}};
}

Json report_json(const State& state, const FigureReport& f) {
  return {{"id", id_text(f.event)},
          {"figure", symbol(state, f.figure)},
          {"phrase", f.phrase},
          {"value", f.value},
          {"comparator", symbol(state, f.comparator)},
          {"unit", symbol(state, f.unit)},
          {"as_of", day_text(f.as_of)},
          {"to_whom", f.to_whom}};
}

Json finding_json(const State& state, const Finding& f, Day day) {
  Json resolutions = Json::array();
  const auto& all = state.audit.findings.resolutions;
  if (auto at = all.find(f.id); at != all.end()) {
    for (const Resolution& r : at->second) {
      resolutions.push_back({{"event", id_text(r.event)},
                             {"day", day_text(r.day)},
                             {"action", r.action},
                             {"proof", ids_text(r.proof)},
                             {"actor", id_text(r.actor)}});
    }
  }
  return {{"id", id_text(f.id)},
          {"status", text(name_of(state.audit.findings.status_on(f, day)))},
          {"code", symbol(state, f.code)},
          {"law", f.law},
          {"amount_fen", f.amount_fen},
          {"events", ids_text(outside_case_work(state, f.events))},
          {"responsible", id_text(f.responsible)},
          {"issuer", id_text(f.issuer)},
          {"issued", day_text(f.issued)},
          {"deadline", day_text(f.deadline)},
          {"resolutions", std::move(resolutions)}};
}

// Whether it is the decision that counts for one of the events that it names.
bool decides(const State& state, const AnomalyDisposition& a) {
  return std::any_of(a.evidence.begin(), a.evidence.end(), [&](EventId event) {
    const AnomalyDisposition* last = state.audit.findings.disposition_of(a.rule, event);
    return last != nullptr && last->event == a.event;
  });
}

Json disposition_json(const State& state, const AnomalyDisposition& a) {
  return {{"id", id_text(a.event)},
          {"rule", symbol(state, a.rule)},
          {"rule_version", a.rule_version},
          {"evidence", ids_text(outside_case_work(state, a.evidence))},
          {"verdict", enum_text<schema::AnomalyDispositioned::Verdict>(a.verdict)},
          {"reason", a.reason},
          {"actor", id_text(a.actor)},
          {"day", day_text(a.day)},
          {"decides", decides(state, a)}};
}

struct NamedSeal {
  ProgrammeId programme;
  const Seal* seal = nullptr;
};

Json seal_json(const NamedSeal& named) {
  const Seal& s = *named.seal;
  Json reports = Json::array();
  for (const SealedReport& r : s.reports) {
    reports.push_back({{"name", r.name}, {"sha256", to_hex(r.sha256.view())}});
  }
  return {{"id", id_text(s.event)},         {"programme", id_text(named.programme)},
          {"from", day_text(s.from)},       {"to", day_text(s.to)},
          {"tree_size", s.tree_size.value}, {"root", to_hex(s.root.view())},
          {"reports", std::move(reports)},  {"signers", ids_text(s.signers)}};
}

}  // namespace

Result<Json> corrections_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t target = filters.id("target");
  if (filters.error()) return *filters.error();
  const auto all = statements<Correction>(query.state, query.state.audit.corrections, target);
  std::vector<Row<About<Correction>>> rows;
  for (const auto& each : all) rows.push_back({each.item->order.event.value, &each});
  return page_of_rows(query, std::move(rows), [&](const Row<About<Correction>>& row) {
    return correction_json(query.state, row.item->target, *row.item->item);
  });
}

Result<Json> retractions_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t target = filters.id("target");
  if (filters.error()) return *filters.error();
  const auto all = statements<Retraction>(query.state, query.state.audit.retractions, target);
  std::vector<Row<About<Retraction>>> rows;
  for (const auto& each : all) rows.push_back({each.item->event.value, &each});
  return page_of_events(query, std::move(rows), [](const About<Retraction>& each) {
    return Json{{"id", id_text(each.item->event)},
                {"target", id_text(each.target)},
                {"reason", each.item->reason},
                {"approver", id_text(each.item->approver)}};
  });
}

// Decisions about held events.
Result<Json> decisions_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t target = filters.id("target");
  if (filters.error()) return *filters.error();
  const auto all = statements<HeldDecision>(query.state, query.state.audit.decisions, target);
  std::vector<Row<About<HeldDecision>>> rows;
  for (const auto& each : all) rows.push_back({each.item->event.value, &each});
  return page_of_events(query, std::move(rows), [](const About<HeldDecision>& each) {
    return Json{{"id", id_text(each.item->event)},         {"target", id_text(each.target)},
                {"released", each.item->released},         {"reason", each.item->reason},
                {"legal_ground", each.item->legal_ground}, {"actor", id_text(each.item->actor)}};
  });
}

// Figures as they were reported; /v1/figures recomputes those of a pack.
Result<Json> reports_page(const Query& query) {
  Filters filters(query);
  const auto figure = filters.code("figure");
  if (filters.error()) return *filters.error();
  std::vector<Row<FigureReport>> rows;
  for (const FigureReport& report : query.state.audit.figures) {
    if (fits(figure, report.figure)) rows.push_back({report.event.value, &report});
  }
  return page_of_events(query, std::move(rows), [&](const FigureReport& report) {
    return report_json(query.state, report);
  });
}

// As the findings stood at the end of ?day=, by default the day of the state's last event. Those
// issued later than that day are left out.
Result<Json> findings_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  const std::string status = filters.word("status", {"open", "overdue", "resolved"});
  const Day day = filters.day("day", query.today);
  if (filters.error()) return *filters.error();
  const FindingsState& findings = query.state.audit.findings;
  return list_or_one(
      query, findings.findings,
      [&](const Finding& f) {
        return f.issued <= day && fits(organisation, f.responsible) &&
               (status.empty() || fits(status, name_of(findings.status_on(f, day))));
      },
      [&](const Finding& f) { return finding_json(query.state, f, day); });
}

Result<Json> dispositions_page(const Query& query) {
  Filters filters(query);
  const auto rule = filters.code("rule");
  const std::string verdict = filters.word("verdict", {"confirmed", "false_alarm", "explained"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.audit.findings.dispositions,
      [&](const AnomalyDisposition& a) {
        return fits(rule, a.rule) &&
               (verdict.empty() ||
                enum_text<schema::AnomalyDispositioned::Verdict>(a.verdict) == verdict);
      },
      [&](const AnomalyDisposition& a) { return disposition_json(query.state, a); });
}

Result<Json> seals_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  if (filters.error()) return *filters.error();
  std::vector<NamedSeal> named;
  for (const auto& [id, seals] : query.state.audit.findings.seals.by_programme) {
    if (!fits(programme, id)) continue;
    for (const Seal& seal : seals) named.push_back({id, &seal});
  }
  std::vector<Row<NamedSeal>> rows;
  for (const NamedSeal& each : named) rows.push_back({each.seal->event.value, &each});
  return page_of_events(query, std::move(rows), seal_json);
}

}  // namespace houniao::queries
