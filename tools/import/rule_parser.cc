#include "tools/import/rule_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

using Kind = Rule::Kind;

struct TypeName {
  const char* name;
  Kind kind;
};
constexpr std::array<TypeName, 10> kTypes = {{{"text", Kind::text},
                                              {"integer", Kind::whole},
                                              {"decimal", Kind::scaled},
                                              {"money", Kind::money},
                                              {"date", Kind::date},
                                              {"minute", Kind::minute},
                                              {"boolean", Kind::boolean},
                                              {"enum", Kind::enumeration},
                                              {"id", Kind::id},
                                              {"hex", Kind::hex}}};

bool is_integer(const Target& target) {
  return target.kind == Target::Kind::signed_integer ||
         target.kind == Target::Kind::unsigned_integer;
}

// Whether a column of this type can give what the field takes.
bool fits(Kind kind, const Target& target) {
  switch (kind) {
    case Kind::text:
      return target.kind == Target::Kind::text;
    case Kind::hex:
      return target.kind == Target::Kind::data;
    case Kind::boolean:
      return target.kind == Target::Kind::boolean;
    case Kind::enumeration:
      return target.kind == Target::Kind::enumeration;
    case Kind::id:
      return target.kind == Target::Kind::unsigned_integer && target.max == UINT64_MAX;
    default:
      return is_integer(target);
  }
}

// An option that the rule would not look at is a mistake of whoever wrote it.
Result<void> check_options(const Node& node, Kind kind) {
  struct Option {
    const char* name;
    std::initializer_list<Kind> kinds;
  };
  static const std::array<Option, 11> kOptions = {
      {{"otherwise", {Kind::codes}},
       {"formats", {Kind::date}},
       {"partialMeans", {Kind::date}},
       {"from", {Kind::date}},
       {"to", {Kind::date}},
       {"multiply", {Kind::scaled}},
       {"unit", {Kind::money}},
       {"min", {Kind::whole, Kind::scaled, Kind::money}},
       {"max", {Kind::whole, Kind::scaled, Kind::money}},
       {"multiline", {Kind::text}},
       {"check", {Kind::text}}}};
  for (const Option& option : kOptions) {
    const bool used =
        std::find(option.kinds.begin(), option.kinds.end(), kind) != option.kinds.end();
    if (!used && node.has(option.name)) {
      return node.error("\"" + std::string(option.name) +
                        "\" means nothing for this type of column");
    }
  }
  return {};
}

// The type of a column that names none. Days, amounts and ids are integers too, and a date or an
// amount taken for a plain number would be accepted: for those the mapping must say what it means.
std::optional<Kind> default_type(const Target& target, std::string& advice) {
  const std::string field = target.name.substr(target.name.rfind('.') + 1);
  switch (target.kind) {
    case Target::Kind::text:
      return Kind::text;
    case Target::Kind::data:
      return Kind::hex;
    case Target::Kind::boolean:
      return Kind::boolean;
    case Target::Kind::enumeration:
      return Kind::enumeration;
    default:
      break;
  }
  if (field == "day" || field.ends_with("Day")) {
    advice = "give \"type\": \"date\" with \"formats\"";
  } else if (field.ends_with("Fen")) {
    advice = "give \"type\": \"money\"";
  } else if (target.kind == Target::Kind::unsigned_integer && target.max == UINT64_MAX) {
    advice = "give \"type\": \"id\" or \"integer\", or \"reference\" or \"codes\"";
  } else {
    return Kind::whole;
  }
  return std::nullopt;
}

}  // namespace

Result<ColumnRef> RuleParser::parse_column(const Node& node) {
  ColumnName column;
  column.place = node.place();
  if (node.is_number()) {
    const auto number = node.whole(1, static_cast<std::int64_t>(limits::kImportColumnsMax));
    if (!number) return number.error();
    column.number = static_cast<std::size_t>(*number);
  } else {
    const auto name = node.text();
    if (!name) return node.error("a column is its name in the header, or its number from 1");
    column.name = *name;
  }
  const auto known = std::find(columns_.begin(), columns_.end(), column);
  if (known != columns_.end()) return static_cast<ColumnRef>(known - columns_.begin());
  columns_.push_back(std::move(column));
  return columns_.size() - 1;
}

