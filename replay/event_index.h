// What became of every event: its place in the log, its type and whether it counts; and the bytes
// of those that wait. Part of State; written by the one thread that folds the log.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/ports.h"
#include "base/time.h"
#include "replay/archive.h"
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

// Entries by event id. Devices number their events without gaps, so they lie in pages of 256; a
// hostile jump in the numbering costs one page and no more.
class EventIndex {
 public:
  static constexpr std::uint64_t kPageEvents = 256;

  const EventEntry* find(EventId id) const {
    auto at = page_of_.find(id.value / kPageEvents);
    if (at == page_of_.end()) return nullptr;
    const EventEntry& entry = pages_[at->second].entries[id.value % kPageEvents];
    return entry.seen() ? &entry : nullptr;
  }
  EventEntry* find(EventId id) {
    return const_cast<EventEntry*>(static_cast<const EventIndex&>(*this).find(id));
  }
  EventEntry& insert(EventId id);
  std::size_t size() const { return size_; }

  // Calls visit(EventId, const EventEntry&) in order of id.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint64_t page : sorted_pages()) {
      const Page& entries = pages_[page_of_.at(page)];
      for (std::uint64_t i = 0; i < kPageEvents; ++i) {
        if (entries.entries[i].seen()) visit(EventId{page * kPageEvents + i}, entries.entries[i]);
      }
    }
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
  struct Page {
    std::array<EventEntry, kPageEvents> entries;
  };
  std::vector<std::uint64_t> sorted_pages() const;
  void write(CanonicalWriter& a);
  void read(CanonicalReader& a);

  boost::unordered_flat_map<std::uint64_t, std::uint32_t> page_of_;
  std::vector<Page> pages_;
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
