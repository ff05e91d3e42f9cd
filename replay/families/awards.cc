#include "replay/families/awards.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using Kind = schema::CallOpened::Kind;
using Scores = capnp::List<schema::ProposalScored::Score>::Reader;

const Call* call_of(const State& state, const Proposal& proposal) {
  return state.calls.find(proposal.call);
}

// --- interests ---------------------------------------------------------------------------------

// Whether somebody is one of the applicants, under whatever id.
bool is_applicant(const State& state, std::uint64_t id, const Proposal& proposal) {
  return id != 0 && std::any_of(proposal.applicants.begin(), proposal.applicants.end(),
                                [&](const ProposalApplicant& item) {
                                  return same_party(state, id, item.party);
                                });
}

// Whether somebody is or acts for one of the applicants on that day.
bool has_interest(const State& state, std::uint64_t id, const Proposal& proposal, Day day) {
  return std::any_of(
      proposal.applicants.begin(), proposal.applicants.end(),
      [&](const ProposalApplicant& item) { return acts_for(state, id, item.party, day); });
}

// --- scores ------------------------------------------------------------------------------------

struct Points {
  std::int64_t sum = 0;
  bool valid = true;  // every criterion is scored once, within its bounds, and nothing else
};
Points points_of(const State& state, const Call& call, Scores scores) {
  Points points;
  points.valid = !call.criteria.empty() && scores.size() == call.criteria.size();
  std::vector<bool> seen(call.criteria.size());
  for (const auto& score : scores) {
    const Symbol code = state.symbols().find(view(score.getCriterion()));
    const auto at = std::find_if(call.criteria.begin(), call.criteria.end(),
                                 [&](const CallCriterion& item) { return item.code == code; });
    const auto place = static_cast<std::size_t>(at - call.criteria.begin());
    if (at == call.criteria.end() || seen[place]) {
      points.valid = false;
      continue;
    }
    seen[place] = true;
    const std::int32_t given = std::clamp(score.getPoints(), 0, at->points_max);
    points.valid = points.valid && given == score.getPoints();
    points.sum += given;
  }
  return points;
}

bool stands_aside(const State& state, const Proposal& proposal, std::uint64_t scorer) {
  return std::any_of(proposal.scores.begin(), proposal.scores.end(),
                     [&](const ProposalScore& score) {
                       return score.recused && same_party(state, score.scorer, scorer);
                     });
}

}  // namespace

std::optional<std::uint32_t> mean_score_permille(const State& state, ProposalId id) {
  const Proposal* proposal = state.calls.find(id);
  const Call* call = proposal == nullptr ? nullptr : call_of(state, *proposal);
  if (call == nullptr) return std::nullopt;
  std::int64_t possible = 0;
  for (const CallCriterion& item : call->criteria) possible += item.points_max;
  std::int64_t points = 0;
  std::int64_t scorers = 0;
  for (const ProposalScore& score : proposal->scores) {
    if (score.recused || stands_aside(state, *proposal, score.scorer)) continue;
    points += score.points;
    ++scorers;
  }
  if (possible == 0 || scorers == 0) return std::nullopt;
  return static_cast<std::uint32_t>(points * 1000 / (possible * scorers));
}

