// A small programme for tests of the families sessions, services, contracts and funds: who works in
// it, whom it serves, a fund with money and a contract to spend it on. Everything that may go wrong
// is one member of an options struct, so a test says only what it is about.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "replay/families/contracts.h"
#include "replay/families/funds.h"
#include "replay/reasons.h"
#include "tests/unit/replay/log_builder.h"

namespace houniao::testing {

using schema::Event;
using schema::Role;
using Body = schema::Event::Builder;

inline constexpr std::int32_t kOpen = std::numeric_limits<std::int32_t>::max();
inline constexpr std::string_view kAccount = "a1b2c3";

class DeliveryWorld : public ::testing::Test {
 protected:
  DeliveryWorld() {
    field = log.enrol({.holder = 501, .roles = {Role::FIELD}});
    other_field = log.enrol({.holder = 506, .roles = {Role::FIELD}});
    supervisor = log.enrol({.holder = 502, .roles = {Role::SUPERVISOR}});
    reviewer = log.enrol({.holder = 503, .roles = {Role::SUPERVISOR}});
    finance = log.enrol({.holder = 504, .roles = {Role::FINANCE}});
    payer = log.enrol({.holder = 505, .roles = {Role::FINANCE}});
    programme = log.add(supervisor, [](Body e) {
      auto b = e.initBody().initProgrammeOpened();
      b.setCode("t");
      b.setFromDay(10'000);
      b.setToDay(kOpen);
    });
    site = log.add(supervisor, [](Body e) {
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setFromDay(10'000);
      auto rooms = b.initRooms(1);
      rooms[0].setName("hall");
      rooms[0].setCapacity(50);
    });
  }

  EventId person() {
    return log.add(field, [](Body e) { e.initBody().initPersonRegistered(); });
  }
  EventId organisation(std::string_view uscc = "91350100M000100Y43") {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initOrganisationRegistered();
      b.setKind("firm");
      b.setName("firm");
      b.setUscc(std::string(uscc));
    });
  }
  EventId verified_account(EventId of, std::string_view account = kAccount) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initOrganisationCredentialRecorded();
      b.setOrganisation(of.value);
      b.setKind(schema::OrganisationCredentialRecorded::Kind::BANK_ACCOUNT);
      b.setValue(std::string(account));
      b.setIssuer("bank");
      b.setValidFromDay(10'000);
      b.setValidToDay(kOpen);
    });
  }

  struct FundOptions {
    std::vector<std::string> purposes = {};
    std::vector<std::uint32_t> regions = {};
    std::int32_t from = 10'000;
    std::int32_t to = kOpen;
  };
  EventId establish_fund(const FundOptions& options) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initFundSourceEstablished();
      b.setCode("grant");
      b.setKind(schema::FundSourceEstablished::Kind::PROVINCIAL_GRANT);
      auto purposes = b.initAllowedPurposes(static_cast<unsigned>(options.purposes.size()));
      for (unsigned i = 0; i < purposes.size(); ++i) purposes.set(i, options.purposes[i]);
      auto regions = b.initAllowedRegions(static_cast<unsigned>(options.regions.size()));
      for (unsigned i = 0; i < regions.size(); ++i) regions.set(i, options.regions[i]);
      b.setFromDay(options.from);
      b.setToDay(options.to);
    });
  }
  EventId establish_fund() { return establish_fund(FundOptions{}); }
  EventId receive(EventId into, std::int64_t fen) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initFundsReceived();
      b.setFund(into.value);
      b.setAmountFen(fen);
      b.setBankReference("r");
      b.setValueDay(log.today().value);
    });
  }
  EventId allocate(EventId from, std::int64_t fen, EventId to_contract = {}) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initBudgetAllocated();
      b.setFund(from.value);
      b.setProgramme(programme.value);
      b.setContract(to_contract.value);
      b.setAmountFen(fen);
    });
  }

  struct ContractOptions {
    std::string number = "HT-1";
    std::int64_t amount = 100'000;
    std::int64_t advance = 30'000;
    std::int64_t units = 100;
    std::int64_t unit_price = 1'000;
    std::string kind = "visit";
  };
  EventId sign_contract(EventId buyer, EventId contractor, EventId funded_by,
                        const ContractOptions& options) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractSigned();
      b.setNumber(options.number);
      b.setBuyer(buyer.value);
      b.initContractors(1).set(0, contractor.value);
      b.setAmountFen(options.amount);
      b.initFunds(1).set(0, funded_by.value);
      auto lines = b.initDeliverables(1);
      lines[0].setCode("visits");
      lines[0].setKind(options.kind);
      lines[0].setUnit("visit");
      lines[0].setQuantity(options.units);
      lines[0].setUnitPriceFen(options.unit_price);
      b.setAdvanceFen(options.advance);
      b.setFromDay(10'000);
      b.setToDay(kOpen);
    });
  }

  EventId serve(std::initializer_list<EventId> persons, std::string_view kind = "visit") {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initServiceDelivered();
      b.setKind(std::string(kind));
      auto list = b.initPersons(static_cast<unsigned>(persons.size()));
      unsigned i = 0;
      for (EventId id : persons) list.set(i++, id.value);
    });
  }
  EventId submit(EventId contract, std::int64_t quantity, const std::vector<EventId>& units = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initMilestoneSubmitted();
      b.setContract(contract.value);
      auto lines = b.initLines(1);
      lines[0].setDeliverable("visits");
      lines[0].setQuantity(quantity);
      auto list = b.initUnits(static_cast<unsigned>(units.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, units[i].value);
    });
  }

  struct ReviewOptions {
    std::int64_t accepted = 0;
    std::int64_t refused = 0;
    std::int64_t fen = 0;
    std::uint32_t opinions = 1;
    bool standards = true;
    std::string disclosure = "notice board";
    std::vector<std::uint64_t> reviewers = {};
  };
  EventId review(DeviceNumber by, EventId milestone, const ReviewOptions& options) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initMilestoneReviewed();
      b.setMilestone(milestone.value);
      auto lines = b.initLines(1);
      lines[0].setDeliverable("visits");
      lines[0].setAccepted(options.accepted);
      lines[0].setRefused(options.refused);
      lines[0].setReason("as seen");
      b.setAcceptedFen(options.fen);
      b.setBeneficiaryOpinions(options.opinions);
      b.setStandardsListed(options.standards);
      b.setDisclosure(options.disclosure);
      auto reviewers = b.initReviewers(static_cast<unsigned>(options.reviewers.size()));
      for (unsigned i = 0; i < reviewers.size(); ++i) reviewers.set(i, options.reviewers[i]);
    });
  }
  // Submits and accepts `units` at 1,000 fen each.
  EventId accept(EventId contract, std::int64_t units) {
    const EventId milestone = submit(contract, units);
    review(reviewer, milestone, {.accepted = units, .fen = units * 1'000});
    return milestone;
  }

  struct RequestOptions {
    EventId fund = {};
    EventId contract = {};
    EventId milestone = {};
    EventId payee = {};
    std::int64_t fen = 0;
    std::string purpose = "service";
    EventId invoice = {};
    std::uint32_t region = 440402;
    bool advance = false;
  };
  EventId request(const RequestOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initDisbursementRequested();
      e.setProgramme(programme.value);
      b.setFund(options.fund.value);
      b.setContract(options.contract.value);
      b.setMilestone(options.milestone.value);
      b.setPayee(options.payee.value);
      b.setAmountFen(options.fen);
      b.setPurpose(options.purpose);
      b.setInvoice(options.invoice.value);
      b.setRegion(options.region);
      b.setAdvance(options.advance);
    });
  }
  EventId approve(DeviceNumber by, EventId of, std::uint8_t level = 1, bool approved = true) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initDisbursementApproved();
      b.setRequest(of.value);
      b.setLevel(level);
      b.setApproved(approved);
      b.setReason(approved ? "" : "not needed");
    });
  }
  EventId pay(EventId of, std::int64_t fen, std::string_view account = kAccount) {
    return pay_by(payer, of, fen, account);
  }
  EventId pay_by(DeviceNumber by, EventId of, std::int64_t fen,
                 std::string_view account = kAccount) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initDisbursementPaid();
      b.setRequest(of.value);
      b.setAmountFen(fen);
      b.setBankReference("pay");
      b.setValueDay(log.today().value);
      b.setAccountIndex(std::string(account));
    });
  }
  EventId reverse(EventId payment, std::int64_t fen) {
    return log.add(payer, [&](Body e) {
      auto b = e.initBody().initDisbursementReversed();
      b.setPayment(payment.value);
      b.setAmountFen(fen);
      b.setReason("returned by the bank");
    });
  }
  EventId release(EventId target, bool released = true) {
    return log.add(reviewer, [&](Body e) {
      auto b = e.initBody().initHeldEventDecided();
      b.setTarget(target.value);
      b.setReleased(released);
      b.setReason("checked");
      b.setLegalGround("rule 1");
    });
  }
  EventId retract(EventId target) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEventRetracted();
      b.setTarget(target.value);
      b.setReason("recorded by mistake");
      b.setApprover(503);
    });
  }

  bool held(EventId id) const { return log.status(id) == EventStatus::held; }
  bool in_force(EventId id) const { return log.state().in_force(id); }
  bool has(EventId id, Reason reason) const { return log.recorded(id).reasons.has(reason); }
  std::string why(EventId id) const {
    std::string out{name_of(log.status(id))};
    log.recorded(id).reasons.for_each([&](Reason r) { out += " " + std::string(name_of(r)); });
    return out;
  }
  // I3, I4 and I28 at this prefix of the log.
  bool money_is_sound() const {
    const State& state = log.state();
    if (!state.ledger.check().empty()) return false;
    for (const auto& [id, fund] : state.funds.funds) {
      if (!keeps_i3(state.ledger.fund(id))) return false;
    }
    for (const auto& [id, contract] : state.contracts.contracts) {
      if (!keeps_i4(state, contract)) return false;
    }
    return true;
  }
  FactFilter of_type(schema::Event::Body::Which type) const {
    FactFilter filter;
    filter.types.set(static_cast<std::size_t>(type));
    return filter;
  }
  std::int64_t quantity(const FactFilter& filter) const {
    std::int64_t sum = 0;
    log.state().facts.scan(filter, [&](const auto& c, std::size_t i) { sum += c.quantity[i]; });
    return sum;
  }
  FactRow first_row(EventId id) const {
    const FactTable& facts = log.state().facts;
    const auto span = facts.rows_of(id);
    return span.count == 0 ? FactRow{} : facts.row(span.first);
  }
  std::string_view text(Symbol symbol) const { return log.state().symbols().text(symbol); }

  LogBuilder log;
  DeviceNumber field, other_field, supervisor, reviewer, finance, payer;
  EventId programme, site;
};

// Expectations that print what the log says about the event; each evaluates it once.
#define EXPECT_IN_FORCE(event)                    \
  do {                                            \
    const EventId event_ = (event);               \
    EXPECT_TRUE(in_force(event_)) << why(event_); \
  } while (false)
#define EXPECT_ACCEPTED(event)                                           \
  do {                                                                   \
    const EventId event_ = (event);                                      \
    EXPECT_EQ(log.status(event_), EventStatus::accepted) << why(event_); \
  } while (false)
#define EXPECT_HELD_FOR(event, reason)                       \
  do {                                                       \
    const EventId event_ = (event);                          \
    EXPECT_TRUE(held(event_) && has(event_, Reason::reason)) \
        << #reason << " expected: " << why(event_);          \
  } while (false)
#define EXPECT_FLAGGED_FOR(event, reason)                     \
  do {                                                        \
    const EventId event_ = (event);                           \
    EXPECT_TRUE(!held(event_) && has(event_, Reason::reason)) \
        << #reason << " expected: " << why(event_);           \
  } while (false)

}  // namespace houniao::testing
