// Theme activities at the youth homes with the volunteers who hold them, and lectures. Most of
// those who come sign a sheet of the house and are counted, not registered.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr std::size_t kInduction = 300;  // volunteers of one induction training

// The whole-number day of the i-th of n activities, spread from spring 2019 to the last days told.
Day activity_day(std::size_t i, std::size_t n) {
  const Day first = on(2019, 3, 2);
  const std::int64_t length = on(2021, 7, 4).value - first.value;
  return days_after(first, static_cast<std::int64_t>(i) * length / static_cast<std::int64_t>(n));
}

// The volunteers of one youth home tablet: registered, enrolled and trained before any duty.
std::vector<Volunteer> enrol_volunteers(Story& s, Tablet& tablet, std::size_t count) {
  const std::array<const char*, 4> kSkills = {"teaching", "first_aid", "arts", "sports"};
  std::vector<Volunteer> out;
  std::vector<PersonId> persons;
  for (std::size_t i = 0; i < count; ++i) {
    const Day when = days_after(on(2019, 2, 10), static_cast<std::int64_t>(i % 10));
    const PersonId person =
        register_person(tablet, when, s.company.identities.person(i % 3 == 0, 37));
    consent(tablet, when, person, "volunteer_file");
    // Every sixth was brought by one who came before.
    const VolunteerId by = i % 6 == 5 ? out[i - 1].id : VolunteerId{};
    out.push_back({person, enrol_volunteer(tablet, when, person, s.welfare[i % kPatrolTeams],
                                           kSkills[i % kSkills.size()], by)});
    persons.push_back(person);
  }
  const Day trained = on(2019, 2, 24);
  for (std::size_t at = 0; at < persons.size(); at += kInduction) {
    const std::size_t end = std::min(at + kInduction, persons.size());
    const std::vector<PersonId> group(persons.begin() + static_cast<std::ptrdiff_t>(at),
                                      persons.begin() + static_cast<std::ptrdiff_t>(end));
    complete_training(tablet, trained, group,
                      {.session = {},
                       .kind = "volunteer_induction",
                       .minutes = 180,
                       .result = schema::TrainingCompleted::Result::PASSED,
                       .certificate = "volunteer_card"});
  }
  return out;
}

struct Plan {
  std::vector<std::int64_t> people;    // at each activity
  std::vector<std::int64_t> turnouts;  // volunteers at each
};

struct Mistake {
  EventId event;  // an attendance typed with a digit too many
  std::int64_t right = 0;
  EventId twice;  // an activity that was entered a second time
};

SessionId hold_theme(Story& s, Tablet& tablet, std::size_t i, Day when, std::int64_t people) {
  const auto culture = static_cast<std::size_t>(s.numbers.culture_activities);
  const auto all = static_cast<std::size_t>(s.numbers.theme_activities);
  // The same activity may draw on both resources: then it carries both tags, and the culture
  // resource is named first.
  const bool is_culture = (i + 1) * culture / all > i * culture / all;
  const std::vector<std::string> tags =
      is_culture ? std::vector<std::string>{"culture_resource", "volunteer_resource"}
                 : std::vector<std::string>{"volunteer_resource"};
  tablet.site = s.youth_homes[i % s.youth_homes.size()];
  return hold_session(tablet, when,
                      {.kind = "theme_activity",
                       .headcount = static_cast<std::uint32_t>(people),
                       .method = schema::SessionHeld::CountingMethod::REPORTED,
                       .from_minute = 14 * 60,
                       .to_minute = 16 * 60 + 30,
                       .leader = tablet.actor,
                       .tags = tags,
                       .contract = {},
                       .planned = {}});
}

