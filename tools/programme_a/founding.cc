// How the centre comes to be: the programme first, then bodies, staff, sites, promises and tablets.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

const Day kFounded = on(2014, 6, 2);

OrganisationId body(Story& story, const std::string& kind, const std::string& name,
                    const std::string& uscc_kind = {}, OrganisationId parent = {}) {
  stage::BodyDraft draft;
  draft.kind = kind;
  draft.name = name;
  draft.level = uscc_kind == "11" ? "district" : "community";
  draft.region = story.pack().region;
  if (!uscc_kind.empty()) draft.uscc = story.company.identities.uscc(uscc_kind, draft.region);
  draft.parent = parent;
  return stage::register_body(*story.cast.director, kFounded, draft);
}

// A body that is paid: known by its code, its account verified.
OrganisationId payee(Story& story, const std::string& kind, const std::string& name,
                     const std::string& uscc_kind, std::string& uscc) {
  stage::BodyDraft draft;
  draft.kind = kind;
  draft.name = name;
  draft.region = story.pack().region;
  draft.uscc = uscc = story.company.identities.uscc(uscc_kind, draft.region);
  const OrganisationId id = stage::register_body(*story.cast.director, kFounded, draft);
  stage::verify_account(*story.cast.director, kFounded, id, uscc);
  return id;
}

void open_programmes(Story& story) {
  Tablet& tablet = *story.cast.director;
  const Pack& pack = story.pack();
  const Company& company = story.company;
  story.programme = stage::open_programme(tablet, pack, pack.code, {}, company.scope("centre"));
  tablet.programme = story.programme;
  const auto below = [&](const std::string& code, const std::string& scope) {
    return stage::open_programme(tablet, pack, code, story.programme, company.scope(scope));
  };
  // Four brands and three special services; the money has a scope of its own.
  below("a_training", "centre");
  below("a_volunteering", "centre");
  below("a_friendship", "alliance");
  below("a_emergency_help", "estate");
  story.social_work = below("a_social_work", "casework");
  story.film = below("a_film", "centre");
  story.reading = below("a_reading", "library");
  below("a_money", "finance");
  stage::publish_pack(tablet, pack, story.programme);
}

void register_bodies(Story& story) {
  story.zone = body(story, "zone_league", "开发区团工委", "11");
  story.district = body(story, "district_league", "江宁区团委", "11");
  story.community_branch = body(story, "community_branch", "社区团支部", "", story.zone);
  story.station = body(story, "volunteer_station", "社区志愿者服务站", "", story.community_branch);
  story.alliance =
      body(story, "enterprise_alliance", "社区非公企业团建联盟", "", story.community_branch);
  story.residents_office = body(story, "estate_office", "公寓住户服务处");
  story.library = body(story, "library", "图书阅览室", "", story.station);
  std::string social_uscc;
  story.social_body = payee(story, "social_work_body", "高校社工服务社", "52", social_uscc);
  story.hospital = body(story, "partner_team", "医院志愿者队");
  story.university = body(story, "partner_team", "高校研究生志愿者协会");
  story.caterer = payee(story, "supplier", "活动承办单位", "91", story.caterer_uscc);
  story.builder = payee(story, "supplier", "装修及设备供应单位", "91", story.builder_uscc);
}

void register_firms(Story& story) {
  Tablet& tablet = *story.cast.director;
  stage::join(tablet, kFounded, story.community_branch.value, story.alliance.value, "core_branch",
              true);
  for (std::size_t i = 0; i < kFirms; ++i) {
    Firm& firm = story.firms[i];
    const std::string number = std::to_string(i + 1);
    firm.id = body(story, "firm", "用工企业" + number, "91");
    firm.branch =
        body(story, "enterprise_branch", "企业团支部" + number, "", story.community_branch);
    stage::join(tablet, kFounded, firm.branch.value, story.alliance.value, "member_branch", true);
  }
  for (const OrganisationId team : {story.hospital, story.university, story.social_body}) {
    stage::join(tablet, kFounded, team.value, story.station.value, "partner", true);
  }
}

StaffId engage(Story& story, OrganisationId employer, const std::string& post) {
  stage::StaffDraft draft;
  draft.employer = employer;
  draft.post = post;
  return stage::engage(*story.cast.director, kFounded, draft);
}

void open_sites(Story& story) {
  Tablet& tablet = *story.cast.director;
  const Pack& pack = story.pack();
  for (const PackSite& site : pack.sites) {
    stage::Opening opening;
    opening.operated_by = site.code == "estate" ? story.residents_office : story.station;
    opening.keeper = story.director;
    if (site.code == "estate") {
      opening.from_minute = 0;
      opening.to_minute = 24 * 60;
      story.estate = stage::open_site(tablet, pack, site, on(2014, 6, 2), opening);
    } else {
      opening.room_capacity = 130;
      story.centre = stage::open_site(tablet, pack, site, on(2014, 8, 1), opening);
    }
  }
  // The rooms by the square metres that they have.
  const std::array<std::pair<const char*, int>, 4> rooms = {{{"government_advice", 60},
                                                             {"counselling", 30},
                                                             {"reading_room", 80},
                                                             {"multi_purpose", 140}}};
  const stage::Elsewhere at(tablet, tablet.scope, story.centre);
  for (const auto& [name, square_metres] : rooms) {
    tablet.add(on(2014, 8, 1), [name = name, square_metres = square_metres](stage::Body b) {
      auto a = b.initAssetRecorded();
      a.setKind("room");
      a.setName(name);
      a.setQuantity(square_metres);
    });
  }
}

