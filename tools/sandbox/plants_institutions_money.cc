// Plants of A35 (over-coverage) and A36 (amount patterns).
#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox::institutions {
namespace {

constexpr std::uint32_t kRegion = 440'402;

SiteId open_place(Sower& s, const std::string& name) {
  Yard& yard = s.yard;
  return entity_cast<SiteId>(yard.admin->add(
      yard.opened, [name, by = yard.centre, from = yard.opened, scope = yard.scope](Body body) {
        auto p = body.initSiteOpened();
        p.setCategory("station");
        p.setName(name);
        p.setRegion(kRegion);
        p.setOperator(by.value);
        p.setFromDay(from.value);
        p.setScope(scope.value);
      }));
}

// A contract for one place.
ContractId contract_for(Sower& s, SiteId place, std::int64_t fen, std::int64_t units) {
  Yard& yard = s.yard;
  const PackContract terms = yard.contract_terms(on(2024, 2, 1), on(2025, 1, 31), fen, units);
  EventDraft draft = yard.payer->draft(terms.from);
  draft.body = [=, buyer = yard.league, with = yard.contractor, fund = yard.fund](Body body) {
    auto c = body.initContractSigned();
    c.setNumber(terms.number);
    c.setBuyer(buyer.value);
    c.initContractors(1).set(0, with.value);
    c.setAmountFen(fen);
    c.initFunds(1).set(0, fund.value);
    auto line = c.initDeliverables(1)[0];
    line.setCode(terms.deliverables.front().code);
    line.setKind(terms.deliverables.front().kind);
    line.setUnit(terms.deliverables.front().unit);
    line.setQuantity(units);
    line.setUnitPriceFen(fen / units);
    c.setFromDay(terms.from.value);
    c.setToDay(terms.to.value);
    c.setLocation(place.value);
  };
  return entity_cast<ContractId>(yard.payer->add(std::move(draft)));
}

std::vector<PersonId> people(Sower& s, int count, SiteId residence = {}) {
  std::vector<PersonId> out;
  for (int i = 0; i < count; ++i) out.push_back(s.person(on(2024, 2, 5), residence));
  return out;
}

// One visit to each of them.
std::vector<EventId> visit(Sower& s, const std::vector<PersonId>& persons, ContractId contract,
                           Day first = on(2024, 3, 4)) {
  std::vector<EventId> out;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    stage::ServiceDraft draft;
    draft.kind = "home_visit";
    draft.persons = {persons[i]};
    draft.minutes = 40;
    draft.staff = s.yard.chief;
    draft.contract = contract;
    out.push_back(stage::deliver_service(
        s.desk(), days_after(first, static_cast<std::int64_t>(i / 4)), draft));
  }
  return out;
}

PersonId tagged(Sower& s, const std::string& tag) {
  EventDraft draft = s.desk().draft(on(2024, 2, 5));
  const stage::Identity identity = s.yard.company.identities.person(true);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [tag](Body body) {
    auto p = body.initPersonRegistered();
    p.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
    p.setVerification(schema::PersonRegistered::Verification::SEEN);
    p.initTags(1).set(0, tag);
  };
  return entity_cast<PersonId>(s.desk().add(std::move(draft)));
}

// A programme below the yard's for persons with one tag.
ProgrammeId programme_for(Sower& s, const std::string& code, const std::string& tag) {
  Yard& yard = s.yard;
  return entity_cast<ProgrammeId>(
      yard.admin->add(yard.opened, [code, tag, parent = yard.programme, from = yard.opened,
                                    to = yard.today, scope = yard.scope](Body body) {
        auto p = body.initProgrammeOpened();
        p.setCode(code);
        p.setParent(parent.value);
        p.setPurpose("for a group of people");
        p.setRegion(kRegion);
        p.setFromDay(from.value);
        p.setToDay(to.value);
        p.setTargetGroup(tag);
        p.setScope(scope.value);
      }));
}

EventId report_figure(Sower& s, const std::string& figure, std::int64_t persons) {
  return s.desk().add(on(2024, 12, 20), [=](Body body) {
    auto f = body.initFigureReported();
    f.setFigure(figure);
    f.setPhrase("服务" + std::to_string(persons) + "人");
    f.setValue(persons);
    f.setComparator("=");
    f.setUnit("人");
    f.setAsOfDay(on(2024, 12, 20).value);
    f.setToWhom("press");
  });
}

// --- A36 ----------------------------------------------------------------------------------------

