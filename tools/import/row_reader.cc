#include "tools/import/row_reader.h"

#include <algorithm>

#include "base/limits.h"
#include "client_sdk/core/personal.h"
#include "schema/checksums.h"
#include "tools/import/clean.h"
#include "tools/import/convert.h"
#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

using Kind = Rule::Kind;

Clean<Value> integer(const Clean<Whole>& whole, const Target& target) {
  if (!whole) return whole.error();
  auto value = fit(whole->negative, whole->magnitude, target);
  if (!value) return Dirt::out_of_range;
  return std::move(*value);
}

Clean<Value> small_integer(const Clean<int>& number, const Target& target) {
  if (!number) return number.error();
  return integer(Whole{*number < 0, static_cast<std::uint64_t>(std::abs(*number))}, target);
}

Clean<Value> day_value(const Clean<Day>& day, const Target& target) {
  if (!day) return day.error();
  return small_integer(Clean<int>(day->value), target);
}

Clean<Value> text_value(const Cell& cell, const Rule& rule) {
  auto text = clean_text(cell, rule.text);
  if (!text) return text.error();
  const bool missing = rule.required && is_no_content(*text);
  if (missing || (rule.text.check == Check::name && is_no_name(*text))) return Dirt::filler_word;
  return Value{std::move(*text)};
}

Clean<Value> enumerant(const Cell& cell, const Target& target) {
  const auto text = plain_text(cell);
  if (!text) return text.error();
  const auto number = find_enumerant(target, *text);
  if (!number) return Dirt::code_unknown;
  return Value{Enumerant{*number}};
}

Clean<Value> coded(const Cell& cell, const Rule& rule) {
  Clean<std::string> text = std::string();
  if (cell.kind == CellKind::boolean) {
    text = std::string(cell.text == "1" ? "TRUE" : "FALSE");
  } else {
    text = clean_text(cell, {});
  }
  if (!text) return text.error();
  const auto found = rule.codes.find(*text);
  if (found != rule.codes.end()) return found->second;
  if (rule.other_codes) return *rule.other_codes;
  return Dirt::code_unknown;
}

template <class T>
Clean<Value> wrapped(Clean<T> clean) {
  if (!clean) return clean.error();
  return Value{std::move(*clean)};
}

std::uint64_t unsigned_of(const Value& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value.it)) return *number;
  return static_cast<std::uint64_t>(std::get<std::int64_t>(value.it));
}

}  // namespace

bool is_empty(const Cell& cell) {
  return cell.kind == CellKind::empty || (cell.kind == CellKind::text && trim(cell.text).empty());
}

Mark mark_key(const Marker& marker, const std::string& space, std::span<const std::string> parts) {
  std::vector<std::string_view> all{space};
  for (const std::string& part : parts) all.push_back(part);
  return marker.mark("key", all);
}

bool RowReader::Outcome::waits() const {
  return !problems.empty() && std::all_of(problems.begin(), problems.end(), [](const Problem& p) {
    return p.dirt == Dirt::reference_unknown;
  });
}

bool RowReader::is_filled(ColumnRef ref) const { return !is_empty(cell(ref)); }

RowReader::Outcome RowReader::read(const Table::Row& row) {
  row_ = &row;
  out_ = {};
  read_envelope();
  for (const FieldRule& field : entry_.fields) {
    if (auto value = value_of(field.rule)) {
      out_.values.fields.push_back({field.field, std::move(*value)});
    }
  }
  if (entry_.personal.any()) read_personal();
  if (out_.problems.empty()) check_size();
  return std::move(out_);
}

RowReader::Key RowReader::key_of(const Table::Row& row) {
  row_ = &row;
  out_ = {};
  Key key;
  if (!entry_.key) return key;
  std::vector<std::string> parts;
  for (const ColumnRef ref : entry_.key->columns) {
    const Cell given = cell(ref);
    if (!is_filled(ref)) {
      note(Dirt::key_empty, column(ref));
    } else if (given.kind == CellKind::text && is_no_content(trim(given.text))) {
      note(Dirt::filler_word, column(ref));
    } else if (auto part = key_part(given, entry_.key->form, column(ref))) {
      parts.push_back(std::move(*part));
    }
  }
  if (out_.problems.empty()) key.mark = mark_key(marker_, entry_.key->space, parts);
  for (std::string& part : parts) wipe(part.data(), part.size());
  key.problems = std::move(out_.problems);
  return key;
}

