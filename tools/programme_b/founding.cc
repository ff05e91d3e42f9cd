// How the centre comes to be: bodies, staff, programme, rules, sites, channels.
#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

EventId register_body(Tablet& tablet, Day when, const std::string& kind, const std::string& name,
                      const std::string& level, std::uint32_t region, const std::string& uscc = {},
                      OrganisationId parent = {}) {
  return tablet.add(when, [=](Body body) {
    auto o = body.initOrganisationRegistered();
    o.setKind(kind);
    o.setName(name);
    o.setUscc(uscc);
    o.setLevel(level);
    o.setRegion(region);
    o.setParent(parent.value);
  });
}

// A body that can be paid: its code checked, an account verified (I7).
void verify_account(Tablet& tablet, Day when, OrganisationId organisation) {
  for (const auto kind : {schema::OrganisationCredentialRecorded::Kind::USCC_CHECK,
                          schema::OrganisationCredentialRecorded::Kind::BANK_ACCOUNT}) {
    tablet.add(when, [=](Body body) {
      auto c = body.initOrganisationCredentialRecorded();
      c.setOrganisation(organisation.value);
      c.setKind(kind);
      c.setValue(kind == schema::OrganisationCredentialRecorded::Kind::BANK_ACCOUNT
                     ? account_index(organisation)
                     : "checked");
      c.setIssuer("bank");
      c.setValidFromDay(when.value);
      c.setValidToDay(day(2020, 12, 31).value);
    });
  }
}

StaffId engage(Tablet& tablet, OrganisationId employer, const std::string& post) {
  const Day from = day(2011, 11, 1);
  return entity_cast<StaffId>(tablet.add(from, [=](Body body) {
    auto s = body.initStaffEngaged();
    s.setEmployer(employer.value);
    s.setFullTime(true);
    s.setChannel("recruited");
    s.setPost(post);
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
    p.setToDay(day(2016, 12, 31).value);
    p.setTargetGroup("migrant_workers");
    p.setScope(scope.value);
  }));
}

void publish_policy(Tablet& tablet, const Pack& pack, ProgrammeId programme,
                    schema::PolicyVersionPublished::Kind kind, std::uint32_t version) {
  tablet.add(pack.from, [=, &pack](Body body) {
    auto p = body.initPolicyVersionPublished();
    p.setProgramme(programme.value);
    p.setKind(kind);
    p.setVersion(version);
    p.setValidFromDay(pack.from.value);
    p.setApprovalLevels(pack.policy.approval_levels);
    p.setNearPermille(pack.policy.near_permille);
    p.setAboutPermille(pack.policy.about_permille);
  });
}

SiteId open_site(Tablet& tablet, const Pack& pack, const PackSite& site, OrganisationId operated_by,
                 StaffId keeper) {
  const Day from = site.category == "centre" ? day(2011, 11, 6) : day(2011, 12, 1);
  const std::uint64_t scope = pack.scope(site.scope)->id;
  const bool is_centre = site.category == "centre";
  return entity_cast<SiteId>(tablet.add(from, [=](Body body) {
    auto s = body.initSiteOpened();
    s.setCategory(site.category);
    s.setName(site.label.zh);
    s.setRegion(site.region);
    s.setAreaDm2(site.area_dm2);
    // Tuesday to Sunday; workers come in the evenings and at week-ends.
    auto hours = s.initHours(6);
    for (std::uint8_t i = 0; i < 6; ++i) {
      hours[i].setWeekday(static_cast<std::uint8_t>(i + 2));
      hours[i].setFromMinute(9 * 60);
      hours[i].setToMinute(21 * 60 + 30);
    }
    if (is_centre) {
      auto rooms = s.initRooms(2);
      rooms[0].setName("book_room");
      rooms[0].setCapacity(40);
      rooms[1].setName("class_room");
      rooms[1].setCapacity(80);
    }
    s.setOperator(operated_by.value);
    auto keepers = s.initKeepers(1);
    keepers.set(0, keeper.value);
    s.setFromDay(from.value);
    s.setScope(scope);
  }));
}

