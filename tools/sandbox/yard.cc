#include "tools/sandbox/yard.h"

#include <utility>

namespace houniao::sandbox {
namespace {

using stage::Body;
using stage::kSyncTimeout;
using stage::on;
using stage::Tablet;

// Amounts that nobody would call round.
constexpr std::int64_t kReceivedFen = 8'273'264'719;
constexpr std::int64_t kAllocatedFen = 4'118'590'283;
constexpr std::int64_t kLotteryFen = 731'604'517;
constexpr std::int64_t kLotteryAllocatedFen = 418'220'639;

// The three stations lie some kilometres from one another along a coast.
struct Place {
  std::int32_t latitude_e7;
  std::int32_t longitude_e7;
};
constexpr std::array<Place, 3> kPlaces = {
    {{222'735'100, 1'135'641'900}, {222'101'700, 1'135'260'300}, {220'986'400, 1'134'822'800}}};
constexpr std::uint32_t kRadiusM = 300;
constexpr std::uint32_t kRoomCapacity = 60;
constexpr std::uint16_t kOpensMinute = 8 * 60;
constexpr std::uint16_t kClosesMinute = 22 * 60;

// Names, numbers and codes of the yard are nobody else's, whatever other programmes have drawn.
constexpr std::uint32_t kIdentitySeries = 1;

void open_programme(Yard& yard) {
  Tablet& admin = *yard.admin;
  const Pack& pack = yard_pack();
  yard.programme = stage::open_programme(admin, pack, pack.code, {}, yard.scope);
  admin.programme = yard.programme;
  stage::publish_pack(admin, pack, yard.programme);
  admin.add(pack.from, [&pack, programme = yard.programme](Body body) {
    auto p = body.initPolicyVersionPublished();
    p.setProgramme(programme.value);
    p.setKind(schema::PolicyVersionPublished::Kind::POINTS);
    p.setVersion(pack.policy.version + 1);
    p.setValidFromDay(pack.from.value);
    p.setMinutesPerPoint(pack.policy.minutes_per_point);
    p.setPointsPerDayMax(pack.policy.points_per_day_max);
    p.setRedemptionModes(pack.policy.redemption_modes);
    p.setTrainingBeforeDuty(pack.policy.training_before_duty);
  });
}

void open_sites(Yard& yard) {
  const Pack& pack = yard_pack();
  HOUNIAO_ASSERT(pack.sites.size() == kPlaces.size());
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const PackSite& site = pack.sites[i];
    const std::uint8_t first_weekday = i == 2 ? 2 : 1;  // the third closes on Mondays
    yard.sites[i] =
        entity_cast<SiteId>(yard.admin->add(yard.opened, [&, i, first_weekday](Body body) {
          auto s = body.initSiteOpened();
          s.setCategory(site.category);
          s.setName(site.label.zh);
          s.setRegion(site.region);
          s.setLatitudeE7(kPlaces[i].latitude_e7);
          s.setLongitudeE7(kPlaces[i].longitude_e7);
          s.setRadiusM(kRadiusM);
          s.setAreaDm2(site.area_dm2);
          auto room = s.initRooms(1)[0];
          room.setName("hall");
          room.setCapacity(kRoomCapacity);
          auto hours = s.initHours(8u - first_weekday);
          for (unsigned day = 0; day < hours.size(); ++day) {
            hours[day].setWeekday(static_cast<std::uint8_t>(first_weekday + day));
            hours[day].setFromMinute(kOpensMinute);
            hours[day].setToMinute(kClosesMinute);
          }
          s.setOperator(yard.centre.value);
          s.initKeepers(1).set(0, yard.workers[i].value);
          s.setFromDay(yard.opened.value);
          s.setScope(yard.scope.value);
        }));
  }
}

}  // namespace

Yard::Yard(stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell)
    : company(yard_pack(), backstage, seed, std::move(tell)),
      opened(yard_pack().from),
      today(yard_pack().to) {
  company.identities = stage::Identities(company.dice.fork("identities"), kIdentitySeries);
  scope = company.scope("yard");
}

OrganisationId Yard::body(const std::string& kind, const std::string& name, std::string* uscc,
                          const std::string& uscc_kind) {
  stage::BodyDraft draft;
  draft.kind = kind;
  draft.name = name;
  draft.level = "district";
  draft.region = company.pack.region;
  draft.uscc = company.identities.uscc(uscc_kind, draft.region);
  const OrganisationId id = stage::register_body(*admin, opened, draft);
  if (uscc != nullptr) {
    *uscc = draft.uscc;
    stage::verify_account(*admin, opened, id, draft.uscc);
  }
  return id;
}

StaffId Yard::staff(OrganisationId employer, const std::string& post, Day from, bool vetted) {
  stage::StaffDraft draft;
  draft.employer = employer;
  draft.post = post;
  const StaffId id = stage::engage(*admin, from, draft);
  for (Day day = from; vetted && day <= today; day = Day{day.value + kVettedAgainDays}) {
    stage::vet_staff(*admin, day, id, "yard-" + std::to_string(++vettings_));
  }
  return id;
}

Result<stage::Tablet*> Yard::enrol(const std::string& label, schema::Role role, StaffId holder,
                                   OrganisationId organisation, SiteId site) {
  const bool is_auditor = role == schema::Role::AUDITOR;
  std::vector<ScopeId> scopes;
  if (!is_auditor) scopes.push_back(scope);
  auto tablet = company.enrol({label, role, std::move(scopes), holder.value, is_auditor});
  if (!tablet) return tablet.error();
  (*tablet)->organisation = organisation;
  (*tablet)->programme = programme;
  (*tablet)->scope = is_auditor ? kScopeCommons : scope;
  (*tablet)->site = site;
  return tablet;
}

Result<void> Yard::found_bodies() {
  league = body("league_body", "沙盒团委", nullptr, "11");
  std::string centre_uscc;
  centre = body("centre", "沙盒青年服务中心", &centre_uscc, "52");
  contractor = body("social_organisation", "沙盒社会工作服务社", &contractor_uscc, "52");
  rival = body("social_organisation", "沙盒公益促进会", &rival_uscc, "52");
  supplier = body("supplier", "沙盒用品供应单位", &supplier_uscc, "91");
  admin->organisation = centre;
  for (StaffId& worker : workers) worker = staff(centre, "social_worker", opened, true);
  chief = staff(centre, "supervisor", opened, true);
  open_sites(*this);
  return admin->sync(kSyncTimeout);
}

Result<void> Yard::enrol_offices() {
  using Role = schema::Role;
  struct Office {
    stage::Tablet** tablet;
    const char* label;
    Role role;
    StaffId holder;
    OrganisationId organisation;
    SiteId site = {};
  };
  const StaffId second_chief = staff(centre, "supervisor", opened, true);
  const StaffId clerk = staff(centre, "clerk", opened);
  const StaffId officer = staff(league, "project_officer", opened);
  const StaffId secretary = staff(league, "secretary", opened);
  const StaffId accountant = staff(league, "accountant", opened);
  const StaffId reader = staff(league, "auditor", opened);
  const StaffId director = staff(centre, "director", opened);
  HOUNIAO_TRY(admin->sync(kSyncTimeout));
  admin->actor = director.value;
  const std::array<Office, 10> offices = {{
      {&field[0], "sandbox field 1", Role::FIELD, workers[0], centre, sites[0]},
      {&field[1], "sandbox field 2", Role::FIELD, workers[1], centre, sites[1]},
      {&field[2], "sandbox field 3", Role::FIELD, workers[2], centre, sites[2]},
      {&supervisor, "sandbox supervisor 1", Role::SUPERVISOR, chief, centre},
      {&second_supervisor, "sandbox supervisor 2", Role::SUPERVISOR, second_chief, centre},
      {&requester, "sandbox requester", Role::SUPERVISOR, clerk, centre},
      {&approver, "sandbox approver 1", Role::SUPERVISOR, officer, league},
      {&second_approver, "sandbox approver 2", Role::SUPERVISOR, secretary, league},
      {&payer, "sandbox payer", Role::FINANCE, accountant, league},
      {&auditor, "sandbox auditor", Role::AUDITOR, reader, league},
  }};
  for (const Office& office : offices) {
    auto tablet = enrol(office.label, office.role, office.holder, office.organisation, office.site);
    if (!tablet) return tablet.error();
    *office.tablet = *tablet;
  }
  return {};
}

Result<void> Yard::found_money() {
  const Pack& pack = yard_pack();
  fund = stage::establish_fund(*payer, *pack.fund("service"), league);
  lottery = stage::establish_fund(*payer, *pack.fund("lottery"), league);
  stage::receive_money(*payer, opened, fund, league, kReceivedFen);
  stage::receive_money(*payer, opened, lottery, league, kLotteryFen);
  stage::allocate_money(*payer, opened, fund, programme, kAllocatedFen);
  stage::allocate_money(*payer, opened, lottery, programme, kLotteryAllocatedFen);
  fund_free_fen = kReceivedFen - kAllocatedFen;
  return payer->sync(kSyncTimeout);
}

Result<void> Yard::found() {
  auto first = enrol("sandbox admin", schema::Role::SUPERVISOR, {}, {}, {});
  if (!first) return first.error();
  admin = *first;
  // A scope is known once a programme or a site names it; the programme itself is in the commons.
  open_programme(*this);
  HOUNIAO_TRY(found_bodies());
  HOUNIAO_TRY(enrol_offices());
  HOUNIAO_TRY(found_money());
  HOUNIAO_TRY(settle());
  company.tell(
      std::to_string(company.tablets().size()) +
      " 台平板入网；沙盒项目、机构、站点与资金建立 / tablets enrolled; the sandbox has its "
      "programme, bodies, sites and money");
  return {};
}

std::vector<stage::Tablet*> Yard::all() const {
  return {admin,    payer,     supervisor, second_supervisor, field[0], field[1],
          field[2], requester, approver,   second_approver,   auditor};
}

Result<void> Yard::settle() {
  // Everything is on its way before the first one is waited for: they push beside each other.
  for (stage::Tablet* tablet : all()) HOUNIAO_TRY(tablet->save());
  for (stage::Tablet* tablet : all()) HOUNIAO_TRY(tablet->sync(kSyncTimeout));
  return {};
}

PersonId Yard::person(int worker, Day when) {
  return stage::register_person(*field[worker], when, company.identities.person(true));
}

VolunteerId Yard::volunteer(Day when) {
  stage::Tablet& tablet = *supervisor;
  const PersonId person =
      stage::register_person(tablet, when, company.identities.person(true), {}, {});
  const VolunteerId id = stage::enrol_volunteer(tablet, when, person, centre, {});
  stage::CoverDraft cover;
  cover.policy_number = "yard-" + std::to_string(++policies_);
  cover.insurer = "insurer of the sandbox";
  cover.insured = {id};
  cover.to = today;
  stage::cover_volunteers(tablet, when, cover);
  return id;
}

ContractId Yard::contract(Day from, Day to, std::int64_t fen, std::int64_t units,
                          OrganisationId with, std::int64_t advance_fen) {
  HOUNIAO_ASSERT(units > 0 && fen % units == 0);
  const PackContract terms = contract_terms(from, to, fen, units, advance_fen);
  const ContractId id = stage::sign_contract(*payer, terms, league, with ? with : contractor, fund);
  stage::allocate_money(*payer, from, fund, programme, fen, id);
  return id;
}

PackContract Yard::contract_terms(Day from, Day to, std::int64_t fen, std::int64_t units,
                                  std::int64_t advance_fen) {
  PackContract terms;
  terms.number = "SX-" + std::to_string(++contracts_);
  terms.fund = "service";
  terms.amount_fen = fen;
  terms.advance_fen = advance_fen;
  terms.from = from;
  terms.to = to;
  terms.deliverables.push_back({"visits", "home_visit", "person_time", units, fen / units});
  return terms;
}

EventId Yard::service(int worker, Day when, PersonId person, const std::string& kind, int minute,
                      std::uint32_t minutes, ContractId contract) {
  EventDraft draft = field[worker]->draft(when);
  draft.site = sites[worker];
  draft.occurred_minute = static_cast<std::int16_t>(minute);
  draft.body = [=, staff = workers[worker]](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind(kind);
    s.initPersons(1).set(0, person.value);
    s.setQuantity(1);
    s.setUnit("person_time");
    s.setMinutes(minutes);
    s.setStaff(staff.value);
    s.setContract(contract.value);
  };
  return field[worker]->add(std::move(draft));
}

Result<PaymentId> Yard::pay(Day when, const stage::RequestDraft& draft) {
  const RequestId request = stage::request_money(*requester, when, draft);
  HOUNIAO_TRY(settle());
  stage::approve_request(*approver, stage::days_after(when, 2), request, 1);
  HOUNIAO_TRY(settle());
  stage::approve_request(*second_approver, stage::days_after(when, 4), request, 2);
  HOUNIAO_TRY(settle());
  const EventId paid =
      stage::pay_request(*payer, stage::days_after(when, 7), request, draft.fen, draft.payee);
  HOUNIAO_TRY(settle());
  return entity_cast<PaymentId>(paid);
}

}  // namespace houniao::sandbox
