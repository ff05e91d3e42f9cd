// Short forms of events for tests of the fold and of the families system, programmes, people,
// organisations, sites, workforce and audit. Each records one event with sensible contents; `tweak`
// changes the envelope or the body before it is signed.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "replay/reasons.h"
#include "tests/unit/replay/log_builder.h"

namespace houniao::testing {

using EventBuilder = schema::Event::Builder;

inline constexpr std::int32_t kOpenDay = std::numeric_limits<std::int32_t>::max();

inline Bytes blind_index(std::uint8_t of) { return Bytes(16, of); }

struct PersonOptions {
  std::uint8_t number = 0;  // blind index, 0 for none
  bool checks_ok = true;
  bool under14 = false;
  std::uint16_t birth_year_band = 1980;
  std::uint64_t residence_site = 0;
};

inline EventId register_person(LogBuilder& log, DeviceNumber device, PersonOptions options = {},
                               const Fill& tweak = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initPersonRegistered();
    body.setSex(schema::Sex::FEMALE);
    body.setBirthYearBand(options.birth_year_band);
    body.setUnder14(options.under14);
    body.setResidenceSite(options.residence_site);
    body.setNativeRegion(411000);
    if (options.number != 0) {
      body.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
      body.setIdChecksOk(options.checks_ok);
      body.setBlindIndex(to_data(ByteView{blind_index(options.number)}));
    }
    if (tweak) tweak(event);
  });
}

inline EventId serve(LogBuilder& log, DeviceNumber device, std::vector<EventId> persons,
                     const Fill& tweak = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initServiceDelivered();
    body.setKind("legal_advice");
    body.setQuantity(static_cast<std::int64_t>(persons.size()));
    auto list = body.initPersons(static_cast<unsigned>(persons.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, persons[i].value);
    if (tweak) tweak(event);
  });
}

inline EventId open_programme(LogBuilder& log, DeviceNumber device, Day from, Day to,
                              EventId parent = {}, ScopeId scope = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initProgrammeOpened();
    body.setFromDay(from.value);
    body.setToDay(to.value);
    body.setParent(parent.value);
    body.setScope(scope.value);
  });
}

inline EventId open_site(LogBuilder& log, DeviceNumber device, Day from, ScopeId scope = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initSiteOpened();
    body.setCategory("station");
    body.setFromDay(from.value);
    body.setScope(scope.value);
  });
}

inline EventId register_organisation(LogBuilder& log, DeviceNumber device,
                                     const std::string& uscc = "",
                                     const std::string& kind = "firm") {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initOrganisationRegistered();
    body.setKind(kind);
    body.setName("organisation");
    body.setUscc(uscc);
  });
}

inline EventId engage_staff(LogBuilder& log, DeviceNumber device, Day from, EventId person = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initStaffEngaged();
    body.setPerson(person.value);
    body.setPost("social_worker");
    body.setFromDay(from.value);
  });
}

inline EventId retract_event(LogBuilder& log, DeviceNumber device, EventId target,
                             const std::string& reason = "recorded twice") {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initEventRetracted();
    body.setTarget(target.value);
    body.setReason(reason);
  });
}

struct NumberChange {
  schema::EventCorrected::Field field;
  std::int64_t number = 0;
  std::string text = "";
};
inline EventId correct_event(LogBuilder& log, DeviceNumber device, EventId target,
                             std::vector<NumberChange> changes, std::vector<EventId> causes = {},
                             const std::string& reason = "misread the sheet") {
  return log.add(device, [&](EventBuilder event) {
    auto list = event.initCauses(static_cast<unsigned>(causes.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, causes[i].value);
    auto body = event.initBody().initEventCorrected();
    body.setTarget(target.value);
    body.setReason(reason);
    auto items = body.initChanges(static_cast<unsigned>(changes.size()));
    for (unsigned i = 0; i < items.size(); ++i) {
      items[i].setField(changes[i].field);
      items[i].setNumber(changes[i].number);
      items[i].setText(changes[i].text);
    }
  });
}

inline EventId decide_held(LogBuilder& log, DeviceNumber device, EventId target, bool release,
                           const std::string& reason = "checked with the person") {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initHeldEventDecided();
    body.setTarget(target.value);
    body.setReleased(release);
    body.setReason(reason);
  });
}

inline EventId link_persons(LogBuilder& log, DeviceNumber device, EventId first, EventId second,
                            bool same, std::vector<EventId> causes = {}) {
  return log.add(device, [&](EventBuilder event) {
    auto list = event.initCauses(static_cast<unsigned>(causes.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, causes[i].value);
    auto body = event.initBody().initPersonLinkDecided();
    body.setFirst(first.value);
    body.setSecond(second.value);
    body.setSame(same);
    body.setReason("same id card seen");
  });
}

inline EventId edit_person(LogBuilder& log, DeviceNumber device, EventId person,
                           std::uint32_t base_version, schema::PersonCorrected::Field field,
                           const std::string& after) {
  return log.add(device, [&](EventBuilder event) {
    auto body = event.initBody().initPersonCorrected();
    body.setPerson(person.value);
    body.setBaseVersion(base_version);
    auto list = body.initFields(1);
    list[0].setField(field);
    list[0].setAfter(after);
  });
}

inline EventId consent(LogBuilder& log, DeviceNumber device, EventId person, bool given,
                       EventId guardian = {}, Day day = Day{0}) {
  return log.add(device, [&](EventBuilder event) {
    if (day.value != 0) event.setOccurredDay(day.value);
    auto body = event.initBody().initConsentChanged();
    body.setPerson(person.value);
    body.setPurpose("service");
    body.setGiven(given);
    body.setByGuardian(guardian.value);
  });
}

// Rows of the event in the fact table, and the sum of their quantities.
inline std::size_t row_count(const LogBuilder& log, EventId id) {
  return log.state().facts.rows_of(id).count;
}
inline std::int64_t quantity_of(const LogBuilder& log, EventId id) {
  const auto span = log.state().facts.rows_of(id);
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < span.count; ++i) {
    sum += log.state().facts.row(span.first + i).quantity;
  }
  return sum;
}

}  // namespace houniao::testing
