// What the server counts about itself, for /metrics (Prometheus text) and the readiness page.
// Counters only grow, gauges are set. Any thread; relaxed atomics, so a reader may see numbers of
// slightly different moments.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/error.h"

namespace houniao {

// name, help
#define HOUNIAO_COUNTERS(X)                                                                       \
  X(sessions_opened, "Connections that became sessions")                                          \
  X(sessions_closed, "Sessions that ended")                                                       \
  X(devices_welcomed, "Sessions that passed the handshake")                                       \
  X(devices_enrolled, "Devices enrolled with a one-time code")                                    \
  X(frames_received, "Frames received")                                                           \
  X(frames_sent, "Frames handed to the transport")                                                \
  X(bytes_received, "Bytes of frames received")                                                   \
  X(bytes_sent, "Bytes of frames handed to the transport")                                        \
  X(pushes_accepted, "Pushes acknowledged")                                                       \
  X(pushes_refused, "Pushes refused at the door")                                                 \
  X(signatures_owed, "Pushes taken before their signature was checked")                           \
  X(signatures_settled, "Owed signatures checked")                                                \
  X(events_committed, "Events made durable")                                                      \
  X(records_committed, "Records made durable")                                                    \
  X(groups_committed, "Commits of the sequencer")                                                 \
  X(groups_failed, "Commits that failed")                                                         \
  X(retries_sent, "Times a peer was told to come back later")                                     \
  X(records_frames_live, "Records frames out of the live fan-out")                                \
  X(records_frames_stored, "Records frames read from the store")                                  \
  X(keys_deposited, "Subject keys deposited")                                                     \
  X(keys_handed_out, "Subject keys handed to devices")                                            \
  X(keys_denied, "Subject keys asked for and denied")                                             \
  X(http_requests, "HTTP requests")                                                               \
  X(http_errors, "HTTP requests answered with an error")                                          \
  X(http_turned_away, "HTTP requests refused because too many for the whole log waited")          \
  X(past_unanswered, "Questions about past states that the timeline did not answer")              \
  X(witness_cosigned, "Cosignatures of witnesses that were kept")                                 \
  X(witness_failed, "Checkpoints shown to a witness without a cosignature to keep")               \
  X(witness_contradicted, "Times a witness had signed a larger or another tree: call an auditor") \
  X(commit_us_total, "Microseconds spent in commits")

#define HOUNIAO_GAUGES(X)                                                             \
  X(sessions, "Sessions open")                                                        \
  X(log_records, "Records in the log")                                                \
  X(log_bytes, "Bytes that the log takes")                                            \
  X(events_waiting, "Events queued for the sequencer")                                \
  X(read_only, "1 while storage is full or failed")                                   \
  X(quarantine_files, "Files in quarantine")                                          \
  X(quarantine_dropped, "Refused bytes that quarantine had no room for")              \
  X(incidents_suppressed, "Incidents counted but not written down one by one")        \
  X(timeline_ended, "1 when past states are no longer kept warm; a restart mends it") \
  X(whole_log_requests, "HTTP requests for the whole log that wait or run")           \
  X(resident_bytes, "Resident memory of the process")

struct Metrics {
  using Counter = std::atomic<std::uint64_t>;
#define X(name, help) Counter name{0};
  HOUNIAO_COUNTERS(X)
  HOUNIAO_GAUGES(X)
#undef X
  // Errors sent to peers, by code.
  std::array<Counter, 64> errors{};

  void count_error(Errc code);
  // Commit durations: how many took at most 2^i * 64 microseconds.
  std::array<Counter, 16> commit_us_buckets{};
  void observe_commit(std::int64_t us);

  // Prometheus text exposition format 0.0.4.
  std::string text() const;
};

}  // namespace houniao
