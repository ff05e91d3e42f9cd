// What the people of a simulated programme record: registrations, services, sessions, money,
// decisions and corrections, naming each other's entities whether or not they have synchronised.
// One thread.
#pragma once

#include <vector>

#include "client_sdk/core/draft.h"
#include "tests/sim/tablet.h"
#include "tests/support/prng.h"

namespace houniao::sim {

// Scopes of the simulated programme: its default one and one per station.
inline constexpr ScopeId kProgrammeScope{16};
inline constexpr ScopeId kStationScopes[] = {ScopeId{17}, ScopeId{18}};

class Workload {
 public:
  explicit Workload(tests::Prng& prng) : prng_(prng) {}

  // One to a few events that this tablet's holder records at once.
  std::vector<EventDraft> draft(const Tablet& tablet);
  // What the events became, so that others can name them.
  void recorded(const Tablet& tablet, const std::vector<EventDraft>& drafts,
                const std::vector<EventId>& ids);

 private:
  enum class Kind : std::uint8_t {
    programme,
    site,
    person,
    service,
    session,
    attendance,
    fund,
    received,
    allocated,
    contract,
    milestone,
    reviewed,
    request,
    approved,
    paid,
    retracted,
    corrected,
    decided,
  };
  static constexpr std::size_t kKinds = 18;

  EventDraft make(Kind kind, const Tablet& tablet);
  Kind pick(Part part);
  // Any event of this kind recorded so far by anybody, 0 when there is none.
  std::uint64_t any(Kind kind);
  std::int64_t amount() { return static_cast<std::int64_t>(1 + prng_.below(100'000)) * 100; }
  EventDraft field_draft(Kind kind);
  EventDraft money_draft(Kind kind);
  EventDraft decision_draft(Kind kind);

  tests::Prng& prng_;
  std::vector<Kind> pending_;  // kinds of the drafts handed out last
  std::vector<std::uint64_t> known_[kKinds];
  std::uint32_t serial_ = 0;
};

}  // namespace houniao::sim
