// Whether promises were kept: for each obligation that a programme recorded (ObligationDefined),
// for each of its periods and each who owes it, what became of it as of a day, and by which events.
// A function of the state, the pack and the day; nothing is stored. Pure; any thread, while nobody
// writes the state.
//
// What counts for a period is done in it. Where there are days of grace and the period fell short,
// what is done in them is put to that period, the earliest that can still be completed first, and
// then does not count for its own. A fact counts for one period only; holidays may overlap and are
// then asked in the order of their first days.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/families/programmes.h"
#include "replay/figures.h"
#include "replay/metric.h"
#include "replay/periods.h"

namespace houniao {

class State;

enum class ObligationStatus : std::uint8_t {
  open,    // the period goes on and what was promised is not done yet
  due,     // the period is over, its days of grace are not
  met,     // done within the period
  late,    // done within the days of grace
  missed,  // neither
  waived,  // not done, and a waiver says that it need not be
};
inline constexpr std::size_t kObligationStatuses = 6;
std::string_view name_of(ObligationStatus status);  // "missed"
std::string_view name_zh(ObligationStatus status);

struct ObligationPeriod {
  std::uint64_t owner = 0;  // staff, person, site or organisation; 0 for the programme
  Period period;
  Day due;  // the last day of grace
  ObligationStatus status = ObligationStatus::open;
  std::int64_t count = 0;            // of what the threshold counts
  std::optional<Day> done_on;        // when the threshold was reached
  EventId waiver;                    // of waived
  std::uint64_t events = 0;          // how many events were put to this period
  std::vector<DecidingEvent> proof;  // the first few of them, by day
};

struct ObligationResult {
  ObligationId id;
  ProgrammeId programme;
  std::string code;
  std::int64_t threshold = 0;
  std::vector<ObligationPeriod> periods;  // by owner, then in order; none that begins after the day
  std::array<std::uint64_t, kObligationStatuses> counts{};  // by status, of all periods
  bool complete = true;  // false: not all periods are listed (kObligationPeriodsMax)

  std::uint64_t count(ObligationStatus status) const {
    return counts[static_cast<std::size_t>(status)];
  }
};

inline constexpr std::size_t kObligationPeriodsMax = 100'000;

// What the log does not say.
struct ObligationTerms {
  std::span<const Holiday> holidays = {};
  // Who owes an obligation per person, site or organisation. Without it only those are asked that
  // have facts.
  const MetricPopulation* among = nullptr;
  // The inputs in which they are looked up, when not in those of the facts.
  const FigureInputs* among_inputs = nullptr;
  Day ends = kOpenEnd;  // the programme's last day
  // Events that evidence belongs to; asked where evidence is needed.
  const boost::unordered_flat_set<std::uint64_t>* with_evidence = nullptr;
};

// Facts after `as_of` are not looked at. Obligations older than a century begin a century ago.
ObligationResult check_obligation(const FigureInputs& inputs, const Obligation& obligation,
                                  const ObligationTerms& terms, Day as_of);

// Every obligation in force of the pack's programme and those below it, by id.
std::vector<ObligationResult> check_obligations(const State& state, const Pack& pack, Day as_of);

}  // namespace houniao
