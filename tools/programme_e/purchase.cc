// Twenty-three townships buy the services of community shops in 2017: each with a fund of its own,
// a contract, an advance, a year of activities and services, acceptance, and the rest of the money.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

constexpr std::int64_t kYuan = 100;
constexpr int kActivities = 40;
constexpr std::int64_t kActivityYuan = 2'000;
constexpr int kServices = 20;
constexpr std::uint32_t kPeople = 25;  // served by one service
constexpr std::size_t kFirstContractor = 36;
constexpr const char* kPurpose = "community_youth_service";

struct Purchase {
  Buyer buyer;
  OrganisationId contractor;
  std::uint32_t region = 0;
  SiteId shop;
  PackContract terms;
  ContractId contract;
  std::vector<EventId> units;
  MilestoneId milestone;
};

// What all the contracts have in common, for an amount in thousands of yuan.
PackContract terms_for(std::size_t serial, std::int64_t thousands) {
  PackContract terms;
  terms.number = "CZ-SQD-2017-" + std::to_string(serial + 1);
  terms.amount_fen = thousands * 1'000 * kYuan;
  terms.advance_fen = terms.amount_fen * 3 / 10;
  terms.from = on(2017, 1, 16);
  terms.to = on(2017, 12, 20);
  const std::int64_t rest = thousands * 1'000 - kActivities * kActivityYuan;
  const std::int64_t people = std::int64_t{kServices} * kPeople;
  terms.deliverables = {
      {"activities", "shop_activity", "session", kActivities, kActivityYuan * kYuan},
      {"services", "shop_service", "person_time", people, rest * kYuan / people}};
  return terms;
}

std::vector<Purchase> sign_all(Story& s) {
  Dice dice = s.company.dice.fork("purchase");
  const auto thousands = dice.split(s.numbers.purchase_thousands, s.buyers.size());
  std::vector<Purchase> out;
  for (std::size_t i = 0; i < s.buyers.size(); ++i) {
    Purchase p;
    p.buyer = s.buyers[i];
    p.contractor = s.early(kFirstContractor + i).id;
    p.region = s.districts[i % kDistricts].region;
    p.shop = s.shops[i % s.shops.size()];
    p.terms = terms_for(i, thousands[i]);
    receive_money(*s.finance, on(2017, 1, 10), p.buyer.fund, p.buyer.township, p.terms.amount_fen);
    p.contract = sign_contract(*s.finance, p.terms, p.buyer.township, p.contractor, p.buyer.fund);
    allocate_money(*s.finance, on(2017, 1, 18), p.buyer.fund, s.programme, p.terms.amount_fen,
                   p.contract);
    out.push_back(std::move(p));
  }
  return out;
}

// Asks for one payment of every contract and takes all of them through the offices together.
Result<void> pay_all(Story& s, Day when, const std::vector<Purchase>& purchases, bool advance) {
  const Elsewhere books(*s.clerk, s.scope("finance"));
  std::vector<std::pair<RequestId, stage::RequestDraft>> asked;
  for (const Purchase& p : purchases) {
    stage::RequestDraft draft;
    draft.fund = p.buyer.fund;
    draft.fen = advance ? p.terms.advance_fen : p.terms.amount_fen - p.terms.advance_fen;
    draft.purpose = kPurpose;
    draft.payee = p.contractor;
    draft.region = p.region;
    draft.contract = p.contract;
    draft.milestone = p.milestone;
    draft.advance = advance;
    asked.emplace_back(request_money(*s.clerk, when, draft), draft);
  }
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) approve_request(*s.officer, days_after(when, 2), id, 1);
  HOUNIAO_TRY(s.officer->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) approve_request(*s.secretary, days_after(when, 4), id, 2);
  HOUNIAO_TRY(s.secretary->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) {
    pay_request(*s.finance, days_after(when, 6), id, draft.fen, draft.payee);
  }
  return s.finance->sync(kSyncTimeout);
}

// The day of the i-th of n deliveries of the contract's year.
Day delivered_on(int i, int n) { return days_after(on(2017, 2, 20), std::int64_t{i} * 265 / n); }

