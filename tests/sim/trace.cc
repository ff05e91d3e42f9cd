#include "tests/sim/trace.h"

#include <ostream>

namespace houniao::sim {

void Trace::line(const std::string& what) {
  const std::string text = std::to_string(scheduler_.now_us()) + " " + what + "\n";
  hash_.update(as_bytes(text));
  if (out_ != nullptr) *out_ << text;
}

void Trace::frame(const std::string& what, ByteView bytes) {
  const Hash hash = sha256(bytes);
  line(what + " " + std::to_string(bytes.size()) + " " + to_hex(hash.view().first(4)));
}

}  // namespace houniao::sim
