// Where a numeral ends that is not understood as a whole: the run of all characters that may belong
// to it. A run is set aside whole, for a part of it is another number: 900 of 1 900, 百 of Ⅸ百, 10
// of 10². Pure; any thread.
//
// A run is made of numerals, of characters that stand for numbers without being understood (every
// digit, letter and other number of Unicode that is not ASCII or a Chinese numeral, and the Chinese
// ones that are rare), and of whatever joins two of them. Only what is known to stand next to a
// numeral without changing it ends a run: Chinese words, letters and punctuation.
#pragma once

#include <cstddef>
#include <string_view>

namespace houniao {

// The end of the characters behind a numeral that starts at `at` and was read up to `end` which go
// on like a numeral without being understood: 5 of 3万5多, ,34 of 12,34, ² of 10². `end` when there
// are none.
std::size_t end_of_run(std::u32string_view text, std::size_t at, std::size_t end);

// The end of the run that starts at `at` when something in it is never understood: 1 900, Ⅸ百,
// 2×900, ½, ≈900. `at` itself when a numeral may be read there, or nothing starts there.
std::size_t end_of_foreign_run(std::u32string_view text, std::size_t at);

// Of 半 at `at`, behind a counting word: 3场半. `at` itself when there is none, or it begins a word
// (半年, 半价).
std::size_t end_of_half(std::u32string_view text, std::size_t at);

}  // namespace houniao
