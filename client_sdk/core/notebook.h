// The device's own durable truth: who it is, what it recorded, what the log has said, and the
// folded state of both. Everything that changes it commits to the Store before it returns, in one
// atomic group, so that a crash at any point leaves a consistent notebook.
//
// Knows nothing of connections: client_sdk/core/session.h speaks the protocol, and the owner (the
// ClientCore of the simulator, the Client of the SDK) carries values between the two. Pure; one
// thread at a time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/ports.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/event_builder.h"
#include "client_sdk/core/history.h"
#include "client_sdk/core/outbox.h"
#include "client_sdk/core/personal.h"
#include "client_sdk/core/projection.h"
#include "client_sdk/core/status.h"
#include "client_sdk/core/store.h"

namespace houniao::client {

// What a Welcome says about this device.
struct Grants {
  DeviceNumber number;
  std::uint64_t holder = 0;
  std::vector<ScopeId> scopes;  // ascending
  std::vector<schema::Role> roles;
  bool whole_log = false;
  std::optional<SymmetricKey> blind_key;  // absent: none was sent
  bool operator==(const Grants&) const = default;
};

// Measured difference between the server's clock and this device's, and how wrong it may be.
struct ClockEstimate {
  std::int64_t offset_ms = 0;                  // server minus device
  std::uint32_t uncertainty_ms = 0xffffffffU;  // all ones: never measured
};

class Notebook {
 public:
  // Opens what the store holds; in an empty store makes the device's key. `log_key` empty: pin the
  // first one that a server shows. wrong_key when another is pinned and this one did not lead to
  // it.
  ~Notebook();
  static Result<std::unique_ptr<Notebook>> open(Store& store, Random& random, std::string log_key);

  // --- who this is -------------------------------------------------------------------------------
  const DeviceIdentity& identity() const { return identity_; }
  // Keys of the log that were pinned before, oldest first.
  const std::vector<std::string>& earlier_log_keys() const { return earlier_log_keys_; }
  const SigningKey& signing_key() const { return key_; }
  bool enrolled() const { return identity_.number.value != 0; }
  // Pins the log's key, at enrolment. wrong_key when another one is pinned already.
  Result<void> pin(const std::string& log_key);
  // Pins the key that the pinned one led to (replay/log_keys.h), which the caller has verified.
  // What was pinned before is remembered, so that open() still knows it.
  Result<void> pin_next(const std::string& log_key);
  // Keeps the grants. Records of scopes that are no longer granted are purged from the store.
  Result<void> accept(const Grants& grants);

  const std::optional<Error>& alarm() const { return alarm_; }
  // Sticky from here on, also after a restart; the first one stays.
  void raise(Error alarm);

  ClockEstimate clock() const { return clock_; }
  // In memory at once, durable with the next commit.
  void measured(ClockEstimate estimate) {
    clock_ = estimate;
    clock_dirty_ = true;
  }

  // --- recording ---------------------------------------------------------------------------------
  // All or none; durable when it returns.
  Result<std::vector<EventId>> record(std::span<const EventDraft> drafts, WallTime now);
  EventId next_event_id() const;

  // --- sending -----------------------------------------------------------------------------------
  DeviceSeq last() const { return chain_seq_; }
  DeviceSeq acknowledged() const { return acknowledged_; }
  const Outbox& outbox() const { return outbox_; }
  // Hash of an own event, where it can still be told: of the last one, of any in the outbox, and of
  // the predecessor of one in the outbox.
  std::optional<Hash> hash_of(DeviceSeq seq) const;
  const KeyRing& keys() const { return keys_; }
  // The server has everything through here. Not durable before flush(): a lost acknowledgement is
  // given again by the next Welcome.
  void acknowledge(DeviceSeq through);
  void deposited(std::span<const std::uint64_t> key_ids);
  Result<void> flush();
  Result<void> add_key(PersonId subject, std::uint64_t key_id, const SymmetricKey& key);

