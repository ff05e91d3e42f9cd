// Dates and phrases that look like counts: where they end, so that they can be set aside. All take
// a folded text that ends with the sentence. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "replay/headline/numerals.h"

namespace houniao {

// Of 2016-01-26, 2016.1.26 or 2016-2017年 that starts at `at`; `at` itself when there is none.
std::size_t end_of_written_date(std::u32string_view text, std::size_t at);
// Of the rest of a date, 8月1日 behind 2014年.
std::size_t end_of_date(std::u32string_view text, std::size_t at);
// Of a phrase that begins like a count: 一次性, 这两(个), 新一(届), 一人(一档). `at` itself when
// the numeral there counts. The sentence starts at `from`.
std::size_t end_of_phrase(std::u32string_view text, std::size_t from, std::size_t at,
                          const Numeral& numeral);
// Behind 十九届: 四中全会. The whole is a name.
bool is_session_of_congress(std::u32string_view text, std::size_t at);

}  // namespace houniao
