#include "replay/families/organisations.h"

#include <algorithm>

#include "replay/dispatch.h"
#include "schema/checksums.h"
#include "schema/codec.h"

namespace houniao {

namespace {

using Status = schema::OrganisationStatusChanged::Status;
using CredentialKind = schema::OrganisationCredentialRecorded::Kind;

std::string_view name_of(Status status) {
  switch (status) {
    case Status::DISCOVERED:
      return "discovered";
    case Status::LINKED:
      return "linked";
    case Status::INCUBATING:
      return "incubating";
    case Status::RESIDENT:
      return "resident";
    case Status::GRADUATED:
      return "graduated";
    case Status::SUSPENDED:
      return "suspended";
    case Status::DEREGISTERED:
      return "deregistered";
    case Status::ACTIVE:
      return "active";
  }
  return "other";
}

std::string_view name_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::USCC_CHECK:
      return "uscc_check";
    case CredentialKind::BANK_ACCOUNT:
      return "bank_account";
    case CredentialKind::RATING:
      return "rating";
    case CredentialKind::PUBLIC_FUNDRAISING:
      return "public_fundraising";
    case CredentialKind::OTHER:
      return "other";
  }
  return "other";
}

// Keeps a list in order of day, then event id: the last entry by civil date is in force.
template <class List>
void insert_by_day(List& items, typename List::value_type item) {
  insert_sorted(items, std::move(item), [](const auto& a, const auto& b) {
    return a.day != b.day ? a.day < b.day : a.event < b.event;
  });
}

void check_active(const State& state, OrganisationId id, Day day, Reasons& reasons) {
  check_known_organisation(state, id, reasons);
  reasons.add_if(state.organisation(id) != nullptr && !state.organisations.is_active(id, day),
                 Reason::organisation_not_active);
}

// A group is an organisation or an asset such as an online channel.
void check_group(const State& state, std::uint64_t id, Reasons& reasons) {
  if (id == 0) {
    reasons.add(Reason::value_invalid);
  } else if (state.sites.find_asset(AssetId{id}) == nullptr) {
    check_known_organisation(state, OrganisationId{id}, reasons);
  }
}

}  // namespace

std::uint16_t OrganisationsState::status_on(OrganisationId id, Day day) const {
  auto status = static_cast<std::uint16_t>(Status::ACTIVE);
  if (const Organisation* organisation = find(id); organisation != nullptr) {
    for (const OrganisationStatusEntry& entry : organisation->statuses) {
      if (entry.day <= day) status = entry.status;
    }
  }
  return status;
}

bool OrganisationsState::is_active(OrganisationId id, Day day) const {
  if (find(id) == nullptr) return false;
  const auto status = static_cast<Status>(status_on(id, day));
  return status != Status::SUSPENDED && status != Status::DEREGISTERED;
}

bool OrganisationsState::has_bank_account(OrganisationId id, std::string_view account,
                                          Day day) const {
  const Organisation* organisation = find(id);
  if (organisation == nullptr) return false;
  return std::any_of(
      organisation->credentials.begin(), organisation->credentials.end(),
      [&](const Credential& credential) {
        return static_cast<CredentialKind>(credential.kind) == CredentialKind::BANK_ACCOUNT &&
               credential.valid_from <= day && day <= credential.valid_to &&
               !credential.value.empty() && (account.empty() || credential.value == account);
      });
}

// --- OrganisationRegistered --------------------------------------------------------------------

void admit(const State& state, const EventContext& context,
           schema::OrganisationRegistered::Reader body, Reasons& reasons) {
  const std::string_view uscc = to_view(body.getUscc());
  if (!uscc.empty()) {
    reasons.add_if(!valid_uscc(uscc), Reason::uscc_invalid);
    auto at = state.organisations.by_uscc.find(std::string{uscc});
    if (at != state.organisations.by_uscc.end()) {
      for (OrganisationId other : at->second) {
        reasons.add_if(other.value != context.id.value && state.in_force(other),
                       Reason::uscc_taken);
      }
    }
  }
  check_known_organisation(state, OrganisationId{body.getParent()}, reasons);
}

