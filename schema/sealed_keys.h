// Keys of persons that travel together: 32 bytes each, one after the other, sealed as one to an
// Ed25519 key (base/crypto.h). Own source.
#pragma once

#include <span>

#include "base/crypto.h"
#include "base/error.h"

namespace houniao {

class KeysTogether {
 public:
  KeysTogether() = default;
  explicit KeysTogether(std::size_t keys_max);  // room for so many to be added
  ~KeysTogether();                              // wipes them
  KeysTogether(KeysTogether&& other) noexcept = default;
  KeysTogether& operator=(KeysTogether&&) = delete;
  KeysTogether(const KeysTogether&) = delete;
  KeysTogether& operator=(const KeysTogether&) = delete;

  void add(const SymmetricKey& key);
  std::size_t size() const { return plain_.size() / sizeof(SymmetricKey); }
  SymmetricKey operator[](std::size_t i) const;

  Bytes seal_to(const VerifyKey& recipient, Random& random) const;
  // malformed when they are not `keys`, or not sealed to this recipient.
  static Result<KeysTogether> open(const SigningKey& recipient, ByteView sealed, std::size_t keys);

 private:
  std::size_t keys_max_ = 0;
  Bytes plain_;
};

}  // namespace houniao
