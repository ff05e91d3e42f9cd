#include "exports/ocel.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <set>

#include "exports/disclosure.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

bool may_be_told(const CatalogueRow& row) {
  return row.privacy != Privacy::confidential && row.privacy != Privacy::sensitive;
}

std::string symbol_text(const State& state, Symbol symbol) {
  return std::string(state.symbols().text(symbol));
}

class Walk {
 public:
  Walk(const State& state, const Scope& scope, OcelVisitor& visitor)
      : state_(state), scope_(scope), visitor_(visitor) {}

  // An event outside of the scope still brings objects into being that events inside of it name:
  // all objects are told, as they are few beside the events.
  void take_object(const LoggedEvent& logged) {
    const EventId id = logged.id(state_);
    const std::string_view type = entity_type(state_, id.value);
    if (type.empty()) return;
    const schema::Event::Reader event = logged.event->get();
    // Others may name it, so it is told also when its event says nothing more.
    OcelObject out{to_string(id), type, {}, {}};
    if (disclosure_of(state_, event) != Disclosure::whole) return visitor_.object(out);
    out.attributes = attributes_of(id, type);
    std::set<std::pair<std::string, std::string>> seen;
    for (const Reference& reference : references_of(state_, event)) {
      if (reference.id != id.value && !entity_type(state_, reference.id).empty()) {
        relate(out.relations, seen, reference.id, reference.field);
      }
    }
    visitor_.object(out);
  }

  void take_event(const LoggedEvent& logged) {
    const EventId id = logged.id(state_);
    const schema::Event::Reader event = logged.event->get();
    const CatalogueRow* row = logged.event->row();
    if (row == nullptr || !may_be_told(*row) || !state_.in_force(id)) return;
    if (!scope_.has(event.getProgramme(), logged.day())) return;
    if (!scope_.audit_work && is_audit_work(static_cast<std::uint16_t>(row->type))) return;
    if (disclosure_of(state_, event) != Disclosure::whole) return;
    OcelEvent out;
    out.id = to_string(id);
    out.type = row->name;
    out.seq = logged.seq;
    out.time = occurred_at(logged.day(), event.getOccurredMinute());
    out.attributes = attributes_of(logged, id);
    if (may_name(state_, event.getActor())) out.actor = event.getActor();
    relations_of(out, id, event);
    visitor_.event(out);
  }

 private:
  static void relate(std::vector<OcelRelation>& relations,
                     std::set<std::pair<std::string, std::string>>& seen, std::uint64_t id,
                     const std::string& qualifier) {
    std::string object = id_text(id);
    if (seen.emplace(object, qualifier).second) relations.push_back({object, qualifier});
  }
  void relations_of(OcelEvent& out, EventId id, schema::Event::Reader event) const {
    std::set<std::pair<std::string, std::string>> seen;
    const auto add = [&](std::uint64_t object, const std::string& qualifier) {
      if (object != 0 && !entity_type(state_, object).empty()) {
        relate(out.relations, seen, object, qualifier);
      }
    };
    add(id.value, "self");
    for (const Reference& reference : references_of(state_, event)) {
      add(reference.id, reference.field);
    }
    add(event.getProgramme(), "programme");
    add(event.getSite(), "site");
    add(event.getOrganisation(), "organisation");
    add(event.getActor(), "actor");
  }

  std::vector<OcelAttribute> attributes_of(const LoggedEvent& logged, EventId id) const;
  std::vector<OcelAttribute> attributes_of(EventId id, std::string_view type) const;

  const State& state_;
  const Scope& scope_;
  OcelVisitor& visitor_;
};

std::vector<OcelAttribute> Walk::attributes_of(const LoggedEvent& logged, EventId id) const {
  std::vector<OcelAttribute> out;
  out.push_back({"seq", static_cast<std::int64_t>(logged.seq.value)});
  out.push_back({"recorded", logged.received});
  out.push_back({"device", static_cast<std::int64_t>(device_of(id).value)});
  const auto rows = state_.facts.rows_of(id);
  if (rows.count == 0) return out;
  const FactRow first = state_.facts.row(rows.first);
  std::int64_t quantity = 0;
  std::int64_t amount = 0;
  std::int64_t minutes = 0;
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const FactRow row = state_.facts.row(rows.first + i);
    quantity += row.quantity;
    amount += row.amount_fen;
    minutes += row.minutes;
  }
  if (first.kind != kNoText) out.push_back({"kind", symbol_text(state_, first.kind)});
  if (first.attr != kNoText) out.push_back({"attr", symbol_text(state_, first.attr)});
  out.push_back({"quantity", quantity});
  if (minutes != 0) out.push_back({"minutes", minutes});
  if (amount != 0) out.push_back({"amount_fen", amount});
  return out;
}

