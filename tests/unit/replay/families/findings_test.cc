#include "replay/families/findings.h"

#include "replay/digest.h"
#include "replay/figures.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using Verdict = schema::AnomalyDispositioned::Verdict;

class Findings : public DeliveryWorld {
 protected:
  Findings() {
    client = person();
    service = serve({client});
  }

  struct DisposeOptions {
    std::string rule = "A03";
    Verdict verdict = Verdict::FALSE_ALARM;
    std::string reason = "two visits, one name";
    std::int32_t occurred = 0;  // 0: today
  };
  EventId dispose(DeviceNumber by, const std::vector<EventId>& evidence,
                  const DisposeOptions& options) {
    return log.add(by, [&](Body e) {
      if (options.occurred != 0) e.setOccurredDay(options.occurred);
      auto b = e.initBody().initAnomalyDispositioned();
      b.setRule(options.rule);
      b.setRuleVersion(2);
      b.setVerdict(options.verdict);
      b.setReason(options.reason);
      auto list = b.initEvidence(static_cast<unsigned>(evidence.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, evidence[i].value);
    });
  }
  EventId dispose(DeviceNumber by, const std::vector<EventId>& evidence) {
    return dispose(by, evidence, DisposeOptions{});
  }
  const AnomalyDisposition* decided(EventId evidence) const {
    return log.state().audit.findings.disposition_of(log.state().symbols().find("A03"), evidence);
  }

  struct IssueOptions {
    std::string law = "rule 45";
    std::int64_t fen = 12'000;
    std::int32_t days = 30;  // from today to the deadline
    EventId responsible = {};
  };
  EventId issue(DeviceNumber by, const std::vector<EventId>& events, const IssueOptions& options) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initFindingIssued();
      b.setCode("F-1");
      b.setLaw(options.law);
      b.setAmountFen(options.fen);
      b.setResponsible(options.responsible.value);
      b.setDeadlineDay(log.today().value + options.days);
      auto list = b.initEvents(static_cast<unsigned>(events.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, events[i].value);
    });
  }
  EventId issue() { return issue(auditor, {service}, IssueOptions{}); }
  EventId resolve(DeviceNumber by, EventId finding, const std::vector<EventId>& proof,
                  std::string_view action = "paid back") {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initFindingResolved();
      b.setFinding(finding.value);
      b.setAction(std::string(action));
      auto list = b.initProof(static_cast<unsigned>(proof.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, proof[i].value);
    });
  }
  FindingStatus status_in(EventId finding, std::int32_t days) const {
    const FindingsState& findings = log.state().audit.findings;
    return findings.status_on(*findings.find(finding), Day{log.today().value + days});
  }
  std::vector<EventId> on_day(FindingStatus status, std::int32_t days) const {
    return findings_on(log.state(), status, Day{log.today().value + days});
  }
  // Recorded by somebody without the role, so that it waits for a decision.
  EventId held_site() {
    return log.add(field, [](Body e) { e.initBody().initSiteOpened().setCategory("station"); });
  }

  DeviceNumber auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}});
  EventId client, service;
};

// --- anomalies ---------------------------------------------------------------------------------

TEST_F(Findings, a_decision_about_an_anomaly_is_found_by_rule_and_event) {
  const EventId other = serve({client});
  const EventId made = dispose(auditor, {other, service, other});
  EXPECT_ACCEPTED(made);
  ASSERT_NE(decided(service), nullptr);
  EXPECT_EQ(decided(service)->event, made);
  EXPECT_EQ(decided(service)->rule_version, 2u);
  EXPECT_EQ(decided(service)->evidence, (std::vector<EventId>{service, other}));
  EXPECT_EQ(decided(client), nullptr);
  const FactRow row = first_row(made);
  EXPECT_EQ(text(row.kind), "A03");
  EXPECT_EQ(text(row.attr), "false_alarm");
  EXPECT_EQ(row.group, service.value);
  retract(made);
  EXPECT_EQ(decided(service), nullptr);
  EXPECT_TRUE(log.state().audit.findings.by_anomaly.empty());
}

TEST_F(Findings, a_decision_names_rule_reason_and_evidence) {
  EXPECT_HELD_FOR(dispose(auditor, {service}, {.rule = ""}), text_missing);
  EXPECT_HELD_FOR(dispose(auditor, {service}, {.reason = ""}), reason_missing);
  EXPECT_HELD_FOR(dispose(auditor, {service}, {.verdict = static_cast<Verdict>(9)}), value_invalid);
  EXPECT_HELD_FOR(dispose(auditor, {}), proof_missing);
  EXPECT_HELD_FOR(dispose(auditor, {EventId{}}), wrong_reference);
}

