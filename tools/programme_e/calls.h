// Short forms of the events from a call to its awards. Each puts one event on the tablet's pile and
// returns its id. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {

using CallKind = schema::CallOpened::Kind;

// Calls and proposals are rows of the committee's book of calls, which is taken over long after
// their days: whether a proposal was in time is judged by the day that its row states.
struct CallDraft {
  CallKind kind = CallKind::CONTEST;
  std::string series;
  std::string title;
  std::uint16_t edition = 0;
  OrganisationId organiser;
  std::vector<OrganisationId> co_organisers;
  FundId fund;
  std::int64_t budget_fen = 0;
  bool scored = false;          // by the four criteria of kCriteria
  std::int64_t open_days = 30;  // from the opening day to the deadline
};
CallId open_call(Tablet& tablet, Day when, const CallDraft& draft);

struct Share {
  OrganisationId party;
  std::uint16_t permille = 1000;
};
ProposalId propose(Tablet& tablet, Day when, CallId call, const std::string& title,
                   const std::vector<Share>& applicants, std::int64_t price_fen);

inline constexpr std::size_t kCriteria = 4;
inline constexpr int kPointsEach = 25;
using Scores = std::array<int, kCriteria>;
EventId score(Tablet& tablet, Day when, ProposalId proposal, StaffId scorer, const Scores& scores,
              const std::string& interest = {});
EventId stand_aside(Tablet& tablet, Day when, ProposalId proposal, StaffId scorer,
                    const std::string& interest);
EventId award(Tablet& tablet, Day when, CallId call, ProposalId proposal, std::int64_t fen,
              const std::string& reason);

}  // namespace houniao::programme_e
