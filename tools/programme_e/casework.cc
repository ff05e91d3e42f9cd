// Case files of young people at the six district desks. Each winter the desk registers clients and
// takes their consent, or a guardian's; through the year every ground that a screening finds makes
// an entry of its own, so that a client has many. Some entries are followed up, a few closed, read
// under a decision, passed on or reported. What was said is not here: it would be sealed.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

constexpr std::array<const char*, 5> kGrounds = {
    "out_of_school", "out_of_work", "internet_addiction", "left_behind", "at_risk_of_offending"};
constexpr std::size_t kGuarded = 60;  // every so-manieth client is a child under fourteen

struct Client {
  PersonId person;
  EventId consent;
};

struct Entry {
  CaseId id;
  std::size_t client = 0;
  Day day;
};

// 1 + 2 + ... + n.
constexpr std::int64_t triangle(std::int64_t n) { return n * (n + 1) / 2; }

// The desk's part of a total in one year: as there are more clients each year, the years weigh 1,
// 2, 3 and so on. Parts sum to the total.
std::int64_t part(std::int64_t total, std::size_t district, int year) {
  const std::int64_t steps = triangle(kFileYears);
  const std::int64_t cells = static_cast<std::int64_t>(kDistricts) * steps;
  const auto base = static_cast<std::int64_t>(district) * steps;
  return total * (base + triangle(year + 1)) / cells - total * (base + triangle(year)) / cells;
}

EventId open_case(Tablet& tablet, Day when, const Client& client, std::size_t ground,
                  schema::RiskLevel risk, StaffId worker, StaffId supervisor) {
  return tablet.add(when, [=](Body body) {
    auto c = body.initCaseOpened();
    c.setClient(client.person.value);
    c.setGround(kGrounds[ground]);
    c.setRisk(risk);
    c.setWorker(worker.value);
    c.setSupervisor(supervisor.value);
    c.setConsent(client.consent.value);
    c.setDay(when.value);
  });
}

void log_contact(Tablet& tablet, Day when, CaseId id, std::uint32_t minutes,
                 schema::CaseContactLogged::Mode mode, schema::RiskLevel risk) {
  tablet.add(when, [=](Body body) {
    auto c = body.initCaseContactLogged();
    c.setCase(id.value);
    c.setMode(mode);
    c.setMinutes(minutes);
    c.setRisk(risk);
    c.setDay(when.value);
  });
}

// One desk through the years.
class Desk {
 public:
  Desk(Story& story, std::size_t district)
      : s_(story),
        index_(district),
        d_(story.districts[district]),
        dice_(story.company.dice.fork("desk" + std::to_string(district))) {}

  // Puts the year on the desk's pile.
  void work(int year);
  // What the supervisor of case work decides about the year, after the desk has sent it in.
  void supervise(int year);
  // What rests on these decisions.
  void read(int year);

 private:
  Tablet& tablet() const { return *d_.desk; }
  static int calendar(int year) { return kFirstFileYear + year; }

  void register_clients(int year);
  PersonId register_child(Day when, int year);
  void screen(int year);
  void follow_up(int year);
  void pass_on(int year);
  void close(int year);
  void decide_access(int year);

  Story& s_;
  std::size_t index_;
  District& d_;
  Dice dice_;
  std::vector<Client> clients_;
  std::vector<Entry> entries_;  // of the year
  EventId access_;
  CaseId read_;
};

PersonId Desk::register_child(Day when, int year) {
  const PersonId guardian = register_person(tablet(), when, s_.company.identities.person(true, 32));
  const CivilDate birth{calendar(year) - static_cast<int>(dice_.between(8, 10)), 5, 1};
  const PersonId child =
      register_person(tablet(), when, child_born(s_.company.identities.person(false, 32), birth));
  name_guardian(tablet(), when, child, guardian);
  clients_.push_back({child, consent(tablet(), when, child, "case_work", guardian)});
  return child;
}

void Desk::register_clients(int year) {
  const std::int64_t all = s_.numbers.clients;
  const auto cells = static_cast<std::int64_t>(kDistricts) * kFileYears;
  const auto cell = static_cast<std::int64_t>(index_) * kFileYears + year;
  const std::int64_t fresh = all * (cell + 1) / cells - all * cell / cells;
  for (std::int64_t i = 0; i < fresh; ++i) {
    const Day when = days_after(on(calendar(year), 2, 8), i * 30 / fresh);
    if (clients_.size() % kGuarded == 0) {
      register_child(when, year);
      continue;
    }
    const CivilDate birth{calendar(year) - static_cast<int>(dice_.between(15, 23)),
                          static_cast<int>(dice_.between(1, 12)),
                          static_cast<int>(dice_.between(1, 28))};
    const PersonId person =
        register_person(tablet(), when, child_born(s_.company.identities.person(false, 32), birth));
    clients_.push_back({person, consent(tablet(), when, person, "case_work")});
  }
}

// The screenings go through the book of clients again and again; each time another ground is asked
// about.
void Desk::screen(int year) {
  const std::int64_t count = part(s_.numbers.entries, index_, year);
  entries_.clear();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    const std::size_t client = serial % clients_.size();
    const std::size_t round = serial / clients_.size() + static_cast<std::size_t>(year);
    const Day when = days_after(on(calendar(year), 3, 15), i * 255 / count);
    const auto risk = dice_.one_in(40)  ? schema::RiskLevel::HIGH
                      : dice_.one_in(5) ? schema::RiskLevel::MEDIUM
                                        : schema::RiskLevel::LOW;
    const EventId id = open_case(
        tablet(), when, clients_[client], (client + round) % kGrounds.size(), risk,
        d_.workers[client % d_.workers.size()], s_.supervisors[client % s_.supervisors.size()]);
    entries_.push_back({entity_cast<CaseId>(id), client, when});
    if (index_ == 0 && client == 1) s_.entries_of_one.push_back(id);
  }
}