TEST_F(Findings, a_decision_waits_for_its_evidence) {
  log.offline(other_field);
  const EventId away = log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId early = dispose(auditor, {away});
  EXPECT_HELD_FOR(early, orphan);
  EXPECT_EQ(decided(away), nullptr);
  log.online(other_field);
  EXPECT_IN_FORCE(early);
  EXPECT_NE(decided(away), nullptr);
}

TEST_F(Findings, held_and_retracted_events_are_evidence_too) {
  const EventId waits = held_site();
  ASSERT_TRUE(held(waits));
  EXPECT_ACCEPTED(dispose(auditor, {waits}));
  retract(service);
  EXPECT_ACCEPTED(dispose(auditor, {service}));
  EXPECT_ACCEPTED(issue(auditor, {waits, service}, {}));
}

TEST_F(Findings, nobody_disposes_of_a_doubt_about_oneself) {
  const DeviceNumber desk = log.enrol({.holder = client.value, .roles = {Role::AUDITOR}});
  const EventId about_client = dispose(desk, {service});
  EXPECT_HELD_FOR(about_client, disposition_by_subject);
  release(about_client);
  EXPECT_TRUE(held(about_client)) << "a release does not waive it";

  const EventId of_another = serve({person()});
  EXPECT_ACCEPTED(dispose(desk, {of_another}));
  EXPECT_HELD_FOR(dispose(desk, {of_another, service}), disposition_by_subject);
}

TEST_F(Findings, neither_the_recorder_nor_the_worker_disposes_of_it) {
  const DeviceNumber tablet = log.enrol({.holder = client.value, .roles = {Role::FIELD}});
  const DeviceNumber desk = log.enrol({.holder = client.value, .roles = {Role::AUDITOR}});
  const EventId stranger = person();
  const EventId recorded = log.add(tablet, [&](Body e) {
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.initPersons(1).set(0, stranger.value);
  });
  EXPECT_HELD_FOR(dispose(desk, {recorded}), disposition_by_subject);

  const EventId staff = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initStaffEngaged();
    b.setPerson(client.value);
    b.setPost("social_worker");
    b.setFromDay(10'000);
  });
  const EventId worked = log.add(field, [&](Body e) {
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.setStaff(staff.value);
    b.initPersons(1).set(0, stranger.value);
  });
  EXPECT_HELD_FOR(dispose(desk, {worked}), disposition_by_subject);
  EXPECT_ACCEPTED(dispose(auditor, {recorded, worked}));
}

TEST_F(Findings, neither_a_correction_nor_a_retraction_hides_who_is_concerned) {
  const DeviceNumber desk = log.enrol({.holder = client.value, .roles = {Role::AUDITOR}});
  const EventId stranger = person();
  const EventId worked = log.add(field, [&](Body e) {
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.setStaff(client.value);
    b.initPersons(1).set(0, stranger.value);
  });
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initEventCorrected();
    b.setTarget(worked.value);
    b.setReason("another worker");
    auto changes = b.initChanges(1);
    changes[0].setField(schema::EventCorrected::Field::STAFF);
    changes[0].setNumber(static_cast<std::int64_t>(stranger.value));
  });
  ASSERT_EQ(first_row(worked).staff, stranger.value);
  EXPECT_HELD_FOR(dispose(desk, {worked}), disposition_by_subject);
  retract(service);
  EXPECT_HELD_FOR(dispose(desk, {service}), disposition_by_subject);
}

TEST_F(Findings, on_a_device_that_names_nobody_the_device_must_differ) {
  const DeviceNumber shared = log.enrol({.roles = {Role::FIELD, Role::AUDITOR}});
  const EventId recorded = log.add(shared, [&](Body e) {
    auto b = e.initBody().initServiceDelivered();
    b.setKind("visit");
    b.initPersons(1).set(0, client.value);
  });
  EXPECT_HELD_FOR(dispose(shared, {recorded}), disposition_by_subject);
  EXPECT_ACCEPTED(dispose(shared, {service}));
}

