// A ledger from its bytes to events on a device: plans, dirty rows, crashes, second runs,
// references and privacy.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <xlsxwriter.h>

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "schema/checksums.h"
#include "tests/unit/tools/import/memory_book.h"
#include "tests/unit/tools/import/xlsx_fixture.h"
#include "tools/import/limits.h"
#include "tools/import/quarantine_file.h"
#include "tools/import/report.h"
#include "tools/import/run.h"

namespace houniao::importing {
namespace {

using tests::MemoryBook;
using tests::ScratchFolder;
using Json = nlohmann::json;

constexpr const char* kPeople = R"({
  "version": 1,
  "spaces": {"person": "number", "site": "text"},
  "sheets": [{
    "event": "PersonRegistered",
    "key": {"space": "person", "columns": ["身份证号"]},
    "envelope": {"occurredDay": {"column": "登记日期", "type": "date",
                                 "formats": ["YYYY年M月D日", "YYYY-MM-DD"]},
                 "scope": {"value": 16}},
    "personal": {"name": {"column": "姓名", "required": true},
                 "idNumber": {"column": "身份证号", "check": "residentId"},
                 "phone": {"column": "电话"}},
    "fields": {"sex": {"column": "性别", "codes": {"男": "male", "女": "female"}},
               "idType": {"value": "residentId"},
               "tags": {"column": "标签", "split": "、", "codes": {"老人": "elder", "儿童": "minor"}}}
  }]
})";
constexpr const char* kHeader = "姓名,性别,身份证号,电话,登记日期,标签\n";

