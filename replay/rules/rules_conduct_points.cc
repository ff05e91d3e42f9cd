// A21 points: points whose hours were taken back, accounts that live on corrections, goods for
// several people collected under one signature, volunteers recruited for the referral alone, and
// shortages that a site does not settle.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "replay/families/parties.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"topup_points", 20, "更正和转入的积分合计达到此数",
              "points that came in by correction or transfer, at least"},
    Parameter{"topup_permille", 500, "占全部入账积分的千分比",
              "their share of all points that came in, in permille"},
    Parameter{"signature_people", 3, "同一签名代领的人数",
              "people for whom one signature collected"},
    Parameter{"referred_min", 10, "一人推荐入队的人数", "volunteers that one person brought"},
    Parameter{"idle_permille", 800, "其中从未报到也无时长者的千分比",
              "share of them who never did anything, in permille"},
    Parameter{"idle_days", 60, "入队满多少日仍无服务才算",
              "days after enrolment before that means anything"},
    Parameter{"shortage_days", 30, "阵地欠账超过多少日未结清",
              "days in which a site should settle a shortage"},
};
constexpr std::array kReads = {Body::POINTS_EARNED,           Body::POINTS_ADJUSTED,
                               Body::POINTS_REDEEMED,         Body::HOURS_CONFIRMED,
                               Body::HOURS_RECORDED,          Body::DUTY_CHECKED_IN,
                               Body::VOLUNTEER_ENROLLED,      Body::ASSET_RECORDED,
                               Body::POINTS_ALLOWANCE_LEASED, Body::STAFF_ENGAGED};

using Kind = PointsEntry::Kind;

class VolunteerPoints final : public Rule {
 public:
  explicit VolunteerPoints(const Parameters& parameters)
      : topup_points_(parameters.get("topup_points")),
        topup_permille_(capped(parameters, "topup_permille", kPermilleMax)),
        signature_people_(parameters.get("signature_people")),
        referred_min_(parameters.get("referred_min")),
        idle_permille_(capped(parameters, "idle_permille", kPermilleMax)),
        idle_days_(capped(parameters, "idle_days", kDaysMax)),
        shortage_days_(capped(parameters, "shortage_days", kDaysMax)) {}

  void observe(const Observation& seen) override {
    if (seen.type != Body::POINTS_REDEEMED) return;
    const auto body = seen.event.getBody().getPointsRedeemed();
    const auto sha =
        hash_from({body.getSignatureSha256().begin(), body.getSignatureSha256().size()});
    if (sha && *sha != Hash{}) signatures_.push_back({*sha, seen.id});
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    for (const auto& [volunteer, account] : state.volunteers.points.accounts) {
      check_hours(state, volunteer, account, out);
      check_topups(volunteer, account, out);
    }
    check_signatures(state, out);
    check_referrals(state, today, out);
    check_shortages(state, today, out);
  }

 private:
  struct Signature {
    Hash sha;
    EventId event;
  };

  static void check_hours(const State& state, VolunteerId volunteer, const PointsAccount& account,
                          std::vector<Anomaly>& out);
  void check_topups(VolunteerId volunteer, const PointsAccount& account,
                    std::vector<Anomaly>& out) const;
  void check_signatures(const State& state, std::vector<Anomaly>& out) const;
  void check_referrals(const State& state, Day today, std::vector<Anomaly>& out) const;
  void check_shortages(const State& state, Day today, std::vector<Anomaly>& out) const;

  std::int64_t topup_points_;
  std::int64_t topup_permille_;
  std::int64_t signature_people_;
  std::int64_t referred_min_;
  std::int64_t idle_permille_;
  std::int64_t idle_days_;
  std::int64_t shortage_days_;
  std::vector<Signature> signatures_;
};

