#include "tools/audit/published_packs.h"

#include <algorithm>

namespace houniao::audit {

void PublishedPacks::see(DeviceNumber number, const EventReader& event) {
  const auto body = event.get().getBody();
  if (event.type() == EventType::PROGRAMME_OPENED) {
    programmes_[std::string(to_view(body.getProgrammeOpened().getCode()))].insert(
        event_id(number, event.device_seq()).value);
    return;
  }
  if (event.type() != EventType::POLICY_VERSION_PUBLISHED) return;
  const auto policy = body.getPolicyVersionPublished();
  const auto sha256 = hash_from(to_view(policy.getBodySha256()));
  if (policy.getKind() != schema::PolicyVersionPublished::Kind::PACK || !sha256) return;
  all_.insert(*sha256);
  publishing_.insert(policy.getProgramme());
}

bool PublishedPacks::has_any_of(std::string_view code) const {
  const auto programmes = programmes_.find(code);
  return programmes != programmes_.end() &&
         std::any_of(programmes->second.begin(), programmes->second.end(),
                     [this](std::uint64_t id) { return publishing_.contains(id); });
}

}  // namespace houniao::audit
