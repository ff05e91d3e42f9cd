// Exports by the real program over a played programme, judged by validators that nobody here wrote:
// python3-jsonschema for JSON Schema, xmllint for XSD, sqlite for OCEL's tables, and a spreadsheet
// program that has to open the workbooks.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/e2e/validators.h"
#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

// One play for all tests of this file.
class Exports : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    data_ = *folder_ / "data";
    played_ = houniao({"demo", "--once", "--json", "--programme", "e", "--data", data_,
                       "--secrets-out", *folder_ / "secrets"});
  }
  static void TearDownTestSuite() { delete folder_; }

  // The file that the export wrote.
  std::string exported(const std::string& format, std::vector<std::string> more = {}) {
    // A spreadsheet program goes by the ending.
    const std::string path = *folder_ / (format + (format.starts_with("xlsx-") ? ".xlsx" : ".out"));
    std::vector<std::string> args = {"export", format, "--data", data_, "-o", path};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome outcome = houniao(args);
    EXPECT_EQ(outcome.exit_code, 0) << format << ": " << outcome.err;
    return path;
  }

  static inline TemporaryFolder* folder_ = nullptr;
  static inline std::string data_;
  static inline Outcome played_;
};

TEST_F(Exports, json_formats_fit_their_schemas) {
  ASSERT_EQ(played_.exit_code, 0) << played_.err;
  const std::pair<const char*, const char*> kPairs[] = {
      {"cloudevents", "cloudevents-batch.schema.json"},
      {"ocds-releases", "ocds-release-package.schema.json"},
      {"ocds-records", "ocds-record-package.schema.json"},
      {"ocel-json", "ocel20.schema.json"},
      {"prov", "prov-json.schema.json"}};
  for (const auto& [format, name] : kPairs) {
    const std::string path = exported(format);
    EXPECT_EQ(json_schema(name, path), 0) << format << ": " << read(path + ".err").substr(0, 2000);
  }
}

TEST_F(Exports, canary_a_document_of_another_shape_does_not_fit) {
  const std::string path = *folder_ / "wrong.json";
  std::ofstream(path) << R"([{"specversion":"1.0","id":"1"}])";
  EXPECT_NE(json_schema("cloudevents-batch.schema.json", path), 0);
  EXPECT_NE(json_schema("ocds-release-package.schema.json", path), 0);
  EXPECT_NE(json_schema("ocel20.schema.json", path), 0);
  EXPECT_NE(json_schema("prov-json.schema.json", path), 0);
  const std::string xml = *folder_ / "wrong.xml";
  std::ofstream(xml) << "<log/>";
  EXPECT_NE(xsd("xes-ieee-1849-2016.xsd", xml), 0);
  EXPECT_NE(xsd("iati-activities-2.03.xsd", xml), 0);
}

TEST_F(Exports, xml_formats_fit_their_schemas) {
  const std::string iati = exported("iati");
  EXPECT_EQ(xsd("iati-activities-2.03.xsd", iati), 0) << read(iati + ".err").substr(0, 2000);
  for (const char* notion : {"contract", "order", "agency_case", "person"}) {
    const std::string xes = exported("xes", {"--case", notion});
    EXPECT_EQ(xsd("xes-ieee-1849-2016.xsd", xes), 0)
        << notion << ": " << read(xes + ".err").substr(0, 2000);
  }
}

TEST_F(Exports, the_ocel_database_has_the_tables_of_the_standard_and_no_dangling_row) {
  const std::string path = exported("ocel-sqlite");
  const std::string check = *folder_ / "check.txt";
  ASSERT_EQ(shell("/usr/bin/python3 -c \"import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
                  "t={r[0] for r in d.execute('select name from sqlite_master')}; "
                  "need={'event','object','event_object','object_object','event_map_type',"
                  "'object_map_type'}; assert need<=t, need-t; "
                  "assert all('event_'+r[0] in t for r in "
                  "d.execute('select ocel_type_map from event_map_type')); "
                  "assert all('object_'+r[0] in t for r in "
                  "d.execute('select ocel_type_map from object_map_type')); "
                  "assert not d.execute('pragma foreign_key_check').fetchall(); "
                  "assert d.execute('select count(*) from event_object').fetchone()[0]>1000\" '" +
                  path + "' 2>'" + check + "'"),
            0)
      << read(check);
}