// A resident id that is right, for the n-th person.
std::string id_number(std::uint32_t n) {
  char first[18];
  std::snprintf(first, sizeof first, "44040219%02u%02u%02u%03u", 50 + n % 50, 1 + n / 50 % 12,
                1 + n / 600 % 28, n / 16'800 % 1000);
  return std::string(first) + resident_id_check(first);
}
std::string person_name(std::uint32_t n) {
  static constexpr const char* kFamily[] = {"张", "王", "李", "赵", "陈", "欧阳"};
  static constexpr const char* kGiven[] = {"伟", "秀英", "建国", "桂兰", "志强"};
  return std::string(kFamily[n % 6]) + kGiven[n % 5];
}
std::string person_row(std::uint32_t n) {
  const std::string id = id_number(n);
  return person_name(n) + "," + ((id[16] - '0') % 2 == 1 ? "男" : "女") + "," + id + ",138" +
         std::to_string(10'000'000 + n) + ",2014年" + std::to_string(1 + n % 12) + "月" +
         std::to_string(1 + n % 28) + "日," + (n % 2 == 0 ? "老人、儿童" : "") + "\n";
}

// One device with its journal, and what a run of the command does with both.
class ImportTest : public testing::Test {
 protected:
  struct Ran {
    Bytes bytes;
    Mapping mapping;
    LedgerFile file;
    Plan plan;
    Report report;
    Json json() const { return Json::parse(json_of(report).dump()); }
  };

  Result<Journal> open_journal(Journal::Access access = Journal::Access::write) {
    Journal::Secret secret;
    secret.key.emplace();
    secret.key->fill(9);
    return Journal::open(folder_ / "import" / "journal.jsonl", secret, random_, access);
  }

  // Loads and plans; nullptr and last_error_ when that fails.
  std::unique_ptr<Ran> plan(Bytes bytes, const std::string& mapping, const Journal& journal,
                            std::optional<Encoding> encoding = std::nullopt) {
    auto out = std::make_unique<Ran>();
    out->bytes = std::move(bytes);
    auto parsed = parse_mapping(mapping);
    if (!parsed) return keep(parsed.error());
    out->mapping = std::move(*parsed);
    auto file = load_ledger(out->bytes, "people.csv", out->mapping, encoding);
    if (!file) return keep(file.error());
    out->file = std::move(*file);
    out->plan = make_plan(out->file, journal, book_.next_event_id());
    out->report.file = &out->file;
    out->report.plan = &out->plan;
    return out;
  }

  // One run from the opening of the journal to its end, or to the crash that the book plays.
  std::unique_ptr<Ran> run(const Bytes& bytes, const std::string& mapping = kPeople,
                           std::optional<Encoding> encoding = std::nullopt) {
    Journal journal = open_journal().value();
    if (const auto ready = journal.reconcile(book_); !ready) return keep(ready.error());
    auto out = plan(bytes, mapping, journal, encoding);
    if (out == nullptr) return out;
    const auto recorded = record_plan(out->file, out->plan, journal, book_,
                                      [&](std::uint64_t rows) { out->report.recorded = rows; });
    if (!recorded) out->report.stopped = recorded.error();
    return out;
  }
  std::unique_ptr<Ran> run(const std::string& text, const std::string& mapping = kPeople) {
    return run(Bytes(text.begin(), text.end()), mapping);
  }

  std::unique_ptr<Ran> keep(const Error& error) {
    last_error_ = error;
    return nullptr;
  }

  // Names of the problems of the row with this number; "" when it has none.
  static std::string problems_of(const Ran& ran, std::uint32_t number) {
    std::string out;
    for (const PlannedRow& planned : ran.plan.rows) {
      const Table& table = ran.file.entries[planned.entry].sheet->table;
      if (table.row(planned.row).number != number) continue;
      for (const Problem& problem : planned.problems) {
        out += (out.empty() ? "" : " ") + std::string(row_of(problem.dirt).name);
      }
    }
    return out;
  }

  ScratchFolder folder_;
  tests::Prng random_{5};
  MemoryBook book_;
  Error last_error_;
};

TEST_F(ImportTest, ARowBecomesOneEventWithItsPlaceInTheBook) {
  const std::string text = std::string(kHeader) + person_row(0) + person_row(1);
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(ran->report.recorded, 2U);
  ASSERT_EQ(book_.size(), 2U);
  book_.with_event(0, [&](schema::Event::Reader event) {
    EXPECT_EQ(event.getSource(), schema::Source::IMPORTED);
    EXPECT_EQ(event.getImportRow(), 2U);
    EXPECT_EQ(event.getImportSheet(), 0U);
    EXPECT_EQ(event.getOccurredDay(), to_day({2014, 1, 1}).value);
    EXPECT_EQ(event.getScope(), 16U);
    ASSERT_EQ(event.getEvidence().size(), 1U);
    EXPECT_TRUE(equal(to_view(event.getEvidence()[0].getSha256()), sha256(as_bytes(text)).view()));
    EXPECT_EQ(event.getEvidence()[0].getBytes(), text.size());
    EXPECT_EQ(to_view(event.getEvidence()[0].getMime()), "text/csv");
    ASSERT_TRUE(event.getBody().isPersonRegistered());
    const auto person = event.getBody().getPersonRegistered();
    EXPECT_TRUE(person.getIdChecksOk());
    EXPECT_EQ(person.getBlindIndex().size(), 16U);
    ASSERT_EQ(person.getTags().size(), 2U);
    EXPECT_EQ(to_view(person.getTags()[1]), "minor");
  });
  const PersonalData personal = book_.personal(0);
  EXPECT_EQ(personal.name, person_name(0));
  EXPECT_EQ(personal.id_number, id_number(0));
  EXPECT_EQ(personal.phone, "13810000000");
}

TEST_F(ImportTest, TheSameFileTwiceAddsNothing) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 50; ++i) text += person_row(i);
  ASSERT_NE(run(text), nullptr);
  ASSERT_EQ(book_.size(), 50U);
  const auto again = run(text);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(book_.size(), 50U);
  EXPECT_EQ(again->plan.count(Outcome::imported), 50U);
  EXPECT_EQ(again->report.recorded, 0U);
}

