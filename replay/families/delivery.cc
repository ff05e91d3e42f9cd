#include "replay/families/delivery.h"

namespace houniao {

void check_delivery(const State& state, const EventContext& context, Day day, Reasons& reasons) {
  if (const SiteId site{context.event.getSite()}; site) check_site(state, site, day, reasons);
  for (const auto& evidence : context.event.getEvidence()) {
    const auto hash = hash_from({evidence.getSha256().begin(), evidence.getSha256().size()});
    if (!hash) {
      reasons.add(Reason::hash_invalid);
      continue;
    }
    // The book behind an imported row is the same for all its rows.
    if (is_imported_row(context.event)) continue;
    auto uses = state.services.evidence.find(*hash);
    if (uses == state.services.evidence.end()) continue;
    for (const EvidenceUse& use : uses->second) {
      reasons.add_if(use.target != context.id, Reason::evidence_reused);
    }
  }
}

void keep_evidence(State& state, const EventContext& context) {
  if (!context.event.hasEvidence()) return;
  if (is_imported_row(context.event)) return;  // the book, which belongs to no event alone
  for (const auto& evidence : context.event.getEvidence()) {
    const auto hash = hash_from({evidence.getSha256().begin(), evidence.getSha256().size()});
    if (hash) insert_by_event(state.services.evidence[*hash], EvidenceUse{context.id, context.id});
  }
}

void forget_evidence(State& state, EventId event) {
  // Retractions are rare, so nothing is kept that would lead from the event to its entries.
  boost::unordered::erase_if(state.services.evidence, [&](auto& entry) {
    return erase_event(entry.second, event) && entry.second.empty();
  });
}

void check_event(const State& state, EventId id, Reasons& reasons) {
  if (!id) return reasons.add(Reason::wrong_reference);
  if (state.is_retracted(id)) return reasons.add(Reason::target_retracted);
  if (!state.in_force(id)) reasons.orphan(id);
}

void check_contract(const State& state, ContractId id, Day day, Reasons& reasons) {
  if (!id) return;
  const Contract* contract = state.contracts.find(id);
  if (contract == nullptr) return not_found(state, id.value, reasons);
  reasons.add_if(day < contract->from || day > contract->ends_on(),
                 Reason::outside_contract_period);
}

void check_shares(const State& state, capnp::List<schema::FundShare>::Reader shares,
                  Reasons& reasons) {
  std::uint64_t sum = 0;
  for (const auto& share : shares) {
    sum += share.getPermille();
    if (state.funds.find(FundId{share.getFund()}) == nullptr) {
      not_found(state, share.getFund(), reasons);
    }
  }
  reasons.add_if(sum > 1000, Reason::shares_exceed_whole);
}

void keep_shares(State& state, EventId delivery, capnp::List<schema::FundShare>::Reader shares) {
  if (shares.size() == 0) return;
  std::vector<DeclaredShare>& kept = state.contracts.shares[delivery];
  kept.clear();
  for (const auto& share : shares) {
    kept.push_back({FundId{share.getFund()}, share.getPermille()});
  }
}

std::vector<std::uint64_t> distinct_persons(capnp::List<std::uint64_t>::Reader persons) {
  std::vector<std::uint64_t> out;
  out.reserve(persons.size());
  for (std::uint64_t person : persons) out.push_back(person);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  std::erase(out, 0u);
  return out;
}

}  // namespace houniao
