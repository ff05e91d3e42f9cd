// Redeeming points without a connection, ten thousand times over. Twenty tablets get leases, lose
// their connection, redeem, hand over and close, and push what they have in random pieces, to two
// servers in two different orders. After every event each server's accounts are compared with a
// book that this test keeps by itself, from nothing but which events are in force:
//
//   overspent        a volunteer spent and set aside more than was credited
//   lease_overdrawn  more was redeemed on a lease and given back than it held
//   lease_strayed    something counts that another tablet than its own redeemed on a lease
//   account_differs  the server's account says something else than the book
//   lease_refused    an honest tablet redeemed within its lease and in the end it does not count
//   order_matters    the two servers disagree
//
// Honest is who stays within what the tablet itself knows to be left, before its own closing and
// until the last day. Some tablets are not.
#include <cstdlib>
#include <map>
#include <set>

#include "replay/admission.h"
#include "replay/digest.h"
#include "tests/unit/replay/families/points_schedules.h"

namespace houniao::testing {
namespace {

using tests::Prng;
using Findings = std::set<std::string>;

constexpr int kTowns = 500;
constexpr int kTownsOfTablets = 25;

int scaled(int full) {
  const char* percent = std::getenv("HOUNIAO_TEST_SCALE");
  return percent == nullptr ? full : std::max(1, full * std::atoi(percent) / 100);
}

// --- the book ----------------------------------------------------------------------------------

struct BookLease {
  EventId id;
  EventId volunteer;
  std::size_t device = 0;
  std::int64_t points = 0;
  std::int64_t used = 0;
  std::int64_t given_back = 0;
  bool strayed = false;
  std::int64_t left() const { return points - used - given_back; }
};

struct BookAccount {
  std::int64_t credited = 0;
  std::int64_t spent = 0;
  std::int64_t handed = 0;
  std::int64_t set_aside = 0;
};

class Book {
 public:
  Book(const State& state, const std::vector<const Step*>& steps) {
    for (const Step* step : steps) {
      if (step->act == Act::lease && state.in_force(step->id)) {
        leases_.push_back({step->id, step->volunteer, step->device, step->points});
      }
    }
    for (const Step* step : steps) {
      if (state.in_force(step->id)) enter(*step);
    }
  }
  const std::vector<BookLease>& leases() const { return leases_; }
  BookAccount account(EventId volunteer) const {
    BookAccount out =
        accounts_.contains(volunteer.value) ? accounts_.at(volunteer.value) : BookAccount{};
    for (const BookLease& lease : leases_) {
      if (lease.volunteer == volunteer) out.set_aside += lease.left();
    }
    return out;
  }

 private:
  void enter(const Step& step) {
    BookAccount& account = accounts_[step.volunteer.value];
    BookLease* lease = nullptr;
    for (BookLease& item : leases_) {
      if (item.id == step.lease) lease = &item;
    }
    switch (step.act) {
      case Act::credit:
        account.credited += step.points;
        return;
      case Act::debit:
      case Act::online:
        account.spent += step.points;
        return;
      case Act::handed:
        account.handed += step.points;
        return;
      case Act::leased:
        account.spent += step.points;
        if (lease == nullptr) return;
        lease->used += step.points;
        lease->strayed = lease->strayed || lease->device != step.device;
        return;
      case Act::close:
        if (lease != nullptr) lease->given_back += step.points;
        return;
      case Act::lease:
      case Act::asset:
        return;
    }
  }

  std::vector<BookLease> leases_;
  std::map<std::uint64_t, BookAccount> accounts_;
};

// The check after every event. Uses the server's arithmetic only to compare with it.
void examine(const State& state, const std::vector<EventId>& volunteers,
             const std::vector<const Step*>& steps, Findings& findings) {
  const Book book(state, steps);
  for (const BookLease& lease : book.leases()) {
    if (lease.left() < 0) findings.insert("lease_overdrawn");
    if (lease.strayed) findings.insert("lease_strayed");
  }
  const PointsState& points = state.volunteers.points;
  for (EventId volunteer : volunteers) {
    const auto id = entity_cast<VolunteerId>(volunteer);
    const BookAccount own = book.account(volunteer);
    const std::int64_t shortage = points.shortage(entity_cast<SiteId>(Town::get().place()), id);
    const std::int64_t rest = own.credited - own.spent - own.set_aside - (own.handed - shortage);
    if (own.credited - own.spent - own.set_aside < 0 || rest < 0) findings.insert("overspent");
    if (shortage < 0 || shortage > own.handed || points.available(id) != rest ||
        points.balance(id) != rest + own.set_aside) {
      findings.insert("account_differs");
    }
  }
}

// --- servers -----------------------------------------------------------------------------------

// How a server treats leases whose last day has passed. Only the first is what replay/ does; the
// others are here to be caught.
enum class Rule : std::uint8_t {
  sound,
  freed_by_time,       // the points go back and the tablet's redemptions come too late
  freed_and_honoured,  // the points go back and the tablet's redemptions count all the same
};

class Server {
 public:
  explicit Server(Rule rule) : state_(Town::get().state()), rule_(rule) {}

