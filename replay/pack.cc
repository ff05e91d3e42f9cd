#include "replay/pack.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "schema/catalogue.h"

namespace houniao {
namespace {

using Json = nlohmann::json;

template <class T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

constexpr Names<MetricOp, 7> kOps = {{{"count", MetricOp::count},
                                      {"sum", MetricOp::sum},
                                      {"distinct", MetricOp::distinct},
                                      {"share", MetricOp::share},
                                      {"min_per_period", MetricOp::min_per_period},
                                      {"each_period", MetricOp::each_period},
                                      {"years_running", MetricOp::years_running}}};
constexpr Names<MetricOf, 10> kOfs = {{{"events", MetricOf::events},
                                       {"rows", MetricOf::rows},
                                       {"quantity", MetricOf::quantity},
                                       {"minutes", MetricOf::minutes},
                                       {"amount_fen", MetricOf::amount_fen},
                                       {"subject", MetricOf::subject},
                                       {"group", MetricOf::group},
                                       {"site", MetricOf::site},
                                       {"organisation", MetricOf::organisation},
                                       {"staff", MetricOf::staff}}};
constexpr Names<MetricPeriod, 4> kPeriods = {{{"month", MetricPeriod::month},
                                              {"quarter", MetricPeriod::quarter},
                                              {"halfYear", MetricPeriod::half_year},
                                              {"year", MetricPeriod::year}}};
constexpr Names<MetricJoin::Column, 5> kColumns = {
    {{"subject", MetricJoin::Column::subject},
     {"group", MetricJoin::Column::group},
     {"site", MetricJoin::Column::site},
     {"organisation", MetricJoin::Column::organisation},
     {"staff", MetricJoin::Column::staff}}};
constexpr Names<Comparator, 5> kComparators = {{{"=", Comparator::equal},
                                                {">", Comparator::above},
                                                {"<", Comparator::near},
                                                {"~", Comparator::about},
                                                {">=", Comparator::at_least}}};
constexpr Names<PackReconciliation::Kind, 3> kReconciliations = {
    {{"parts_of_whole", PackReconciliation::Kind::parts_of_whole},
     {"at_most", PackReconciliation::Kind::at_most},
     {"obligation", PackReconciliation::Kind::obligation}}};

// Bounds that keep claim * scale within 64 bits.
constexpr std::int64_t kClaimMax = 1'000'000'000'000;
constexpr std::int64_t kScaleMax = 1'000'000;

// The first fault of a pack. Readers go on with defaults after it, so no caller has to ask at each
// step.
struct Fault {
  std::optional<Error> error;
  void note(const std::string& path, const std::string& what) {
    if (!error) error = fail(Errc::invalid_argument, "programme pack, " + path + ": " + what);
  }
};

// Reads one JSON object; finish() makes members that nobody asked for an error.
class Object {
 public:
  Object(const Json& json, std::string path, Fault& fault)
      : json_(json.is_object() ? json : empty()), path_(std::move(path)), fault_(fault) {
    if (!json.is_object()) fault_.note(path_, "an object is needed");
  }

  const Json* find(const char* key) {
    seen_.insert(key);
    const auto it = json_.find(key);
    return it == json_.end() ? nullptr : &*it;
  }
  const Json& need(const char* key) {
    const Json* found = find(key);
    if (found == nullptr) fault_.note(at(key), "is missing");
    return found == nullptr ? empty() : *found;
  }
  bool has(const char* key) const { return json_.contains(key); }

