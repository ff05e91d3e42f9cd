// A19 paper satisfaction and A20 too many answers. A questionnaire proves that people were asked;
// what is doubted is one that nobody can have answered: all alike, many in one minute on one
// tablet, by people who were not there, friends who give each other full marks, and more answers
// than people.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "replay/families/parties.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kPaperParameters = {
    Parameter{"identical_min", 10, "多题问卷：答案完全相同的最少份数",
              "answers of several questions that are all alike, at least"},
    Parameter{"identical_min_single", 20, "单题问卷：答案完全相同的最少份数",
              "answers of one question that are all alike, at least"},
    Parameter{"per_minute", 5, "一台设备一分钟内现场填写的份数",
              "answers given on one device within a minute"},
    Parameter{"absent_min", 5, "自称未参加者的最少份数",
              "answers of people who say that they were not there, at least"},
    Parameter{"absent_permille", 500, "自称未参加者所占千分比", "their share, in permille"},
    Parameter{"raters_min", 3, "未签到而评价的最少人数",
              "residents who rate a session that they did not sign in at, at least"},
    Parameter{"mutual_min", 3, "互评均为满分的最少次数（每个方向）",
              "full marks that two parties gave each other, at least, in each direction"},
};
constexpr std::array kPaperReads = {Body::SATISFACTION_SURVEYED, Body::RATING_SUBMITTED,
                                    Body::ATTENDANCE_RECORDED,   Body::SESSION_HELD,
                                    Body::SESSION_PLANNED,       Body::DISBURSEMENT_PAID,
                                    Body::DISBURSEMENT_REVERSED, Body::STAFF_ENGAGED};

constexpr std::array kCountParameters = {
    Parameter{"tolerance_permille", 0, "答卷数超过人数的容许千分比",
              "how many more answers than people are tolerated, in permille"},
    Parameter{"unheld_days", 7, "计划日期后多少日仍无举办记录",
              "days after its date in which a planned session may still be recorded as held"},
};
constexpr std::array kCountReads = {Body::SATISFACTION_SURVEYED, Body::ATTENDANCE_RECORDED,
                                    Body::SESSION_HELD,          Body::SESSION_PLANNED,
                                    Body::MILESTONE_SUBMITTED,   Body::MILESTONE_REVIEWED,
                                    Body::SERVICE_DELIVERED,     Body::CONTRACT_SIGNED,
                                    Body::DISBURSEMENT_PAID,     Body::DISBURSEMENT_REVERSED};

// What a survey is about, as the state keeps it: a session goes by its occasion.
std::uint64_t subject_of(const State& state, std::uint64_t target) {
  const Session* session = state.sessions.find(SessionId{target});
  return session == nullptr ? target : session->occasion().value;
}

// What was paid on a contract because its beneficiaries are said to be content.
Fen paid_on(const State& state, std::uint64_t target) {
  const ContractId contract{target};
  if (state.contracts.find(contract) == nullptr) return {};
  return std::max(state.ledger.contract(contract).net_paid(), Fen{});
}

// --- A19 ---------------------------------------------------------------------------------------

class PaperSatisfaction final : public Rule {
 public:
  explicit PaperSatisfaction(const Parameters& parameters)
      : identical_min_(parameters.get("identical_min")),
        identical_min_single_(parameters.get("identical_min_single")),
        per_minute_(parameters.get("per_minute")),
        absent_min_(parameters.get("absent_min")),
        absent_permille_(capped(parameters, "absent_permille", kPermilleMax)),
        raters_min_(parameters.get("raters_min")),
        mutual_min_(parameters.get("mutual_min")) {}

  void observe(const Observation& seen) override;
  void find(const State& state, Day, std::vector<Anomaly>& out) const override;

 private:
  struct Answer {
    EventId event;
    std::uint64_t target = 0;
    std::uint64_t fingerprint = 0;  // of all its answers
    std::int64_t minute = -1;       // of the device's clock since 1970; -1: typed in later
    bool single = false;            // one question
    bool attended = false;
  };
  using Answers = std::vector<const Answer*>;

  void check_identical(std::uint64_t about, const Answers& answers, Fen paid,
                       std::vector<Anomaly>& out) const;
  void check_absent(std::uint64_t about, const Answers& answers, Fen paid,
                    std::vector<Anomaly>& out) const;
  void check_minutes(const State& state, std::vector<Anomaly>& out) const;
  void check_raters(const State& state, std::vector<Anomaly>& out) const;
  void check_mutual(const State& state, std::vector<Anomaly>& out) const;

  std::int64_t identical_min_;
  std::int64_t identical_min_single_;
  std::int64_t per_minute_;
  std::int64_t absent_min_;
  std::int64_t absent_permille_;
  std::int64_t raters_min_;
  std::int64_t mutual_min_;
  std::vector<Answer> answers_;
};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  return (hash ^ value) * 0x100000001b3ULL;
}

