// The port through which exports see single events, in the order of the log: a state says what
// follows from them, and some formats want each one. Implemented over a stored log by
// server/log/log_event_source.h, and by tests over records in memory. One thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "schema/codec.h"

namespace houniao {
class State;
}

namespace houniao::exports {

// Valid during the visit only.
struct LoggedEvent {
  Seq seq;
  WallTime received;
  std::uint16_t verdict = 0;  // schema::Verdict, as recorded
  const EventReader* event = nullptr;

  // None when the state does not know the device.
  EventId id(const State& state) const;
  Day day() const { return event->occurred(); }
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  // Calls visit(event) for each event of the records [from, end) until it gives false. corrupt when
  // a record cannot be read; an event that no record reader opens ends the walk with that error.
  using Visit = std::function<bool(const LoggedEvent&)>;
  virtual Result<void> each(Seq from, TreeSize end, const Visit& visit) const = 0;
};

// Which part of the log an export is about: programmes (those asked for and everything below them;
// empty: all, also what names none), the days on which things happened, and whether the reader may
// see what only auditors see (corrections, retractions, decisions, doubts, findings).
struct Scope {
  std::vector<std::uint64_t> programmes;  // ascending
  Day from{std::numeric_limits<std::int32_t>::min()};
  Day to{std::numeric_limits<std::int32_t>::max()};  // inclusive
  bool audit_work = true;

  bool has_programme(std::uint64_t id) const {
    return programmes.empty() || std::binary_search(programmes.begin(), programmes.end(), id);
  }
  bool has_day(Day day) const { return from <= day && day <= to; }
  bool has(std::uint64_t programme, Day day) const {
    return has_programme(programme) && has_day(day);
  }
};

}  // namespace houniao::exports
