// The real thing behind the play: a running server, and SDK clients over loopback sockets, each
// with an encrypted store of its own. Owned by the demo command; used from the play's thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "server/server.h"
#include "tools/stage/backstage.h"

namespace houniao {
class Client;
}

namespace houniao::stage {

class LiveBackstage final : public Backstage {
 public:
  // All outlive the backstage. `cancelled` ends every wait soon after it becomes true.
  LiveBackstage(Server& server, std::filesystem::path tablets, Clock& clock, Random& random,
                const std::atomic<bool>& cancelled);
  ~LiveBackstage() override;

  Result<std::unique_ptr<Device>> enrol(const DeviceRequest& request) override;
  Result<void> revoke_lost(DeviceNumber device) override;
  // Folds the server's log up to the checkpoint, trusting no record of it.
  Result<SealedTree> sealable(Device& by, const PeriodAsked& asked) override;

 private:
  Server& server_;
  std::filesystem::path tablets_;
  Clock& clock_;
  Random& random_;
  const std::atomic<bool>& cancelled_;
  std::size_t enrolled_ = 0;
};

// The SDK client of a device that a LiveBackstage enrolled.
Client& client_of(Device& device);

}  // namespace houniao::stage
