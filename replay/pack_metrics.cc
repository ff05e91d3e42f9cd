// Reading the metrics of a pack: which members an operation has, and what must be among them.
#include "replay/pack_metrics.h"

#include <algorithm>

#include "schema/catalogue.h"

namespace houniao::pack_reader {
namespace {

constexpr Names<MetricOp, 11> kOps = {{{"count", MetricOp::count},
                                       {"sum", MetricOp::sum},
                                       {"distinct", MetricOp::distinct},
                                       {"share", MetricOp::share},
                                       {"min_per_period", MetricOp::min_per_period},
                                       {"each_period", MetricOp::each_period},
                                       {"mean_per_period", MetricOp::mean_per_period},
                                       {"years_running", MetricOp::years_running},
                                       {"min_per", MetricOp::min_per},
                                       {"each_per", MetricOp::each_per},
                                       {"level_min", MetricOp::level_min}}};
constexpr Names<MetricOp, 3> kInnerOps = {
    {{"count", MetricOp::count}, {"sum", MetricOp::sum}, {"distinct", MetricOp::distinct}}};
constexpr Names<MetricOf, 15> kOfs = {{{"events", MetricOf::events},
                                       {"rows", MetricOf::rows},
                                       {"quantity", MetricOf::quantity},
                                       {"minutes", MetricOf::minutes},
                                       {"amount_fen", MetricOf::amount_fen},
                                       {"subject", MetricOf::subject},
                                       {"group", MetricOf::group},
                                       {"site", MetricOf::site},
                                       {"organisation", MetricOf::organisation},
                                       {"staff", MetricOf::staff},
                                       {"programme", MetricOf::programme},
                                       {"types", MetricOf::types},
                                       {"kinds", MetricOf::kinds},
                                       {"attrs", MetricOf::attrs},
                                       {"days", MetricOf::days}}};
constexpr Names<FactColumn, 5> kColumns = {{{"subject", FactColumn::subject},
                                            {"group", FactColumn::group},
                                            {"site", FactColumn::site},
                                            {"organisation", FactColumn::organisation},
                                            {"staff", FactColumn::staff}}};
constexpr Names<Rounding, 3> kRoundings = {
    {{"down", Rounding::down}, {"nearest", Rounding::nearest}, {"up", Rounding::up}}};
constexpr Names<YearOf, 2> kYears = {{{"day", YearOf::day}, {"group", YearOf::group}}};

// Bounds that keep claim * scale within 64 bits.
constexpr std::int64_t kScaleMax = 1'000'000;
// A century: what a list of days may come to.
constexpr std::int32_t kSpanDaysMax = 36'525;

bool adds(MetricOf of) {
  return of == MetricOf::quantity || of == MetricOf::minutes || of == MetricOf::amount_fen;
}
bool is_key(MetricOf of) { return MetricOf::subject <= of && of <= MetricOf::staff; }
bool by_periods(MetricOp op) {
  return op == MetricOp::min_per_period || op == MetricOp::each_period ||
         op == MetricOp::mean_per_period;
}
bool by_keys(MetricOp op) { return op == MetricOp::min_per || op == MetricOp::each_per; }

// What an operation can be put to.
void check_of(Object& o, MetricOp op, MetricOf of) {
  if (op == MetricOp::sum && !adds(of)) {
    o.wrong("of", "sum 只能用于 quantity、minutes、amount_fen",
            "sum needs quantity, minutes or amount_fen");
  }
  if (op == MetricOp::count && of != MetricOf::events && of != MetricOf::rows) {
    o.wrong("of", "count 只能用于 events 或 rows；数不同的对象用 distinct",
            "count needs events or rows; to count different things use distinct");
  }
  if (op == MetricOp::distinct && (adds(of) || of == MetricOf::rows)) {
    o.wrong("of", "distinct 须用于一列，如 subject、site、kinds",
            "distinct needs a column, such as subject, site or kinds");
  }
  if (op == MetricOp::level_min && !is_key(of)) {
    o.wrong("of", "level_min 须用于 staff、subject、group、organisation 或 site",
            "level_min needs staff, subject, group, organisation or site");
  }
}

void read_span(Object& o, Metric& metric) {
  o.days("from", "to", metric.from, metric.to);
  check_span(o, metric.from, metric.to);
}

std::vector<std::uint16_t> read_types(Object& o) {
  std::vector<std::uint16_t> types;
  std::size_t at = 0;
  for (const std::string& name : o.texts("type")) {
    const std::string place = "type/" + std::to_string(at++);
    const CatalogueRow* row = find_row(std::string_view{name});
    if (row != nullptr) {
      types.push_back(static_cast<std::uint16_t>(row->type));
      continue;
    }
    o.wrong_item(place, "\"" + name + "\" 不是事件类型（见 schema/catalogue.h）",
                 "\"" + name + "\" is no event type (see schema/catalogue.h)");
  }
  return types;
}

// A row whose code is asked for and ruled out at once cannot be.
void check_apart(Object& o, const char* key, const std::vector<std::string>& wanted,
                 const char* not_key, const std::vector<std::string>& unwanted) {
  for (std::size_t i = 0; i < unwanted.size(); ++i) {
    if (std::find(wanted.begin(), wanted.end(), unwanted[i]) == wanted.end()) continue;
    o.wrong_item(std::string(not_key) + "/" + std::to_string(i),
                 "\"" + unwanted[i] + "\" 也在 \"" + key + "\" 中",
                 "\"" + unwanted[i] + "\" stands in \"" + key + "\" too");
  }
}

// An empty condition asks for nothing, which would widen what is counted instead of narrowing it.
void check_not_empty(Object& o, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const Json* value = o.find(key);
    const bool empty =
        value != nullptr && ((value->is_array() && value->empty()) ||
                             (value->is_string() && value->get_ref<const std::string&>().empty()));
    if (!empty) continue;
    o.wrong(key, "空的条件什么也不限定；请写明条件，或删去这一成员",
            "an empty condition narrows nothing; say what is asked for, or leave the member out");
  }
}

// The four lists of codes that `where` and `last` have in common.
template <class Condition>
void read_codes(Object& o, Condition& condition) {
  check_not_empty(o, {"kind", "notKind", "attr", "notAttr"});
  condition.kinds = o.texts("kind");
  condition.not_kinds = o.texts("notKind");
  condition.attrs = o.texts("attr");
  condition.not_attrs = o.texts("notAttr");
  check_apart(o, "kind", condition.kinds, "notKind", condition.not_kinds);
  check_apart(o, "attr", condition.attrs, "notAttr", condition.not_attrs);
}

void read_group_range(Object& o, std::optional<std::int64_t>& from,
                      std::optional<std::int64_t>& to) {
  from = o.maybe_number("groupFrom");
  to = o.maybe_number("groupTo");
  if (from && *from < 1) {
    o.wrong("groupFrom", "没有小于 1 的编号或年份，此下界永不起作用；请写 1 以上，或删去",
            "no number or year of a group is below 1, so this bound can never bind; write 1 or "
            "more, or leave it out");
  }
  if (to && *to < 1) {
    o.wrong("groupTo", "小于 1，什么也选不出；请写 1 以上",
            "is below 1, which selects nothing; write 1 or more");
  } else if (from && to && *to < *from) {
    o.wrong("groupTo", "小于 \"groupFrom\"", "is less than \"groupFrom\"");
  }
}

MetricJoin read_join(Object& o) {
  MetricJoin join;
  join.column = o.one_of("column", kColumns);
  join.types = read_types(o);
  check_not_empty(o, {"kind", "attr", "attrPrefix"});
  join.kinds = o.texts("kind");
  join.attrs = o.texts("attr");
  join.attr_prefix = o.text_or("attrPrefix", "");
  read_group_range(o, join.group_from, join.group_to);
  return join;
}

MetricLast read_last(Object& o) {
  MetricLast last;
  if (o.has("by")) last.by = o.one_of("by", kColumns);
  read_codes(o, last);
  last.ended = o.maybe("ended");
  return last;
}

MetricIn read_in(Object& o) {
  MetricIn in;
  in.column = o.one_of("column", kColumns);
  in.key = o.one_of_or("key", kColumns, in.column);
  in.negated = o.maybe("not").value_or(false);
  in.where = o.object("where", [](Object& inner) { return read_where(inner, false); });
  return in;
}

void read_per(Object& o, Metric& metric) {
  metric.per = o.one_of("per", kColumns);
  if (o.has("among")) {
    metric.population =
        o.object("among", [&](Object& among) { return read_population(among, metric.per); });
  }
  metric.in_periods = o.has("period");
  if (!metric.in_periods) return;
  metric.period = o.one_of("period", kPeriodKinds);
  read_span(o, metric);
}

// The members that belong to the operation alone.
void read_operation(Object& o, Metric& metric) {
  if (metric.op == MetricOp::share) {
    metric.among = o.object("among", [](Object& among) { return read_where(among); });
  }
  if (by_periods(metric.op) || by_keys(metric.op)) {
    metric.inner = o.one_of("inner", kInnerOps);
    check_of(o, metric.inner, metric.of);
  }
  if (by_periods(metric.op)) {
    metric.period = o.one_of("period", kPeriodKinds);
    read_span(o, metric);
  }
  if (by_keys(metric.op)) read_per(o, metric);
  if (metric.op == MetricOp::level_min) {
    metric.period = o.one_of_or("period", kPeriodKinds, PeriodKind::year);
    read_span(o, metric);
  }
  if (metric.op == MetricOp::years_running) {
    metric.year_of = o.one_of_or("year", kYears, YearOf::day);
  }
}

}  // namespace

