#include "tools/stage/records_orders.h"

#include <algorithm>

namespace houniao::stage {
namespace {

using Body = schema::Event::Body::Builder;

template <class List, class Items>
void fill(List list, const Items& items) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, items[i].value);
}

template <class Items>
unsigned size_of(const Items& items) {
  return static_cast<unsigned>(items.size());
}

}  // namespace

DemandId raise_demand(Tablet& tablet, Day when, const DemandDraft& draft) {
  return entity_cast<DemandId>(tablet.add(when, [=, collector = tablet.actor](Body body) {
    auto d = body.initDemandRaised();
    d.setPerson(draft.person.value);
    d.setCategory(draft.category);
    d.setUrgency(draft.urgency);
    d.setCollector(collector);
    d.setChannel(draft.channel);
    d.setDay(when.value);
  }));
}

std::vector<BookedDemand*> DemandBook::open(Day to) {
  // Digests are compiled in the order of their days, so what was settled long ago stays out of
  // sight. A month's list ends up to a week before the last week's digest.
  constexpr std::int32_t kOverlapDays = 40;
  while (first_open_ < demands_.size() &&
         demands_[first_open_].settled.value < to.value - kOverlapDays) {
    ++first_open_;
  }
  std::vector<BookedDemand*> out;
  for (std::size_t i = first_open_; i < demands_.size(); ++i) {
    BookedDemand& demand = demands_[i];
    if (demand.day <= to && demand.settled > to) out.push_back(&demand);
  }
  return out;
}

BookedDemand* DemandBook::find(DemandId id) {
  auto at = std::find_if(demands_.begin(), demands_.end(),
                         [&](const BookedDemand& demand) { return demand.id == id; });
  return at == demands_.end() ? nullptr : &*at;
}

EventId compile_digest(Tablet& tablet, schema::DemandDigestCompiled::Period period, Day from,
                       Day to, const std::vector<DigestItem>& items) {
  return tablet.add(to, [=](Body body) {
    auto d = body.initDemandDigestCompiled();
    d.setPeriod(period);
    d.setFromDay(from.value);
    d.setToDay(to.value);
    auto list = d.initItems(size_of(items));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setDemand(items[i].demand.value);
      list[i].setDisposition(items[i].disposition);
      list[i].setOrder(items[i].order.value);
      list[i].setReason(items[i].reason);
    }
  });
}

EventId deliberate(Tablet& tablet, Day when, const DeliberationDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto d = body.initDeliberationHeld();
    d.setBody(draft.body.value);
    d.setDay(when.value);
    fill(d.initAgenda(size_of(draft.agenda)), draft.agenda);
    fill(d.initAttendees(size_of(draft.attendees)), draft.attendees);
    d.setAnonymous(draft.anonymous);
    auto resolutions = d.initResolutions(size_of(draft.agenda));
    for (unsigned i = 0; i < resolutions.size(); ++i) {
      const DemandId demand = draft.agenda[i];
      const bool adopted =
          std::find(draft.adopted.begin(), draft.adopted.end(), demand) != draft.adopted.end();
      resolutions[i].setDemand(demand.value);
      resolutions[i].setAdopted(adopted);
      resolutions[i].setOutcome(adopted ? "post_order" : "next_month");
    }
  });
}

OrderId post_order(Tablet& tablet, Day when, const OrderDraft& draft) {
  return entity_cast<OrderId>(tablet.add(when, [=](Body body) {
    auto o = body.initOrderPosted();
    fill(o.initDemands(size_of(draft.demands)), draft.demands);
    o.setKind(draft.kind);
    o.setMode(draft.mode);
    o.setRule(draft.rule);
    auto invited = o.initInvited(size_of(draft.invited));
    for (unsigned i = 0; i < invited.size(); ++i) invited.set(i, draft.invited[i]);
    o.setSlots(draft.slots);
    o.setRequester(draft.requester);
    o.setPhysicalRisk(draft.physical_risk);
    o.setWithMinors(draft.with_minors);
  }));
}

ClaimId claim_order(Tablet& tablet, Day when, OrderId order, const std::vector<Share>& claimants) {
  return entity_cast<ClaimId>(tablet.add(when, [=](Body body) {
    auto c = body.initOrderClaimed();
    c.setOrder(order.value);
    auto list = c.initClaimants(size_of(claimants));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setParty(claimants[i].party);
      list[i].setPermille(claimants[i].permille);
    }
  }));
}

AssignmentId assign_order(Tablet& tablet, Day when, OrderId order, ClaimId claim,
                          const std::string& reason) {
  return entity_cast<AssignmentId>(tablet.add(when, [=](Body body) {
    auto a = body.initOrderAssigned();
    a.setOrder(order.value);
    a.setClaim(claim.value);
    a.setReason(reason);
  }));
}

EventId fulfil_order(Tablet& tablet, Day when, OrderId order, const std::vector<EventId>& units,
                     const std::string& result) {
  return tablet.add(when, [=](Body body) {
    auto f = body.initOrderFulfilled();
    f.setOrder(order.value);
    fill(f.initUnits(size_of(units)), units);
    f.setResult(result);
    f.setDay(when.value);
  });
}

EventId give_up_claim(Tablet& tablet, Day when, OrderId order, ClaimId claim,
                      const std::string& reason) {
  return tablet.add(when, [=](Body body) {
    auto w = body.initOrderWithdrawn();
    w.setOrder(order.value);
    w.setClaim(claim.value);
    w.setReason(reason);
  });
}

EventId review_order(Tablet& tablet, Day when, OrderId order, const std::vector<PersonId>& panel,
                     schema::OrderReviewed::Opinion opinion, bool accepted,
                     const std::string& reason) {
  return tablet.add(when, [=](Body body) {
    auto r = body.initOrderReviewed();
    r.setOrder(order.value);
    fill(r.initPanel(size_of(panel)), panel);
    r.setAccepted(accepted);
    r.setOpinion(opinion);
    r.setReason(reason);
  });
}

EventId submit_rating(Tablet& tablet, Day when, const RatingDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto r = body.initRatingSubmitted();
    r.setRater(draft.rater);
    r.setRated(draft.rated);
    r.setKind(draft.kind);
    r.setTarget(draft.target);
    auto scores = r.initScores(1);
    scores[0].setIndicator("quality");
    scores[0].setPoints(draft.points);
    scores[0].setPointsMax(10);
  });
}

}  // namespace houniao::stage
