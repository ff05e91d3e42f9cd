#include "tests/sim/workload.h"

#include "base/time.h"

namespace houniao::sim {
namespace {

constexpr std::int32_t kOpenEnd = 2147483647;

Day first_day() { return to_day({2015, 1, 1}); }

}  // namespace

std::uint64_t Workload::any(Kind kind) {
  const auto& ids = known_[static_cast<std::size_t>(kind)];
  return ids.empty() ? 0 : ids[prng_.below(ids.size())];
}

Workload::Kind Workload::pick(Part part) {
  static constexpr Kind kField[] = {Kind::person,  Kind::person,     Kind::service,
                                    Kind::service, Kind::session,    Kind::request,
                                    Kind::service, Kind::attendance, Kind::retracted};
  static constexpr Kind kSupervisor[] = {Kind::site,      Kind::milestone, Kind::approved,
                                         Kind::approved,  Kind::decided,   Kind::corrected,
                                         Kind::retracted, Kind::service};
  static constexpr Kind kFinance[] = {Kind::fund,      Kind::received, Kind::received,
                                      Kind::allocated, Kind::contract, Kind::paid,
                                      Kind::paid,      Kind::reviewed};
  switch (part) {
    case Part::field:
      return kField[prng_.below(std::size(kField))];
    case Part::supervisor:
      return kSupervisor[prng_.below(std::size(kSupervisor))];
    default:
      return kFinance[prng_.below(std::size(kFinance))];
  }
}

std::vector<EventDraft> Workload::draft(const Tablet& tablet) {
  std::vector<EventDraft> out;
  pending_.clear();
  const bool opens = tablet.part() == Part::supervisor && any(Kind::programme) == 0;
  const std::uint64_t count = 1 + prng_.below(6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Kind kind = opens && i == 0 ? Kind::programme : pick(tablet.part());
    pending_.push_back(kind);
    out.push_back(make(kind, tablet));
  }
  return out;
}

void Workload::recorded(const Tablet&, const std::vector<EventDraft>& drafts,
                        const std::vector<EventId>& ids) {
  for (std::size_t i = 0; i < ids.size() && i < drafts.size(); ++i) {
    known_[static_cast<std::size_t>(pending_[i])].push_back(ids[i].value);
  }
}

EventDraft Workload::make(Kind kind, const Tablet& tablet) {
  ++serial_;
  EventDraft out = kind <= Kind::attendance ? field_draft(kind)
                   : kind <= Kind::paid     ? money_draft(kind)
                                            : decision_draft(kind);
  out.programme = ProgrammeId{any(Kind::programme)};
  out.site = SiteId{any(Kind::site)};
  const auto& scopes =
      tablet.part() == Part::field ? kStationScopes[tablet.number() % 2] : kProgrammeScope;
  out.scope = prng_.below(3) == 0 ? kProgrammeScope : scopes;
  if (kind == Kind::programme || kind == Kind::site) out.scope = kScopeCommons;
  return out;
}

EventDraft Workload::field_draft(Kind kind) {
  EventDraft out;
  const std::uint64_t person = any(Kind::person);
  const std::uint64_t session = any(Kind::session);
  switch (kind) {
    case Kind::programme:
      out.body = [](schema::Event::Body::Builder body) {
        auto opened = body.initProgrammeOpened();
        opened.setCode("sim");
        opened.setPurpose("simulation");
        opened.setFromDay(first_day().value);
        opened.setToDay(kOpenEnd);
        opened.setScope(kProgrammeScope.value);
      };
      break;
    case Kind::site:
      out.body = [station = kStationScopes[serial_ % 2]](schema::Event::Body::Builder body) {
        auto opened = body.initSiteOpened();
        opened.setCategory("station");
        opened.setFromDay(first_day().value);
        opened.setScope(station.value);
      };
      break;
    case Kind::person:
      // Few distinct numbers, so that two tablets meet the same client.
      out.personal.emplace_back();
      out.personal[0].data.name = "模拟" + std::to_string(serial_);
      out.personal[0].data.phone = "1380000" + std::to_string(1000 + prng_.below(40));
      out.body = [](schema::Event::Body::Builder body) { body.initPersonRegistered(); };
      break;
    case Kind::service:
      out.body = [person, anonymous = static_cast<std::uint32_t>(prng_.below(5))](auto body) {
        auto service = body.initServiceDelivered();
        service.setKind("legal_advice");
        if (person != 0) service.initPersons(1).set(0, person);
        service.setAnonymous(anonymous);
        service.setQuantity(1);
        service.setUnit("time");
        service.setMinutes(20);
      };
      break;
    case Kind::session:
      out.body = [headcount = static_cast<std::uint32_t>(prng_.below(60))](auto body) {
        auto held = body.initSessionHeld();
        held.setKind("weekend_class");
        held.setFromMinute(540);
        held.setToMinute(600);
        held.setHeadcount(headcount);
      };
      break;
    default:
      out.body = [session, person](schema::Event::Body::Builder body) {
        auto attendance = body.initAttendanceRecorded();
        attendance.setSession(session);
        if (person != 0) attendance.initPersons(1).set(0, person);
        attendance.setInMinute(541);
        attendance.setOutMinute(599);
      };
  }
  return out;
}

EventDraft Workload::money_draft(Kind kind) {
  EventDraft out;
  const std::uint64_t fund = any(Kind::fund);
  const std::uint64_t contract = any(Kind::contract);
  const std::uint64_t request = any(Kind::request);
  const std::uint64_t milestone = any(Kind::milestone);
  const std::int64_t fen = amount();
  const std::string number = std::to_string(serial_);
  switch (kind) {
    case Kind::fund:
      out.body = [number](schema::Event::Body::Builder body) {
        auto source = body.initFundSourceEstablished();
        source.setCode("F" + number);
        source.setName("fund " + number);
        source.setFromDay(first_day().value);
        source.setToDay(kOpenEnd);
      };
      break;
    case Kind::received:
      out.body = [fund, fen, number](schema::Event::Body::Builder body) {
        auto received = body.initFundsReceived();
        received.setFund(fund);
        received.setAmountFen(fen * 4);
        received.setBankReference("R" + number);
        received.setValueDay(first_day().value + 400);
      };
      break;
    case Kind::allocated:
      out.body = [fund, contract, programme = any(Kind::programme), fen](auto body) {
        auto allocated = body.initBudgetAllocated();
        allocated.setFund(fund);
        allocated.setProgramme(programme);
        allocated.setContract(contract);
        allocated.setAmountFen(fen * 2);
      };
      break;
    case Kind::contract:
      out.body = [fund, fen, number](schema::Event::Body::Builder body) {
        auto contract_signed = body.initContractSigned();
        contract_signed.setNumber("C" + number);
        contract_signed.setAmountFen(fen * 8);
        if (fund != 0) contract_signed.initFunds(1).set(0, fund);
        auto line = contract_signed.initDeliverables(1)[0];
        line.setCode("D1");
        line.setKind("legal_advice");
        line.setUnit("time");
        line.setQuantity(1000);
        line.setUnitPriceFen(fen / 100);
        contract_signed.setAdvanceFen(fen);
        contract_signed.setFromDay(first_day().value);
        contract_signed.setToDay(kOpenEnd);
      };
      break;
    case Kind::milestone:
      out.body = [contract](schema::Event::Body::Builder body) {
        auto milestone_submitted = body.initMilestoneSubmitted();
        milestone_submitted.setContract(contract);
        auto line = milestone_submitted.initLines(1)[0];
        line.setDeliverable("D1");
        line.setQuantity(10);
      };
      break;
    case Kind::reviewed:
      out.body = [milestone, fen](schema::Event::Body::Builder body) {
        auto review = body.initMilestoneReviewed();
        review.setMilestone(milestone);
        auto line = review.initLines(1)[0];
        line.setDeliverable("D1");
        line.setAccepted(10);
        review.setAcceptedFen(fen / 10);
        review.setStandardsListed(true);
        review.setDisclosure("board");
        review.setBeneficiaryOpinions(3);
      };
      break;
    case Kind::request:
      out.body = [fund, contract, milestone, fen](schema::Event::Body::Builder body) {
        auto requested = body.initDisbursementRequested();
        requested.setFund(fund);
        requested.setContract(contract);
        requested.setMilestone(milestone);
        requested.setAmountFen(fen);
        requested.setPurpose("service");
        requested.setAdvance(milestone == 0);
      };
      break;
    case Kind::approved:
      out.body = [request, yes = prng_.below(8) != 0](schema::Event::Body::Builder body) {
        auto approved = body.initDisbursementApproved();
        approved.setRequest(request);
        approved.setLevel(1);
        approved.setApproved(yes);
        approved.setReason("checked");
      };
      break;
    default:
      out.body = [request, fen, number](schema::Event::Body::Builder body) {
        auto paid = body.initDisbursementPaid();
        paid.setRequest(request);
        paid.setAmountFen(fen);
        paid.setBankReference("P" + number);
        paid.setValueDay(first_day().value + 500);
      };
  }
  return out;
}

EventDraft Workload::decision_draft(Kind kind) {
  EventDraft out;
  static constexpr Kind kTargets[] = {Kind::service, Kind::session, Kind::request, Kind::paid};
  const std::uint64_t target = any(kTargets[prng_.below(std::size(kTargets))]);
  switch (kind) {
    case Kind::retracted:
      out.body = [target](schema::Event::Body::Builder body) {
        auto retracted = body.initEventRetracted();
        retracted.setTarget(target);
        retracted.setReason("recorded twice");
      };
      break;
    case Kind::corrected:
      out.body = [target, minutes = prng_.below(90)](schema::Event::Body::Builder body) {
        auto corrected = body.initEventCorrected();
        corrected.setTarget(target);
        corrected.setReason("typing error");
        auto change = corrected.initChanges(1)[0];
        change.setField(schema::EventCorrected::Field::MINUTES);
        change.setNumber(static_cast<std::int64_t>(minutes));
      };
      break;
    default:
      out.body = [target, yes = prng_.below(2) == 0](schema::Event::Body::Builder body) {
        auto decided = body.initHeldEventDecided();
        decided.setTarget(target);
        decided.setReleased(yes);
        decided.setReason("looked into");
      };
  }
  return out;
}

}  // namespace houniao::sim
