#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/limits.h"
#include "replay/rules/bench.h"

namespace houniao::rules {
namespace {

using Json = nlohmann::json;

// Thresholds count things, minutes, days and fen; none of them needs more.
constexpr std::int64_t kThresholdMax = kFenMax.value;

Choice chosen(const RuleRow& row) { return {&row, Parameters(row.parameters), row.version}; }

std::string known_codes() {
  std::string out;
  for (const RuleRow* row : all_rules()) {
    const std::string code = code_of(row->number);
    if (out.ends_with(code)) continue;
    if (!out.empty()) out += ' ';
    out += code;
  }
  return out;
}

std::string known_names(const RuleRow& row) {
  std::string out = "version";
  for (const Parameter& parameter : row.parameters) out += " " + std::string(parameter.name);
  return out;
}

// A reader of JSON takes the last of two members of one name; whoever wrote both meant something
// else. Notes the first name that stands twice in one object.
class Repeats {
 public:
  bool operator()(int, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
        open_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        open_.pop_back();
        break;
      case Json::parse_event_t::key: {
        const std::string& name = value.get_ref<const std::string&>();
        if (!open_.back().insert(name).second && repeated.empty()) repeated = name;
        break;
      }
      default:
        break;
    }
    return true;
  }
  std::string repeated;

 private:
  std::vector<std::set<std::string>> open_;
};

Result<void> read(std::string_view text, Json& json) {
  if (text.size() > limits::kHttpBodyBytesMax) {
    return fail(Errc::too_large, "a choice of rules has at most " +
                                     std::to_string(limits::kHttpBodyBytesMax) + " bytes");
  }
  Repeats repeats;
  json = Json::parse(text, std::ref(repeats), false);
  if (!json.is_object()) {
    return fail(
        Errc::malformed,
        R"(a choice of rules is JSON such as {"A09": {"version": 2, "services_per_day": 80}})");
  }
  if (!repeats.repeated.empty()) {
    return fail(Errc::malformed, "\"" + repeats.repeated + "\" stands twice; keep one");
  }
  return {};
}

Result<std::int64_t> whole(const Json& value, const std::string& where, std::int64_t least,
                           std::int64_t most) {
  const bool fits = value.is_number_integer() &&
                    !(value.is_number_unsigned() &&
                      value.get<std::uint64_t>() > static_cast<std::uint64_t>(most)) &&
                    value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
  if (fits) return value.get<std::int64_t>();
  return fail(Errc::malformed, where + ": a whole number from " + std::to_string(least) + " to " +
                                   std::to_string(most) + " is needed");
}

// The row of that version; the newest one when there is none.
const RuleRow* row_of(std::uint16_t number, std::uint32_t version) {
  const RuleRow* newest = nullptr;
  for (const RuleRow* row : all_rules()) {
    if (row->number != number) continue;
    if (row->version == version) return row;
    newest = row;
  }
  return newest;
}

bool is_version_of_a_row(std::uint16_t number, std::uint32_t version) {
  const RuleRow* row = row_of(number, version);
  return row != nullptr && row->version == version;
}

// One member of the document: what is asked of one rule.
Result<Choice> choose(const Choice& standard, const std::string& code, const Json& asked) {
  if (!asked.is_object()) {
    return fail(Errc::malformed, code + ": an object is needed, such as {\"version\": 2}");
  }
  const std::uint16_t number = standard.row->number;
  std::uint32_t version = standard.version;
  if (const auto at = asked.find("version"); at != asked.end()) {
    const Result<std::int64_t> stated =
        whole(*at, code + ".version", 1, std::numeric_limits<std::uint32_t>::max());
    if (!stated) return stated.error();
    version = static_cast<std::uint32_t>(*stated);
  }
  Choice choice = chosen(*row_of(number, version));
  bool replaced = false;
  for (const auto& [name, value] : asked.items()) {
    if (name == "version") continue;
    const Result<std::int64_t> threshold = whole(value, code + "." + name, 0, kThresholdMax);
    if (!threshold) return threshold.error();
    const Parameters before = choice.parameters;
    if (!choice.parameters.set(name, *threshold)) {
      return fail(Errc::malformed,
                  code + " has no \"" + name + "\"; there is: " + known_names(*choice.row));
    }
    replaced = replaced || before.get(name) != *threshold;
  }
  const bool of_a_row = is_version_of_a_row(number, version);
  if (replaced && of_a_row) {
    return fail(Errc::malformed,
                code + ": version " + std::to_string(version) +
                    " has its own thresholds; give the changed ones another version");
  }
  if (!replaced && !of_a_row) {
    return fail(Errc::malformed,
                code + ": there is no version " + std::to_string(version) +
                    "; one with other thresholds has to name them: " + known_names(*choice.row));
  }
  choice.version = version;
  return choice;
}

}  // namespace

RuleSet RuleSet::standard() {
  RuleSet set;
  for (const RuleRow* row : all_rules()) {
    if (!set.choices_.empty() && set.choices_.back().row->number == row->number) {
      set.choices_.back() = chosen(*row);  // rows come by version
    } else {
      set.choices_.push_back(chosen(*row));
    }
  }
  return set;
}

RuleSet RuleSet::of(std::vector<Choice> choices) {
  std::sort(choices.begin(), choices.end(),
            [](const Choice& a, const Choice& b) { return a.row->number < b.row->number; });
  RuleSet set;
  set.choices_ = std::move(choices);
  return set;
}

Result<RuleSet> RuleSet::parse(std::string_view json) {
  Json document;
  HOUNIAO_TRY(read(json, document));
  RuleSet set = standard();
  for (const auto& [code, asked] : document.items()) {
    const auto at = std::find_if(
        set.choices_.begin(), set.choices_.end(),
        [&code = code](const Choice& choice) { return code_of(choice.row->number) == code; });
    if (at == set.choices_.end()) {
      return fail(Errc::malformed, "no rule \"" + code + "\"; there is: " + known_codes());
    }
    Result<Choice> choice = choose(*at, code, asked);
    if (!choice) return choice.error();
    *at = std::move(*choice);
  }
  return set;
}

Result<RuleSet> RuleSet::only(std::span<const std::string> codes) const {
  RuleSet out;
  for (const Choice& choice : choices_) {
    const std::string code = code_of(choice.row->number);
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) out.choices_.push_back(choice);
  }
  for (const std::string& code : codes) {
    const bool known =
        std::any_of(out.choices_.begin(), out.choices_.end(),
                    [&](const Choice& choice) { return code_of(choice.row->number) == code; });
    if (!known) {
      return fail(Errc::not_found, "no rule \"" + code + "\"; there is: " + known_codes());
    }
  }
  return out;
}

}  // namespace houniao::rules
