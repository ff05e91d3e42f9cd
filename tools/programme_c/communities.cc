// What is done at the four communities, quarter by quarter: residents are registered, visited and
// come to activities; part of it is what the contract pays for.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr int kQuarters = 4;
constexpr int kActivities = 15;        // of each quarter
constexpr int kFocusSessions = 15;     // of each quarter
constexpr std::size_t kHousehold = 3;  // persons met on one visit
// Of the residents who join in a quarter, how many in a hundred are visited; the others come to an
// activity.
constexpr std::size_t kVisitedPercent = 40;
// What the contract pays for in each half of its year, in the order of its deliverables.
constexpr std::array<std::size_t, 3> kBilledEachHalf = {300, 18, 30};  // events

Day quarter_start(int quarter) {
  const std::array<Day, kQuarters + 1> kStarts = {on(2020, 7, 2), on(2020, 10, 8), on(2021, 1, 11),
                                                  on(2021, 4, 2), on(2021, 6, 10)};
  return kStarts[static_cast<std::size_t>(quarter)];
}

class Quarter {
 public:
  Quarter(Story& story, Community& community, int quarter)
      : s_(story),
        c_(community),
        quarter_(quarter),
        dice_(story.company.dice.fork(community.code + std::to_string(quarter))),
        from_(quarter_start(quarter)),
        length_(quarter_start(quarter + 1).value - from_.value - 1) {}

  void work() {
    register_residents();
    const std::size_t visited = fresh_ * kVisitedPercent / 100;
    visit(c_.residents.size() - fresh_, visited);
    meet(c_.residents.size() - fresh_ + visited, fresh_ - visited);
    hold_focus();
  }

 private:
  Tablet& tablet() const { return *c_.tablet; }
  // The i-th of n, spread over the quarter after its first three weeks, in which people register.
  Day day_of(std::size_t i, std::size_t n) const {
    const std::int64_t rest = length_ - kRegistration;
    return days_after(from_,
                      kRegistration + static_cast<std::int64_t>(i) * rest /
                                          static_cast<std::int64_t>(std::max<std::size_t>(n, 1)));
  }
  // Whether a delivery of this kind is one that the contract pays for; then it is kept.
  ContractId bill(std::size_t deliverable) const {
    const std::size_t limit = kBilledEachHalf[deliverable] * (quarter_ < 2 ? 1 : 2);
    return c_.units[deliverable].size() < limit ? c_.contract : ContractId{};
  }
  void keep(std::size_t deliverable, ContractId contract, EventId unit) {
    if (contract) c_.units[deliverable].push_back(unit);
  }

  void register_residents();
  void visit(std::size_t first, std::size_t count);
  void meet(std::size_t first, std::size_t count);
  void hold_focus();

  static constexpr std::int64_t kRegistration = 21;

  Story& s_;
  Community& c_;
  int quarter_;
  Dice dice_;
  Day from_;
  std::int64_t length_;
  std::size_t fresh_ = 0;  // residents registered in this quarter
};

void Quarter::register_residents() {
  const auto parts = static_cast<std::int64_t>(kCommunities * kQuarters);
  const auto place = static_cast<std::int64_t>(&c_ - s_.communities.data()) * kQuarters + quarter_;
  const std::int64_t all = s_.numbers.residents;
  fresh_ = static_cast<std::size_t>(all * (place + 1) / parts - all * place / parts);
  for (std::size_t i = 0; i < fresh_; ++i) {
    const Day when = days_after(
        from_, static_cast<std::int64_t>(i) * kRegistration / static_cast<std::int64_t>(fresh_));
    // Every second household shows a document and agrees to a file.
    const bool has_file = i % 2 == 0;
    const Identity identity = s_.company.identities.person(has_file, 37);
    const PersonId person = register_person(tablet(), when, identity, {}, c_.site);
    if (has_file) consent(tablet(), when, person, "resident_file");
    c_.residents.push_back(person);
  }
}