void promise(Story& story) {
  for (const PackObligation& obligation : story.pack().obligations) {
    const ObligationId id =
        stage::define_obligation(*story.cast.director, story.programme, obligation);
    if (obligation.code == "friendship_quarterly") story.friendship = id;
    if (obligation.code == "talk_half_yearly") story.talk = id;
    if (obligation.code == "party_each_holiday") story.party = id;
  }
}

struct Place {
  std::string label;
  schema::Role role;
  std::vector<ScopeId> scopes;  // the first is that of what the tablet writes
  SiteId site;
  OrganisationId organisation;
};

Result<Tablet*> enrol(Story& story, const Place& place, StaffId holder) {
  const bool whole_log = place.role == schema::Role::AUDITOR;
  auto tablet =
      story.company.enrol({place.label, place.role, place.scopes, holder.value, whole_log});
  if (!tablet) return tablet.error();
  (*tablet)->organisation = place.organisation;
  (*tablet)->programme = story.programme;
  (*tablet)->scope = whole_log ? kScopeCommons : place.scopes.front();
  (*tablet)->site = place.site;
  return tablet;
}

Result<void> enrol_cast(Story& story) {
  Cast& cast = story.cast;
  const ScopeId centre = story.company.scope("centre");
  const ScopeId estate = story.company.scope("estate");
  const ScopeId library = story.company.scope("library");
  const ScopeId casework = story.company.scope("casework");
  const ScopeId alliance = story.company.scope("alliance");
  const ScopeId finance = story.company.scope("finance");
  const auto take = [&](Tablet*& place, const Place& what, OrganisationId employer,
                        const std::string& post, StaffId* holder = nullptr) -> Result<void> {
    const StaffId staff = engage(story, employer, post);
    if (holder != nullptr) *holder = staff;
    HOUNIAO_TRY(cast.director->sync(kSyncTimeout));
    auto tablet = enrol(story, what, staff);
    if (!tablet) return tablet.error();
    place = *tablet;
    return {};
  };
  using Role = schema::Role;
  HOUNIAO_TRY(take(cast.clerk,
                   {"centre tablet 2",
                    Role::FIELD,
                    {centre, estate, library, alliance, finance},
                    story.centre,
                    story.station},
                   story.station, "clerk", &story.clerk));
  for (std::size_t i = 0; i < kDesks; ++i) {
    HOUNIAO_TRY(take(cast.desks[i],
                     {"estate desk " + std::to_string(i + 1),
                      Role::FIELD,
                      {estate},
                      story.estate,
                      story.residents_office},
                     story.residents_office, "desk_clerk"));
  }
  HOUNIAO_TRY(take(cast.librarian,
                   {"library tablet", Role::FIELD, {library, estate}, story.centre, story.station},
                   story.station, "librarian"));
  HOUNIAO_TRY(take(
      cast.social_worker,
      {"casework tablet", Role::FIELD, {casework, estate, centre}, story.centre, story.social_body},
      story.social_body, "social_worker", &story.social_worker));
  HOUNIAO_TRY(take(cast.case_supervisor,
                   {"supervision tablet", Role::SUPERVISOR, {casework}, {}, story.social_body},
                   story.social_body, "case_supervisor", &story.case_supervisor));
  HOUNIAO_TRY(take(cast.roster,
                   {"roster tablet", Role::FIELD, {centre, estate}, story.centre, story.station},
                   story.station, "volunteer_leader", &story.roster));
  HOUNIAO_TRY(take(cast.alliance,
                   {"alliance tablet", Role::FIELD, {alliance, centre, estate}, {}, story.alliance},
                   story.alliance, "alliance_secretary"));
  HOUNIAO_TRY(take(cast.officer,
                   {"zone tablet", Role::SUPERVISOR, {finance, centre}, {}, story.zone}, story.zone,
                   "project_officer", &story.officer));
  HOUNIAO_TRY(take(cast.secretary,
                   {"district tablet", Role::SUPERVISOR, {finance, centre}, {}, story.district},
                   story.district, "secretary", &story.secretary));
  HOUNIAO_TRY(take(cast.finance, {"finance tablet", Role::FINANCE, {finance}, {}, story.zone},
                   story.zone, "accountant"));
  HOUNIAO_TRY(take(cast.auditor, {"auditor", Role::AUDITOR, {}, {}, story.district}, story.district,
                   "auditor"));
  cast.social_worker->programme = story.social_work;
  cast.case_supervisor->programme = story.social_work;
  cast.librarian->programme = story.reading;
  return {};
}

}  // namespace

Result<void> found(Story& story) {
  std::vector<ScopeId> every_scope;
  for (const PackScope& scope : story.pack().scopes) every_scope.push_back(ScopeId{scope.id});
  auto director = story.company.enrol(
      {"centre tablet 1", schema::Role::SUPERVISOR, std::move(every_scope), 0, false});
  if (!director) return director.error();
  story.cast.director = *director;
  open_programmes(story);
  register_bodies(story);
  story.cast.director->organisation = story.station;
  register_firms(story);
  story.director = engage(story, story.station, "director");
  story.cast.director->actor = story.director.value;
  open_sites(story);
  promise(story);
  HOUNIAO_TRY(enrol_cast(story));
  story.tell(std::to_string(story.company.tablets().size()) +
             " 台平板入网；项目“4+3”、联盟与阵地建立 / tablets enrolled; the programme, its four "
             "brands and three services, the alliance and the sites are set up");
  return {};
}

}  // namespace houniao::programme_a
