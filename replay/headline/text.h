// A text of the press as the headline checker reads it: code points, folded so that writings of the
// same thing compare equal, with the place of each in the text as it was given. The text is
// untrusted. Values; pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"

namespace houniao {

// A part of a folded text: [from, to).
struct TextSpan {
  std::size_t from = 0;
  std::size_t to = 0;
  bool operator==(const TextSpan&) const = default;
};

// Full-width forms become ASCII, capitals small, traditional characters simplified. Spaces and
// what is not seen are left out, except between two letters or digits, where they keep numbers
// apart; line ends stay.
class FoldedText {
 public:
  // Fails with too_large, or with invalid_argument when the bytes are not UTF-8; the detail names
  // the first byte that is wrong.
  static Result<FoldedText> fold(std::string_view utf8,
                                 std::size_t bytes_max = limits::kHeadlineBytesMax);

  std::u32string_view chars() const { return chars_; }
  // Where the code point at `place` starts in the text as given; `place` may be the end.
  std::size_t byte_of(std::size_t place) const { return bytes_[place]; }
  // The words as given. Control characters are left out: the text may go to a terminal.
  std::string words(TextSpan span) const;

 private:
  std::string original_;
  std::u32string chars_;
  std::vector<std::uint32_t> bytes_;  // one more than chars_
};

// Sentences: up to and without 。！？；… or a line end. Empty ones are left out. A full stop or a
// single line end between two numerals ends none, for it may stand inside a number.
std::vector<TextSpan> split_sentences(std::u32string_view text);
// Whether a clause ends here: what stands on the other side says less about a number.
bool ends_clause(char32_t c);

bool is_ascii_digit(char32_t c);
bool is_ascii_letter(char32_t c);  // small ones: the text is folded
// A character that words are made of: Chinese, or an ASCII letter or digit.
bool is_word_char(char32_t c);

}  // namespace houniao
