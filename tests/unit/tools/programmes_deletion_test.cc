// Take one event out of the log of a played programme, fold the rest again, and see which figures
// change: those that rest on the event, and no others.
//
// The rule is found from the rows of the fact table and from the bytes of the events, by code that
// shares nothing with the figures engine:
//
//   carried down   An event goes down with the deleted one
//                  (1) when it names it, or an event that went down, and now waits for it: a fact
//                      (the attendance of a session) keeps rows, of what it says itself; a claim
//                      or a decision (the payment of a request) has none;
//                  (2) when it is a claim or decision that now counts, or no longer does, because
//                      of something that it and an event that went down both name in their bodies:
//                      money of a contract, points of a volunteer, an order without fulfilment;
//                  (3) when it is what a correction, retraction or decision that went down is
//                  about;
//                  (4) when it is an assignment of an order and the deletion may leave somebody
//                  with more or fewer orders in hand (Wish::moves_assignments): it then breaks the
//                  rule by which it was given, or no longer does. The rows of every other event
//                  must stay as they were.
//   rests on       A figure rests on the deletion when a row that came, went or differs meets the
//                  conditions that one of its metrics puts to a row.
//   must change    Counts and sums by exactly what those rows come to; numbers of different things
//                  to what a plain count of the rows that are left gives. The other operations (the
//                  smallest of any month, the level on any day, the last word of somebody) need not
//                  change when one row does, but must not change without one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/prng.h"
#include "tests/unit/tools/stage/captured_log.h"
#include "tests/unit/tools/stage/row_count.h"

namespace houniao::deleted {
namespace {

using stage::captured;
using stage::CapturedLog;
using stage::fold;
using stage::FoldedEvent;
using stage::Ground;
using stage::Number;
using stage::numbers_of;
using stage::Row;
using stage::rows_of;
using tests::Prng;
using Body = schema::Event::Body;
using Complaints = std::vector<std::string>;

std::string name_of(EventType type) {
  const CatalogueRow* row = find_row(type);
  return row == nullptr ? std::string("?") : std::string(row->name);
}

// --- what a deletion changes --------------------------------------------------------------------

struct Change {
  EventId event;
  std::vector<Row> before;  // refer to the texts of the whole state
  std::vector<Row> after;   // and to those of the state that is left
};

bool counts(const EventEntry* entry) {
  return entry != nullptr &&
         (entry->status == EventStatus::accepted || entry->status == EventStatus::flagged ||
          entry->status == EventStatus::released);
}

// Without the place in the log and without the flag that says what was known at arrival.
bool same(const Row& a, const Row& b) {
  FactRow left = a.fact;
  FactRow right = b.fact;
  for (FactRow* fact : {&left, &right}) {
    fact->seq = {};
    fact->kind = fact->attr = {};
    fact->flags &= ~std::uint32_t{kFactFlagged};
  }
  return left == right && a.kind == b.kind && a.attr == b.attr;
}

// Every event but `deleted` that counts otherwise, waits otherwise or has other rows.
std::vector<Change> changes_between(const CapturedLog& log, const State& whole, const State& rest,
                                    EventId deleted) {
  std::vector<Change> out;
  for (const FoldedEvent& event : log.events) {
    if (event.id == deleted) continue;
    const EventEntry* was = whole.events.find(event.id);
    const EventEntry* is = rest.events.find(event.id);
    std::vector<Row> before = rows_of(whole, event.id);
    std::vector<Row> after = rows_of(rest, event.id);
    const bool stays = was != nullptr && is != nullptr && counts(was) == counts(is) &&
                       was->provisional == is->provisional &&
                       std::equal(before.begin(), before.end(), after.begin(), after.end(), same);
    if (!stays) out.push_back({event.id, std::move(before), std::move(after)});
  }
  return out;
}

using Ids = std::set<EventId>;

bool any_in(const std::vector<EventId>& list, const Ids& ids) {
  return std::any_of(list.begin(), list.end(), [&](EventId id) { return ids.contains(id); });
}

// What went down so far, and whether a change follows from it.
class Downfall {
 public:
  Downfall(const CapturedLog& log, const State& whole, const State& rest, EventId deleted,
           bool moves_assignments)
      : log_(log), whole_(whole), rest_(rest), moves_assignments_(moves_assignments) {
    add(deleted);
  }

