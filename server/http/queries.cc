#include "server/http/queries.h"

#include <algorithm>
#include <charconv>

#include "replay/admission.h"
#include "replay/digest.h"
#include "replay/figures.h"
#include "replay/state.h"
#include "schema/programmes/packs.h"

namespace houniao {
namespace {

using Json = nlohmann::ordered_json;

struct Page {
  EventId after;
  std::size_t limit = kPageDefault;
};

Result<Page> parse_page(const Target& target) {
  Page out;
  const std::string cursor = target.get("cursor");
  if (!cursor.empty()) {
    out.after = parse_event_id(cursor);
    if (!out.after) return fail(Errc::invalid_argument, "cursor: an id such as 7-12");
  }
  const std::string limit = target.get("limit");
  if (!limit.empty()) {
    const auto parsed = std::from_chars(limit.data(), limit.data() + limit.size(), out.limit);
    if (parsed.ec != std::errc{} || parsed.ptr != limit.data() + limit.size() || out.limit == 0 ||
        out.limit > kPageMax) {
      return fail(Errc::invalid_argument, "limit: 1 to " + std::to_string(kPageMax));
    }
  }
  return out;
}

template <class Tag>
Json id_text(Strong<Tag> id) {
  return id ? Json(to_string(EventId{id.value})) : Json(nullptr);
}
Json id_text(std::uint64_t id) { return id_text(EventId{id}); }
Json symbol(const State& state, Symbol s) { return std::string(state.symbols().text(s)); }
Json day_text(Day day) {
  return day.value == 0 || day == kOpenEnd ? Json(nullptr) : Json(to_string(day));
}

// One page of a map from id to entity, in order of id.
template <class Map, class Render>
Result<Json> page_of(const Map& map, const Target& target, Render render) {
  const auto page = parse_page(target);
  if (!page) return page.error();
  std::vector<const typename Map::value_type*> rows;
  for (const auto& row : map) {
    if (row.first.value > page->after.value) rows.push_back(&row);
  }
  const std::size_t count = std::min(page->limit, rows.size());
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                    [](const auto* a, const auto* b) { return a->first < b->first; });
  Json items = Json::array();
  for (std::size_t i = 0; i < count; ++i) items.push_back(render(rows[i]->second));
  Json out;
  out["items"] = std::move(items);
  out["next"] = count < rows.size() ? id_text(rows[count - 1]->first) : Json(nullptr);
  out["total"] = map.size();
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

template <class Map, class Render>
Result<Json> one_of(const Map& map, std::string_view id_part, Render render) {
  const EventId id = parse_event_id(std::string(id_part));
  const auto found = map.find(typename Map::key_type{id.value});
  if (!id || found == map.end())
    return fail(Errc::not_found, "no such id: " + std::string(id_part));
  return Result<Json>(boost::system::in_place_value, render(found->second));
}

Json person_json(const State& state, const Person& p) {
  Json tags = Json::array();
  for (Symbol tag : p.basics.tags) tags.push_back(symbol(state, tag));
  // Coarse facts only; identity is sealed and the blind indexes stay inside.
  return {{"id", id_text(p.id)},
          {"representative", id_text(state.people.representative_of(p.id))},
          {"sex", p.basics.sex},
          {"birth_year_band", p.basics.birth_year_band},
          {"native_region", p.basics.native_region},
          {"residence_site", id_text(p.basics.residence_site)},
          {"employer", id_text(p.basics.employer)},
          {"tags", std::move(tags)},
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

Json case_json(const State& state, const AgencyCase& c) {
  Json stages = Json::array();
  for (const CaseStage& stage : c.stages) {
    stages.push_back({{"event", id_text(stage.event)},
                      {"stage", std::string(name_of_stage(stage.stage))},
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

Json contract_json(const State& state, const Contract& c) {
  Json contractors = Json::array();
  for (OrganisationId id : c.contractors) contractors.push_back(id_text(id));
  Json funds = Json::array();
  for (FundId id : c.funds) funds.push_back(id_text(id));
  Json deliverables = Json::array();
  for (const Deliverable& d : c.deliverables) {
    deliverables.push_back({{"code", symbol(state, d.code)},
                            {"kind", symbol(state, d.kind)},
                            {"unit", symbol(state, d.unit)},
                            {"quantity", d.quantity},
                            {"unit_price_fen", d.unit_price.value},
                            {"claimed", d.claimed},
                            {"accepted", d.accepted}});
  }
  const ContractTotals totals = state.ledger.contract(c.id);
  return {{"id", id_text(c.id)},
          {"number", c.number},
          {"buyer", id_text(c.buyer)},
          {"contractors", std::move(contractors)},
          {"funds", std::move(funds)},
          {"signed_fen", c.signed_amount.value},
          {"value_fen", totals.value.value},
          {"accepted_fen", totals.accepted.value},
          {"approved_fen", totals.approved.value},
          {"paid_fen", totals.paid.value},
          {"reversed_fen", totals.reversed.value},
          {"advance_fen", c.advance.value},
          {"payable_fen", payable(state, c, false).value},
          {"keeps_i4", keeps_i4(state, c)},
          {"from", day_text(c.from)},
          {"to", day_text(c.ends_on())},
          {"closed", id_text(c.closed)},
          {"deliverables", std::move(deliverables)}};
}

Json fund_json(const State& state, const Fund& f) {
  Json purposes = Json::array();
  for (Symbol purpose : f.allowed_purposes) purposes.push_back(symbol(state, purpose));
  const FundTotals totals = state.ledger.fund(f.id);
  return {{"id", id_text(f.id)},
          {"code", symbol(state, f.code)},
          {"name", f.name},
          {"kind", std::string(name_of_fund_kind(f.kind))},
          {"owner", id_text(f.owner)},
          {"allowed_purposes", std::move(purposes)},
          {"allowed_regions", f.allowed_regions},
          {"from", day_text(f.from)},
          {"to", day_text(f.to)},
          {"received_fen", totals.received.value},
          {"allocated_fen", totals.allocated.value},
          {"approved_fen", totals.approved.value},
          {"paid_fen", totals.paid.value},
          {"reversed_fen", totals.reversed.value},
          {"free_fen", totals.free().value},
          {"keeps_i3", keeps_i3(totals)}};
}

Json reasons_json(const Reasons& reasons) {
  Json out = Json::array();
  reasons.for_each([&](Reason reason) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    Json item = {{"number", static_cast<std::uint16_t>(reason)}};
    if (row != nullptr) {
      item["name"] = std::string(row->name);
      item["zh"] = std::string(row->zh);
      item["en"] = std::string(row->en);
    }
    out.push_back(std::move(item));
  });
  return out;
}

Json held_json(const State& state, EventId id, const ParkedEvent& parked) {
  const EventEntry* entry = state.events.find(id);
  Json waits = Json::array();
  for (std::uint64_t key : parked.waits_for) waits.push_back(id_text(key));
  Json out = {{"id", id_text(id)}, {"seq", parked.seq.value}};
  if (entry != nullptr) {
    const CatalogueRow* row = find_row(entry->type);
    out["type"] = row == nullptr ? std::to_string(entry->type) : std::string(row->name);
    out["type_zh"] = row == nullptr ? "" : std::string(row->name_zh);
    out["status"] = std::string(name_of(entry->status));
    out["occurred"] = day_text(entry->occurred);
  }
  out["reasons"] = reasons_json(parked.reasons);
  out["waits_for"] = std::move(waits);
  return out;
}

// Held events and those that count provisionally: everything that waits for something.
Result<Json> held_page(const State& state, const Target& target) {
  const auto page = parse_page(target);
  if (!page) return page.error();
  const bool orphans = target.get("include") == "orphans";
  std::vector<EventId> ids;
  for (const auto& [id, parked] : state.parked) {
    const EventEntry* entry = state.events.find(id);
    const bool held = entry != nullptr && entry->status == EventStatus::held;
    if (id > page->after && (held || orphans)) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  const std::size_t count = std::min(page->limit, ids.size());
  Json out;
  out["items"] = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    out["items"].push_back(held_json(state, ids[i], state.parked.at(ids[i])));
  }
  out["next"] = count < ids.size() ? id_text(ids[count - 1]) : Json(nullptr);
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

Json row_json(const State& state, const FactTable::Columns& c, std::size_t i) {
  const CatalogueRow* row = find_row(c.type[i]);
  return {{"event", id_text(c.event[i])},
          {"seq", c.seq[i]},
          {"type", row == nullptr ? std::to_string(c.type[i]) : std::string(row->name)},
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

// Rows of the fact table that services emit, by event id; a page ends between events.
Result<Json> services_page(const State& state, const Target& target) {
  const auto page = parse_page(target);
  if (!page) return page.error();
  FactFilter filter;
  filter.types.set(static_cast<std::size_t>(EventType::SERVICE_DELIVERED));
  const std::string kind = target.get("kind");
  if (!kind.empty()) filter.kinds = {state.symbols().find(kind)};
  const std::string site = target.get("site");
  if (!site.empty()) filter.site = parse_event_id(site).value;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> rows;
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.event[i] > page->after.value)
      rows.emplace_back(c.event[i], static_cast<std::uint32_t>(i));
  });
  std::sort(rows.begin(), rows.end());
  Json out;
  out["items"] = Json::array();
  std::size_t i = 0;
  while (i < rows.size() &&
         (out["items"].size() < page->limit || rows[i].first == rows[i - 1].first)) {
    out["items"].push_back(row_json(state, state.facts.columns(), rows[i].second));
    ++i;
  }
  out["next"] = i < rows.size() ? id_text(rows[i - 1].first) : Json(nullptr);
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

Json figure_json(const FigureResult& f) {
  Json out = {{"id", f.id},
              {"label", {{"zh", f.label.zh}, {"en", f.label.en}}},
              {"value", f.value},
              {"comparator", f.word},
              {"unit", f.unit},
              {"computed", f.computed},
              {"holds", f.holds},
              {"reason", {{"zh", f.reason_zh}, {"en", f.reason_en}}},
              {"events", f.detail.events}};
  Json sample = Json::array();
  for (const DecidingEvent& event : f.detail.sample) {
    sample.push_back({{"event", id_text(event.event)}, {"seq", event.seq.value}});
  }
  out["sample"] = std::move(sample);
  return out;
}

Result<Json> figures_page(const State& state, const Target& target) {
  const std::string code = target.get("pack").empty() ? "b" : target.get("pack");
  const std::string_view text = embedded_pack(code);
  if (text.empty()) return fail(Errc::not_found, "no programme pack: " + code);
  const auto pack = parse_pack(text);
  if (!pack) return pack.error();
  const std::vector<FigureResult> figures = compute_figures(state, *pack);
  Json out;
  out["pack"] = code;
  out["figures"] = Json::array();
  const std::string only = target.get("id");
  for (const FigureResult& figure : figures) {
    if (only.empty() || figure.id == only) out["figures"].push_back(figure_json(figure));
  }
  out["reconciliations"] = Json::array();
  for (const ReconciliationResult& r : reconcile(*pack, figures)) {
    out["reconciliations"].push_back({{"id", r.id},
                                      {"label", {{"zh", r.label.zh}, {"en", r.label.en}}},
                                      {"claimed_holds", r.claimed_holds},
                                      {"computed_holds", r.computed_holds},
                                      {"reason", {{"zh", r.reason_zh}, {"en", r.reason_en}}}});
  }
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

Json summary_json(const State& state, const Target& target) {
  std::uint64_t held = 0;
  std::uint64_t provisional = 0;
  for (const auto& [id, parked] : state.parked) {
    const EventEntry* entry = state.events.find(id);
    if (entry == nullptr) continue;
    held += entry->status == EventStatus::held ? 1 : 0;
    provisional += entry->provisional ? 1 : 0;
  }
  Json out = {{"events", state.event_count},
              {"held", held},
              {"provisional", provisional},
              {"devices", state.system.devices.size()},
              {"incidents", state.system.incidents.size()},
              {"persons", state.people.persons.size()},
              {"sites", state.sites.sites.size()},
              {"contracts", state.contracts.contracts.size()},
              {"funds", state.funds.funds.size()},
              {"agency_cases", state.services.cases.size()},
              {"fact_rows", state.facts.live_rows()},
              {"last_received", to_rfc3339(state.last_received)},
              {"ledger_violations", state.ledger.check().size()}};
  if (target.get("digest") == "1") out["digest"] = to_hex(digest(state).bytes);
  return out;
}

Json device_json(const Device& d) {
  std::vector<std::uint64_t> scopes;
  for (ScopeId scope : d.scopes) scopes.push_back(scope.value);
  Json roles = Json::array();
  for (std::uint16_t role : d.roles) {
    roles.push_back(std::string(name_of(static_cast<schema::Role>(role))));
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

Json devices_json(const State& state) {
  std::vector<const Device*> devices;
  for (const auto& [number, device] : state.system.devices) devices.push_back(&device);
  std::sort(devices.begin(), devices.end(),
            [](const Device* a, const Device* b) { return a->number < b->number; });
  Json out;
  out["items"] = Json::array();
  for (const Device* device : devices) out["items"].push_back(device_json(*device));
  return out;
}

Result<Json> value(Json json) {
  return Result<Json>(boost::system::in_place_value, std::move(json));
}

Result<Json> dispatch(const State& state, std::string_view what, const Target& target) {
  const std::size_t slash = what.find('/');
  const std::string_view name = what.substr(0, slash);
  const std::string_view id = slash == std::string_view::npos ? "" : what.substr(slash + 1);
  const auto list_or_one = [&](const auto& map, auto render) -> Result<Json> {
    return id.empty() ? page_of(map, target, render) : one_of(map, id, render);
  };
  if (name == "people") {
    return list_or_one(state.people.persons,
                       [&](const Person& p) { return person_json(state, p); });
  }
  if (name == "contracts") {
    return list_or_one(state.contracts.contracts,
                       [&](const Contract& c) { return contract_json(state, c); });
  }
  if (name == "funds") {
    return list_or_one(state.funds.funds, [&](const Fund& f) { return fund_json(state, f); });
  }
  if (name == "cases") {
    return list_or_one(state.services.cases,
                       [&](const AgencyCase& c) { return case_json(state, c); });
  }
  if (name == "services" && id.empty()) return services_page(state, target);
  if (name == "held" && id.empty()) return held_page(state, target);
  if (name == "figures" && id.empty()) return figures_page(state, target);
  if (name == "state" && id.empty()) return value(summary_json(state, target));
  if (name == "devices" && id.empty()) return value(devices_json(state));
  return fail(Errc::not_found, "no such page: /v1/" + std::string(what));
}

}  // namespace

Result<Json> query_state(const State& state, TreeSize size, std::string_view what,
                         const Target& target) {
  auto found = dispatch(state, what, target);
  if (!found) return found.error();
  Json out;
  // The place in the log that the answer speaks of: everything through this seq.
  out["at"] = size.value == 0 ? Json(nullptr) : Json(size.value - 1);
  out["records"] = size.value;
  out.update(*found);
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

}  // namespace houniao
