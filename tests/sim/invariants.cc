#include "tests/sim/invariants.h"

#include <algorithm>
#include <map>
#include <set>

#include "replay/state.h"

namespace houniao::sim {
namespace {

constexpr std::uint64_t kWhole = 1000;  // permille

class Broken {
 public:
  void add(std::string_view code, std::uint64_t id, std::string_view what) {
    found_.push_back({std::string(code), to_string(EventId{id}) + " " + std::string(what)});
  }
  template <class Tag>
  void add_if(bool broken, std::string_view code, Strong<Tag> id, std::string_view what) {
    if (broken) add(code, id.value, what);
  }
  std::vector<Violation> take() { return std::move(found_); }

 private:
  std::vector<Violation> found_;
};

// What retracted events of this type had named in the column `group` of their rows.
std::set<std::uint64_t> named_by_retracted(const State& state, EventType type) {
  std::set<std::uint64_t> out;
  for (const auto& [event, rows] : state.audit.retracted_rows) {
    const EventEntry* entry = state.events.find(event);
    if (entry == nullptr || entry->type != static_cast<std::uint16_t>(type)) continue;
    for (const KeptRow& kept : rows) out.insert(kept.row.group);
  }
  return out;
}

// --- I8 ----------------------------------------------------------------------------------------

struct LeaseUse {
  std::int64_t set_aside = 0;
  std::int64_t given_back = 0;
  std::int64_t spent = 0;
};

void check_account(VolunteerId volunteer, const PointsAccount& account, Broken& broken) {
  PointsAccount again = account;
  again.settle();
  const bool same =
      again.available == account.available &&
      std::equal(again.entries.begin(), again.entries.end(), account.entries.begin(),
                 [](const PointsEntry& a, const PointsEntry& b) { return a.covered == b.covered; });
  broken.add_if(account.available < 0, "points_broken", volunteer, "has less than no points");
  broken.add_if(!same, "points_broken", volunteer, "has an account that is not its entries");
}

void check_points(const State& state, Broken& broken) {
  const PointsState& points = state.volunteers.points;
  std::map<LeaseId, LeaseUse> uses;
  for (const auto& [volunteer, account] : points.accounts) {
    check_account(volunteer, account, broken);
    for (const PointsEntry& entry : account.entries) {
      LeaseUse* use = nullptr;
      if (entry.kind == PointsEntry::Kind::leased || entry.kind == PointsEntry::Kind::given_back) {
        use = &uses[LeaseId{entry.source}];
      }
      if (entry.kind == PointsEntry::Kind::leased) use->set_aside += entry.points;
      if (entry.kind == PointsEntry::Kind::given_back) use->given_back += entry.points;
    }
  }
  for (const auto& [event, redemption] : points.redemptions) {
    if (redemption.lease) uses[redemption.lease].spent += redemption.points;
  }
  for (const auto& [id, lease] : points.leases) {
    const LeaseUse use = uses[id];
    const bool books = use.set_aside == lease.points && use.given_back == lease.given_back &&
                       use.spent == lease.spent;
    broken.add_if(lease.spent < 0 || lease.given_back < 0 || lease.left() < 0, "points_broken", id,
                  "is a lease that is overspent");
    broken.add_if(!books, "points_broken", id, "is a lease that its books do not bear out");
  }
}

// --- I10 ---------------------------------------------------------------------------------------

// Assignments that nothing speaks against: not retracted, their claim not given up, and not handed
// on by a transfer.
std::size_t standing_assignments(const Order& order) {
  const auto handed_on = [&](AssignmentId id) {
    return std::any_of(order.assignments.begin(), order.assignments.end(),
                       [&](const Assignment& a) { return !a.retracted && a.replaces == id; });
  };
  const auto stands = [&](const Assignment& assignment) {
    const OrderClaim* claim = order.find_claim(assignment.claim);
    return !assignment.retracted && claim != nullptr && claim->in_force() &&
           !handed_on(assignment.id);
  };
  return static_cast<std::size_t>(
      std::count_if(order.assignments.begin(), order.assignments.end(), stands));
}

bool has_retracted_assignment(const Order& order) {
  return std::any_of(order.assignments.begin(), order.assignments.end(),
                     [](const Assignment& assignment) { return assignment.retracted; });
}

void check_orders(const State& state, Broken& broken) {
  const std::set<std::uint64_t> revived =
      named_by_retracted(state, schema::Event::Body::ORDER_WITHDRAWN);
  std::map<std::uint64_t, std::set<OrderId>> in_hand;
  for (const auto& [id, order] : state.orders.orders) {
    if (!has_retracted_assignment(order) && !revived.contains(id.value)) {
      broken.add_if(standing_assignments(order) > 1, "assignment_broken", id, "is assigned twice");
    }
    for (const OrderClaim& claim : order.claims) {
      std::uint64_t sum = 0;
      for (const Claimant& claimant : claim.claimants) sum += claimant.permille;
      broken.add_if(sum != kWhole, "shares_broken", claim.id, "does not share out the whole");
    }
    if (order.is_closed() || order.assignment_in_force() == nullptr) continue;
    for (const Claimant& claimant : order.performing_claim()->claimants) {
      in_hand[claimant.party].insert(id);
    }
  }
  for (const auto& [party, orders] : state.orders.load) {
    const std::set<OrderId> listed(orders.begin(), orders.end());
    if (listed != in_hand[party]) {
      broken.add("assignment_broken", party, "has other orders in hand than are listed");
    }
    in_hand.erase(party);
  }
  for (const auto& [party, orders] : in_hand) {
    broken.add("assignment_broken", party, "has orders in hand that are not listed");
  }
}

void check_proposals(const State& state, Broken& broken) {
  for (const auto& [id, proposal] : state.calls.proposals) {
    std::uint64_t sum = 0;
    for (const ProposalApplicant& applicant : proposal.applicants) sum += applicant.permille;
    broken.add_if(sum != kWhole, "shares_broken", id, "does not share out the whole");
  }
}

// --- I25 ---------------------------------------------------------------------------------------

void check_certificates(const State& state, Broken& broken) {
  const HoursState& hours = state.volunteers.hours;
  std::set<VolunteerId> taken_back;
  for (std::uint64_t id : named_by_retracted(state, schema::Event::Body::HOURS_CONFIRMED)) {
    const HoursRecord* record = hours.find_record(EventId{id});
    if (record != nullptr) taken_back.insert(record->volunteer);
  }
  for (const auto& [volunteer, certificates] : hours.certificates) {
    if (taken_back.contains(volunteer)) continue;
    broken.add_if(!hours.certificates_hold(volunteer), "certificate_broken", volunteer,
                  "has more minutes certified than confirmed");
  }
  for (const auto& [number, certificates] : hours.certificate_numbers) {
    if (certificates.size() < 2) continue;
    broken.add("certificate_broken", certificates.back().value, "has a number that was used");
  }
}

// --- I26 ---------------------------------------------------------------------------------------

void check_awards(const State& state, Broken& broken) {
  for (const auto& [id, call] : state.calls.calls) {
    broken.add_if(call.budget.value > 0 && call.awarded() > call.budget, "award_broken", id,
                  "gave out more than its budget");
    for (const CallLot& lot : call.lots) {
      broken.add_if(lot.amount.value > 0 && call.awarded_in(lot.code) > lot.amount, "award_broken",
                    id, "gave out more than its lot");
    }
    std::set<ProposalId> winners;
    for (const Award& award : call.awards) {
      broken.add_if(!winners.insert(award.proposal).second, "award_broken", id,
                    "gave two awards to one proposal");
    }
  }
}

// --- I4, I11, I28 ------------------------------------------------------------------------------

void check_money(const State& state, Broken& broken) {
  for (const auto& [unit, shares] : state.contracts.billed) {
    broken.add_if(state.contracts.billed_permille(unit, true) > kWhole, "billing_broken", unit,
                  "is accepted for more than the whole");
  }
  for (const auto& [id, contract] : state.contracts.contracts) {
    broken.add_if(!keeps_i4(state, contract), "contract_broken", id, "is overdrawn");
  }
  for (const auto& [client, held] : state.ledger.open_custody()) {
    broken.add_if(held.value < 0, "custody_broken", client, "has less than nothing held");
  }
}

}  // namespace

std::vector<Violation> broken_invariants(const State& state) {
  Broken broken;
  check_points(state, broken);
  check_orders(state, broken);
  check_proposals(state, broken);
  check_certificates(state, broken);
  check_awards(state, broken);
  check_money(state, broken);
  return broken.take();
}

}  // namespace houniao::sim