void Desk::follow_up(int year) {
  using Mode = schema::CaseContactLogged::Mode;
  constexpr std::array kModes = {Mode::VISIT, Mode::PHONE, Mode::FACE_TO_FACE, Mode::VISIT,
                                 Mode::ONLINE};
  const std::int64_t count = part(s_.numbers.contacts, index_, year);
  const auto all = static_cast<std::int64_t>(entries_.size());
  const Day last = on(calendar(year), 12, 14);
  for (std::int64_t i = 0; i < count && all > 0; ++i) {
    const Entry& entry = entries_[static_cast<std::size_t>(i * all / count)];
    const Day when = std::min(days_after(entry.day, dice_.between(2, 20)), last);
    log_contact(tablet(), when, entry.id, static_cast<std::uint32_t>(dice_.between(10, 70)),
                kModes[static_cast<std::size_t>(i) % kModes.size()], schema::RiskLevel::LOW);
  }
}

// A few clients are passed on to an agency, and what the law says must be reported is reported
// (未成年人保护法 11).
void Desk::pass_on(int year) {
  for (std::size_t i = 1; i <= 4 && i * 7 < entries_.size(); ++i) {
    const Entry& entry = entries_[i * 7];
    const Day when = days_after(entry.day, 3);
    tablet().add(when, [=, to = s_.early(5 + 11 * i).id,
                        consent = clients_[entry.client].consent](Body body) {
      auto r = body.initCaseReferred();
      r.setCase(entry.id.value);
      r.setTo(to.value);
      r.initShared(1).set(0, "ground");
      r.setConsent(consent.value);
      r.setDay(when.value);
    });
  }
  if (entries_.size() < 3 || year % 2 != 0) return;
  const Entry& entry = entries_[2];
  const Day when = days_after(entry.day, 1);
  tablet().add(when, [=, child = clients_[entry.client].person](Body body) {
    auto r = body.initMandatoryReportFiled();
    r.setCase(entry.id.value);
    r.setPerson(child.value);
    r.setAuthority(schema::MandatoryReportFiled::Authority::POLICE);
    r.setDay(when.value);
    r.setMinute(15 * 60);
    r.setGround("suspected_harm");
  });
}

void Desk::work(int year) {
  register_clients(year);
  screen(year);
  follow_up(year);
  pass_on(year);
}

void Desk::close(int year) {
  const Day when = on(calendar(year), 12, 20);
  for (std::size_t i = 10; i < entries_.size() && i < 250; i += 18) {
    s_.care->add(when, [=, id = entries_[i].id, sealed = i == 10](Body body) {
      auto c = body.initCaseClosed();
      c.setCase(id.value);
      c.setOutcome(sealed ? "sealed_by_law" : "goal_reached");
      c.setReason("the yearly review");
      c.setSealed(sealed);
      c.setDay(when.value);
    });
  }
}

void Desk::decide_access(int year) {
  if (entries_.empty()) return;
  read_ = entries_.front().id;
  const Day when = on(calendar(year), 12, 21);
  const auto decide = [&](std::int32_t days) {
    return s_.care->add(when, [=, reader = d_.coordinator, record = read_](Body body) {
      auto a = body.initSensitiveAccessDecided();
      a.setReader(reader.value);
      a.setRecord(record.value);
      a.setPurpose("yearly_review");
      a.setUntilDay(when.value + days);
      a.setGranted(true);
    });
  };
  access_ = decide(10);
  // Two years are too long for one decision: it stays held.
  if (year == kFileYears - 1 && index_ == 0) s_.kept_held.push_back(decide(730));
}

void Desk::supervise(int year) {
  const Elsewhere there(*s_.care, d_.scope);
  close(year);
  decide_access(year);
}

void Desk::read(int year) {
  if (!access_) return;
  const Day when = on(calendar(year), 12, 22);
  const auto look = [&](CaseId record, EventId access) {
    tablet().add(when, [=](Body body) {
      auto r = body.initSensitiveRecordRead();
      r.setRecord(record.value);
      r.setPurpose("yearly_review");
      r.setAccess(access.value);
    });
  };
  look(read_, access_);
  // Once somebody looks into a file without a decision: written down, and flagged for the auditor.
  if (year == 3 && index_ == 2 && entries_.size() > 1) look(entries_[1].id, {});
}

}  // namespace

Result<void> keep_files(Story& s) {
  std::vector<Desk> desks;
  for (std::size_t i = 0; i < kDistricts; ++i) desks.emplace_back(s, i);
  for (int year = 0; year < kFileYears; ++year) {
    for (std::size_t i = 0; i < kDistricts; ++i) {
      Tablet& tablet = *s.districts[i].desk;
      // Each year two of the desks have no network until the year is over.
      const bool away = (i + static_cast<std::size_t>(year)) % 3 == 0;
      if (away) tablet.device().disconnect();
      desks[i].work(year);
      HOUNIAO_TRY(tablet.save());
      if (away) HOUNIAO_TRY(tablet.connect());
      HOUNIAO_TRY(tablet.sync(kSyncTimeout));
      desks[i].supervise(year);
    }
    HOUNIAO_TRY(s.care->sync(kSyncTimeout));
    for (std::size_t i = 0; i < kDistricts; ++i) {
      desks[i].read(year);
      HOUNIAO_TRY(s.districts[i].desk->sync(kSyncTimeout));
    }
    s.company.tell(std::to_string(kFirstFileYear + year) +
                   " 年个案档案与跟进 / case files and contacts of the year");
  }
  return {};
}

}  // namespace houniao::programme_e
