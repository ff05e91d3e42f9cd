// Each invariant that the simulator checks is shown a state that keeps it and one that breaks it.
#include "tests/sim/invariants.h"

#include <gtest/gtest.h>

#include <set>

#include "replay/state.h"

namespace houniao::sim {
namespace {

using Codes = std::set<std::string>;

EventId id(std::uint64_t n) { return event_id(DeviceNumber{7}, DeviceSeq{n}); }

Codes codes_of(const State& state) {
  Codes out;
  for (const Violation& violation : broken_invariants(state)) out.insert(violation.code);
  return out;
}

TEST(Invariants, AnEmptyStateKeepsThemAll) { EXPECT_EQ(codes_of(State{}), Codes{}); }

// --- points ------------------------------------------------------------------------------------

const VolunteerId kVolunteer{id(1).value};

void earn(State& state, std::int64_t points) {
  state.volunteers.points.enter(kVolunteer, {id(2), Day{10}, PointsEntry::Kind::earned, points});
}

TEST(Invariants, PointsThatNobodyEarnedAreFound) {
  State state;
  earn(state, 5);
  EXPECT_EQ(codes_of(state), Codes{});
  state.volunteers.points.enter(kVolunteer, {id(3), Day{10}, PointsEntry::Kind::online, 6});
  EXPECT_EQ(codes_of(state), Codes{"points_broken"});
}

TEST(Invariants, AnAccountThatIsNotTheSumOfItsEntriesIsFound) {
  State state;
  earn(state, 5);
  state.volunteers.points.accounts[kVolunteer].available = 6;
  EXPECT_EQ(codes_of(state), Codes{"points_broken"});
}

PointsLease& open_lease(State& state, std::int64_t points) {
  PointsLease lease;
  lease.id = entity_cast<LeaseId>(id(4));
  lease.volunteer = kVolunteer;
  lease.points = points;
  state.volunteers.points.enter(
      kVolunteer, {id(4), Day{10}, PointsEntry::Kind::leased, points, lease.id.value});
  state.volunteers.points.leases.insert_or_assign(lease.id, lease);
  return state.volunteers.points.leases.find(lease.id)->second;
}

TEST(Invariants, ALeaseThatIsOverspentIsFound) {
  State state;
  earn(state, 10);
  PointsLease& lease = open_lease(state, 5);
  EXPECT_EQ(codes_of(state), Codes{});
  PointsRedemption redemption;
  redemption.volunteer = kVolunteer;
  redemption.points = lease.spent = 6;
  redemption.lease = lease.id;
  state.volunteers.points.redemptions.insert_or_assign(id(5), redemption);
  EXPECT_EQ(codes_of(state), Codes{"points_broken"});
}

TEST(Invariants, ALeaseThatItsRedemptionsDoNotBearOutIsFound) {
  State state;
  earn(state, 10);
  open_lease(state, 5).spent = 2;
  EXPECT_EQ(codes_of(state), Codes{"points_broken"});
}

// --- orders and shares -------------------------------------------------------------------------

const std::uint64_t kFirstParty = id(11).value;
const std::uint64_t kSecondParty = id(12).value;

OrderClaim claim_of(std::uint64_t n, std::uint64_t party, std::uint16_t permille = 1000) {
  OrderClaim claim;
  claim.id = entity_cast<ClaimId>(id(n));
  claim.claimants.push_back({party, permille});
  return claim;
}

Assignment assignment_of(std::uint64_t n, std::uint64_t claim) {
  Assignment assignment;
  assignment.id = entity_cast<AssignmentId>(id(n));
  assignment.claim = entity_cast<ClaimId>(id(claim));
  return assignment;
}

// An order that two claimed and that the first has in hand.
Order& assigned_order(State& state) {
  Order order;
  order.id = entity_cast<OrderId>(id(20));
  order.claims = {claim_of(21, kFirstParty), claim_of(22, kSecondParty)};
  order.assignments = {assignment_of(23, 21)};
  state.orders.load[kFirstParty] = {order.id};
  state.orders.orders.insert_or_assign(order.id, order);
  return state.orders.orders.find(order.id)->second;
}

void hand_to_second(State& state, Order& order, AssignmentId replaces) {
  order.assignments.push_back(assignment_of(24, 22));
  order.assignments.back().replaces = replaces;
  state.orders.load.clear();
  state.orders.load[kSecondParty] = {order.id};
}

TEST(Invariants, TwoAssignmentsOfOneOrderAreFound) {
  State state;
  Order& order = assigned_order(state);
  EXPECT_EQ(codes_of(state), Codes{});
  hand_to_second(state, order, {});
  EXPECT_EQ(codes_of(state), Codes{"assignment_broken"});
}

TEST(Invariants, ATransferIsOneAssignment) {
  State state;
  Order& order = assigned_order(state);
  hand_to_second(state, order, order.assignments[0].id);
  EXPECT_EQ(codes_of(state), Codes{});
}

TEST(Invariants, AnOrderInHandThatIsNotListedIsFound) {
  State state;
  assigned_order(state);
  state.orders.load.clear();
  EXPECT_EQ(codes_of(state), Codes{"assignment_broken"});
}

TEST(Invariants, AnOrderThatIsListedAndNotInHandIsFound) {
  State state;
  assigned_order(state);
  state.orders.load[kSecondParty] = {entity_cast<OrderId>(id(20))};
  EXPECT_EQ(codes_of(state), Codes{"assignment_broken"});
}

TEST(Invariants, SharesOfAClaimThatAreNotTheWholeAreFound) {
  State state;
  assigned_order(state).claims[1] = claim_of(22, kSecondParty, 999);
  EXPECT_EQ(codes_of(state), Codes{"shares_broken"});
}

TEST(Invariants, SharesOfAProposalThatAreNotTheWholeAreFound) {
  State state;
  Proposal proposal;
  proposal.id = entity_cast<ProposalId>(id(30));
  proposal.applicants = {{kFirstParty, 500}, {kSecondParty, 501}};
  state.calls.proposals.emplace(proposal.id, proposal);
  EXPECT_EQ(codes_of(state), Codes{"shares_broken"});
}

// --- hours -------------------------------------------------------------------------------------

void confirm_and_certify(State& state, std::uint32_t confirmed, std::uint32_t certified) {
  HoursState& hours = state.volunteers.hours;
  HoursRecord record;
  record.id = id(40);
  record.volunteer = kVolunteer;
  hours.records.insert_or_assign(record.id, record);
  if (confirmed != 0) hours.confirmed[kVolunteer] = {{id(41), Day{10}, confirmed}};
  hours.certificates[kVolunteer] = {{id(42), Day{1}, Day{20}, certified}};
  hours.certificate_numbers["Z1"] = {id(42)};
}

TEST(Invariants, MinutesCertifiedThatNobodyConfirmedAreFound) {
  State sound;
  confirm_and_certify(sound, 60, 60);
  EXPECT_EQ(codes_of(sound), Codes{});
  State state;
  confirm_and_certify(state, 60, 61);
  EXPECT_EQ(codes_of(state), Codes{"certificate_broken"});
}

TEST(Invariants, ACertificateWhoseConfirmationWasTakenBackIsNotHeldAgainstTheState) {
  State state;
  confirm_and_certify(state, 0, 60);
  EXPECT_EQ(codes_of(state), Codes{"certificate_broken"});
  EventEntry& entry = *state.events.insert(id(41));
  entry.type = static_cast<std::uint16_t>(schema::Event::Body::HOURS_CONFIRMED);
  entry.status = EventStatus::retracted;
  KeptRow kept;
  kept.row.group = id(40).value;
  state.audit.retracted_rows[id(41)] = {kept};
  EXPECT_EQ(codes_of(state), Codes{});
}

TEST(Invariants, ANumberOfTwoCertificatesIsFound) {
  State state;
  confirm_and_certify(state, 60, 60);
  state.volunteers.hours.certificate_numbers["Z1"].push_back(id(43));
  EXPECT_EQ(codes_of(state), Codes{"certificate_broken"});
}

// --- awards and money --------------------------------------------------------------------------

Award award_of(std::uint64_t n, std::int64_t fen, Symbol lot) {
  Award award;
  award.event = id(n);
  award.proposal = entity_cast<ProposalId>(id(n));
  award.lot = lot;
  award.amount = Fen{fen};
  return award;
}

TEST(Invariants, AwardsBeyondTheBudgetAreFound) {
  State state;
  Call& call = state.calls.calls[entity_cast<CallId>(id(50))];
  call.budget = Fen{100};
  call.awards = {award_of(51, 100, kNoText)};
  EXPECT_EQ(codes_of(state), Codes{});
  call.awards.push_back(award_of(52, 1, kNoText));
  EXPECT_EQ(codes_of(state), Codes{"award_broken"});
}

TEST(Invariants, TwoAwardsForOneProposalAreFound) {
  State state;
  Call& call = state.calls.calls[entity_cast<CallId>(id(50))];
  call.awards = {award_of(51, 1, kNoText), award_of(52, 1, kNoText)};
  EXPECT_EQ(codes_of(state), Codes{});
  call.awards[1].proposal = call.awards[0].proposal;
  EXPECT_EQ(codes_of(state), Codes{"award_broken"});
}

TEST(Invariants, AwardsBeyondTheLotAreFound) {
  State state;
  const Symbol lot = state.intern("L1");
  Call& call = state.calls.calls[entity_cast<CallId>(id(50))];
  call.budget = Fen{100};
  call.lots.push_back({lot, Fen{40}});
  call.awards = {award_of(51, 60, kNoText), award_of(52, 40, lot)};
  EXPECT_EQ(codes_of(state), Codes{});
  call.awards[1].amount = Fen{41};
  call.awards[0].amount = Fen{59};
  EXPECT_EQ(codes_of(state), Codes{"award_broken"});
}

void bill(State& state, std::uint64_t n, std::uint16_t permille) {
  Milestone milestone;
  milestone.id = entity_cast<MilestoneId>(id(n));
  milestone.accepted = Fen{1};
  state.contracts.milestones[milestone.id] = milestone;
  state.contracts.billed[id(60)].push_back({milestone.id, permille});
}

TEST(Invariants, ADeliveryThatIsBilledTwiceIsFound) {
  State state;
  bill(state, 61, 600);
  bill(state, 62, 400);
  EXPECT_EQ(codes_of(state), Codes{});
  bill(state, 63, 1);
  EXPECT_EQ(codes_of(state), Codes{"billing_broken"});
}

TEST(Invariants, MoreMoneyPaidOnThanAClientHandedOverIsFound) {
  State state;
  const AccountId source{AccountKind::custody_source, kFirstParty};
  const AccountId held{AccountKind::custody_held, kFirstParty};
  const AccountId paid_on{AccountKind::custody_paid_on, kFirstParty};
  ASSERT_TRUE(state.ledger.post(id(70), PostingKind::custody_received, source, held, Fen{5}));
  ASSERT_TRUE(state.ledger.post(id(71), PostingKind::custody_paid_on, held, paid_on, Fen{5}));
  EXPECT_EQ(codes_of(state), Codes{});
  ASSERT_TRUE(state.ledger.post(id(72), PostingKind::custody_paid_on, held, paid_on, Fen{1}));
  EXPECT_EQ(codes_of(state), Codes{"custody_broken"});
}

TEST(Invariants, MoreApprovedThanAContractAllowsIsFound) {
  State state;
  const ContractId contract = entity_cast<ContractId>(id(80));
  state.contracts.contracts[contract].id = contract;
  EXPECT_EQ(codes_of(state), Codes{});
  ASSERT_TRUE(state.ledger.post(id(81), PostingKind::approved,
                                {AccountKind::contract_due, contract.value},
                                {AccountKind::contract_committed, contract.value}, Fen{1}));
  EXPECT_EQ(codes_of(state), Codes{"contract_broken"});
}

}  // namespace
}  // namespace houniao::sim