// Whom a shared tablet named as acting is concerned as much as the holder of a tablet is.
TEST_F(Findings, whoever_acted_on_a_shared_device_does_not_dispose_of_it) {
  const DeviceNumber shared = log.enrol({.roles = {Role::FIELD}});
  const DeviceNumber desk = log.enrol({.holder = client.value, .roles = {Role::AUDITOR}});
  const auto record = [&](PersonId actor) {
    return log.add(shared, [&](Body e) {
      e.setActor(actor.value);
      auto b = e.initBody().initAssetRecorded();
      b.setKind("book");
      b.setQuantity(2);
    });
  };
  const EventId theirs = record(entity_cast<PersonId>(client));
  EXPECT_HELD_FOR(dispose(desk, {theirs}), disposition_by_subject);
  EXPECT_ACCEPTED(dispose(auditor, {theirs}));
  const EventId of_another = record(entity_cast<PersonId>(person()));
  EXPECT_ACCEPTED(dispose(desk, {of_another}));
}

TEST_F(Findings, of_several_decisions_the_last_by_date_is_in_force) {
  const std::int32_t today = log.today().value;
  dispose(auditor, {service}, {.occurred = today - 5});
  const EventId last = dispose(auditor, {service}, {.verdict = Verdict::CONFIRMED});
  dispose(auditor, {service}, {.verdict = Verdict::EXPLAINED, .occurred = today - 9});
  ASSERT_NE(decided(service), nullptr);
  EXPECT_EQ(decided(service)->event, last);
  EXPECT_EQ(decided(service)->verdict, static_cast<std::uint16_t>(Verdict::CONFIRMED));
}

// --- findings ----------------------------------------------------------------------------------

