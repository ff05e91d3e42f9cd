// Orders on top of the small programme of delivery_world.h, for tests of the family orders: two
// organisations that take them, and short forms of every event. A test says only what it is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "replay/families/orders.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {

using Rule = schema::OrderPosted::Rule;
using Mode = schema::OrderPosted::Mode;

struct PostOptions {
  Rule rule = Rule::FIRST_IN_LOG;
  std::vector<EventId> invited = {};
  std::int32_t deadline = 0;
  std::uint64_t requester = 0;
  std::vector<EventId> demands = {};
  std::string kind = "tutoring";
  EventId contract = {};
};
struct Share {
  EventId party;
  std::uint16_t permille = 1000;
};
struct DoneOptions {
  std::vector<EventId> units = {};
  std::int32_t day = 0;
};
struct JudgeOptions {
  bool accepted = true;
  std::vector<std::uint64_t> panel = {};
  std::string reason = "as seen";
  EventId organisation = {};
};

class OrdersWorld : public DeliveryWorld {
 protected:
  OrdersWorld() {
    a = organisation("");
    b = organisation("");
  }
  EventId post(const PostOptions& options = {}) {
    return log.add(supervisor, [&](Body e) {
      auto body = e.initBody().initOrderPosted();
      body.setKind(options.kind);
      body.setMode(Mode::OPEN_CALL);
      body.setRule(options.rule);
      body.setDeadlineDay(options.deadline);
      body.setRequester(options.requester);
      body.setContract(options.contract.value);
      auto invited = body.initInvited(static_cast<unsigned>(options.invited.size()));
      for (unsigned i = 0; i < invited.size(); ++i) invited.set(i, options.invited[i].value);
      auto demands = body.initDemands(static_cast<unsigned>(options.demands.size()));
      for (unsigned i = 0; i < demands.size(); ++i) demands.set(i, options.demands[i].value);
    });
  }
  EventId claim_by(DeviceNumber by, EventId order, const std::vector<Share>& shares) {
    return log.add(by, [&](Body e) {
      auto body = e.initBody().initOrderClaimed();
      body.setOrder(order.value);
      auto list = body.initClaimants(static_cast<unsigned>(shares.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setParty(shares[i].party.value);
        list[i].setPermille(shares[i].permille);
      }
    });
  }
  EventId claim(EventId order, EventId party) { return claim_by(field, order, {{party}}); }
  EventId assign(EventId order, EventId of_claim, std::string_view reason = "",
                 EventId replaces = {}) {
    return log.add(supervisor, [&](Body e) {
      auto body = e.initBody().initOrderAssigned();
      body.setOrder(order.value);
      body.setClaim(of_claim.value);
      body.setReason(std::string(reason));
      body.setReplaces(replaces.value);
    });
  }
  EventId withdraw(DeviceNumber by, EventId order, EventId of_claim = {},
                   std::string_view reason = "no people") {
    return log.add(by, [&](Body e) {
      auto body = e.initBody().initOrderWithdrawn();
      body.setOrder(order.value);
      body.setClaim(of_claim.value);
      body.setReason(std::string(reason));
    });
  }
  EventId fulfil(EventId order, const DoneOptions& options = {}) {
    return log.add(field, [&](Body e) {
      auto body = e.initBody().initOrderFulfilled();
      body.setOrder(order.value);
      body.setResult("done");
      body.setDay(options.day);
      auto units = body.initUnits(static_cast<unsigned>(options.units.size()));
      for (unsigned i = 0; i < units.size(); ++i) units.set(i, options.units[i].value);
    });
  }
  EventId judge(DeviceNumber by, EventId order, const JudgeOptions& options = {}) {
    return log.add(by, [&](Body e) {
      e.setOrganisation(options.organisation.value);
      auto body = e.initBody().initOrderReviewed();
      body.setOrder(order.value);
      body.setAccepted(options.accepted);
      body.setReason(options.reason);
      auto panel = body.initPanel(static_cast<unsigned>(options.panel.size()));
      for (unsigned i = 0; i < panel.size(); ++i) panel.set(i, options.panel[i]);
    });
  }
  // An order claimed by and assigned to the party alone, and done.
  EventId done_by(EventId party, const PostOptions& options = {}) {
    const EventId order = post(options);
    assign(order, claim(order, party));
    fulfil(order);
    return order;
  }
  DeviceNumber supervisor_who_is(EventId actor) {
    return log.enrol({.holder = actor.value, .roles = {Role::SUPERVISOR}});
  }
  EventId join(EventId member, EventId group, bool joined = true) {
    return log.add(field, [&](Body e) {
      auto body = e.initBody().initMembershipChanged();
      body.setMember(member.value);
      body.setGroup(group.value);
      body.setRole("volunteer");
      body.setJoined(joined);
      body.setDay(log.today().value);
    });
  }
  EventId engage(EventId who, EventId employer) {
    return log.add(supervisor, [&](Body e) {
      auto body = e.initBody().initStaffEngaged();
      body.setPerson(who.value);
      body.setEmployer(employer.value);
      body.setFromDay(10'000);
    });
  }
  void next_day() { log.set_today(Day{log.today().value + 1}); }

  const Order& find(EventId id) const {
    const Order* order = log.state().orders.find(entity_cast<OrderId>(id));
    HOUNIAO_ASSERT(order != nullptr);
    return *order;
  }
  std::string_view status_of(EventId id) const { return name_of(find(id).status()); }
  // The claim to which the order is assigned, none while it is free.
  EventId holder_of(EventId order) const {
    const Assignment* assignment = find(order).assignment_in_force();
    return assignment == nullptr ? EventId{} : EventId{assignment->claim.value};
  }
  EventId winner_of(EventId order) const {
    const OrderClaim* winner = winning_claim(log.state(), find(order));
    return winner == nullptr ? EventId{} : EventId{winner->id.value};
  }
  std::size_t load_of(EventId party) const { return log.state().orders.load_of(party.value); }

  EventId a, b;
};

}  // namespace houniao::testing
