#include "replay/event_index.h"

#include "replay/warm.h"

namespace houniao {

std::string_view name_of(EventStatus status) {
  switch (status) {
    case EventStatus::unseen:
      return "unseen";
    case EventStatus::accepted:
      return "accepted";
    case EventStatus::flagged:
      return "flagged";
    case EventStatus::held:
      return "held";
    case EventStatus::released:
      return "released";
    case EventStatus::refused:
      return "refused";
    case EventStatus::retracted:
      return "retracted";
  }
  return "unseen";
}

std::string_view name_zh(EventStatus status) {
  switch (status) {
    case EventStatus::unseen:
      return "未收到";
    case EventStatus::accepted:
      return "已接受";
    case EventStatus::flagged:
      return "已计入，有提示";
    case EventStatus::held:
      return "待决";
    case EventStatus::released:
      return "已放行";
    case EventStatus::refused:
      return "已驳回";
    case EventStatus::retracted:
      return "已撤销";
  }
  return "未收到";
}

EventEntry* EventIndex::insert(EventId id) {
  EventEntry& entry = entries_[id.value];
  warm_line_after(entry);  // where the device's next events go
  if (entry.seen()) return nullptr;
  ++size_;
  return &entry;
}

namespace {

// Accepted, flagged and released differ by what was known when the event arrived, which the digest
// leaves out.
std::uint8_t status_for_digest(const EventEntry& entry) {
  switch (entry.status) {
    case EventStatus::flagged:
    case EventStatus::released:
      return static_cast<std::uint8_t>(EventStatus::accepted);
    default:
      return static_cast<std::uint8_t>(entry.status);
  }
}

}  // namespace

void EventIndex::write(CanonicalWriter& a) {
  a.number(static_cast<std::uint64_t>(size_));
  for_each([&](EventId id, const EventEntry& entry) {
    a.number(id.value);
    a.number(entry.type);
    a.number(entry.occurred.value);
    a.number(static_cast<std::uint8_t>(entry.provisional));
    if (a.is_snapshot()) {
      a.number(static_cast<std::uint8_t>(entry.status));
      a.number(entry.seq.value);
    } else {
      a.number(status_for_digest(entry));
    }
  });
}

void EventIndex::read(CanonicalReader& a) {
  entries_.clear();
  size_ = 0;
  const std::size_t count = a.count(a.number<std::uint64_t>(), 24);
  for (std::size_t i = 0; i < count && a.ok(); ++i) {
    const EventId id{a.number<std::uint64_t>()};
    EventEntry entry;
    entry.type = a.number<std::uint16_t>();
    entry.occurred.value = a.number<std::int32_t>();
    entry.provisional = a.number<std::uint8_t>() != 0;
    const auto status = a.number<std::uint8_t>();
    entry.seq.value = a.number<std::uint64_t>();
    if (status == 0 || status > static_cast<std::uint8_t>(EventStatus::retracted)) return a.fail();
    entry.status = static_cast<EventStatus>(status);
    EventEntry* fresh = insert(id);
    if (fresh == nullptr) return a.fail();
    *fresh = entry;
  }
}

}  // namespace houniao
