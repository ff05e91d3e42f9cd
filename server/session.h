// One connection's side of the synchronisation protocol, without a socket, a clock or a thread:
// frames go in, frames come out, time is told. docs/PROTOCOL.md has the state machine and the byte
// formats.
//
// Hello -> Challenge -> Proof -> Welcome, then in any order Push -> Pushed, Credit -> Records,
// KeyDeposit and KeyRequest -> Keys, Ping -> Pong. What needs the order of the log goes to the
// sequencer through the Inbox port; the answer comes back through on_group().
//
// Every input is hostile until checked. A frame that cannot be used gets an Error or a Pushed with
// a code; nothing a peer sends ends anything but its own session. The output is bounded: a peer
// that does not read is cut off, a peer without credit is sent no records.
//
// Belongs to one hub and its thread. The gateway moves its output to a socket, the simulator to a
// simulated network.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ports.h"
#include "schema/frames.h"
#include "server/fanout.h"
#include "server/keys/key_store.h"
#include "server/owed_signatures.h"
#include "server/proofs.h"
#include "server/published.h"
#include "server/quarantine.h"
#include "server/subscription.h"
#include "server/telemetry/metrics.h"
#include "server/work.h"

namespace houniao {

// Who this server is, for sessions. Constant.
struct ServerIdentity {
  std::string origin;
  std::string log_vkey;  // verifier key of the log's checkpoints, the one in force
  VerifyKey log_key;
  SigningKey device_key;  // the server's own device; subject keys are sealed to it
  SymmetricKey blind_key;
};

struct SessionPorts {
  const ServerIdentity& identity;
  const LogStore& log;
  const Published& published;
  KeyStore& keys;
  Quarantine& quarantine;
  Random& random;
  Inbox& inbox;
  Proofs& proofs;
  Fanout& fanout;
  Metrics& metrics;
  VerifyBudget& verify_budget;
  bool& pump_wanted;  // set when some session has more to read than one turn allows
  // Sessions that owe a signature, each once, by when; the hub calls settle_signatures() then.
  std::set<std::pair<std::int64_t, SessionKey>>& owing;
};

struct Moment {
  WallTime wall;
  std::int64_t mono_us = 0;
};

// Pushes of one session that may wait for the sequencer.
inline constexpr std::size_t kSessionPushesMax = 64;
inline constexpr std::size_t kSessionPushBytesMax = 16 * 1024 * 1024;
// Unsent output above which no further Records frame is made.
inline constexpr std::size_t kSessionOutputHigh = 2 * 1024 * 1024;
// Unreadable frames that one session may send before it is closed.
inline constexpr unsigned kUnreadableFramesMax = 8;
// A device that nothing concerns still hears of the log's growth this often.
inline constexpr std::int64_t kQuietUsMax = 1'000'000;
inline constexpr std::size_t kKeysPerFrameMax = 256;

class SyncSession {
 public:
  SyncSession(SessionKey key, SessionPorts ports, Moment now);
  ~SyncSession();
  SyncSession(const SyncSession&) = delete;
  SyncSession& operator=(const SyncSession&) = delete;

  // One frame from the peer. The view is used during the call only.
  void feed(ByteView frame, Moment now);
  // A message that the transport refused before it became a frame (too long, not binary).
  void refuse_message(const Error& error);
  // Deadlines, keep-alive and news for quiet devices; to be called about every second.
  void tick(Moment now);

  // The sequencer's answers to this session, then the group itself (Fanout::group()).
  void on_push(const PushOutcome& outcome);
  void on_enrolment(const EnrolOutcome& outcome, Moment now);
  void on_keys(const KeyOutcome& outcome, Moment now);
  void on_group();

  // Hands in the newest signature that is owed over durable events, when it is due.
  void settle_signatures(std::int64_t now_us);
  // The session ends: hands in what is owed without waiting for the sequencer's answers.
  void settle_at_end();

  // The server stops: tells the peer when to come back and closes.
  void shut_down(std::uint32_t after_ms);

