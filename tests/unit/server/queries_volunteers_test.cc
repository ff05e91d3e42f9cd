// Pages of volunteers: hours, points, leases and what sites owe.
#include "tests/unit/replay/families/volunteer_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

using Strings = std::vector<std::string>;

class QueryVolunteers : public VolunteerWorld {
 protected:
  QueryVolunteers() {
    who = volunteer();
    towels = stock(100);
  }
  PageJson account() { return only_item(log, "points?volunteer=" + id_of(who)); }
  EventId who, towels;
};

TEST_F(QueryVolunteers, a_volunteer_shows_confirmed_minutes_and_points_and_no_number) {
  publish({});
  earn(who, serve_hours(who, 120), 2);
  const PageJson page = ask(log, "volunteers/" + id_of(who));
  EXPECT_EQ(page["team"], id_of(team));
  EXPECT_EQ(page["confirmed_minutes"], 120);
  EXPECT_EQ(page["points_balance"], 2);
  EXPECT_EQ(page["insured"], false);
  EXPECT_FALSE(page.contains("number"));
  EXPECT_EQ(ids_of(items(log, "volunteers?organisation=" + id_of(team))), Strings{id_of(who)});
}

TEST_F(QueryVolunteers, hours_show_what_was_decided_about_them) {
  const EventId open = record_hours(who, {.minutes = 30});
  const EventId record = record_hours(who, {.minutes = 120});
  const EventId decision = confirm(supervisor, record, 90, 30);
  EXPECT_EQ(ids_of(items(log, "hours?decided=false")), Strings{id_of(open)});
  const PageJson page = only_item(log, "hours?decided=true&volunteer=" + id_of(who));
  EXPECT_EQ(page["id"], id_of(record));
  EXPECT_EQ(page["decisions"][0]["event"], id_of(decision));
  EXPECT_EQ(page["decisions"][0]["accepted"], 90);
  EXPECT_EQ(page["decisions"][0]["refused"], 30);
}

TEST_F(QueryVolunteers, an_account_adds_up) {
  credit(who, 20);
  open_lease(who, field, 6);
  redeem(field, who, {.item = towels, .points = 5});
  const PageJson page = account();
  EXPECT_EQ(page["adjusted"], 20);
  EXPECT_EQ(page["redeemed"], 5);
  EXPECT_EQ(page["set_aside"], 6);
  EXPECT_EQ(page["available"], 9);
  EXPECT_EQ(page["leased"], 6);
  EXPECT_EQ(page["balance"], 15);
  EXPECT_EQ(page["available"].get<int>(), page["earned"].get<int>() + page["adjusted"].get<int>() -
                                              page["redeemed"].get<int>() -
                                              page["set_aside"].get<int>());
}

TEST_F(QueryVolunteers, a_lease_shows_what_is_left_and_whether_it_was_given_back) {
  credit(who, 20);
  const EventId lease_id = open_lease(who, field, 6);
  redeem(field, who, {.item = towels, .points = 4, .mode = Redeem::LEASED, .lease = lease_id});
  const PageJson open = only_item(log, "leases?closed=false&site=" + id_of(site));
  EXPECT_EQ(open["points"], 6);
  EXPECT_EQ(open["spent"], 4);
  EXPECT_EQ(open["left"], 2);
  close_lease(field, who, lease_id, 2);
  EXPECT_TRUE(items(log, "leases?closed=false").empty());
  EXPECT_EQ(only_item(log, "leases?closed=true")["given_back"], 2);
}

TEST_F(QueryVolunteers, what_the_account_does_not_cover_is_a_shortage_of_the_site) {
  credit(who, 3);
  redeem(field, who, {.item = towels, .points = 5, .mode = Redeem::HANDED_OVER, .site = site});
  const PageJson page = only_item(log, "shortages");
  EXPECT_EQ(page["site"], id_of(site));
  EXPECT_EQ(page["points"], 2);
  ASSERT_EQ(page["volunteers"].size(), 1U);
  EXPECT_EQ(page["volunteers"][0]["volunteer"], id_of(who));
  EXPECT_EQ(account()["uncovered"], 2);
  EXPECT_EQ(account()["balance"], 0);
  adjust(who, {.delta = 2, .cause = Cause::SHORTAGE_SETTLED, .site = site});
  EXPECT_TRUE(items(log, "shortages").empty()) << "the site paid";
}

TEST_F(QueryVolunteers, points_are_found_by_the_person_behind_the_enrolment) {
  const EventId human = person();
  const EventId theirs = volunteer(human);
  credit(theirs, 4);
  credit(who, 1);
  const PageJson page = only_item(log, "points?person=" + id_of(human));
  EXPECT_EQ(page["volunteer"], id_of(theirs));
  EXPECT_EQ(page["person"], id_of(human));
}

}  // namespace
}  // namespace houniao::testing
