// How the city sets out: the programme first, so that everything after it carries it, then bodies,
// offices, places, tablets, and where the money comes from.
#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

const Day kStart = on(2012, 1, 1);
constexpr int kUnreadable = 3;  // shops whose name cannot be read

OrganisationId body(Story& s, const std::string& kind, const std::string& name,
                    const std::string& code_kind = {}, std::uint32_t region = kRegion) {
  return register_body(
      *s.director, kStart,
      {.kind = kind,
       .name = name,
       .level = "city",
       .region = region,
       .uscc = code_kind.empty() ? std::string{} : s.company.identities.uscc(code_kind, region),
       .parent = {}});
}

void open_programme_and_rules(Story& s) {
  Tablet& tablet = *s.director;
  s.programme = open_programme(tablet, s.pack(), s.pack().code, {}, s.scope("city"));
  tablet.programme = s.programme;
  publish_pack(tablet, s.pack(), s.programme);
}

void register_bodies(Story& s) {
  s.league = body(s, "league_body", "市团委", "11");
  s.civil_affairs = body(s, "government", "市民政部门", "11");
  s.civility = body(s, "government", "市文明办", "11");
  s.treasury = body(s, "government", "市财政部门", "11");
  s.federation = body(s, "federation", "青年社会组织联合会", "51");
  s.youth_federation = body(s, "youth_federation", "市青联");
  const std::array<const char*, 4> kEmployers = {"公安机关", "检察机关", "审判机关",
                                                 "司法行政机关"};
  for (std::size_t i = 0; i < kEmployers.size(); ++i) {
    s.part_time_employers[i] = body(s, "government", kEmployers[i], "11");
  }
  for (std::size_t i = 0; i < s.universities.size(); ++i) {
    s.universities[i] = body(s, "university", "高校" + std::to_string(i + 1), "12");
  }
  for (std::size_t i = 0; i < s.third_parties.size(); ++i) {
    s.third_parties[i] = body(s, "third_party", "第三方机构" + std::to_string(i + 1), "52");
    s.platforms[i] = body(s, "platform", "互联网募捐平台" + std::to_string(i + 1), "91");
  }
  s.foundation = body(s, "foundation", "合作基金会", "53");
  s.district_league = body(s, "league_body", "新北区团委", "11", 320'411);
  s.model_shop = body(s, "model_shop", "七彩星社区店");
  for (int i = 0; i < s.numbers.hubs; ++i) {
    s.hubs.push_back(body(s, "hub", "共享办公空间" + std::to_string(i + 1)));
  }
  for (int i = 0; i < s.numbers.buyers; ++i) {
    const District& district = s.districts[static_cast<std::size_t>(i) % kDistricts];
    s.townships.push_back(
        body(s, "township", "镇街" + std::to_string(i + 1), "11", district.region));
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
  s.registrar_staff = hire(s.league, "registrar");
  s.officer_staff = hire(s.civil_affairs, "project_officer");
  s.secretary_staff = hire(s.league, "deputy_secretary");
  s.finance_staff = hire(s.league, "accountant");
  s.auditor_staff = hire(s.treasury, "auditor");
  s.calls_staff = hire(s.league, "contest_clerk");
  s.chair_staff = hire(s.civil_affairs, "jury_chair");
  s.care_staff = hire(s.league, "care_supervisor");
  s.clerk_staff = hire(s.league, "clerk");
  s.shops_staff = hire(s.league, "shop_organiser");
  s.schools_staff = hire(s.league, "caravan_leader");
  s.law_staff = hire(s.league, "law_organiser");
  for (District& district : s.districts) {
    district.coordinator = hire(s.league, "district_coordinator");
  }
  for (std::size_t i = 0; i < 5; ++i) {
    s.jurors.push_back(hire(s.third_parties[i % s.third_parties.size()], "juror"));
  }
}

SiteId place(Story& s, const std::string& category, const std::string& zh, const std::string& en,
             std::size_t serial, Day from, std::uint64_t area_dm2) {
  PackSite site;
  site.category = category;
  site.label = {zh, en};
  site.region = s.districts[serial % kDistricts].region;
  site.area_dm2 = area_dm2;
  return open_site(*s.director, s.pack(), site, from, {});
}

std::vector<SiteId> places(Story& s, int count, const std::string& category, const std::string& zh,
                           Day first, std::int64_t apart) {
  std::vector<SiteId> out;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i + 1);
    // The stored copy of the article has lost the names of a few shops; none is invented.
    const bool unreadable = category == "shop" && i + kUnreadable >= count;
    const std::string name = unreadable ? "名称无法辨认的" + zh : zh;
    out.push_back(place(s, category, name + number, category + " " + number,
                        static_cast<std::size_t>(i), days_after(first, apart * i),
                        6'000 + 400 * (static_cast<std::uint64_t>(i) % 9)));
  }
  return out;
}

// The model shop has two keepers: a cadre of the community and the head of the organisation.
SiteId open_model_shop(Story& s, Day from) {
  return entity_cast<SiteId>(s.director->add(
      from, [shop = s.model_shop, region = s.districts[2].region,
             keepers = std::array<StaffId, 2>{s.shops_staff, s.registrar_staff}, from](Body body) {
        auto site = body.initSiteOpened();
        site.setCategory("shop");
        site.setName("七彩星社区店");
        site.setRegion(region);
        site.setAreaDm2(20'000);
        site.setOperator(shop.value);
        auto list = site.initKeepers(2);
        for (unsigned i = 0; i < 2; ++i) list.set(i, keepers[i].value);
        site.setFromDay(from.value);
      }));
}

void open_places(Story& s) {
  const Numbers& n = s.numbers;
  s.training_base =
      place(s, "training_base", "社工实训基地", "training base", 0, on(2012, 9, 1), 30'000);
  s.communities = places(s, n.communities, "community", "社区", on(2012, 3, 1), 0);
  s.schools = places(s, n.schools, "migrant_school", "新市民子女学校", on(2012, 2, 1), 0);
  for (int i = 0; i < n.hubs; ++i) {
    place(s, "hub", "共享办公空间" + std::to_string(i + 1), "hub " + std::to_string(i + 1),
          static_cast<std::size_t>(i), on(2014, 5, 4), 40'000);
  }
  s.model_shop_site = open_model_shop(s, on(2014, 6, 1));
  s.shops = places(s, n.shops - 1, "shop", "社区店", on(2014, 7, 1), 24);
  s.shops.insert(s.shops.begin(), s.model_shop_site);
  places(s, n.hope_bars, "hope_bar", "希望来吧", on(2013, 4, 1), 30);
  places(s, n.youth_homes, "youth_home", "青年之家", on(2014, 9, 1), 14);
}

struct Seat {
  Tablet** place;
  std::string label;
  schema::Role role;
  std::vector<ScopeId> scopes;  // the first is where its events go
  StaffId holder;
  SiteId site;
};

Result<void> sit_down(Story& s, const Seat& seat, bool whole_log = false) {
  auto tablet = s.company.enrol({seat.label, seat.role, seat.scopes, seat.holder.value, whole_log});
  if (!tablet) return tablet.error();
  *seat.place = *tablet;
  (*tablet)->organisation = s.league;
  (*tablet)->programme = s.programme;
  (*tablet)->scope = seat.scopes.empty() ? kScopeCommons : seat.scopes.front();
  (*tablet)->site = seat.site;
  return {};
}

Result<void> enrol_all(Story& s) {
  using Role = schema::Role;
  const ScopeId finance = s.scope("finance");
  const ScopeId calls = s.scope("calls");
  const ScopeId shops = s.scope("shops");
  std::vector<ScopeId> care;
  for (const District& district : s.districts) care.push_back(district.scope);
  const std::vector<Seat> seats = {
      {&s.registrar,
       "organisations tablet",
       Role::SUPERVISOR,
       {s.scope("organisations"), s.scope("city")},
       s.registrar_staff,
       {}},
      {&s.officer, "buyer tablet 1", Role::SUPERVISOR, {finance, shops}, s.officer_staff, {}},
      {&s.secretary, "buyer tablet 2", Role::SUPERVISOR, {finance}, s.secretary_staff, {}},
      {&s.finance, "finance tablet", Role::FINANCE, {finance}, s.finance_staff, {}},
      {&s.calls, "contest tablet", Role::SUPERVISOR, {calls}, s.calls_staff, {}},
      {&s.chair, "jury tablet", Role::SUPERVISOR, {calls}, s.chair_staff, {}},
      {&s.care, "care tablet", Role::SUPERVISOR, care, s.care_staff, {}},
      {&s.clerk, "city tablet 2", Role::FIELD, {s.scope("city"), finance}, s.clerk_staff, {}},
      {&s.shops_desk, "shop tablet", Role::SUPERVISOR, {shops, finance}, s.shops_staff, {}},
      {&s.schools_desk, "caravan tablet", Role::FIELD, {s.scope("schools")}, s.schools_staff, {}},
      {&s.law_desk, "law tablet", Role::FIELD, {s.scope("law")}, s.law_staff, {}},
  };
  for (const Seat& seat : seats) HOUNIAO_TRY(sit_down(s, seat));
  for (District& district : s.districts) {
    HOUNIAO_TRY(sit_down(s, {&district.desk,
                             district.code + " desk",
                             Role::FIELD,
                             {district.scope},
                             district.coordinator,
                             {}}));
  }
  return sit_down(s, {&s.auditor, "auditor", Role::AUDITOR, {}, s.auditor_staff, {}}, true);
}

}  // namespace

Result<void> found_city(Story& s) {
  std::vector<ScopeId> every_scope;
  for (const PackScope& scope : s.pack().scopes) every_scope.push_back(ScopeId{scope.id});
  // The secretary's own tablet starts as a shared one: nobody can be named before the first event.
  auto director =
      s.company.enrol({"city tablet 1", schema::Role::SUPERVISOR, every_scope, 0, false});
  if (!director) return director.error();
  s.director = *director;
  open_programme_and_rules(s);
  register_bodies(s);
  engage_offices(s);
  open_places(s);
  s.director->actor = s.director_staff.value;
  s.director->organisation = s.league;
  for (const PackObligation& obligation : s.pack().obligations) {
    define_obligation(*s.director, s.programme, obligation);
  }
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  s.director->scope = s.scope("city");
  HOUNIAO_TRY(enrol_all(s));
  s.company.tell(std::to_string(s.company.tablets().size()) +
                 " 台平板入网，机构与阵地建立 / tablets enrolled; bodies and places are set up");
  return {};
}

Result<void> open_funds(Story& s) {
  for (const PackFund& fund : s.pack().funds) {
    if (fund.code != "township_purchase") {
      s.funds.emplace_back(fund.code, establish_fund(*s.finance, fund, s.treasury));
      continue;
    }
    // Every township pays out of its own budget; the pack describes what all of these have in
    // common.
    for (std::size_t i = 0; i < s.townships.size(); ++i) {
      PackFund own = fund;
      own.code += "_" + std::to_string(i + 1);
      own.label.zh += std::to_string(i + 1);
      s.buyers.push_back({s.townships[i], establish_fund(*s.finance, own, s.townships[i])});
    }
  }
  return s.finance->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
