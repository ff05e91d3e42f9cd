// What became of every event: its place in the log, its type and whether it counts; and the bytes
// of those that wait. Part of State; written by the one thread that folds the log.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/ports.h"
#include "base/time.h"
#include "replay/archive.h"
#include "replay/dense_map.h"
#include "replay/reasons.h"

namespace houniao {

enum class EventStatus : std::uint8_t {
  unseen,
  accepted,
  flagged,    // counted, with reasons
  held,       // kept, not counted, waits for a decision or for what it names
  released,   // was held, a decision lets it count
  refused,    // was held, a decision keeps it out
  retracted,  // counted once, taken back by a later event
};
std::string_view name_of(EventStatus status);  // "held"
std::string_view name_zh(EventStatus status);

struct EventEntry {
  Seq seq;  // of its record
  Day occurred;
  std::uint16_t type = 0;  // number on the wire
  EventStatus status = EventStatus::unseen;
  bool provisional = false;  // counted, but names something that has not arrived

  bool seen() const { return status != EventStatus::unseen; }
  // Its full effect is part of State.
  bool in_force() const {
    return !provisional && (status == EventStatus::accepted || status == EventStatus::flagged ||
                            status == EventStatus::released);
  }
};

// Entries by event id.
class EventIndex {
 public:
  const EventEntry* find(EventId id) const {
    const EventEntry* entry = entries_.find(id.value);
    return entry != nullptr && entry->seen() ? entry : nullptr;
  }
  EventEntry* find(EventId id) {
    return const_cast<EventEntry*>(static_cast<const EventIndex&>(*this).find(id));
  }
  // The place for an event; nullptr when it is known already. The caller fills in its status.
  EventEntry* insert(EventId id);
  std::size_t size() const { return size_; }

  // Calls visit(EventId, const EventEntry&) in order of id.
  template <class Visit>
  void for_each(Visit&& visit) const {
    entries_.for_each([&](std::uint64_t id, const EventEntry& entry) {
      if (entry.seen()) visit(EventId{id}, entry);
    });
  }

  template <class Archive>
  void fields(Archive& a) {
    if constexpr (Archive::kReading) {
      read(a);
    } else {
      write(a);
    }
  }

 private:
  void write(CanonicalWriter& a);
  void read(CanonicalReader& a);

  PagedArray<EventEntry, 256> entries_;
  std::size_t size_ = 0;
};

// An event that is held or that counts provisionally: what is needed to judge it again.
struct ParkedEvent {
  Bytes bytes;  // the device's exact bytes
  Seq seq;
  WallTime received_at;
  Reasons reasons;  // in force
  Reasons waived;   // by a decision that released it
  bool released = false;
  std::vector<std::uint64_t> waits_for;  // ids that have not arrived, ascending

  template <class Archive>
  void fields(Archive& a) {
    a(bytes, seq, received_at, reasons, waived, released, waits_for);
  }
};

}  // namespace houniao
