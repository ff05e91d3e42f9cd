// What residents propose: every month's proposals go into one list, each with what became of it;
// what a branch can do becomes an order for the branch.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

using Disposition = schema::DemandDigestCompiled::Disposition;
using stage::BookedDemand;

constexpr std::array kCategories = {"outing", "contest", "course", "repair_day"};

// From September 2014 to the last whole month of the programme.
constexpr int kMonths = 16;

struct Month {
  Day from;
  Day to;
};

std::vector<Month> months_of(std::size_t season) {
  std::vector<Month> out;
  for (int i = 0; i < kMonths; ++i) {
    const int serial = 8 + i;  // from January 2014
    const int next = serial + 1;
    const Month month{on(2014 + serial / 12, serial % 12 + 1, 1),
                      Day{on(2014 + next / 12, next % 12 + 1, 1).value - 1}};
    if (falls_in(season, month.from)) out.push_back(month);
  }
  return out;
}

// One proposal becomes an activity of a branch: handed out by preference, done, looked at.
Result<OrderId> carry_out(Story& story, const BookedDemand& proposal, Day list, Draw& people,
                          std::size_t turn) {
  Tablet& director = *story.cast.director;
  Tablet& clerk = *story.cast.clerk;
  const Branch& branch = story.branches[turn % kBranches];
  const Branch& other = story.branches[(turn + 1) % kBranches];
  const stage::Elsewhere at(director, story.company.scope("centre"));
  stage::OrderDraft order;
  order.demands = {proposal.id};
  order.kind = "proposed_activity";
  order.invited = {branch.id.value, other.id.value};
  order.requester = proposal.person.value;
  const OrderId id = stage::post_order(director, list, order);
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  // Both want it; the one invited first gets it.
  stage::claim_order(clerk, stage::days_after(list, 1), id, {{other.id.value, 1000}});
  const ClaimId claim =
      stage::claim_order(clerk, stage::days_after(list, 2), id, {{branch.id.value, 1000}});
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));
  stage::assign_order(director, stage::days_after(list, 3), id, claim);
  HOUNIAO_TRY(director.sync(kSyncTimeout));

  Gathering activity;
  activity.kind = "proposed_activity";
  activity.day = next_weekend(stage::days_after(list, 6));
  set_free_hours(activity, 150);
  activity.site = story.centre;
  activity.leader = story.clerk.value;
  Dice dice = story.company.dice.fork("proposal" + std::to_string(turn));
  activity.persons = some_of(dice, branch.members, 9);
  const SessionId held = hold(clerk, activity);
  stage::fulfil_order(clerk, activity.day, id, {EventId{held.value}}, "held");
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));
  stage::review_order(director, stage::days_after(activity.day, 2), id,
                      people.next(activity.day, 3), schema::OrderReviewed::Opinion::SATISFIED);
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  return id;
}

stage::DigestItem answer(const BookedDemand& proposal, std::size_t place) {
  stage::DigestItem item;
  item.demand = proposal.id;
  if (proposal.order) {
    item.disposition = Disposition::RESOLVED;
  } else if (place % 2 == 0) {
    item.disposition = Disposition::ANSWERED;
  } else {
    item.disposition = Disposition::DECLINED;
    item.reason = "the centre has no room for it";
  }
  return item;
}

}  // namespace

Result<void> take_up_proposals(Story& story, std::size_t season) {
  Tablet& clerk = *story.cast.clerk;
  Tablet& director = *story.cast.director;
  Draw people(story, "proposals" + std::to_string(season), 29);
  Dice dice = story.company.dice.fork("proposals" + std::to_string(season));
  for (const Month& month : months_of(season)) {
    const int serial = story.months_listed++;
    for (int i = part(story.numbers.proposals, serial, kMonths); i > 0; --i) {
      const Day day = stage::days_after(month.from, dice.between(0, 9));
      BookedDemand proposal;
      proposal.person = people.next(day);
      proposal.category = dice.pick(kCategories);
      proposal.day = day;
      stage::DemandDraft draft;
      draft.person = proposal.person;
      draft.category = proposal.category;
      draft.channel = "proposal_box";
      proposal.id = stage::raise_demand(clerk, day, draft);
      story.proposals.enter(proposal);
    }
    HOUNIAO_TRY(clerk.sync(kSyncTimeout));
    std::vector<BookedDemand*> open = story.proposals.open(month.to);
    // Every other month the branches have an evening to give.
    if (!open.empty() && serial % 2 == 1) {
      auto order = carry_out(story, *open.front(), stage::days_after(month.from, 12), people,
                             static_cast<std::size_t>(serial));
      if (!order) return order.error();
      open.front()->order = *order;
    }
    std::vector<stage::DigestItem> items;
    for (std::size_t i = 0; i < open.size(); ++i) {
      items.push_back(answer(*open[i], i));
      open[i]->settled = month.to;
    }
    const stage::Elsewhere at(director, story.company.scope("centre"));
    stage::compile_digest(director, schema::DemandDigestCompiled::Period::MONTH, month.from,
                          month.to, items);
    HOUNIAO_TRY(director.sync(kSyncTimeout));
  }
  return {};
}

}  // namespace houniao::programme_a