// The director's own tablet starts as a shared one: nobody can be named before the first event.
void found_bodies(Story& story, Tablet& tablet) {
  const Day start = day(2011, 11, 1);
  story.centre = entity_cast<OrganisationId>(
      register_body(tablet, start, "centre", story.pack.name.zh, "city", story.pack.region,
                    story.identities.uscc("52", 440400)));
  story.league_body = entity_cast<OrganisationId>(
      register_body(tablet, start, "league_body", "共青团珠海市委员会", "city", 440400,
                    story.identities.uscc("11", 440400)));
  story.treasury = entity_cast<OrganisationId>(register_body(tablet, start, "government",
                                                             "珠海市财政部门", "city", 440400,
                                                             story.identities.uscc("11", 440400)));
  story.printer_uscc = story.identities.uscc("91", 440400);
  story.printer = entity_cast<OrganisationId>(register_body(
      tablet, start, "printer", "印刷及设备供应单位", "city", 440400, story.printer_uscc));
  story.troupe = entity_cast<OrganisationId>(
      register_body(tablet, start, "art_troupe", "艺术团", "city", 440400, {}, story.centre));
  story.party_branch = entity_cast<OrganisationId>(
      register_body(tablet, start, "party_branch", "党支部", "city", 440400, {}, story.centre));
  verify_account(tablet, start, story.centre);
  verify_account(tablet, start, story.printer);
}

void engage_staff(Story& story, Tablet& tablet) {
  story.director = engage(tablet, story.centre, "director");
  story.clerk = engage(tablet, story.centre, "clerk");
  story.officer = engage(tablet, story.league_body, "project_officer");
  story.secretary = engage(tablet, story.league_body, "secretary");
  story.finance = engage(tablet, story.centre, "accountant");
  story.auditor = engage(tablet, story.treasury, "auditor");
  for (Station& station : story.stations)
    station.worker = engage(tablet, story.centre, "station_worker");
}

// Before anything else: figures count what is recorded for their programme.
void open_programmes(Story& story, Tablet& tablet) {
  const Pack& pack = story.pack;
  story.programme = open_programme(tablet, pack, "b", {}, story.scope("centre"));
  tablet.programme = story.programme;
  open_programme(tablet, pack, "b_money", story.programme, story.scope("finance"));
  open_programme(tablet, pack, "b_reports", story.programme, story.scope("reports"));
  using Kind = schema::PolicyVersionPublished::Kind;
  publish_policy(tablet, pack, story.programme, Kind::PACK, 1);
  publish_policy(tablet, pack, story.programme, Kind::APPROVAL_LADDER, 2);
}

void open_places(Story& story, Tablet& tablet) {
  const Pack& pack = story.pack;
  std::size_t next = 0;
  for (const PackSite& site : pack.sites) {
    if (site.category == "centre") {
      story.centre_site = open_site(tablet, pack, site, story.centre, story.director);
      continue;
    }
    Station& station = story.stations[next++];
    station.scope = story.scope(site.scope);
    station.site = open_site(tablet, pack, site, story.centre, station.worker);
  }
  HOUNIAO_ASSERT(next == kStations);
}

void define_obligations(Story& story, Tablet& tablet) {
  for (const PackObligation& obligation : story.pack.obligations) {
    story.weekend_classes = entity_cast<ObligationId>(tablet.add(day(2014, 12, 20), [&](Body body) {
      auto o = body.initObligationDefined();
      o.setProgramme(story.programme.value);
      o.setCode(obligation.code);
      o.setEventKind(obligation.event_kind);
      o.setPeriod(schema::ObligationDefined::Period::MONTH);
      o.setThreshold(obligation.threshold);
      o.setFromDay(obligation.from.value);
      o.setToDay(obligation.to.value);
    }));
  }
}

Result<void> enrol_cast(Story& story) {
  Cast& cast = story.cast;
  const auto dress = [&](Tablet* tablet, ScopeId scope, SiteId site) {
    tablet->organisation = story.centre;
    tablet->programme = story.programme;
    tablet->scope = scope;
    tablet->site = site;
  };
  const auto enrol = [&](Tablet*& place, const std::string& label, schema::Role role,
                         std::vector<ScopeId> scopes, StaffId holder, ScopeId scope, SiteId site,
                         bool whole_log = false) -> Result<void> {
    auto tablet = cast.enrol({label, role, std::move(scopes), holder.value, whole_log});
    if (!tablet) return tablet.error();
    place = *tablet;
    dress(place, scope, site);
    return {};
  };
  const ScopeId centre = story.scope("centre");
  const ScopeId finance = story.scope("finance");
  const ScopeId reports = story.scope("reports");
  HOUNIAO_TRY(enrol(cast.clerk, "centre tablet 2", schema::Role::FIELD, {centre, finance, reports},
                    story.clerk, centre, story.centre_site));
  HOUNIAO_TRY(enrol(cast.officer, "buyer tablet 1", schema::Role::SUPERVISOR, {centre, finance},
                    story.officer, finance, {}));
  HOUNIAO_TRY(enrol(cast.secretary, "buyer tablet 2", schema::Role::SUPERVISOR, {centre, finance},
                    story.secretary, finance, {}));
  HOUNIAO_TRY(enrol(cast.finance, "finance tablet", schema::Role::FINANCE, {finance}, story.finance,
                    finance, {}));
  HOUNIAO_TRY(enrol(cast.auditor, "auditor", schema::Role::AUDITOR, {}, story.auditor,
                    kScopeCommons, {}, true));
  for (std::size_t i = 0; i < kStations; ++i) {
    const Station& station = story.stations[i];
    const std::string name = "station " + std::to_string(i + 1) + " tablet ";
    HOUNIAO_TRY(enrol(cast.stations[i], name + "1", schema::Role::FIELD, {station.scope},
                      station.worker, station.scope, station.site));
    if (i != 2 && i != 4 && i != 6) continue;
    HOUNIAO_TRY(enrol(cast.second[i], name + "2", schema::Role::FIELD, {station.scope},
                      station.worker, station.scope, station.site));
  }
  return {};
}

}  // namespace

