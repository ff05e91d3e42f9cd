// The five programmes, with the records of their tablets in another order.
//
// What stays as the story has it, because it is one step after another:
//   - what one tablet recorded;
//   - what a tablet recorded after it was in step with the server: it had seen all that the log had
//     by then (FoldedEvent::knew);
//   - an event after those that it names, where they had arrived before it;
//   - the types of which the family headers say that the order of the log decides, before or after
//     everything else (order_decides() below).
// Whatever is left does not wait for one another, and is put in any order. Then nothing may differ:
// neither the state nor a figure, to the digit and to the word.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "replay/digest.h"
#include "replay/figures.h"
#include "tests/support/prng.h"
#include "tests/unit/tools/stage/captured_log.h"

namespace houniao::shuffled {
namespace {

using stage::captured;
using stage::CapturedLog;
using stage::fold;
using stage::FoldedEvent;
using tests::Prng;
using Body = schema::Event::Body;
using Order = std::vector<std::size_t>;

bool order_decides(EventType type) {
  switch (type) {
    // A grant holds from the record that carries it (families/system.h).
    case Body::DEVICE_ENROLLED:
    case Body::DEVICE_REVOKED:
    case Body::DEVICE_SCOPES_CHANGED:
    case Body::ROLE_GRANTED:
    case Body::ROLE_WITHDRAWN:
    // The last copy (families/sites.h).
    case Body::ASSET_LENT:
    case Body::ASSET_RETURNED:
    // Money that does not suffice for two requests (families/funds.h).
    case Body::FUNDS_RECEIVED:
    case Body::BUDGET_ALLOCATED:
    case Body::DISBURSEMENT_REQUESTED:
    case Body::DISBURSEMENT_APPROVED:
    case Body::DISBURSEMENT_PAID:
    case Body::DISBURSEMENT_REVERSED:
    // An order is given once (families/orders.h).
    case Body::ORDER_CLAIMED:
    case Body::ORDER_ASSIGNED:
    case Body::ORDER_WITHDRAWN:
    case Body::ORDER_REVIEWED:
    // Hours are decided once, points are spent once (families/hours.h, points.h, redemptions.h).
    case Body::HOURS_CONFIRMED:
    case Body::HOURS_CERTIFICATE_ISSUED:
    case Body::POINTS_EARNED:
    case Body::POINTS_ADJUSTED:
    case Body::POINTS_ALLOWANCE_LEASED:
    case Body::POINTS_REDEEMED:
    // Deadlines by receipt, one budget, one score (families/calls.h).
    case Body::PROPOSAL_SUBMITTED:
    case Body::PROPOSAL_SCORED:
    case Body::AWARD_DECIDED:
    // Whether approver and reader are one is found at arrival (families/cases.h).
    case Body::SENSITIVE_ACCESS_DECIDED:
    // Seals, and decisions on what is held (families/sealing.h, replay/state.h).
    case Body::PERIOD_SEALED:
    case Body::HELD_EVENT_DECIDED:
      return true;
    default:
      return false;
  }
}

// --- orders of one log --------------------------------------------------------------------------

// The part of a log between two records that stay where they are.
class Stretch {
 public:
  using Before = std::vector<std::vector<std::size_t>>;  // by place: what must have come

  Stretch(const CapturedLog& log, const Before& before, std::size_t first, std::size_t end)
      : log_(log), before_(before), first_(first), oldest_(first), done_(end - first, false) {
    std::map<std::uint32_t, Order> by_device;
    for (std::size_t place = first; place < end; ++place) {
      by_device[device_of(log.events[place].id).value].push_back(place);
    }
    for (auto& [device, places] : by_device) chains_.push_back({std::move(places), 0});
  }

  void write(Prng& random, Order& out) {
    while (oldest_ < first_ + done_.size()) {
      std::size_t chain = static_cast<std::size_t>(random.below(chains_.size()));
      // The oldest record that is still to come waits for nothing, so one of the chains can go on.
      while (!is_ready(chains_[chain])) chain = (chain + 1) % chains_.size();
      constexpr std::uint64_t kRunMax = 9;
      std::uint64_t run = 1 + random.below(kRunMax);
      for (; run > 0 && is_ready(chains_[chain]); --run) take(chains_[chain], out);
    }
  }

 private:
  struct Chain {
    Order places;
    std::size_t next = 0;
  };

  bool is_done(std::size_t place) const { return place < first_ || done_[place - first_]; }
  bool is_ready(const Chain& chain) const {
    if (chain.next == chain.places.size()) return false;
    const std::size_t place = chain.places[chain.next];
    if (log_.events[place].knew > oldest_) return false;
    return std::all_of(before_[place].begin(), before_[place].end(),
                       [&](std::size_t other) { return is_done(other); });
  }
  void take(Chain& chain, Order& out) {
    const std::size_t place = chain.places[chain.next++];
    done_[place - first_] = true;
    out.push_back(place);
    while (oldest_ < first_ + done_.size() && is_done(oldest_)) ++oldest_;
  }

