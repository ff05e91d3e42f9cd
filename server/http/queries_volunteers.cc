// Pages of the family volunteers: enrolments, hours, certificates, points, leases, what sites owe,
// and honours. A volunteer goes by the id of the enrolment, as a person goes by its own.
#include <limits>
#include <set>

#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

constexpr Day kFirstDay{std::numeric_limits<std::int32_t>::min()};

// The last day of any cover; none when never insured.
Day insured_through(const State& state, VolunteerId id) {
  Day last;
  if (auto at = state.volunteers.covers.find(id); at != state.volunteers.covers.end()) {
    for (const InsuranceCover& cover : at->second) last = std::max(last, cover.to);
  }
  return last;
}

Json volunteer_json(const State& state, const Volunteer& v, Day today) {
  const VolunteersState& volunteers = state.volunteers;
  return {{"id", id_text(v.id)},
          {"person", id_text(v.person)},
          {"team", id_text(v.team)},
          {"programme", id_text(v.programme)},
          {"referred_by", id_text(v.referred_by)},
          {"enrolled", day_text(v.enrolled)},
          {"skills", symbols(state, v.skills)},
          {"trained", volunteers.is_trained(v.person, today)},
          {"insured", volunteers.is_insured(v.id, today)},
          {"insured_through", day_text(insured_through(state, v.id))},
          {"confirmed_minutes", volunteers.hours.confirmed_minutes(v.id, kFirstDay, kOpenEnd)},
          {"points_balance", volunteers.points.balance(v.id)}};
}

Json hours_json(const State& state, const HoursRecord& h) {
  Json decisions = Json::array();
  for (EventId event : h.decided_by) {
    const HoursDecision* decision = state.volunteers.hours.find_decision(event);
    if (decision == nullptr) continue;
    decisions.push_back({{"event", id_text(event)},
                         {"accepted", decision->accepted},
                         {"refused", decision->refused}});
  }
  return {{"id", id_text(h.id)},
          {"volunteer", id_text(h.volunteer)},
          {"programme", id_text(h.programme)},
          {"duty", id_text(h.duty)},
          {"day", day_text(h.day)},
          {"minutes", h.minutes},
          {"recorder", id_text(h.recorder)},
          {"decisions", std::move(decisions)},
          {"credited_by", ids_text(h.credited_by)}};
}

// A certificate and whose it is.
struct NamedCertificate {
  VolunteerId volunteer;
  const HoursCertificate* certificate = nullptr;
};

Json certificate_json(const State& state, const NamedCertificate& named) {
  const HoursCertificate& c = *named.certificate;
  return {{"id", id_text(c.event)},
          {"volunteer", id_text(named.volunteer)},
          {"from", day_text(c.from)},
          {"to", day_text(c.to)},
          {"minutes", c.minutes},
          {"keeps_i25", state.volunteers.hours.certificates_hold(named.volunteer)}};
}

// An account by what happened to it: available = earned + adjusted - redeemed - set_aside, and
// balance = available + leased. What was redeemed within leases is part of what was set aside.
Json points_json(const State& state, VolunteerId id, const PointsAccount& account) {
  using Kind = PointsEntry::Kind;
  std::int64_t earned = 0;
  std::int64_t adjusted = 0;
  std::int64_t redeemed = 0;
  std::int64_t set_aside = 0;
  for (const PointsEntry& entry : account.entries) {
    const bool leased = entry.kind == Kind::leased || entry.kind == Kind::given_back;
    if (entry.kind == Kind::earned) earned += entry.change();
    if (entry.kind == Kind::adjusted || entry.kind == Kind::settled) adjusted += entry.change();
    if (entry.kind == Kind::online) redeemed -= entry.change();
    if (entry.kind == Kind::handed) redeemed += entry.covered;
    if (leased) set_aside -= entry.change();
  }
  const std::int64_t balance = state.volunteers.points.balance(id);
  return {{"volunteer", id_text(id)},
          {"person", id_text(person_of(state, id))},
          {"balance", balance},
          {"available", account.available},
          {"leased", balance - account.available},
          {"earned", earned},
          {"adjusted", adjusted},
          {"redeemed", redeemed},
          {"set_aside", set_aside},
          {"uncovered", account.uncovered()}};
}

Json lease_json(const PointsLease& l) {
  return {
      {"id", id_text(l.id)},     {"volunteer", id_text(l.volunteer)}, {"device", l.device.value},
      {"site", id_text(l.site)}, {"last_day", day_text(l.last_day)},  {"points", l.points},
      {"spent", l.spent},        {"given_back", l.given_back},        {"left", l.left()},
      {"closed", l.is_closed()}};
}

struct SiteDebt {
  std::int64_t points = 0;
  std::vector<SiteShortage> volunteers;
};

// What every site owes, in one walk over the accounts.
boost::unordered_flat_map<SiteId, SiteDebt> site_debts(const PointsState& points) {
  boost::unordered_flat_map<SiteId, SiteDebt> debts;
  for (const auto& [volunteer, account] : points.accounts) {
    std::set<std::uint64_t> sites;
    for (const PointsEntry& entry : account.entries) {
      if (entry.kind == PointsEntry::Kind::handed) sites.insert(entry.source);
    }
    for (std::uint64_t site : sites) {
      const std::int64_t owed = account.shortage(SiteId{site});
      if (owed <= 0) continue;
      SiteDebt& debt = debts[SiteId{site}];
      debt.points += owed;
      debt.volunteers.push_back({volunteer, owed});
    }
  }
  return debts;
}

