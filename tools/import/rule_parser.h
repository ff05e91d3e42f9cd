// Reads one rule of the mapping and checks it against the field that it is for: names of
// enumerants, ranges of numbers, formats of dates, what type of column a field can take. Used while
// a mapping is read; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/import/mapping.h"
#include "tools/import/mapping_node.h"

namespace houniao::importing {

using KeySpaces = std::map<std::string, KeyForm>;

class RuleParser {
 public:
  // `columns` collects what the rules name. Both outlive the parser.
  RuleParser(std::vector<ColumnName>& columns, const KeySpaces& spaces)
      : columns_(columns), spaces_(spaces) {}

  Result<Rule> parse(const Node& node, const Target& target);
  Result<std::vector<FieldRule>> parse_fields(const Node& node, capnp::StructSchema schema,
                                              const std::string& owner);
  Result<ColumnRef> parse_column(const Node& node);
  Result<std::vector<ColumnRef>> parse_columns(const Node& node);
  Result<KeyForm> parse_space(const Node& node) const;

 private:
  Result<Rule> parse_list(const Node& node, const Target& target);
  Result<Rule> parse_structure(const Node& node, const Target& target);
  Result<Rule> parse_scalar(const Node& node, const Target& target);
  Result<void> parse_source(const Node& node, Rule& rule);
  Result<void> parse_codes(const Node& node, Rule& rule);
  Result<void> parse_reference(const Node& node, Rule& rule);
  Result<void> parse_type(const Node& node, Rule& rule);
  Result<void> parse_conditions(const Node& node, Rule& rule);
  Result<Value> parse_constant(const Node& node, const Target& target);
  Result<Value> parse_constant_list(const Node& node, const Target& target);

  std::vector<ColumnName>& columns_;
  const KeySpaces& spaces_;
  int depth_ = 0;
};

// The options of one type of column, filled into the rule: rule_types.cc.
Result<void> parse_text_options(const Node& node, Rule& rule);
Result<void> parse_number_options(const Node& node, Rule& rule);
Result<void> parse_date_options(const Node& node, Rule& rule);

}  // namespace houniao::importing
