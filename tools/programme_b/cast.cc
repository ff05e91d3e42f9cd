#include "tools/programme_b/cast.h"

namespace houniao::programme_b {

Result<Tablet*> Cast::enrol(const DeviceRequest& request) {
  auto device = backstage_.enrol(request);
  if (!device) return fail(device.error().code, request.label + ": " + device.error().detail);
  tablets_.push_back(std::make_unique<Tablet>(request.label, std::move(*device)));
  tablets_.back()->actor = request.holder;
  return tablets_.back().get();
}

std::uint64_t Cast::written() const {
  std::uint64_t sum = 0;
  for (const auto& tablet : tablets_) sum += tablet->written();
  return sum;
}

}  // namespace houniao::programme_b
