// How the district sets out: the programme first, so that everything after it carries it, then
// bodies, staff, places, tablets, and where the money comes from.
#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

const Day kStart = on(2019, 1, 1);

OrganisationId body(Story& s, const std::string& kind, const std::string& name,
                    const std::string& level, OrganisationId parent = {}) {
  return register_body(*s.director, kStart,
                       {.kind = kind,
                        .name = name,
                        .level = level,
                        .region = kRegion,
                        .uscc = {},
                        .parent = parent});
}

// A body with a social credit code, and with an account where it is to be paid.
OrganisationId coded_body(Story& s, const std::string& kind, const std::string& name,
                          const std::string& code_kind, bool paid, std::string* keep = nullptr) {
  const std::string uscc = s.company.identities.uscc(code_kind, kRegion);
  if (keep != nullptr) *keep = uscc;
  const OrganisationId id = register_body(*s.director, kStart,
                                          {.kind = kind,
                                           .name = name,
                                           .level = "district",
                                           .region = kRegion,
                                           .uscc = uscc,
                                           .parent = {}});
  if (paid) verify_account(*s.director, kStart, id, uscc);
  return id;
}

std::vector<OrganisationId> bodies(Story& s, int count, const std::string& kind,
                                   const std::string& name, OrganisationId parent = {}) {
  std::vector<OrganisationId> out;
  for (int i = 0; i < count; ++i) {
    out.push_back(body(s, kind, name + std::to_string(i + 1), "district", parent));
  }
  return out;
}

// Duty of volunteers is preceded by training (志愿服务条例 16); the programme gives no points.
void publish_duty_rules(Story& s) {
  s.director->add(kStart, [programme = s.programme](Body body) {
    auto p = body.initPolicyVersionPublished();
    p.setProgramme(programme.value);
    p.setKind(schema::PolicyVersionPublished::Kind::POINTS);
    p.setVersion(2);
    p.setValidFromDay(kStart.value);
    p.setTrainingBeforeDuty(true);
  });
}

void open_programmes(Story& s) {
  Tablet& tablet = *s.director;
  const Pack& pack = s.pack();
  s.programme = open_programme(tablet, pack, pack.code, {}, s.scope("district"));
  tablet.programme = s.programme;
  publish_pack(tablet, pack, s.programme);
  publish_duty_rules(s);
  for (Community& community : s.communities) {
    community.programme =
        open_programme(tablet, pack, "c_" + community.code, s.programme, community.scope);
    publish_pack(tablet, pack, community.programme);
  }
}

void register_bodies(Story& s) {
  s.league = coded_body(s, "league_body", "区团委", "11", false);
  s.treasury = coded_body(s, "government", "区财政部门", "11", false);
  s.personnel = coded_body(s, "government", "区组织部门", "11", false);
  s.evaluator = coded_body(s, "third_party", "第三方评估机构", "52", false);
  s.insurer = coded_body(s, "firm", "承保单位", "91", true, &s.insurer_uscc);
  s.campaign = body(s, "campaign", "护河巡防行动", "district", s.league);
  s.townships = bodies(s, s.numbers.townships, "township", "镇街");
  s.departments = bodies(s, s.numbers.departments, "department", "区直部门");
  s.schools = bodies(s, s.numbers.schools, "school", "学校");
  s.universities = bodies(s, 6, "university", "高校");
  s.lecturer_teams = bodies(s, 3, "lecturer_team", "宣讲队", s.league);
  for (std::size_t i = 0; i < kPatrolTeams; ++i) {
    s.welfare[i] =
        coded_body(s, "welfare_organisation", "公益组织" + std::to_string(i + 1), "51", false);
  }
  for (std::size_t i = 0; i < kCommunities; ++i) {
    s.communities[i].contractor =
        coded_body(s, "social_work_agency", "社工机构" + std::to_string(i + 1), "52", true);
  }
  for (int i = 0; i < s.numbers.branches; ++i) {
    const OrganisationId parent = s.townships[static_cast<std::size_t>(i) % s.townships.size()];
    s.branches.push_back(
        body(s, "village_branch", "村社区团支部" + std::to_string(i + 1), "village", parent));
  }
}