void deliver(Story& s, Purchase& p, Dice& dice) {
  Tablet& tablet = *s.shops_desk;
  tablet.site = p.shop;
  for (int i = 0; i < kActivities; ++i) {
    const Day when = delivered_on(i, kActivities);
    const auto people = static_cast<std::uint32_t>(dice.between(15, 45));
    const SessionId session = hold_session(tablet, when,
                                           {.kind = "shop_activity",
                                            .headcount = people,
                                            .method = schema::SessionHeld::CountingMethod::COUNTED,
                                            .from_minute = 18 * 60 + 30,
                                            .to_minute = 20 * 60,
                                            .leader = 0,
                                            .tags = {},
                                            .contract = p.contract,
                                            .planned = {}});
    attend(tablet, when, session, {}, people);
    p.units.push_back(EventId{session.value});
  }
  for (int i = 0; i < kServices; ++i) {
    p.units.push_back(deliver_service(tablet, delivered_on(i, kServices),
                                      {.kind = "shop_service",
                                       .persons = {},
                                       .anonymous = kPeople,
                                       .unit = "person_time",
                                       .minutes = 120,
                                       .staff = {},
                                       .contract = p.contract}));
  }
  tablet.site = {};
}

Result<void> accept_all(Story& s, std::vector<Purchase>& purchases) {
  {
    const Elsewhere books(*s.shops_desk, s.scope("finance"));
    for (Purchase& p : purchases) {
      p.milestone = submit_milestone(*s.shops_desk, on(2017, 11, 21), p.contract, p.terms, p.units);
    }
    HOUNIAO_TRY(s.shops_desk->sync(kSyncTimeout));
  }
  Dice dice = s.company.dice.fork("opinions");
  std::vector<EventId> reviews;
  for (const Purchase& p : purchases) {
    for (std::uint64_t n = 0; n < 12; ++n) {
      survey(*s.officer, on(2017, 11, 26), p.contract.value, n,
             static_cast<int>(dice.between(3, 5)));
    }
    reviews.push_back(
        accept_milestone(*s.officer, on(2017, 11, 28), p.milestone, p.terms, s.officer_staff, 12));
  }
  HOUNIAO_TRY(s.officer->sync(kSyncTimeout));
  for (const EventId review : reviews) {
    publish_notice(*s.officer, on(2017, 11, 29),
                   {.kind = "acceptance",
                    .title = "社区店服务验收",
                    .place = "shops and the township's web site",
                    .subject = review.value,
                    .days = 8,
                    .year = 2017});
  }
  return s.officer->sync(kSyncTimeout);
}

// Third parties look at every contractor.
Result<void> supervise(Story& s, const std::vector<Purchase>& purchases) {
  Dice dice = s.company.dice.fork("supervision");
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    const auto points = static_cast<int>(dice.between(78, 97));
    issue_evaluation(*s.officer, on(2017, 12, 28),
                     {.evaluator = s.third_parties[i % s.third_parties.size()],
                      .subject = purchases[i].contractor,
                      .programme = s.programme,
                      .from = on(2017, 1, 16),
                      .to = on(2017, 12, 20),
                      .grade = points >= 90   ? "excellent"
                               : points >= 80 ? "good"
                                              : "fair",
                      .points = points});
  }
  return s.officer->sync(kSyncTimeout);
}

}  // namespace

Result<void> purchase_services(Story& s) {
  std::vector<Purchase> purchases = sign_all(s);
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  HOUNIAO_TRY(pay_all(s, on(2017, 2, 8), purchases, true));
  Dice dice = s.company.dice.fork("deliveries");
  for (Purchase& p : purchases) deliver(s, p, dice);
  HOUNIAO_TRY(s.shops_desk->sync(kSyncTimeout));
  HOUNIAO_TRY(accept_all(s, purchases));
  HOUNIAO_TRY(pay_all(s, on(2017, 12, 6), purchases, false));
  s.company.tell(std::to_string(purchases.size()) +
                 " 个镇街道购买社区店服务并付清 / townships buy shop services, accept and pay");
  return supervise(s, purchases);
}

}  // namespace houniao::programme_e