// One activity: held, signed for, and the volunteers who held it. Volunteers take turns, so that
// nobody is in two places on one day.
void tell_activity(Story& s, Tablet& tablet, const std::vector<Volunteer>& volunteers,
                   std::size_t& turn, std::size_t i, const Plan& all, Mistake& mistake) {
  const Day when = activity_day(i, all.people.size());
  const SessionId session = hold_theme(s, tablet, i, when, all.people[i]);
  const bool mistyped = i == all.people.size() / 3;
  const std::int64_t written = mistyped ? all.people[i] * 10 : all.people[i];
  const EventId sheet = tablet.add(when, [=](Body body) {
    auto a = body.initAttendanceRecorded();
    a.setSession(session.value);
    a.setMethod(schema::AttendanceRecorded::Method::SHEET);
    a.setAnonymous(static_cast<std::uint32_t>(written));
  });
  if (mistyped) {
    mistake.event = sheet;
    mistake.right = all.people[i];
  }
  for (std::int64_t n = 0; n < all.turnouts[i]; ++n) {
    check_in(tablet, when,
             {.volunteer = volunteers[turn++ % volunteers.size()].id,
              .session = session,
              .kind = "theme_activity",
              .in_minute = 13 * 60 + 30,
              .out_minute = 17 * 60,
              .physical_risk = false,
              .with_minors = true});
  }
  if (i == all.people.size() / 2) {
    mistake.twice = EventId{hold_theme(s, tablet, i, when, all.people[i]).value};
  }
}

// The district's secretary puts right what two entries got wrong.
Result<void> put_right(Story& s, const Mistake& mistake) {
  const Elsewhere there(*s.director, s.scope("volunteering"));
  if (mistake.event) {
    correct_number(*s.director, on(2021, 7, 5), mistake.event,
                   schema::EventCorrected::Field::QUANTITY, mistake.right, s.secretary_staff,
                   "a digit too many, compared with the sheet");
  }
  if (mistake.twice) {
    retract(*s.director, on(2021, 7, 5), mistake.twice, s.secretary_staff,
            "the same activity was entered twice");
  }
  return s.director->sync(kSyncTimeout);
}

}  // namespace

Result<void> hold_activities(Story& s) {
  Dice dice = s.company.dice.fork("theme activities");
  const auto count = static_cast<std::size_t>(s.numbers.theme_activities);
  const Plan all{dice.split(s.numbers.minors, count), dice.split(s.numbers.turnouts, count)};
  const auto pool = static_cast<std::size_t>(s.numbers.volunteers) / s.volunteering.size();
  Mistake mistake;
  for (std::size_t t = 0; t < s.volunteering.size(); ++t) {
    Tablet& tablet = *s.volunteering[t];
    const std::vector<Volunteer> volunteers = enrol_volunteers(s, tablet, pool);
    HOUNIAO_TRY(tablet.sync(kSyncTimeout));
    // The second tablet travels to homes without a network and is read out once at the end.
    if (t == 1) tablet.device().disconnect();
    std::size_t turn = 0;
    for (std::size_t i = t; i < count; i += s.volunteering.size()) {
      tell_activity(s, tablet, volunteers, turn, i, all, mistake);
    }
    HOUNIAO_TRY(tablet.save());
    if (t == 1) HOUNIAO_TRY(tablet.connect());
    HOUNIAO_TRY(tablet.sync(kSyncTimeout));
    tablet.site = {};
  }
  s.company.tell(std::to_string(count) +
                 " 场主题活动与志愿者报到 / theme activities with their volunteers");
  return put_right(s, mistake);
}

Result<void> hold_lectures(Story& s) {
  Dice dice = s.company.dice.fork("lectures");
  const auto count = static_cast<std::size_t>(s.numbers.lectures);
  const Elsewhere halls(*s.clerk, s.scope("district"));
  for (std::size_t i = 0; i < count; ++i) {
    const Day when = std::min(days_after(activity_day(i, count), 5), on(2021, 7, 4));
    const auto people = static_cast<std::uint32_t>(dice.between(40, 120));
    s.clerk->organisation = s.lecturer_teams[i % s.lecturer_teams.size()];
    const SessionId session = hold_session(*s.clerk, when,
                                           {.kind = "lecture",
                                            .headcount = people,
                                            .method = schema::SessionHeld::CountingMethod::COUNTED,
                                            .from_minute = 9 * 60,
                                            .to_minute = 10 * 60 + 30,
                                            .leader = 0,
                                            .tags = {"history", "policy"},
                                            .contract = {},
                                            .planned = {}});
    attend(*s.clerk, when, session, {}, people);
  }
  s.clerk->organisation = s.league;
  return s.clerk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
