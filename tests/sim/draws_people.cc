// Families system, programmes and people.
#include "tests/sim/draws.h"

namespace houniao::sim {

// --- system ------------------------------------------------------------------------------------

// Enrolments, incidents and the log's keys are the server's own to record: it refuses a push that
// holds one.
void draw(Book&, schema::DeviceEnrolled::Builder) {}
void draw(Book&, schema::LogKeyChanged::Builder) {}
void draw(Book&, schema::SyncIncidentRecorded::Builder) {}
// The world grants and withdraws the scopes itself, so that it can give them back when it heals.
void draw(Book&, schema::DeviceScopesChanged::Builder) {}

// Only devices that are lost or were never enrolled: everybody else still has to come to rest.
void draw(Book& book, schema::DeviceRevoked::Builder body) {
  const DeviceNumber lost = book.a_lost_device();
  const auto unknown = static_cast<std::uint32_t>(60'000 + book.below(100));
  body.setDevice(lost && !book.one_in(4) ? lost.value : unknown);
  body.setFromDeviceSeq(book.below(4));
  body.setReason(book.enumerant<schema::DeviceRevoked::Reason>(4));
}

// Never the administrator's: whoever had it could revoke the others.
void draw(Book& book, schema::RoleGranted::Builder body) {
  using schema::Role;
  static constexpr Role kRoles[] = {Role::FIELD, Role::SUPERVISOR, Role::FINANCE, Role::AUDITOR};
  const Role role = kRoles[book.below(std::size(kRoles))];
  const std::uint64_t person =
      book.one_in(4) ? book.id(EventType::PERSON_REGISTERED) : kFirstHolder + book.below(9);
  body.setPerson(person);
  body.setRole(role);
  if (book.one_in(2)) body.initScopes(1).set(0, kStationScopes[book.below(2)].value);
  body.setUntil(book.one_in(4) ? book.soon(20) : book.end());
  book.note() = {.of = person, .extra = static_cast<std::uint64_t>(role)};
}

void draw(Book& book, schema::RoleWithdrawn::Builder body) {
  const Made granted = book.pick(EventType::ROLE_GRANTED);
  body.setPerson(granted.of);
  body.setRole(static_cast<schema::Role>(granted.extra));
  if (book.one_in(4)) body.initScopes(1).set(0, kStationScopes[book.below(2)].value);
}

// --- programmes --------------------------------------------------------------------------------

void draw(Book& book, schema::ProgrammeOpened::Builder body) {
  const bool first = book.none(EventType::PROGRAMME_OPENED);
  body.setCode(first ? std::string("sim") : book.text("sim" + std::to_string(book.below(3))));
  body.setPurpose(book.text("simulation"));
  body.setRegion(440'100);
  body.setFromDay(sim_first_day().value);
  body.setToDay(first ? kOpenEnd : book.end());
  body.setTargetGroup("newcomers");
  body.setScope(first || book.one_in(2) ? kProgrammeScope.value : kStationScopes[0].value);
  if (!first) body.setParent(book.maybe(2, EventType::PROGRAMME_OPENED));
  if (book.one_in(3)) book.fill(body.initPartners(2), EventType::ORGANISATION_REGISTERED);
}

void draw(Book& book, schema::ProgrammeClosed::Builder body) {
  body.setProgramme(book.id(EventType::PROGRAMME_OPENED));
  body.setDay(book.odd() ? sim_first_day().value - 1 : book.soon(60));
  body.setReason(book.text("ended"));
  body.setSuccessor(book.maybe(4, EventType::PROGRAMME_OPENED));
}

void draw(Book& book, schema::PolicyVersionPublished::Builder body) {
  using Kind = schema::PolicyVersionPublished::Kind;
  const bool first = book.none(EventType::POLICY_VERSION_PUBLISHED);
  body.setProgramme(book.id(EventType::PROGRAMME_OPENED));
  body.setKind(first || book.one_in(2) ? Kind::POINTS : book.enumerant<Kind>(6));
  body.setVersion(static_cast<std::uint32_t>(first ? 1 : book.below(6)));
  const Bytes sha256 = book.hash();
  body.setBodySha256(to_data(sha256));
  body.setBody(book.text("{}"));
  body.setValidFromDay(first ? sim_first_day().value : book.lately(90));
  body.setApprovalLevels(book.one_in(8) ? 2 : 1);
  body.setNearPermille(book.odd() ? 2000 : 900);
  body.setAboutPermille(50);
  body.setMinutesPerPoint(!first && book.one_in(8) ? 0 : 10);
  body.setPointsPerDayMax(first || book.one_in(2) ? 0 : 40);
  body.setRedemptionModes(static_cast<std::uint8_t>(first || book.one_in(2) ? 0 : book.below(8)));
  body.setTrainingBeforeDuty(book.one_in(4));
}

void draw(Book& book, schema::ObligationDefined::Builder body) {
  using Obligation = schema::ObligationDefined;
  body.setProgramme(book.id(EventType::PROGRAMME_OPENED));
  body.setCode(book.text("O" + std::to_string(book.below(5))));
  body.setEventKind(book.text("weekend_class"));
  body.setPeriod(book.enumerant<Obligation::Period>(7));
  body.setThreshold(book.odd() ? -1 : static_cast<std::int64_t>(1 + book.below(20)));
  body.setPerScope(book.enumerant<Obligation::Per>(4));
  body.setFromDay(sim_first_day().value);
  body.setToDay(book.end());
  body.setGraceDays(static_cast<std::uint16_t>(book.below(10)));
  body.setEvidenceNeeded(book.one_in(4));
  body.setEventType(book.odd() ? "NoSuchEvent" : "SessionHeld");
  body.setDistinct(book.enumerant<Obligation::Distinct>(4));
}

void draw(Book& book, schema::ObligationWaived::Builder body) {
  body.setObligation(book.id(EventType::OBLIGATION_DEFINED));
  body.setPeriodFromDay(book.lately(60));
  body.setReason(book.text("flood"));
  body.setApprover(book.one_in(4) ? kFirstHolder : kOfficeHolder);
}

// --- people ------------------------------------------------------------------------------------

// The numbers and what follows from them are filled in from the draft's personal data.
void draw(Book& book, schema::PersonRegistered::Builder body) {
  body.setNativeRegion(430'100);
  body.setResidenceSite(book.maybe(3, EventType::SITE_OPENED));
  body.setEmployer(book.maybe(4, EventType::ORGANISATION_REGISTERED));
  if (book.one_in(3)) body.initTags(1).set(0, book.text("elder"));
  body.setVerification(book.enumerant<schema::PersonRegistered::Verification>(4));
}

void draw(Book& book, schema::PersonCorrected::Builder body) {
  static constexpr std::string_view kAfter[] = {"1", "2", "elder,minor", "440000", "", "1980"};
  body.setPerson(book.id(EventType::PERSON_REGISTERED));
  body.setBaseVersion(static_cast<std::uint32_t>(book.below(3)));
  auto fields = body.initFields(static_cast<unsigned>(book.odd() ? 0 : 1 + book.below(2)));
  for (auto change : fields) {
    change.setField(book.enumerant<schema::PersonCorrected::Field>(11));
    change.setBefore("0");
    change.setAfter(std::string(kAfter[book.below(std::size(kAfter))]));
  }
  body.setVerificationResult(book.text("seen"));
}

void draw(Book& book, schema::PersonLinkDecided::Builder body) {
  body.setFirst(book.id(EventType::PERSON_REGISTERED));
  body.setSecond(book.id(EventType::PERSON_REGISTERED));
  body.setSame(!book.one_in(4));
  body.setReason(book.text("same number"));
}

void draw(Book& book, schema::HouseholdChanged::Builder body) {
  body.setPerson(book.id(EventType::PERSON_REGISTERED));
  body.setMember(book.id(EventType::PERSON_REGISTERED));
  body.setRelation(book.text("parent"));
  body.setGuardian(book.one_in(2));
  body.setEnded(book.one_in(5));
}

void draw(Book& book, schema::ConsentChanged::Builder body) {
  const std::uint64_t person = book.id(EventType::PERSON_REGISTERED);
  body.setPerson(person);
  body.setPurpose(book.text(book.one_in(3) ? "photo" : "case_work"));
  body.setGiven(!book.one_in(4));
  body.setByGuardian(book.maybe(4, EventType::PERSON_REGISTERED));
  body.setFormVersion("v1");
  const Bytes sha256 = book.hash();
  body.setSignatureSha256(to_data(sha256));
  book.note() = {.of = person};
}

void draw(Book& book, schema::PersonStatusChanged::Builder body) {
  body.setPerson(book.id(EventType::PERSON_REGISTERED));
  body.setStatus(book.enumerant<schema::PersonStatusChanged::Status>(5));
  body.setDay(book.lately(3));
}

void draw(Book& book, schema::PersonalDataErased::Builder body) {
  const std::uint64_t person = book.id(EventType::PERSON_REGISTERED);
  body.setPerson(person);
  body.setLegalGround(book.text("PIPL 47"));
  body.initKeyIds(1).set(0, person);
  body.setRestrictedOnly(book.one_in(2));
}

}  // namespace houniao::sim
