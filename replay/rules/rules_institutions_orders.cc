// A30, the order game: orders that are taken and dropped, that always one party wins, that are done
// within seconds, accepted by those who did them, or closed without asking whoever asked for them
// (I24, who did the work does not accept it; 政府采购法 41, the served have a say).
//
// Reads: orders with their claims, assignments, fulfilments and reviews as the state has them, and
// of assignments and fulfilments that a device captured itself when it did so. What was taken over
// from a book or typed in later has no such time and is never too fast. One anomaly for each party
// and way, for each reviewer who did the work, and for each reviewer who does not ask.
#include <algorithm>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct Moment {
  std::int64_t ms = 0;  // by the device's clock, moved by its measured offset to the server's
  std::int64_t uncertain_ms = 0;
};

std::optional<Moment> moment_of(schema::Event::Reader event) {
  constexpr std::int64_t kMsMax = std::int64_t{1} << 52;
  if (event.getSource() != schema::Source::DEVICE) return std::nullopt;
  return Moment{std::clamp(event.getRecordedAtMs(), -kMsMax, kMsMax) +
                    std::clamp(event.getClockOffsetMs(), -kMsMax, kMsMax),
                event.getClockUncertaintyMs()};
}

// What is found about one party or one reviewer, in one way.
struct Trail {
  std::vector<EventId> events;
  ContractSum money;
  std::int64_t part = 0;
  std::int64_t whole = 0;
};
using Trails = std::map<std::uint64_t, Trail>;

class OrderGame final : public Rule {
 public:
  explicit OrderGame(const Parameters& parameters)
      : dropped_least_(parameters.get("dropped_least")),
        dropped_permille_(parameters.get("dropped_permille")),
        contested_least_(parameters.get("contested_least")),
        wins_permille_(parameters.get("wins_permille")),
        seconds_(parameters.get("seconds")),
        unasked_least_(parameters.get("unasked_least")),
        unasked_permille_(parameters.get("unasked_permille")) {}

  void observe(const Observation& seen) override {
    if (seen.type != EventBody::ORDER_ASSIGNED && seen.type != EventBody::ORDER_FULFILLED) return;
    if (const auto moment = moment_of(seen.event)) moments_[seen.id] = *moment;
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    if (state.orders.orders.empty()) return;
    const Interests interests(state);
    Found found;
    for (const auto& [id, order] : state.orders.orders) {
      if (!state.in_force(id)) continue;
      look_at_drops(state, order, found.drops);
      look_at_wins(state, order, found.contests);
      look_at_speed(state, order, found.hasty);
      look_at_reviews(state, order, interests, found.own);
      look_at_requester(state, order, found.unasked);
    }
    report_drops(found.drops, out);
    report_wins(found.contests, out);
    report_hasty(found.hasty, out);
    report_own(found.own, out);
    report_unasked(found.unasked, out);
  }

 private:
  // Orders of one programme and kind for which several parties competed.
  struct Contest {
    std::int64_t orders = 0;
    std::map<std::uint64_t, Trail> winners;
  };
  struct Found {
    Trails drops;
    std::map<std::pair<std::uint64_t, std::uint32_t>, Contest> contests;
    Trails hasty;
    Trails own;
    Trails unasked;
  };

  static void look_at_drops(const State& state, const Order& order, Trails& drops) {
    for (const OrderClaim& claim : order.claims) {
      const bool assigned = std::any_of(
          order.assignments.begin(), order.assignments.end(), [&](const Assignment& assignment) {
            return assignment.claim == claim.id && !assignment.retracted;
          });
      if (!assigned || claim.retracted || claim.first() == 0) continue;
      Trail& trail = drops[identity_of(state, claim.first())];
      ++trail.whole;
      if (claim.withdrawals.empty()) continue;
      ++trail.part;
      trail.money.add(state, order.contract);
      trail.events.push_back(EventId{claim.id.value});
      trail.events.insert(trail.events.end(), claim.withdrawals.begin(), claim.withdrawals.end());
    }
  }

  static void look_at_wins(const State& state, const Order& order,
                           std::map<std::pair<std::uint64_t, std::uint32_t>, Contest>& contests) {
    const OrderClaim* winner = order.performing_claim();
    if (winner == nullptr || winner->first() == 0) return;
    const std::uint64_t party = identity_of(state, winner->first());
    const bool contested =
        std::any_of(order.claims.begin(), order.claims.end(), [&](const OrderClaim& claim) {
          return !claim.retracted && claim.first() != 0 &&
                 identity_of(state, claim.first()) != party;
        });
    if (!contested) return;
    Contest& contest = contests[{order.programme.value, order.kind.value}];
    ++contest.orders;
    Trail& trail = contest.winners[party];
    ++trail.part;
    trail.money.add(state, order.contract);
    trail.events.push_back(EventId{order.last_assignment()->id.value});
  }

  void look_at_speed(const State& state, const Order& order, Trails& hasty) const {
    const Assignment* assignment = order.last_assignment();
    const OrderClaim* performer = order.performing_claim();
    if (assignment == nullptr || performer == nullptr) return;
    const auto given = moments_.find(EventId{assignment->id.value});
    if (given == moments_.end()) return;
    for (const Fulfilment& fulfilment : order.fulfilments) {
      const auto done = moments_.find(fulfilment.event);
      if (done == moments_.end()) continue;
      const std::int64_t took = done->second.ms - given->second.ms;
      const std::int64_t doubt = done->second.uncertain_ms + given->second.uncertain_ms;
      if (took < -doubt || took > seconds_ * 1000) continue;
      Trail& trail = hasty[identity_of(state, performer->first())];
      ++trail.part;
      trail.money.add(state, order.contract);
      trail.events.push_back(EventId{assignment->id.value});
      trail.events.push_back(fulfilment.event);
    }
  }

