#include <algorithm>
#include <map>

#include "exports/books.h"
#include "exports/text.h"
#include "replay/families/evaluations.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

std::string code_of(const State& state, Symbol symbol) {
  return std::string(state.symbols().text(symbol));
}
std::string organisation_of(const State& state, std::uint64_t id) {
  if (id == 0) return {};
  const Organisation* organisation = state.organisation(OrganisationId{id});
  return organisation != nullptr && !organisation->name.empty() ? organisation->name : id_text(id);
}
std::string site_of(const State& state, std::uint64_t id) {
  const Site* site = state.site(SiteId{id});
  if (site == nullptr) return {};
  return site->name.empty() ? id_text(id) : site->name;
}
std::string optional_id(std::uint64_t id) { return id == 0 ? std::string() : id_text(id); }

// The first fact row of an event; all zero when it has none.
FactRow row_of(const State& state, EventId event) {
  const auto rows = state.facts.rows_of(event);
  return rows.count == 0 ? FactRow{} : state.facts.row(rows.first);
}

class VolunteerBook {
 public:
  VolunteerBook(const State& state, const Scope& scope, const Names& names)
      : state_(state), scope_(scope), names_(names) {
    for (const auto& [id, volunteer] : state.volunteers.volunteers) {
      if (!state.in_force(id) || !scope.has_programme(volunteer.programme.value)) continue;
      if (may_be_shown(volunteer.person)) volunteers_.push_back(&volunteer);
    }
    std::sort(volunteers_.begin(), volunteers_.end(),
              [](const Volunteer* a, const Volunteer* b) { return a->id < b->id; });
  }

  Sheet basics() const;
  Sheet service() const;
  Sheet training() const;
  Sheet commendation() const;
  Sheet evaluation() const;
  Sheet certificates() const;

 private:
  // Whose data is erased, or may only be kept (PIPL 47), stands in no book; nor do children.
  bool may_be_shown(PersonId id) const {
    const Person* person = state_.person(id);
    return person == nullptr || (!person->erased && !person->restricted && !person->under14);
  }
  std::string name(PersonId id) const { return names_ ? names_(id) : std::string(); }
  std::vector<BookColumn> columns(std::vector<BookColumn> own) const {
    std::vector<BookColumn> out = {{"志愿者登记号", 13}, {"姓名", 12}};
    out.insert(out.end(), own.begin(), own.end());
    return out;
  }
  std::vector<Cell> row(const Volunteer& of, std::vector<Cell> own) const {
    std::vector<Cell> out = {id_text(of.id), name(of.person)};
    out.insert(out.end(), own.begin(), own.end());
    return out;
  }
  std::vector<Cell> service_row(const Volunteer& of, const HoursRecord& record) const;
  std::string activity(std::uint64_t group) const;
  std::string leader(std::uint64_t group) const;

  const State& state_;
  const Scope& scope_;
  const Names& names_;
  std::vector<const Volunteer*> volunteers_;
};

Sheet VolunteerBook::basics() const {
  Sheet sheet{"基本信息",
              "志愿者个人基本信息",
              "办法第四条之一。姓名仅由持有密钥的设备填写；证件号码、联系方式不导出。",
              {},
              {}};
  sheet.columns = columns({{"性别", 8},
                           {"所属组织", 26},
                           {"入队日期", 12},
                           {"技能", 24},
                           {"全国编号", 10},
                           {"累计确认时长（小时）", 18, true}});
  static constexpr const char* kSexes[] = {"未知", "男", "女", "未说明"};
  for (const Volunteer* v : volunteers_) {
    const Person* person = state_.person(v->person);
    // Without names the coarse facts of a person stay away too.
    const bool described = names_ && person != nullptr && person->basics.sex < std::size(kSexes);
    std::string skills;
    for (const Symbol skill : v->skills) {
      skills += (skills.empty() ? "" : "、") + code_of(state_, skill);
    }
    sheet.rows.push_back(row(
        *v, {std::string(described ? kSexes[person->basics.sex] : ""),
             organisation_of(state_, v->team.value), day_cell(v->enrolled), skills,
             std::string(v->number == BlindIndex{} ? "无" : "有"),
             Minutes{state_.volunteers.hours.confirmed_minutes(v->id, scope_.from, scope_.to)}}));
  }
  return sheet;
}