  void add(EventId event) {
    const std::size_t place = log_.places.at(event);
    down_.insert(event);
    touched_.insert(event);
    for (const EventId id : named_in_body(log_, place)) touched_.insert(id);
    const EventType type = log_.events[place].type;
    if (type != Body::EVENT_CORRECTED && type != Body::EVENT_RETRACTED &&
        type != Body::HELD_EVENT_DECIDED) {
      return;
    }
    for (const EventId id : named_in_body(log_, place)) targets_.insert(id);
  }

  bool explains(EventId event) const {
    const std::size_t place = log_.places.at(event);
    if (targets_.contains(event)) return true;
    if (waits(event) && any_in(named_by(log_, place), down_)) return true;
    const CatalogueRow* row = find_row(log_.events[place].type);
    if (row == nullptr || row->event_class == EventClass::fact) return false;
    if (counts(whole_.events.find(event)) == counts(rest_.events.find(event))) return false;
    if (moves_assignments_ && log_.events[place].type == Body::ORDER_ASSIGNED) return true;
    return any_in(named_in_body(log_, place), touched_);
  }

 private:
  bool waits(EventId event) const {
    const auto at = rest_.parked.find(event);
    return at != rest_.parked.end() && !at->second.waits_for.empty();
  }

  const CapturedLog& log_;
  const State& whole_;
  const State& rest_;
  const bool moves_assignments_;
  Ids down_;
  Ids touched_;  // by what went down: itself, and what its body names
  Ids targets_;  // of corrections, retractions and decisions that went down
};

Complaints unexplained(const CapturedLog& log, const State& whole, const State& rest,
                       EventId deleted, bool moves_assignments,
                       const std::vector<Change>& changes) {
  Downfall downfall(log, whole, rest, deleted, moves_assignments);
  std::vector<EventId> open;
  for (const Change& change : changes) open.push_back(change.event);
  for (bool more = true; more;) {
    const std::size_t before = open.size();
    std::erase_if(open, [&](EventId event) {
      if (!downfall.explains(event)) return false;
      downfall.add(event);
      return true;
    });
    more = open.size() < before;
  }
  Complaints out;
  for (const EventId event : open) {
    out.push_back(to_string(event) + " " + name_of(log.event(event).type) +
                  " changed and has nothing to do with the deleted event");
  }
  return out;
}

// Holds the numbers before and after against the rows that came, went or differ. `rest` is where
// the rows are that are left.
Complaints judge(const Ground& whole, const Ground& left, const State& rest,
                 const std::vector<Number>& before, const std::vector<Number>& after,
                 const std::vector<Change>& changes) {
  Complaints out;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Metric& metric = *before[i].metric;
    const auto touches = [&](const std::vector<Row>& rows) {
      return std::any_of(rows.begin(), rows.end(),
                         [&](const Row& row) { return whole.may_meet(metric, row); });
    };
    const bool rests = std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      return touches(change.before) || touches(change.after);
    });
    const std::string both =
        std::to_string(before[i].value) + " and then " + std::to_string(after[i].value);
    if (!rests && after[i].differs(before[i])) {
      out.push_back(before[i].name + " was " + both + " and rests on nothing that changed");
    }
    if (!rests || !is_plain(before[i])) continue;
    std::int64_t expected = 0;
    if (metric.op == MetricOp::distinct || !metric.where.joins.empty()) {
      expected = tally(left, metric, rest);
    } else {
      expected = before[i].value;
      for (const Change& change : changes) {
        expected += tally(left, metric, change.after) - tally(whole, metric, change.before);
      }
    }
    if (after[i].value != expected) {
      out.push_back(before[i].name + " was " + both + " and must be " + std::to_string(expected));
    }
  }
  return out;
}

// --- which events -------------------------------------------------------------------------------

struct Wish {
  EventType type;
  std::size_t count = 1;
  std::vector<EventType> not_named_by = {};
  bool moves_assignments = false;
};

