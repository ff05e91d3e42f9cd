// Pages about the log as a whole: the summary, devices and incidents, what waits, and figures.
#include "replay/admission.h"
#include "replay/digest.h"
#include "replay/figures.h"
#include "schema/programmes/packs.h"
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json reasons_json(const Reasons& reasons) {
  Json out = Json::array();
  reasons.for_each([&](Reason reason) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    Json item = {{"number", static_cast<std::uint16_t>(reason)}};
    if (row != nullptr) {
      item["name"] = text(row->name);
      item["zh"] = text(row->zh);
      item["en"] = text(row->en);
    }
    out.push_back(std::move(item));
  });
  return out;
}

// Which client an event of case work waits for would say who has a file.
bool is_confidential(const CatalogueRow* row) {
  return row == nullptr || row->privacy == Privacy::confidential;
}

Json held_json(const State& state, EventId id, const ParkedEvent& parked) {
  const EventEntry* entry = state.events.find(id);
  const CatalogueRow* row = entry == nullptr ? nullptr : find_row(entry->type);
  Json out = {{"id", id_text(id)}, {"seq", parked.seq.value}};
  if (entry != nullptr) {
    out["type"] = row == nullptr ? Json(std::to_string(entry->type)) : text(row->name);
    out["type_zh"] = row == nullptr ? Json("") : text(row->name_zh);
    out["status"] = text(name_of(entry->status));
    out["occurred"] = day_text(entry->occurred);
  }
  out["reasons"] = reasons_json(parked.reasons);
  out["waits_for"] = is_confidential(row) ? Json::array() : ids_text(parked.waits_for);
  return out;
}

Json label_json(const Label& label) { return {{"zh", label.zh}, {"en", label.en}}; }

// Events of case work are counted and never named.
bool is_confidential_event(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  return entry != nullptr && is_confidential(find_row(entry->type));
}

Json figure_json(const State& state, const FigureResult& f) {
  Json out = {{"id", f.id},
              {"label", label_json(f.label)},
              {"value", f.value},
              {"comparator", f.word},
              {"unit", f.unit},
              {"computed", f.computed},
              {"holds", f.holds},
              {"verdict", text(name_of(f.verdict))},
              {"reason", {{"zh", f.reason_zh}, {"en", f.reason_en}}},
              {"events", f.detail.events}};
  Json sample = Json::array();
  for (const DecidingEvent& event : f.detail.sample) {
    if (is_confidential_event(state, event.event)) continue;
    sample.push_back({{"event", id_text(event.event)}, {"seq", event.seq.value}});
  }
  out["sample"] = std::move(sample);
  Json also = Json::array();
  for (const FigurePart& part : f.also) {
    also.push_back({{"label", label_json(part.label)},
                    {"value", part.value},
                    {"comparator", text(sign_of(part.comparator))},
                    {"unit", part.unit},
                    {"computed", part.computed},
                    {"holds", part.holds}});
  }
  out["also"] = std::move(also);
  return out;
}

Json device_json(const Device& d) {
  std::vector<std::uint64_t> scopes;
  for (ScopeId scope : d.scopes) scopes.push_back(scope.value);
  Json roles = Json::array();
  for (std::uint16_t role : d.roles) {
    roles.push_back(text(name_of(static_cast<schema::Role>(role))));
  }
  return {{"number", d.number.value},
          {"device", to_hex(d.id.bytes)},
          {"enrolled", id_text(d.enrolled)},
          {"holder", id_text(d.holder)},
          {"scopes", scopes},
          {"roles", std::move(roles)},
          {"whole_log", d.whole_log},
          {"label", d.label},
          {"revoked", d.revoked_from.value != 0},
          {"events", d.head.value}};
}

Json incident_json(const SyncIncident& i) {
  return {{"id", id_text(i.event)},
          {"device", to_hex(i.device.bytes)},
          {"kind", enum_text<schema::SyncIncidentRecorded::Kind>(i.kind)},
          {"raw_sha256", to_hex(i.raw_hash.view())},
          {"raw_bytes", i.raw_bytes},
          {"device_seq", i.device_seq.value}};
}