std::string VolunteerBook::activity(std::uint64_t group) const {
  if (const Order* order = state_.orders.find(OrderId{group})) {
    return code_of(state_, order->kind) + "（派单 " + id_text(group) + "）";
  }
  if (const Session* session = state_.sessions.find(SessionId{group})) {
    return code_of(state_, session->kind) + "（活动 " + id_text(group) + "）";
  }
  return optional_id(group);
}

std::string VolunteerBook::leader(std::uint64_t group) const {
  const Session* session = state_.sessions.find(SessionId{group});
  return session == nullptr ? std::string() : optional_id(session->leader);
}

std::vector<Cell> VolunteerBook::service_row(const Volunteer& of, const HoursRecord& record) const {
  const FactRow fact = row_of(state_, record.id);
  const FactRow duty = record.duty ? row_of(state_, record.duty) : FactRow{};
  std::int64_t accepted = 0;
  std::string decided;
  for (const EventId id : record.decided_by) {
    const HoursDecision* decision = state_.volunteers.hours.find_decision(id);
    if (decision == nullptr) continue;
    accepted += decision->accepted;
    decided += (decided.empty() ? "" : "、") + to_string(id);
  }
  const std::uint64_t place = fact.site != 0 ? fact.site : duty.site;
  const Order* order = state_.orders.find(OrderId{fact.group});
  return row(of, {activity(fact.group), day_cell(record.day), site_of(state_, place),
                  order == nullptr ? std::string() : optional_id(order->requester),
                  code_of(state_, duty.kind), Minutes{record.minutes}, Minutes{accepted},
                  leader(fact.group), optional_id(record.recorder), decided, to_string(record.id)});
}

Sheet VolunteerBook::service() const {
  Sheet sheet{
      "服务情况",
      "志愿服务情况",
      "办法第四条之二。服务时间为实际提供服务的时间，不含往返交通时间，以小时计。人员为登记号。",
      {},
      {}};
  sheet.columns = columns({{"活动（项目）名称", 28},
                           {"日期", 12},
                           {"地点", 22},
                           {"服务对象", 12},
                           {"服务内容", 16},
                           {"记录时长（小时）", 14, true},
                           {"认定时长（小时）", 14, true},
                           {"负责人", 11},
                           {"记录人", 11},
                           {"认定登记号", 12},
                           {"登记号", 12}});
  std::map<std::uint64_t, const Volunteer*> shown;
  for (const Volunteer* v : volunteers_) shown[v->id.value] = v;
  std::vector<const HoursRecord*> records;
  for (const auto& [id, record] : state_.volunteers.hours.records) {
    if (!state_.in_force(id) || !scope_.has_day(record.day)) continue;
    if (shown.contains(record.volunteer.value)) records.push_back(&record);
  }
  std::sort(records.begin(), records.end(), [](const HoursRecord* a, const HoursRecord* b) {
    return std::tie(a->volunteer, a->day, a->id) < std::tie(b->volunteer, b->day, b->id);
  });
  for (const HoursRecord* record : records) {
    sheet.rows.push_back(service_row(*shown.at(record->volunteer.value), *record));
  }
  return sheet;
}

Sheet VolunteerBook::training() const {
  Sheet sheet{"培训情况", "志愿服务培训情况", "办法第四条之三。", {}, {}};
  sheet.columns = columns({{"培训内容", 20},
                           {"组织者", 24},
                           {"日期", 12},
                           {"地点", 22},
                           {"学时（小时）", 12, true},
                           {"结果", 10},
                           {"登记号", 12}});
  for (const Volunteer* v : volunteers_) {
    const auto found = state_.volunteers.trainings.find(v->person);
    if (found == state_.volunteers.trainings.end()) continue;
    for (const Training& training : found->second) {
      if (!state_.in_force(training.event) || !scope_.has_day(training.day)) continue;
      const FactRow fact = row_of(state_, training.event);
      sheet.rows.push_back(
          row(*v, {code_of(state_, training.kind), organisation_of(state_, fact.organisation),
                   day_cell(training.day), site_of(state_, fact.site), Minutes{fact.minutes},
                   std::string(training.failed ? "未通过" : "完成"), to_string(training.event)}));
    }
  }
  return sheet;
}