void apply(State& state, const EventContext& context, schema::OrganisationRegistered::Reader body) {
  Organisation organisation;
  organisation.kind = state.intern(to_view(body.getKind()));
  organisation.level = state.intern(to_view(body.getLevel()));
  FactRow row = start_row(context);
  row.kind = organisation.kind;
  row.attr = organisation.level;
  row.subject = context.id.value;
  row.group = body.getParent();
  state.facts.add(row);
  if (context.provisional) return;

  organisation.id = entity_cast<OrganisationId>(context.id);
  organisation.name = to_view(body.getName());
  organisation.uscc = to_view(body.getUscc());
  organisation.uscc_ok = valid_uscc(organisation.uscc);
  organisation.parent = OrganisationId{body.getParent()};
  organisation.region = body.getRegion();
  if (!organisation.uscc.empty()) {
    insert_sorted(state.organisations.by_uscc[organisation.uscc], organisation.id);
  }
  state.organisations.organisations.insert_or_assign(organisation.id, std::move(organisation));
}

// --- OrganisationCredentialRecorded ------------------------------------------------------------

void admit(const State& state, const EventContext&,
           schema::OrganisationCredentialRecorded::Reader body, Reasons& reasons) {
  const OrganisationId id{body.getOrganisation()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_organisation(state, id, reasons);
  check_interval(Day{body.getValidFromDay()}, Day{body.getValidToDay()}, reasons);
  reasons.add_if(body.getKind() == CredentialKind::BANK_ACCOUNT && body.getValue().size() == 0,
                 Reason::value_invalid);
  reasons.add_if(
      body.getKind() == CredentialKind::USCC_CHECK && !valid_uscc(to_view(body.getValue())),
      Reason::uscc_invalid);
}

void apply(State& state, const EventContext& context,
           schema::OrganisationCredentialRecorded::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(name_of(body.getKind()));
  // The keyed hash of an account is nothing to count by.
  if (body.getKind() != CredentialKind::BANK_ACCOUNT) {
    row.attr = state.intern(to_view(body.getValue()));
  }
  row.subject = body.getOrganisation();
  row.day = body.getValidFromDay();
  state.facts.add(row);
  auto at = state.organisations.organisations.find(OrganisationId{body.getOrganisation()});
  if (at == state.organisations.organisations.end()) return;
  Credential credential;
  credential.event = context.id;
  credential.kind = static_cast<std::uint16_t>(body.getKind());
  credential.value = to_view(body.getValue());
  credential.issuer = to_view(body.getIssuer());
  credential.valid_from = Day{body.getValidFromDay()};
  credential.valid_to = Day{body.getValidToDay()};
  insert_by_event(at->second.credentials, std::move(credential));
}

// --- OrganisationStatusChanged -----------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::OrganisationStatusChanged::Reader body,
           Reasons& reasons) {
  const OrganisationId id{body.getOrganisation()};
  reasons.add_if(!id, Reason::value_invalid);
  check_known_organisation(state, id, reasons);
  reasons.add_if(static_cast<Status>(state.organisations.status_on(id, Day{body.getDay()})) ==
                     Status::DEREGISTERED,
                 Reason::already_ended);
}

void apply(State& state, const EventContext& context,
           schema::OrganisationStatusChanged::Reader body) {
  FactRow row = start_row(context);
  row.kind = state.intern(name_of(body.getStatus()));
  row.subject = body.getOrganisation();
  row.day = body.getDay();
  if (body.getStatus() == Status::SUSPENDED || body.getStatus() == Status::DEREGISTERED) {
    row.flags |= kFactEnded;
  }
  state.facts.add(row);
  auto at = state.organisations.organisations.find(OrganisationId{body.getOrganisation()});
  if (at == state.organisations.organisations.end()) return;
  insert_by_day(at->second.statuses,
                OrganisationStatusEntry{context.id, static_cast<std::uint16_t>(body.getStatus()),
                                        Day{body.getDay()}});
}

