// A30: orders that are dropped, always won by one party, done at once, accepted by those who did
// them or without asking whoever asked.
#include "tests/unit/replay/families/orders_world.h"
#include "tests/unit/replay/rules/conduct_bench.h"

namespace houniao::testing {
namespace {

class InstitutionsOrders : public OrdersWorld {
 protected:
  using Opinion = schema::OrderReviewed::Opinion;

  EventId drop(EventId party) {
    const EventId order = post();
    const EventId of_party = claim(order, party);
    assign(order, of_party);
    return withdraw(field, order, of_party);
  }
  // Two compete; the one that is named first gets it.
  EventId contest(EventId winner, EventId loser, const std::string& kind, EventId contract = {}) {
    const EventId order = post({.kind = kind, .contract = contract});
    const EventId first = claim(order, winner);
    claim(order, loser);
    return assign(order, first);
  }
  EventId at_second(EventId order, EventId of_claim, bool done, std::int64_t second,
                    schema::Source source = schema::Source::DEVICE) {
    return log.add(supervisor, [&](Body e) {
      e.setSource(source);
      e.setRecordedAtMs(e.getRecordedAtMs() + second * 1'000);
      if (done) {
        auto body = e.initBody().initOrderFulfilled();
        body.setOrder(order.value);
        body.setResult("done");
      } else {
        auto body = e.initBody().initOrderAssigned();
        body.setOrder(order.value);
        body.setClaim(of_claim.value);
      }
    });
  }
  EventId review(EventId order, Opinion opinion, std::vector<std::uint64_t> panel = {}) {
    return log.add(supervisor, [&](Body e) {
      auto body = e.initBody().initOrderReviewed();
      body.setOrder(order.value);
      body.setAccepted(true);
      body.setOpinion(opinion);
      auto list = body.initPanel(static_cast<unsigned>(panel.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, panel[i]);
    });
  }
  // As if nothing had been captured by the device itself: only what is about the clock is asked.
  std::vector<rules::Anomaly> ask() const {
    std::vector<rules::Anomaly> out;
    for (const rules::Anomaly& anomaly : ask_rule(log, "A30")) {
      if (!says(anomaly, "seconds")) out.push_back(anomaly);
    }
    return out;
  }
};

TEST_F(InstitutionsOrders, APartyThatDropsMostOfWhatItTookIsDoubted) {
  const EventId first = drop(a);
  drop(a);
  EXPECT_TRUE(ask().empty());
  drop(a);
  drop(b);
  for (int i = 0; i < 3; ++i) done_by(b);
  const auto found = ask();
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  expect_complete(found[0], 30);
  EXPECT_EQ(found[0].subject, a.value);
  EXPECT_TRUE(names(found[0], first));
}

TEST_F(InstitutionsOrders, OneWinnerOfEveryContestIsDoubtedWithTheContractsAtRisk) {
  const EventId fund = establish_fund();
  const EventId contract = sign_contract(organisation(""), a, fund, {});
  std::vector<EventId> wins;
  for (int i = 0; i < 5; ++i) wins.push_back(contest(a, b, "painting", contract));
  for (int i = 0; i < 6; ++i) i % 2 == 0 ? contest(a, b, "repair") : contest(b, a, "repair");
  for (int i = 0; i < 6; ++i) done_by(a, {.kind = "braille"});
  const auto found = ask();
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, wins);
  EXPECT_EQ(found[0].subject, a.value);
  EXPECT_EQ(found[0].at_risk.value, 100'000) << "one contract, however many orders name it";
}

TEST_F(InstitutionsOrders, DoneWithinSecondsIsDoubtedOnlyByTheDevicesOwnClock) {
  const auto given = [&](std::int64_t seconds, schema::Source source) {
    const EventId order = post();
    const EventId of_party = claim(order, a);
    at_second(order, of_party, false, 0, source);
    return at_second(order, {}, true, seconds, source);
  };
  given(3'600, schema::Source::DEVICE);
  given(5, schema::Source::IMPORTED);
  given(5, schema::Source::TYPED);
  EXPECT_TRUE(ask_rule(log, "A30").empty());
  const EventId hasty = given(5, schema::Source::DEVICE);
  const auto found = ask_rule(log, "A30");
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_TRUE(names(found[0], hasty));
  EXPECT_EQ(found[0].subject, a.value);
}

TEST_F(InstitutionsOrders, AMemberOfThePerformerOnThePanelIsDoubtedAndAFormerOneIsNot) {
  const EventId insider = person();
  const EventId former = person();
  join(insider, a);
  join(former, a);
  next_day();
  join(former, a, false);
  next_day();
  const EventId own = review(done_by(a), Opinion::NONE, {insider.value});
  review(done_by(a), Opinion::NONE, {former.value});
  const auto found = ask();
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, std::vector<EventId>{own});
  EXPECT_EQ(found[0].subject, insider.value);
}

TEST_F(InstitutionsOrders, ResidentsWhoAreNotAskedAreCountedForTheReviewer) {
  const PostOptions asked{.requester = person().value};
  review(done_by(a, asked), Opinion::SATISFIED);
  review(done_by(a), Opinion::NONE);
  std::vector<EventId> silent;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(ask().empty());
    silent.push_back(review(done_by(a, asked), Opinion::NONE));
  }
  const auto found = ask();
  ASSERT_EQ(found.size(), 1u) << texts_of(found);
  EXPECT_EQ(found[0].events, silent);
}

TEST_F(InstitutionsOrders, CanaryARetractedOrderCountsForNothing) {
  const EventId fund = establish_fund();
  receive(fund, 1'000);
  std::vector<EventId> orders;
  for (int i = 0; i < 5; ++i) {
    const EventId order = post({.kind = "painting"});
    const EventId first = claim(order, a);
    claim(order, b);
    assign(order, first);
    orders.push_back(order);
  }
  ASSERT_EQ(ask().size(), 1u);
  retract(orders[0]);
  EXPECT_TRUE(ask().empty()) << "four contests are too few";
}

}  // namespace
}  // namespace houniao::testing
