#include "tools/stage/field_records.h"

#include <array>

#include "base/crypto.h"

namespace houniao::stage {
namespace {

constexpr std::int32_t kRatingDays = 5 * 365 + 1;

template <class List, class Ids>
void set_ids(List list, const Ids& ids) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, ids[i].value);
}

template <class Ids>
unsigned count_of(const Ids& ids) {
  return static_cast<unsigned>(ids.size());
}

}  // namespace

// --- bodies ------------------------------------------------------------------------------------

EventId change_status(Tablet& tablet, Day when, OrganisationId organisation, BodyStatus status) {
  return tablet.add(when, [=](Body body) {
    auto s = body.initOrganisationStatusChanged();
    s.setOrganisation(organisation.value);
    s.setStatus(status);
    s.setDay(when.value);
  });
}

EventId record_rating(Tablet& tablet, Day from, OrganisationId organisation,
                      const std::string& rating, const std::string& issuer) {
  return tablet.add(from, [=](Body body) {
    auto c = body.initOrganisationCredentialRecorded();
    c.setOrganisation(organisation.value);
    c.setKind(schema::OrganisationCredentialRecorded::Kind::RATING);
    c.setValue(rating);
    c.setIssuer(issuer);
    c.setValidFromDay(from.value);
    c.setValidToDay(from.value + kRatingDays);
  });
}

AgreementId sign_agreement(Tablet& tablet, Day from, Day to,
                           const std::vector<OrganisationId>& parties, const std::string& fields) {
  return entity_cast<AgreementId>(tablet.add(from, [=](Body body) {
    auto a = body.initAgreementSigned();
    set_ids(a.initParties(count_of(parties)), parties);
    a.setFields(fields);
    a.setFromDay(from.value);
    a.setToDay(to.value);
  }));
}

EventId leave(Tablet& tablet, Day when, std::uint64_t member, std::uint64_t group,
              const std::string& role, bool member_is_organisation) {
  return tablet.add(when, [=](Body body) {
    auto m = body.initMembershipChanged();
    m.setMember(member);
    m.setMemberIsOrganisation(member_is_organisation);
    m.setGroup(group);
    m.setRole(role);
    m.setJoined(false);
    m.setDay(when.value);
  });
}

EventId end_appointment(Tablet& tablet, Day when, PersonId person, const std::string& post,
                        std::uint64_t body_id, const std::string& concurrent_with) {
  return tablet.add(when, [=](Body body) {
    auto a = body.initAppointmentChanged();
    a.setPerson(person.value);
    a.setPost(post);
    a.setBody(body_id);
    a.setConcurrentWith(concurrent_with);
    a.setStarted(false);
    a.setDay(when.value);
  });
}

EventId hold_election(Tablet& tablet, Day when, const ElectionDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto e = body.initElectionHeld();
    e.setBody(draft.body.value);
    e.setDay(when.value);
    e.setSeats(draft.seats);
    e.setElectorate(draft.electorate);
    e.setTurnout(draft.turnout);
    set_ids(e.initElected(count_of(draft.elected)), draft.elected);
  });
}

// --- staff -------------------------------------------------------------------------------------

EventId release_staff(Tablet& tablet, Day last_day, StaffId staff) {
  return tablet.add(last_day, [=](Body body) {
    auto r = body.initStaffReleased();
    r.setStaff(staff.value);
    r.setDay(last_day.value);
  });
}

EventId vet_staff(Tablet& tablet, Day when, StaffId staff, const std::string& reference) {
  return tablet.add(when, [=](Body body) {
    auto v = body.initStaffVetted();
    v.setStaff(staff.value);
    v.setClear(true);
    v.setQueryReference(reference);
    v.setDay(when.value);
  });
}

EventId place_staff(Tablet& tablet, Day from, Day to, StaffId staff, SiteId site,
                    const std::string& purpose) {
  return tablet.add(from, [=](Body body) {
    auto p = body.initStaffPlaced();
    p.setStaff(staff.value);
    p.setSite(site.value);
    p.setPurpose(purpose);
    auto interval = p.initInterval();
    interval.setFromDay(from.value);
    interval.setToDay(to.value);
  });
}

// --- people ------------------------------------------------------------------------------------

Identity child_born(Identity identity, CivilDate birth) {
  identity.data.birth_date = birth;
  return identity;
}

EventId name_guardian(Tablet& tablet, Day when, PersonId child, PersonId guardian) {
  return tablet.add(when, [=](Body body) {
    auto h = body.initHouseholdChanged();
    h.setPerson(child.value);
    h.setMember(guardian.value);
    h.setRelation("parent");
    h.setGuardian(true);
  });
}

EventId decide_same(Tablet& tablet, Day when, PersonId first, PersonId second,
                    const std::string& reason) {
  EventDraft draft = tablet.draft(when);
  draft.causes = {EventId{first.value}, EventId{second.value}};
  draft.body = [=](Body body) {
    auto d = body.initPersonLinkDecided();
    d.setFirst(first.value);
    d.setSecond(second.value);
    d.setSame(true);
    d.setReason(reason);
  };
  return tablet.add(std::move(draft));
}

