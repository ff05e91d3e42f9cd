// Pages of demands, orders and calls.
#include "tests/unit/replay/families/calls_world.h"
#include "tests/unit/replay/families/orders_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

using Strings = std::vector<std::string>;

class QueryOrders : public OrdersWorld {
 protected:
  EventId raise(EventId of_person = {}) {
    return log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      auto demand = e.initBody().initDemandRaised();
      demand.setPerson(of_person.value);
      demand.setCategory("cleaning");
      demand.setChannel("hotline");
    });
  }
  EventId weekly(const std::vector<EventId>& listed) {
    return log.add(supervisor, [&](Body e) {
      e.setProgramme(programme.value);
      auto digest = e.initBody().initDemandDigestCompiled();
      digest.setPeriod(schema::DemandDigestCompiled::Period::WEEK);
      digest.setFromDay(log.today().value - 6);
      digest.setToDay(log.today().value);
      auto list = digest.initItems(static_cast<unsigned>(listed.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setDemand(listed[i].value);
        list[i].setDisposition(schema::DemandDigestCompiled::Disposition::ANSWERED);
      }
    });
  }
};

TEST_F(QueryOrders, an_order_shows_its_claims_its_assignment_and_its_review) {
  const EventId order = post();
  const EventId first = claim_by(field, order, {{a, 600}, {b, 400}});
  const EventId second = claim(order, b);
  const EventId assigned = assign(order, first);
  fulfil(order);
  judge(reviewer, order);
  const PageJson page = ask(log, "orders/" + id_of(order));
  EXPECT_EQ(page["status"], "accepted");
  EXPECT_EQ(page["rule"], "first_in_log");
  ASSERT_EQ(page["claims"].size(), 2U);
  EXPECT_EQ(page["claims"][0]["claimants"][0]["party"], id_of(a));
  EXPECT_EQ(page["claims"][0]["claimants"][0]["permille"], 600);
  EXPECT_EQ(page["claims"][1]["id"], id_of(second));
  ASSERT_EQ(page["assignments"].size(), 1U);
  EXPECT_EQ(page["assignments"][0]["id"], id_of(assigned));
  EXPECT_EQ(page["assignments"][0]["claim"], id_of(first));
  EXPECT_EQ(page["assignments"][0]["in_force"], true);
  ASSERT_EQ(page["fulfilments"].size(), 1U);
  ASSERT_EQ(page["reviews"].size(), 1U);
  EXPECT_EQ(page["reviews"][0]["accepted"], true);
  EXPECT_EQ(page["reviews"][0]["in_force"], true);
}

TEST_F(QueryOrders, a_claim_given_up_frees_the_order_and_stays_visible) {
  const EventId order = post();
  const EventId made = claim(order, a);
  assign(order, made);
  EXPECT_EQ(ids_of(items(log, "orders?performer=" + id_of(a))), Strings{id_of(order)});
  withdraw(field, order, made);
  const PageJson page = ask(log, "orders/" + id_of(order));
  EXPECT_EQ(page["claims"][0]["in_force"], false);
  EXPECT_EQ(page["assignments"][0]["in_force"], false);
  EXPECT_TRUE(items(log, "orders?performer=" + id_of(a)).empty());
}

TEST_F(QueryOrders, orders_are_found_by_kind_status_and_whoever_asked) {
  const EventId asked = post({.requester = a.value, .kind = "repair"});
  const EventId open = post();
  claim(open, a);
  EXPECT_EQ(ids_of(items(log, "orders?kind=repair")), Strings{id_of(asked)});
  EXPECT_EQ(ids_of(items(log, "orders?requester=" + id_of(a))), Strings{id_of(asked)});
  EXPECT_EQ(ids_of(items(log, "orders?status=claimed")), Strings{id_of(open)});
  EXPECT_EQ(ids_of(items(log, "orders?status=posted")), Strings{id_of(asked)});
}

