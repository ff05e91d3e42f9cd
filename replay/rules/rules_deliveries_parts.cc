#include "replay/rules/rules_deliveries_parts.h"

#include <tuple>

namespace houniao::rules::deliveries {
namespace {

// An integer square root, by Newton's method from above.
std::int64_t square_root(std::int64_t value) {
  if (value <= 0) return 0;
  std::int64_t root = value;
  std::int64_t next = (root + 1) / 2;
  while (next < root) {
    root = next;
    next = (root + value / root) / 2;
  }
  return root;
}

// Degrees of longitude shrink towards the poles by the cosine of the latitude, here in thousandths
// by Bhaskara's formula, which is right to two thousandths.
std::int64_t cosine_permille(std::int64_t latitude_e7) {
  const std::int64_t degrees = std::min<std::int64_t>(std::abs(latitude_e7) / 10'000'000, 90);
  return 1000 * (32'400 - 4 * degrees * degrees) / (32'400 + degrees * degrees);
}

// Metres as the crow flies, good for the distances inside one province.
std::int64_t metres_between(const Site& a, const Site& b) {
  constexpr std::int64_t kUnitsPerMetreE3 = 89'832;  // 1e-7 degrees of latitude, in thousandths
  const std::int64_t north = std::int64_t{a.latitude_e7} - b.latitude_e7;
  const std::int64_t east =
      (std::int64_t{a.longitude_e7} - b.longitude_e7) * cosine_permille(a.latitude_e7) / 1000;
  const std::int64_t y = north * 1000 / kUnitsPerMetreE3;
  const std::int64_t x = east * 1000 / kUnitsPerMetreE3;
  return square_root(x * x + y * y);
}

bool has_coordinates(const Site& site) { return site.latitude_e7 != 0 || site.longitude_e7 != 0; }

bool may_clash(const Stay& a, const Stay& b) {
  return a.site != 0 && b.site != 0 && a.site != b.site &&
         (a.occasion == 0 || a.occasion != b.occasion);
}

}  // namespace

// --- money ---------------------------------------------------------------------------------------

Fen plus(Fen a, Fen b) {
  const Fen sum = checked_add(std::max(a, Fen{}), std::max(b, Fen{})).value_or(kFenMax);
  return std::min(sum, kFenMax);
}

Fen part(Fen whole, std::uint32_t permille) {
  return Fen{whole.value / 1000 * permille + whole.value % 1000 * permille / 1000};
}

ContractId contract_of(const State& state, EventId delivery) {
  const auto billed = state.contracts.billed.find(delivery);
  if (billed != state.contracts.billed.end()) {
    for (const BilledShare& share : billed->second) {
      const Milestone* milestone = state.contracts.find_milestone(share.milestone);
      if (milestone != nullptr && state.in_force(milestone->id)) return milestone->contract;
    }
  }
  if (const Session* session = state.sessions.find(SessionId{delivery.value})) {
    return session->contract;
  }
  const FactTable::RowSpan rows = state.facts.rows_of(delivery);
  if (rows.count == 0) return {};
  const std::uint64_t group = state.facts.columns().group[rows.first];
  if (state.contracts.find(ContractId{group}) != nullptr) return ContractId{group};
  const Session* session = state.sessions.find(SessionId{group});
  return session == nullptr ? ContractId{} : session->contract;
}

Fen price_under(const State& state, const Contract& contract, EventId delivery) {
  const FactTable::Columns& c = state.facts.columns();
  const FactTable::RowSpan rows = state.facts.rows_of(delivery);
  Fen sum;
  for (std::uint32_t i = rows.first; i < rows.first + rows.count; ++i) {
    for (const Deliverable& line : contract.deliverables) {
      if (line.kind.value != c.kind[i] && line.kind.value != c.attr[i]) continue;
      sum = plus(sum, checked_multiply(line.unit_price, c.quantity[i]).value_or(kFenMax));
      break;
    }
  }
  return sum;
}

Fen worth(const State& state, EventId delivery) {
  const Contract* contract = state.contracts.find(contract_of(state, delivery));
  return contract == nullptr ? Fen{} : price_under(state, *contract, delivery);
}

Fen worth(const State& state, std::span<const EventId> deliveries) {
  Fen sum;
  for (const EventId delivery : deliveries) sum = plus(sum, worth(state, delivery));
  return sum;
}

Fen net_of(const Payment& payment) {
  return std::max(Fen{payment.amount.value - payment.reversed.value}, Fen{});
}

// --- who was where -------------------------------------------------------------------------------

int travel_minutes(const State& state, std::uint64_t from, std::uint64_t to, int km_per_hour) {
  const Site* a = state.site(SiteId{from});
  const Site* b = state.site(SiteId{to});
  if (a == nullptr || b == nullptr || !has_coordinates(*a) || !has_coordinates(*b)) return 0;
  const std::int64_t minutes =
      metres_between(*a, *b) * 60 / (std::int64_t{std::max(km_per_hour, 1)} * 1000);
  return static_cast<int>(std::min<std::int64_t>(minutes, 24 * 60));
}

std::vector<Clash> clashes(const State& state, std::vector<Stay> stays,
                           const TravelLimits& limits) {
  std::erase_if(stays, [](const Stay& stay) { return stay.site == 0 || stay.who == 0; });
  std::sort(stays.begin(), stays.end(), [](const Stay& a, const Stay& b) {
    return std::tie(a.who, a.day, a.from, a.to, a.event) <
           std::tie(b.who, b.day, b.from, b.to, b.event);
  });
  std::vector<Clash> found;
  const Stay* latest = nullptr;  // of those before: who stays longest
  const Stay* other = nullptr;   // and longest at another place than that one
  for (const Stay& stay : stays) {
    if (latest != nullptr && (latest->who != stay.who || latest->day != stay.day)) {
      latest = other = nullptr;
    }
    for (const Stay* before : {latest, other}) {
      if (before == nullptr || !may_clash(*before, stay)) continue;
      const int gap = stay.from - before->to;
      const int needed = travel_minutes(state, before->site, stay.site, limits.km_per_hour);
      if (gap + limits.tolerance_minutes >= needed) continue;
      found.push_back({*before, stay, needed - gap});
      break;
    }
    if (latest == nullptr) {
      latest = &stay;
    } else if (stay.site == latest->site) {
      if (stay.to > latest->to) latest = &stay;
    } else if (stay.to > latest->to) {
      other = latest;
      latest = &stay;
    } else if (other == nullptr || stay.to > other->to) {
      other = &stay;
    }
  }
  return found;
}

void ServiceTimes::observe(const Observation& observation) {
  if (observation.type != Body::SERVICE_DELIVERED) return;
  const std::int16_t minute = observation.event.getOccurredMinute();
  if (minute >= 0 && minute < 24 * 60) minutes_.insert_or_assign(observation.id, minute);
}

// --- texts ---------------------------------------------------------------------------------------

std::string yuan(Fen amount) {
  const std::int64_t fen = std::abs(amount.value);
  const std::string cents = std::to_string(fen % 100);
  return (amount.value < 0 ? "-" : "") + std::to_string(fen / 100) +
         (cents.size() < 2 ? ".0" : ".") + cents;
}

std::string clock(int minute) {
  const auto two = [](int value) {
    const std::string text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  return two(minute / 60) + ":" + two(minute % 60);
}

void doubt(std::vector<Anomaly>& out, std::vector<EventId> events, std::uint64_t subject,
           Fen at_risk, std::string zh, std::string en) {
  Anomaly anomaly;
  anomaly.events = std::move(events);
  anomaly.subject = subject;
  anomaly.at_risk = at_risk;
  anomaly.zh = std::move(zh);
  anomaly.en = std::move(en);
  out.push_back(std::move(anomaly));
}

}  // namespace houniao::rules::deliveries

namespace houniao::rules {

std::span<const RuleRow> rules_of_deliveries() {
  static const std::vector<RuleRow> kRows = [] {
    std::vector<RuleRow> rows;
    for (const std::span<const RuleRow> part :
         {deliveries::rules_of_persons(), deliveries::rules_of_billing(),
          deliveries::rules_of_life_times(), deliveries::rules_of_places(),
          deliveries::rules_of_movements(), deliveries::rules_of_volume(),
          deliveries::rules_of_headcounts(), deliveries::rules_of_hours(),
          deliveries::rules_of_payments()}) {
      rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
  }();
  return kRows;
}

}  // namespace houniao::rules
