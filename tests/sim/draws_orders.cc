// Families orders and audit: what people ask for and who takes it, and what is said afterwards
// about what was recorded.
#include "tests/sim/draws.h"

namespace houniao::sim {

// --- what people ask for -----------------------------------------------------------------------

void draw(Book& book, schema::DemandRaised::Builder body) {
  body.setPerson(book.one_in(4) ? 0 : book.id(EventType::PERSON_REGISTERED));
  body.setCategory(book.text("schooling"));
  body.setUrgency(book.enumerant<schema::DemandRaised::Urgency>(3));
  body.setCollector(book.maybe(4, EventType::STAFF_ENGAGED));
  body.setChannel("visit");
  body.setDay(book.one_in(2) ? 0 : book.lately(5));
}

void draw(Book& book, schema::DemandDigestCompiled::Builder body) {
  using Disposition = schema::DemandDigestCompiled::Disposition;
  body.setPeriod(book.enumerant<schema::DemandDigestCompiled::Period>(3));
  body.setFromDay(book.lately(10));
  body.setToDay(book.odd() ? book.today() - 60 : book.today());
  auto items = body.initItems(static_cast<unsigned>(book.below(4)));
  for (auto item : items) {
    item.setDemand(book.id(EventType::DEMAND_RAISED));
    item.setDisposition(book.enumerant<Disposition>(6));
    item.setOrder(book.maybe(2, EventType::ORDER_POSTED));
    item.setReason(book.text("not ours"));
  }
}

void draw(Book& book, schema::DeliberationHeld::Builder body) {
  body.setBody(book.id(EventType::ORGANISATION_REGISTERED));
  body.setDay(book.one_in(2) ? 0 : book.lately(5));
  auto agenda = body.initAgenda(static_cast<unsigned>(1 + book.below(2)));
  book.fill(agenda, EventType::DEMAND_RAISED);
  book.fill(body.initAttendees(2), EventType::PERSON_REGISTERED);
  body.setAnonymous(static_cast<std::uint32_t>(book.below(9)));
  auto resolution = body.initResolutions(1)[0];
  resolution.setDemand(book.one_in(4) ? book.id(EventType::DEMAND_RAISED) : agenda[0]);
  resolution.setAdopted(!book.one_in(4));
  resolution.setOutcome("order");
}

// --- orders ------------------------------------------------------------------------------------

void draw(Book& book, schema::OrderPosted::Builder body) {
  using Order = schema::OrderPosted;
  book.fill(body.initDemands(static_cast<unsigned>(book.below(3))), EventType::DEMAND_RAISED);
  body.setKind(book.text("tutoring"));
  body.setMode(book.enumerant<Order::Mode>(2));
  body.setRule(book.enumerant<Order::Rule>(4));
  if (book.one_in(4)) {
    auto invited = body.initInvited(3);
    for (unsigned i = 0; i < invited.size(); ++i) invited.set(i, book.party());
  }
  body.setSlots(static_cast<std::uint16_t>(book.below(5)));
  body.setFund(book.maybe(4, EventType::FUND_SOURCE_ESTABLISHED));
  body.setContract(book.maybe(6, EventType::CONTRACT_SIGNED));
  body.setRequester(book.one_in(2) ? book.party() : 0);
  const bool over = book.one_in(12);
  body.setDeadlineDay(over ? book.today() - 1 : book.one_in(2) ? 0 : book.soon(20));
  body.setPhysicalRisk(book.one_in(6));
  body.setWithMinors(book.one_in(6));
  if (book.one_in(4)) body.initRequirements(1).set(0, book.text("driver"));
}

// The last orders are preferred, so tablets that do not hear each other claim the same one.
void draw(Book& book, schema::OrderClaimed::Builder body) {
  const std::uint64_t order = book.id(EventType::ORDER_POSTED);
  body.setOrder(order);
  const bool joint = book.one_in(3);
  draw_parties(book, body.initClaimants(joint ? 2 : 1));
  book.note() = {.of = order};
}

void draw(Book& book, schema::OrderAssigned::Builder body) {
  const Made replaced = book.one_in(4) ? book.pick(EventType::ORDER_ASSIGNED) : Made{};
  const auto other = [&](const Made& made) {
    return made.of == replaced.of && made.id != replaced.by;
  };
  const Made claim = replaced.of != 0 ? book.pick_if(EventType::ORDER_CLAIMED, other)
                                      : book.pick(EventType::ORDER_CLAIMED);
  const std::uint64_t order = book.odd() ? book.id(EventType::ORDER_POSTED) : claim.of;
  body.setOrder(order);
  body.setClaim(claim.id);
  body.setReason(book.text("nearest"));
  body.setReplaces(replaced.id);
  book.note() = {.of = order, .by = claim.id};
}

void draw(Book& book, schema::OrderWithdrawn::Builder body) {
  const auto own = [&](const Made& made) { return made.device() == book.own(); };
  const bool whole = book.one_in(6);
  const Made claim = whole            ? Made{}
                     : book.one_in(4) ? book.pick(EventType::ORDER_CLAIMED)
                                      : book.pick_if(EventType::ORDER_CLAIMED, own);
  body.setOrder(whole ? book.id(EventType::ORDER_POSTED) : claim.of);
  body.setClaim(claim.id);
  body.setReason(book.text("ill"));
}

void draw(Book& book, schema::OrderFulfilled::Builder body) {
  body.setOrder(book.one_in(4) ? book.id(EventType::ORDER_POSTED)
                               : book.pick(EventType::ORDER_ASSIGNED).of);
  book.fill(body.initUnits(static_cast<unsigned>(book.below(3))), EventType::SERVICE_DELIVERED);
  body.setResult(book.text("done"));
  body.setDay(book.one_in(2) ? 0 : book.soon(1));
}

void draw(Book& book, schema::OrderReviewed::Builder body) {
  body.setOrder(book.one_in(4) ? book.id(EventType::ORDER_POSTED)
                               : book.pick(EventType::ORDER_ASSIGNED).of);
  auto panel = body.initPanel(static_cast<unsigned>(book.below(3)));
  for (unsigned i = 0; i < panel.size(); ++i) panel.set(i, book.party());
  body.setAccepted(!book.one_in(3));
  body.setOpinion(book.enumerant<schema::OrderReviewed::Opinion>(4));
  body.setReason(book.text("too few"));
}

// --- corrections, retractions, decisions -------------------------------------------------------

namespace {

// An event of a type that the one in hand is often about, else any.
template <std::size_t n>
std::uint64_t target(Book& book, const EventType (&types)[n]) {
  return book.one_in(4) ? book.any_event() : book.id(types[book.below(n)]);
}

}  // namespace

void draw(Book& book, schema::EventCorrected::Builder body) {
  static constexpr EventType kTargets[] = {EventType::SERVICE_DELIVERED, EventType::SESSION_HELD,
                                           EventType::ATTENDANCE_RECORDED,
                                           EventType::HOURS_RECORDED, EventType::DISBURSEMENT_PAID};
  using Field = schema::EventCorrected::Field;
  body.setTarget(target(book, kTargets));
  body.setReason(book.text("typing error"));
  body.setApprover(kOfficeHolder);
  auto change = body.initChanges(1)[0];
  const auto field = book.one_in(2) ? Field::MINUTES : book.enumerant<Field>(7);
  change.setField(field);
  switch (field) {
    case Field::OCCURRED_DAY:
      change.setNumber(book.lately(400));
      break;
    case Field::KIND:
      change.setText(book.text("visit"));
      break;
    case Field::SITE:
      change.setNumber(static_cast<std::int64_t>(book.id(EventType::SITE_OPENED)));
      break;
    case Field::STAFF:
      change.setNumber(static_cast<std::int64_t>(book.id(EventType::STAFF_ENGAGED)));
      break;
    default:
      change.setNumber(book.odd() ? -1 : static_cast<std::int64_t>(book.below(90)));
  }
}

void draw(Book& book, schema::EventRetracted::Builder body) {
  static constexpr EventType kTargets[] = {
      EventType::SERVICE_DELIVERED, EventType::SESSION_HELD,    EventType::SESSION_PLANNED,
      EventType::HOURS_RECORDED,    EventType::HOURS_CONFIRMED, EventType::POINTS_EARNED,
      EventType::POINTS_REDEEMED,   EventType::POINTS_ADJUSTED, EventType::ORDER_CLAIMED,
      EventType::ORDER_ASSIGNED,    EventType::ORDER_WITHDRAWN, EventType::HOURS_CERTIFICATE_ISSUED,
      EventType::AWARD_DECIDED,     EventType::PROPOSAL_SCORED, EventType::DISBURSEMENT_PAID};
  body.setTarget(target(book, kTargets));
  body.setReason(book.text("recorded twice"));
  body.setApprover(kOfficeHolder);
}

void draw(Book& book, schema::HeldEventDecided::Builder body) {
  static constexpr EventType kTargets[] = {
      EventType::DISBURSEMENT_REQUESTED, EventType::CUSTODY_MONEY_MOVED,
      EventType::ORDER_CLAIMED,          EventType::POINTS_ALLOWANCE_LEASED,
      EventType::POINTS_REDEEMED,        EventType::PROPOSAL_SUBMITTED,
      EventType::HOURS_CONFIRMED,        EventType::POINTS_EARNED,
      EventType::AWARD_DECIDED,          EventType::EVENT_RETRACTED};
  body.setTarget(target(book, kTargets));
  body.setReleased(!book.one_in(3));
  body.setReason(book.text("looked into"));
  if (book.one_in(3)) body.setLegalGround(book.text("公益事业捐赠法 18"));
}

// --- figures, findings, seals ------------------------------------------------------------------

void draw(Book& book, schema::FigureReported::Builder body) {
  body.setFigure(book.text("B29"));
  body.setPhrase(book.text("近 1000 人次"));
  body.setValue(book.odd() ? -1 : static_cast<std::int64_t>(book.below(5'000)));
  body.setComparator(book.text("near"));
  body.setUnit("person_time");
  body.setAsOfDay(book.lately(30));
  body.setToWhom("newspaper");
}

namespace {

template <class List>
void draw_events(Book& book, List list) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, book.any_event());
}

}  // namespace

void draw(Book& book, schema::AnomalyDispositioned::Builder body) {
  body.setRule(book.text("A03"));
  body.setRuleVersion(1);
  draw_events(book, body.initEvidence(static_cast<unsigned>(book.odd() ? 0 : 2)));
  body.setVerdict(book.enumerant<schema::AnomalyDispositioned::Verdict>(3));
  body.setReason(book.text("two classes in one hall"));
}

void draw(Book& book, schema::FindingIssued::Builder body) {
  body.setCode(book.text("over_advance"));
  body.setLaw(book.text("政府采购法 49"));
  body.setAmountFen(book.one_in(2) ? 0 : book.fen(100'000));
  draw_events(book, body.initEvents(static_cast<unsigned>(book.odd() ? 0 : 1)));
  body.setResponsible(book.maybe(2, EventType::ORGANISATION_REGISTERED));
  body.setDeadlineDay(book.odd() ? book.today() - 30 : book.soon(60));
}

void draw(Book& book, schema::FindingResolved::Builder body) {
  body.setFinding(book.id(EventType::FINDING_ISSUED));
  body.setAction(book.text("money returned"));
  draw_events(book, body.initProof(static_cast<unsigned>(book.odd() ? 0 : 1)));
}

// A month of the last year, sealed by two; facts about it go on arriving.
void draw(Book& book, schema::PeriodSealed::Builder body) {
  constexpr std::int32_t kMonthDays = 30;
  const std::int32_t to = book.odd() ? book.soon(60) : book.lately(360);
  body.setProgramme(book.id(EventType::PROGRAMME_OPENED));
  body.setFromDay(book.odd() ? to + 1 : to - kMonthDays);
  body.setToDay(to);
  body.setTreeSize(book.odd() ? 1'000'000 : 1 + book.below(1 + book.recorded() / 2));
  const Bytes root = book.hash();
  body.setRoot(to_data(root));
  auto report = body.initReports(1)[0];
  report.setName(book.text("report"));
  const Bytes sha256 = book.hash();
  report.setSha256(to_data(sha256));
  auto signers = body.initSigners(2);
  signers.set(0, kOfficeHolder);
  signers.set(1, book.odd() ? kOfficeHolder : kFirstHolder);
}

}  // namespace houniao::sim
