// The mapping file: which sheets hold which events, and which columns which fields. Written by the
// person who knows the book; docs/IMPORT.md explains every member, mapping.schema.json describes
// them. Read once and then constant; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/import/encoding.h"
#include "tools/import/rule.h"

namespace houniao::importing {

// A column by its name in the header row, or by its number from 1.
struct ColumnName {
  std::string name;
  std::size_t number = 0;  // 0: by name
  std::string place;       // in the mapping, where it is named first
  bool operator==(const ColumnName& other) const {
    return name == other.name && number == other.number;
  }
};

struct KeyRule {
  std::string space;  // rows of one space have different keys
  KeyForm form = KeyForm::text;
  std::vector<ColumnRef> columns;
};

struct PersonalRules {
  std::optional<Rule> subject;  // none: whom the event creates
  std::optional<Rule> name;
  std::optional<Rule> id_number;
  std::optional<Rule> phone;
  std::optional<Rule> birth_date;
  std::optional<Rule> note;
  bool any() const { return name || id_number || phone || birth_date || note; }
};

struct EnvelopeRules {
  std::optional<Rule> occurred;
  std::optional<Rule> minute;
  std::optional<Rule> actor;
  std::optional<Rule> organisation;
  std::optional<Rule> programme;
  std::optional<Rule> site;
  std::optional<Rule> scope;
  std::optional<Rule> policy_version;
  std::optional<Rule> causes;
};

// One kind of event out of one sheet. A sheet may be the source of several.
struct Entry {
  std::string place;             // "/sheets/0"
  std::string label;             // part of what makes an imported row the same row again
  std::string sheet;             // empty: the only sheet, or the CSV file
  std::uint32_t header_row = 1;  // 0: no header
  std::uint32_t first_row = 2;
  std::uint32_t last_row = 0;  // 0: to the end
  const CatalogueRow* event = nullptr;
  capnp::StructSchema::Field member;
  std::optional<KeyRule> key;
  EnvelopeRules envelope;
  PersonalRules personal;
  std::vector<FieldRule> fields;
  std::vector<ColumnName> columns;  // all that the rules name
};

struct Mapping {
  std::optional<Encoding> encoding;
  char separator = ',';
  std::vector<Entry> entries;
};

// The rule itself and every rule inside it.
void visit_rules(const Rule& rule, const std::function<void(const Rule&)>& visit);

// invalid_argument: the message names the place in the mapping and what is possible there.
Result<Mapping> parse_mapping(std::string_view json);

}  // namespace houniao::importing
