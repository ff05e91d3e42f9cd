#include "tools/import/mapping.h"

#include <set>

#include "replay/pack_places.h"
#include "schema/server_events.h"
#include "tools/import/limits.h"
#include "tools/import/mapping_node.h"
#include "tools/import/rule_parser.h"

namespace houniao::importing {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kRowMax = static_cast<std::int64_t>(limits::kImportRowsMax);

Target text_target(std::string name) {
  Target out;
  out.kind = Target::Kind::text;
  out.name = std::move(name);
  return out;
}
Target day_target(std::string name) {
  return integer_target(std::move(name), INT32_MIN, INT32_MAX);
}
Target id_target(std::string name) { return integer_target(std::move(name), 0, UINT64_MAX); }

// Fields that the SDK computes from the personal part; what a mapping says would be overwritten.
bool is_set_by_sdk(const CatalogueRow& event, const std::string& field) {
  const bool person = event.type == EventType::PERSON_REGISTERED;
  const bool correction = event.type == EventType::PERSON_CORRECTED;
  return (field == "blindIndex" && (person || correction)) ||
         ((field == "phoneIndex" || field == "idChecksOk") && person);
}

class EntryParser {
 public:
  EntryParser(const Node& node, const KeySpaces& spaces)
      : node_(node), rules_(entry_.columns, spaces) {}

  Result<Entry> parse() {
    HOUNIAO_TRY(node_.only({"event", "as", "sheet", "headerRow", "firstRow", "lastRow", "key",
                            "envelope", "personal", "fields"}));
    entry_.place = node_.place();
    HOUNIAO_TRY(parse_event());
    HOUNIAO_TRY(parse_rows());
    HOUNIAO_TRY(parse_key());
    HOUNIAO_TRY(parse_envelope());
    HOUNIAO_TRY(parse_personal());
    HOUNIAO_TRY(parse_fields());
    return std::move(entry_);
  }

 private:
  Result<void> parse_event() {
    const auto event = node_.need("event");
    if (!event) return event.error();
    const auto name = event->text();
    if (!name) return name.error();
    entry_.event = find_row(*name);
    if (entry_.event == nullptr) {
      return event->error("no such event type \"" + *name +
                          "\"; the names are those of the catalogue, such as PersonRegistered");
    }
    if (only_server_records(entry_.event->type)) {
      return event->error("only the server records \"" + *name + "\"; leave this entry out");
    }
    entry_.member = member_of(*entry_.event);
    entry_.label = *name;
    const auto label = node_.find("as");
    if (!label) return {};
    const auto text = label->text();
    if (!text) return text.error();
    entry_.label = *text;
    return {};
  }

  Result<void> parse_rows() {
    if (const auto sheet = node_.find("sheet")) {
      const auto name = sheet->text();
      if (!name) return name.error();
      entry_.sheet = *name;
    }
    const auto number = [&](const char* member, std::int64_t min, std::uint32_t& into) {
      const auto found = node_.find(member);
      if (!found) return Result<void>();
      const auto value = found->whole(min, kRowMax);
      if (!value) return Result<void>(value.error());
      into = static_cast<std::uint32_t>(*value);
      return Result<void>();
    };
    HOUNIAO_TRY(number("headerRow", 0, entry_.header_row));
    entry_.first_row = entry_.header_row + 1;
    HOUNIAO_TRY(number("firstRow", entry_.header_row + 1, entry_.first_row));
    return number("lastRow", entry_.first_row, entry_.last_row);
  }

  Result<void> parse_key() {
    const auto key = node_.find("key");
    if (!key) return {};
    HOUNIAO_TRY(key->only({"space", "columns"}));
    const auto space = key->need("space");
    if (!space) return space.error();
    const auto form = rules_.parse_space(*space);
    if (!form) return form.error();
    const auto columns = key->need("columns");
    if (!columns) return columns.error();
    auto refs = rules_.parse_columns(*columns);
    if (!refs) return refs.error();
    entry_.key = KeyRule{*space->text(), *form, std::move(*refs)};
    return {};
  }

