#include "server/telemetry/metrics.h"

namespace houniao {
namespace {

constexpr std::int64_t kBucketUs = 64;

void line(std::string& out, const char* name, const char* help, const char* type,
          const char* suffix, std::uint64_t value) {
  const std::string full = std::string("houniao_") + name + suffix;
  out += "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n" + full + " " +
         std::to_string(value) + "\n";
}

}  // namespace

void Metrics::count_error(Errc code) {
  const auto number = static_cast<std::size_t>(code);
  if (number < errors.size()) errors[number].fetch_add(1, std::memory_order_relaxed);
}

void Metrics::observe_commit(std::int64_t us) {
  commit_us_total.fetch_add(static_cast<std::uint64_t>(us), std::memory_order_relaxed);
  for (std::size_t i = 0; i < commit_us_buckets.size(); ++i) {
    if (us <= kBucketUs << i) commit_us_buckets[i].fetch_add(1, std::memory_order_relaxed);
  }
}

std::string Metrics::text() const {
  std::string out;
#define X(name, help) \
  line(out, #name, help, "counter", "_total", name.load(std::memory_order_relaxed));
  HOUNIAO_COUNTERS(X)
#undef X
#define X(name, help) line(out, #name, help, "gauge", "", name.load(std::memory_order_relaxed));
  HOUNIAO_GAUGES(X)
#undef X
  out += "# HELP houniao_errors_total Errors sent to peers\n# TYPE houniao_errors_total counter\n";
  for (std::uint16_t i = 1; i < errors.size(); ++i) {
    const std::uint64_t n = errors[i].load(std::memory_order_relaxed);
    if (n == 0) continue;
    out += "houniao_errors_total{code=\"" + std::string(name(errc_from_number(i))) + "\"} " +
           std::to_string(n) + "\n";
  }
  out +=
      "# HELP houniao_commit_us Duration of commits in microseconds\n"
      "# TYPE houniao_commit_us histogram\n";
  for (std::size_t i = 0; i < commit_us_buckets.size(); ++i) {
    out += "houniao_commit_us_bucket{le=\"" + std::to_string(kBucketUs << i) + "\"} " +
           std::to_string(commit_us_buckets[i].load(std::memory_order_relaxed)) + "\n";
  }
  const std::string commits = std::to_string(groups_committed.load(std::memory_order_relaxed) +
                                             groups_failed.load(std::memory_order_relaxed));
  out += "houniao_commit_us_bucket{le=\"+Inf\"} " + commits + "\nhouniao_commit_us_sum " +
         std::to_string(commit_us_total.load(std::memory_order_relaxed)) +
         "\nhouniao_commit_us_count " + commits + "\n";
  return out;
}

}  // namespace houniao