void PaperSatisfaction::observe(const Observation& seen) {
  if (seen.type != Body::SATISFACTION_SURVEYED) return;
  const auto body = seen.event.getBody().getSatisfactionSurveyed();
  Answer answer;
  answer.event = seen.id;
  answer.target = body.getTarget();
  answer.fingerprint = 0xcbf29ce484222325ULL;
  for (const auto& item : body.getAnswers()) {
    for (const char c : text_of(item.getQuestion())) {
      answer.fingerprint = mixed(answer.fingerprint, static_cast<std::uint8_t>(c));
    }
    answer.fingerprint =
        mixed(answer.fingerprint, static_cast<std::uint32_t>(item.getPoints()) + 0x100ULL);
    answer.fingerprint =
        mixed(answer.fingerprint, static_cast<std::uint32_t>(item.getPointsMax()) + 0x200ULL);
  }
  answer.single = body.getAnswers().size() <= 1;
  answer.attended = body.getAttended();
  // What is typed in from paper comes in bulk on purpose.
  if (seen.event.getSource() == schema::Source::DEVICE) {
    answer.minute = seen.event.getRecordedAtMs() / 60'000;
  }
  answers_.push_back(answer);
}

void PaperSatisfaction::find(const State& state, Day, std::vector<Anomaly>& out) const {
  std::map<std::uint64_t, Answers> by_subject;
  for (const Answer& answer : answers_) {
    if (!state.in_force(answer.event)) continue;
    by_subject[subject_of(state, answer.target)].push_back(&answer);
  }
  for (const auto& [about, answers] : by_subject) {
    const Fen paid = paid_on(state, about);
    check_identical(about, answers, paid, out);
    check_absent(about, answers, paid, out);
  }
  check_minutes(state, out);
  check_raters(state, out);
  check_mutual(state, out);
}

void PaperSatisfaction::check_identical(std::uint64_t about, const Answers& answers, Fen paid,
                                        std::vector<Anomaly>& out) const {
  const Answer& first = *answers.front();
  const bool alike = std::all_of(answers.begin(), answers.end(), [&](const Answer* answer) {
    return answer->fingerprint == first.fingerprint;
  });
  const auto count = static_cast<std::int64_t>(answers.size());
  if (!alike || count < (first.single ? identical_min_single_ : identical_min_)) return;
  std::vector<EventId> events;
  for (const Answer* answer : answers) events.push_back(answer->event);
  doubt(out, std::move(events), about, paid, number(count) + " 份满意度答卷答案完全相同",
        "all " + number(count) + " answers to the questionnaire are identical");
}

void PaperSatisfaction::check_absent(std::uint64_t about, const Answers& answers, Fen paid,
                                     std::vector<Anomaly>& out) const {
  std::vector<EventId> events;
  for (const Answer* answer : answers) {
    if (!answer->attended) events.push_back(answer->event);
  }
  const auto count = static_cast<std::int64_t>(events.size());
  const auto all = static_cast<std::int64_t>(answers.size());
  if (count < absent_min_ || count * 1000 < all * absent_permille_) return;
  doubt(out, std::move(events), about, paid,
        number(all) + " 份答卷中 " + number(count) + " 份来自自称未参加者",
        number(count) + " of " + number(all) +
            " answers come from people who say that they were "
            "not there");
}

void PaperSatisfaction::check_minutes(const State& state, std::vector<Anomaly>& out) const {
  // By device and subject: all its crowded minutes are one doubt.
  std::map<std::tuple<std::uint32_t, std::uint64_t, std::int64_t>, std::vector<EventId>> minutes;
  for (const Answer& answer : answers_) {
    if (answer.minute < 0 || !state.in_force(answer.event)) continue;
    minutes[{device_of(answer.event).value, subject_of(state, answer.target), answer.minute}]
        .push_back(answer.event);
  }
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<EventId>> crowded;
  for (const auto& [key, events] : minutes) {
    if (static_cast<std::int64_t>(events.size()) < per_minute_) continue;
    std::vector<EventId>& of = crowded[{std::get<0>(key), std::get<1>(key)}];
    of.insert(of.end(), events.begin(), events.end());
  }
  for (auto& [key, events] : crowded) {
    const std::string count = number(static_cast<std::int64_t>(events.size()));
    const std::string limit = number(per_minute_);
    doubt(out, std::move(events), key.second, paid_on(state, key.second),
          "同一台设备上每分钟现场填写不少于 " + limit + " 份，共 " + count + " 份答卷",
          count + " answers were given on one device, at least " + limit + " within each minute");
  }
}