  const State& state() const { return state_; }
  const Findings& findings() const { return findings_; }
  // Of the last schedule, as devices receive them.
  const std::vector<Bytes>& records() const { return records_; }

  // Goes through the schedule; what the tablets have arrives in an order of this server's own.
  void go_through(const Schedule& plan, Prng order) {
    steps_.clear();
    records_.clear();
    for (const Step& step : plan.connected) take_in(step, plan);
    if (rule_ != Rule::sound) free_leases();
    std::vector<std::size_t> arrived(kDevices);
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < kDevices; ++i) {
      if (!plan.outboxes[i].empty()) waiting.push_back(i);
    }
    while (!waiting.empty()) {
      const std::size_t choice = order.below(waiting.size());
      const std::size_t device = waiting[choice];
      const std::deque<Step>& outbox = plan.outboxes[device];
      for (std::uint64_t push = 1 + order.below(4); push > 0 && arrived[device] < outbox.size();
           --push) {
        take_in(outbox[arrived[device]++], plan);
      }
      if (arrived[device] == outbox.size()) {
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(choice));
      }
    }
    for (const Step* step : steps_) {
      if (step->act == Act::leased && step->honest && !state_.in_force(step->id)) {
        findings_.insert("lease_refused");
      }
    }
  }

 private:
  void take_in(const Step& step, const Schedule& plan) {
    EventReader event;
    HOUNIAO_ASSERT(event.open(step.bytes).has_value());
    const Received received{Seq{state_.last_seq.value + 1},
                            start_of(Day{Town::get().day().value + 30})};
    const Judgement judgement = houniao::admit(state_, event, received);
    houniao::apply(state_, event, received, judgement);
    write_record(step, received, judgement);
    steps_.push_back(&step);
    examine(state_, plan.volunteers, steps_, findings_);
  }
  void write_record(const Step& step, const Received& received, const Judgement& judgement) {
    const std::vector<std::uint16_t> reasons = judgement.reasons.numbers();
    RecordHeader header;
    header.seq = received.seq;
    header.received_at = received.at;
    header.scope = LogBuilder::kScope;
    header.verdict = judgement.verdict;
    header.reasons = reasons;
    append_event_record(records_.emplace_back(), header, step.bytes);
  }
  void free_leases() {
    PointsState& points = state_.volunteers.points;
    for (const Step* step : steps_) {
      auto at = points.leases.find(entity_cast<LeaseId>(step->id));
      if (at == points.leases.end()) continue;
      PointsLease& lease = at->second;
      points.enter(lease.volunteer, {step->id, lease.last_day, PointsEntry::Kind::given_back,
                                     lease.left(), lease.id.value});
      if (rule_ == Rule::freed_and_honoured) continue;
      lease.given_back += lease.left();
      lease.closed_from = step->id;
    }
  }

  State state_;
  Rule rule_;
  std::vector<const Step*> steps_;  // of this schedule, as they arrived
  std::vector<Bytes> records_;
  Findings findings_;
};

void compare(const State& a, const State& b, const std::vector<EventId>& volunteers,
             Findings& findings) {
  for (EventId volunteer : volunteers) {
    const auto id = entity_cast<VolunteerId>(volunteer);
    const SiteId site = entity_cast<SiteId>(Town::get().place());
    const PointsState& one = a.volunteers.points;
    const PointsState& other = b.volunteers.points;
    if (one.available(id) != other.available(id) || one.balance(id) != other.balance(id) ||
        one.shortage(site, id) != other.shortage(site, id)) {
      findings.insert("order_matters");
    }
  }
}

// What a tablet does with the records that it receives: it takes the verdict from each, and judges
// nothing itself.
void follow(State& tablet, const std::vector<Bytes>& records) {
  RecordReader record;
  EventReader event;
  for (const Bytes& bytes : records) {
    HOUNIAO_ASSERT(record.open(bytes).has_value());
    HOUNIAO_ASSERT(event.open(record.event_bytes()).has_value());
    Judgement judgement;
    judgement.verdict = record.get().getVerdict();
    for (const std::uint16_t reason : record.get().getReasons()) {
      judgement.reasons.add_number(reason);
    }
    const Received received{record.seq(), WallTime{record.get().getReceivedAtUs()}};
    houniao::apply(tablet, event, received, judgement);
  }
}

struct Tally {
  Findings findings;
  int schedules = 0;
  int leased = 0;  // honest redemptions on leases
};

// Two servers go through the same schedules. With races only what must hold in any order is
// compared.
void live_through(std::uint64_t seed, bool races, Rule rule, Tally& tally) {
  Prng random(seed);
  Scribe scribe;
  Server one(rule), other(rule);
  for (int number = 0; number < kSchedulesPerTown; ++number) {
    const Schedule plan = Planner(scribe, random, number, races).make();
    one.go_through(plan, Prng(random.next()));
    other.go_through(plan, Prng(random.next()));
    if (!races) compare(one.state(), other.state(), plan.volunteers, tally.findings);
    for (const auto& outbox : plan.outboxes) {
      for (const Step& step : outbox) tally.leased += step.act == Act::leased && step.honest;
    }
    ++tally.schedules;
  }
  if (!races && digest(one.state()) != digest(other.state())) {
    tally.findings.insert("order_matters");
  }
  for (const Server* server : {&one, &other}) {
    tally.findings.insert(server->findings().begin(), server->findings().end());
  }
}