Json debt_json(std::uint64_t site, const SiteDebt& debt) {
  std::vector<SiteShortage> sorted = debt.volunteers;
  std::sort(sorted.begin(), sorted.end(),
            [](const SiteShortage& a, const SiteShortage& b) { return a.volunteer < b.volunteer; });
  Json volunteers = Json::array();
  for (const SiteShortage& each : sorted) {
    volunteers.push_back({{"volunteer", id_text(each.volunteer)}, {"points", each.points}});
  }
  return {{"site", id_text(site)}, {"points", debt.points}, {"volunteers", std::move(volunteers)}};
}

struct NamedHonour {
  std::uint64_t recipient = 0;
  Symbol title;
  const Honour* honour = nullptr;
};

Json honour_json(const State& state, const NamedHonour& named) {
  const Honour& h = *named.honour;
  return {{"id", id_text(h.event)},
          {"recipient", id_text(named.recipient)},
          {"title", symbol(state, named.title)},
          {"grade", symbol(state, h.grade)},
          {"issuer", h.issuer},
          {"year", h.year},
          {"day", day_text(h.day)}};
}

// Whether an enrolment is the one asked for, or of the person asked for.
bool is_asked_for(const State& state, VolunteerId id, std::uint64_t volunteer,
                  std::uint64_t person) {
  return fits(volunteer, id) && (person == 0 || fits(person, person_of(state, id)));
}

}  // namespace

Result<Json> volunteers_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t organisation = filters.id("organisation");
  const std::uint64_t person = filters.id("person");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.volunteers.volunteers,
      [&](const Volunteer& v) {
        return fits(programme, v.programme) && fits(organisation, v.team) && fits(person, v.person);
      },
      [&](const Volunteer& v) { return volunteer_json(query.state, v, query.today); });
}

Result<Json> hours_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t volunteer = filters.id("volunteer");
  const std::uint64_t person = filters.id("person");
  const auto decided = filters.flag("decided");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.volunteers.hours.records,
      [&](const HoursRecord& h) {
        return fits(programme, h.programme) && (!decided || *decided == !h.decided_by.empty()) &&
               is_asked_for(query.state, h.volunteer, volunteer, person);
      },
      [&](const HoursRecord& h) { return hours_json(query.state, h); });
}

Result<Json> certificates_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t volunteer = filters.id("volunteer");
  const std::uint64_t person = filters.id("person");
  if (filters.error()) return *filters.error();
  std::vector<NamedCertificate> named;
  for (const auto& [id, certificates] : query.state.volunteers.hours.certificates) {
    if (!is_asked_for(query.state, id, volunteer, person)) continue;
    for (const HoursCertificate& each : certificates) named.push_back({id, &each});
  }
  std::vector<Row<NamedCertificate>> rows;
  for (const NamedCertificate& each : named) rows.push_back({each.certificate->event.value, &each});
  return page_of_events(query, std::move(rows), [&](const NamedCertificate& each) {
    return certificate_json(query.state, each);
  });
}

Result<Json> points_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t volunteer = filters.id("volunteer");
  const std::uint64_t person = filters.id("person");
  if (filters.error()) return *filters.error();
  std::vector<Row<PointsAccount>> rows;
  for (const auto& [id, account] : query.state.volunteers.points.accounts) {
    if (is_asked_for(query.state, id, volunteer, person)) rows.push_back({id.value, &account});
  }
  return page_of_rows(query, std::move(rows), [&](const Row<PointsAccount>& row) {
    return points_json(query.state, VolunteerId{row.id}, *row.item);
  });
}

Result<Json> leases_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t volunteer = filters.id("volunteer");
  const std::uint64_t site = filters.id("site");
  const auto closed = filters.flag("closed");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.volunteers.points.leases,
      [&](const PointsLease& l) {
        return fits(volunteer, l.volunteer) && fits(site, l.site) &&
               (!closed || *closed == l.is_closed());
      },
      lease_json);
}

Result<Json> shortages_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t site = filters.id("site");
  if (filters.error()) return *filters.error();
  const auto debts = site_debts(query.state.volunteers.points);
  std::vector<Row<SiteDebt>> rows;
  for (const auto& [id, debt] : debts) {
    if (fits(site, id)) rows.push_back({id.value, &debt});
  }
  return page_of_rows(query, std::move(rows),
                      [](const Row<SiteDebt>& row) { return debt_json(row.id, *row.item); });
}

Result<Json> honours_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t recipient = filters.id("recipient");
  if (filters.error()) return *filters.error();
  std::vector<NamedHonour> named;
  for (const auto& [key, honours] : query.state.volunteers.honours) {
    if (!fits(recipient, key.first)) continue;
    for (const Honour& each : honours) named.push_back({key.first, key.second, &each});
  }
  std::vector<Row<NamedHonour>> rows;
  for (const NamedHonour& each : named) rows.push_back({each.honour->event.value, &each});
  return page_of_events(query, std::move(rows),
                        [&](const NamedHonour& each) { return honour_json(query.state, each); });
}

}  // namespace houniao::queries
