// The caravan that brings lessons to schools of migrant children, six years running, and the law
// and self-protection sessions of 2017 at shops and schools.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

// The i-th of n school days of a year: spring and autumn terms.
Day school_day(int year, std::int64_t i, std::int64_t n) {
  const std::int64_t spring = n / 2;
  if (i < spring) return days_after(on(year, 3, 4), i * 112 / std::max<std::int64_t>(spring, 1));
  return days_after(on(year, 9, 5), (i - spring) * 105 / std::max<std::int64_t>(n - spring, 1));
}

void teach(Tablet& tablet, Day when, SiteId site, const std::string& kind, std::uint32_t people,
           int from_minute, int minutes) {
  tablet.site = site;
  const SessionId session = hold_session(tablet, when,
                                         {.kind = kind,
                                          .headcount = people,
                                          .method = schema::SessionHeld::CountingMethod::COUNTED,
                                          .from_minute = from_minute,
                                          .to_minute = from_minute + minutes,
                                          .leader = tablet.actor,
                                          .tags = {},
                                          .contract = {},
                                          .planned = {}});
  attend(tablet, when, session, {}, people);
  tablet.site = {};
}

}  // namespace

Result<void> drive_caravan(Story& s) {
  Dice dice = s.company.dice.fork("caravan");
  std::size_t turn = 0;
  for (std::size_t y = 0; y < kCaravanYears; ++y) {
    const int year = 2012 + static_cast<int>(y);
    const int lessons = s.numbers.lessons[y];
    // The caravan's tablet is on the road and meets a network once a year.
    s.schools_desk->device().disconnect();
    for (int i = 0; i < lessons; ++i) {
      teach(*s.schools_desk, school_day(year, i, lessons), s.schools[turn++ % s.schools.size()],
            "caravan_lesson", static_cast<std::uint32_t>(dice.between(28, 52)),
            13 * 60 + 30 + 45 * (i % 4), 40);
    }
    HOUNIAO_TRY(s.schools_desk->save());
    HOUNIAO_TRY(s.schools_desk->connect());
    HOUNIAO_TRY(s.schools_desk->sync(kSyncTimeout));
  }
  s.company.tell("六年流动课堂 / six years of lessons on the road");
  return {};
}

Result<void> teach_law(Story& s) {
  Dice dice = s.company.dice.fork("law");
  const auto count = static_cast<std::size_t>(s.numbers.law_sessions);
  const auto people = dice.split(s.numbers.law_people, count);
  std::size_t shop = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Day when = school_day(2017, static_cast<std::int64_t>(i), s.numbers.law_sessions);
    // Every third session is held at a shop, the others at a school.
    const bool at_shop = i % 3 == 0;
    const SiteId site = at_shop ? s.shops[shop++ % static_cast<std::size_t>(s.numbers.law_shops)]
                                : s.schools[i % s.schools.size()];
    teach(*s.law_desk, when, site, "law_session", static_cast<std::uint32_t>(people[i]), 15 * 60,
          50);
  }
  s.company.tell("法治与自护教育 / law and self-protection sessions");
  return s.law_desk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
