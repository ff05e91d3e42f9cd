// What an application hands to the SDK to record one event, and what it gets back of a person.
// Plain values; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "schema/event.capnp.h"

namespace houniao {

// Personal data of one subject. It leaves the device only as ciphertext under the subject's own
// key; the log carries a keyed index of the numbers, by which the server finds duplicates without
// learning them. Empty members are left out.
struct PersonalData {
  std::string name;
  std::string id_number;
  std::string phone;
  std::optional<CivilDate> birth_date;
  std::string note;  // free text that may identify the person

  bool operator==(const PersonalData&) const = default;
};

struct PersonalDraft {
  // Whom it is about. PersonId{} means the person (or body) that this event creates: the SDK makes
  // that subject's key. For anybody else the device must hold the key already.
  PersonId subject;
  PersonalData data;
};

struct EvidenceDraft {
  Hash sha256;
  std::uint64_t bytes = 0;
  std::string mime;
  std::int64_t captured_at_ms = 0;
  SiteId place;
};

// One event before it has a place in the device's chain. The SDK adds device, number, prev_hash,
// times and sealed items, encodes the event once and never again.
struct EventDraft {
  std::optional<Day> occurred;        // the device's civil day when absent
  std::int16_t occurred_minute = -1;  // minute of that day, -1 when only the day is known
  schema::Source source = schema::Source::DEVICE;
  std::optional<std::uint64_t> actor;  // staff or person id; the device's holder when absent
  OrganisationId organisation;
  ProgrammeId programme;
  SiteId site;
  ScopeId scope = kScopeCommons;
  std::uint32_t policy_version = 0;
  std::vector<EventId> causes;
  std::vector<EvidenceDraft> evidence;
  // Place in the book that an imported event was taken over from, counted from 1; 0 when there is
  // none. The book itself is an item of `evidence`.
  std::uint32_t import_row = 0;
  std::uint16_t import_sheet = 0;
  std::vector<PersonalDraft> personal;

  // Fills the event's own part; called once, on the calling thread, before record() returns:
  //   draft.body = [&](schema::Event::Body::Builder body) {
  //     auto held = body.initSessionHeld();
  //     held.setKind("weekend_class");
  //   };
  // In PersonRegistered and PersonCorrected the SDK sets blindIndex, phoneIndex and idChecksOk
  // itself from personal[0]; in PersonRegistered with a resident id also sex, birthYearBand and
  // under14, where the body leaves them unset.
  std::function<void(schema::Event::Body::Builder)> body;
};

}  // namespace houniao
