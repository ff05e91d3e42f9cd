#include "server/keys/key_store.h"

#include <nlohmann/json.hpp>

namespace houniao {
namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

template <class T>
Result<T> parse_guarded(std::string_view text, T (*read)(const nlohmann::json&)) {
  try {
    return read(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception&) {
    return fail(Errc::corrupt, "an entry of the key store cannot be read");
  }
}

EnrolmentCode read_code(const nlohmann::json& j) {
  EnrolmentCode out;
  out.expires.us = j.at("expires_us");
  out.roles = j.at("roles").get<std::vector<std::uint16_t>>();
  for (std::uint64_t scope : j.at("scopes")) out.scopes.push_back(ScopeId{scope});
  out.holder = j.at("holder");
  out.organisation = j.at("organisation");
  out.whole_log = j.at("whole_log");
  out.label = j.at("label");
  if (j.contains("claimed_by")) {
    const auto bytes = from_hex(j.at("claimed_by").get<std::string>());
    if (bytes) out.claimed_by = device_id_from(*bytes);
  }
  return out;
}

AccessToken read_token(const nlohmann::json& j) {
  AccessToken out;
  out.label = j.at("label");
  out.role = j.at("role");
  out.admin = j.at("admin");
  return out;
}

}  // namespace

std::string make_enrolment_code(Random& random) {
  std::array<std::uint8_t, 16> raw;
  random.fill(raw);
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i != 0 && i % 4 == 0) out.push_back('-');
    out.push_back(kCrockford[raw[i] & 31]);
  }
  return out;
}

std::string make_access_token(Random& random) {
  std::array<std::uint8_t, 32> raw;
  random.fill(raw);
  return "hn_" + to_hex(raw);
}

Hash enrolment_code_hash(std::string_view code) {
  std::string plain = "houniao enrolment code\n";
  for (char c : code) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    plain.push_back(c);
  }
  return sha256(as_bytes(plain));
}

std::string to_json_text(const EnrolmentCode& code) {
  std::vector<std::uint64_t> scopes;
  for (ScopeId scope : code.scopes) scopes.push_back(scope.value);
  nlohmann::json j = {{"expires_us", code.expires.us},
                      {"roles", code.roles},
                      {"scopes", scopes},
                      {"holder", code.holder},
                      {"organisation", code.organisation},
                      {"whole_log", code.whole_log},
                      {"label", code.label}};
  if (code.claimed_by) j["claimed_by"] = to_hex(code.claimed_by->bytes);
  return j.dump();
}

std::string to_json_text(const AccessToken& token) {
  return nlohmann::json{{"label", token.label}, {"role", token.role}, {"admin", token.admin}}
      .dump();
}

Result<EnrolmentCode> parse_enrolment_code(std::string_view text) {
  return parse_guarded(text, read_code);
}

Result<AccessToken> parse_access_token(std::string_view text) {
  return parse_guarded(text, read_token);
}

}  // namespace houniao
