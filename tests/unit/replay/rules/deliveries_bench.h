// The world of the families' tests with an anomaly bench beside it, and short forms of the events
// that the rules A01 to A13 look at. One test asks one rule: what other rules say about the same
// log is theirs.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "replay/rules/bench.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {

class DeliveriesBench : public VolunteerWorld {
 protected:
  using Anomalies = std::vector<rules::Anomaly>;
  using Source = schema::Source;

  DeliveriesBench() {
    worker = engage();
    buyer = organisation();
    contractor = organisation();
    rival = organisation();
    for (const EventId payee : {contractor, rival}) verified_account(payee);
    fund = establish_fund();
    receive(fund, 10'000'000);
    allocate(fund, 5'000'000);
  }

  // --- the bench ---------------------------------------------------------------------------------

  // What one rule says about the whole log, folded from the first record.
  Anomalies ask(const std::string& code, const std::string& choice = "{}") {
    auto set = rules::RuleSet::parse(choice);
    EXPECT_TRUE(set.has_value());
    const std::vector<std::string> only{code};
    auto one = set->only(only);
    EXPECT_TRUE(one.has_value());
    rules::Bench bench(*one);
    for (const Bytes& record : log.records()) EXPECT_TRUE(bench.feed(record).has_value());
    return bench.anomalies();
  }
  static bool names(const rules::Anomaly& anomaly, EventId event) {
    return std::find(anomaly.events.begin(), anomaly.events.end(), event) != anomaly.events.end();
  }
  static bool any_names(const Anomalies& list, EventId event) {
    return std::any_of(list.begin(), list.end(),
                       [&](const rules::Anomaly& anomaly) { return names(anomaly, event); });
  }

  // --- people ------------------------------------------------------------------------------------

