#include "tools/import/client_book.h"

#include "client_sdk/cpp/houniao.h"
#include "replay/state.h"

namespace houniao::importing {

EventId ClientBook::next_event_id() const { return client_.next_event_id(); }

Result<void> ClientBook::record(std::span<const EventDraft> drafts) {
  const EventId expected = client_.next_event_id();
  const auto ids = client_.record_many(drafts);
  if (!ids) return ids.error();
  HOUNIAO_ASSERT(ids->empty() || ids->front() == expected);
  return {};
}

Result<std::vector<std::optional<Book::Seen>>> ClientBook::look(EventId first,
                                                                std::size_t count) const {
  std::vector<std::optional<Seen>> out;
  const std::uint64_t end = std::min(first.value + count, client_.next_event_id().value);
  const auto read = client_.with_state([&](const State& state) {
    for (std::uint64_t id = first.value; id < end; ++id) {
      const EventEntry* entry = state.events.find(EventId{id});
      if (entry == nullptr) {
        out.emplace_back();
      } else {
        out.push_back(Seen{static_cast<EventType>(entry->type), entry->occurred});
      }
    }
  });
  if (!read) return read.error();
  return out;
}

Result<Book::Verdict> ClientBook::verdict(EventId event) const {
  const auto status = client_.status(event);
  if (!status) return status.error();
  return Verdict{status->status, status->reasons};
}

}  // namespace houniao::importing
