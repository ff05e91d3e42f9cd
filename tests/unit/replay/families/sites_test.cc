#include <gtest/gtest.h>

#include "replay/families/sites.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using Status = schema::SiteStatusChanged::Status;
using Condition = schema::AssetReturned::Condition;

class Sites : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});

  EventId set_status(EventId site, Status status, Day from, Day to) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initSiteStatusChanged();
      body.setSite(site.value);
      body.setStatus(status);
      body.initInterval().setFromDay(from.value);
      body.getInterval().setToDay(to.value);
    });
  }
  bool open(EventId site, Day day) {
    return log.state().sites.is_open(entity_cast<SiteId>(site), day);
  }
  EventId record_asset(std::int64_t quantity, bool lendable = true) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initAssetRecorded();
      body.setKind("book");
      body.setQuantity(quantity);
      body.setLendable(lendable);
    });
  }
  EventId lend(EventId asset, EventId borrower) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initAssetLent();
      body.setAsset(asset.value);
      body.setBorrower(borrower.value);
      body.setDueDay(kOpenDay);
    });
  }
  EventId give_back(EventId asset, EventId borrower, Condition condition = Condition::GOOD) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initAssetReturned();
      body.setAsset(asset.value);
      body.setBorrower(borrower.value);
      body.setCondition(condition);
    });
  }
  std::int64_t available(EventId asset) {
    return log.state().sites.find_asset(entity_cast<AssetId>(asset))->available();
  }
};

TEST_F(Sites, a_site_is_open_from_its_first_day_except_while_closed) {
  const EventId site = open_site(log, supervisor, Day{100});
  EXPECT_FALSE(open(site, Day{99}));
  EXPECT_TRUE(open(site, Day{100}));
  const EventId closing = set_status(site, Status::CLOSED, Day{150}, Day{160});
  EXPECT_FALSE(open(site, Day{150}));
  EXPECT_FALSE(open(site, Day{160}));
  EXPECT_TRUE(open(site, Day{161}));
  set_status(site, Status::OPEN, Day{155}, Day{156});
  EXPECT_TRUE(open(site, Day{155}));
  retract_event(log, supervisor, closing);
  EXPECT_TRUE(open(site, Day{150}));
}

TEST_F(Sites, an_interval_must_not_end_before_it_starts) {
  const EventId site = open_site(log, supervisor, Day{100});
  const EventId wrong = set_status(site, Status::CLOSED, Day{160}, Day{150});
  EXPECT_EQ(log.status(wrong), EventStatus::held);
  EXPECT_TRUE(log.reasons(wrong).has(Reason::interval_invalid));
  EXPECT_TRUE(open(site, Day{155}));
}

TEST_F(Sites, a_scope_that_a_site_defines_is_known) {
  open_site(log, supervisor, Day{100}, ScopeId{50});
  EXPECT_TRUE(log.state().programmes.scopes.contains(ScopeId{50}));
  const EventId reserved = open_site(log, supervisor, Day{100}, kScopeLog);
  EXPECT_TRUE(log.reasons(reserved).has(Reason::scope_reserved));
}

TEST_F(Sites, an_asset_has_a_positive_quantity) {
  const EventId none = record_asset(0);
  EXPECT_EQ(log.status(none), EventStatus::flagged);
  EXPECT_TRUE(log.reasons(none).has(Reason::value_invalid));
  EXPECT_EQ(quantity_of(log, record_asset(120)), 120);
}

TEST_F(Sites, no_more_copies_are_lent_than_there_are) {
  const EventId book = record_asset(2);
  const EventId a = register_person(log, field);
  const EventId b = register_person(log, field);
  EXPECT_EQ(log.status(lend(book, a)), EventStatus::accepted);
  EXPECT_EQ(log.status(lend(book, b)), EventStatus::accepted);
  const EventId third = lend(book, a);
  EXPECT_EQ(log.status(third), EventStatus::held);
  EXPECT_TRUE(log.reasons(third).has(Reason::nothing_to_lend));
  decide_held(log, supervisor, third, true);
  EXPECT_EQ(log.status(third), EventStatus::held) << "a release does not make another copy";
  EXPECT_TRUE(log.reasons(give_back(book, b)).empty());
  EXPECT_EQ(available(book), 1);
  decide_held(log, supervisor, third, true);
  EXPECT_EQ(log.status(third), EventStatus::released);
  EXPECT_EQ(available(book), 0);
}

TEST_F(Sites, what_is_lost_cannot_be_lent_again) {
  const EventId book = record_asset(1);
  const EventId person = register_person(log, field);
  lend(book, person);
  give_back(book, person, Condition::LOST);
  EXPECT_EQ(available(book), 0);
  EXPECT_EQ(log.status(lend(book, person)), EventStatus::held);
}

TEST_F(Sites, a_return_without_a_loan_is_flagged_and_cancels_the_loan_that_comes_later) {
  const EventId book = record_asset(1);
  const EventId person = register_person(log, field);
  const EventId back = give_back(book, person);
  EXPECT_TRUE(log.reasons(back).has(Reason::not_borrowed));
  lend(book, person);
  EXPECT_EQ(available(book), 1);
}

TEST_F(Sites, what_is_not_for_lending_is_not_lent) {
  const EventId desk = record_asset(1, false);
  const EventId person = register_person(log, field);
  const EventId loan = lend(desk, person);
  EXPECT_EQ(log.status(loan), EventStatus::held);
  EXPECT_TRUE(log.reasons(loan).has(Reason::not_lendable));
}

TEST_F(Sites, a_retracted_loan_frees_the_copy) {
  const EventId book = record_asset(1);
  const EventId person = register_person(log, field);
  const EventId loan = lend(book, person);
  retract_event(log, supervisor, loan);
  EXPECT_EQ(available(book), 1);
}

}  // namespace
}  // namespace houniao::testing
