// A server for tests of the client: a real log (records, scope chains, tree, signed checkpoints)
// made with schema/ and replay/ only, and the protocol's answers, with hooks to misbehave. Not a
// model of the real server: it answers at once and never forgets.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client_sdk/core/client_core.h"
#include "replay/merkle/proof.h"
#include "replay/state.h"

namespace houniao::tests {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed * 2 + 1) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

class ScriptedServer {
 public:
  static constexpr ScopeId kSite{16};
  static constexpr ScopeId kOtherSite{17};

  ScriptedServer();

  struct Peer {
    DeviceId id;
    VerifyKey key;
    DeviceNumber number;
    std::vector<ScopeId> scopes{kScopeCommons, kSite};
    bool whole_log = false;
    DeviceSeq known;
    Hash head;
  };

  // --- the log -----------------------------------------------------------------------------------
  const std::string& log_key() const { return log_key_; }
  TreeSize size() const { return TreeSize{records_.size()}; }
  std::string note() const { return note_at(size()); }
  std::string note_at(TreeSize size) const;
  std::vector<Hash> proof(TreeSize from, TreeSize to) const;
  // The server's own device records something.
  using Body = std::function<void(schema::Event::Body::Builder)>;
  EventId record(ScopeId scope, const Body& body);
  void append(ByteView event);
  const Bytes& record_at(Seq seq) const { return records_[seq.value]; }
  // Replaces history from `seq` on with other records: what no honest server does.
  void rewrite_from(Seq seq, const std::function<void()>& again);
  const State& state() const { return state_; }

  // --- one connection at a time ------------------------------------------------------------------
  std::vector<Bytes> handle(ByteView frame);
  // Records frame over [from, to) for the connected peer; `skip` leaves one record out.
  Bytes records_frame(Seq from, Seq to, std::optional<Seq> skip = std::nullopt,
                      std::optional<ScopeId> backfill = std::nullopt);
  Peer& peer() { return peers_.at(connected_); }
  void enrol(const VerifyKey& key);
  std::map<std::uint64_t, SymmetricKey>& keys() { return keys_; }

  // --- misbehaviour and faults -------------------------------------------------------------------
  bool enrol_whole_log = false;
  bool drop_pushed = false;  // commits, but the reply is lost
  bool send_records = true;
  std::optional<Error> refuse_push;  // answers every push with this
  std::uint32_t retry_ms = 0;        // answers every push with Retry
  bool turn_deposits_away = false;   // answers every deposit of keys with Retry
  std::size_t deposits = 0;          // keys offered, in frames of any size
  std::string code = "CODE-1";
  std::string shown_log_key;  // when not empty, instead of the real one
  std::int64_t clock_us = 1'700'000'000'000'000;
  std::size_t pushes = 0;
  WitnessedCheckpoint witnessed;  // of the last push

 private:
  Bytes challenge(schema::Hello::Reader hello);
  Bytes welcome();
  std::vector<Bytes> push(schema::Push::Reader push);
  Bytes deposit(schema::KeyDeposit::Reader deposit);
  Bytes hand_out(schema::KeyRequest::Reader request);
  void add_record(ScopeId scope, const std::function<void(const RecordHeader&, Bytes&)>& write);
  bool sees(const Peer& peer, ScopeId scope) const;
  RecordHeader header(ScopeId scope) const;

  SigningKey log_signing_;
  SigningKey server_signing_;
  SymmetricKey blind_key_{};
  std::string log_key_;
  SeededRandom random_{99};
  std::vector<Bytes> records_;
  std::vector<Hash> leaves_;
  std::vector<ScopeId> scopes_;
  std::map<ScopeId, std::pair<std::uint64_t, Hash>> heads_;
  State state_;
  DeviceSeq own_seq_;
  Hash own_head_;
  std::map<DeviceId, Peer> peers_;
  DeviceId connected_;
  std::uint32_t next_number_ = 2;
  std::map<std::uint64_t, SymmetricKey> keys_;
  Seq sent_;        // live cursor of the connection
  TreeSize known_;  // checkpoint last sent on it
};

// A ClientCore with its store and a wire to a ScriptedServer.
struct Rig {
  explicit Rig(ScriptedServer& server, std::uint64_t seed = 1);
  void open();     // (re)opens the core on the same store
  void connect();  // and exchanges until quiet
  void exchange();
  EventId record(std::function<void(schema::Event::Body::Builder)> body,
                 ScopeId scope = ScriptedServer::kSite);
  EventId record_person(const std::string& name, const std::string& id_number);
  SyncStatus status(EventId id) { return core->notebook().status(id).value().status; }
  client::Now now() const { return {WallTime{wall_us}, monotonic_us}; }

  ScriptedServer& server;
  client::MemoryStore store;
  SeededRandom random;
  std::unique_ptr<client::ClientCore> core;
  std::int64_t wall_us = 1'700'000'000'000'000;
  std::int64_t monotonic_us = 1'000'000;
};

}  // namespace houniao::tests