// Leaves out of the choice only what moves more than what names it. A link of two persons changes
// who is counted, not a row; a tablet whose own place is gone loses everything. Orders of d are
// given to whoever has the fewest in hand: what closes one (the session that fulfils it, its
// fulfilment, its review) may move assignments of others, and whoever loses such an order has
// nothing to review. What d does for people are sessions, it records no ServiceDelivered.
std::vector<Wish> wishes_for(std::string_view code) {
  if (code == "a") {
    return {{Body::SESSION_HELD, 2},    {Body::ATTENDANCE_RECORDED, 2}, {Body::SERVICE_DELIVERED},
            {Body::DUTY_CHECKED_IN},    {Body::DEMAND_RAISED},          {Body::CASE_OPENED},
            {Body::MEMBERSHIP_CHANGED}, {Body::DISBURSEMENT_PAID},      {Body::EVENT_RETRACTED}};
  }
  if (code == "b") {
    return {{Body::SERVICE_DELIVERED}, {Body::AGENCY_CASE_OPENED},
            {Body::OUTCOME_CONFIRMED}, {Body::PERSON_REGISTERED, 1, {Body::PERSON_LINK_DECIDED}},
            {Body::BROADCAST_SENT},    {Body::EVENT_CORRECTED}};
  }
  if (code == "c") {
    return {{Body::SESSION_HELD},       {Body::ATTENDANCE_RECORDED}, {Body::DUTY_CHECKED_IN},
            {Body::TRAINING_COMPLETED}, {Body::ELECTION_HELD},       {Body::APPOINTMENT_CHANGED},
            {Body::AGREEMENT_SIGNED},   {Body::DISBURSEMENT_PAID},   {Body::EVENT_CORRECTED}};
  }
  if (code == "d") {
    return {{Body::DELIBERATION_HELD},          {Body::DEMAND_RAISED, 1, {Body::ORDER_POSTED}},
            {Body::DEMAND_DIGEST_COMPILED},     {Body::HOURS_CONFIRMED, 2},
            {Body::RATING_SUBMITTED},           {Body::AGREEMENT_SIGNED},
            {Body::ATTENDANCE_RECORDED},        {Body::DISBURSEMENT_PAID, 2},
            {Body::SESSION_HELD, 4, {}, true},  {Body::ORDER_FULFILLED, 3, {}, true},
            {Body::ORDER_REVIEWED, 3, {}, true}};
  }
  return {{Body::AWARD_DECIDED},
          {Body::PROPOSAL_SUBMITTED},
          {Body::DISBURSEMENT_PAID, 2},
          {Body::STAFF_PLACED},
          {Body::CASE_CONTACT_LOGGED},
          {Body::CASE_OPENED},
          {Body::NOTICE_PUBLISHED},
          {Body::HONOUR_CONFERRED},
          {Body::ATTENDANCE_RECORDED},
          {Body::SITE_OPENED, 1, {Body::PERSON_REGISTERED, Body::ORGANISATION_REGISTERED}}};
}

bool is_named_by(const CapturedLog& log, EventId id, const std::vector<EventType>& types) {
  for (std::size_t place = 0; place < log.events.size(); ++place) {
    const EventType type = log.events[place].type;
    if (std::find(types.begin(), types.end(), type) == types.end()) continue;
    const std::vector<EventId> named = named_by(log, place);
    if (std::binary_search(named.begin(), named.end(), id)) return true;
  }
  return false;
}

// Different events in force, chosen at random; fewer when there are not so many.
std::vector<EventId> pick(const CapturedLog& log, const State& whole, const Wish& wish,
                          Prng& random) {
  std::vector<EventId> from;
  for (const FoldedEvent& event : log.events) {
    if (event.type == wish.type && whole.in_force(event.id)) from.push_back(event.id);
  }
  std::vector<EventId> out;
  while (!from.empty() && out.size() < wish.count) {
    const auto at = static_cast<std::ptrdiff_t>(random.below(from.size()));
    const EventId id = from[static_cast<std::size_t>(at)];
    from.erase(from.begin() + at);
    if (wish.not_named_by.empty() || !is_named_by(log, id, wish.not_named_by)) out.push_back(id);
  }
  return out;
}

