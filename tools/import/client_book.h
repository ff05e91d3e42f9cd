// The SDK's client as the book that an import records in. The client outlives it.
#pragma once

#include "tools/import/book.h"

namespace houniao {
class Client;
}

namespace houniao::importing {

class ClientBook final : public Book {
 public:
  explicit ClientBook(Client& client) : client_(client) {}

  EventId next_event_id() const override;
  Result<void> record(std::span<const EventDraft> drafts) override;
  Result<std::vector<std::optional<Seen>>> look(EventId first, std::size_t count) const override;
  Result<Verdict> verdict(EventId event) const override;

 private:
  Client& client_;
};

}  // namespace houniao::importing
