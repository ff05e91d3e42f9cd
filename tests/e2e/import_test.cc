// An old workbook through the command line into a running server, twice: the second run adds
// nothing, and every dirty row is put aside with its place and reason. HOUNIAO_IMPORT_ROWS sets the
// size (2,000 without it); 500 rows are dirty at any size.
#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "schema/checksums.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

using tests::houniao;
using Json = nlohmann::json;

constexpr std::uint32_t kDirtyRows = 500;
constexpr std::uint32_t kRowsDefault = 2'000;

constexpr const char* kMapping = R"({
  "version": 1,
  "spaces": {"person": "number"},
  "sheets": [{
    "sheet": "服务对象",
    "event": "PersonRegistered",
    "key": {"space": "person", "columns": ["身份证号"]},
    "envelope": {"occurredDay": {"column": "登记日期", "type": "date", "formats": ["YYYY年M月D日"]},
                 "scope": {"value": 16}},
    "personal": {"name": {"column": "姓名", "required": true},
                 "idNumber": {"column": "身份证号", "check": "residentId"}},
    "fields": {"sex": {"column": "性别", "codes": {"男": "male", "女": "female"}},
               "idType": {"value": "residentId"}}
  }]
})";

std::uint32_t rows_wanted() {
  const char* text = std::getenv("HOUNIAO_IMPORT_ROWS");
  const unsigned long rows = text == nullptr ? kRowsDefault : std::strtoul(text, nullptr, 10);
  return std::max(static_cast<std::uint32_t>(rows), kDirtyRows);
}

using Row = std::array<std::string, 4>;  // name, sex, number, day

// A resident id that is right, for the n-th person.
std::string id_number(std::uint32_t n) {
  char first[18];
  std::snprintf(first, sizeof first, "44040219%02u%02u%02u%03u", 50 + n % 50, 1 + n / 50 % 12,
                1 + n / 600 % 28, n / 16'800 % 1000);
  return std::string(first) + resident_id_check(first);
}

Row clean_row(std::uint32_t n) {
  static constexpr const char* kFamily[] = {"张", "王", "李", "赵", "陈", "欧阳"};
  static constexpr const char* kGiven[] = {"伟", "秀英", "建国", "桂兰", "志强"};
  const std::string id = id_number(n);
  return {std::string(kFamily[n % 6]) + kGiven[n % 5], (id[16] - '0') % 2 == 1 ? "男" : "女", id,
          "2014年" + std::to_string(1 + n % 12) + "月" + std::to_string(1 + n % 28) + "日"};
}

// Spoils the row in the n-th way; the reason and the column that must be told.
std::pair<std::string, int> spoil(Row& row, std::uint32_t n) {
  switch (n % 8) {
    case 0:
      row[3] = "201111月";
      return {"lost_year_mark", 4};
    case 1:
      row[0] += "\uFFFD";
      return {"replacement_character", 1};
    case 2:
      row[0] = "张?";
      return {"unreadable_name", 1};
    case 3:
      row[3] = "2014年2月30日";
      return {"date_impossible", 4};
    case 4:
      row[3] = "去年春天";
      return {"date_unreadable", 4};
    case 5:
      row[2].back() = row[2].back() == '1' ? '2' : '1';
      return {"id_checksum", 3};
    case 6:
      row[1] = "男性";
      return {"code_unknown", 2};
    default:
      row[0].clear();
      return {"required_empty", 1};
  }
}

void write_row(lxw_worksheet* sheet, std::uint32_t at, const Row& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    worksheet_write_string(sheet, at, static_cast<lxw_col_t>(i), row[i].c_str(), nullptr);
  }
}

struct Dirty {
  std::string reason;
  int column = 0;
};

// Row number, as the spreadsheet shows it, to what is wrong with it.
std::map<std::uint32_t, Dirty> write_workbook(const std::string& path, std::uint32_t rows) {
  std::map<std::uint32_t, Dirty> dirty;
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  lxw_workbook* book = workbook_new_opt(path.c_str(), &options);
  lxw_worksheet* sheet = workbook_add_worksheet(book, "服务对象");
  write_row(sheet, 0, {"姓名", "性别", "身份证号", "登记日期"});
  const std::uint32_t every = rows / kDirtyRows;
  for (std::uint32_t i = 0; i < rows; ++i) {
    Row row = clean_row(i);
    if (i % every == 0 && dirty.size() < kDirtyRows) {
      const auto [reason, column] = spoil(row, i / every);
      dirty[i + 2] = {reason, column};
    }
    write_row(sheet, i + 1, row);
  }
  EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
  return dirty;
}