  const CapturedLog& log_;
  const Before& before_;
  std::size_t first_;
  std::size_t oldest_;  // everything before it is folded
  std::vector<bool> done_;
  std::vector<Chain> chains_;
};

class Shuffler {
 public:
  explicit Shuffler(const CapturedLog& log) : log_(log), before_(log.events.size()) {
    for (std::size_t place = 0; place < log.events.size(); ++place) {
      if (order_decides(log.events[place].type)) continue;
      for (const EventId id : named_by(log, place)) {
        const std::size_t other = log.places.at(id);
        if (other < place) before_[place].push_back(other);
      }
    }
  }

  Order order(Prng& random) const {
    Order out;
    out.reserve(log_.events.size());
    std::size_t first = 0;
    for (std::size_t place = 0; place <= log_.events.size(); ++place) {
      const bool at_end = place == log_.events.size();
      if (!at_end && !order_decides(log_.events[place].type)) continue;
      if (place > first) Stretch(log_, before_, first, place).write(random, out);
      if (!at_end) out.push_back(place);
      first = place + 1;
    }
    return out;
  }

 private:
  const CapturedLog& log_;
  Stretch::Before before_;
};

// --- what is compared ---------------------------------------------------------------------------

// Everything that is said about the figures but in which record a deciding event stands.
std::vector<std::string> figures_of(const State& state, const Pack& pack) {
  std::vector<std::string> out;
  for (const FigureResult& figure : compute_figures(state, pack)) {
    out.push_back(figure.id + " " + std::string(name_of(figure.verdict)) + " " +
                  std::to_string(figure.detail.value) + " " +
                  std::to_string(figure.detail.numerator) + "/" +
                  std::to_string(figure.detail.denominator) + " " + figure.reason_en);
  }
  return out;
}

bool counts(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  if (entry == nullptr) return false;
  return entry->status == EventStatus::accepted || entry->status == EventStatus::flagged ||
         entry->status == EventStatus::released;
}

// The first events that count in one of two states only, for whoever has to find out why.
std::string differences(const CapturedLog& log, const State& a, const State& b) {
  constexpr int kShown = 5;
  std::string out;
  int shown = 0;
  for (const FoldedEvent& event : log.events) {
    if (counts(a, event.id) == counts(b, event.id)) continue;
    if (++shown > kShown) break;
    const CatalogueRow* row = find_row(event.type);
    out += to_string(event.id) + " " + std::string(row == nullptr ? "?" : row->name) + "; ";
  }
  return out.empty() ? "the same events count" : out;
}

std::size_t moved(const Order& order) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) count += order[i] != i ? 1u : 0u;
  return count;
}

// Every place once, and each device's in its own order.
bool keeps_chains(const CapturedLog& log, const Order& order) {
  std::map<std::uint32_t, std::uint64_t> last;
  std::vector<bool> seen(log.events.size(), false);
  for (const std::size_t place : order) {
    if (seen[place]) return false;
    seen[place] = true;
    const EventId id = log.events[place].id;
    std::uint64_t& before = last[device_of(id).value];
    if (device_seq_of(id).value <= before) return false;
    before = device_seq_of(id).value;
  }
  return order.size() == log.events.size();
}

void expect_same(std::string_view code, std::uint64_t story, std::uint64_t first_seed,
                 std::uint64_t seeds) {
  const CapturedLog& log = captured(code, story);
  ASSERT_FALSE(log.events.empty());
  const State original = fold(log, own_order(log));
  ASSERT_EQ(digest(original), log.whole) << code << ": the capture is not what was played";
  const std::vector<std::string> figures = figures_of(original, log.pack);
  const Shuffler shuffler(log);
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    Prng random(seed);
    const Order order = shuffler.order(random);
    ASSERT_TRUE(keeps_chains(log, order)) << code << " seed " << seed;
    EXPECT_GT(moved(order), 0u) << code << " seed " << seed << ": nothing was shuffled";
    const State state = fold(log, order);
    ASSERT_EQ(digest(state), log.whole)
        << code << " seed " << seed << ": " << differences(log, original, state);
    EXPECT_EQ(figures_of(state, log.pack), figures) << code << " seed " << seed;
    EXPECT_EQ(state.waiting.size(), original.waiting.size()) << code << " seed " << seed;
  }
}