Result<std::vector<ColumnRef>> RuleParser::parse_columns(const Node& node) {
  const auto items = node.items();
  if (!items) return items.error();
  if (items->empty()) return node.error("at least one column is needed here");
  std::vector<ColumnRef> out;
  for (const Node& item : *items) {
    const auto column = parse_column(item);
    if (!column) return column.error();
    out.push_back(*column);
  }
  return out;
}

Result<KeyForm> RuleParser::parse_space(const Node& node) const {
  const auto name = node.text();
  if (!name) return name.error();
  const auto found = spaces_.find(*name);
  if (found == spaces_.end()) {
    return node.error("the key space \"" + *name + "\" is not declared in /spaces");
  }
  return found->second;
}

Result<Rule> RuleParser::parse(const Node& node, const Target& target) {
  if (depth_ >= limits::kMappingDepthMax) return node.error("rules are nested too deep");
  ++depth_;
  Result<Rule> out = target.kind == Target::Kind::list        ? parse_list(node, target)
                     : target.kind == Target::Kind::structure ? parse_structure(node, target)
                                                              : parse_scalar(node, target);
  --depth_;
  return out;
}

Result<Rule> RuleParser::parse_list(const Node& node, const Target& target) {
  Rule out;
  out.place = node.place();
  out.target = target;
  const auto element = target_of(target.type.asList().getElementType(), target.name + "[]");
  if (!element) return node.error(target.name + " cannot be imported");
  if (const auto list = node.find("list")) {
    HOUNIAO_TRY(node.only({"list", "required"}));
    HOUNIAO_TRY(parse_conditions(node, out));
    out.kind = Kind::list;
    const auto items = list->items();
    if (!items) return items.error();
    for (const Node& item : *items) {
      auto rule = parse(item, *element);
      if (!rule) return rule.error();
      out.items.push_back(std::move(*rule));
    }
    return out;
  }
  if (const auto value = node.find("value")) {
    HOUNIAO_TRY(node.only({"value"}));
    auto constant = parse_constant(*value, target);
    if (!constant) return constant.error();
    out.constant = std::move(*constant);
    return out;
  }
  const auto split = node.find("split");
  if (!split) {
    return node.error(
        target.name +
        " is a list: give \"list\" with a rule for each element, or a \"column\" with "
        "\"split\", the text between its elements");
  }
  const auto separator = split->text();
  if (!separator) return separator.error();
  if (node.has("whenEmpty")) return node.error("an empty column gives an empty list");
  if (element->kind == Target::Kind::structure) {
    return split->error(target.name + " is a list of structures: give \"list\"");
  }
  auto rule = parse_scalar(node, *element);
  if (!rule) return rule.error();
  out.kind = Kind::split;
  out.separator = *separator;
  out.columns = rule->columns;
  out.required = rule->required;
  out.when_filled = rule->when_filled;
  rule->required = false;
  rule->when_filled.reset();
  out.items.push_back(std::move(*rule));
  return out;
}

Result<Rule> RuleParser::parse_structure(const Node& node, const Target& target) {
  HOUNIAO_TRY(node.only({"fields", "whenFilled"}));
  const auto fields = node.need("fields");
  if (!fields) return fields.error();
  Rule out;
  out.kind = Kind::structure;
  out.place = node.place();
  out.target = target;
  HOUNIAO_TRY(parse_conditions(node, out));
  auto members = parse_fields(*fields, target.type.asStruct(), target.name);
  if (!members) return members.error();
  out.members = std::move(*members);
  return out;
}

