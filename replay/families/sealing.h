// Sealed periods of a programme (封账), a part of the family audit, and the day on which a row of
// the fact table is booked (I18). Part of State; written by the one thread that folds the log.
//
// A seal says that reports about a period were made from the first tree_size records of the log.
// What the log counted before that place belongs to the sealed report. What it counts later is
// late: it is booked on the first day after the period, or after every further period that was
// sealed before it counted. So each fact stands in one report, and the sealed report is what the
// log gives at its tree_size, byte for byte. Nothing is stored with a row for this: the seals, the
// row's day and the place of its record say it. A fact counts from its own record, also while it
// waits for something; a claim or decision that was held counts from the record that let it in. A
// corrected day does not move a row out of a report in which it stands, nor into one that was
// sealed without it. A correction of other fields and a retraction change what is computed today
// about a sealed period, never what is computed at its tree_size.
//
// Order of the log decides on purpose which of two overlapping seals is in force (the one recorded
// first) and which facts are late. A fact between tree_size and the seal's own record is late
// without having been flagged. The digest holds the seals and nothing about lateness.
//
// Row of the fact table:
//   PeriodSealed  kind "period_sealed", programme the one that is sealed
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/facts.h"

namespace houniao {

class State;

struct SealedReport {
  std::string name;
  Hash sha256;

  template <class Archive>
  void fields(Archive& a) {
    a(name, sha256);
  }
};

struct Seal {
  EventId event;
  Day from;
  Day to;  // inclusive
  TreeSize tree_size;
  Hash root;
  std::vector<SealedReport> reports;
  std::vector<std::uint64_t> signers;

  bool covers(Day day) const { return from <= day && day <= to; }
  // Whether something that the log counts since this place came too late for the reports.
  bool misses(Seq since) const { return since.value >= tree_size.value; }
  template <class Archive>
  void fields(Archive& a) {
    a(event, from, to, tree_size, root, reports, signers);
  }
};

struct SealsState {
  boost::unordered_flat_map<ProgrammeId, std::vector<Seal>> by_programme;  // by first day, event id
  // Claims and decisions that were held: the record since which they count.
  boost::unordered_flat_map<EventId, Seq> counted_since;

  // nullptr when nothing of the programme is sealed.
  const std::vector<Seal>* of(ProgrammeId programme) const {
    if (by_programme.empty()) return nullptr;
    auto at = by_programme.find(programme);
    return at == by_programme.end() ? nullptr : &at->second;
  }

  template <class Archive>
  void fields(Archive& a) {
    a(by_programme);
    a.local(counted_since);
  }
};

// Whether a seal covers the day and its reports were made before `since`.
bool is_sealed(const State& state, ProgrammeId programme, Day day, Seq since);
// The day on which something that happened on `occurred` would be booked if it were counted next:
// `occurred` itself while no seal covers it.
Day booked_day(const State& state, ProgrammeId programme, Day occurred);
// The day on which a live row of state.facts is booked.
Day booked_day(const State& state, const FactTable::Columns& c, std::size_t row);

void take_back_seal(State& state, EventId event);

}  // namespace houniao
