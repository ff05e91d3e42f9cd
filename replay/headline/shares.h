// Shares of a whole, in per cent: 三分之二, 1/4, 九成八. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "replay/headline/numerals.h"

namespace houniao {

struct ShareAt {
  std::size_t end = 0;            // of all that belongs to it, understood or not
  std::optional<Numeral> number;  // in per cent; none when it is not understood
};

// Of a fraction whose first numeral starts at `at`; 分之 or / and a digit stand behind it. A slash
// between numbers that are no part and whole makes a date or a ratio, which is not understood.
ShareAt read_fraction(std::u32string_view text, std::size_t at, const Numeral& first);
// Of tenths: `numeral` starts at `at`, and 成 ends at `end`. A digit behind 成 is hundredths.
ShareAt read_tenths(std::u32string_view text, std::size_t at, Numeral numeral, std::size_t end);

}  // namespace houniao