// Whether a decision that stands accepted minutes of a record that stands.
bool has_hours(const State& state, EventId record_id) {
  const HoursRecord* record = state.volunteers.hours.find_record(record_id);
  if (record == nullptr || !state.in_force(record_id)) return false;
  return std::any_of(record->decided_by.begin(), record->decided_by.end(), [&](EventId id) {
    const HoursDecision* decision = state.volunteers.hours.find_decision(id);
    return decision != nullptr && decision->accepted > 0 && state.in_force(id);
  });
}

void VolunteerPoints::check_hours(const State& state, VolunteerId volunteer,
                                  const PointsAccount& account, std::vector<Anomaly>& out) {
  std::vector<EventId> events;
  std::int64_t points = 0;
  for (const PointsEntry& entry : account.entries) {
    if (entry.kind != Kind::earned || has_hours(state, EventId{entry.source})) continue;
    events.push_back(entry.event);
    if (entry.source != 0) events.push_back(EventId{entry.source});
    points += entry.points;
  }
  if (points <= 0) return;
  doubt(out, std::move(events), volunteer.value, {},
        number(points) + " 分没有有效的认定时长，仍在账上",
        number(points) + " points stand in the account without confirmed hours behind them");
}

void VolunteerPoints::check_topups(VolunteerId volunteer, const PointsAccount& account,
                                   std::vector<Anomaly>& out) const {
  std::vector<EventId> events;
  std::int64_t added = 0;
  std::int64_t taken = 0;
  std::int64_t earned = 0;
  for (const PointsEntry& entry : account.entries) {
    if (entry.kind == Kind::earned) earned += entry.points;
    if (entry.kind != Kind::adjusted) continue;
    events.push_back(entry.event);
    (entry.points > 0 ? added : taken) += entry.points;
  }
  // A correction that was put right again adds nothing.
  const std::int64_t net = added + std::min<std::int64_t>(taken, 0);
  if (net < topup_points_ || net * 1000 < (net + earned) * topup_permille_) return;
  doubt(out, std::move(events), volunteer.value, {},
        "更正和转入共 " + number(net) + " 分，服务所得只有 " + number(earned) + " 分",
        number(net) + " points came in by correction or transfer, only " + number(earned) +
            " by service");
}

// What a redemption's goods are worth.
Fen goods_of(const State& state, EventId event) {
  const auto at = state.volunteers.points.redemptions.find(event);
  if (at == state.volunteers.points.redemptions.end()) return {};
  const Asset* asset = state.sites.find_asset(at->second.item);
  if (asset == nullptr || asset->quantity <= 0 || asset->value_fen <= 0) return {};
  const Fen each{asset->value_fen / asset->quantity};
  return std::min(checked_multiply(each, at->second.quantity).value_or(kFenMax), kFenMax);
}

std::uint64_t identity_of_volunteer(const State& state, VolunteerId id) {
  const PersonId person = person_of(state, id);
  return person ? identity_of(state, person.value) : id.value;
}

void VolunteerPoints::check_signatures(const State& state, std::vector<Anomaly>& out) const {
  struct Collected {
    std::set<std::uint64_t> people;
    std::vector<EventId> events;
    Fen value;
  };
  std::map<std::array<std::uint8_t, 32>, Collected> by_signature;
  for (const Signature& item : signatures_) {
    const auto at = state.volunteers.points.redemptions.find(item.event);
    if (at == state.volunteers.points.redemptions.end() || !state.in_force(item.event)) continue;
    Collected& collected = by_signature[item.sha.bytes];
    collected.people.insert(identity_of_volunteer(state, at->second.volunteer));
    collected.events.push_back(item.event);
    collected.value = plus(collected.value, goods_of(state, item.event));
  }
  for (auto& [sha, collected] : by_signature) {
    const auto people = static_cast<std::int64_t>(collected.people.size());
    if (people < signature_people_) continue;
    doubt(out, std::move(collected.events), *collected.people.begin(), collected.value,
          "同一签名为 " + number(people) + " 名志愿者领取物品",
          "one signature collected goods for " + number(people) + " volunteers");
  }
}

