#include "replay/view.h"

#include <gtest/gtest.h>

#include "tests/unit/replay/scenario.h"

namespace houniao::testing {
namespace {

using schema::Role;

TEST(Views, held_events_say_why_in_both_languages) {
  LogBuilder log;
  const DeviceNumber field = log.enrol({.roles = {Role::FIELD}});
  const EventId first = open_site(log, field, Day{100});
  const EventId second = open_site(log, field, Day{100});
  const auto held = held_events(log.state(), 10);
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].id, first);
  EXPECT_EQ(held[0].name, "SiteOpened");
  EXPECT_EQ(held[0].name_zh, "阵地启用");
  ASSERT_EQ(held[0].reasons.size(), 1u);
  EXPECT_EQ(held[0].reasons[0].name, "missing_role");
  EXPECT_FALSE(held[0].reasons[0].zh.empty());
  EXPECT_FALSE(held[0].reasons[0].en.empty());
  const auto page = held_events(log.state(), 1, first);
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].id, second);
  EXPECT_EQ(count_by_status(log.state())[static_cast<std::size_t>(EventStatus::held)], 2u);
  EXPECT_EQ(events_by_status(log.state(), EventStatus::held, 10).size(), 2u);
}

TEST(Views, a_person_is_shown_with_duplicates_and_links) {
  LogBuilder log;
  const DeviceNumber field = log.enrol({.roles = {Role::FIELD, Role::SUPERVISOR}});
  const EventId a = register_person(log, field, {.number = 1});
  const EventId b = register_person(log, field, {.number = 1});
  const auto view = [&](EventId id) {
    return *view_person(log.state(), entity_cast<PersonId>(id));
  };
  EXPECT_EQ(view(a).sex, "female");
  EXPECT_EQ(view(a).duplicates, std::vector<PersonId>{entity_cast<PersonId>(b)});
  link_persons(log, field, a, b, true);
  EXPECT_TRUE(view(a).duplicates.empty());
  EXPECT_EQ(view(b).representative, entity_cast<PersonId>(a));
  EXPECT_FALSE(view_person(log.state(), PersonId{999}).has_value());
}

TEST(Views, every_reason_has_words_in_both_languages_and_a_number_of_its_own) {
  for (std::uint16_t number = 1; number <= Reasons::kNumberMax; ++number) {
    const ReasonRow* row = find_reason(number);
    if (row == nullptr) continue;
    EXPECT_FALSE(row->zh.empty()) << row->name;
    EXPECT_FALSE(row->en.empty()) << row->name;
    EXPECT_EQ(find_reason(row->name), row);
  }
  EXPECT_EQ(find_reason(std::uint16_t{0}), nullptr);
}

TEST(ReasonSets, are_ordered_small_and_waive_all_but_the_firm_ones) {
  Reasons reasons{Reason::missing_role, Reason::orphan, Reason::clock_skew};
  EXPECT_EQ(reasons.numbers(), (std::vector<std::uint16_t>{1, 4, 8}));
  const Reasons rest = reasons.without_waived(reasons);
  EXPECT_EQ(rest, Reasons{Reason::orphan});
  EXPECT_FALSE(Reasons{Reason::clock_skew}.any_of_at_least(Severity::hold));
  EXPECT_TRUE(Reasons{Reason::missing_role}.any_of_at_least(Severity::hold));
  EXPECT_FALSE(Reasons{}.add_number(256));
}

}  // namespace
}  // namespace houniao::testing