State fold_without(const CapturedLog& log, EventId deleted) {
  // Every other event keeps its place: what a seal says of the size of the log stays true.
  State state;
  for (const FoldedEvent& event : log.events) {
    if (event.id == deleted) continue;
    EventReader reader;
    HOUNIAO_ASSERT(reader.open(event.bytes));
    const Judgement judgement = admit(state, reader, event.received);
    apply(state, reader, event.received, judgement);
  }
  return state;
}

constexpr std::uint64_t kSeed = 20'260'101;
constexpr std::uint64_t kStory = 7;
std::uint64_t story_of(std::string_view code) { return code == "b" ? 1 : kStory; }

// A programme as it was played, and what one deletion makes of it.
class Trial {
 public:
  explicit Trial(std::string_view code)
      : log(captured(code, story_of(code))),
        whole(fold(log, own_order(log))),
        ground(whole, log.pack),
        before(numbers_of(whole, log.pack)) {}
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  struct Outcome {
    Complaints complaints;
    std::size_t flipped = 0;  // numbers that changed
    std::size_t carried = 0;  // other events that changed
  };
  Outcome without(EventId deleted, bool moves_assignments = false) const {
    const State rest = fold_without(log, deleted);
    std::vector<Change> changes = changes_between(log, whole, rest, deleted);
    Outcome out;
    out.complaints = unexplained(log, whole, rest, deleted, moves_assignments, changes);
    out.carried = changes.size();
    changes.push_back({deleted, rows_of(whole, deleted), {}});
    const std::vector<Number> after = numbers_of(rest, log.pack);
    const Ground left(rest, log.pack);
    for (std::string& complaint : judge(ground, left, rest, before, after, changes)) {
      out.complaints.push_back(std::move(complaint));
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      out.flipped += after[i].differs(before[i]) ? 1u : 0u;
    }
    return out;
  }

  const CapturedLog& log;
  const State whole;
  const Ground ground;
  const std::vector<Number> before;
};

std::string text_of(const Complaints& complaints) {
  std::string out;
  for (const std::string& complaint : complaints) out += "\n  " + complaint;
  return out;
}

void delete_from(std::string_view code) {
  const Trial trial(code);
  Prng random(kSeed);
  std::size_t flipped = 0;
  for (const Wish& wish : wishes_for(code)) {
    const std::vector<EventId> picked = pick(trial.log, trial.whole, wish, random);
    EXPECT_EQ(picked.size(), wish.count) << code << " has too few " << name_of(wish.type);
    for (const EventId id : picked) {
      const Trial::Outcome outcome = trial.without(id, wish.moves_assignments);
      EXPECT_TRUE(outcome.complaints.empty())
          << code << " without " << to_string(id) << " " << name_of(wish.type) << ":"
          << text_of(outcome.complaints);
      flipped += outcome.flipped;
    }
  }
  EXPECT_GT(flipped, 0u) << "no figure of " << code << " rests on any of what was deleted";
}

constexpr std::array<std::string_view, 5> kCodes = {"a", "b", "c", "d", "e"};

// --- the programmes -----------------------------------------------------------------------------

TEST(ProgrammesDeletion, figures_of_a_change_where_they_rest_on_what_is_gone) { delete_from("a"); }
TEST(ProgrammesDeletion, figures_of_b_change_where_they_rest_on_what_is_gone) { delete_from("b"); }
TEST(ProgrammesDeletion, figures_of_c_change_where_they_rest_on_what_is_gone) { delete_from("c"); }
TEST(ProgrammesDeletion, figures_of_d_change_where_they_rest_on_what_is_gone) { delete_from("d"); }
TEST(ProgrammesDeletion, figures_of_e_change_where_they_rest_on_what_is_gone) { delete_from("e"); }

TEST(ProgrammesDeletion, at_least_thirty_events_are_deleted) {
  std::size_t count = 0;
  for (const std::string_view code : kCodes) {
    for (const Wish& wish : wishes_for(code)) count += wish.count;
  }
  EXPECT_GE(count, 30u);
}

TEST(ProgrammesDeletion, counted_row_by_row_the_whole_log_gives_the_same_figures) {
  for (const std::string_view code : kCodes) {
    const Trial trial(code);
    std::size_t compared = 0;
    for (const Number& number : trial.before) {
      if (!is_plain(number)) continue;
      EXPECT_EQ(tally(trial.ground, *number.metric, trial.whole), number.value)
          << code << " " << number.name;
      ++compared;
    }
    EXPECT_GT(compared, 0u) << code;
  }
}

