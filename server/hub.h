// The sessions of one network thread: opens them, hands them frames, delivers each committed group
// to all of them, and tells their owners when there is output. The production gateway has one hub
// per network thread, the simulator one in all. Everything here belongs to that thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "server/session.h"

namespace houniao {

// Whoever moves a session's output: a connection, or the simulator.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  // The session has output or wants to be closed. May close the session.
  virtual void session_ready(SyncSession& session) = 0;
  // The hub goes away, and the session with it.
  virtual void session_dropped() {}
};

struct HubPorts {
  const ServerIdentity& identity;
  const LogStore& log;
  const Published& published;
  KeyStore& keys;
  Quarantine& quarantine;
  Random& random;
  Inbox& inbox;
  Metrics& metrics;
  // Signatures checked before a push is taken; the rest are owed for a moment.
  std::uint32_t verify_first_per_second = limits::kVerifyFirstPerSecond;
};

class SessionHub {
 public:
  SessionHub(std::uint16_t index, HubPorts ports);
  SessionHub(const SessionHub&) = delete;
  SessionHub& operator=(const SessionHub&) = delete;

  // The session lives until close(); `owner` must outlive it. May be null (then poll).
  SyncSession& open(SessionOwner* owner, Moment now);
  SyncSession* find(SessionKey key);
  void close(SessionKey key);
  std::size_t size() const { return sessions_.size() - closed_.size(); }

  void deliver(const std::shared_ptr<const CommittedGroup>& group, Moment now);
  void tick(Moment now);
  // Goes on with sessions that had more to read than one turn allows; true when some still have.
  bool pump();
  bool wants_pump() const { return pump_wanted_; }
  // Checks owed signatures that are due, a few at a time; when to call again, nullopt: not before
  // something happens.
  std::optional<std::int64_t> settle_signatures(Moment now);
  bool owes_signatures() const { return !owing_.empty(); }
  // All that are owed, now; before the sequencer stops.
  void settle_all();
  void shut_down(std::uint32_t after_ms);
  // Ends every session without a word; for the end of the process.
  void drop_all();

 private:
  struct Entry {
    std::unique_ptr<SyncSession> session;
    SessionOwner* owner = nullptr;
  };
  template <class Visit>
  void for_each(Visit visit);
  void ready(Entry& entry);
  void erase(SessionKey key);

  const std::uint16_t index_;
  HubPorts ports_;
  Proofs proofs_;
  Fanout fanout_;
  VerifyBudget verify_budget_;
  std::set<std::pair<std::int64_t, SessionKey>> owing_;
  std::uint64_t serial_ = 0;
  boost::unordered_flat_map<SessionKey, Entry> sessions_;
  std::vector<SessionKey> closed_;  // while visiting
  bool visiting_ = false;
  bool pump_wanted_ = false;
};

}  // namespace houniao
