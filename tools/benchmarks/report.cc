#include "tools/benchmarks/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/os/os.h"

namespace houniao::bench {
namespace {

double rounded(double value) { return std::round(value * 1000) / 1000; }

std::string line(const char* label, double value, const std::string& unit) {
  char text[120];
  std::snprintf(text, sizeof text, "  %-12s %14.3f %s\n", label, value, unit.c_str());
  return text;
}

}  // namespace

double Latencies::percentile_ms(unsigned permille) const {
  if (us_.empty()) return 0;
  if (sorted_ != us_.size()) {
    std::ranges::sort(us_);
    sorted_ = us_.size();
  }
  const std::size_t rank = (us_.size() * permille + 999) / 1000;
  return static_cast<double>(us_[std::max<std::size_t>(rank, 1) - 1]) / 1000;
}

nlohmann::ordered_json to_json(const Report& report) {
  nlohmann::ordered_json out;
  out["work"] = report.work;
  out["events"] = report.events;
  out["seconds"] = rounded(report.seconds);
  out["events_per_s"] = std::round(report.events_per_s());
  out["p50_ms"] = rounded(report.p50_ms);
  out["p99_ms"] = rounded(report.p99_ms);
  out["durability"] = report.durability;
  out["floor_events_per_s"] = std::round(report.floor_events_per_s);
  out["rss_mib"] = rounded(report.rss_mib);
  out["cpu_s"] = rounded(report.cpu_s);
  for (const auto& [key, value] : report.extra.items()) out[key] = value;
  return out;
}

std::string to_text(const Report& report) {
  std::string out = report.work + ": " + std::to_string(report.events) +
                    " events, durability: " + report.durability + "\n";
  out += line("rate", report.events_per_s(), "events/s");
  out += line("time", report.seconds, "s");
  out += line("p50", report.p50_ms, "ms");
  out += line("p99", report.p99_ms, "ms");
  if (report.floor_events_per_s > 0) {
    out += line("floor", report.floor_events_per_s, "events/s (" + report.floor_of + ")");
    const double of_floor = 100 * report.events_per_s() / report.floor_events_per_s;
    if (!report.paced) out += line("of floor", of_floor, "%");
  }
  out += line("memory", report.rss_mib, "MiB");
  out += line("processor", report.cpu_s, "s");
  for (const auto& [key, value] : report.extra.items())
    out += "  " + key + ": " + value.dump() + "\n";
  return out;
}

Meter::Meter(Clock& clock)
    : clock_(clock), start_us_(clock.monotonic_us()), start_cpu_us_(os::cpu_time_us()) {}

std::int64_t Meter::elapsed_us() const { return clock_.monotonic_us() - start_us_; }

void Meter::finish(Report& report, const Latencies& latencies) const {
  report.seconds = static_cast<double>(elapsed_us()) / 1e6;
  report.cpu_s = static_cast<double>(os::cpu_time_us() - start_cpu_us_) / 1e6;
  report.rss_mib = static_cast<double>(os::rss_bytes()) / (1024.0 * 1024.0);
  report.p50_ms = latencies.percentile_ms(500);
  report.p99_ms = latencies.percentile_ms(990);
}

}  // namespace houniao::bench
