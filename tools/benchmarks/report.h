// What every benchmark measures and prints, so that one reader can compare them all. Owned by the
// benchmark that fills it; Latencies and Meter belong to one thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/ports.h"

namespace houniao::bench {

// Latencies of single operations.
class Latencies {
 public:
  void add_us(std::int64_t us) { us_.push_back(us); }
  void add(const Latencies& other) { us_.insert(us_.end(), other.us_.begin(), other.us_.end()); }
  std::size_t count() const { return us_.size(); }
  // Nearest rank; `permille` 500 is the median, 990 the 99th percentile. 0 when there are none.
  double percentile_ms(unsigned permille) const;

 private:
  mutable std::vector<std::int64_t> us_;  // sorted when a percentile is asked for
  mutable std::size_t sorted_ = 0;
};

struct Report {
  std::string work;  // "ingest", "acks", "catchup", "replay", "fanout", "floor"
  std::uint64_t events = 0;
  double seconds = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  // What was on disk when an operation counted as done: "fdatasync before acknowledgement",
  // "none (memory)", ...
  std::string durability;
  // Raw LMDB and SHA-256 on batches of the same shape in the same run; 0 when nothing compares.
  double floor_events_per_s = 0;
  std::string floor_of = "raw LMDB + SHA-256";
  bool paced = false;  // the rate was given, only the latencies were measured
  double rss_mib = 0;  // resident memory of this process at the end
  double cpu_s = 0;    // user and system time of this process while it measured
  // Further members, printed after the common ones.
  nlohmann::ordered_json extra = nlohmann::ordered_json::object();

  double events_per_s() const { return seconds > 0 ? static_cast<double>(events) / seconds : 0; }
};

nlohmann::ordered_json to_json(const Report& report);
// A few aligned lines for people.
std::string to_text(const Report& report);

// Takes the time and the processor time from its construction to finish().
class Meter {
 public:
  explicit Meter(Clock& clock);
  std::int64_t elapsed_us() const;
  // Fills seconds, cpu_s and rss_mib, and p50_ms and p99_ms from `latencies`.
  void finish(Report& report, const Latencies& latencies) const;

 private:
  Clock& clock_;
  std::int64_t start_us_;
  std::int64_t start_cpu_us_;
};

}  // namespace houniao::bench