  // Frames for the peer, in order; the caller owns them. Each has to be reported with wrote() when
  // the transport has taken it.
  std::vector<SharedFrame> take_output();
  void wrote(std::size_t bytes);
  // Goes on with records that a call before left for later (so that no session keeps the thread).
  bool wants_pump() const { return wants_pump_; }
  void pump();
  bool has_output() const { return !output_.empty(); }
  // No more output will come after what take_output() gave: close when that is written.
  bool closing() const { return state_ == State::closed; }

  SessionKey key() const { return key_; }
  bool is_open() const { return state_ == State::open; }
  DeviceNumber device() const { return grant_.number; }
  std::size_t unsent_bytes() const { return unsent_bytes_; }

 private:
  enum class State : std::uint8_t { hello, proof, enrolling, open, closed };

  // session_handshake.cc
  void on_hello(schema::Hello::Reader hello, Moment now);
  void on_proof(schema::Proof::Reader proof, Moment now);
  void admit_device(Moment now);
  void welcome(const DeviceGrant& grant, Moment now);
  bool checkpoint_holds(const PublishedHead& head);
  void send_welcome(const PublishedHead& head, Moment now);
  void check_grant();

  // session_push.cc
  void on_push_frame(schema::Push::Reader push);
  void on_signature_frame(schema::Push::Reader push);
  void turn_away(std::uint64_t push_id);
  std::optional<Error> check_witness(const WitnessedCheckpoint& witnessed);
  VerifyKey log_key_at(const PublishedHead& head, TreeSize size) const;
  void refuse_push(std::uint64_t push_id, const Error& error);
  void on_key_deposit(schema::KeyDeposit::Reader deposit);
  void on_key_request(schema::KeyRequest::Reader request);
  void send_keys(const KeyOutcome& outcome, Moment now);

  // session_signatures.cc
  bool must_verify_first(std::size_t events);
  void settle(const AttestationData& signed_head);
  void note_signatures(const PushOutcome& outcome);
  std::int64_t signature_due_us() const;
  void plan_settling();

  // session.cc
  void dispatch(schema::Frame::Reader frame, Moment now);
  void on_unreadable(ByteView frame, const Error& error);
  void on_credit(std::uint64_t bytes);
  void on_ping(std::int64_t stamp_us, Moment now);
  void send(Bytes frame);
  void send_shared(SharedFrame frame);
  void fail_fatal(const Error& error);
  void close();
  void report(IncidentKind kind, ByteView raw, DeviceSeq at);

  // session_pull.cc
  bool may_send_records() const;
  bool pump_backfill();
  bool pump_live();
  void send_records(const StoredSelection& stored, Seq from, ScopeId backfill);
  void announce_quiet();
  void send_live(SharedFrame frame);

  // What the handshake needs to remember of Hello.
  struct Claims {
    VerifyKey key;
    std::string code;
    std::vector<CursorClaim> cursors;
    Seq whole_log_next;
    TreeSize checkpoint_size;
    Hash checkpoint_root;
    std::array<std::uint8_t, 32> nonce{};
  };

  const SessionKey key_;
  SessionPorts ports_;
  State state_ = State::hello;
  std::unique_ptr<Claims> claims_;
  DeviceGrant grant_;

  Subscription subscription_;
  ScopeSetId set_id_;
  TreeSize known_size_;           // checkpoint last sent on this session
  WitnessedCheckpoint verified_;  // the last one from the device whose signature was checked
  std::int64_t credit_ = 0;
  std::int64_t quiet_since_us_ = 0;
  bool wants_pump_ = false;

  std::size_t pushes_in_flight_ = 0;
  std::size_t push_bytes_in_flight_ = 0;
  std::vector<std::pair<std::uint64_t, std::size_t>> push_sizes_;  // by push id, in flight
  OwedSignatures owed_;
  bool strict_ = false;  // every push is checked first: an earlier session left a signature owed
  bool in_owing_ = false;
  unsigned unreadable_ = 0;

  std::vector<SharedFrame> output_;
  std::size_t unsent_bytes_ = 0;
  std::int64_t opened_us_ = 0;
  std::int64_t heard_us_ = 0;
  std::int64_t pinged_us_ = 0;
  std::int64_t now_us_ = 0;  // of the last call that told the time
};

}  // namespace houniao
