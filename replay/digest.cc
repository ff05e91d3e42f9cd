#include "replay/digest.h"

#include "base/crypto.h"
#include "replay/archive.h"

namespace houniao {

Hash digest(const State& state) {
  static constexpr std::string_view kLabel = "houniao.v1 state\n";
  Sha256 sha;
  sha.update(as_bytes(kLabel));
  CanonicalWriter writer(ArchivePurpose::digest, state.symbols(), sha);
  const_cast<State&>(state).fields(writer);  // a writer does not change what it visits
  writer.flush();
  return sha.finish();
}

}  // namespace houniao