void engage_offices(Story& s) {
  const auto hire = [&](OrganisationId employer, const std::string& post) {
    return engage(*s.director, kStart,
                  {.employer = employer,
                   .post = post,
                   .full_time = true,
                   .channel = "appointed",
                   .person = {}});
  };
  s.director_staff = hire(s.league, "league_secretary");
  s.clerk_staff = hire(s.league, "clerk");
  s.officer_staff = hire(s.league, "project_officer");
  s.secretary_staff = hire(s.league, "deputy_secretary");
  s.finance_staff = hire(s.league, "accountant");
  s.auditor_staff = hire(s.treasury, "auditor");
  for (std::size_t i = 0; i < kPatrolTeams; ++i) {
    s.patrol_staff[i] = hire(s.welfare[i], "team_leader");
  }
  for (StaffId& staff : s.centre_staff) staff = hire(s.league, "centre_worker");
  for (StaffId& leader : s.camp_leaders) leader = hire(s.league, "camp_leader");
  s.university_staff = hire(s.league, "university_liaison");
  s.training_staff = hire(s.league, "training_organiser");
  for (Community& community : s.communities) {
    community.manager = hire(community.contractor, "project_manager");
  }
}

void open_places(Story& s) {
  const Day opened = on(2019, 2, 1);
  const auto open = [&](const PackSite& site, OrganisationId by, StaffId keeper) {
    return open_site(*s.director, s.pack(), site, opened,
                     {.area_dm2_override = 0, .operated_by = by, .keeper = keeper});
  };
  s.centre = open(s.site_of("district_centre"), s.league, s.director_staff);
  s.base = open(s.site_of("trade_base"), s.league, s.training_staff);
  for (Community& community : s.communities) {
    community.site = open(s.site_of(community.code), community.contractor, community.manager);
  }
  for (const PackSite& site : s.pack().sites) {
    if (!site.category.starts_with("youth_home")) continue;
    s.youth_homes.push_back(open(site, s.league, s.centre_staff[0]));
  }
}

struct Seat {
  Tablet** place;
  std::string label;
  schema::Role role;
  std::vector<ScopeId> scopes;  // the first is where its events go
  StaffId holder;
  OrganisationId organisation;
  SiteId site;
};

Result<void> sit_down(Story& s, const Seat& seat, ProgrammeId programme, bool whole_log = false) {
  auto tablet = s.company.enrol({seat.label, seat.role, seat.scopes, seat.holder.value, whole_log});
  if (!tablet) return tablet.error();
  *seat.place = *tablet;
  (*tablet)->organisation = seat.organisation;
  (*tablet)->programme = programme;
  (*tablet)->scope = seat.scopes.empty() ? kScopeCommons : seat.scopes.front();
  (*tablet)->site = seat.site;
  return {};
}

Result<void> enrol_communities(Story& s) {
  using Role = schema::Role;
  const ScopeId finance = s.scope("finance");
  for (std::size_t i = 0; i < kCommunities; ++i) {
    Community& c = s.communities[i];
    const std::string name = "community " + std::to_string(i + 1) + " tablet ";
    HOUNIAO_TRY(sit_down(s,
                         {&c.tablet,
                          name + "1",
                          Role::SUPERVISOR,
                          {c.scope, finance},
                          c.manager,
                          c.contractor,
                          c.site},
                         c.programme));
    if (i % 2 != 0) continue;
    HOUNIAO_TRY(sit_down(
        s, {&c.second, name + "2", Role::FIELD, {c.scope}, c.workers.front(), c.contractor, c.site},
        c.programme));
  }
  return {};
}

