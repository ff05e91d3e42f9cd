// The money: what the district League gives insures the students and buys nothing else; what
// sponsors give buys the goods for which points are redeemed.
#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

constexpr std::uint32_t kRegion = 420'111;
constexpr std::int64_t kPremiumFen = 2'000;  // of one student for a year

struct Policy {
  const char* number;
  CivilDate from;
  CivilDate to;
  bool second_cohort_only;
};
constexpr std::array<Policy, 4> kPolicies = {
    {{"PA-2021-1201", {2021, 12, 1}, {2022, 11, 30}, false},
     {"PA-2022-1201", {2022, 12, 1}, {2023, 11, 30}, false},
     {"PA-2023-1020", {2023, 10, 20}, {2023, 11, 30}, true},
     {"PA-2023-1201", {2023, 12, 1}, {2024, 11, 30}, false}}};

RequestId ask(Story& story, Day when, const stage::RequestDraft& draft) {
  Tablet& branch = *story.cast.branch;
  const stage::Elsewhere at(branch, story.company.scope("finance"));
  return stage::request_money(branch, when, draft);
}

Result<void> settle(Story& story, Day when, const stage::RequestDraft& draft) {
  const RequestId request = ask(story, when, draft);
  HOUNIAO_TRY(story.cast.branch->sync(kSyncTimeout));
  return stage::approve_and_pay(
      {story.cast.league_officer, story.cast.league_secretary, story.cast.finance},
      days_after(when, 1), request, draft);
}

}  // namespace

Result<void> open_funds(Story& story) {
  Tablet& finance = *story.cast.finance;
  for (const PackFund& fund : story.pack().funds) {
    const FundId id = stage::establish_fund(finance, fund, story.district);
    if (fund.code == "league_special") story.special_money = id;
    if (fund.code == "reward_goods") story.reward_money = id;
  }
  return finance.sync(kSyncTimeout);
}

Result<void> insure_students(Story& story, int number) {
  const Policy& policy = kPolicies[static_cast<std::size_t>(number)];
  const Day from = to_day(policy.from);
  stage::CoverDraft cover;
  cover.policy_number = policy.number;
  cover.insurer = "accident insurer";
  cover.to = to_day(policy.to);
  cover.fund = story.special_money;
  for (University& university : story.universities) {
    for (Student& student : university.students) {
      if (policy.second_cohort_only && student.insured != kNever) continue;
      cover.insured.push_back(student.volunteer);
      if (student.insured == kNever) student.insured = from;
    }
  }
  const std::int64_t premium = static_cast<std::int64_t>(cover.insured.size()) * kPremiumFen;
  cover.premium_fen = premium;

  // Paid before it begins.
  Tablet& finance = *story.cast.finance;
  const Day billed = days_after(from, -16);
  stage::receive_money(finance, days_after(from, -30), story.special_money, story.district,
                       premium);
  stage::allocate_money(finance, days_after(from, -28), story.special_money, story.programme,
                        premium);
  stage::RequestDraft bill;
  bill.fund = story.special_money;
  bill.fen = premium;
  bill.purpose = "accident_insurance";
  bill.payee = story.insurer;
  bill.region = kRegion;
  bill.invoice = stage::record_invoice(finance, billed, story.insurer_uscc,
                                       "2100" + std::to_string(number + 1), premium);
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  // The policy is entered with the bill that it is for.
  bill.pays_for = {stage::cover_volunteers(*story.cast.branch, from, cover)};
  HOUNIAO_TRY(settle(story, days_after(billed, 2), bill));
  story.tell("团区委专项经费为 " + std::to_string(cover.insured.size()) +
             " 名学生投保，先保险后服务 / the League's special money insures " +
             std::to_string(cover.insured.size()) + " students before they serve");
  return {};
}

Result<void> buy_rewards(Story& story) {
  constexpr std::int64_t kGoodsFen = 1'860'000;
  struct Goods {
    const char* name;
    std::int64_t quantity;
    std::int64_t value_fen;
  };
  constexpr std::array kGoods = {Goods{"towel", 600, 600'000}, Goods{"umbrella", 300, 660'000},
                                 Goods{"notebook", 600, 600'000}};
  Tablet& finance = *story.cast.finance;
  stage::receive_money(finance, on(2021, 11, 3), story.reward_money, story.supplier, kGoodsFen);
  stage::allocate_money(finance, on(2021, 11, 4), story.reward_money, story.programme, kGoodsFen);
  stage::RequestDraft bill;
  bill.fund = story.reward_money;
  bill.fen = kGoodsFen;
  bill.purpose = "reward_goods";
  bill.payee = story.supplier;
  bill.region = kRegion;
  bill.invoice =
      stage::record_invoice(finance, on(2021, 11, 8), story.supplier_uscc, "33070001", kGoodsFen);
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  for (const Goods& goods : kGoods) {
    story.goods.push_back(entity_cast<AssetId>(
        story.cast.kiosk->add(on(2021, 11, 22), [goods, fund = story.reward_money](stage::Body b) {
          auto a = b.initAssetRecorded();
          a.setKind("reward_goods");
          a.setName(goods.name);
          a.setQuantity(goods.quantity);
          a.setValueFen(goods.value_fen);
          a.setFund(fund.value);
        })));
  }
  HOUNIAO_TRY(story.cast.kiosk->sync(kSyncTimeout));
  for (const AssetId goods : story.goods) bill.pays_for.push_back(EventId{goods.value});
  HOUNIAO_TRY(settle(story, on(2021, 11, 10), bill));

  // The special money is for insurance: refreshments asked for from it stay held.
  stage::RequestDraft refreshments;
  refreshments.fund = story.special_money;
  refreshments.fen = 120'000;
  refreshments.purpose = "refreshments";
  refreshments.payee = story.supplier;
  refreshments.region = kRegion;
  const EventId held{ask(story, on(2021, 12, 20), refreshments).value};
  story.kept_held.push_back(held);
  HOUNIAO_TRY(story.cast.branch->sync(kSyncTimeout));
  auto status = story.cast.branch->device().status(held);
  if (!status) return status.error();
  story.tell("专项经费用途外申请：" + std::string(name_zh(*status)) +
             " / special money asked for refreshments: " + std::string(name(*status)));
  return {};
}

}  // namespace houniao::programme_d
