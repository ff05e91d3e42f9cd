// What happens at the centre season by season: films, reading clubs, courses, the branches of
// hobbies, seven single activities, advice at the counters. All of it outside working hours.
#include <algorithm>

#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

struct Single {
  const char* kind;
  int year, month, date;
};
// The seven activities that happened once each.
constexpr std::array kSingles = {
    Single{"legal_day", 2014, 10, 18},      Single{"free_clinic", 2014, 11, 22},
    Single{"health_talk", 2015, 3, 14},     Single{"womens_rights", 2015, 3, 7},
    Single{"computer_repair", 2015, 5, 16}, Single{"career_training", 2015, 9, 19},
    Single{"matchmaking", 2015, 8, 22}};

struct Hobby {
  const char* code;
  const char* name;
  int minutes;
  bool at_centre;
};
// Four of the six are known by name.
constexpr std::array<Hobby, kBranches> kHobbies = {{{"hiking", "户外支部", 300, false},
                                                    {"basketball", "篮球支部", 120, false},
                                                    {"handicraft", "手工支部", 120, true},
                                                    {"fitness", "健身支部", 90, true},
                                                    {"fifth", "第五支部", 120, true},
                                                    {"sixth", "第六支部", 120, true}}};

// The `i`-th of `count` free days between two dates.
Day spread(Day from, Day to, int i, int count) {
  return next_weekend(
      stage::days_after(from, std::int64_t{to.value - from.value} * i / std::max(count, 1)));
}

void show_films(Story& story, std::size_t season) {
  Dice dice = story.company.dice.fork("film evenings" + std::to_string(season));
  const Numbers& n = story.numbers;
  for (int i = 0; i < n.films; ++i) {
    Gathering film;
    film.kind = "film";
    film.day = spread(on(2014, 8, 2), on(2016, 1, 16), i, n.films);
    if (!falls_in(season, film.day)) continue;
    film.to_minute = 21 * 60 + 30;
    film.site = story.centre;
    film.programme = story.film;
    film.leader = story.clerk.value;
    film.persons =
        story.film_audience.come(dice, film.day, part(n.film_goers, i, n.films), n.film_again);
    const SessionId shown = hold(*story.cast.clerk, film);
    if (!story.first_film) story.first_film = shown;
  }
}

void read_together(Story& story, std::size_t season) {
  Draw readers(story, "readers" + std::to_string(season), 11);
  const Numbers& n = story.numbers;
  for (int i = 0; i < n.readings; ++i) {
    Gathering club;
    club.kind = "reading_club";
    // Two in the first year, five in the next, of which four are paid for by the contract.
    club.day = i < 2 ? next_weekend(on(2014, 10 + i, 8)) : next_weekend(on(2015, 2 * i - 2, 10));
    if (!falls_in(season, club.day)) continue;
    set_free_hours(club, 120);
    club.site = story.centre;
    club.programme = story.reading;
    club.leader = story.social_worker.value;
    club.persons = readers.next(club.day, part(12 * 7 + 20, i, 7));
    const bool billed = i >= 2 && i < 6;
    if (billed) club.contract = story.contract;
    const SessionId held = hold(*story.cast.social_worker, club);
    if (billed) story.units.push_back(EventId{held.value});
  }
}

void teach(Story& story, std::size_t season) {
  Draw learners(story, "learners" + std::to_string(season), 13);
  for (int i = 0; i < story.numbers.courses; ++i) {
    Gathering course;
    course.kind = "skills_course";
    course.day = stage::days_after(on(2015, 1, 14), std::int64_t{33} * i);
    if (!falls_in(season, course.day)) continue;
    set_free_hours(course, 120);
    course.site = story.centre;
    course.leader = story.social_worker.value;
    course.persons = learners.next(course.day, 14 + i % 5);
    course.contract = story.contract;
    story.units.push_back(EventId{hold(*story.cast.social_worker, course).value});
  }
}

void hold_singles(Story& story, std::size_t season) {
  Dice dice = story.company.dice.fork("singles" + std::to_string(season));
  for (std::size_t i = 0; i < kSingles.size(); ++i) {
    const Single& single = kSingles[i];
    Gathering gathering;
    gathering.kind = single.kind;
    gathering.day = on(single.year, single.month, single.date);
    if (!falls_in(season, gathering.day)) continue;
    set_free_hours(gathering, 150);
    gathering.site = story.centre;
    gathering.leader = story.clerk.value;
    constexpr int kAgain = 4;
    gathering.persons = story.guests.come(
        dice, gathering.day,
        part(story.numbers.guests, static_cast<int>(i), static_cast<int>(kSingles.size())), kAgain);
    hold(*story.cast.clerk, gathering);
  }
}

