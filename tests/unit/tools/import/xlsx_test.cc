// Workbooks as spreadsheet programs write them, and as nobody should.
#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include "tests/unit/tools/import/xlsx_fixture.h"
#include "tools/import/limits.h"
#include "tools/import/xlsx.h"

namespace houniao::importing {
namespace {

using tests::sheet_xml;
using tests::workbook_parts;
using tests::xlsx;
using tests::zip_of;

Result<Sheet> read_first(const Bytes& file) {
  const auto book = Workbook::open(file);
  if (!book) return book.error();
  return book->read(book->sheets().front());
}

// The only sheet of a workbook whose rows are this XML.
Result<Sheet> read_rows(const std::string& rows, const std::string& after = {},
                        const std::string& strings = {}) {
  return read_first(zip_of(workbook_parts(sheet_xml(rows, after), strings)));
}

Cell cell(const Sheet& sheet, std::size_t row, std::size_t column) {
  return sheet.table.cell(sheet.table.row(row), column);
}

TEST(Xlsx, SheetsOfARealWorkbookAreReadByName) {
  const Bytes file = xlsx([](lxw_workbook* book) {
    lxw_worksheet* people = workbook_add_worksheet(book, "人员");
    lxw_worksheet* money = workbook_add_worksheet(book, "资金");
    worksheet_write_string(people, 0, 0, "姓名", nullptr);
    worksheet_write_string(people, 2, 1, "张三", nullptr);
    worksheet_write_number(money, 0, 0, 1234.56, nullptr);
  });
  const auto book = Workbook::open(file);
  ASSERT_TRUE(book) << book.error().message();
  ASSERT_EQ(book->sheets().size(), 2U);
  EXPECT_EQ(book->sheets()[0].name, "人员");
  const auto people = book->read(book->sheets()[0]);
  ASSERT_TRUE(people) << people.error().message();
  ASSERT_EQ(people->table.size(), 2U);
  EXPECT_EQ(cell(*people, 0, 0).text, "姓名");
  EXPECT_EQ(people->table.row(1).number, 3U);
  EXPECT_EQ(cell(*people, 1, 1).text, "张三");
  EXPECT_EQ(cell(*people, 1, 0).kind, CellKind::empty);
  const auto money = book->read(book->sheets()[1]);
  ASSERT_TRUE(money);
  EXPECT_EQ(cell(*money, 0, 0).kind, CellKind::number);
  EXPECT_EQ(cell(*money, 0, 0).text, "1234.56");
}

TEST(Xlsx, NumbersWithADateStyleAreDates) {
  const Bytes file = xlsx([](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    lxw_format* chinese = workbook_add_format(book);
    format_set_num_format(chinese, "yyyy\"年\"m\"月\"d\"日\"");
    lxw_format* built_in = workbook_add_format(book);
    format_set_num_format_index(built_in, 14);
    lxw_format* money = workbook_add_format(book);
    format_set_num_format(money, "#,##0.00\"元\";[Red]-#,##0.00");
    lxw_datetime noon = {2014, 3, 5, 12, 0, 0};
    worksheet_write_datetime(sheet, 0, 0, &noon, chinese);
    worksheet_write_number(sheet, 0, 1, 41703, built_in);
    worksheet_write_number(sheet, 0, 2, 41703, money);
    worksheet_write_number(sheet, 0, 3, 60, built_in);
  });
  const auto sheet = read_first(file);
  ASSERT_TRUE(sheet) << sheet.error().message();
  EXPECT_EQ(cell(*sheet, 0, 0).kind, CellKind::date);
  EXPECT_EQ(cell(*sheet, 0, 0).day, to_day({2014, 3, 5}));
  EXPECT_EQ(cell(*sheet, 0, 0).second, 43'200);
  EXPECT_EQ(cell(*sheet, 0, 1).day, to_day({2014, 3, 5}));
  EXPECT_EQ(cell(*sheet, 0, 2).kind, CellKind::number);
  EXPECT_EQ(cell(*sheet, 0, 3).day, kNoDay) << "29 February 1900";
}

TEST(Xlsx, WhichFormatsAreDates) {
  for (const char* code : {"yyyy-mm-dd", "[$-804]aaaa;@yyyy", "m/d/yy h:mm", "h:mm:ss", "[h]:mm",
                           "yyyy\\年m\\月", "mmm-yy"}) {
    EXPECT_TRUE(is_date_format(code)) << code;
  }
  for (const char* code : {"General", "0.00", "#,##0\"day\"", "[Red]0", "@", "0%", "_-* #,##0.00_-",
                           "\\d0", "\"unclosed d"}) {
    EXPECT_FALSE(is_date_format(code)) << code;
  }
  EXPECT_TRUE(is_date_format_number(14));
  EXPECT_TRUE(is_date_format_number(31)) << "yyyy年m月d日 of Chinese installations";
  EXPECT_FALSE(is_date_format_number(4));
}

TEST(Xlsx, SharedAndInlineStringsAndTheirPartsAreJoined) {
  const auto sheet = read_rows(
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c>"
      "<c r=\"B1\" t=\"inlineStr\"><is><r><t>李</t></r><r><t>四</t></r>"
      "<rPh sb=\"0\" eb=\"1\"><t>LISI</t></rPh></is></c>"
      "<c r=\"C1\" t=\"str\"><f>A1&amp;B1</f><v>张三李四</v></c></row>",
      {},
      "<si><t>x</t></si><si><r><t>张</t></r><r><t>三</t></r><rPh sb=\"0\" eb=\"1\"><t>ZS</t></rPh>"
      "</si>");
  ASSERT_TRUE(sheet) << sheet.error().message();
  EXPECT_EQ(cell(*sheet, 0, 0).text, "张三") << "without how it is read aloud";
  EXPECT_EQ(cell(*sheet, 0, 1).text, "李四");
  EXPECT_EQ(cell(*sheet, 0, 2).text, "张三李四");
}

TEST(Xlsx, EscapedCharactersAreUnescaped) {
  EXPECT_EQ(unescape_xstring("a_x000D_b"), "a\rb");
  EXPECT_EQ(unescape_xstring("_x5F20_"), "张");
  EXPECT_EQ(unescape_xstring("_xZZZZ__x12"), "_xZZZZ__x12");
  EXPECT_EQ(unescape_xstring("_xD800_"), "\uFFFD");
}

TEST(Xlsx, NumbersHaveTheFifteenDigitsThatASpreadsheetShows) {
  const auto sheet = read_rows(
      "<row r=\"1\"><c r=\"A1\"><v>1.1000000000000001</v></c><c r=\"B1\"><v>13800138000</v></c>"
      "<c r=\"C1\"><v>1.1010519491231001E+17</v></c></row>");
  ASSERT_TRUE(sheet);
  EXPECT_EQ(cell(*sheet, 0, 0).text, "1.1");
  EXPECT_EQ(cell(*sheet, 0, 1).text, "13800138000");
  EXPECT_NE(cell(*sheet, 0, 2).text.find("e+"), std::string::npos) << "its digits are lost";
}

TEST(Xlsx, AFormulaGivesItsStoredResultAndOneWithoutSaysSo) {
  const Bytes file = xlsx([](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    worksheet_write_formula_num(sheet, 0, 0, "=1+1", nullptr, 2);
    worksheet_write_formula_str(sheet, 0, 1, "=\"a\"&\"b\"", nullptr, "ab");
  });
  const auto stored = read_first(file);
  ASSERT_TRUE(stored) << stored.error().message();
  EXPECT_EQ(cell(*stored, 0, 0).text, "2");
  EXPECT_EQ(cell(*stored, 0, 1).text, "ab");
  const auto missing = read_rows(
      "<row r=\"1\"><c r=\"A1\"><f>1+1</f></c><c r=\"B1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>"
      "<c r=\"C1\" t=\"b\"><v>1</v></c></row>");
  ASSERT_TRUE(missing);
  EXPECT_EQ(cell(*missing, 0, 0).kind, CellKind::formula);
  EXPECT_EQ(cell(*missing, 0, 1).kind, CellKind::error);
  EXPECT_EQ(cell(*missing, 0, 2).kind, CellKind::boolean);
}

TEST(Xlsx, MergedRangesAreReported) {
  const Bytes file = xlsx([](lxw_workbook* book) {
    lxw_worksheet* sheet = workbook_add_worksheet(book, nullptr);
    worksheet_merge_range(sheet, 0, 0, 0, 5, "登记表", nullptr);
    worksheet_write_string(sheet, 1, 0, "姓名", nullptr);
  });
  const auto sheet = read_first(file);
  ASSERT_TRUE(sheet);
  ASSERT_EQ(sheet->merged.size(), 1U);
  EXPECT_EQ(sheet->merged[0].text, "A1:F1");
  EXPECT_EQ(sheet->merged[0].last_row, 1U);
}

TEST(Xlsx, TheOtherBaseOfDatesIsHeeded) {
  auto parts = workbook_parts(sheet_xml("<row r=\"1\"><c r=\"A1\" s=\"1\"><v>40241</v></c></row>"));
  parts[1].second.insert(parts[1].second.find("<sheets>"), "<workbookPr date1904=\"1\"/>");
  parts[2].second.insert(parts[2].second.find("</Relationships>"),
                         "<Relationship Id=\"s9\" Type=\"http://x/relationships/styles\" "
                         "Target=\"/xl/styles.xml\"/>");
  parts.emplace_back("xl/styles.xml",
                     "<styleSheet><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
                     "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>");
  const auto sheet = read_first(zip_of(parts));
  ASSERT_TRUE(sheet) << sheet.error().message();
  EXPECT_EQ(cell(*sheet, 0, 0).day, to_day({2014, 3, 5}));
}

TEST(Xlsx, CellsAndRowsWithoutPlacesFollowOneAnother) {
  const auto sheet =
      read_rows("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>");
  ASSERT_TRUE(sheet) << sheet.error().message();
  EXPECT_EQ(cell(*sheet, 0, 1).text, "2");
  EXPECT_EQ(sheet->table.row(1).number, 2U);
}

TEST(Xlsx, DamagedSheetsAreRefused) {
  for (const char* rows :
       {"<row r=\"2\"/><row r=\"1\"/>", "<row r=\"1\"/><row r=\"1\"/>", "<row r=\"0\"/>",
        "<row r=\"x\"/>", "<row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
        "<row r=\"1\"><c r=\"A2\"><v>1</v></c></row>", "<row r=\"1\"><c r=\"1A\"/></row>",
        "<row r=\"1\"><c r=\"A1\"><v>abc</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>nan</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>",
        "<row r=\"1\"><c r=\"A1\" t=\"d\"><v>5. März</v></c></row>", "<row r=\"1\">"}) {
    const auto sheet = read_rows(rows);
    ASSERT_FALSE(sheet) << rows;
    EXPECT_EQ(sheet.error().code, Errc::corrupt) << rows;
  }
  EXPECT_FALSE(read_rows("", "<mergeCells><mergeCell ref=\"hello\"/></mergeCells>"));
  EXPECT_FALSE(read_rows("", "<mergeCells><mergeCell ref=\"A5:A2\"/></mergeCells>"));
}

TEST(Xlsx, WhatIsNoWorkbookIsRefusedWithWhatToDo) {
  const std::string old("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more", 16);
  const auto binary = Workbook::open(as_bytes(old));
  ASSERT_FALSE(binary);
  EXPECT_NE(binary.error().detail.find(".xlsx"), std::string::npos);
  EXPECT_FALSE(Workbook::open(as_bytes("PK\x03\x04 broken")));
  EXPECT_FALSE(Workbook::open(zip_of({{"readme.txt", "hello"}})));
  const auto document = zip_of({{"_rels/.rels", "<Relationships/>"}});
  ASSERT_FALSE(Workbook::open(document));
  EXPECT_EQ(Workbook::open(document).error().code, Errc::corrupt);
}

TEST(Xlsx, AnEncryptedWorkbookIsRefusedWithWhatToDo) {
  const auto book = Workbook::open(zip_of(workbook_parts(sheet_xml("<row r=\"1\"/>")), "secret"));
  ASSERT_FALSE(book);
  EXPECT_EQ(book.error().code, Errc::invalid_argument);
  EXPECT_NE(book.error().detail.find("without a password"), std::string::npos);
}

TEST(Xlsx, ATruncatedWorkbookIsRefused) {
  const Bytes whole = zip_of(workbook_parts(sheet_xml("<row r=\"1\"/>")));
  for (std::size_t size = 4; size < whole.size(); size += 37) {
    EXPECT_FALSE(Workbook::open(ByteView(whole).first(size))) << size;
  }
}

TEST(Xlsx, FlippedBytesNeverDoMoreThanFail) {
  const Bytes whole = zip_of(workbook_parts(
      sheet_xml("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>张三</t></is></c></row>")));
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes flipped = whole;
    flipped[at] ^= 0x20;
    refused += read_first(flipped) ? 0U : 1U;
  }
  EXPECT_GT(refused, whole.size() / 4);
}

TEST(Xlsx, AZipBombIsStoppedByWhatItOpensTo) {
  // 64 MiB of one letter compress a thousandfold.
  const std::string bomb = sheet_xml("<row r=\"1\"/>", std::string(std::size_t{64} << 20, ' '));
  const Bytes file = zip_of(workbook_parts(bomb));
  ASSERT_LT(file.size(), std::size_t{1} << 20);
  const auto sheet = read_first(file);
  ASSERT_FALSE(sheet);
  EXPECT_EQ(sheet.error().code, Errc::too_large);
  EXPECT_NE(sheet.error().detail.find("kZipRatioMax"), std::string::npos);
}

TEST(Xlsx, EntitiesThatGrowAreRefused) {
  const auto sheet = read_first(zip_of(workbook_parts(
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>" + sheet_xml("&b;"))));
  ASSERT_FALSE(sheet);
  EXPECT_NE(sheet.error().detail.find("document type"), std::string::npos);
}

TEST(Xlsx, EveryLimitHasANameInItsMessage) {
  const std::string long_text(limits::kImportCellBytesMax + 1, 'x');
  std::string deep;
  for (int i = 0; i < limits::kXmlDepthMax; ++i) deep += "<a>";
  const std::pair<std::string, const char*> kCases[] = {
      {"<row r=\"9999999\"/>", "kImportRowsMax"},
      {"<row r=\"1\"><c r=\"ZZZ1\"><v>1</v></c></row>", "kImportColumnsMax"},
      {"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>" + long_text + "</v></c></row>",
       "kImportCellBytesMax"},
      {deep, "kXmlDepthMax"},
      {"<row r=\"1\" x=\"" + std::string(limits::kXmlAttributeBytesMax + 1, 'x') + "\"/>",
       "kXmlAttributeBytesMax"},
  };
  for (const auto& [rows, limit] : kCases) {
    const auto sheet = read_rows(rows);
    ASSERT_FALSE(sheet) << limit;
    EXPECT_NE(sheet.error().detail.find(limit), std::string::npos) << sheet.error().detail;
  }
  tests::Parts parts;
  for (std::size_t i = 0; i <= limits::kZipEntriesMax; ++i)
    parts.emplace_back(std::to_string(i), "x");
  const auto many = Workbook::open(zip_of(parts));
  ASSERT_FALSE(many);
  EXPECT_NE(many.error().detail.find("kZipEntriesMax"), std::string::npos);
}

}  // namespace
}  // namespace houniao::importing
