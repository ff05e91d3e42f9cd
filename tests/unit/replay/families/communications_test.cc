#include "replay/families/communications.h"

#include "replay/figures.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Communications : public DeliveryWorld {
 protected:
  EventId send(std::uint32_t recipients, std::uint32_t delivered,
               std::string_view basis = "consent") {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initBroadcastSent();
      b.setChannel("sms");
      b.setAudience("all");
      b.setRecipients(recipients);
      b.setDelivered(delivered);
      b.setConsentBasis(std::string(basis));
    });
  }

  struct NoticeOptions {
    std::string kind = "award";
    EventId subject = {};
    std::int32_t from = 16'900;
    std::int32_t to = 16'906;
    std::uint16_t year = 2016;
    Bytes sha256 = {};
  };
  EventId publish(const NoticeOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initNoticePublished();
      b.setKind(options.kind);
      b.setSubject(options.subject.value);
      b.setTitle("notice");
      b.setPlace("notice board");
      b.setFromDay(options.from);
      b.setToDay(options.to);
      b.setYear(options.year);
      b.setDocumentSha256(to_data(ByteView{options.sha256}));
    });
  }
};

TEST_F(Communications, a_broadcast_counts_what_was_delivered) {
  const EventId sent = send(5'000, 4'980);
  EXPECT_ACCEPTED(sent);
  EXPECT_EQ(first_row(sent).quantity, 4'980);
  EXPECT_EQ(text(first_row(sent).attr), "sms");
  retract(sent);
  EXPECT_EQ(quantity(of_type(schema::Event::Body::BROADCAST_SENT)), 0);
  EXPECT_TRUE(log.state().communications.broadcasts.empty());
}

TEST_F(Communications, more_delivered_than_sent_and_a_missing_basis_are_flagged) {
  EXPECT_FLAGGED_FOR(send(10, 11), delivered_exceeds_recipients);
  EXPECT_FLAGGED_FOR(send(10, 10, ""), consent_basis_missing);
  EXPECT_FLAGGED_FOR(send(0, 0), nobody_served);
}

TEST_F(Communications, a_notice_counts_on_its_first_day_and_names_what_it_makes_known) {
  const EventId subject = organisation();
  const EventId notice = publish({.subject = subject, .sha256 = Bytes(32, 1)});
  EXPECT_ACCEPTED(notice);
  const FactRow row = first_row(notice);
  EXPECT_EQ(text(row.kind), "award");
  EXPECT_EQ(row.subject, subject.value);
  EXPECT_EQ(row.group, 2016u);
  EXPECT_EQ(row.day, 16'900);
  EXPECT_EQ(row.quantity, 1);
  EXPECT_EQ(log.state().communications.notices.at(notice).to, Day{16'906});
  retract(notice);
  EXPECT_TRUE(log.state().communications.notices.empty());
  EXPECT_EQ(quantity(of_type(schema::Event::Body::NOTICE_PUBLISHED)), 0);
}

TEST_F(Communications, what_can_be_objected_to_is_posted_for_seven_days) {
  for (const char* kind : {"award", "acceptance", "certificate"}) {
    EXPECT_ACCEPTED(publish({.kind = kind}));
    EXPECT_FLAGGED_FOR(publish({.kind = kind, .to = 16'905}), posted_too_briefly);
  }
  EXPECT_ACCEPTED(publish({.kind = "white_paper", .to = 16'900}));
}

TEST_F(Communications, a_notice_needs_a_kind_a_sound_period_and_a_whole_hash) {
  EXPECT_FLAGGED_FOR(publish({.kind = ""}), text_missing);
  EXPECT_FLAGGED_FOR(publish({.kind = "white_paper", .to = 16'899}), interval_invalid);
  EXPECT_FLAGGED_FOR(publish({.from = std::numeric_limits<std::int32_t>::max(),
                              .to = std::numeric_limits<std::int32_t>::min()}),
                     interval_invalid);
  EXPECT_FLAGGED_FOR(publish({.sha256 = Bytes(31, 1)}), hash_invalid);
}

TEST_F(Communications, a_notice_about_something_unknown_counts_and_waits) {
  log.offline(other_field);
  const EventId away = log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId notice = publish({.subject = away});
  EXPECT_FLAGGED_FOR(notice, orphan);
  EXPECT_EQ(first_row(notice).quantity, 1);
  EXPECT_TRUE(log.state().communications.notices.empty());
  log.online(other_field);
  EXPECT_TRUE(in_force(notice));
  EXPECT_EQ(log.state().communications.notices.count(notice), 1u);
}

TEST_F(Communications, white_papers_of_years_running_are_a_figure) {
  for (const int year : {2011, 2013, 2014, 2015, 2016}) {
    const std::int32_t from = to_day({year, 1, 10}).value;
    publish({.kind = "white_paper",
             .from = from,
             .to = from + 30,
             .year = static_cast<std::uint16_t>(year)});
  }
  Metric metric;
  metric.op = MetricOp::years_running;
  metric.where.types = {static_cast<std::uint16_t>(schema::Event::Body::NOTICE_PUBLISHED)};
  metric.where.kinds = {"white_paper"};
  EXPECT_EQ(compute_metric(figure_inputs(log.state()), metric, 0).value, 4);
}

}  // namespace
}  // namespace houniao::testing
