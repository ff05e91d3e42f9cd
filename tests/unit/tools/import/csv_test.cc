// CSV by RFC 4180, and the encodings that ledgers in China come in.
#include <gtest/gtest.h>

#include "tools/import/csv.h"
#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

Result<Table> read(std::string_view text, Encoding encoding = Encoding::utf8,
                   char separator = ',') {
  return read_csv(as_bytes(text), {encoding, separator});
}

std::string cell(const Table& table, std::size_t row, std::size_t column) {
  return std::string(table.cell(table.row(row), column).text);
}

TEST(Csv, QuotedFieldsMayHoldSeparatorsLineEndsAndQuotationMarks) {
  const std::string text = "a,\"b,c\",\"d\r\ne\",\"say \"\"hi\"\"\"\r\n1,,3,\"\"\n";
  const auto table = read(text);
  ASSERT_TRUE(table) << table.error().message();
  ASSERT_EQ(table->size(), 2U);
  EXPECT_EQ(cell(*table, 0, 1), "b,c");
  EXPECT_EQ(cell(*table, 0, 2), "d\r\ne");
  EXPECT_EQ(cell(*table, 0, 3), "say \"hi\"");
  EXPECT_EQ(table->row(1).number, 2U) << "a record is one row, whatever lines it has";
  EXPECT_EQ(table->row(1).count, 4U);
  EXPECT_EQ(table->cell(table->row(1), 1).kind, CellKind::empty);
  EXPECT_EQ(table->cell(table->row(1), 3).kind, CellKind::empty);
  EXPECT_EQ(as_text(table->row(1).raw), "1,,3,\"\"");
}

TEST(Csv, AByteOrderMarkIsNoPartOfTheFirstName) {
  const auto table = read("\xEF\xBB\xBF姓名,电话\n张三,1\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(cell(*table, 0, 0), "姓名");
}

TEST(Csv, ALastRowNeedsNoLineEndAndBlankLinesKeepTheirNumbers) {
  const auto table = read("a\n\nb");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->size(), 3U);
  EXPECT_EQ(table->row(2).number, 3U);
  EXPECT_TRUE(table->is_blank(table->row(1)));
  EXPECT_EQ(cell(*table, 2, 0), "b");
}

TEST(Csv, StrayQuotationMarksDamageOneRowAndNotTheNext) {
  for (const char* damaged : {"1,a\"b,2", "1,\"a\"b,2"}) {
    const std::string text = std::string("x,y,z\r\n") + damaged + "\r\n3,c,4\r\n";
    const auto table = read(text);
    ASSERT_TRUE(table) << table.error().message();
    ASSERT_EQ(table->size(), 3U);
    EXPECT_TRUE(table->row(1).bad_quotes);
    EXPECT_EQ(as_text(table->row(1).raw), damaged);
    EXPECT_FALSE(table->row(2).bad_quotes);
    EXPECT_EQ(cell(*table, 2, 2), "4");
  }
}

TEST(Csv, AQuotationMarkThatIsNeverClosedIsRefusedWithItsRow) {
  const auto table = read("a,b\n1,2\n3,\"4\n5,6\n");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Errc::invalid_argument);
  EXPECT_NE(table.error().detail.find("row 3"), std::string::npos) << table.error().detail;
}

TEST(Csv, OtherSeparatorsAreReadWhenTheMappingSaysSo) {
  const auto table = read("a\tb,c\n", Encoding::utf8, '\t');
  ASSERT_TRUE(table);
  EXPECT_EQ(cell(*table, 0, 1), "b,c");
}

// "姓名,电话\n张三,1\n李四,2\n" in GB18030.
constexpr std::string_view kGb =
    "\xD0\xD5\xC3\xFB,\xB5\xE7\xBB\xB0\n\xD5\xC5\xC8\xFD,1\n\xC0\xEE\xCB\xC4,2\n";

TEST(Csv, Gb18030IsConvertedWhenItIsAskedFor) {
  const auto table = read(kGb, Encoding::gb18030);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(cell(*table, 0, 0), "姓名");
  EXPECT_EQ(cell(*table, 1, 0), "张三");
  EXPECT_EQ(as_text(table->row(1).raw), "\xD5\xC5\xC8\xFD,1") << "raw bytes are those of the file";
}

TEST(Csv, FourByteCharactersOfGb18030AreConverted) {
  // U+20000, 𠀀: 95 32 82 36. Its second and fourth bytes are digits in ASCII.
  const auto table = read("\xD0\xD5\n\x95\x32\x82\x36\n", Encoding::gb18030);
  ASSERT_TRUE(table);
  EXPECT_EQ(cell(*table, 1, 0), "𠀀");
}

TEST(Csv, AnotherEncodingIsRefusedWithTheOneToTry) {
  const auto table = read(kGb);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Errc::invalid_argument);
  EXPECT_NE(table.error().detail.find("--encoding gb18030"), std::string::npos);
}

TEST(Csv, Utf8IsNotReadAsGb18030IntoOtherCharacters) {
  const auto table = read("姓名,电话\n张三,1\n", Encoding::gb18030);
  ASSERT_FALSE(table) << "it would give characters that nobody wrote";
  EXPECT_NE(table.error().detail.find("UTF-8"), std::string::npos);
}

TEST(Csv, Utf16IsRefusedWithWhatToDo) {
  const auto table = read(std::string_view("\xFF\xFE\x41\x00", 4));
  ASSERT_FALSE(table);
  EXPECT_NE(table.error().detail.find("CSV UTF-8"), std::string::npos);
}

TEST(Csv, ACellWithBrokenBytesIsOneBrokenCell) {
  const auto table = read("姓名,备注\n张三,好\n李\xE5\x9B,好\n王五,好\n");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->cell(table->row(2), 0).kind, CellKind::broken);
  EXPECT_EQ(cell(*table, 2, 0), "李\xE5\x9B") << "the bytes are kept for quarantine";
  EXPECT_EQ(table->cell(table->row(2), 1).kind, CellKind::text);
}

TEST(Csv, ABrokenCellOfGb18030IsFoundAtTheEndOfTheCell) {
  // A lead byte before the separator.
  const auto table =
      read("\xD0\xD5\xC3\xFB,b\n\xD5\xC5\xC8,1\n\xC0\xEE,2\n\xC0\xEE,2\n", Encoding::gb18030);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->cell(table->row(1), 0).kind, CellKind::broken);
  EXPECT_EQ(cell(*table, 1, 1), "1") << "no separator is swallowed";
}

TEST(Csv, ACellAboveTheLimitIsRefused) {
  const std::string large(limits::kImportCellBytesMax + 1, 'x');
  const auto table = read("a,b\n" + large + ",1\n");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Errc::too_large);
  EXPECT_FALSE(read("a\n\"" + large + "\"\n"));
  const auto wide = read(std::string(limits::kImportColumnsMax, ','));
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace houniao::importing
