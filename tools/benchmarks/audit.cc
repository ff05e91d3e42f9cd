#include "tools/benchmarks/audit.h"

#include <algorithm>

#include "base/os/os.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "server/config.h"
#include "server/log/lmdb_store.h"
#include "server/replica.h"
#include "server/timeline/timeline.h"
#include "tools/audit/bundle.h"
#include "tools/benchmarks/push_load.h"
#include "tools/stage/dice.h"

namespace houniao::bench {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

struct Packed {
  std::string verifier_key;
  audit::BundleSummary summary;
  double seconds = 0;
};

// The server and its memory are gone when this returns.
Result<Packed> pack_a_log(const Machine& machine, std::uint64_t events,
                          const std::filesystem::path& file) {
  auto server = LoadServer::start(machine);
  if (!server) return server.error();
  HOUNIAO_TRY(fill_log(machine, **server, events));
  Packed out;
  auto key = load_verifier_key((*server)->data_directory());
  if (!key) return key.error();
  out.verifier_key = *key;
  auto log = LmdbStore::open((*server)->data_directory() / "log", {.read_only = true});
  if (!log) return log.error();
  const Meter meter(machine.clock);
  const auto summary = audit::write_bundle(**log, out.verifier_key, {}, nullptr, {}, file,
                                           [&log] { return (*log)->refresh(); });
  if (!summary) return summary.error();
  out.summary = *summary;
  out.seconds = static_cast<double>(meter.elapsed_us()) / 1e6;
  return out;
}

// Compares what the timeline says of `sizes` with one fold from the first record, in order.
Result<std::uint64_t> count_differing(Timeline& timeline, const LogStore& log,
                                      std::vector<TreeSize> sizes) {
  std::sort(sizes.begin(), sizes.end());
  Replica fresh(log);
  std::uint64_t differ = 0;
  for (const TreeSize size : sizes) {
    HOUNIAO_TRY(fresh.advance(size));
    const auto page = timeline.read(size, "/v1/state?digest=1");
    if (!page) return page.error();
    const auto json = nlohmann::json::parse(*page, nullptr, false);
    const std::string expected = to_hex(digest(fresh.state()).bytes);
    differ += !json.is_object() || json.value("digest", "") != expected ? 1 : 0;
  }
  return differ;
}

}  // namespace

Result<Report> measure_bundle(const Machine& machine, const BundleShape& shape) {
  std::array<std::uint8_t, 6> suffix{};
  machine.random.fill(suffix);
  const std::filesystem::path file =
      shape.keep.empty() ? machine.directory / ("houniao-bench-" + to_hex(suffix) + ".bundle")
                         : shape.keep;
  const auto packed = pack_a_log(machine, shape.events, file);
  if (!packed) return packed.error();
  Report report;
  report.work = "bundle";
  const Meter meter(machine.clock);
  audit::Options options;
  options.verifier_key = packed->verifier_key;
  const auto verified = audit::verify_bundle(file, options);
  if (!verified) return verified.error();
  if (!verified->report.ok()) {
    return fail(Errc::corrupt, "the bundle of an honest log was not accepted:\n" +
                                   audit::to_text(verified->report));
  }
  meter.finish(report, Latencies{});
  report.events = verified->records;
  report.durability = "none: reads one file";
  report.extra["write_seconds"] = packed->seconds;
  report.extra["bundle_mib"] = static_cast<double>(packed->summary.bytes) / kMiB;
  report.extra["events_per_cpu_s"] =
      report.cpu_s > 0 ? static_cast<double>(report.events) / report.cpu_s : 0;
  report.extra["peak_rss_mib"] = static_cast<double>(os::peak_rss_bytes()) / kMiB;
  report.extra["notes"] =
      "every check of `houniao audit verify --bundle`, verdicts recomputed; peak_rss_mib is that "
      "of "
      "the whole process, which also made the log and wrote the bundle: for the verifier alone "
      "keep "
      "the bundle and run the command";
  if (shape.keep.empty()) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
  return report;
}

Result<Report> measure_moments(Clock& clock, const MomentsShape& shape) {
  const std::filesystem::path path = shape.data / "log";
  // Before anything else is opened: it forks.
  auto timeline = Timeline::start(path);
  if (!timeline) return timeline.error();
  auto log = LmdbStore::open(path, {.read_only = true});
  if (!log) return log.error();
  const TreeSize size = (*log)->head().size;
  if (!size.value) return fail(Errc::not_found, path.string() + ": the log is empty");
  stage::Dice dice(shape.seed);
  const auto moment = [&] {
    return TreeSize{
        static_cast<std::uint64_t>(dice.between(1, static_cast<std::int64_t>(size.value)))};
  };
  const Meter warming(clock);
  if (const auto end = (*timeline)->read(size, "/v1/state"); !end) return end.error();
  const double warm_seconds = static_cast<double>(warming.elapsed_us()) / 1e6;

  constexpr std::array kPages = {"/v1/state", "/v1/funds?limit=10", "/v1/contracts?limit=10",
                                 "/v1/people?limit=10"};
  Latencies latencies;
  std::int64_t longest_us = 0;
  Report report;
  report.work = "moments";
  const Meter meter(clock);
  for (std::uint64_t i = 0; i < shape.queries; ++i) {
    const std::int64_t started = clock.monotonic_us();
    const auto page = (*timeline)->read(moment(), kPages[i % kPages.size()]);
    if (!page) return page.error();
    latencies.add_us(clock.monotonic_us() - started);
    longest_us = std::max(longest_us, clock.monotonic_us() - started);
  }
  report.events = shape.queries;
  meter.finish(report, latencies);
  report.durability = "none: reads";
  report.extra["log_records"] = size.value;
  report.extra["warm_seconds"] = warm_seconds;
  report.extra["longest_ms"] = static_cast<double>(longest_us) / 1000.0;
  std::vector<TreeSize> sampled;
  for (std::uint64_t i = 0; i < shape.digests; ++i) sampled.push_back(moment());
  const auto differ = count_differing(**timeline, **log, sampled);
  if (!differ) return differ.error();
  report.extra["digests_compared"] = shape.digests;
  report.extra["digests_differ"] = *differ;
  report.extra["notes"] =
      "one question at a time, each of a random place of the log and one of four pages; rss_mib "
      "and "
      "cpu_s are without the timeline's own processes";
  return report;
}

}  // namespace houniao::bench
