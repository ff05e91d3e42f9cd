// Family audit: corrections, retractions, decisions on held events, and the figures that were
// published. Part of State; written by the one thread that folds the log.
//
// Nothing is overwritten: a corrected event keeps its first rows and every correction, a retracted
// one keeps the rows that no longer count. Which correction of a field is in force follows from the
// set of corrections alone (replay/statements.h), not from their order of arrival.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/facts.h"
#include "replay/families/findings.h"
#include "replay/families/people.h"
#include "replay/symbols.h"

namespace houniao {

// A row that is kept outside the table.
struct KeptRow {
  FactRow row;

  template <class Archive>
  void fields(Archive& a) {
    a(row.kind, row.attr, row.event, row.seq, row.type, row.programme, row.site, row.organisation,
      row.subject, row.group, row.staff, row.day, row.recorded_day, row.quantity, row.minutes,
      row.amount_fen);
    // Whether an event was flagged when it arrived depends on what had arrived before it.
    std::uint32_t flags = a.is_snapshot() ? row.flags : row.flags & ~std::uint32_t{kFactFlagged};
    a(flags);
    if constexpr (Archive::kReading) row.flags = flags;
  }
};

struct Correction {
  Statement order;
  std::uint16_t field = 0;  // schema::EventCorrected::Field
  std::int64_t number = 0;
  Symbol text;
  Symbol reason;
  std::uint64_t approver = 0;
  bool in_force = false;
  bool in_conflict = false;  // with one that it does not name as a cause

  template <class Archive>
  void fields(Archive& a) {
    a(order, field, number, text, reason, approver, in_force, in_conflict);
  }
};

struct Retraction {
  EventId event;
  std::string reason;
  std::uint64_t approver = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, reason, approver);
  }
};

struct HeldDecision {
  EventId event;
  bool released = false;
  std::string reason;
  std::string legal_ground;
  std::uint64_t actor = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(event, released, reason, legal_ground, actor);
  }
};

struct FigureReport {
  EventId event;
  Symbol figure;
  std::string phrase;
  std::int64_t value = 0;
  Symbol comparator;
  Symbol unit;
  Day as_of;
  std::string to_whom;

  template <class Archive>
  void fields(Archive& a) {
    a(event, figure, phrase, value, comparator, unit, as_of, to_whom);
  }
};

struct AuditState {
  boost::unordered_flat_map<EventId, std::vector<Correction>> corrections;  // by target, in order
  boost::unordered_flat_map<EventId, std::vector<KeptRow>> original_rows;   // of corrected events
  boost::unordered_flat_map<EventId, std::vector<Retraction>> retractions;  // by target
  boost::unordered_flat_map<EventId, std::vector<KeptRow>> retracted_rows;
  boost::unordered_flat_map<EventId, std::vector<HeldDecision>> decisions;  // by target
  boost::unordered_flat_map<EventId, EventId> correction_targets;           // correction -> target
  std::vector<FigureReport> figures;                                        // by event id
  FindingsState findings;                                                   // and sealed periods

  template <class Archive>
  void fields(Archive& a) {
    a(corrections, original_rows, retractions, retracted_rows, decisions, correction_targets,
      figures, findings);
  }
};

}  // namespace houniao
