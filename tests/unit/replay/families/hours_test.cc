#include "replay/families/hours.h"

#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

class Hours : public VolunteerWorld {
 protected:
  Hours() { who = volunteer(); }

  struct Certificate {
    EventId of = {};
    std::uint32_t minutes = 60;
    std::int32_t from = 0;
    std::int32_t to = 0;
    std::string number = "C-1";
    EventId issuer = {};
    std::uint64_t head = 601;
    std::uint64_t handler = 602;
    std::string contact = "0756-000";
    std::uint32_t content = 1;
    std::string disclosure = "notice board";
    std::int32_t posted_from = 16'980;
    std::int32_t posted_to = 16'986;
  };
  EventId certify(const Certificate& options) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initHoursCertificateIssued();
      b.setNumber(options.number);
      b.setVolunteer(options.of.value);
      b.setFromDay(options.from);
      b.setToDay(options.to);
      b.setMinutes(options.minutes);
      auto content = b.initContent(options.content);
      for (unsigned i = 0; i < content.size(); ++i) content.set(i, "river_patrol");
      b.setIssuer(options.issuer.value);
      b.setHead(options.head);
      b.setHandler(options.handler);
      b.setContact(options.contact);
      b.setDisclosure(options.disclosure);
      b.setDisclosedFromDay(options.posted_from);
      b.setDisclosedToDay(options.posted_to);
    });
  }
  // Everything that the law asks for, over the days from `first` to `last` counted from today.
  Certificate certificate(std::uint32_t minutes, std::int32_t first = 0, std::int32_t last = 0) {
    Certificate options;
    options.of = who;
    options.minutes = minutes;
    options.from = log.today().value + first;
    options.to = log.today().value + last;
    options.number = "C-" + std::to_string(++numbers_);
    options.issuer = team;
    return options;
  }
  std::int32_t day(std::int32_t after) const { return log.today().value + after; }

  EventId who;

 private:
  int numbers_ = 0;
};

// --- recording ---------------------------------------------------------------------------------

TEST_F(Hours, recorded_hours_are_a_row_with_the_minutes_stated) {
  const EventId served = session(540, 660);
  const EventId id = record_hours(who, {.minutes = 100, .session = served});
  EXPECT_ACCEPTED(id);
  const FactRow row = first_row(id);
  EXPECT_EQ(text(row.kind), "hours_recorded");
  EXPECT_EQ(text(row.attr), "leader_counted");
  EXPECT_EQ(row.subject, person_of(log.state(), entity_cast<VolunteerId>(who)).value);
  EXPECT_EQ(row.group, served.value);
  EXPECT_EQ(row.minutes, 100);
  EXPECT_EQ(confirmed(who, 0, kOpen), 0) << "recorded is not confirmed";
}

TEST_F(Hours, no_more_minutes_come_from_a_duty_than_it_lasted) {
  const EventId served = duty(who, {.in = 540, .out = 660});
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 121, .duty = served}), minutes_exceed_duty);
  const EventId next = duty(who, {.in = 700, .out = 820});
  const EventId half = record_hours(who, {.minutes = 60, .duty = next});
  EXPECT_ACCEPTED(half);
  EXPECT_ACCEPTED(record_hours(who, {.minutes = 60, .duty = next}));
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 1, .duty = next}), minutes_exceed_duty);
  retract(half);
  const EventId last = duty(who, {.in = 1'380, .out = 0});
  EXPECT_ACCEPTED(record_hours(who, {.minutes = 60, .duty = last}));
  EXPECT_EQ(log.state().volunteers.find_duty(next)->records.size(), 2u);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 61, .duty = last}), minutes_exceed_duty);
}

TEST_F(Hours, no_more_minutes_come_from_a_session_than_it_lasted) {
  const EventId served = session(540, 600);
  EXPECT_ACCEPTED(record_hours(who, {.minutes = 60, .session = served}));
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 61, .session = served}), minutes_exceed_session);
  EXPECT_ACCEPTED(record_hours(who, {.minutes = 61, .session = session(0, 0)}));
}