// --- volunteers --------------------------------------------------------------------------------

VolunteerId enrol_volunteer(Tablet& tablet, Day when, PersonId person, OrganisationId team,
                            const std::string& skill, VolunteerId referred_by) {
  return entity_cast<VolunteerId>(tablet.add(when, [=](Body body) {
    auto v = body.initVolunteerEnrolled();
    v.setPerson(person.value);
    v.setTeam(team.value);
    if (!skill.empty()) v.initSkills(1).set(0, skill);
    v.setReferredBy(referred_by.value);
    v.setDay(when.value);
  }));
}

EventId cover_volunteers(Tablet& tablet, Day from, const CoverDraft& draft) {
  return tablet.add(from, [=](Body body) {
    auto c = body.initInsuranceCovered();
    c.setPolicyNumber(draft.policy_number);
    c.setInsurer(draft.insurer);
    set_ids(c.initInsured(count_of(draft.insured)), draft.insured);
    c.setFromDay(from.value);
    c.setToDay(draft.to.value);
    c.setFund(draft.fund.value);
    c.setPremiumFen(draft.premium_fen);
  });
}

EventId complete_training(Tablet& tablet, Day when, const std::vector<PersonId>& persons,
                          const TrainingDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto t = body.initTrainingCompleted();
    t.setSession(draft.session.value);
    t.setKind(draft.kind);
    set_ids(t.initPersons(count_of(persons)), persons);
    t.setMinutes(draft.minutes);
    t.setResult(draft.result);
    t.setCertificate(draft.certificate);
    t.setDay(when.value);
  });
}

EventId check_in(Tablet& tablet, Day when, const DutyDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto d = body.initDutyCheckedIn();
    d.setVolunteer(draft.volunteer.value);
    d.setOrder(draft.order.value);
    d.setSession(draft.session.value);
    d.setDay(when.value);
    d.setInMinute(static_cast<std::uint16_t>(draft.in_minute));
    d.setOutMinute(static_cast<std::uint16_t>(draft.out_minute));
    d.setMode(draft.mode);
    d.setMethod(draft.method);
    d.setKind(draft.kind);
    d.setPhysicalRisk(draft.physical_risk);
    d.setWithMinors(draft.with_minors);
  });
}

EventId record_hours(Tablet& tablet, Day when, VolunteerId volunteer, EventId duty,
                     std::uint32_t minutes) {
  return tablet.add(when, [=](Body body) {
    auto h = body.initHoursRecorded();
    h.setVolunteer(volunteer.value);
    h.setDuty(duty.value);
    h.setMinutes(minutes);
    h.setDay(when.value);
    h.setMethod(schema::HoursRecorded::Method::CHECK_IN_OUT);
  });
}

EventId confirm_hours(Tablet& tablet, Day when, EventId record, std::uint32_t accepted,
                      std::uint32_t refused, const std::string& reason) {
  return tablet.add(when, [=](Body body) {
    auto h = body.initHoursConfirmed();
    h.setRecord(record.value);
    h.setAcceptedMinutes(accepted);
    h.setRefusedMinutes(refused);
    h.setReason(reason);
  });
}

// --- delivery ----------------------------------------------------------------------------------

SessionId plan_session(Tablet& tablet, Day decided, const PlanDraft& draft) {
  return entity_cast<SessionId>(tablet.add(decided, [=](Body body) {
    auto p = body.initSessionPlanned();
    p.setKind(draft.kind);
    p.setTitle(draft.title);
    p.setRoom(draft.room);
    p.setDay(draft.day.value);
    p.setFromMinute(static_cast<std::uint16_t>(draft.from_minute));
    p.setToMinute(static_cast<std::uint16_t>(draft.to_minute));
    p.setCapacity(draft.capacity);
    p.setLeader(draft.leader);
    p.setObligation(draft.obligation.value);
    p.setContract(draft.contract.value);
    auto shares = p.initShares(count_of(draft.shares));
    for (unsigned i = 0; i < shares.size(); ++i) {
      shares[i].setFund(draft.shares[i].first.value);
      shares[i].setPermille(draft.shares[i].second);
    }
    p.setWithMinors(draft.with_minors);
  }));
}

EventId deliver_service(Tablet& tablet, Day when, const ServiceDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind(draft.kind);
    set_ids(s.initPersons(count_of(draft.persons)), draft.persons);
    s.setAnonymous(draft.anonymous);
    s.setQuantity(static_cast<std::int64_t>(draft.persons.size()) + draft.anonymous);
    s.setUnit(draft.unit);
    s.setMinutes(draft.minutes);
    s.setStaff(draft.staff.value);
    s.setContract(draft.contract.value);
  });
}

// --- what is made known, judged and decided ----------------------------------------------------

