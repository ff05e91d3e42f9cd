#include <gtest/gtest.h>

#include "device.h"
#include "replay/digest.h"
#include "replay/state.h"
#include "server/views.h"

namespace houniao::testing_server {
namespace {

constexpr ScopeId kStation{16};

struct Log {
  TestServer server;
  TestDevice device{server, 10};
  std::vector<std::pair<std::uint64_t, Hash>> moments;  // size and digest after each push

  Log() {
    device.open(server.code({kStation}));
    for (int i = 0; i < 6; ++i) {
      device.send(device.push_events(kStation, 4));
      device.settle();
      moments.emplace_back(server.size(), digest(server.core->state()));
      server.clock.advance_ms(86'400'000);
    }
  }
};

TEST(ViewsTest, AStateAsOfAnySeqIsTheOneThatWasThen) {
  Log log;
  ASSERT_TRUE(log.server.core->save_snapshot());
  Views views(log.server.log, log.server.core->published(), &log.server.snapshots);
  // Backwards and again, so that kept states, forks of them and the snapshot all serve.
  for (int round = 0; round < 2; ++round) {
    for (auto moment = log.moments.rbegin(); moment != log.moments.rend(); ++moment) {
      const auto at = parse_as_of(std::to_string(moment->first - 1));
      ASSERT_TRUE(at);
      ASSERT_TRUE(views.with_state(*at, [&](const State& state, TreeSize size) {
        EXPECT_EQ(size.value, moment->first);
        EXPECT_EQ(digest(state), moment->second);
      }));
    }
  }
}

TEST(ViewsTest, ADateIsTheEndOfThatCivilDay) {
  Log log;
  Views views(log.server.log, log.server.core->published(), nullptr);
  const Day first = day_of(WallTime{1'772'323'200'000'000});
  for (std::size_t i = 0; i < log.moments.size(); ++i) {
    const auto at = parse_as_of(to_string(Day{first.value + static_cast<std::int32_t>(i)}));
    ASSERT_TRUE(at);
    ASSERT_TRUE(views.with_state(*at, [&](const State& state, TreeSize size) {
      EXPECT_EQ(size.value, log.moments[i].first);
      EXPECT_EQ(digest(state), log.moments[i].second);
    }));
  }
}

TEST(ViewsTest, AMomentBeyondTheLogIsRefused) {
  Log log;
  Views views(log.server.log, log.server.core->published(), nullptr);
  const auto beyond = views.with_state(*parse_as_of("9999"), [](const State&, TreeSize) {});
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, Errc::invalid_argument);
  EXPECT_FALSE(parse_as_of("soon"));
  EXPECT_FALSE(parse_as_of("-1"));
  EXPECT_FALSE(parse_as_of("18446744073709551615"));
}

TEST(ViewsTest, TheHeadFollowsTheLog) {
  Log log;
  Views views(log.server.log, log.server.core->published(), nullptr);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(views.with_state({}, [&](const State& state, TreeSize size) {
      EXPECT_EQ(size.value, log.server.size());
      EXPECT_EQ(digest(state), digest(log.server.core->state()));
    }));
    log.device.send(log.device.push_events(kStation, 2));
    log.device.settle();
  }
}

TEST(SubscriptionTest, TheCommonsCursorLeadsAndOtherScopesAreFilledIn) {
  const ScopeSet set{false, {kScopeCommons, ScopeId{16}, ScopeId{17}}};
  const Subscription s(set,
                       {{kScopeCommons, Seq{100}}, {ScopeId{16}, Seq{100}}, {ScopeId{17}, Seq{40}}},
                       Seq{0}, TreeSize{200});
  EXPECT_EQ(s.next(), Seq{100});
  ASSERT_EQ(s.backfills().size(), 1u);
  EXPECT_EQ(s.backfills()[0].scope, ScopeId{17});
  EXPECT_EQ(s.backfills()[0].next, Seq{40});
  EXPECT_EQ(s.sent_through(), Seq{40});
}

TEST(SubscriptionTest, CursorsBeyondTheLogOrOfForeignScopesDoNoHarm) {
  const ScopeSet set{false, {kScopeCommons}};
  const Subscription s(set, {{kScopeCommons, Seq{900}}, {ScopeId{99}, Seq{5}}}, Seq{0},
                       TreeSize{200});
  EXPECT_EQ(s.next(), Seq{200});
  EXPECT_TRUE(s.backfills().empty());
  const Subscription whole({true, {}}, {}, Seq{900}, TreeSize{200});
  EXPECT_EQ(whole.next(), Seq{200});
}

TEST(SubscriptionTest, AWithdrawnScopeStopsItsBackfill) {
  Subscription s({false, {kScopeCommons, ScopeId{16}}}, {{kScopeCommons, Seq{50}}}, Seq{0},
                 TreeSize{50});
  ASSERT_EQ(s.backfills().size(), 1u);
  s.change({false, {kScopeCommons}});
  EXPECT_TRUE(s.backfills().empty());
  s.change({false, {kScopeCommons, ScopeId{16}}});
  ASSERT_EQ(s.backfills().size(), 1u);
  EXPECT_EQ(s.backfills()[0].next, Seq{0});
}

}  // namespace
}  // namespace houniao::testing_server
