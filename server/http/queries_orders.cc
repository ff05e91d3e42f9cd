// Pages of the family orders: what people ask for and what became of it, and how it was handed out,
// taken, done and accepted.
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json demand_json(const State& state, const Demand& d) {
  Json dispositions = Json::array();
  for (const DemandDisposition& each : d.dispositions) {
    dispositions.push_back({{"event", id_text(each.event)},
                            {"disposition", text(name_of_disposition(each.disposition))},
                            {"day", day_text(each.day)},
                            {"order", id_text(each.order)},
                            {"reason", each.reason}});
  }
  const Day settled = d.settled_on();
  return {{"id", id_text(d.id)},
          {"status", text(name_of(demand_status(state, d)))},
          {"person", id_text(d.person)},
          {"programme", id_text(d.programme)},
          {"category", symbol(state, d.category)},
          {"urgency", text(name_of_urgency(d.urgency))},
          {"channel", symbol(state, d.channel)},
          {"collector", id_text(d.collector)},
          {"day", day_text(d.day)},
          {"settled_on", settled == kStillOpen ? Json(nullptr) : day_text(settled)},
          {"orders", ids_text(d.orders)},
          {"dispositions", std::move(dispositions)}};
}

// `missing`: open demands of the period that the digest does not list (A37), as far as this state
// goes.
Json digest_json(const State& state, const DemandDigest& d) {
  return {{"id", id_text(d.id)},
          {"period", text(name_of_period(d.period))},
          {"programme", id_text(d.programme)},
          {"from", day_text(d.from)},
          {"to", day_text(d.to)},
          {"items", ids_text(d.items)},
          {"missing", ids_text(missing_from_digest(state, d.id))}};
}

Json deliberation_json(const State& state, const Deliberation& d) {
  Json resolutions = Json::array();
  for (const DemandResolution& r : d.resolutions) {
    resolutions.push_back({{"demand", id_text(r.demand)},
                           {"adopted", r.adopted},
                           {"outcome", symbol(state, r.outcome)}});
  }
  return {{"id", id_text(d.id)},
          {"body", id_text(d.body)},
          {"day", day_text(d.day)},
          {"agenda", ids_text(d.agenda)},
          {"attendees", d.attendees.size() + d.anonymous},
          {"resolutions", std::move(resolutions)}};
}

template <class List>
Json shares_json(const List& parties) {
  Json out = Json::array();
  for (const auto& each : parties) {
    out.push_back({{"party", id_text(each.party)}, {"permille", each.permille}});
  }
  return out;
}

Json claims_json(const Order& o) {
  Json out = Json::array();
  for (const OrderClaim& claim : o.claims) {
    out.push_back({{"id", id_text(claim.id)},
                   {"seq", claim.seq.value},
                   {"claimants", shares_json(claim.claimants)},
                   {"withdrawals", ids_text(claim.withdrawals)},
                   {"in_force", claim.in_force()}});
  }
  return out;
}

Json assignments_json(const Order& o) {
  Json out = Json::array();
  const Assignment* in_force = o.assignment_in_force();
  for (const Assignment& each : o.assignments) {
    out.push_back({{"id", id_text(each.id)},
                   {"claim", id_text(each.claim)},
                   {"replaces", id_text(each.replaces)},
                   {"day", day_text(each.day)},
                   {"reason", each.reason},
                   {"in_force", &each == in_force}});
  }
  return out;
}

Json fulfilments_json(const State& state, const Order& o) {
  Json out = Json::array();
  for (const Fulfilment& each : o.fulfilments) {
    out.push_back({{"event", id_text(each.event)},
                   {"day", day_text(each.day)},
                   {"result", symbol(state, each.result)},
                   {"units", ids_text(each.units)}});
  }
  return out;
}

Json reviews_json(const Order& o) {
  Json out = Json::array();
  const OrderReview* in_force = o.last_review();
  for (const OrderReview& each : o.reviews) {
    out.push_back({{"event", id_text(each.event)},
                   {"day", day_text(each.day)},
                   {"accepted", each.accepted},
                   {"opinion", text(name_of_opinion(each.opinion))},
                   {"panel", ids_text(each.panel)},
                   {"reason", each.reason},
                   {"in_force", &each == in_force}});
  }
  return out;
}

Json order_json(const State& state, const Order& o) {
  return {{"id", id_text(o.id)},
          {"status", text(name_of(o.status()))},
          {"programme", id_text(o.programme)},
          {"kind", symbol(state, o.kind)},
          {"mode", text(name_of_order_mode(o.mode))},
          {"rule", text(name_of_order_rule(o.rule))},
          {"requester", id_text(o.requester)},
          {"demands", ids_text(o.demands)},
          {"invited", ids_text(o.invited)},
          {"slots", o.slots},
          {"fund", id_text(o.fund)},
          {"contract", id_text(o.contract)},
          {"posted", day_text(o.posted)},
          {"deadline", day_text(o.deadline)},
          {"physical_risk", o.physical_risk},
          {"with_minors", o.with_minors},
          {"requirements", symbols(state, o.requirements)},
          {"claims", claims_json(o)},
          {"assignments", assignments_json(o)},
          {"withdrawals", ids_text(o.withdrawals)},
          {"fulfilments", fulfilments_json(state, o)},
          {"reviews", reviews_json(o)}};
}

// Whether the party is a claimant of the claim that the order is assigned to.
bool is_assigned_to(const Order& o, std::uint64_t party) {
  if (party == 0) return true;
  const Assignment* assignment = o.assignment_in_force();
  const OrderClaim* claim = assignment == nullptr ? nullptr : o.find_claim(assignment->claim);
  return claim != nullptr && std::any_of(claim->claimants.begin(), claim->claimants.end(),
                                         [&](const Claimant& c) { return c.party == party; });
}

}  // namespace

Result<Json> demands_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t person = filters.id("person");
  const auto category = filters.code("category");
  const std::string status = filters.word(
      "status",
      {"open", "carried", "dispatched", "answered", "resolved", "declined", "merged", "retracted"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.orders.demands.demands,
      [&](const Demand& d) {
        return fits(programme, d.programme) && fits(person, d.person) &&
               fits(category, d.category) &&
               (status.empty() || fits(status, name_of(demand_status(query.state, d))));
      },
      [&](const Demand& d) { return demand_json(query.state, d); });
}

Result<Json> digests_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::string period = filters.word("period", {"day", "week", "month"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.orders.demands.digests,
      [&](const DemandDigest& d) {
        return fits(programme, d.programme) && fits(period, name_of_period(d.period));
      },
      [&](const DemandDigest& d) { return digest_json(query.state, d); });
}

Result<Json> deliberations_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.orders.demands.deliberations,
      [&](const Deliberation& d) { return fits(organisation, d.body); },
      [&](const Deliberation& d) { return deliberation_json(query.state, d); });
}

Result<Json> orders_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t requester = filters.id("requester");
  const std::uint64_t performer = filters.id("performer");
  const auto kind = filters.code("kind");
  const std::string status = filters.word("status", {"posted", "claimed", "assigned", "fulfilled",
                                                     "accepted", "returned", "withdrawn"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.orders.orders,
      [&](const Order& o) {
        return fits(programme, o.programme) && fits(requester, o.requester) && fits(kind, o.kind) &&
               (status.empty() || fits(status, name_of(o.status()))) &&
               is_assigned_to(o, performer);
      },
      [&](const Order& o) { return order_json(query.state, o); });
}

}  // namespace houniao::queries
