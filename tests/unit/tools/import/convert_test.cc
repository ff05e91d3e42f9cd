// Texts, numbers and dates out of cells: what is damaged or not certain gives a reason, never a
// guess.
#include <gtest/gtest.h>

#include "tools/import/clean.h"
#include "tools/import/convert.h"
#include "tools/import/dates.h"

namespace houniao::importing {
namespace {

Cell text(std::string_view text) { return {CellKind::text, text, {}, 0}; }
Cell number(std::string_view text) { return {CellKind::number, text, {}, 0}; }

DateRule dates(std::initializer_list<const char*> formats, Edge edge = Edge::none) {
  DateRule out;
  for (const char* format : formats) {
    auto parsed = DateFormat::parse(format);
    if (parsed) out.formats.push_back(std::move(*parsed));
  }
  out.edge = edge;
  return out;
}

std::string day(std::string_view cell, const DateRule& rule) {
  const auto out = to_date(text(cell), rule);
  return out ? to_string(*out) : std::string(row_of(out.error()).name);
}

std::string money(std::string_view cell) {
  const auto out = to_money(text(cell), 100, "元");
  if (!out) return std::string(row_of(out.error()).name);
  return (out->negative ? "-" : "") + std::to_string(out->magnitude);
}

TEST(CleanText, WhiteSpaceAtTheEndsIsNoContent) {
  EXPECT_EQ(clean_text(text("\u3000 张三\u00A0\t"), {}).value(), "张三");
  EXPECT_EQ(clean_text(text(" \u3000 "), {}).value(), "");
}

TEST(CleanText, DamageIsNamed) {
  const std::pair<std::string_view, Dirt> kCases[] = {
      {"张\uFFFD", Dirt::replacement_character},
      {"锟斤拷", Dirt::replacement_character},
      {std::string_view("a\0b", 3), Dirt::control_character},
      {"a\x07", Dirt::control_character},
      {"a\u0085", Dirt::control_character},
      {"a\nb", Dirt::control_character},
      {"a\u200Bb", Dirt::invisible_character},
      {"a\u202Eb", Dirt::invisible_character},
      {"a\uE123", Dirt::private_character},
      {"201111月活动", Dirt::lost_year_mark},
      {"20144月", Dirt::lost_year_mark},
  };
  for (const auto& [cell, dirt] : kCases) {
    const auto out = clean_text(text(cell), {});
    ASSERT_FALSE(out) << row_of(dirt).name;
    EXPECT_EQ(row_of(out.error()).name, row_of(dirt).name);
  }
  EXPECT_EQ(clean_text({CellKind::broken, "\xE5", {}, 0}, {}).error(), Dirt::broken_bytes);
  EXPECT_EQ(clean_text({CellKind::error, "#REF!", {}, 0}, {}).error(), Dirt::error_value);
  EXPECT_EQ(clean_text({CellKind::formula, "", {}, 0}, {}).error(), Dirt::formula_without_value);
  EXPECT_EQ(clean_text({CellKind::date, "40000", Day{1}, 0}, {}).error(), Dirt::wrong_cell_kind);
}

TEST(CleanText, AnErrorOfAFormulaIsNoTextWhateverTheColumnHolds) {
  for (const char* error : {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!",
                            "#REF! ", "\u3000#N/A\t", "＃N/A"}) {
    const Cell cell = text(error);
    EXPECT_EQ(clean_text(cell, {}).error(), Dirt::error_value) << error;
    EXPECT_EQ(to_whole(cell).error(), Dirt::error_value) << error;
    EXPECT_EQ(to_money(cell, 100, "元").error(), Dirt::error_value) << error;
    EXPECT_EQ(to_date(cell, dates({"YYYY-MM-DD"})).error(), Dirt::error_value) << error;
    EXPECT_EQ(to_boolean(cell).error(), Dirt::error_value) << error;
  }
  for (const char* honest : {"#3楼", "#", "见#REF!", "N/A"}) {
    EXPECT_TRUE(clean_text(text(honest), {})) << honest;
  }
}

TEST(CleanText, WordsThatSayThatThereIsNoneAreKnown) {
  for (const char* word : {"N/A", "n/a", "Ｎ／Ａ", "NULL", "null", "-", "--", "——", "/", "无"}) {
    EXPECT_TRUE(is_no_content(word)) << word;
  }
  for (const char* content : {"无锡", "a-b", "Nullmann", "#3楼", "0"}) {
    EXPECT_FALSE(is_no_content(content)) << content;
  }
  for (const char* word : {"N/A", "null", "#12"}) EXPECT_TRUE(is_no_name(word)) << word;
  for (const char* name : {"无", "吴", "Na"}) EXPECT_FALSE(is_no_name(name)) << name;
}

TEST(CleanText, HonestTextsPass) {
  for (const char* cell : {"2011年11月", "共12000月票", "何时？", "𠀀", "a?b", "11月"}) {
    EXPECT_TRUE(clean_text(text(cell), {})) << cell;
  }
  EXPECT_TRUE(clean_text(text("一\r\n二\n三"), {.multiline = true}));
  EXPECT_FALSE(clean_text(text("一\r二"), {.multiline = true})) << "a lone CR is no line end";
}

TEST(CleanText, ANameWithAQuestionMarkWasACharacter) {
  const TextRule name{.check = Check::name};
  for (const char* cell : {"张?", "？盁羲", "李□", "王〓"}) {
    EXPECT_EQ(clean_text(text(cell), name).error(), Dirt::unreadable_name) << cell;
  }
  EXPECT_TRUE(clean_text(text("买买提·阿不都"), name));
}

TEST(CleanText, ChecksOfNumbersAreThoseOfTheStandards) {
  const TextRule id{.fold = true, .check = Check::resident_id};
  EXPECT_EQ(clean_text(text("１１０１０５１９４９１２３１００２ｘ"), id).value(),
            "11010519491231002x");
  EXPECT_EQ(clean_text(text("110105194912310021"), id).error(), Dirt::id_checksum);
  EXPECT_EQ(clean_text(text("13800138000"), {.check = Check::mobile}).value(), "13800138000");
  EXPECT_EQ(clean_text(text("0756-222222"), {.check = Check::mobile}).error(), Dirt::phone_shape);
  EXPECT_EQ(clean_text(text("91110000100000002X"), {.check = Check::uscc}).error(),
            Dirt::code_checksum);
}

TEST(CleanText, AnIdNumberThatWasTypedAsANumberHasLostItsEnd) {
  EXPECT_EQ(clean_text(number("1.10105194912310e+17"), {}).error(), Dirt::number_lost_digits);
  EXPECT_EQ(clean_text(number("13800138000"), {}).value(), "13800138000");
}

TEST(CleanText, TextsAboveTheLimitAreRefused) {
  EXPECT_EQ(clean_text(text(std::string(9'000, 'x')), {}).error(), Dirt::too_long);
}

TEST(Dates, EachFormatReadsItsOwnFormOnly) {
  EXPECT_EQ(day("2014-03-05", dates({"YYYY-MM-DD"})), "2014-03-05");
  EXPECT_EQ(day("2014-3-5", dates({"YYYY-MM-DD"})), "date_unreadable");
  EXPECT_EQ(day("2014/3/5", dates({"YYYY-MM-DD", "YYYY/M/D"})), "2014-03-05");
  EXPECT_EQ(day("2014年3月15日", dates({"YYYY年M月D日"})), "2014-03-15");
  EXPECT_EQ(day("20140305", dates({"YYYYMMDD"})), "2014-03-05");
  EXPECT_EQ(day("２０１４．３．５", dates({"YYYY.M.D"})), "2014-03-05") << "full width";
  EXPECT_EQ(day("2014-03-05 ", dates({"YYYY-MM-DD"})), "2014-03-05");
  EXPECT_EQ(day("2014-03-05x", dates({"YYYY-MM-DD"})), "date_unreadable");
}

TEST(Dates, NothingIsGuessed) {
  EXPECT_EQ(day("201111月", dates({"YYYY年M月"}, Edge::first)), "lost_year_mark");
  EXPECT_EQ(day("20144月", dates({"YYYY年M月D日"})), "lost_year_mark");
  EXPECT_EQ(day("2015年2月29日", dates({"YYYY年M月D日"})), "date_impossible");
  EXPECT_EQ(day("2015-00-10", dates({"YYYY-MM-DD"})), "date_impossible");
  EXPECT_EQ(day("2015-10-00", dates({"YYYY-MM-DD"})), "date_impossible");
  EXPECT_EQ(day("2015-13-01", dates({"YYYY-MM-DD"})), "date_impossible");
  EXPECT_EQ(day("3/4/2014", dates({"M/D/YYYY", "D/M/YYYY"})), "date_ambiguous");
  EXPECT_EQ(day("4/4/2014", dates({"M/D/YYYY", "D/M/YYYY"})), "2014-04-04");
  EXPECT_EQ(to_date(number("41703"), dates({"YYYY-MM-DD"})).error(), Dirt::date_unreadable)
      << "a number is a date only where the mapping says so";
}

TEST(Dates, DaysBefore1900AreSlipsUnlessTheMappingAsksForThem) {
  EXPECT_EQ(kEarliestDay, to_day({1900, 1, 1}));
  DateRule rule = dates({"YYYY年M月D日", "YYYY-MM-DD"});
  EXPECT_EQ(day("0000年1月1日", rule), "date_impossible");
  EXPECT_EQ(day("0000-01-01", rule), "date_impossible");
  EXPECT_EQ(day("0001-01-01", rule), "date_too_early");
  EXPECT_EQ(day("1899-12-31", rule), "date_too_early");
  EXPECT_EQ(day("1900-01-01", rule), "1900-01-01");
  const Cell cell{CellKind::date, "1850-01-01", to_day({1850, 1, 1}), 0};
  EXPECT_EQ(to_date(cell, rule).error(), Dirt::date_too_early);
  rule.from = to_day({1850, 1, 1});
  EXPECT_EQ(to_date(cell, rule).value(), to_day({1850, 1, 1}));
  EXPECT_EQ(day("1849-12-31", rule), "date_too_early");
}

TEST(Dates, AMonthStandsForTheDayThatTheMappingNames) {
  EXPECT_EQ(day("2016年2月", dates({"YYYY年M月"}, Edge::first)), "2016-02-01");
  EXPECT_EQ(day("2016年2月", dates({"YYYY年M月"}, Edge::last)), "2016-02-29");
  EXPECT_EQ(day("2015年", dates({"YYYY年"}, Edge::last)), "2015-12-31");
}

TEST(Dates, FormatsThatCouldBeReadInTwoWaysAreRefused) {
  for (const char* format : {"MM-DD", "YYYYMD", "YYYYM月", "YY-MM-DD", "YYYY-DD", "YYYY-M-M",
                             "YYYYY", "YYYY-MMM", "2014-MM-DD", ""}) {
    EXPECT_FALSE(DateFormat::parse(format)) << format;
  }
}

TEST(Dates, DateCellsNeedNoFormatAndBoundsHoldForAll) {
  DateRule rule = dates({"YYYY-MM-DD"});
  rule.from = to_day({2010, 1, 1});
  rule.to = to_day({2019, 12, 31});
  const Cell cell{CellKind::date, "41703.5", to_day({2014, 3, 5}), 43'200};
  EXPECT_EQ(to_date(cell, rule).value(), to_day({2014, 3, 5}));
  EXPECT_EQ(to_date(text("2009-12-31"), rule).error(), Dirt::out_of_range);
  EXPECT_EQ(to_minute(cell).value(), 720);
  EXPECT_EQ(to_date({CellKind::date, "0.5", kNoDay, 43'200}, rule).error(), Dirt::date_impossible);
}

TEST(Dates, SerialNumbersFollowTheSpreadsheet) {
  EXPECT_EQ(to_string(day_of_serial(1, false).value()), "1900-01-01");
  EXPECT_EQ(to_string(day_of_serial(59, false).value()), "1900-02-28");
  EXPECT_FALSE(day_of_serial(60, false)) << "29 February 1900 never was";
  EXPECT_EQ(to_string(day_of_serial(61, false).value()), "1900-03-01");
  EXPECT_EQ(to_string(day_of_serial(41'703, false).value()), "2014-03-05");
  EXPECT_EQ(to_string(day_of_serial(0, true).value()), "1904-01-01");
  EXPECT_EQ(to_string(day_of_serial(40'241, true).value()), "2014-03-05");
  EXPECT_FALSE(day_of_serial(2'958'466, false));
  DateRule rule;
  rule.excel_serial = true;
  EXPECT_EQ(to_date(number("41703"), rule).value(), to_day({2014, 3, 5}));
}

TEST(Minutes, TimesOfDayAreRead) {
  const std::pair<const char*, int> kTimes[] = {
      {"9:30", 570}, {"09:30", 570}, {"23:59:59", 1439}, {"9时5分", 545}, {"0:00", 0}};
  for (const auto& [cell, minute] : kTimes) {
    EXPECT_EQ(to_minute(text(cell)).value(), minute) << cell;
  }
  for (const char* cell : {"9", "9:3", "09:30:99", "上午", "9时", "9:30x"}) {
    EXPECT_EQ(to_minute(text(cell)).error(), Dirt::time_unreadable) << cell;
  }
  EXPECT_EQ(to_minute(text("24:00")).error(), Dirt::out_of_range);
}

TEST(Numbers, WholeNumbersAreExactAndCommasOnlyGroup) {
  EXPECT_EQ(to_whole(text("1,234,567"))->magnitude, 1'234'567U);
  EXPECT_EQ(to_whole(text("-5"))->magnitude, 5U);
  EXPECT_TRUE(to_whole(text("-5"))->negative);
  EXPECT_EQ(to_whole(text("１２"))->magnitude, 12U);
  EXPECT_EQ(to_whole(number("12.0"))->magnitude, 12U);
  for (const char* cell : {"12.5", "1,23", "1,2345", ",123", "约12", "12人", "", "1e5", "--1"}) {
    EXPECT_EQ(to_whole(text(cell)).error(), Dirt::integer_unreadable) << cell;
  }
  EXPECT_EQ(to_whole(text("18446744073709551616")).error(), Dirt::out_of_range);
}

TEST(Numbers, DecimalsAreScaledWithoutRounding) {
  EXPECT_EQ(to_scaled(text("1.5"), 60)->magnitude, 90U);
  EXPECT_EQ(to_scaled(text("0.1"), 60)->magnitude, 6U);
  EXPECT_EQ(to_scaled(text("1.01"), 60).error(), Dirt::too_precise);
  EXPECT_EQ(to_scaled(text("0.333333333333333"), 60).error(), Dirt::too_precise);
  EXPECT_EQ(to_scaled(text("9999999999999999999"), 100).error(), Dirt::out_of_range);
  EXPECT_EQ(to_scaled(text("1.5小时"), 60).error(), Dirt::decimal_unreadable);
}

TEST(Numbers, MoneyIsFen) {
  EXPECT_EQ(money("1234.5"), "123450");
  EXPECT_EQ(money("￥1,234.50"), "123450");
  EXPECT_EQ(money("1234.5元"), "123450");
  EXPECT_EQ(money("-0.01"), "-1");
  EXPECT_EQ(money("-￥3"), "-300");
  EXPECT_EQ(money("0.001"), "too_precise");
  EXPECT_EQ(money("20万元"), "money_unreadable") << "the mapping says that the unit is 元";
  EXPECT_EQ(money("约200"), "money_unreadable");
  EXPECT_EQ(money("-￥-3"), "money_unreadable");
  EXPECT_EQ(to_money(text("20.5万元"), 1'000'000, "万元")->magnitude, 20'500'000U);
}

TEST(ShortForms, YesNoIdsAndHexAreRead) {
  EXPECT_TRUE(to_boolean(text("是")).value());
  EXPECT_FALSE(to_boolean(text("否")).value());
  EXPECT_TRUE(to_boolean({CellKind::boolean, "1", {}, 0}).value());
  EXPECT_EQ(to_boolean(text("√")).error(), Dirt::boolean_unreadable);
  EXPECT_EQ(to_id(text("2-7"))->value, (std::uint64_t{2} << 32) + 7);
  EXPECT_EQ(to_id(text("7")).error(), Dirt::id_unreadable);
  EXPECT_EQ(to_bytes_of_hex(text("00ff")).value(), (Bytes{0, 255}));
  EXPECT_EQ(to_bytes_of_hex(text("0g")).error(), Dirt::hex_unreadable);
}

TEST(Reasons, EachIsExplainedInBothLanguages) {
  for (const DirtRow& row : kDirt) {
    EXPECT_FALSE(row.zh.empty()) << row.name;
    EXPECT_FALSE(row.en.empty()) << row.name;
    EXPECT_EQ(&row_of(row.dirt), &row);
  }
}

}  // namespace
}  // namespace houniao::importing
