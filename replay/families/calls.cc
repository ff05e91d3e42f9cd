#include "replay/families/calls.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

using Kind = schema::CallOpened::Kind;
using Applicants = capnp::List<schema::ProposalSubmitted::Applicant>::Reader;

constexpr std::int64_t kUsPerMinute = 60'000'000;
constexpr std::int16_t kMinutesPerDay = 24 * 60;
// Within these bounds no conversion to a day and back can overflow, whatever a record says.
constexpr std::int64_t kUsMax = std::int64_t{1} << 62;
constexpr std::int32_t kDayMax = 2'932'896;  // about the year 9999
// Points of one criterion; keeps the mean within 64 bits for any number of criteria and scorers.
constexpr std::int32_t kPointsMax = 1'000'000;

Call* call_to_change(State& state, CallId id) {
  auto at = state.calls.calls.find(id);
  return at == state.calls.calls.end() ? nullptr : &at->second;
}

WallTime in_range(WallTime at) { return {std::clamp(at.us, -kUsMax, kUsMax)}; }

// By which time it is found whether a proposal came while the call was open (calls.h).
WallTime handed_in_at(const Call& call, const EventContext& context) {
  if (!call.from_book || !is_imported_row(context.event)) return context.received_at;
  const Day day{std::clamp(context.occurred.value, -kDayMax, kDayMax)};
  const std::int16_t minute = std::max<std::int16_t>(context.event.getOccurredMinute(), 0);
  return {start_of(day).us + minute * kUsPerMinute};
}

}  // namespace

// --- queries -----------------------------------------------------------------------------------

std::string_view name_of_call_kind(std::uint16_t kind) {
  switch (static_cast<Kind>(kind)) {
    case Kind::CONTEST:
      return "contest";
    case Kind::TENDER:
      return "tender";
    case Kind::MATCHING:
      return "matching";
    case Kind::CROWDFUNDING:
      return "crowdfunding";
  }
  return "unknown";
}

const CallLot* Call::find_lot(Symbol lot) const {
  const auto at =
      std::find_if(lots.begin(), lots.end(), [&](const CallLot& item) { return item.code == lot; });
  return at == lots.end() ? nullptr : &*at;
}

bool Call::is_over(WallTime at) const {
  const WallTime time = in_range(at);
  const Day day = day_of(time);
  if (day != deadline) return day > deadline;
  return deadline_minute >= 0 &&
         time.us - start_of(day).us > std::int64_t{deadline_minute} * kUsPerMinute;
}

bool Call::has_opened(WallTime at) const { return opens <= day_of(in_range(at)); }

Fen Call::awarded() const {
  Fen sum;
  for (const Award& award : awards) sum = capped_sum(sum, award.amount);
  return sum;
}

Fen Call::awarded_in(Symbol lot) const {
  Fen sum;
  for (const Award& award : awards) {
    if (award.lot == lot) sum = capped_sum(sum, award.amount);
  }
  return sum;
}

Fen Call::remaining() const {
  const Fen given = awarded();
  return given < budget ? Fen{budget.value - given.value} : Fen{};
}

std::span<const Award> CallsState::awards_of(CallId id) const {
  const Call* call = find(id);
  if (call == nullptr) return {};
  return call->awards;
}

Fen CallsState::remaining_budget(CallId id) const {
  const Call* call = find(id);
  return call == nullptr ? Fen{} : call->remaining();
}

// --- shared with scores and awards --------------------------------------------------------------

void check_lot(const State& state, const Call& call, std::string_view lot, Reasons& reasons) {
  const bool known =
      call.lots.empty() ? lot.empty() : call.find_lot(state.symbols().find(lot)) != nullptr;
  reasons.add_if(!known, Reason::lot_unknown);
}

void add_applicant_rows(State& state, FactRow row, const Proposal& proposal) {
  for (const ProposalApplicant& item : proposal.applicants) {
    row.subject = item.party;
    state.facts.add(row);
    row.quantity = 0;
    row.amount_fen = 0;
  }
}

// --- CallOpened --------------------------------------------------------------------------------