// --- ProposalScored ----------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::ProposalScored::Reader body,
           Reasons& reasons) {
  const std::uint64_t scorer = body.getScorer();
  reasons.add_if(scorer == 0, Reason::value_invalid);
  if (state.staff(StaffId{scorer}) == nullptr) {
    check_known_person(state, PersonId{scorer}, reasons);
  }
  const ProposalId id{body.getProposal()};
  const Proposal* proposal = state.calls.find(id);
  if (proposal == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  // Standing aside is always in order, also after a score.
  if (body.getRecused()) return;
  reasons.add_if(
      body.getInterest().size() != 0 || has_interest(state, scorer, *proposal, context.occurred),
      Reason::scorer_has_interest);
  for (const ProposalScore& score : proposal->scores) {
    reasons.add_if(
        !score.recused && score.event != context.id && same_party(state, score.scorer, scorer),
        Reason::scored_twice);
  }
  const Call* call = call_of(state, *proposal);
  reasons.add_if(call == nullptr || !points_of(state, *call, body.getScores()).valid,
                 Reason::scores_invalid);
}

void apply(State& state, const EventContext& context, schema::ProposalScored::Reader body) {
  const ProposalId id{body.getProposal()};
  auto at = state.calls.proposals.find(id);
  Proposal* proposal = at == state.calls.proposals.end() ? nullptr : &at->second;
  const Call* call = proposal == nullptr ? nullptr : call_of(state, *proposal);
  FactRow row = start_row(context);
  row.kind = state.intern(body.getRecused() ? "recused" : "scored");
  row.subject = body.getScorer();
  row.group = id.value;
  if (call != nullptr) row.attr = call->attr_for(proposal->lot);
  state.facts.add(row);
  if (context.provisional || call == nullptr) return;
  ProposalScore score;
  score.event = context.id;
  score.scorer = body.getScorer();
  score.recused = body.getRecused();
  if (!score.recused) score.points = points_of(state, *call, body.getScores()).sum;
  insert_by_event(proposal->scores, score);
}

// --- AwardDecided ------------------------------------------------------------------------------

namespace {

// I26, in the call and in its lot. Which award gets the last of the money depends on arrival.
void check_money(const Call& call, const CallLot* lot, std::int64_t amount_fen, Reasons& reasons) {
  if (!is_amount_or_none(amount_fen)) return reasons.add(Reason::amount_invalid);
  const Fen amount{amount_fen};
  reasons.add_if(call.budget.value > 0 && capped_sum(call.awarded(), amount) > call.budget,
                 Reason::awards_exceed_budget);
  if (lot == nullptr || lot->amount.value == 0) return;
  reasons.add_if(capped_sum(call.awarded_in(lot->code), amount) > lot->amount,
                 Reason::awards_exceed_lot);
}

// I6: whoever decides neither takes part in the call nor acts for the winner.
void check_decider(const State& state, const EventContext& context, const Call& call,
                   const Proposal& winner, Reasons& reasons) {
  const std::uint64_t decider = context.actor();
  const bool takes_part = std::any_of(
      call.proposals.begin(), call.proposals.end(),
      [&](ProposalId id) { return is_applicant(state, decider, *state.calls.find(id)); });
  reasons.add_if(takes_part || has_interest(state, decider, winner, context.occurred),
                 Reason::not_independent);
}

bool has_award(const Call& call, ProposalId proposal, EventId except) {
  return std::any_of(call.awards.begin(), call.awards.end(), [&](const Award& award) {
    return award.proposal == proposal && award.event != except;
  });
}

// A34: nobody else competed for the lot, or for the call where it has none.
bool is_single_bidder(const State& state, const Call& call, Symbol lot) {
  if (call.kind != static_cast<std::uint16_t>(Kind::CONTEST) &&
      call.kind != static_cast<std::uint16_t>(Kind::TENDER)) {
    return false;
  }
  return std::count_if(call.proposals.begin(), call.proposals.end(),
                       [&](ProposalId id) { return state.calls.find(id)->lot == lot; }) == 1;
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::AwardDecided::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  reasons.add_if(body.getDisclosure().size() == 0, Reason::disclosure_missing);
  const CallId id{body.getCall()};
  const Call* call = state.calls.find(id);
  const ProposalId winner{body.getProposal()};
  const Proposal* proposal = state.calls.find(winner);
  if (proposal == nullptr) not_found(state, winner.value, reasons);
  if (call == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  const std::string_view lot_code = view(body.getLot());
  check_lot(state, *call, lot_code, reasons);
  const Symbol lot = state.symbols().find(lot_code);
  check_money(*call, call->find_lot(lot), body.getAmountFen(), reasons);
  // On the last day the award may follow the deadline: which minute it was decided in is not known.
  reasons.add_if(context.occurred < call->deadline, Reason::award_before_deadline);
  reasons.add_if(has_award(*call, winner, context.id), Reason::award_repeated);
  if (proposal == nullptr) return;
  check_not_retracted(state, winner.value, reasons);
  reasons.add_if(proposal->call != id || !state.in_force(winner), Reason::proposal_of_other_call);
  if (proposal->call != id) return;
  reasons.add_if(proposal->lot != lot, Reason::lot_unknown);
  check_decider(state, context, *call, *proposal, reasons);
  reasons.add_if(is_single_bidder(state, *call, proposal->lot), Reason::single_bidder);
}

void apply(State& state, const EventContext& context, schema::AwardDecided::Reader body) {
  auto at = state.calls.calls.find(CallId{body.getCall()});
  const Proposal* proposal = state.calls.find(ProposalId{body.getProposal()});
  if (at == state.calls.calls.end() || proposal == nullptr) return;
  Call& call = at->second;
  Award award;
  award.event = context.id;
  award.proposal = proposal->id;
  award.lot = state.intern(view(body.getLot()));
  award.amount = kept_amount(body.getAmountFen());

  FactRow row = start_row(context);
  row.kind = state.intern(name_of_call_kind(call.kind));
  row.attr = call.attr_for(award.lot);
  row.group = award.proposal.value;
  row.amount_fen = award.amount.value;
  add_applicant_rows(state, row, *proposal);
  if (context.provisional) return;
  insert_by_event(call.awards, award);
}

// --- retraction --------------------------------------------------------------------------------

bool take_back_awards(State& state, EventId event, EventType type) {
  if (type == schema::Event::Body::PROPOSAL_SCORED) {
    for (auto& [id, proposal] : state.calls.proposals) {
      if (erase_event(proposal.scores, event)) break;
    }
    return true;
  }
  if (type == schema::Event::Body::AWARD_DECIDED) {
    for (auto& [id, call] : state.calls.calls) {
      if (erase_event(call.awards, event)) break;
    }
    return true;
  }
  return false;
}

}  // namespace houniao