std::optional<std::string> RowReader::key_part(const Cell& cell, KeyForm form, std::size_t column) {
  auto text = plain_text(cell);
  if (!text) {
    note(text.error(), column);
    return std::nullopt;
  }
  if (form == KeyForm::number) *text = normalise_number(*text);
  return std::move(*text);
}

// --- values ------------------------------------------------------------------------------------

RowReader::Optional RowReader::value_of(const Rule& rule) {
  if (rule.when_filled && !is_filled(*rule.when_filled)) return std::nullopt;
  switch (rule.kind) {
    case Kind::constant:
      return rule.constant;
    case Kind::list:
      return list_of(rule);
    case Kind::structure:
      return fields_of(rule);
    default:
      break;
  }
  const bool filled = std::all_of(rule.columns.begin(), rule.columns.end(),
                                  [&](ColumnRef ref) { return is_filled(ref); });
  if (!filled) {
    if (rule.required) note(Dirt::required_empty, column(rule.columns.front()));
    return rule.when_empty;
  }
  if (rule.kind == Kind::split) return pieces_of(rule);
  if (rule.kind == Kind::reference) return reference_of(rule);
  return element_of(rule, cell(rule.columns.front()), column(rule.columns.front()));
}

RowReader::Optional RowReader::element_of(const Rule& rule, const Cell& cell, std::size_t column) {
  auto value = convert(rule, cell);
  if (value) return std::move(*value);
  note(value.error(), column);
  return std::nullopt;
}

Clean<Value> RowReader::convert(const Rule& rule, const Cell& cell) const {
  switch (rule.kind) {
    case Kind::text:
      return text_value(cell, rule);
    case Kind::whole:
      return integer(to_whole(cell), rule.target);
    case Kind::scaled:
      return integer(to_scaled(cell, rule.multiply), rule.target);
    case Kind::money:
      return integer(to_money(cell, rule.multiply, rule.unit), rule.target);
    case Kind::date:
      return day_value(to_date(cell, rule.date), rule.target);
    case Kind::minute:
      return small_integer(to_minute(cell), rule.target);
    case Kind::boolean:
      return wrapped(to_boolean(cell));
    case Kind::enumeration:
      return enumerant(cell, rule.target);
    case Kind::id: {
      const auto id = to_id(cell);
      if (!id) return id.error();
      return Value{id->value};
    }
    case Kind::hex:
      return wrapped(to_bytes_of_hex(cell));
    case Kind::codes:
      return coded(cell, rule);
    default:
      break;
  }
  assertion_failed("a rule of one cell", __FILE__, __LINE__);
}

