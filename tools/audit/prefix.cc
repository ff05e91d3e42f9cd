#include "tools/audit/prefix.h"

#include <string>
#include <vector>

namespace houniao::audit {
namespace {

constexpr std::size_t kReadBytes = std::size_t{4} << 20;

}  // namespace

Result<Replayer> fold_prefix(const LogStore& log, TreeSize size) {
  Replayer out(Replayer::Mode::verify);
  std::vector<ByteView> records;
  while (out.record_count() < size.value) {
    const std::uint64_t first = out.record_count();
    const auto run = log.read(Seq{first}, kReadBytes);
    if (!run) return run.error();
    if (run->empty()) {
      return fail(Errc::corrupt, "the log ends at record " + std::to_string(first));
    }
    records.clear();
    for (std::size_t i = 0; i < run->count() && first + i < size.value; ++i) {
      records.push_back(run->record(i));
    }
    HOUNIAO_TRY(out.feed_run(records));
  }
  return Result<Replayer>(boost::system::in_place_value, std::move(out));
}

}  // namespace houniao::audit
