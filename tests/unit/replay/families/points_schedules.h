// Schedules for the randomised test of points: who gets points and leases while everybody is
// connected, and what the tablets then record without a connection. Deterministic for a seed.
#pragma once

#include <capnp/message.h>

#include <deque>

#include "tests/support/prng.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {

inline constexpr std::size_t kTablets = 20;
inline constexpr std::size_t kSupervisor = kTablets;  // the last device
inline constexpr std::size_t kDevices = kTablets + 1;
inline constexpr std::size_t kVolunteers = 3;  // of one schedule
// Schedules that one pair of servers goes through, each with volunteers of its own.
inline constexpr int kSchedulesPerTown = 20;

enum class Act : std::uint8_t { credit, debit, lease, close, leased, online, handed, asset };

// One event, encoded once, and what the book needs to know about it.
struct Step {
  Act act = Act::credit;
  std::size_t device = 0;  // that records it
  EventId volunteer = {};
  std::int64_t points = 0;
  Day day = {};
  EventId lease = {};
  EventId item = {};
  Day last_day = {};
  bool honest = false;  // of what is redeemed on a lease
  EventId id = {};
  Bytes bytes = {};
};

// --- the town ----------------------------------------------------------------------------------

// Everything that was there before: devices, volunteers without points, something to redeem.
class Town : public VolunteerWorld {
 public:
  Town() {
    for (std::size_t i = 0; i < kTablets; ++i) {
      devices_.push_back(log.enrol({.roles = {Role::FIELD}}));
    }
    devices_.push_back(log.enrol({.roles = {Role::SUPERVISOR}}));
    for (std::size_t i = 0; i < kVolunteers * kSchedulesPerTown; ++i) {
      volunteers_.push_back(volunteer());
    }
    towels_ = stock(1'000'000'000);
  }
  void TestBody() override {}

  static const Town& get() {
    static const Town town;
    return town;
  }
  const State& state() const { return log.state(); }
  DeviceNumber device(std::size_t place) const { return devices_[place]; }
  EventId next_id(std::size_t place) const { return log.next_id(devices_[place]); }
  EventId volunteer_at(std::size_t place) const { return volunteers_[place]; }
  EventId towels() const { return towels_; }
  EventId place() const { return site; }
  Day day() const { return log.today(); }

 private:
  std::vector<DeviceNumber> devices_;
  std::vector<EventId> volunteers_;
  EventId towels_;
};

// Writes events down as the devices do, each device with its own numbering.
class Scribe {
 public:
  Scribe() {
    for (std::size_t i = 0; i < kDevices; ++i) next_.push_back(Town::get().next_id(i));
  }
  // Gives the step its id and its bytes.
  Step write(Step step) {
    step.id = next_[step.device];
    next_[step.device] = EventId{step.id.value + 1};
    capnp::MallocMessageBuilder message;
    auto event = message.initRoot<schema::Event>();
    const DeviceId& device = Town::get().state().device(Town::get().device(step.device))->id;
    event.setDevice(to_data(ByteView{device.bytes}));
    event.setDeviceSeq(device_seq_of(step.id).value);
    event.setPrevHash(to_data(Hash{}));
    event.setRecordedAtMs(start_of(step.day).us / 1000);
    event.setOccurredDay(step.day.value);
    event.setScope(LogBuilder::kScope.value);
    event.setSite(Town::get().place().value);
    fill(step, event.initBody());
    step.bytes = encode(message);
    return step;
  }

 private:
  static void fill(const Step& step, schema::Event::Body::Builder body) {
    switch (step.act) {
      case Act::asset:
        body.initAssetRecorded().setKind("soap");
        return body.getAssetRecorded().setQuantity(1'000'000);
      case Act::credit:
      case Act::debit:
        return fill_adjusted(step, body.initPointsAdjusted());
      case Act::lease:
      case Act::close:
        return fill_leased(step, body.initPointsAllowanceLeased());
      case Act::leased:
      case Act::online:
      case Act::handed:
        return fill_redeemed(step, body.initPointsRedeemed());
    }
  }
  static void fill_adjusted(const Step& step, schema::PointsAdjusted::Builder body) {
    body.setVolunteer(step.volunteer.value);
    body.setDelta(step.act == Act::debit ? -step.points : step.points);
    body.setReason("counted again");
    body.setApprover(503);
  }
  static void fill_leased(const Step& step, schema::PointsAllowanceLeased::Builder body) {
    body.setVolunteer(step.volunteer.value);
    body.setDevice(Town::get().device(step.device).value);
    body.setPoints(step.points);
    body.setLastDay(step.last_day.value);
    if (step.act == Act::close) body.setCloses(step.lease.value);
  }
  static void fill_redeemed(const Step& step, schema::PointsRedeemed::Builder body) {
    using Mode = schema::PointsRedeemed::Mode;
    body.setVolunteer(step.volunteer.value);
    body.setItem(step.item.value);
    body.setQuantity(1);
    body.setPoints(step.points);
    body.setMode(step.act == Act::leased   ? Mode::LEASED
                 : step.act == Act::online ? Mode::ONLINE
                                           : Mode::HANDED_OVER);
    body.setLease(step.lease.value);
  }

  std::vector<EventId> next_;
};

// --- schedules ---------------------------------------------------------------------------------

// What happens: first everybody is connected, then nobody is.
struct Schedule {
  std::vector<EventId> volunteers;
  std::vector<Step> connected;
  std::vector<std::deque<Step>> outboxes = std::vector<std::deque<Step>>(kDevices);
};

class Planner {
 public:
  Planner(Scribe& scribe, tests::Prng& random, int number, bool races)
      : scribe_(scribe), random_(random), races_(races) {
    for (std::size_t i = 0; i < kVolunteers; ++i) {
      const auto place = static_cast<std::size_t>(number) * kVolunteers + i;
      plan_.volunteers.push_back(Town::get().volunteer_at(place));
    }
  }

