// A12: numbers of people at sessions that nobody signed for, no room holds or nobody counted.
#include <map>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

using CountingMethod = schema::SessionHeld::CountingMethod;

// More people than live in the country are a typing error.
constexpr std::int64_t kPeopleMax = 1'000'000'000;

constexpr Parameter kHeadcountParameters[] = {
    {"tolerance_permille", 200, "人数与签到相差的千分比容差",
     "thousandths by which headcount and sign-ins may differ"},
    {"tolerance_persons", 5, "人数与签到相差的人数容差",
     "persons by which headcount and sign-ins may differ"},
    {"capacity_permille", 1100, "允许达到场地容量的千分比",
     "thousandths of the rooms' capacity that are let pass"},
    {"round_sessions", 8, "整十人数的活动至少场数", "sessions with round headcounts at least"},
};

// A session for which people were counted one by one or signed in; of an estimate nobody expects
// that it agrees with a sheet.
bool is_exact(const Session& session) {
  return session.counting_method == static_cast<std::uint16_t>(CountingMethod::SIGN_IN) ||
         session.counting_method == static_cast<std::uint16_t>(CountingMethod::COUNTED);
}

// As it stands after corrections.
std::int64_t headcount_of(const State& state, const Session& session) {
  std::int64_t headcount = session.headcount;
  const auto at = state.audit.corrections.find(EventId{session.id.value});
  if (at == state.audit.corrections.end()) return headcount;
  for (const Correction& correction : at->second) {
    const bool of_headcount =
        correction.field == static_cast<std::uint16_t>(schema::EventCorrected::Field::HEADCOUNT);
    if (of_headcount && correction.in_force) headcount = correction.number;
  }
  return std::clamp<std::int64_t>(headcount, 0, kPeopleMax);
}

class Headcount final : public Rule {
 public:
  explicit Headcount(const Parameters& parameters)
      : permille_(as_int(parameters, "tolerance_permille")),
        persons_(as_int(parameters, "tolerance_persons")),
        capacity_permille_(as_int(parameters, "capacity_permille")),
        round_sessions_(static_cast<std::size_t>(as_int(parameters, "round_sessions"))) {}
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  // One plan or one unplanned session: everything held on it.
  struct Occasion {
    std::int64_t headcount = 0;
    bool exact = true;
    std::vector<EventId> held;
  };
  // Sessions of one kind under one leader whose headcount no sheet supports.
  struct Series {
    std::size_t round = 0;
    std::vector<EventId> held;
  };
  using Occasions = std::map<SessionId, Occasion>;
  using SeriesOf = std::map<std::pair<std::uint64_t, std::uint32_t>, Series>;

  bool differs(std::int64_t headcount, std::int64_t signed_in) const;
  void find_differences(const State& state, const Occasions& occasions,
                        std::vector<Anomaly>& out) const;
  void find_overfull(const State& state, const Session& session, std::int64_t headcount,
                     std::vector<Anomaly>& out) const;
  void find_round(const State& state, const SeriesOf& series, std::vector<Anomaly>& out) const;

  std::int64_t permille_;
  std::int64_t persons_;
  std::int64_t capacity_permille_;
  std::size_t round_sessions_;
};

bool Headcount::differs(std::int64_t headcount, std::int64_t signed_in) const {
  const std::int64_t difference = std::abs(headcount - signed_in);
  return difference > persons_ && difference * 1000 > signed_in * permille_;
}

void Headcount::find_differences(const State& state, const Occasions& occasions,
                                 std::vector<Anomaly>& out) const {
  for (const auto& [id, occasion] : occasions) {
    const auto signed_in = static_cast<std::int64_t>(
        std::min<std::uint64_t>(state.sessions.sign_ins_of(id), kPeopleMax));
    if (signed_in == 0 || !occasion.exact || !differs(occasion.headcount, signed_in)) continue;
    std::vector<EventId> events = occasion.held;
    for (const SignIn& entry : state.sessions.sign_ins.find(id)->second.entries) {
      events.push_back(entry.event);
    }
    doubt(out, std::move(events), id.value, worth(state, occasion.held),
          "现场人数" + number(occasion.headcount) + "人，签到" + number(signed_in) + "人",
          "the headcount is " + number(occasion.headcount) + ", but " + number(signed_in) +
              " signed in");
  }
}

