// What the stations do, season by season: they register people, open files, enrol members, obtain
// certificates, advise, place in work, and write down whom they served.
#include <algorithm>

#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

constexpr Day kLastDay{16'873};  // 2016-03-13: nothing in the story happens later

// Whether the i-th of `size` is one of `marked`, spread evenly.
bool is_marked(std::int64_t i, std::int64_t size, std::int64_t marked) {
  return (i + 1) * marked / size > i * marked / size;
}
// The part of `total` that falls to place `cell` of `cells`: parts sum to the total.
std::int64_t part(std::int64_t total, std::int64_t cell, std::int64_t cells) {
  return total * (cell + 1) / cells - total * cell / cells;
}

// One station in one season: its tablet, its book of clients, its share of everything.
class Desk {
 public:
  Desk(Story& story, std::size_t season, std::size_t station)
      : story_(story),
        season_(season),
        index_(station),
        station_(story.stations[station]),
        dice_(story.dice.fork("desk" + std::to_string(season) + "-" + std::to_string(station))) {}

  void work() {
    register_clients();
    certificates();
    advice();
    outcomes();
    rounds();
    handbooks();
    hold_activities(story_, season_, index_);
  }

 private:
  const Season& season() const { return seasons()[season_]; }
  // Two tablets share the work where a station has two. A person's later events may come from
  // either: both belong to the same scope, and an event that comes before its person is kept and
  // judged again.
  Tablet& tablet() const { return *story_.cast.stations[index_]; }

  // This desk's share of a total that is spread over the seasons from `first` on and all stations.
  std::int64_t share(std::int64_t total, std::size_t first = 0) const {
    if (season_ < first) return 0;
    const auto cells = static_cast<std::int64_t>((kSeasons - first) * kStations);
    const auto cell = static_cast<std::int64_t>((season_ - first) * kStations + index_);
    return part(total, cell, cells);
  }
  Day some_day() { return some_day(season().from); }
  Day some_day(Day earliest) {
    const Day from = std::max(earliest, season().from);
    if (from >= season().to) return from;
    return Day{static_cast<std::int32_t>(dice_.between(from.value, season().to.value))};
  }
  // Clients are served in the order in which they came; each service has its own place in the
  // queue.
  const Served& next_client(std::size_t& place) {
    const auto& clients = station_.clients;
    return clients[place++ % clients.size()];
  }
  // Where the queue of a service stands at the start of this season: everything handled before.
  std::size_t handled_before(std::int64_t total, std::size_t first = 0) const {
    std::int64_t sum = 0;
    const auto cells = static_cast<std::int64_t>((kSeasons - first) * kStations);
    for (std::size_t s = first; s < season_; ++s) {
      sum += part(total, static_cast<std::int64_t>((s - first) * kStations + index_), cells);
    }
    return static_cast<std::size_t>(sum);
  }

  void register_clients();
  void register_client(Day when, std::int64_t serial, std::int64_t all);
  void join(Day when, PersonId person, std::uint64_t group, const char* role);
  void certificates();
  void obtain(const Served& client, const char* certificate, std::uint32_t region, bool finish,
              bool with_fee);
  void pay_fee(PersonId client, EventId agency_case, Day in, Day out, bool refunded);
  void advice();
  void advise(const char* kind, std::int64_t count, std::size_t queue, bool for_contract = false);
  EventId serve(Day when, const char* kind, const Served& client, int minutes,
                ContractId contract = {});
  void outcomes();
  void confirm(const char* service, const char* outcome, std::int64_t count, std::size_t queue);
  void rounds();
  void visit(std::int64_t people);
  void handbooks();

  Story& story_;
  std::size_t season_;
  std::size_t index_;
  Station& station_;
  Dice dice_;
};

// --- people
// ----------------------------------------------------------------------------------------

void Desk::register_clients() {
  const std::int64_t all = share(story_.numbers.contacts);
  for (std::int64_t i = 0; i < all; ++i) {
    // In order of days, as a book is kept.
    const std::int64_t length = season().to.value - season().from.value;
    register_client(
        open_day(Day{season().from.value +
                     static_cast<std::int32_t>(length * i / std::max<std::int64_t>(all, 1))}),
        i, all);
  }
}

void Desk::join(Day when, PersonId person, std::uint64_t group, const char* role) {
  tablet().add(when, [=](Body body) {
    auto m = body.initMembershipChanged();
    m.setMember(person.value);
    m.setGroup(group);
    m.setRole(role);
    m.setJoined(true);
    m.setDay(when.value);
  });
}

void Desk::register_client(Day when, std::int64_t serial, std::int64_t all) {
  const Numbers& n = story_.numbers;
  const bool has_file = is_marked(serial, all, share(n.files));
  const std::int64_t party = season_ == 0 ? part(n.party_on_roll + n.party_floating,
                                                 static_cast<std::int64_t>(index_), kStations)
                                          : 0;
  const bool is_party = serial < party;
  // Of the party members one comes from another province.
  const bool from_hunan = is_party && index_ == 3 && serial == 0;
  const Identity identity = story_.identities.person(has_file, from_hunan ? 43 : 41);

  EventDraft draft = tablet().draft(when);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [=, region = identity.native_region, male = identity.male, site = station_.site,
                employer = dice_.pick(story_.firms)](Body body) {
    auto p = body.initPersonRegistered();
    p.setNativeRegion(region);
    p.setResidenceSite(site.value);
    p.setEmployer(employer.value);
    if (has_file) {
      p.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
      p.setVerification(schema::PersonRegistered::Verification::SEEN);
    } else {
      p.setSex(male ? schema::Sex::MALE : schema::Sex::FEMALE);
      p.setVerification(schema::PersonRegistered::Verification::TYPED);
    }
  };
  const PersonId person = entity_cast<PersonId>(tablet().add(std::move(draft)));
  station_.clients.push_back({person, when});

  if (has_file) {
    tablet().add(when, [person](Body body) {
      auto c = body.initConsentChanged();
      c.setPerson(person.value);
      c.setPurpose("basic_information");
      c.setGiven(true);
      c.setFormVersion("1");
    });
  }
  if (is_marked(serial, all, share(n.members_zhuhai))) {
    join(when, person, dice_.pick(story_.branches_zhuhai).value, "league_member");
  }
  if (is_marked(serial, all, share(n.online))) {
    const std::size_t first = dice_.index(story_.channels.size());
    join(when, person, story_.channels[first].value, "channel_member");
    if (is_marked(serial, all, share(n.online_twice))) {
      const std::size_t second = (first + 1) % story_.channels.size();
      join(when, person, story_.channels[second].value, "channel_member");
    }
  }
  if (is_party) {
    // The first fourteen over all stations are on roll here, the others are floating members.
    const std::int64_t before =
        (n.party_on_roll + n.party_floating) * static_cast<std::int64_t>(index_) / kStations;
    const bool on_roll = before + serial < n.party_on_roll;
    join(when, person, story_.party_branch.value,
         on_roll ? "party_member_on_roll" : "floating_party_member");
  }
  if (season_ == 1 &&
      is_marked(serial, all, part(n.troupe, static_cast<std::int64_t>(index_), kStations))) {
    join(when, person, story_.troupe.value, "troupe_member");
  }
}

// --- certificates
// ----------------------------------------------------------------------------------

void Desk::pay_fee(PersonId client, EventId agency_case, Day in, Day out, bool refunded) {
  using Direction = schema::CustodyMoneyMoved::Direction;
  const auto move = [&](Day when, Direction direction, std::int64_t fen) {
    tablet().add(when, [=](Body body) {
      auto m = body.initCustodyMoneyMoved();
      m.setClient(client.value);
      m.setDirection(direction);
      m.setAmountFen(fen);
      m.setReceipt("R" + to_string(agency_case));
      m.setCase(agency_case.value);
    });
  };
  // A replacement costs 40 yuan; those who bring a fifty get ten back.
  const bool change = agency_case.value % 4 == 0;
  move(in, Direction::RECEIVED, change ? 5'000 : 4'000);
  if (refunded) return move(out, Direction::REFUNDED, change ? 5'000 : 4'000);
  move(out, Direction::PAID_ON, 4'000);
  if (change) move(out, Direction::REFUNDED, 1'000);
}

void Desk::obtain(const Served& client, const char* certificate, std::uint32_t region, bool finish,
                  bool with_fee) {
  const Day opened = some_day(client.registered);
  const EventId agency_case = tablet().add(opened, [=, person = client.id](Body body) {
    auto c = body.initAgencyCaseOpened();
    c.setPerson(person.value);
    c.setCertificate(certificate);
    c.setDestination("home_county_office");
    c.setDestinationRegion(region);
    auto documents = c.initDocumentsHeld(1);
    documents.set(0, "application_form");
    c.setFeeFen(with_fee ? 4'000 : 0);
  });
  using Stage = schema::AgencyCaseProgressed::Stage;
  const auto progress = [&](Day when, Stage stage) {
    tablet().add(when, [=](Body body) {
      auto p = body.initAgencyCaseProgressed();
      p.setCase(agency_case.value);
      p.setStage(stage);
      p.setDay(when.value);
    });
  };
  const auto later = [&](Day from, int least, int most) {
    return std::min(Day{from.value + static_cast<std::int32_t>(dice_.between(least, most))},
                    kLastDay);
  };
  const Day submitted = later(opened, 1, 4);
  progress(submitted, Stage::SUBMITTED);
  const bool refused = !finish && dice_.one_in(3);
  if (with_fee) pay_fee(client.id, agency_case, opened, submitted, refused);
  if (refused) progress(later(submitted, 10, 20), Stage::REFUSED);
  if (!finish) return;
  const Day issued = later(submitted, 20, 45);
  progress(issued, Stage::ISSUED);
  progress(later(issued, 2, 12), Stage::HANDED_OVER);
}

void Desk::certificates() {
  const Numbers& n = story_.numbers;
  const std::int64_t cards = share(n.id_cards);
  const std::int64_t fees = share(n.custody_clients);
  std::size_t queue = handled_before(n.id_cards);
  for (std::int64_t i = 0; i < cards; ++i) {
    obtain(next_client(queue), "resident_id", 411'500, true, is_marked(i, cards, fees));
  }
  // Residence permits are asked for by those who came last.
  std::size_t back = station_.clients.size() - static_cast<std::size_t>(share(n.residence_permits));
  for (std::int64_t i = 0; i < share(n.residence_permits); ++i) {
    obtain(next_client(back), "residence_permit", 440'402, true, false);
  }
  // Since 2015 the centre also handles certificates of two counties of Xinyang.
  constexpr std::array kCounty = {"floating_population_card", "marital_status", "birth_control",
                                  "hk_macau_permit"};
  std::size_t county = handled_before(n.county_certificates, 6);
  for (std::int64_t i = 0; i < share(n.county_certificates, 6); ++i) {
    const std::size_t serial = county;
    obtain(next_client(county), kCounty[serial % kCounty.size()],
           serial % 2 == 0 ? 411'522 : 411'525, true, false);
  }
  // Of the last season's identity cards some are still under way or were refused.
  std::size_t open = handled_before(n.id_cards) + static_cast<std::size_t>(cards);
  for (std::int64_t i = 0; i < share(n.cases_open, kSeasons - 1); ++i) {
    obtain(next_client(open), "resident_id", 411'500, false, true);
  }
}

// --- services
// --------------------------------------------------------------------------------------

EventId Desk::serve(Day when, const char* kind, const Served& client, int minutes,
                    ContractId contract) {
  return tablet().add(when, [=, person = client.id, staff = station_.worker](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind(kind);
    auto persons = s.initPersons(1);
    persons.set(0, person.value);
    s.setQuantity(1);
    s.setUnit("person_time");
    s.setMinutes(static_cast<std::uint32_t>(minutes));
    s.setStaff(staff.value);
    s.setContract(contract.value);
  });
}

void Desk::advise(const char* kind, std::int64_t count, std::size_t queue, bool for_contract) {
  for (std::int64_t i = 0; i < count; ++i) {
    const Served& client = next_client(queue);
    const Day when = some_day(client.registered);
    const bool billed = for_contract && story_.units_advice.size() < 800;
    const EventId service = serve(when, kind, client, static_cast<int>(dice_.between(10, 60)),
                                  billed ? story_.contract : ContractId{});
    if (billed) story_.units_advice.push_back(service);
  }
}

void Desk::advice() {
  const Numbers& n = story_.numbers;
  const bool contract_runs = season_ == 6 || season_ == 7;
  advise("legal_advice", share(n.legal), handled_before(n.legal));
  advise("points_settlement_advice", share(n.settlement, 2), handled_before(n.settlement, 2));
  advise("points_school_advice", share(n.school, 2), handled_before(n.school, 2) + 40);
  // The contract of 2015 pays for part of the other advice; the two seasons carry more of it.
  advise("other_advice", share(n.other_advice, 4), handled_before(n.other_advice, 4),
         contract_runs);
}

void Desk::confirm(const char* service, const char* outcome, std::int64_t count,
                   std::size_t queue) {
  for (std::int64_t i = 0; i < count; ++i) {
    const Served& client = next_client(queue);
    const Day when = some_day(client.registered);
    const EventId served = serve(when, service, client, static_cast<int>(dice_.between(20, 90)));
    const Day confirmed =
        std::min(Day{when.value + static_cast<std::int32_t>(dice_.between(5, 30))}, kLastDay);
    EventDraft draft = tablet().draft(confirmed);
    draft.causes = {served};
    draft.body = [=, person = client.id, firm = dice_.pick(story_.firms)](Body body) {
      auto o = body.initOutcomeConfirmed();
      o.setPerson(person.value);
      o.setKind(outcome);
      o.setCounterparty(firm.value);
      o.setDay(confirmed.value);
    };
    tablet().add(std::move(draft));
  }
}

void Desk::outcomes() {
  const Numbers& n = story_.numbers;
  confirm("job_matching", "job", share(n.jobs), handled_before(n.jobs));
  confirm("startup_help", "startup", share(n.startups), handled_before(n.startups) + 20);
}

// What the article's total contains beyond its items: rounds through parks and villages, written
// down without saying what for. Most of those met are known by name.
void Desk::visit(std::int64_t people) {
  const Day when = open_day(some_day());
  std::vector<std::uint64_t> names;
  const auto known = static_cast<std::size_t>(people * 7 / 10);
  const std::size_t start = dice_.index(station_.clients.size());
  for (std::size_t i = 0; names.size() < known && i < station_.clients.size(); ++i) {
    const Served& client = station_.clients[(start + i) % station_.clients.size()];
    if (client.registered <= when) names.push_back(client.id.value);
  }
  const auto anonymous =
      static_cast<std::uint32_t>(people) - static_cast<std::uint32_t>(names.size());
  tablet().add(when, [=, names = std::move(names), staff = station_.worker](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind("unitemised");
    auto persons = s.initPersons(static_cast<unsigned>(names.size()));
    for (unsigned i = 0; i < names.size(); ++i) persons.set(i, names[i]);
    s.setAnonymous(anonymous);
    s.setQuantity(people);
    s.setUnit("person_time");
    s.setMinutes(120);
    s.setStaff(staff.value);
  });
}

void Desk::rounds() {
  const Numbers& n = story_.numbers;
  constexpr std::int64_t kMediated = 24;  // workers at each dispute
  for (std::int64_t i = 0; i < share(n.mediations, 1); ++i) {
    tablet().add(open_day(some_day()), [=, staff = station_.worker](Body body) {
      auto s = body.initServiceDelivered();
      s.setKind("mediation");
      s.setAnonymous(kMediated);
      s.setQuantity(1);
      s.setUnit("incident");
      s.setMinutes(240);
      s.setStaff(staff.value);
    });
  }
  const std::int64_t itemised = n.id_cards + n.cases_open + n.residence_permits +
                                n.county_certificates + n.jobs + n.startups + n.legal +
                                n.settlement + n.school + n.other_advice + n.mediations * kMediated;
  std::int64_t rest = share(n.services - itemised);
  while (rest > 0) {
    const std::int64_t people = std::min(rest, dice_.between(15, 40));
    visit(people);
    rest -= people;
  }
}

void Desk::handbooks() {
  std::int64_t rest = share(story_.numbers.handbooks, 2);
  while (rest > 0) {
    const std::int64_t copies = std::min(rest, dice_.between(60, 260));
    rest -= copies;
    tablet().add(some_day(), [=, asset = story_.handbook, staff = station_.worker](Body body) {
      auto s = body.initServiceDelivered();
      s.setKind("handbook");
      s.setQuantity(copies);
      s.setUnit("copy");
      s.setStaff(staff.value);
      s.setAsset(asset.value);
    });
  }
}

// Stations without a network for the season: two at a time, another two the next.
bool is_offline(std::size_t season, std::size_t station) { return station % 4 == season % 4; }

}  // namespace

Result<void> import_members(Story& story) {
  Tablet& tablet = *story.cast.clerk;
  Dice dice = story.dice.fork("members");
  const SiteId site = tablet.site;
  const ScopeId scope = tablet.scope;
  tablet.site = {};
  tablet.scope = story.scope("reports");
  for (int i = 0; i < story.numbers.members_elsewhere; ++i) {
    const Day when{day(2012, 3, 1).value + i % 900};
    const Identity identity = story.identities.person(false);
    EventDraft draft = tablet.draft(when);
    draft.personal.push_back({PersonId{}, identity.data});
    draft.body = [region = identity.native_region, male = identity.male](Body body) {
      auto p = body.initPersonRegistered();
      p.setNativeRegion(region);
      p.setSex(male ? schema::Sex::MALE : schema::Sex::FEMALE);
      p.setVerification(schema::PersonRegistered::Verification::NONE);
    };
    const PersonId person = entity_cast<PersonId>(tablet.add(std::move(draft)));
    tablet.add(when, [person, when, group = dice.pick(story.committees_abroad)](Body body) {
      auto m = body.initMembershipChanged();
      m.setMember(person.value);
      m.setGroup(group.value);
      m.setRole("league_member");
      m.setJoined(true);
      m.setDay(when.value);
    });
  }
  HOUNIAO_TRY(tablet.save());
  tablet.site = site;
  tablet.scope = scope;
  return {};
}

Result<void> work_season(Story& story, std::size_t season) {
  const std::uint64_t before = story.cast.written();
  int offline = 0;
  for (std::size_t i = 0; i < kStations; ++i) {
    Tablet& tablet = *story.cast.stations[i];
    if (is_offline(season, i)) {
      tablet.device().disconnect();
      ++offline;
    }
    Desk(story, season, i).work();
    HOUNIAO_TRY(tablet.save());
    // Whoever was away the season before comes back with everything at once.
    if (!is_offline(season, i) && season > 0 && is_offline(season - 1, i)) {
      HOUNIAO_TRY(tablet.connect());
    }
  }
  hold_activities(story, season, kStations);
  HOUNIAO_TRY(story.cast.clerk->save());
  for (std::size_t i = 0; i < kStations; ++i) {
    if (!is_offline(season, i)) HOUNIAO_TRY(story.cast.stations[i]->sync(kSyncTimeout));
  }
  HOUNIAO_TRY(story.cast.clerk->sync(kSyncTimeout));
  const std::uint64_t events = story.cast.written() - before;
  const std::string number = std::to_string(events);
  story.tell(std::string(seasons()[season].name_zh) + "：8 站记录 " + number + " 条，其中 " +
             std::to_string(offline) + " 站离线，下一季补传 / " +
             std::string(seasons()[season].name_en) + ": 8 stations recorded " + number +
             " events, " + std::to_string(offline) + " of them offline until later");
  return {};
}

Result<void> come_home(Story& story) {
  for (Tablet* tablet : story.cast.stations) {
    HOUNIAO_TRY(tablet->connect());
    HOUNIAO_TRY(tablet->sync(kSyncTimeout));
  }
  return {};
}

}  // namespace houniao::programme_b
