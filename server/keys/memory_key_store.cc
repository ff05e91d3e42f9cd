#include "server/keys/memory_key_store.h"

namespace houniao {

Result<std::vector<bool>> MemoryKeyStore::put_keys(std::span<const SubjectKey> keys) {
  const std::lock_guard lock(mutex_);
  std::vector<bool> out;
  for (const SubjectKey& key : keys) {
    if (erased_.contains(key.subject)) {
      out.push_back(false);
      continue;
    }
    const auto [place, fresh] = keys_.try_emplace(key.subject, key);
    out.push_back(fresh || place->second.key == key.key);
  }
  return out;
}

Result<SubjectKey> MemoryKeyStore::key_of(PersonId subject) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(subject);
  if (found == keys_.end()) return fail(Errc::not_found, "no key of this person");
  return found->second;
}

Result<void> MemoryKeyStore::erase(std::span<const PersonId> subjects) {
  const std::lock_guard lock(mutex_);
  for (PersonId subject : subjects) {
    keys_.erase(subject);
    erased_.insert(subject);
  }
  return {};
}

Result<bool> MemoryKeyStore::was_erased(PersonId subject) {
  const std::lock_guard lock(mutex_);
  return erased_.contains(subject);
}

Result<void> MemoryKeyStore::count_handed_out(DeviceNumber, std::span<const PersonId> subjects,
                                              WallTime) {
  const std::lock_guard lock(mutex_);
  for (PersonId subject : subjects) ++handed_out_[subject];
  return {};
}

Result<std::uint64_t> MemoryKeyStore::handed_out(PersonId subject) {
  const std::lock_guard lock(mutex_);
  const auto found = handed_out_.find(subject);
  return found == handed_out_.end() ? std::uint64_t{0} : found->second;
}

Result<void> MemoryKeyStore::add_code(std::string_view code, const EnrolmentCode& grant) {
  const std::lock_guard lock(mutex_);
  codes_[enrolment_code_hash(code)] = grant;
  return {};
}

Result<EnrolmentCode> MemoryKeyStore::claim_code(std::string_view code, const DeviceId& device,
                                                 WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = codes_.find(enrolment_code_hash(code));
  if (found == codes_.end()) return fail(Errc::bad_code, "unknown enrolment code");
  EnrolmentCode& grant = found->second;
  if (grant.claimed_by && *grant.claimed_by != device) {
    return fail(Errc::bad_code, "the enrolment code was used by another device");
  }
  if (!grant.claimed_by && grant.expires < now) {
    return fail(Errc::bad_code, "the enrolment code expired");
  }
  grant.claimed_by = device;
  return grant;
}

Result<void> MemoryKeyStore::add_token(std::string_view token, const AccessToken& access) {
  const std::lock_guard lock(mutex_);
  tokens_[sha256(as_bytes(token))] = access;
  return {};
}

Result<AccessToken> MemoryKeyStore::find_token(std::string_view token) {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(sha256(as_bytes(token)));
  if (found == tokens_.end()) return fail(Errc::unauthorised, "unknown access token");
  return found->second;
}

}  // namespace houniao
