// Past states out of forked processes must be exactly the states that were.
#include "server/timeline/timeline.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "device.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "scratch.h"
#include "server/log/lmdb_store.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};

// A log on disk as a test server wrote it, and the digest after every push.
struct LogOnDisk {
  TestServer server;
  TestDevice device{server, 10};
  std::map<std::uint64_t, Hash> moments;
  Scratch scratch;
  std::unique_ptr<LmdbStore> disk = LmdbStore::open(scratch.path() / "log").value();

  LogOnDisk() {
    device.open(server.code({kStation}));
    grow(10);
  }
  void grow(int pushes) {
    for (int i = 0; i < pushes; ++i) {
      device.send(device.push_events(kStation, 3));
      device.settle();
      moments[server.size()] = digest(server.core->state());
    }
    const RecordRun run =
        server.log.read(Seq{disk->head().size.value}, std::size_t{1} << 24).value();
    Commit commit;
    commit.first = run.first;
    commit.records = run.records;
    commit.offsets = run.offsets;
    commit.checkpoint = server.log.head().checkpoint;
    EXPECT_TRUE(disk->append(commit));
  }
  std::filesystem::path path() const { return scratch.path() / "log"; }
};

std::string digest_at(Timeline& timeline, std::uint64_t size) {
  const auto page = timeline.read(TreeSize{size}, "/v1/state?digest=1");
  if (!page) return page.error().message();
  return nlohmann::json::parse(*page).value("digest", "none");
}

std::vector<int> children_of(int pid) {
  const std::string number = std::to_string(pid);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<int> out;
  for (int child = 0; file >> child;) out.push_back(child);
  return out;
}

TEST(TimelineTest, every_moment_in_any_order_has_the_digest_that_it_had) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 4;
  auto timeline = Timeline::start(log.path(), limits).value();
  for (int round = 0; round < 2; ++round) {
    for (auto at = log.moments.rbegin(); at != log.moments.rend(); ++at) {
      EXPECT_EQ(digest_at(*timeline, at->first), to_hex(at->second.bytes)) << at->first;
    }
    for (const auto& [size, expected] : log.moments) {
      EXPECT_EQ(digest_at(*timeline, size), to_hex(expected.bytes)) << size;
    }
  }
}

TEST(TimelineTest, anchors_are_thinned_and_the_answers_stay_the_same) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 2;
  limits.anchors_max = 3;
  auto timeline = Timeline::start(log.path(), limits).value();
  ASSERT_FALSE(digest_at(*timeline, log.moments.rbegin()->first).empty());
  const auto anchors = children_of(timeline->keeper_pid());
  EXPECT_GE(anchors.size(), 1u);
  EXPECT_LE(anchors.size(), 3u);
  for (const auto& [size, expected] : log.moments) {
    EXPECT_EQ(digest_at(*timeline, size), to_hex(expected.bytes)) << size;
  }
}

TEST(TimelineTest, it_follows_a_log_that_grows) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 8;
  auto timeline = Timeline::start(log.path(), limits).value();
  EXPECT_FALSE(timeline->read(TreeSize{log.server.size() + 1}, "/v1/state"));
  log.grow(6);
  for (const auto& [size, expected] : log.moments) {
    EXPECT_EQ(digest_at(*timeline, size), to_hex(expected.bytes)) << size;
  }
}

TEST(TimelineTest, an_anchor_that_was_killed_costs_time_but_no_answer) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 4;
  auto timeline = Timeline::start(log.path(), limits).value();
  ASSERT_FALSE(digest_at(*timeline, log.moments.rbegin()->first).empty());
  const auto anchors = children_of(timeline->keeper_pid());
  ASSERT_GT(anchors.size(), 2u);
  for (const int anchor : anchors) ASSERT_EQ(::kill(anchor, SIGKILL), 0);
  for (const auto& [size, expected] : log.moments) {
    EXPECT_EQ(digest_at(*timeline, size), to_hex(expected.bytes)) << size;
  }
}