  std::string text(const char* key) {
    const Json& value = need(key);
    if (!value.is_string()) {
      fault_.note(at(key), "a text is needed");
      return {};
    }
    return value.get<std::string>();
  }
  std::string text_or(const char* key, std::string fallback) {
    return has(key) ? text(key) : std::move(fallback);
  }
  template <class T>
  T number(const char* key) {
    return to_number<T>(need(key), at(key));
  }
  template <class T>
  T number_or(const char* key, T fallback) {
    return has(key) ? number<T>(key) : (find(key), fallback);
  }
  bool boolean(const char* key) {
    const Json& value = need(key);
    if (!value.is_boolean()) fault_.note(at(key), "true or false is needed");
    return value.is_boolean() && value.get<bool>();
  }
  std::optional<bool> maybe(const char* key) {
    if (!has(key)) return std::nullopt;
    return boolean(key);
  }
  Day day(const char* key) {
    const std::string written = text(key);
    const std::optional<Day> parsed = parse_day(written);
    if (!parsed) fault_.note(at(key), "a date YYYY-MM-DD is needed, not '" + written + "'");
    return parsed.value_or(Day{});
  }
  std::optional<Day> maybe_day(const char* key) {
    if (!has(key)) return std::nullopt;
    return day(key);
  }
  Label label(const char* key) {
    Object inner(need(key), at(key), fault_);
    Label label{inner.text("zh"), inner.text("en")};
    inner.finish();
    return label;
  }
  Label label_or_empty(const char* key) { return has(key) ? label(key) : Label{}; }
  template <class T, std::size_t N>
  T one_of(const char* key, const Names<T, N>& names) {
    const std::string written = text(key);
    for (const auto& [name, value] : names) {
      if (name == written) return value;
    }
    fault_.note(at(key), "'" + written + "' is not known");
    return names.front().second;
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> out;
    if (const Json* list = find(key)) {
      each(*list, at(key), [&](const Json& item, const std::string& path) {
        if (!item.is_string()) return fault_.note(path, "a text is needed");
        out.push_back(item.get<std::string>());
      });
    }
    return out;
  }
  template <class T>
  std::vector<T> numbers(const char* key) {
    std::vector<T> out;
    if (const Json* list = find(key)) {
      each(*list, at(key), [&](const Json& item, const std::string& path) {
        out.push_back(to_number<T>(item, path));
      });
    }
    return out;
  }
  // Reads a list of objects with `read(Object&) -> T`.
  template <class Read>
  auto objects(const char* key, Read&& read) {
    std::vector<decltype(read(*this))> out;
    if (const Json* list = find(key)) {
      each(*list, at(key), [&](const Json& item, const std::string& path) {
        Object inner(item, path, fault_);
        out.push_back(read(inner));
        inner.finish();
      });
    }
    return out;
  }
  Object object(const char* key) { return Object(need(key), at(key), fault_); }
  void finish() {
    for (const auto& [key, value] : json_.items()) {
      if (!seen_.contains(key)) fault_.note(at(key), "is not a member that packs have");
    }
  }
  void wrong(const char* key, const std::string& what) { fault_.note(at(key), what); }

 private:
  static const Json& empty() {
    static const Json object = Json::object();
    return object;
  }
  std::string at(const std::string& key) const { return path_ + "/" + key; }

  template <class T>
  T to_number(const Json& value, const std::string& path) {
    if (!value.is_number_integer()) {
      fault_.note(path, "a whole number is needed");
      return {};
    }
    const std::int64_t number = value.get<std::int64_t>();
    if (!std::in_range<T>(number)) fault_.note(path, "is out of range");
    return static_cast<T>(number);
  }
  template <class Visit>
  void each(const Json& list, const std::string& path, Visit&& visit) {
    if (!list.is_array()) return fault_.note(path, "a list is needed");
    for (std::size_t i = 0; i < list.size(); ++i) visit(list[i], path + "/" + std::to_string(i));
  }

