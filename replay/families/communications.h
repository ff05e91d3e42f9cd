// Family communications: messages to many. Part of State; written by the one thread that folds the
// log.
//
// Row of the fact table: kind "broadcast", attr the channel ("sms"), quantity the number delivered.
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

struct CommunicationsState {
  boost::unordered_flat_map<EventId, Broadcast> broadcasts;

  template <class Archive>
  void fields(Archive& a) {
    a(broadcasts);
  }
};

}  // namespace houniao