TEST_F(Findings, a_finding_is_open_then_overdue_until_it_is_resolved) {
  const EventId firm = organisation();
  const EventId finding = issue(auditor, {service}, {.responsible = firm});
  EXPECT_ACCEPTED(finding);
  const FactRow row = first_row(finding);
  EXPECT_EQ(text(row.kind), "F-1");
  EXPECT_EQ(text(row.attr), "rule 45");
  EXPECT_EQ(row.amount_fen, 12'000);
  EXPECT_EQ(row.subject, firm.value);
  EXPECT_EQ(status_in(finding, 30), FindingStatus::open);
  EXPECT_EQ(status_in(finding, 31), FindingStatus::overdue);
  EXPECT_EQ(on_day(FindingStatus::open, 0), std::vector<EventId>{finding});
  EXPECT_EQ(on_day(FindingStatus::overdue, 31), std::vector<EventId>{finding});
  EXPECT_TRUE(on_day(FindingStatus::open, -1).empty()) << "nobody had found it yet";

  log.set_today(Day{log.today().value + 10});
  const EventId resolved = resolve(supervisor, finding, {service});
  EXPECT_ACCEPTED(resolved);
  EXPECT_EQ(text(first_row(resolved).attr), "in_time");
  EXPECT_EQ(first_row(resolved).group, finding.value);
  EXPECT_EQ(first_row(resolved).organisation, firm.value);
  EXPECT_TRUE(first_row(resolved).flags & kFactEnded);
  EXPECT_EQ(status_in(finding, -1), FindingStatus::open);
  EXPECT_EQ(status_in(finding, 0), FindingStatus::resolved);
  EXPECT_EQ(on_day(FindingStatus::resolved, 40), std::vector<EventId>{finding});
  retract(resolved);
  EXPECT_EQ(status_in(finding, 0), FindingStatus::open);
  retract(finding);
  EXPECT_TRUE(on_day(FindingStatus::open, 0).empty());
}

TEST_F(Findings, a_finding_rests_on_a_law_and_events_and_sets_a_deadline) {
  EXPECT_HELD_FOR(issue(auditor, {service}, {.law = ""}), text_missing);
  EXPECT_HELD_FOR(issue(auditor, {}, {}), proof_missing);
  EXPECT_HELD_FOR(issue(auditor, {service}, {.days = -1}), interval_invalid);
  EXPECT_HELD_FOR(issue(auditor, {service}, {.fen = -1}), value_invalid);
  EXPECT_ACCEPTED(issue(auditor, {service}, {.fen = 0, .days = 0}));
  EXPECT_HELD_FOR(issue(supervisor, {service}, {}), missing_role);
}

TEST_F(Findings, a_finding_waits_for_whom_it_names) {
  log.offline(other_field);
  const EventId away = log.add(other_field, [](Body e) {
    auto b = e.initBody().initOrganisationRegistered();
    b.setKind("firm");
    b.setName("firm");
  });
  const EventId early = issue(auditor, {service}, {.responsible = away});
  EXPECT_HELD_FOR(early, orphan);
  EXPECT_TRUE(on_day(FindingStatus::open, 0).empty());
  log.online(other_field);
  EXPECT_EQ(on_day(FindingStatus::open, 0), std::vector<EventId>{early});
}

TEST_F(Findings, a_resolution_needs_proof_an_action_and_a_finding) {
  const EventId finding = issue();
  EXPECT_HELD_FOR(resolve(supervisor, finding, {}), proof_missing);
  EXPECT_HELD_FOR(resolve(supervisor, finding, {service}, ""), text_missing);
  EXPECT_HELD_FOR(resolve(supervisor, finding, {EventId{77}}), orphan);
  EXPECT_HELD_FOR(resolve(supervisor, service, {service}), wrong_reference);
  const EventId waits = held_site();
  EXPECT_HELD_FOR(resolve(supervisor, finding, {waits}), orphan);
  EXPECT_EQ(status_in(finding, 0), FindingStatus::open);
}

TEST_F(Findings, a_resolution_waits_for_its_finding) {
  log.offline(auditor);
  const EventId finding = issue();
  const EventId early = resolve(supervisor, finding, {service});
  EXPECT_HELD_FOR(early, orphan);
  log.online(auditor);
  EXPECT_IN_FORCE(early);
  EXPECT_EQ(status_in(finding, 0), FindingStatus::resolved);
}

TEST_F(Findings, whoever_issued_a_finding_does_not_resolve_it) {
  const DeviceNumber both = log.enrol({.holder = 511, .roles = {Role::AUDITOR, Role::SUPERVISOR}});
  const EventId own = issue(both, {service}, {});
  EXPECT_HELD_FOR(resolve(both, own, {service}), not_independent);
  EXPECT_ACCEPTED(resolve(supervisor, own, {service}));

  const DeviceNumber shared = log.enrol({.roles = {Role::AUDITOR, Role::SUPERVISOR}});
  const EventId nobody = issue(shared, {service}, {});
  EXPECT_HELD_FOR(resolve(shared, nobody, {service}), not_independent);
}

TEST_F(Findings, a_second_resolution_is_shown_and_a_late_one_says_so) {
  const EventId finding = issue(auditor, {service}, {.days = 3});
  log.set_today(Day{log.today().value + 4});
  const EventId late = resolve(supervisor, finding, {service});
  EXPECT_ACCEPTED(late);
  EXPECT_EQ(text(first_row(late).attr), "late");
  EXPECT_FLAGGED_FOR(resolve(reviewer, finding, {service}), already_resolved);
  retract(late);
  EXPECT_EQ(status_in(finding, 0), FindingStatus::resolved) << "the second one stands";
}

TEST_F(Findings, what_is_still_open_is_a_figure_over_both_types) {
  const EventId first = issue();
  issue();
  log.set_today(Day{log.today().value + 1});
  resolve(supervisor, first, {service});
  Metric metric;
  metric.op = MetricOp::distinct;
  metric.of = MetricOf::group;
  metric.current = true;
  metric.where.types = {static_cast<std::uint16_t>(Event::Body::FINDING_ISSUED),
                        static_cast<std::uint16_t>(Event::Body::FINDING_RESOLVED)};
  EXPECT_EQ(compute_metric(figure_inputs(log.state()), metric, 0).value, 1);
}

TEST_F(Findings, the_order_of_arrival_does_not_matter) {
  const DeviceNumber second = log.enrol({.holder = 512, .roles = {Role::AUDITOR}});
  const std::vector<DeviceNumber> devices = {auditor, second, supervisor, reviewer};
  for (DeviceNumber device : devices) log.offline(device);
  const EventId finding = issue();
  dispose(auditor, {service});
  dispose(second, {service}, {.verdict = Verdict::CONFIRMED});
  const EventId resolved = resolve(supervisor, finding, {service});
  resolve(reviewer, finding, {service});
  log.add(reviewer, [&](Body e) {
    auto b = e.initBody().initEventRetracted();
    b.setTarget(resolved.value);
    b.setReason("recorded by mistake");
  });
  LogBuilder other = log;
  for (auto device = devices.begin(); device != devices.end(); ++device) log.online(*device);
  for (auto device = devices.rbegin(); device != devices.rend(); ++device) other.online(*device);
  EXPECT_EQ(digest(log.state()), digest(other.state()));
  EXPECT_EQ(status_in(finding, 0), FindingStatus::resolved);

  const Result<State> restored = restore(snapshot(log.state()));
  ASSERT_TRUE(restored.has_value()) << restored.error().message();
  EXPECT_EQ(digest(*restored), digest(log.state()));
}

}  // namespace
}  // namespace houniao::testing
