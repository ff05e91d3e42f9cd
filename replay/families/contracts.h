// Family contracts: government purchase from signature to settlement. Part of State; written by the
// one thread that folds the log.
//
// The amounts of a contract are in the ledger (replay/ledger.h); here is what it delivers, what was
// claimed for it and what was accepted. Rows of the fact table: kind is the contract's number,
// group the contract, subject the first contractor, amount the amount; a closing has kFactEnded.
//
// I4: net paid <= min(value after amendments, accepted + agreed advance not yet earned). Acceptance
// earns the advance first, so that the bound is min(value, max(accepted, advance)), where the part
// above what is accepted may only be paid on requests for an advance.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/ledger.h"
#include "replay/symbols.h"

namespace houniao {

class State;

// What a contract is billed for and an order fulfilled with, by its type on the wire: a session
// held, an attendance, a service, an agency case (its opening or a stage), hours that were
// confirmed. Hours that are only recorded are none.
bool is_delivery(std::uint16_t type);
// The unit that a delivery is billed as (I11). The opening of an agency case and all its stages are
// one unit, the case; every other delivery is its own.
EventId billed_unit(const State& state, EventId delivery);

struct Deliverable {
  Symbol code;
  Symbol kind;  // of the sessions or services that fulfil it
  Symbol unit;
  std::int64_t quantity = 0;
  Fen unit_price;
  std::int64_t claimed = 0;  // over all milestones
  std::int64_t accepted = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(code, kind, unit, quantity, unit_price.value, claimed, accepted);
  }
};

struct Amendment {
  EventId event;
  Fen delta;
  Day to;  // as stated; 0 when unchanged

  template <class Archive>
  void fields(Archive& a) {
    a(event, delta.value, to);
  }
};

struct Contract {
  ContractId id;
  std::string number;
  OrganisationId buyer;
  std::vector<OrganisationId> contractors;
  std::vector<FundId> funds;
  std::vector<Deliverable> deliverables;
  Fen signed_amount;
  Fen advance;  // agreed
  Day from;
  Day to;                             // as signed
  std::vector<Amendment> amendments;  // by event id
  EventId closed;                     // the ContractClosed in force with the smallest id
  std::uint16_t settlement = 0;       // schema::ContractClosed::Settlement
  Day closed_on;

  Day ends_on() const;  // after amendments: the latest end
  bool is_closed() const { return closed.value != 0; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, number, buyer, contractors, funds, deliverables, signed_amount.value, advance.value, from,
      to, amendments, closed, settlement, closed_on);
  }
};

struct MilestoneLine {
  Symbol deliverable;
  std::int64_t quantity = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(deliverable, quantity);
  }
};

struct Milestone {
  MilestoneId id;
  ContractId contract;
  std::uint64_t submitter = 0;
  std::vector<MilestoneLine> lines;
  std::vector<EventId> units;   // as listed, ascending, each once
  std::vector<EventId> billed;  // what they are billed as, ascending, each once
  EventId review;               // none until reviewed
  std::uint64_t reviewer = 0;
  Fen accepted;

  bool is_reviewed() const { return review.value != 0; }
  template <class Archive>
  void fields(Archive& a) {
    a(id, contract, submitter, lines, units, billed, review, reviewer, accepted.value);
  }
};

// How much of one delivery a milestone bills: the shares that its contract's funds were given
// before the delivery, or all of it where no shares were declared (I11).
struct BilledShare {
  MilestoneId milestone;
  std::uint16_t permille = 1000;

  template <class Archive>
  void fields(Archive& a) {
    a(milestone, permille);
  }
};

struct DeclaredShare {
  FundId fund;
  std::uint16_t permille = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(fund, permille);
  }
};

struct ContractsState {
  boost::unordered_flat_map<ContractId, Contract> contracts;
  boost::unordered_flat_map<std::string, std::vector<ContractId>> by_number;  // ascending
  boost::unordered_flat_map<MilestoneId, Milestone> milestones;
  // by what is billed, see billed_unit(); each list by milestone
  boost::unordered_flat_map<EventId, std::vector<BilledShare>> billed;
  // shares that a delivery or the plan of a session declares; only where there are any
  boost::unordered_flat_map<EventId, std::vector<DeclaredShare>> shares;

  const Contract* find(ContractId id) const {
    auto at = contracts.find(id);
    return at == contracts.end() ? nullptr : &at->second;
  }
  const Milestone* find_milestone(MilestoneId id) const {
    auto at = milestones.find(id);
    return at == milestones.end() ? nullptr : &at->second;
  }
  // Billed in total over accepted milestones, and over all of them.
  std::uint32_t billed_permille(EventId unit, bool accepted_only) const;

  template <class Archive>
  void fields(Archive& a) {
    a(contracts, by_number, milestones, billed, shares);
  }
};

// What may still be approved for payment on the contract (I4); never negative. `advance` asks for
// the agreed advance, otherwise for accepted work.
Fen payable(const State& state, const Contract& contract, bool advance);
// Whether all accounts of the contract keep I4; for checks at every prefix of the log.
bool keeps_i4(const State& state, const Contract& contract);

}  // namespace houniao
