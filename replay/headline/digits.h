// The characters that numerals are made of, and what they stand for. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace houniao {

// Of the digits that cannot be taken for anything else; -1 for none.
int digit_of(char32_t c);
// The digit at a place, financial ones (壹 贰) included; -1 for none.
int digit_at(std::u32string_view text, std::size_t at);
// 10 of 十 and 拾; 0 for none.
std::int64_t power_of(char32_t c);
// 廿 卅 卌 are a digit and 十 in one: 2 of 廿; 0 for none.
int tens_of(char32_t c);

// Whether a digit or a power stands at `at`. Those financial numerals that are words of their own
// (伍 of 队伍, 参 of 参加) count only among other numerals.
bool starts_numeral(std::u32string_view text, std::size_t at);
// 〇 to 九, 两, 壹 to 玖
bool is_chinese_digit(std::u32string_view text, std::size_t at);
bool is_power(char32_t c);  // 十 百 千 万 亿, 拾 佰 仟

}  // namespace houniao
