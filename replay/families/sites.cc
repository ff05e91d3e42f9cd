#include "replay/families/sites.h"

#include <algorithm>

#include "replay/admission.h"
#include "replay/dispatch.h"
#include "replay/statements.h"
#include "schema/codec.h"

namespace houniao {

namespace {

using Status = schema::SiteStatusChanged::Status;
using Condition = schema::AssetReturned::Condition;

// A hundred thousand square kilometres; more is a typing error.
constexpr std::uint64_t kAreaDm2Max = 10'000'000'000'000;

std::string_view name_of(Status status) {
  switch (status) {
    case Status::OPEN:
      return "open";
    case Status::CLOSED:
      return "closed";
    case Status::CHANGED:
      return "changed";
  }
  return "other";
}

std::string_view name_of(Condition condition) {
  switch (condition) {
    case Condition::GOOD:
      return "good";
    case Condition::DAMAGED:
      return "damaged";
    case Condition::LOST:
      return "lost";
  }
  return "other";
}

std::string region_text(std::uint32_t region) {
  return region == 0 ? std::string{} : std::to_string(region);
}

// Adds the reasons for an asset that is named; nullptr when it is not in the state.
const Asset* check_asset(const State& state, AssetId id, Reasons& reasons) {
  const Asset* asset = state.sites.find_asset(id);
  if (asset == nullptr) {
    not_found(state, id.value, reasons);
    return nullptr;
  }
  reasons.add_if(state.is_retracted(EventId{id.value}), Reason::target_retracted);
  return asset;
}

void check_borrower(const State& state, std::uint64_t id, Reasons& reasons) {
  reasons.add_if(id == 0, Reason::value_invalid);
  if (state.organisation(OrganisationId{id}) != nullptr || state.staff(StaffId{id}) != nullptr) {
    return;
  }
  check_known_person(state, PersonId{id}, reasons);
}

}  // namespace

bool SitesState::is_open(SiteId id, Day day) const {
  const Site* site = find(id);
  if (site == nullptr || day < site->from) return false;
  bool open = true;
  for (const SiteStatusEntry& entry : site->statuses) {
    if (day < entry.from || day > entry.to) continue;
    if (static_cast<Status>(entry.status) == Status::CLOSED) open = false;
    if (static_cast<Status>(entry.status) == Status::OPEN) open = true;
  }
  return open;
}

std::int64_t Asset::open_loans(std::uint64_t borrower) const {
  const auto lent = std::count_if(loans.begin(), loans.end(),
                                  [&](const Loan& loan) { return loan.borrower == borrower; });
  const auto back = std::count_if(returns.begin(), returns.end(), [&](const AssetReturn& item) {
    return item.borrower == borrower;
  });
  return std::max<std::int64_t>(lent - back, 0);
}

std::int64_t stock_left(const State& state, const Asset& asset) {
  return asset.available() - state.volunteers.points.redeemed_of(asset.id);
}

void Asset::settle() {
  out = lost = damaged = 0;
  std::vector<std::uint64_t> borrowers;
  for (const Loan& loan : loans) borrowers.push_back(loan.borrower);
  std::sort(borrowers.begin(), borrowers.end());
  borrowers.erase(std::unique(borrowers.begin(), borrowers.end()), borrowers.end());
  for (std::uint64_t borrower : borrowers) out += open_loans(borrower);
  for (const AssetReturn& item : returns) {
    if (static_cast<Condition>(item.condition) == Condition::LOST) ++lost;
    if (static_cast<Condition>(item.condition) == Condition::DAMAGED) ++damaged;
  }
}

// --- SiteOpened --------------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::SiteOpened::Reader body,
           Reasons& reasons) {
  check_known_organisation(state, OrganisationId{body.getOperator()}, reasons);
  reasons.add_if(ScopeId{body.getScope()} == kScopeLog, Reason::scope_reserved);
  for (auto hours : body.getHours()) {
    reasons.add_if(hours.getWeekday() < 1 || hours.getWeekday() > 7 || hours.getToMinute() > 1440 ||
                       hours.getToMinute() < hours.getFromMinute(),
                   Reason::interval_invalid);
  }
}

