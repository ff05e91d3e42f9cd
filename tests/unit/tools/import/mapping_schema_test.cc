// The published description of the mapping file and the reader agree: whoever writes a mapping with
// the one is understood by the other.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/os/os.h"
#include "tools/import/mapping.h"

namespace houniao::importing {
namespace {

using Json = nlohmann::json;

Json schema() {
  const auto bytes =
      os::read_file(std::string(HOUNIAO_SOURCE_DIR) + "/tools/import/mapping.schema.json", 1 << 20);
  return Json::parse(bytes.value());
}

std::set<std::string> members(const Json& object) {
  std::set<std::string> out;
  for (const auto& [name, value] : object["properties"].items()) out.insert(name);
  return out;
}

// The reader lists what is possible when it meets a member that it does not know.
std::set<std::string> possible(const std::string& mapping) {
  const auto parsed = parse_mapping(mapping);
  EXPECT_FALSE(parsed);
  if (parsed) return {};
  const std::string& detail = parsed.error().detail;
  const std::string start = "possible are ";
  std::set<std::string> out;
  std::size_t at = detail.find(start);
  EXPECT_NE(at, std::string::npos) << detail;
  if (at == std::string::npos) return out;
  for (at += start.size(); at < detail.size();) {
    const std::size_t end = std::min(detail.find(", ", at), detail.size());
    out.insert(detail.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

std::string with_entry(const std::string& inside) {
  return R"({"version":1,"sheets":[{"event":"PersonRegistered",)" + inside + "}]}";
}

TEST(MappingSchema, DescribesTheMembersThatTheReaderTakes) {
  const Json json = schema();
  EXPECT_EQ(members(json), possible(R"({"?":1})"));
  EXPECT_EQ(members(json["$defs"]["entry"]), possible(R"({"version":1,"sheets":[{"?":1}]})"));
  const Json& entry = json["$defs"]["entry"]["properties"];
  EXPECT_EQ(members(entry["envelope"]), possible(with_entry(R"("envelope":{"?":1})")));
  const std::string day = R"("envelope":{"occurredDay":{"value":"2014-01-01"}},)";
  EXPECT_EQ(members(entry["personal"]), possible(with_entry(day + R"("personal":{"?":1})")));
  EXPECT_EQ(members(entry["key"]), possible(with_entry(day + R"("key":{"?":1})")));
}

TEST(MappingSchema, DescribesEveryMemberOfARule) {
  const std::string day = R"("envelope":{"occurredDay":{"value":"2014-01-01"}},)";
  std::set<std::string> known =
      possible(with_entry(day + R"("fields":{"sex":{"?":1}})"));                      // of a scalar
  known.merge(possible(with_entry(day + R"("fields":{"tags":{"list":[],"?":1}})")));  // of a list
  known.insert("fields");  // of a structure, refused elsewhere with a message of its own
  EXPECT_EQ(members(schema()["$defs"]["rule"]), known);
}

TEST(MappingSchema, ListsTheTypesChecksAndUnitsThatTheReaderTakes) {
  const Json rule = schema()["$defs"]["rule"]["properties"];
  const std::string day = R"("envelope":{"occurredDay":{"value":"2014-01-01"}},)";
  const auto error = [&](const std::string& field) {
    return parse_mapping(with_entry(day + "\"fields\":{" + field + "}")).error().detail;
  };
  for (const Json& type : rule["type"]["enum"]) {
    const std::string detail = error(R"("sex":{"column":"x","type":"no such"})");
    EXPECT_NE(detail.find(type.get<std::string>()), std::string::npos) << type;
  }
  for (const Json& check : rule["check"]["enum"]) {
    const std::string detail =
        parse_mapping(with_entry(day + R"("personal":{"name":{"column":"x","check":"no such"}})"))
            .error()
            .detail;
    EXPECT_NE(detail.find(check.get<std::string>()), std::string::npos) << check;
  }
  for (const Json& unit : rule["unit"]["enum"]) {
    EXPECT_TRUE(parse_mapping(R"({"version":1,"sheets":[{"event":"FundsReceived",)" + day +
                              R"("fields":{"amountFen":{"column":"x","type":"money","unit":")" +
                              unit.get<std::string>() + "\"}}}]}"))
        << unit;
  }
}

}  // namespace
}  // namespace houniao::importing
