// Family orders, second half: how what people ask for is handed out (派单, 发榜), taken (接单,
// 揭榜, 联合抢单), done (办结) and accepted (评议验收). The first half is demands.h. Part of State;
// written by the one thread that folds the log.
//
// What depends on the order of the log on purpose, because an order is scarce and is given once:
//   OrderClaimed    held when the order was closed before it came, or when it came after the
//                   deadline: by the day of receipt, never by a device's clock
//   OrderAssigned   the winner is computed among the claims in force at that moment; rule
//                   "firstInLog", and the ties of "preference", go by seq; a second assignment is
//                   held
//   OrderWithdrawn  held once the order is accepted
//   OrderReviewed   judges the fulfilments that the log has by then and the performer of that
//                   moment; one that comes after a withdrawal is held. Of several reviews the last
//                   to take effect is in force, and a fulfilment that arrives after a return is
//                   another one
// A set of claims, fulfilments, reviews and withdrawals that take effect is kept by event id and
// gives one digest in any order; only the list of assignments stands in the order of the log.
// OrderPosted and OrderFulfilled do not depend on it: a fulfilment is a fact and at worst flagged.
//
// Rows of the fact table; `group` is always the order:
//   OrderPosted     kind of the order, attr the mode ("open_call"), subject the requester
//   OrderClaimed    kind of the order, attr "single" or "joint", a row for each claimant (subject)
//   OrderAssigned   kind of the order, attr "first" or "transfer", subject the first claimant
//   OrderWithdrawn  kind "claim_withdrawn" or "order_withdrawn", attr the kind of the order,
//                   subject the first claimant or the requester, kFactEnded
//   OrderFulfilled  kind of the order, attr the result, subject the requester, day of fulfilment
//   OrderReviewed   kind "accepted" or "returned", attr the kind of the order, subject the
//                   requester; where there is an opinion a second row, kind "opinion", attr which
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "replay/dense_map.h"
#include "replay/families/demands.h"
#include "replay/families/order_book.h"

namespace houniao {

struct OrdersState {
  DemandsState demands;
  EntityMap<OrderId, Order> orders;
  // By claimant: the orders, ascending, that are assigned to it and not closed. Follows from
  // `orders` and, as the reviews in force do, from the order of the log.
  boost::unordered_flat_map<std::uint64_t, std::vector<OrderId>> load;

  const Order* find(OrderId id) const {
    auto at = orders.find(id);
    return at == orders.end() ? nullptr : &at->second;
  }
  // How many assignments in force the party has, alone or jointly, in orders not closed.
  std::size_t load_of(std::uint64_t party) const {
    auto at = load.find(party);
    return at == load.end() ? 0 : at->second.size();
  }

  template <class Archive>
  void fields(Archive& a) {
    a(demands, orders);
    a.local(load);
  }
};

}  // namespace houniao