TEST(TimelineTest, without_its_keeper_it_says_that_it_cannot_answer) {
  LogOnDisk log;
  auto timeline = Timeline::start(log.path()).value();
  ASSERT_EQ(::kill(timeline->keeper_pid(), SIGKILL), 0);
  const auto page = timeline->read(TreeSize{1}, "/v1/state");
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::unavailable);
}

TEST(TimelineTest, a_keeper_that_hangs_is_given_up_and_that_is_said) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.silent_ms_max = 100;
  auto timeline = Timeline::start(log.path(), limits).value();
  EXPECT_FALSE(timeline->ended());
  ASSERT_EQ(::kill(timeline->keeper_pid(), SIGSTOP), 0);
  const auto page = timeline->read(TreeSize{1}, "/v1/state");
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::unavailable);
  EXPECT_TRUE(timeline->ended());
  // Nor does it keep anybody waiting at the end, though it sees no end of its channel.
  const auto begun = std::chrono::steady_clock::now();
  const int keeper = timeline->keeper_pid();
  timeline.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  EXPECT_NE(::kill(keeper, 0), 0);
}

TEST(TimelineTest, a_question_that_waits_can_be_interrupted) {
  LogOnDisk log;
  auto timeline = Timeline::start(log.path()).value();
  ASSERT_EQ(::kill(timeline->keeper_pid(), SIGSTOP), 0);
  const auto begun = std::chrono::steady_clock::now();
  Result<std::string> page = std::string{};
  std::thread reader([&] { page = timeline->read(TreeSize{1}, "/v1/state"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  timeline->interrupt();
  reader.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Errc::unavailable);
  EXPECT_TRUE(timeline->ended());
}

// A frame that is too long would be left half read, and its rest taken for the next answer.
TEST(TimelineTest, a_page_that_is_too_long_is_refused_and_the_next_one_answered) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 4;
  limits.page_bytes_max = 20;
  auto timeline = Timeline::start(log.path(), limits).value();
  const std::uint64_t last = log.moments.rbegin()->first;
  for (const std::uint64_t size : {last, std::uint64_t{5}, last}) {
    const auto page = timeline->read(TreeSize{size}, "/v1/state");
    ASSERT_FALSE(page) << *page;
    EXPECT_EQ(page.error().code, Errc::too_large) << page.error().message();
    const auto refused = timeline->read(TreeSize{size}, "/v1/no-such-page");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::not_found) << "the answer to this question";
  }
  EXPECT_FALSE(timeline->ended());
}

// The limit of a question is the keeper's to keep, so that the channel stays in step.
TEST(TimelineTest, a_question_that_runs_out_of_time_is_unavailable_and_the_timeline_goes_on) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 4;
  limits.answer_ms_max = 0;
  auto timeline = Timeline::start(log.path(), limits).value();
  for (int i = 0; i < 2; ++i) {
    const auto page = timeline->read(TreeSize{log.moments.rbegin()->first}, "/v1/state");
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, Errc::unavailable) << page.error().message();
  }
  EXPECT_FALSE(timeline->ended());
}

TEST(TimelineTest, bad_questions_get_the_same_errors_as_any_query) {
  LogOnDisk log;
  auto timeline = Timeline::start(log.path()).value();
  const auto beyond = timeline->read(TreeSize{1'000'000}, "/v1/state");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Errc::invalid_argument);
  const auto unknown = timeline->read(TreeSize{1}, "/v1/no-such-page");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::not_found);
  // The next question is answered all the same.
  EXPECT_TRUE(timeline->read(TreeSize{1}, "/v1/state"));
}

TEST(TimelineTest, no_process_is_left_when_it_ends) {
  LogOnDisk log;
  timeline::KeeperLimits limits;
  limits.stride = 4;
  auto timeline = Timeline::start(log.path(), limits).value();
  ASSERT_FALSE(digest_at(*timeline, log.moments.rbegin()->first).empty());
  const int keeper = timeline->keeper_pid();
  const auto anchors = children_of(keeper);
  ASSERT_FALSE(anchors.empty());
  timeline.reset();
  EXPECT_NE(::kill(keeper, 0), 0);
  for (const int anchor : anchors) EXPECT_NE(::kill(anchor, 0), 0) << anchor;
}

}  // namespace
}  // namespace houniao::testing_server
