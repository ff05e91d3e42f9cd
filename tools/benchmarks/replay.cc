#include "tools/benchmarks/replay.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/os/os.h"
#include "replay/figures.h"
#include "replay/replayer.h"
#include "server/log/lmdb_store.h"
#include "tools/benchmarks/log_maker.h"

namespace houniao::bench {
namespace {

// Reports over everything that was folded: how long a query over the fact table takes. Each is a
// metric as programme packs write them.
struct Query {
  const char* name;
  Metric metric;
};

std::vector<Query> queries() {
  using Type = schema::Event::Body::Which;
  const auto number = [](Type type) { return static_cast<std::uint16_t>(type); };
  std::vector<Query> out;
  Metric all;
  all.op = MetricOp::sum;
  all.of = MetricOf::quantity;
  out.push_back({"sum_of_all_quantities_ms", all});
  Metric served = all;
  served.where.types = {number(Type::SERVICE_DELIVERED), number(Type::ATTENDANCE_RECORDED),
                        number(Type::AGENCY_CASE_OPENED)};
  out.push_back({"person_times_ms", served});
  Metric issued;
  issued.where.types = {number(Type::AGENCY_CASE_PROGRESSED)};
  issued.where.kinds = {"issued"};
  issued.where.attrs = {"resident_id"};
  out.push_back({"certificates_issued_ms", issued});
  return out;
}

void measure_queries(const State& state, Clock& clock, Report& report) {
  const FigureInputs inputs = figure_inputs(state);
  for (const Query& query : queries()) {
    Latencies runs;
    for (int i = 0; i < 5; ++i) {
      const std::int64_t start = clock.monotonic_us();
      static_cast<void>(compute_metric(inputs, query.metric, 0));
      runs.add_us(clock.monotonic_us() - start);
    }
    report.extra[query.name] = runs.percentile_ms(500);
  }
}

// What was measured of one fold of the whole log.
struct Fold {
  std::uint64_t events = 0;
  std::uint64_t records = 0;  // with the attestations
  std::uint64_t bytes = 0;
  std::int64_t took_us = 0;
  std::int64_t cpu_us = 0;
  std::int64_t kernel_us = 0;
  std::int64_t hash_us = 0;
  Latencies chunks;

  static double per_s(std::uint64_t count, std::int64_t us) {
    return us > 0 ? static_cast<double>(count) * 1e6 / static_cast<double>(us) : 0;
  }
  double events_per_s() const { return per_s(events, took_us); }
};

// A stretch of a log in memory.
struct Chunk {
  Bytes bytes;
  std::vector<std::size_t> offsets;
  std::vector<ByteView> records;  // views of `bytes`

  void cut() {
    records.clear();
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : bytes.size();
      records.push_back(ByteView(bytes).subspan(offsets[i], end - offsets[i]));
    }
  }
};

// Where the records come from.
class Source {
 public:
  virtual ~Source() = default;
  // Fills the chunk with what follows; with nothing at the end.
  virtual Result<void> next(Chunk& chunk) = 0;
};

class MadeLog final : public Source {
 public:
  explicit MadeLog(const ReplayShape& shape) : left_(shape.events), at_once_(shape.chunk_events) {}

  Result<void> next(Chunk& chunk) override {
    const std::uint64_t count = std::min(at_once_, left_);
    chunk.bytes.clear();
    chunk.offsets.clear();
    maker_.make(count, chunk.bytes, chunk.offsets);
    left_ -= count;
    return {};
  }

 private:
  LogMaker maker_;
  std::uint64_t left_;
  const std::uint64_t at_once_;
};

class StoredLog final : public Source {
 public:
  StoredLog(const LogStore& log, std::uint64_t records) : log_(log), end_(records) {}

  Result<void> next(Chunk& chunk) override {
    if (next_.value >= end_) {
      chunk = {};
      return {};
    }
    auto run = log_.read(next_, kReadBytes);
    if (!run) return run.error();
    next_ = run->next();
    chunk.bytes = std::move(run->records);
    chunk.offsets.assign(run->offsets.begin(), run->offsets.end());
    return {};
  }

 private:
  static constexpr std::size_t kReadBytes = 32 * 1024 * 1024;

  const LogStore& log_;
  const std::uint64_t end_;
  Seq next_{0};
};

// Folds a log into a state of its own, chunk by chunk as it comes.
class Folder {
 public:
  Folder(os::LargePages& pages, Clock& clock) : pages_(pages), clock_(clock) {}

