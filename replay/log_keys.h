// The keys that sign a log's checkpoints over its life. A log made by this version announces its
// first key with the event LogKeyChanged; every later key comes with another one, signed by the key
// before it and by itself. So whoever trusts one of the keys learns all of them from the log, and
// checkpoints of every age verify for ever (docs/LOG_FORMAT.md, "Keys of the log").
//
// A key is in force for checkpoints of more than `from` records, until the next key's `from`. The
// first checkpoint that covers a change carries signatures of both keys.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/checkpoint.h"
#include "schema/system.capnp.h"

namespace houniao {

// What LogKeyChanged says, readable and with signatures that hold.
struct LogKeyChange {
  std::string origin;
  VerifyKey key;                      // in force from here on
  std::optional<VerifyKey> previous;  // nullopt: `key` is that of the log's beginning
  TreeSize from;                      // records before the change's own
  Signature handover;                 // by `previous`; zero bytes without one
  Signature possession;               // by `key`
  std::uint16_t reason = 0;           // schema::LogKeyChanged::Reason
  bool operator==(const LogKeyChange&) const = default;
};

// More changes than this are not followed: a key a month for a century.
inline constexpr std::size_t kLogKeyChangesMax = 1200;

// The text that both signatures are over.
Bytes log_key_signing_bytes(const LogKeyChange& change);
// The event's body for a new log, whose record has the seq `from`.
LogKeyChange announce_log_key(std::string origin, const SigningKey& key, TreeSize from);
// The event's body for a change.
LogKeyChange hand_over_log_key(std::string origin, const SigningKey& previous,
                               const SigningKey& next, TreeSize from, std::uint16_t reason);
// malformed when a member has the wrong size or the origin is no key name, bad_signature when one
// of the signatures does not hold.
Result<LogKeyChange> read_log_key_change(schema::LogKeyChanged::Reader body);
void write_log_key_change(const LogKeyChange& change, schema::LogKeyChanged::Builder body);

// The keys of one log in the order in which they came into force.
class LogKeys {
 public:
  struct Key {
    VerifyKey key;
    TreeSize from;  // signs checkpoints of more records than this
    bool operator==(const Key&) const = default;
  };

  // One key for the whole log: a log that announced none.
  LogKeys(std::string origin, const VerifyKey& key);
  // The same from a verifier key text; malformed.
  static Result<LogKeys> of(std::string_view vkey);
  // What a log's changes, oldest first, say. nullopt for none; wrong_key when one of them does not
  // continue those before it; too_large beyond kLogKeyChangesMax.
  static Result<std::optional<LogKeys>> follow(const std::vector<LogKeyChange>& changes);

  // wrong_key when the change does not continue what is known; then nothing changes.
  Result<void> add(const LogKeyChange& change);
  // Whether the change is one of those that made these keys.
  bool knows(const LogKeyChange& change) const;

  const std::string& origin() const { return origin_; }
  const std::vector<Key>& all() const { return keys_; }
  bool contains(const VerifyKey& key) const;
  const VerifyKey& newest() const { return keys_.back().key; }
  // The key that has to sign a checkpoint of that size.
  const VerifyKey& at(TreeSize size) const;
  std::string verifier_key_at(TreeSize size) const;
  std::string newest_verifier_key() const;

  // A checkpoint that the key in force at its size signed, with that signature. Errors as those of
  // open_checkpoint(). A signature by an earlier key alone does not do, so a key that was replaced
  // because somebody else has it is worth nothing for what came later.
  struct Opened {
    Checkpoint checkpoint;
    Signature signature;
  };
  Result<Opened> open(std::string_view note) const;
  bool verify(const Checkpoint& checkpoint, const Signature& signature) const;

 private:
  std::string origin_;
  std::vector<Key> keys_;   // never empty, `from` ascending
  bool announced_ = false;  // the log said itself which key it began with
};

}  // namespace houniao
