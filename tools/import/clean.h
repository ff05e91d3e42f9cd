// Texts out of cells: damage is found here, and never repaired. What is lossless is done (white
// space at the ends, full-width digits and letters of forms that are typed in Chinese); everything
// else keeps the row out. Pure.
#pragma once

#include <string>
#include <string_view>

#include "tools/import/dirt.h"
#include "tools/import/table.h"

namespace houniao::importing {

// What a text must be, beyond undamaged.
enum class Check : std::uint8_t {
  none,
  resident_id,        // GB 11643, with its check character
  uscc,               // GB 32100
  organisation_code,  // GB 11714
  mobile,             // 11 digits, from 1
  name,               // of a person: no question marks or boxes where characters were
};

struct TextRule {
  bool multiline = false;  // line ends are allowed
  bool fold = false;       // full-width ASCII becomes ASCII
  Check check = Check::none;
  std::size_t bytes_max = 0;  // 0: limits::kTextBytesMax
};

// The text of a cell without white space at its ends. A number is its decimal form; a date or a
// yes-or-no of a workbook has no text that is certain (wrong_cell_kind). "#REF!" and its like are
// errors of a formula also where the file says that they are texts, as every CSV file does.
Clean<std::string> clean_text(const Cell& cell, const TextRule& rule);
// The same for a number, date or code: folded, one line.
Clean<std::string> plain_text(const Cell& cell);

// Damage in a text that is valid UTF-8; nullopt when there is none.
std::optional<Dirt> find_damage(std::string_view text, bool multiline);
// Whether a text only says that there is none, as N/A, null, - and 无 do.
bool is_no_content(std::string_view text);
// Whether it cannot be a name even where there need be none: N/A, null, # and whatever follows.
bool is_no_name(std::string_view text);
// Whether digits that begin with a year run straight into 月, as in "201111月".
bool has_lost_year_mark(std::string_view text);

// Without ASCII, no-break and ideographic spaces at the ends.
std::string_view trim(std::string_view text);
// U+FF01..U+FF5E become ASCII, the ideographic space a space.
std::string fold_width(std::string_view text);
// A..Z become a..z.
std::string lower_ascii(std::string text);

}  // namespace houniao::importing