  Result<Fold> run(Source& source, unsigned seconds_max) {
    while (fold_.took_us < std::int64_t{seconds_max} * 1'000'000) {
      HOUNIAO_TRY(source.next(chunk_));
      if (chunk_.offsets.empty()) break;
      chunk_.cut();
      HOUNIAO_TRY(fold_chunk());
      hash_chunk();
      fold_.records += chunk_.records.size();
      fold_.bytes += chunk_.bytes.size();
    }
    fold_.events = state().event_count;
    return fold_;
  }
  const State& state() const { return replayer_.state(); }

 private:
  Result<void> fold_chunk() {
    const std::int64_t kernel_start = os::kernel_time_us();
    const std::int64_t cpu_start = os::cpu_time_us();
    const std::int64_t start = clock_.monotonic_us();
    pages_.extend();
    HOUNIAO_TRY(replayer_.feed_run(chunk_.records));
    const std::int64_t took = clock_.monotonic_us() - start;
    fold_.took_us += took;
    fold_.cpu_us += os::cpu_time_us() - cpu_start;
    fold_.kernel_us += os::kernel_time_us() - kernel_start;
    fold_.chunks.add_us(took);
    return {};
  }
  // What nobody who reads the log can save: one hash of its bytes.
  void hash_chunk() {
    const std::int64_t start = clock_.monotonic_us();
    for (const ByteView record : chunk_.records) static_cast<void>(sha256(record));
    fold_.hash_us += clock_.monotonic_us() - start;
  }

  os::LargePages& pages_;
  Clock& clock_;
  Replayer replayer_{Replayer::Mode::trust_verdicts};
  Chunk chunk_;
  Fold fold_;
};

double mib(std::int64_t bytes) { return static_cast<double>(bytes) / (1024.0 * 1024.0); }

}  // namespace

Result<Report> measure_replay(const ReplayShape& shape, Clock& clock) {
  std::unique_ptr<LmdbStore> log;
  if (!shape.data.empty()) {
    auto opened = LmdbStore::open(shape.data / "log", {.read_only = true});
    if (!opened) return opened.error();
    log = std::move(*opened);
  }
  os::LargePages pages;
  Report report;
  report.work = "replay";
  report.durability = "none (memory)";
  report.extra["latency_of"] =
      log != nullptr ? "one chunk of records"
                     : "one chunk of " + std::to_string(shape.chunk_events) + " events";
  report.extra["floor_is"] = "SHA-256 of the same records";
  report.extra["threads"] = 1;
  std::vector<Fold> folds;
  auto rounds = nlohmann::ordered_json::array();
  for (unsigned i = 0; i < shape.rounds; ++i) {
    std::unique_ptr<Source> source;
    if (log != nullptr) {
      source = std::make_unique<StoredLog>(*log, log->head().size.value);
    } else {
      source = std::make_unique<MadeLog>(shape);
    }
    Folder folder(pages, clock);
    auto fold = folder.run(*source, shape.seconds_max);
    if (!fold) return fold.error();
    if (fold->events == 0) return fail(Errc::invalid_argument, "the log holds no event");
    rounds.push_back({{"events_per_s", fold->events_per_s()},
                      {"kernel_s", static_cast<double>(fold->kernel_us) / 1e6}});
    if (i == 0) {
      report.rss_mib = mib(os::rss_bytes());
      report.extra["record_bytes_mean"] = fold->bytes / fold->records;
      report.extra["fact_rows"] = folder.state().facts.live_rows();
      // The records of the last chunk are still there; the state is the rest.
      report.extra["mib_per_million_events"] =
          report.rss_mib * 1e6 / static_cast<double>(fold->events);
      measure_queries(folder.state(), clock, report);
    }
    folds.push_back(std::move(*fold));
  }
  std::sort(folds.begin(), folds.end(),
            [](const Fold& a, const Fold& b) { return a.events_per_s() < b.events_per_s(); });
  const Fold& median = folds[(folds.size() - 1) / 2];
  report.events = median.events;
  report.seconds = static_cast<double>(median.took_us) / 1e6;
  report.cpu_s = static_cast<double>(median.cpu_us) / 1e6;
  report.p50_ms = median.chunks.percentile_ms(500);
  report.p99_ms = median.chunks.percentile_ms(990);
  report.floor_events_per_s = Fold::per_s(median.events, median.hash_us);
  report.extra["rounds"] = std::move(rounds);
  report.extra["rounds_are"] =
      "folds of the same log one after the other; quoted is the median. The first one also waits "
      "for memory that this process has not touched yet (kernel_s)";
  return report;
}

}  // namespace houniao::bench
