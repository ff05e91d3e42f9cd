// The Houniao client SDK for C++: record events offline, synchronise them, query what is known.
//
//   Client::Options options;
//   options.directory = "/var/lib/station3";
//   options.passphrase = "...";
//   auto client = Client::open(options).value();
//   client->enrol("ws://127.0.0.1:8443", "K7QF-2M9X");          // once
//   client->connect("ws://127.0.0.1:8443");                     // every time; keeps reconnecting
//   EventId person = client->record(draft).value();              // durable when it returns
//   client->wait_synced(std::chrono::seconds(30));
//   client->status(person);                                      // accepted, flagged, held ...
//
// Lifetime: a Client owns its directory (one process at a time) and two threads, one for the
// network and verification, one for storing and folding; idle threads cost nothing, a dozen Clients
// in one process are ordinary. The destructor stops both and loses nothing that record() returned
// for.
//
// Threads: every member function may be called from any thread, except from within a watch or
// with_state callback, where only the functions marked [callback] may be called.
//
// Errors: expected failures are Result with the codes of base/error.h; error().message() says what
// happened and what to do. crypto_init() must have been called once in main().
//
// Order and clocks: events are ordered by the log, never by a clock. The device clock is only
// measured against the server (offset and uncertainty travel in each event), never corrected.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ports.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/status.h"
#include "replay/checkpoint.h"

namespace houniao {

class State;

class Client {
 public:
  struct Options {
    std::filesystem::path directory;  // made when absent

    // Everything at rest is encrypted under one of these; exactly one must be set. Neither can be
    // recovered: a forgotten pass phrase loses what was not yet sent.
    std::string passphrase;                           // Argon2id, about 50 ms at open
    std::optional<std::array<std::uint8_t, 32>> key;  // from the operating system's key store

    // PEM file with the certificate authority (or the certificate itself) of a wss:// server that
    // the system does not trust anyway; what the system trusts stays trusted. Empty: the system's.
    std::filesystem::path ca_file;
    std::string user_agent = "houniao-cpp/0.1";
    // Verifier key of the log, when it is known beforehand; else the first one seen is pinned.
    std::string log_key;
    std::size_t map_bytes = std::size_t{16} << 30;  // hard limit of the directory's size

    // For tests and demonstrations that need another time or repeatable keys; the real machine when
    // null. Must outlive the client and be thread-safe; monotonic_us() has to run.
    Clock* clock = nullptr;
    Random* random = nullptr;
  };

  // Opens or creates the directory. Blocks for the key derivation and for folding what is stored.
  // wrong_key: pass phrase or key does not fit (nothing is touched); storage_failed: another
  // process has it open or the disk fails; storage_full; corrupt: a stored value was altered.
  static Result<std::unique_ptr<Client>> open(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // --- enrolment ---------------------------------------------------------------------------------
  // Registers the device's key with a one-time code; blocks up to `timeout`. Pins the log's key.
  // bad_code, unavailable, invalid_argument (already enrolled, or not a ws:// or wss:// address).
  Result<DeviceIdentity> enrol(const std::string& url, const std::string& code,
                               std::chrono::milliseconds timeout = std::chrono::seconds(30));
  bool enrolled() const;            // [callback]
  DeviceIdentity identity() const;  // [callback]

  // --- recording ---------------------------------------------------------------------------------
  // Commits the event to the encrypted store before it returns (one fsync, about 0.2-5 ms), works
  // offline, does not wait for the network. The returned id is also the id of the entity that the
  // event creates. unauthorised before enrolment (the device has no number yet); invalid_argument
  // or too_large for a draft beyond the limits; scope_denied for a scope this device was not
  // granted; outbox_full, storage_full: nothing was recorded, earlier events are untouched.
  Result<EventId> record(const EventDraft& draft);
  // The same with one commit for all: all or none. Up to 65,536 drafts.
  Result<std::vector<EventId>> record_many(std::span<const EventDraft> drafts);
  // The id that the next recorded event gets, so that drafts of one record_many() can name each
  // other (the n-th draft gets next + n). Holds while no other thread records.
  EventId next_event_id() const;  // [callback]

  // --- what became of it -------------------------------------------------------------------------
  // not_found for an event that this device neither recorded nor received.
  Result<EventSync> status(EventId id) const;  // [callback]
  OutboxCounters outbox() const;               // [callback]
  // Writes the exact bytes of every event that is not acknowledged to `file` as a standard Cap'n
  // Proto stream (durably, mode 0600; personal data stays sealed); returns how many.
  Result<std::size_t> export_unsent(const std::filesystem::path& file) const;

  // --- synchronising -----------------------------------------------------------------------------
  // Connects and keeps reconnecting (exponential, jittered, honouring the server's Retry) until
  // disconnect(). Returns at once; watch() and sync() say how it goes. checkpoint_mismatch or
  // chain_forked when the sticky alarm is set; unauthorised before enrolment. Beyond loopback the
  // address must be wss://.
  Result<void> connect(const std::string& url);
  void disconnect();       // closes in an orderly way; blocks briefly
  SyncState sync() const;  // [callback]
  // Blocks until everything recorded before the call is acknowledged and everything the server had
  // at its latest checkpoint is stored and folded here. unavailable after `timeout`; the alarm's
  // error at once when that is set.
  Result<void> wait_synced(std::chrono::milliseconds timeout);

  // --- querying ----------------------------------------------------------------------------------
  // Calls fn with the confirmed state and, applied over it, this device's own events that are not
  // confirmed yet. The reference is valid only inside fn. fn runs on the calling thread and holds
  // up folding and recording: be brief, or copy what you need. corrupt when what is stored does not
  // fold.
  Result<void> with_state(const std::function<void(const State&)>& fn) const;
  // Only what the log says: equal on every device with the same scopes at the same seq.
  Result<void> with_confirmed_state(const std::function<void(const State&)>& fn) const;
  Result<Hash> digest() const;  // of the confirmed state
  // The newest checkpoint that this device verified, with the note itself; nullopt before the
  // first.
  struct Verified {
    Checkpoint checkpoint;
    std::string note;
  };
  std::optional<Verified> checkpoint() const;  // [callback]

  // --- personal data -----------------------------------------------------------------------------
  // Opens what is sealed about a person with the keys on this device, the newest value of each
  // field. not_found: nothing sealed is known here; wrong_key: the key is not on this device, ask
  // for it with request_keys().
  Result<PersonalData> personal(PersonId person) const;
  // Asks the server for the keys of persons that other devices registered; blocks up to `timeout`.
  // Returns how many were granted; a denied key is not an error.
  Result<std::size_t> request_keys(std::span<const PersonId> persons,
                                   std::chrono::milliseconds timeout);

  // --- watching ----------------------------------------------------------------------------------
  struct Change {
    bool state = false;   // records were folded
    bool status = false;  // the status of an own event changed
    bool link = false;    // sync() changed
    Seq next_seq;
  };
  // Calls fn on the client's store thread after changes, one call at a time, merged when it is
  // slow. From fn call only functions marked [callback]. Returns a handle for unwatch(), which
  // returns only when fn is not running (and never will again) unless called from fn itself.
  std::uint64_t watch(std::function<void(const Change&)> fn);
  void unwatch(std::uint64_t handle);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace houniao
