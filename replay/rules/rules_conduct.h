// The rules A14 to A27: how people and bodies behave, beside what they deliver. Each topic has a
// source of its own; here is what they share. Internal to replay/rules.
//
// What a rule of this group keeps from observe() is what the state forgets: times and places of
// evidence, hashes of pictures and answers, clocks of devices, who tried what. Events that were
// taken over from an older book (Source::IMPORTED) have the clock and the device of whoever typed
// the book in, so rules about clocks, bursts and devices pass over them.
//
// Pure; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "replay/rules/rule.h"
#include "replay/state.h"

namespace houniao::rules {

using Body = schema::Event::Body;

// One list for each source of the group, by number.
std::span<const RuleRow> rules_of_contract_drift();  // A14
std::span<const RuleRow> rules_of_duties();          // A15
std::span<const RuleRow> rules_of_funds();           // A16
std::span<const RuleRow> rules_of_promises();        // A17
std::span<const RuleRow> rules_of_evidence();        // A18
std::span<const RuleRow> rules_of_opinions();        // A19, A20
std::span<const RuleRow> rules_of_points();          // A21
std::span<const RuleRow> rules_of_stock();           // A22
std::span<const RuleRow> rules_of_figures();         // A23
std::span<const RuleRow> rules_of_devices();         // A24
std::span<const RuleRow> rules_of_corrections();     // A25
std::span<const RuleRow> rules_of_casework();        // A26, A27

// A threshold that is multiplied: no more than `most`, so that a product of it stays in range.
std::int64_t capped(const Parameters& parameters, std::string_view name, std::int64_t most);
inline constexpr std::int64_t kPermilleMax = 100'000;
inline constexpr std::int64_t kDaysMax = 100'000;

template <class T>
std::unique_ptr<Rule> make_rule(const Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

// Appends an anomaly; the bench fills in rule and version and puts the evidence in order.
void doubt(std::vector<Anomaly>& out, std::vector<EventId> events, std::uint64_t subject,
           Fen at_risk, std::string zh, std::string en);

// Sums that stay at kFenMax instead of overflowing; amounts below zero count as none.
Fen plus(Fen a, Fen b);
// "1,234.50", in yuan.
std::string yuan(Fen amount);
std::string number(std::int64_t value);  // "16,285"

// What was accepted on milestones for a delivery: its quantity at the contract's unit price, over
// all accepted milestones that bill it. 0 for what nobody bills.
Fen billed_value(const State& state, EventId unit);
// How many people or things one delivery row of the fact table stands for: of a session the people
// at it, of anything else its quantity.
std::int64_t people_in(const State& state, EventId unit);

// A clock time that means something: the event was not typed in from an older book.
inline bool has_own_clock(const Observation& seen) {
  return seen.event.getSource() != schema::Source::IMPORTED;
}
// The device's wall clock, as minutes since midnight in Asia/Shanghai.
int minute_of_day(std::int64_t at_ms);

inline std::string_view text_of(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
// The latest status of an event in both languages; empty texts for one that is not known.
std::string_view status_zh(const State& state, EventId id);
std::string_view status_en(const State& state, EventId id);

}  // namespace houniao::rules
