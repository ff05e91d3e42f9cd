// Families organisations, sites and workforce: who works together, where, and with what.
#include "schema/checksums.h"
#include "tests/sim/draws.h"

namespace houniao::sim {

std::string account_of(std::uint64_t organisation) {
  return "account-" + std::to_string(organisation);
}

std::string uscc_of(std::uint32_t serial) {
  std::string digits = std::to_string(serial);
  digits.insert(0, digits.size() < 8 ? 8 - digits.size() : 0, '0');
  std::string code = "91440100" + digits;
  code += organisation_code_check(digits);
  return code + uscc_check(code);
}

// --- organisations -----------------------------------------------------------------------------

void draw(Book& book, schema::OrganisationRegistered::Builder body) {
  static constexpr std::string_view kKinds[] = {"firm", "branch", "team", "social_organisation"};
  body.setKind(std::string(kKinds[book.below(std::size(kKinds))]));
  body.setName(book.text("organisation " + std::to_string(book.serial())));
  body.setUscc(book.one_in(8) ? book.text("91440100") : uscc_of(book.serial()));
  body.setLevel("city");
  body.setParent(book.maybe(5, EventType::ORGANISATION_REGISTERED));
  body.setRegion(440'100);
}

void draw(Book& book, schema::OrganisationCredentialRecorded::Builder body) {
  using Kind = schema::OrganisationCredentialRecorded::Kind;
  const std::uint64_t organisation = book.id(EventType::ORGANISATION_REGISTERED);
  body.setOrganisation(organisation);
  const bool account = !book.one_in(4);
  body.setKind(account ? Kind::BANK_ACCOUNT : book.enumerant<Kind>(5));
  body.setValue(account ? account_of(organisation) : book.text("5A"));
  body.setIssuer(book.text("bank"));
  body.setValidFromDay(sim_first_day().value);
  body.setValidToDay(book.end());
}

void draw(Book& book, schema::OrganisationStatusChanged::Builder body) {
  using Status = schema::OrganisationStatusChanged::Status;
  body.setOrganisation(book.id(EventType::ORGANISATION_REGISTERED));
  body.setStatus(book.one_in(3) ? book.enumerant<Status>(8) : Status::ACTIVE);
  body.setDay(book.lately(3));
}

void draw(Book& book, schema::MembershipChanged::Builder body) {
  const bool organisation = book.one_in(5);
  body.setMemberIsOrganisation(organisation);
  body.setMember(
      book.id(organisation ? EventType::ORGANISATION_REGISTERED : EventType::PERSON_REGISTERED));
  body.setGroup(
      book.id(book.one_in(4) ? EventType::ASSET_RECORDED : EventType::ORGANISATION_REGISTERED));
  body.setRole(book.text("league_member"));
  body.setJoined(!book.one_in(4));
  body.setDay(book.lately(5));
}

void draw(Book& book, schema::ElectionHeld::Builder body) {
  body.setBody(book.id(EventType::ORGANISATION_REGISTERED));
  body.setDay(book.lately(5));
  body.setSeats(3);
  body.setElectorate(100);
  body.setTurnout(book.odd() ? 200 : 80);
  book.fill(body.initElected(static_cast<unsigned>(book.below(4))), EventType::PERSON_REGISTERED);
}

void draw(Book& book, schema::AppointmentChanged::Builder body) {
  body.setPerson(book.id(book.one_in(2) ? EventType::STAFF_ENGAGED : EventType::PERSON_REGISTERED));
  body.setPost(book.text("secretary"));
  body.setBody(book.id(EventType::ORGANISATION_REGISTERED));
  body.setStarted(!book.one_in(3));
  body.setDay(book.lately(5));
}

void draw(Book& book, schema::AgreementSigned::Builder body) {
  book.fill(body.initParties(book.odd() ? 1 : 2), EventType::ORGANISATION_REGISTERED);
  body.setFields(book.text("schooling"));
  body.setFromDay(sim_first_day().value);
  body.setToDay(book.end());
  body.initObligations(1).set(0, "rooms");
  const Bytes sha256 = book.hash();
  body.setDocumentSha256(to_data(sha256));
}

void draw(Book& book, schema::AgreementEnded::Builder body) {
  body.setAgreement(book.id(EventType::AGREEMENT_SIGNED));
  body.setDay(book.soon(10));
  body.setReason(book.text("moved"));
}

// --- sites -------------------------------------------------------------------------------------

void draw(Book& book, schema::SiteOpened::Builder body) {
  body.setCategory("station");
  body.setName(book.text("station"));
  body.setRegion(440'100);
  body.setRadiusM(100);
  body.setAreaDm2(12'000);
  if (book.one_in(2)) {
    auto room = body.initRooms(1)[0];
    room.setName("hall");
    room.setCapacity(40);
  }
  if (book.one_in(3)) {
    auto hours = body.initHours(1)[0];
    hours.setWeekday(static_cast<std::uint8_t>(book.below(9)));
    hours.setFromMinute(480);
    hours.setToMinute(1'200);
  }
  body.setOperator(book.maybe(2, EventType::ORGANISATION_REGISTERED));
  body.setFromDay(sim_first_day().value);
  body.setScope(kStationScopes[book.serial() % 2].value);
}

void draw(Book& book, schema::SiteStatusChanged::Builder body) {
  body.setSite(book.id(EventType::SITE_OPENED));
  body.setStatus(book.enumerant<schema::SiteStatusChanged::Status>(3));
  auto interval = body.initInterval();
  interval.setFromDay(book.lately(5));
  interval.setToDay(book.odd() ? book.today() - 30 : book.soon(3));
  body.setOperator(book.maybe(3, EventType::ORGANISATION_REGISTERED));
}

void draw(Book& book, schema::AssetRecorded::Builder body) {
  static constexpr std::string_view kKinds[] = {"book", "printed_matter", "reward", "chat_group"};
  body.setKind(std::string(kKinds[book.below(std::size(kKinds))]));
  body.setName(book.text("rice"));
  body.setQuantity(book.odd() ? -5 : static_cast<std::int64_t>(1 + book.below(60)));
  body.setValueFen(book.fen(100'000));
  body.setFund(book.maybe(2, EventType::FUND_SOURCE_ESTABLISHED));
  body.setLendable(book.one_in(2));
}

void draw(Book& book, schema::AssetLent::Builder body) {
  const std::uint64_t asset = book.id(EventType::ASSET_RECORDED);
  const std::uint64_t borrower = book.id(EventType::PERSON_REGISTERED);
  body.setAsset(asset);
  body.setBorrower(borrower);
  body.setDueDay(book.odd() ? book.today() - 9 : book.soon(30));
  book.note() = {.of = asset, .by = borrower};
}

void draw(Book& book, schema::AssetReturned::Builder body) {
  const Made loan = book.pick(EventType::ASSET_LENT);
  body.setAsset(loan.of);
  body.setBorrower(loan.by);
  body.setCondition(book.enumerant<schema::AssetReturned::Condition>(3));
}

// --- workforce ---------------------------------------------------------------------------------

void draw(Book& book, schema::StaffEngaged::Builder body) {
  body.setPerson(book.one_in(3) ? 0 : book.id(EventType::PERSON_REGISTERED));
  body.setEmployer(book.maybe(2, EventType::ORGANISATION_REGISTERED));
  body.setFullTime(book.one_in(2));
  body.setPost(book.text("social_worker"));
  body.setContract(book.maybe(5, EventType::CONTRACT_SIGNED));
  body.setFund(book.maybe(5, EventType::FUND_SOURCE_ESTABLISHED));
  body.setFromDay(sim_first_day().value);
}

void draw(Book& book, schema::StaffReleased::Builder body) {
  body.setStaff(book.id(EventType::STAFF_ENGAGED));
  body.setDay(book.odd() ? sim_first_day().value - 1 : book.soon(10));
}

void draw(Book& book, schema::StaffVetted::Builder body) {
  body.setStaff(book.id(EventType::STAFF_ENGAGED));
  body.setClear(!book.one_in(8));
  body.setQueryReference(book.text("Q1"));
  body.setDay(book.lately(500));
}

void draw(Book& book, schema::StaffPlaced::Builder body) {
  body.setStaff(book.id(EventType::STAFF_ENGAGED));
  body.setSite(book.id(EventType::SITE_OPENED));
  body.setPurpose(book.text("visits"));
  auto interval = body.initInterval();
  interval.setFromDay(book.lately(30));
  interval.setToDay(book.end());
}

}  // namespace houniao::sim
