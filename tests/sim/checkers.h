// What must be true of every run, seen from outside: the checkers know everything that was
// recorded, acknowledged, committed and signed, and compare it with what the log and the states
// say. A checker that finds something notes a violation with a code; a planted bug must produce its
// code (canary).
//
//   acknowledged_event_lost   an event whose acknowledgement a tablet received is not in the log
//   acknowledged_early        acknowledged before it was committed
//   event_twice               a device's event has two places, or its chain has a gap
//   event_changed             other bytes in the log than the device recorded
//   order_broken              places with gaps, or record times that go back
//   record_changed            a stored record differs from what was committed
//   checkpoint_rewritten      a signed checkpoint that the log does not extend
//   verdict_differs           the auditor's replay does not accept the log
//   digest_differs            equal heads, different states
//   ledger_broken             a money invariant
//   points_broken, assignment_broken, shares_broken, certificate_broken, award_broken,
//   billing_broken, custody_broken, contract_broken
//                             an invariant of the domain, see invariants.h
//   limit_exceeded            a queue beyond its limit
//   record_lost_on_device     a tablet forgot an event that record() had confirmed
//   false_alarm               an honest tablet raised an alarm
//   server_refused_start      a server does not open its own log
//   not_drained               an outbox that does not empty after the faults healed
//   not_signed                an event that no device's signature covers after the faults healed
//
// One thread.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "replay/merkle/frontier.h"
#include "schema/catalogue.h"
#include "server/work.h"
#include "tests/sim/invariants.h"

namespace houniao {
class Replayer;
class State;
}  // namespace houniao

namespace houniao::sim {

// Events of one type: how many the log holds, and how many of them count in the end.
struct TypeCount {
  std::uint64_t recorded = 0;
  std::uint64_t in_force = 0;
};
using TypeCounts = std::array<TypeCount, kCatalogue.size()>;  // by number on the wire

class Checkers {
 public:
  explicit Checkers(std::string log_vkey);
  ~Checkers();

  void violated(std::string code, std::string detail);
  const std::vector<Violation>& violations() const { return violations_; }
  bool ok() const { return violations_.empty(); }

  // A tablet's record() returned these events.
  void recorded(const DeviceId& device, DeviceSeq first, const std::vector<Hash>& events);
  std::uint64_t recorded_count(const DeviceId& device) const;
  // An acknowledgement reached the tablet.
  void acknowledged(const DeviceId& device, DeviceSeq through);
  // The server's log grew by this group. `judge_wrongly` plants a bug: the replay is shown another
  // verdict than the one that was committed.
  void committed(const CommittedGroup& group, bool judge_wrongly);
  // A signed note was seen on the wire or in the log.
  void note(std::string_view text);
  // Compares the whole stored log with what was committed, and takes up what a crash left durable.
  void log_opened(const LogStore& log);
  // States at equal heads; `who` is for the message.
  void same_digest(const std::string& who, const Hash& digest, const Hash& expected);

  TreeSize size() const { return TreeSize{leaves_.size()}; }
  // The auditor's own fold of everything committed.
  const State& replayed() const;
  Hash replayed_digest() const;
  // The fold of the records that a device with these scopes sees.
  Hash scoped_digest(const LogStore& log, const std::vector<ScopeId>& scopes);
  void check_ledger();
  // The invariants of the domain on the auditor's own fold. `overdraw` plants a bug: a volunteer of
  // the state that is checked has spent what nobody earned.
  void check_state(bool overdraw);
  TypeCounts types() const;
  // Every event of the log is covered by its device's signature.
  bool all_signed() const;

  std::uint64_t acknowledged_total() const;

 private:
  struct DeviceTruth {
    std::vector<Hash> recorded;
    std::uint64_t acknowledged = 0;
    std::uint64_t in_log = 0;
  };
  void take_record(ByteView record, bool judge_wrongly);
  void take_event(ByteView event);
  void note_broken(const State& state);
  void check_acknowledged(const std::map<DeviceId, std::uint64_t>& in_log);

  std::string log_vkey_;
  std::vector<Violation> violations_;
  std::map<DeviceId, DeviceTruth> devices_;
  std::vector<Hash> leaves_;
  merkle::Frontier frontier_;
  std::map<TreeSize, Hash> roots_;  // at every size
  std::set<std::string, std::less<>> notes_;
  TreeSize largest_note_;
  WallTime last_received_;
  std::unique_ptr<Replayer> replayer_;
};

}  // namespace houniao::sim