namespace {

void check_lots(schema::CallOpened::Reader body, Reasons& reasons) {
  std::vector<std::string_view> codes;
  Fen sum;
  for (const auto& lot : body.getLots()) {
    codes.push_back(view(lot.getCode()));
    reasons.add_if(codes.back().empty(), Reason::text_missing);
    reasons.add_if(!is_amount_or_none(lot.getAmountFen()), Reason::amount_invalid);
    sum = capped_sum(sum, kept_amount(lot.getAmountFen()));
  }
  std::sort(codes.begin(), codes.end());
  reasons.add_if(std::adjacent_find(codes.begin(), codes.end()) != codes.end(),
                 Reason::value_invalid);
  reasons.add_if(body.getBudgetFen() > 0 && sum.value > body.getBudgetFen(),
                 Reason::count_exceeds_total);
}

void check_criteria(schema::CallOpened::Reader body, Reasons& reasons) {
  std::vector<std::string_view> codes;
  for (const auto& item : body.getCriteria()) {
    codes.push_back(view(item.getCode()));
    reasons.add_if(codes.back().empty(), Reason::text_missing);
    reasons.add_if(item.getPointsMax() <= 0 || item.getPointsMax() > kPointsMax,
                   Reason::value_invalid);
  }
  std::sort(codes.begin(), codes.end());
  reasons.add_if(std::adjacent_find(codes.begin(), codes.end()) != codes.end(),
                 Reason::value_invalid);
}

std::int16_t kept_minute(std::int16_t minute) {
  return minute >= 0 && minute < kMinutesPerDay ? minute : std::int16_t{-1};
}

// Of two lots or criteria with one code only the first is kept.
void keep_lots(State& state, Call& call, schema::CallOpened::Reader body) {
  for (const auto& lot : body.getLots()) {
    const Symbol code = state.intern(view(lot.getCode()));
    if (call.find_lot(code) == nullptr) {
      call.lots.push_back({code, kept_amount(lot.getAmountFen())});
    }
  }
}

void keep_criteria(State& state, Call& call, schema::CallOpened::Reader body) {
  for (const auto& item : body.getCriteria()) {
    const Symbol code = state.intern(view(item.getCode()));
    const bool known = std::any_of(call.criteria.begin(), call.criteria.end(),
                                   [&](const CallCriterion& other) { return other.code == code; });
    if (!known) call.criteria.push_back({code, std::clamp(item.getPointsMax(), 0, kPointsMax)});
  }
}

}  // namespace

void admit(const State& state, const EventContext&, schema::CallOpened::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getTitle().size() == 0, Reason::text_missing);
  reasons.add_if(body.getEdition() != 0 && body.getCode().size() == 0, Reason::text_missing);
  reasons.add_if(body.getOrganiser() == 0, Reason::value_invalid);
  check_known_organisation(state, OrganisationId{body.getOrganiser()}, reasons);
  for (std::uint64_t other : body.getCoOrganisers()) {
    reasons.add_if(other == 0, Reason::value_invalid);
    check_known_organisation(state, OrganisationId{other}, reasons);
  }
  if (body.getFund() != 0 && state.funds.find(FundId{body.getFund()}) == nullptr) {
    not_found(state, body.getFund(), reasons);
  }
  reasons.add_if(!is_amount_or_none(body.getBudgetFen()), Reason::amount_invalid);
  check_lots(body, reasons);
  check_criteria(body, reasons);
  reasons.add_if(body.getDeadlineDay() <= 0, Reason::value_invalid);
  check_interval(Day{body.getOpenDay()}, Day{body.getDeadlineDay()}, reasons);
  reasons.add_if(kept_minute(body.getDeadlineMinute()) != body.getDeadlineMinute(),
                 Reason::time_invalid);
}

void apply(State& state, const EventContext& context, schema::CallOpened::Reader body) {
  Call call;
  call.id = entity_cast<CallId>(context.id);
  call.kind = static_cast<std::uint16_t>(body.getKind());
  call.code = state.intern(view(body.getCode()));
  call.title = view(body.getTitle());
  call.edition = body.getEdition();
  call.organiser = OrganisationId{body.getOrganiser()};
  for (std::uint64_t id : body.getCoOrganisers()) call.co_organisers.push_back(OrganisationId{id});
  call.fund = FundId{body.getFund()};
  call.budget = kept_amount(body.getBudgetFen());
  keep_lots(state, call, body);
  keep_criteria(state, call, body);
  call.opens = Day{body.getOpenDay()};
  call.deadline = Day{body.getDeadlineDay()};
  call.deadline_minute = kept_minute(body.getDeadlineMinute());
  call.from_book = is_imported_row(context.event);

  FactRow row = start_row(context);
  row.kind = state.intern(name_of_call_kind(call.kind));
  row.attr = call.code;
  row.subject = call.organiser.value;
  row.group = call.edition;
  row.amount_fen = call.budget.value;
  state.facts.add(row);
  if (context.provisional) return;
  state.calls.calls.insert_or_assign(call.id, std::move(call));
}

// --- ProposalSubmitted -------------------------------------------------------------------------

namespace {

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> parties) {
  std::sort(parties.begin(), parties.end());
  return parties;
}

std::vector<std::uint64_t> parties_of(Applicants applicants) {
  std::vector<std::uint64_t> out;
  for (const auto& item : applicants) out.push_back(item.getParty());
  return sorted(std::move(out));
}

