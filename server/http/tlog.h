// The log as static resources, C2SP tlog-tiles with the prefix /log: what a verifier that nobody
// here wrote reads. Also single checkpoints of the past, the keys, and proofs as files.
//
//   /log/checkpoint            newest signed note, with what witnesses added     never cached
//   /log/checkpoint/SIZE       the stored checkpoint of exactly that size
//   /log/checkpoints           which sizes are stored, oldest first (?from=, ?limit=)
//   /log/vkey                  verifier key in force
//   /log/keys                  every key of the log with what hands it over (replay/log_keys.h)
//   /log/tile/L/N[.p/W]        hash tiles of height 8                            immutable
//   /log/tile/entries/N[.p/W]  entry bundles, the records; token of the role auditor
//   /log/proof/event/D-N       C2SP tlog-proof of an event's record
//
// A partial tile is answered from the first hashes of the wider tile that is stored, so that every
// width that was ever published stays there; its content never changes either.
//
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "server/http/api.h"
#include "server/log/log_store.h"

namespace houniao::tlog {

// Entries of a bundle have a length of two bytes; the log takes no longer record.
inline constexpr std::size_t kEntryBytesMax = 0xffff;
static_assert(kRecordBytesMax <= kEntryBytesMax);
inline constexpr std::size_t kCheckpointsPerPageMax = 1'000;

struct TilePath {
  bool entries = false;
  unsigned level = 0;       // 0..63; 0 for entries
  std::uint64_t index = 0;  // below 2^56
  unsigned width = 256;     // 1..255 for a partial one
  bool operator==(const TilePath&) const = default;
};
// What follows "/log/tile/": "0/x001/x234/067.p/112", "entries/000". malformed for anything that is
// not the one spelling that the specification gives.
Result<TilePath> parse_tile_path(std::string_view rest);
std::string to_text(const TilePath& path);

// Exactly `width` hashes; not_found when the tree of `size` records has not that many there.
Result<Bytes> read_tile(const LogStore& log, TreeSize size, const TilePath& path);
// Exactly `width` entries, each with its length before it, big-endian.
Result<Bytes> read_entries(const LogStore& log, TreeSize size, const TilePath& path);

// The stored checkpoint note of exactly that size; not_found says which is the nearest.
Result<std::string> stored_checkpoint(const LogStore& log, TreeSize size);

}  // namespace houniao::tlog