  // Whether somebody took part in the work, by the day of the review or of a fulfilment.
  static bool took_part(const Order& order, const OrderReview& review, std::uint64_t who,
                        const Interests& interests) {
    std::vector<Day> days{review.day};
    for (const Fulfilment& fulfilment : order.fulfilments) days.push_back(fulfilment.day);
    const auto& claimants = order.performing_claim()->claimants;
    return std::any_of(claimants.begin(), claimants.end(), [&](const Claimant& claimant) {
      return std::any_of(days.begin(), days.end(),
                         [&](Day day) { return interests.acts_for(who, claimant.party, day); });
    });
  }

  static void look_at_reviews(const State& state, const Order& order, const Interests& interests,
                              Trails& own) {
    if (order.performing_claim() == nullptr) return;
    for (const OrderReview& review : order.reviews) {
      std::vector<std::uint64_t> reviewers = review.panel;
      reviewers.push_back(review.actor);
      boost::unordered_flat_set<std::uint64_t> seen;
      for (const std::uint64_t who : reviewers) {
        const std::uint64_t identity = identity_of(state, who);
        if (!seen.insert(identity).second || !took_part(order, review, who, interests)) continue;
        Trail& trail = own[identity];
        ++trail.part;
        trail.money.add(state, order.contract);
        trail.events.push_back(review.event);
      }
    }
  }

  // Only where a person asked: an office that posts its own orders has said what it thinks.
  static void look_at_requester(const State& state, const Order& order, Trails& unasked) {
    if (!order.is_accepted() || state.person(PersonId{order.requester}) == nullptr) return;
    const OrderReview* review = order.last_review();
    if (review == nullptr) return;
    Trail& trail = unasked[identity_of(state, review->actor)];
    ++trail.whole;
    const bool asked =
        std::any_of(order.reviews.begin(), order.reviews.end(), [](const OrderReview& item) {
          return item.opinion != static_cast<std::uint16_t>(schema::OrderReviewed::Opinion::NONE);
        });
    if (asked) return;
    ++trail.part;
    trail.money.add(state, order.contract);
    trail.events.push_back(review->event);
  }

  static void add(std::uint64_t subject, Trail& trail, std::string zh, std::string en,
                  std::vector<Anomaly>& out) {
    Anomaly anomaly;
    anomaly.subject = subject;
    anomaly.events = std::move(trail.events);
    anomaly.at_risk = trail.money.sum();
    anomaly.zh = std::move(zh);
    anomaly.en = std::move(en);
    out.push_back(std::move(anomaly));
  }

  void report_drops(Trails& drops, std::vector<Anomaly>& out) const {
    for (auto& [party, trail] : drops) {
      if (trail.part < dropped_least_ || !reaches(trail.part, trail.whole, dropped_permille_)) {
        continue;
      }
      add(party, trail,
          "接单后退单：派定给该方的" + number(trail.whole) + "单中退回" + number(trail.part) + "单",
          "claimed and dropped: of " + number(trail.whole) +
              " orders assigned to the party it gave up " + number(trail.part),
          out);
    }
  }

  void report_wins(std::map<std::pair<std::uint64_t, std::uint32_t>, Contest>& contests,
                   std::vector<Anomaly>& out) const {
    for (auto& [key, contest] : contests) {
      if (contest.orders < contested_least_) continue;
      for (auto& [party, trail] : contest.winners) {
        if (!reaches(trail.part, contest.orders, wins_permille_)) continue;
        add(party, trail,
            "同类派单多方竞争" + number(contest.orders) + "次，同一方中" + number(trail.part) +
                "次",
            "several parties competed for " + number(contest.orders) +
                " orders of one kind; the same one won " + number(trail.part),
            out);
      }
    }
  }

  void report_hasty(Trails& hasty, std::vector<Anomaly>& out) const {
    for (auto& [party, trail] : hasty) {
      add(party, trail, "派定后" + number(seconds_) + "秒之内即办结" + number(trail.part) + "单",
          number(trail.part) + " orders reported as done within " + number(seconds_) +
              " seconds of being assigned",
          out);
    }
  }

  static void report_own(Trails& own, std::vector<Anomaly>& out) {
    for (auto& [reviewer, trail] : own) {
      add(reviewer, trail, "承办方的人员参与评议验收本方的单" + number(trail.part) + "次",
          "somebody of the performer took part in accepting its own orders, " + number(trail.part) +
              " times",
          out);
    }
  }

  void report_unasked(Trails& unasked, std::vector<Anomaly>& out) const {
    for (auto& [reviewer, trail] : unasked) {
      if (trail.part < unasked_least_ || !reaches(trail.part, trail.whole, unasked_permille_)) {
        continue;
      }
      add(reviewer, trail,
          "居民点单验收" + number(trail.whole) + "单，其中" + number(trail.part) +
              "单没有点单人的意见",
          "of " + number(trail.whole) + " accepted orders that residents asked for, " +
              number(trail.part) + " carry no opinion of whoever asked",
          out);
    }
  }

  std::int64_t dropped_least_;
  std::int64_t dropped_permille_;
  std::int64_t contested_least_;
  std::int64_t wins_permille_;
  std::int64_t seconds_;
  std::int64_t unasked_least_;
  std::int64_t unasked_permille_;
  boost::unordered_flat_map<EventId, Moment> moments_;
};

}  // namespace

std::unique_ptr<Rule> make_order_game(const Parameters& parameters) {
  return std::make_unique<OrderGame>(parameters);
}

}  // namespace houniao::rules::institutions
