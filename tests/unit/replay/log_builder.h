// A small server and its devices for tests: builds signed device chains and the log that a server
// would write about them, and folds it on the way. Deterministic: no clock, no randomness.
//
//   LogBuilder log;                                     // server device 1, everything else at wish
//   auto tablet = log.enrol({.roles = {schema::Role::FIELD}, .scopes = {ScopeId{16}}});
//   EventId site = log.add(tablet, [](schema::Event::Builder e) { e.initBody().initSiteOpened();
//   }); log.status(site); log.reasons(site); log.state();
//
// A device that was taken offline keeps its events until push(). A LogBuilder is a value: copy it
// to try two orders of arrival.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "replay/state.h"
#include "replay/verdict.h"
#include "schema/codec.h"

namespace houniao::testing {

using Fill = std::function<void(schema::Event::Builder)>;

struct EnrolOptions {
  std::uint64_t holder = 0;
  std::vector<schema::Role> roles = {};
  std::vector<ScopeId> scopes = {};
  bool whole_log = false;
  std::string label = "tablet";
};

class LogBuilder {
 public:
  // Enrols the server's own device, with every role and the whole log.
  LogBuilder();

  static constexpr DeviceNumber kServer{1};
  // A scope that every enrolled test device gets unless options name others.
  static constexpr ScopeId kScope{16};

  DeviceNumber enrol(EnrolOptions options = {});
  // A device with every role on every scope that a test needs.
  DeviceNumber enrol_all_roles();

  // Records an event on the device: chained and, unless the device is offline, pushed at once with
  // its attestation. Before `fill` the envelope has today as day of occurrence, the recording time,
  // the holder as actor and kScope as scope.
  EventId add(DeviceNumber device, const Fill& fill);
  void offline(DeviceNumber device) { devices_.at(device.value).offline = true; }
  // Delivers up to `events` waiting events and the attestation of them; the device stays offline
  // until online().
  void push(DeviceNumber device, std::size_t events = SIZE_MAX);
  void online(DeviceNumber device);
  std::size_t waiting(DeviceNumber device) const { return devices_.at(device.value).outbox.size(); }

  // Days go on only when told to; each record is received one millisecond after the one before.
  void set_today(Day day) { today_ = day; }
  Day today() const { return today_; }

  const State& state() const { return state_; }
  EventStatus status(EventId id) const;
  // In force.
  Reasons reasons(EventId id) const;
  // As written in the record.
  Judgement recorded(EventId id) const { return recorded_.at(id.value); }
  // Every record so far: a standard Cap'n Proto stream, and one by one.
  const std::vector<Bytes>& records() const { return records_; }
  Bytes stream() const;
  const SigningKey& key(DeviceNumber device) const { return devices_.at(device.value).key; }
  // The bytes of an event that was added.
  const Bytes& event_bytes(EventId id) const { return events_.at(id.value); }
  // The id that the device's next event will have.
  EventId next_id(DeviceNumber device) const;

  // Takes in event bytes as they are, whatever they hold; for hostile input.
  Judgement arrive(const Bytes& event);

 private:
  struct TestDevice {
    DeviceNumber number;
    SigningKey key;
    DeviceId id;
    std::uint64_t holder = 0;
    std::uint64_t next_seq = 1;
    Hash head;
    bool offline = false;
    std::deque<Bytes> outbox;
    std::uint64_t delivered = 0;
    Hash delivered_head;
  };
  Bytes encode_event(TestDevice& device, const Fill& fill);
  void attest(const TestDevice& device);
  RecordHeader next_header(ScopeId scope);
  void push_record(Bytes record, ScopeId scope);

  std::map<std::uint32_t, TestDevice> devices_;
  Day today_{17000};
  std::int64_t received_us_ = 0;
  State state_;
  std::vector<Bytes> records_;
  std::map<std::uint64_t, std::pair<std::uint64_t, Hash>> scope_heads_;  // count, last leaf
  std::map<std::uint64_t, Judgement> recorded_;
  std::map<std::uint64_t, Bytes> events_;
};

}  // namespace houniao::testing
