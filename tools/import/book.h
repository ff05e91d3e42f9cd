// The device that an import records with, as much of it as the import needs: the SDK's client in
// client_book.h, a chain in memory in the tests. One thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "client_sdk/core/draft.h"
#include "client_sdk/core/status.h"
#include "schema/catalogue.h"

namespace houniao::importing {

class Book {
 public:
  virtual ~Book() = default;

  // Id of the next event; the n-th draft of a batch gets next + n.
  virtual EventId next_event_id() const = 0;
  // All or none, durable when it returns. After an error nobody knows which; the journal finds out.
  virtual Result<void> record(std::span<const EventDraft> drafts) = 0;

  // What the device can tell of its events first, first + 1, ... that exist; nullopt for one of
  // which it knows no more than that.
  struct Seen {
    EventType type{};
    Day occurred;
    bool operator==(const Seen&) const = default;
  };
  virtual Result<std::vector<std::optional<Seen>>> look(EventId first, std::size_t count) const = 0;

  struct Verdict {
    SyncStatus status = SyncStatus::on_device;
    Reasons reasons;
  };
  virtual Result<Verdict> verdict(EventId event) const = 0;
};

}  // namespace houniao::importing
