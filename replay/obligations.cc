#include "replay/obligations.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "replay/selection.h"
#include "schema/catalogue.h"
#include "schema/programmes.capnp.h"

namespace houniao {
namespace {

using Per = schema::ObligationDefined::Per;
using Distinct = schema::ObligationDefined::Distinct;

constexpr std::int32_t kCenturyDays = 36'525;

// Something done that may count, in the order in which it is put to periods.
struct Deed {
  std::uint64_t owner = 0;
  Day day;
  DecidingEvent event;
  std::uint64_t counted = 0;  // what the threshold counts: the event, a site, a person, a body
  bool used = false;

  auto order() const { return std::tuple{owner, day, event.event, counted}; }
};

PeriodKind kind_of(const Obligation& obligation) {
  const auto last = static_cast<std::uint16_t>(PeriodKind::holiday);
  return static_cast<PeriodKind>(std::min(obligation.period, last));
}

MetricOf counted_by(const Obligation& obligation) {
  switch (static_cast<Distinct>(obligation.distinct)) {
    case Distinct::EVENTS:
      return MetricOf::events;
    case Distinct::SITES:
      return MetricOf::site;
    case Distinct::PERSONS:
      return MetricOf::subject;
    case Distinct::ORGANISATIONS:
      return MetricOf::organisation;
  }
  return MetricOf::events;
}

// Which column of a fact names who did what they owed.
std::optional<FactColumn> owner_column(const Obligation& obligation, const ObligationTerms& terms) {
  switch (static_cast<Per>(obligation.per_scope)) {
    case Per::PROGRAMME:
      return std::nullopt;
    case Per::PERSON:
      return terms.among == nullptr ? FactColumn::staff : terms.among->key;
    case Per::SITE:
      return FactColumn::site;
    case Per::ORGANISATION:
      return FactColumn::organisation;
  }
  return std::nullopt;
}

Day later(Day day, std::int64_t days) {
  const std::int64_t sum = std::int64_t{day.value} + days;
  return Day{static_cast<std::int32_t>(std::min<std::int64_t>(sum, kOpenEnd.value))};
}

// Where the obligation begins and ends.
struct Frame {
  Day from;
  Day to;
};
Frame frame_of(const Obligation& obligation, const ObligationTerms& terms, Day as_of) {
  const std::int64_t oldest = std::max<std::int64_t>(std::int64_t{as_of.value} - kCenturyDays,
                                                     std::numeric_limits<std::int32_t>::min());
  return {std::max(obligation.from, Day{static_cast<std::int32_t>(oldest)}),
          std::min(obligation.to, terms.ends)};
}

MetricWhere deeds_of(const FigureInputs& inputs, const Obligation& obligation, const Frame& frame,
                     Day as_of) {
  using Body = schema::Event::Body;
  MetricWhere where;
  const Symbols& symbols = inputs.facts.symbols();
  if (obligation.event_type == kNoText) {
    where.types = {Body::SESSION_HELD, Body::SERVICE_DELIVERED};
  } else if (const CatalogueRow* row = find_row(symbols.text(obligation.event_type))) {
    where.types = {static_cast<std::uint16_t>(row->type)};
  }
  if (obligation.event_kind != kNoText) {
    where.kinds = {std::string(symbols.text(obligation.event_kind))};
  }
  where.from = frame.from;
  where.to = std::min(later(frame.to, obligation.grace_days), as_of);
  return where;
}

std::vector<Deed> gather(const FigureInputs& inputs, const Obligation& obligation,
                         const ObligationTerms& terms, const MetricWhere& where) {
  std::vector<Deed> deeds;
  if (where.types.empty()) return deeds;
  const std::optional<FactColumn> column = owner_column(obligation, terms);
  const MetricOf of = counted_by(obligation);
  RowSelection selection(inputs, where);
  selection.each([&](const FactColumns& c, std::size_t i) {
    if (obligation.evidence_needed &&
        (terms.with_evidence == nullptr || !terms.with_evidence->contains(c.event[i]))) {
      return;
    }
    Deed deed;
    if (column) {
      deed.owner = value_in(c, i, *column);
      if (inputs.canonical) deed.owner = inputs.canonical(deed.owner);
      if (deed.owner == 0) return;
    }
    deed.day = Day{c.day[i]};
    deed.event = {EventId{c.event[i]}, Seq{c.seq[i]}};
    deed.counted = identity_in(inputs, c, i, of);
    if (deed.counted != 0) deeds.push_back(deed);
  });
  std::sort(deeds.begin(), deeds.end(),
            [](const Deed& a, const Deed& b) { return a.order() < b.order(); });
  // Several rows of one event about one thing are one deed.
  deeds.erase(std::unique(deeds.begin(), deeds.end(),
                          [](const Deed& a, const Deed& b) { return a.order() == b.order(); }),
              deeds.end());
  return deeds;
}

// Counts different things up to a threshold.
class Tally {
 public:
  explicit Tally(std::int64_t threshold) : threshold_(threshold) {}
  void see(const Deed& deed) {
    deeds_.push_back(&deed);
    if (!seen_.insert(deed.counted).second) return;
    ++count_;
    if (count_ == threshold_) done_on_ = deed.day;
  }
  bool done() const { return done_on_.has_value(); }
  std::int64_t count() const { return count_; }
  void give(ObligationPeriod& out) const {
    out.count = count_;
    out.done_on = done_on_;
    EventId last;
    for (const Deed* deed : deeds_) {
      if (deed->event.event == last) continue;
      last = deed->event.event;
      ++out.events;
      if (out.proof.size() < kDecidingSampleMax) out.proof.push_back(deed->event);
    }
  }