TEST_F(ImportTest, RowsWithoutAKeyAreToldApartByTheirPlace) {
  const std::string mapping = R"({"version":1,"sheets":[{"event":"ServiceDelivered",
    "envelope":{"occurredDay":{"column":"日期","type":"date","formats":["YYYY-MM-DD"]}},
    "fields":{"kind":{"value":"legal_advice"},"anonymous":{"column":"人数"}}}]})";
  const std::string text = "日期,人数\n2014-03-05,3\n2014-03-05,3\n";
  ASSERT_NE(run(text, mapping), nullptr) << last_error_.message();
  EXPECT_EQ(book_.size(), 2U) << "two equal rows are two services";
  ASSERT_NE(run(text, mapping), nullptr);
  EXPECT_EQ(book_.size(), 2U);
}

TEST_F(ImportTest, ACorrectedFileAddsOnlyWhatWasMissing) {
  std::string bad = person_row(1);
  bad.replace(bad.find("年"), std::string("年").size(), "");
  const auto first = run(kHeader + person_row(0) + bad + person_row(2));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(problems_of(*first, 3), "lost_year_mark");
  EXPECT_EQ(book_.size(), 2U);
  const auto second = run(kHeader + person_row(0) + person_row(1) + person_row(2));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->plan.count(Outcome::known), 2U) << "another file, the same rows";
  EXPECT_EQ(second->report.recorded, 1U);
  EXPECT_EQ(book_.size(), 3U);
}

TEST_F(ImportTest, AKeyThatIsTakenIsNeitherOverwrittenNorDoubled) {
  std::string other = person_row(0);
  other.replace(0, person_name(0).size(), "周杰");
  const auto first = run(kHeader + person_row(0) + other);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(problems_of(*first, 3), "duplicate_key");
  EXPECT_EQ(first->plan.rows[1].problems[0].other_row, 2U);
  const auto second = run(kHeader + other);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(problems_of(*second, 2), "key_taken");
  EXPECT_EQ(book_.size(), 1U);
  const auto again = run(kHeader + person_row(0) + other);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(problems_of(*again, 3), "duplicate_key") << "a second run tells the same";
  EXPECT_EQ(again->plan.count(Outcome::imported), 1U);
}

// --- dirty rows --------------------------------------------------------------------------------

struct Planted {
  const char* reason;
  std::function<std::string(std::string)> spoil;
};

std::string replaced(std::string row, const std::string& what, const std::string& by) {
  const std::size_t at = row.find(what);
  HOUNIAO_ASSERT(at != std::string::npos);
  return row.replace(at, what.size(), by);
}
// Replaces the n-th field.
std::string with_field(const std::string& row, int field, const std::string& by) {
  std::size_t from = 0;
  for (int i = 0; i < field; ++i) from = row.find(',', from) + 1;
  const std::size_t to = row.find_first_of(",\n", from);
  return row.substr(0, from) + by + row.substr(to);
}

const std::vector<Planted>& planted() {
  static const std::vector<Planted> kPlanted = {
      {"lost_year_mark", [](std::string row) { return replaced(std::move(row), "年", ""); }},
      {"replacement_character",
       [](const std::string& row) { return with_field(row, 0, "张\uFFFD"); }},
      {"broken_bytes", [](const std::string& row) { return with_field(row, 0, "张\xE5\x9B"); }},
      {"control_character", [](const std::string& row) { return with_field(row, 0, "张\x01伟"); }},
      {"unreadable_name", [](const std::string& row) { return with_field(row, 0, "张?"); }},
      {"date_impossible",
       [](const std::string& row) { return with_field(row, 4, "2014年2月30日"); }},
      {"date_unreadable", [](const std::string& row) { return with_field(row, 4, "去年春天"); }},
      {"id_checksum",
       [](const std::string& row) { return with_field(row, 2, "110105194912310021"); }},
      {"code_unknown", [](const std::string& row) { return with_field(row, 1, "男性"); }},
      {"required_empty", [](const std::string& row) { return with_field(row, 0, ""); }},
      {"column_count", [](std::string row) { return replaced(std::move(row), "\n", ",x\n"); }},
      {"bad_quotes", [](const std::string& row) { return with_field(row, 0, "张\"伟"); }},
      {"key_empty", [](const std::string& row) { return with_field(row, 2, " "); }},
  };
  return kPlanted;
}

