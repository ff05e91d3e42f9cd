// Family volunteers: honours of persons and organisations. Part of State; written by the one thread
// that folds the log.
//
// Row of the fact table: kind the title, attr the grade, subject the recipient, group the year that
// the honour is given for, day the day of conferment.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

struct Honour {
  EventId event;
  std::uint16_t year = 0;
  Symbol grade;
  Day day;
  std::string issuer;

  template <class Archive>
  void fields(Archive& a) {
    a(event, year, grade, day, issuer);
  }
};

struct VolunteersState {
  // (recipient, title) -> honours by event id
  boost::unordered_flat_map<std::pair<std::uint64_t, Symbol>, std::vector<Honour>> honours;

  template <class Archive>
  void fields(Archive& a) {
    a(honours);
  }
};

}  // namespace houniao
