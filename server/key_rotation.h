// Changing the key that signs the log's checkpoints. `houniao rotate-key` makes the next key while
// the server is stopped; the next start records the change in the log (server/sequencer.h) and then
// puts the key in the place of the one before, whose secret is gone with that.
//
//   <data>/server.key.next   reason ("scheduled", "suspected") and the seed of the next key in
//                            hexadecimal, a line each, mode 0600; there only in between
//   <data>/server.json       "log_key" is the verifier key in force, "earlier_log_keys" those
//   before
//
// Every step may be cut off and is taken up by the next start. Used at start-up and by the command
// line; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/config.h"

namespace houniao {

struct NextLogKey {
  SigningKey key;
  std::uint16_t reason = 1;  // schema::LogKeyChanged::Reason
};

// Makes the next key and keeps it for the next start. invalid_argument when one waits already, when
// a server runs on the directory, or for a reason that there is not.
Result<NextLogKey> order_key_rotation(const ServerConfig& config, const std::string& reason,
                                      Random& random);
// The key that waits; nullopt for none, corrupt when the file cannot be read.
Result<std::optional<NextLogKey>> load_next_key(const ServerConfig& config);
// The log names the next key: makes it that of the directory, and `config`.
Result<void> finish_key_rotation(ServerConfig& config, const NextLogKey& next);

// Verifier keys that checkpoints of this directory may be signed by: the one in force, one that
// waits, those of earlier.
Result<std::vector<std::string>> known_verifier_keys(const ServerConfig& config);

}  // namespace houniao