TEST_F(Exports, a_spreadsheet_program_opens_the_workbooks) {
  for (const char* format : {"xlsx-purchase", "xlsx-figures", "xlsx-obligations"}) {
    // One year: what is printed grows with the days.
    const bool has_days = std::string(format) != "xlsx-figures";
    const std::string path = has_days
                                 ? exported(format, {"--from", "2014-01-01", "--to", "2014-12-31"})
                                 : exported(format);
    EXPECT_EQ(read(path).substr(0, 2), "PK") << format;
    const std::string line = "soffice -env:UserInstallation=file://" + (*folder_ / "profile") +
                             " --headless --convert-to pdf --outdir '" + (*folder_ / "") + "' '" +
                             path + "' >'" + path + ".err' 2>&1";
    EXPECT_EQ(shell(line), 0) << format << ": " << read(path + ".err");
    EXPECT_EQ(read(*folder_ / (std::string(format) + ".pdf")).substr(0, 5), "%PDF-") << format;
  }
}

TEST_F(Exports, options_that_would_be_left_out_in_silence_are_refused) {
  const std::string out = *folder_ / "refused.out";
  const auto refused = [&](std::vector<std::string> args) {
    args.insert(args.begin(), "export");
    args.insert(args.end(), {"--data", data_, "-o", out});
    const Outcome outcome = houniao(args);
    EXPECT_EQ(outcome.exit_code, 2) << args[1] << ": " << outcome.err;
    EXPECT_TRUE(read(out).empty()) << args[1];
    return outcome.err;
  };
  EXPECT_NE(refused({"ocds-records", "--process", "zz"}).find("process"), std::string::npos);
  EXPECT_NE(refused({"ocds-records", "--process", "99-99"}).find("99-99"), std::string::npos);
  EXPECT_NE(refused({"iati", "--case", "order"}).find("--case"), std::string::npos);
  refused({"csv", "--page", "contracts", "--from", "2014-01-01"});
  refused({"csv"});
  EXPECT_TRUE(read(exported("csv", {"--page", "anomalies"})).starts_with("id,rule,version,"));
}

TEST_F(Exports, no_invented_person_is_in_any_export) {
  std::string all;
  for (const char* format : {"cloudevents", "ocel-json", "csv-facts", "ocds-records", "iati"}) {
    all += read(exported(format));
  }
  std::ifstream secrets(*folder_ / "secrets");
  std::size_t looked = 0;
  for (std::string word; std::getline(secrets, word) && looked < 2'000;) {
    // Two characters may stand side by side by chance.
    if (word.size() < 9) continue;
    ++looked;
    EXPECT_EQ(all.find(word), std::string::npos);
  }
  EXPECT_GT(looked, 100u);
}

TEST_F(Exports, query_pages_are_csv_too_and_names_are_refused_without_keys) {
  const std::string path = exported("csv", {"--page", "contracts", "--bom"});
  EXPECT_EQ(read(path).substr(0, 6), "\xEF\xBB\xBFid,");
  const std::string out = *folder_ / "volunteers.xlsx";
  const Outcome refused =
      houniao({"export", "xlsx-volunteers", "--data", data_, "--names", "-o", out});
  EXPECT_EQ(refused.exit_code, 6) << refused.err;
  EXPECT_NE(refused.err.find("--client"), std::string::npos);
  EXPECT_TRUE(read(out).empty());
  const Outcome list = houniao({"export", "--list", "--json"});
  EXPECT_GT(Json::parse(list.out).at("formats").size(), 10u);
}

}  // namespace
}  // namespace houniao::tests