Result<std::vector<FieldRule>> RuleParser::parse_fields(const Node& node,
                                                        capnp::StructSchema schema,
                                                        const std::string& owner) {
  const auto members = node.members();
  if (!members) return members.error();
  std::vector<FieldRule> out;
  for (const auto& [name, value] : *members) {
    const auto field = find_field(schema, name);
    if (!field) {
      return value.error(owner + " has no field \"" + name + "\"; it has " + fields_of(schema));
    }
    const auto target = target_of(field->getType(), owner + "." + name);
    if (!target) return value.error(owner + "." + name + " cannot be imported");
    auto rule = parse(value, *target);
    if (!rule) return rule.error();
    out.push_back({*field, std::move(*rule)});
  }
  return out;
}

Result<Rule> RuleParser::parse_scalar(const Node& node, const Target& target) {
  HOUNIAO_TRY(node.only({"column",       "columns",   "value", "type",      "required",  "split",
                         "whenFilled",   "whenEmpty", "codes", "otherwise", "reference", "formats",
                         "partialMeans", "from",      "to",    "multiply",  "unit",      "min",
                         "max",          "multiline", "check"}));
  Rule out;
  out.place = node.place();
  out.target = target;
  HOUNIAO_TRY(parse_conditions(node, out));
  if (const auto value = node.find("value")) {
    HOUNIAO_TRY(node.only({"value", "whenFilled"}));
    auto constant = parse_constant(*value, target);
    if (!constant) return constant.error();
    out.constant = std::move(*constant);
    return out;
  }
  HOUNIAO_TRY(parse_source(node, out));
  HOUNIAO_TRY(check_options(node, out.kind));
  return out;
}

Result<void> RuleParser::parse_source(const Node& node, Rule& rule) {
  if (node.has("reference")) return parse_reference(node, rule);
  const auto column = node.find("column");
  if (!column) {
    return node.error("a \"column\" or a \"value\" is needed for " + rule.target.name);
  }
  if (node.has("columns")) return node.error("several columns are for references only");
  const auto ref = parse_column(*column);
  if (!ref) return ref.error();
  rule.columns = {*ref};
  if (node.has("codes")) return parse_codes(node, rule);
  return parse_type(node, rule);
}

Result<void> RuleParser::parse_reference(const Node& node, Rule& rule) {
  const Node reference = *node.find("reference");
  if (!fits(Kind::id, rule.target)) {
    return reference.error(rule.target.name + " takes no id, so nothing can be referred to");
  }
  const auto form = parse_space(reference);
  if (!form) return form.error();
  rule.kind = Kind::reference;
  rule.space = *reference.text();
  rule.form = *form;
  if (const auto column = node.find("column")) {
    const auto ref = parse_column(*column);
    if (!ref) return ref.error();
    rule.columns = {*ref};
    return {};
  }
  const auto columns = node.need("columns");
  if (!columns) return columns.error();
  if (node.has("split")) return node.error("a split column is a key of one column");
  auto refs = parse_columns(*columns);
  if (!refs) return refs.error();
  rule.columns = std::move(*refs);
  return {};
}

Result<void> RuleParser::parse_codes(const Node& node, Rule& rule) {
  if (node.has("type")) return node.error("\"codes\" say what the texts mean; leave \"type\" away");
  rule.kind = Kind::codes;
  const auto codes = node.find("codes")->members();
  if (!codes) return codes.error();
  for (const auto& [text, meaning] : *codes) {
    auto value = parse_constant(meaning, rule.target);
    if (!value) return value.error();
    rule.codes.emplace(text, std::move(*value));
  }
  if (const auto otherwise = node.find("otherwise")) {
    auto value = parse_constant(*otherwise, rule.target);
    if (!value) return value.error();
    rule.other_codes = std::move(*value);
  }
  return {};
}