void check_span(Object& o, Day from, Day to) {
  if (std::int64_t{to.value} - from.value > kSpanDaysMax) {
    o.wrong("to", "期间不得超过一百年", "a time of more than a hundred years");
  }
}

MetricWhere read_where(Object& o, bool may_nest) {
  MetricWhere where;
  where.types = read_types(o);
  read_codes(o, where);
  where.attr_prefix = o.text_or("attrPrefix", "");
  where.from = o.maybe_day("from");
  where.to = o.maybe_day("to");
  if (where.from && where.to && *where.to < *where.from) {
    o.wrong("to", "早于 \"from\"", "lies before \"from\"");
  }
  where.booked = o.maybe("booked").value_or(false);
  read_group_range(o, where.group_from, where.group_to);
  where.anonymous = o.maybe("anonymous");
  where.bulk = o.maybe("bulk");
  where.ended = o.maybe("ended");
  where.at_site = o.maybe("atSite");
  where.programmes = o.texts("programme");
  if (o.has("last")) where.last = o.object("last", read_last);
  where.joins = o.objects("join", read_join);
  if (may_nest) where.in = o.objects("in", read_in);
  const Json* types = o.find("type");
  if (types == nullptr) {
    o.wrong_here("缺少 \"type\"：须写明所计的事件类型",
                 "\"type\" is missing: the event types that are counted must be named");
  } else if (types->is_array() && types->empty()) {
    o.wrong("type", "不能为空：须写明所计的事件类型",
            "must not be empty: the event types that are counted must be named");
  }
  return where;
}

MetricPopulation read_population(Object& o, FactColumn key) {
  MetricPopulation population;
  population.key = o.one_of_or("key", kColumns, key);
  population.current = o.maybe("current").value_or(false);
  population.where = read_where(o);
  return population;
}

Metric read_metric(Object& o) {
  Metric metric;
  const std::size_t before = o.faults();
  metric.op = o.one_of("op", kOps);
  if (o.faults() != before) o.abandon();  // which members it has depends on the operation
  metric.of = metric.op == MetricOp::years_running ? o.one_of_or("of", kOfs, MetricOf::events)
                                                   : o.one_of("of", kOfs);
  check_of(o, metric.op, metric.of);
  metric.scale = o.number_or<std::int64_t>("scale", 1, 1, kScaleMax);
  metric.scale_divisor = o.number_or<std::int64_t>("scaleDivisor", 1, 1, kScaleMax);
  metric.rounding = o.one_of_or("rounding", kRoundings, Rounding::exact);
  metric.current = o.maybe("current").value_or(false);
  metric.where = o.object("where", [](Object& where) { return read_where(where); });
  read_operation(o, metric);
  return metric;
}

}  // namespace houniao::pack_reader
