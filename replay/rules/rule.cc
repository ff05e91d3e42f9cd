#include "replay/rules/rule.h"

#include <algorithm>

#include "base/error.h"

namespace houniao::rules {

Parameters::Parameters(std::span<const Parameter> defaults)
    : values_(defaults.begin(), defaults.end()) {}

bool Parameters::set(std::string_view name, std::int64_t value) {
  for (Parameter& parameter : values_) {
    if (parameter.name != name) continue;
    parameter.value = value;
    return true;
  }
  return false;
}

std::int64_t Parameters::get(std::string_view name) const {
  const auto at = std::find_if(values_.begin(), values_.end(),
                               [&](const Parameter& parameter) { return parameter.name == name; });
  HOUNIAO_ASSERT(at != values_.end());
  return at->value;
}

std::string code_of(std::uint16_t rule) {
  const std::string number = std::to_string(rule);
  return (number.size() < 2 ? "A0" : "A") + number;
}

std::vector<const RuleRow*> all_rules() {
  std::vector<const RuleRow*> rows;
  for (const std::span<const RuleRow> group :
       {rules_of_deliveries(), rules_of_conduct(), rules_of_institutions()}) {
    for (const RuleRow& row : group) rows.push_back(&row);
  }
  std::sort(rows.begin(), rows.end(), [](const RuleRow* a, const RuleRow* b) {
    return a->number != b->number ? a->number < b->number : a->version < b->version;
  });
  return rows;
}

}  // namespace houniao::rules
