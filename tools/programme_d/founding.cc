// How the cooperation comes to be: the programme and its rules first, then bodies, sites, tablets.
#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

const Day kFounded = on(2021, 9, 1);

OrganisationId body(Story& story, const std::string& kind, const std::string& name,
                    const std::string& uscc = {}, OrganisationId parent = {}) {
  stage::BodyDraft draft;
  draft.kind = kind;
  draft.name = name;
  draft.level = "community";
  draft.region = story.pack().region;
  draft.uscc = uscc;
  draft.parent = parent;
  return stage::register_body(*story.cast.secretary, kFounded, draft);
}

std::string code(Story& story, const std::string& kind) {
  return story.company.identities.uscc(kind, story.pack().region);
}

void open_programme(Story& story) {
  Tablet& tablet = *story.cast.secretary;
  const Pack& pack = story.pack();
  story.programme =
      stage::open_programme(tablet, pack, pack.code, {}, story.company.scope("community"));
  tablet.programme = story.programme;
  const auto below = [&](const std::string& programme, const std::string& scope) {
    stage::open_programme(tablet, pack, programme, story.programme, story.company.scope(scope));
  };
  below("d_orders", "orders");
  below("d_volunteers", "volunteers");
  below("d_money", "finance");
  stage::publish_pack(tablet, pack, story.programme);
  // The published plan of points.
  tablet.add(pack.from,
             [policy = pack.policy, from = pack.from, programme = story.programme](stage::Body b) {
               auto p = b.initPolicyVersionPublished();
               p.setProgramme(programme.value);
               p.setKind(schema::PolicyVersionPublished::Kind::POINTS);
               p.setVersion(policy.version + 1);
               p.setValidFromDay(from.value);
               p.setMinutesPerPoint(policy.minutes_per_point);
               p.setPointsPerDayMax(policy.points_per_day_max);
               p.setRedemptionModes(policy.redemption_modes);
               p.setTrainingBeforeDuty(policy.training_before_duty);
             });
  for (const PackObligation& obligation : pack.obligations) {
    stage::define_obligation(tablet, story.programme, obligation);
  }
}

void register_bodies(Story& story) {
  story.committee = body(story, "community_committee", "五环社区居民委员会", code(story, "55"));
  story.district = body(story, "district_league", "洪山区团委", code(story, "11"));
  story.branch_body = body(story, "community_branch", "社区团支部", {}, story.committee);
  story.council = body(story, "youth_council", "青年议事会", {}, story.committee);
  story.panel = body(story, "review_panel", "青年评议团", {}, story.committee);
  story.insurer_uscc = code(story, "91");
  story.insurer = body(story, "insurer", "保险公司", story.insurer_uscc);
  story.supplier_uscc = code(story, "91");
  story.supplier = body(story, "supplier", "兑换物品供应单位", story.supplier_uscc);
  stage::verify_account(*story.cast.secretary, kFounded, story.insurer, story.insurer_uscc);
  stage::verify_account(*story.cast.secretary, kFounded, story.supplier, story.supplier_uscc);
  for (std::size_t i = 0; i < kUniversities; ++i) {
    University& university = story.universities[i];
    const std::string number = std::to_string(i + 1);
    university.id = body(story, "university", "结对高校" + number, code(story, "12"));
    university.pairing = body(story, "pairing_group", "高校结对小组" + number, {}, university.id);
    body(story, "university_department", "院系团学组织" + number + "甲", {}, university.id);
    body(story, "university_department", "院系团学组织" + number + "乙", {}, university.id);
  }
}

StaffId engage(Story& story, OrganisationId employer, const std::string& post) {
  stage::StaffDraft draft;
  draft.employer = employer;
  draft.post = post;
  return stage::engage(*story.cast.secretary, kFounded, draft);
}

void open_sites(Story& story) {
  std::size_t next = 0;
  for (const PackSite& site : story.pack().sites) {
    stage::Opening opening;
    opening.operated_by = story.committee;
    opening.keeper = story.secretary;
    if (site.category == "compound") opening.keeper = story.compounds[next].grid_worker;
    const SiteId id =
        stage::open_site(*story.cast.secretary, story.pack(), site, kFounded, opening);
    if (site.category == "compound") story.compounds[next++].site = id;
    if (site.category == "community_centre") story.centre = id;
    if (site.category == "points_shop") story.shop = id;
  }
  HOUNIAO_ASSERT(next == kCompounds);
}

struct Place {
  std::string label;
  schema::Role role;
  std::vector<ScopeId> scopes;  // the first is that of what the tablet writes
  StaffId holder;
  OrganisationId organisation;
  SiteId site = {};
};

