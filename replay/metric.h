// Metrics: which facts of the log are looked at and what they come to. A metric is data, read from
// a programme pack (schema/programmes/README.md says what each member means); compute_metric() is
// the one engine that evaluates it over the fact table. Pure and without floating point: the same
// facts give the same answer, to the digit, on every machine.
//
// Any thread, while nobody writes the facts. A scan allocates only its result and what counting
// different things needs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/facts.h"
#include "replay/periods.h"

namespace houniao {

// --- what a metric is ---------------------------------------------------------------------------

enum class FactColumn : std::uint8_t { subject, group, site, organisation, staff };

// A condition on the entity that a column names. The entity's id is the id of the event that
// created it, so the condition is put to the rows of that event, whatever their programme.
struct MetricJoin {
  FactColumn column = FactColumn::subject;
  std::vector<std::uint16_t> types;
  std::vector<std::string> kinds;
  std::vector<std::string> attrs;
  std::string attr_prefix;  // of region codes: "41" is Henan
  std::optional<std::int64_t> group_from;
  std::optional<std::int64_t> group_to;
};

// Only the last row of each (subject, group), or of each value of one column, is looked at, and it
// must meet these conditions. The last is the latest day, then the higher event id, so that the
// order of arrival does not matter.
struct MetricLast {
  std::optional<FactColumn> by;  // none: subject and group
  std::vector<std::string> kinds;
  std::vector<std::string> not_kinds;
  std::vector<std::string> attrs;
  std::vector<std::string> not_attrs;
  std::optional<bool> ended;
};

struct MetricIn;

// Which facts a metric looks at. Absent members do not restrict.
struct MetricWhere {
  std::vector<std::uint16_t> types;
  std::vector<std::string> kinds;
  std::vector<std::string> not_kinds;
  std::vector<std::string> attrs;
  std::vector<std::string> not_attrs;
  std::string attr_prefix;
  std::optional<Day> from;
  std::optional<Day> to;
  // Days and periods are those of booking: what came after its period was sealed counts in the
  // next.
  bool booked = false;
  std::optional<std::int64_t> group_from;  // the group as a number: a birth year, an edition
  std::optional<std::int64_t> group_to;
  std::optional<bool> anonymous;
  std::optional<bool> bulk;
  std::optional<bool> ended;
  std::optional<bool> at_site;          // true: the fact names a site
  std::vector<std::string> programmes;  // codes: rows of these or below them
  std::optional<MetricLast> last;
  std::vector<MetricJoin> joins;
  std::vector<MetricIn> in;
};

// The column's value is, or is not, among the `key` column of the rows that `where` selects.
struct MetricIn {
  FactColumn column = FactColumn::subject;
  FactColumn key = FactColumn::subject;
  bool negated = false;
  MetricWhere where;
};

// Who owes: the keys of the rows that `where` selects, each from the day of a row until the day of
// an end.
struct MetricPopulation {
  FactColumn key = FactColumn::subject;
  MetricWhere where;
  bool current = false;  // only who still belongs
};

enum class MetricOp : std::uint8_t {
  count,            // of events or rows
  sum,              // of quantity, minutes or amount
  distinct,         // different values of a column, linked persons being one
  share,            // percentage of `where` among `among`
  min_per_period,   // the smallest value of any period: for promises
  each_period,      // the value of a period furthest from the claim: for "every year about N"
  mean_per_period,  // the sum of the periods' values by their number: "on average N a year"
  years_running,    // the longest run of years with at least one event
  min_per,          // the smallest value of any key
  each_per,         // the value of a key furthest from the claim: "each exactly N"
  level_min,        // the fewest keys in post on any day of from..to
};
enum class MetricOf : std::uint8_t {
  events,
  rows,
  quantity,
  minutes,
  amount_fen,
  subject,
  group,
  site,
  organisation,
  staff,
  programme,
  types,
  kinds,
  attrs,
  days,
};
enum class Rounding : std::uint8_t { exact, down, nearest, up };
enum class YearOf : std::uint8_t { day, group };

struct Metric {
  MetricOp op = MetricOp::count;
  MetricOf of = MetricOf::events;
  MetricWhere where;
  MetricWhere among;                           // denominator of share
  std::optional<MetricPopulation> population;  // of min_per and each_per
  MetricOp inner = MetricOp::count;            // of the operations on periods and keys
  FactColumn per = FactColumn::subject;        // the key of min_per and each_per
  PeriodKind period = PeriodKind::month;
  bool in_periods = false;  // min_per and each_per: each key in each period
  Day from;                 // of operations on periods and of level_min
  Day to;
  // Only what is still so: of each pair (subject, group) the last word, when it is not an end.
  bool current = false;
  // One unit claimed is scale / scale_divisor stored units: 100 for yuan over fen.
  std::int64_t scale = 1;
  std::int64_t scale_divisor = 1;
  Rounding rounding = Rounding::exact;  // to whole units claimed, before comparing
  YearOf year_of = YearOf::day;         // of years_running
};

// --- what it comes to ---------------------------------------------------------------------------

// An event that a computed value rests on.
struct DecidingEvent {
  EventId event;
  Seq seq;
  bool operator==(const DecidingEvent&) const = default;
};

struct PeriodValue {
  std::string period;
  std::int64_t value = 0;  // in units claimed
  bool operator==(const PeriodValue&) const = default;
};

struct KeyValue {
  std::uint64_t key = 0;
  std::string period;  // empty when the metric has none
  std::int64_t value = 0;
  bool operator==(const KeyValue&) const = default;
};

struct MetricValue {
  std::int64_t value = 0;  // in stored units, before Metric::scale
  // Of shares: part and whole. Of means: the sum and the number of periods.
  std::int64_t numerator = 0;
  std::int64_t denominator = 0;
  std::vector<PeriodValue> periods;
  std::uint64_t keys = 0;             // how many keys were asked
  std::vector<KeyValue> worst;        // the keys that decide, worst first, a few of them
  std::optional<Day> lowest_on;       // of level_min: the first day of the lowest level
  std::uint64_t events = 0;           // how many events decide it
  std::vector<DecidingEvent> sample;  // the first few of them, in order of event id
};

inline constexpr std::size_t kDecidingSampleMax = 5;
inline constexpr std::size_t kWorstKeysMax = 5;

class FactIndex;

// Facts, the one thing about persons that counting needs, the one thing about sealed periods, and
// whose facts count.
struct FigureInputs {
  const FactTable& facts;
  // The person that an id stands for after links were decided; ids of other things come back as
  // they are. Empty: every id stands for itself.
  std::function<std::uint64_t(std::uint64_t)> canonical;
  // The day on which a row is booked (replay/families/sealing.h). Empty: that of the fact.
  std::function<Day(const FactTable::Columns&, std::size_t row)> booked = {};
  // The programmes of a code and everything below them, ascending. Empty: the log knows none, so
  // that a condition on a programme is met by nothing.
  std::function<std::vector<std::uint64_t>(std::string_view code)> programmes = {};
  // Only rows of these programmes count, ascending. Absent: rows of any.
  std::optional<std::vector<std::uint64_t>> within = {};
  std::span<const Holiday> holidays = {};
  // Only what happened by the end of this day counts, whenever it was recorded. Absent: everything.
  std::optional<Day> effective = {};
  const FactIndex* index = nullptr;  // replay/selection.h; only makes it faster
};

// `claimed` is in units claimed; what is furthest from it decides each_period and each_per.
MetricValue compute_metric(const FigureInputs& inputs, const Metric& metric, std::int64_t claimed);

}  // namespace houniao
