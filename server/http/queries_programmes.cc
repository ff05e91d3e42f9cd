// Pages of the families programmes, organisations, sites and workforce: who promised what, who is
// there, and where.
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json programme_json(const State& state, const Programme& p) {
  return {{"id", id_text(p.id)},
          {"code", symbol(state, p.code)},
          {"parent", id_text(p.parent)},
          {"purpose", p.purpose},
          {"region", p.region},
          {"from", day_text(p.from)},
          {"to", day_text(p.to)},
          {"closed_on", day_text(p.closed_on())},
          {"target_group", p.target_group},
          {"partners", ids_text(p.partners)},
          {"scope", p.scope.value}};
}

Json policy_json(const PolicyVersion& p) {
  return {{"id", id_text(p.event)},
          {"programme", id_text(p.programme)},
          {"kind", enum_text<schema::PolicyVersionPublished::Kind>(p.kind)},
          {"version", p.version},
          {"valid_from", day_text(p.valid_from)},
          {"body_sha256", to_hex(p.body_sha256.view())},
          {"approval_levels", p.approval_levels},
          {"near_permille", p.near_permille},
          {"about_permille", p.about_permille},
          {"minutes_per_point", p.minutes_per_point},
          {"points_per_day_max", p.points_per_day_max},
          {"redemption_modes", p.redemption_modes},
          {"training_before_duty", p.training_before_duty}};
}

// The value of a credential stays inside: of a bank account it is a keyed hash.
Json organisation_json(const State& state, const Organisation& o, Day today) {
  Json credentials = Json::array();
  for (const Credential& c : o.credentials) {
    credentials.push_back(
        {{"event", id_text(c.event)},
         {"kind", enum_text<schema::OrganisationCredentialRecorded::Kind>(c.kind)},
         {"issuer", c.issuer},
         {"valid_from", day_text(c.valid_from)},
         {"valid_to", day_text(c.valid_to)}});
  }
  Json elections = Json::array();
  if (auto at = state.organisations.elections.find(o.id);
      at != state.organisations.elections.end()) {
    for (const Election& e : at->second) {
      elections.push_back({{"event", id_text(e.event)},
                           {"day", day_text(e.day)},
                           {"seats", e.seats},
                           {"electorate", e.electorate},
                           {"turnout", e.turnout},
                           {"elected", e.elected.size()}});
    }
  }
  const std::uint16_t status = state.organisations.status_on(o.id, today);
  return {{"id", id_text(o.id)},
          {"kind", symbol(state, o.kind)},
          {"name", o.name},
          {"uscc", o.uscc},
          {"uscc_ok", o.uscc_ok},
          {"level", symbol(state, o.level)},
          {"parent", id_text(o.parent)},
          {"region", o.region},
          {"status", enum_text<schema::OrganisationStatusChanged::Status>(status)},
          {"credentials", std::move(credentials)},
          {"elections", std::move(elections)}};
}

Json agreement_json(const Agreement& a, Day today) {
  return {{"id", id_text(a.id)},         {"parties", ids_text(a.parties)},
          {"fields", a.fields_covered},  {"from", day_text(a.from)},
          {"to", day_text(a.to)},        {"ended_on", day_text(end_day(a.endings))},
          {"runs", a.in_force_on(today)}};
}

Json site_json(const State& state, const Site& s, Day today) {
  return {{"id", id_text(s.id)},
          {"category", symbol(state, s.category)},
          {"name", s.name},
          {"region", s.region},
          {"area_dm2", s.area_dm2},
          {"capacity", s.capacity},
          {"operated_by", id_text(s.operated_by)},
          {"from", day_text(s.from)},
          {"open", state.sites.is_open(s.id, today)},
          {"scope", s.scope.value}};
}

// Who has a thing on loan is personal and stays inside.
Json asset_json(const State& state, const Asset& a) {
  return {{"id", id_text(a.id)},
          {"kind", symbol(state, a.kind)},
          {"name", a.name},
          {"quantity", a.quantity},
          {"available", std::max<std::int64_t>(stock_left(state, a), 0)},
          {"out", a.out},
          {"lost", a.lost},
          {"damaged", a.damaged},
          {"redeemed", state.volunteers.points.redeemed_of(a.id)},
          {"value_fen", a.value_fen},
          {"fund", id_text(a.fund)},
          {"lendable", a.lendable}};
}

// What a vetting found is sensitive (PIPL 28) and stays inside.
Json staff_json(const State& state, const Staff& s, Day today) {
  Json placements = Json::array();
  for (const Placement& p : s.placements) {
    placements.push_back({{"event", id_text(p.event)},
                          {"site", id_text(p.site)},
                          {"purpose", symbol(state, p.purpose)},
                          {"from", day_text(p.from)},
                          {"to", day_text(p.to)}});
  }
  return {{"id", id_text(s.id)},
          {"person", id_text(s.person)},
          {"employer", id_text(s.employer)},
          {"full_time", s.full_time},
          {"channel", symbol(state, s.channel)},
          {"post", symbol(state, s.post)},
          {"qualification", symbol(state, s.qualification)},
          {"contract", id_text(s.contract)},
          {"fund", id_text(s.fund)},
          {"from", day_text(s.from)},
          {"released_on", day_text(end_day(s.releases))},
          {"engaged", s.engaged_on(today)},
          {"placements", std::move(placements)}};
}

}  // namespace

Result<Json> programmes_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t parent = filters.id("parent");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.programmes.programmes,
      [&](const Programme& p) { return fits(parent, p.parent); },
      [&](const Programme& p) { return programme_json(query.state, p); });
}

Result<Json> policies_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  if (filters.error()) return *filters.error();
  std::vector<Row<PolicyVersion>> rows;
  for (const PolicyVersion& policy : query.state.programmes.policies) {
    if (fits(programme, policy.programme)) rows.push_back({policy.event.value, &policy});
  }
  return page_of_events(query, std::move(rows), policy_json);
}

Result<Json> organisations_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t parent = filters.id("parent");
  const auto kind = filters.code("kind");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.organisations.organisations,
      [&](const Organisation& o) { return fits(parent, o.parent) && fits(kind, o.kind); },
      [&](const Organisation& o) { return organisation_json(query.state, o, query.today); });
}

Result<Json> agreements_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.organisations.agreements,
      [&](const Agreement& a) { return fits_any(organisation, a.parties); },
      [&](const Agreement& a) { return agreement_json(a, query.today); });
}

Result<Json> sites_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  const auto category = filters.code("category");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.sites.sites,
      [&](const Site& s) {
        return fits(organisation, s.operated_by) && fits(category, s.category);
      },
      [&](const Site& s) { return site_json(query.state, s, query.today); });
}

Result<Json> assets_page(const Query& query) {
  Filters filters(query);
  const auto kind = filters.code("kind");
  const std::uint64_t fund = filters.id("fund");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.sites.assets,
      [&](const Asset& a) { return fits(kind, a.kind) && fits(fund, a.fund); },
      [&](const Asset& a) { return asset_json(query.state, a); });
}

Result<Json> staff_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  const std::uint64_t person = filters.id("person");
  const std::uint64_t site = filters.id("site");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.workforce.staff,
      [&](const Staff& s) {
        const bool placed =
            site == 0 || std::any_of(s.placements.begin(), s.placements.end(),
                                     [&](const Placement& p) { return fits(site, p.site); });
        return fits(organisation, s.employer) && fits(person, s.person) && placed;
      },
      [&](const Staff& s) { return staff_json(query.state, s, query.today); });
}

}  // namespace houniao::queries
