// What a log says of programme packs: the hashes that PolicyVersionPublished names, and for which
// programme. Only what was not held counts. Owned by one audit; one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "schema/codec.h"

namespace houniao::audit {

class PublishedPacks {
 public:
  // `number` is that of the event's device.
  void see(DeviceNumber number, const EventReader& event);

  // Whether some programme's rules have this text.
  bool has(const Hash& sha256) const { return all_.contains(sha256); }
  // Whether a programme of that code has published rules with their hash.
  bool has_any_of(std::string_view code) const;

 private:
  std::map<std::string, std::set<std::uint64_t>, std::less<>> programmes_;  // by code
  std::set<std::uint64_t> publishing_;  // programmes that named a hash
  std::set<Hash> all_;
};

}  // namespace houniao::audit
