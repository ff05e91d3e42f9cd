#include <gtest/gtest.h>

#include "replay/families/workforce.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;

class Workforce : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});

  const Staff& staff(EventId id) { return *log.state().staff(entity_cast<StaffId>(id)); }
  VettingStatus vetting(EventId id, Day day) {
    return log.state().workforce.vetting_on(entity_cast<StaffId>(id), day);
  }
  EventId release(EventId id, Day day) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initStaffReleased();
      body.setStaff(id.value);
      body.setDay(day.value);
    });
  }
  EventId vet(EventId id, bool clear, Day day) {
    return log.add(supervisor, [&](EventBuilder event) {
      auto body = event.initBody().initStaffVetted();
      body.setStaff(id.value);
      body.setClear(clear);
      body.setDay(day.value);
    });
  }
  EventId place(EventId id, EventId site, Day from, Day to) {
    return log.add(field, [&](EventBuilder event) {
      auto body = event.initBody().initStaffPlaced();
      body.setStaff(id.value);
      body.setSite(site.value);
      body.setPurpose("community");
      body.initInterval().setFromDay(from.value);
      body.getInterval().setToDay(to.value);
    });
  }
};

TEST_F(Workforce, staff_work_from_their_first_day_to_their_last) {
  const EventId id = engage_staff(log, supervisor, Day{100});
  EXPECT_FALSE(staff(id).engaged_on(Day{99}));
  EXPECT_TRUE(staff(id).engaged_on(Day{9999}));
  EXPECT_TRUE(log.reasons(release(id, Day{99})).has(Reason::interval_invalid));
  const EventId leaving = release(id, Day{200});
  EXPECT_TRUE(staff(id).engaged_on(Day{200}));
  EXPECT_FALSE(staff(id).engaged_on(Day{201}));
  EXPECT_TRUE(log.reasons(release(id, Day{210})).has(Reason::already_ended));
  retract_event(log, supervisor, leaving);
  EXPECT_TRUE(staff(id).engaged_on(Day{205}));
}

TEST_F(Workforce, vetting_holds_for_a_year_and_a_record_ends_it) {
  const EventId id = engage_staff(log, supervisor, Day{100});
  EXPECT_EQ(vetting(id, Day{100}), VettingStatus::missing);
  vet(id, true, Day{100});
  EXPECT_EQ(vetting(id, Day{99}), VettingStatus::missing);
  EXPECT_EQ(vetting(id, Day{466}), VettingStatus::clear);
  EXPECT_EQ(vetting(id, Day{467}), VettingStatus::missing);
  const EventId failed = vet(id, false, Day{300});
  EXPECT_EQ(vetting(id, Day{299}), VettingStatus::clear);
  EXPECT_EQ(vetting(id, Day{300}), VettingStatus::failed);
  retract_event(log, supervisor, failed);
  EXPECT_EQ(vetting(id, Day{300}), VettingStatus::clear);
}

TEST_F(Workforce, nobody_vets_themselves) {
  const EventId id = engage_staff(log, supervisor, Day{100});
  const DeviceNumber own = log.enrol({.holder = id.value, .roles = {Role::SUPERVISOR}});
  const EventId vetted = log.add(own, [&](EventBuilder event) {
    auto body = event.initBody().initStaffVetted();
    body.setStaff(id.value);
    body.setClear(true);
    body.setDay(100);
  });
  EXPECT_EQ(log.status(vetted), EventStatus::held);
  EXPECT_TRUE(log.reasons(vetted).has(Reason::not_independent));
  EXPECT_EQ(vetting(id, Day{100}), VettingStatus::missing);
}

TEST_F(Workforce, placements_are_on_open_sites_by_staff_in_service) {
  const EventId id = engage_staff(log, supervisor, Day{100});
  const EventId site = open_site(log, supervisor, Day{120});
  EXPECT_TRUE(log.reasons(place(id, site, Day{130}, Day{140})).empty());
  EXPECT_TRUE(log.reasons(place(id, site, Day{110}, Day{140})).has(Reason::site_closed));
  EXPECT_TRUE(log.reasons(place(id, site, Day{90}, Day{140})).has(Reason::staff_not_engaged));
  EXPECT_TRUE(log.reasons(place(id, site, Day{140}, Day{130})).has(Reason::interval_invalid));
  EXPECT_EQ(staff(id).placements.size(), 4u) << "facts are never lost, at worst flagged";
}

TEST_F(Workforce, nobody_is_engaged_by_a_body_that_was_dissolved) {
  const EventId employer = register_organisation(log, field);
  log.add(supervisor, [&](EventBuilder event) {
    auto body = event.initBody().initOrganisationStatusChanged();
    body.setOrganisation(employer.value);
    body.setStatus(schema::OrganisationStatusChanged::Status::DEREGISTERED);
    body.setDay(100);
  });
  const EventId id = log.add(supervisor, [&](EventBuilder event) {
    event.initBody().initStaffEngaged().setEmployer(employer.value);
  });
  EXPECT_EQ(log.status(id), EventStatus::held);
  EXPECT_TRUE(log.reasons(id).has(Reason::organisation_not_active));
}

}  // namespace
}  // namespace houniao::testing