std::vector<std::uint64_t> parties_of(const Proposal& proposal) {
  std::vector<std::uint64_t> out;
  for (const ProposalApplicant& item : proposal.applicants) out.push_back(item.party);
  return sorted(std::move(out));
}

// Every applicant is named once, has a share, and the shares make up the whole.
void check_applicants(const State& state, Applicants applicants, Reasons& reasons) {
  std::uint64_t sum = 0;
  bool every_one_shares = true;
  for (const auto& item : applicants) {
    sum += item.getPermille();
    every_one_shares = every_one_shares && item.getPermille() != 0;
    check_party(state, item.getParty(), reasons);
  }
  const std::vector<std::uint64_t> parties = parties_of(applicants);
  const bool once = std::adjacent_find(parties.begin(), parties.end()) == parties.end();
  reasons.add_if(sum != 1000 || !every_one_shares || !once, Reason::claim_shares_not_whole);
}

// A34: another proposal, in any call, by other applicants and with the same document.
void check_document(const State& state, const EventContext& context,
                    schema::ProposalSubmitted::Reader body, Reasons& reasons) {
  if (body.getDocumentSha256().size() == 0) return;
  const std::optional<Hash> hash =
      hash_from({body.getDocumentSha256().begin(), body.getDocumentSha256().size()});
  if (!hash) return reasons.add(Reason::hash_invalid);
  auto at = state.calls.by_document.find(*hash);
  if (at == state.calls.by_document.end()) return;
  const std::vector<std::uint64_t> own = parties_of(body.getApplicants());
  for (ProposalId other : at->second) {
    if (other.value == context.id.value || parties_of(*state.calls.find(other)) == own) continue;
    return reasons.add(Reason::same_document);
  }
}

}  // namespace

void admit(const State& state, const EventContext& context, schema::ProposalSubmitted::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getTitle().size() == 0, Reason::text_missing);
  reasons.add_if(!is_amount_or_none(body.getPriceFen()), Reason::amount_invalid);
  check_applicants(state, body.getApplicants(), reasons);
  check_document(state, context, body, reasons);
  const CallId id{body.getCall()};
  const Call* call = state.calls.find(id);
  if (call == nullptr) return not_found(state, id.value, reasons);
  check_not_retracted(state, id.value, reasons);
  check_lot(state, *call, view(body.getLot()), reasons);
  const WallTime at = handed_in_at(*call, context);
  reasons.add_if(!call->has_opened(at), Reason::proposal_before_opening);
  reasons.add_if(call->is_over(at), Reason::after_deadline);
}

void apply(State& state, const EventContext& context, schema::ProposalSubmitted::Reader body) {
  Proposal proposal;
  proposal.id = entity_cast<ProposalId>(context.id);
  proposal.call = CallId{body.getCall()};
  proposal.lot = state.intern(view(body.getLot()));
  proposal.title = view(body.getTitle());
  for (const auto& item : body.getApplicants()) {
    proposal.applicants.push_back({item.getParty(), item.getPermille()});
  }
  proposal.price = kept_amount(body.getPriceFen());
  proposal.document = hash_from({body.getDocumentSha256().begin(), body.getDocumentSha256().size()})
                          .value_or(Hash{});

  Call* call = call_to_change(state, proposal.call);
  FactRow row = start_row(context);
  row.group = proposal.call.value;
  row.amount_fen = proposal.price.value;
  if (call != nullptr) {
    row.kind = state.intern(name_of_call_kind(call->kind));
    row.attr = call->attr_for(proposal.lot);
  }
  add_applicant_rows(state, row, proposal);
  if (context.provisional) return;
  if (call != nullptr) insert_sorted(call->proposals, proposal.id);
  if (proposal.document != Hash{}) {
    insert_sorted(state.calls.by_document[proposal.document], proposal.id);
  }
  state.calls.proposals.insert_or_assign(proposal.id, std::move(proposal));
}

// --- retraction --------------------------------------------------------------------------------

namespace {

void take_back_proposal(CallsState& calls, ProposalId id) {
  auto at = calls.proposals.find(id);
  if (at == calls.proposals.end()) return;
  if (auto call = calls.calls.find(at->second.call); call != calls.calls.end()) {
    erase_value(call->second.proposals, id);
  }
  auto same = calls.by_document.find(at->second.document);
  if (same == calls.by_document.end()) return;
  erase_value(same->second, id);
  if (same->second.empty()) calls.by_document.erase(same);
}

}  // namespace

void take_back_calls(State& state, EventId event, EventType type) {
  if (take_back_awards(state, event, type)) return;
  if (type == schema::Event::Body::PROPOSAL_SUBMITTED) {
    take_back_proposal(state.calls, entity_cast<ProposalId>(event));
  }
}

}  // namespace houniao