std::vector<OcelAttribute> Walk::attributes_of(EventId id, std::string_view type) const {
  std::vector<OcelAttribute> out;
  out.push_back({"in_force", state_.in_force(id)});
  const auto text = [&](std::string_view name, std::string value) {
    if (!value.empty()) out.push_back({name, std::move(value)});
  };
  if (type == "organisation") {
    if (const Organisation* each = state_.organisation(OrganisationId{id.value})) {
      text("kind", symbol_text(state_, each->kind));
      text("name", each->name);
    }
  } else if (type == "site") {
    if (const Site* each = state_.site(SiteId{id.value})) {
      text("kind", symbol_text(state_, each->category));
      text("name", each->name);
    }
  } else if (type == "contract") {
    if (const Contract* each = state_.contracts.find(ContractId{id.value})) {
      text("name", each->number);
      out.push_back({"amount_fen", each->signed_amount.value});
    }
  } else if (type == "fund") {
    if (const Fund* each = state_.funds.find(FundId{id.value})) {
      text("kind", std::string(name_of_fund_kind(each->kind)));
      text("name", each->name);
    }
  } else if (type == "call") {
    if (const Call* each = state_.calls.find(CallId{id.value})) {
      text("kind", std::string(name_of_call_kind(each->kind)));
      text("name", each->title);
    }
  } else if (type == "order") {
    if (const Order* each = state_.orders.find(OrderId{id.value})) {
      text("kind", symbol_text(state_, each->kind));
    }
  } else if (type == "session") {
    if (const Session* each = state_.sessions.find(SessionId{id.value})) {
      text("kind", symbol_text(state_, each->kind));
    }
  } else if (type == "programme") {
    if (const Programme* each = state_.programme(ProgrammeId{id.value})) {
      text("kind", symbol_text(state_, each->code));
    }
  }
  return out;
}

}  // namespace

std::vector<OcelAttributeType> ocel_event_attributes() {
  return {{"seq", OcelKind::integer},     {"recorded", OcelKind::time},
          {"device", OcelKind::integer},  {"kind", OcelKind::text},
          {"attr", OcelKind::text},       {"quantity", OcelKind::integer},
          {"minutes", OcelKind::integer}, {"amount_fen", OcelKind::integer}};
}

std::vector<OcelAttributeType> ocel_object_attributes() {
  return {{"in_force", OcelKind::boolean},
          {"kind", OcelKind::text},
          {"name", OcelKind::text},
          {"amount_fen", OcelKind::integer}};
}

std::vector<std::string> ocel_event_types() {
  std::vector<std::string> out;
  for (const CatalogueRow& row : kCatalogue) {
    if (may_be_told(row)) out.emplace_back(row.name);
  }
  return out;
}

std::vector<std::string> ocel_object_types() {
  std::vector<std::string> out;
  for (const CatalogueRow& row : kCatalogue) {
    const std::string type(entity_type_of(static_cast<std::uint16_t>(row.type)));
    if (!type.empty() && std::find(out.begin(), out.end(), type) == out.end()) out.push_back(type);
  }
  return out;
}

Result<void> walk_ocel(const State& state, const EventSource& source, TreeSize end,
                       const Scope& scope, OcelVisitor& visitor) {
  Walk walk(state, scope, visitor);
  HOUNIAO_TRY(source.each(Seq{0}, end, [&](const LoggedEvent& event) {
    walk.take_object(event);
    return !visitor.stopped();
  }));
  if (visitor.stopped()) return {};
  visitor.objects_end();
  return source.each(Seq{0}, end, [&](const LoggedEvent& event) {
    walk.take_event(event);
    return !visitor.stopped();
  });
}

}  // namespace houniao::exports
