// A26 case snooping and A27 missing mandatory reports. Who may read a file is asked of
// replay/families/cases.h; what is doubted is reading without a relation to the case, in bulk, or
// at night, and a danger to a minor that nobody reported in time.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "replay/families/parties.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kReadingParameters = {
    Parameter{"records_per_day", 10, "一人一日查阅他人个案的份数",
              "files of others that one person reads on a day, at least"},
    Parameter{"night_reads", 3, "夜间查阅他人个案的次数",
              "files of others read at night, at least"},
    Parameter{"day_begins", 7, "白天开始的钟点", "hour at which the working day begins"},
    Parameter{"day_ends", 21, "白天结束的钟点", "hour at which the working day ends"},
};
constexpr std::array kReadingReads = {Body::SENSITIVE_RECORD_READ, Body::SENSITIVE_ACCESS_DECIDED,
                                      Body::CASE_OPENED, Body::CASE_CLOSED, Body::STAFF_ENGAGED};

constexpr std::array kReportParameters = {
    Parameter{"report_hours", 24, "发现后应当报告的小时数",
              "hours in which a danger must be reported"},
    Parameter{"raised_level", 3, "随访中升至此级即须报告（3 高，4 危急）",
              "risk found at a contact that must be reported (3 high, 4 critical)"},
    Parameter{"opening_level", 4, "建档时达到此级即须报告",
              "risk at the opening of a file that must be reported"},
    Parameter{"covers_days", 7, "此前多少日内的报告视为同一情况",
              "days in which an earlier report is about the same situation"},
};
constexpr std::array kReportReads = {Body::CASE_OPENED, Body::CASE_CONTACT_LOGGED,
                                     Body::MANDATORY_REPORT_FILED, Body::PERSON_REGISTERED,
                                     Body::PERSON_CORRECTED};

// --- A26 ---------------------------------------------------------------------------------------

class Snooping final : public Rule {
 public:
  explicit Snooping(const Parameters& parameters)
      : records_per_day_(parameters.get("records_per_day")),
        night_reads_(parameters.get("night_reads")),
        begins_(capped(parameters, "day_begins", 24) * 60),
        ends_(capped(parameters, "day_ends", 24) * 60) {}

  void observe(const Observation& seen) override {
    if (seen.type != Body::SENSITIVE_RECORD_READ) return;
    int minute = seen.event.getOccurredMinute();
    if (minute < 0 && has_own_clock(seen)) minute = minute_of_day(seen.event.getRecordedAtMs());
    reads_.push_back({seen.id, seen.event.getActor(),
                      seen.event.getBody().getSensitiveRecordRead().getRecord(), seen.occurred,
                      minute});
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override;

 private:
  struct Reading {
    EventId event;
    std::uint64_t reader = 0;
    std::uint64_t record = 0;
    Day day;
    int minute = -1;
  };
  struct Reader {
    std::vector<EventId> unrelated;
    std::vector<EventId> at_night;
    std::map<std::int32_t, std::pair<std::set<std::uint64_t>, std::vector<EventId>>> by_day;
  };

  std::int64_t records_per_day_;
  std::int64_t night_reads_;
  std::int64_t begins_;
  std::int64_t ends_;
  std::vector<Reading> reads_;
};

// Whose work it is: worker or supervisor of the case, or of a case of the person.
class Relations {
 public:
  explicit Relations(const State& state) : state_(state) {
    for (const auto& [id, item] : state.cases.cases) {
      if (!state.in_force(id)) continue;
      of_client_[item.client.value].push_back(&item);
    }
  }
  bool is_own(std::uint64_t reader, std::uint64_t record) const {
    if (const Case* found = state_.cases.find(CaseId{record})) return works_on(reader, *found);
    const auto at = of_client_.find(record);
    return at != of_client_.end() &&
           std::any_of(at->second.begin(), at->second.end(),
                       [&](const Case* item) { return works_on(reader, *item); });
  }