EventId publish_notice(Tablet& tablet, Day from, const NoticeDraft& draft) {
  return tablet.add(from, [=](Body body) {
    auto n = body.initNoticePublished();
    n.setKind(draft.kind);
    n.setSubject(draft.subject);
    n.setTitle(draft.title);
    n.setPlace(draft.place);
    n.setFromDay(from.value);
    n.setToDay(from.value + draft.days - 1);
    n.setYear(draft.year);
  });
}

EventId confer_honour(Tablet& tablet, Day when, const HonourDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto h = body.initHonourConferred();
    h.setRecipient(draft.recipient);
    h.setRecipientIsOrganisation(draft.to_organisation);
    h.setTitle(draft.title);
    h.setGrade(draft.grade);
    h.setIssuer(draft.issuer);
    h.setDay(when.value);
    h.setYear(static_cast<std::uint16_t>(to_civil(when).year));
  });
}

EventId issue_evaluation(Tablet& tablet, Day when, const EvaluationDraft& draft) {
  return tablet.add(when, [=](Body body) {
    auto e = body.initEvaluationIssued();
    e.setEvaluator(draft.evaluator.value);
    e.setSubject(draft.subject.value);
    e.setProgramme(draft.programme.value);
    auto interval = e.initInterval();
    interval.setFromDay(draft.from.value);
    interval.setToDay(draft.to.value);
    e.setGrade(draft.grade);
    auto scores = e.initScores(1);
    scores[0].setIndicator("performance");
    scores[0].setPoints(draft.points);
    scores[0].setPointsMax(100);
  });
}

EventId survey(Tablet& tablet, Day when, std::uint64_t target, std::uint64_t respondent,
               int points) {
  return tablet.add(when, [=](Body body) {
    auto s = body.initSatisfactionSurveyed();
    s.setTarget(target);
    // What stands here is a hash of an invented respondent.
    const std::string invented =
        "respondent " + std::to_string(respondent) + " of " + std::to_string(target);
    const Hash hash = sha256(as_bytes(invented));
    s.setRespondentIndex(capnp::Data::Reader(hash.bytes.data(), 16));
    auto answers = s.initAnswers(1);
    answers[0].setQuestion("content");
    answers[0].setPoints(points);
    answers[0].setPointsMax(5);
    s.setAttended(true);
  });
}

EventId decide_held(Tablet& tablet, Day when, EventId target, bool released,
                    const std::string& reason) {
  return tablet.add(when, [=](Body body) {
    auto d = body.initHeldEventDecided();
    d.setTarget(target.value);
    d.setReleased(released);
    d.setReason(reason);
  });
}

EventId retract(Tablet& tablet, Day when, EventId target, StaffId approver,
                const std::string& reason) {
  EventDraft draft = tablet.draft(when);
  draft.causes = {target};
  draft.body = [=](Body body) {
    auto r = body.initEventRetracted();
    r.setTarget(target.value);
    r.setReason(reason);
    r.setApprover(approver.value);
  };
  return tablet.add(std::move(draft));
}

EventId correct_number(Tablet& tablet, Day when, EventId target,
                       schema::EventCorrected::Field field, std::int64_t number, StaffId approver,
                       const std::string& reason) {
  EventDraft draft = tablet.draft(when);
  draft.causes = {target};
  draft.body = [=](Body body) {
    auto c = body.initEventCorrected();
    c.setTarget(target.value);
    c.setReason(reason);
    c.setApprover(approver.value);
    auto changes = c.initChanges(1);
    changes[0].setField(field);
    changes[0].setNumber(number);
  };
  return tablet.add(std::move(draft));
}

EventId issue_finding(Tablet& auditor, Day when, const FindingDraft& draft) {
  return auditor.add(when, [=](Body body) {
    auto f = body.initFindingIssued();
    f.setCode(draft.code);
    f.setLaw(draft.law);
    f.setAmountFen(draft.amount_fen);
    set_ids(f.initEvents(count_of(draft.events)), draft.events);
    f.setResponsible(draft.responsible.value);
    f.setDeadlineDay(draft.deadline.value);
  });
}

EventId resolve_finding(Tablet& tablet, Day when, EventId finding, const std::string& action,
                        const std::vector<EventId>& proof) {
  return tablet.add(when, [=](Body body) {
    auto r = body.initFindingResolved();
    r.setFinding(finding.value);
    r.setAction(action);
    set_ids(r.initProof(count_of(proof)), proof);
  });
}

void report_published(Tablet& tablet, const Pack& pack, const std::string& to_whom) {
  for (const PackFigure& figure : pack.figures) {
    tablet.add(pack.to, [=, id = figure.id, label = figure.label.zh, value = figure.value,
                         sign = std::string(sign_of(figure.comparator)), unit = figure.unit,
                         as_of = pack.to](Body body) {
      auto f = body.initFigureReported();
      f.setFigure(id);
      f.setPhrase(label);
      f.setValue(value);
      f.setComparator(sign);
      f.setUnit(unit);
      f.setAsOfDay(as_of.value);
      f.setToWhom(to_whom);
    });
  }
}

}  // namespace houniao::stage
