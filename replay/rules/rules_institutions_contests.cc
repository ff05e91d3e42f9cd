// A34, contest: awards without competition or by somebody with an interest (政府采购法 25, 77;
// 政府购买服务管理办法, 财政部令102号).
//
// Reads: calls, proposals with applicants and document hashes, scores, awards; staff, posts,
// memberships, households and links as the state knows them when it is asked, so that an interest
// that came to light later is found as well.
//   - an award of a contest or tender for which only one proposal came: one for each call
//   - one document handed in by different applicants: one for each document
//   - a scorer who works for an applicant, or whose relative does: one for each scorer and call. A
//     score that was held for a known interest, or withdrawn by standing aside, is none
//   - a score far from the others', beyond what this scorer does elsewhere: one for each scorer and
//     call
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

using Kind = schema::CallOpened::Kind;

// How far one score lies from the mean of the others, in thousandths of the points possible.
struct Deviation {
  EventId event;
  ProposalId proposal;
  std::int64_t permille = 0;
};

std::vector<std::uint64_t> parties_of(const State& state, const Proposal& proposal) {
  std::vector<std::uint64_t> out;
  for (const ProposalApplicant& item : proposal.applicants) {
    out.push_back(identity_of(state, item.party));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Fen awarded_to(const Call& call, ProposalId proposal) {
  Fen sum;
  for (const Award& award : call.awards) {
    if (award.proposal == proposal) sum = plus(sum, award.amount);
  }
  return sum;
}

// Scores that count, of one proposal: without those of whoever stood aside.
std::vector<ProposalScore> effective_scores(const State& state, const Proposal& proposal) {
  std::vector<ProposalScore> out;
  for (const ProposalScore& score : proposal.scores) {
    const bool aside = std::any_of(
        proposal.scores.begin(), proposal.scores.end(), [&](const ProposalScore& other) {
          return other.recused && same_party(state, other.scorer, score.scorer);
        });
    if (!aside) out.push_back(score);
  }
  return out;
}

class Contests final : public Rule {
 public:
  explicit Contests(const Parameters& parameters)
      : outlier_permille_(parameters.get("outlier_permille")),
        scorers_least_(parameters.get("scorers_least")) {}

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    if (state.calls.calls.empty()) return;
    look_at_documents(state, out);
    std::optional<Interests> interests;  // costs a look at all staff
    for (const auto& [id, call] : state.calls.calls) {
      if (!state.in_force(id)) continue;
      look_at_bidders(state, call, out);
      const bool scored = std::any_of(
          call.proposals.begin(), call.proposals.end(),
          [&](ProposalId proposal) { return !state.calls.find(proposal)->scores.empty(); });
      if (!scored) continue;
      if (!interests) interests.emplace(state);
      look_at_interests(state, call, *interests, out);
      look_at_outliers(state, call, out);
    }
  }

 private:
  static void look_at_bidders(const State& state, const Call& call, std::vector<Anomaly>& out) {
    const auto kind = static_cast<Kind>(call.kind);
    if (kind != Kind::CONTEST && kind != Kind::TENDER) return;
    Anomaly anomaly;
    for (const Award& award : call.awards) {
      const auto bidders =
          std::count_if(call.proposals.begin(), call.proposals.end(),
                        [&](ProposalId id) { return state.calls.find(id)->lot == award.lot; });
      if (bidders != 1) continue;
      anomaly.events.push_back(award.event);
      anomaly.events.push_back(EventId{award.proposal.value});
      anomaly.at_risk = plus(anomaly.at_risk, award.amount);
    }
    if (anomaly.events.empty()) return;
    anomaly.subject = call.id.value;
    anomaly.zh = "只有一份有效申报即中选，金额" + yuan(anomaly.at_risk) + "元";
    anomaly.en = "an award of " + yuan(anomaly.at_risk) + " yuan with a single valid proposal";
    out.push_back(std::move(anomaly));
  }

  static void look_at_documents(const State& state, std::vector<Anomaly>& out) {
    for (const auto& [hash, ids] : state.calls.by_document) {
      if (ids.size() < 2) continue;
      Anomaly anomaly;
      std::vector<std::vector<std::uint64_t>> applicants;
      for (const ProposalId id : ids) {
        const Proposal* proposal = state.calls.find(id);
        if (proposal == nullptr || !state.in_force(id)) continue;
        applicants.push_back(parties_of(state, *proposal));
        anomaly.events.push_back(EventId{id.value});
        if (const Call* call = state.calls.find(proposal->call)) {
          anomaly.at_risk = plus(anomaly.at_risk, awarded_to(*call, id));
        }
      }
      std::sort(applicants.begin(), applicants.end());
      applicants.erase(std::unique(applicants.begin(), applicants.end()), applicants.end());
      if (applicants.size() < 2) continue;
      anomaly.subject = anomaly.events.front().value;
      anomaly.zh =
          count_of(applicants) + "家申报方提交同一文件，其中中选" + yuan(anomaly.at_risk) + "元";
      anomaly.en = "the same document from " + count_of(applicants) + " applicants; awarded " +
                   yuan(anomaly.at_risk) + " yuan";
      out.push_back(std::move(anomaly));
    }
  }

  static void look_at_interests(const State& state, const Call& call, const Interests& interests,
                                std::vector<Anomaly>& out) {
    struct Found {
      Anomaly anomaly;
      std::int64_t own = 0;
      std::int64_t relatives = 0;
    };
    std::map<std::uint64_t, Found> scorers;
    for (const ProposalId id : call.proposals) {
      const Proposal& proposal = *state.calls.find(id);
      for (const ProposalScore& score : effective_scores(state, proposal)) {
        const Day day = occurred_on(state, score.event);
        bool own = false;
        bool relative = false;
        for (const ProposalApplicant& applicant : proposal.applicants) {
          own = own || interests.acts_for(score.scorer, applicant.party, day);
          relative = relative || interests.relative_acts_for(score.scorer, applicant.party, day);
        }
        if (!own && !relative) continue;
        Found& found = scorers[identity_of(state, score.scorer)];
        found.own += own ? 1 : 0;
        found.relatives += own ? 0 : 1;
        found.anomaly.events.push_back(score.event);
        found.anomaly.events.push_back(EventId{id.value});
        found.anomaly.at_risk = plus(found.anomaly.at_risk, awarded_to(call, id));
      }
    }
    for (auto& [scorer, found] : scorers) {
      found.anomaly.subject = scorer;
      found.anomaly.zh = "评审人与申报方有利害关系而未回避：本人任职" + number(found.own) +
                         "份，亲属任职" + number(found.relatives) + "份";
      found.anomaly.en = "a scorer did not stand aside: works for the applicant of " +
                         number(found.own) + " proposals, a relative does for " +
                         number(found.relatives);
      out.push_back(std::move(found.anomaly));
    }
  }

  void look_at_outliers(const State& state, const Call& call, std::vector<Anomaly>& out) const {
    std::int64_t possible = 0;
    for (const CallCriterion& item : call.criteria) possible += item.points_max;
    if (possible <= 0) return;
    std::map<std::uint64_t, std::vector<Deviation>> scorers;
    for (const ProposalId id : call.proposals) {
      const std::vector<ProposalScore> scores = effective_scores(state, *state.calls.find(id));
      const auto n = static_cast<std::int64_t>(scores.size());
      if (n < std::max<std::int64_t>(scorers_least_, 2)) continue;
      const std::int64_t sum = std::accumulate(
          scores.begin(), scores.end(), std::int64_t{0},
          [](std::int64_t s, const ProposalScore& score) { return s + score.points; });
      for (const ProposalScore& score : scores) {
        const std::int64_t apart = score.points * (n - 1) - (sum - score.points);
        scorers[identity_of(state, score.scorer)].push_back(
            {score.event, id, apart * 1000 / ((n - 1) * possible)});
      }
    }
    for (const auto& [scorer, list] : scorers) report_outliers(call, scorer, list, out);
  }

  // Some are strict and some are kind: what a scorer does on average elsewhere is no doubt.
  void report_outliers(const Call& call, std::uint64_t scorer, const std::vector<Deviation>& list,
                       std::vector<Anomaly>& out) const {
    std::int64_t sum = 0;
    for (const Deviation& item : list) sum += item.permille;
    const auto others = static_cast<std::int64_t>(list.size()) - 1;
    Anomaly anomaly;
    std::int64_t most = 0;
    for (const Deviation& item : list) {
      const std::int64_t habit = others < 1 ? 0 : (sum - item.permille) / others;
      const std::int64_t apart = std::abs(item.permille - habit);
      if (apart < outlier_permille_) continue;
      most = std::max(most, apart);
      anomaly.events.push_back(item.event);
      anomaly.at_risk = plus(anomaly.at_risk, awarded_to(call, item.proposal));
    }
    if (anomaly.events.empty()) return;
    anomaly.subject = scorer;
    anomaly.zh = "评审打分" + count_of(anomaly.events) +
                 "份显著偏离其他评审人，最多偏离满分的千分之" + number(most);
    anomaly.en = count_of(anomaly.events) +
                 " scores lie far from those of the other scorers, up to " + number(most) +
                 " thousandths of the points possible";
    out.push_back(std::move(anomaly));
  }

  std::int64_t outlier_permille_;
  std::int64_t scorers_least_;
};

}  // namespace

std::unique_ptr<Rule> make_contest(const Parameters& parameters) {
  return std::make_unique<Contests>(parameters);
}

}  // namespace houniao::rules::institutions
