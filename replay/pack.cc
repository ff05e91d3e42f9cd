#include "replay/pack.h"

#include <algorithm>

#include "replay/pack_metrics.h"
#include "replay/pack_reader.h"
#include "replay/pack_text.h"
#include "schema/catalogue.h"

namespace houniao {
namespace {

using pack_reader::Json;
using pack_reader::Names;
using pack_reader::Notes;
using pack_reader::Object;
using pack_reader::read_metric;

constexpr Names<Comparator, 5> kComparators = {{{"=", Comparator::equal},
                                                {">", Comparator::above},
                                                {"<", Comparator::near},
                                                {"~", Comparator::about},
                                                {">=", Comparator::at_least}}};
constexpr Names<Relation, 6> kRelations = {{{"<", Relation::less},
                                            {"<=", Relation::at_most},
                                            {"=", Relation::equal},
                                            {"!=", Relation::differs},
                                            {">=", Relation::at_least},
                                            {">", Relation::more}}};
constexpr Names<PackReconciliation::Kind, 5> kReconciliations = {
    {{"parts_of_whole", PackReconciliation::Kind::parts_of_whole},
     {"at_most", PackReconciliation::Kind::at_most},
     {"obligation", PackReconciliation::Kind::obligation},
     {"quotient", PackReconciliation::Kind::quotient},
     {"compare", PackReconciliation::Kind::compare}}};
constexpr Names<FactColumn, 4> kOwners = {{{"programme", FactColumn::subject},
                                           {"person", FactColumn::staff},
                                           {"site", FactColumn::site},
                                           {"organisation", FactColumn::organisation}}};
constexpr Names<bool, 4> kDistinct = {
    {{"events", true}, {"sites", true}, {"persons", true}, {"organisations", true}}};
constexpr Names<bool, 2> kByWhom = {{{"claim", true}, {"log", false}}};
constexpr Names<std::uint8_t, 3> kModes = {{{"online", 1}, {"leased", 2}, {"handedOver", 4}}};

constexpr std::int64_t kClaimMax = 1'000'000'000'000;
constexpr std::size_t kLadderMax = 16;

Metric metric_of(Object& o, const char* key) { return o.object(key, read_metric); }
std::int64_t claim_of(Object& o, const char* key) {
  return o.number<std::int64_t>(key, 0, kClaimMax);
}

// What payments and points come to may be below 0, since reversals are taken off; no count can.
bool never_negative(const Metric& metric) {
  return metric.op == MetricOp::years_running ||
         (metric.of != MetricOf::quantity && metric.of != MetricOf::minutes &&
          metric.of != MetricOf::amount_fen);
}

// Claims that no log could refute, or that none could bear out.
void check_claim(Object& o, std::int64_t value, Comparator comparator, const Metric& metric) {
  if (value != 0 || !o.has("value")) return;
  if (comparator == Comparator::near) {
    o.wrong("value", "“近 0”永不成立：没有低于 0 而又接近 0 的数；请改数字或比较符",
            "\"<\" 0 can never hold: nothing below 0 is near to it; change the number or the "
            "comparator");
  } else if (comparator == Comparator::at_least && never_negative(metric)) {
    o.wrong("value", "“至少 0”永远成立，什么也查不出；请写 1 以上，或用 \"=\"",
            "\">=\" 0 always holds and can find nothing; write 1 or more, or use \"=\"");
  }
}

PackPart read_part(Object& o) {
  PackPart part;
  part.value = claim_of(o, "value");
  part.comparator = o.one_of("comparator", kComparators);
  part.unit = o.text("unit");
  part.label = o.label("label");
  part.metric = metric_of(o, "metric");
  check_claim(o, part.value, part.comparator, part.metric);
  return part;
}

// The number that a count is put against: a count is 0 or more.
void check_threshold(Object& o, const PackDoubt& doubt) {
  if (!never_negative(doubt.metric)) return;
  if (doubt.value < 0) {
    o.wrong("value", "计数不会小于 0，与负数比较查不出什么；请写 0 以上",
            "a count is never below 0, so a negative number tells nothing; write 0 or more");
    return;
  }
  const bool settled = doubt.relation == Relation::less || doubt.relation == Relation::at_least;
  if (doubt.value != 0 || !settled) return;
  const bool always = doubt.relation == Relation::at_least;
  o.wrong("value",
          std::string("计数不会小于 0，此条件") + (always ? "永远" : "永不") + "成立；请写 1 以上",
          std::string("a count is never below 0, so this condition ") +
              (always ? "always" : "never") + " holds; write 1 or more");
}

void read_when(Object& o, PackDoubt& doubt) {
  if (o.has("fewerEvents")) {
    doubt.when = PackDoubt::When::few_events;
    doubt.value = o.number<std::int64_t>("fewerEvents", 1);
  } else if (o.has("reconciliation")) {
    doubt.when = PackDoubt::When::reconciliation;
    doubt.reconciliation = o.text("reconciliation");
    doubt.by_claims = o.one_of("of", kByWhom);
  } else {
    doubt.metric = metric_of(o, "metric");
    doubt.relation = o.one_of("relation", kRelations);
    if (o.has("than")) {
      doubt.when = PackDoubt::When::metric;
      doubt.than = metric_of(o, "than");
    } else {
      const std::size_t before = o.faults();
      doubt.value = o.number<std::int64_t>("value");
      if (o.faults() == before) check_threshold(o, doubt);
    }
  }
}

PackDoubt read_doubt(Object& o) {
  PackDoubt doubt;
  doubt.reason = o.label("reason");
  o.object("when", [&](Object& when) {
    read_when(when, doubt);
    return true;
  });
  return doubt;
}

PackFigure::Reading read_reading(Object& o) {
  PackFigure::Reading reading;
  reading.unit = o.label("unit");
  reading.metric = metric_of(o, "metric");
  return reading;
}

PackFigure read_figure(Object& o) {
  PackFigure figure;
  figure.id = o.text("id");
  figure.value = claim_of(o, "value");
  figure.comparator = o.one_of("comparator", kComparators);
  figure.word = o.text_or("word", "");
  figure.unit = o.text("unit");
  figure.phrase = o.text("phrase");
  figure.label = o.label("label");
  figure.metric = metric_of(o, "metric");
  check_claim(o, figure.value, figure.comparator, figure.metric);
  if (o.has("reading")) figure.reading = o.object("reading", read_reading);
  figure.also = o.objects("also", read_part);
  figure.doubts = o.objects("doubts", read_doubt);
  figure.note = o.label_or_empty("note");
  return figure;
}

CodeName read_code(Object& o) {
  CodeName code;
  code.code = o.text("code");
  code.label = o.label("label");
  code.unit = o.text_or("unit", "");
  return code;
}

PackScope read_scope(Object& o) {
  PackScope scope;
  scope.code = o.text("code");
  scope.id = o.number<std::uint64_t>("id");
  scope.label = o.label("label");
  return scope;
}

PackSite read_site(Object& o) {
  PackSite site;
  site.code = o.text("code");
  site.category = o.text("category");
  site.label = o.label("label");
  site.scope = o.text_or("scope", "");
  site.region = o.number<std::uint32_t>("region");
  site.area_dm2 = o.number_or<std::uint64_t>("areaDm2", 0);
  return site;
}

Holiday read_holiday(Object& o) {
  Holiday holiday;
  holiday.code = o.text("code");
  holiday.label = o.label("label");
  o.days("from", "to", holiday.from, holiday.to);
  return holiday;
}

PackObligation read_obligation(Object& o) {
  PackObligation obligation;
  obligation.code = o.text("code");
  obligation.label = o.label_or_empty("label");
  obligation.event_type = o.text_or("eventType", "");
  obligation.event_kind = o.text_or("eventKind", "");
  if (obligation.event_type.empty() && obligation.event_kind.empty()) {
    o.wrong_here("须写明 \"eventType\" 或 \"eventKind\"",
                 "\"eventType\" or \"eventKind\" is needed");
  }
  if (!obligation.event_type.empty() &&
      find_row(std::string_view{obligation.event_type}) == nullptr) {
    o.wrong("eventType", "不是事件类型（见 schema/catalogue.h）",
            "is no event type (see schema/catalogue.h)");
  }
  o.one_of("period", pack_reader::kPeriodKinds);
  obligation.period = o.text_or("period", "");
  obligation.threshold = o.number<std::int64_t>("threshold", 1);
  const FactColumn owner = o.one_of_or("per", kOwners, FactColumn::subject);
  obligation.per = o.text_or("per", obligation.per);
  o.one_of_or("distinct", kDistinct, true);
  obligation.distinct = o.text_or("distinct", obligation.distinct);
  obligation.grace_days = o.number_or<std::uint16_t>("graceDays", 0);
  obligation.evidence_needed = o.maybe("evidenceNeeded").value_or(false);
  if (o.has("among")) {
    obligation.among = o.object(
        "among", [&](Object& among) { return pack_reader::read_population(among, owner); });
  }
  if (obligation.among.has_value() != (obligation.per != "programme")) {
    o.wrong_here("\"among\"（由谁承担）与 \"per\" 须同时写明，或同时不写",
                 "\"among\" (who owes it) and \"per\" go together");
  }
  o.days("from", "to", obligation.from, obligation.to);
  pack_reader::check_span(o, obligation.from, obligation.to);
  return obligation;
}

PackFund read_fund(Object& o) {
  PackFund fund;
  fund.code = o.text("code");
  fund.label = o.label("label");
  fund.kind = o.text("kind");
  fund.purposes = o.texts("purposes");
  fund.regions = o.numbers<std::uint32_t>("regions");
  o.days("from", "to", fund.from, fund.to);
  return fund;
}

PackDeliverable read_deliverable(Object& o) {
  PackDeliverable line;
  line.code = o.text("code");
  line.kind = o.text("kind");
  line.unit = o.text("unit");
  line.quantity = o.number<std::int64_t>("quantity", 1);
  line.unit_price_fen = o.number<std::int64_t>("unitPriceFen", 0);
  return line;
}

PackContract read_contract(Object& o) {
  PackContract contract;
  contract.number = o.text("number");
  contract.fund = o.text("fund");
  contract.amount_fen = o.number<std::int64_t>("amountFen", 0);
  contract.advance_fen = o.number<std::int64_t>("advanceFen", 0);
  o.days("from", "to", contract.from, contract.to);
  contract.deliverables = o.objects("deliverables", read_deliverable);
  return contract;
}

PackReconciliation::Side read_side(Object& o) {
  PackReconciliation::Side side;
  side.label = o.label("label");
  side.metric = metric_of(o, "metric");
  return side;
}

void read_quotient(Object& o, PackReconciliation& r) {
  r.left = o.text("dividend");
  r.right = o.text("divisor");
  r.min = o.maybe_number("min");
  r.max = o.maybe_number("max");
  r.not_whole = o.maybe("notWhole").value_or(false);
  if (!r.min && !r.max && !r.not_whole) {
    o.wrong_here("须写明 \"min\"、\"max\" 或 \"notWhole\"",
                 "\"min\", \"max\" or \"notWhole\" is needed");
  }
  if (r.min && *r.min < 1) {
    o.wrong("min", "商不会小于 0，此下界永不起作用；请写 1 以上，或删去",
            "a quotient is never below 0, so this bound can never bind; write 1 or more, or leave "
            "it out");
  }
  if (r.max && *r.max < 0) {
    o.wrong("max", "小于 0，永不成立；请写 0 以上",
            "is below 0: it can never hold; write 0 or more");
  } else if (r.min && r.max && *r.max < *r.min) {
    o.wrong("max", "小于 \"min\"，永不成立", "is less than \"min\": it can never hold");
  }
}

PackReconciliation read_reconciliation(Object& o) {
  PackReconciliation r;
  r.id = o.text("id");
  const std::size_t before = o.faults();
  r.kind = o.one_of("kind", kReconciliations);
  if (o.faults() != before) o.abandon();
  r.label = o.label("label");
  r.note = o.label_or_empty("note");
  switch (r.kind) {
    case PackReconciliation::Kind::parts_of_whole:
      r.parts = o.texts("parts");
      r.right = o.text("whole");
      if (r.parts.empty()) o.wrong("parts", "不能为空", "must not be empty");
      break;
    case PackReconciliation::Kind::at_most:
      r.left = o.text("left");
      r.right = o.text("right");
      break;
    case PackReconciliation::Kind::obligation:
      r.obligation = o.text("obligation");
      r.left = o.text("held");
      break;
    case PackReconciliation::Kind::quotient:
      read_quotient(o, r);
      break;
    case PackReconciliation::Kind::compare:
      r.left_side = o.object("left", read_side);
      r.relation = o.one_of("relation", kRelations);
      r.right_side = o.object("right", read_side);
      break;
  }
  return r;
}

std::uint8_t read_modes(Object& o) {
  std::uint8_t bits = 0;
  std::size_t at = 0;
  for (const std::string& mode : o.texts("redemptionModes")) {
    const std::string place = "redemptionModes/" + std::to_string(at++);
    const auto* const known = std::find_if(kModes.begin(), kModes.end(),
                                           [&](const auto& entry) { return entry.first == mode; });
    if (known == kModes.end()) {
      o.wrong_item(place, "不认识；可用：online, leased, handedOver",
                   "is not known; there are: online, leased, handedOver");
    } else {
      bits |= known->second;
    }
  }
  return bits;
}

PackPolicy read_policy(Object& o) {
  PackPolicy policy;
  policy.version = o.number<std::uint32_t>("version", 1);
  policy.near_permille = o.number<std::uint16_t>("nearPermille", 1, 999);
  policy.about_permille = o.number<std::uint16_t>("aboutPermille", 0, 1000);
  policy.approval_ladder = o.objects("approvalLadder", read_code);
  policy.approval_levels =
      static_cast<std::uint8_t>(std::min(policy.approval_ladder.size(), kLadderMax));
  if (policy.approval_ladder.size() > kLadderMax) {
    o.wrong("approvalLadder", "审批级数不得超过 16", "more than 16 rungs");
  }
  policy.minutes_per_point = o.number_or<std::uint32_t>("minutesPerPoint", 0);
  policy.points_per_day_max = o.number_or<std::uint32_t>("pointsPerDayMax", 0);
  policy.redemption_modes = read_modes(o);
  policy.training_before_duty = o.maybe("trainingBeforeDuty").value_or(false);
  return policy;
}

template <class T>
const T* find_by_code(const std::vector<T>& list, std::string_view code) {
  for (const T& item : list) {
    if (item.code == code) return &item;
  }
  return nullptr;
}
template <class T>
const T* find_by_id(const std::vector<T>& list, std::string_view id) {
  for (const T& item : list) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

template <class T, std::size_t N>
std::string_view name_in(const Names<T, N>& names, T value) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return "=";
}

}  // namespace

std::string_view sign_of(Comparator comparator) { return name_in(kComparators, comparator); }
std::string_view sign_of(Relation relation) { return name_in(kRelations, relation); }

bool stands(int order, Relation relation) {
  switch (relation) {
    case Relation::less:
      return order < 0;
    case Relation::at_most:
      return order <= 0;
    case Relation::equal:
      return order == 0;
    case Relation::differs:
      return order != 0;
    case Relation::at_least:
      return order >= 0;
    case Relation::more:
      return order > 0;
  }
  return false;
}

std::optional<PeriodKind> period_kind(std::string_view text) {
  for (const auto& [name, kind] : pack_reader::kPeriodKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

const PackFigure* Pack::figure(std::string_view id) const { return find_by_id(figures, id); }
const PackFund* Pack::fund(std::string_view code_text) const {
  return find_by_code(funds, code_text);
}
const PackObligation* Pack::obligation(std::string_view code_text) const {
  return find_by_code(obligations, code_text);
}
const PackReconciliation* Pack::reconciliation(std::string_view id) const {
  return find_by_id(reconciliations, id);
}
const PackScope* Pack::scope(std::string_view code_text) const {
  return find_by_code(scopes, code_text);
}

std::vector<PackCodeList> pack_code_lists() {
  return {{"organisationKinds", &Pack::organisation_kinds},
          {"siteCategories", &Pack::site_categories},
          {"serviceKinds", &Pack::service_kinds},
          {"sessionKinds", &Pack::session_kinds},
          {"certificateTypes", &Pack::certificate_types},
          {"membershipRoles", &Pack::membership_roles},
          {"assetKinds", &Pack::asset_kinds},
          {"posts", &Pack::posts},
          {"orderKinds", &Pack::order_kinds},
          {"orderResults", &Pack::order_results},
          {"demandCategories", &Pack::demand_categories},
          {"noticeKinds", &Pack::notice_kinds},
          {"callSeries", &Pack::call_series},
          {"caseGrounds", &Pack::case_grounds},
          {"dutyKinds", &Pack::duty_kinds},
          {"trainingKinds", &Pack::training_kinds},
          {"outcomeKinds", &Pack::outcome_kinds},
          {"honourTitles", &Pack::honour_titles},
          {"grades", &Pack::grades},
          {"agreementFields", &Pack::agreement_fields},
          {"consentPurposes", &Pack::consent_purposes},
          {"channels", &Pack::channels},
          {"tags", &Pack::tags},
          {"programmes", &Pack::programmes}};
}

Pack read_pack(const Json& json, Notes& notes) {
  Pack pack;
  Object o(json, "", notes);
  static_cast<void>(o.text_or("$schema", ""));  // for editors
  pack.code = o.text("code");
  pack.name = o.label("name");
  pack.region = o.number<std::uint32_t>("region");
  o.days("from", "to", pack.from, pack.to);
  pack.policy = o.object("policy", read_policy);
  pack.scopes = o.objects("scopes", read_scope);
  pack.sites = o.objects("sites", read_site);
  for (const PackCodeList& codes : pack_code_lists()) {
    pack.*codes.list = o.objects(codes.name.data(), read_code);
  }
  pack.holidays = o.objects("holidays", read_holiday);
  pack.obligations = o.objects("obligations", read_obligation);
  pack.funds = o.objects("funds", read_fund);
  pack.contracts = o.objects("contracts", read_contract);
  pack.figures = o.objects("figures", read_figure);
  pack.reconciliations = o.objects("reconciliations", read_reconciliation);
  o.finish();
  return pack;
}

}  // namespace houniao