  const Json& json_;
  std::string path_;
  Fault& fault_;
  std::set<std::string> seen_;
};

std::vector<std::uint16_t> read_types(Object& o, const char* key) {
  std::vector<std::uint16_t> types;
  for (const std::string& name : o.texts(key)) {
    const CatalogueRow* row = find_row(std::string_view{name});
    if (row == nullptr) {
      o.wrong(key, "'" + name + "' is no event type");
      continue;
    }
    types.push_back(static_cast<std::uint16_t>(row->type));
  }
  return types;
}

MetricJoin read_join(Object& o) {
  MetricJoin join;
  join.column = o.one_of("column", kColumns);
  join.types = read_types(o, "type");
  join.kinds = o.texts("kind");
  join.attrs = o.texts("attr");
  join.attr_prefix = o.text_or("attrPrefix", "");
  return join;
}

MetricWhere read_where(Object& o) {
  MetricWhere where;
  where.types = read_types(o, "type");
  where.kinds = o.texts("kind");
  where.not_kinds = o.texts("notKind");
  where.attrs = o.texts("attr");
  where.not_attrs = o.texts("notAttr");
  where.from = o.maybe_day("from");
  where.to = o.maybe_day("to");
  where.anonymous = o.maybe("anonymous");
  where.bulk = o.maybe("bulk");
  where.ended = o.maybe("ended");
  where.at_site = o.maybe("atSite");
  where.joins = o.objects("join", read_join);
  if (where.types.empty()) o.wrong("type", "a metric names the event types that it counts");
  return where;
}

Metric read_metric(Object& o) {
  Metric metric;
  metric.op = o.one_of("op", kOps);
  metric.of = o.one_of("of", kOfs);
  metric.scale = o.number_or<std::int64_t>("scale", 1);
  if (metric.scale < 1 || metric.scale > kScaleMax) o.wrong("scale", "is out of range");
  metric.current = o.maybe("current").value_or(false);
  Object where = o.object("where");
  metric.where = read_where(where);
  where.finish();
  if (metric.op == MetricOp::share) {
    Object among = o.object("among");
    metric.among = read_where(among);
    among.finish();
  }
  if (metric.op == MetricOp::min_per_period || metric.op == MetricOp::each_period) {
    metric.inner = o.one_of("inner", kOps);
    if (metric.inner > MetricOp::distinct) o.wrong("inner", "count, sum or distinct is needed");
    metric.period = o.one_of("period", kPeriods);
    metric.from = o.day("from");
    metric.to = o.day("to");
    if (metric.to < metric.from) o.wrong("to", "lies before 'from'");
  }
  return metric;
}

PackFigure read_figure(Object& o) {
  PackFigure figure;
  figure.id = o.text("id");
  figure.value = o.number<std::int64_t>("value");
  if (figure.value < 0 || figure.value > kClaimMax) o.wrong("value", "is out of range");
  figure.comparator = o.one_of("comparator", kComparators);
  figure.word = o.text_or("word", "");
  figure.unit = o.text("unit");
  figure.phrase = o.text("phrase");
  figure.label = o.label("label");
  Object metric = o.object("metric");
  figure.metric = read_metric(metric);
  metric.finish();
  if (o.has("reading")) {
    Object reading = o.object("reading");
    PackFigure::Reading second;
    second.unit = reading.label("unit");
    Object inner = reading.object("metric");
    second.metric = read_metric(inner);
    inner.finish();
    reading.finish();
    figure.reading = std::move(second);
  }
  figure.note = o.label_or_empty("note");
  return figure;
}

CodeName read_code(Object& o) {
  return CodeName{o.text("code"), o.label("label"), o.text_or("unit", "")};
}

PackScope read_scope(Object& o) {
  return PackScope{o.text("code"), o.number<std::uint64_t>("id"), o.label("label")};
}

PackSite read_site(Object& o) {
  PackSite site;
  site.code = o.text("code");
  site.category = o.text("category");
  site.label = o.label("label");
  site.scope = o.text("scope");
  site.region = o.number<std::uint32_t>("region");
  site.area_dm2 = o.number<std::uint64_t>("areaDm2");
  return site;
}

PackObligation read_obligation(Object& o) {
  PackObligation obligation;
  obligation.code = o.text("code");
  obligation.event_kind = o.text("eventKind");
  obligation.period = o.text("period");
  obligation.threshold = o.number<std::int64_t>("threshold");
  obligation.from = o.day("from");
  obligation.to = o.day("to");
  return obligation;
}

PackFund read_fund(Object& o) {
  PackFund fund;
  fund.code = o.text("code");
  fund.label = o.label("label");
  fund.kind = o.text("kind");
  fund.purposes = o.texts("purposes");
  fund.regions = o.numbers<std::uint32_t>("regions");
  fund.from = o.day("from");
  fund.to = o.day("to");
  return fund;
}

PackContract read_contract(Object& o) {
  PackContract contract;
  contract.number = o.text("number");
  contract.fund = o.text("fund");
  contract.amount_fen = o.number<std::int64_t>("amountFen");
  contract.advance_fen = o.number<std::int64_t>("advanceFen");
  contract.from = o.day("from");
  contract.to = o.day("to");
  contract.deliverables = o.objects("deliverables", [](Object& d) {
    PackDeliverable line;
    line.code = d.text("code");
    line.kind = d.text("kind");
    line.unit = d.text("unit");
    line.quantity = d.number<std::int64_t>("quantity");
    line.unit_price_fen = d.number<std::int64_t>("unitPriceFen");
    return line;
  });
  return contract;
}

PackReconciliation read_reconciliation(Object& o) {
  PackReconciliation r;
  r.id = o.text("id");
  r.kind = o.one_of("kind", kReconciliations);
  r.label = o.label("label");
  r.note = o.label_or_empty("note");
  switch (r.kind) {
    case PackReconciliation::Kind::parts_of_whole:
      r.parts = o.texts("parts");
      r.right = o.text("whole");
      if (r.parts.empty()) o.wrong("parts", "is empty");
      break;
    case PackReconciliation::Kind::at_most:
      r.left = o.text("left");
      r.right = o.text("right");
      break;
    case PackReconciliation::Kind::obligation:
      r.obligation = o.text("obligation");
      r.left = o.text("held");
      break;
  }
  return r;
}

PackPolicy read_policy(Object& o) {
  PackPolicy policy;
  policy.version = o.number<std::uint32_t>("version");
  policy.near_permille = o.number<std::uint16_t>("nearPermille");
  policy.about_permille = o.number<std::uint16_t>("aboutPermille");
  policy.approval_ladder = o.objects("approvalLadder", read_code);
  policy.approval_levels = static_cast<std::uint8_t>(policy.approval_ladder.size());
  if (policy.near_permille > 1000) o.wrong("nearPermille", "is above 1000");
  if (policy.approval_ladder.size() > 16) o.wrong("approvalLadder", "has more than 16 rungs");
  return policy;
}

// Names inside the pack must lead somewhere.
void check_names(const Pack& pack, Fault& fault) {
  std::set<std::string_view> ids;
  for (const PackFigure& figure : pack.figures) {
    if (!ids.insert(figure.id).second) fault.note("figures/" + figure.id, "stands there twice");
  }
  for (const PackReconciliation& r : pack.reconciliations) {
    const auto need = [&](const std::string& id) {
      if (pack.figure(id) == nullptr) {
        fault.note("reconciliations/" + r.id, "figure '" + id + "' is not in the pack");
      }
    };
    for (const std::string& part : r.parts) need(part);
    if (!r.left.empty()) need(r.left);
    if (!r.right.empty()) need(r.right);
    if (!r.obligation.empty() && pack.obligation(r.obligation) == nullptr) {
      fault.note("reconciliations/" + r.id, "obligation '" + r.obligation + "' is not in the pack");
    }
  }
  for (const PackSite& site : pack.sites) {
    if (pack.scope(site.scope) == nullptr) {
      fault.note("sites/" + site.code, "scope '" + site.scope + "' is not in the pack");
    }
  }
  for (const PackContract& contract : pack.contracts) {
    if (pack.fund(contract.fund) == nullptr) {
      fault.note("contracts/" + contract.number, "fund '" + contract.fund + "' is not in the pack");
    }
  }
}

template <class T>
const T* find_by_code(const std::vector<T>& list, std::string_view code) {
  for (const T& item : list) {
    if (item.code == code) return &item;
  }
  return nullptr;
}

}  // namespace

std::string_view sign_of(Comparator comparator) {
  for (const auto& [sign, value] : kComparators) {
    if (value == comparator) return sign;
  }
  return "=";
}

const PackFigure* Pack::figure(std::string_view id) const {
  for (const PackFigure& item : figures) {
    if (item.id == id) return &item;
  }
  return nullptr;
}
const PackFund* Pack::fund(std::string_view code_text) const {
  return find_by_code(funds, code_text);
}
const PackObligation* Pack::obligation(std::string_view code_text) const {
  return find_by_code(obligations, code_text);
}
const PackScope* Pack::scope(std::string_view code_text) const {
  return find_by_code(scopes, code_text);
}

Result<Pack> parse_pack(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return fail(Errc::malformed, "programme pack: this is not JSON");
  Fault fault;
  Pack pack;
  Object o(json, "", fault);
  pack.code = o.text("code");
  pack.name = o.label("name");
  pack.region = o.number<std::uint32_t>("region");
  pack.from = o.day("from");
  pack.to = o.day("to");
  Object policy = o.object("policy");
  pack.policy = read_policy(policy);
  policy.finish();
  pack.scopes = o.objects("scopes", read_scope);
  pack.sites = o.objects("sites", read_site);
  pack.organisation_kinds = o.objects("organisationKinds", read_code);
  pack.service_kinds = o.objects("serviceKinds", read_code);
  pack.session_kinds = o.objects("sessionKinds", read_code);
  pack.certificate_types = o.objects("certificateTypes", read_code);
  pack.membership_roles = o.objects("membershipRoles", read_code);
  pack.asset_kinds = o.objects("assetKinds", read_code);
  pack.obligations = o.objects("obligations", read_obligation);
  pack.funds = o.objects("funds", read_fund);
  pack.contracts = o.objects("contracts", read_contract);
  pack.figures = o.objects("figures", read_figure);
  pack.reconciliations = o.objects("reconciliations", read_reconciliation);
  o.finish();
  check_names(pack, fault);
  if (fault.error) return *fault.error;
  return pack;
}

}  // namespace houniao
