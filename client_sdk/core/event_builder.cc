#include "client_sdk/core/event_builder.h"

#include "base/limits.h"
#include "schema/checksums.h"
#include "schema/codec.h"
#include "schema/server_events.h"

namespace houniao::client {
namespace {

constexpr int kAdultOfOwnDataYears = 14;  // PIPL article 31: below it, everything is sensitive
constexpr int kBirthBandYears = 5;

using PersonBody = schema::PersonRegistered;

// Whether the person is under 14 on that day.
bool under_14(CivilDate birth, Day day) {
  const CivilDate on = to_civil(day);
  int age = on.year - birth.year;
  if (on.month < birth.month || (on.month == birth.month && on.day < birth.day)) --age;
  return age < kAdultOfOwnDataYears;
}

// The coarse facts that may be counted without opening anything.
void fill_coarse(PersonBody::Builder body, CivilDate birth, Day day) {
  if (body.getBirthYearBand() == 0) {
    body.setBirthYearBand(static_cast<std::uint16_t>(birth.year - birth.year % kBirthBandYears));
  }
  if (under_14(birth, day)) body.setUnder14(true);
}

void check_resident_id(PersonBody::Builder body, const PersonalData& data, Day day) {
  const auto id = parse_resident_id(data.id_number);
  if (!id) return;
  const schema::Sex sex = id->male ? schema::Sex::MALE : schema::Sex::FEMALE;
  const bool sex_fits = body.getSex() == schema::Sex::UNKNOWN || body.getSex() == sex;
  const bool birth_fits = !data.birth_date || *data.birth_date == id->birth;
  body.setIdChecksOk(sex_fits && birth_fits);
  if (body.getSex() == schema::Sex::UNKNOWN) body.setSex(sex);
  fill_coarse(body, id->birth, day);
}

Result<void> fill_person(schema::Event::Body::Builder body, const EventDraft& draft,
                         const Envelope& envelope, Day day) {
  if (draft.personal.empty()) return {};
  const PersonalData& data = draft.personal.front().data;
  const bool numbers = !data.id_number.empty() || !data.phone.empty();
  if (numbers && envelope.blind_key == nullptr) {
    return fail(Errc::unauthorised, "this device has no key for the blind index of numbers");
  }
  if (body.isPersonRegistered()) {
    auto person = body.getPersonRegistered();
    if (!data.id_number.empty()) {
      person.setBlindIndex(to_data(blind_index(*envelope.blind_key, data.id_number)));
    }
    if (!data.phone.empty()) {
      person.setPhoneIndex(to_data(blind_index(*envelope.blind_key, data.phone)));
    }
    if (person.getIdType() == PersonBody::IdType::RESIDENT_ID) {
      check_resident_id(person, data, day);
    }
    if (data.birth_date) fill_coarse(person, *data.birth_date, day);
  } else if (body.isPersonCorrected() && !data.id_number.empty()) {
    body.getPersonCorrected().setBlindIndex(
        to_data(blind_index(*envelope.blind_key, data.id_number)));
  }
  return {};
}

Result<void> seal_personal(schema::Event::Builder event, const EventDraft& draft,
                           const Envelope& envelope, const KeyRing& keys,
                           const std::map<std::uint64_t, SubjectKey>& fresh, Random& random,
                           BuiltEvent& out) {
  if (draft.personal.empty()) return {};
  const EventId own = event_id(envelope.number, envelope.seq);
  auto list = event.initSealed(static_cast<unsigned>(draft.personal.size()));
  for (unsigned i = 0; i < list.size(); ++i) {
    const PersonalDraft& item = draft.personal[i];
    const PersonId subject = item.subject ? item.subject : entity_cast<PersonId>(own);
    if (subject.value == own.value && !out.made_key) {
      out.made_key = SubjectKey{subject, make_symmetric_key(random), envelope.seq, false};
    }
    const SubjectKey* key = nullptr;
    if (subject.value == own.value) {
      key = &*out.made_key;
    } else if (const auto found = fresh.find(subject.value); found != fresh.end()) {
      key = &found->second;
    } else {
      key = keys.find(subject.value);
    }
    if (key == nullptr) {
      return fail(Errc::wrong_key, "the key of person " + to_string(EventId{subject.value}) +
                                       " is not on this device; request it first");
    }
    const Bytes associated =
        sealed_associated_data(envelope.device, envelope.seq, static_cast<std::uint16_t>(i));
    const Nonce nonce = make_nonce(random);
    Bytes plain = encode_personal(item.data);
    Bytes ciphertext = seal(key->key, nonce, plain, associated);
    wipe(plain.data(), plain.size());
    if (ciphertext.size() > limits::kSealedBytesMax) {
      return fail(Errc::too_large, "personal data of one subject is over " +
                                       std::to_string(limits::kSealedBytesMax) + " bytes");
    }
    list[i].setSubject(subject.value);
    list[i].setKeyId(subject.value);
    list[i].setNonce(to_data(ByteView{nonce}));
    list[i].setCiphertext(to_data(ciphertext));
    out.sealed.emplace_back(subject,
                            SealedItem{envelope.device, envelope.seq, static_cast<std::uint16_t>(i),
                                       draft.scope, subject.value, nonce, std::move(ciphertext)});
  }
  return {};
}

Result<void> check_counts(const EventDraft& draft) {
  if (!draft.body) return fail(Errc::invalid_argument, "the draft has no body");
  if (draft.causes.size() > limits::kCausesMax || draft.evidence.size() > limits::kEvidenceMax ||
      draft.personal.size() > limits::kSealedMax) {
    return fail(Errc::limit_exceeded, "the draft has too many causes, evidence or personal items");
  }
  return {};
}

void fill_envelope(schema::Event::Builder event, const EventDraft& draft, const Envelope& envelope,
                   Day day) {
  event.setDevice(to_data(ByteView{envelope.device.bytes}));
  event.setDeviceSeq(envelope.seq.value);
  event.setPrevHash(to_data(envelope.prev));
  event.setRecordedAtMs(envelope.recorded_at.us / 1000);
  event.setClockOffsetMs(envelope.clock_offset_ms);
  event.setClockUncertaintyMs(envelope.clock_uncertainty_ms);
  event.setOccurredDay(day.value);
  event.setOccurredMinute(draft.occurred_minute);
  event.setSource(draft.source);
  event.setActor(draft.actor.value_or(envelope.holder));
  event.setOrganisation(draft.organisation.value);
  event.setProgramme(draft.programme.value);
  event.setSite(draft.site.value);
  event.setScope(draft.scope.value);
  event.setPolicyVersion(draft.policy_version);
  event.setImportRow(draft.import_row);
  event.setImportSheet(draft.import_sheet);
  if (!draft.causes.empty()) {
    auto causes = event.initCauses(static_cast<unsigned>(draft.causes.size()));
    for (unsigned i = 0; i < causes.size(); ++i) causes.set(i, draft.causes[i].value);
  }
  if (!draft.evidence.empty()) {
    auto list = event.initEvidence(static_cast<unsigned>(draft.evidence.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      const EvidenceDraft& item = draft.evidence[i];
      list[i].setSha256(to_data(item.sha256));
      list[i].setBytes(item.bytes);
      list[i].setMime(item.mime);
      list[i].setCapturedAtMs(item.captured_at_ms);
      list[i].setPlace(item.place.value);
    }
  }
}

}  // namespace

Result<BuiltEvent> build_event(const EventDraft& draft, const Envelope& envelope,
                               const KeyRing& keys,
                               const std::map<std::uint64_t, SubjectKey>& fresh, Random& random) {
  HOUNIAO_TRY(check_counts(draft));
  const Day day = draft.occurred.value_or(day_of(envelope.recorded_at));
  capnp::MallocMessageBuilder message(256);
  auto event = message.initRoot<schema::Event>();
  fill_envelope(event, draft, envelope, day);
  draft.body(event.getBody());
  if (only_server_records(event.getBody().which())) {
    return fail(Errc::unauthorised, std::string(find_row(event.getBody().which())->name) +
                                        ": only the server records this type");
  }
  HOUNIAO_TRY(fill_person(event.getBody(), draft, envelope, day));
  BuiltEvent out;
  HOUNIAO_TRY(seal_personal(event, draft, envelope, keys, fresh, random, out));
  out.bytes = houniao::encode(message);
  if (out.bytes.size() > limits::kEventBytesMax) {
    return fail(Errc::too_large, "the event has " + std::to_string(out.bytes.size()) +
                                     " bytes of at most " + std::to_string(limits::kEventBytesMax));
  }
  EventReader reader;
  HOUNIAO_TRY(reader.open_untrusted(out.bytes));
  out.hash = reader.hash();
  return out;
}

}  // namespace houniao::client
