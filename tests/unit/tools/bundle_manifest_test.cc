// What a bundle says of itself is read strictly, and what of it was checked is said truly.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "server/log/memory_store.h"
#include "tests/crash/audited_log.h"
#include "tools/audit/bundle.h"

namespace houniao {
namespace {

using audit::BundleItem;
using audit::BundleReader;
using audit::BundleWriter;
using audit::parse_manifest;
using crash::LogMaker;
using crash::must;
using crash::TemporaryDirectory;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr const char* kGood =
    R"({"format":"houniao-bundle-1","verifier_key":"k","size":9,"whole":false,"from":2,"to":5,"scopes":[16,18]})";

std::string with(const char* what, const char* instead) {
  std::string text = kGood;
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, std::string(what).size(), instead);
}

void expect_refused(const std::string& text, const std::string& why) {
  const auto manifest = parse_manifest(text);
  ASSERT_FALSE(manifest) << text;
  EXPECT_EQ(manifest.error().code, Errc::corrupt) << text;
  EXPECT_NE(manifest.error().detail.find(why), std::string::npos) << manifest.error().detail;
}

TEST(BundleManifest, CanaryAGoodOneIsReadWithAllItsMembers) {
  const auto manifest = must(parse_manifest(kGood));
  EXPECT_EQ(manifest.size, TreeSize{9});
  EXPECT_FALSE(manifest.whole);
  EXPECT_EQ(manifest.verifier_key, "k");
  EXPECT_EQ(manifest.from, Seq{2});
  EXPECT_EQ(manifest.to, Seq{5});
  EXPECT_EQ(manifest.scopes, (std::set<ScopeId>{ScopeId{16}, ScopeId{18}}));
  EXPECT_TRUE(manifest.unknown.empty());
}

TEST(BundleManifest, null_is_no_value_of_any_member_that_is_known) {
  for (const auto& [name, what] :
       {std::pair{"format", "\"houniao-bundle-1\""}, std::pair{"verifier_key", "\"k\""},
        std::pair{"size", "9"}, std::pair{"whole", "false"}, std::pair{"from", "2"},
        std::pair{"to", "5"}, std::pair{"scopes", "[16,18]"}}) {
    const std::string quoted_name = "\"" + std::string(name) + "\"";
    expect_refused(with((quoted_name + ":" + what).c_str(), (quoted_name + ":null").c_str()),
                   quoted_name + " is null; a member without a value must be left out");
  }
  expect_refused(with("[16,18]", "[16,null]"), "\"scopes\" is no whole number");
  expect_refused(with("[16,18]", "[]"), "where all are meant it must be left out");
}

TEST(BundleManifest, a_member_that_stands_twice_is_refused_at_any_depth) {
  expect_refused(with("\"size\":9", "\"size\":9,\"size\":9"), "one member twice: \"/size\"");
  expect_refused(with("\"size\":9", R"("size":9,"s\u0069ze":9)"), "one member twice: \"/size\"");
  expect_refused(with("\"size\":9", R"("size":9,"note":{"a":{"b":1,"b":2}})"),
                 "one member twice: \"/note/a/b\"");
  expect_refused(with("\"size\":9", R"("size":9,"note":[{"a":1},{"b":1,"b":1}])"),
                 "one member twice: \"/note/1/b\"");
  EXPECT_TRUE(parse_manifest(with("\"size\":9", R"("size":9,"note":[{"a":1},{"a":1}])")))
      << "one name in two objects";
}

TEST(BundleManifest, a_byte_order_mark_is_refused) {
  expect_refused("\xef\xbb\xbf" + std::string(kGood), "byte order mark");
}

TEST(BundleManifest, that_is_made_to_do_harm_is_refused) {
  std::string deep = R"({"a":)";
  for (int i = 0; i < 80; ++i) deep += "[";
  for (int i = 0; i < 80; ++i) deep += "]";
  expect_refused(deep + "}", "nested too deep");
  std::string many = "[1";
  for (int i = 0; i < 200'000; ++i) many += ",1";
  expect_refused(with("[16,18]", (many + "]").c_str()), "too many members");
  expect_refused(std::string(audit::kBundleManifestBytesMax + 1, ' '), "longer than 1 MiB");
}

class BundleClaims : public testing::Test {
 protected:
  BundleClaims() : maker_(log_, 7) { maker_.play(20); }

  fs::path file(const std::string& name) const { return directory_.path() / name; }
  audit::BundleReport check(const fs::path& path) const {
    audit::Options options;
    options.verifier_key = maker_.verifier_key();
    return must(audit::verify_bundle(path, options));
  }
  audit::BundleReport check_part(const audit::BundleOptions& options) {
    must(audit::write_bundle(log_, maker_.verifier_key(), {}, nullptr, options, file("part")));
    return check(file("part"));
  }
  // The bundle with another text as its manifest.
  audit::BundleReport check_with_manifest(const std::function<std::string(std::string)>& change) {
    auto writer = must(BundleWriter::create(file("changed")));
    auto reader = must(BundleReader::open(file("part")));
    while (const auto item = must(reader->next())) {
      if (item->kind == BundleItem::manifest) {
        must(writer->add(item->kind, as_bytes(change(std::string(as_text(item->content))))));
      } else if (item->kind != BundleItem::end) {
        must(writer->add(item->kind, item->content));
      }
    }
    must(writer->finish());
    return check(file("changed"));
  }
  ScopeId some_scope() const {
    for (const ScopeHead& head : must(log_.scope_heads())) {
      if (head.scope != kScopeCommons && head.scope != kScopeLog) return head.scope;
    }
    return kScopeCommons;
  }

  TemporaryDirectory directory_;
  MemoryStore log_;
  LogMaker maker_;
};

TEST_F(BundleClaims, of_a_part_by_scopes_are_not_said_to_be_checked_as_far_as_they_cannot_be) {
  audit::BundleOptions options;
  options.from = Seq{20};
  options.to = Seq{40};
  options.scopes = {some_scope()};
  const audit::BundleReport report = check_part(options);
  ASSERT_TRUE(report.report.ok()) << audit::to_text(report);
  const Json manifest = audit::to_json(report)["bundle"]["manifest"];
  EXPECT_TRUE(manifest["nothing_outside_checked"]);
  EXPECT_FALSE(manifest["nothing_missing_checked"]);
  const std::string text = audit::to_text(report);
  const std::size_t not_checked = text.find("not checked, no evidence: from/to/scopes");
  ASSERT_NE(not_checked, std::string::npos) << text;
  EXPECT_NE(text.find("whether all inside of them is there", not_checked), std::string::npos);
  EXPECT_NE(text.find("no record outside of them"), std::string::npos) << text;
  // What it does not call checked: nobody can see that more is claimed than was asked for.
  const audit::BundleReport more = check_with_manifest([](std::string text_of) {
    Json json = Json::parse(text_of);
    json["from"] = 1;
    json["scopes"].push_back(9'999);
    return json.dump();
  });
  EXPECT_TRUE(more.report.ok()) << audit::to_text(more);
}

TEST_F(BundleClaims, of_a_part_by_places_and_of_a_whole_log_are_checked_both_ways) {
  audit::BundleOptions part;
  part.from = Seq{20};
  part.to = Seq{40};
  for (const audit::BundleOptions& options : {part, audit::BundleOptions{}}) {
    const audit::BundleReport report = check_part(options);
    ASSERT_TRUE(report.report.ok()) << audit::to_text(report);
    const Json manifest = audit::to_json(report)["bundle"]["manifest"];
    EXPECT_TRUE(manifest["nothing_outside_checked"]);
    EXPECT_TRUE(manifest["nothing_missing_checked"]);
    EXPECT_NE(audit::to_text(report).find("records: size, from/to/scopes"), std::string::npos)
        << audit::to_text(report);
  }
}

TEST_F(BundleClaims, that_are_null_in_a_whole_bundle_make_it_unreadable) {
  ASSERT_TRUE(check_part({}).report.ok());
  const audit::BundleReport report = check_with_manifest(
      [](const std::string& text) { return text.substr(0, text.size() - 1) + ",\"from\":null}"; });
  EXPECT_FALSE(report.report.ok());
  EXPECT_FALSE(report.readable);
  ASSERT_FALSE(report.report.findings.empty());
  EXPECT_EQ(report.report.findings.front().check, audit::Check::storage);
  EXPECT_NE(report.report.findings.front().what.find("\"from\" is null"), std::string::npos)
      << report.report.findings.front().what;
}

}  // namespace
}  // namespace houniao