// Residents who rate a session by name and are not among the names that signed in. Sessions without
// names say nothing about who was there.
void PaperSatisfaction::check_raters(const State& state, std::vector<Anomaly>& out) const {
  struct Rated {
    std::set<std::uint64_t> present;
    std::vector<EventId> strangers;
  };
  std::map<std::uint64_t, Rated> occasions;
  std::vector<std::pair<std::uint64_t, const Rating*>> ratings;
  for (const auto& [rated, list] : state.evaluations.ratings) {
    for (const Rating& rating : list) {
      if (rating.kind != static_cast<std::uint16_t>(schema::RatingSubmitted::Kind::RESIDENT)) {
        continue;
      }
      if (state.sessions.find(SessionId{rating.target}) == nullptr) continue;
      const std::uint64_t occasion = subject_of(state, rating.target);
      occasions[occasion];
      ratings.emplace_back(occasion, &rating);
    }
  }
  if (ratings.empty()) return;
  FactFilter filter;
  filter.types.set(static_cast<std::size_t>(Body::ATTENDANCE_RECORDED));
  state.facts.scan(filter, [&](const FactTable::Columns& c, std::size_t i) {
    const auto at = occasions.find(c.group[i]);
    if (at != occasions.end() && c.subject[i] != 0) {
      at->second.present.insert(identity_of(state, c.subject[i]));
    }
  });
  for (const auto& [occasion, rating] : ratings) {
    Rated& rated = occasions[occasion];
    if (rated.present.empty() || rated.present.contains(identity_of(state, rating->rater)))
      continue;
    rated.strangers.push_back(rating->event);
  }
  for (auto& [occasion, rated] : occasions) {
    const auto count = static_cast<std::int64_t>(rated.strangers.size());
    if (count == 0 || count < raters_min_) continue;
    doubt(out, std::move(rated.strangers), occasion, {},
          number(count) + " 位居民没有签到却评价了该活动",
          number(count) + " residents rated the session without having signed in at it");
  }
}

void PaperSatisfaction::check_mutual(const State& state, std::vector<Anomaly>& out) const {
  struct Marks {
    std::vector<EventId> full;
    bool only_full = true;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, Marks> given;  // (rater, rated)
  for (const auto& [rated, list] : state.evaluations.ratings) {
    for (const Rating& rating : list) {
      if (rating.kind != static_cast<std::uint16_t>(schema::RatingSubmitted::Kind::PEER) ||
          rating.points.most == 0) {
        continue;
      }
      Marks& marks = given[{identity_of(state, rating.rater), identity_of(state, rated)}];
      if (rating.points.given == rating.points.most) {
        marks.full.push_back(rating.event);
      } else {
        marks.only_full = false;
      }
    }
  }
  const auto is_friendly = [&](const Marks& marks) {
    return marks.only_full && static_cast<std::int64_t>(marks.full.size()) >= mutual_min_;
  };
  for (const auto& [pair, marks] : given) {
    if (pair.first >= pair.second || !is_friendly(marks)) continue;
    const auto back = given.find({pair.second, pair.first});
    if (back == given.end() || !is_friendly(back->second)) continue;
    std::vector<EventId> events = marks.full;
    events.insert(events.end(), back->second.full.begin(), back->second.full.end());
    const std::string count = number(static_cast<std::int64_t>(events.size()));
    doubt(out, std::move(events), pair.first, {}, "两方互评 " + count + " 次，全部为满分",
          "two parties rated each other " + count + " times, always with full marks");
  }
}

// --- A20 ---------------------------------------------------------------------------------------

class TooManyAnswers final : public Rule {
 public:
  explicit TooManyAnswers(const Parameters& parameters)
      : tolerance_(capped(parameters, "tolerance_permille", kPermilleMax)),
        unheld_days_(capped(parameters, "unheld_days", kDaysMax)) {}

  void observe(const Observation& seen) override {
    if (seen.type == Body::MILESTONE_REVIEWED) {
      const auto body = seen.event.getBody().getMilestoneReviewed();
      opinions_.push_back({seen.id, MilestoneId{body.getMilestone()},
                           static_cast<std::int64_t>(body.getBeneficiaryOpinions())});
    }
  }

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    const std::map<std::uint64_t, std::int64_t> served = served_by_contract(state);
    for (const auto& [about, answers] : state.evaluations.surveys) {
      if (!answers.empty()) check_survey(state, about, answers, served, today, out);
    }
    for (const Opinions& item : opinions_) check_opinions(state, item, out);
  }

 private:
  struct Opinions {
    EventId review;
    MilestoneId milestone;
    std::int64_t count = 0;
  };

  bool exceeds(std::int64_t answers, std::int64_t people) const {
    return answers > people + people / 1000 * tolerance_ + people % 1000 * tolerance_ / 1000;
  }
  // People reached by what a contract's milestones list; a contract without such units is absent.
  static std::map<std::uint64_t, std::int64_t> served_by_contract(const State& state) {
    std::map<std::uint64_t, std::int64_t> out;
    for (const auto& [id, milestone] : state.contracts.milestones) {
      if (!state.in_force(id) || milestone.units.empty()) continue;
      std::int64_t& people = out[milestone.contract.value];
      for (const EventId unit : milestone.units) people += people_in(state, unit);
    }
    return out;
  }
  void check_survey(const State& state, std::uint64_t about,
                    const std::vector<SurveyAnswer>& answers,
                    const std::map<std::uint64_t, std::int64_t>& served, Day today,
                    std::vector<Anomaly>& out) const;
  void check_opinions(const State& state, const Opinions& item, std::vector<Anomaly>& out) const;

  std::int64_t tolerance_;
  std::int64_t unheld_days_;
  std::vector<Opinions> opinions_;
};

