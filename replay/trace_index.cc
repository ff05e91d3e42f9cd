#include "replay/trace_index.h"

#include <algorithm>

#include "schema/catalogue.h"

namespace houniao {
namespace {

template <class Id>
TraceKey key(TraceKind kind, Id id) {
  return {kind, id.value, 0};
}
TraceKey unit(EventId id) { return {TraceKind::unit, id.value, 0}; }

bool is_of(const State& state, EventId id, EventType type) {
  const EventEntry* entry = state.events.find(id);
  return entry != nullptr && entry->type == static_cast<std::uint16_t>(type);
}

void settle(std::vector<TraceLink>& links) {
  std::sort(links.begin(), links.end(),
            [](const TraceLink& a, const TraceLink& b) { return a.to < b.to; });
  links.erase(std::unique(links.begin(), links.end(),
                          [](const TraceLink& a, const TraceLink& b) { return a.to == b.to; }),
              links.end());
}

// Rows of these types are work done: what a worker, a site or a person is traced through.
bool is_work(std::uint16_t type) {
  switch (static_cast<EventType>(type)) {
    case EventType::SERVICE_DELIVERED:
    case EventType::SESSION_HELD:
    case EventType::ATTENDANCE_RECORDED:
    case EventType::AGENCY_CASE_OPENED:
    case EventType::HOURS_CONFIRMED:
    case EventType::HOURS_CERTIFICATE_ISSUED:
    case EventType::OUTCOME_CONFIRMED:
      return true;
    default:
      return false;
  }
}

// Where money comes from, never what it is paid for.
bool is_source(TraceKind kind) {
  return kind == TraceKind::fund || kind == TraceKind::receipt || kind == TraceKind::allocation;
}

// What a piece of evidence is of.
EventId shown_by(const EvidenceUse& use) { return use.target ? use.target : use.event; }

}  // namespace

bool is_case_work(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  if (entry == nullptr) return false;
  const CatalogueRow* row = find_row(entry->type);
  return row == nullptr || row->privacy == Privacy::confidential;
}

TraceIndex::TraceIndex(const State& state) : state_(state) {
  add_ledger();
  add_contracts();
  add_requests();
  for (const auto& [id, payment] : state_.funds.payments) add_payment(payment);
  add_calls();
  add_evidence();
  for (Links* links : {&below_, &above_}) {
    for (auto& [from, list] : *links) settle(list);
  }
  for (auto& [from, units] : withheld_) {
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
  }
}

bool TraceIndex::names_case_work(const TraceKey& key) const {
  return key.kind != TraceKind::evidence && is_case_work(state_, EventId{key.id});
}

void TraceIndex::link(const TraceKey& from, const TraceKey& to, std::uint16_t permille) {
  if (names_case_work(from) || names_case_work(to)) return;
  below_[from].push_back({to, permille});
  above_[to].push_back({from, permille});
}

void TraceIndex::link_unit(const TraceKey& from, EventId unit, std::uint16_t permille) {
  if (is_case_work(state_, unit)) {
    withheld_[from].push_back(unit);
  } else {
    link(from, delivery(unit), permille);
  }
}

const std::vector<EventId>& TraceIndex::withheld(const TraceKey& of) const {
  static const std::vector<EventId> kNone;
  const auto at = withheld_.find(of);
  return at == withheld_.end() ? kNone : at->second;
}

// Receipts and allocations, out of the postings: they are no entities of their own.
void TraceIndex::add_ledger() {
  for (const Posting& posting : state_.ledger.canonical()) {
    const FactTable::RowSpan rows = state_.facts.rows_of(posting.event);
    const std::uint64_t subject = rows.count > 0 ? state_.facts.columns().subject[rows.first] : 0;
    if (posting.kind == PostingKind::received) {
      const TraceKey receipt = key(TraceKind::receipt, posting.event);
      link(receipt, {TraceKind::fund, posting.to.entity, 0});
      if (subject != 0) link({TraceKind::organisation, subject, 0}, receipt);
    } else if (posting.kind == PostingKind::allocated || posting.kind == PostingKind::deallocated) {
      const bool in = posting.kind == PostingKind::allocated;
      const TraceKey allocation = key(TraceKind::allocation, posting.event);
      link({TraceKind::fund, in ? posting.from.entity : posting.to.entity, 0}, allocation);
      const bool contract = state_.contracts.find(ContractId{subject}) != nullptr;
      if (subject != 0) {
        link(allocation, {contract ? TraceKind::contract : TraceKind::programme, subject, 0});
      }
    }
  }
}

void TraceIndex::add_contracts() {
  for (const auto& [id, contract] : state_.contracts.contracts) {
    const TraceKey from = key(TraceKind::contract, id);
    for (FundId fund : contract.funds) link(key(TraceKind::fund, fund), from);
    for (OrganisationId by : contract.contractors) link(from, key(TraceKind::organisation, by));
    for (const Deliverable& deliverable : contract.deliverables) {
      link(from, {TraceKind::deliverable, id.value, deliverable.code.value});
    }
  }
  for (const auto& [id, milestone] : state_.contracts.milestones) {
    const TraceKey to = key(TraceKind::milestone, id);
    link(key(TraceKind::contract, milestone.contract), to);
    if (milestone.review) link(to, key(TraceKind::acceptance, milestone.review));
    for (const MilestoneLine& line : milestone.lines) {
      link({TraceKind::deliverable, milestone.contract.value, line.deliverable.value}, to);
    }
  }
  for (const auto& [delivered, shares] : state_.contracts.billed) {
    for (const BilledShare& share : shares) {
      link_unit(key(TraceKind::milestone, share.milestone), delivered, share.permille);
    }
  }
}

void TraceIndex::add_requests() {
  for (const auto& [id, request] : state_.funds.requests) {
    const TraceKey to = key(TraceKind::request, id);
    if (request.contract) {
      link(key(TraceKind::contract, request.contract), to);
    } else {
      link(key(TraceKind::fund, request.fund), to);
    }
    if (request.invoice) link(key(TraceKind::invoice, request.invoice), to);
    for (const Approval& approval : request.approvals) {
      link(to, key(TraceKind::approval, approval.event));
    }
    if (request.refused) link(to, key(TraceKind::approval, request.refused));
  }
}

void TraceIndex::add_payment(const Payment& payment) {
  const TraceKey from = key(TraceKind::payment, payment.id);
  link(key(TraceKind::request, payment.request), from);
  for (EventId reversal : payment.reversals) link(from, key(TraceKind::reversal, reversal));
  const Request* request = state_.funds.find_request(payment.request);
  if (request == nullptr) return;
  if (request->payee) link(from, key(TraceKind::organisation, request->payee));
  if (request->milestone) {
    link(from, key(TraceKind::milestone, request->milestone));
  } else if (request->contract) {
    // An advance, or a payment on account: accepted work of the contract has earned it.
    for (const auto& [id, milestone] : state_.contracts.milestones) {
      if (milestone.contract == request->contract && milestone.is_reviewed()) {
        link(from, key(TraceKind::milestone, id));
      }
    }
  }
  for (EventId paid_for : request->pays_for) {
    if (!state_.knows(paid_for)) continue;
    if (const TraceKey named = key_of(paid_for); is_source(named.kind)) {
      link(named, from);  // where it comes from: below it lie the payments of others
    } else {
      link_unit(from, paid_for, 1000);
    }
  }
}

void TraceIndex::add_calls() {
  for (const auto& [id, call] : state_.calls.calls) {
    const TraceKey from = key(TraceKind::call, id);
    if (call.fund) link(key(TraceKind::fund, call.fund), from);
    for (const Award& award : call.awards) {
      const TraceKey to = key(TraceKind::award, award.event);
      link(from, to);
      const Proposal* proposal = state_.calls.find(award.proposal);
      if (proposal == nullptr) continue;
      for (const ProposalApplicant& applicant : proposal->applicants) {
        const bool person = state_.person(PersonId{applicant.party}) != nullptr;
        link(to, {person ? TraceKind::person : TraceKind::organisation, applicant.party, 0});
      }
    }
  }
}

void TraceIndex::add_evidence() {
  const auto may_show = [&](const EvidenceUse& use) {
    return !is_case_work(state_, use.event) && !is_case_work(state_, shown_by(use));
  };
  for (const auto& [hash, uses] : state_.services.evidence) {
    if (std::any_of(uses.begin(), uses.end(), may_show)) hashes_.push_back(hash);
  }
  std::sort(hashes_.begin(), hashes_.end());
  for (const auto& [hash, uses] : state_.services.evidence) {
    const auto place = find(hash);
    if (!place) continue;
    for (const EvidenceUse& use : uses) {
      if (may_show(use)) link(delivery(shown_by(use)), {TraceKind::evidence, *place, 0});
    }
  }
}

std::optional<std::uint64_t> TraceIndex::find(const Hash& hash) const {
  const auto at = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (at == hashes_.end() || *at != hash) return std::nullopt;
  return static_cast<std::uint64_t>(at - hashes_.begin());
}

TraceKey TraceIndex::delivery(EventId id) const {
  if (is_of(state_, id, EventType::ATTENDANCE_RECORDED)) return key(TraceKind::attendance, id);
  if (is_of(state_, id, EventType::HOURS_CONFIRMED)) return key(TraceKind::hours, id);
  if (is_of(state_, id, EventType::HOURS_CERTIFICATE_ISSUED)) {
    return key(TraceKind::certificate, id);
  }
  const TraceKey named = key_of(id);
  return named.id != 0 ? named : unit(id);
}

TraceKey TraceIndex::key_of(EventId id) const {
  const EventEntry* entry = state_.events.find(id);
  if (entry == nullptr || is_case_work(state_, id)) return {TraceKind::organisation, 0, 0};
  switch (static_cast<EventType>(entry->type)) {
    case EventType::FUND_SOURCE_ESTABLISHED:
      return key(TraceKind::fund, id);
    case EventType::FUNDS_RECEIVED:
      return key(TraceKind::receipt, id);
    case EventType::BUDGET_ALLOCATED:
      return key(TraceKind::allocation, id);
    case EventType::PROGRAMME_OPENED:
      return key(TraceKind::programme, id);
    case EventType::CALL_OPENED:
      return key(TraceKind::call, id);
    case EventType::AWARD_DECIDED:
      return key(TraceKind::award, id);
    case EventType::CONTRACT_SIGNED:
      return key(TraceKind::contract, id);
    case EventType::MILESTONE_SUBMITTED:
      return key(TraceKind::milestone, id);
    case EventType::MILESTONE_REVIEWED:
      return key(TraceKind::acceptance, id);
    case EventType::INVOICE_RECORDED:
      return key(TraceKind::invoice, id);
    case EventType::DISBURSEMENT_REQUESTED:
      return key(TraceKind::request, id);
    case EventType::DISBURSEMENT_APPROVED:
      return key(TraceKind::approval, id);
    case EventType::DISBURSEMENT_PAID:
      return key(TraceKind::payment, id);
    case EventType::DISBURSEMENT_REVERSED:
      return key(TraceKind::reversal, id);
    case EventType::PERSON_REGISTERED:
      return key(TraceKind::person, id);
    case EventType::STAFF_ENGAGED:
      return key(TraceKind::staff, id);
    case EventType::SITE_OPENED:
      return key(TraceKind::site, id);
    case EventType::ORGANISATION_REGISTERED:
      return key(TraceKind::organisation, id);
    case EventType::ATTENDANCE_RECORDED:
      return key(TraceKind::attendance, id);
    case EventType::HOURS_CONFIRMED:
      return key(TraceKind::hours, id);
    case EventType::HOURS_CERTIFICATE_ISSUED:
      return key(TraceKind::certificate, id);
    default:
      return unit(id);
  }
}

std::vector<TraceLink> TraceIndex::below(const TraceKey& from, bool deliveries) const {
  std::vector<TraceLink> out;
  if (auto at = below_.find(from); at != below_.end()) out = at->second;
  if (deliveries) {
    deliveries_below(from, out);
    std::erase_if(out, [&](const TraceLink& each) { return names_case_work(each.to); });
  }
  settle(out);
  return out;
}

std::vector<TraceLink> TraceIndex::above(const TraceKey& to, bool deliveries) const {
  std::vector<TraceLink> out;
  if (auto at = above_.find(to); at != above_.end()) out = at->second;
  if (deliveries) {
    deliveries_above(to, out);
    std::erase_if(out, [&](const TraceLink& each) { return names_case_work(each.to); });
  }
  settle(out);
  return out;
}

// Who was there, who did it, and where.
void TraceIndex::deliveries_below(const TraceKey& from, std::vector<TraceLink>& out) const {
  if (from.kind != TraceKind::unit && from.kind != TraceKind::attendance &&
      from.kind != TraceKind::hours && from.kind != TraceKind::certificate) {
    return;
  }
  const EventId id{from.id};
  const FactTable::Columns& c = state_.facts.columns();
  const FactTable::RowSpan rows = state_.facts.rows_of(id);
  for (std::uint32_t row = rows.first; row < rows.first + rows.count; ++row) {
    if (c.subject[row] != 0) {
      const bool person = state_.person(PersonId{c.subject[row]}) != nullptr;
      out.push_back({{person ? TraceKind::person : TraceKind::organisation, c.subject[row], 0}});
    }
    if (c.staff[row] != 0) {
      const bool staff = state_.staff(StaffId{c.staff[row]}) != nullptr;
      out.push_back({{staff ? TraceKind::staff : TraceKind::person, c.staff[row], 0}});
    }
    if (c.site[row] != 0) out.push_back({{TraceKind::site, c.site[row], 0}});
    if (c.type[row] == static_cast<std::uint16_t>(EventType::HOURS_CONFIRMED)) {
      out.push_back({unit(EventId{c.group[row]})});
    }
  }
  if (from.kind == TraceKind::unit) sign_ins_below(id, out);
  if (from.kind == TraceKind::hours) certificates_below(id, out);
}

void TraceIndex::sign_ins_below(EventId held, std::vector<TraceLink>& out) const {
  const Session* session = state_.sessions.find(SessionId{held.value});
  if (session == nullptr) return;
  const auto at = state_.sessions.sign_ins.find(session->occasion());
  if (at == state_.sessions.sign_ins.end()) return;
  for (const SignIn& sign_in : at->second.entries) {
    out.push_back({key(TraceKind::attendance, sign_in.event)});
  }
}

void TraceIndex::certificates_below(EventId confirmed, std::vector<TraceLink>& out) const {
  const HoursDecision* decision = state_.volunteers.hours.find_decision(confirmed);
  if (decision == nullptr) return;
  const HoursRecord* record = state_.volunteers.hours.find_record(decision->record);
  if (record == nullptr) return;
  const auto at = state_.volunteers.hours.certificates.find(record->volunteer);
  if (at == state_.volunteers.hours.certificates.end()) return;
  for (const HoursCertificate& certificate : at->second) {
    if (certificate.from <= record->day && record->day <= certificate.to) {
      out.push_back({key(TraceKind::certificate, certificate.event)});
    }
  }
}

void TraceIndex::confirmed_above(EventId certificate, std::vector<TraceLink>& out) const {
  for (const auto& [volunteer, certificates] : state_.volunteers.hours.certificates) {
    for (const HoursCertificate& issued : certificates) {
      if (issued.event != certificate) continue;
      const auto at = state_.volunteers.hours.confirmed.find(volunteer);
      if (at == state_.volunteers.hours.confirmed.end()) return;
      for (const ConfirmedHours& hours : at->second) {
        if (issued.from <= hours.day && hours.day <= issued.to) {
          out.push_back({key(TraceKind::hours, hours.event)});
        }
      }
      return;
    }
  }
}

void TraceIndex::deliveries_above(const TraceKey& to, std::vector<TraceLink>& out) const {
  switch (to.kind) {
    case TraceKind::person:
    case TraceKind::staff:
    case TraceKind::site:
      return facts_about(to, out);
    case TraceKind::certificate:
      return confirmed_above(EventId{to.id}, out);
    case TraceKind::attendance: {
      const FactTable::RowSpan rows = state_.facts.rows_of(EventId{to.id});
      if (rows.count == 0) return;
      const SessionId occasion{state_.facts.columns().group[rows.first]};
      const auto held = state_.sessions.held_of_plan.find(occasion);
      if (held == state_.sessions.held_of_plan.end()) {
        if (state_.sessions.find(occasion) != nullptr)
          out.push_back({unit(EventId{occasion.value})});
        return;
      }
      for (SessionId session : held->second) out.push_back({unit(EventId{session.value})});
      return;
    }
    case TraceKind::unit:
      // Hours recorded hang on what confirmed them.
      if (const HoursRecord* record = state_.volunteers.hours.find_record(EventId{to.id})) {
        for (EventId decision : record->decided_by) {
          out.push_back({key(TraceKind::hours, decision)});
        }
      }
      return;
    default:
      return;
  }
}

void TraceIndex::facts_about(const TraceKey& to, std::vector<TraceLink>& out) const {
  const FactTable::Columns& c = state_.facts.columns();
  for (std::size_t row = 0; row < state_.facts.size(); ++row) {
    if (c.event[row] == 0 || !is_work(c.type[row])) continue;
    const bool about = to.kind == TraceKind::site
                           ? c.site[row] == to.id
                           : c.subject[row] == to.id || c.staff[row] == to.id;
    if (about) out.push_back({delivery(EventId{c.event[row]})});
  }
}

}  // namespace houniao
