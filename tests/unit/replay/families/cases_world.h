// A district's case work for tests of the family cases: workers, a client who has agreed, and short
// forms of the events. Everything that may go wrong is one member of an options struct.
#pragma once

#include <string>

#include "replay/families/cases.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {

class CasesWorld : public DeliveryWorld {
 protected:
  using Risk = schema::RiskLevel;
  using Mode = schema::CaseContactLogged::Mode;
  using Authority = schema::MandatoryReportFiled::Authority;

  CasesWorld() {
    worker = engage();
    overseer = engage();
    client = person();
    agreed = give_consent(field, client);
  }

  EventId engage(std::int32_t from = 10'000, EventId of = {}) {
    return log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPerson(of.value);
      b.setPost("social_worker");
      b.setFromDay(from);
    });
  }
  EventId give_consent(DeviceNumber by, EventId of, bool given = true, EventId guardian = {}) {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initConsentChanged();
      b.setPerson(of.value);
      b.setPurpose("casework");
      b.setGiven(given);
      b.setByGuardian(guardian.value);
    });
  }

  struct Opening {
    EventId client = {};
    EventId consent = {};
    EventId worker = {};
    EventId supervisor = {};
    std::string ground = "out_of_school";
    Risk risk = Risk::LOW;
    std::int32_t day = 0;
  };
  Opening usual() const {
    return {.client = client, .consent = agreed, .worker = worker, .supervisor = overseer};
  }
  EventId open_case(const Opening& options, DeviceNumber by = {}) {
    return log.add(by ? by : field, [&](Body e) {
      auto b = e.initBody().initCaseOpened();
      b.setClient(options.client.value);
      b.setGround(options.ground);
      b.setRisk(options.risk);
      b.setWorker(options.worker.value);
      b.setSupervisor(options.supervisor.value);
      b.setConsent(options.consent.value);
      b.setDay(options.day);
    });
  }
  EventId open_case() { return open_case(usual()); }

  struct Contact {
    Risk risk = Risk::LOW;
    std::uint32_t minutes = 30;
    Mode mode = Mode::VISIT;
    std::int32_t day = 0;
    EventId worker = {};
    std::uint8_t photo = 0;
  };
  EventId contact(EventId of, const Contact& options, DeviceNumber by = {}) {
    return log.add(by ? by : field, [&](Body e) {
      auto b = e.initBody().initCaseContactLogged();
      b.setCase(of.value);
      b.setRisk(options.risk);
      b.setMinutes(options.minutes);
      b.setMode(options.mode);
      b.setDay(options.day);
      b.setWorker(options.worker.value);
      if (options.photo == 0) return;
      const Bytes hash(32, options.photo);
      e.initEvidence(1)[0].setSha256(to_data(ByteView{hash}));
    });
  }
  EventId contact(EventId of) { return contact(of, Contact{}); }

  EventId refer(EventId of, EventId to, EventId consent, bool shares = true) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initCaseReferred();
      b.setCase(of.value);
      b.setTo(to.value);
      if (shares) b.initShared(1).set(0, "school_record");
      b.setConsent(consent.value);
    });
  }
  EventId report(EventId of, EventId child, std::int16_t minute = 600) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initMandatoryReportFiled();
      b.setCase(of.value);
      b.setPerson(child.value);
      b.setAuthority(Authority::CIVIL_AFFAIRS);
      b.setGround("violence");
      b.setMinute(minute);
    });
  }

  struct Closing {
    bool sealed = false;
    std::string outcome = "back_in_school";
    std::string reason = "goal reached";
    std::int32_t day = 0;
  };
  EventId close(EventId of, const Closing& options, DeviceNumber by = {}) {
    return log.add(by ? by : supervisor, [&](Body e) {
      auto b = e.initBody().initCaseClosed();
      b.setCase(of.value);
      b.setOutcome(options.outcome);
      b.setReason(options.reason);
      b.setSealed(options.sealed);
      b.setDay(options.day);
    });
  }
  EventId close(EventId of) { return close(of, Closing{}); }

  struct Access {
    bool granted = true;
    std::int32_t days = 30;
    std::string purpose = "supervision";
  };
  EventId decide_access(EventId reader, EventId record, const Access& options,
                        DeviceNumber by = {}) {
    return log.add(by ? by : supervisor, [&](Body e) {
      auto b = e.initBody().initSensitiveAccessDecided();
      b.setReader(reader.value);
      b.setRecord(record.value);
      b.setPurpose(options.purpose);
      b.setUntilDay(log.today().value + options.days);
      b.setGranted(options.granted);
    });
  }
  EventId grant(EventId reader, EventId record) { return decide_access(reader, record, Access{}); }
  EventId read(DeviceNumber by, EventId record, EventId access = {},
               const std::string& purpose = "supervision") {
    return log.add(by, [&](Body e) {
      auto b = e.initBody().initSensitiveRecordRead();
      b.setRecord(record.value);
      b.setPurpose(purpose);
      b.setAccess(access.value);
    });
  }

  DeviceNumber device_of_reader(EventId reader, Role role = Role::FIELD) {
    return log.enrol({.holder = reader.value, .roles = {role}});
  }
  const CasesState& cases() const { return log.state().cases; }
  bool readable(EventId reader, EventId record, std::int32_t days_from_now = 0) const {
    return may_read(log.state(), reader.value, record.value,
                    Day{log.today().value + days_from_now});
  }
  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }
  static CaseId case_id(EventId id) { return entity_cast<CaseId>(id); }
  static std::uint8_t level(Risk risk) { return static_cast<std::uint8_t>(risk); }

  EventId worker, overseer, client, agreed;
};

}  // namespace houniao::testing