void apply(State& state, const EventContext& context, schema::SiteOpened::Reader body) {
  Site site;
  site.id = entity_cast<SiteId>(context.id);
  site.category = state.intern(to_view(body.getCategory()));
  site.name = to_view(body.getName());
  site.address = to_view(body.getAddress());
  site.region = body.getRegion();
  site.latitude_e7 = body.getLatitudeE7();
  site.longitude_e7 = body.getLongitudeE7();
  site.radius_m = body.getRadiusM();
  site.area_dm2 = body.getAreaDm2();
  for (auto room : body.getRooms()) {
    if (__builtin_add_overflow(site.capacity, room.getCapacity(), &site.capacity)) {
      site.capacity = std::numeric_limits<std::uint32_t>::max();
    }
  }
  for (auto hours : body.getHours()) {
    const unsigned weekday = hours.getWeekday();
    if (weekday >= 1 && weekday <= 7) {
      site.open_weekdays = static_cast<std::uint8_t>(site.open_weekdays | (1u << (weekday - 1)));
    }
  }
  site.operated_by = OrganisationId{body.getOperator()};
  for (std::uint64_t keeper : body.getKeepers()) site.keepers.push_back(keeper);
  site.from = Day{body.getFromDay()};
  site.scope = ScopeId{body.getScope()};

  FactRow row = start_row(context);
  row.kind = site.category;
  row.attr = state.intern(region_text(site.region));
  row.quantity = static_cast<std::int64_t>(std::min<std::uint64_t>(site.area_dm2, kAreaDm2Max));
  row.site = context.id.value;
  row.subject = context.id.value;
  row.day = body.getFromDay();
  state.facts.add(row);

  if (site.scope) {
    insert_sorted(state.programmes.scopes[site.scope], context.id);
    wake(state, wait_key(site.scope));
  }
  state.sites.sites.insert_or_assign(site.id, std::move(site));
}

// --- SiteStatusChanged -------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::SiteStatusChanged::Reader body,
           Reasons& reasons) {
  const SiteId id{body.getSite()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_site(state, id, reasons);
  check_known_organisation(state, OrganisationId{body.getOperator()}, reasons);
  check_interval(Day{body.getInterval().getFromDay()}, Day{body.getInterval().getToDay()}, reasons);
}

void apply(State& state, const EventContext& context, schema::SiteStatusChanged::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(name_of(body.getStatus()));
  row.site = body.getSite();
  row.subject = body.getSite();
  row.day = body.getInterval().getFromDay();
  if (body.getStatus() == Status::CLOSED) row.flags |= kFactEnded;
  state.facts.add(row);
  auto at = state.sites.sites.find(SiteId{body.getSite()});
  if (at == state.sites.sites.end()) return;
  SiteStatusEntry entry;
  entry.event = context.id;
  entry.status = static_cast<std::uint16_t>(body.getStatus());
  entry.from = Day{body.getInterval().getFromDay()};
  entry.to = Day{body.getInterval().getToDay()};
  entry.operated_by = OrganisationId{body.getOperator()};
  entry.area_dm2 = body.getAreaDm2();
  std::vector<SiteStatusEntry>& list = at->second.statuses;
  list.insert(std::upper_bound(list.begin(), list.end(), entry,
                               [](const SiteStatusEntry& a, const SiteStatusEntry& b) {
                                 return a.from != b.from ? a.from < b.from : a.event < b.event;
                               }),
              entry);
}

// --- assets ------------------------------------------------------------------------------------

void admit(const State&, const EventContext&, schema::AssetRecorded::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getQuantity() <= 0 || body.getValueFen() < 0, Reason::value_invalid);
}

