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
#include "replay/label.h"
#include "replay/metric.h"
#include "replay/periods.h"

namespace houniao {

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

// What ObligationDefined records, and what a log does not say: who owes it. The texts are those of
// the format: "month", "person", "sites".
struct PackObligation {
  std::string code;
  Label label;
  std::string event_type;  // catalogue name; empty: SessionHeld and ServiceDelivered
  std::string event_kind;  // empty: any kind of the type
  std::string period;
  std::int64_t threshold = 0;
  std::string per = "programme";
  std::string distinct = "events";
  std::uint16_t grace_days = 0;
  bool evidence_needed = false;
  std::optional<MetricPopulation> among;
  Day from;
  Day to;
};
// The periods by the names that packs use; none for another text.
std::optional<PeriodKind> period_kind(std::string_view text);

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

// The rules by which a programme counts, as PolicyVersionPublished records them.
struct PackPolicy {
  std::uint32_t version = 1;
  std::uint8_t approval_levels = 1;
  std::uint16_t near_permille = 900;   // 近 N: at least this share of N
  std::uint16_t about_permille = 100;  // 约 N: this deviation at most
  std::vector<CodeName> approval_ladder;
  std::uint32_t minutes_per_point = 0;   // of confirmed hours; 0: no points
  std::uint32_t points_per_day_max = 0;  // of one volunteer; 0: no limit
  std::uint8_t redemption_modes = 0;     // bits 1 online, 2 leased, 4 handed over; 0: any
  bool training_before_duty = false;
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

// Plain relations, of doubts and of numbers that must agree.
enum class Relation : std::uint8_t { less, at_most, equal, differs, at_least, more };
std::string_view sign_of(Relation relation);
// Whether two numbers that compare as `order` (-1, 0, 1) stand in the relation.
bool stands(int order, Relation relation);

// A further part of one claim; the figure holds when all of its parts do.
struct PackPart {
  std::int64_t value = 0;
  Comparator comparator = Comparator::equal;
  std::string unit;
  Label label;
  Metric metric;
};

// Why a figure cannot be known, and what in the log makes it so.
struct PackDoubt {
  enum class When : std::uint8_t {
    number,          // metric, relation, value
    metric,          // metric, relation, than
    reconciliation,  // does not hold, by the claims or by the log
    few_events,      // fewer than `value` decide the figure
  };
  Label reason;
  When when = When::number;
  Metric metric;
  Relation relation = Relation::less;
  std::int64_t value = 0;
  Metric than;
  std::string reconciliation;
  bool by_claims = false;
};

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
  std::vector<PackPart> also;
  std::vector<PackDoubt> doubts;
  Label note;
};

struct PackReconciliation {
  enum class Kind : std::uint8_t {
    parts_of_whole,  // do the parts sum to the whole?
    at_most,         // left <= right?
    obligation,      // promised by an obligation against held
    quotient,        // left / right within the bounds?
    compare,         // two metrics by the log alone
  };
  struct Side {
    Label label;
    Metric metric;
  };
  std::string id;
  Kind kind = Kind::parts_of_whole;
  Label label;
  std::vector<std::string> parts;  // figure ids
  std::string left;
  std::string right;  // figure ids; `right` is the whole of parts_of_whole
  std::string obligation;
  std::optional<std::int64_t> min;  // of quotient
  std::optional<std::int64_t> max;
  bool not_whole = false;
  Side left_side;  // of compare
  Relation relation = Relation::at_most;
  Side right_side;
  Label note;
};

struct Pack {
  std::string code;  // empty in a pack that was not read: counts the rows of every programme
  Label name;
  std::uint32_t region = 0;
  Day from;
  Day to;
  PackPolicy policy;
  std::vector<PackScope> scopes;
  std::vector<PackSite> sites;
  std::vector<CodeName> organisation_kinds;
  std::vector<CodeName> site_categories;
  std::vector<CodeName> service_kinds;
  std::vector<CodeName> session_kinds;
  std::vector<CodeName> certificate_types;
  std::vector<CodeName> membership_roles;
  std::vector<CodeName> asset_kinds;
  std::vector<CodeName> posts;
  std::vector<CodeName> order_kinds;
  std::vector<CodeName> order_results;
  std::vector<CodeName> demand_categories;
  std::vector<CodeName> notice_kinds;
  std::vector<CodeName> call_series;
  std::vector<CodeName> case_grounds;
  std::vector<CodeName> duty_kinds;
  std::vector<CodeName> training_kinds;
  std::vector<CodeName> outcome_kinds;
  std::vector<CodeName> honour_titles;
  std::vector<CodeName> grades;
  std::vector<CodeName> agreement_fields;
  std::vector<CodeName> consent_purposes;
  std::vector<CodeName> channels;
  std::vector<CodeName> tags;
  std::vector<CodeName> programmes;  // below this one, as ProgrammeOpened carries them
  std::vector<Holiday> holidays;
  std::vector<PackObligation> obligations;
  std::vector<PackFund> funds;
  std::vector<PackContract> contracts;
  std::vector<PackFigure> figures;
  std::vector<PackReconciliation> reconciliations;

  const PackFigure* figure(std::string_view id) const;
  const PackFund* fund(std::string_view code) const;
  const PackObligation* obligation(std::string_view code) const;
  const PackReconciliation* reconciliation(std::string_view id) const;
  const PackScope* scope(std::string_view code) const;
};

// The lists of codes by their names in the format.
struct PackCodeList {
  std::string_view name;  // "organisationKinds"
  std::vector<CodeName> Pack::*list;
};
std::vector<PackCodeList> pack_code_lists();

// Fails with malformed (not JSON) or invalid_argument (a member is missing, stands twice, is of the
// wrong kind, or names something that is not there); the detail names the place of the first
// mistake by line and column (replay/pack_check.h finds them all). Unknown members are an error, so
// that a misspelt condition can never widen a figure. No text of a pack that was taken holds a
// control character.
Result<Pack> parse_pack(std::string_view json);

}  // namespace houniao