TEST_F(ImportTest, FiveHundredDirtyRowsOfFiveThousandAreAllFoundAndNothingElse) {
  std::string text = kHeader;
  std::map<std::uint32_t, std::string> expected;  // row number -> reason
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    std::string row = person_row(i);
    if (i % 10 == 3) {
      const Planted& plant = planted()[i / 10 % planted().size()];
      row = plant.spoil(row);
      expected[i + 2] = plant.reason;
    }
    text += row;
  }
  ASSERT_EQ(expected.size(), 500U);
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(ran->report.recorded, 4'500U);
  EXPECT_EQ(book_.size(), 4'500U);
  std::size_t found = 0;
  for (const PlannedRow& planned : ran->plan.rows) {
    const std::uint32_t number = planned.row + 1;
    const auto at = expected.find(number);
    ASSERT_EQ(planned.outcome == Outcome::quarantined, at != expected.end()) << number;
    if (at == expected.end()) continue;
    ++found;
    // One id number stands for all with a wrong check digit: their key is a duplicate as well.
    if (at->second == "id_checksum" && problems_of(*ran, number) == "duplicate_key") continue;
    EXPECT_EQ(problems_of(*ran, number), at->second) << number;
  }
  EXPECT_EQ(found, 500U);
  // The numbers of the report are those of the plan, and the places lead to the rows.
  const Json json = ran->json();
  EXPECT_EQ(json["rows"]["quarantined"], 500);
  EXPECT_EQ(json["rows"]["recorded"], 4'500);
  std::set<std::uint32_t> places;
  for (const Json& place : json["quarantine"]["places"])
    places.insert(place["row"].get<std::uint32_t>());
  EXPECT_EQ(places.size(), 500U);
}

TEST_F(ImportTest, TheQuarantineFileHoldsTheBytesThatStandInTheFile) {
  const std::string broken = with_field(person_row(1), 0, "张\xE5\x9B");
  const auto ran = run(kHeader + person_row(0) + broken + person_row(2));
  ASSERT_NE(ran, nullptr);
  const auto path = folder_ / "quarantine.jsonl";
  ASSERT_TRUE(write_quarantine(path, ran->file, ran->plan));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::ifstream in(path);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const Json json = Json::parse(line);
  EXPECT_EQ(json["file"], "people.csv");
  EXPECT_EQ(json["row"], 3);
  EXPECT_EQ(json["column"], 1);
  EXPECT_EQ(json["column_letters"], "A");
  EXPECT_EQ(json["column_name"], "姓名");
  EXPECT_EQ(json["reason"], "broken_bytes");
  EXPECT_FALSE(json["zh"].get<std::string>().empty());
  EXPECT_FALSE(json["en"].get<std::string>().empty());
  EXPECT_EQ(as_text(from_base64(json["raw"].get<std::string>()).value()), "张\xE5\x9B");
  EXPECT_EQ(as_text(from_base64(json["row_raw"].get<std::string>()).value()),
            broken.substr(0, broken.size() - 1));
  EXPECT_FALSE(std::getline(in, line));
  // A later run without such rows leaves no stale ones.
  const auto clean = run(kHeader + person_row(5));
  ASSERT_TRUE(write_quarantine(path, clean->file, clean->plan));
  EXPECT_EQ(std::filesystem::file_size(path), 0U);
  ASSERT_TRUE(write_quarantine(folder_ / "none", clean->file, clean->plan));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none"));
}

// --- crashes -----------------------------------------------------------------------------------

class ImportCrash : public ImportTest, public testing::WithParamInterface<MemoryBook::Crash> {};

TEST_P(ImportCrash, ARunAfterACrashBringsEveryRowInOnce) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 200; ++i) text += person_row(i);
  book_.crash = GetParam();
  const auto crashed = run(text);
  ASSERT_NE(crashed, nullptr);
  ASSERT_TRUE(crashed->report.stopped);
  book_.crash = MemoryBook::Crash::none;
  const auto resumed = run(text);
  ASSERT_NE(resumed, nullptr) << last_error_.message();
  EXPECT_FALSE(resumed->report.stopped);
  EXPECT_EQ(book_.size(), 200U);
  EXPECT_EQ(resumed->report.recorded, GetParam() == MemoryBook::Crash::before ? 200U : 0U);
  std::set<std::string> numbers;
  for (std::size_t i = 0; i < book_.size(); ++i) numbers.insert(book_.personal(i).id_number);
  EXPECT_EQ(numbers.size(), 200U);
}

