// A03, A04: work that two contracts pay for.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;

constexpr std::int64_t kFen = 300'000;  // of one contract
constexpr std::int64_t kUnits = 30;
constexpr std::int64_t kPrice = kFen / kUnits;

ContractId contract(Yard& yard, OrganisationId with = {}) {
  return yard.contract(day(yard, 10), day(yard, 500), kFen, kUnits, with);
}

// `count` visits to different people for a contract, in one week.
Ids deliver(Yard& yard, int worker, std::int64_t first, int count, ContractId of,
            const std::vector<std::pair<FundId, std::uint16_t>>& shares = {}) {
  Ids out;
  for (int i = 0; i < count; ++i) {
    Visit draft;
    draft.stamp = stamp_of(yard, worker, day(yard, first + i));
    draft.persons = {yard.person(worker, day(yard, first - 1))};
    draft.staff = yard.workers[worker];
    draft.contract = of;
    draft.shares = shares;
    out.push_back(visit(draft));
  }
  return out;
}

Result<void> plant_bills(Yard& yard, Plants& out) {
  const ContractId own = contract(yard);
  const ContractId other = contract(yard, yard.rival);
  const ContractId again = contract(yard);
  const ContractId shared[] = {contract(yard), contract(yard, yard.rival),
                               contract(yard, yard.supplier)};
  HOUNIAO_TRY(yard.settle());
  const Ids twice = deliver(yard, 0, 100, 3, own);
  const Ids same = deliver(yard, 1, 100, 2, again);
  const Ids halves = deliver(yard, 2, 107, 2, {}, {{yard.fund, 500}, {yard.lottery, 500}});
  HOUNIAO_TRY(yard.settle());
  claim(yard, day(yard, 130), own, 3, twice);
  claim(yard, day(yard, 130), again, 2, same);
  claim(yard, day(yard, 130), shared[0], 2, halves);
  claim(yard, day(yard, 131), shared[1], 2, halves);
  HOUNIAO_TRY(yard.settle());
  const MilestoneId second = claim(yard, day(yard, 160), other, 3, twice);
  const MilestoneId repeated = claim(yard, day(yard, 161), again, 2, same);
  const MilestoneId third = claim(yard, day(yard, 162), shared[2], 2, halves);
  fraud(out, 3, "同一批探访先在本单位合同、后在另一单位合同中计费",
        "the same visits are billed under one body's contract and then under another's",
        {event_of(second)});
  fraud(out, 3, "同一合同下把两次探访再报一次",
        "two visits are claimed a second time under the same contract", {event_of(repeated)});
  fraud(out, 3, "两家各出一半的探访，第三份合同又计一次",
        "visits that two sides pay by halves are billed under a third contract", {event_of(third)});
  return yard.settle();
}

Result<void> plant_proper_bills(Yard& yard, Plants& out) {
  const ContractId half = contract(yard);
  const PackContract terms = yard.contract_terms(day(yard, 10), day(yard, 500), kFen, kUnits);
  const ContractId other_half =
      stage::sign_contract(*yard.payer, terms, yard.league, yard.rival, yard.lottery);
  const ContractId refused = contract(yard);
  const ContractId partly = contract(yard, yard.rival);
  HOUNIAO_TRY(yard.settle());
  const Ids halves = deliver(yard, 0, 200, 2, {}, {{yard.fund, 500}, {yard.lottery, 500}});
  const Ids redone = deliver(yard, 1, 200, 2, refused);
  const Ids three = deliver(yard, 2, 205, 3, partly);
  HOUNIAO_TRY(yard.settle());
  Ids co_financed = halves;
  co_financed.push_back(event_of(claim(yard, day(yard, 230), half, 2, halves)));
  co_financed.push_back(event_of(claim(yard, day(yard, 231), other_half, 2, halves)));
  honest(out, 3, "两个资金事前约定各出一半，两份合同各计一半",
         "two funds agreed on halves beforehand, and two contracts bill one half each",
         std::move(co_financed));

  const MilestoneId first = claim(yard, day(yard, 230), refused, 2, redone);
  const MilestoneId partial = claim(yard, day(yard, 230), partly, 3, three);
  HOUNIAO_TRY(yard.settle());
  review(yard, day(yard, 240), first, 0, 2, 0);
  review(yard, day(yard, 240), partial, 2, 1, 2 * kPrice);
  HOUNIAO_TRY(yard.settle());
  Ids corrected = redone;
  corrected.push_back(event_of(claim(yard, day(yard, 260), refused, 2, redone)));
  honest(out, 3, "第一次验收全部退回，补齐材料后重新提交",
         "the first review refused everything; the units are claimed again once put right",
         std::move(corrected));
  honest(out, 3, "三个单元中一个被拒，整改后单独重报",
         "one of three units was refused and is claimed again by itself once put right",
         {event_of(claim(yard, day(yard, 261), partly, 1, {three[2]})), three[2]});
  return yard.settle();
}

struct Double {
  PersonId person;
  std::int64_t on = 0;
  ContractId first;
  ContractId second;
};

// One visit by each of two workers on one day, at these minutes; -1 leaves the time open.
Ids both_visit(Yard& yard, const Double& of, int first_minute, int second_minute,
               const std::string& second_kind = "home_visit") {
  return {yard.service(0, day(yard, of.on), of.person, "home_visit", first_minute, 60, of.first),
          yard.service(1, day(yard, of.on), of.person, second_kind, second_minute, 60, of.second)};
}

}  // namespace

Result<void> plant_a03(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_bills(yard, out));
  return plant_proper_bills(yard, out);
}

Result<void> plant_a04(Yard& yard, std::vector<Plant>& out) {
  const ContractId one = contract(yard);
  const ContractId two = contract(yard, yard.rival);
  HOUNIAO_TRY(yard.settle());
  const auto person = [&] { return yard.person(0, day(yard, 50)); };
  fraud(out, 4, "两家机构同一上午各记一次对同一老人的探访，时间重叠",
        "two bodies record a visit to one old person on the same morning at overlapping times",
        both_visit(yard, {person(), 110, one, two}, 9 * 60, 9 * 60 + 20));
  fraud(out, 4, "两家机构同一天各记一次探访，都不写时间",
        "two bodies record a visit to one person on the same day, neither with a time",
        both_visit(yard, {person(), 112, one, two}, -1, -1));
  const PersonId often = person();
  Ids week;
  for (int i = 0; i < 4; ++i) {
    for (const EventId event :
         both_visit(yard, {often, 115 + 7 * i, one, two}, 15 * 60, 15 * 60 + 40)) {
      week.push_back(event);
    }
  }
  fraud(out, 4, "一个月里每周同一时段由两份合同各计一次",
        "for a month two contracts count the same hour of every week", std::move(week));

  honest(out, 4, "上午一家送餐探访，下午另一家入户探访，时间不重叠",
         "one body visits in the morning and the other in the afternoon",
         both_visit(yard, {person(), 120, one, two}, 9 * 60, 15 * 60));
  honest(out, 4, "同一合同两名社工一同上门，同属一份合同",
         "two workers of one contract visit together",
         both_visit(yard, {person(), 122, one, one}, 10 * 60, 10 * 60));
  honest(out, 4, "一家探访，另一家在电话里做心理辅导，服务种类不同",
         "one body visits while the other counsels by phone: another kind of service",
         both_visit(yard, {person(), 124, one, two}, 10 * 60, 10 * 60 + 15, "counselling"));
  return yard.settle();
}

}  // namespace houniao::sandbox