// --- MembershipChanged -------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::MembershipChanged::Reader body,
           Reasons& reasons) {
  const std::uint64_t member = body.getMember();
  if (member == 0) {
    reasons.add(Reason::value_invalid);
  } else if (body.getMemberIsOrganisation()) {
    check_known_organisation(state, OrganisationId{member}, reasons);
    reasons.add_if(member == body.getGroup(), Reason::same_person_twice);
  } else {
    check_known_person(state, PersonId{member}, reasons);
  }
  check_group(state, body.getGroup(), reasons);
  reasons.add_if(
      !body.getJoined() && !state.organisations.memberships.contains({member, body.getGroup()}),
      Reason::membership_without_join);
}

void apply(State& state, const EventContext& context, schema::MembershipChanged::Reader body) {
  const Symbol role = state.intern(to_view(body.getRole()));
  FactRow row = start_row(context);
  row.kind = role;
  row.subject = body.getMember();
  row.group = body.getGroup();
  row.day = body.getDay();
  if (!body.getJoined()) row.flags |= kFactEnded;
  state.facts.add(row);
  if (context.provisional) return;
  auto& entries = state.organisations.memberships[{body.getMember(), body.getGroup()}];
  insert_by_day(entries, MembershipEntry{context.id, role, body.getJoined(),
                                         body.getMemberIsOrganisation(), Day{body.getDay()}});
}

// --- ElectionHeld ------------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::ElectionHeld::Reader body,
           Reasons& reasons) {
  const OrganisationId id{body.getBody()};
  reasons.add_if(!id, Reason::value_invalid);
  check_active(state, id, Day{body.getDay()}, reasons);
  reasons.add_if(
      body.getTurnout() > body.getElectorate() || body.getElected().size() > body.getSeats(),
      Reason::count_exceeds_total);
  for (std::uint64_t person : body.getElected())
    check_known_person(state, PersonId{person}, reasons);
}

void apply(State& state, const EventContext& context, schema::ElectionHeld::Reader body) {
  FactRow row = start_row(context);
  row.subject = body.getBody();
  row.group = body.getBody();
  row.day = body.getDay();
  state.facts.add(row);
  if (context.provisional) return;
  Election election;
  election.event = context.id;
  election.day = Day{body.getDay()};
  election.seats = body.getSeats();
  election.electorate = body.getElectorate();
  election.turnout = body.getTurnout();
  for (std::uint64_t person : body.getElected()) election.elected.push_back(person);
  insert_by_event(state.organisations.elections[OrganisationId{body.getBody()}],
                  std::move(election));
}

// --- AppointmentChanged ------------------------------------------------------------------------

