// The one place where events get their order. Takes pushes that sessions have checked, gives each
// event its place and its verdict, and makes records, tree, heads and a signed checkpoint durable
// in one commit per group; only then are the outcomes released.
//
// Rules it keeps:
//   - a device's chain grows without gaps; the same bytes at the same place are acknowledged again,
//     other bytes are a fork: kept in quarantine, written down as an incident, the device is
//     revoked;
//   - the state never runs ahead of the disk: after a commit that failed, the state is folded again
//     from what is durable, pushes are answered with Retry, and a later group tries again;
//   - record times never go back, also when the wall clock does;
//   - the key that signs checkpoints is the one that the log names (replay/log_keys.h). It changes
//   at
//     start-up only: the change is a record, and the checkpoint that covers it has both signatures.
//
// Owns State, the tree's frontier and the log's writer. One thread (or the simulator); other
// threads see its work through Published and CommittedGroup.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "replay/checkpoint.h"
#include "replay/merkle/tiles.h"
#include "server/former_scopes.h"
#include "server/keys/key_store.h"
#include "server/log/log_store.h"
#include "server/published.h"
#include "server/quarantine.h"
#include "server/replica.h"
#include "server/server_chain.h"
#include "server/snapshots.h"
#include "server/work.h"

namespace houniao {

class State;
class EventReader;

struct SequencerOptions {
  std::string origin;  // name of the log, also the key name in checkpoints
  SigningKey log_key;  // signs checkpoints
  // Takes over from `log_key` at this start. Stays here until a start has recorded it, and does no
  // harm afterwards.
  std::optional<SigningKey> next_log_key;
  std::uint16_t key_change_reason = 1;  // schema::LogKeyChanged::Reason, with next_log_key
  SigningKey device_key;                // signs the server's own events
  std::size_t group_events_max = limits::kGroupEventsMax;
  std::size_t queue_events_max = limits::kSequencerQueueEventsMax;
  // At start, records up to this many are all hashed again; of a longer log only the tail after the
  // newest snapshot (the tree of the part before comes from the stored tiles).
  std::uint64_t rehash_records_max = 2'000'000;
  // A checkpoint of this log that was kept outside it; the log must extend it.
  std::optional<Checkpoint> witness;
};

// How long a device is told to wait, and how often a full disk is tried again.
inline constexpr std::uint32_t kRetryOverloadedMs = 200;
inline constexpr std::uint32_t kRetryStorageMs = 5'000;
inline constexpr std::int64_t kStorageProbeUs = 2'000'000;
// Incidents of one kind of one device are written down at most this often; all are counted.
inline constexpr std::int64_t kIncidentEveryUs = 60'000'000;

class Sequencer {
 public:
  // All outlive the sequencer; `snapshots` may be null.
  struct Ports {
    LogStore& log;
    KeyStore& keys;
    Quarantine& quarantine;
    SnapshotStore* snapshots;
    Published& published;
  };

  // Folds the log and checks it against its last checkpoint; writes the first event into an empty
  // one. checkpoint_mismatch or corrupt when the log is not what was signed: do not serve it.
  static Result<std::unique_ptr<Sequencer>> open(Ports ports, SequencerOptions options,
                                                 WallTime now);
  ~Sequencer();

  // Queues work for a later commit(); false when the queue is full.
  bool submit(Work work);
  bool idle() const { return queue_.empty(); }
  std::size_t events_waiting() const { return events_waiting_; }

  // Judges and commits one group of queued work. Never fails: what went wrong is in the outcomes.
  std::shared_ptr<const CommittedGroup> commit(WallTime now);

  const State& state() const { return *state_; }
  TreeSize size() const { return tree_.size(); }
  // The key that signs checkpoints from here on; next_log_key when there was one.
  const SigningKey& log_key() const { return options_.log_key; }
  // Why pushes are answered with Retry; nullopt while all is well.
  const std::optional<Error>& read_only() const { return read_only_; }
  // Incidents that were counted but not written down one by one.
  std::uint64_t incidents_suppressed() const { return incidents_suppressed_; }