struct Bill {
  Day day;
  std::int64_t fen = 0;
};
// Every bill asked for, approved on both rungs and paid, the payments in the order of the bills.
Result<std::vector<EventId>> pay_all(Yard& yard, OrganisationId payee,
                                     const std::vector<Bill>& bills) {
  std::vector<RequestId> requests;
  for (const Bill& bill : bills) {
    stage::RequestDraft draft;
    draft.fund = yard.fund;
    draft.fen = bill.fen;
    draft.purpose = "service";
    draft.payee = payee;
    draft.region = kRegion;
    requests.push_back(stage::request_money(*yard.requester, bill.day, draft));
  }
  HOUNIAO_TRY(yard.settle());
  for (std::size_t i = 0; i < bills.size(); ++i) {
    stage::approve_request(*yard.approver, days_after(bills[i].day, 1), requests[i], 1);
  }
  HOUNIAO_TRY(yard.settle());
  for (std::size_t i = 0; i < bills.size(); ++i) {
    stage::approve_request(*yard.second_approver, days_after(bills[i].day, 1), requests[i], 2);
  }
  HOUNIAO_TRY(yard.settle());
  std::vector<EventId> paid;
  for (std::size_t i = 0; i < bills.size(); ++i) {
    paid.push_back(stage::pay_request(*yard.payer, days_after(bills[i].day, 2), requests[i],
                                      bills[i].fen, payee));
  }
  HOUNIAO_TRY(yard.settle());
  return paid;
}

std::vector<EventId> invoices(Yard& yard, const std::string& uscc,
                              const std::vector<std::int64_t>& amounts) {
  std::vector<EventId> out;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const Day day = days_after(on(2024, 2, 1), static_cast<std::int64_t>(i) * 2);
    out.push_back(event_of(
        stage::record_invoice(*yard.payer, day, uscc, std::to_string(48'170'001 + i), amounts[i])));
  }
  return out;
}

}  // namespace

Result<void> plant_a35(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 35);
  const SiteId small = open_place(s, "小村");
  const SiteId large = open_place(s, "大村");
  const SiteId same = open_place(s, "山村");
  const ProgrammeId deaf = programme_for(s, "s_deaf", "deaf");
  const ProgrammeId veterans = programme_for(s, "s_veterans", "veteran");
  HOUNIAO_TRY(yard.settle());
  const ContractId of_small = contract_for(s, small, 1'500'000, 30);
  const ContractId of_large = contract_for(s, large, 1'500'000, 30);
  const ContractId of_same = contract_for(s, same, 1'500'000, 30);
  HOUNIAO_TRY(yard.settle());

  visit(s, people(s, 5, small), of_small);
  s.fraud("五口人的小村，合同服务了三十个不同的人",
          "a hamlet of five, and the contract served thirty different people",
          visit(s, people(s, 25), of_small, on(2024, 4, 1)));
  {
    const stage::Elsewhere there(s.desk(), yard.scope, {}, deaf);
    visit(s, {tagged(s, "deaf"), tagged(s, "deaf"), tagged(s, "deaf")}, {});
    s.fraud("面向三名听障者的项目，服务了二十五个不同的人",
            "a programme for three deaf people served twenty-five",
            visit(s, people(s, 22), {}, on(2024, 4, 1)));
  }
  s.fraud("上报服务三百万人，记录里没有这么多人",
          "three million persons reported, more than everybody in the records",
          {report_figure(s, "S35", 3'000'000)});

  s.honest("大村居民三十人，服务了其中三十人和两名新搬来的",
           "a village of thirty, thirty of them served and two who had just moved in", [&] {
             std::vector<PersonId> served = people(s, 30, large);
             for (const PersonId mover : people(s, 2)) served.push_back(mover);
             return visit(s, served, of_large);
           }());
  {
    const stage::Elsewhere there(s.desk(), yard.scope, {}, veterans);
    std::vector<PersonId> group;
    for (int i = 0; i < 24; ++i) group.push_back(tagged(s, "veteran"));
    s.honest("面向退役军人的项目，服务的都是退役军人",
             "a programme for veterans, and all whom it served are", visit(s, group, {}));
  }
  const std::vector<PersonId> six = people(s, 6, same);
  std::vector<EventId> again;
  for (int week = 0; week < 5; ++week) {
    for (const EventId id : visit(s, six, of_same, days_after(on(2024, 3, 4), week * 7))) {
      again.push_back(id);
    }
  }
  s.honest("六位老人每周探访，三十人次", "six people visited every week, thirty person-times",
           again);
  s.honest("上报服务三十人", "thirty persons reported", {report_figure(s, "S2", 30)});
  return yard.settle();
}

