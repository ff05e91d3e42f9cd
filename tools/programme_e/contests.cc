// The yearly city contest and the four contests of one district: call, proposals (some of two
// organisations together), scores, and awards that are made public. One juror has an interest: the
// score stays held, and the juror stands aside. An award beyond the budget stays held as well.
#include <algorithm>

#include "tools/programme_e/calls.h"

namespace houniao::programme_e {
namespace {

constexpr std::int64_t kYuan = 100;

struct Entry {
  ProposalId id;
  std::int64_t price_fen = 0;
  int points = 0;
};

struct Contest {
  CallId call;
  CallDraft draft;
  Day opened;
  std::vector<Entry> entries;
  std::size_t winners = 0;
};

void hand_in(Story& s, Contest& contest, std::size_t count, std::size_t first, Dice& dice) {
  for (std::size_t i = 0; i < count; ++i) {
    const OrganisationId lead = s.early(first + i).id;
    // Every eighth proposal is a joint one.
    const std::vector<Share> applicants =
        i % 8 == 7 ? std::vector<Share>{{lead, 600}, {s.early(first + count + i).id, 400}}
                   : std::vector<Share>{{lead, 1000}};
    Entry entry;
    entry.price_fen = dice.between(20, 50) * 1'000 * kYuan;
    entry.id =
        propose(*s.calls, days_after(contest.opened, 10 + static_cast<std::int64_t>(i % 20)),
                contest.call, "公益项目" + std::to_string(i + 1), applicants, entry.price_fen);
    contest.entries.push_back(entry);
  }
}

void judge(Story& s, Contest& contest, std::size_t jurors, Dice& dice) {
  const Day when = days_after(contest.opened, 45);
  for (Entry& entry : contest.entries) {
    for (std::size_t j = 0; j < jurors; ++j) {
      Scores scores{};
      for (int& points : scores) {
        points = static_cast<int>(dice.between(12, kPointsEach));
        entry.points += points;
      }
      score(*s.calls, when, entry.id, s.jurors[j], scores);
    }
  }
}

// The last juror's own agency advised one applicant. What the juror wrote first does not count.
void recuse(Story& s, Contest& contest, std::size_t jurors, Dice& dice) {
  const Day when = days_after(contest.opened, 45);
  Entry& entry = contest.entries.front();
  const StaffId juror = s.jurors[jurors];
  const Scores scores = {static_cast<int>(dice.between(20, 25)), 25, 24, 25};
  const std::string interest = "the juror's agency advised the applicant";
  s.kept_held.push_back(score(*s.calls, when, entry.id, juror, scores, interest));
  stand_aside(*s.calls, when, entry.id, juror, interest);
}

Contest open_contest(Story& s, const CallDraft& draft, Day opened, std::size_t winners) {
  Contest contest;
  contest.draft = draft;
  contest.opened = opened;
  contest.winners = winners;
  contest.call = open_call(*s.calls, opened, draft);
  return contest;
}

// The best by points win; ties go to who handed in first.
std::vector<EventId> decide(Story& s, Contest& contest) {
  std::vector<Entry> ranked = contest.entries;
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Entry& a, const Entry& b) { return a.points > b.points; });
  const std::size_t winners = std::min(contest.winners, ranked.size());
  const Day when = days_after(contest.opened, 60);
  std::vector<EventId> awards;
  for (std::size_t i = 0; i < winners; ++i) {
    awards.push_back(award(*s.chair, when, contest.call, ranked[i].id, ranked[i].price_fen,
                           "rank " + std::to_string(i + 1)));
  }
  return awards;
}

void announce(Story& s, const Contest& contest, const std::vector<EventId>& awards) {
  for (const EventId decided : awards) {
    publish_notice(*s.calls, days_after(contest.opened, 61),
                   {.kind = "award",
                    .title = contest.draft.title,
                    .place = "web site of the city League committee",
                    .subject = decided.value,
                    .days = 10,
                    .year = static_cast<std::uint16_t>(to_civil(contest.opened).year)});
  }
}

std::vector<Contest> tell_city_contests(Story& s) {
  Dice dice = s.company.dice.fork("city contests");
  const auto winners = dice.split(s.numbers.winners, kCityContests);
  std::vector<Contest> out;
  for (std::size_t i = 0; i < kCityContests; ++i) {
    CallDraft draft;
    draft.series = "city_contest";
    draft.title = "市公益创投大赛第" + std::to_string(i + 1) + "届";
    draft.edition = static_cast<std::uint16_t>(i + 1);
    draft.organiser = s.league;
    draft.co_organisers = {s.civil_affairs, s.civility};
    draft.fund = s.fund("contest");
    draft.budget_fen = 1'000'000 * kYuan;
    draft.scored = true;
    const int year = 2013 + static_cast<int>(i);
    Contest contest = open_contest(s, draft, on(year, 5, 6), static_cast<std::size_t>(winners[i]));
    hand_in(s, contest, static_cast<std::size_t>(s.numbers.proposals), 24 * i, dice);
    judge(s, contest, s.jurors.size() - 1, dice);
    if (i == 1) recuse(s, contest, s.jurors.size() - 1, dice);
    out.push_back(std::move(contest));
  }
  return out;
}

std::vector<Contest> tell_district_contests(Story& s) {
  Dice dice = s.company.dice.fork("district contests");
  std::vector<Contest> out;
  for (std::size_t i = 0; i < 4; ++i) {
    CallDraft draft;
    draft.series = "district_contest";
    draft.title = "新北区公益创投大赛第" + std::to_string(i + 1) + "届";
    draft.edition = static_cast<std::uint16_t>(i + 1);
    draft.organiser = s.district_league;
    draft.fund = s.fund("contest");
    draft.budget_fen = 300'000 * kYuan;
    draft.scored = true;
    Contest contest = open_contest(s, draft, on(2014 + static_cast<int>(i), 9, 8), 5);
    hand_in(s, contest, 12, 130 + 20 * i, dice);
    judge(s, contest, 3, dice);
    out.push_back(std::move(contest));
  }
  return out;
}

}  // namespace

Result<void> hold_contests(Story& s) {
  for (int year = 2013; year <= 2017; ++year) {
    receive_money(*s.finance, on(year, 4, 10), s.fund("contest"), s.treasury, 1'300'000 * kYuan);
  }
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  std::vector<Contest> contests = tell_city_contests(s);
  for (Contest& contest : tell_district_contests(s)) contests.push_back(std::move(contest));
  HOUNIAO_TRY(s.calls->sync(kSyncTimeout));
  std::vector<std::vector<EventId>> awards;
  for (Contest& contest : contests) awards.push_back(decide(s, contest));
  // Whoever came last is given the whole budget a second time by mistake.
  const Contest& fifth = contests[kCityContests - 1];
  s.kept_held.push_back(award(*s.chair, days_after(fifth.opened, 60), fifth.call,
                              fifth.entries.back().id, fifth.draft.budget_fen,
                              "typed into the wrong line"));
  HOUNIAO_TRY(s.chair->sync(kSyncTimeout));
  for (std::size_t i = 0; i < contests.size(); ++i) announce(s, contests[i], awards[i]);
  s.company.tell(
      "五届市级、四届区级创投大赛：申报、评审、回避、中选公示 / nine contests with proposals, "
      "scores, a recusal and awards");
  return s.calls->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
