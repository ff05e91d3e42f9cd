// What an auditor may doubt: the rules A01 to A40. A rule looks at every event of the log once, in
// order, and can say at any time which events it doubts and why. It decides nothing: an anomaly is
// a question with its evidence, the money at risk and the innocent explanation to check first.
//
// Pure: what a rule finds depends on the records alone, so the server, an offline bundle and a
// second replay give the same list. A rule may keep what it needs from the events it sees; it is
// never part of State, its digest or a snapshot.
//
// Owned by a Bench (replay/rules/bench.h); one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/ledger.h"
#include "schema/event.capnp.h"
#include "schema/record.capnp.h"

namespace houniao {

class State;

namespace rules {

// A threshold of a rule. Another value is another version of the rule.
struct Parameter {
  std::string_view name;   // "services_per_day"
  std::int64_t value = 0;  // in the unit that the name or the text says
  std::string_view zh;
  std::string_view en;
};

// The thresholds that one instance of a rule works with: those of its row, some replaced.
class Parameters {
 public:
  explicit Parameters(std::span<const Parameter> defaults);
  // False when the rule has no parameter of that name.
  bool set(std::string_view name, std::int64_t value);
  // The name must be one of the row's: asserted.
  std::int64_t get(std::string_view name) const;

 private:
  std::vector<Parameter> values_;
};

// Something that a rule doubts.
struct Anomaly {
  std::uint16_t rule = 0;     // 3 for A03
  std::uint32_t version = 0;  // of the rule that found it
  std::vector<EventId>
      events;  // the evidence, ascending, each once, at least one; the first names it
  std::uint64_t subject = 0;  // the person, worker, contract, site, ... it is about; 0 for none
  Fen at_risk;                // money that was or may be paid on it; 0 when none is known
  std::string zh;             // what was seen, with its numbers; never personal data
  std::string en;

  auto operator<=>(const Anomaly&) const = default;
};

// One event as it was folded, before the next one is. Everything in it lives only for the call.
struct Observation {
  const State& state;  // after the event took effect
  EventId id;
  EventType type{};
  Seq seq;
  WallTime received;
  DeviceNumber device;
  Day occurred;
  schema::Verdict verdict{};  // when it arrived
  schema::Event::Reader event;
};

class Rule {
 public:
  virtual ~Rule() = default;
  // Every event in the order of the log, whatever its verdict. Must be brief: it runs once for each
  // of millions of events. An event whose effect changes later (released, retracted, corrected) is
  // not shown again: find() asks the state what is in force.
  virtual void observe(const Observation& observation) { (void)observation; }
  // Appends everything the rule doubts as of now. `today` is the civil day (Asia/Shanghai) on which
  // the last record was received. Order does not matter: the bench sorts.
  virtual void find(const State& state, Day today, std::vector<Anomaly>& out) const = 0;
};

// One version of one rule. `reads` names the event types after which find() may answer otherwise
// (beside corrections, retractions and decisions, after which it is always asked again); empty
// means any. `by_day` means that the answer also depends on `today`.
struct RuleRow {
  std::uint16_t number = 0;
  std::uint32_t version = 1;
  std::string_view zh;     // "同一交付重复结算"
  std::string_view en;     // "one delivery billed twice"
  std::string_view basis;  // law and article, or the reason, Chinese
  std::string_view basis_en;
  std::string_view innocent_zh;  // what to check before anybody is accused
  std::string_view innocent_en;
  std::span<const Parameter> parameters;
  std::span<const EventType> reads;
  bool by_day = false;
  std::unique_ptr<Rule> (*make)(const Parameters& parameters) = nullptr;
};

// "A03"
std::string code_of(std::uint16_t rule);

// The rows of each group; every group is a pair of files rules_<group>.{h,cc} or several.
std::span<const RuleRow> rules_of_deliveries();    // A01 .. A13
std::span<const RuleRow> rules_of_conduct();       // A14 .. A27
std::span<const RuleRow> rules_of_institutions();  // A28 .. A40

// All of them, by number and version.
std::vector<const RuleRow*> all_rules();

}  // namespace rules
}  // namespace houniao