 private:
  bool works_on(std::uint64_t reader, const Case& item) const {
    return (item.worker != 0 && same_party(state_, reader, item.worker)) ||
           (item.supervisor != 0 && same_party(state_, reader, item.supervisor));
  }
  const State& state_;
  boost::unordered_flat_map<std::uint64_t, std::vector<const Case*>> of_client_;
};

void Snooping::find(const State& state, Day, std::vector<Anomaly>& out) const {
  if (reads_.empty()) return;
  const Relations relations(state);
  std::map<std::uint64_t, Reader> readers;
  for (const Reading& reading : reads_) {
    if (!state.in_force(reading.event)) continue;
    // Reading in one's own cases, at whatever hour, is work.
    if (reading.reader != 0 && relations.is_own(reading.reader, reading.record)) continue;
    Reader& reader = readers[reading.reader];
    if (!state.cases.has_access(reading.reader, reading.record, reading.day)) {
      reader.unrelated.push_back(reading.event);
    }
    if (reading.minute >= 0 && (reading.minute < begins_ || reading.minute >= ends_)) {
      reader.at_night.push_back(reading.event);
    }
    auto& [records, events] = reader.by_day[reading.day.value];
    records.insert(reading.record);
    events.push_back(reading.event);
  }
  for (auto& [id, reader] : readers) {
    if (!reader.unrelated.empty()) {
      const std::string count = number(static_cast<std::int64_t>(reader.unrelated.size()));
      doubt(out, std::move(reader.unrelated), id, {},
            "查阅与其无关且未获授权的个案记录 " + count + " 次",
            "read confidential records " + count +
                " times without a relation to the case or a "
                "decision");
    }
    if (static_cast<std::int64_t>(reader.at_night.size()) >= night_reads_) {
      const std::string count = number(static_cast<std::int64_t>(reader.at_night.size()));
      doubt(out, std::move(reader.at_night), id, {}, "夜间查阅他人个案 " + count + " 次",
            "read files of others at night " + count + " times");
    }
    for (auto& [day, of] : reader.by_day) {
      const auto records = static_cast<std::int64_t>(of.first.size());
      if (records < records_per_day_) continue;
      doubt(out, std::move(of.second), id, {},
            to_string(Day{day}) + " 一日查阅他人个案 " + number(records) + " 份",
            "read " + number(records) + " files of others on " + to_string(Day{day}));
    }
  }
}

// --- A27 ---------------------------------------------------------------------------------------

class MissingReports final : public Rule {
 public:
  explicit MissingReports(const Parameters& parameters)
      : hours_(capped(parameters, "report_hours", kDaysMax)),
        raised_level_(parameters.get("raised_level")),
        opening_level_(parameters.get("opening_level")),
        covers_days_(capped(parameters, "covers_days", kDaysMax)) {}

