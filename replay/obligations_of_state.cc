// Obligations over a folded log: which are in force, who is below whom, and which events have
// evidence.
#include <algorithm>

#include "replay/obligations.h"
#include "replay/state.h"

namespace houniao {
namespace {

boost::unordered_flat_set<std::uint64_t> events_with_evidence(const State& state) {
  boost::unordered_flat_set<std::uint64_t> out;
  for (const auto& [hash, uses] : state.services.evidence) {
    for (const EvidenceUse& use : uses) out.insert(use.target.value);
  }
  return out;
}

// In force and of a programme that the pack speaks of, by id.
std::vector<const Obligation*> obligations_of(const State& state, const FigureInputs& inputs) {
  std::vector<const Obligation*> out;
  for (const auto& [id, obligation] : state.programmes.obligations) {
    if (!state.in_force(id)) continue;
    const std::uint64_t programme = obligation.programme.value;
    const bool asked = !inputs.within ||
                       std::binary_search(inputs.within->begin(), inputs.within->end(), programme);
    if (asked) out.push_back(&obligation);
  }
  std::sort(out.begin(), out.end(),
            [](const Obligation* a, const Obligation* b) { return a->id < b->id; });
  return out;
}

}  // namespace

std::vector<ObligationResult> check_obligations(const State& state, const Pack& pack, Day as_of) {
  const FigureInputs inputs = inputs_of(figure_inputs(state), pack);
  const std::vector<const Obligation*> obligations = obligations_of(state, inputs);
  const bool proof_needed =
      std::any_of(obligations.begin(), obligations.end(),
                  [](const Obligation* obligation) { return obligation->evidence_needed; });
  boost::unordered_flat_set<std::uint64_t> with_evidence;
  if (proof_needed) with_evidence = events_with_evidence(state);
  std::vector<ObligationResult> out;
  out.reserve(obligations.size());
  for (const Obligation* obligation : obligations) {
    FigureInputs facts = inputs;
    facts.within = programmes_below(state, obligation->programme);
    ObligationTerms terms;
    terms.holidays = pack.holidays;
    terms.among_inputs = &inputs;
    terms.with_evidence = &with_evidence;
    const PackObligation* written = pack.obligation(state.symbols().text(obligation->code));
    if (written != nullptr && written->among) terms.among = &*written->among;
    if (const Programme* programme = state.programme(obligation->programme)) {
      terms.ends = std::min(programme->to, programme->closed_on());
    }
    out.push_back(check_obligation(facts, *obligation, terms, as_of));
  }
  return out;
}

}  // namespace houniao
