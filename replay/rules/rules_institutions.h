// The rules A28 to A40: what institutions do that may be doubted. One function each makes a rule
// with its thresholds; the rows that name them are in rules_institutions.cc, and each group of
// rules is one file rules_institutions_<topic>.cc, which says what its rules read and how they
// decide.
//
// All of them look at what counts (institutions::counts()): what is held, refused or retracted is
// no anomaly, except where a comment at the rule says that the attempt itself is one. None looks at
// a clock but A30, which does so only for events that a device captured itself.
#pragma once

#include <memory>

#include "replay/rules/rule.h"

namespace houniao::rules::institutions {

std::unique_ptr<Rule> make_unvetted(const Parameters& parameters);         // A28
std::unique_ptr<Rule> make_uninsured(const Parameters& parameters);        // A29
std::unique_ptr<Rule> make_order_game(const Parameters& parameters);       // A30
std::unique_ptr<Rule> make_agency(const Parameters& parameters);           // A31
std::unique_ptr<Rule> make_broadcast(const Parameters& parameters);        // A32
std::unique_ptr<Rule> make_organisation(const Parameters& parameters);     // A33
std::unique_ptr<Rule> make_contest(const Parameters& parameters);          // A34
std::unique_ptr<Rule> make_over_coverage(const Parameters& parameters);    // A35
std::unique_ptr<Rule> make_amounts(const Parameters& parameters);          // A36
std::unique_ptr<Rule> make_lost_demand(const Parameters& parameters);      // A37
std::unique_ptr<Rule> make_posts(const Parameters& parameters);            // A38
std::unique_ptr<Rule> make_insurance_count(const Parameters& parameters);  // A39
std::unique_ptr<Rule> make_custody(const Parameters& parameters);          // A40

}  // namespace houniao::rules::institutions