// --- tests -------------------------------------------------------------------------------------

TEST(PointsProperty, leases_are_never_overspent_never_refused_and_indifferent_to_order) {
  Tally tally;
  const int towns = scaled(kTowns);
  for (int town = 1; town <= towns; ++town) {
    live_through(static_cast<std::uint64_t>(town), town % 2 == 0, Rule::sound, tally);
    ASSERT_EQ(tally.findings, Findings{}) << "seed " << town;
  }
  EXPECT_EQ(tally.schedules, towns * kSchedulesPerTown);
  EXPECT_GT(tally.leased, tally.schedules) << "hardly anything was redeemed on leases";
}

TEST(PointsProperty, after_every_sync_all_tablets_have_the_balances_of_the_server) {
  const int towns = scaled(kTownsOfTablets);
  for (int town = 1; town <= towns; ++town) {
    Prng random(static_cast<std::uint64_t>(town));
    Scribe scribe;
    Server server(Rule::sound);
    std::vector<State> tablets(kTablets, Town::get().state());
    for (int number = 0; number < kSchedulesPerTown; ++number) {
      const Schedule plan = Planner(scribe, random, number, town % 2 == 0).make();
      server.go_through(plan, Prng(random.next()));
      Findings findings;
      for (State& tablet : tablets) {
        follow(tablet, server.records());
        compare(server.state(), tablet, plan.volunteers, findings);
      }
      ASSERT_EQ(findings, Findings{}) << "seed " << town << " schedule " << number;
    }
  }
}

TEST(PointsProperty, canary_a_tablet_that_missed_a_record_has_other_balances) {
  Prng random(7);
  Scribe scribe;
  Server server(Rule::sound);
  const Schedule plan = Planner(scribe, random, 0, false).make();
  server.go_through(plan, Prng(1));
  State tablet = Town::get().state();
  std::vector<Bytes> missed_one = server.records();
  missed_one.erase(missed_one.begin());  // a credit
  follow(tablet, missed_one);
  Findings findings;
  compare(server.state(), tablet, plan.volunteers, findings);
  EXPECT_EQ(findings, Findings{"order_matters"});
}

TEST(PointsProperty, canary_leases_freed_by_time_refuse_what_was_redeemed_in_time) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    live_through(seed, true, Rule::freed_by_time, tally);
  }
  EXPECT_TRUE(tally.findings.contains("lease_refused"));
  EXPECT_TRUE(tally.findings.contains("account_differs"));
}

TEST(PointsProperty, canary_leases_freed_by_time_and_honoured_are_overspent) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    live_through(seed, true, Rule::freed_and_honoured, tally);
  }
  EXPECT_TRUE(tally.findings.contains("overspent"));
  EXPECT_FALSE(tally.findings.contains("lease_refused"));
}

TEST(PointsProperty, canary_a_missing_credit_makes_the_servers_disagree) {
  Prng random(7);
  Scribe scribe;
  Server one(Rule::sound), other(Rule::sound);
  Schedule plan = Planner(scribe, random, 0, false).make();
  one.go_through(plan, Prng(1));
  plan.outboxes.assign(kDevices, {});
  plan.connected.push_back(scribe.write({.act = Act::credit,
                                         .device = kSupervisor,
                                         .volunteer = plan.volunteers.front(),
                                         .points = 500,
                                         .day = Town::get().day()}));
  other.go_through(plan, Prng(1));
  Findings findings;
  compare(one.state(), other.state(), plan.volunteers, findings);
  EXPECT_EQ(findings, Findings{"order_matters"});
}

TEST(PointsProperty, canary_a_lease_that_pays_twice_and_elsewhere_is_seen) {
  Scribe scribe;
  const EventId volunteer = Town::get().volunteer_at(0);
  const Day day = Town::get().day();
  const Step lease = scribe.write({.act = Act::lease, .volunteer = volunteer, .points = 5});
  Step spent{.act = Act::leased,
             .volunteer = volunteer,
             .points = 4,
             .day = day,
             .lease = lease.id,
             .item = Town::get().towels()};
  const Step first = scribe.write(spent);
  spent.device = 1;
  const Step second = scribe.write(spent);
  // A server that lets everything in.
  State state = Town::get().state();
  for (const Step* step : {&lease, &first, &second}) {
    EventReader event;
    HOUNIAO_ASSERT(event.open(step->bytes).has_value());
    houniao::apply(state, event, {Seq{state.last_seq.value + 1}, start_of(day)}, Judgement{});
  }
  Findings findings;
  examine(state, {volunteer}, {&lease, &first, &second}, findings);
  EXPECT_TRUE(findings.contains("lease_overdrawn"));
  EXPECT_TRUE(findings.contains("lease_strayed"));
  EXPECT_TRUE(findings.contains("overspent"));
}

}  // namespace
}  // namespace houniao::testing
