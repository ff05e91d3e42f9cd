// The key store in memory, for tests and the simulator. Same contract as the LMDB one, except that
// nothing outlives the object.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "server/keys/key_store.h"

namespace houniao {

class MemoryKeyStore final : public KeyStore {
 public:
  explicit MemoryKeyStore(Random& random) : blind_key_(make_symmetric_key(random)) {}

  Result<std::vector<bool>> put_keys(std::span<const SubjectKey> keys) override;
  Result<SubjectKey> key_of(PersonId subject) override;
  Result<void> erase(std::span<const PersonId> subjects) override;
  Result<bool> was_erased(PersonId subject) override;
  Result<void> count_handed_out(DeviceNumber device, std::span<const PersonId> subjects,
                                WallTime now) override;
  Result<std::uint64_t> handed_out(PersonId subject) override;
  Result<void> add_code(std::string_view code, const EnrolmentCode& grant) override;
  Result<EnrolmentCode> claim_code(std::string_view code, const DeviceId& device,
                                   WallTime now) override;
  Result<void> add_token(std::string_view token, const AccessToken& access) override;
  Result<AccessToken> find_token(std::string_view token) override;
  SymmetricKey blind_key() override { return blind_key_; }

 private:
  std::mutex mutex_;
  const SymmetricKey blind_key_;
  std::map<PersonId, SubjectKey> keys_;
  std::map<PersonId, std::uint64_t> handed_out_;
  std::set<PersonId> erased_;
  std::map<Hash, EnrolmentCode> codes_;
  std::map<Hash, AccessToken> tokens_;
};

}  // namespace houniao