// Fifty orders of one story and fifty of another make the hundred seeds of a programme.
constexpr std::uint64_t kSeedsEach = 50;
constexpr std::uint64_t kStory = 7;
constexpr std::uint64_t kOtherStory = 8;

void expect_same_for_hundred_seeds(std::string_view code) {
  expect_same(code, kStory, 1, kSeedsEach);
  expect_same(code, kOtherStory, 1 + kSeedsEach, kSeedsEach);
}

// --- the programmes -----------------------------------------------------------------------------

TEST(ProgrammesShuffled, programme_a_is_the_same_in_any_order_of_its_tablets) {
  expect_same_for_hundred_seeds("a");
}

// Its story has one size, 140,000 events, and an order of it takes half a second: its hundred seeds
// are four tests, of which the sanitizers run a part.
class ProgrammeBShuffled : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int kSeeds = 25;
  static std::uint64_t seeds() {
    const char* percent = std::getenv("HOUNIAO_TEST_SCALE");
    const int scaled = percent == nullptr ? kSeeds : kSeeds * std::atoi(percent) / 100;
    return static_cast<std::uint64_t>(std::max(1, scaled));
  }
};

TEST_P(ProgrammeBShuffled, is_the_same_in_any_order_of_its_stations) {
  expect_same("b", 1, static_cast<std::uint64_t>(GetParam()), seeds());
}

INSTANTIATE_TEST_SUITE_P(FirstSeed, ProgrammeBShuffled, ::testing::Values(1, 26, 51, 76),
                         ::testing::PrintToStringParamName());

TEST(ProgrammesShuffled, programme_c_is_the_same_in_any_order_of_its_tablets) {
  expect_same_for_hundred_seeds("c");
}

TEST(ProgrammesShuffled, programme_d_is_the_same_in_any_order_of_its_tablets) {
  expect_same_for_hundred_seeds("d");
}

TEST(ProgrammesShuffled, programme_e_is_the_same_in_any_order_of_its_desks) {
  expect_same_for_hundred_seeds("e");
}

// --- the comparison can fail --------------------------------------------------------------------

// A loan that stays held because the last copy was lent before it, and the loan before it.
struct TwoLoans {
  std::size_t first = 0;
  std::size_t second = 0;
};

std::uint64_t asset_of(const FoldedEvent& loan) {
  EventReader reader;
  HOUNIAO_ASSERT(reader.open(loan.bytes));
  return reader.get().getBody().getAssetLent().getAsset();
}

TwoLoans loans_of_last_copy(const CapturedLog& log) {
  TwoLoans out;
  for (const EventId id : log.kept_held) {
    if (log.event(id).type == Body::ASSET_LENT) out.second = log.places.at(id);
  }
  for (std::size_t place = 0; place < out.second; ++place) {
    const FoldedEvent& event = log.events[place];
    if (event.type != Body::ASSET_LENT) continue;
    if (asset_of(event) == asset_of(log.events[out.second])) out.first = place;
  }
  return out;
}

TEST(ProgrammesShuffled, where_the_order_decides_another_order_is_noticed) {
  const CapturedLog& log = captured("a", kStory);
  const TwoLoans loans = loans_of_last_copy(log);
  ASSERT_NE(loans.first, 0u);
  ASSERT_NE(loans.second, 0u);
  Order order = own_order(log);
  order.erase(order.begin() + static_cast<std::ptrdiff_t>(loans.second));
  order.insert(order.begin() + static_cast<std::ptrdiff_t>(loans.first), loans.second);
  const State state = fold(log, order);
  EXPECT_NE(digest(state), log.whole);
  EXPECT_TRUE(counts(state, log.events[loans.second].id)) << "it came first this time";
  EXPECT_FALSE(counts(state, log.events[loans.first].id));
  const std::string said = differences(log, fold(log, own_order(log)), state);
  EXPECT_NE(said.find("AssetLent"), std::string::npos) << said;
}

TEST(ProgrammesShuffled, one_event_less_is_noticed) {
  for (const std::string_view code : {"a", "c", "d", "e"}) {
    const CapturedLog& log = captured(code, kStory);
    Order order = own_order(log);
    order.pop_back();
    EXPECT_FALSE(keeps_chains(log, order)) << code;
    EXPECT_NE(digest(fold(log, order)), log.whole) << code;
  }
}

TEST(ProgrammesShuffled, a_chain_out_of_order_is_noticed) {
  const CapturedLog& log = captured("a", kStory);
  Order order = own_order(log);
  std::size_t place = order.size() - 1;
  while (device_of(log.events[place].id) != device_of(log.events[place - 1].id)) --place;
  std::swap(order[place], order[place - 1]);
  EXPECT_FALSE(keeps_chains(log, order));
}

}  // namespace
}  // namespace houniao::shuffled