INSTANTIATE_TEST_SUITE_P(BothSidesOfTheCommit, ImportCrash,
                         testing::Values(MemoryBook::Crash::before, MemoryBook::Crash::after));

TEST_F(ImportTest, ACrashInALaterBatchKeepsTheEarlierOnes) {
  std::string text = kHeader;
  const auto rows = static_cast<std::uint32_t>(limits::kImportBatchRows + 100);
  for (std::uint32_t i = 0; i < rows; ++i) text += person_row(i);
  Journal journal = open_journal().value();
  ASSERT_TRUE(journal.reconcile(book_));
  {
    const auto first = plan(Bytes(text.begin(), text.end()), kPeople, journal);
    ASSERT_NE(first, nullptr);
    const auto stopped = record_plan(first->file, first->plan, journal, book_, [&](std::uint64_t) {
      book_.crash = MemoryBook::Crash::after;
    });
    ASSERT_FALSE(stopped);
  }
  book_.crash = MemoryBook::Crash::none;
  EXPECT_EQ(book_.size(), rows);
  const auto resumed = run(text);
  ASSERT_NE(resumed, nullptr);
  EXPECT_EQ(resumed->plan.count(Outcome::imported), rows);
  EXPECT_EQ(book_.size(), rows);
}

TEST_F(ImportTest, ADryRunPlansTheSameAndWritesNothing) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 20; ++i) text += person_row(i);
  text += with_field(person_row(20), 0, "张?");
  {
    Journal journal = open_journal(Journal::Access::look).value();
    ASSERT_TRUE(journal.reconcile(book_));
    const auto dry = plan(Bytes(text.begin(), text.end()), kPeople, journal);
    ASSERT_NE(dry, nullptr);
    dry->report.dry_run = true;
    const Json json = dry->json();
    EXPECT_EQ(json["rows"]["would_record"], 20);
    EXPECT_EQ(json["rows"]["quarantined"], 1);
    EXPECT_EQ(json["plan"].size(), 21U);
    EXPECT_EQ(json["plan"][20]["outcome"], "quarantined");
    EXPECT_EQ(json["plan"][20]["row"], 22);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "import"));
  EXPECT_EQ(book_.size(), 0U);
  ASSERT_NE(run(text), nullptr);
  EXPECT_EQ(book_.size(), 20U);
}

// --- references --------------------------------------------------------------------------------

constexpr const char* kTree = R"({"version":1,"spaces":{"org":"text"},"sheets":[{
  "event":"OrganisationRegistered","key":{"space":"org","columns":["名称"]},
  "envelope":{"occurredDay":{"value":"2012-05-04"}},
  "fields":{"name":{"column":"名称"},"kind":{"value":"branch"},
            "parent":{"column":"上级","reference":"org"}}}]})";

TEST_F(ImportTest, RowsMayNameRowsBelowThem) {
  const auto ran = run("名称,上级\n丙,乙\n乙,甲\n甲,\n", kTree);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  ASSERT_EQ(book_.size(), 3U);
  std::map<std::string, std::uint64_t> ids;
  std::map<std::string, std::uint64_t> parents;
  for (std::size_t i = 0; i < 3; ++i) {
    book_.with_event(i, [&](schema::Event::Reader event) {
      const auto body = event.getBody().getOrganisationRegistered();
      const std::string name(to_view(body.getName()));
      ids[name] = (std::uint64_t{7} << 32) + event.getDeviceSeq();
      parents[name] = body.getParent();
    });
  }
  EXPECT_EQ(parents["甲"], 0U);
  EXPECT_EQ(parents["乙"], ids["甲"]);
  EXPECT_EQ(parents["丙"], ids["乙"]);
}

