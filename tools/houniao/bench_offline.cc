#include "tools/houniao/bench_offline.h"

#include <algorithm>
#include <string>

#include "server/doubts.h"
#include "server/log/lmdb_store.h"
#include "server/replica.h"
#include "tools/audit/bundle.h"

namespace houniao {
namespace {

constexpr std::uint64_t kTellEvery = 100'000;

}  // namespace

Result<TreeSize> size_at(const LogStore& log, const AsOf& as_of) {
  const TreeSize size = log.head().size;
  if (as_of.size) {
    if (*as_of.size <= size) return *as_of.size;
    return fail(Errc::invalid_argument,
                "the log has only " + std::to_string(size.value) + " records");
  }
  if (!as_of.day) return size;
  const auto first = first_received_from(log, size, start_of(Day{as_of.day->value + 1}));
  if (!first) return first.error();
  return TreeSize{first->value};
}

Result<TreeSize> feed_offline(const std::filesystem::path& data, const AsOf& as_of,
                              std::span<rules::Bench* const> benches,
                              const std::function<void(std::uint64_t)>& tell) {
  LmdbStoreOptions options;
  options.read_only = true;
  const auto log = LmdbStore::open(data / "log", options);
  if (!log) return log.error();
  const auto size = size_at(**log, as_of);
  if (!size) return size.error();
  for (std::uint64_t done = 0; done < size->value;) {
    done = std::min(done + kTellEvery, size->value);
    for (rules::Bench* bench : benches) HOUNIAO_TRY(feed(*bench, **log, TreeSize{done}));
    if (tell && done < size->value) tell(done);
  }
  return *size;
}

Result<TreeSize> feed_bundle(const std::filesystem::path& bundle,
                             std::span<rules::Bench* const> benches) {
  TreeSize size;
  for (rules::Bench* bench : benches) {
    // A bundle can be read once.
    const auto log = audit::BundleLog::open(bundle);
    if (!log) return log.error();
    if (!(*log)->whole()) {
      return fail(Errc::invalid_argument,
                  bundle.string() + ": a part of a log; the rules need the bundle of a whole one");
    }
    size = (*log)->head().size;
    HOUNIAO_TRY(feed(*bench, **log, size));
    HOUNIAO_TRY((*log)->finish());
  }
  return size;
}

}  // namespace houniao