TEST_F(Hours, hours_belong_to_their_volunteer_day_and_references) {
  const EventId served = duty(volunteer());
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 60, .duty = served}), wrong_reference);
  const EventId own = duty(who);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 60, .day = day(1), .duty = own}),
                     outside_session_day);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 60, .duty = team}), wrong_reference);
  EXPECT_FLAGGED_FOR(record_hours(team, {.minutes = 60}), wrong_reference);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 60, .day = day(-1)}), before_enrolment);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 0}), value_invalid);
  const EventId much = record_hours(who, {.minutes = 1'441});
  EXPECT_FLAGGED_FOR(much, minutes_implausible);
  EXPECT_EQ(first_row(much).minutes, 0);
  retract(own);
  EXPECT_FLAGGED_FOR(record_hours(who, {.minutes = 60, .duty = own}), target_retracted);
}

TEST_F(Hours, hours_that_arrive_before_their_duty_wait_for_it) {
  log.offline(other_field);
  const EventId served = duty(other_field, who, DutyOptions{});
  const EventId id = record_hours(who, {.minutes = 120, .duty = served});
  EXPECT_FLAGGED_FOR(id, orphan);
  EXPECT_EQ(hours().find_record(id), nullptr);
  const EventId decision = confirm(supervisor, id, 120);
  EXPECT_HELD_FOR(decision, orphan);
  EXPECT_EQ(confirmed(who, 0, kOpen), 0);
  log.online(other_field);
  EXPECT_IN_FORCE(id);
  EXPECT_IN_FORCE(decision);
  EXPECT_EQ(confirmed(who, 0, kOpen), 120);
}

// --- deciding ----------------------------------------------------------------------------------

TEST_F(Hours, confirmed_hours_are_a_row_on_the_day_of_service) {
  const EventId record = record_hours(who, {.minutes = 120});
  log.set_today(Day{log.today().value + 3});
  const EventId decision = confirm(supervisor, record, 100, 20);
  EXPECT_ACCEPTED(decision);
  const FactRow row = first_row(decision);
  EXPECT_EQ(text(row.kind), "hours");
  EXPECT_EQ(row.minutes, 100);
  EXPECT_EQ(row.day, day(-3));
  EXPECT_EQ(row.group, record.value);
  EXPECT_EQ(row.subject, person_of(log.state(), entity_cast<VolunteerId>(who)).value);
  EXPECT_EQ(confirmed(who, day(-3), day(-3)), 100);
  EXPECT_EQ(confirmed(who, day(-2), kOpen), 0);
}

TEST_F(Hours, a_decision_is_about_all_the_minutes_recorded_and_no_more) {
  const EventId record = record_hours(who, {.minutes = 120});
  EXPECT_HELD_FOR(confirm(supervisor, record, 121), minutes_exceed_record);
  EXPECT_HELD_FOR(confirm(supervisor, record, 120, 1), minutes_exceed_record);
  EXPECT_HELD_FOR(confirm(supervisor, record, 4'294'967'295u, 4'294'967'295u),
                  minutes_exceed_record);
  EXPECT_HELD_FOR(confirm(supervisor, record, 60, 59), value_invalid);
  EXPECT_HELD_FOR(confirm(supervisor, record, 60, 60, ""), reason_missing);
  EXPECT_EQ(confirmed(who, 0, kOpen), 0);
  EXPECT_ACCEPTED(confirm(supervisor, record, 0, 120));
  EXPECT_HELD_FOR(confirm(supervisor, team, 10), wrong_reference);
  const EventId long_day = record_hours(who, {.minutes = 2'000});
  EXPECT_HELD_FOR(confirm(supervisor, long_day, 2'000), value_invalid);
}

TEST_F(Hours, who_recorded_or_served_the_hours_does_not_decide_about_them) {
  const EventId own_record = record_hours(supervisor, who, {.minutes = 60});
  EXPECT_HELD_FOR(confirm(supervisor, own_record, 60), not_independent);
  EXPECT_ACCEPTED(confirm(reviewer, own_record, 60));

  const EventId served = person();
  const EventId id = volunteer(served);
  const DeviceNumber hers = log.enrol({.holder = served.value, .roles = {Role::SUPERVISOR}});
  EXPECT_HELD_FOR(confirm(hers, record_hours(id, {.minutes = 60}), 60), not_independent);
  const EventId post = engage(served);
  const DeviceNumber at_work = log.enrol({.holder = post.value, .roles = {Role::SUPERVISOR}});
  EXPECT_HELD_FOR(confirm(at_work, record_hours(id, {.minutes = 60}), 60), not_independent);
  const EventId twin = person();
  const DeviceNumber by_twin = log.enrol({.holder = twin.value, .roles = {Role::SUPERVISOR}});
  EXPECT_ACCEPTED(confirm(by_twin, record_hours(id, {.minutes = 60}), 60));
  link(served, twin);
  EXPECT_HELD_FOR(confirm(by_twin, record_hours(id, {.minutes = 60}), 60), not_independent);
}

TEST_F(Hours, on_shared_devices_another_device_decides) {
  const DeviceNumber shared = log.enrol({.roles = {Role::SUPERVISOR}});
  const DeviceNumber other = log.enrol({.roles = {Role::SUPERVISOR}});
  const EventId record = record_hours(shared, who, {.minutes = 60});
  EXPECT_HELD_FOR(confirm(shared, record, 60), not_independent);
  EXPECT_ACCEPTED(confirm(other, record, 60));
}

TEST_F(Hours, hours_are_decided_once_until_the_decision_is_retracted) {
  const EventId record = record_hours(who, {.minutes = 60});
  const EventId first = confirm(supervisor, record, 60);
  EXPECT_ACCEPTED(first);
  const EventId second = confirm(reviewer, record, 30, 30);
  EXPECT_HELD_FOR(second, hours_already_confirmed);
  log.add(payer, [&](Body e) {
    auto b = e.initBody().initHeldEventDecided();
    b.setTarget(second.value);
    b.setReleased(true);
    b.setReason("checked");
  });
  EXPECT_TRUE(held(second)) << "a decision cannot waive it";
  retract(first);
  EXPECT_EQ(confirmed(who, 0, kOpen), 0);
  EXPECT_ACCEPTED(confirm(supervisor, record, 45, 15));
  EXPECT_EQ(confirmed(who, 0, kOpen), 45);
}

TEST_F(Hours, a_decision_stands_when_its_record_is_retracted) {
  const EventId record = record_hours(who, {.minutes = 60});
  const EventId decision = confirm(supervisor, record, 60);
  retract(record);
  EXPECT_EQ(confirmed(who, 0, kOpen), 60);
  retract(decision);
  EXPECT_EQ(confirmed(who, 0, kOpen), 0);
  EXPECT_EQ(rows_of(decision), 0u);
}

TEST_F(Hours, hours_of_linked_persons_are_summed) {
  const EventId a = person(), b = person();
  const EventId first = volunteer(a), second = volunteer(b);
  serve_hours(first, 60);
  serve_hours(second, 30);
  const PersonId of_a = entity_cast<PersonId>(a);
  EXPECT_EQ(confirmed_minutes(log.state(), of_a, Day{0}, Day{kOpen}), 60);
  link(a, b);
  EXPECT_EQ(confirmed_minutes(log.state(), of_a, Day{0}, Day{kOpen}), 90);
  EXPECT_EQ(confirmed_minutes(log.state(), entity_cast<PersonId>(b), Day{0}, Day{kOpen}), 90);
}

// --- certificates ------------------------------------------------------------------------------

TEST_F(Hours, a_certificate_is_a_row_of_its_minutes) {
  serve_hours(who, 60);
  const EventId id = certify(certificate(60));
  EXPECT_ACCEPTED(id);
  const FactRow row = first_row(id);
  EXPECT_EQ(text(row.kind), "hours_certificate");
  EXPECT_EQ(row.group, team.value);
  EXPECT_EQ(row.minutes, 60);
}

TEST_F(Hours, a_certificate_without_what_the_law_asks_for_is_held) {
  serve_hours(who, 60);
  const std::vector<void (*)(Certificate&)> omissions = {
      [](Certificate& c) { c.number.clear(); },     [](Certificate& c) { c.issuer = {}; },
      [](Certificate& c) { c.head = 0; },           [](Certificate& c) { c.handler = 0; },
      [](Certificate& c) { c.contact.clear(); },    [](Certificate& c) { c.content = 0; },
      [](Certificate& c) { c.disclosure.clear(); }, [](Certificate& c) { c.posted_from = 0; },
      [](Certificate& c) { c.posted_to = 0; },
  };
  for (const auto& omit : omissions) {
    Certificate options = certificate(1);
    omit(options);
    EXPECT_HELD_FOR(certify(options), certificate_incomplete);
  }
  EXPECT_ACCEPTED(certify(certificate(1)));
}

TEST_F(Hours, a_certificate_is_posted_for_seven_days) {
  serve_hours(who, 60);
  Certificate options = certificate(1);
  options.posted_to = options.posted_from + 5;
  EXPECT_FLAGGED_FOR(certify(options), posted_too_briefly);
  options = certificate(1);
  options.posted_to = options.posted_from + 6;
  EXPECT_ACCEPTED(certify(options));
}

TEST_F(Hours, a_certificate_number_is_used_once) {
  serve_hours(who, 60);
  const EventId first = certify(certificate(10));
  Certificate again = certificate(10);
  again.number = "C-1";
  EXPECT_HELD_FOR(certify(again), certificate_number_taken);
  retract(first);
  EXPECT_ACCEPTED(certify(again));
}

TEST_F(Hours, a_certificate_states_hours_that_were_confirmed_in_its_period) {
  serve_hours(who, 60, day(1));
  EXPECT_HELD_FOR(certify(certificate(60, 2, 9)), certificate_exceeds_hours);
  EXPECT_HELD_FOR(certify(certificate(61, 0, 9)), certificate_exceeds_hours);
  EXPECT_HELD_FOR(certify(certificate(0, 0, 9)), value_invalid);
  EXPECT_HELD_FOR(certify(certificate(10, 9, 0)), interval_invalid);
  EXPECT_ACCEPTED(certify(certificate(60, 1, 1)));
  Certificate unknown = certificate(1);
  unknown.of = team;
  EXPECT_HELD_FOR(certify(unknown), certificate_exceeds_hours);
}

TEST_F(Hours, a_minute_is_certified_once_however_certificates_overlap) {
  serve_hours(who, 60, day(1));
  serve_hours(who, 60, day(2));
  const EventId both = certify(certificate(60, 1, 2));
  EXPECT_ACCEPTED(both);
  EXPECT_ACCEPTED(certify(certificate(60, 1, 1)));
  EXPECT_HELD_FOR(certify(certificate(1, 2, 2)), certificate_exceeds_hours);
  EXPECT_HELD_FOR(certify(certificate(1, 0, 9)), certificate_exceeds_hours);
  serve_hours(who, 30, day(2));
  EXPECT_ACCEPTED(certify(certificate(30, 2, 9)));
  EXPECT_HELD_FOR(certify(certificate(1, 0, 9)), certificate_exceeds_hours);
  EXPECT_TRUE(hours().certificates_hold(entity_cast<VolunteerId>(who)));
  retract(both);
  EXPECT_ACCEPTED(certify(certificate(60, 0, 9)));
}

TEST_F(Hours, a_certificate_counts_when_the_hours_came_and_somebody_releases_it) {
  const EventId early = certify(certificate(60));
  EXPECT_HELD_FOR(early, certificate_exceeds_hours);
  release(early);
  EXPECT_TRUE(held(early)) << "a decision cannot make up hours";
  serve_hours(who, 60);
  release(early);
  EXPECT_IN_FORCE(early);
}

TEST_F(Hours, hours_taken_back_under_a_certificate_are_seen) {
  const EventId decision = serve_hours(who, 60);
  certify(certificate(60));
  EXPECT_TRUE(hours().certificates_hold(entity_cast<VolunteerId>(who)));
  retract(decision);
  EXPECT_FALSE(hours().certificates_hold(entity_cast<VolunteerId>(who)));
}

}  // namespace
}  // namespace houniao::testing
