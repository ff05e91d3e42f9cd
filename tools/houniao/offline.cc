#include "tools/houniao/offline.h"

#include "base/os/os.h"
#include "schema/codec.h"
#include "server/log/lmdb_store.h"

namespace houniao {
namespace {

constexpr std::size_t kReadBytes = std::size_t{4} << 20;
constexpr std::uint64_t kTellEvery = 100'000;

void count(OfflineFold& fold, const RecordReader& record) {
  ++fold.records;
  fold.bytes += record.bytes().size();
  fold.last_received = WallTime{record.get().getReceivedAtUs()};
  if (!record.is_event()) {
    ++fold.attestations;
    return;
  }
  const auto verdict = static_cast<std::size_t>(record.get().getVerdict());
  if (verdict < fold.verdicts.size()) ++fold.verdicts[verdict];
}

// True while the record lies within what was asked for.
bool within(const AsOf& as_of, const RecordReader& record) {
  if (as_of.size && record.seq().value >= as_of.size->value) return false;
  return !as_of.day || day_of(WallTime{record.get().getReceivedAtUs()}) <= *as_of.day;
}

}  // namespace

Result<OfflineFold> fold_offline(const std::filesystem::path& data, const AsOf& as_of, bool verify,
                                 Clock& clock, const std::function<void(std::uint64_t)>& tell) {
  LmdbStoreOptions options;
  options.read_only = true;
  auto log = LmdbStore::open(data / "log", options);
  if (!log) return log.error();
  OfflineFold fold;
  fold.replayer = Replayer(verify ? Replayer::Mode::verify : Replayer::Mode::trust_verdicts);
  const LogHead head = (*log)->head();
  fold.checkpoint = head.checkpoint;
  if (as_of.size && as_of.size->value > head.size.value) {
    return fail(Errc::invalid_argument,
                "the log has only " + std::to_string(head.size.value) + " records");
  }
  const std::int64_t start = clock.monotonic_us();
  os::LargePages pages;
  RecordReader record;
  std::vector<ByteView> records;
  bool more = true;
  for (Seq next{0}; more && next.value < head.size.value;) {
    auto run = (*log)->read(next, kReadBytes);
    if (!run) return run.error();
    records.clear();
    const std::uint64_t told = fold.records / kTellEvery;
    for (std::size_t i = 0; i < run->count() && more; ++i) {
      // One that does not open stops the fold, after those before it.
      const bool opens = record.open(run->record(i)).has_value();
      more = !opens || within(as_of, record);
      if (!more) break;
      records.push_back(run->record(i));
      if (!opens) break;
      count(fold, record);
    }
    pages.extend();
    HOUNIAO_TRY(fold.replayer.feed_run(records));
    if (tell && fold.records / kTellEvery != told) tell(fold.records);
    next = run->next();
  }
  fold.fold_us = clock.monotonic_us() - start;
  return fold;
}

}  // namespace houniao
