// Dates, phrases and service numbers that look like counts: where they end, so that they can be set
// aside. All take a folded text that ends with the sentence. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "replay/headline/numerals.h"
#include "replay/headline/units.h"

namespace houniao {

// Of 2016-01-26, 2016.1.26 or 2016-2017年 that starts at `at`; `at` itself when there is none.
std::size_t end_of_written_date(std::u32string_view text, std::size_t at);
// Of the rest of a date, 8月1日 behind 2014年.
std::size_t end_of_date(std::u32string_view text, std::size_t at);
// Of a phrase that begins like a count: 一次性, 这两(个), 新一(届), 一人(一档). `at` itself when
// the numeral there counts. The sentence starts at `from`.
std::size_t end_of_phrase(std::u32string_view text, std::size_t from, std::size_t at,
                          const Numeral& numeral);
// Whether the digits at `at` are a number to call: 热线12355, 12345热线, 拨打12348. One with a
// counting word behind it counts: 热线1200次.
bool is_service_number(std::u32string_view text, std::size_t from, std::size_t at,
                       const Numeral& numeral);
// Whether a minus stands right before `at`. `behind` is where the number before ends: a sign there
// is the dash of a range.
bool is_below_zero(std::u32string_view text, std::size_t from, std::size_t behind, std::size_t at);
// The end of 三、四百 or 两、三个, of which each half alone says something else; `end` when the
// numeral read up to there is no such half.
std::size_t end_of_two_digits(std::u32string_view text, std::size_t from, std::size_t at,
                              const Numeral& numeral);
// Of 三个半 or 三个多月: lengths of time that go on behind 个. The end of `unit` otherwise.
std::size_t end_of_time_with_more(std::u32string_view text, const UnitAt& unit);
// Behind 十九届: 四中全会. The whole is a name.
bool is_session_of_congress(std::u32string_view text, std::size_t at);

}  // namespace houniao
