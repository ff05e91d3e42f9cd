// Characters that stand for numbers and are none that a headline is read by. Constant tables; pure;
// any thread.
#pragma once

namespace houniao {

// Of the categories Nd, Nl and No of Unicode, ASCII digits, their full-width forms and 〇 left out:
// ½ ² ① Ⅸ and the digits of other scripts.
bool is_number_char(char32_t c);
// May stand next to a numeral without being part of it: Chinese characters, ASCII, punctuation.
bool is_plain_neighbour(char32_t c);

}  // namespace houniao
