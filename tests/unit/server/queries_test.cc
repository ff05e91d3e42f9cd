// The table of pages, their parameters and the way in which lists are paged.
#include <set>

#include "schema/catalogue.h"
#include "tests/unit/replay/families/orders_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

Errc refusal(const State& state, const std::string& what) {
  const auto page = try_ask(state, what);
  EXPECT_FALSE(page) << what;
  return page ? Errc::internal : page.error().code;
}

TEST(QueryPages, have_names_of_their_own_and_words_in_both_languages) {
  std::set<std::string_view> names;
  for (const QueryPage& page : query_pages()) {
    EXPECT_TRUE(names.insert(page.name).second) << page.name;
    EXPECT_FALSE(page.zh.empty()) << page.name;
    EXPECT_FALSE(page.en.empty()) << page.name;
    EXPECT_EQ(find_query_page(page.name), &page);
  }
  EXPECT_EQ(find_query_page("nothing"), nullptr);
}

TEST(QueryPages, answer_over_an_empty_log) {
  const State state;
  for (const QueryPage& page : query_pages()) {
    rules::Bench bench;
    const std::string name{page.name};
    const auto answer = page.of_bench ? try_ask(bench, name) : try_ask(state, name);
    ASSERT_TRUE(answer) << page.name << ": " << answer.error().message();
    EXPECT_EQ((*answer)["at"], nullptr) << page.name;
    if (!page.list) continue;
    EXPECT_TRUE((*answer)["items"].empty()) << page.name;
    EXPECT_EQ((*answer)["next"], nullptr) << page.name;
  }
}

TEST(QueryPages, give_one_item_where_they_have_one_and_nothing_else) {
  for (const QueryPage& page : query_pages()) {
    const std::string one = std::string(page.name) + "/7-12";
    EXPECT_EQ(find_query_page(one) != nullptr, page.single) << one;
    EXPECT_EQ(refusal(State{}, one), Errc::not_found);
    EXPECT_EQ(refusal(State{}, std::string(page.name) + "/"), Errc::not_found);
  }
  EXPECT_EQ(refusal(State{}, "orders/x"), Errc::not_found);
}

TEST(QueryPages, are_closed_to_integrators_where_auditors_doubt_and_count_case_work) {
  const auto opens = [](const char* name, schema::Role role) {
    return is_open_to(*find_query_page(name), static_cast<std::uint16_t>(role));
  };
  for (const char* name : {"casework", "findings", "dispositions", "anomalies", "anomaly-rules",
                           "corrections", "retractions", "decisions"}) {
    EXPECT_TRUE(opens(name, schema::Role::AUDITOR)) << name;
    EXPECT_FALSE(opens(name, schema::Role::INTEGRATOR)) << name;
  }
  EXPECT_TRUE(opens("orders", schema::Role::INTEGRATOR));
  // A token is for one of these two roles; any other opens nothing.
  EXPECT_FALSE(opens("orders", schema::Role::FIELD));
  EXPECT_FALSE(opens("orders", schema::Role::ADMIN));
}

TEST(QueryPages, refuse_a_parameter_that_they_do_not_take) {
  const auto answer = try_ask(State{}, "orders?progamme=2-1");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::invalid_argument);
  EXPECT_NE(answer.error().detail.find("programme"), std::string::npos)
      << "it says which there are: " << answer.error().detail;
  EXPECT_EQ(refusal(State{}, "state?limit=1"), Errc::invalid_argument);
  EXPECT_TRUE(try_ask(State{}, "orders?at=0"));
}

TEST(QueryPages, refuse_values_that_cannot_be_right) {
  for (const char* what : {"orders?programme=x", "orders?programme=0-0", "orders?status=lost",
                           "sessions?held=maybe", "findings?day=2020-13-01", "people?limit=0",
                           "people?limit=501", "people?cursor=zz", "held?include=everything"}) {
    EXPECT_EQ(refusal(State{}, what), Errc::invalid_argument) << what;
  }
  // A code that nothing uses is no mistake: nothing is of that kind.
  EXPECT_TRUE(try_ask(State{}, "sessions?kind=never_used"));
}

class QueryLists : public OrdersWorld {};

TEST_F(QueryLists, are_walked_by_their_cursors_without_repeating_or_leaving_out) {
  std::vector<std::string> all;
  for (int i = 0; i < 5; ++i) all.push_back(id_of(post()));
  std::vector<std::string> seen;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const PageJson answer =
        ask(log, "orders?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    EXPECT_EQ(answer["total"], 5);
    for (const std::string& id : ids_of(answer["items"])) seen.push_back(id);
    EXPECT_EQ(answer["next"].is_null(), page == 2);
    if (!answer["next"].is_null()) cursor = answer["next"].get<std::string>();
  }
  EXPECT_EQ(seen, all);
}

TEST_F(QueryLists, count_what_the_filters_let_through) {
  const EventId claimed = post();
  post();
  claim(claimed, a);
  const PageJson answer = ask(log, "orders?status=claimed");
  EXPECT_EQ(answer["total"], 1);
  EXPECT_EQ(ids_of(answer["items"]), std::vector<std::string>{id_of(claimed)});
}

TEST_F(QueryLists, rows_of_one_event_are_not_torn_apart) {
  const EventId many = serve({person(), person(), person()});
  const EventId one = serve({person()});
  const PageJson first = ask(log, "services?limit=1");
  EXPECT_EQ(first["items"].size(), 3U);
  EXPECT_EQ(first["next"], id_of(many));
  const PageJson rest = ask(log, "services?limit=1&cursor=" + id_of(many));
  ASSERT_EQ(rest["items"].size(), 1U);
  EXPECT_EQ(rest["items"][0]["event"], id_of(one));
  EXPECT_EQ(rest["next"], nullptr);
}

TEST_F(QueryLists, what_was_retracted_stays_and_says_that_it_is_not_in_force) {
  const EventId kept = post();
  const EventId taken_back = post();
  retract(taken_back);
  EXPECT_EQ(ask(log, "orders/" + id_of(kept))["in_force"], true);
  EXPECT_EQ(ask(log, "orders/" + id_of(taken_back))["in_force"], false);
  EXPECT_EQ(only_item(log, "retractions")["target"], id_of(taken_back));
}

TEST_F(QueryLists, the_answer_says_of_which_moment_it_speaks) {
  post();
  const PageJson answer = ask(log, "orders");
  EXPECT_EQ(answer["records"], log.state().event_count);
  EXPECT_EQ(answer["at"], log.state().event_count - 1);
}

}  // namespace
}  // namespace houniao::testing
