// For tests of the pages below /v1: asks a page over the state of a LogBuilder, and compares what
// came back with the OpenAPI description.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "replay/rules/bench.h"
#include "server/http/openapi.h"
#include "server/http/queries.h"
#include "tests/unit/replay/log_builder.h"

namespace houniao::testing {

using PageJson = nlohmann::json;

// "orders?status=claimed", as it would follow /v1/.
inline Result<PageJson> try_ask(const State& state, const std::string& what) {
  const auto target = parse_target("/v1/" + what);
  if (!target) return target.error();
  const auto page = query_state(state, TreeSize{state.event_count}, target->after("/v1/"), *target);
  if (!page) return page.error();
  return Result<PageJson>(boost::system::in_place_value, PageJson(*page));
}
// A page of the bench.
inline Result<PageJson> try_ask(rules::Bench& bench, const std::string& what) {
  const auto target = parse_target("/v1/" + what);
  if (!target) return target.error();
  const auto page = query_bench(bench, target->after("/v1/"), *target);
  if (!page) return page.error();
  return Result<PageJson>(boost::system::in_place_value, PageJson(*page));
}
inline bool is_of_bench(const std::string& what) {
  const QueryPage* page = find_query_page(what.substr(0, what.find('?')));
  return page != nullptr && page->of_bench;
}
// Of the state, or of a bench that has seen the log.
inline Result<PageJson> try_ask(const LogBuilder& log, const std::string& what) {
  if (!is_of_bench(what)) return try_ask(log.state(), what);
  rules::Bench bench;
  for (const Bytes& record : log.records()) HOUNIAO_TRY(bench.feed(record));
  return try_ask(bench, what);
}
inline PageJson ask(const LogBuilder& log, const std::string& what) {
  const auto page = try_ask(log, what);
  EXPECT_TRUE(page) << what << ": " << page.error().message();
  return page ? *page : PageJson::object();
}
inline PageJson items(const LogBuilder& log, const std::string& what) {
  return ask(log, what).value("items", PageJson::array());
}
// The only item of a list.
inline PageJson only_item(const LogBuilder& log, const std::string& what) {
  const PageJson all = items(log, what);
  EXPECT_EQ(all.size(), 1U) << what << ": " << all.dump(1);
  return all.size() == 1 ? all.front() : PageJson::object();
}
// Ids of the items in the order in which they came.
inline std::vector<std::string> ids_of(const PageJson& list) {
  std::vector<std::string> out;
  for (const PageJson& item : list) out.push_back(item.at("id").get<std::string>());
  return out;
}

inline std::string id_of(EventId id) { return to_string(id); }
inline std::string quoted(EventId id) { return "\"" + to_string(id) + "\""; }

// --- the description -----------------------------------------------------------------------------

inline const PageJson& description() {
  static const PageJson kDocument = PageJson::parse(openapi_document());
  return kDocument;
}
inline const PageJson& resolved(const PageJson& node) {
  if (!node.contains("$ref")) return node;
  const std::string path = node.at("$ref").get<std::string>();
  return description().at(PageJson::json_pointer(path.substr(1)));
}

// Where a value differs from a schema, in the part of JSON Schema that the description uses.
class SchemaCheck {
 public:
  std::vector<std::string> faults;

  void check(const PageJson& node, const PageJson& value, const std::string& at) {
    const PageJson& schema = resolved(node);
    for (const PageJson& part : schema.value("allOf", PageJson::array())) check(part, value, at);
    if (schema.contains("oneOf")) check_one_of(schema.at("oneOf"), value, at);
    if (schema.contains("type")) check_type(schema.at("type"), value, at);
    if (schema.contains("enum") && !contains(schema.at("enum"), value)) {
      faults.push_back(at + ": " + value.dump() + " is none of " + schema.at("enum").dump());
    }
    if (value.is_object()) check_members(schema, value, at);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(schema.at("items"), value[i], at + "[" + std::to_string(i) + "]");
      }
    }
  }

 private:
  static bool contains(const PageJson& list, const PageJson& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  }
  static bool is_of(const std::string& type, const PageJson& value) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }
  void check_one_of(const PageJson& schemas, const PageJson& value, const std::string& at) {
    const bool fits = std::any_of(schemas.begin(), schemas.end(), [&](const PageJson& each) {
      SchemaCheck of_one;
      of_one.check(each, value, at);
      return of_one.faults.empty();
    });
    if (!fits) faults.push_back(at + ": " + value.dump() + " fits none of " + schemas.dump());
  }
  void check_type(const PageJson& type, const PageJson& value, const std::string& at) {
    bool fits = false;
    for (const PageJson& each : type.is_array() ? type : PageJson::array({type})) {
      fits = fits || is_of(each.get<std::string>(), value);
    }
    if (!fits) faults.push_back(at + ": " + value.dump() + " is no " + type.dump());
  }
  void check_members(const PageJson& schema, const PageJson& value, const std::string& at) {
    for (const PageJson& name : schema.value("required", PageJson::array())) {
      if (!value.contains(name.get<std::string>())) faults.push_back(at + " lacks " + name.dump());
    }
    const PageJson members = schema.value("properties", PageJson::object());
    const bool closed = schema.value("additionalProperties", true) == false;
    for (const auto& [name, member] : value.items()) {
      if (members.contains(name)) {
        check(members.at(name), member, at + "." + name);
      } else if (closed) {
        faults.push_back(at + " has a member of its own: " + name);
      }
    }
  }
};

inline const PageJson& described_answer(const std::string& path) {
  return description()
      .at("paths")
      .at(path)
      .at("get")
      .at("responses")
      .at("200")
      .at("content")
      .at("application/json")
      .at("schema");
}
// Empty when the answer is as the description of the path says.
inline std::vector<std::string> differences(const std::string& path, const PageJson& answer) {
  SchemaCheck check;
  check.check(described_answer(path), answer, path);
  return check.faults;
}

}  // namespace houniao::testing