Result<void> RuleParser::parse_type(const Node& node, Rule& rule) {
  if (const auto type = node.find("type")) {
    const auto name = type->text();
    if (!name) return name.error();
    const auto known = std::find_if(kTypes.begin(), kTypes.end(),
                                    [&](const TypeName& row) { return *name == row.name; });
    if (known == kTypes.end()) {
      return type->error("no such type \"" + *name +
                         "\"; possible are text, integer, decimal, money, date, minute, boolean, "
                         "enum, id, hex");
    }
    rule.kind = known->kind;
    if (!fits(rule.kind, rule.target)) {
      return type->error(rule.target.name + " does not take a value of type " + *name);
    }
  } else {
    std::string advice;
    const auto kind = default_type(rule.target, advice);
    if (!kind) return node.error("the type of " + rule.target.name + " is not certain; " + advice);
    rule.kind = *kind;
  }
  switch (rule.kind) {
    case Kind::text:
      return parse_text_options(node, rule);
    case Kind::date:
      return parse_date_options(node, rule);
    case Kind::whole:
    case Kind::scaled:
    case Kind::money:
      return parse_number_options(node, rule);
    default:
      return {};
  }
}

Result<void> RuleParser::parse_conditions(const Node& node, Rule& rule) {
  if (const auto required = node.find("required")) {
    const auto flag = required->flag();
    if (!flag) return flag.error();
    rule.required = *flag;
  }
  if (const auto when_filled = node.find("whenFilled")) {
    const auto column = parse_column(*when_filled);
    if (!column) return column.error();
    rule.when_filled = *column;
  }
  if (const auto when_empty = node.find("whenEmpty")) {
    if (rule.required) return when_empty->error("a required column cannot be empty");
    auto value = parse_constant(*when_empty, rule.target);
    if (!value) return value.error();
    rule.when_empty = std::move(*value);
  }
  return {};
}

Result<Value> RuleParser::parse_constant(const Node& node, const Target& target) {
  switch (target.kind) {
    case Target::Kind::text: {
      auto text = node.text();
      if (!text) return text.error();
      return Value{std::move(*text)};
    }
    case Target::Kind::boolean: {
      const auto flag = node.flag();
      if (!flag) return flag.error();
      return Value{*flag};
    }
    case Target::Kind::enumeration: {
      const auto name = node.text();
      if (!name) return name.error();
      const auto number = find_enumerant(target, *name);
      if (number) return Value{Enumerant{*number}};
      return node.error(target.name + " has no value \"" + *name + "\"; it has " +
                        enumerants(target));
    }
    case Target::Kind::data: {
      const auto text = node.text();
      if (!text) return text.error();
      auto bytes = from_hex(*text);
      if (!bytes) return node.error("hexadecimal digits are needed here");
      return Value{std::move(*bytes)};
    }
    case Target::Kind::list:
      return parse_constant_list(node, target);
    case Target::Kind::structure:
      return node.error("a structure has no constant; give \"fields\"");
    default:
      break;
  }
  if (node.is_text()) {
    const std::string text = *node.text();
    if (const auto day = parse_day(text); day && target.min < 0) {
      return Value{std::int64_t{day->value}};
    }
    const EventId id = parse_event_id(text);
    if (id && fits(Kind::id, target)) return Value{id.value};
    return node.error(
        "neither a number, nor a day such as 2014-03-05, nor an id such as 2-7, that " +
        target.name + " can hold");
  }
  if (target.kind == Target::Kind::unsigned_integer && target.max > INT64_MAX) {
    const auto number = node.whole_unsigned();
    if (!number) return number.error();
    return Value{*number};
  }
  const auto max = static_cast<std::int64_t>(std::min<std::uint64_t>(target.max, INT64_MAX));
  const auto number = node.whole(target.min, max);
  if (!number) return number.error();
  const auto bits = static_cast<std::uint64_t>(*number);
  return *fit(*number < 0, *number < 0 ? ~bits + 1 : bits, target);
}

Result<Value> RuleParser::parse_constant_list(const Node& node, const Target& target) {
  const auto element = target_of(target.type.asList().getElementType(), target.name + "[]");
  if (!element) return node.error(target.name + " cannot be imported");
  const auto items = node.items();
  if (!items) return items.error();
  Value::List out;
  for (const Node& item : *items) {
    auto value = parse_constant(item, *element);
    if (!value) return value.error();
    out.push_back(std::move(*value));
  }
  return Value{std::move(out)};
}

}  // namespace houniao::importing
