#include "replay/families/order_book.h"

#include <algorithm>
#include <iterator>

#include "replay/families/parties.h"
#include "replay/state.h"

namespace houniao {

namespace {

using Mode = schema::OrderPosted::Mode;
using Rule = schema::OrderPosted::Rule;
using ReviewOpinion = schema::OrderReviewed::Opinion;

constexpr std::string_view kUnknownName = "unknown";

// The claim with the smallest key wins.
using RuleKey = std::pair<std::uint64_t, std::uint64_t>;

RuleKey key_under(Rule rule, const State& state, const Invitation& invitation,
                  const OrderClaim& claim) {
  switch (rule) {
    case Rule::PREFERENCE:
      return {invitation.place_of(claim.first()), claim.seq.value};
    case Rule::FEWEST_IN_FORCE:
      return {state.orders.load_of(claim.first()), claim.id.value};
    case Rule::FIRST_IN_LOG:
    case Rule::PANEL:
      break;
  }
  return {claim.seq.value, claim.id.value};
}

}  // namespace

// --- what an order is --------------------------------------------------------------------------

OrderClaim* Order::find_claim(ClaimId claim) {
  auto at = std::find_if(claims.begin(), claims.end(),
                         [&](const OrderClaim& item) { return item.id == claim; });
  return at == claims.end() ? nullptr : &*at;
}

const OrderClaim* Order::find_claim(ClaimId claim) const {
  return const_cast<Order*>(this)->find_claim(claim);
}

const Assignment* Order::find_assignment(AssignmentId assignment) const {
  auto at = std::find_if(assignments.begin(), assignments.end(),
                         [&](const Assignment& item) { return item.id == assignment; });
  return at == assignments.end() ? nullptr : &*at;
}

const Assignment* Order::last_assignment() const {
  auto at = std::find_if(assignments.rbegin(), assignments.rend(),
                         [](const Assignment& item) { return !item.retracted; });
  return at == assignments.rend() ? nullptr : &*at;
}

const Assignment* Order::assignment_in_force() const {
  const OrderClaim* claim = performing_claim();
  return claim != nullptr && claim->in_force() ? last_assignment() : nullptr;
}

const OrderClaim* Order::performing_claim() const {
  const Assignment* last = last_assignment();
  return last == nullptr ? nullptr : find_claim(last->claim);
}

const OrderReview* Order::last_review() const {
  const OrderReview* last = nullptr;
  for (const OrderReview& review : reviews) {  // by event id
    if (last == nullptr || review.taken >= last->taken) last = &review;
  }
  return last;
}

bool Order::is_accepted() const {
  const OrderReview* review = last_review();
  return review != nullptr && review->accepted;
}

OrderStatus Order::status() const {
  if (is_withdrawn()) return OrderStatus::withdrawn;
  const OrderReview* review = last_review();
  if (review != nullptr && review->accepted) return OrderStatus::accepted;
  if (review != nullptr) {
    const bool again = std::any_of(fulfilments.begin(), fulfilments.end(),
                                   [&](const Fulfilment& f) { return f.taken > review->taken; });
    return again ? OrderStatus::fulfilled : OrderStatus::returned;
  }
  if (!fulfilments.empty()) return OrderStatus::fulfilled;
  if (assignment_in_force() != nullptr) return OrderStatus::assigned;
  const bool claimed = std::any_of(claims.begin(), claims.end(),
                                   [](const OrderClaim& claim) { return claim.in_force(); });
  return claimed ? OrderStatus::claimed : OrderStatus::posted;
}

// --- the rule -----------------------------------------------------------------------------------

bool people_choose(const Order& order) {
  return order.rule >= static_cast<std::uint16_t>(Rule::PANEL);
}

Invitation::Invitation(const State& state, const Order& order) : state_(state) {
  for (std::size_t place = 0; place < order.invited.size(); ++place) {
    places_.emplace_back(identity_of(state, order.invited[place]), place);
  }
  std::sort(places_.begin(), places_.end());
}

std::uint64_t Invitation::place_of(std::uint64_t party) const {
  const std::pair<std::uint64_t, std::uint64_t> first{identity_of(state_, party), 0};
  const auto at = std::lower_bound(places_.begin(), places_.end(), first);
  return at != places_.end() && at->first == first.first ? at->second : places_.size();
}

bool Invitation::includes(std::uint64_t party) const {
  return places_.empty() || place_of(party) < places_.size();
}

const OrderClaim* winning_claim(const State& state, const Order& order, ClaimId except) {
  if (people_choose(order)) return nullptr;
  const Invitation invitation(state, order);
  const OrderClaim* winner = nullptr;
  RuleKey best;
  for (const OrderClaim& claim : order.claims) {
    if (!claim.in_force() || claim.id == except) continue;
    const RuleKey key = key_under(static_cast<Rule>(order.rule), state, invitation, claim);
    if (winner != nullptr && best < key) continue;
    winner = &claim;
    best = key;
  }
  return winner;
}

// --- names -------------------------------------------------------------------------------------

std::string_view name_of(OrderStatus status) {
  static constexpr std::string_view kNames[] = {"posted",   "claimed",  "assigned", "fulfilled",
                                                "accepted", "returned", "withdrawn"};
  const auto at = static_cast<std::size_t>(status);
  return at < std::size(kNames) ? kNames[at] : kUnknownName;
}

std::string_view name_zh(OrderStatus status) {
  static constexpr std::string_view kNames[] = {"待接单", "已接单",   "已派定", "已办结",
                                                "已验收", "退回重办", "已撤单"};
  const auto at = static_cast<std::size_t>(status);
  return at < std::size(kNames) ? kNames[at] : "未知";
}

std::string_view name_of_order_mode(std::uint16_t mode) {
  switch (static_cast<Mode>(mode)) {
    case Mode::DISPATCH:
      return "dispatch";
    case Mode::OPEN_CALL:
      return "open_call";
  }
  return kUnknownName;
}

std::string_view name_of_order_rule(std::uint16_t rule) {
  switch (static_cast<Rule>(rule)) {
    case Rule::PREFERENCE:
      return "preference";
    case Rule::FEWEST_IN_FORCE:
      return "fewest_in_force";
    case Rule::FIRST_IN_LOG:
      return "first_in_log";
    case Rule::PANEL:
      return "panel";
  }
  return kUnknownName;
}

std::string_view name_of_opinion(std::uint16_t opinion) {
  switch (static_cast<ReviewOpinion>(opinion)) {
    case ReviewOpinion::NONE:
      return "none";
    case ReviewOpinion::SATISFIED:
      return "satisfied";
    case ReviewOpinion::NEUTRAL:
      return "neutral";
    case ReviewOpinion::DISSATISFIED:
      return "dissatisfied";
  }
  return kUnknownName;
}

}  // namespace houniao
