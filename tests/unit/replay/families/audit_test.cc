#include <gtest/gtest.h>

#include "replay/families/audit.h"
#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;
using Field = schema::EventCorrected::Field;

class Audit : public ::testing::Test {
 protected:
  LogBuilder log;
  DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  DeviceNumber supervisor = log.enrol({.roles = {Role::SUPERVISOR}});
  EventId person = register_person(log, field);
  EventId service = serve(log, field, {person});

  FactRow first_row(EventId id) {
    return log.state().facts.row(log.state().facts.rows_of(id).first);
  }
};

TEST_F(Audit, a_total_is_corrected_on_the_anonymous_row) {
  const EventId other = register_person(log, field);
  const EventId many = serve(log, field, {person, other}, [](EventBuilder event) {
    event.getBody().getServiceDelivered().setAnonymous(10);
    event.getBody().getServiceDelivered().setQuantity(12);
  });
  ASSERT_EQ(row_count(log, many), 3u);
  ASSERT_EQ(quantity_of(log, many), 12);
  correct_event(log, supervisor, many, {{Field::QUANTITY, 9}});
  EXPECT_EQ(quantity_of(log, many), 9);
  EXPECT_EQ(first_row(many).quantity, 1) << "the persons who were listed stay";
}

TEST_F(Audit, a_corrected_site_must_be_known) {
  const EventId correction = correct_event(
      log, supervisor, service, {{Field::SITE, static_cast<std::int64_t>(person.value + 5000)}});
  EXPECT_EQ(log.status(correction), EventStatus::held);
  EXPECT_TRUE(log.reasons(correction).has(Reason::orphan));
  const EventId site = open_site(log, supervisor, Day{100});
  correct_event(log, supervisor, service, {{Field::SITE, static_cast<std::int64_t>(site.value)}});
  EXPECT_EQ(first_row(service).site, site.value);
}

TEST_F(Audit, a_correction_survives_that_its_orphaned_target_is_projected_again) {
  const DeviceNumber other = log.enrol({.roles = {Role::FIELD}});
  log.offline(other);
  const EventId late_person = register_person(log, other);
  const EventId orphan = serve(log, field, {late_person});
  correct_event(log, supervisor, orphan, {{Field::MINUTES, 25}});
  EXPECT_EQ(first_row(orphan).minutes, 25);
  EXPECT_TRUE(first_row(orphan).flags & kFactOrphan);
  log.online(other);
  EXPECT_EQ(first_row(orphan).minutes, 25);
  EXPECT_FALSE(first_row(orphan).flags & kFactOrphan);
}

TEST_F(Audit, a_retracted_orphan_stays_out_when_its_cause_arrives) {
  const DeviceNumber other = log.enrol({.roles = {Role::FIELD}});
  log.offline(other);
  const EventId late_person = register_person(log, other);
  const EventId orphan = serve(log, field, {late_person});
  retract_event(log, supervisor, orphan);
  EXPECT_EQ(row_count(log, orphan), 0u);
  log.online(other);
  EXPECT_EQ(row_count(log, orphan), 0u);
  EXPECT_EQ(log.status(orphan), EventStatus::retracted);
  EXPECT_EQ(log.state().audit.retracted_rows.at(orphan).size(), 1u);
}

TEST_F(Audit, rights_and_decisions_are_not_corrected) {
  const EventId site = open_site(log, supervisor, Day{100});
  const EventId correction = correct_event(log, supervisor, site, {{Field::OCCURRED_DAY, 200}});
  EXPECT_TRUE(log.reasons(correction).has(Reason::target_not_correctable));
  const EventId enrolled = event_id(LogBuilder::kServer, DeviceSeq{1});
  EXPECT_TRUE(log.reasons(retract_event(log, supervisor, enrolled)).has(Reason::not_retractable));
}

TEST_F(Audit, published_figures_are_kept_with_their_words) {
  const EventId report = log.add(field, [](EventBuilder event) {
    auto body = event.initBody().initFigureReported();
    body.setFigure("B29");
    body.setValue(55'450);
    body.setComparator("=");
    body.setUnit("person-times");
    body.setAsOfDay(16'876);
  });
  EXPECT_EQ(log.status(report), EventStatus::accepted);
  ASSERT_EQ(log.state().audit.figures.size(), 1u);
  EXPECT_EQ(log.state().audit.figures[0].value, 55'450);
  retract_event(log, supervisor, report);
  EXPECT_TRUE(log.state().audit.figures.empty());
}

}  // namespace
}  // namespace houniao::testing
