// Personal data of a subject: its sealed form inside events, the keyed index of its numbers, and
// the keys themselves. Pure; one thread at a time.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/crypto.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/store.h"

namespace houniao::client {

// UTF-8 JSON object with the members that are set, padded with spaces to a multiple of 64 bytes so
// that the length tells little about a name.
Bytes encode_personal(const PersonalData& data);
Result<PersonalData> decode_personal(ByteView plain);
// Members that are set in `newer` replace those of `into`.
void merge_personal(PersonalData& into, const PersonalData& newer);

// First 16 bytes of HMAC-SHA256 under the log's blind-index key over the normalised number.
Bytes blind_index(const SymmetricKey& blind_key, std::string_view number);

// One sealed item as an event carries it, with what is needed to open it.
struct SealedItem {
  DeviceId device;
  DeviceSeq seq;
  std::uint16_t place = 0;
  ScopeId scope;
  std::uint64_t key_id = 0;
  Nonce nonce{};
  Bytes ciphertext;
};
Bytes encode_sealed_items(std::span<const SealedItem> items);
Result<std::vector<SealedItem>> decode_sealed_items(ByteView bytes);

struct SubjectKey {
  PersonId subject;
  SymmetricKey key{};
  DeviceSeq made_by;      // own event that made it; 0 when another device made it
  bool deposited = true;  // the server has it durably
};

// All subject keys on this device, by key id (the id of the subject that the key was made for).
class KeyRing {
 public:
  ~KeyRing();
  Result<void> load(const Store& store);
  const SubjectKey* find(std::uint64_t key_id) const;
  void add(std::uint64_t key_id, SubjectKey key);
  void erase(std::uint64_t key_id);
  static Write write(std::uint64_t key_id, const SubjectKey& key);

  // Ids of own keys that the server lacks and that events behind `after`, through `through` need,
  // in the order of these events, at most `max`.
  std::vector<std::uint64_t> undeposited(DeviceSeq after, DeviceSeq through, std::size_t max) const;
  // Marks them; returns the writes that make it durable.
  std::vector<Write> deposited(std::span<const std::uint64_t> key_ids);

 private:
  std::map<std::uint64_t, SubjectKey> keys_;
  std::map<DeviceSeq, std::uint64_t> undeposited_;  // by the event that needs it
};

}  // namespace houniao::client
