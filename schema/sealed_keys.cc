#include "schema/sealed_keys.h"

#include <algorithm>

namespace houniao {

KeysTogether::KeysTogether(std::size_t keys_max) : keys_max_(keys_max) {
  plain_.reserve(keys_max * sizeof(SymmetricKey));  // growing would leave a copy behind
}

KeysTogether::~KeysTogether() { wipe(plain_.data(), plain_.size()); }

void KeysTogether::add(const SymmetricKey& key) {
  HOUNIAO_ASSERT(size() < keys_max_);
  append(plain_, key);
}

SymmetricKey KeysTogether::operator[](std::size_t i) const {
  SymmetricKey key;
  const ByteView from = ByteView(plain_).subspan(i * key.size(), key.size());
  std::copy(from.begin(), from.end(), key.begin());
  return key;
}

Bytes KeysTogether::seal_to(const VerifyKey& recipient, Random& random) const {
  return houniao::seal_to(recipient, plain_, random);
}

Result<KeysTogether> KeysTogether::open(const SigningKey& recipient, ByteView sealed,
                                        std::size_t keys) {
  auto plain = open_sealed(recipient, sealed);
  if (!plain) return plain.error();
  KeysTogether out;
  out.plain_ = std::move(*plain);
  if (out.plain_.size() != keys * sizeof(SymmetricKey)) {
    return fail(Errc::malformed, "not as many subject keys as subjects");
  }
  return Result<KeysTogether>(boost::system::in_place_value, std::move(out));
}

}  // namespace houniao
