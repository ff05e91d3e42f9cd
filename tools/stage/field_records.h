// Short forms of what staff, volunteers and their coordinators record, beside those of records.h:
// status and credentials of bodies, posts that end, placements, guardians, volunteers on duty,
// plans, services, notices. Each puts one event on the tablet's pile and returns its id; nothing is
// sent before the tablet saves and syncs. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/stage/records.h"

namespace houniao::stage {

inline Day days_after(Day day, std::int64_t days) {
  return Day{day.value + static_cast<std::int32_t>(days)};
}

// While this lives, what the tablet writes names another scope, place and programme than its own.
// The tablet outlives it.
class Elsewhere {
 public:
  Elsewhere(Tablet& tablet, ScopeId scope, SiteId site = {}, ProgrammeId programme = {})
      : tablet_(tablet), scope_(tablet.scope), site_(tablet.site), programme_(tablet.programme) {
    tablet_.scope = scope;
    tablet_.site = site;
    if (programme) tablet_.programme = programme;
  }
  ~Elsewhere() {
    tablet_.scope = scope_;
    tablet_.site = site_;
    tablet_.programme = programme_;
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;

 private:
  Tablet& tablet_;
  ScopeId scope_;
  SiteId site_;
  ProgrammeId programme_;
};

// --- bodies ------------------------------------------------------------------------------------

using BodyStatus = schema::OrganisationStatusChanged::Status;
EventId change_status(Tablet& tablet, Day when, OrganisationId organisation, BodyStatus status);
// A rating is valid for five years (社会组织评估, 部令39号).
EventId record_rating(Tablet& tablet, Day from, OrganisationId organisation,
                      const std::string& rating, const std::string& issuer);
AgreementId sign_agreement(Tablet& tablet, Day from, Day to,
                           const std::vector<OrganisationId>& parties, const std::string& fields);
// The end of what join() and appoint() of records.h began.
EventId leave(Tablet& tablet, Day when, std::uint64_t member, std::uint64_t group,
              const std::string& role, bool member_is_organisation = false);
EventId end_appointment(Tablet& tablet, Day when, PersonId person, const std::string& post,
                        std::uint64_t body, const std::string& concurrent_with = {});

struct ElectionDraft {
  OrganisationId body;
  std::uint32_t seats = 1;
  std::uint32_t electorate = 0;
  std::uint32_t turnout = 0;
  std::vector<PersonId> elected;
};
EventId hold_election(Tablet& tablet, Day when, const ElectionDraft& draft);

// --- staff -------------------------------------------------------------------------------------

EventId release_staff(Tablet& tablet, Day last_day, StaffId staff);
EventId vet_staff(Tablet& tablet, Day when, StaffId staff, const std::string& reference);
EventId place_staff(Tablet& tablet, Day from, Day to, StaffId staff, SiteId site,
                    const std::string& purpose);

// --- people ------------------------------------------------------------------------------------

// A child's or a young person's identity: a birth date, no document.
Identity child_born(Identity identity, CivilDate birth);
EventId name_guardian(Tablet& tablet, Day when, PersonId child, PersonId guardian);
EventId decide_same(Tablet& tablet, Day when, PersonId first, PersonId second,
                    const std::string& reason);

// --- volunteers --------------------------------------------------------------------------------

VolunteerId enrol_volunteer(Tablet& tablet, Day when, PersonId person, OrganisationId team,
                            const std::string& skill, VolunteerId referred_by = {});
struct CoverDraft {
  std::string policy_number;
  std::string insurer;
  std::vector<VolunteerId> insured;
  Day to;
  FundId fund;
  std::int64_t premium_fen = 0;
};
EventId cover_volunteers(Tablet& tablet, Day from, const CoverDraft& draft);

struct TrainingDraft {
  SessionId session;
  std::string kind;
  std::uint32_t minutes = 0;
  schema::TrainingCompleted::Result result = schema::TrainingCompleted::Result::PASSED;
  std::string certificate;
};
EventId complete_training(Tablet& tablet, Day when, const std::vector<PersonId>& persons,
                          const TrainingDraft& draft);

struct DutyDraft {
  VolunteerId volunteer;
  SessionId session;
  std::string kind;
  int in_minute = 0;
  int out_minute = 0;
  bool physical_risk = false;
  bool with_minors = false;
  OrderId order = {};
  schema::DutyCheckedIn::Mode mode = schema::DutyCheckedIn::Mode::CONCENTRATED;
  schema::DutyCheckedIn::Method method = schema::DutyCheckedIn::Method::FACE_TO_FACE;
};
EventId check_in(Tablet& tablet, Day when, const DutyDraft& draft);
EventId record_hours(Tablet& tablet, Day when, VolunteerId volunteer, EventId duty,
                     std::uint32_t minutes);
EventId confirm_hours(Tablet& tablet, Day when, EventId record, std::uint32_t accepted,
                      std::uint32_t refused = 0, const std::string& reason = {});

// --- delivery ----------------------------------------------------------------------------------

struct PlanDraft {
  std::string kind;
  std::string title;
  Day day;
  int from_minute = 0;
  int to_minute = 0;
  std::uint32_t capacity = 0;
  std::uint64_t leader = 0;
  ObligationId obligation;
  ContractId contract;
  bool with_minors = false;
  std::string room = {};
  std::vector<std::pair<FundId, std::uint16_t>> shares = {};  // who pays for it, in permille
};
SessionId plan_session(Tablet& tablet, Day decided, const PlanDraft& draft);

struct ServiceDraft {
  std::string kind;
  std::vector<PersonId> persons;
  std::uint32_t anonymous = 0;
  std::string unit = "person_time";
  std::uint32_t minutes = 0;
  StaffId staff;
  ContractId contract;
};
EventId deliver_service(Tablet& tablet, Day when, const ServiceDraft& draft);

// --- what is made known, judged and decided ----------------------------------------------------

struct NoticeDraft {
  std::string kind;
  std::string title;
  std::string place;
  std::uint64_t subject = 0;
  std::int32_t days = 8;  // that it is posted
  std::uint16_t year = 0;
};
EventId publish_notice(Tablet& tablet, Day from, const NoticeDraft& draft);

struct HonourDraft {
  std::uint64_t recipient = 0;
  bool to_organisation = true;
  std::string title;
  std::string grade;
  std::string issuer;
};
EventId confer_honour(Tablet& tablet, Day when, const HonourDraft& draft);

struct EvaluationDraft {
  OrganisationId evaluator;
  OrganisationId subject;
  ProgrammeId programme;
  Day from;
  Day to;
  std::string grade;
  int points = 0;  // of a hundred
};
EventId issue_evaluation(Tablet& tablet, Day when, const EvaluationDraft& draft);
// One respondent's answer to one question, points of five. `respondent` tells people apart.
EventId survey(Tablet& tablet, Day when, std::uint64_t target, std::uint64_t respondent,
               int points);

EventId decide_held(Tablet& tablet, Day when, EventId target, bool released,
                    const std::string& reason);
EventId retract(Tablet& tablet, Day when, EventId target, StaffId approver,
                const std::string& reason);
EventId correct_number(Tablet& tablet, Day when, EventId target,
                       schema::EventCorrected::Field field, std::int64_t number, StaffId approver,
                       const std::string& reason);
struct FindingDraft {
  std::string code;
  std::string law;
  std::vector<EventId> events;
  OrganisationId responsible;
  Day deadline;
  std::int64_t amount_fen = 0;
};
EventId issue_finding(Tablet& auditor, Day when, const FindingDraft& draft);
EventId resolve_finding(Tablet& tablet, Day when, EventId finding, const std::string& action,
                        const std::vector<EventId>& proof);
// Every figure of the pack as it was published, on the pack's last day.
void report_published(Tablet& tablet, const Pack& pack, const std::string& to_whom);

}  // namespace houniao::stage