  void observe(const Observation& seen) override {
    // The state keeps the day of a contact only.
    const int minute = seen.event.getOccurredMinute();
    if (minute < 0) return;
    if (seen.type == Body::CASE_OPENED || seen.type == Body::CASE_CONTACT_LOGGED) {
      minutes_[seen.id] = minute;
    }
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override;

 private:
  // A danger that somebody noted.
  struct Danger {
    EventId event;
    Day day;
    std::uint8_t risk = 0;
  };
  std::vector<Danger> dangers_of(const State& state, CaseId id, const Case& item) const;
  void check(const State& state, CaseId id, const Case& item, const Danger& danger, Day today,
             std::vector<Anomaly>& out) const;

  std::int64_t hours_;
  std::int64_t raised_level_;
  std::int64_t opening_level_;
  std::int64_t covers_days_;
  boost::unordered_flat_map<EventId, int> minutes_;
};

// 未成年人保护法 11 is about minors: under eighteen by what is known of the age, in the most
// cautious reading of the five-year band. A client of whom no age is known is taken for one.
bool may_be_minor(const State& state, PersonId client, Day day) {
  const Person* person = state.person(client);
  if (person == nullptr || person->under14) return true;
  const int band = person->basics.birth_year_band;
  return band == 0 || to_civil(day).year - (band + 4) <= 18;
}

std::vector<MissingReports::Danger> MissingReports::dangers_of(const State& state, CaseId id,
                                                               const Case& item) const {
  std::vector<Danger> out;
  if (item.risk >= opening_level_) out.push_back({EventId{id.value}, item.opened, item.risk});
  std::uint8_t before = item.risk;
  for (const CaseContact& contact : state.cases.contacts_of(id)) {  // by day
    if (contact.risk > before && contact.risk >= raised_level_ && state.in_force(contact.event)) {
      out.push_back({contact.event, contact.day, contact.risk});
    }
    before = contact.risk;
  }
  return out;
}

void MissingReports::find(const State& state, Day today, std::vector<Anomaly>& out) const {
  for (const auto& [id, item] : state.cases.cases) {
    if (!state.in_force(id)) continue;
    for (const Danger& danger : dangers_of(state, id, item)) {
      if (may_be_minor(state, item.client, danger.day)) check(state, id, item, danger, today, out);
    }
  }
}

void MissingReports::check(const State& state, CaseId id, const Case& item, const Danger& danger,
                           Day today, std::vector<Anomaly>& out) const {
  constexpr std::int64_t kDayMinutes = 24 * 60;
  const auto at = minutes_.find(danger.event);
  // Without the time of day the whole day counts.
  const std::int64_t noticed = std::int64_t{danger.day.value} * kDayMinutes +
                               (at == minutes_.end() ? kDayMinutes - 1 : at->second);
  const std::int64_t due = noticed + hours_ * 60;
  if ((std::int64_t{today.value}) * kDayMinutes <= due) return;  // there is time left
  EventId late;
  std::int64_t late_days = 0;
  for (const MandatoryReport& report : state.cases.reports_about(item.client)) {
    if (!state.in_force(report.event)) continue;
    const std::int64_t filed =
        std::int64_t{report.day.value} * kDayMinutes + std::max<std::int64_t>(report.minute, 0);
    if (std::int64_t{report.day.value} < std::int64_t{danger.day.value} - covers_days_) continue;
    if (filed <= due) return;
    const std::int64_t days = std::int64_t{report.day.value} - danger.day.value;
    if (!late || days < late_days) {
      late = report.event;
      late_days = days;
    }
  }
  const std::string level = std::to_string(danger.risk);
  std::vector<EventId> events = {danger.event, EventId{id.value}};
  if (late) {
    events.push_back(late);
    doubt(out, std::move(events), id.value, {},
          "未成年人风险升至 " + level + " 级，强制报告迟至 " + number(late_days) + " 天后",
          "the risk to a minor rose to level " + level + " and was reported only " +
              number(late_days) + " days later");
  } else {
    doubt(out, std::move(events), id.value, {},
          "未成年人风险升至 " + level + " 级，" + number(hours_) + " 小时内没有强制报告",
          "the risk to a minor rose to level " + level + " and nobody reported it within " +
              number(hours_) + " hours");
  }
}

const std::array kRows = {
    RuleRow{
        .number = 26,
        .version = 1,
        .zh = "违规查阅个案",
        .en = "case snooping",
        .basis = "未成年人网络保护条例第三十六条（最小授权、审批并记录）；个人信息保护法第五十一条",
        .basis_en =
            "Regulation on the Protection of Minors Online 36 (least privilege, approval and "
            "record); PIPL 51",
        .innocent_zh = "核对是否值班接手、是否补办授权、是否督导抽查或年度复核、是否急难处置",
        .innocent_en = "check for a shift that took over, a decision that came late, a review by "
                       "supervision, and an emergency",
        .parameters = kReadingParameters,
        .reads = kReadingReads,
        .by_day = false,
        .make = make_rule<Snooping>,
    },
    RuleRow{
        .number = 27,
        .version = 1,
        .zh = "漏报强制报告",
        .en = "missing mandatory report",
        .basis = "未成年人保护法第十一条（立即报告公安、民政、教育等部门）",
        .basis_en = "Law on the Protection of Minors 11 (report at once)",
        .innocent_zh = "核对是否他人已报告、是否经核实并非侵害、当事人是否已成年、报告是否尚未录入",
        .innocent_en = "check whether somebody else reported it, whether it proved to be no harm, "
                       "whether the client is of age, and whether a report is not recorded yet",
        .parameters = kReportParameters,
        .reads = kReportReads,
        .by_day = true,
        .make = make_rule<MissingReports>,
    }};

}  // namespace

std::span<const RuleRow> rules_of_casework() { return kRows; }

}  // namespace houniao::rules
