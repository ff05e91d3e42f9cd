// A programme with a team of volunteers for tests of the family volunteers: who serves, what is
// recorded about it, and the points that follow. Everything that may go wrong is one member of an
// options struct, so a test says only what it is about.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include "replay/families/volunteers.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {

class VolunteerWorld : public DeliveryWorld {
 protected:
  using Redeem = schema::PointsRedeemed::Mode;
  using Cause = schema::PointsAdjusted::Cause;

  VolunteerWorld() { team = organisation(); }

  struct EnrolVolunteer {
    EventId person = {};
    EventId team = {};
    EventId referred_by = {};
    std::int32_t day = 0;
    std::size_t number_bytes = 16;
  };
  EventId enrol_volunteer(const EnrolVolunteer& options) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initVolunteerEnrolled();
      b.setPerson(options.person.value);
      b.setTeam(options.team.value);
      b.initNumberIndex(static_cast<unsigned>(options.number_bytes));
      b.initSkills(1).set(0, "first_aid");
      b.setReferredBy(options.referred_by.value);
      b.setDay(options.day);
    });
  }
  EventId volunteer(EventId of = {}) {
    return enrol_volunteer({.person = of ? of : person(), .team = team});
  }

  struct Policy {
    std::uint32_t version = 1;
    std::uint32_t minutes_per_point = 60;
    std::uint32_t points_per_day_max = 0;
    std::uint8_t modes = 0;
    bool training = false;
    std::int32_t from = 10'000;
  };
  EventId publish(const Policy& policy) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPolicyVersionPublished();
      b.setProgramme(programme.value);
      b.setKind(schema::PolicyVersionPublished::Kind::POINTS);
      b.setVersion(policy.version);
      b.setValidFromDay(policy.from);
      b.setMinutesPerPoint(policy.minutes_per_point);
      b.setPointsPerDayMax(policy.points_per_day_max);
      b.setRedemptionModes(policy.modes);
      b.setTrainingBeforeDuty(policy.training);
    });
  }

  struct DutyOptions {
    std::uint16_t in = 540;
    std::uint16_t out = 660;
    std::int32_t day = 0;
    EventId order = {};
    EventId session = {};
    bool risk = false;
    bool minors = false;
    std::string kind = "river_patrol";
  };
  EventId duty(DeviceNumber by, EventId of, const DutyOptions& options) {
    return log.add(by, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initDutyCheckedIn();
      b.setVolunteer(of.value);
      b.setOrder(options.order.value);
      b.setSession(options.session.value);
      b.setDay(options.day);
      b.setInMinute(options.in);
      b.setOutMinute(options.out);
      b.setMode(schema::DutyCheckedIn::Mode::CONCENTRATED);
      b.setKind(options.kind);
      b.setPhysicalRisk(options.risk);
      b.setWithMinors(options.minors);
    });
  }
  EventId duty(EventId of, const DutyOptions& options) { return duty(field, of, options); }
  EventId duty(EventId of) { return duty(field, of, DutyOptions{}); }

  EventId session(std::uint16_t from, std::uint16_t to) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionHeld();
      b.setKind("clean_up");
      b.setFromMinute(from);
      b.setToMinute(to);
    });
  }

  struct HoursOptions {
    std::uint32_t minutes = 120;
    std::int32_t day = 0;
    EventId duty = {};
    EventId session = {};
    EventId order = {};
  };
  EventId record_hours(DeviceNumber by, EventId of, const HoursOptions& options) {
    return log.add(by, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initHoursRecorded();
      b.setVolunteer(of.value);
      b.setSession(options.session.value);
      b.setOrder(options.order.value);
      b.setDuty(options.duty.value);
      b.setMinutes(options.minutes);
      b.setDay(options.day);
      b.setMethod(schema::HoursRecorded::Method::LEADER_COUNTED);
    });
  }
  EventId record_hours(EventId of, const HoursOptions& options) {
    return record_hours(field, of, options);
  }
  EventId confirm(DeviceNumber by, EventId record, std::uint32_t accepted,
                  std::uint32_t refused = 0, const std::string& reason = "left early") {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initHoursConfirmed();
      b.setRecord(record.value);
      b.setAcceptedMinutes(accepted);
      b.setRefusedMinutes(refused);
      b.setReason(reason);
    });
  }
  // Hours that are recorded and confirmed.
  EventId serve_hours(EventId of, std::uint32_t minutes, std::int32_t day = 0) {
    return confirm(supervisor, record_hours(of, {.minutes = minutes, .day = day}), minutes);
  }

  EventId earn(EventId of, EventId hours, std::int64_t points) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPointsEarned();
      b.setVolunteer(of.value);
      b.setHours(hours.value);
      b.setPoints(points);
    });
  }

  struct Adjustment {
    std::int64_t delta = 0;
    Cause cause = Cause::CORRECTION;
    std::string reason = "counted again";
    std::uint64_t approver = 503;
    EventId site = {};
    std::int32_t day = 0;
  };
  EventId adjust(DeviceNumber by, EventId of, const Adjustment& options) {
    return log.add(by, [&](Body e) {
      e.setSite(options.site.value);
      if (options.day != 0) e.setOccurredDay(options.day);
      auto b = e.initBody().initPointsAdjusted();
      b.setVolunteer(of.value);
      b.setDelta(options.delta);
      b.setCause(options.cause);
      b.setReason(options.reason);
      b.setApprover(options.approver);
    });
  }
  EventId adjust(EventId of, const Adjustment& options) { return adjust(supervisor, of, options); }
  EventId credit(EventId of, std::int64_t points, std::int32_t day = 0) {
    return adjust(of, {.delta = points, .day = day});
  }

  EventId stock(std::int64_t quantity) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initAssetRecorded();
      b.setKind("towel");
      b.setQuantity(quantity);
    });
  }

  EventId open_lease(EventId of, DeviceNumber device, std::int64_t points,
                     std::int32_t last_day = std::numeric_limits<std::int32_t>::max()) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initPointsAllowanceLeased();
      b.setVolunteer(of.value);
      b.setDevice(device.value);
      b.setSite(site.value);
      b.setPoints(points);
      b.setLastDay(last_day);
    });
  }
  EventId close_lease(DeviceNumber by, EventId of, EventId lease, std::int64_t left) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initPointsAllowanceLeased();
      b.setVolunteer(of.value);
      b.setCloses(lease.value);
      b.setPoints(left);
    });
  }

  struct Redemption {
    EventId item = {};
    std::int64_t points = 0;
    Redeem mode = Redeem::ONLINE;
    EventId lease = {};
    std::int64_t quantity = 1;
    EventId site = {};
    std::int32_t day = 0;
    std::size_t signature_bytes = 32;
  };
  EventId redeem(DeviceNumber by, EventId of, const Redemption& options) {
    return log.add(by, [&](Body e) {
      e.setProgramme(programme.value);
      e.setSite(options.site.value);
      if (options.day != 0) e.setOccurredDay(options.day);
      auto b = e.initBody().initPointsRedeemed();
      b.setVolunteer(of.value);
      b.setItem(options.item.value);
      b.setQuantity(options.quantity);
      b.setPoints(options.points);
      b.setMode(options.mode);
      b.setLease(options.lease.value);
      b.initSignatureSha256(static_cast<unsigned>(options.signature_bytes));
    });
  }

  EventId link(EventId first, EventId second) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPersonLinkDecided();
      b.setFirst(first.value);
      b.setSecond(second.value);
      b.setSame(true);
      b.setReason("same id card seen");
    });
  }
  EventId engage(EventId of) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(of.value);
      b.setFromDay(10'000);
    });
  }

  const PointsState& points() const { return log.state().volunteers.points; }
  const HoursState& hours() const { return log.state().volunteers.hours; }
  std::int64_t available(EventId of) const {
    return points().available(entity_cast<VolunteerId>(of));
  }
  std::int64_t balance(EventId of) const { return points().balance(entity_cast<VolunteerId>(of)); }
  std::int64_t shortage(EventId of) const {
    return points().shortage(entity_cast<SiteId>(site), entity_cast<VolunteerId>(of));
  }
  const PointsLease& lease(EventId id) const {
    return *points().find_lease(entity_cast<LeaseId>(id));
  }
  std::int64_t confirmed(EventId of, std::int32_t from, std::int32_t to) const {
    return hours().confirmed_minutes(entity_cast<VolunteerId>(of), Day{from}, Day{to});
  }
  FactRow row_of(EventId id, std::uint32_t place) const {
    return log.state().facts.row(log.state().facts.rows_of(id).first + place);
  }
  std::uint32_t rows_of(EventId id) const { return log.state().facts.rows_of(id).count; }

  EventId team;
};

}  // namespace houniao::testing
