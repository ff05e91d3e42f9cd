#include "server/log/log_event_source.h"

#include <algorithm>

namespace houniao {
namespace {

constexpr std::size_t kReadBytes = std::size_t{2} << 20;

}  // namespace

Result<void> LogEventSource::each(Seq from, TreeSize end, const Visit& visit) const {
  RecordReader record;
  EventReader event;
  for (Seq next = from; next.value < end.value;) {
    const auto run = log_.read(next, kReadBytes);
    if (!run) return run.error();
    if (run->empty()) return {};
    for (std::size_t i = 0; i < run->count() && next.value + i < end.value; ++i) {
      HOUNIAO_TRY(record.open(run->record(i)));
      if (!record.is_event()) continue;
      HOUNIAO_TRY(event.open(record.event_bytes()));
      exports::LoggedEvent logged;
      logged.seq = record.seq();
      logged.received = WallTime{record.get().getReceivedAtUs()};
      logged.verdict = static_cast<std::uint16_t>(record.get().getVerdict());
      logged.event = &event;
      if (!visit(logged)) return {};
    }
    next = run->next();
  }
  return {};
}

}  // namespace houniao
