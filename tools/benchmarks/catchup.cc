#include "client_sdk/cpp/houniao.h"
#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/push_load.h"

namespace houniao::bench {
namespace {

constexpr std::chrono::minutes kCatchupMax{10};
// What the client's store takes in one commit, about.
constexpr std::size_t kCommitEvents = 20'000;

}  // namespace

Result<Report> measure_catchup(const Machine& machine, const CatchupShape& shape) {
  auto server = LoadServer::start(machine);
  if (!server) return server.error();
  Client::Options options;
  std::array<std::uint8_t, 6> suffix{};
  machine.random.fill(suffix);
  options.directory = machine.directory / ("houniao-bench-client-" + to_hex(suffix));
  options.key.emplace();
  machine.random.fill(*options.key);
  const std::filesystem::path directory = options.directory;
  Report report;
  report.work = "catchup";
  {
    auto client = Client::open(std::move(options));
    if (!client) return client.error();
    auto code = (*server)->make_code(true);
    if (!code) return code.error();
    if (auto enrolled = (*client)->enrol((*server)->url(), *code); !enrolled) {
      return enrolled.error();
    }
    (*client)->disconnect();
    const std::uint64_t before = (*client)->sync().next_seq.value;
    HOUNIAO_TRY(fill_log(machine, **server, shape.events));
    const Meter meter(machine.clock);
    HOUNIAO_TRY((*client)->connect((*server)->url()));
    HOUNIAO_TRY((*client)->wait_synced(kCatchupMax));
    meter.finish(report, Latencies{});
    report.events = (*client)->sync().next_seq.value - before;
    if (const auto checkpoint = (*client)->checkpoint()) {
      report.extra["verified_root"] = to_hex(checkpoint->checkpoint.root.view());
      report.extra["verified_size"] = checkpoint->checkpoint.size.value;
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  HOUNIAO_TRY(add_floor(machine, kCommitEvents, report));
  report.durability = "client: encrypted LMDB, fdatasync per group of batches";
  report.extra["notes"] =
      "time from connect() to everything verified (every leaf, root, scope chain), stored "
      "encrypted "
      "and folded into a state that answers queries; the server runs in the same process, so cpu_s "
      "and rss_mib count both";
  return report;
}

}  // namespace houniao::bench
