// The community posts what the council adopted, universities claim it alone or jointly, and the
// published rule gives it out. The rule is worked out here as the log will work it out, so that an
// assignment that breaks it can be tried on purpose.
#include <algorithm>
#include <optional>
#include <tuple>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

using Rule = schema::OrderPosted::Rule;

// What happens once, by the number of the order.
constexpr int kBreaksRule = 5;  // given to the wrong claim first
constexpr int kBadShares = 8;   // a joint claim over less than the whole
constexpr int kGivesUp = 12;    // the winner withdraws, the next one takes over

Rule rule_of(int serial) {
  if (serial % 7 == 6) return Rule::PANEL;
  if (serial % 5 == 4) return Rule::PREFERENCE;
  return Rule::FEWEST_IN_FORCE;
}

std::uint64_t party(const Story& story, std::size_t university) {
  return story.universities[university].id.value;
}

// Demands of one kind, as the council adopted them.
std::vector<std::vector<BookedDemand*>> groups_of(Story& story) {
  std::vector<std::vector<BookedDemand*>> out;
  for (const DemandId id : story.adopted) {
    BookedDemand* demand = story.book.find(id);
    if (out.empty() || out.back().front()->category != demand->category) out.emplace_back();
    out.back().push_back(demand);
  }
  return out;
}

Task post(Story& story, const std::vector<BookedDemand*>& demands, Day day, Dice& dice) {
  Task task;
  task.serial = story.tasks++;
  task.need = &need_of(demands.front()->category);
  task.compound = demands.front()->place;
  task.requester = demands.front()->person;
  task.rule = rule_of(task.serial);
  for (const BookedDemand* demand : demands) task.demands.push_back(demand->id);
  if (task.rule == Rule::PREFERENCE) {
    const std::size_t first = dice.index(kUniversities);
    for (std::size_t i = 0; i < 4; ++i) task.invited.push_back((first + 2 * i) % kUniversities);
  }
  stage::OrderDraft draft;
  draft.demands = task.demands;
  draft.kind = task.need->order_kind;
  draft.mode = schema::OrderPosted::Mode::OPEN_CALL;
  draft.rule = task.rule;
  for (const std::size_t university : task.invited) {
    draft.invited.push_back(party(story, university));
  }
  draft.slots = 6;
  draft.requester = task.requester ? task.requester.value : story.committee.value;
  draft.physical_risk = true;
  draft.with_minors = task.need->with_minors;
  task.id = stage::post_order(*story.cast.secretary, day, draft);
  for (BookedDemand* demand : demands) {
    demand->order = task.id;
    demand->posted = day;
  }
  return task;
}

// Who comes forward: two or three universities, some with a partner.
std::vector<std::vector<std::size_t>> claimants(const Task& task, Dice& dice) {
  std::vector<std::vector<std::size_t>> out;
  const std::size_t offers = dice.one_in(3) ? 3 : 2;
  const std::size_t first = dice.index(kUniversities);
  for (std::size_t i = 0; i < offers; ++i) {
    if (task.rule == Rule::PREFERENCE) {
      // Those who stand later in the list are often faster.
      out.push_back({task.invited[task.invited.size() - 1 - i]});
      continue;
    }
    const std::size_t leader = (first + 4 * i) % kUniversities;
    out.push_back({leader});
    if (dice.one_in(4)) out.back().push_back((leader + 5) % kUniversities);
  }
  return out;
}

std::vector<stage::Share> shares(const Story& story, const std::vector<std::size_t>& parties) {
  if (parties.size() == 1) return {{party(story, parties[0]), 1000}};
  return {{party(story, parties[0]), 600}, {party(story, parties[1]), 400}};
}

Result<void> claim(Story& story, Task& task, const Month& month, Dice& dice) {
  int date = 7;
  for (const std::vector<std::size_t>& parties : claimants(task, dice)) {
    Tablet& tablet = *story.university(parties.front()).tablet;
    const Day day = month.day(std::min(date++, 9));
    if (task.serial == kBadShares && task.offers.empty()) {
      // Shares that leave a tenth to nobody: it never becomes a claim.
      const ClaimId bad = stage::claim_order(
          tablet, day, task.id,
          {{party(story, parties[0]), 600}, {party(story, (parties[0] + 1) % kUniversities), 300}});
      story.kept_held.push_back(EventId{bad.value});
    }
    const ClaimId id = stage::claim_order(tablet, day, task.id, shares(story, parties));
    HOUNIAO_TRY(tablet.sync(kSyncTimeout));
    task.offers.push_back({id, parties});
  }
  return {};
}

