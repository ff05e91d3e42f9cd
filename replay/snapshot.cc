#include "replay/snapshot.h"

#include "base/crypto.h"
#include "replay/archive.h"
#include "replay/digest.h"

namespace houniao {

namespace {
constexpr std::string_view kMagic = "HNIAOSN3";
constexpr std::size_t kHeaderBytes = 8 + 32 + 32;
}  // namespace

Bytes snapshot(const State& state) {
  CanonicalWriter writer(ArchivePurpose::snapshot, state.symbols());
  const_cast<State&>(state).fields(writer);  // a writer does not change what it visits
  const Bytes content = writer.take();
  Bytes out;
  out.reserve(kHeaderBytes + content.size());
  append(out, as_bytes(kMagic));
  append(out, digest(state).view());
  append(out, sha256(content).view());
  append(out, content);
  return out;
}

Result<State> restore(ByteView bytes) {
  if (bytes.size() < kHeaderBytes || as_text(bytes.first(kMagic.size())) != kMagic) {
    return fail(Errc::corrupt, "not a snapshot of this version");
  }
  const ByteView content = bytes.subspan(kHeaderBytes);
  if (!equal(sha256(content).view(), bytes.subspan(40, 32))) {
    return fail(Errc::corrupt, "the snapshot's content does not match its hash");
  }
  State state;
  CanonicalReader reader(content, state.facts);
  state.fields(reader);
  if (!reader.ok() || !reader.at_end()) {
    return fail(Errc::corrupt, "the snapshot's content cannot be read");
  }
  if (!equal(digest(state).view(), bytes.subspan(8, 32))) {
    return fail(Errc::corrupt, "the snapshot's state does not have the digest it names");
  }
  return state;
}

}  // namespace houniao
