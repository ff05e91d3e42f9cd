// What must be true of the state that a whole log gives, in the terms of the domain. Looks at the
// state alone and computes again what the families keep derived; cheap enough for the end of every
// run. A replica that holds only some scopes need not keep them. Each code has a planted state in
// invariants_test.cc that must show it.
//
//   points_broken       I8   an account below zero or not the sum of its entries; a lease overspent
//                            or not what was set aside, given back and redeemed for it
//   assignment_broken   I10  an order with two assignments in force; who has it in hand differs
//   shares_broken       I10  shares of a claim or a proposal that are not the whole
//   certificate_broken  I25  more minutes certified than confirmed; a number used twice
//   award_broken        I26  awards beyond the budget of the call or the amount of its lot
//   billing_broken      I11  a delivery that was accepted for more than the whole
//   custody_broken      I28  less than nothing held for a client
//   contract_broken     I4   more approved or paid than a contract allows
//
// Two things may look broken after a retraction and are meant so: certificates whose confirmation
// was taken back stand, and an order whose claim is in force again because its withdrawal was taken
// back belongs to the last assignment. Where that happened, nothing is said.
#pragma once

#include <string>
#include <vector>

namespace houniao {
class State;
}

namespace houniao::sim {

struct Violation {
  std::string code;
  std::string detail;
};

std::vector<Violation> broken_invariants(const State& state);

}  // namespace houniao::sim
