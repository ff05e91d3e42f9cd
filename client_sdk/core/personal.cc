#include "client_sdk/core/personal.h"

#include <nlohmann/json.hpp>

#include "client_sdk/core/local_codec.h"
#include "schema/checksums.h"

namespace houniao::client {
namespace {

constexpr std::size_t kPadding = 64;
constexpr std::size_t kBlindIndexBytes = 16;

std::string iso(CivilDate date) { return to_string(to_day(date)); }

}  // namespace

Bytes encode_personal(const PersonalData& data) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!data.name.empty()) json["name"] = data.name;
  if (!data.id_number.empty()) json["id_number"] = data.id_number;
  if (!data.phone.empty()) json["phone"] = data.phone;
  if (data.birth_date) json["birth_date"] = iso(*data.birth_date);
  if (!data.note.empty()) json["note"] = data.note;
  std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.append((kPadding - text.size() % kPadding) % kPadding, ' ');
  return Bytes(text.begin(), text.end());
}

Result<PersonalData> decode_personal(ByteView plain) {
  const auto json = nlohmann::json::parse(plain.begin(), plain.end(), nullptr, false);
  if (!json.is_object()) return fail(Errc::corrupt, "opened personal data is not an object");
  const auto text = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  PersonalData out{text("name"), text("id_number"), text("phone"), std::nullopt, text("note")};
  if (const auto day = parse_day(text("birth_date"))) out.birth_date = to_civil(*day);
  return out;
}

void merge_personal(PersonalData& into, const PersonalData& newer) {
  if (!newer.name.empty()) into.name = newer.name;
  if (!newer.id_number.empty()) into.id_number = newer.id_number;
  if (!newer.phone.empty()) into.phone = newer.phone;
  if (newer.birth_date) into.birth_date = newer.birth_date;
  if (!newer.note.empty()) into.note = newer.note;
}

Bytes blind_index(const SymmetricKey& blind_key, std::string_view number) {
  const Hash mac = hmac_sha256(blind_key, as_bytes(normalise_number(number)));
  return Bytes(mac.bytes.begin(), mac.bytes.begin() + kBlindIndexBytes);
}

Bytes encode_sealed_items(std::span<const SealedItem> items) {
  LocalWriter out;
  for (const SealedItem& item : items) {
    out.raw(item.device.bytes);
    out.number(item.seq.value);
    out.number(item.place);
    out.number(item.scope.value);
    out.number(item.key_id);
    out.raw(item.nonce);
    out.bytes(item.ciphertext);
  }
  return out.finish();
}

Result<std::vector<SealedItem>> decode_sealed_items(ByteView bytes) {
  std::vector<SealedItem> out;
  LocalReader in(bytes);
  while (in.ok() && !in.at_end()) {
    SealedItem item;
    item.device.bytes = in.array<16>();
    item.seq = DeviceSeq{in.number<std::uint64_t>()};
    item.place = in.number<std::uint16_t>();
    item.scope = ScopeId{in.number<std::uint64_t>()};
    item.key_id = in.number<std::uint64_t>();
    item.nonce = in.array<24>();
    const ByteView ciphertext = in.bytes();
    item.ciphertext.assign(ciphertext.begin(), ciphertext.end());
    out.push_back(std::move(item));
  }
  HOUNIAO_TRY(in.done("sealed items"));
  return out;
}

KeyRing::~KeyRing() {
  for (auto& [id, key] : keys_) wipe(key.key.data(), key.key.size());
}

Result<void> KeyRing::load(const Store& store) {
  return store.scan(Table::keys, 0, [&](std::uint64_t id, ByteView value) -> Result<void> {
    LocalReader in(value);
    SubjectKey key;
    key.subject = PersonId{in.number<std::uint64_t>()};
    key.key = in.array<32>();
    key.made_by = DeviceSeq{in.number<std::uint64_t>()};
    key.deposited = in.flag();
    HOUNIAO_TRY(in.done("subject key"));
    add(id, key);
    return {};
  });
}

const SubjectKey* KeyRing::find(std::uint64_t key_id) const {
  const auto found = keys_.find(key_id);
  return found == keys_.end() ? nullptr : &found->second;
}

void KeyRing::add(std::uint64_t key_id, SubjectKey key) {
  if (!key.deposited) undeposited_[key.made_by] = key_id;
  keys_[key_id] = key;
}

void KeyRing::erase(std::uint64_t key_id) {
  const auto found = keys_.find(key_id);
  if (found == keys_.end()) return;
  undeposited_.erase(found->second.made_by);
  wipe(found->second.key.data(), found->second.key.size());
  keys_.erase(found);
}

Write KeyRing::write(std::uint64_t key_id, const SubjectKey& key) {
  LocalWriter out;
  out.number(key.subject.value);
  out.raw(key.key);
  out.number(key.made_by.value);
  out.flag(key.deposited);
  return {Table::keys, key_id, out.finish()};
}

std::vector<std::uint64_t> KeyRing::undeposited(DeviceSeq after, DeviceSeq through,
                                                std::size_t max) const {
  std::vector<std::uint64_t> out;
  for (auto key = undeposited_.upper_bound(after); key != undeposited_.end(); ++key) {
    if (key->first > through || out.size() == max) break;
    out.push_back(key->second);
  }
  return out;
}

std::vector<Write> KeyRing::deposited(std::span<const std::uint64_t> key_ids) {
  std::vector<Write> writes;
  for (const std::uint64_t id : key_ids) {
    const auto found = keys_.find(id);
    if (found == keys_.end() || found->second.deposited) continue;
    found->second.deposited = true;
    undeposited_.erase(found->second.made_by);
    writes.push_back(write(id, found->second));
  }
  return writes;
}

}  // namespace houniao::client