Sheet VolunteerBook::commendation() const {
  Sheet sheet{"表彰奖励", "志愿服务表彰奖励情况", "办法第四条之四。", {}, {}};
  sheet.columns = columns(
      {{"名称", 22}, {"等级", 12}, {"授予单位", 26}, {"日期", 12}, {"年度", 8}, {"登记号", 12}});
  std::map<std::uint64_t, std::vector<std::pair<Symbol, const Honour*>>> honours;
  for (const auto& [key, list] : state_.volunteers.honours) {
    for (const Honour& honour : list) {
      if (!state_.in_force(honour.event) || !scope_.has_day(honour.day)) continue;
      honours[key.first].emplace_back(key.second, &honour);
    }
  }
  for (const Volunteer* v : volunteers_) {
    for (const std::uint64_t recipient : {v->person.value, v->id.value}) {
      auto& list = honours[recipient];
      std::sort(list.begin(), list.end(),
                [](const auto& a, const auto& b) { return a.second->event < b.second->event; });
      for (const auto& [title, honour] : list) {
        sheet.rows.push_back(
            row(*v, {code_of(state_, title), code_of(state_, honour->grade), honour->issuer,
                     day_cell(honour->day), static_cast<std::int64_t>(honour->year),
                     to_string(honour->event)}));
      }
      if (v->person.value == v->id.value) break;
    }
  }
  return sheet;
}

Sheet VolunteerBook::evaluation() const {
  Sheet sheet{"评价情况", "志愿服务评价情况", "办法第四条之五。均分以满分的千分之几表示。", {}, {}};
  sheet.columns = columns({{"评价次数", 10, true}, {"均分（‰）", 10}});
  for (const Volunteer* v : volunteers_) {
    for (const std::uint64_t rated : {v->person.value, v->id.value}) {
      const Opinion opinion = ratings_of(state_, rated);
      if (opinion.respondents == 0) continue;
      sheet.rows.push_back(
          row(*v, {static_cast<std::int64_t>(opinion.respondents), opinion.mean_permille}));
    }
  }
  return sheet;
}

Sheet VolunteerBook::certificates() const {
  Sheet sheet{
      "证明出具", "志愿服务记录证明出具登记", "谁记录、谁证明；证明时长不超过已确认时长。", {}, {}};
  sheet.columns = columns({{"证明编号", 20},
                           {"起始日期", 12},
                           {"截止日期", 12},
                           {"证明时长（小时）", 14, true},
                           {"出具单位", 26},
                           {"出具日期", 12},
                           {"登记号", 12}});
  std::map<std::uint64_t, std::string> numbers;
  for (const auto& [number, events] : state_.volunteers.hours.certificate_numbers) {
    for (const EventId event : events) numbers[event.value] = number;
  }
  for (const Volunteer* v : volunteers_) {
    const auto found = state_.volunteers.hours.certificates.find(v->id);
    if (found == state_.volunteers.hours.certificates.end()) continue;
    for (const HoursCertificate& certificate : found->second) {
      const FactRow fact = row_of(state_, certificate.event);
      if (!scope_.has_day(Day{fact.day})) continue;
      sheet.rows.push_back(row(*v, {numbers[certificate.event.value], day_cell(certificate.from),
                                    day_cell(certificate.to), Minutes{certificate.minutes},
                                    organisation_of(state_, fact.group), day_cell(Day{fact.day}),
                                    to_string(certificate.event)}));
    }
  }
  return sheet;
}

}  // namespace

Book volunteer_record(const State& state, const Scope& scope, const Names& names) {
  const VolunteerBook of(state, scope, names);
  Book book{"志愿服务记录",
            "民政部令第67号《志愿服务记录与证明出具办法（试行）》",
            state.last_received,
            {}};
  book.sheets = {of.basics(),       of.service(),    of.training(),
                 of.commendation(), of.evaluation(), of.certificates()};
  return book;
}

}  // namespace houniao::exports
