// What the sequencer shows to everybody else after each commit: the signed checkpoint, the device
// directory and the heads of device chains. Any thread may read; only the sequencer's thread
// writes. A reader gets an immutable snapshot and keeps it as long as it likes.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"
#include "replay/log_keys.h"
#include "server/device_directory.h"
#include "server/log/log_store.h"

namespace houniao {

struct PublishedHead {
  TreeSize size;
  Hash root;
  std::string note;          // signed checkpoint of exactly that tree; empty while the log is empty
  Signature note_signature;  // the log key's raw signature in it
  WallTime committed_at;
  std::shared_ptr<const DeviceDirectory> devices;
  std::shared_ptr<const std::vector<LogKeyChange>> log_keys;  // as the log has them; may be null
  // Why pushes are answered with Retry; empty while the server accepts them.
  std::optional<Error> read_only;
};

class Published {
 public:
  std::shared_ptr<const PublishedHead> head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  // The newest durable event of a device; seq 0 when the log has none.
  DeviceHead device_head(const DeviceId& device) const;
  // The newest durable record of a scope; count 0 when the log has none.
  ScopeHead scope_head(ScopeId scope) const;

  void publish(std::shared_ptr<const PublishedHead> head, const std::vector<DeviceHead>& devices,
               const std::vector<ScopeHead>& scopes);
  // The same, forgetting all heads that are not named (after a start or a rebuild).
  void replace(std::shared_ptr<const PublishedHead> head, const std::vector<DeviceHead>& devices,
               const std::vector<ScopeHead>& scopes);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const PublishedHead> head_ = std::make_shared<const PublishedHead>();
  boost::unordered_flat_map<DeviceId, DeviceHead> devices_;
  boost::unordered_flat_map<ScopeId, ScopeHead> scopes_;
};

}  // namespace houniao