// The offer that the rule chooses; those of a panel are for people to choose from.
std::size_t winner(const Story& story, const Task& task) {
  const auto key = [&](const Offer& offer) -> std::tuple<std::uint64_t, std::uint64_t> {
    const std::size_t leader = offer.universities.front();
    if (task.rule == Rule::PREFERENCE) {
      const auto at = std::find(task.invited.begin(), task.invited.end(), leader);
      return {static_cast<std::uint64_t>(at - task.invited.begin()), offer.claim.value};
    }
    const auto load = story.load.find(party(story, leader));
    const int in_hand = load == story.load.end() ? 0 : load->second;
    return {static_cast<std::uint64_t>(in_hand), offer.claim.value};
  };
  const auto best =
      std::min_element(task.offers.begin(), task.offers.end(),
                       [&](const Offer& a, const Offer& b) { return key(a) < key(b); });
  return static_cast<std::size_t>(best - task.offers.begin());
}

void count_load(Story& story, const Offer& offer, int change) {
  for (const std::size_t university : offer.universities) {
    story.load[party(story, university)] += change;
  }
}

void give(Story& story, Task& task, Day day) {
  const std::size_t chosen =
      task.rule == Rule::PANEL ? task.offers.size() - 1 : winner(story, task);
  const std::string reason = task.rule == Rule::PANEL ? "the panel prefers its plan" : "";
  task.taken = task.offers[chosen];
  stage::assign_order(*story.cast.secretary, day, task.id, task.taken.claim, reason);
  count_load(story, task.taken, 1);
}

Result<void> try_wrong_claim(Story& story, const Task& task, Day day) {
  Tablet& secretary = *story.cast.secretary;
  const std::size_t loser = winner(story, task) == 0 ? 1 : 0;
  const AssignmentId wrong = stage::assign_order(secretary, day, task.id, task.offers[loser].claim);
  HOUNIAO_TRY(secretary.sync(kSyncTimeout));
  const EventId held{wrong.value};
  story.kept_held.push_back(held);
  auto status = secretary.device().status(held);
  if (!status) return status.error();
  story.tell("违反公布规则的派定：" + std::string(name_zh(*status)) +
             " / an assignment against the published rule: " + std::string(name(*status)));
  return {};
}

Result<void> hand_on(Story& story, Task& task, Day day) {
  Tablet& leader = *story.university(task.taken.universities.front()).tablet;
  stage::give_up_claim(leader, day, task.id, task.taken.claim, "examination week");
  HOUNIAO_TRY(leader.sync(kSyncTimeout));
  count_load(story, task.taken, -1);
  std::erase_if(task.offers, [&](const Offer& offer) { return offer.claim == task.taken.claim; });
  give(story, task, day);
  HOUNIAO_TRY(story.cast.secretary->sync(kSyncTimeout));
  story.tell(
      "一所高校退单，按规则转由下一家承接 / a university gives its claim up; the rule names the "
      "next one");
  return {};
}

}  // namespace

Result<std::vector<Task>> give_out_orders(Story& story, const Month& month) {
  Tablet& secretary = *story.cast.secretary;
  const stage::Elsewhere at(secretary, story.company.scope("orders"));
  Dice dice = story.company.dice.fork("orders" + std::to_string(month.serial));
  std::vector<Task> tasks;
  for (const std::vector<BookedDemand*>& demands : groups_of(story)) {
    tasks.push_back(post(story, demands, month.day(6), dice));
  }
  HOUNIAO_TRY(secretary.sync(kSyncTimeout));
  for (Task& task : tasks) HOUNIAO_TRY(claim(story, task, month, dice));
  for (Task& task : tasks) {
    if (task.serial == kBreaksRule) HOUNIAO_TRY(try_wrong_claim(story, task, month.day(10)));
    give(story, task, month.day(10));
    HOUNIAO_TRY(secretary.sync(kSyncTimeout));
    if (task.serial == kGivesUp) HOUNIAO_TRY(hand_on(story, task, month.day(11)));
  }
  return tasks;
}

}  // namespace houniao::programme_d