RowReader::Optional RowReader::reference_of(const Rule& rule) {
  std::vector<std::string> parts;
  for (const ColumnRef ref : rule.columns) {
    auto part = key_part(cell(ref), rule.form, column(ref));
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  const Mark key = mark_key(marker_, rule.space, parts);
  for (std::string& part : parts) wipe(part.data(), part.size());
  return find_reference(key, column(rule.columns.front()));
}

RowReader::Optional RowReader::find_reference(const Mark& key, std::size_t column) {
  const EventId event = find_(key);
  if (event) return Value{event.value};
  note(Dirt::reference_unknown, column);
  out_.missing.push_back(key);
  return std::nullopt;
}

RowReader::Optional RowReader::pieces_of(const Rule& rule) {
  const std::size_t place = column(rule.columns.front());
  const auto text = clean_text(cell(rule.columns.front()), {});
  if (!text) {
    note(text.error(), place);
    return std::nullopt;
  }
  const Rule& element = rule.items.front();
  Value::List out;
  std::string_view rest = *text;
  for (bool more = true; more;) {
    const std::size_t end = rest.find(rule.separator);
    more = end != std::string_view::npos;
    const Cell piece{CellKind::text, trim(rest.substr(0, end)), {}, 0};
    if (more) rest.remove_prefix(end + rule.separator.size());
    if (piece.text.empty()) continue;
    Optional value;
    if (element.kind == Kind::reference) {
      std::array<std::string, 1> parts;
      if (auto part = key_part(piece, element.form, place)) {
        parts[0] = std::move(*part);
        value = find_reference(mark_key(marker_, element.space, parts), place);
      }
    } else {
      value = element_of(element, piece, place);
    }
    if (value) out.push_back(std::move(*value));
  }
  if (out.size() > limits::kListItemsMax) note(Dirt::row_too_large, place);
  return Value{std::move(out)};
}

RowReader::Optional RowReader::list_of(const Rule& rule) {
  Value::List out;
  for (const Rule& item : rule.items) {
    auto value = value_of(item);
    if (!value) continue;
    const auto* fields = std::get_if<Value::Struct>(&value->it);
    if (fields != nullptr && fields->empty()) continue;
    out.push_back(std::move(*value));
  }
  if (out.empty() && rule.required) note(Dirt::required_empty, std::nullopt);
  if (out.size() > limits::kListItemsMax) note(Dirt::row_too_large, std::nullopt);
  return Value{std::move(out)};
}

RowReader::Optional RowReader::fields_of(const Rule& rule) {
  Value::Struct out;
  for (const FieldRule& member : rule.members) {
    if (auto value = value_of(member.rule)) out.push_back({member.field, std::move(*value)});
  }
  return Value{std::move(out)};
}

// --- envelope, personal part -------------------------------------------------------------------

std::optional<std::uint64_t> RowReader::number_of(const std::optional<Rule>& rule) {
  if (!rule) return std::nullopt;
  const auto value = value_of(*rule);
  if (!value) return std::nullopt;
  return unsigned_of(*value);
}

std::string RowReader::text_of(const std::optional<Rule>& rule) {
  if (!rule) return {};
  auto value = value_of(*rule);
  if (!value) return {};
  return std::move(std::get<std::string>(value->it));
}

void RowReader::read_envelope() {
  const EnvelopeRules& rules = entry_.envelope;
  RowValues& out = out_.values;
  if (const auto day = number_of(rules.occurred)) {
    out.occurred = Day{static_cast<std::int32_t>(static_cast<std::int64_t>(*day))};
  }
  if (const auto minute = number_of(rules.minute)) out.minute = static_cast<std::int16_t>(*minute);
  out.actor = number_of(rules.actor);
  out.organisation = number_of(rules.organisation).value_or(0);
  out.programme = number_of(rules.programme).value_or(0);
  out.site = number_of(rules.site).value_or(0);
  out.scope = number_of(rules.scope).value_or(kScopeCommons.value);
  out.policy_version = static_cast<std::uint32_t>(number_of(rules.policy_version).value_or(0));
  if (!rules.causes) return;
  const auto causes = value_of(*rules.causes);
  if (!causes) return;
  for (const Value& cause : std::get<Value::List>(causes->it)) {
    out.causes.push_back(EventId{unsigned_of(cause)});
  }
  if (out.causes.size() > limits::kCausesMax) note(Dirt::row_too_large, std::nullopt);
}

void RowReader::read_personal() {
  const PersonalRules& rules = entry_.personal;
  PersonalDraft draft;
  draft.subject = PersonId{number_of(rules.subject).value_or(0)};
  draft.data.name = text_of(rules.name);
  draft.data.id_number = text_of(rules.id_number);
  draft.data.phone = text_of(rules.phone);
  draft.data.note = text_of(rules.note);
  if (const auto day = number_of(rules.birth_date)) {
    draft.data.birth_date =
        to_civil(Day{static_cast<std::int32_t>(static_cast<std::int64_t>(*day))});
  }
  if (draft.data == PersonalData{}) return;
  check_sex(draft.data.id_number);
  Bytes plain = client::encode_personal(draft.data);
  if (plain.size() > limits::kImportPersonalBytesMax) note(Dirt::row_too_large, std::nullopt);
  wipe(plain.data(), plain.size());
  out_.values.personal = std::move(draft);
}

// One of the two is wrong, and the row does not say which.
void RowReader::check_sex(std::string_view id_number) {
  const auto& rule = entry_.personal.id_number;
  if (!rule || rule->text.check != Check::resident_id) return;
  const auto id = parse_resident_id(normalise_number(id_number));
  if (!id) return;
  const auto other = static_cast<std::uint16_t>(id->male ? schema::Sex::FEMALE : schema::Sex::MALE);
  for (const FieldRule& field : entry_.fields) {
    if (field.field.getProto().getName() != "sex") continue;
    const auto stated =
        std::find_if(out_.values.fields.begin(), out_.values.fields.end(),
                     [&](const FieldValue& value) { return value.field == field.field; });
    if (stated == out_.values.fields.end()) return;
    const auto* sex = std::get_if<Enumerant>(&stated->value.it);
    if (sex == nullptr || sex->number != other) return;
    const auto& columns = field.rule.columns;
    note(Dirt::sex_mismatch,
         columns.empty() ? std::nullopt : std::optional<std::size_t>(column(columns.front())));
  }
}

void RowReader::check_size() {
  std::size_t bytes = 0;
  for (const FieldValue& field : out_.values.fields) bytes += bytes_of(field.value);
  if (bytes > limits::kImportRowBytesMax) note(Dirt::row_too_large, std::nullopt);
}

}  // namespace houniao::importing
