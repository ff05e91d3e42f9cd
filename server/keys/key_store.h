// The port of everything secret that the server keeps beside the log: the key of each person's
// sealed data, one-time enrolment codes, access tokens of HTTP clients, and the blind-index key.
//
// Person keys rest wrapped under an epoch key. erase() destroys for good: it wraps the survivors
// under a fresh epoch key and then destroys the old one, because a data base keeps deleted bytes in
// free pages. Codes and tokens rest only as SHA-256 of the secret.
//
// Threads: every function may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"

namespace houniao {

// What a one-time code grants to the device that presents it first.
struct EnrolmentCode {
  WallTime expires;
  std::vector<std::uint16_t> roles;  // schema::Role numbers
  std::vector<ScopeId> scopes;
  std::uint64_t holder = 0;
  std::uint64_t organisation = 0;
  bool whole_log = false;
  std::string label;
  std::optional<DeviceId> claimed_by;  // repeatable for that device only
};

// An HTTP client's token: who it is for (never a person's name) and as what it reads.
struct AccessToken {
  std::string label;
  std::uint16_t role = 0;  // schema::Role, auditor or integrator
  bool admin = false;      // may create codes over the loopback interface
};

struct SubjectKey {
  PersonId subject;
  std::uint64_t key_id = 0;
  SymmetricKey key{};
};

class KeyStore {
 public:
  virtual ~KeyStore() = default;

  // Durable on return. The first key of a subject stays: a second, different one is left out and
  // its place in the result is false.
  virtual Result<std::vector<bool>> put_keys(std::span<const SubjectKey> keys) = 0;
  // not_found when the subject has no key (never deposited, or erased).
  virtual Result<SubjectKey> key_of(PersonId subject) = 0;
  // Destroys these subjects' keys for good; subjects without a key are fine. Durable on return.
  virtual Result<void> erase(std::span<const PersonId> subjects) = 0;
  // Subjects whose key was ever erased here; a deposit for one of them is refused.
  virtual Result<bool> was_erased(PersonId subject) = 0;
  // Grows by one per key handed to a device; part of the access record.
  virtual Result<void> count_handed_out(DeviceNumber device, std::span<const PersonId> subjects,
                                        WallTime now) = 0;
  virtual Result<std::uint64_t> handed_out(PersonId subject) = 0;

  virtual Result<void> add_code(std::string_view code, const EnrolmentCode& grant) = 0;
  // Binds the code to the device, durably. bad_code when it is unknown, expired or bound to
  // another.
  virtual Result<EnrolmentCode> claim_code(std::string_view code, const DeviceId& device,
                                           WallTime now) = 0;

  virtual Result<void> add_token(std::string_view token, const AccessToken& access) = 0;
  // unauthorised when nobody was given this token.
  virtual Result<AccessToken> find_token(std::string_view token) = 0;

  // Keyed-hash key of the blind index; the same for the life of the data directory.
  virtual SymmetricKey blind_key() = 0;
};

// 80 random bits as "XXXX-XXXX-XXXX-XXXX" in Crockford's base 32.
std::string make_enrolment_code(Random& random);
// "hn_" and 256 random bits in hexadecimal.
std::string make_access_token(Random& random);
// Codes are compared without case, dashes and white space.
Hash enrolment_code_hash(std::string_view code);

// The text under which codes and tokens rest in the data base.
std::string to_json_text(const EnrolmentCode& code);
std::string to_json_text(const AccessToken& token);
Result<EnrolmentCode> parse_enrolment_code(std::string_view text);
Result<AccessToken> parse_access_token(std::string_view text);

}  // namespace houniao
