#include "server/published.h"

namespace houniao {

DeviceHead Published::device_head(const DeviceId& device) const {
  const std::lock_guard lock(mutex_);
  const auto found = devices_.find(device);
  return found == devices_.end() ? DeviceHead{} : found->second;
}

ScopeHead Published::scope_head(ScopeId scope) const {
  const std::lock_guard lock(mutex_);
  const auto found = scopes_.find(scope);
  return found == scopes_.end() ? ScopeHead{scope, 0, {}} : found->second;
}

void Published::publish(std::shared_ptr<const PublishedHead> head,
                        const std::vector<DeviceHead>& devices,
                        const std::vector<ScopeHead>& scopes) {
  const std::lock_guard lock(mutex_);
  head_ = std::move(head);
  for (const DeviceHead& device : devices) devices_[device.device] = device;
  for (const ScopeHead& scope : scopes) scopes_[scope.scope] = scope;
}

void Published::replace(std::shared_ptr<const PublishedHead> head,
                        const std::vector<DeviceHead>& devices,
                        const std::vector<ScopeHead>& scopes) {
  {
    const std::lock_guard lock(mutex_);
    devices_.clear();
    scopes_.clear();
  }
  publish(std::move(head), devices, scopes);
}

}  // namespace houniao
