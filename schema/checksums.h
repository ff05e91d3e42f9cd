// Check digits of the identifiers that Chinese administration uses. Pure functions over ASCII text;
// they say whether a number is well formed, never whether it was issued.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace houniao {

// GB 11643 citizen identification number, 18 characters: region (GB/T 2260 of the time of issue),
// birth date, sequence (odd for male, even for female), check character (MOD 11-2; 'X' for 10).
struct ResidentId {
  std::uint32_t region = 0;
  CivilDate birth;
  bool male = false;
};
// The parts when length, birth date and check character are right; a lower-case x is accepted.
std::optional<ResidentId> parse_resident_id(std::string_view id);
// The check character for the first 17 digits, '\0' when they are not digits.
char resident_id_check(std::string_view first17);

// GB 32100 unified social credit code, 18 characters of 0-9A-Z without I O S V Z. Checks its own
// check character (MOD 31) and the organisation code inside it (GB 11714).
bool valid_uscc(std::string_view code);
char uscc_check(std::string_view first17);  // '\0' when malformed

// GB 11714 organisation code: eight characters and a check character, without the dash.
bool valid_organisation_code(std::string_view code9);
char organisation_code_check(std::string_view first8);  // '\0' when malformed

// Form under which a number is hashed for the blind index: ASCII upper case, no white space, no
// dashes. Two ways to write one number give one index.
std::string normalise_number(std::string_view number);

}  // namespace houniao