void meet_branches(Story& story, std::size_t season) {
  Dice dice = story.company.dice.fork("branches" + std::to_string(season));
  const int sessions = story.numbers.branch_sessions;
  for (std::size_t b = 0; b < kBranches; ++b) {
    const Branch& branch = story.branches[b];
    const Hobby& hobby = kHobbies[b];
    for (int i = 0; i < sessions; ++i) {
      Gathering meeting;
      meeting.kind = "branch_activity";
      meeting.day = spread(on(2014, 9, 6), on(2016, 1, 10), i, sessions);
      if (!falls_in(season, meeting.day)) continue;
      set_free_hours(meeting, hobby.minutes);
      if (hobby.at_centre) meeting.site = story.centre;
      if (branch.code == "basketball") meeting.site = story.estate;
      meeting.tag = branch.code;
      const auto people = static_cast<std::size_t>(dice.between(7, 18));
      meeting.persons = some_of(dice, branch.members, people);
      hold(*story.cast.clerk, meeting);
    }
  }
}

struct Counter {
  const char* kind;
  int share;  // of a hundred services
  int minutes;
};
constexpr std::array kCounters = {
    Counter{"legal_advice", 24, 30}, Counter{"clinic", 22, 15},
    Counter{"rights_help", 12, 40},  Counter{"repair", 18, 30},
    Counter{"job_advice", 16, 25},   Counter{"emergency_help", 8, 60}};

EventId serve(Story& story, Tablet& tablet, Day day, const std::string& kind, PersonId person,
              int minutes, StaffId staff, ContractId contract = {}) {
  stage::ServiceDraft service;
  service.kind = kind;
  service.persons = {person};
  service.minutes = static_cast<std::uint32_t>(minutes);
  service.staff = staff;
  service.contract = contract;
  const stage::Elsewhere at(tablet, tablet.scope, story.centre);
  return stage::deliver_service(tablet, day, service);
}

void advise(Story& story, std::size_t season) {
  Draw clients(story, "clients" + std::to_string(season), 7);
  for (const Counter& counter : kCounters) {
    const int all = story.numbers.services * counter.share / 100;
    for (int i = 0; i < all; ++i) {
      const Day day = stage::days_after(on(2014, 8, 11), std::int64_t{520} * i / std::max(all, 1));
      if (!falls_in(season, day)) continue;
      serve(story, *story.cast.clerk, day, counter.kind, clients.next(day), counter.minutes,
            story.clerk);
    }
  }
  // Talks with the social worker, which the district buys.
  for (int i = 0; i < story.numbers.counselling_billed; ++i) {
    const Day day =
        stage::days_after(on(2015, 1, 9), std::int64_t{340} * i / story.numbers.counselling_billed);
    if (!falls_in(season, day)) continue;
    story.units.push_back(serve(story, *story.cast.social_worker, day, "counselling",
                                clients.next(day), 50, story.social_worker, story.contract));
  }
}

}  // namespace

Result<void> form_branches(Story& story) {
  Tablet& director = *story.cast.director;
  Draw members(story, "branch members", 5);
  const Day formed = on(2014, 8, 23);
  for (std::size_t b = 0; b < kBranches; ++b) {
    Branch& branch = story.branches[b];
    stage::BodyDraft draft;
    draft.kind = "interest_branch";
    draft.name = kHobbies[b].name;
    draft.level = "community";
    draft.region = story.pack().region;
    draft.parent = story.community_branch;
    branch.code = kHobbies[b].code;
    branch.id = stage::register_body(director, formed, draft);
  }
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  Tablet& clerk = *story.cast.clerk;
  const Day joined = on(2014, 8, 30);
  for (Branch& branch : story.branches) {
    branch.members = members.next(joined, story.numbers.branch_members);
    for (const PersonId person : branch.members) {
      stage::join(clerk, joined, person.value, branch.id.value, "branch_member");
    }
    stage::appoint(director, joined, branch.members.front(), "branch_leader", branch.id.value);
  }
  // The film team's online group.
  story.film_group = entity_cast<AssetId>(clerk.add(on(2014, 9, 1), [](stage::Body body) {
    auto a = body.initAssetRecorded();
    a.setKind("qq_group");
    a.setName("film team");
    a.setQuantity(1);
  }));
  Draw group(story, "film group", 4);
  for (const PersonId person : group.next(on(2014, 9, 6), story.numbers.group_members)) {
    stage::join(clerk, on(2014, 9, 6), person.value, story.film_group.value, "film_group_member");
  }
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  story.tell("六个兴趣支部与线上群建立 / six branches of hobbies and the online group are formed");
  return {};
}

Result<void> work_season(Story& story, std::size_t season) {
  const std::uint64_t before = story.company.written();
  show_films(story, season);
  read_together(story, season);
  teach(story, season);
  hold_singles(story, season);
  meet_branches(story, season);
  advise(story, season);
  keep_promises(story, season);
  HOUNIAO_TRY(story.cast.clerk->sync(kSyncTimeout));
  HOUNIAO_TRY(story.cast.social_worker->sync(kSyncTimeout));
  HOUNIAO_TRY(story.cast.alliance->sync(kSyncTimeout));
  const std::string number = std::to_string(story.company.written() - before);
  story.tell(std::string(seasons()[season].name_zh) + "：活动与服务记录 " + number + " 条 / " +
             std::string(seasons()[season].name_en) + ": " + number +
             " records of activities and services");
  return {};
}

}  // namespace houniao::programme_a
