#include "replay/tlog_proof.h"

#include "replay/merkle/hash.h"
#include "replay/merkle/proof.h"
#include "replay/note_lines.h"

namespace houniao {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kPathMax = 64;

}  // namespace

std::string write_tlog_proof(const TlogProof& proof) {
  std::string out = std::string(kHeader) + "\n";
  if (proof.extra) out += std::string(kExtra) + to_base64(*proof.extra) + "\n";
  out += std::string(kIndex) + std::to_string(proof.index.value) + "\n";
  for (const Hash& hash : proof.path) out += to_base64(hash.view()) + "\n";
  return out + "\n" + proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kTlogProofBytesMax) return fail(Errc::too_large, "tlog-proof");
  if (take_line(text) != kHeader) {
    return fail(Errc::malformed, "tlog-proof: the first line is not " + std::string(kHeader));
  }
  TlogProof out;
  auto line = take_line(text);
  if (line && line->starts_with(kExtra)) {
    auto extra = from_base64(line->substr(kExtra.size()));
    if (!extra) return fail(Errc::malformed, "tlog-proof: unreadable extra data");
    out.extra = std::move(*extra);
    line = take_line(text);
  }
  const auto index =
      line && line->starts_with(kIndex) ? parse_decimal(line->substr(kIndex.size())) : std::nullopt;
  if (!index) return fail(Errc::malformed, "tlog-proof: no readable index");
  out.index = Seq{*index};
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    const auto bytes = from_base64(*line);
    const auto hash = bytes ? hash_from(*bytes) : std::nullopt;
    if (!hash || out.path.size() == kPathMax) {
      return fail(Errc::malformed, "tlog-proof: unreadable or too long audit path");
    }
    out.path.push_back(*hash);
  }
  if (!line || text.empty()) return fail(Errc::malformed, "tlog-proof: no checkpoint");
  out.checkpoint = std::string(text);
  return out;
}

Result<Checkpoint> verify_tlog_proof(const TlogProof& proof, ByteView record, const LogKeys& keys) {
  auto opened = keys.open(proof.checkpoint);
  if (!opened) return std::move(opened).error();
  if (!merkle::verify_inclusion(merkle::leaf_hash(record), proof.index, opened->checkpoint.size,
                                proof.path, opened->checkpoint.root)) {
    return fail(Errc::checkpoint_mismatch,
                "the record is not record " + std::to_string(proof.index.value) +
                    " of the log of " + std::to_string(opened->checkpoint.size.value) +
                    " records that was signed");
  }
  return std::move(opened->checkpoint);
}

}  // namespace houniao