TEST_F(ImportTest, ALongChainInTheWrongOrderIsResolvedInOneGo) {
  std::string text = "名称,上级\n";
  for (int i = 5'000; i > 0; --i) {
    text += "团" + std::to_string(i) + "," + (i > 1 ? "团" + std::to_string(i - 1) : "") + "\n";
  }
  const auto ran = run(text, kTree);
  ASSERT_NE(ran, nullptr);
  EXPECT_EQ(ran->report.recorded, 5'000U);
}

TEST_F(ImportTest, RowsThatNameNobodyOrOneAnotherStayOut) {
  const auto ran = run("名称,上级\n甲,无此\n乙,丙\n丙,乙\n丁,丁\n戊,\n", kTree);
  ASSERT_NE(ran, nullptr);
  EXPECT_EQ(ran->report.recorded, 1U);
  for (const std::uint32_t row : {2U, 3U, 4U, 5U}) {
    EXPECT_EQ(problems_of(*ran, row), "reference_unknown") << row;
  }
}

TEST_F(ImportTest, AnotherFileMayNamePeopleOfAnEarlierOne) {
  ASSERT_NE(run(kHeader + person_row(0) + person_row(1)), nullptr);
  const std::string mapping = R"({"version":1,"spaces":{"person":"number"},"sheets":[{
    "event":"AttendanceRecorded",
    "envelope":{"occurredDay":{"value":"2014-06-01"}},
    "fields":{"session":{"value":"7-99"},"method":{"value":"sheet"},
              "persons":{"column":"签到","split":"、","reference":"person"}}}]})";
  std::string lower = id_number(1);
  if (lower.back() == 'X') lower.back() = 'x';
  const auto ran =
      run("签到\n" + id_number(0) + "、 " + lower + "、\n" + id_number(9) + "\n", mapping);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  ASSERT_EQ(book_.size(), 3U);
  book_.with_event(2, [](schema::Event::Reader event) {
    const auto persons = event.getBody().getAttendanceRecorded().getPersons();
    ASSERT_EQ(persons.size(), 2U);
    EXPECT_EQ(to_string(EventId{persons[0]}), "7-1");
    EXPECT_EQ(to_string(EventId{persons[1]}), "7-2");
  });
  EXPECT_EQ(problems_of(*ran, 3), "reference_unknown");
}

TEST_F(ImportTest, OneSheetMayGiveSeveralEventsThatNameOneAnother) {
  const std::string people(kPeople);
  const std::string volunteer = R"(,{
    "event": "VolunteerEnrolled",
    "envelope": {"occurredDay": {"column": "登记日期", "type": "date", "formats": ["YYYY年M月D日"]}},
    "fields": {"person": {"column": "身份证号", "reference": "person"},
               "day": {"column": "登记日期", "type": "date", "formats": ["YYYY年M月D日"]}}
  }]})";
  const std::string mapping = people.substr(0, people.rfind(']')) + volunteer;
  const auto ran = run(kHeader + person_row(0) + with_field(person_row(1), 0, "张?"), mapping);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  ASSERT_EQ(book_.size(), 2U);
  book_.with_event(1, [](schema::Event::Reader event) {
    EXPECT_EQ(to_string(EventId{event.getBody().getVolunteerEnrolled().getPerson()}), "7-1");
  });
  EXPECT_EQ(problems_of(*ran, 3), "unreadable_name reference_unknown")
      << "the person is kept out, so what names the person is too";
}

// --- workbooks ---------------------------------------------------------------------------------

