#include "tools/sandbox/key.h"

#include <algorithm>
#include <vector>

#include "replay/rules/rule.h"

namespace houniao::sandbox {
namespace {

// A cell is one line, and a bar in it would begin another cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string title_of(std::uint16_t number) {
  const rules::RuleRow* newest = nullptr;
  for (const rules::RuleRow* row : rules::all_rules()) {  // by number and version
    if (row->number == number) newest = row;
  }
  const std::string_view zh = newest == nullptr ? std::string_view{} : newest->zh;
  const std::string_view en = newest == nullptr ? std::string_view{} : newest->en;
  return "| **" + rules::code_of(number) + "** | | **" + cell(zh) + "** | **" + cell(en) + "** |\n";
}

// The one place where the mark stands alone in its line.
std::optional<std::size_t> only_place(std::string_view document, std::string_view mark) {
  const std::size_t at = document.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  if (document.find(mark, at + mark.size()) != std::string_view::npos) return std::nullopt;
  const bool begins = at == 0 || document[at - 1] == '\n';
  const std::size_t end = at + mark.size();
  const bool ends = end == document.size() || document[end] == '\n';
  return begins && ends ? std::optional(at) : std::nullopt;
}

}  // namespace

std::string key_table(std::span<const Plant> plants) {
  std::string out =
      "| 规则 rule | 类别 kind | 做了什么 | what was done |\n"
      "|---|---|---|---|\n";
  std::vector<const Plant*> ordered;
  for (const Plant& plant : plants) ordered.push_back(&plant);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Plant* a, const Plant* b) { return a->rule < b->rule; });
  std::uint16_t last = 0;
  for (const Plant* plant : ordered) {
    if (plant->rule != last) out += title_of(plant->rule);
    last = plant->rule;
    const char* kind = plant->intent == Intent::fraud ? "舞弊 fraud" : "清白 honest";
    out += "| " + rules::code_of(plant->rule) + " | " + kind + " | " + cell(plant->zh) + " | " +
           cell(plant->en) + " |\n";
  }
  return out;
}

std::optional<std::string> key_in(std::string_view document) {
  const auto begins = only_place(document, kKeyBegins);
  const auto ends = only_place(document, kKeyEnds);
  if (!begins || !ends) return std::nullopt;
  const std::size_t first = *begins + kKeyBegins.size() + 1;
  if (first > *ends) return std::nullopt;
  return std::string(document.substr(first, *ends - first));
}

}  // namespace houniao::sandbox
