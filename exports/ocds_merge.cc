#include "exports/ocds_merge.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace houniao::exports {
namespace {

bool is_merged_whole(std::string_view field, const Json& list) {
  static constexpr std::array<std::string_view, 3> kWhole = {
      "additionalIdentifiers", "additionalClassifications", "changes"};
  if (std::find(kWhole.begin(), kWhole.end(), field) != kWhole.end()) return true;
  return std::any_of(list.begin(), list.end(), [](const Json& item) { return !item.is_object(); });
}

void merge_object(Json& output, const Json& input);

void merge_by_id(Json& output, const Json& input) {
  if (!output.is_array()) output = Json::array();
  for (const Json& item : input) {
    const auto id = item.find("id");
    auto same = output.end();
    if (id != item.end() && !id->is_null()) {
      same = std::find_if(output.begin(), output.end(), [&](const Json& each) {
        const auto other = each.find("id");
        return other != each.end() && *other == *id;
      });
    }
    if (same == output.end()) {
      output.push_back(Json::object());
      same = output.end() - 1;
    }
    merge_object(*same, item);
  }
}

void merge_field(Json& output, const std::string& field, const Json& input) {
  if (input.is_null()) {
    output.erase(field);
  } else if (input.is_object()) {
    // An empty object says nothing.
    if (input.empty()) return;
    Json& at = output[field];
    if (!at.is_object()) at = Json::object();
    merge_object(at, input);
  } else if (input.is_array() && !is_merged_whole(field, input)) {
    if (!input.empty()) merge_by_id(output[field], input);
  } else {
    output[field] = input;
  }
}

void merge_object(Json& output, const Json& input) {
  for (const auto& [field, value] : input.items()) merge_field(output, field, value);
}

std::string date_of(const Json& release) {
  const auto date = release.find("date");
  return date != release.end() && date->is_string() ? date->get<std::string>() : std::string{};
}

}  // namespace

Result<Json> compiled_release(std::vector<Json> releases) {
  if (releases.empty()) return fail(Errc::invalid_argument, "no release to merge");
  for (const Json& release : releases) {
    if (!release.is_object() || !release.contains("ocid") || date_of(release).empty()) {
      return fail(Errc::invalid_argument, "a release needs ocid and date");
    }
    if (release.at("ocid") != releases.front().at("ocid")) {
      return fail(Errc::invalid_argument, "the releases are of several contracting processes");
    }
  }
  std::stable_sort(releases.begin(), releases.end(),
                   [](const Json& a, const Json& b) { return date_of(a) < date_of(b); });
  const std::string date = date_of(releases.back());
  Json out;
  out["ocid"] = releases.front().at("ocid");
  out["id"] = releases.front().at("ocid").get<std::string>() + "-" + date;
  out["date"] = date;
  out["tag"] = Json::array({"compiled"});
  for (Json& release : releases) {
    for (const char* field : {"id", "date", "tag"}) release.erase(field);
    merge_object(out, release);
  }
  return Result<Json>(boost::system::in_place_value, std::move(out));
}

}  // namespace houniao::exports
