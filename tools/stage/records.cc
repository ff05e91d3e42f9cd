#include "tools/stage/records.h"

#include <algorithm>

#include "base/crypto.h"

namespace houniao::stage {
namespace {

constexpr std::int32_t kTenYears = 3'650;
// Persons of one sign-in sheet: far below what one event may hold.
constexpr std::size_t kSheetPersons = 500;

schema::ObligationDefined::Period period_of(const std::string& name) {
  using Period = schema::ObligationDefined::Period;
  if (name == "day") return Period::DAY;
  if (name == "week") return Period::WEEK;
  if (name == "quarter") return Period::QUARTER;
  if (name == "halfYear") return Period::HALF_YEAR;
  if (name == "year") return Period::YEAR;
  if (name == "holiday") return Period::HOLIDAY;
  return Period::MONTH;
}

schema::ObligationDefined::Per per_of(const std::string& name) {
  using Per = schema::ObligationDefined::Per;
  if (name == "person") return Per::PERSON;
  if (name == "site") return Per::SITE;
  if (name == "organisation") return Per::ORGANISATION;
  return Per::PROGRAMME;
}

schema::ObligationDefined::Distinct distinct_of(const std::string& name) {
  using Distinct = schema::ObligationDefined::Distinct;
  if (name == "sites") return Distinct::SITES;
  if (name == "persons") return Distinct::PERSONS;
  if (name == "organisations") return Distinct::ORGANISATIONS;
  return Distinct::EVENTS;
}

}  // namespace

OrganisationId register_body(Tablet& tablet, Day when, const BodyDraft& draft) {
  return entity_cast<OrganisationId>(tablet.add(when, [draft](Body body) {
    auto o = body.initOrganisationRegistered();
    o.setKind(draft.kind);
    o.setName(draft.name);
    o.setUscc(draft.uscc);
    o.setLevel(draft.level);
    o.setRegion(draft.region);
    o.setParent(draft.parent.value);
  }));
}

void verify_account(Tablet& tablet, Day when, OrganisationId organisation,
                    const std::string& uscc) {
  using Kind = schema::OrganisationCredentialRecorded::Kind;
  for (const Kind kind : {Kind::USCC_CHECK, Kind::BANK_ACCOUNT}) {
    tablet.add(when, [=](Body body) {
      auto c = body.initOrganisationCredentialRecorded();
      c.setOrganisation(organisation.value);
      c.setKind(kind);
      c.setValue(kind == Kind::BANK_ACCOUNT ? account_index(organisation) : uscc);
      c.setIssuer(kind == Kind::BANK_ACCOUNT ? "bank" : "registrar");
      c.setValidFromDay(when.value);
      c.setValidToDay(when.value + kTenYears);
    });
  }
}

StaffId engage(Tablet& tablet, Day from, const StaffDraft& draft) {
  return entity_cast<StaffId>(tablet.add(from, [=](Body body) {
    auto s = body.initStaffEngaged();
    s.setPerson(draft.person.value);
    s.setEmployer(draft.employer.value);
    s.setFullTime(draft.full_time);
    s.setChannel(draft.channel);
    s.setPost(draft.post);
    s.setFromDay(from.value);
  }));
}

ProgrammeId open_programme(Tablet& tablet, const Pack& pack, const std::string& code,
                           ProgrammeId parent, ScopeId scope) {
  return entity_cast<ProgrammeId>(tablet.add(pack.from, [=, &pack](Body body) {
    auto p = body.initProgrammeOpened();
    p.setCode(code);
    p.setParent(parent.value);
    p.setPurpose(pack.name.zh);
    p.setRegion(pack.region);
    p.setFromDay(pack.from.value);
    p.setToDay(pack.to.value);
    p.setScope(scope.value);
  }));
}

void publish_pack(Tablet& tablet, const Pack& pack, ProgrammeId programme) {
  tablet.add(pack.from, [=, &pack](Body body) {
    auto p = body.initPolicyVersionPublished();
    p.setProgramme(programme.value);
    p.setKind(schema::PolicyVersionPublished::Kind::PACK);
    p.setVersion(1);
    p.setValidFromDay(pack.from.value);
    p.setApprovalLevels(pack.policy.approval_levels);
    p.setNearPermille(pack.policy.near_permille);
    p.setAboutPermille(pack.policy.about_permille);
  });
}

SiteId open_site(Tablet& tablet, const Pack& pack, const PackSite& site, Day from,
                 const Opening& opening) {
  const std::uint64_t scope = site.scope.empty() ? 0 : pack.scope(site.scope)->id;
  return entity_cast<SiteId>(tablet.add(from, [=](Body body) {
    auto s = body.initSiteOpened();
    s.setCategory(site.category);
    s.setName(site.label.zh);
    s.setRegion(site.region);
    s.setAreaDm2(opening.area_dm2_override != 0 ? opening.area_dm2_override : site.area_dm2);
    auto hours = s.initHours(static_cast<unsigned>(opening.weekdays.size()));
    for (unsigned i = 0; i < hours.size(); ++i) {
      hours[i].setWeekday(static_cast<std::uint8_t>(opening.weekdays[i]));
      hours[i].setFromMinute(static_cast<std::uint16_t>(opening.from_minute));
      hours[i].setToMinute(static_cast<std::uint16_t>(opening.to_minute));
    }
    if (opening.room_capacity != 0) {
      auto rooms = s.initRooms(1);
      rooms[0].setName("hall");
      rooms[0].setCapacity(opening.room_capacity);
    }
    s.setOperator(opening.operated_by.value);
    if (opening.keeper) s.initKeepers(1).set(0, opening.keeper.value);
    s.setFromDay(from.value);
    s.setScope(scope);
  }));
}

ObligationId define_obligation(Tablet& tablet, ProgrammeId programme, const PackObligation& of) {
  return entity_cast<ObligationId>(tablet.add(of.from, [=](Body body) {
    auto o = body.initObligationDefined();
    o.setProgramme(programme.value);
    o.setCode(of.code);
    o.setEventType(of.event_type);
    o.setEventKind(of.event_kind);
    o.setPeriod(period_of(of.period));
    o.setThreshold(of.threshold);
    o.setPerScope(per_of(of.per));
    o.setDistinct(distinct_of(of.distinct));
    o.setFromDay(of.from.value);
    o.setToDay(of.to.value);
    o.setGraceDays(of.grace_days);
    o.setEvidenceNeeded(of.evidence_needed);
  }));
}

PersonId register_person(Tablet& tablet, Day when, const Identity& identity,
                         OrganisationId employer, SiteId residence) {
  const bool documented = !identity.data.id_number.empty();
  EventDraft draft = tablet.draft(when);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [=, region = identity.native_region, male = identity.male](Body body) {
    auto p = body.initPersonRegistered();
    p.setNativeRegion(region);
    p.setEmployer(employer.value);
    p.setResidenceSite(residence.value);
    if (documented) {
      p.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
      p.setVerification(schema::PersonRegistered::Verification::SEEN);
    } else {
      p.setSex(male ? schema::Sex::MALE : schema::Sex::FEMALE);
      p.setVerification(schema::PersonRegistered::Verification::TYPED);
    }
  };
  return entity_cast<PersonId>(tablet.add(std::move(draft)));
}

EventId consent(Tablet& tablet, Day when, PersonId person, const std::string& purpose,
                PersonId guardian) {
  return tablet.add(when, [=](Body body) {
    auto c = body.initConsentChanged();
    c.setPerson(person.value);
    c.setPurpose(purpose);
    c.setGiven(true);
    c.setByGuardian(guardian.value);
    c.setFormVersion("1");
  });
}

void join(Tablet& tablet, Day when, std::uint64_t member, std::uint64_t group,
          const std::string& role, bool member_is_organisation) {
  tablet.add(when, [=](Body body) {
    auto m = body.initMembershipChanged();
    m.setMember(member);
    m.setMemberIsOrganisation(member_is_organisation);
    m.setGroup(group);
    m.setRole(role);
    m.setJoined(true);
    m.setDay(when.value);
  });
}

EventId appoint(Tablet& tablet, Day when, PersonId person, const std::string& post,
                std::uint64_t body_id, const std::string& concurrent_with) {
  return tablet.add(when, [=](Body body) {
    auto a = body.initAppointmentChanged();
    a.setPerson(person.value);
    a.setPost(post);
    a.setBody(body_id);
    a.setConcurrentWith(concurrent_with);
    a.setStarted(true);
    a.setDay(when.value);
  });
}

SessionId hold_session(Tablet& tablet, Day when, const SessionDraft& draft) {
  return entity_cast<SessionId>(tablet.add(when, [=](Body body) {
    auto s = body.initSessionHeld();
    s.setPlanned(draft.planned.value);
    s.setKind(draft.kind);
    s.setFromMinute(static_cast<std::uint16_t>(draft.from_minute));
    s.setToMinute(static_cast<std::uint16_t>(draft.to_minute));
    s.setLeader(draft.leader);
    s.setHeadcount(draft.headcount);
    s.setCountingMethod(draft.method);
    auto tags = s.initTags(static_cast<unsigned>(draft.tags.size()));
    for (unsigned i = 0; i < tags.size(); ++i) tags.set(i, draft.tags[i]);
    s.setContract(draft.contract.value);
  }));
}

void attend(Tablet& tablet, Day when, SessionId session, const std::vector<PersonId>& persons,
            std::uint32_t anonymous) {
  std::size_t done = 0;
  do {
    const std::size_t count = std::min(kSheetPersons, persons.size() - done);
    const auto first = persons.begin() + static_cast<std::ptrdiff_t>(done);
    const std::vector<PersonId> sheet(first, first + static_cast<std::ptrdiff_t>(count));
    tablet.add(when, [=, unnamed = done == 0 ? anonymous : 0](Body body) {
      auto a = body.initAttendanceRecorded();
      a.setSession(session.value);
      auto list = a.initPersons(static_cast<unsigned>(sheet.size()));
      for (unsigned i = 0; i < list.size(); ++i) list.set(i, sheet[i].value);
      a.setMethod(schema::AttendanceRecorded::Method::SHEET);
      a.setAnonymous(unnamed);
    });
    done += count;
  } while (done < persons.size());
}

}  // namespace houniao::stage