void apply(State& state, const EventContext& context, schema::AssetRecorded::Reader body) {
  Asset asset;
  asset.id = entity_cast<AssetId>(context.id);
  asset.kind = state.intern(to_view(body.getKind()));
  asset.quantity = std::max<std::int64_t>(body.getQuantity(), 0);
  asset.value_fen = body.getValueFen();
  FactRow row = start_row(context);
  row.kind = asset.kind;
  row.group = context.id.value;
  row.quantity = asset.quantity;
  row.amount_fen = asset.value_fen;
  state.facts.add(row);
  if (context.provisional) return;
  asset.name = to_view(body.getName());
  asset.fund = FundId{body.getFund()};
  asset.lendable = body.getLendable();
  state.sites.assets.insert_or_assign(asset.id, std::move(asset));
}

void admit(const State& state, const EventContext& context, schema::AssetLent::Reader body,
           Reasons& reasons) {
  if (const Asset* asset = check_asset(state, AssetId{body.getAsset()}, reasons);
      asset != nullptr) {
    reasons.add_if(!asset->lendable, Reason::not_lendable);
    // I9: a copy has one holder. Of two claims on the last one the record that comes first wins.
    reasons.add_if(stock_left(state, *asset) <= 0, Reason::nothing_to_lend);
  }
  check_borrower(state, body.getBorrower(), reasons);
  check_interval(context.occurred, Day{body.getDueDay()}, reasons);
}

void apply(State& state, const EventContext& context, schema::AssetLent::Reader body) {
  FactRow row = start_row(context);
  row.subject = body.getBorrower();
  row.group = body.getAsset();
  auto at = state.sites.assets.find(AssetId{body.getAsset()});
  if (at != state.sites.assets.end()) row.kind = at->second.kind;
  state.facts.add(row);
  if (at == state.sites.assets.end()) return;
  insert_by_event(at->second.loans, Loan{context.id, body.getBorrower(), Day{body.getDueDay()}});
  at->second.settle();
}

void admit(const State& state, const EventContext&, schema::AssetReturned::Reader body,
           Reasons& reasons) {
  if (const Asset* asset = check_asset(state, AssetId{body.getAsset()}, reasons);
      asset != nullptr) {
    reasons.add_if(asset->open_loans(body.getBorrower()) == 0, Reason::not_borrowed);
  }
  check_borrower(state, body.getBorrower(), reasons);
}

void apply(State& state, const EventContext& context, schema::AssetReturned::Reader body) {
  FactRow row = start_row(context);
  row.subject = body.getBorrower();
  row.group = body.getAsset();
  row.attr = state.intern(name_of(body.getCondition()));
  row.flags |= kFactEnded;
  auto at = state.sites.assets.find(AssetId{body.getAsset()});
  if (at != state.sites.assets.end()) row.kind = at->second.kind;
  state.facts.add(row);
  if (context.provisional || at == state.sites.assets.end()) return;
  insert_by_event(at->second.returns, AssetReturn{context.id, body.getBorrower(),
                                                  static_cast<std::uint16_t>(body.getCondition())});
  at->second.settle();
}

// --- retraction --------------------------------------------------------------------------------

void take_back_sites(State& state, EventId event, EventType type) {
  switch (type) {
    case schema::Event::Body::SITE_OPENED: {
      const Site* site = state.site(entity_cast<SiteId>(event));
      if (site == nullptr) return;
      auto at = state.programmes.scopes.find(site->scope);
      if (at == state.programmes.scopes.end()) return;
      std::erase(at->second, event);
      if (at->second.empty()) state.programmes.scopes.erase(at);
      return;
    }
    case schema::Event::Body::SITE_STATUS_CHANGED:
      for (auto& [id, site] : state.sites.sites) {
        if (erase_event(site.statuses, event)) return;
      }
      return;
    case schema::Event::Body::ASSET_LENT:
    case schema::Event::Body::ASSET_RETURNED:
      for (auto& [id, asset] : state.sites.assets) {
        if (!erase_event(asset.loans, event) && !erase_event(asset.returns, event)) continue;
        asset.settle();
        return;
      }
      return;
    default:
      return;
  }
}

}  // namespace houniao
