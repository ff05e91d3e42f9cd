// Pages of the family calls: what was called for, who proposed, how that was scored, and who won.
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

Json lots_json(const State& state, const Call& c) {
  Json out = Json::array();
  for (const CallLot& lot : c.lots) {
    out.push_back({{"code", symbol(state, lot.code)},
                   {"amount_fen", lot.amount.value},
                   {"awarded_fen", c.awarded_in(lot.code).value}});
  }
  return out;
}

Json award_json(const State& state, const Award& a) {
  return {{"event", id_text(a.event)},
          {"proposal", id_text(a.proposal)},
          {"lot", symbol(state, a.lot)},
          {"amount_fen", a.amount.value}};
}

Json call_json(const State& state, const Call& c) {
  Json criteria = Json::array();
  for (const CallCriterion& each : c.criteria) {
    criteria.push_back({{"code", symbol(state, each.code)}, {"points_max", each.points_max}});
  }
  Json awards = Json::array();
  for (const Award& award : c.awards) awards.push_back(award_json(state, award));
  return {{"id", id_text(c.id)},
          {"kind", text(name_of_call_kind(c.kind))},
          {"code", symbol(state, c.code)},
          {"title", c.title},
          {"edition", c.edition},
          {"organiser", id_text(c.organiser)},
          {"co_organisers", ids_text(c.co_organisers)},
          {"fund", id_text(c.fund)},
          {"budget_fen", c.budget.value},
          {"awarded_fen", c.awarded().value},
          {"remaining_fen", c.remaining().value},
          {"lots", lots_json(state, c)},
          {"criteria", std::move(criteria)},
          {"opens", day_text(c.opens)},
          {"deadline", day_text(c.deadline)},
          {"deadline_minute", c.deadline_minute},
          {"over", c.is_over(state.last_received)},
          {"proposals", ids_text(c.proposals)},
          {"awards", std::move(awards)}};
}

Json scores_json(const Proposal& p) {
  Json out = Json::array();
  for (const ProposalScore& score : p.scores) {
    out.push_back({{"event", id_text(score.event)},
                   {"scorer", id_text(score.scorer)},
                   {"points", score.recused ? Json(nullptr) : Json(score.points)},
                   {"recused", score.recused}});
  }
  return out;
}

Json proposal_json(const State& state, const Proposal& p) {
  Json applicants = Json::array();
  for (const ProposalApplicant& each : p.applicants) {
    applicants.push_back({{"party", id_text(each.party)}, {"permille", each.permille}});
  }
  Json awards = Json::array();
  for (const Award& award : state.calls.awards_of(p.call)) {
    if (award.proposal == p.id) awards.push_back(award_json(state, award));
  }
  const auto mean = mean_score_permille(state, p.id);
  return {
      {"id", id_text(p.id)},
      {"call", id_text(p.call)},
      {"lot", symbol(state, p.lot)},
      {"title", p.title},
      {"applicants", std::move(applicants)},
      {"price_fen", p.price.value},
      {"document_sha256", p.document == Hash{} ? Json(nullptr) : Json(to_hex(p.document.view()))},
      {"scores", scores_json(p)},
      {"mean_permille", mean ? Json(*mean) : Json(nullptr)},
      {"awards", std::move(awards)}};
}

}  // namespace

Result<Json> calls_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t organisation = filters.id("organisation");
  const std::string kind = filters.word("kind", {"contest", "tender", "matching", "crowdfunding"});
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.calls.calls,
      [&](const Call& c) {
        return (fits(organisation, c.organiser) || fits_any(organisation, c.co_organisers)) &&
               fits(kind, name_of_call_kind(c.kind));
      },
      [&](const Call& c) { return call_json(query.state, c); });
}

Result<Json> proposals_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t call = filters.id("call");
  const std::uint64_t applicant = filters.id("applicant");
  if (filters.error()) return *filters.error();
  return list_or_one(
      query, query.state.calls.proposals,
      [&](const Proposal& p) {
        return fits(call, p.call) &&
               (applicant == 0 ||
                std::any_of(p.applicants.begin(), p.applicants.end(),
                            [&](const ProposalApplicant& a) { return a.party == applicant; }));
      },
      [&](const Proposal& p) { return proposal_json(query.state, p); });
}

}  // namespace houniao::queries
