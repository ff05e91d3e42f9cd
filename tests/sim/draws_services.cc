// Families sessions, services, cases, evaluations and communications: what is done for people.
#include "tests/sim/draws.h"

namespace houniao::sim {

// --- sessions ----------------------------------------------------------------------------------

void draw(Book& book, schema::SessionPlanned::Builder body) {
  body.setKind(book.text("weekend_class"));
  body.setTitle(book.text("class"));
  body.setDay(book.soon(2));
  body.setFromMinute(540);
  body.setToMinute(book.odd() ? 10 : 600);
  body.setCapacity(static_cast<std::uint32_t>(book.below(50)));
  body.setLeader(book.maybe(3, EventType::STAFF_ENGAGED));
  body.setObligation(book.maybe(4, EventType::OBLIGATION_DEFINED));
  body.setContract(book.maybe(6, EventType::CONTRACT_SIGNED));
  if (book.one_in(4)) draw_fund_shares(book, body.initShares(2));
  body.setWithMinors(book.one_in(6));
}

void draw(Book& book, schema::SessionHeld::Builder body) {
  body.setPlanned(book.maybe(3, EventType::SESSION_PLANNED));
  body.setKind(book.text("weekend_class"));
  body.setFromMinute(540);
  body.setToMinute(book.odd() ? 10 : 600);
  body.setLeader(book.maybe(4, EventType::STAFF_ENGAGED));
  body.setHeadcount(static_cast<std::uint32_t>(book.below(60)));
  body.setCountingMethod(book.enumerant<schema::SessionHeld::CountingMethod>(4));
  if (book.one_in(4)) body.initTags(1).set(0, book.text("festival"));
  body.setContract(book.maybe(6, EventType::CONTRACT_SIGNED));
}

void draw(Book& book, schema::AttendanceRecorded::Builder body) {
  body.setSession(book.id(book.one_in(4) ? EventType::SESSION_PLANNED : EventType::SESSION_HELD));
  book.fill(body.initPersons(static_cast<unsigned>(book.below(4))), EventType::PERSON_REGISTERED);
  body.setInMinute(541);
  body.setOutMinute(book.odd() ? 10 : 599);
  body.setMethod(book.enumerant<schema::AttendanceRecorded::Method>(5));
  body.setAnonymous(static_cast<std::uint32_t>(book.one_in(4) ? book.below(30) : 0));
}

// --- services ----------------------------------------------------------------------------------

void draw(Book& book, schema::ServiceDelivered::Builder body) {
  body.setKind(book.text(kBilledKind));
  book.fill(body.initPersons(static_cast<unsigned>(book.below(3))), EventType::PERSON_REGISTERED);
  body.setAnonymous(static_cast<std::uint32_t>(book.below(5)));
  body.setQuantity(book.odd() ? -1 : 1);
  body.setUnit("time");
  body.setMinutes(book.odd() ? 9'999 : 20);
  body.setStaff(book.maybe(4, EventType::STAFF_ENGAGED));
  body.setContract(book.maybe(5, EventType::CONTRACT_SIGNED));
  if (book.one_in(5)) draw_fund_shares(book, body.initShares(2));
  body.setAsset(book.maybe(8, EventType::ASSET_RECORDED));
  body.setReportedBy(book.maybe(12, EventType::ORGANISATION_REGISTERED));
}

void draw(Book& book, schema::AgencyCaseOpened::Builder body) {
  static constexpr std::string_view kCertificates[] = {"resident_id", "residence_permit"};
  const std::uint64_t person = book.id(EventType::PERSON_REGISTERED);
  body.setPerson(person);
  body.setCertificate(book.text(std::string(kCertificates[book.below(2)])));
  body.setDestination("office");
  body.setDestinationRegion(430'100);
  body.setFeeFen(book.one_in(2) ? 0 : book.fen(10'000));
  book.note() = {.of = person};
}

void draw(Book& book, schema::AgencyCaseProgressed::Builder body) {
  body.setCase(book.id(EventType::AGENCY_CASE_OPENED));
  body.setStage(book.enumerant<schema::AgencyCaseProgressed::Stage>(6));
  if (book.one_in(3)) {
    const Bytes index = book.index();
    body.setNumberIndex(to_data(index));
  }
  body.setDay(book.one_in(2) ? 0 : book.lately(3));
}

// What goes out is about somebody who paid in, and now and then more than that.
void draw(Book& book, schema::CustodyMoneyMoved::Builder body) {
  using Direction = schema::CustodyMoneyMoved::Direction;
  const bool in = book.one_in(2) || book.none(EventType::CUSTODY_MONEY_MOVED);
  const Made earlier = in ? Made{} : book.pick(EventType::CUSTODY_MONEY_MOVED);
  const std::uint64_t client = in ? book.id(EventType::PERSON_REGISTERED) : earlier.of;
  const std::int64_t amount = in || book.one_in(4) ? book.fen(10'000) : earlier.amount;
  body.setClient(client);
  body.setDirection(in               ? Direction::RECEIVED
                    : book.one_in(2) ? Direction::PAID_ON
                                     : book.enumerant<Direction>(3));
  body.setAmountFen(amount);
  body.setReceipt(book.text("receipt " + std::to_string(book.serial())));
  if (book.one_in(3)) {
    const auto of_client = [&](const Made& made) { return made.of == client; };
    body.setCase(book.pick_if(EventType::AGENCY_CASE_OPENED, of_client).id);
  }
  book.note() = {.of = client, .amount = amount};
}

void draw(Book& book, schema::OutcomeConfirmed::Builder body) {
  static constexpr std::uint16_t kDays[] = {0, 0, 30, 90};
  body.setPerson(book.id(EventType::PERSON_REGISTERED));
  body.setKind(book.text(book.one_in(2) ? "job" : "reimbursement"));
  body.setCounterparty(book.maybe(2, EventType::ORGANISATION_REGISTERED));
  body.setDay(book.lately(10));
  body.setFollowUpDays(kDays[book.below(std::size(kDays))]);
  body.setAmountFen(book.one_in(2) ? 0 : book.fen(500'000));
}

void draw(Book& book, schema::EvidenceAttached::Builder body) {
  body.setTarget(book.any_event());
  const Bytes sha256 = book.hash();
  body.setSha256(to_data(sha256));
  body.setBytes(1'000);
  body.setMime("image/jpeg");
}

// --- cases -------------------------------------------------------------------------------------

void draw(Book& book, schema::CaseOpened::Builder body) {
  const Made consent = book.pick(EventType::CONSENT_CHANGED);
  const bool agreed = consent.of != 0 && !book.one_in(3);
  const std::uint64_t client = agreed ? consent.of : book.id(EventType::PERSON_REGISTERED);
  body.setClient(client);
  body.setGround(book.text("out_of_school"));
  body.setRisk(book.enumerant<schema::RiskLevel>(5));
  body.setWorker(book.one_in(4) ? kFirstHolder + book.below(9) : book.id(EventType::STAFF_ENGAGED));
  body.setSupervisor(book.id(EventType::STAFF_ENGAGED));
  body.setConsent(agreed ? consent.id : 0);
  body.setDay(book.one_in(2) ? 0 : book.lately(5));
  book.note() = {.of = client, .by = consent.id};
}

void draw(Book& book, schema::CaseContactLogged::Builder body) {
  body.setCase(book.id(EventType::CASE_OPENED));
  body.setMode(book.enumerant<schema::CaseContactLogged::Mode>(5));
  body.setMinutes(book.odd() ? 9'999 : 45);
  body.setRisk(book.enumerant<schema::RiskLevel>(5));
  body.setDay(book.one_in(2) ? 0 : book.lately(5));
  body.setWorker(book.maybe(2, EventType::STAFF_ENGAGED));
}

void draw(Book& book, schema::CaseReferred::Builder body) {
  const Made opened = book.pick(EventType::CASE_OPENED);
  body.setCase(opened.id);
  body.setTo(book.id(EventType::ORGANISATION_REGISTERED));
  auto shared = body.initShared(static_cast<unsigned>(book.odd() ? 0 : 1));
  if (shared.size() != 0) shared.set(0, "school_record");
  body.setConsent(opened.by);
  body.setDay(book.lately(2));
}

void draw(Book& book, schema::MandatoryReportFiled::Builder body) {
  const Made opened = book.one_in(3) ? Made{} : book.pick(EventType::CASE_OPENED);
  body.setCase(opened.id);
  body.setPerson(opened.id != 0 ? opened.of : book.id(EventType::PERSON_REGISTERED));
  body.setAuthority(book.enumerant<schema::MandatoryReportFiled::Authority>(4));
  if (book.one_in(2)) {
    const Bytes index = book.index();
    body.setReceiptIndex(to_data(index));
  }
  body.setDay(book.lately(1));
  body.setMinute(static_cast<std::int16_t>(book.odd() ? 5'000 : book.below(1'440)));
  body.setGround(book.text("violence"));
}

void draw(Book& book, schema::CaseClosed::Builder body) {
  body.setCase(book.id(EventType::CASE_OPENED));
  body.setOutcome(book.text("back_in_school"));
  body.setReason(book.text("goals reached"));
  body.setSealed(book.one_in(2));
  body.setDay(book.lately(1));
}

void draw(Book& book, schema::SensitiveAccessDecided::Builder body) {
  const std::uint64_t record =
      book.id(book.one_in(3) ? EventType::PERSON_REGISTERED : EventType::CASE_OPENED);
  body.setReader(book.one_in(2) ? kFirstHolder + book.below(9) : book.id(EventType::STAFF_ENGAGED));
  body.setRecord(record);
  body.setPurpose(book.text("supervision"));
  body.setUntilDay(book.odd() ? kOpenEnd : book.soon(30));
  body.setGranted(!book.one_in(5));
  book.note() = {.of = record};
}

void draw(Book& book, schema::SensitiveRecordRead::Builder body) {
  const Made access = book.one_in(3) ? Made{} : book.pick(EventType::SENSITIVE_ACCESS_DECIDED);
  body.setRecord(access.of != 0 ? access.of : book.id(EventType::CASE_OPENED));
  body.setPurpose(book.text("supervision"));
  body.setAccess(access.id);
}

// --- evaluations -------------------------------------------------------------------------------

namespace {

template <class Scores>
void draw_scores(Book& book, Scores scores) {
  for (auto score : scores) {
    score.setPointsMax(10);
    score.setPoints(book.odd() ? 11 : static_cast<std::int32_t>(book.below(11)));
  }
}

}  // namespace

void draw(Book& book, schema::EvaluationIssued::Builder body) {
  body.setEvaluator(book.id(EventType::ORGANISATION_REGISTERED));
  body.setSubject(book.id(EventType::ORGANISATION_REGISTERED));
  body.setProgramme(book.maybe(2, EventType::PROGRAMME_OPENED));
  auto interval = body.initInterval();
  interval.setFromDay(book.lately(300));
  interval.setToDay(book.odd() ? book.today() - 500 : book.today());
  body.setGrade(book.text("excellent"));
  draw_scores(book, body.initScores(2));
  body.setConflictDeclared(book.one_in(6));
}

void draw(Book& book, schema::RatingSubmitted::Builder body) {
  const std::uint64_t rater = book.party();
  body.setRater(rater);
  body.setRated(book.one_in(3) ? rater : book.party());
  body.setKind(book.enumerant<schema::RatingSubmitted::Kind>(4));
  body.setTarget(book.maybe(2, book.one_in(2) ? EventType::ORDER_POSTED : EventType::SESSION_HELD));
  draw_scores(book, body.initScores(1));
}

void draw(Book& book, schema::SatisfactionSurveyed::Builder body) {
  static constexpr EventType kTargets[] = {EventType::SESSION_HELD, EventType::ORDER_POSTED,
                                           EventType::CONTRACT_SIGNED};
  body.setTarget(book.id(kTargets[book.below(std::size(kTargets))]));
  const Bytes respondent = book.odd() ? Bytes{1, 2} : book.index();
  body.setRespondentIndex(to_data(respondent));
  draw_scores(book, body.initAnswers(2));
  body.setAttended(!book.one_in(4));
}

// --- communications ----------------------------------------------------------------------------

void draw(Book& book, schema::BroadcastSent::Builder body) {
  body.setChannel(book.text("sms"));
  body.setAudience("everybody");
  body.setRecipients(static_cast<std::uint32_t>(book.below(500)));
  body.setDelivered(static_cast<std::uint32_t>(book.below(500)));
  const Bytes sha256 = book.hash();
  body.setTextSha256(to_data(sha256));
  body.setConsentBasis(book.text("joined the group"));
}

void draw(Book& book, schema::NoticePublished::Builder body) {
  body.setKind(book.text(book.one_in(2) ? "award" : "white_paper"));
  body.setSubject(book.one_in(2) ? book.any_event() : 0);
  body.setTitle(book.text("notice"));
  body.setPlace("board");
  body.setFromDay(book.lately(10));
  body.setToDay(book.odd() ? book.today() - 60 : book.soon(10));
  body.setYear(2015);
  const Bytes sha256 = book.hash();
  body.setDocumentSha256(to_data(sha256));
}

}  // namespace houniao::sim
