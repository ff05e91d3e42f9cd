// Family volunteers: teams, duty, hours, and the points that are earned, set aside and spent.
#include <algorithm>

#include "tests/sim/draws.h"

namespace houniao::sim {

// --- enrolment, duty, insurance, training, honours ---------------------------------------------

void draw(Book& book, schema::VolunteerEnrolled::Builder body) {
  const std::uint64_t person = book.id(EventType::PERSON_REGISTERED);
  body.setPerson(person);
  body.setTeam(book.id(EventType::ORGANISATION_REGISTERED));
  if (book.one_in(3)) {
    const Bytes number = book.odd() ? Bytes{7} : book.index();
    body.setNumberIndex(to_data(number));
  }
  body.initSkills(1).set(0, book.text("driving"));
  body.setReferredBy(book.maybe(4, EventType::VOLUNTEER_ENROLLED));
  body.setDay(book.one_in(3) ? 0 : sim_first_day().value);
  book.note() = {.of = person};
}

void draw(Book& book, schema::DutyCheckedIn::Builder body) {
  const std::uint64_t volunteer = book.id(EventType::VOLUNTEER_ENROLLED);
  body.setVolunteer(volunteer);
  body.setOrder(book.maybe(4, EventType::ORDER_POSTED));
  body.setSession(book.maybe(4, EventType::SESSION_HELD));
  body.setInMinute(static_cast<std::uint16_t>(480 + book.below(120)));
  body.setOutMinute(book.odd() ? 10 : static_cast<std::uint16_t>(book.one_in(5) ? 0 : 720));
  body.setMode(book.enumerant<schema::DutyCheckedIn::Mode>(3));
  body.setMethod(book.enumerant<schema::DutyCheckedIn::Method>(4));
  body.setKind(book.text("river_patrol"));
  body.setPhysicalRisk(book.one_in(4));
  body.setWithMinors(book.one_in(8));
  book.note() = {.of = volunteer};
}

void draw(Book& book, schema::InsuranceCovered::Builder body) {
  body.setPolicyNumber(book.text("I" + std::to_string(book.serial())));
  body.setInsurer(book.text("insurer"));
  book.fill(body.initInsured(static_cast<unsigned>(book.odd() ? 0 : 1 + book.below(3))),
            EventType::VOLUNTEER_ENROLLED);
  body.setFromDay(book.lately(300));
  body.setToDay(book.end());
  body.setFund(book.maybe(2, EventType::FUND_SOURCE_ESTABLISHED));
  body.setPremiumFen(book.fen(50'000));
}

void draw(Book& book, schema::TrainingCompleted::Builder body) {
  body.setSession(book.maybe(4, EventType::SESSION_HELD));
  body.setKind(book.text("first_aid"));
  book.fill(body.initPersons(static_cast<unsigned>(book.below(4))), EventType::PERSON_REGISTERED);
  body.setMinutes(book.odd() ? 9'999 : 90);
  body.setResult(book.enumerant<schema::TrainingCompleted::Result>(3));
  body.setDay(book.lately(30));
}

void draw(Book& book, schema::HonourConferred::Builder body) {
  const bool organisation = book.one_in(3);
  body.setRecipientIsOrganisation(organisation);
  body.setRecipient(
      book.id(organisation ? EventType::ORGANISATION_REGISTERED : EventType::PERSON_REGISTERED));
  body.setTitle(book.text("star"));
  body.setGrade("5");
  body.setIssuer(book.text("league"));
  body.setDay(book.lately(30));
  body.setYear(static_cast<std::uint16_t>(2014 + book.below(2)));
}

// --- hours -------------------------------------------------------------------------------------

void draw(Book& book, schema::HoursRecorded::Builder body) {
  const std::uint64_t volunteer = book.id(EventType::VOLUNTEER_ENROLLED);
  const auto of_volunteer = [&](const Made& made) { return made.of == volunteer; };
  const auto minutes = static_cast<std::uint32_t>(book.odd() ? 5'000 : 60 + book.below(180));
  body.setVolunteer(volunteer);
  body.setSession(book.maybe(6, EventType::SESSION_HELD));
  body.setOrder(book.maybe(6, EventType::ORDER_POSTED));
  if (book.one_in(3)) body.setDuty(book.pick_if(EventType::DUTY_CHECKED_IN, of_volunteer).id);
  body.setMinutes(minutes);
  body.setMethod(book.enumerant<schema::HoursRecorded::Method>(3));
  book.note() = {.of = volunteer, .amount = minutes};
}

void draw(Book& book, schema::HoursConfirmed::Builder body) {
  const Made record = book.pick(EventType::HOURS_RECORDED);
  const std::int64_t refused = book.one_in(4) ? std::min<std::int64_t>(record.amount, 30) : 0;
  const std::int64_t accepted = record.amount - refused + (book.odd() ? 30 : 0);
  body.setRecord(record.id);
  body.setAcceptedMinutes(static_cast<std::uint32_t>(accepted));
  body.setRefusedMinutes(static_cast<std::uint32_t>(refused));
  body.setReason(book.text("travel"));
  book.note() = {.of = record.of, .by = record.id, .amount = accepted};
}

// Two in three certify what one confirmation holds, the third more than there may be.
void draw(Book& book, schema::HoursCertificateIssued::Builder body) {
  const Made confirmed = book.pick(EventType::HOURS_CONFIRMED);
  const std::int64_t minutes = book.one_in(3) ? confirmed.amount * 2 : confirmed.amount;
  body.setNumber(book.text("Z" + std::to_string(book.below(200))));
  body.setVolunteer(confirmed.of);
  body.setFromDay(book.one_in(4) ? book.lately(10) : sim_first_day().value);
  body.setToDay(book.odd() ? sim_first_day().value - 1 : book.today());
  body.setMinutes(static_cast<std::uint32_t>(minutes));
  body.initContent(1).set(0, "river_patrol");
  body.setIssuer(book.id(EventType::ORGANISATION_REGISTERED));
  body.setHead(kOfficeHolder);
  body.setHandler(kFirstHolder);
  body.setContact(book.text("020-1234"));
  body.setDisclosure(book.text("board"));
  body.setDisclosedFromDay(book.today() - 10);
  body.setDisclosedToDay(book.one_in(6) ? book.today() - 8 : book.today());
}

// --- points ------------------------------------------------------------------------------------

void draw(Book& book, schema::PointsEarned::Builder body) {
  const Made confirmed = book.pick(EventType::HOURS_CONFIRMED);
  const std::int64_t due = std::max<std::int64_t>(confirmed.amount / 10, 1);
  const std::int64_t points = book.odd() ? -due : book.one_in(10) ? due + 1 : due;
  body.setVolunteer(book.odd() ? book.id(EventType::VOLUNTEER_ENROLLED) : confirmed.of);
  body.setHours(confirmed.id);
  body.setPoints(points);
  book.note() = {.of = confirmed.of, .amount = points};
}

namespace {

bool opens(const Made& lease) { return lease.extra == 0; }

// A volunteer who earned some, so that there is something to set aside and to spend.
Made earner(Book& book) { return book.pick(EventType::POINTS_EARNED); }

std::int64_t some_points(Book& book, std::int64_t most) {
  if (book.odd()) return book.one_in(2) ? -3 : 1'000'000;
  return 1 + static_cast<std::int64_t>(
                 book.below(static_cast<std::uint64_t>(std::max<std::int64_t>(most, 1))));
}

// Closes one: mostly the own device's, else one whose device is lost.
Made lease_to_close(Book& book) {
  const DeviceNumber lost = book.a_lost_device();
  const DeviceNumber device = lost && book.one_in(2) ? lost : book.own();
  return book.pick_if(EventType::POINTS_ALLOWANCE_LEASED,
                      [&](const Made& made) { return opens(made) && made.by == device.value; });
}

}  // namespace

void draw(Book& book, schema::PointsAllowanceLeased::Builder body) {
  body.setSite(book.id(EventType::SITE_OPENED));
  body.setLastDay(book.odd() ? book.today() - 3 : book.soon(30));
  const Made closed = book.one_in(5) ? lease_to_close(book) : Made{};
  if (closed.id != 0) {
    body.setVolunteer(closed.of);
    body.setDevice(static_cast<std::uint32_t>(closed.by));
    body.setCloses(closed.id);
    body.setPoints(book.one_in(4) ? 0 : some_points(book, closed.amount));
    book.note() = {.of = closed.of, .by = closed.by, .extra = 1};
    return;
  }
  const Made earned = earner(book);
  const std::uint32_t device = book.some_device();
  const std::int64_t points = some_points(book, earned.amount);
  body.setVolunteer(earned.of);
  body.setDevice(device);
  body.setPoints(points);
  book.note() = {.of = earned.of, .by = device, .amount = points};
}

// Out of a lease of the own device where there is one, now and then out of somebody else's: several
// tablets spend what one volunteer has, without hearing of each other.
void draw(Book& book, schema::PointsRedeemed::Builder body) {
  using Mode = schema::PointsRedeemed::Mode;
  const bool own = !book.one_in(6);
  const Made lease = book.one_in(3)
                         ? Made{}
                         : book.pick_if(EventType::POINTS_ALLOWANCE_LEASED, [&](const Made& made) {
                             return opens(made) && (!own || made.by == book.own().value);
                           });
  const Made payer = lease.id != 0 ? lease : earner(book);
  body.setVolunteer(payer.of);
  body.setItem(book.id(EventType::ASSET_RECORDED));
  body.setQuantity(book.odd() ? 0 : static_cast<std::int64_t>(1 + book.below(2)));
  body.setPoints(some_points(book, payer.amount));
  if (lease.id != 0) {
    body.setMode(Mode::LEASED);
    body.setLease(lease.id);
  } else {
    body.setMode(book.one_in(2) ? Mode::ONLINE : book.enumerant<Mode>(3));
  }
  const Bytes signature = book.hash();
  body.setSignatureSha256(to_data(signature));
}

void draw(Book& book, schema::PointsAdjusted::Builder body) {
  using Cause = schema::PointsAdjusted::Cause;
  const Made earned = earner(book);
  const std::int64_t points = some_points(book, earned.amount);
  body.setVolunteer(earned.of);
  body.setDelta(book.one_in(2) ? -points : points);
  body.setCause(book.enumerant<Cause>(5));
  body.setReason(book.text("expired"));
  body.setApprover(book.one_in(6) ? kFirstHolder : kOfficeHolder);
}

}  // namespace houniao::sim
