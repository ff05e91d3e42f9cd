// Who moves in and out: two desks of the estate register young workers from all over the country,
// one of them without a network for half a year.
#include <algorithm>

#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

// Provinces that people come from, GB/T 2260; the first ones more often.
constexpr std::array<std::uint32_t, 20> kProvinces = {32, 34, 41, 37, 42, 36, 61, 43, 51, 62,
                                                      33, 35, 13, 14, 50, 52, 53, 45, 23, 21};

constexpr std::size_t kAwaySeason = 1;
constexpr std::size_t kAwayDesk = 1;

// When the `serial`-th of `all` moves in: more than half of them when the estate opens.
Day moving_day(int serial, int all) {
  const Day opening = on(2014, 6, 15);
  const Day filled = on(2014, 7, 31);
  const Day last = on(2015, 12, 31);
  const int first = all * 55 / 100;
  if (serial < first) {
    return stage::days_after(opening, std::int64_t{filled.value - opening.value} * serial / first);
  }
  return stage::days_after(
      filled, std::int64_t{last.value - filled.value} * (serial - first + 1) / (all - first));
}

std::uint32_t province(Dice& dice) {
  const std::size_t first = dice.index(kProvinces.size());
  return kProvinces[std::min(first, dice.index(kProvinces.size()))];
}

void register_resident(Story& story, int serial, int all, Dice& dice) {
  Resident resident;
  resident.registered = moving_day(serial, all);
  resident.desk = static_cast<std::size_t>(serial) % kDesks;
  // Those who leave are spread over everybody who came early enough to have gone again.
  const int early = all * 9 / 10;
  const bool leaves = serial < early && part(story.numbers.moved_out, serial, early) > 0;
  if (leaves) {
    const std::int32_t earliest = resident.registered.value + 40;
    resident.left = Day{static_cast<std::int32_t>(dice.between(earliest, on(2016, 1, 20).value))};
  }
  Tablet& desk = *story.cast.desks[resident.desk];
  const stage::Identity identity = story.company.identities.person(dice.one_in(3), province(dice));
  resident.id = stage::register_person(desk, resident.registered, identity,
                                       dice.pick(story.firms).id, story.estate);
  stage::join(desk, resident.registered, resident.id.value, story.residents_office.value,
              "resident");
  story.residents.push_back(resident);
}

void move_out(Story& story, const Resident& resident) {
  Tablet& desk = *story.cast.desks[resident.desk];
  stage::leave(desk, resident.left, resident.id.value, story.residents_office.value, "resident");
  desk.add(resident.left, [id = resident.id, day = resident.left](stage::Body body) {
    auto s = body.initPersonStatusChanged();
    s.setPerson(id.value);
    s.setStatus(schema::PersonStatusChanged::Status::MOVED_OUT);
    s.setDay(day.value);
  });
}

void see_arrived(Story& story, std::size_t desk) {
  for (Resident& resident : story.residents) {
    if (resident.desk == desk) resident.arrived = true;
  }
}

}  // namespace

Result<void> move_in(Story& story, std::size_t season) {
  Tablet& away = *story.cast.desks[kAwayDesk];
  if (season == kAwaySeason) away.device().disconnect();
  if (season == kAwaySeason + 1) {
    HOUNIAO_TRY(away.connect());
    HOUNIAO_TRY(away.sync(kSyncTimeout));
    see_arrived(story, kAwayDesk);
  }
  Dice dice = story.company.dice.fork("residents" + std::to_string(season));
  const int all = story.numbers.residents + story.numbers.moved_out;
  const std::size_t before = story.residents.size();
  for (int i = static_cast<int>(before); i < all && falls_in(season, moving_day(i, all)); ++i) {
    register_resident(story, i, all, dice);
  }
  for (const Resident& resident : story.residents) {
    if (resident.left != kStays && falls_in(season, resident.left)) move_out(story, resident);
  }
  for (std::size_t i = 0; i < kDesks; ++i) {
    Tablet& desk = *story.cast.desks[i];
    HOUNIAO_TRY(desk.save());
    if (season == kAwaySeason && i == kAwayDesk) continue;
    HOUNIAO_TRY(desk.sync(kSyncTimeout));
    see_arrived(story, i);
  }
  const std::string number = std::to_string(story.residents.size() - before);
  story.tell(std::string(seasons()[season].name_zh) + "：登记入住 " + number + " 人" +
             (season == kAwaySeason ? "，二号登记台离线，下一季补传 / " : " / ") +
             std::string(seasons()[season].name_en) + ": " + number + " moved in" +
             (season == kAwaySeason ? ", desk 2 offline until the next season" : ""));
  return {};
}

Result<void> register_twice(Story& story) {
  constexpr int kTwice = 3;
  Tablet& first = *story.cast.desks[0];
  Tablet& second = *story.cast.desks[1];
  first.device().disconnect();
  second.device().disconnect();
  Dice dice = story.company.dice.fork("twice");
  std::vector<std::pair<PersonId, PersonId>> pairs;
  for (int i = 0; i < kTwice; ++i) {
    const stage::Identity identity = story.company.identities.person(true, province(dice));
    const auto at = [&](Tablet& desk, Day day) {
      const PersonId person = stage::register_person(desk, day, identity, {}, story.estate);
      stage::join(desk, day, person.value, story.residents_office.value, "resident");
      return person;
    };
    const PersonId seen_first = at(first, on(2016, 1, 8));
    const PersonId seen_again = at(second, on(2016, 1, 9));
    pairs.emplace_back(seen_first, seen_again);
  }
  for (Tablet* desk : story.cast.desks) {
    HOUNIAO_TRY(desk->save());
    HOUNIAO_TRY(desk->connect());
    HOUNIAO_TRY(desk->sync(kSyncTimeout));
  }
  Tablet& director = *story.cast.director;
  const stage::Elsewhere at(director, story.company.scope("estate"));
  for (const auto& [one, other] : pairs) {
    stage::decide_same(director, on(2016, 1, 12), one, other, "same document, seen at two desks");
  }
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  story.tell(
      "3 位住户在两个离线登记台重复登记，已提示并判定为同一人 / 3 residents registered at two "
      "offline desks, flagged and linked");
  return {};
}

}  // namespace houniao::programme_a
