// Which pack a programme of the log works by, for rules that need what a log alone does not say:
// who owes a promise, how a figure is counted. A programme publishes its pack with
// PolicyVersionPublished (kind pack); where the body is not in the event, the pack of the
// programme's code that is built into the program stands in for it.
//
// Owned by one rule; one thread. Internal to replay/rules.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "replay/pack.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {

class PublishedPacks {
 public:
  void observe(const Observation& seen);
  // Of the programme or the nearest one above it: of the published ones in force the highest
  // version, then the later event. nullptr when there is none, or when a body cannot be read. Valid
  // until the next observe().
  const Pack* of(const State& state, ProgrammeId programme) const;

 private:
  struct Published {
    EventId event;
    std::uint32_t version = 0;
    std::unique_ptr<const Pack> pack;
  };
  const Pack* published(const State& state, ProgrammeId programme) const;

  boost::unordered_flat_map<ProgrammeId, std::vector<Published>> published_;
};

}  // namespace houniao::rules
