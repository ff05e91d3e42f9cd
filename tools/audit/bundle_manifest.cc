#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "replay/pack_places.h"
#include "tools/audit/bundle.h"
#include "tools/audit/in_quotes.h"

namespace houniao::audit {
namespace {

using Json = nlohmann::json;

constexpr const char* kMembers[] = {"format", "verifier_key", "size",  "whole",
                                    "from",   "to",           "scopes"};
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error unreadable(const std::string& why) {
  return fail(Errc::corrupt, "the bundle: its manifest cannot be read: " + why);
}

// Two readers could take such a text for two things.
Result<void> expect_one_meaning(std::string_view text) {
  const JsonPlaces places(text);
  if (places.too_deep()) return unreadable("it is nested too deep");
  if (places.too_many()) return unreadable("it has too many members");
  if (places.repeated().empty()) return {};
  return fail(Errc::corrupt, "the bundle: its manifest has one member twice: " +
                                 in_quotes(places.repeated().front()));
}

// nullptr when the member is not there; one that is there has a value.
Result<const Json*> member(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return nullptr;
  if (!found->is_null()) return &*found;
  return unreadable(std::string("\"") + name +
                    "\" is null; a member without a value must be left out");
}

Result<std::uint64_t> number(const Json& value, const char* name) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return unreadable(std::string("\"") + name + "\" is no whole number of 0 or more");
}

Result<std::optional<Seq>> place(const Json& json, const char* name) {
  const auto value = member(json, name);
  if (!value) return value.error();
  if (*value == nullptr) return std::optional<Seq>();
  const auto seq = number(**value, name);
  if (!seq) return seq.error();
  return std::optional<Seq>(Seq{*seq});
}

Result<std::set<ScopeId>> scopes_of(const Json& json) {
  std::set<ScopeId> out;
  const auto list = member(json, "scopes");
  if (!list) return list.error();
  if (*list == nullptr) return out;
  if (!(*list)->is_array() || (*list)->empty()) {
    return unreadable("\"scopes\" is no list of scopes; where all are meant it must be left out");
  }
  for (const Json& each : **list) {
    const auto scope = number(each, "scopes");
    if (!scope) return scope.error();
    out.insert(ScopeId{*scope});
  }
  return out;
}

Result<void> read_head(const Json& json, BundleManifest& out) {
  const auto format = member(json, "format");
  if (!format) return format.error();
  if (*format == nullptr || **format != "houniao-bundle-1") {
    return unreadable("\"format\" is not houniao-bundle-1");
  }
  const auto size = member(json, "size");
  if (!size) return size.error();
  if (*size == nullptr) return unreadable("\"size\" is missing");
  const auto records = number(**size, "size");
  if (!records) return records.error();
  out.size = TreeSize{*records};
  const auto whole = member(json, "whole");
  if (!whole) return whole.error();
  if (*whole == nullptr || !(*whole)->is_boolean()) {
    return unreadable("\"whole\" is neither true nor false");
  }
  out.whole = (*whole)->get<bool>();
  // A key that is no text is none: an auditor who has one from elsewhere needs no other.
  const auto key = member(json, "verifier_key");
  if (!key) return key.error();
  if (*key != nullptr && (*key)->is_string()) out.verifier_key = (*key)->get<std::string>();
  return {};
}

}  // namespace

Result<BundleManifest> parse_manifest(std::string_view text) {
  if (text.size() > kBundleManifestBytesMax) return unreadable("it is longer than 1 MiB");
  if (text.starts_with(kByteOrderMark)) {
    return unreadable("it begins with a byte order mark, which is no part of JSON");
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return unreadable("it is no JSON object");
  HOUNIAO_TRY(expect_one_meaning(text));
  BundleManifest out;
  HOUNIAO_TRY(read_head(json, out));
  const auto from = place(json, "from");
  if (!from) return from.error();
  const auto to = place(json, "to");
  if (!to) return to.error();
  auto scopes = scopes_of(json);
  if (!scopes) return scopes.error();
  out.from = *from;
  out.to = *to;
  out.scopes = std::move(*scopes);
  for (const auto& [name, value] : json.items()) {
    const bool known =
        std::find(std::begin(kMembers), std::end(kMembers), name) != std::end(kMembers);
    if (!known) out.unknown.push_back(name);
  }
  return out;
}

}  // namespace houniao::audit
