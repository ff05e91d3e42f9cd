// A witness for logs of other people, C2SP tlog-witness: takes their checkpoints, makes sure that
// each extends the last one it signed, and cosigns it. Knows nothing of what a log holds. Speaks
// requests and responses; sockets are the caller's.
//
//   POST <prefix>/add-checkpoint
//     200 signature line   404 origin not known     403 no trusted signature
//     400 cannot be read   409 another size was signed last (body: that size)
//     422 the consistency proof does not hold       503 the state cannot be stored
//
// The state file is JSON, mode 0600: name, secret seed, and per origin the size and root signed
// last. It is durable before anything is answered. One process at a time has it: two that sign from
// one state would each cosign a side of a fork, so <state>.lock is locked as long as a witness is
// open. That file stays behind, empty.
//
// Threads: any; requests are taken one after the other.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports.h"
#include "replay/checkpoint.h"
#include "replay/cosignature.h"

namespace houniao {

// Consistency proof lines that a request may have.
inline constexpr std::size_t kWitnessProofMax = 63;
// "old" line, proof lines, an empty line and a note.
inline constexpr std::size_t kWitnessBodyMax = kNoteBytesMax + 4 * 1024;

struct AddCheckpoint {
  TreeSize old;
  std::vector<Hash> proof;
  std::string note;
  bool operator==(const AddCheckpoint&) const = default;
};
std::string write_add_checkpoint(const AddCheckpoint& request);
// malformed, too_large.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

struct WitnessAnswer {
  int status = 0;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class Witness {
 public:
  // Opens the state file, or makes one with a new key under `name`. invalid_argument when the file
  // is another witness's or the name is no key name, and when another witness has it open; corrupt
  // when it cannot be read; storage_failed when it cannot be locked.
  // `trusted` are verifier keys of logs; several for one origin, when its key has changed.
  static Result<std::unique_ptr<Witness>> open(const std::filesystem::path& state,
                                               const std::string& name,
                                               const std::vector<std::string>& trusted,
                                               Random& random, Clock& clock);
  ~Witness();

  WitnessAnswer add_checkpoint(std::string_view body);
  std::string cosigner_key_text() const;
  // What was signed last of that origin; size 0 for nothing.
  Checkpoint latest(const std::string& origin) const;

 private:
  Witness(std::filesystem::path state, Clock& clock) : file_(std::move(state)), clock_(clock) {}
  Result<void> lock_state();
  Result<void> load_or_make(const std::string& name, Random& random);
  Result<void> store() const;
  // The checkpoint when a trusted key signed it; 404 or 403 otherwise.
  Result<Checkpoint> trusted_checkpoint(const std::string& note, int& status) const;

  const std::filesystem::path file_;
  int lock_ = -1;  // file descriptor; the lock goes with it, however the process ends
  Clock& clock_;
  std::string name_;
  SigningKey key_;
  std::map<std::string, std::vector<std::string>> trusted_;  // verifier keys by origin
  mutable std::mutex mutex_;
  std::map<std::string, Checkpoint> latest_;  // by origin
};

}  // namespace houniao
