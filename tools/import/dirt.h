// What can be wrong with a row: one line per reason, with what to do in Chinese and English. A row
// with any of these is not recorded but put into quarantine, whole; nothing is ever guessed.
// Constant data and plain values; any thread.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace houniao::importing {

// name, what to do (Chinese), what to do (English)
#define HOUNIAO_DIRT(X)                                                                           \
  X(broken_bytes, "字节不符合所选编码；请核对原件后重录",                                         \
    "bytes that the encoding does not allow; type it again from the original")                    \
  X(replacement_character, "文字在转码时已丢失（替换符或“锟斤拷”）；请核对原件后重录",            \
    "characters were lost in an earlier conversion; type them again from the original")           \
  X(control_character, "含控制字符；请删除后重新导出",                                            \
    "a control character; remove it and export again")                                            \
  X(invisible_character, "含不可见字符；请删除后重新导出",                                        \
    "an invisible character; remove it and export again")                                         \
  X(private_character, "含自造字；请换成标准字",                                                  \
    "a character of private use; replace it by a standard one")                                   \
  X(lost_year_mark, "年月之间缺“年”字，无法断定日期；请核对原件",                                 \
    "the mark between year and month is lost, so the date is not certain; look at the original")  \
  X(unreadable_name, "姓名含问号或方框，字已损坏；请核对原件",                                    \
    "a name with a question mark or a box where a character was; look at the original")           \
  X(bad_quotes, "引号不成对，无法分列；请重新导出",                                               \
    "quotation marks that do not pair, so the columns are not certain; export again")             \
  X(column_count, "列数与表头不同；请检查分隔符与引号",                                           \
    "not as many columns as the header has; check separators and quotation marks")                \
  X(error_value, "单元格为公式错误值；请修正公式",                                                \
    "the cell shows an error of its formula; correct the formula")                                \
  X(formula_without_value, "公式没有保存计算结果；请用表格软件打开并保存一次",                    \
    "a formula whose result is not stored; open the file in the spreadsheet program and save it") \
  X(wrong_cell_kind, "单元格类型与字段不符；请改为文本或按映射的类型",                            \
    "the kind of the cell does not fit the field; make it text, or what the mapping asks for")    \
  X(number_lost_digits, "数字超过15位，末位已丢失；请改为文本后重录",                             \
    "a number of more than 15 digits, whose last ones are lost; type it again as text")           \
  X(required_empty, "必填项为空；请补全", "empty, but needed; complete it")                       \
  X(filler_word, "应填内容处只有“N/A”“无”之类的占位词；请补全",                                   \
    "a filler word such as N/A or - where a content is needed; complete it")                      \
  X(key_empty, "行的编号为空；请补全", "what names the row is empty; complete it")                \
  X(duplicate_key, "编号与本表另一行相同；请核对是否重复",                                        \
    "another row of this sheet has the same key; check for a duplicate")                          \
  X(key_taken, "编号已导入过，但内容不同；请用更正事件修改",                                      \
    "a row with this key was imported before with other content; correct that one by an event")   \
  X(reference_unknown, "所指的行不存在或未能导入；请先导入该行",                                  \
    "names a row that is not there or was not imported; import that one first")                   \
  X(code_unknown, "不在映射的代码表内；请补充代码表或更正",                                       \
    "not in the list of codes; add it to the mapping or correct it")                              \
  X(integer_unreadable, "不是整数；请更正", "not a whole number; correct it")                     \
  X(decimal_unreadable, "不是数字；请更正", "not a number; correct it")                           \
  X(money_unreadable, "不是金额；请写成如 1234.50", "not an amount; write it as 1234.50")         \
  X(too_precise, "小数位过多，无法换算成整数单位；请核对",                                        \
    "too many decimals for a whole number of units; check it")                                    \
  X(out_of_range, "超出允许范围；请核对", "outside the range that is allowed; check it")          \
  X(date_unreadable, "不符合映射所列的日期格式；请更正",                                          \
    "not in any of the mapping's date formats; correct it")                                       \
  X(date_impossible, "日期不存在；请核对原件", "no such date; look at the original")              \
  X(date_too_early, "日期早于1900年；请核对原件，确实如此则在映射中用 from 放宽",                 \
    "a date before 1900; look at the original, or allow it with \"from\" in the mapping")         \
  X(date_ambiguous, "按所列格式有多种解释；请写明年月日",                                         \
    "two of the mapping's formats read it differently; write the date in full")                   \
  X(time_unreadable, "不是时刻；请写成如 09:30", "not a time of day; write it as 09:30")          \
  X(boolean_unreadable, "不是“是/否”；请更正", "neither yes nor no; correct it")                  \
  X(id_unreadable, "不是编号；请写成如 2-7", "not an id; write it as 2-7")                        \
  X(hex_unreadable, "不是十六进制；请更正", "not hexadecimal; correct it")                        \
  X(id_checksum, "身份证号校验不通过；请核对证件",                                                \
    "the check digit of the id number does not fit; look at the document")                        \
  X(sex_mismatch, "性别与身份证号所示不符；请核对证件",                                           \
    "the sex is not the one that the id number shows; look at the document")                      \
  X(code_checksum, "机构代码校验不通过；请核对证照",                                              \
    "the check character of the organisation's code does not fit; look at the certificate")       \
  X(phone_shape, "不是手机号；请核对", "not a mobile number; check it")                           \
  X(too_long, "文字过长；请缩短", "too long; shorten it")                                         \
  X(row_too_large, "整行内容过多；请拆分", "too much for one event; split the row")

enum class Dirt : std::uint8_t {
#define X(name, zh, en) name,
  HOUNIAO_DIRT(X)
#undef X
};

struct DirtRow {
  Dirt dirt;
  std::string_view name;
  std::string_view zh;
  std::string_view en;
};
inline constexpr DirtRow kDirt[] = {
#define X(name, zh, en) {Dirt::name, #name, zh, en},
    HOUNIAO_DIRT(X)
#undef X
};
inline constexpr std::size_t kDirtKinds = sizeof kDirt / sizeof *kDirt;
constexpr const DirtRow& row_of(Dirt dirt) { return kDirt[static_cast<std::size_t>(dirt)]; }

// A value out of a cell, or why there is none.
template <class T>
using Clean = boost::system::result<T, Dirt>;
// Required by boost::system::result for value() on an error.
[[noreturn]] void throw_exception_from_error(Dirt dirt, const boost::source_location&);

// What is wrong and in which column (0-based; none when it concerns the whole row). Never the
// content.
struct Problem {
  Dirt dirt = Dirt::broken_bytes;
  std::optional<std::size_t> column;
  std::uint32_t other_row = 0;  // of duplicate_key and key_taken: the row that was first
};

}  // namespace houniao::importing
