#include "tests/sim/workload.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "schema/checksums.h"
#include "tests/sim/draws.h"

namespace houniao::sim {
namespace {

struct Weighted {
  EventType type;
  unsigned weight;
};

constexpr Weighted kField[] = {
    {EventType::SERVICE_DELIVERED, 14},
    {EventType::POINTS_REDEEMED, 9},
    {EventType::PERSON_REGISTERED, 8},
    {EventType::HOURS_RECORDED, 8},
    {EventType::ORDER_CLAIMED, 8},
    {EventType::VOLUNTEER_ENROLLED, 6},
    {EventType::SESSION_HELD, 5},
    {EventType::ATTENDANCE_RECORDED, 5},
    {EventType::DISBURSEMENT_REQUESTED, 5},
    {EventType::POINTS_ALLOWANCE_LEASED, 5},
    {EventType::CUSTODY_MONEY_MOVED, 4},
    {EventType::DUTY_CHECKED_IN, 4},
    {EventType::DEMAND_RAISED, 4},
    {EventType::PROPOSAL_SUBMITTED, 4},
    {EventType::AGENCY_CASE_OPENED, 3},
    {EventType::AGENCY_CASE_PROGRESSED, 3},
    {EventType::ORDER_FULFILLED, 3},
    {EventType::PERSON_CORRECTED, 2},
    {EventType::CONSENT_CHANGED, 2},
    {EventType::ORGANISATION_REGISTERED, 2},
    {EventType::MEMBERSHIP_CHANGED, 2},
    {EventType::ASSET_RECORDED, 2},
    {EventType::ASSET_LENT, 2},
    {EventType::SESSION_PLANNED, 2},
    {EventType::OUTCOME_CONFIRMED, 2},
    {EventType::EVIDENCE_ATTACHED, 2},
    {EventType::EVENT_RETRACTED, 2},
    {EventType::ORDER_WITHDRAWN, 2},
    {EventType::CASE_OPENED, 2},
    {EventType::CASE_CONTACT_LOGGED, 2},
    {EventType::SATISFACTION_SURVEYED, 2},
    {EventType::HOUSEHOLD_CHANGED, 1},
    {EventType::PERSON_STATUS_CHANGED, 1},
    {EventType::ELECTION_HELD, 1},
    {EventType::ASSET_RETURNED, 1},
    {EventType::STAFF_PLACED, 1},
    {EventType::BROADCAST_SENT, 1},
    {EventType::FIGURE_REPORTED, 1},
    {EventType::TRAINING_COMPLETED, 1},
    {EventType::DELIBERATION_HELD, 1},
    {EventType::CASE_REFERRED, 1},
    {EventType::MANDATORY_REPORT_FILED, 1},
    {EventType::SENSITIVE_RECORD_READ, 1},
    {EventType::RATING_SUBMITTED, 1},
    {EventType::NOTICE_PUBLISHED, 1},
};

constexpr Weighted kSupervisor[] = {
    {EventType::ORDER_ASSIGNED, 8},
    {EventType::HOURS_CONFIRMED, 8},
    {EventType::POINTS_EARNED, 8},
    {EventType::DISBURSEMENT_APPROVED, 7},
    {EventType::HELD_EVENT_DECIDED, 6},
    {EventType::ORDER_POSTED, 5},
    {EventType::HOURS_CERTIFICATE_ISSUED, 5},
    {EventType::EVENT_RETRACTED, 4},
    {EventType::ORGANISATION_CREDENTIAL_RECORDED, 4},
    {EventType::AWARD_DECIDED, 4},
    {EventType::MILESTONE_REVIEWED, 4},
    {EventType::EVENT_CORRECTED, 3},
    {EventType::POLICY_VERSION_PUBLISHED, 3},
    {EventType::ORDER_REVIEWED, 3},
    {EventType::POINTS_ADJUSTED, 3},
    {EventType::CALL_OPENED, 2},
    {EventType::PROPOSAL_SCORED, 2},
    {EventType::POINTS_ALLOWANCE_LEASED, 2},
    {EventType::ORGANISATION_REGISTERED, 2},
    {EventType::PERSON_LINK_DECIDED, 2},
    {EventType::SITE_OPENED, 2},
    {EventType::STAFF_ENGAGED, 2},
    {EventType::STAFF_VETTED, 2},
    {EventType::SERVICE_DELIVERED, 2},
    {EventType::INSURANCE_COVERED, 2},
    {EventType::DEMAND_DIGEST_COMPILED, 2},
    {EventType::SENSITIVE_ACCESS_DECIDED, 2},
    {EventType::PROGRAMME_OPENED, 1},
    {EventType::PROGRAMME_CLOSED, 1},
    {EventType::OBLIGATION_DEFINED, 1},
    {EventType::OBLIGATION_WAIVED, 1},
    {EventType::PERSONAL_DATA_ERASED, 1},
    {EventType::ORGANISATION_STATUS_CHANGED, 1},
    {EventType::APPOINTMENT_CHANGED, 1},
    {EventType::AGREEMENT_SIGNED, 1},
    {EventType::AGREEMENT_ENDED, 1},
    {EventType::SITE_STATUS_CHANGED, 1},
    {EventType::STAFF_RELEASED, 1},
    {EventType::MILESTONE_SUBMITTED, 1},
    {EventType::HONOUR_CONFERRED, 1},
    {EventType::EVALUATION_ISSUED, 1},
    {EventType::ORDER_WITHDRAWN, 1},
    {EventType::CASE_CLOSED, 1},
    {EventType::FINDING_RESOLVED, 1},
};

constexpr Weighted kFinance[] = {
    {EventType::DISBURSEMENT_PAID, 8},      {EventType::FUNDS_RECEIVED, 6},
    {EventType::BUDGET_ALLOCATED, 6},       {EventType::CONTRACT_SIGNED, 4},
    {EventType::MILESTONE_SUBMITTED, 4},    {EventType::FUND_SOURCE_ESTABLISHED, 3},
    {EventType::CONTRACT_AMENDED, 2},       {EventType::INVOICE_RECORDED, 2},
    {EventType::DISBURSEMENT_REQUESTED, 2}, {EventType::DISBURSEMENT_REVERSED, 2},
    {EventType::PERIOD_SEALED, 2},          {EventType::HELD_EVENT_DECIDED, 2},
    {EventType::CONTRACT_CLOSED, 1},        {EventType::CUSTODY_MONEY_MOVED, 1},
};

constexpr Weighted kAuditor[] = {{EventType::FINDING_ISSUED, 3},
                                 {EventType::ANOMALY_DISPOSITIONED, 2}};

constexpr Weighted kAdmin[] = {
    {EventType::ROLE_GRANTED, 3}, {EventType::DEVICE_REVOKED, 2}, {EventType::ROLE_WITHDRAWN, 2}};

std::span<const Weighted> table_of(Part part) {
  switch (part) {
    case Part::field:
    case Part::spare:
      return kField;
    case Part::supervisor:
      return kSupervisor;
    case Part::finance:
      return kFinance;
    case Part::auditor:
      return kAuditor;
    case Part::admin:
      return kAdmin;
  }
  return kField;
}

// What the rest builds on: the first of these that nobody recorded yet comes first.
std::span<const EventType> foundations_of(Part part) {
  static constexpr EventType kOfSupervisor[] = {EventType::PROGRAMME_OPENED,
                                                EventType::POLICY_VERSION_PUBLISHED,
                                                EventType::ORGANISATION_REGISTERED,
                                                EventType::SITE_OPENED,
                                                EventType::CALL_OPENED,
                                                EventType::ORDER_POSTED};
  static constexpr EventType kOfField[] = {
      EventType::PERSON_REGISTERED, EventType::ORGANISATION_REGISTERED, EventType::ASSET_RECORDED,
      EventType::VOLUNTEER_ENROLLED};
  static constexpr EventType kOfFinance[] = {EventType::FUND_SOURCE_ESTABLISHED,
                                             EventType::FUNDS_RECEIVED};
  switch (part) {
    case Part::supervisor:
      return kOfSupervisor;
    case Part::field:
      return kOfField;
    case Part::finance:
      return kOfFinance;
    default:
      return {};
  }
}

EventType draw_from(Book& book, std::span<const Weighted> table) {
  const auto add = [](unsigned sum, const Weighted& item) { return sum + item.weight; };
  std::uint64_t left = book.below(std::accumulate(table.begin(), table.end(), 0u, add));
  for (const Weighted& item : table) {
    if (left < item.weight) return item.type;
    left -= item.weight;
  }
  return table.back().type;
}

// Something that another part records. Rights stay with the administrator.
EventType draw_from_another(Book& book) {
  const std::span<const Weighted> tables[] = {kField, kSupervisor, kFinance, kAuditor};
  return draw_from(book, tables[book.below(std::size(tables))]);
}

// What everybody needs to see, whatever their station.
bool is_common(EventType type) {
  switch (type) {
    case EventType::PROGRAMME_OPENED:
    case EventType::POLICY_VERSION_PUBLISHED:
    case EventType::SITE_OPENED:
    case EventType::ORGANISATION_REGISTERED:
      return true;
    default:
      return false;
  }
}

// A resident's number that checks; few distinct ones, every eighth of a child.
std::string resident_id(Book& book) {
  const std::uint64_t person = book.below(40);
  const std::string birth = person % 8 == 0 ? "20100301" : "19800301";
  std::string number = "430102" + birth + "1" + std::to_string(10 + person);
  return number + resident_id_check(number);
}

}  // namespace

void draw_body(Book& book, EventType type, schema::Event::Body::Builder body) {
  switch (type) {
#define X(name, constant, family, zh, event_class, role, privacy) \
  case schema::Event::Body::constant:                             \
    return draw(book, body.init##name());
    HOUNIAO_EVENTS(X)
#undef X
  }
}

EventType Workload::choose(Part part, bool first) {
  if (first) {
    for (EventType type : foundations_of(part)) {
      if (book_.none(type)) return type;
    }
  }
  if (part != Part::admin && book_.one_in(32)) return draw_from_another(book_);
  return draw_from(book_, table_of(part));
}

std::vector<EventDraft> Workload::draft(const Tablet& tablet) {
  const bool seldom = tablet.part() == Part::auditor || tablet.part() == Part::admin;
  const std::uint64_t count = 1 + book_.below(seldom ? 2 : 6);
  devices_.resize(std::max(devices_.size(), tablet.number() + 1));
  book_.turn(devices_[tablet.number()]);
  book_.begin_group();
  pending_.clear();
  std::vector<EventDraft> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    pending_.push_back(choose(tablet.part(), i == 0));
    out.push_back(make(pending_.back(), tablet));
  }
  return out;
}

void Workload::recorded(const Tablet& tablet, const std::vector<EventId>& ids) {
  for (std::size_t i = 0; i < ids.size() && i < pending_.size(); ++i) {
    devices_[tablet.number()] = device_of(ids[i]);
    book_.keep(i, pending_[i], ids[i]);
  }
}

EventDraft Workload::make(EventType type, const Tablet& tablet) {
  EventDraft out;
  out.body = [this, type](schema::Event::Body::Builder body) {
    book_.begin_event();
    draw_body(book_, type, body);
  };
  address(out, type, tablet);
  add_personal(out, type);
  return out;
}

// The envelope. Most days are stated and right; the device's own are wrong when its clock is.
void Workload::address(EventDraft& draft, EventType type, const Tablet& tablet) {
  draft.scope = scope_for(type, tablet);
  draft.programme = ProgrammeId{book_.id(EventType::PROGRAMME_OPENED)};
  draft.site = SiteId{book_.id(EventType::SITE_OPENED)};
  draft.organisation = OrganisationId{book_.maybe(8, EventType::ORGANISATION_REGISTERED)};
  if (book_.one_in(8)) draft.policy_version = static_cast<std::uint32_t>(1 + book_.below(4));
  if (book_.one_in(12)) draft.causes.push_back(EventId{book_.any_event()});
  if (book_.odd()) draft.actor = kFirstHolder + book_.below(9);
  if (!book_.one_in(10)) draft.occurred = Day{book_.today()};
  if (book_.one_in(6)) draft.occurred = Day{book_.lately(400)};
  if (book_.odd()) draft.occurred = Day{book_.soon(5)};
  if (!book_.one_in(16)) return;
  EvidenceDraft photo;
  photo.sha256 = hash_from(book_.hash()).value_or(Hash{});
  photo.bytes = 1'000;
  photo.mime = "image/jpeg";
  draft.evidence.push_back(std::move(photo));
}

ScopeId Workload::scope_for(EventType type, const Tablet& tablet) {
  if (tablet.part() == Part::admin || is_common(type)) return kScopeCommons;
  // Whoever holds a person's key must learn that it is to be destroyed.
  if (type == EventType::PERSONAL_DATA_ERASED) return kProgrammeScope;
  const bool at_station = tablet.part() == Part::field && !book_.one_in(3);
  return at_station ? kStationScopes[tablet.number() % 2] : kProgrammeScope;
}

// Few distinct numbers, so that two tablets meet the same client.
void Workload::add_personal(EventDraft& draft, EventType type) {
  if (type != EventType::PERSON_REGISTERED) return;
  draft.personal.emplace_back();
  PersonalData& data = draft.personal[0].data;
  data.name = "模拟" + std::to_string(book_.serial());
  data.phone = "1380000" + std::to_string(1000 + book_.below(40));
  if (!book_.one_in(3)) return;
  data.id_number = resident_id(book_);
  draft.body = [fill = std::move(draft.body)](schema::Event::Body::Builder body) {
    fill(body);
    body.getPersonRegistered().setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
  };
}

}  // namespace houniao::sim
