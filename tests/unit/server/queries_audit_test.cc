// Pages of the family audit, and of what the log counts as money.
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

using Strings = std::vector<std::string>;

class QueryAudit : public DeliveryWorld {
 protected:
  QueryAudit() {
    auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}});
    service = serve({person()});
  }
  EventId issue(std::int32_t days, EventId responsible = {}) {
    return log.add(auditor, [&](Body e) {
      auto b = e.initBody().initFindingIssued();
      b.setCode("F-1");
      b.setLaw("rule 45");
      b.setAmountFen(12'000);
      b.setResponsible(responsible.value);
      b.setDeadlineDay(log.today().value + days);
      b.initEvents(1).set(0, service.value);
    });
  }
  EventId resolve(EventId finding) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initFindingResolved();
      b.setFinding(finding.value);
      b.setAction("paid back");
      b.initProof(1).set(0, service.value);
    });
  }
  EventId dispose(schema::AnomalyDispositioned::Verdict verdict) {
    return log.add(auditor, [&](Body e) {
      auto b = e.initBody().initAnomalyDispositioned();
      b.setRule("A03");
      b.setRuleVersion(2);
      b.setVerdict(verdict);
      b.setReason("two visits, one name");
      b.initEvidence(1).set(0, service.value);
    });
  }
  std::string day(std::int32_t from_now) const {
    return to_string(Day{log.today().value + from_now});
  }
  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }

  DeviceNumber auditor;
  EventId service;
};

TEST_F(QueryAudit, findings_are_shown_as_they_stood_on_a_day) {
  const EventId finding = issue(30);
  const std::string issued = day(0);
  const std::string overdue = day(31);
  days_pass(40);
  const std::string resolved = day(0);
  resolve(finding);
  EXPECT_EQ(only_item(log, "findings?day=" + issued)["status"], "open");
  EXPECT_EQ(only_item(log, "findings?day=" + overdue)["status"], "overdue");
  EXPECT_EQ(only_item(log, "findings?day=" + resolved)["status"], "resolved");
  EXPECT_EQ(only_item(log, "findings")["status"], "resolved") << "the day of the last event";
  EXPECT_EQ(ask(log, "findings/" + id_of(finding) + "?day=" + overdue)["status"], "overdue");
  EXPECT_TRUE(items(log, "findings?day=" + day(-41)).empty()) << "before it was issued";
  EXPECT_EQ(ids_of(items(log, "findings?status=overdue&day=" + overdue)), Strings{id_of(finding)});
  EXPECT_EQ(only_item(log, "findings")["resolutions"][0]["proof"],
            PageJson::array({id_of(service)}));
}

TEST_F(QueryAudit, a_finding_is_found_by_whom_it_holds_responsible) {
  const EventId body = organisation();
  const EventId theirs = issue(30, body);
  issue(30);
  EXPECT_EQ(ids_of(items(log, "findings?organisation=" + id_of(body))), Strings{id_of(theirs)});
}

TEST_F(QueryAudit, of_two_decisions_on_one_anomaly_the_last_decides) {
  using Verdict = schema::AnomalyDispositioned::Verdict;
  const EventId first = dispose(Verdict::FALSE_ALARM);
  days_pass(1);
  const EventId second = dispose(Verdict::CONFIRMED);
  EXPECT_EQ(ask(log, "dispositions/" + id_of(first))["decides"], false);
  EXPECT_EQ(ask(log, "dispositions/" + id_of(second))["decides"], true);
  EXPECT_EQ(ids_of(items(log, "dispositions?rule=A03&verdict=false_alarm")), Strings{id_of(first)});
  EXPECT_TRUE(items(log, "dispositions?rule=A04").empty());
}

TEST_F(QueryAudit, a_sealed_period_shows_what_its_reports_rest_on) {
  const EventId seal = log.add(finance, [&](Body e) {
    auto b = e.initBody().initPeriodSealed();
    b.setProgramme(programme.value);
    b.setFromDay(log.today().value - 60);
    b.setToDay(log.today().value - 30);
    b.setTreeSize(log.records().size());
    b.setRoot(to_data(ByteView{Bytes(32, 7)}));
    auto reports = b.initReports(1);
    reports[0].setName("march");
    reports[0].setSha256(to_data(ByteView{Bytes(32, 9)}));
    auto signers = b.initSigners(2);
    signers.set(0, 504);
    signers.set(1, 502);
  });
  ASSERT_TRUE(in_force(seal)) << why(seal);
  const PageJson page = only_item(log, "seals?programme=" + id_of(programme));
  EXPECT_EQ(page["id"], id_of(seal));
  EXPECT_EQ(page["root"], to_hex(Bytes(32, 7)));
  EXPECT_EQ(page["reports"][0]["name"], "march");
  EXPECT_EQ(page["signers"].size(), 2U);
}

TEST_F(QueryAudit, what_was_held_shows_why_and_then_who_decided) {
  const EventId site_without_role =
      log.add(field, [](Body e) { e.initBody().initSiteOpened().setFromDay(100); });
  const PageJson held_item = only_item(log, "held");
  EXPECT_EQ(held_item["id"], id_of(site_without_role));
  EXPECT_EQ(held_item["reasons"][0]["name"], "missing_role");
  const EventId decision = release(site_without_role);
  EXPECT_TRUE(items(log, "held").empty());
  const PageJson page = only_item(log, "decisions?target=" + id_of(site_without_role));
  EXPECT_EQ(page["id"], id_of(decision));
  EXPECT_EQ(page["released"], true);
}

TEST_F(QueryAudit, a_correction_is_shown_with_its_field_and_reason) {
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initEventCorrected();
    b.setTarget(service.value);
    b.setReason("misread the sheet");
    auto changes = b.initChanges(2);
    changes[0].setField(schema::EventCorrected::Field::MINUTES);
    changes[0].setNumber(40);
    changes[1].setField(schema::EventCorrected::Field::OCCURRED_DAY);
    changes[1].setNumber(log.today().value - 1);
  });
  const PageJson changes = items(log, "corrections?limit=1&target=" + id_of(service));
  ASSERT_EQ(changes.size(), 2U) << "changes of one event stay together";
  EXPECT_EQ(changes[0]["reason"], "misread the sheet");
  EXPECT_EQ(changes[0]["in_force"], true);
}

TEST_F(QueryAudit, a_request_for_money_goes_from_requested_to_paid) {
  const EventId fund = establish_fund();
  receive(fund, 100'000);
  allocate(fund, 100'000);
  const EventId payee = organisation();
  verified_account(payee);
  const EventId asked = request({.fund = fund, .payee = payee, .fen = 5'000});
  EXPECT_EQ(ask(log, "requests/" + id_of(asked))["status"], "requested");
  approve(supervisor, asked);
  EXPECT_EQ(ask(log, "requests/" + id_of(asked))["status"], "approved");
  const EventId paid = pay(asked, 5'000);
  ASSERT_TRUE(in_force(paid)) << why(paid);
  EXPECT_EQ(ids_of(items(log, "requests?status=paid&fund=" + id_of(fund))), Strings{id_of(asked)});
  EXPECT_EQ(only_item(log, "payments?request=" + id_of(asked))["amount_fen"], 5'000);
  EXPECT_EQ(ask(log, "funds/" + id_of(fund))["paid_fen"], 5'000);
}

}  // namespace
}  // namespace houniao::testing
