// Family communications: messages to many, and what was made public. Part of State; written by the
// one thread that folds the log. Nothing here depends on the order of arrival.
//
// Rows of the fact table:
//   BroadcastSent    kind "broadcast", attr the channel ("sms"), quantity the number delivered
//   NoticePublished  kind of the notice ("white_paper"), subject what it makes known, group the
//                    year of a yearly publication, day the first day on which it is posted
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "base/ids.h"
#include "base/time.h"
#include "replay/symbols.h"

namespace houniao {

struct Broadcast {
  Symbol channel;
  Day day;
  std::uint32_t recipients = 0;
  std::uint32_t delivered = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(channel, day, recipients, delivered);
  }
};

struct Notice {
  Symbol kind;
  std::uint64_t subject = 0;  // what it makes known, 0 for none
  Day from;
  Day to;  // inclusive
  std::uint16_t year = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(kind, subject, from, to, year);
  }
};

struct CommunicationsState {
  boost::unordered_flat_map<EventId, Broadcast> broadcasts;
  boost::unordered_flat_map<EventId, Notice> notices;

  template <class Archive>
  void fields(Archive& a) {
    a(broadcasts, notices);
  }
};

}  // namespace houniao
