// A14 contract drift, A15 duties not separated, A16 restricted money.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;

// --- A14 ---------------------------------------------------------------------------------------

EventId amend(Yard& yard, Day when, ContractId contract, std::int64_t fen,
              const std::string& ground = {}, std::int32_t to_day = 0) {
  EventDraft draft = yard.payer->draft(when);
  draft.site = {};
  draft.body = [=, approver = yard.second_approver->actor](Body body) {
    auto a = body.initContractAmended();
    a.setContract(contract.value);
    a.setDeltaFen(fen);
    a.setToDay(to_day);
    a.setReason("the scope of the service changed");
    a.setLegalGround(ground);
    a.setApprover(approver);
  };
  return yard.payer->add(std::move(draft));
}

ContractId sign(Yard& yard, const PackContract& terms, OrganisationId contractor) {
  return stage::sign_contract(*yard.payer, terms, yard.league, contractor, yard.fund);
}

// The same purchase several times.
Ids sign_several(Yard& yard, OrganisationId contractor, const std::vector<Day>& days,
                 std::int64_t fen) {
  Ids out;
  for (const Day from : days) {
    const PackContract terms = yard.contract_terms(from, days_after(from, 90), fen, 1'000);
    out.push_back(event_of(sign(yard, terms, contractor)));
  }
  return out;
}

// --- A15 ---------------------------------------------------------------------------------------

// Engaged at a body and gone from it before the yard's business begins.
StaffId former_staff(Yard& yard, OrganisationId employer, PersonId person) {
  stage::StaffDraft draft;
  draft.employer = employer;
  draft.post = "clerk";
  draft.person = person;
  const StaffId staff = stage::engage(*yard.admin, yard.opened, draft);
  stage::release_staff(*yard.admin, day(yard, 20), staff);
  return staff;
}

// --- A16 ---------------------------------------------------------------------------------------

FundId restricted_fund(Yard& yard, const std::string& code, std::vector<std::string> purposes) {
  PackFund fund;
  fund.code = code;
  fund.label = {"沙盒限定资金 " + code, "restricted money of the sandbox " + code};
  fund.kind = "donation";
  fund.purposes = std::move(purposes);
  fund.regions = {440402};
  fund.from = yard.opened;
  fund.to = yard.today;
  return stage::establish_fund(*yard.payer, fund, yard.league);
}

SiteId site_in(Yard& yard, std::uint32_t region) {
  return entity_cast<SiteId>(yard.admin->add(yard.opened, [&yard, region](Body body) {
    auto s = body.initSiteOpened();
    s.setCategory("station");
    s.setName("沙盒外区站");
    s.setRegion(region);
    s.setAreaDm2(9'000);
    s.setOperator(yard.centre.value);
    s.setFromDay(yard.opened.value);
  }));
}

// A contract of six visits of which the first so many were made at another place.
Result<Ids> deliver_at(Yard& yard, Day from, int outside, SiteId elsewhere) {
  constexpr std::int64_t kPrice = 21'700;
  const ContractId contract = yard.contract(from, days_after(from, 200), 6 * kPrice, 6);
  HOUNIAO_TRY(yard.settle());
  Ids units;
  for (int i = 0; i < 6; ++i) {
    const Day when = days_after(from, 4 + 6 * i);
    deliveries::Visit visit;
    visit.stamp = deliveries::stamp_of(yard, 1, when);
    if (i < outside) visit.stamp.site = elsewhere;
    visit.persons = {yard.person(1, when)};
    visit.staff = yard.workers[1];
    visit.contract = contract;
    units.push_back(deliveries::visit(visit));
  }
  HOUNIAO_TRY(yard.settle());
  const MilestoneId milestone = deliveries::claim(yard, days_after(from, 60), contract, 6, units);
  HOUNIAO_TRY(yard.settle());
  deliveries::review(yard, days_after(from, 66), milestone, 6, 0, 6 * kPrice);
  return units;
}

}  // namespace

Result<void> plant_a14(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 14);
  // A contractor of its own: purchases from one contractor in one year are added up.
  const OrganisationId drifting = yard.body("social_organisation", "沙盒增补承接社");
  HOUNIAO_TRY(yard.settle());
  const ContractId grown = yard.contract(day(yard, 30), day(yard, 300), 9'940'000, 100, drifting);
  const ContractId tenth = yard.contract(day(yard, 31), day(yard, 300), 8'120'000, 100, drifting);
  const ContractId longer = yard.contract(day(yard, 32), day(yard, 200), 7'310'000, 100, drifting);
  const ContractId mistyped =
      yard.contract(day(yard, 33), day(yard, 300), 6'470'000, 100, drifting);
  PackContract padded = yard.contract_terms(day(yard, 34), day(yard, 300), 5'230'000, 100);
  padded.amount_fen += 614'000;
  const ContractId padded_id = sign(yard, padded, drifting);
  PackContract renewed = yard.contract_terms(day(yard, 35), day(yard, 300), 4'150'000, 100);
  const ContractId first_of_number = sign(yard, renewed, drifting);
  const OrganisationId split = yard.body("social_organisation", "沙盒拆分承接社");
  const OrganisationId steady = yard.body("social_organisation", "沙盒续约承接社");
  HOUNIAO_TRY(yard.settle());

  const EventId first = amend(yard, day(yard, 90), grown, 893'000);
  const EventId second = amend(yard, day(yard, 150), grown, 941'000, "紧急增加服务点");
  amend(yard, day(yard, 120), tenth, 812'000);
  amend(yard, day(yard, 130), longer, 0, {}, day(yard, 260).value);
  amend(yard, day(yard, 140), mistyped, 1'941'000, "录入更正");
  amend(yard, day(yard, 141), mistyped, -1'941'000);
  renewed.amount_fen = 5'602'500;
  renewed.deliverables.front().quantity = 135;
  const ContractId second_of_number = sign(yard, renewed, drifting);
  HOUNIAO_TRY(yard.settle());
  stage::decide_held(*yard.second_supervisor, day(yard, 160), event_of(second_of_number), true,
                     "补登记的合同文本");
  HOUNIAO_TRY(yard.settle());
  const Ids cut_up =
      sign_several(yard, split, {day(yard, 40), day(yard, 110), day(yard, 210)}, 78'310'000);
  const Ids yearly = sign_several(yard, steady, {day(yard, 40), day(yard, 410)}, 121'470'000);
  HOUNIAO_TRY(yard.settle());

  key.fraud("同一合同两次补充共近两成，其中一次以“紧急”为由",
            "a contract is supplemented twice by nearly a fifth, once under an urgent ground",
            {second, first});
  key.fraud("合同总价高出交付项合计六千余元，没有变更",
            "a contract's total is above its deliverables by some 6,000 CNY, without an amendment",
            {event_of(padded_id)});
  key.fraud("同一编号重签更高金额的合同代替变更，经裁定放行",
            "a contract is signed again under its number for more money and released by decision",
            {event_of(second_of_number), event_of(first_of_number)});
  key.fraud("同一年向同一承接方分三次采购同类服务，各低于招标限额，合计超过",
            "one purchase is cut into three within a year, each below the tender threshold",
            cut_up);
  key.honest("补充金额恰为原合同的一成", "a supplement of exactly a tenth", {event_of(tenth)});
  key.honest("合同只延长期限，不加钱", "a contract is extended in time only", {event_of(longer)});
  key.honest("补充金额录错后当即全额冲回", "a supplement typed in wrongly is taken back at once",
             {event_of(mistyped)});
  key.honest("两个财政年度各签一份同类合同", "two contracts of one kind in two fiscal years",
             yearly);
  return {};
}

Result<void> plant_a15(Yard& yard, std::vector<Plant>& out) {
  using schema::Role;
  Key key(out, 15);
  const PersonId human = yard.person(0, day(yard, 10));
  const PersonId namesake = yard.person(0, day(yard, 11));
  const PersonId retired = yard.person(0, day(yard, 12));
  HOUNIAO_TRY(yard.settle());
  former_staff(yard, yard.contractor, retired);
  auto as_clerk = office(yard, "sandbox clerk of two", Role::FIELD, yard.centre, human);
  if (!as_clerk) return as_clerk.error();
  auto as_officer = office(yard, "sandbox officer of two", Role::SUPERVISOR, yard.league, human);
  if (!as_officer) return as_officer.error();
  auto other = office(yard, "sandbox namesake", Role::SUPERVISOR, yard.league, namesake);
  if (!other) return other.error();
  auto insider = office(yard, "sandbox insider", Role::SUPERVISOR, yard.contractor);
  if (!insider) return insider.error();
  auto gone = office(yard, "sandbox former insider", Role::SUPERVISOR, yard.league, retired);
  if (!gone) return gone.error();

  const Day when = day(yard, 60);
  const auto ask = [&](Tablet& tablet, std::int64_t fen) {
    return stage::request_money(tablet, when, bill(yard.fund, yard.contractor, fen));
  };
  const RequestId own = ask(*yard.requester, 317'400);
  const RequestId twice = ask(*yard.requester, 402'900);
  const RequestId for_insider = ask(*yard.requester, 288'100);
  const RequestId by_namesake = ask(*yard.requester, 199'300);
  const RequestId by_former = ask(*yard.requester, 176'500);
  const RequestId by_two = ask(**as_clerk, 253'700);
  HOUNIAO_TRY((*as_clerk)->sync(kSyncTimeout));
  HOUNIAO_TRY(yard.settle());
  const EventId own_attempt = stage::approve_request(*yard.requester, when, own, 1);
  stage::approve_request(*yard.approver, when, twice, 1);
  HOUNIAO_TRY(yard.settle());
  const EventId second_rung = stage::approve_request(*yard.approver, days_after(when, 1), twice, 2);
  const EventId same_human = stage::approve_request(**as_officer, days_after(when, 1), by_two, 1);
  const EventId interested = stage::approve_request(**insider, days_after(when, 1), for_insider, 1);
  const EventId by_another = stage::approve_request(**other, days_after(when, 1), by_namesake, 1);
  const EventId no_longer = stage::approve_request(**gone, days_after(when, 1), by_former, 1);
  for (Tablet* tablet : {*as_officer, *insider, *other, *gone}) {
    HOUNIAO_TRY(tablet->sync(kSyncTimeout));
  }
  HOUNIAO_TRY(yard.settle());
  const auto paid = yard.pay(day(yard, 80), bill(yard.fund, yard.supplier, 154'800));
  if (!paid) return paid.error();

  key.fraud("经办人在自己的平板上审批自己的用款申请（被拦下）",
            "a clerk tries to approve their own request; it is held", {own_attempt});
  key.fraud("同一人以两个工号入网，一个申请、一个审批",
            "one human being is engaged twice, asks under one id and approves under the other",
            {same_human, event_of(by_two)});
  key.fraud("收款单位的在职人员审批付给本单位的款项",
            "somebody who works for the payee approves the payment to it", {interested});
  key.fraud("一级审批人又批第二级（被拦下）",
            "whoever approved on the first rung also tries the second; it is held", {second_rung});
  key.honest("申请、两级审批、支付各由不同的人办理",
             "asked for, approved twice and paid by four different people", {event_of(*paid)});
  key.honest("同单位的另一人审批，并非申请人", "a colleague approves, who is another person",
             {by_another, event_of(by_namesake)});
  key.honest("审批人早已离开收款单位", "the approver left the payee long before", {no_longer});
  return {};
}

Result<void> plant_a16(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 16);
  // Payees of their own: what they pay in is put beside everything that they were ever paid.
  std::string codes[2];
  const OrganisationId binder = yard.body("supplier", "沙盒图书供应社", &codes[0], "91");
  const OrganisationId printer = yard.body("supplier", "沙盒印务社", &codes[1], "91");
  const FundId gift = restricted_fund(yard, "gift_books", {"books"});
  const SiteId elsewhere = site_in(yard, 440404);
  const ProgrammeId outside = open_below(yard, "s_outside", 440404);
  const ProgrammeId city = open_below(yard, "s_city", 440400);
  HOUNIAO_TRY(yard.settle());
  stage::receive_money(*yard.payer, day(yard, 20), gift, yard.league, 4'913'700);
  stage::allocate_money(*yard.payer, day(yard, 22), gift, yard.programme, 2'041'300);
  const EventId to_outside =
      stage::allocate_money(*yard.payer, day(yard, 23), gift, outside, 613'900);
  const EventId to_city = stage::allocate_money(*yard.payer, day(yard, 24), gift, city, 518'300);
  HOUNIAO_TRY(yard.settle());

  const RequestId cars = stage::request_money(
      *yard.requester, day(yard, 40), bill(yard.lottery, yard.supplier, 731'400, "office_cars"));
  const RequestId slip = stage::request_money(*yard.requester, day(yard, 41),
                                              bill(gift, yard.supplier, 91'300, "bokks"));
  HOUNIAO_TRY(yard.settle());
  stage::decide_held(*yard.second_supervisor, day(yard, 42), event_of(slip), false,
                     "用途代码录错，请重新申请");
  HOUNIAO_TRY(yard.settle());
  const auto right = yard.pay(day(yard, 43), bill(gift, yard.supplier, 91'300, "books"));
  if (!right) return right.error();
  const auto round_trip = yard.pay(day(yard, 60), bill(gift, binder, 834'600, "books"));
  if (!round_trip) return round_trip.error();
  const auto returned = yard.pay(day(yard, 90), bill(gift, printer, 422'700, "books"));
  if (!returned) return returned.error();
  const EventId came_back =
      stage::receive_money(*yard.payer, day(yard, 85), yard.fund, binder, 801'200);
  const EventId refund = stage::receive_money(*yard.payer, day(yard, 110), gift, printer, 398'100);
  HOUNIAO_TRY(yard.settle());
  auto far = deliver_at(yard, day(yard, 120), 5, elsewhere);
  if (!far) return far.error();
  auto near = deliver_at(yard, day(yard, 130), 1, elsewhere);
  if (!near) return near.error();
  HOUNIAO_TRY(yard.settle());

  key.fraud("福彩公益金申请购买公务用车", "lottery money is asked for to buy office cars",
            {event_of(cars)});
  key.fraud("限本区使用的捐赠款分配给外区项目",
            "a gift restricted to the district is allocated to a programme in another",
            {to_outside});
  key.fraud("购书专款付给供应商后，大部分转回另一资金",
            "money for books is paid to a supplier, who puts most of it into another fund",
            {came_back});
  key.fraud("限本区的合同，多数服务在外区开展",
            "most of a contract's visits are made outside of the district that the money is for",
            {far->begin(), far->begin() + 5});
  key.honest("供应方把多付的款退回同一资金", "a payee gives money back into the same fund",
             {refund});
  key.honest("本区资金分配给含本区的市级项目",
             "the district's money goes to the programme of the city around it", {to_city});
  key.honest("六次探访中一次在邻区进行", "one of six visits is made in the next district", *near);
  key.honest("用途代码录错被驳回，改正后另行申请并支付",
             "a mistyped purpose is refused, asked for again rightly and paid",
             {event_of(slip), event_of(*right)});
  return {};
}

}  // namespace houniao::sandbox
