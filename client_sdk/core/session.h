// One connection to the server, as a sans-IO state machine: bytes of frames in, bytes of frames
// out, time as an argument. Verifies everything it is told about the log (history.h) and hands on
// only what passed. A session is used for one connection and then thrown away; what outlives it is
// in the Notebook, which the host stands for here.
//
//   open   Hello -> Challenge -> Proof -> Welcome
//   keys   KeyDeposit -> Keys               before the events that need them; until answered
//   push   Push -> Pushed                   up to kPushesInFlight at once, always in chain order
//   pull   Credit -> Records                credit is given back when records are stored
//
// Pure; one thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client_sdk/core/history.h"
#include "client_sdk/core/notebook.h"

namespace houniao::client {

struct Now {
  WallTime wall;
  std::int64_t monotonic_us = 0;
};

struct KeyToDeposit {
  std::uint64_t key_id = 0;
  PersonId subject;
  SymmetricKey key{};
  DeviceSeq made_by;  // the event that needs it first
};

struct GrantedKey {
  PersonId subject;
  std::uint64_t key_id = 0;
  std::optional<SymmetricKey> key;  // absent: denied or not there
};

// What a session asks of and tells its owner. Calls come from within feed(), tick() and pump().
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual Result<void> on_log_key(const std::string& log_key) = 0;
  // The log changed its key, and the key pinned so far led to this one.
  virtual Result<void> on_log_key_changed(const std::string& log_key) = 0;
  virtual Result<void> on_welcome(const Grants& grants) = 0;
  virtual void on_clock(const ClockEstimate& estimate) = 0;
  // Own chain, for comparing with what the server has.
  struct Chain {
    DeviceSeq last;
    DeviceSeq acknowledged;
    std::optional<Hash> known_hash;  // of the event asked about, where it can be told
  };
  virtual Chain chain(DeviceSeq about) = 0;
  virtual OutboxSlice next_events(DeviceSeq from, std::size_t events_max,
                                  std::size_t bytes_max) = 0;
  // Of events behind `after`, through `through`, in that order.
  virtual std::vector<KeyToDeposit> keys_to_deposit(DeviceSeq after, DeviceSeq through,
                                                    std::size_t max) = 0;
  virtual void on_acknowledged(DeviceSeq through) = 0;
  virtual void on_deposited(std::span<const std::uint64_t> key_ids) = 0;
  virtual void on_keys(std::vector<GrantedKey> keys) = 0;
  virtual void on_batch(VerifiedBatch batch) = 0;
};

struct SessionStart {
  SigningKey key;
  DeviceIdentity identity;
  Position position;
  std::string user_agent;
  std::string enrolment_code;  // empty once enrolled
};

class Session {
 public:
  static constexpr std::size_t kPushesInFlight = 4;
  static constexpr std::size_t kPushBytesMax = 512 * 1024;
  static constexpr std::uint64_t kCreditWindow = 16 * 1024 * 1024;

  Session(SessionStart start, SessionHost& host, Random& random);
  ~Session();

  // Sends the Hello. Call once.
  void start(Now now);
  // An error ends the session; its code says whether to try again (see retry_after_ms()).
  Result<void> feed(ByteView frame, Now now);
  // Deadlines and keep-alive; call at least once a second.
  Result<void> tick(Now now);
  // Sends what waits in the outbox, as far as the limits allow. Call after recording.
  void pump(Now now);
  // The owner stored records that weighed so much: gives the credit back.
  void stored(std::size_t frame_bytes);
  void request_keys(std::span<const PersonId> persons);
  // Asks the server how far it has sent; see reach().
  void probe(Now now);

  // Frames to send, oldest first.
  std::vector<Bytes> take_output() { return std::exchange(output_, {}); }
  bool online() const { return phase_ == Phase::online; }
  bool idle() const { return online() && in_flight_.empty(); }
  const Position& position() const;
  // The newest answer to probe(): every record below `sent_through` that this device may see was
  // received before it, when the log had `log_size` records.
  struct Reach {
    Seq sent_through;
    TreeSize log_size;
    std::int64_t asked_us = 0;
  };
  const Reach& reach() const { return reach_; }
  // How long the server asked to stay away; 0 when it did not.
  std::uint32_t retry_after_ms() const { return retry_after_ms_; }
  // Why the server refuses this device's events although the connection stands.
  const std::optional<Error>& refused() const { return refused_; }

 private:
  enum class Phase : std::uint8_t { fresh, challenged, proving, online };
  struct InFlight {
    std::uint64_t id = 0;
    DeviceSeq through;
    std::int64_t sent_us = 0;
  };

  Result<void> dispatch(schema::Frame::Reader frame, std::size_t frame_bytes, Now now);
  Result<void> on_challenge(schema::Challenge::Reader challenge, Now now);
  Result<void> on_welcome(schema::Welcome::Reader welcome, Now now);
  Result<void> follow_log_keys(schema::Challenge::Reader challenge);
  Result<Grants> read_grants(schema::Welcome::Reader welcome) const;
  Result<void> compare_chain(schema::Welcome::Reader welcome);
  Result<void> on_pushed(schema::Pushed::Reader pushed, Now now);
  Result<void> on_records(schema::Records::Reader records, std::size_t frame_bytes);
  Result<void> on_retry(schema::Retry::Reader retry, Now now);
  Result<void> on_error(schema::Error::Reader error, Now now);
  Result<void> on_keys(schema::Keys::Reader keys);
  Result<void> on_granted(schema::Keys::Reader keys);
  Result<void> on_pong(schema::Ping::Reader pong, Now now);
  Result<void> refuse(std::uint64_t push_id, Error error, Now now);
  void rewind(std::uint64_t push_id);
  void measure(std::int64_t sent_us, std::int64_t server_us, Now now);
  void send_push(const OutboxSlice& slice, Now now);
  void send_owed_signature(DeviceSeq through);
  void sign_head(schema::Push::Builder push, DeviceSeq through, const Hash& head) const;
  void deposit_keys(DeviceSeq through);
  void report_position();
  void send(FrameWriter& frame);

  SessionStart start_;
  SessionHost& host_;
  Random& random_;
  std::optional<LogKeys> log_keys_;  // of the challenge
  std::unique_ptr<History> history_;
  Phase phase_ = Phase::fresh;
  std::vector<Bytes> output_;

  VerifyKey server_key_;
  DeviceSeq sent_;  // pushed through here
  std::deque<InFlight> in_flight_;
  DeviceSeq deposited_;                 // the keys of events through here were sent
  std::set<std::uint64_t> depositing_;  // key ids sent, not answered
  std::uint64_t next_push_id_ = 1;
  std::int64_t push_not_before_us_ = 0;
  std::optional<Error> refused_;
  std::optional<VerifiedCheckpoint> reported_;  // what the host was told of the position
  Seq reported_next_;

  std::uint64_t credit_owed_ = 0;
  Reach reach_;
  std::uint32_t retry_after_ms_ = 0;
  std::uint32_t uncertainty_ms_ = 0xffffffffU;
  std::int64_t started_us_ = 0;
  std::int64_t hello_us_ = 0;
  std::int64_t last_heard_us_ = 0;
  std::int64_t last_ping_us_ = 0;
};

}  // namespace houniao::client
