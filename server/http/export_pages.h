// The pages below /v1 that give exports (docs/EXPORTS.md):
//
//   /v1/events?after=SEQ&limit=N   CloudEvents as a batch; the header Link names the next page
//   /v1/events/stream              the same as server-sent events; goes on behind Last-Event-ID
//   /v1/export/FORMAT              any format of exports/books/export.h, and csv?page=NAME
//
// For tokens of auditors and integrators; nothing here identifies a person, and names are never
// filled in: a server cannot open them. What only auditors may read (queries.h) they alone get as
// CSV too.
//
// Threads: any; slow.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "exports/csv.h"
#include "exports/sink.h"
#include "server/doubts.h"
#include "server/http/api.h"

namespace houniao {

class State;

// Event streams open at one time; each holds a connection.
inline constexpr int kEventStreamsMax = 64;
// A stream ends after this long; the reader comes back with Last-Event-ID and a valid token.
inline constexpr std::int64_t kEventStreamMsMax = 3'600'000;
// A comment, when nothing else was to be said for this long, shows both sides that the other lives.
inline constexpr std::int64_t kHeartbeatMs = 20'000;
// What one answer may hold; it is refused as soon as it is known to hold more. The command line has
// no such bound.
inline constexpr std::size_t kExportBytesMax = std::size_t{256} << 20;

struct ExportDoor {
  Engine& engine;
  std::shared_ptr<std::atomic<int>> streams;  // how many are open
  std::uint16_t role = 0;                     // of the token
  // Calls with what the anomaly rules saw of the log up to that moment (server/doubts.h).
  std::function<Result<void>(const AsOf&, const Doubts::Read&)> with_bench;
};

// Whether the path below /v1 is one of these pages.
bool is_export_page(std::string_view what);
HttpResponse export_page(const ExportDoor& door, const HttpRequest& request, const Target& target,
                         std::string_view what);

// Every item of a list (queries.h) as CSV; a list without items is its header. Errors of the page;
// too_large as soon as the rows have more than `bytes_max`.
Result<void> write_page_csv(const State& state, const std::string& page,
                            exports::ByteOrderMark mark, const exports::Sink& sink,
                            std::size_t bytes_max = SIZE_MAX);
// The same for a page of the bench.
Result<void> write_page_csv(rules::Bench& bench, const std::string& page,
                            exports::ByteOrderMark mark, const exports::Sink& sink,
                            std::size_t bytes_max = SIZE_MAX);

}  // namespace houniao