void Headcount::find_overfull(const State& state, const Session& session, std::int64_t headcount,
                              std::vector<Anomaly>& out) const {
  const Site* site = state.site(session.site);
  if (site == nullptr || site->capacity == 0 || !is_exact(session)) return;
  if (headcount * 1000 <= std::int64_t{site->capacity} * capacity_permille_) return;
  const EventId event{session.id.value};
  doubt(out, {event, EventId{site->id.value}}, session.id.value, worth(state, event),
        "场地最多容纳" + number(site->capacity) + "人，现场人数记为" + number(headcount) + "人",
        "the rooms hold " + number(site->capacity) + " people, the headcount is " +
            number(headcount));
}

void Headcount::find_round(const State& state, const SeriesOf& series,
                           std::vector<Anomaly>& out) const {
  for (const auto& [key, of] : series) {
    const std::size_t least = std::max<std::size_t>(round_sessions_, 2);
    if (of.held.size() < least || of.round < of.held.size()) continue;
    const std::string count = number(static_cast<std::int64_t>(of.held.size()));
    doubt(out, of.held, key.first, worth(state, of.held),
          "同一负责人的" + count + "场同类活动人数全是整十数，且没有签到支持",
          "all " + count +
              " headcounts of this leader's sessions of one kind are multiples of ten, "
              "and no sheet supports them");
  }
}

void Headcount::find(const State& state, Day, std::vector<Anomaly>& out) const {
  Occasions occasions;
  SeriesOf series;
  for (const auto& [id, session] : state.sessions.sessions) {
    if (!session.held || !state.in_force(id)) continue;
    const std::int64_t headcount = headcount_of(state, session);
    Occasion& occasion = occasions[session.occasion()];
    occasion.headcount += headcount;
    occasion.exact = occasion.exact && is_exact(session);
    occasion.held.push_back(EventId{id.value});
    find_overfull(state, session, headcount, out);
    if (state.sessions.sign_ins_of(session.occasion()) != 0 || headcount == 0) continue;
    if (!is_exact(session) || session.leader == 0) continue;
    Series& of = series[{session.leader, session.kind.value}];
    of.held.push_back(EventId{id.value});
    if (headcount % 10 == 0) ++of.round;
  }
  find_differences(state, occasions, out);
  find_round(state, series, out);
}

constexpr EventType kHeadcountReads[] = {Body::SESSION_HELD,    Body::SESSION_PLANNED,
                                         Body::SITE_OPENED,     Body::ATTENDANCE_RECORDED,
                                         Body::CONTRACT_SIGNED, Body::MILESTONE_SUBMITTED};

const RuleRow kRows[] = {
    {.number = 12,
     .zh = "活动人数不实",
     .en = "a headcount that cannot be",
     .basis = "政府购买服务管理办法（财政部令第102号）第二条：按服务数量付费，人数须有签到支持",
     .basis_en = "Measures for government purchase of services (Ministry of Finance order 102), "
                 "article 2: paid by quantity, so a headcount needs its sign-ins",
     .innocent_zh =
         "先核对：部分人未签到；签到表丢失一页；室外活动挂在室内场地名下；人数抄错待更正",
     .innocent_en = "check first: some did not sign; a page of the sheet was lost; an outdoor "
                    "activity was kept under an indoor site; a miscopied number not yet corrected",
     .parameters = kHeadcountParameters,
     .reads = kHeadcountReads,
     .make = make_rule<Headcount>},
};

}  // namespace

std::span<const RuleRow> rules_of_headcounts() { return kRows; }

}  // namespace houniao::rules::deliveries
