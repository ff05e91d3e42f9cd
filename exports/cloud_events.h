// CloudEvents 1.0 (CNCF): each event of the log as one JSON object in the structured mode, several
// as a batch (application/cloudevents-batch+json), and one after the other as server-sent events
// (HTML Living Standard 9.2, text/event-stream).
//
//   id            event id "7-1234"; with `source` unique for ever
//   source        //ORIGIN/devices/7
//   type          reverse DNS of the origin, family, name, version of the shape:
//                 "local.houniao.funds.disbursement_paid.v1"
//   subject       what it is about: "contract/2-7"
//   time          when it happened, the start of the day (Asia/Shanghai) when only that is known
//   recordedtime  when the server received it (extension "recorded time")
//   sequence      place in the log, 20 digits (extension "sequence": order of texts)
//   verdict       accepted, flagged or held when it arrived (extension of this log)
//   data          {"programme", "site", "organisation", "body", "sealed"}; see disclosure.h for
//                 what is left out. `sealed` counts the items that are under a key.
//
// Pure; the state must rest and hold at least everything that is asked for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

inline constexpr std::size_t kCloudBatchDefault = 500;
inline constexpr std::size_t kCloudBatchMax = 5000;
inline constexpr std::string_view kCloudBatchType = "application/cloudevents-batch+json";
inline constexpr std::string_view kEventStreamType = "text/event-stream";

// nullopt when the event may not leave (case work).
std::optional<Json> cloud_event(const State& state, const LoggedEvent& event,
                                std::string_view origin);

struct CloudPage {
  std::size_t count = 0;
  Seq next;            // first seq not looked at: the page after this one begins there
  bool at_end = true;  // nothing was left
};
// A batch of at most `limit` events from `from` on, in the order of the log, as one JSON array.
// Errors of the source; then what was written is not whole.
Result<CloudPage> write_cloud_batch(const State& state, const EventSource& source, Seq from,
                                    TreeSize end, const Scope& scope, std::string_view origin,
                                    std::size_t limit, const Sink& sink);
// The same as frames of an event stream. The frame's id is the seq: a reader that comes back with
// Last-Event-ID goes on behind it.
Result<CloudPage> write_event_stream(const State& state, const EventSource& source, Seq from,
                                     TreeSize end, const Scope& scope, std::string_view origin,
                                     std::size_t limit, const Sink& sink);

}  // namespace houniao::exports
