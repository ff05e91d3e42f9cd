#include "replay/families/volunteers.h"

#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class Volunteers : public DeliveryWorld {
 protected:
  EventId honour(EventId recipient, std::uint16_t year, bool is_organisation = true) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initHonourConferred();
      b.setRecipient(recipient.value);
      b.setRecipientIsOrganisation(is_organisation);
      b.setTitle("model_home");
      b.setGrade("city");
      b.setIssuer("city committee");
      b.setDay(log.today().value - 3);
      b.setYear(year);
    });
  }
};

TEST_F(Volunteers, an_honour_is_one_row_on_the_day_it_was_conferred) {
  const EventId firm = organisation();
  const EventId given = honour(firm, 2014);
  EXPECT_ACCEPTED(given);
  const FactRow row = first_row(given);
  EXPECT_EQ(text(row.kind), "model_home");
  EXPECT_EQ(text(row.attr), "city");
  EXPECT_EQ(row.subject, firm.value);
  EXPECT_EQ(row.group, 2014u);
  EXPECT_EQ(row.day, log.today().value - 3);
}

TEST_F(Volunteers, the_same_honour_of_one_year_is_flagged_and_of_the_next_is_not) {
  const EventId firm = organisation();
  const EventId first = honour(firm, 2014);
  EXPECT_FLAGGED_FOR(honour(firm, 2014), honour_repeated);
  EXPECT_ACCEPTED(honour(firm, 2015));
  EXPECT_FLAGGED_FOR(honour(firm, 2016, false), wrong_reference);
  retract(first);
  EXPECT_EQ(log.state().facts.rows_of(first).count, 0u);
}

}  // namespace
}  // namespace houniao::testing
