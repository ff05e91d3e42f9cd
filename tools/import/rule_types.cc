// Options of text, number and date columns.
#include <algorithm>
#include <array>
#include <utility>

#include "tools/import/rule_parser.h"

namespace houniao::importing {
namespace {

constexpr std::array<std::pair<const char*, Check>, 5> kChecks = {{
    {"residentId", Check::resident_id},
    {"uscc", Check::uscc},
    {"organisationCode", Check::organisation_code},
    {"mobile", Check::mobile},
    {"name", Check::name},
}};

struct MoneyUnit {
  const char* name;
  std::uint64_t fen;
};
constexpr std::array<MoneyUnit, 3> kMoneyUnits = {{{"元", 100}, {"万元", 1'000'000}, {"分", 1}}};

Result<Day> parse_bound(const Node& node) {
  const auto text = node.text();
  if (!text) return text.error();
  const auto day = parse_day(*text);
  if (!day) return node.error("a day such as 2014-03-05 is needed here");
  return *day;
}

}  // namespace

Result<void> parse_text_options(const Node& node, Rule& rule) {
  if (const auto multiline = node.find("multiline")) {
    const auto flag = multiline->flag();
    if (!flag) return flag.error();
    rule.text.multiline = *flag;
  }
  const auto check = node.find("check");
  if (!check) return {};
  const auto name = check->text();
  if (!name) return name.error();
  for (const auto& [known, value] : kChecks) {
    if (*name != known) continue;
    rule.text.check = value;
    rule.text.fold = value != Check::name;
    return {};
  }
  return check->error("no such check \"" + *name +
                      "\"; possible are residentId, uscc, organisationCode, mobile, name");
}

Result<void> parse_number_options(const Node& node, Rule& rule) {
  if (rule.kind == Rule::Kind::money) {
    const auto unit = node.find("unit");
    const auto name = unit ? unit->text() : Result<std::string>("元");
    if (!name) return name.error();
    rule.multiply = 0;
    for (const MoneyUnit& known : kMoneyUnits) {
      if (*name == known.name) rule.multiply = known.fen;
    }
    if (rule.multiply == 0) return unit->error("a unit of money is 元, 万元 or 分");
    rule.unit = *name;
  }
  if (rule.kind == Rule::Kind::scaled) {
    const auto multiply = node.need("multiply");
    if (!multiply) return multiply.error();
    const auto factor = multiply->whole(1, 1'000'000'000);
    if (!factor) return factor.error();
    rule.multiply = static_cast<std::uint64_t>(*factor);
  }
  if (const auto min = node.find("min")) {
    const auto bound = min->whole(rule.target.min, INT64_MAX);
    if (!bound) return bound.error();
    rule.target.min = *bound;
  }
  if (const auto max = node.find("max")) {
    const auto bound = max->whole(std::max<std::int64_t>(rule.target.min, 0), INT64_MAX);
    if (!bound) return bound.error();
    if (static_cast<std::uint64_t>(*bound) > rule.target.max) {
      return max->error("more than " + rule.target.name + " can hold");
    }
    rule.target.max = static_cast<std::uint64_t>(*bound);
  }
  return {};
}

Result<void> parse_date_options(const Node& node, Rule& rule) {
  const auto formats = node.need("formats");
  if (!formats) return formats.error();
  const auto items = formats->items();
  if (!items) return items.error();
  bool partial = false;
  for (const Node& item : *items) {
    const auto text = item.text();
    if (!text) return text.error();
    if (*text == "excelSerial") {
      rule.date.excel_serial = true;
      continue;
    }
    auto format = DateFormat::parse(*text);
    if (!format) {
      return item.error("\"" + *text + "\" is no date format: " + format.error() +
                        "; write it as YYYY-MM-DD or YYYY年M月D日");
    }
    partial = partial || !format->has_day();
    rule.date.formats.push_back(std::move(*format));
  }
  if (const auto means = node.find("partialMeans")) {
    const auto text = means->text();
    if (!text) return text.error();
    if (*text != "first" && *text != "last") return means->error("first or last");
    rule.date.edge = *text == "first" ? Edge::first : Edge::last;
  } else if (partial) {
    return formats->error(
        "a format without a day needs \"partialMeans\": \"first\" or \"last\", the day that stands "
        "for the month or year");
  }
  for (const auto& [name, bound] : {std::pair{"from", &rule.date.from}, {"to", &rule.date.to}}) {
    const auto found = node.find(name);
    if (!found) continue;
    const auto day = parse_bound(*found);
    if (!day) return day.error();
    *bound = *day;
  }
  return {};
}

}  // namespace houniao::importing