  // --- receiving ---------------------------------------------------------------------------------
  const Position& position() const { return position_; }
  // Call before a session starts from position(): nothing verified earlier is under way any more.
  void begin_session() { purged_.clear(); }
  struct Stored {
    bool state = false;      // records arrived
    bool status = false;     // verdicts on own events arrived
    bool withdrawn = false;  // records of a withdrawn scope were purged: start the session over
  };
  // Stores the batches in one commit and folds them. `batches` are in the order of arrival.
  Result<Stored> store(std::span<VerifiedBatch> batches);

  // --- asking ------------------------------------------------------------------------------------
  Result<EventSync> status(EventId id) const;
  OutboxCounters counters() const;
  // Everything a whole-log or scoped subscription answers for is here, up to `size`.
  bool caught_up(TreeSize size) const;
  Result<const State*> confirmed();
  Result<const State*> with_pending(WallTime now);
  Result<Hash> digest();
  Result<PersonalData> personal(PersonId person) const;
  // Writes the folded state, so that the next open() need not fold everything.
  Result<void> write_snapshot();
  std::uint64_t folded_since_snapshot() const;

 private:
  struct Scan;

  Notebook(Store& store, Random& random);
  Result<void> load(const std::string& log_key);
  Result<void> load_identity(const std::string& log_key);
  bool knows_log_key(const std::string& log_key) const;
  Result<void> load_progress();
  Result<void> load_alarm();
  Result<void> refold();   // from the newest snapshot, else from nothing
  Result<void> rebuild();  // from nothing, in the order of the log
  Result<void> settle() { return stale_ ? rebuild() : Result<void>(); }
  Result<void> purge(std::span<const ScopeId> scopes);
  Result<void> scan(const VerifiedBatch& batch, Scan& scan);
  Result<void> scan_event(Scan& scan);
  Result<void> scan_sealed(Scan& scan) const;
  void scan_grants(Scan& scan);
  Result<void> fold(ByteView records);
  bool may_write(ScopeId scope) const;
  Result<void> check_drafts(std::span<const EventDraft> drafts) const;
  Result<void> keep_sealed(PersonId person, std::span<const SealedItem> items,
                           std::map<std::uint64_t, Bytes>& pending) const;
  void judged(DeviceSeq seq, Seq place);
  void find_judged();
  bool is_judged(DeviceSeq seq) const;
  bool is_out_of_sight(ByteView event) const;
  bool is_settled(DeviceSeq seq) const;
  Bytes encode_identity(std::span<const ScopeId> scopes) const;
  Result<void> decode_identity(ByteView value);
  Envelope envelope(WallTime now) const;
  void progress_writes(std::vector<Write>& writes);

  Store& store_;
  Random& random_;
  DeviceIdentity identity_;
  std::vector<std::string> earlier_log_keys_;  // pinned before identity_.log_key, oldest first
  SigningKey key_;
  std::optional<SymmetricKey> blind_key_;
  std::optional<Error> alarm_;
  ClockEstimate clock_;
  bool clock_dirty_ = false;

  DeviceSeq chain_seq_;
  Hash chain_head_;
  DeviceSeq acknowledged_;
  bool acknowledged_dirty_ = false;
  std::vector<Write> deposit_writes_;
  Outbox outbox_;
  bool out_of_sight_ = true;  // the outbox may hold events of scopes that are not granted any more
  KeyRing keys_;

  Position position_;
  std::vector<ScopeId> purged_;  // batches that were verified before may still carry their cursors
  std::uint64_t last_batch_ = 0;
  std::vector<bool> judged_;  // own events whose record is here, by device_seq - 1
  std::uint64_t judged_count_ = 0;
  std::optional<Seq> own_through_;

  Projection projection_;
  bool stale_ = false;  // older records arrived or records were purged: fold everything again
  std::uint64_t folded_at_snapshot_ = 0;
};

}  // namespace houniao::client