void VolunteerPoints::check_referrals(const State& state, Day today,
                                      std::vector<Anomaly>& out) const {
  std::set<std::uint64_t> active;
  for (const auto& [id, duty] : state.volunteers.duties) {
    if (state.in_force(id)) active.insert(duty.volunteer.value);
  }
  for (const auto& [id, record] : state.volunteers.hours.records) {
    if (state.in_force(id)) active.insert(record.volunteer.value);
  }
  struct Brought {
    std::vector<EventId> idle;
    std::int64_t all = 0;
  };
  std::map<std::uint64_t, Brought> by_referrer;
  for (const auto& [id, volunteer] : state.volunteers.volunteers) {
    if (!volunteer.referred_by || !state.in_force(id)) continue;
    if (std::int64_t{today.value} - volunteer.enrolled.value < idle_days_) continue;
    Brought& brought = by_referrer[identity_of_volunteer(state, volunteer.referred_by)];
    ++brought.all;
    if (!active.contains(id.value)) brought.idle.push_back(EventId{id.value});
  }
  for (auto& [referrer, brought] : by_referrer) {
    const auto idle = static_cast<std::int64_t>(brought.idle.size());
    if (brought.all < referred_min_ || idle * 1000 < brought.all * idle_permille_) continue;
    doubt(out, std::move(brought.idle), referrer, {},
          "一人推荐 " + number(brought.all) + " 人入队，其中 " + number(idle) + " 人从未服务",
          "one person brought " + number(brought.all) + " volunteers, of whom " + number(idle) +
              " never served");
  }
}

void VolunteerPoints::check_shortages(const State& state, Day today,
                                      std::vector<Anomaly>& out) const {
  struct Debt {
    std::int64_t points = 0;
    std::vector<EventId> events;
    Fen value;
  };
  std::map<std::uint64_t, Debt> by_site;
  for (const auto& [volunteer, account] : state.volunteers.points.accounts) {
    std::set<std::uint64_t> sites;
    for (const PointsEntry& entry : account.entries) {
      if (entry.kind != Kind::handed || entry.points <= entry.covered) continue;
      if (std::int64_t{today.value} - entry.day.value <= shortage_days_) continue;
      const std::int64_t owed = account.shortage(SiteId{entry.source});
      if (owed <= 0) continue;
      Debt& debt = by_site[entry.source];
      if (sites.insert(entry.source).second) debt.points += owed;
      debt.events.push_back(entry.event);
      const std::int64_t missing = entry.points - entry.covered;
      const std::int64_t permille = missing * 1000 / entry.points;
      const Fen goods = goods_of(state, entry.event);
      debt.value = plus(debt.value,
                        Fen{goods.value / 1000 * permille + goods.value % 1000 * permille / 1000});
    }
  }
  for (auto& [site, debt] : by_site) {
    doubt(out, std::move(debt.events), site, debt.value,
          "阵地已交付物品但积分不足，欠 " + number(debt.points) + " 分超过 " +
              number(shortage_days_) + " 天未结清",
          "goods were handed over without enough points; the site has owed " + number(debt.points) +
              " points for more than " + number(shortage_days_) + " days");
  }
}

const std::array kRows = {RuleRow{
    .number = 21,
    .version = 1,
    .zh = "积分异常",
    .en = "points",
    .basis = "志愿服务条例第十九条、第三十八条（如实记录）；积分规则（规则版本）",
    .basis_en = "Regulation on Volunteer Service 19 and 38 (true records); the points policy",
    .innocent_zh = "核对是否家人代领、是否旧系统积分迁入、是否集体报名后尚未排班、是否已线下补账",
    .innocent_en =
        "check for relatives who collect, points moved from an older system, groups that "
        "wait for their first duty, and a settlement outside of the system",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = true,
    .make = make_rule<VolunteerPoints>,
}};

}  // namespace

std::span<const RuleRow> rules_of_points() { return kRows; }

}  // namespace houniao::rules
