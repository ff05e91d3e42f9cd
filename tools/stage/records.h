// Short forms of the events that every played programme records. Each puts one event on the
// tablet's pile and returns its id; nothing is sent before the tablet saves and syncs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/stage/company.h"

namespace houniao::stage {

using Body = schema::Event::Body::Builder;

struct BodyDraft {
  std::string kind;  // code of the pack
  std::string name;
  std::string level;
  std::uint32_t region = 0;
  std::string uscc;
  OrganisationId parent;
};
OrganisationId register_body(Tablet& tablet, Day when, const BodyDraft& draft);
// A body that can be paid (I7): its code checked and an account verified, both valid for ten years.
void verify_account(Tablet& tablet, Day when, OrganisationId organisation, const std::string& uscc);

struct StaffDraft {
  OrganisationId employer;
  std::string post;
  bool full_time = true;
  std::string channel = "recruited";
  PersonId person;
};
StaffId engage(Tablet& tablet, Day from, const StaffDraft& draft);

// The programme of the company's pack, or with another `code` one below it.
ProgrammeId open_programme(Tablet& tablet, const Pack& pack, const std::string& code,
                           ProgrammeId parent, ScopeId scope);
// The pack itself as version 1 of the programme's rules, with what replay needs of them.
void publish_pack(Tablet& tablet, const Pack& pack, ProgrammeId programme);

struct Opening {
  std::uint32_t area_dm2_override = 0;  // 0: the pack's
  OrganisationId operated_by;
  StaffId keeper;
  std::vector<int> weekdays = {1, 2, 3, 4, 5, 6, 7};  // 1 is Monday
  int from_minute = 8 * 60;
  int to_minute = 22 * 60;
  std::uint32_t room_capacity = 0;  // 0: no room is described
};
SiteId open_site(Tablet& tablet, const Pack& pack, const PackSite& site, Day from,
                 const Opening& opening);

ObligationId define_obligation(Tablet& tablet, ProgrammeId programme, const PackObligation& of);

// Registers a person with sealed name and phone (and document, when the identity has one).
PersonId register_person(Tablet& tablet, Day when, const Identity& identity,
                         OrganisationId employer = {}, SiteId residence = {});
// A guardian's or the person's own consent.
EventId consent(Tablet& tablet, Day when, PersonId person, const std::string& purpose,
                PersonId guardian = {});

void join(Tablet& tablet, Day when, std::uint64_t member, std::uint64_t group,
          const std::string& role, bool member_is_organisation = false);
EventId appoint(Tablet& tablet, Day when, PersonId person, const std::string& post,
                std::uint64_t body, const std::string& concurrent_with = {});

struct SessionDraft {
  std::string kind;
  std::uint32_t headcount = 0;
  schema::SessionHeld::CountingMethod method = schema::SessionHeld::CountingMethod::COUNTED;
  int from_minute = 19 * 60;
  int to_minute = 21 * 60;
  std::uint64_t leader = 0;
  std::vector<std::string> tags;
  ContractId contract;
  SessionId planned;
};
SessionId hold_session(Tablet& tablet, Day when, const SessionDraft& draft);
// Sign-ins by name (at most as many as one event holds, split as needed) and those without a name.
void attend(Tablet& tablet, Day when, SessionId session, const std::vector<PersonId>& persons,
            std::uint32_t anonymous = 0);

}  // namespace houniao::stage
