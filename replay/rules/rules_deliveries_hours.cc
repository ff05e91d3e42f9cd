// A11: hours of volunteers that were given out rather than served. The pattern is that of paid-for
// hours: written in by hand, credited minutes later, for people who were not there.
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <set>

#include "replay/rules/rules_deliveries_parts.h"

namespace houniao::rules::deliveries {
namespace {

using Method = schema::HoursRecorded::Method;

constexpr Parameter kHoursParameters[] = {
    {"by_hand_min", 3, "手工录入而无签到的至少条数", "entries by hand without check-in, at least"},
    {"by_hand_minutes", 600, "手工录入而无签到的至少分钟数",
     "or minutes entered by hand without check-in, at least"},
    {"credited_within_minutes", 60, "结束后多少分钟内即认定",
     "minutes after the end within which hours are credited"},
    {"enrolment_grace_days", 3, "入队可晚于服务的天数",
     "days by which an enrolment may follow the service"},
    {"teams_min", 4, "同一录入人涉及的队伍至少数",
     "teams of one person's entries by hand, at least"},
};

class BoughtHours final : public Rule {
 public:
  explicit BoughtHours(const Parameters& parameters)
      : by_hand_min_(static_cast<std::size_t>(as_int(parameters, "by_hand_min"))),
        by_hand_minutes_(parameters.get("by_hand_minutes")),
        credited_within_ms_(std::int64_t{as_int(parameters, "credited_within_minutes")} * 60'000),
        enrolment_grace_(as_int(parameters, "enrolment_grace_days")),
        teams_min_(static_cast<std::size_t>(as_int(parameters, "teams_min"))) {}

  void observe(const Observation& seen) override;
  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  struct Signs {
    std::vector<EventId> too_long;   // more minutes credited than the occasion lasted
    std::vector<EventId> too_early;  // before the volunteer was enrolled
    std::vector<EventId> quick;      // by hand and credited at once
    std::vector<EventId> by_hand;    // by hand, and nothing shows that anybody was there
    std::int64_t by_hand_minutes = 0;
  };
  using Attended = boost::unordered_flat_set<std::pair<std::uint64_t, std::uint64_t>>;

  Attended attended(const State& state) const;
  bool is_corroborated(const State& state, const HoursRecord& record,
                       const Attended& attended) const;
  bool is_credited_at_once(const State& state, const HoursRecord& record) const;
  void judge(const State& state, const HoursRecord& record, const Attended& attended,
             Signs& signs) const;
  void find_recorders(const State& state, const std::vector<EventId>& by_hand,
                      std::vector<Anomaly>& out) const;

  std::size_t by_hand_min_;
  std::int64_t by_hand_minutes_;
  std::int64_t credited_within_ms_;
  int enrolment_grace_;
  std::size_t teams_min_;
  boost::unordered_flat_set<EventId> entered_by_hand_;  // HoursRecorded, not from an older book
  boost::unordered_flat_map<EventId, std::int64_t> confirmed_at_ms_;  // HoursConfirmed, likewise
};

void BoughtHours::observe(const Observation& seen) {
  if (seen.type != Body::HOURS_RECORDED && seen.type != Body::HOURS_CONFIRMED) return;
  if (seen.event.getSource() == schema::Source::IMPORTED) return;
  if (seen.type == Body::HOURS_CONFIRMED) {
    confirmed_at_ms_.insert_or_assign(seen.id, seen.event.getRecordedAtMs());
    return;
  }
  const auto body = seen.event.getBody().getHoursRecorded();
  if (body.getMethod() == Method::ADMIN_ENTRY && body.getDuty() == 0) {
    entered_by_hand_.insert(seen.id);
  }
}

// The session or order that the hours were served at.
std::uint64_t occasion_of(const State& state, const HoursRecord& record) {
  const FactTable::RowSpan rows = state.facts.rows_of(record.id);
  return rows.count == 0 ? 0 : state.facts.columns().group[rows.first];
}

const Session* session_of(const State& state, const HoursRecord& record) {
  const Session* session = state.sessions.find(SessionId{occasion_of(state, record)});
  return session != nullptr && session->to_minute > session->from_minute ? session : nullptr;
}

std::uint32_t credited_minutes(const State& state, const HoursRecord& record) {
  std::uint32_t minutes = 0;
  for (const EventId id : record.decided_by) {
    const HoursDecision* decision = state.volunteers.hours.find_decision(id);
    if (decision != nullptr) minutes = std::max(minutes, decision->accepted);
  }
  return minutes;
}

// Day on which the person first joined any team.
Day first_enrolled(const State& state, const Volunteer& volunteer) {
  Day first = volunteer.enrolled;
  for (const VolunteerId id : volunteers_of(state, volunteer.person)) {
    const Volunteer* other = state.volunteers.find(id);
    if (other != nullptr && state.in_force(id)) first = std::min(first, other->enrolled);
  }
  return first;
}

// Who signed in where, for the sessions that entries by hand name.
BoughtHours::Attended BoughtHours::attended(const State& state) const {
  boost::unordered_flat_set<std::uint64_t> occasions;
  for (const EventId id : entered_by_hand_) {
    const HoursRecord* record = state.volunteers.hours.find_record(id);
    const Session* session =
        record == nullptr ? nullptr : state.sessions.find(SessionId{occasion_of(state, *record)});
    if (session != nullptr) occasions.insert(session->occasion().value);
  }
  Attended out;
  if (occasions.empty()) return out;
  each_row(state, {Body::ATTENDANCE_RECORDED}, [&](const FactTable::Columns& c, std::size_t i) {
    if (c.subject[i] != 0 && occasions.contains(c.group[i])) {
      out.insert({c.group[i], state.people.representative_of(PersonId{c.subject[i]}).value});
    }
  });
  return out;
}

bool BoughtHours::is_corroborated(const State& state, const HoursRecord& record,
                                  const Attended& attended) const {
  const auto duties = state.volunteers.duties_on.find({record.volunteer, record.day.value});
  if (duties != state.volunteers.duties_on.end()) {
    for (const EventId duty : duties->second) {
      if (state.in_force(duty)) return true;
    }
  }
  const Session* session = state.sessions.find(SessionId{occasion_of(state, record)});
  if (session == nullptr) return false;
  const PersonId person = state.people.representative_of(person_of(state, record.volunteer));
  return attended.contains({session->occasion().value, person.value});
}

bool BoughtHours::is_credited_at_once(const State& state, const HoursRecord& record) const {
  const Session* session = session_of(state, record);
  if (session == nullptr) return false;
  const std::int64_t end_ms =
      start_of(session->day).us / 1000 + std::int64_t{session->to_minute} * 60'000;
  return std::any_of(record.decided_by.begin(), record.decided_by.end(), [&](EventId id) {
    const auto at = confirmed_at_ms_.find(id);
    // Earlier than the end is no better.
    return at != confirmed_at_ms_.end() && at->second < end_ms + credited_within_ms_;
  });
}

void BoughtHours::judge(const State& state, const HoursRecord& record, const Attended& attended,
                        Signs& signs) const {
  const std::uint32_t credited = credited_minutes(state, record);
  const Volunteer* volunteer = state.volunteers.find(record.volunteer);
  if (credited == 0 || volunteer == nullptr) return;  // nothing was given out
  const Session* session = session_of(state, record);
  const Duty* duty = state.volunteers.find_duty(record.duty);
  const bool over_session =
      session != nullptr &&
      credited > static_cast<std::uint32_t>(session->to_minute - session->from_minute);
  const bool over_duty = duty != nullptr && state.in_force(record.duty) && duty->out_minute != 0 &&
                         credited > duty->minutes();
  if (over_session || over_duty) signs.too_long.push_back(record.id);
  const std::int64_t latest = std::int64_t{record.day.value} + enrolment_grace_;
  if (volunteer->enrolled.value > latest && first_enrolled(state, *volunteer).value > latest) {
    signs.too_early.push_back(record.id);
  }
  if (!entered_by_hand_.contains(record.id) || is_corroborated(state, record, attended)) return;
  if (is_credited_at_once(state, record)) signs.quick.push_back(record.id);
  signs.by_hand.push_back(record.id);
  signs.by_hand_minutes += credited;
}

std::string count_of(const std::vector<EventId>& events) {
  return number(static_cast<std::int64_t>(events.size()));
}

void BoughtHours::find_recorders(const State& state, const std::vector<EventId>& by_hand,
                                 std::vector<Anomaly>& out) const {
  struct Recorder {
    std::set<OrganisationId> teams;
    std::vector<EventId> records;
  };
  std::map<std::uint64_t, Recorder> recorders;
  for (const EventId id : by_hand) {
    const HoursRecord* record = state.volunteers.hours.find_record(id);
    const Volunteer* volunteer = state.volunteers.find(record->volunteer);
    if (record->recorder == 0 || volunteer == nullptr) continue;
    Recorder& recorder = recorders[record->recorder];
    recorder.teams.insert(volunteer->team);
    recorder.records.push_back(id);
  }
  for (auto& [id, recorder] : recorders) {
    if (recorder.teams.size() < std::max<std::size_t>(teams_min_, 2)) continue;
    const std::string teams = number(static_cast<std::int64_t>(recorder.teams.size()));
    const std::string count = count_of(recorder.records);
    doubt(out, std::move(recorder.records), id, Fen{},
          "同一录入人为" + teams + "支队伍手工录入时长" + count + "条，均无签到",
          "one person entered " + count + " hours by hand for " + teams +
              " teams, none with a check-in");
  }
}

// The records with what decided about them, and the enrolment.
std::vector<EventId> with_decisions(const State& state, VolunteerId volunteer,
                                    const std::set<EventId>& records) {
  std::vector<EventId> out{EventId{volunteer.value}};
  for (const EventId id : records) {
    out.push_back(id);
    const HoursRecord* record = state.volunteers.hours.find_record(id);
    out.insert(out.end(), record->decided_by.begin(), record->decided_by.end());
  }
  return out;
}

void BoughtHours::find(const State& state, Day, std::vector<Anomaly>& out) const {
  const Attended signed_in = attended(state);
  std::map<VolunteerId, Signs> volunteers;
  std::vector<EventId> by_hand;
  for (const auto& [id, record] : state.volunteers.hours.records) {
    if (!state.in_force(id)) continue;
    Signs signs;
    judge(state, record, signed_in, signs);
    const auto move_to = [](std::vector<EventId>& to, const std::vector<EventId>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    if (signs.too_long.empty() && signs.too_early.empty() && signs.by_hand.empty()) continue;
    Signs& all = volunteers[record.volunteer];
    move_to(all.too_long, signs.too_long);
    move_to(all.too_early, signs.too_early);
    move_to(all.quick, signs.quick);
    move_to(all.by_hand, signs.by_hand);
    move_to(by_hand, signs.by_hand);
    all.by_hand_minutes += signs.by_hand_minutes;
  }
  for (const auto& [volunteer, signs] : volunteers) {
    const bool many = signs.by_hand.size() >= std::max<std::size_t>(by_hand_min_, 1) ||
                      (!signs.by_hand.empty() && signs.by_hand_minutes >= by_hand_minutes_);
    const std::size_t hand = many ? signs.by_hand.size() : signs.quick.size();
    if (hand == 0 && signs.too_long.empty() && signs.too_early.empty()) continue;
    std::set<EventId> records(signs.too_long.begin(), signs.too_long.end());
    records.insert(signs.too_early.begin(), signs.too_early.end());
    records.insert(signs.quick.begin(), signs.quick.end());
    if (many) records.insert(signs.by_hand.begin(), signs.by_hand.end());
    doubt(out, with_decisions(state, volunteer, records), volunteer.value, Fen{},
          "该志愿者的时长：手工录入且无签到" + number(static_cast<std::int64_t>(hand)) +
              "条，其中结束后即认定" + count_of(signs.quick) + "条；超过活动时长" +
              count_of(signs.too_long) + "条；早于入队" + count_of(signs.too_early) + "条",
          "hours of this volunteer: " + number(static_cast<std::int64_t>(hand)) +
              " entered by hand without a check-in, " + count_of(signs.quick) +
              " of them credited at once; " + count_of(signs.too_long) +
              " longer than the occasion; " + count_of(signs.too_early) + " before enrolment");
  }
  find_recorders(state, by_hand, out);
}

constexpr EventType kHoursReads[] = {Body::VOLUNTEER_ENROLLED, Body::DUTY_CHECKED_IN,
                                     Body::HOURS_RECORDED,     Body::HOURS_CONFIRMED,
                                     Body::SESSION_PLANNED,    Body::SESSION_HELD,
                                     Body::ATTENDANCE_RECORDED};

const RuleRow kRows[] = {
    {.number = 11,
     .zh = "买来的志愿时长",
     .en = "hours that were bought",
     .basis = "志愿服务条例第十九条：如实记录志愿服务信息；第三十八条：出具虚假记录的处罚；"
              "志愿服务记录与证明出具办法（民政部令第67号）第三条",
     .basis_en = "Regulations on voluntary service, articles 19 and 38: service is recorded "
                 "truthfully; Ministry of Civil Affairs order 67, article 3",
     .innocent_zh = "先核对：现场断网或设备故障由负责人代录；纸质签到表在档；"
                    "转队志愿者在原队早已入队",
     .innocent_en = "check first: the network or the device failed and the leader entered the "
                    "hours; a paper sheet is on file; the volunteer had long been in another team",
     .parameters = kHoursParameters,
     .reads = kHoursReads,
     .make = make_rule<BoughtHours>},
};

}  // namespace

std::span<const RuleRow> rules_of_hours() { return kRows; }

}  // namespace houniao::rules::deliveries
