#include "server/http/anomalies_json.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/crypto.h"
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

constexpr std::size_t kTellingDigits = 8;
// In front of the ordinal of an anomaly about case work; no number begins with it.
constexpr char kWithheldMark = 'c';

Json event_json(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  HOUNIAO_ASSERT(entry != nullptr);  // the bench gives only what the log has
  const CatalogueRow* row = find_row(entry->type);
  Json out;
  out["id"] = id_text(id);
  out["seq"] = entry->seq.value;
  out["type"] = row == nullptr ? Json(nullptr) : text(row->name);
  out["type_zh"] = row == nullptr ? Json(nullptr) : text(row->name_zh);
  out["day"] = day_text(entry->occurred);
  out["in_force"] = entry->in_force();
  out["confidential"] = is_of_case_work(state, id);
  return out;
}

Json disposition_json(const AnomalyDisposition& d) {
  return {{"event", id_text(d.event)},
          {"verdict", enum_text<schema::AnomalyDispositioned::Verdict>(d.verdict)},
          {"reason", d.reason},
          {"rule_version", d.rule_version},
          {"actor", id_text(d.actor)},
          {"day", day_text(d.day)}};
}

// The whole number at the front of the text, taken off it.
std::optional<std::uint64_t> take_digits(std::string_view& rest) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr == rest.data()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
  return number;
}

// The same together with the dash behind it.
std::optional<std::uint64_t> take_number(std::string_view& rest) {
  const auto number = take_digits(rest);
  if (!number || !rest.starts_with('-')) return std::nullopt;
  rest.remove_prefix(1);
  return number;
}

}  // namespace

bool is_of_case_work(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  const CatalogueRow* row = entry == nullptr ? nullptr : find_row(entry->type);
  return row != nullptr && row->privacy == Privacy::confidential;
}

bool is_confidential(const State& state, const rules::Anomaly& anomaly) {
  return std::any_of(anomaly.events.begin(), anomaly.events.end(),
                     [&](EventId event) { return is_of_case_work(state, event); });
}

std::string anomaly_id(const State& state, const rules::Anomaly& anomaly) {
  HOUNIAO_ASSERT(!is_confidential(state, anomaly));
  std::string said = std::to_string(anomaly.subject) + "\n" +
                     std::to_string(anomaly.at_risk.value) + "\n" + anomaly.zh + "\n" + anomaly.en;
  for (const EventId event : anomaly.events) said += "\n" + to_string(event);
  const std::string digits = to_hex(sha256(as_bytes(said)).view());
  return rules::code_of(anomaly.rule) + "-" + to_string(anomaly.events.front()) + "-" +
         digits.substr(0, kTellingDigits);
}

std::string id_of(const State& state, const ToldDoubt& told) {
  if (told.place.withheld == 0) return anomaly_id(state, told.doubt->anomaly);
  return rules::code_of(told.place.rule) + "-" + kWithheldMark +
         std::to_string(told.place.withheld);
}

std::vector<ToldDoubt> in_telling_order(const State& state, std::span<const rules::Doubt> doubts) {
  std::vector<ToldDoubt> out;
  out.reserve(doubts.size());
  std::map<std::uint16_t, std::uint64_t> withheld;
  for (const rules::Doubt& doubt : doubts) {
    AnomalyPlace place;
    place.rule = doubt.anomaly.rule;
    if (is_confidential(state, doubt.anomaly)) {
      place.withheld = ++withheld[place.rule];
    } else {
      place.event = doubt.anomaly.events.front();
    }
    out.push_back({&doubt, place});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const ToldDoubt& a, const ToldDoubt& b) { return a.place < b.place; });
  return out;
}

std::optional<AnomalyPlace> place_of(std::string_view id) {
  if (!id.starts_with('A')) return std::nullopt;
  std::string_view rest = id.substr(1);
  const auto rule = take_number(rest);
  if (rule && *rule <= UINT16_MAX && rest.starts_with(kWithheldMark)) {
    rest.remove_prefix(1);
    const auto ordinal = take_digits(rest);
    if (!ordinal || *ordinal == 0 || !rest.empty()) return std::nullopt;
    return AnomalyPlace{static_cast<std::uint16_t>(*rule), *ordinal, EventId{}};
  }
  const auto device = rule ? take_number(rest) : std::nullopt;
  const auto seq = device ? take_number(rest) : std::nullopt;
  const bool told = rest.size() == kTellingDigits &&
                    rest.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!seq || !told || *rule > UINT16_MAX || *device > UINT32_MAX || *seq > UINT32_MAX) {
    return std::nullopt;
  }
  const EventId event =
      event_id(DeviceNumber{static_cast<std::uint32_t>(*device)}, DeviceSeq{*seq});
  return AnomalyPlace{static_cast<std::uint16_t>(*rule), 0, event};
}

const rules::RuleRow& row_of(std::uint16_t rule, std::uint32_t version) {
  const rules::RuleRow* found = nullptr;
  for (const rules::RuleRow* row : rules::all_rules()) {  // by number and version
    if (row->number != rule) continue;
    found = row;
    if (row->version == version) break;
  }
  HOUNIAO_ASSERT(found != nullptr);
  return *found;
}

Json doubt_json(const State& state, const ToldDoubt& told, CaseWork case_work) {
  const rules::Doubt& doubt = *told.doubt;
  const rules::Anomaly& anomaly = doubt.anomaly;
  const rules::RuleRow& row = row_of(anomaly.rule, anomaly.version);
  const bool confidential = told.place.withheld != 0;
  const bool withheld = confidential && case_work == CaseWork::withheld;
  Json events = Json::array();
  for (const EventId event : anomaly.events) {
    if (withheld && is_of_case_work(state, event)) continue;
    events.push_back(event_json(state, event));
  }
  const std::size_t left_out = anomaly.events.size() - events.size();
  return {{"id", id_of(state, told)},
          {"rule", rules::code_of(anomaly.rule)},
          {"version", anomaly.version},
          {"name_zh", text(row.zh)},
          {"name_en", text(row.en)},
          {"zh", anomaly.zh},
          {"en", anomaly.en},
          {"events", std::move(events)},
          {"events_withheld", left_out},
          {"subject", withheld ? Json(nullptr) : id_text(anomaly.subject)},
          {"confidential", confidential},
          {"at_risk_fen", anomaly.at_risk.value},
          {"innocent_zh", text(row.innocent_zh)},
          {"innocent_en", text(row.innocent_en)},
          {"disposition",
           doubt.disposition == nullptr ? Json(nullptr) : disposition_json(*doubt.disposition)}};
}

Json rule_json(const rules::RuleRow& row, std::uint32_t version,
               const rules::Parameters& parameters) {
  Json thresholds = Json::array();
  for (const rules::Parameter& parameter : row.parameters) {
    thresholds.push_back({{"name", text(parameter.name)},
                          {"value", parameters.get(parameter.name)},
                          {"zh", text(parameter.zh)},
                          {"en", text(parameter.en)}});
  }
  return {{"rule", rules::code_of(row.number)},
          {"version", version},
          {"name_zh", text(row.zh)},
          {"name_en", text(row.en)},
          {"basis_zh", text(row.basis)},
          {"basis_en", text(row.basis_en)},
          {"innocent_zh", text(row.innocent_zh)},
          {"innocent_en", text(row.innocent_en)},
          {"thresholds", std::move(thresholds)}};
}

}  // namespace houniao::queries