TEST_F(QueryOrders, a_demand_shows_what_became_of_it) {
  const EventId client = person();
  const EventId answered = raise(client);
  const EventId open = raise();
  weekly({answered});
  const PageJson page = ask(log, "demands/" + id_of(answered));
  EXPECT_EQ(page["status"], "answered");
  EXPECT_EQ(page["person"], id_of(client));
  EXPECT_EQ(page["settled_on"], to_string(log.today()));
  EXPECT_EQ(page["dispositions"][0]["disposition"], "answered");
  EXPECT_EQ(ids_of(items(log, "demands?status=open")), Strings{id_of(open)});
  EXPECT_EQ(ask(log, "demands/" + id_of(open))["settled_on"], nullptr);
  EXPECT_EQ(ids_of(items(log, "demands?person=" + id_of(client))), Strings{id_of(answered)});
  EXPECT_EQ(items(log, "demands?programme=" + id_of(programme)).size(), 2U);
}

TEST_F(QueryOrders, a_digest_names_the_open_demands_that_it_leaves_out) {
  const EventId listed = raise();
  const EventId forgotten = raise();
  const EventId digest = weekly({listed});
  const PageJson page = only_item(log, "digests?period=week");
  EXPECT_EQ(page["id"], id_of(digest));
  EXPECT_EQ(page["items"], PageJson::array({id_of(listed)}));
  EXPECT_EQ(page["missing"], PageJson::array({id_of(forgotten)}));
  EXPECT_TRUE(items(log, "digests?period=month").empty());
}

class QueryCalls : public CallsWorld {};

TEST_F(QueryCalls, a_call_shows_what_is_left_of_its_budget_and_who_won) {
  const EventId call = open_call();
  const EventId winner = submit(call, alpha);
  const EventId other = submit(call, beta);
  days_pass(11);
  award(call, winner, 60'000);
  const PageJson page = ask(log, "calls/" + id_of(call));
  EXPECT_EQ(page["kind"], "contest");
  EXPECT_EQ(page["budget_fen"], 100'000);
  EXPECT_EQ(page["awarded_fen"], 60'000);
  EXPECT_EQ(page["remaining_fen"], 40'000);
  EXPECT_EQ(page["proposals"], PageJson::array({id_of(winner), id_of(other)}));
  EXPECT_EQ(page["over"], true);
  ASSERT_EQ(page["awards"].size(), 1U);
  EXPECT_EQ(page["awards"][0]["proposal"], id_of(winner));
  EXPECT_EQ(ask(log, "proposals/" + id_of(winner))["awards"][0]["amount_fen"], 60'000);
  EXPECT_TRUE(ask(log, "proposals/" + id_of(other))["awards"].empty());
}

TEST_F(QueryCalls, a_proposal_shows_its_scores_and_their_mean_without_who_stood_aside) {
  const EventId call = open_call();
  const EventId proposal = submit(call, alpha);
  const EventId one = person();
  const EventId aside = person();
  score(proposal, one, 50, 30);
  recuse(proposal, aside);
  const PageJson page = ask(log, "proposals/" + id_of(proposal));
  EXPECT_EQ(page["mean_permille"], 800);
  ASSERT_EQ(page["scores"].size(), 2U);
  EXPECT_EQ(page["scores"][0]["points"], 80);
  EXPECT_EQ(page["scores"][1]["recused"], true);
  EXPECT_EQ(page["scores"][1]["points"], nullptr);
  EXPECT_EQ(ids_of(items(log, "proposals?applicant=" + id_of(alpha))), Strings{id_of(proposal)});
  EXPECT_TRUE(items(log, "proposals?applicant=" + id_of(beta)).empty());
  EXPECT_EQ(ids_of(items(log, "calls?organisation=" + id_of(organiser))), Strings{id_of(call)});
}

TEST_F(QueryCalls, a_proposal_that_nobody_scored_has_no_mean) {
  const EventId proposal = submit(open_call(), alpha);
  const PageJson page = ask(log, "proposals/" + id_of(proposal));
  EXPECT_EQ(page["mean_permille"], nullptr);
  EXPECT_EQ(page["document_sha256"], nullptr);
}

}  // namespace
}  // namespace houniao::testing
