// The anomaly bench: folds a log record by record together with the rules, and says what they
// doubt. On a server it follows the log; offline it is folded from the first record; both give the
// same list.
//
// Incremental: anomalies() asks only those rules again whose answer may have changed since it was
// last asked (RuleRow::reads, by_day).
//
// Pure. One thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "replay/families/findings.h"
#include "replay/rules/rule.h"
#include "replay/state.h"

namespace houniao::rules {

// What a person can look through. The rest is counted, never dropped in silence.
inline constexpr std::size_t kEvidencePerAnomaly = 256;
inline constexpr std::size_t kAnomaliesPerRule = 1000;

// Which version of which rule is run with which thresholds.
struct Choice {
  const RuleRow* row = nullptr;
  Parameters parameters;
  std::uint32_t version = 0;  // that of the row unless thresholds were replaced
};
class RuleSet {
 public:
  // The newest version of every rule.
  static RuleSet standard();
  // From a JSON document {"A09": {"version": 2, "services_per_day": 80}, ...}: rules that are not
  // named stay as in standard(). A version that no row has needs thresholds and takes the newest
  // row; other thresholds than those of a row need such a version. malformed says which rule or
  // name is unknown, and what there is.
  static Result<RuleSet> parse(std::string_view json);
  // Rules of one's own, by number; each number once.
  static RuleSet of(std::vector<Choice> choices);
  // Only these ("A03"); not_found names an unknown one.
  Result<RuleSet> only(std::span<const std::string> codes) const;
  std::span<const Choice> choices() const { return choices_; }

 private:
  std::vector<Choice> choices_;  // by number
};

// An anomaly with what was decided about it: the last disposition whose evidence begins with the
// first event of the anomaly.
struct Doubt {
  Anomaly anomaly;
  const AnomalyDisposition* disposition =
      nullptr;  // in the bench's state; valid until the next feed
};

class Bench {
 public:
  explicit Bench(RuleSet set = RuleSet::standard());
  ~Bench();
  Bench(Bench&&) noexcept;
  Bench& operator=(Bench&&) noexcept;

  // Folds one record, as recorded (replay/replayer.h, trust_verdicts), and shows it to the rules.
  // The first failure is final.
  Result<void> feed(ByteView record);
  const State& state() const { return *state_; }
  std::uint64_t records() const { return records_; }

  // What all rules doubt, by rule, then events. Cheap when nothing happened since the last call.
  // Each anomaly has rule and version filled in here, and evidence that the log has: ascending,
  // each once, the first kEvidencePerAnomaly; one without evidence and a second one of the same
  // content are left out. Of more than kAnomaliesPerRule of one rule those with most money at risk
  // are given, and one more that counts the others.
  const std::vector<Anomaly>& anomalies();
  std::vector<Doubt> doubts();
  // Rules that the last anomalies() had to ask, for tests and measurements.
  std::size_t asked() const { return asked_; }

 private:
  struct Running;
  Result<void> take(ByteView record);
  void show(const Observation& observation, bool to_ask_all);

  std::unique_ptr<State> state_;
  std::vector<Running> running_;
  std::vector<Anomaly> all_;
  std::uint64_t records_ = 0;
  Day asked_on_;
  std::size_t asked_ = 0;
  bool stale_ = true;
  std::optional<Error> failed_;
};

// What one list has and the other has not: for the same log under two versions of a rule.
struct Difference {
  std::vector<Anomaly> only_first;
  std::vector<Anomaly> only_second;
  std::size_t both = 0;  // compared by rule, events and subject; versions and texts may differ
};
Difference difference(std::span<const Anomaly> first, std::span<const Anomaly> second);

}  // namespace houniao::rules