Result<void> enrol_offices(Story& s) {
  using Role = schema::Role;
  const ScopeId district = s.scope("district");
  const ScopeId finance = s.scope("finance");
  const ScopeId volunteering = s.scope("volunteering");
  std::vector<ScopeId> buyer{finance, district};
  for (const Community& community : s.communities) buyer.push_back(community.scope);
  const std::vector<Seat> seats = {
      {&s.clerk,
       "district tablet 2",
       Role::FIELD,
       {district, finance},
       s.clerk_staff,
       s.league,
       s.centre},
      {&s.officer, "buyer tablet 1", Role::SUPERVISOR, buyer, s.officer_staff, s.league, {}},
      {&s.secretary, "buyer tablet 2", Role::SUPERVISOR, buyer, s.secretary_staff, s.league, {}},
      {&s.finance, "finance tablet", Role::FINANCE, {finance}, s.finance_staff, s.league, {}},
      {&s.university,
       "university tablet",
       Role::FIELD,
       {s.scope("university")},
       s.university_staff,
       s.league,
       {}},
      {&s.training,
       "training tablet",
       Role::FIELD,
       {s.scope("training")},
       s.training_staff,
       s.league,
       s.base},
      {&s.camps, "camp tablet", Role::FIELD, {s.scope("camps")}, s.camp_leaders[0], s.league, {}},
      {&s.volunteering[0],
       "youth home tablet 1",
       Role::FIELD,
       {volunteering},
       s.centre_staff[0],
       s.league,
       {}},
      {&s.volunteering[1],
       "youth home tablet 2",
       Role::FIELD,
       {volunteering},
       s.centre_staff[1],
       s.league,
       {}},
  };
  for (const Seat& seat : seats) HOUNIAO_TRY(sit_down(s, seat, s.programme));
  for (std::size_t i = 0; i < kPatrolTeams; ++i) {
    HOUNIAO_TRY(sit_down(s,
                         {&s.patrol[i],
                          "patrol tablet " + std::to_string(i + 1),
                          Role::FIELD,
                          {s.scope("patrol")},
                          s.patrol_staff[i],
                          s.welfare[i],
                          {}},
                         s.programme));
  }
  return sit_down(s, {&s.auditor, "auditor", Role::AUDITOR, {}, s.auditor_staff, s.treasury, {}},
                  s.programme, true);
}

}  // namespace

Result<void> found_district(Story& s) {
  std::vector<ScopeId> every_scope;
  for (const PackScope& scope : s.pack().scopes) every_scope.push_back(ScopeId{scope.id});
  // The secretary's own tablet starts as a shared one: nobody can be named before the first event.
  auto director =
      s.company.enrol({"district tablet 1", schema::Role::SUPERVISOR, every_scope, 0, false});
  if (!director) return director.error();
  s.director = *director;
  open_programmes(s);
  register_bodies(s);
  engage_offices(s);
  open_places(s);
  s.director->actor = s.director_staff.value;
  s.director->organisation = s.league;
  // Whom the second tablet of a community is given to.
  for (Community& community : s.communities) {
    community.workers.push_back(engage(*s.director, on(2019, 3, 1),
                                       {.employer = community.contractor,
                                        .post = "social_worker",
                                        .full_time = true,
                                        .channel = "project_post",
                                        .person = {}}));
    s.social_workers.push_back(community.workers.front());
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  s.director->scope = s.scope("district");
  HOUNIAO_TRY(enrol_offices(s));
  HOUNIAO_TRY(enrol_communities(s));
  s.company.tell(
      std::to_string(s.company.tablets().size()) +
      " 台平板入网，区、镇街、村社区组织与阵地建立 / tablets enrolled; bodies and places "
      "of the district are set up");
  return {};
}

Result<void> open_funds(Story& s) {
  for (const PackFund& fund : s.pack().funds) {
    s.funds.emplace_back(fund.code, establish_fund(*s.finance, fund, s.treasury));
  }
  receive_money(*s.finance, on(2019, 3, 8), s.fund("league_special"), s.treasury, 90'000'000);
  receive_money(*s.finance, on(2020, 6, 15), s.fund("community_purchase"), s.treasury, 75'000'000);
  receive_money(*s.finance, on(2020, 5, 20), s.fund("partner_support"), s.insurer, 5'000'000);
  allocate_money(*s.finance, on(2019, 3, 12), s.fund("league_special"), s.programme, 60'000'000);
  return s.finance->sync(kSyncTimeout);
}

}  // namespace houniao::programme_c
