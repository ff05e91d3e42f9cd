// What the simulated people know and how they choose: every entity that anybody recorded so far,
// and the dice that decide what the next event says. An entity is known here from the moment that
// its tablet recorded it, whether or not it ever reaches the server, so that events name each other
// across tablets in any order. Now and then a value is one that cannot be right, or a name leads
// nowhere.
//
// One per run, with dice of its own: how many of them an event uses changes nothing about when
// things happen or break. One thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "schema/catalogue.h"
#include "tests/support/prng.h"

namespace houniao::sim {

// Scopes of the simulated programme: its default one and one per station.
inline constexpr ScopeId kProgrammeScope{16};
inline constexpr ScopeId kStationScopes[] = {ScopeId{17}, ScopeId{18}};
// Who holds tablet n: a person of this id plus n, whom nobody registered.
inline constexpr std::uint64_t kFirstHolder = 4'000;
// Somebody who approves and signs and holds no tablet.
inline constexpr std::uint64_t kOfficeHolder = 4'900;

inline constexpr std::int32_t kOpenEnd = 2147483647;
Day sim_today();      // of the simulated clock
Day sim_first_day();  // from which everything of the programme runs

// An event of the past, and what others need to name it sensibly. What the members mean is each
// type's own affair; 0 where there is nothing to say.
struct Made {
  std::uint64_t id = 0;
  std::uint64_t of = 0;  // what it belongs to: the order of a claim, the volunteer of hours
  std::uint64_t by = 0;  // who or what else it is about
  std::uint64_t extra = 0;
  std::int64_t amount = 0;  // money, points or minutes that it states
  DeviceNumber device() const { return device_of(EventId{id}); }
};

class Book {
 public:
  explicit Book(std::uint64_t seed) : prng_(seed) {}

  // --- dice --------------------------------------------------------------------------------------
  std::uint64_t below(std::uint64_t bound) { return prng_.below(bound); }
  bool one_in(std::uint64_t n) { return prng_.below(n) == 0; }
  // Whether the value in hand is to be one that cannot be right.
  bool odd() { return one_in(24); }
  // One of the first `count` enumerants; oddly one that no schema has.
  template <class Enum>
  Enum enumerant(unsigned count) {
    return static_cast<Enum>(odd() && odd() ? 99 : below(count));
  }
  // A sum of money of up to `most`; oddly none, a negative one or one beyond every limit.
  std::int64_t fen(std::int64_t most);
  // The text; oddly the empty one or one full of what a careless parser stumbles over.
  std::string text(std::string good);
  // One of a few hashes, so that two events meet in one; oddly too short.
  Bytes hash();
  // 16 bytes, one of a few.
  Bytes index();
  std::int32_t today() { return sim_today().value; }
  // The last days, up to `days` ago.
  std::int32_t lately(std::uint64_t days) {
    return today() - static_cast<std::int32_t>(below(days + 1));
  }
  std::int32_t soon(std::uint64_t days) {
    return today() + static_cast<std::int32_t>(below(days + 1));
  }
  // An end that fits an interval which has begun; oddly one from before everything.
  std::int32_t end() { return odd() ? sim_first_day().value - 900 : kOpenEnd; }
  // Shares of n parties that make up the whole; oddly they do not.
  std::vector<std::uint16_t> shares(std::size_t n);
  // A number that no other event of this run has.
  std::uint32_t serial() { return ++serial_; }

  // --- whose turn it is --------------------------------------------------------------------------
  // The next events are recorded on this device; 0 while it is not known.
  void turn(DeviceNumber device) { own_ = device; }
  DeviceNumber own() const { return own_; }
  // A device that may redeem: mostly the own one, else any, lost ones and unknown ones included.
  std::uint32_t some_device();
  void lost(DeviceNumber device) { lost_.push_back(device); }
  // A device that is lost, 0 when there is none.
  DeviceNumber a_lost_device();

  // --- what there is -----------------------------------------------------------------------------
  bool none(EventType type) const { return list(type).empty(); }
  std::size_t recorded() const { return all_.size(); }
  // An event of this type, the last few preferred so that several tablets meet in one thing; none
  // when there is none. Oddly one that does not exist, not yet, or is of another type.
  Made pick(EventType type);
  // One that fits, none when none does.
  template <class Fits>
  Made pick_if(EventType type, Fits&& fits) {
    const std::vector<Made>& made = list(type);
    if (made.empty()) return {};
    const std::size_t start = below(made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      const Made& candidate = made[(start + i) % made.size()];
      if (fits(candidate)) return candidate;
    }
    return {};
  }
  std::uint64_t id(EventType type) { return pick(type).id; }
  // That, or 0 in all but one of n cases.
  std::uint64_t maybe(std::uint64_t n, EventType type) { return one_in(n) ? id(type) : 0; }
  // A person, or an organisation in one of three cases.
  std::uint64_t party() {
    return id(one_in(3) ? EventType::ORGANISATION_REGISTERED : EventType::PERSON_REGISTERED);
  }
  // Any event at all.
  std::uint64_t any_event();
  template <class List>
  void fill(List ids, EventType type) {
    for (unsigned i = 0; i < ids.size(); ++i) ids.set(i, id(type));
  }

  // --- what is being recorded --------------------------------------------------------------------
  // Begins a group; what the last one said of itself is forgotten.
  void begin_group() { notes_.clear(); }
  void begin_event() { notes_.emplace_back(); }
  // What the event in hand says of itself, for whoever names it later.
  Made& note() { return notes_.back(); }
  // The n-th event of the group became this one.
  void keep(std::size_t n, EventType type, EventId id);

 private:
  const std::vector<Made>& list(EventType type) const {
    return made_[static_cast<std::size_t>(type)];
  }
  Made stray();

  tests::Prng prng_;
  std::uint32_t serial_ = 0;
  DeviceNumber own_;
  std::vector<DeviceNumber> lost_;
  std::vector<EventId> heads_;  // the last event of every device that recorded any
  std::array<std::vector<Made>, kCatalogue.size()> made_;
  std::vector<std::uint64_t> all_;
  std::vector<Made> notes_;
};

}  // namespace houniao::sim