void Quarter::visit(std::size_t first, std::size_t count) {
  const std::size_t visits = (count + kHousehold - 1) / kHousehold;
  for (std::size_t i = 0; i < visits; ++i) {
    const std::size_t from = first + i * kHousehold;
    const std::size_t to = std::min(from + kHousehold, first + count);
    const ContractId contract = to - from == kHousehold ? bill(0) : ContractId{};
    const auto begin = c_.residents.begin();
    const EventId unit =
        deliver_service(tablet(), day_of(i, visits),
                        {.kind = "household_visit",
                         .persons = {begin + static_cast<std::ptrdiff_t>(from),
                                     begin + static_cast<std::ptrdiff_t>(to)},
                         .anonymous = 0,
                         .unit = "person_time",
                         .minutes = static_cast<std::uint32_t>(dice_.between(20, 60)),
                         .staff = c_.workers[i % c_.workers.size()],
                         .contract = contract});
    keep(0, contract, unit);
  }
}

// Whoever was not visited signs in at one of the activities; neighbours come along unnamed.
void Quarter::meet(std::size_t first, std::size_t count) {
  const auto named = dice_.split(static_cast<std::int64_t>(count), kActivities);
  std::size_t next = first;
  for (std::size_t i = 0; i < kActivities; ++i) {
    const Day when = day_of(i, kActivities);
    const auto begin = c_.residents.begin() + static_cast<std::ptrdiff_t>(next);
    const std::vector<PersonId> sheet(begin, begin + named[i]);
    next += sheet.size();
    const auto unnamed = static_cast<std::uint32_t>(dice_.between(2, 12));
    const ContractId contract = bill(1);
    const SessionId session =
        hold_session(tablet(), when,
                     {.kind = "community_activity",
                      .headcount = static_cast<std::uint32_t>(sheet.size()) + unnamed,
                      .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                      .from_minute = 14 * 60,
                      .to_minute = 16 * 60,
                      .leader = c_.workers[i % c_.workers.size()].value,
                      .tags = {},
                      .contract = contract,
                      .planned = {}});
    attend(tablet(), when, session, sheet, unnamed);
    keep(1, contract, EventId{session.value});
  }
}

// The sessions that make this project a project of its own.
void Quarter::hold_focus() {
  for (std::size_t i = 0; i < kFocusSessions; ++i) {
    const Day when = day_of(i, kFocusSessions);
    const auto people = static_cast<std::uint32_t>(dice_.between(14, 32));
    const ContractId contract = bill(2);
    const SessionId session = hold_session(tablet(), when,
                                           {.kind = c_.focus,
                                            .headcount = people,
                                            .method = schema::SessionHeld::CountingMethod::COUNTED,
                                            .from_minute = 16 * 60 + 30,
                                            .to_minute = 18 * 60,
                                            .leader = c_.workers[(i + 3) % c_.workers.size()].value,
                                            .tags = {},
                                            .contract = contract,
                                            .planned = {}});
    attend(tablet(), when, session, {}, people);
    keep(2, contract, EventId{session.value});
  }
}

}  // namespace

void work_quarter(Story& story, Community& community, int quarter) {
  Quarter(story, community, quarter).work();
}

Result<void> meet_twice(Story& s) {
  constexpr int kTwice = 3;
  for (Community& community : s.communities) {
    if (community.second == nullptr) continue;
    Tablet& first = *community.tablet;
    Tablet& second = *community.second;
    // Both away from the network, each with the same residents before them.
    first.device().disconnect();
    second.device().disconnect();
    std::vector<std::pair<PersonId, PersonId>> pairs;
    for (int i = 0; i < kTwice; ++i) {
      const Identity identity = s.company.identities.person(true, 37);
      pairs.emplace_back(register_person(first, on(2021, 6, 15), identity, {}, community.site),
                         register_person(second, on(2021, 6, 16), identity, {}, community.site));
    }
    HOUNIAO_TRY(first.save());
    HOUNIAO_TRY(second.save());
    HOUNIAO_TRY(first.connect());
    HOUNIAO_TRY(first.sync(kSyncTimeout));
    HOUNIAO_TRY(second.connect());
    HOUNIAO_TRY(second.sync(kSyncTimeout));
    const Elsewhere there(*s.director, community.scope, community.site, community.programme);
    for (const auto& [one, other] : pairs) {
      decide_same(*s.director, on(2021, 6, 18), one, other,
                  "same document, seen on two tablets on two days");
    }
  }
  s.company.tell(
      "离线平板重复登记的居民判定为同一人 / residents registered twice on tablets that were away "
      "are linked");
  return s.director->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
