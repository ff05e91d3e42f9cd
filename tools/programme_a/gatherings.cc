// The three promises of the centre: young people meet every quarter, workers and employers talk
// every half-year with both sides present, and on every great holiday there is a party that
// enterprises and the centre pay together.
#include <algorithm>

#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

// How many a plan provides for, on the estate's square and in the hall.
constexpr std::uint32_t kOutdoors = 400;
constexpr std::uint32_t kHall = 120;

struct Party {
  const char* holiday;
  int year, month, date;
};
constexpr std::array<Party, kParties> kPartyDays = {{{"national_day_2014", 2014, 10, 1},
                                                     {"new_year_2015", 2014, 12, 31},
                                                     {"spring_festival_2015", 2015, 2, 14},
                                                     {"labour_day_2015", 2015, 5, 1},
                                                     {"mid_autumn_2015", 2015, 9, 26},
                                                     {"new_year_2016", 2015, 12, 31}}};

SessionId plan(Tablet& tablet, const Gathering& gathering, ObligationId obligation,
               std::uint32_t capacity, std::vector<std::pair<FundId, std::uint16_t>> shares = {}) {
  stage::PlanDraft draft;
  draft.kind = gathering.kind;
  draft.title = gathering.tag;
  draft.day = gathering.day;
  draft.from_minute = gathering.from_minute;
  draft.to_minute = gathering.to_minute;
  draft.capacity = capacity;
  draft.leader = gathering.leader;
  draft.obligation = obligation;
  draft.shares = std::move(shares);
  const stage::Elsewhere at(tablet, tablet.scope, gathering.site);
  return stage::plan_session(tablet, stage::days_after(gathering.day, -14), draft);
}

// Some of those who were there answer the questionnaire.
void ask_around(Tablet& tablet, Dice& dice, const Gathering& gathering, SessionId session) {
  const std::size_t asked = std::min<std::size_t>(20, gathering.persons.size());
  for (std::size_t i = 0; i < asked; ++i) {
    const int points = static_cast<int>(dice.between(2, 5));
    stage::survey(tablet, stage::days_after(gathering.day, 1), session.value,
                  gathering.persons[i].value, points);
  }
}

int scaled(const Story& story, int people) {
  return std::max(6, static_cast<int>(people * story.numbers.permille / 1000));
}

void meet_friends(Story& story, std::size_t season) {
  constexpr std::array kDays = {
      CivilDate{2014, 9, 20}, CivilDate{2014, 11, 29}, CivilDate{2015, 2, 7}, CivilDate{2015, 5, 9},
      CivilDate{2015, 8, 8},  CivilDate{2015, 11, 14}, CivilDate{2016, 1, 9}};
  Draw guests(story, "friends" + std::to_string(season), 9, Whom::anybody);
  Dice dice = story.company.dice.fork("friendship" + std::to_string(season));
  for (const CivilDate& date : kDays) {
    Gathering meeting;
    meeting.kind = "friendship_meeting";
    meeting.day = to_day(date);
    if (!falls_in(season, meeting.day)) continue;
    set_free_hours(meeting, 180);
    meeting.site = story.estate;
    meeting.leader = story.clerk.value;
    meeting.planned = plan(*story.cast.clerk, meeting, story.friendship, kOutdoors);
    meeting.persons =
        guests.next(meeting.day, scaled(story, static_cast<int>(dice.between(46, 64))));
    meeting.anonymous = static_cast<std::uint32_t>(dice.between(5, 18));
    ask_around(*story.cast.clerk, dice, meeting, hold(*story.cast.clerk, meeting));
  }
}

void register_representatives(Story& story) {
  Tablet& tablet = *story.cast.alliance;
  const Day when = on(2014, 11, 18);
  for (Firm& firm : story.firms) {
    firm.representative =
        stage::register_person(tablet, when, story.company.identities.person(false, 32), firm.id);
    stage::join(tablet, when, firm.representative.value, story.alliance.value,
                "employer_representative");
  }
}

// The workers sign the centre's sheet, the employers' representatives that of the alliance.
void talk(Story& story, std::size_t season) {
  constexpr std::array kDays = {CivilDate{2014, 12, 13}, CivilDate{2015, 6, 13},
                                CivilDate{2015, 12, 12}};
  Draw workers(story, "workers" + std::to_string(season), 19);
  Dice dice = story.company.dice.fork("talk" + std::to_string(season));
  for (const CivilDate& date : kDays) {
    Gathering meeting;
    meeting.kind = "employer_talk";
    meeting.day = to_day(date);
    if (!falls_in(season, meeting.day)) continue;
    if (season == 0) register_representatives(story);
    set_free_hours(meeting, 120);
    meeting.site = story.centre;
    meeting.leader = story.clerk.value;
    std::vector<PersonId> employers;
    for (const Firm& firm : story.firms) {
      if (!dice.one_in(4)) employers.push_back(firm.representative);
    }
    meeting.planned = plan(*story.cast.clerk, meeting, story.talk, kHall);
    meeting.persons =
        workers.next(meeting.day, scaled(story, static_cast<int>(dice.between(26, 38))));
    meeting.elsewhere = static_cast<std::uint32_t>(employers.size());
    const SessionId session = hold(*story.cast.clerk, meeting);
    const stage::Elsewhere at(*story.cast.alliance, story.cast.alliance->scope, story.centre);
    stage::attend(*story.cast.alliance, meeting.day, session, employers);
  }
}

}  // namespace

void keep_promises(Story& story, std::size_t season) {
  meet_friends(story, season);
  talk(story, season);
}

Result<void> hold_parties(Story& story, std::size_t season) {
  constexpr std::int64_t kThousandYuan = 100'000;
  Draw guests(story, "party guests" + std::to_string(season), 5, Whom::anybody);
  Dice dice = story.company.dice.fork("parties" + std::to_string(season));
  Tablet& clerk = *story.cast.clerk;
  int number = 0;
  for (const Party& party : kPartyDays) {
    ++number;
    Gathering evening;
    evening.kind = "holiday_party";
    evening.tag = party.holiday;
    evening.day = on(party.year, party.month, party.date);
    if (!falls_in(season, evening.day)) continue;
    evening.from_minute = 18 * 60 + 30;
    evening.site = story.estate;
    evening.leader = story.clerk.value;
    // What each side will pay is agreed before the party.
    const auto permille = static_cast<std::uint16_t>(dice.between(11, 14) * 50);
    const std::int64_t cost = dice.between(12, 26) * kThousandYuan;
    const std::int64_t enterprises = cost / 1000 * permille;
    evening.planned = plan(clerk, evening, story.party, kOutdoors,
                           {{story.party_enterprises, permille},
                            {story.party_centre, static_cast<std::uint16_t>(1000 - permille)}});
    evening.persons =
        guests.next(evening.day, scaled(story, static_cast<int>(dice.between(180, 260))));
    evening.anonymous = static_cast<std::uint32_t>(dice.between(30, 90));
    const SessionId session = hold(clerk, evening);
    ask_around(clerk, dice, evening, session);
    HOUNIAO_TRY(clerk.sync(kSyncTimeout));
    HOUNIAO_TRY(pay_party(story, evening.day, session, enterprises, cost - enterprises, number));
  }
  return {};
}

}  // namespace houniao::programme_a