Result<void> plant_a36(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 36);
  std::string round_code, repeat_code, odd_code, rent_code, made_up, grown, donor_code, early_code;
  const OrganisationId round = yard.body("supplier", "整数商行", &round_code, "91");
  const OrganisationId repeat = yard.body("supplier", "重复商行", &repeat_code, "91");
  const OrganisationId odd = yard.body("supplier", "零售商行", &odd_code, "91");
  const OrganisationId landlord = yard.body("supplier", "房屋出租方", &rent_code, "91");
  yard.body("supplier", "票据商行", &made_up, "91");
  yard.body("supplier", "日用商行", &grown, "91");
  const OrganisationId donor = yard.body("social_organisation", "缴款服务社", &donor_code);
  const OrganisationId early = yard.body("social_organisation", "捐赠服务社", &early_code);
  HOUNIAO_TRY(yard.settle());

  auto rounds = pay_all(yard, round,
                        {{on(2024, 3, 4), 800'000},
                         {on(2024, 4, 8), 1'200'000},
                         {on(2024, 5, 13), 500'000},
                         {on(2024, 7, 1), 2'000'000},
                         {on(2024, 8, 5), 900'000},
                         {on(2024, 9, 9), 1'500'000}});
  if (!rounds) return rounds.error();
  s.fraud("无合同付给一家商行的六笔全是整千元",
          "six payments without a contract, all whole thousands", *rounds);
  auto repeats = pay_all(yard, repeat,
                         {{on(2024, 6, 3), 483'617},
                          {on(2024, 6, 4), 483'617},
                          {on(2024, 6, 6), 483'617},
                          {on(2024, 6, 7), 483'617}});
  if (!repeats) return repeats.error();
  s.fraud("五天内四次付出同一金额", "one amount is paid four times within five days", *repeats);
  std::vector<std::int64_t> below;
  for (int i = 0; i < 120; ++i) below.push_back(480'000 + (i * 7'919) % 19'000);
  s.fraud("一家开的一百二十张票据都在四千八百到五千元之间",
          "a hundred and twenty invoices of one issuer, all between 4,800 and 5,000 yuan",
          invoices(yard, made_up, below));
  const EventId deposit =
      stage::receive_money(*yard.payer, on(2024, 4, 1), yard.fund, donor, 2'137'400);
  HOUNIAO_TRY(yard.settle());
  const ContractId won = yard.contract(on(2024, 4, 15), on(2024, 12, 15), 7'200'000, 120, donor);
  s.fraud("签约前两周承接方向同一资金缴款",
          "two weeks before the contract its contractor pays into the same fund",
          {deposit, event_of(won)});

  auto odds = pay_all(yard, odd,
                      {{on(2024, 3, 4), 813'260},
                       {on(2024, 4, 8), 300'000},
                       {on(2024, 5, 13), 547'199},
                       {on(2024, 7, 1), 1'903'420},
                       {on(2024, 8, 5), 76'850},
                       {on(2024, 9, 9), 1'499'005}});
  if (!odds) return odds.error();
  s.honest("六笔零散金额，只有一笔整数", "six odd amounts, one of them round", *odds);
  std::vector<Bill> months;
  for (int month = 3; month <= 8; ++month) months.push_back({on(2024, month, 5), 500'000});
  auto rent = pay_all(yard, landlord, months);
  if (!rent) return rent.error();
  s.honest("每月五千元房租", "rent of 5,000 yuan every month", *rent);
  std::vector<std::int64_t> growing;
  std::int64_t amount = 10'070;
  for (int i = 0; i < 120; ++i) {
    growing.push_back(amount);
    amount = amount * 108 / 100;
    if (amount > 90'000'000) amount = 10'390;
  }
  s.honest("一百二十张金额大小不一的日用品票据", "a hundred and twenty invoices of every size",
           invoices(yard, grown, growing));
  const EventId gift =
      stage::receive_money(*yard.payer, on(2024, 1, 10), yard.fund, early, 1'318'700);
  HOUNIAO_TRY(yard.settle());
  const ContractId later = yard.contract(on(2024, 9, 2), on(2025, 3, 1), 7'200'000, 120, early);
  s.honest("八个月前捐过款，之后竞争中选", "a donation eight months before the contract",
           {gift, event_of(later)});
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