// How many entities of each kind there are.
void add_counts(const State& state, Json& out) {
  out["devices"] = state.system.devices.size();
  out["incidents"] = state.system.incidents.size();
  out["programmes"] = state.programmes.programmes.size();
  out["obligations"] = state.programmes.obligations.size();
  out["persons"] = state.people.persons.size();
  out["organisations"] = state.organisations.organisations.size();
  out["sites"] = state.sites.sites.size();
  out["staff"] = state.workforce.staff.size();
  out["sessions"] = state.sessions.sessions.size();
  out["contracts"] = state.contracts.contracts.size();
  out["funds"] = state.funds.funds.size();
  out["agency_cases"] = state.services.cases.size();
  out["casework"] = state.cases.cases.size();
  out["demands"] = state.orders.demands.demands.size();
  out["orders"] = state.orders.orders.size();
  out["calls"] = state.calls.calls.size();
  out["volunteers"] = state.volunteers.volunteers.size();
  out["findings"] = state.audit.findings.findings.size();
}

}  // namespace

Result<Json> state_page(const Query& query) {
  const State& state = query.state;
  std::uint64_t held = 0;
  std::uint64_t provisional = 0;
  for (const auto& [id, parked] : state.parked) {
    const EventEntry* entry = state.events.find(id);
    if (entry == nullptr) continue;
    held += entry->status == EventStatus::held ? 1 : 0;
    provisional += entry->provisional ? 1 : 0;
  }
  Json out = {{"events", state.event_count}, {"held", held}, {"provisional", provisional}};
  add_counts(state, out);
  out["fact_rows"] = state.facts.live_rows();
  out["last_received"] = to_rfc3339(state.last_received);
  out["ledger_violations"] = state.ledger.check().size();
  if (query.target.get("digest") == "1") out["digest"] = to_hex(digest(state).bytes);
  return answer(std::move(out));
}

Result<Json> devices_page(const Query& query) {
  std::vector<const Device*> devices;
  for (const auto& [number, device] : query.state.system.devices) devices.push_back(&device);
  std::sort(devices.begin(), devices.end(),
            [](const Device* a, const Device* b) { return a->number < b->number; });
  Json items = Json::array();
  for (const Device* device : devices) items.push_back(device_json(*device));
  return answer({{"items", std::move(items)}});
}

Result<Json> incidents_page(const Query& query) {
  std::vector<Row<SyncIncident>> rows;
  for (const SyncIncident& incident : query.state.system.incidents) {
    rows.push_back({incident.event.value, &incident});
  }
  return page_of_events(query, std::move(rows), incident_json);
}

// Held events and, when asked for, those that count provisionally: everything that waits.
Result<Json> held_page(const Query& query) {
  Filters filters(query);
  const bool orphans = filters.word("include", {"orphans"}) == "orphans";
  if (filters.error()) return *filters.error();
  const State& state = query.state;
  std::vector<Row<ParkedEvent>> rows;
  for (const auto& [id, parked] : state.parked) {
    const EventEntry* entry = state.events.find(id);
    const bool held = entry != nullptr && entry->status == EventStatus::held;
    if (held || orphans) rows.push_back({id.value, &parked});
  }
  return page_of_rows(query, std::move(rows), [&](const Row<ParkedEvent>& row) {
    return held_json(state, EventId{row.id}, *row.item);
  });
}

Result<Json> figures_page(const Query& query) {
  const std::string asked = query.target.get("pack");
  const std::string code = asked.empty() ? "b" : asked;
  const std::string_view pack_text = embedded_pack(code);
  if (pack_text.empty()) return fail(Errc::not_found, "no programme pack: " + code);
  const auto pack = parse_pack(pack_text);
  if (!pack) return pack.error();
  FigureInputs inputs = figure_inputs(query.state);
  if (const std::string day = query.target.get("effective"); !day.empty()) {
    inputs.effective = parse_day(day);
    if (!inputs.effective) return fail(Errc::invalid_argument, "effective: a date YYYY-MM-DD");
  }
  const PackReport report = pack_report(inputs, *pack);
  Json out;
  out["pack"] = code;
  out["figures"] = Json::array();
  const std::string only = query.target.get("id");
  for (const FigureResult& figure : report.figures) {
    if (only.empty() || figure.id == only) {
      out["figures"].push_back(figure_json(query.state, figure));
    }
  }
  out["reconciliations"] = Json::array();
  for (const ReconciliationResult& r : report.reconciliations) {
    out["reconciliations"].push_back({{"id", r.id},
                                      {"label", label_json(r.label)},
                                      {"claimed_holds", r.claimed_holds},
                                      {"computed_holds", r.computed_holds},
                                      {"reason", {{"zh", r.reason_zh}, {"en", r.reason_en}}}});
  }
  return answer(std::move(out));
}

}  // namespace houniao::queries
