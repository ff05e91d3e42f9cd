// The 98 activities: laid down before the story starts, held by the tablet of their place when
// their season comes.
#include <algorithm>

#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

// How many of a kind fall into each of the years 2012 to 2016.
using PerYear = std::array<int, 5>;

// Months in which festivals for which the centre cares fall: Spring Festival, Children's Day and
// Dragon Boat, Mid-Autumn, New Year.
constexpr std::array kFestivalMonths = {1, 2, 6, 9, 12};

Day day_in_year(Dice& dice, int year, bool at_festival) {
  if (year == 2016)
    return day(2016, static_cast<int>(dice.between(1, 2)), static_cast<int>(dice.between(3, 27)));
  const int month =
      at_festival ? dice.pick(kFestivalMonths) : static_cast<int>(dice.between(2, 12));
  return day(year, month, static_cast<int>(dice.between(2, 27)));
}

struct Kind {
  const char* code;
  PerYear per_year;
  int people_least;
  int people_most;
  bool outdoors;
  bool at_centre;
};

void lay_down(Story& story, Dice& dice, const Kind& kind, int billed_in_2015) {
  for (std::size_t year = 0; year < kind.per_year.size(); ++year) {
    for (int i = 0; i < kind.per_year[year]; ++i) {
      Activity activity;
      activity.kind = kind.code;
      const int calendar = 2012 + static_cast<int>(year);
      activity.day = open_day(day_in_year(dice, calendar, activity.kind == "festival_care"));
      activity.outdoors = kind.outdoors;
      activity.place = kind.at_centre ? kStations : dice.index(kStations);
      activity.people = static_cast<int>(dice.between(kind.people_least, kind.people_most));
      activity.listed = !kind.outdoors;
      activity.for_contract = calendar == 2015 && i < billed_in_2015;
      story.activities.push_back(std::move(activity));
    }
  }
}

PerYear spread(int total, PerYear shape) {
  int sum = 0;
  for (const int part : shape) sum += part;
  shape[1] += total - sum;  // 2013 takes what the shape leaves over
  HOUNIAO_ASSERT(shape[1] >= 0);
  return shape;
}

void set_festival_attendance(Story& story, Dice& dice) {
  const std::vector<std::int64_t> people = dice.split(
      story.numbers.festival_attendance, static_cast<std::size_t>(story.numbers.festival));
  std::size_t next = 0;
  for (Activity& activity : story.activities) {
    if (activity.kind == "festival_care") activity.people = static_cast<int>(people[next++]);
  }
}

std::vector<EventId>* units_of(Story& story, const std::string& kind) {
  if (kind == "weekend_class") return &story.units_classes;
  if (kind == "worker_stage") return &story.units_stage;
  if (kind == "festival_care") return &story.units_care;
  return nullptr;
}

EventId plan_class(Story& story, Tablet& tablet, const Activity& activity, std::uint64_t leader) {
  const Day decided{activity.day.value - 14};
  return tablet.add(decided,
                    [=, obligation = story.weekend_classes,
                     contract = activity.for_contract ? story.contract : ContractId{}](Body body) {
                      auto p = body.initSessionPlanned();
                      p.setKind(activity.kind);
                      p.setRoom("class_room");
                      p.setDay(activity.day.value);
                      p.setFromMinute(19 * 60);
                      p.setToMinute(21 * 60);
                      p.setCapacity(80);
                      p.setLeader(leader);
                      p.setObligation(obligation.value);
                      p.setContract(contract.value);
                    });
}