void TooManyAnswers::check_survey(const State& state, std::uint64_t about,
                                  const std::vector<SurveyAnswer>& answers,
                                  const std::map<std::uint64_t, std::int64_t>& served, Day today,
                                  std::vector<Anomaly>& out) const {
  std::int64_t people = 0;
  if (const Session* session = state.sessions.find(SessionId{about}); session != nullptr) {
    people = static_cast<std::int64_t>(people_at(state, about));
    const auto held = state.sessions.held_of_plan.find(session->id);
    const bool is_held = session->held || held != state.sessions.held_of_plan.end();
    // Nobody was counted: how many there were is not known, unless it never took place.
    if (people == 0 && (is_held || std::int64_t{today.value} - session->day.value < unheld_days_)) {
      return;
    }
  } else {
    const auto found = served.find(about);
    if (found == served.end()) return;
    people = found->second;
  }
  const auto respondents = static_cast<std::int64_t>(survey_of(state, about).respondents);
  if (!exceeds(respondents, people)) return;
  std::vector<EventId> events;
  for (const SurveyAnswer& answer : answers) events.push_back(answer.event);
  doubt(out, std::move(events), about, paid_on(state, about),
        "答卷者 " + number(respondents) + " 人，参加或受益的只有 " + number(people) + " 人次",
        number(respondents) + " people answered, but only " + number(people) +
            " took part or were served");
}

void TooManyAnswers::check_opinions(const State& state, const Opinions& item,
                                    std::vector<Anomaly>& out) const {
  const Milestone* milestone = state.contracts.find_milestone(item.milestone);
  if (milestone == nullptr || milestone->units.empty() || !state.in_force(item.review)) return;
  std::int64_t people = 0;
  for (const EventId unit : milestone->units) people += people_in(state, unit);
  if (!exceeds(item.count, people)) return;
  doubt(out, {item.review, EventId{item.milestone.value}}, milestone->contract.value,
        milestone->accepted,
        "验收称有 " + number(item.count) + " 份服务对象意见，所列交付只服务 " + number(people) +
            " 人次",
        "the acceptance rests on " + number(item.count) +
            " opinions, but the deliveries listed served only " + number(people) + " people");
}

const std::array kRows = {
    RuleRow{
        .number = 19,
        .version = 1,
        .zh = "纸面满意度",
        .en = "paper satisfaction",
        .basis = "政府采购法实施条例第四十五条（邀请服务对象参与验收并出具意见）",
        .basis_en = "Implementing Regulation of the Procurement Law 45 (opinions of those served)",
        .innocent_zh = "核对是否统一用一台平板现场轮流填写、题目是否过于简单、是否由家属代填",
        .innocent_en = "check whether people took turns on one tablet, whether the questions were "
                       "too simple, and whether relatives answered",
        .parameters = kPaperParameters,
        .reads = kPaperReads,
        .by_day = false,
        .make = make_rule<PaperSatisfaction>,
    },
    RuleRow{
        .number = 20,
        .version = 1,
        .zh = "答卷多于人数",
        .en = "more answers than people",
        .basis = "政府采购法实施条例第四十五条（服务对象意见真实）",
        .basis_en = "Implementing Regulation of the Procurement Law 45 (true opinions)",
        .innocent_zh = "核对现场人数是否漏计、问卷是否同时面向线上或陪同人员、签到表是否未录全",
        .innocent_en = "check whether people were missed in the count, whether those online or "
                       "companions answered too, and whether all sign-in sheets are recorded",
        .parameters = kCountParameters,
        .reads = kCountReads,
        .by_day = true,
        .make = make_rule<TooManyAnswers>,
    }};

}  // namespace

std::span<const RuleRow> rules_of_opinions() { return kRows; }

}  // namespace houniao::rules
