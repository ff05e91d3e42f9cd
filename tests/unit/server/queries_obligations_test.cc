// Pages about promises: what was kept, period by period, and by which events.
#include "tests/unit/replay/families/cases_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

struct Promise {
  std::string code = "weekly_visit";
  std::string type = "";
  std::string kind = "visit";
  schema::ObligationDefined::Per per = schema::ObligationDefined::Per::PROGRAMME;
};

class QueryObligations : public CasesWorld {
 protected:
  static Day day(const std::string& written) { return *parse_day(written); }
  // Once in each week, from Monday the 20th of June 2016.
  EventId promise(const Promise& options) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initObligationDefined();
      b.setProgramme(programme.value);
      b.setCode(options.code);
      b.setEventType(options.type);
      b.setEventKind(options.kind);
      b.setPeriod(schema::ObligationDefined::Period::WEEK);
      b.setPerScope(options.per);
      b.setThreshold(1);
      b.setFromDay(day("2016-06-20").value);
      b.setToDay(kOpen);
    });
  }
  EventId visit_on(const std::string& written) {
    return log.add(field, [&](Body e) {
      e.setOccurredDay(day(written).value);
      e.setProgramme(programme.value);
      auto b = e.initBody().initServiceDelivered();
      b.setKind("visit");
      b.setAnonymous(3);
    });
  }
  EventId waive(EventId obligation, const std::string& week) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initObligationWaived();
      b.setObligation(obligation.value);
      b.setPeriodFromDay(day(week).value);
      b.setReason("flood");
      b.setApprover(503);
    });
  }
};

TEST_F(QueryObligations, each_period_says_what_became_of_it_and_what_proves_it) {
  const EventId obligation = promise({});
  const EventId visit = visit_on("2016-06-22");
  const PageJson weeks = items(log, "obligation_periods?day=2016-07-10");
  ASSERT_EQ(weeks.size(), 3U) << weeks.dump(1);
  EXPECT_EQ(weeks[0]["obligation"], id_of(obligation));
  EXPECT_EQ(weeks[0]["from"], "2016-06-20");
  EXPECT_EQ(weeks[0]["status"], "met");
  EXPECT_EQ(weeks[0]["done_on"], "2016-06-22");
  EXPECT_EQ(weeks[0]["proof"][0]["event"], id_of(visit));
  EXPECT_EQ(weeks[1]["status"], "missed");
  EXPECT_TRUE(weeks[1]["proof"].empty());
  EXPECT_EQ(weeks[2]["status"], "open");
  const PageJson kept = ask(log, "obligations/" + id_of(obligation) + "?day=2016-07-10")["kept"];
  EXPECT_EQ(kept["met"], 1);
  EXPECT_EQ(kept["missed"], 1);
  EXPECT_EQ(kept["open"], 1);
}

TEST_F(QueryObligations, a_waived_period_names_its_waiver) {
  const EventId obligation = promise({});
  const EventId waiver = waive(obligation, "2016-06-27");
  ASSERT_TRUE(in_force(waiver)) << why(waiver);
  const PageJson week = only_item(log, "obligation_periods?status=waived&day=2016-07-10");
  EXPECT_EQ(week["from"], "2016-06-27");
  EXPECT_EQ(week["waiver"], id_of(waiver));
  EXPECT_EQ(only_item(log, "obligations")["waivers"][0]["event"], id_of(waiver));
}

TEST_F(QueryObligations, periods_are_paged_and_found_by_obligation_and_status) {
  const EventId first = promise({});
  promise({.code = "weekly_class", .kind = "class"});
  visit_on("2016-06-22");
  const std::string on = "&day=2016-07-10";
  EXPECT_EQ(items(log, "obligation_periods?status=missed" + on).size(), 3U);
  const std::string of_first = "obligation_periods?obligation=" + id_of(first);
  EXPECT_EQ(items(log, of_first + on).size(), 3U);
  const PageJson page = ask(log, of_first + "&limit=2" + on);
  ASSERT_EQ(page["items"].size(), 2U);
  EXPECT_EQ(page["total"], 3);
  const PageJson rest =
      ask(log, of_first + "&limit=2" + on + "&cursor=" + page["next"].get<std::string>());
  ASSERT_EQ(rest["items"].size(), 1U);
  EXPECT_EQ(rest["items"][0]["from"], "2016-07-04");
  EXPECT_EQ(rest["next"], nullptr);
}

TEST_F(QueryObligations, a_retracted_promise_is_shown_and_asked_of_nobody) {
  const EventId obligation = promise({});
  retract(obligation);
  const PageJson page = ask(log, "obligations/" + id_of(obligation));
  EXPECT_EQ(page["in_force"], false);
  EXPECT_EQ(page["kept"], nullptr);
  EXPECT_TRUE(items(log, "obligation_periods").empty());
}

TEST_F(QueryObligations, a_promise_about_case_work_is_counted_and_never_listed) {
  const EventId obligation = promise(
      {.type = "CaseContactLogged", .kind = "", .per = schema::ObligationDefined::Per::PERSON});
  const EventId opened = open_case();
  contact(opened);
  const PageJson list = items(log, "obligation_periods");
  EXPECT_TRUE(list.empty()) << list.dump(1);
  EXPECT_TRUE(ask(log, "obligations/" + id_of(obligation))["kept"].is_object());
}

}  // namespace
}  // namespace houniao::testing
