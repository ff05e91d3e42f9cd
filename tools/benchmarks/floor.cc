#include "tools/benchmarks/floor.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/lmdb.h"
#include "replay/merkle/hash.h"

namespace houniao::bench {
namespace {

// Removes its directory when the measurement ends, also when it fails.
class Scratch {
 public:
  explicit Scratch(std::filesystem::path path) : path_(std::move(path)) { clear(); }
  ~Scratch() { clear(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  void clear() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path path_;
};

Bytes make_batch(const FloorShape& shape) {
  Bytes out(shape.batch_events * shape.record_bytes);
  std::uint32_t x = 1;
  for (auto& byte : out)
    byte = static_cast<std::uint8_t>((x = x * 1'664'525 + 1'013'904'223) >> 24);
  return out;
}

// Every record's leaf hash; the sum keeps the compiler from dropping the work.
std::uint64_t hash_batch(ByteView batch, std::size_t record_bytes) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < batch.size(); at += record_bytes) {
    const std::size_t length = std::min(record_bytes, batch.size() - at);
    sum += merkle::leaf_hash(batch.subspan(at, length)).bytes[0];
  }
  return sum;
}

Result<void> write_batch(const lmdb::Environment& env, std::uint64_t key, ByteView batch) {
  auto txn = lmdb::Transaction::begin_write(env);
  if (!txn) return std::move(txn).error();
  auto table = txn->open_table("floor", MDB_CREATE);
  if (!table) return std::move(table).error();
  HOUNIAO_TRY(txn->put(*table, lmdb::U64Key(key), batch, MDB_APPEND));
  return txn->commit();
}

Result<std::uint64_t> scan(const lmdb::Environment& env, std::size_t record_bytes) {
  auto txn = lmdb::Transaction::begin_read(env);
  if (!txn) return std::move(txn).error();
  auto table = txn->open_table("floor", 0);
  if (!table) return std::move(table).error();
  auto cursor = lmdb::Cursor::open(*txn, *table);
  if (!cursor) return std::move(cursor).error();
  std::uint64_t sum = 0;
  for (MDB_cursor_op op = MDB_FIRST;; op = MDB_NEXT) {
    auto entry = cursor->move(op);
    if (!entry) return std::move(entry).error();
    if (!*entry) return sum;
    sum += hash_batch((*entry)->value, record_bytes);
  }
}

}  // namespace

Result<Report> measure_floor(const std::filesystem::path& directory, const FloorShape& shape,
                             Clock& clock) {
  if (shape.events == 0 || shape.batch_events == 0 || shape.record_bytes == 0) {
    return fail(Errc::invalid_argument, "floor: events, batch and bytes must not be 0");
  }
  const Scratch scratch(directory / ("houniao-floor-" + std::to_string(getpid())));
  auto env = lmdb::Environment::open(scratch.path(), {});
  if (!env) return std::move(env).error();
  const Bytes batch = make_batch(shape);
  Report report;
  report.work = "floor";
  report.durability = "fdatasync after each batch of " + std::to_string(shape.batch_events);
  Latencies latencies;
  std::uint64_t written_sum = 0;
  const Meter meter(clock);
  while (report.events < shape.events) {
    const std::size_t count =
        std::min<std::uint64_t>(shape.batch_events, shape.events - report.events);
    const ByteView part = ByteView(batch).first(count * shape.record_bytes);
    const std::int64_t start = clock.monotonic_us();
    written_sum += hash_batch(part, shape.record_bytes);
    HOUNIAO_TRY(write_batch(*env, report.events, part));
    latencies.add_us(clock.monotonic_us() - start);
    report.events += count;
  }
  meter.finish(report, latencies);
  report.floor_events_per_s = report.events_per_s();

  const Meter scan_meter(clock);
  auto scanned_sum = scan(*env, shape.record_bytes);
  if (!scanned_sum) return std::move(scanned_sum).error();
  if (*scanned_sum != written_sum) return fail(Errc::corrupt, "floor: other bytes came back");
  const double scan_seconds = static_cast<double>(scan_meter.elapsed_us()) / 1e6;
  report.extra["batch_events"] = shape.batch_events;
  report.extra["record_bytes"] = shape.record_bytes;
  report.extra["scan_events_per_s"] =
      scan_seconds > 0 ? std::round(static_cast<double>(report.events) / scan_seconds) : 0;
  return report;
}

}  // namespace houniao::bench