void hold(Story& story, Tablet& tablet, const Activity& activity, Dice& dice) {
  const std::uint64_t leader = tablet.actor;
  EventId plan;
  if (activity.kind == "weekend_class") plan = plan_class(story, tablet, activity, leader);

  EventDraft held = tablet.draft(activity.day);
  if (activity.outdoors) held.site = SiteId{};
  held.occurred_minute = 19 * 60;
  const ContractId contract = activity.for_contract ? story.contract : ContractId{};
  held.body = [=](Body body) {
    auto s = body.initSessionHeld();
    s.setPlanned(plan.value);
    s.setKind(activity.kind);
    s.setFromMinute(19 * 60);
    s.setToMinute(21 * 60);
    s.setLeader(leader);
    s.setHeadcount(static_cast<std::uint32_t>(activity.people));
    s.setCountingMethod(activity.outdoors ? schema::SessionHeld::CountingMethod::ESTIMATED
                                          : schema::SessionHeld::CountingMethod::COUNTED);
    s.setContract(contract.value);
  };
  const EventDraft like = held;
  const EventId session = tablet.add(std::move(held));
  if (activity.for_contract) {
    if (std::vector<EventId>* units = units_of(story, activity.kind)) units->push_back(session);
  }

  // A sheet goes round: part of those present sign with their name, the rest are counted.
  std::vector<std::uint64_t> names;
  if (activity.listed && activity.place < kStations) {
    const auto& clients = story.stations[activity.place].clients;
    const std::size_t wanted =
        std::min<std::size_t>(clients.size(), static_cast<std::size_t>(activity.people) / 2);
    const std::size_t start = clients.empty() ? 0 : dice.index(clients.size());
    for (std::size_t i = 0; i < wanted; ++i) {
      const Served& client = clients[(start + i) % clients.size()];
      if (client.registered <= activity.day) names.push_back(client.id.value);
    }
  }
  EventDraft sheet = like;
  const auto anonymous =
      static_cast<std::uint32_t>(activity.people) - static_cast<std::uint32_t>(names.size());
  sheet.body = [session, anonymous, names = std::move(names)](Body body) {
    auto a = body.initAttendanceRecorded();
    a.setSession(session.value);
    auto persons = a.initPersons(static_cast<unsigned>(names.size()));
    for (unsigned i = 0; i < names.size(); ++i) persons.set(i, names[i]);
    a.setAnonymous(anonymous);
    a.setMethod(schema::AttendanceRecorded::Method::SHEET);
  };
  tablet.add(std::move(sheet));
}

}  // namespace

void plan_activities(Story& story) {
  Dice dice = story.dice.fork("activities");
  const Numbers& n = story.numbers;
  // The centre began its classes in 2015 and held ten by the following spring.
  lay_down(story, dice,
           {"weekend_class", spread(n.weekend_classes, {0, 0, 0, 8, 2}), 32, 64, false, true}, 5);
  lay_down(story, dice, {"karaoke_show", spread(n.karaoke, {1, 2, 2, 2, 1}), 160, 420, true, true},
           0);
  lay_down(story, dice,
           {"worker_stage", spread(n.worker_stage, {2, 3, 3, 6, 1}), 200, 620, true, true}, 5);
  lay_down(story, dice, {"opera_community", spread(n.opera, {1, 2, 1, 2, 1}), 220, 560, true, true},
           0);
  lay_down(story, dice, {"community_gala", spread(n.galas, {1, 1, 1, 1, 0}), 380, 900, true, true},
           0);
  lay_down(story, dice, {"festival_care", spread(n.festival, {8, 9, 9, 12, 3}), 1, 1, false, false},
           10);
  const std::array<const char*, 4> others = {"happy_camp", "family_photo", "free_haircut",
                                             "sports_meet"};
  for (int i = 0; i < n.sessions_other(); ++i) {
    PerYear year{};
    year[static_cast<std::size_t>(i) % 4] = 1;
    lay_down(story, dice,
             {others[static_cast<std::size_t>(i) % others.size()], year, 24, 58, false, false}, 0);
  }
  set_festival_attendance(story, dice);
  std::stable_sort(story.activities.begin(), story.activities.end(),
                   [](const Activity& a, const Activity& b) { return a.day < b.day; });
  for (const Activity& activity : story.activities) story.attendance += activity.people;
  HOUNIAO_ASSERT(static_cast<int>(story.activities.size()) == n.sessions);
}

void hold_activities(Story& story, std::size_t season, std::size_t place) {
  Dice dice = story.dice.fork("hold" + std::to_string(season) + "-" + std::to_string(place));
  Tablet& tablet = place == kStations ? *story.cast.clerk : *story.cast.stations[place];
  for (const Activity& activity : story.activities) {
    if (activity.place == place && season_of(activity.day) == season)
      hold(story, tablet, activity, dice);
  }
}

}  // namespace houniao::programme_b