Result<void> enrol(Story& story, Tablet*& tablet, const Place& place) {
  const bool whole_log = place.role == schema::Role::AUDITOR;
  auto enrolled =
      story.company.enrol({place.label, place.role, place.scopes, place.holder.value, whole_log});
  if (!enrolled) return enrolled.error();
  tablet = *enrolled;
  tablet->organisation = place.organisation;
  tablet->programme = story.programme;
  tablet->scope = whole_log ? kScopeCommons : place.scopes.front();
  tablet->site = place.site;
  return {};
}

Result<void> enrol_field(Story& story) {
  const ScopeId orders = story.company.scope("orders");
  const ScopeId volunteers = story.company.scope("volunteers");
  for (std::size_t i = 0; i < kCompounds; ++i) {
    Compound& compound = story.compounds[i];
    const std::string number = std::to_string(i + 1);
    HOUNIAO_TRY(enrol(story, compound.tablet,
                      {"compound tablet " + number,
                       schema::Role::FIELD,
                       {story.company.scope("compound" + number)},
                       compound.grid_worker,
                       story.committee,
                       compound.site}));
  }
  for (std::size_t i = 0; i < kUniversities; ++i) {
    University& university = story.universities[i];
    HOUNIAO_TRY(enrol(story, university.tablet,
                      {"university tablet " + std::to_string(i + 1),
                       schema::Role::FIELD,
                       {orders, volunteers},
                       university.teacher,
                       university.id}));
  }
  return {};
}

Result<void> enrol_offices(Story& story) {
  Cast& cast = story.cast;
  const ScopeId community = story.company.scope("community");
  const ScopeId finance = story.company.scope("finance");
  const ScopeId orders = story.company.scope("orders");
  const ScopeId volunteers = story.company.scope("volunteers");
  using Role = schema::Role;
  const StaffId clerk = engage(story, story.committee, "points_clerk");
  const StaffId officer = engage(story, story.district, "project_officer");
  const StaffId league_secretary = engage(story, story.district, "secretary");
  const StaffId accountant = engage(story, story.district, "accountant");
  const StaffId auditor = engage(story, story.district, "auditor");
  HOUNIAO_TRY(cast.secretary->sync(kSyncTimeout));
  HOUNIAO_TRY(enrol(story, cast.branch,
                    {"branch tablet",
                     Role::SUPERVISOR,
                     {volunteers, orders, finance},
                     story.branch_secretary,
                     story.branch_body,
                     story.centre}));
  HOUNIAO_TRY(
      enrol(story, cast.kiosk,
            {"points tablet", Role::FIELD, {volunteers}, clerk, story.branch_body, story.shop}));
  HOUNIAO_TRY(enrol(
      story, cast.league_officer,
      {"district tablet 1", Role::SUPERVISOR, {finance, community}, officer, story.district}));
  HOUNIAO_TRY(enrol(story, cast.league_secretary,
                    {"district tablet 2",
                     Role::SUPERVISOR,
                     {finance, community},
                     league_secretary,
                     story.district}));
  HOUNIAO_TRY(enrol(story, cast.finance,
                    {"finance tablet", Role::FINANCE, {finance}, accountant, story.district}));
  return enrol(story, cast.auditor, {"auditor", Role::AUDITOR, {}, auditor, story.district});
}

}  // namespace

Result<void> found(Story& story) {
  std::vector<ScopeId> every_scope;
  for (const PackScope& scope : story.pack().scopes) every_scope.push_back(ScopeId{scope.id});
  auto secretary = story.company.enrol(
      {"community tablet 1", schema::Role::SUPERVISOR, std::move(every_scope), 0, false});
  if (!secretary) return secretary.error();
  Tablet& tablet = **secretary;
  story.cast.secretary = &tablet;
  open_programme(story);
  register_bodies(story);
  tablet.organisation = story.committee;
  story.secretary = engage(story, story.committee, "community_secretary");
  story.branch_secretary = engage(story, story.branch_body, "branch_secretary");
  tablet.actor = story.secretary.value;
  for (Compound& compound : story.compounds) {
    compound.grid_worker = engage(story, story.committee, "grid_worker");
  }
  for (University& university : story.universities) {
    university.teacher = engage(story, university.id, "league_teacher");
  }
  open_sites(story);
  for (const char* channel : {"report_group", "practice_group", "joint_work_group"}) {
    tablet.add(kFounded, [name = std::string(channel)](stage::Body b) {
      auto a = b.initAssetRecorded();
      a.setKind("wechat_group");
      a.setName(name);
      a.setQuantity(1);
    });
  }
  HOUNIAO_TRY(enrol_offices(story));
  HOUNIAO_TRY(enrol_field(story));
  tablet.scope = story.company.scope("community");
  story.tell(
      std::to_string(story.company.tablets().size()) +
      " 台平板入网；项目、规则、七个小区与九所高校建立 / tablets enrolled; programme, rules, "
      "seven compounds and nine universities are set up");
  return {};
}

}  // namespace houniao::programme_d
