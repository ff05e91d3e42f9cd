// Family calls: contests, tenders, matching fairs and crowdfunding, from the call over proposals
// and scores to the award. Part of State; written by the one thread that folds the log.
//
// Where the order of arrival decides, on purpose:
//   - a proposal is in time by when the server received it, never by a device's clock (I26). A late
//     one is held for good: its time of receipt does not change. A call that was taken over from an
//     older book is judged by that book: an imported proposal in an imported call by the day that
//     its row states. An imported row gains nothing in a call that was recorded as it opened;
//   - of two awards for one proposal, or for which the money does not suffice, the first counts;
//   - of two scores by one scorer for one proposal, the first counts;
//   - an award needs its proposal in force: one that was taken back before can no longer win;
//   - whether a scorer or a decider has an interest (I6), and whether two scorers are one, is found
//     from what the state knows of members, posts, staff and links when the event arrives.
// Everything else follows from the set of events: a recusal takes the scorer's other scores out of
// the mean, whichever came first.
//
// Rows of the fact table. The first row of a proposal or an award has quantity 1 and the amount,
// the rows of further applicants 0, so that summing counts proposals, awards and money once, and
// distinct subjects count parties:
//   CallOpened         kind the kind of call ("contest", "tender", "matching", "crowdfunding"),
//                      attr the code of the series, group the edition, subject the organiser,
//                      amount the budget
//   ProposalSubmitted  a row per applicant: kind the kind of call, attr the lot or else the code of
//                      the series, subject the applicant, group the call, amount the price
//   ProposalScored     kind "scored" or "recused", attr as the proposal's, subject the scorer,
//                      group the proposal
//   AwardDecided       a row per applicant of the winning proposal: kind the kind of call, attr the
//                      lot or else the code of the series, subject the applicant, group the
//                      proposal, amount the award
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/families/awards.h"
#include "replay/ledger.h"
#include "replay/reasons.h"
#include "replay/symbols.h"

namespace houniao {

class State;
struct FactRow;

struct CallLot {
  Symbol code;
  Fen amount;  // 0: only the budget of the call is a limit

  template <class Archive>
  void fields(Archive& a) {
    a(code, amount.value);
  }
};

struct CallCriterion {
  Symbol code;
  std::int32_t points_max = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(code, points_max);
  }
};

struct Call {
  CallId id;
  std::uint16_t kind = 0;  // schema::CallOpened::Kind
  Symbol code;             // of the series
  std::string title;
  std::uint16_t edition = 0;
  OrganisationId organiser;
  std::vector<OrganisationId> co_organisers;
  FundId fund;
  Fen budget;  // 0 when no money is given out
  std::vector<CallLot> lots;
  std::vector<CallCriterion> criteria;  // each code once
  Day opens;
  Day deadline;
  std::int16_t deadline_minute = -1;  // of that day; -1: until its end
  bool from_book = false;             // an imported row
  std::vector<ProposalId> proposals;  // in force, ascending
  std::vector<Award> awards;          // in force, by event id

  const CallLot* find_lot(Symbol lot) const;
  // What a row says beside its kind: the lot, else the series.
  Symbol attr_for(Symbol lot) const { return lot == kNoText ? code : lot; }
  // Whether the deadline has passed at that time; what arrives in the very moment is in time.
  bool is_over(WallTime at) const;
  bool has_opened(WallTime at) const;  // by the day
  // Awards in force, over all lots or in one.
  Fen awarded() const;
  Fen awarded_in(Symbol lot) const;
  // What is left of the budget; nothing when no money is given out.
  Fen remaining() const;

  template <class Archive>
  void fields(Archive& a) {
    a(id, kind, code, title, edition, organiser, co_organisers, fund, budget.value, lots, criteria,
      opens, deadline, deadline_minute, from_book, proposals, awards);
  }
};
std::string_view name_of_call_kind(std::uint16_t kind);  // "contest"

struct ProposalApplicant {
  std::uint64_t party = 0;  // person or organisation
  std::uint16_t permille = 0;

  template <class Archive>
  void fields(Archive& a) {
    a(party, permille);
  }
};

struct Proposal {
  ProposalId id;
  CallId call;
  Symbol lot;
  std::string title;
  std::vector<ProposalApplicant> applicants;  // as stated
  Fen price;
  Hash document;                      // zero when there is none
  std::vector<ProposalScore> scores;  // by event id

  template <class Archive>
  void fields(Archive& a) {
    a(id, call, lot, title, applicants, price.value, document, scores);
  }
};

struct DocumentHash {
  std::size_t operator()(const Hash& hash) const {
    std::size_t h = 0;
    std::memcpy(&h, hash.bytes.data(), sizeof h);
    return h;
  }
};

struct CallsState {
  boost::unordered_flat_map<CallId, Call> calls;
  boost::unordered_flat_map<ProposalId, Proposal> proposals;
  // Proposals in force by the SHA-256 of their document, ascending (A34).
  boost::unordered_flat_map<Hash, std::vector<ProposalId>, DocumentHash> by_document;

  const Call* find(CallId id) const {
    auto at = calls.find(id);
    return at == calls.end() ? nullptr : &at->second;
  }
  const Proposal* find(ProposalId id) const {
    auto at = proposals.find(id);
    return at == proposals.end() ? nullptr : &at->second;
  }
  // By event id. Valid until the next write.
  std::span<const Award> awards_of(CallId id) const;
  // What is left of the budget of a call; nothing when the call is unknown or gives no money.
  Fen remaining_budget(CallId id) const;

  template <class Archive>
  void fields(Archive& a) {
    a(calls, proposals, by_document);
  }
};

// For this family and its part replay/families/awards.cc.
//
// Amounts that may be absent: what is no sum of money is kept as 0, and sums stay in range.
constexpr bool is_amount_or_none(std::int64_t fen) { return fen == 0 || valid_amount(fen); }
constexpr Fen kept_amount(std::int64_t fen) { return Fen{valid_amount(fen) ? fen : 0}; }
constexpr Fen capped_sum(Fen a, Fen b) { return checked_add(a, b).value_or(Fen{INT64_MAX}); }
// The empty text where the call has no lots, else the code of one of them.
void check_lot(const State& state, const Call& call, std::string_view lot, Reasons& reasons);
// Adds a row for each applicant; quantity and amount stand on the first.
void add_applicant_rows(State& state, FactRow row, const Proposal& proposal);

}  // namespace houniao
