#include "tools/programme_a/story.h"

#include <algorithm>

namespace houniao::programme_a {

const std::array<Season, kSeasons>& seasons() {
  static const std::array<Season, kSeasons> kAll = {{
      {"2014 年下半年", "second half of 2014", on(2014, 6, 1), on(2014, 12, 31)},
      {"2015 年上半年", "first half of 2015", on(2015, 1, 1), on(2015, 6, 30)},
      {"2015 年下半年", "second half of 2015", on(2015, 7, 1), on(2015, 12, 31)},
      {"2016 年 1 月", "January 2016", on(2016, 1, 1), on(2016, 1, 25)},
  }};
  return kAll;
}

Story::Story(const Pack& pack_of_a, stage::Backstage& backstage, std::uint64_t seed,
             std::function<void(std::string_view)> teller, std::int64_t permille)
    : company(pack_of_a, backstage, seed, std::move(teller)),
      numbers(Numbers::from_seed(company.dice, permille)),
      film_audience{Draw(*this, "films", 3), {}},
      guests{Draw(*this, "guests", 17), {}} {}

std::size_t Story::registered_by(Day day) const {
  const auto after =
      std::partition_point(residents.begin(), residents.end(),
                           [&](const Resident& resident) { return resident.registered <= day; });
  return static_cast<std::size_t>(after - residents.begin());
}

Draw::Draw(const Story& story, std::string_view purpose, int step_max, Whom whom)
    : story_(story), dice_(story.company.dice.fork(purpose)), step_max_(step_max), whom_(whom) {}

bool Draw::may_take(std::size_t index) const {
  const Resident& resident = story_.residents[index];
  if (resident.left != kStays || taken_.contains(index)) return false;
  return resident.arrived || whom_ == Whom::anybody;
}

PersonId Draw::next(Day day) {
  const std::size_t end = story_.registered_by(day);
  HOUNIAO_ASSERT(end > 0);
  if (!started_) at_ = whom_ == Whom::anybody ? end * 19 / 20 : dice_.index(end);
  started_ = true;
  at_ += static_cast<std::size_t>(dice_.between(1, step_max_));
  // Whoever is not free is passed over; a whole round without anybody is a story that does not fit
  // its people.
  for (std::size_t tries = 0; tries < end; ++tries, ++at_) {
    const std::size_t index = at_ % end;
    if (!may_take(index)) continue;
    taken_.insert(index);
    return story_.residents[index].id;
  }
  HOUNIAO_ASSERT(!"a resident is left to draw");
  return {};
}

std::vector<PersonId> Draw::next(Day day, int count) {
  std::vector<PersonId> out;
  for (int i = 0; i < count; ++i) out.push_back(next(day));
  return out;
}

std::vector<PersonId> Audience::come(Dice& dice, Day day, int fresh, int again) {
  std::vector<PersonId> out = newcomers.next(day, fresh);
  for (const PersonId person : some_of(dice, known, static_cast<std::size_t>(again))) {
    out.push_back(person);
  }
  known.insert(known.end(), out.begin(), out.begin() + fresh);
  return out;
}

SessionId hold(Tablet& tablet, const Gathering& gathering) {
  const stage::Elsewhere at(tablet, tablet.scope, gathering.site, gathering.programme);
  stage::SessionDraft draft;
  draft.kind = gathering.kind;
  draft.headcount = static_cast<std::uint32_t>(gathering.persons.size()) + gathering.anonymous +
                    gathering.elsewhere;
  draft.from_minute = gathering.from_minute;
  draft.to_minute = gathering.to_minute;
  draft.leader = gathering.leader;
  if (!gathering.tag.empty()) draft.tags.push_back(gathering.tag);
  draft.contract = gathering.contract;
  draft.planned = gathering.planned;
  const SessionId session = stage::hold_session(tablet, gathering.day, draft);
  stage::attend(tablet, gathering.day, session, gathering.persons, gathering.anonymous);
  return session;
}

bool is_weekend(Day day) {
  // 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
  return (day.value + 3) % 7 >= 5;
}

Day next_weekend(Day day) {
  while (!is_weekend(day)) ++day.value;
  return day;
}

void set_free_hours(Gathering& gathering, int minutes) {
  gathering.from_minute = is_weekend(gathering.day) ? 14 * 60 : 19 * 60;
  gathering.to_minute = gathering.from_minute + minutes;
}

std::vector<PersonId> some_of(Dice& dice, const std::vector<PersonId>& from, std::size_t count) {
  std::vector<PersonId> out;
  if (from.empty()) return out;
  const std::size_t start = dice.index(from.size());
  for (std::size_t i = 0; i < std::min(count, from.size()); ++i) {
    out.push_back(from[(start + i) % from.size()]);
  }
  return out;
}

}  // namespace houniao::programme_a
