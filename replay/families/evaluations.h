// Family evaluations: judgements by a body that did not do the work. Part of State; written by the
// one thread that folds the log.
//
// Row of the fact table: kind "evaluation", attr the grade, subject whoever is judged, group the
// evaluator, quantity 1.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

struct Evaluation {
  EventId id;
  std::uint64_t evaluator = 0;
  Symbol grade;
  Day from;
  Day to;
  std::int64_t points = 0;
  std::int64_t points_max = 0;
  bool conflict_declared = false;

  template <class Archive>
  void fields(Archive& a) {
    a(id, evaluator, grade, from, to, points, points_max, conflict_declared);
  }
};

struct EvaluationsState {
  boost::unordered_flat_map<std::uint64_t, std::vector<Evaluation>> by_subject;  // by event id

  template <class Archive>
  void fields(Archive& a) {
    a(by_subject);
  }
};

}  // namespace houniao
