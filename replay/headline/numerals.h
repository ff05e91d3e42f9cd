// The value of a numeral as Chinese text writes it: 55450, 1,145, 2.5万, 3万5千, 500余万, 三百多,
// 一百二, 两三百, 二〇一六, 卅八, 伍佰贰拾贰. No floating point: values are in thousandths. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "replay/headline/digits.h"

namespace houniao {

// What stands inside or right behind the digits and makes them less than exact.
enum class Approximation : std::uint8_t {
  none,
  more,   // 多 余 几: 300多, 三百余, 十几
  about,  // 来: 三十来
  rough,  // a power without a digit of its own: 百余, 数十. An order of magnitude, not a number.
};

struct Numeral {
  std::size_t end = 0;  // of the text read
  std::int64_t value_milli = 0;
  std::int64_t upper_milli = 0;  // 两三百 is 200 to 300; otherwise as value_milli
  Approximation approximation = Approximation::none;
  std::uint8_t decimals = 0;  // as written, when no power follows
  std::uint8_t digits = 0;    // ASCII digits before the point
  bool spelled = false;       // Chinese characters only
  bool single = false;        // one character: 一, 十, 5
  bool bare_power = false;    // 十, 百, 千, 万 without a digit before it
  std::int64_t power = 1;     // of the last power read: 10000 of 2.5万
};

// Values of more than this are no counts that a programme could have.
inline constexpr std::int64_t kNumeralMax = 1'000'000'000'000;

// The numeral that starts at `at`; none when there is no numeral, or when its value is finer than
// thousandths or larger than kNumeralMax. An ASCII digit must not stand before `at`.
std::optional<Numeral> read_numeral(std::u32string_view text, std::size_t at);

}  // namespace houniao