Result<void> found_centre(Story& story) {
  Cast& cast = story.cast;
  std::vector<ScopeId> every_scope;
  for (const PackScope& scope : story.pack.scopes) every_scope.push_back(ScopeId{scope.id});
  auto director =
      cast.enrol({"centre tablet 1", schema::Role::SUPERVISOR, std::move(every_scope), 0, false});
  if (!director) return director.error();
  cast.director = *director;
  Tablet& tablet = *cast.director;
  open_programmes(story, tablet);
  found_bodies(story, tablet);
  engage_staff(story, tablet);
  open_places(story, tablet);
  tablet.actor = story.director.value;
  tablet.organisation = story.centre;
  define_obligations(story, tablet);
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  return enrol_cast(story);
}

Result<void> equip_centre(Story& story) {
  Tablet& tablet = *story.cast.director;
  tablet.scope = kScopeCommons;
  const Numbers& n = story.numbers;
  Dice dice = story.dice.fork("equipment");
  // Guangdong's prefectures, for committees in other cities.
  const auto city = [&] { return static_cast<std::uint32_t>(440100 + 100 * dice.between(0, 20)); };
  const char* const levels[] = {"province", "city", "county"};
  for (int i = 0; i < n.committees_abroad; ++i) {
    const std::string level = i < 1 ? levels[0] : i < 24 ? levels[1] : levels[2];
    story.committees_abroad.push_back(entity_cast<OrganisationId>(
        register_body(tablet, day(2011, 12, 10), "committee_abroad",
                      "驻粤团工委" + std::to_string(i + 1), level, city(), {}, story.centre)));
  }
  const auto branches = [&](int count, const std::string& kind, const std::string& name) {
    for (int i = 0; i < count; ++i) {
      story.branches_zhuhai.push_back(entity_cast<OrganisationId>(
          register_body(tablet, day(2011, 12, 12), kind, name + std::to_string(i + 1), "county",
                        440400, {}, story.centre)));
    }
  };
  branches(n.committees_zhuhai, "committee_zhuhai", "驻珠海团工委");
  branches(n.branches_henan_firm, "branch_henan_firm", "豫籍企业团支部");
  branches(n.branches_council_firm, "branch_council_firm", "理事会企业团支部");
  for (int i = 0; i < 24; ++i) {
    story.firms.push_back(entity_cast<OrganisationId>(
        register_body(tablet, day(2012, 2, 10), "firm", "用工企业" + std::to_string(i + 1),
                      "county", 440400, story.identities.uscc("91", 440402))));
  }
  const auto asset = [&](const std::string& kind, const std::string& name, std::int64_t quantity,
                         std::int64_t value_fen, Day when) {
    return entity_cast<AssetId>(tablet.add(when, [=](Body body) {
      auto a = body.initAssetRecorded();
      a.setKind(kind);
      a.setName(name);
      a.setQuantity(quantity);
      a.setValueFen(value_fen);
    }));
  };
  const auto channels = [&](int count, const std::string& kind, Day first) {
    for (int i = 0; i < count; ++i) {
      const Day opened{first.value + i * 5};
      story.channels.push_back(asset(kind, kind + "_" + std::to_string(i + 1), 1, 0, opened));
    }
  };
  channels(n.qq_groups, "qq_group", day(2012, 1, 4));
  channels(n.wechat_groups, "wechat_group", day(2012, 6, 4));
  for (int i = 0; i < n.websites; ++i) asset("website", "website", 1, 0, day(2012, 3, 1));
  for (int i = 0; i < n.microblogs; ++i) asset("microblog", "microblog", 1, 0, day(2012, 3, 2));
  story.handbook = asset("printed_matter", "service_handbook", n.handbooks,
                         n.handbooks * std::int64_t{180}, day(2012, 12, 20));
  return tablet.sync(kSyncTimeout);
}

}  // namespace houniao::programme_b