 private:
  struct Door;  // a refusal and what follows from it
  Sequencer(Ports ports, SequencerOptions options);

  // sequencer_open.cc
  Result<void> load(WallTime now, bool verify);
  Result<Checkpoint> check_stored_checkpoint(const LogHead& head) const;
  Result<void> check_log_key() const;
  Result<void> change_log_key(WallTime now);
  Result<void> check_records(TreeSize from, const Checkpoint& signed_head);
  Result<void> check_witness(TreeSize size) const;
  Result<WallTime> last_received(TreeSize size) const;
  Result<void> write_genesis(WallTime now);

  // One group.
  void start_group(WallTime now);
  void process(Work work);
  void finish_group();
  void publish_group();
  void fail_group(const Error& error);
  void refuse_while_read_only(Work& work);

  void process_push(PushRequest& push);
  void process_attest(const AttestRequest& request);
  void refuse_signature(const AttestRequest& request);
  std::optional<Door> check_door(const PushRequest& push, const DeviceHead& head,
                                 const DeviceGrant& grant);
  std::optional<Door> check_chain(const PushRequest& push, const DeviceHead& head);
  std::optional<Door> check_events(const PushRequest& push, std::size_t from,
                                   const DeviceGrant& grant,
                                   std::vector<IncidentReport>& incidents);
  Result<bool> had_scope(DeviceNumber device, ScopeId scope);
  Result<void> with_record(Seq seq, const std::function<void(RecordReader&)>& use);
  Result<bool> same_as_stored(const PushRequest& push, const DeviceHead& head);
  Result<Hash> stored_hash(DeviceNumber number, DeviceSeq at);
  void refuse(const PushRequest& push, Door door);
  void admit_events(const PushRequest& push, std::size_t from, DeviceHead& head);
  void process_enrolment(const EnrolRequest& request);
  void process_deposit(const KeyDepositRequest& request);
  void process_query(const KeyQuery& query);
  void process_incident(const IncidentReport& report);
  void process_admin(const AdminEvent& event);
  void erase_keys_of_erased();

  void append_event(ByteView bytes, DeviceNumber device);
  void append_own_event(const Bytes& event);
  void append_attestation(const AttestationData& attestation);
  void attest(const AttestationData& signed_head, DeviceHead& head);
  void close_record(std::size_t start, ScopeId scope);
  RecordHeader header_for(ScopeId scope);
  DeviceHead& head_of(const DeviceId& device);
  PushOutcome outcome_for(SessionKey session, std::uint64_t push_id, const DeviceId& device);

  Ports ports_;
  SequencerOptions options_;
  bool handing_over_ = false;  // both keys sign the checkpoint of the group in hand

  std::unique_ptr<State> state_;
  merkle::TileBuilder tree_;
  boost::unordered_flat_map<DeviceId, DeviceHead> devices_;
  boost::unordered_flat_map<ScopeId, ScopeHead> scopes_;
  std::optional<FormerScopes> former_scopes_;  // read when needed, forgotten when grants change
  std::optional<ServerChain> own_;
  std::shared_ptr<const PublishedHead> head_;
  WallTime last_received_;

  std::deque<Work> queue_;
  std::size_t events_waiting_ = 0;

  // The group in hand.
  std::shared_ptr<CommittedGroup> group_;
  WallTime now_;          // of the call
  WallTime received_at_;  // stamped on its records
  std::vector<DeviceId> changed_devices_;
  std::vector<ScopeId> changed_scopes_;
  bool own_events_ = false;
  bool erasures_ = false;
  std::size_t own_incidents_ = 0;
  std::unique_ptr<EventReader> reader_;

  std::optional<Error> read_only_;
  std::int64_t next_probe_us_ = 0;
  boost::unordered_flat_map<DeviceId, std::array<std::int64_t, 8>> incident_times_;
  std::uint64_t incidents_suppressed_ = 0;
};

}  // namespace houniao
