#include "server/http/list_columns.h"

#include <nlohmann/json.hpp>

#include "server/http/openapi.h"

namespace houniao {
namespace {

using Json = nlohmann::ordered_json;

const Json& description() {
  static const Json kDocument = Json::parse(openapi_document());
  return kDocument;
}

const Json& resolved(const Json& schema) {
  const Json* at = &schema;
  while (at->contains("$ref")) {
    const std::string path = at->at("$ref").get<std::string>();
    at = &description().at(Json::json_pointer(path.substr(1)));
  }
  return *at;
}

// The schema of one item; null when the answer is no list.
const Json* item_of(const Json& answer) {
  const Json& schema = resolved(answer);
  if (schema.contains("allOf")) {
    for (const Json& part : schema.at("allOf")) {
      if (const Json* item = item_of(part); item != nullptr) return item;
    }
  }
  const Json::json_pointer items("/properties/items/items");
  return schema.contains(items) ? &schema.at(items) : nullptr;
}

void add_columns(const Json& item, std::vector<std::string>& out) {
  const Json& schema = resolved(item);
  if (schema.contains("allOf")) {
    for (const Json& part : schema.at("allOf")) add_columns(part, out);
  }
  if (!schema.contains("properties")) return;
  for (const auto& [name, member] : schema.at("properties").items()) out.push_back(name);
}

}  // namespace

std::vector<std::string> columns_of_list(std::string_view page) {
  std::vector<std::string> out;
  const Json::json_pointer answer("/get/responses/200/content/application~1json/schema");
  const Json& paths = description().at("paths");
  const auto path = paths.find("/v1/" + std::string(page));
  if (path == paths.end() || !path->contains(answer)) return out;
  if (const Json* item = item_of(path->at(answer)); item != nullptr) add_columns(*item, out);
  return out;
}

}  // namespace houniao
