// Short forms of the events from a demand to an accepted order, and the book in which a community
// keeps what is still open. Each puts one event on the tablet's pile and returns its id.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tools/stage/company.h"

namespace houniao::stage {

struct DemandDraft {
  PersonId person;  // none for an anonymous demand
  std::string category;
  std::string channel;
  schema::DemandRaised::Urgency urgency = schema::DemandRaised::Urgency::NORMAL;
};
DemandId raise_demand(Tablet& tablet, Day when, const DemandDraft& draft);

// One demand as whoever compiles the digests knows it.
struct BookedDemand {
  static constexpr Day kNotYet{std::numeric_limits<std::int32_t>::max()};

  DemandId id;
  Day day;
  std::string category;
  PersonId person;
  std::size_t place = 0;     // of the story: a compound, a branch
  bool deliberated = false;  // a council has met about it
  OrderId order;             // that carries it
  Day posted = kNotYet;      // the order
  Day accepted = kNotYet;    // what was done for it
  Day settled = kNotYet;     // end of the period whose digest settled it
};

// Only what has reached the centre is in the book: a demand of a tablet that is away comes later,
// as it does in the log.
class DemandBook {
 public:
  void enter(const BookedDemand& demand) { demands_.push_back(demand); }
  // What a digest whose period ends on that day has to list. Valid until the next enter().
  std::vector<BookedDemand*> open(Day to);
  BookedDemand* find(DemandId id);
  std::size_t size() const { return demands_.size(); }

 private:
  std::vector<BookedDemand> demands_;
  std::size_t first_open_ = 0;
};

struct DigestItem {
  DemandId demand;
  schema::DemandDigestCompiled::Disposition disposition =
      schema::DemandDigestCompiled::Disposition::CARRIED;
  OrderId order;
  std::string reason;
};
EventId compile_digest(Tablet& tablet, schema::DemandDigestCompiled::Period period, Day from,
                       Day to, const std::vector<DigestItem>& items);

struct DeliberationDraft {
  OrganisationId body;
  std::vector<DemandId> agenda;
  std::vector<DemandId> adopted;  // of the agenda; the others are not
  std::vector<PersonId> attendees;
  std::uint32_t anonymous = 0;
};
EventId deliberate(Tablet& tablet, Day when, const DeliberationDraft& draft);

struct OrderDraft {
  std::vector<DemandId> demands;
  std::string kind;
  schema::OrderPosted::Mode mode = schema::OrderPosted::Mode::DISPATCH;
  schema::OrderPosted::Rule rule = schema::OrderPosted::Rule::PREFERENCE;
  std::vector<std::uint64_t> invited;
  std::uint16_t slots = 0;
  std::uint64_t requester = 0;
  bool physical_risk = false;
  bool with_minors = false;
};
OrderId post_order(Tablet& tablet, Day when, const OrderDraft& draft);

struct Share {
  std::uint64_t party = 0;
  std::uint16_t permille = 1000;
};
ClaimId claim_order(Tablet& tablet, Day when, OrderId order, const std::vector<Share>& claimants);
AssignmentId assign_order(Tablet& tablet, Day when, OrderId order, ClaimId claim,
                          const std::string& reason = {});
EventId fulfil_order(Tablet& tablet, Day when, OrderId order, const std::vector<EventId>& units,
                     const std::string& result);
EventId give_up_claim(Tablet& tablet, Day when, OrderId order, ClaimId claim,
                      const std::string& reason);
// Not accepted: back to be done again, which needs a reason.
EventId review_order(Tablet& tablet, Day when, OrderId order, const std::vector<PersonId>& panel,
                     schema::OrderReviewed::Opinion opinion, bool accepted = true,
                     const std::string& reason = {});

struct RatingDraft {
  std::uint64_t rater = 0;
  std::uint64_t rated = 0;
  schema::RatingSubmitted::Kind kind = schema::RatingSubmitted::Kind::SELF;
  std::uint64_t target = 0;
  int points = 0;  // of ten
};
EventId submit_rating(Tablet& tablet, Day when, const RatingDraft& draft);

}  // namespace houniao::stage
