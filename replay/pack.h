// Programme packs: what one programme calls its things, what it has promised, and which figures it
// claims, as data. The engine knows nothing about a particular programme; a pack is read once,
// checked strictly, and then only looked at. Values; free to copy and to read on any thread.
//
// The format is described in schema/programmes/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace houniao {

// One text in the two languages of the product.
struct Label {
  std::string zh;
  std::string en;
  bool operator==(const Label&) const = default;
};

struct CodeName {
  std::string code;
  Label label;
  std::string unit;  // of service kinds; empty elsewhere
};

struct PackScope {
  std::string code;
  std::uint64_t id = 0;
  Label label;
};

struct PackSite {
  std::string code;
  std::string category;
  Label label;
  std::string scope;
  std::uint32_t region = 0;
  std::uint64_t area_dm2 = 0;
};

struct PackObligation {
  std::string code;
  std::string event_kind;
  std::string period;  // "month", "quarter", ...
  std::int64_t threshold = 0;
  Day from;
  Day to;
};

struct PackFund {
  std::string code;
  Label label;
  std::string kind;  // enumerant of FundSourceEstablished.Kind
  std::vector<std::string> purposes;
  std::vector<std::uint32_t> regions;
  Day from;
  Day to;
};

struct PackDeliverable {
  std::string code;
  std::string kind;
  std::string unit;
  std::int64_t quantity = 0;
  std::int64_t unit_price_fen = 0;
};

struct PackContract {
  std::string number;
  std::string fund;
  std::int64_t amount_fen = 0;
  std::int64_t advance_fen = 0;
  Day from;
  Day to;
  std::vector<PackDeliverable> deliverables;
};

struct PackPolicy {
  std::uint32_t version = 1;
  std::uint8_t approval_levels = 1;
  std::uint16_t near_permille = 900;   // 近 N: at least this share of N
  std::uint16_t about_permille = 100;  // 约 N: this deviation at most
  std::vector<CodeName> approval_ladder;
};

// A condition on the entity that a column names. The entity's id is the id of the event that
// created it, so the condition is put to the rows of that event.
struct MetricJoin {
  enum class Column : std::uint8_t { subject, group, site, organisation, staff };
  Column column = Column::subject;
  std::vector<std::uint16_t> types;
  std::vector<std::string> kinds;
  std::vector<std::string> attrs;
  std::string attr_prefix;  // of region codes: "41" is Henan
};

// Which facts a metric looks at. Absent members do not restrict.
struct MetricWhere {
  std::vector<std::uint16_t> types;
  std::vector<std::string> kinds;
  std::vector<std::string> not_kinds;
  std::vector<std::string> attrs;
  std::vector<std::string> not_attrs;
  std::optional<Day> from;
  std::optional<Day> to;
  std::optional<bool> anonymous;
  std::optional<bool> bulk;
  std::optional<bool> ended;
  std::optional<bool> at_site;  // true: the fact names a site
  std::vector<MetricJoin> joins;
};

enum class MetricOp : std::uint8_t {
  count,           // of events or rows
  sum,             // of quantity, minutes or amount
  distinct,        // different values of a column, linked persons being one
  share,           // percentage of `where` among `among`
  min_per_period,  // the smallest value of any period: for promises
  each_period,     // the value furthest from the claim: for "every year about N"
  years_running,   // the longest run of calendar years with at least one event
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
};
enum class MetricPeriod : std::uint8_t { month, quarter, half_year, year };

struct Metric {
  MetricOp op = MetricOp::count;
  MetricOf of = MetricOf::events;
  MetricWhere where;
  MetricWhere among;                 // denominator of share
  MetricOp inner = MetricOp::count;  // of the two period operations
  MetricPeriod period = MetricPeriod::month;
  Day from;  // of the two period operations, whole periods
  Day to;
  // Only what is still so: of each pair (subject, group) the last word, when it is not an end.
  bool current = false;
  // What is stored per unit claimed: 100 for figures in yuan over amounts in fen.
  std::int64_t scale = 1;
};

// The comparators of the articles. The sign is the one that claims.tsv writes.
enum class Comparator : std::uint8_t {
  equal,     // "="   N
  above,     // ">"   N 多, N 余, 突破 N
  near,      // "<"   近 N
  about,     // "~"   约 N, N 左右
  at_least,  // ">="  至少 N
};
std::string_view sign_of(Comparator comparator);

struct PackFigure {
  std::string id;
  std::int64_t value = 0;
  Comparator comparator = Comparator::equal;
  std::string word;  // 近, 多, 余, 约, 左右, ... as written
  std::string unit;
  std::string phrase;  // only to find the figure in its article
  Label label;
  Metric metric;
  // A second reading in another unit, when the written unit cannot be what was counted.
  struct Reading {
    Label unit;
    Metric metric;
  };
  std::optional<Reading> reading;
  Label note;
};

struct PackReconciliation {
  enum class Kind : std::uint8_t {
    parts_of_whole,  // do the parts sum to the whole?
    at_most,         // left <= right?
    obligation,      // promised by an obligation against held
  };
  std::string id;
  Kind kind = Kind::parts_of_whole;
  Label label;
  std::vector<std::string> parts;  // figure ids
  std::string left;
  std::string right;  // figure ids; `right` is the whole of parts_of_whole
  std::string obligation;
  Label note;
};

struct Pack {
  std::string code;
  Label name;
  std::uint32_t region = 0;
  Day from;
  Day to;
  PackPolicy policy;
  std::vector<PackScope> scopes;
  std::vector<PackSite> sites;
  std::vector<CodeName> organisation_kinds;
  std::vector<CodeName> service_kinds;
  std::vector<CodeName> session_kinds;
  std::vector<CodeName> certificate_types;
  std::vector<CodeName> membership_roles;
  std::vector<CodeName> asset_kinds;
  std::vector<PackObligation> obligations;
  std::vector<PackFund> funds;
  std::vector<PackContract> contracts;
  std::vector<PackFigure> figures;
  std::vector<PackReconciliation> reconciliations;

  const PackFigure* figure(std::string_view id) const;
  const PackFund* fund(std::string_view code) const;
  const PackObligation* obligation(std::string_view code) const;
  const PackScope* scope(std::string_view code) const;
};

// Fails with malformed (not JSON) or invalid_argument (a member is missing, of the wrong kind, or
// names something that is not there); the detail names the place. Unknown members are an error, so
// that a misspelt condition can never widen a figure.
Result<Pack> parse_pack(std::string_view json);

}  // namespace houniao
