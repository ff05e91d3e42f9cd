// kill -9 on the real server while real clients push: what was acknowledged is in the log, once,
// and the server is back within two seconds; and when all is over, everything that was recorded is
// there.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <thread>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "schema/codec.h"
#include "server/log/lmdb_store.h"
#include "tests/support/prng.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

constexpr int kRounds = 50;
constexpr std::size_t kClients = 3;
constexpr auto kStartupMax = std::chrono::seconds(2);

EventDraft session_held() {
  EventDraft draft;
  draft.body = [](schema::Event::Body::Builder body) {
    auto held = body.initSessionHeld();
    held.setKind("weekend_class");
    held.setHeadcount(12);
  };
  return draft;
}

std::string enrolment_code(const std::string& data) {
  tests::Outcome made = tests::houniao({"enrol", "--data", data, "--new"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return made.out.substr(0, made.out.find('\n'));
}

// Records without pause on a thread of its own until told to stop.
class Writer {
 public:
  Writer(const std::string& directory, const std::string& url, const std::string& code) {
    Client::Options options;
    options.directory = directory;
    options.key.emplace();
    client_ = Client::open(options).value();
    const auto enrolled = client_->enrol(url, code);
    EXPECT_TRUE(enrolled) << enrolled.error().message();
    EXPECT_TRUE(client_->connect(url));
    thread_ = std::thread([this] { write(); });
  }
  ~Writer() { stop(); }

  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Client& client() { return *client_; }
  std::uint64_t acknowledged() const { return client_->outbox().acknowledged; }
  std::uint64_t recorded() const { return client_->outbox().recorded; }

 private:
  void write() {
    const std::vector<EventDraft> drafts(8, session_held());
    while (!stopping_) {
      const auto ids = client_->record_many(drafts);
      EXPECT_TRUE(ids) << ids.error().message();
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  }

  std::unique_ptr<Client> client_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Highest device_seq per device, when every chain in the log is complete and without repetition.
std::map<DeviceId, std::uint64_t> chains_in_log(const std::string& data) {
  std::map<DeviceId, std::uint64_t> chains;
  LmdbStoreOptions options;
  options.read_only = true;
  const auto log = LmdbStore::open(data + "/log", options);
  EXPECT_TRUE(log) << log.error().message();
  if (!log) return chains;
  RecordReader record;
  EventReader event;
  const std::uint64_t size = (*log)->head().size.value;
  for (Seq next; next.value < size;) {
    const auto run = (*log)->read(next, 1 << 20);
    if (!run || run->empty()) {
      ADD_FAILURE() << "record " << next.value << " cannot be read";
      return chains;
    }
    for (std::size_t i = 0; i < run->count(); ++i) {
      EXPECT_TRUE(record.open_untrusted(run->record(i)));
      if (!record.is_event()) continue;
      EXPECT_TRUE(event.open_untrusted(record.event_bytes()));
      std::uint64_t& head = chains[event.device()];
      EXPECT_EQ(event.device_seq().value, head + 1) << "record " << next.value + i;
      head = event.device_seq().value;
    }
    next = run->next();
  }
  return chains;
}

int rounds() {
  const char* percent = std::getenv("HOUNIAO_TEST_SCALE");
  return percent == nullptr ? kRounds : std::max(2, kRounds * std::atoi(percent) / 100);
}

TEST(KillNine, LosesNothingAcknowledgedAndDuplicatesNothing) {
  const tests::TemporaryFolder folder;
  const std::string data = folder / "server";
  ASSERT_EQ(tests::houniao({"init", "--data", data}).exit_code, 0);
  tests::ServerProcess server(data);
  ASSERT_TRUE(server.start());

  std::vector<std::unique_ptr<Writer>> writers;
  for (std::size_t i = 0; i < kClients; ++i) {
    writers.push_back(std::make_unique<Writer>(folder / ("client" + std::to_string(i)),
                                               server.url(), enrolment_code(data)));
  }

  tests::Prng prng(1);
  std::uint64_t acknowledged_at_kills = 0;
  std::chrono::milliseconds slowest{0};
  for (int round = 0; round < rounds(); ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(120 + prng.below(400)));
    std::map<DeviceId, std::uint64_t> acknowledged;
    for (auto& writer : writers) {
      acknowledged[writer->client().identity().id] = writer->acknowledged();
    }
    server.kill();
    const auto chains = chains_in_log(data);
    for (const auto& [device, through] : acknowledged) {
      const auto found = chains.find(device);
      ASSERT_GE(found == chains.end() ? 0 : found->second, through) << "round " << round;
      acknowledged_at_kills += through;
    }
    ASSERT_TRUE(server.start()) << "round " << round;
    slowest = std::max(slowest, server.startup());
    ASSERT_LT(server.startup(), kStartupMax) << "round " << round;
  }
  EXPECT_GT(acknowledged_at_kills, 0u) << "the load never reached the server";

  std::map<DeviceId, std::uint64_t> recorded;
  for (auto& writer : writers) {
    writer->stop();
    const auto synced = writer->client().wait_synced(std::chrono::seconds(120));
    ASSERT_TRUE(synced) << synced.error().message();
    recorded[writer->client().identity().id] = writer->recorded();
    EXPECT_EQ(writer->acknowledged(), writer->recorded());
  }
  std::uint64_t events = 0;
  const auto chains = chains_in_log(data);
  for (const auto& [device, count] : recorded) {
    EXPECT_EQ(chains.at(device), count);
    events += count;
  }
  EXPECT_EQ(server.terminate().exit_code, 0);
  const tests::Outcome audit = tests::houniao({"audit", "verify", "--data", data});
  EXPECT_EQ(audit.exit_code, 0) << audit.out << audit.err;
  std::cout << rounds() << " kills, " << events << " events, slowest start " << slowest.count()
            << " ms\n";
}

}  // namespace
}  // namespace houniao
