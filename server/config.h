// The data directory of a server: who it is and where its parts lie.
//
//   <data>/server.json     origin, when it was made; readable by the operator
//   <data>/server.key      three secrets of 32 bytes, hexadecimal, one a line, mode 0600: seed of
//   the log
//                          key, seed of the server's device key, master key of the key store
//   <data>/server.key.next the key that is to follow (server/key_rotation.h), mostly not there
//   <data>/checkpoint      the newest checkpoint that was kept outside the log
//   <data>/witnesses.json  which witnesses are asked (server/witness_client.h); mostly not there
//   <data>/cosigned/       checkpoints with the cosignatures of witnesses (server/cosignatures.h)
//   <data>/log/  <data>/keys/  <data>/snapshots/  <data>/quarantine/  <data>/orders/
//
// Used at start-up and by the command line; any thread, one at a time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/error.h"
#include "server/sequencer.h"

namespace houniao {

struct ServerConfig {
  std::filesystem::path data;
  std::string origin;
  SigningKey log_key;
  SigningKey device_key;
  SymmetricKey key_store_master{};

  std::filesystem::path log() const { return data / "log"; }
  std::filesystem::path keys() const { return data / "keys"; }
  std::filesystem::path snapshots() const { return data / "snapshots"; }
  std::filesystem::path quarantine() const { return data / "quarantine"; }
  std::filesystem::path orders() const { return data / "orders"; }
  std::filesystem::path cosigned() const { return data / "cosigned"; }
  std::filesystem::path witnesses() const { return data / "witnesses.json"; }
  std::filesystem::path checkpoint() const { return data / "checkpoint"; }
  std::string verifier_key_text() const;
  SequencerOptions sequencer_options() const;
};

// Makes a directory for a server; invalid_argument when there is one already or the origin is no
// key name. Does not write the log.
Result<ServerConfig> create_config(const std::filesystem::path& data, const std::string& origin,
                                   Random& random, WallTime now);
Result<ServerConfig> load_config(const std::filesystem::path& data);
// The verifier key of a data directory without its secrets: for auditors.
Result<std::string> load_verifier_key(const std::filesystem::path& data);

// The checkpoint kept outside the log; nullopt when there is none, an error when it is not
// readable.
Result<std::optional<Checkpoint>> load_witness(const ServerConfig& config);
// A note that one of the log's own keys signed; checkpoint_mismatch, with `where`, when none did.
Result<Checkpoint> open_own_checkpoint(const ServerConfig& config, std::string_view note,
                                       const std::string& where);
Result<void> save_witness(const ServerConfig& config, const std::string& note);

}  // namespace houniao
