// The money: the zone builds, the district buys services, enterprises and the centre share the
// parties. Every step waits for the one before to be in the log, as between different offices.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

constexpr std::uint32_t kRegion = 320'115;

stage::PayOffices offices(const Story& story) {
  return {story.cast.officer, story.cast.secretary, story.cast.finance};
}

// What the clerk asks for is in the money's own scope.
RequestId ask(Story& story, Day when, const stage::RequestDraft& draft) {
  Tablet& clerk = *story.cast.clerk;
  const stage::Elsewhere at(clerk, story.company.scope("finance"));
  return stage::request_money(clerk, when, draft);
}

// Asks for a bill, and pays it when both offices agree.
Result<void> settle(Story& story, Day when, const stage::RequestDraft& draft) {
  const RequestId request = ask(story, when, draft);
  HOUNIAO_TRY(story.cast.clerk->sync(kSyncTimeout));
  return stage::approve_and_pay(offices(story), stage::days_after(when, 2), request, draft);
}

stage::RequestDraft bill(Story& story, Day when, FundId fund, std::int64_t fen,
                         const std::string& purpose, OrganisationId payee, const std::string& uscc,
                         const std::string& number) {
  stage::RequestDraft draft;
  draft.fund = fund;
  draft.fen = fen;
  draft.purpose = purpose;
  draft.payee = payee;
  draft.region = kRegion;
  draft.invoice = stage::record_invoice(*story.cast.finance, when, uscc, number, fen);
  return draft;
}

Result<void> build(Story& story) {
  constexpr std::int64_t kBuilding = 28'000'000;
  constexpr std::int64_t kEquipment = 6'200'000;
  Tablet& finance = *story.cast.finance;
  stage::receive_money(finance, on(2014, 6, 20), story.building, story.zone,
                       kBuilding + kEquipment);
  stage::allocate_money(finance, on(2014, 6, 24), story.building, story.programme,
                        kBuilding + kEquipment);
  auto works = bill(story, on(2014, 7, 25), story.building, kBuilding, "building", story.builder,
                    story.builder_uscc, "11420001");
  auto equipment = bill(story, on(2014, 8, 5), story.building, kEquipment, "equipment",
                        story.builder, story.builder_uscc, "11420002");
  for (stage::RequestDraft* draft : {&works, &equipment}) {
    draft->pays_for = {EventId{story.centre.value}};
  }
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  HOUNIAO_TRY(settle(story, on(2014, 7, 28), works));
  return settle(story, on(2014, 8, 8), equipment);
}

}  // namespace

Result<void> open_funds(Story& story) {
  Tablet& finance = *story.cast.finance;
  for (const PackFund& fund : story.pack().funds) {
    const bool of_district = fund.code == "league_purchase";
    const FundId id =
        stage::establish_fund(finance, fund, of_district ? story.district : story.zone);
    if (fund.code == "building") story.building = id;
    if (fund.code == "league_purchase") story.purchase = id;
    if (fund.code == "party_enterprises") story.party_enterprises = id;
    if (fund.code == "party_centre") story.party_centre = id;
  }
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  return build(story);
}

Result<void> sign_purchase(Story& story) {
  const PackContract& terms = story.pack().contracts.front();
  Tablet& finance = *story.cast.finance;
  stage::receive_money(finance, on(2015, 1, 12), story.purchase, story.district, terms.amount_fen);
  story.contract =
      stage::sign_contract(finance, terms, story.district, story.social_body, story.purchase);
  stage::allocate_money(finance, on(2015, 1, 14), story.purchase, story.programme, terms.amount_fen,
                        story.contract);
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  stage::RequestDraft advance;
  advance.fund = story.purchase;
  advance.fen = terms.advance_fen;
  advance.purpose = "community_service";
  advance.payee = story.social_body;
  advance.region = kRegion;
  advance.contract = story.contract;
  advance.advance = true;
  HOUNIAO_TRY(settle(story, on(2015, 1, 16), advance));
  story.tell(
      "团区委购买社工服务：合同签订，预付款支付 / the district League buys social work: the "
      "contract is signed, its advance paid");
  return {};
}

Result<void> settle_purchase(Story& story) {
  const PackContract& terms = story.pack().contracts.front();
  Tablet& director = *story.cast.director;
  MilestoneId milestone;
  {
    const stage::Elsewhere at(director, story.company.scope("finance"));
    milestone =
        stage::submit_milestone(director, on(2015, 12, 28), story.contract, terms, story.units);
  }
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  stage::accept_milestone(*story.cast.officer, on(2016, 1, 6), milestone, terms, story.officer, 18);
  HOUNIAO_TRY(story.cast.officer->sync(kSyncTimeout));
  stage::RequestDraft rest;
  rest.fund = story.purchase;
  rest.fen = terms.amount_fen - terms.advance_fen;
  rest.purpose = "community_service";
  rest.payee = story.social_body;
  rest.region = kRegion;
  rest.contract = story.contract;
  rest.milestone = milestone;
  HOUNIAO_TRY(settle(story, on(2016, 1, 8), rest));

  // What enterprises gave for parties buys nothing else: the request stays held.
  stage::RequestDraft bonus;
  bonus.fund = story.party_enterprises;
  bonus.fen = 300'000;
  bonus.purpose = "staff_bonus";
  bonus.payee = story.social_body;
  bonus.region = kRegion;
  const EventId held{ask(story, on(2016, 1, 18), bonus).value};
  story.kept_held.push_back(held);
  HOUNIAO_TRY(story.cast.clerk->sync(kSyncTimeout));
  auto status = story.cast.clerk->device().status(held);
  if (!status) return status.error();
  story.tell("联欢会专款用途外申请：" + std::string(name_zh(*status)) +
             " / the parties' money asked for something else: " + std::string(name(*status)));
  return {};
}

Result<void> pay_party(Story& story, Day day, SessionId party, std::int64_t enterprises_fen,
                       std::int64_t centre_fen, int number) {
  Tablet& finance = *story.cast.finance;
  Dice dice = story.company.dice.fork("givers" + std::to_string(number));
  const Day given = stage::days_after(day, -5);
  const auto givers = static_cast<std::size_t>(dice.between(3, 5));
  const std::size_t first = dice.index(kFirms);
  const auto gifts = dice.split(enterprises_fen / 100, givers);
  for (std::size_t i = 0; i < givers; ++i) {
    stage::receive_money(finance, given, story.party_enterprises,
                         story.firms[(first + i) % kFirms].id, gifts[i] * 100);
  }
  stage::receive_money(finance, given, story.party_centre, story.zone, centre_fen);
  stage::allocate_money(finance, given, story.party_enterprises, story.programme, enterprises_fen);
  stage::allocate_money(finance, given, story.party_centre, story.programme, centre_fen);
  const Day billed = stage::days_after(day, 4);
  const std::string serial = "1800" + std::to_string(number);
  auto theirs = bill(story, billed, story.party_enterprises, enterprises_fen, "holiday_party",
                     story.caterer, story.caterer_uscc, serial + "1");
  auto ours = bill(story, billed, story.party_centre, centre_fen, "holiday_party", story.caterer,
                   story.caterer_uscc, serial + "2");
  theirs.pays_for = ours.pays_for = {EventId{party.value}};
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  HOUNIAO_TRY(settle(story, stage::days_after(billed, 1), theirs));
  return settle(story, stage::days_after(billed, 1), ours);
}

}  // namespace houniao::programme_a
