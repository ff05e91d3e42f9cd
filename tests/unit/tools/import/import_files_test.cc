// References between rows, workbooks, encodings, privacy and verdicts of an import.
#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/unit/tools/import/import_world.h"

namespace houniao::importing {
namespace {

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

TEST_F(ImportTest, AnotherSeparatorIsToldByTheHeader) {
  const std::pair<const char*, const char*> kCases[] = {
      {"名称;上级\n甲;\n", R"("separator": ";")"},
      {"\"名称\";\"上级\"\n\"甲\";\n", R"("separator": ";")"},
      {"名称\t上级\n甲\t\n", R"("separator": "\t")"},
  };
  for (const auto& [text, hint] : kCases) {
    EXPECT_EQ(run(std::string(text), kTree), nullptr);
    EXPECT_EQ(last_error_.code, Errc::invalid_argument);
    EXPECT_NE(last_error_.detail.find(hint), std::string::npos) << last_error_.detail;
  }
  EXPECT_EQ(run("机构;上级\n甲;\n", kTree), nullptr);
  EXPECT_EQ(last_error_.detail.find("separator"), std::string::npos) << last_error_.detail;
}

TEST_F(ImportTest, AWorkbookByNameThatIsNoneIsDamaged) {
  const auto mapping = parse_mapping(kTree);
  ASSERT_TRUE(mapping) << mapping.error().message();
  for (const std::string_view text : {"", "名称,上级\n甲,\n"}) {
    for (const char* name : {"people.xlsx", "PEOPLE.XLSX", "people.xlsm"}) {
      const auto loaded = load_ledger(as_bytes(text), name, *mapping, std::nullopt);
      ASSERT_FALSE(loaded) << name;
      EXPECT_EQ(loaded.error().code, Errc::corrupt) << name;
      EXPECT_NE(loaded.error().detail.find("damaged"), std::string::npos);
    }
  }
  EXPECT_TRUE(load_ledger(as_bytes("名称,上级\n甲,\n"), "x", *mapping, std::nullopt));
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