 private:
  std::int64_t threshold_;
  std::int64_t count_ = 0;
  std::optional<Day> done_on_;
  boost::unordered_flat_set<std::uint64_t> seen_;
  std::vector<const Deed*> deeds_;
};

// The deeds of one owner, in order, and what each period makes of them.
class Owner {
 public:
  Owner(const Obligation& obligation, std::span<Deed> deeds, Day as_of)
      : obligation_(obligation), deeds_(deeds), as_of_(as_of) {}

  ObligationPeriod ask(const Period& period, std::uint64_t owner) {
    ObligationPeriod out;
    out.owner = owner;
    out.period = period;
    out.due = later(period.to, obligation_.grace_days);
    Tally tally(obligation_.threshold);
    put(period.from, period.to, tally);
    if (tally.done()) {
      out.status = ObligationStatus::met;
    } else if (completes_in_grace(period, out.due, tally)) {
      out.status = ObligationStatus::late;
    } else {
      out.status = as_of_ <= period.to ? ObligationStatus::open
                   : as_of_ <= out.due ? ObligationStatus::due
                                       : ObligationStatus::missed;
    }
    tally.give(out);
    if (!tally.done()) waive(out);
    return out;
  }

 private:
  std::span<Deed> on_days(Day from, Day to) {
    const auto begin = std::lower_bound(deeds_.begin(), deeds_.end(), from,
                                        [](const Deed& deed, Day day) { return deed.day < day; });
    const auto end = std::upper_bound(begin, deeds_.end(), to,
                                      [](Day day, const Deed& deed) { return day < deed.day; });
    return {begin, end};
  }
  void put(Day from, Day to, Tally& tally) {
    for (Deed& deed : on_days(from, to)) {
      if (deed.used) continue;
      deed.used = true;
      tally.see(deed);
    }
  }
  // Only when the days of grace complete the period are they put to it.
  bool completes_in_grace(const Period& period, Day due, Tally& tally) {
    if (due <= period.to) return false;
    const std::span<Deed> grace = on_days(Day{period.to.value + 1}, due);
    Tally attempt = tally;
    for (const Deed& deed : grace) {
      if (!deed.used && !attempt.done()) attempt.see(deed);
    }
    if (!attempt.done()) return false;
    for (Deed& deed : grace) {
      if (deed.used || tally.done()) continue;
      deed.used = true;
      tally.see(deed);
    }
    return true;
  }
  void waive(ObligationPeriod& out) const {
    for (const ObligationWaiver& waiver : obligation_.waivers) {
      if (!out.period.covers(waiver.period_from)) continue;
      out.status = ObligationStatus::waived;
      out.waiver = waiver.event;
      return;
    }
  }

