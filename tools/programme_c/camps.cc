// Summer and winter camps for children. A child is registered with a guardian, who agrees before
// anything else is done with the child's data (I15); a camp is planned before it is held, and only
// somebody who was vetted may lead it (I16).
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

struct Season {
  const char* kind;
  Day registered;
  Day first;
  int permille;  // of the camps
};
const std::array<Season, 4>& seasons() {
  static const std::array<Season, 4> kAll = {{
      {"summer_camp", on(2019, 6, 24), on(2019, 7, 8), 300},
      {"winter_camp", on(2020, 1, 4), on(2020, 1, 13), 200},
      {"summer_camp", on(2020, 6, 22), on(2020, 7, 6), 300},
      {"winter_camp", on(2021, 1, 11), on(2021, 1, 25), 200},
  }};
  return kAll;
}

// A child under fourteen and the parent who speaks for it.
PersonId register_child(Story& s, Day when, std::size_t serial) {
  Tablet& tablet = *s.camps;
  const auto year = static_cast<int>(2009 + serial % 4);
  const CivilDate birth{year, static_cast<int>(1 + serial % 12), static_cast<int>(1 + serial % 28)};
  const PersonId guardian = register_person(tablet, when, s.company.identities.person(true, 37));
  const PersonId child =
      register_person(tablet, when, child_born(s.company.identities.person(false, 37), birth));
  name_guardian(tablet, when, child, guardian);
  consent(tablet, when, child, "camp", guardian);
  return child;
}

SessionId plan_camp(Story& s, const Season& season, Day day, StaffId leader) {
  return plan_session(*s.camps, season.registered,
                      {.kind = season.kind,
                       .title = "营地活动",
                       .day = day,
                       .from_minute = 8 * 60 + 30,
                       .to_minute = 17 * 60,
                       .capacity = 45,
                       .leader = leader.value,
                       .obligation = {},
                       .contract = {},
                       .with_minors = true});
}

void hold_camp(Story& s, const Season& season, Day day, StaffId leader, SessionId plan,
               const std::vector<PersonId>& children) {
  const SessionId session = hold_session(*s.camps, day,
                                         {.kind = season.kind,
                                          .headcount = static_cast<std::uint32_t>(children.size()),
                                          .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                                          .from_minute = 8 * 60 + 30,
                                          .to_minute = 17 * 60,
                                          .leader = leader.value,
                                          .tags = {},
                                          .contract = {},
                                          .planned = plan});
  attend(*s.camps, day, session, children);
}

// A leader who was never vetted is put down for a camp. The plan stays held; another one is made.
Result<void> try_unvetted(Story& s) {
  const Season& season = seasons()[2];
  const StaffId fresh = engage(*s.director, on(2020, 6, 15),
                               {.employer = s.league,
                                .post = "camp_leader",
                                .full_time = false,
                                .channel = "recruited",
                                .person = {}});
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  const SessionId plan = plan_camp(s, season, days_after(season.first, 1), fresh);
  s.kept_held.push_back(EventId{plan.value});
  HOUNIAO_TRY(s.camps->sync(kSyncTimeout));
  auto status = s.camps->device().status(EventId{plan.value});
  if (!status) return status.error();
  s.company.tell("未经查询的人员带营：" + std::string(name_zh(*status)) +
                 " / a camp under a leader who was not vetted: " + std::string(name(*status)));
  return {};
}

}  // namespace

Result<void> hold_camps(Story& s) {
  const auto children_all = static_cast<std::size_t>(s.numbers.children);
  const auto camps_all = static_cast<std::size_t>(s.numbers.camps);
  std::size_t serial = 0;
  std::size_t held = 0;
  std::size_t share = 0;
  for (const Season& season : seasons()) {
    share += static_cast<std::size_t>(season.permille);
    const std::size_t until_child = children_all * share / 1000;
    const std::size_t until_camp = camps_all * share / 1000;
    std::vector<PersonId> children;
    for (; serial < until_child; ++serial) {
      children.push_back(register_child(s, season.registered, serial));
    }
    HOUNIAO_TRY(s.camps->sync(kSyncTimeout));
    if (&season == &seasons()[2]) HOUNIAO_TRY(try_unvetted(s));
    if (children.empty()) continue;
    const std::size_t first_camp = held;
    // Everybody comes to two camps of the season; a camp takes its share of the children in turn.
    const std::size_t camps = std::max<std::size_t>(until_camp - first_camp, 1);
    const std::size_t each = std::min(children.size(), (children.size() * 2 + camps - 1) / camps);
    std::size_t next = 0;
    for (; held < until_camp; ++held) {
      const Day day = days_after(season.first, static_cast<std::int64_t>(held - first_camp) * 2);
      const StaffId leader = s.camp_leaders[held % s.camp_leaders.size()];
      std::vector<PersonId> group;
      for (std::size_t i = 0; i < each; ++i) group.push_back(children[next++ % children.size()]);
      const SessionId plan = plan_camp(s, season, day, leader);
      hold_camp(s, season, day, leader, plan, group);
    }
  }
  s.company.tell(
      std::to_string(held) +
      " 场夏令营、冬令营，儿童均有监护人同意 / camps, every child with a guardian's consent");
  return s.camps->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