TEST_F(ImportTest, AWorkbookOfTwoSheetsIsTakenOverWithItsReferences) {
  const Bytes file = tests::xlsx([](lxw_workbook* book) {
    lxw_format* date = workbook_add_format(book);
    format_set_num_format(date, "yyyy-mm-dd");
    lxw_worksheet* funds = workbook_add_worksheet(book, "资金来源");
    lxw_worksheet* received = workbook_add_worksheet(book, "到账");
    worksheet_merge_range(funds, 0, 0, 0, 3, "资金来源一览", nullptr);
    worksheet_write_string(funds, 1, 0, "代码", nullptr);
    worksheet_write_string(funds, 1, 1, "名\n称", nullptr);
    worksheet_write_string(funds, 2, 0, "F1", nullptr);
    worksheet_write_string(funds, 2, 1, "省级专项资金", nullptr);
    for (int column = 0; column < 3; ++column) {
      worksheet_write_string(received, 0, static_cast<lxw_col_t>(column),
                             column == 0   ? "来源"
                             : column == 1 ? "金额（万元）"
                                           : "到账日",
                             nullptr);
    }
    lxw_datetime day = {2014, 3, 5, 0, 0, 0};
    worksheet_write_string(received, 1, 0, "F1", nullptr);
    worksheet_write_number(received, 1, 1, 20.1, nullptr);
    worksheet_write_datetime(received, 1, 2, &day, date);
  });
  const std::string mapping = R"({"version":1,"spaces":{"fund":"text"},"sheets":[
    {"sheet":"到账","event":"FundsReceived",
     "envelope":{"occurredDay":{"column":"到账日","type":"date","formats":[]}},
     "fields":{"fund":{"column":"来源","reference":"fund"},
               "amountFen":{"column":"金额（万元）","type":"money","unit":"万元"},
               "valueDay":{"column":3,"type":"date","formats":[]}}},
    {"sheet":"资金来源","headerRow":2,"event":"FundSourceEstablished",
     "key":{"space":"fund","columns":["代码"]},
     "envelope":{"occurredDay":{"value":"2014-01-01"}},
     "fields":{"code":{"column":"代码"},"name":{"column":"名称"},"kind":{"value":"provincialGrant"}}}
  ]})";
  const auto ran = run(file, mapping);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  ASSERT_EQ(book_.size(), 2U) << ran->json().dump(1);
  book_.with_event(1, [](schema::Event::Reader event) {
    const auto body = event.getBody().getFundsReceived();
    EXPECT_EQ(body.getAmountFen(), 20'100'000);
    EXPECT_EQ(body.getValueDay(), to_day({2014, 3, 5}).value);
    EXPECT_EQ(to_string(EventId{body.getFund()}), "7-1");
    EXPECT_EQ(event.getImportSheet(), 2U);
    EXPECT_EQ(event.getImportRow(), 2U);
  });
}

TEST_F(ImportTest, MergedCellsAmongTheRowsAreRefusedWithTheirPlace) {
  const Bytes file = tests::xlsx([](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    worksheet_write_string(sheet, 0, 0, "名称", nullptr);
    worksheet_write_string(sheet, 0, 1, "上级", nullptr);
    worksheet_write_string(sheet, 1, 0, "甲", nullptr);
    worksheet_merge_range(sheet, 1, 1, 2, 1, "县团委", nullptr);
  });
  EXPECT_EQ(run(file, kTree), nullptr);
  EXPECT_EQ(last_error_.code, Errc::invalid_argument);
  EXPECT_NE(last_error_.detail.find("B2:B3"), std::string::npos) << last_error_.detail;
  EXPECT_EQ(last_error_.detail.find("县团委"), std::string::npos) << "places, not contents";
}

TEST_F(ImportTest, WhatTheFileDoesNotHaveIsToldWithThePlaceInTheMapping) {
  const std::pair<std::string, const char*> kCases[] = {
      {"名称\n甲\n", "/sheets/0/fields/parent/column"},
      {"名称,上级,上级\n甲,,\n", "twice"},
      {"", "/sheets/0/headerRow"},
      {"名\xE5\x9B,上级\n", "gb18030"},
  };
  for (const auto& [text, hint] : kCases) {
    EXPECT_EQ(run(text, kTree), nullptr);
    EXPECT_NE(last_error_.detail.find(hint), std::string::npos) << last_error_.detail;
  }
  const std::string sheet = R"({"version":1,"sheets":[{"sheet":"x","event":"SessionHeld",
                                "envelope":{"occurredDay":{"value":"2014-01-01"}}}]})";
  EXPECT_EQ(run("a\n1\n", sheet), nullptr);
  const Bytes workbook = tests::xlsx([](lxw_workbook* book) { workbook_add_worksheet(book, "y"); });
  EXPECT_EQ(run(workbook, sheet), nullptr);
  EXPECT_EQ(last_error_.code, Errc::invalid_argument);
}