  const Obligation& obligation_;
  std::span<Deed> deeds_;
  Day as_of_;
};

void list(ObligationResult& out, ObligationPeriod period) {
  ++out.counts[static_cast<std::size_t>(period.status)];
  if (out.periods.size() < kObligationPeriodsMax) {
    out.periods.push_back(std::move(period));
  } else {
    out.complete = false;
  }
}

std::span<Deed> deeds_by(std::vector<Deed>& deeds, std::uint64_t owner) {
  const auto begin =
      std::lower_bound(deeds.begin(), deeds.end(), owner,
                       [](const Deed& deed, std::uint64_t id) { return deed.owner < id; });
  const auto end =
      std::upper_bound(begin, deeds.end(), owner,
                       [](std::uint64_t id, const Deed& deed) { return id < deed.owner; });
  return {begin, end};
}

// Those who owe it, ascending: of the population, or whoever has done something.
std::vector<std::uint64_t> owners_of(const std::optional<Spells>& members,
                                     const std::vector<Deed>& deeds) {
  if (members) return keys_of(*members);
  std::vector<std::uint64_t> owners;
  for (const Deed& deed : deeds) {
    if (owners.empty() || owners.back() != deed.owner) owners.push_back(deed.owner);
  }
  return owners;
}

}  // namespace

std::string_view name_of(ObligationStatus status) {
  switch (status) {
    case ObligationStatus::open:
      return "open";
    case ObligationStatus::due:
      return "due";
    case ObligationStatus::met:
      return "met";
    case ObligationStatus::late:
      return "late";
    case ObligationStatus::missed:
      return "missed";
    case ObligationStatus::waived:
      return "waived";
  }
  return "open";
}

std::string_view name_zh(ObligationStatus status) {
  switch (status) {
    case ObligationStatus::open:
      return "进行中";
    case ObligationStatus::due:
      return "宽限中";
    case ObligationStatus::met:
      return "已履行";
    case ObligationStatus::late:
      return "逾期履行";
    case ObligationStatus::missed:
      return "未履行";
    case ObligationStatus::waived:
      return "已豁免";
  }
  return "进行中";
}

ObligationResult check_obligation(const FigureInputs& inputs, const Obligation& obligation,
                                  const ObligationTerms& terms, Day as_of) {
  ObligationResult out;
  out.id = obligation.id;
  out.programme = obligation.programme;
  out.code = inputs.facts.symbols().text(obligation.code);
  out.threshold = obligation.threshold;
  const Frame frame = frame_of(obligation, terms, as_of);
  const std::vector<Period> periods =
      periods_between(kind_of(obligation), frame.from, frame.to, terms.holidays);
  std::vector<Deed> deeds =
      gather(inputs, obligation, terms, deeds_of(inputs, obligation, frame, as_of));
  const bool by_owner = owner_column(obligation, terms).has_value();
  std::optional<Spells> members;
  if (by_owner && terms.among != nullptr) {
    const FigureInputs& where = terms.among_inputs == nullptr ? inputs : *terms.among_inputs;
    members = spells_of(where, terms.among->where, terms.among->key);
  }
  const std::vector<std::uint64_t> owners =
      by_owner ? owners_of(members, deeds) : std::vector<std::uint64_t>{0};
  for (const std::uint64_t id : owners) {
    Owner owner(obligation, deeds_by(deeds, id), as_of);
    for (const Period& period : periods) {
      if (as_of < period.from) break;
      if (members &&
          !belongs_throughout(members->at(id), period.from, std::min(period.to, as_of))) {
        continue;
      }
      list(out, owner.ask(period, id));
    }
  }
  return out;
}

}  // namespace houniao