void admit(const State& state, const EventContext&, schema::AppointmentChanged::Reader body,
           Reasons& reasons) {
  const OrganisationId id{body.getBody()};
  reasons.add_if(!id || body.getPerson() == 0 || body.getPost().size() == 0, Reason::value_invalid);
  check_active(state, id, Day{body.getDay()}, reasons);
  if (state.staff(StaffId{body.getPerson()}) == nullptr) {
    check_known_person(state, PersonId{body.getPerson()}, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::AppointmentChanged::Reader body) {
  const Symbol post = state.intern(to_view(body.getPost()));
  FactRow row = start_row(context);
  row.kind = post;
  row.attr = state.intern(to_view(body.getConcurrentWith()));
  row.subject = body.getPerson();
  row.group = body.getBody();
  row.day = body.getDay();
  if (!body.getStarted()) row.flags |= kFactEnded;
  state.facts.add(row);
  insert_by_day(state.organisations.appointments[OrganisationId{body.getBody()}],
                AppointmentEntry{context.id, body.getPerson(), post,
                                 std::string{to_view(body.getConcurrentWith())}, body.getStarted(),
                                 Day{body.getDay()}});
}

// --- agreements --------------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::AgreementSigned::Reader body,
           Reasons& reasons) {
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  reasons.add_if(body.getParties().size() < 2, Reason::parties_too_few);
  for (std::uint64_t party : body.getParties()) {
    reasons.add_if(party == 0, Reason::value_invalid);
    check_active(state, OrganisationId{party}, context.occurred, reasons);
  }
}

void apply(State& state, const EventContext& context, schema::AgreementSigned::Reader body) {
  Agreement agreement;
  agreement.id = entity_cast<AgreementId>(context.id);
  agreement.fields_covered = to_view(body.getFields());
  agreement.from = Day{body.getFromDay()};
  agreement.to = Day{body.getToDay()};
  const Symbol fields = state.intern(to_view(body.getFields()));
  for (std::uint64_t party : body.getParties()) {
    agreement.parties.push_back(party);
    FactRow row = start_row(context);
    row.kind = fields;
    row.subject = party;
    row.group = context.id.value;
    state.facts.add(row);
  }
  state.organisations.agreements.insert_or_assign(agreement.id, std::move(agreement));
}

void admit(const State& state, const EventContext&, schema::AgreementEnded::Reader body,
           Reasons& reasons) {
  const AgreementId id{body.getAgreement()};
  reasons.add_if(body.getReason().size() == 0, Reason::reason_missing);
  auto at = state.organisations.agreements.find(id);
  if (at == state.organisations.agreements.end()) {
    not_found(state, id.value, reasons);
    return;
  }
  check_interval(at->second.from, Day{body.getDay()}, reasons);
  reasons.add_if(!at->second.endings.empty(), Reason::already_ended);
}

void apply(State& state, const EventContext& context, schema::AgreementEnded::Reader body) {
  FactRow row = start_row(context);
  row.group = body.getAgreement();
  row.day = body.getDay();
  row.flags |= kFactEnded;
  state.facts.add(row);
  auto at = state.organisations.agreements.find(AgreementId{body.getAgreement()});
  if (at == state.organisations.agreements.end()) return;
  insert_by_event(at->second.endings, Ending{context.id, Day{body.getDay()}});
}

// --- retraction --------------------------------------------------------------------------------

namespace {

// Erases the entry that `event` made from whichever list of the map holds it.
template <class Map>
void erase_entry(Map& map, EventId event) {
  for (auto at = map.begin(); at != map.end(); ++at) {
    if (!erase_event(at->second, event)) continue;
    if (at->second.empty()) map.erase(at);
    return;
  }
}

}  // namespace

void take_back_organisations(State& state, EventId event, EventType type) {
  OrganisationsState& own = state.organisations;
  switch (type) {
    case schema::Event::Body::ORGANISATION_CREDENTIAL_RECORDED:
      for (auto& [id, organisation] : own.organisations) {
        if (erase_event(organisation.credentials, event)) return;
      }
      return;
    case schema::Event::Body::ORGANISATION_STATUS_CHANGED:
      for (auto& [id, organisation] : own.organisations) {
        if (erase_event(organisation.statuses, event)) return;
      }
      return;
    case schema::Event::Body::MEMBERSHIP_CHANGED:
      return erase_entry(own.memberships, event);
    case schema::Event::Body::ELECTION_HELD:
      return erase_entry(own.elections, event);
    case schema::Event::Body::APPOINTMENT_CHANGED:
      return erase_entry(own.appointments, event);
    case schema::Event::Body::AGREEMENT_ENDED:
      for (auto& [id, agreement] : own.agreements) {
        if (erase_event(agreement.endings, event)) return;
      }
      return;
    default:
      return;
  }
}

}  // namespace houniao