  Result<void> parse_optional(const Node& parent, const char* member, const Target& target,
                              std::optional<Rule>& into) {
    const auto node = parent.find(member);
    if (!node) return {};
    auto rule = rules_.parse(*node, target);
    if (!rule) return rule.error();
    into = std::move(*rule);
    return {};
  }

  Result<void> parse_envelope() {
    const auto node = node_.need("envelope");
    if (!node) return node.error();
    HOUNIAO_TRY(node->only({"occurredDay", "occurredMinute", "actor", "organisation", "programme",
                            "site", "scope", "policyVersion", "causes"}));
    EnvelopeRules& out = entry_.envelope;
    HOUNIAO_TRY(
        parse_optional(*node, "occurredDay", day_target("Event.occurredDay"), out.occurred));
    // Without it the event would be of the day on which the book is brought in.
    if (!out.occurred) return node->error("\"occurredDay\" is needed: the day of the old event");
    out.occurred->required = out.occurred->kind != Rule::Kind::constant;
    if (out.occurred->when_empty || out.occurred->when_filled) {
      return node->error("\"occurredDay\" cannot be left open");
    }
    HOUNIAO_TRY(parse_optional(*node, "occurredMinute",
                               integer_target("Event.occurredMinute", 0, 24 * 60 - 1), out.minute));
    HOUNIAO_TRY(parse_optional(*node, "actor", id_target("Event.actor"), out.actor));
    HOUNIAO_TRY(
        parse_optional(*node, "organisation", id_target("Event.organisation"), out.organisation));
    HOUNIAO_TRY(parse_optional(*node, "programme", id_target("Event.programme"), out.programme));
    HOUNIAO_TRY(parse_optional(*node, "site", id_target("Event.site"), out.site));
    HOUNIAO_TRY(parse_optional(*node, "scope", id_target("Event.scope"), out.scope));
    HOUNIAO_TRY(parse_optional(*node, "policyVersion",
                               integer_target("Event.policyVersion", 0, UINT32_MAX),
                               out.policy_version));
    const auto field = capnp::Schema::from<schema::Event>().getFieldByName("causes");
    return parse_optional(*node, "causes", *target_of(field.getType(), "Event.causes"), out.causes);
  }

  Result<void> parse_personal() {
    const auto node = node_.find("personal");
    if (!node) return {};
    HOUNIAO_TRY(node->only({"subject", "name", "idNumber", "phone", "birthDate", "note"}));
    PersonalRules& out = entry_.personal;
    HOUNIAO_TRY(parse_optional(*node, "subject", id_target("personal.subject"), out.subject));
    HOUNIAO_TRY(parse_optional(*node, "name", text_target("personal.name"), out.name));
    HOUNIAO_TRY(parse_optional(*node, "idNumber", text_target("personal.idNumber"), out.id_number));
    HOUNIAO_TRY(parse_optional(*node, "phone", text_target("personal.phone"), out.phone));
    HOUNIAO_TRY(
        parse_optional(*node, "birthDate", day_target("personal.birthDate"), out.birth_date));
    HOUNIAO_TRY(parse_optional(*node, "note", text_target("personal.note"), out.note));
    if (!out.any()) return node->error("nothing personal is named here");
    if (out.name && out.name->kind == Rule::Kind::text) out.name->text.check = Check::name;
    for (auto* rule : {&out.id_number, &out.phone}) {
      if (*rule) (*rule)->text.fold = true;
    }
    for (const auto* rule : {&out.name, &out.id_number, &out.phone, &out.birth_date, &out.note}) {
      if (*rule && (*rule)->kind == Rule::Kind::constant) {
        return fail(Errc::invalid_argument,
                    "mapping " + (*rule)->place + ": personal data is of one person, no constant");
      }
    }
    return {};
  }