TEST_F(ImportTest, Gb18030IsImportedAsWhatItSays) {
  // "名称,上级\n新豫,\n"
  const std::string text = "\xC3\xFB\xB3\xC6,\xC9\xCF\xBC\xB6\n\xD0\xC2\xD4\xA5,\n";
  EXPECT_EQ(run(text, kTree), nullptr);
  EXPECT_NE(last_error_.detail.find("--encoding gb18030"), std::string::npos);
  ASSERT_NE(run(Bytes(text.begin(), text.end()), kTree, Encoding::gb18030), nullptr)
      << last_error_.message();
  book_.with_event(0, [](schema::Event::Reader event) {
    EXPECT_EQ(to_view(event.getBody().getOrganisationRegistered().getName()), "新豫");
  });
}

// --- privacy -----------------------------------------------------------------------------------

TEST_F(ImportTest, PersonalDataStandsInNoReportJournalOrEvent) {
  std::string text = kHeader;
  std::vector<std::string> secrets;
  for (std::uint32_t i = 0; i < 60; ++i) {
    std::string row = person_row(i);
    if (i % 3 == 0) row = planted()[i / 3 % planted().size()].spoil(row);
    text += row;
    secrets.push_back(id_number(i));
    secrets.push_back(person_name(i));
    secrets.push_back("138" + std::to_string(10'000'000 + i));
  }
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr);
  ran->report.verdicts = collect_verdicts(ran->plan, book_).value();
  std::ostringstream printed;
  print(printed, ran->report);
  std::ifstream journal(folder_ / "import" / "journal.jsonl", std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(journal)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(all.empty());
  all += printed.str() + json_of(ran->report).dump() + row_lines(ran->report);
  for (std::size_t i = 0; i < book_.size(); ++i) all += as_text(book_.bytes(i));
  for (const std::string& secret : secrets) {
    EXPECT_EQ(all.find(secret), std::string::npos) << "personal data in the open";
  }
  // The canary: the same search finds them where they belong.
  EXPECT_NE(text.find(secrets[3]), std::string::npos);
}

TEST_F(ImportTest, APersonalColumnCannotBeAnOpenField) {
  std::string mapping(kPeople);
  mapping = replaced(mapping, "\"idType\"",
                     "\"employer\": {\"column\": 4, \"type\": \"integer\"}, \"idType\"");
  EXPECT_EQ(run(kHeader + person_row(0), mapping), nullptr) << "by its number just as by its name";
  EXPECT_EQ(last_error_.code, Errc::invalid_argument);
  EXPECT_NE(last_error_.detail.find("/sheets/0/fields/employer"), std::string::npos);
}

// --- verdicts ----------------------------------------------------------------------------------

TEST_F(ImportTest, VerdictsAreCountedForRowsOfThisRunAndOfEarlierOnes) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 15; ++i) text += person_row(i);
  ASSERT_NE(run(text), nullptr);
  const auto again = run(text);
  const auto verdicts = collect_verdicts(again->plan, book_);
  ASSERT_TRUE(verdicts);
  EXPECT_EQ(verdicts->held, 3U);
  EXPECT_EQ(verdicts->flagged, 4U);
  EXPECT_EQ(verdicts->accepted, 8U);
  EXPECT_EQ(verdicts->reasons.at(Reason::value_invalid), 7U);
  again->report.verdicts = *verdicts;
  const Json json = again->json();
  ASSERT_EQ(json["verdicts"]["rows_not_plainly_accepted"].size(), 7U);
  EXPECT_EQ(json["verdicts"]["rows_not_plainly_accepted"][0]["status"], "flagged");
  EXPECT_EQ(json["verdicts"]["rows_not_plainly_accepted"][0]["reasons"][0], "value_invalid");
}

}  // namespace
}  // namespace houniao::importing