  struct Registration {
    std::uint8_t phone = 0;   // index of the phone; 0 for none
    std::uint8_t number = 0;  // index of the id number; 0 for none
    bool checks_ok = true;
    schema::PersonRegistered::Verification seen = schema::PersonRegistered::Verification::TYPED;
    std::uint16_t band = 1980;
  };
  EventId person_with(const Registration& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initPersonRegistered();
      b.setSex(schema::Sex::FEMALE);
      b.setBirthYearBand(options.band);
      b.setNativeRegion(411000);
      b.setVerification(options.seen);
      const auto index = [](std::uint8_t of) { return Bytes(16, of); };
      if (options.phone != 0) b.setPhoneIndex(to_data(ByteView{index(options.phone)}));
      if (options.number != 0) {
        b.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
        b.setIdChecksOk(options.checks_ok);
        b.setBlindIndex(to_data(ByteView{index(options.number)}));
      }
    });
  }
  // A person whom nobody doubts.
  EventId known() {
    return person_with({.phone = ++phones_,
                        .number = phones_,
                        .seen = schema::PersonRegistered::Verification::SEEN});
  }
  EventId engage(std::int32_t from = 10'000) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPost("social_worker");
      b.setFromDay(from);
    });
  }

  // --- delivery ----------------------------------------------------------------------------------

  struct Service {
    std::vector<EventId> persons;
    std::int32_t day = 0;  // 0: today
    int minute = -1;
    std::uint32_t minutes = 30;
    EventId staff = {};
    EventId contract = {};
    EventId site = {};
    EventId organisation = {};
    EventId programme = {};
    Source source = Source::DEVICE;
    std::int64_t recorded_ms = 0;
    std::string kind = "visit";
    std::vector<std::pair<EventId, std::uint16_t>> shares = {};
    std::uint32_t anonymous = 0;
    DeviceNumber device = {};
  };
  EventId service(const Service& s) {
    return log.add(s.device ? s.device : field, [&](Body e) {
      if (s.day != 0) e.setOccurredDay(s.day);
      e.setOccurredMinute(static_cast<std::int16_t>(s.minute));
      e.setSource(s.source);
      e.setSite(s.site.value);
      e.setOrganisation(s.organisation.value);
      e.setProgramme(s.programme.value);
      if (s.recorded_ms != 0) e.setRecordedAtMs(s.recorded_ms);
      auto b = e.initBody().initServiceDelivered();
      b.setKind(s.kind);
      auto list = b.initPersons(static_cast<unsigned>(s.persons.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, s.persons[i].value);
      b.setAnonymous(s.anonymous);
      b.setQuantity(static_cast<std::int64_t>(s.persons.size()) + s.anonymous);
      b.setMinutes(s.minutes);
      b.setStaff(s.staff.value);
      b.setContract(s.contract.value);
      auto shares = b.initShares(static_cast<unsigned>(s.shares.size()));
      for (unsigned i = 0; i < shares.size(); ++i) {
        shares[i].setFund(s.shares[i].first.value);
        shares[i].setPermille(s.shares[i].second);
      }
    });
  }

  struct Meeting {
    std::uint32_t headcount = 0;
    std::uint16_t from = 0;
    std::uint16_t to = 0;
    EventId site = {};
    EventId leader = {};
    std::int32_t day = 0;
    schema::SessionHeld::CountingMethod method = schema::SessionHeld::CountingMethod::COUNTED;
    EventId organisation = {};
  };
  EventId meeting(const Meeting& m) {
    return log.add(field, [&](Body e) {
      if (m.day != 0) e.setOccurredDay(m.day);
      e.setSite(m.site.value);
      e.setOrganisation(m.organisation.value);
      auto b = e.initBody().initSessionHeld();
      b.setKind("class");
      b.setFromMinute(m.from);
      b.setToMinute(m.to);
      b.setLeader(m.leader.value);
      b.setHeadcount(m.headcount);
      b.setCountingMethod(m.method);
    });
  }
  struct SignInOptions {
    std::vector<EventId> persons = {};
    std::uint32_t anonymous = 0;
    std::uint16_t in = 0;
    std::uint16_t out = 0;
  };
  EventId sign_in(EventId session, const SignInOptions& options) {
    const Session* held = log.state().sessions.find(entity_cast<SessionId>(session));
    return log.add(field, [&](Body e) {
      if (held != nullptr) e.setOccurredDay(held->day.value);
      auto b = e.initBody().initAttendanceRecorded();
      b.setSession(session.value);
      auto list = b.initPersons(static_cast<unsigned>(options.persons.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, options.persons[i].value);
      b.setAnonymous(options.anonymous);
      b.setInMinute(options.in);
      b.setOutMinute(options.out);
    });
  }

  // --- places ------------------------------------------------------------------------------------

  struct Place {
    std::uint8_t first_weekday = 1;  // open from it to Sunday, eight to ten in the evening
    std::uint32_t capacity = 0;
    std::int32_t latitude_e7 = 0;
    std::int32_t longitude_e7 = 0;
    EventId operated_by = {};
  };
  EventId place(const Place& p) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initSiteOpened();
      b.setCategory("station");
      b.setFromDay(10'000);
      b.setLatitudeE7(p.latitude_e7);
      b.setLongitudeE7(p.longitude_e7);
      b.setOperator(p.operated_by.value);
      if (p.capacity != 0) b.initRooms(1)[0].setCapacity(p.capacity);
      auto hours = b.initHours(static_cast<unsigned>(8 - p.first_weekday));
      for (unsigned i = 0; i < hours.size(); ++i) {
        hours[i].setWeekday(static_cast<std::uint8_t>(p.first_weekday + i));
        hours[i].setFromMinute(8 * 60);
        hours[i].setToMinute(22 * 60);
      }
    });
  }
  EventId change_place(EventId of, schema::SiteStatusChanged::Status status, std::int32_t from,
                       std::int32_t to, EventId operated_by = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initSiteStatusChanged();
      b.setSite(of.value);
      b.setStatus(status);
      b.initInterval().setFromDay(from);
      b.getInterval().setToDay(to);
      b.setOperator(operated_by.value);
    });
  }

  // --- money -------------------------------------------------------------------------------------

  // A hundred visits at ten yuan each.
  EventId contract_with(EventId with, std::int64_t advance = 0, std::int32_t from = 10'000,
                        std::int32_t to = kOpen, EventId funded_by = {}) {
    return log.add(finance, [&](Body e) {
      auto b = e.initBody().initContractSigned();
      b.setNumber("B-" + std::to_string(++contracts_));
      b.setBuyer(buyer.value);
      b.initContractors(1).set(0, with.value);
      b.setAmountFen(100'000);
      b.initFunds(1).set(0, funded_by ? funded_by.value : fund.value);
      auto line = b.initDeliverables(1)[0];
      line.setCode("visits");
      line.setKind("visit");
      line.setQuantity(100);
      line.setUnitPriceFen(1'000);
      b.setAdvanceFen(advance);
      b.setFromDay(from);
      b.setToDay(to);
    });
  }
  // Asked for, approved and paid on this day.
  EventId pay_for(EventId contract, EventId milestone, std::int64_t fen, bool advance = false,
                  EventId payee = {}, std::string_view account = kAccount) {
    const EventId asked = request({.fund = fund,
                                   .contract = contract,
                                   .milestone = milestone,
                                   .payee = payee ? payee : contractor,
                                   .fen = fen,
                                   .advance = advance});
    approve(supervisor, asked);
    return pay(asked, fen, account);
  }

  EventId worker, buyer, contractor, rival, fund;

 private:
  std::uint8_t phones_ = 100;
  int contracts_ = 0;
};

}  // namespace houniao::testing