  Result<void> parse_fields() {
    const auto node = node_.find("fields");
    if (!node) return {};
    const auto members = node->members();
    if (!members) return members.error();
    for (const auto& [name, value] : *members) {
      if (is_set_by_sdk(*entry_.event, name)) {
        return value.error("the SDK sets " + name + " from the personal part; leave it away");
      }
    }
    auto fields =
        rules_.parse_fields(*node, body_of(*entry_.event), std::string(entry_.event->name));
    if (!fields) return fields.error();
    entry_.fields = std::move(*fields);
    return {};
  }

  const Node& node_;
  Entry entry_;
  RuleParser rules_;
};

// --- what holds for the mapping as a whole -----------------------------------------------------

Result<void> check_labels(const Mapping& mapping) {
  std::set<std::pair<std::string, std::string>> labels;
  for (const Entry& entry : mapping.entries) {
    if (labels.emplace(entry.sheet, entry.label).second) continue;
    return fail(Errc::invalid_argument,
                "mapping " + entry.place +
                    ": the sheet gives this event twice; tell the two apart "
                    "with \"as\": \"a name\"");
  }
  return {};
}

Result<KeySpaces> parse_spaces(const Node& root) {
  KeySpaces out;
  const auto node = root.find("spaces");
  if (!node) return out;
  const auto members = node->members();
  if (!members) return members.error();
  for (const auto& [name, value] : *members) {
    const auto form = value.text();
    if (!form) return form.error();
    if (*form != "text" && *form != "number") return value.error("a key is text or number");
    out[name] = *form == "number" ? KeyForm::number : KeyForm::text;
  }
  return out;
}

Result<void> parse_file_options(const Node& root, Mapping& out) {
  if (const auto encoding = root.find("encoding")) {
    const auto name = encoding->text();
    if (!name) return name.error();
    out.encoding = parse_encoding(*name);
    if (!out.encoding) return encoding->error("an encoding is utf-8 or gb18030");
  }
  if (const auto separator = root.find("separator")) {
    const auto text = separator->text();
    if (!text) return text.error();
    if (*text != "," && *text != ";" && *text != "\t") {
      return separator->error("a separator is a comma, a semicolon or a tab");
    }
    out.separator = text->front();
  }
  return {};
}

}  // namespace

void visit_rules(const Rule& rule, const std::function<void(const Rule&)>& visit) {
  visit(rule);
  for (const Rule& item : rule.items) visit_rules(item, visit);
  for (const FieldRule& member : rule.members) visit_rules(member.rule, visit);
}

Result<Mapping> parse_mapping(std::string_view text) {
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& e) {
    return fail(Errc::invalid_argument,
                "the mapping is not JSON: byte " + std::to_string(e.byte) + ": " + e.what());
  }
  const JsonPlaces places(text);
  if (!places.repeated().empty()) {
    return fail(Errc::invalid_argument, "mapping " + places.repeated().front() +
                                            ": stands twice in one object; keep one of them");
  }
  if (places.too_many() || places.too_deep()) {
    return fail(Errc::limit_exceeded, "the mapping has too many members, or is nested too deep");
  }
  const Node root(json, "");
  HOUNIAO_TRY(
      root.only({"$schema", "version", "note", "encoding", "separator", "spaces", "sheets"}));
  const auto version = root.need("version");
  if (!version) return version.error();
  if (const auto number = version->whole(kVersion, kVersion); !number) return number.error();
  Mapping out;
  HOUNIAO_TRY(parse_file_options(root, out));
  const auto spaces = parse_spaces(root);
  if (!spaces) return spaces.error();
  const auto sheets = root.need("sheets");
  if (!sheets) return sheets.error();
  const auto items = sheets->items();
  if (!items) return items.error();
  if (items->empty() || items->size() > limits::kMappingEntriesMax) {
    return sheets->error("from 1 to " + std::to_string(limits::kMappingEntriesMax) +
                         " entries are needed here");
  }
  for (const Node& item : *items) {
    auto entry = EntryParser(item, *spaces).parse();
    if (!entry) return entry.error();
    out.entries.push_back(std::move(*entry));
  }
  HOUNIAO_TRY(check_labels(out));
  return out;
}

}  // namespace houniao::importing