// --- canaries -----------------------------------------------------------------------------------

TEST(ProgrammesDeletion, an_event_without_rows_in_any_metric_flips_nothing) {
  for (const std::string_view code : kCodes) {
    const Trial trial(code);
    Prng random(kSeed);
    const auto picked = pick(trial.log, trial.whole, {Body::FIGURE_REPORTED}, random);
    ASSERT_EQ(picked.size(), 1u) << code;
    const Trial::Outcome outcome = trial.without(picked.front());
    EXPECT_TRUE(outcome.complaints.empty()) << code << text_of(outcome.complaints);
    EXPECT_EQ(outcome.flipped, 0u) << code;
    EXPECT_EQ(outcome.carried, 0u) << code;
  }
}

TEST(ProgrammesDeletion, an_assignment_that_moves_where_none_may_is_found_out) {
  const Trial trial("d");
  Prng random(kSeed);
  const auto picked = pick(trial.log, trial.whole, {Body::SESSION_HELD, 4}, random);
  ASSERT_EQ(picked.size(), 4u);
  std::size_t found = 0;
  for (const EventId id : picked) {
    EXPECT_TRUE(trial.without(id, true).complaints.empty());
    found += trial.without(id).complaints.empty() ? 0u : 1u;
  }
  EXPECT_GT(found, 0u);
}

TEST(ProgrammesDeletion, what_names_the_deleted_event_goes_down_with_it) {
  const Trial trial("a");
  Prng random(kSeed);
  const auto picked = pick(trial.log, trial.whole, {Body::CASE_OPENED}, random);
  ASSERT_EQ(picked.size(), 1u);
  EXPECT_GT(trial.without(picked.front()).carried, 0u) << "its contacts have no case any more";
}

// The film that was entered twice comes back when its retraction goes: one film more.
struct WithoutRetraction {
  Trial trial{"a"};
  EventId deleted;
  State rest;
  std::vector<Change> changes;
  std::vector<Number> after;

  WithoutRetraction() {
    Prng random(kSeed);
    const auto picked = pick(trial.log, trial.whole, {Body::EVENT_RETRACTED}, random);
    HOUNIAO_ASSERT(picked.size() == 1);
    deleted = picked.front();
    rest = fold_without(trial.log, deleted);
    changes = changes_between(trial.log, trial.whole, rest, deleted);
    after = numbers_of(rest, trial.log.pack);
  }
  Complaints judged(const std::vector<Number>& numbers, const std::vector<Change>& claimed) const {
    const Ground left(rest, trial.log.pack);
    return judge(trial.ground, left, rest, trial.before, numbers, claimed);
  }
};

TEST(ProgrammesDeletion, a_wrong_expectation_is_found_out) {
  const WithoutRetraction film;
  ASSERT_TRUE(film.judged(film.after, film.changes).empty());
  EXPECT_FALSE(film.judged(film.after, {}).empty())
      << "a figure changed and should rest on nothing";
  EXPECT_FALSE(film.judged(film.trial.before, film.changes).empty())
      << "a figure stayed and should rest on the film";
  std::vector<Number> wrong = film.after;
  for (Number& number : wrong) {
    if (is_plain(number)) ++number.value;
  }
  EXPECT_FALSE(film.judged(wrong, film.changes).empty()) << "a figure is off by one";
}

TEST(ProgrammesDeletion, a_change_that_has_nothing_to_do_with_the_deletion_is_found_out) {
  const WithoutRetraction film;
  const Trial& trial = film.trial;
  EXPECT_TRUE(
      unexplained(trial.log, trial.whole, film.rest, film.deleted, false, film.changes).empty());
  // As if another event had been deleted.
  Prng random(kSeed);
  const auto other = pick(trial.log, trial.whole, {Body::FIGURE_REPORTED}, random);
  ASSERT_EQ(other.size(), 1u);
  EXPECT_FALSE(
      unexplained(trial.log, trial.whole, film.rest, other.front(), false, film.changes).empty());
}

}  // namespace
}  // namespace houniao::deleted