  Schedule make() {
    give_points();
    give_leases();
    // Known to everybody, but on the books only when its tablet is connected again.
    soap_ = later({.act = Act::asset, .device = any_tablet(), .day = day(0)}).id;
    for (const Step& lease : std::vector<Step>(plan_.connected)) {
      if (lease.act == Act::lease) use(lease);
    }
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
      later({.act = Act::credit,
             .device = kSupervisor,
             .volunteer = any_volunteer(),
             .points = amount(20),
             .day = day(random_.below(5))});
    }
    for (std::uint64_t i = random_.below(4); i > 0; --i) {
      later({.act = Act::handed,
             .device = any_tablet(),
             .volunteer = any_volunteer(),
             .points = amount(30),
             .day = day(random_.below(5)),
             .item = any_item()});
    }
    if (races_) add_races();
    return std::move(plan_);
  }

 private:
  Day day(std::uint64_t after) const {
    return Day{Town::get().day().value + static_cast<std::int32_t>(after)};
  }
  std::int64_t amount(std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most)));
  }
  std::size_t any_tablet() { return random_.below(kTablets); }
  EventId any_volunteer() { return plan_.volunteers[random_.below(kVolunteers)]; }
  EventId any_item() { return random_.below(4) == 0 ? soap_ : Town::get().towels(); }
  const Step& later(Step step) {
    const std::size_t device = step.device;
    plan_.outboxes[device].push_back(scribe_.write(std::move(step)));
    return plan_.outboxes[device].back();
  }

  void give_points() {
    for (EventId volunteer : plan_.volunteers) {
      free_.push_back(20 + amount(60));
      plan_.connected.push_back(scribe_.write({.act = Act::credit,
                                               .device = kSupervisor,
                                               .volunteer = volunteer,
                                               .points = free_.back(),
                                               .day = day(0)}));
    }
  }
  void give_leases() {
    for (std::uint64_t i = 3 + random_.below(5); i > 0; --i) {
      const std::size_t whose = random_.below(kVolunteers);
      if (free_[whose] == 0) continue;
      const std::int64_t points = amount(free_[whose]);
      free_[whose] -= points;
      plan_.connected.push_back(scribe_.write({.act = Act::lease,
                                               .device = any_tablet(),
                                               .volunteer = plan_.volunteers[whose],
                                               .points = points,
                                               .day = day(0),
                                               .last_day = day(random_.below(5))}));
    }
  }

  Step redemption(const Step& lease, std::int64_t points) {
    const auto days = static_cast<std::uint64_t>(lease.last_day.value - day(0).value);
    return {.act = Act::leased,
            .device = lease.device,
            .volunteer = lease.volunteer,
            .points = points,
            .day = day(random_.below(days + 1)),
            .lease = lease.id,
            .item = any_item(),
            .honest = true};
  }
  Step closing(const Step& lease, std::int64_t left) {
    return {.act = Act::close,
            .device = lease.device,
            .volunteer = lease.volunteer,
            .points = left,
            .day = lease.last_day,
            .lease = lease.id,
            .last_day = lease.last_day};
  }
  void use(const Step& lease) {
    if (random_.below(5) == 0) return misuse(lease);
    std::int64_t left = lease.points;
    for (std::uint64_t i = random_.below(5); i > 0 && left > 0; --i) {
      const std::int64_t points = amount(left);
      later(redemption(lease, points));
      left -= points;
    }
    if (random_.below(2) == 0) later(closing(lease, left));
  }
  // Too much, too late, on another tablet, after the closing, given back twice: whatever of it
  // counts, nobody is overspent. Only of what is in stock, so that it is judged at once.
  void misuse(const Step& lease) {
    for (std::uint64_t i = 1 + random_.below(5); i > 0; --i) {
      if (random_.below(4) == 0) {
        later(closing(lease, amount(lease.points + 5) - 1));
        continue;
      }
      Step step = redemption(lease, amount(lease.points + 5));
      step.honest = false;
      step.item = Town::get().towels();
      if (random_.below(4) == 0) step.day = Day{lease.last_day.value + 1};
      if (random_.below(4) == 0) step.device = any_tablet();
      later(std::move(step));
    }
  }
  // What two may want at once, so that the order of arrival decides.
  void add_races() {
    for (std::uint64_t i = 2 + random_.below(4); i > 0; --i) {
      const Act act = random_.below(3) == 0   ? Act::lease
                      : random_.below(3) == 0 ? Act::debit
                                              : Act::online;
      Step step{.act = act,
                .device = act == Act::debit ? kSupervisor : any_tablet(),
                .volunteer = any_volunteer(),
                .points = amount(40),
                .day = day(random_.below(5)),
                .item = Town::get().towels(),
                .last_day = day(9)};
      const Step written = later(std::move(step));
      if (act != Act::lease || random_.below(2) == 0) continue;
      Step spent = redemption(written, amount(written.points));
      spent.honest = false;  // the tablet does not know whether it has the lease
      later(std::move(spent));
    }
  }

  Scribe& scribe_;
  tests::Prng& random_;
  bool races_;
  Schedule plan_;
  std::vector<std::int64_t> free_;  // not set aside, by volunteer
  EventId soap_;
};

}  // namespace houniao::testing
