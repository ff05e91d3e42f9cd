// The stored log as the source of single events for exports (exports/logged_event.h). Reads what is
// durable, a stretch at a time; never touches the sequencer. One thread at a time.
#pragma once

#include "exports/logged_event.h"
#include "server/log/log_store.h"

namespace houniao {

class LogEventSource final : public exports::EventSource {
 public:
  explicit LogEventSource(const LogStore& log) : log_(log) {}
  Result<void> each(Seq from, TreeSize end, const Visit& visit) const override;

 private:
  const LogStore& log_;
};

}  // namespace houniao
