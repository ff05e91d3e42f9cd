// One record's proof that it is in the log, as a file that needs no server: C2SP tlog-proof. Holds
// the checkpoint with every cosignature, the record's place and its audit path, and may hold the
// record itself as the format's extra data.
//
//   c2sp.org/tlog-proof@v1
//   extra AAAA...                 base64 of the record's bytes; may be left out
//   index 1234
//   CsUYapGG...                   RFC 6962 audit path from the leaf upwards, a hash a line
//                                 (empty line)
//   houniao.example/log ...       the checkpoint note
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/log_keys.h"

namespace houniao {

inline constexpr std::string_view kTlogProofExtension = ".tlog-proof";
// A record, its path of at most 64 hashes and a note, in base64 with room to spare.
inline constexpr std::size_t kTlogProofBytesMax = 256 * 1024;

struct TlogProof {
  std::optional<Bytes> extra;  // nobody signed it: what it says is what its hash proves
  Seq index;
  std::vector<Hash> path;
  std::string checkpoint;  // signed note
  bool operator==(const TlogProof&) const = default;
};

std::string write_tlog_proof(const TlogProof& proof);
// malformed says which line; too_large. Verifies nothing.
Result<TlogProof> parse_tlog_proof(std::string_view text);

// The checkpoint, when the key in force signed it and the record is in its tree at the index.
// Errors as LogKeys::open(); checkpoint_mismatch when the path does not lead to the root.
Result<Checkpoint> verify_tlog_proof(const TlogProof& proof, ByteView record, const LogKeys& keys);

}  // namespace houniao
