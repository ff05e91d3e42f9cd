// Order of arrival: devices that work independently may reach the server in any order and in any
// pieces; the state afterwards is the same.
#include <gtest/gtest.h>

#include <random>

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using CorrectedField = schema::EventCorrected::Field;
using PersonField = schema::PersonCorrected::Field;

// A log whose devices have been offline for a while and refer to each other's work.
struct Offline {
  LogBuilder log;
  std::vector<DeviceNumber> devices;
};

Offline entangled_devices(std::uint32_t seed) {
  std::mt19937 random(seed);
  Offline out;
  LogBuilder& log = out.log;
  for (int i = 0; i < 3; ++i) out.devices.push_back(log.enrol({.roles = {Role::FIELD}}));
  for (int i = 0; i < 2; ++i) out.devices.push_back(log.enrol({.roles = {Role::SUPERVISOR}}));
  for (DeviceNumber device : out.devices) log.offline(device);
  const auto pick = [&](const auto& list) { return list[random() % list.size()]; };
  const auto field = [&] { return out.devices[random() % 3]; };
  const auto supervisor = [&] { return out.devices[3 + random() % 2]; };

  std::vector<EventId> persons, services, organisations, sites, programmes, edits, consents;
  for (int i = 0; i < 4; ++i) persons.push_back(register_person(log, field()));
  organisations.push_back(register_organisation(log, field()));
  sites.push_back(open_site(log, supervisor(), Day{16'000}));
  programmes.push_back(open_programme(log, supervisor(), Day{16'000}, Day{kOpenDay}));
  services.push_back(serve(log, field(), {persons[0]}));
  edits.push_back(correct_event(log, supervisor(), services[0], {{CorrectedField::MINUTES, 5}}));
  consents.push_back(consent(log, field(), persons[1], true));
  for (int i = 0; i < 60; ++i) {
    switch (random() % 14) {
      case 0:
        persons.push_back(register_person(log, field(), {}, [&](EventBuilder event) {
          event.setSite(pick(sites).value);
          event.setProgramme(pick(programmes).value);
        }));
        break;
      case 1:
        services.push_back(serve(log, field(), {pick(persons), pick(persons)}));
        break;
      case 2:
        services.push_back(serve(log, field(), {pick(persons)}, [&](EventBuilder event) {
          event.setSite(pick(sites).value);
          event.initCauses(1).set(0, pick(services).value);
        }));
        break;
      case 3:
        edits.push_back(correct_event(
            log, supervisor(), pick(services),
            {{CorrectedField::MINUTES, static_cast<std::int64_t>(random() % 90)},
             {CorrectedField::KIND, 0, random() % 2 == 0 ? "mediation" : "job_matching"}}));
        break;
      case 4:
        retract_event(log, supervisor(), pick(random() % 2 == 0 ? services : edits));
        break;
      case 5:
        edit_person(log, field(), pick(persons), 1 + random() % 3, PersonField::BIRTH_YEAR_BAND,
                    std::to_string(1950 + 5 * (random() % 8)));
        break;
      case 6:
        link_persons(log, supervisor(), pick(persons), pick(persons), random() % 3 != 0);
        break;
      case 7:
        consents.push_back(consent(log, field(), pick(persons), random() % 2 == 0));
        break;
      case 8:
        retract_event(log, supervisor(), pick(random() % 2 == 0 ? consents : persons));
        break;
      case 9:
        log.add(field(), [&](EventBuilder event) {
          auto body = event.initBody().initMembershipChanged();
          body.setMember(pick(persons).value);
          body.setGroup(pick(organisations).value);
          body.setRole("league_member");
          body.setJoined(random() % 3 != 0);
          body.setDay(static_cast<std::int32_t>(16'900 + random() % 100));
        });
        break;
      case 10:
        log.add(field(), [&](EventBuilder event) {
          auto body = event.initBody().initPersonStatusChanged();
          body.setPerson(pick(persons).value);
          body.setStatus(static_cast<schema::PersonStatusChanged::Status>(random() % 5));
          body.setDay(static_cast<std::int32_t>(16'990 + random() % 20));
        });
        break;
      case 11:
        sites.push_back(log.add(supervisor(), [&](EventBuilder event) {
          auto body = event.initBody().initSiteOpened();
          body.setCategory("station");
          body.setOperator(pick(organisations).value);
          body.setFromDay(16'000);
        }));
        break;
      case 12:
        log.add(supervisor(), [&](EventBuilder event) {
          auto body = event.initBody().initSiteStatusChanged();
          body.setSite(pick(sites).value);
          body.setStatus(schema::SiteStatusChanged::Status::CLOSED);
          body.initInterval().setFromDay(16'950);
          body.getInterval().setToDay(16'960);
        });
        break;
      case 13:
        log.add(field(), [&](EventBuilder event) {
          auto body = event.initBody().initHouseholdChanged();
          body.setPerson(pick(persons).value);
          body.setMember(pick(persons).value);
          body.setRelation("mother");
          body.setGuardian(random() % 2 == 0);
        });
        break;
    }
  }
  return out;
}

LogBuilder deliver(Offline offline, std::uint32_t seed) {
  std::mt19937 random(seed);
  LogBuilder& log = offline.log;
  for (;;) {
    std::vector<DeviceNumber> rest;
    for (DeviceNumber device : offline.devices) {
      if (log.waiting(device) > 0) rest.push_back(device);
    }
    if (rest.empty()) return log;
    log.push(rest[random() % rest.size()], 1 + random() % 9);
  }
}

TEST(OrderOfArrival, independent_pushes_in_any_order_give_one_digest) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const Offline offline = entangled_devices(seed);
    const LogBuilder first = deliver(offline, 1);
    const Hash expected = digest(first.state());
    for (std::uint32_t order = 2; order <= 7; ++order) {
      const LogBuilder other = deliver(offline, order);
      ASSERT_EQ(digest(other.state()), expected) << "scenario " << seed << ", order " << order;
      EXPECT_EQ(other.state().facts.live_rows(), first.state().facts.live_rows());
    }
  }
}

TEST(OrderOfArrival, nothing_waits_once_everything_has_arrived) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const LogBuilder log = deliver(entangled_devices(seed), seed);
    EXPECT_TRUE(log.state().waiting.empty()) << "scenario " << seed;
    EXPECT_TRUE(log.state().due.empty());
    for (const auto& [id, parked] : log.state().parked) {
      EXPECT_EQ(log.status(id), EventStatus::held) << "scenario " << seed;
    }
  }
}

TEST(OrderOfArrival, the_digest_notices_one_event_more) {
  LogBuilder log = deliver(entangled_devices(3), 1);
  const Hash before = digest(log.state());
  log.online(DeviceNumber{2});
  register_person(log, DeviceNumber{2});
  EXPECT_NE(digest(log.state()), before);
}

TEST(OrderOfArrival, a_snapshot_and_the_tail_give_what_the_whole_log_gives) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Offline offline = entangled_devices(seed);
    LogBuilder& log = offline.log;
    for (DeviceNumber device : offline.devices) log.push(device, 7);
    const Bytes bytes = snapshot(log.state());
    Result<State> restored = restore(bytes);
    ASSERT_TRUE(restored.has_value()) << restored.error().message();
    EXPECT_EQ(digest(*restored), digest(log.state()));
    EXPECT_EQ(snapshot(*restored), bytes) << "scenario " << seed;
  }
}

TEST(OrderOfArrival, of_two_loans_of_the_last_copy_the_first_record_wins) {
  LogBuilder log;
  const DeviceNumber one = log.enrol({.roles = {Role::FIELD}});
  const DeviceNumber two = log.enrol({.roles = {Role::FIELD}});
  const EventId person = register_person(log, one);
  const EventId book = log.add(one, [](EventBuilder event) {
    auto body = event.initBody().initAssetRecorded();
    body.setKind("book");
    body.setQuantity(1);
    body.setLendable(true);
  });
  const auto lend = [&](DeviceNumber device) {
    return log.add(device, [&](EventBuilder event) {
      auto body = event.initBody().initAssetLent();
      body.setAsset(book.value);
      body.setBorrower(person.value);
      body.setDueDay(kOpenDay);
    });
  };
  log.offline(one);
  log.offline(two);
  const EventId first = lend(one);
  const EventId second = lend(two);
  log.push(two);
  log.push(one);
  EXPECT_EQ(log.status(second), EventStatus::accepted);
  EXPECT_EQ(log.status(first), EventStatus::held);
}

}  // namespace
}  // namespace houniao::testing
