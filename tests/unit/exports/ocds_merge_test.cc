// The merge routine of OCDS 1.1, case by case as the standard states it
// (standard.open-contracting.org/1.1/en/schema/merging).
#include "exports/ocds_merge.h"

#include <gtest/gtest.h>

namespace houniao::exports {
namespace {

Json release(const std::string& date, Json members) {
  Json out = {{"ocid", "ocds-213czf-A"}, {"id", "r" + date}, {"date", date}, {"tag", {"tender"}}};
  if (members.is_object()) out.update(members);
  return out;
}
Json merged(std::vector<Json> releases) {
  auto out = compiled_release(std::move(releases));
  EXPECT_TRUE(out) << (out ? "" : out.error().message());
  return out ? *out : Json::object();
}

TEST(OcdsMerge, the_compiled_release_has_its_own_id_date_and_tag) {
  const Json out = merged({release("2014-01-02", {{"language", "zh"}}), release("2014-01-01", {})});
  EXPECT_EQ(out.at("id"), "ocds-213czf-A-2014-01-02");
  EXPECT_EQ(out.at("date"), "2014-01-02");
  EXPECT_EQ(out.at("tag"), Json::array({"compiled"}));
  EXPECT_EQ(out.at("ocid"), "ocds-213czf-A");
}

TEST(OcdsMerge, a_literal_is_replaced_by_that_of_the_later_date_whatever_the_order_given) {
  const Json later = release("2014-01-02", {{"tender", {{"procurementMethod", "open"}}}});
  const Json earlier =
      release("2014-01-01", {{"tender", {{"id", "A"}, {"procurementMethod", "selective"}}}});
  const Json wanted = {{"id", "A"}, {"procurementMethod", "open"}};
  EXPECT_EQ(merged({later, earlier}).at("tender"), wanted);
  EXPECT_EQ(merged({earlier, later}).at("tender"), wanted);
}

TEST(OcdsMerge, a_null_takes_a_field_away_and_an_empty_object_says_nothing) {
  const Json first =
      release("1", {{"tender", {{"id", "A"}, {"title", "x"}}}, {"planning", {{"rationale", "y"}}}});
  const Json second = release(
      "2", {{"tender", {{"title", nullptr}}}, {"planning", Json::object()}, {"buyer", nullptr}});
  const Json out = merged({first, second});
  EXPECT_EQ(out.at("tender"), Json({{"id", "A"}}));
  EXPECT_EQ(out.at("planning"), Json({{"rationale", "y"}}));
  EXPECT_FALSE(out.contains("buyer"));
}

TEST(OcdsMerge, objects_of_a_list_are_merged_by_id_and_others_appended) {
  const Json first =
      release("1", {{"awards", {{{"id", "1"}, {"title", "a"}}, {{"id", "2"}, {"title", "b"}}}}});
  const Json second =
      release("2", {{"awards", {{{"id", "2"}, {"title", "c"}}, {{"id", "3"}}, {{"title", "d"}}}}});
  const Json wanted = {{{"id", "1"}, {"title", "a"}},
                       {{"id", "2"}, {"title", "c"}},
                       {{"id", "3"}},
                       {{"title", "d"}}};
  EXPECT_EQ(merged({first, second}).at("awards"), wanted);
}

TEST(OcdsMerge, lists_inside_lists_are_merged_by_id_too) {
  const auto contract = [](Json transactions) {
    Json implementation;
    implementation["transactions"] = std::move(transactions);
    Json item = {{"id", "c"}};
    item["implementation"] = std::move(implementation);
    return Json::array({std::move(item)});
  };
  const Json one = Json::array({{{"id", "t1"}, {"source", "a"}}});
  const Json two = Json::array({{{"id", "t2"}, {"source", "b"}}});
  const Json out = merged(
      {release("1", {{"contracts", contract(one)}}), release("2", {{"contracts", contract(two)}})});
  EXPECT_EQ(out.at("contracts").size(), 1u);
  EXPECT_EQ(out.at("contracts")[0].at("implementation").at("transactions").size(), 2u);
}

TEST(OcdsMerge, lists_that_the_schema_marks_and_lists_of_texts_are_replaced_as_a_whole) {
  const auto item = [](Json classifications, Json roles) {
    Json out = {{"id", "1"}};
    out["additionalClassifications"] = std::move(classifications);
    out["roles"] = std::move(roles);
    return Json::array({std::move(out)});
  };
  const Json first = release(
      "1",
      {{"parties", item(Json::array({{{"id", "x"}}, {{"id", "y"}}}), Json::array({"buyer"}))}});
  const Json second = release(
      "2", {{"parties", item(Json::array({{{"id", "z"}}}), Json::array({"payer", "payee"}))}});
  const Json out = merged({first, second}).at("parties")[0];
  EXPECT_EQ(out.at("additionalClassifications"), Json::array({{{"id", "z"}}}));
  EXPECT_EQ(out.at("roles"), Json::array({"payer", "payee"}));
}

TEST(OcdsMerge, an_empty_list_changes_nothing_unless_it_is_replaced_as_a_whole) {
  const Json first = release("1", {{"awards", Json::array({{{"id", "1"}}})}});
  const Json second = release("2", {{"awards", Json::array()}});
  EXPECT_EQ(merged({first, second}).at("awards").size(), 1u);
}

TEST(OcdsMerge, refuses_nothing_releases_of_two_processes_and_releases_without_a_date) {
  EXPECT_FALSE(compiled_release({}));
  Json other = release("1", {});
  other["ocid"] = "ocds-213czf-B";
  EXPECT_FALSE(compiled_release({release("1", {}), other}));
  Json undated = release("1", {});
  undated.erase("date");
  EXPECT_FALSE(compiled_release({undated}));
}

}  // namespace
}  // namespace houniao::exports