class ImportCommand : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(houniao({"init", "--data", data_}).exit_code, 0);
    ASSERT_TRUE(server_.start());
    std::ofstream(folder_ / "mapping.json") << kMapping;
    std::ofstream(folder_ / "pass") << "correct horse\n";
  }

  // One run of the command; its object and, in `seconds`, how long it took.
  Json run(const std::vector<std::string>& more, double& seconds) {
    std::vector<std::string> line = {"--json",
                                     "import",
                                     book_,
                                     "--mapping",
                                     folder_ / "mapping.json",
                                     "--client",
                                     folder_ / "station",
                                     "--passphrase-file",
                                     folder_ / "pass",
                                     "--server",
                                     server_.url()};
    line.insert(line.end(), more.begin(), more.end());
    const auto from = std::chrono::steady_clock::now();
    const tests::Outcome outcome = houniao(line);
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    EXPECT_EQ(outcome.exit_code, 1) << "rows were put aside: " << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }
  Json replayed() const {
    const tests::Outcome outcome = houniao({"--json", "replay", "--trust", "--data", data_});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return Json::parse(outcome.out, nullptr, false);
  }

  const tests::TemporaryFolder folder_;
  const std::string data_ = folder_ / "server";
  const std::string book_ = folder_ / "people.xlsx";
  tests::ServerProcess server_{data_};
};

TEST_F(ImportCommand, AWorkbookTwiceIsRecordedOnceAndItsDirtyRowsArePutAsideWithPlaceAndReason) {
  const std::uint32_t rows = rows_wanted();
  const std::map<std::uint32_t, Dirty> dirty = write_workbook(book_, rows);
  ASSERT_EQ(dirty.size(), kDirtyRows);
  const tests::Outcome code = houniao({"enrol", "--data", data_, "--new", "--scope", "16"});
  ASSERT_EQ(code.exit_code, 0) << code.err;

  double first_s = 0;
  const Json first = run({"--enrol", code.out.substr(0, code.out.find('\n'))}, first_s);
  ASSERT_TRUE(first.is_object());
  EXPECT_EQ(first["rows"]["read"], rows) << first.dump();
  EXPECT_EQ(first["rows"]["recorded"], rows - kDirtyRows);
  EXPECT_EQ(first["rows"]["quarantined"], kDirtyRows);
  EXPECT_EQ(first["synced"], true);
  std::map<std::uint32_t, Dirty> found;
  std::ifstream lines(first["quarantine"]["file"].get<std::string>());
  for (std::string line; std::getline(lines, line);) {
    const Json problem = Json::parse(line);
    EXPECT_EQ(problem["sheet"], "服务对象");
    EXPECT_FALSE(problem["raw"].is_null());
    found[problem["row"]] = {problem["reason"], problem["column"]};
  }
  ASSERT_EQ(found.size(), dirty.size());
  for (const auto& [number, expected] : dirty) {
    ASSERT_TRUE(found.contains(number)) << number;
    EXPECT_EQ(found[number].reason, expected.reason) << number;
    EXPECT_EQ(found[number].column, expected.column) << number;
  }

  const Json before = replayed();
  double second_s = 0;
  const Json second = run({}, second_s);
  ASSERT_TRUE(second.is_object());
  EXPECT_EQ(second["rows"]["recorded"], 0) << second.dump();
  EXPECT_EQ(second["rows"]["imported_before"], rows - kDirtyRows);
  EXPECT_EQ(second["rows"]["quarantined"], kDirtyRows);
  const Json after = replayed();
  EXPECT_EQ(after["events"], before["events"]) << "the second run adds no event";
  EXPECT_EQ(after["digest"], before["digest"]);
  std::cout << rows << " rows: first run " << first_s << " s, second run " << second_s << " s\n";
}

}  // namespace
}  // namespace houniao
