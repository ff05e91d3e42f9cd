#include "replay/headline/shares.h"

#include "replay/headline/runs.h"
#include "replay/headline/units.h"

namespace houniao {
namespace {

using View = std::u32string_view;

constexpr std::int64_t kMilli = 1000;
// Of either side of a slash.
constexpr std::uint8_t kPartDigitsMax = 7;

char32_t at_of(View text, std::size_t at) { return at < text.size() ? text[at] : 0; }

ShareAt not_understood(View text, std::size_t at, std::size_t end) {
  return {end_of_run(text, at, end), std::nullopt};
}

// Per cent, to three places.
ShareAt share_of(Numeral part, std::int64_t whole_milli, std::size_t end) {
  const std::int64_t scaled = part.value_milli * 100 * kMilli;
  part.end = end;
  part.value_milli = part.upper_milli = scaled / whole_milli;
  part.decimals = part.value_milli % kMilli == 0 ? 0 : 3;
  if (scaled % whole_milli != 0) part.approximation = Approximation::about;
  return {end, part};
}

bool is_plain(const Numeral& numeral) {
  return numeral.power == 1 && numeral.decimals == 0 && !numeral.spelled &&
         numeral.approximation == Approximation::none && numeral.digits <= kPartDigitsMax;
}

// The digit at `at`, unless more of a number or a counting word follows it.
std::optional<std::int64_t> hundredths_at(View text, std::size_t at) {
  const auto digit = read_numeral(text, at);
  if (!digit || digit->end != at + 1 || is_power(text[at]) || find_unit(text, at + 1)) return {};
  if (digit->value_milli >= 10 * kMilli || end_of_run(text, at, at + 1) > at + 1) return {};
  return digit->value_milli / kMilli;
}

}  // namespace

ShareAt read_fraction(View text, std::size_t at, const Numeral& first) {
  const bool slash = at_of(text, first.end) == '/';
  const std::size_t next = first.end + (slash ? 1 : 2);
  const auto second = read_numeral(text, next);
  if (!second) return not_understood(text, at, next);
  const Numeral& part = slash ? first : *second;
  const Numeral& whole = slash ? *second : first;
  const bool fraction = slash ? is_plain(part) && is_plain(whole) &&
                                    part.value_milli < whole.value_milli &&
                                    !find_unit(text, second->end)
                              : whole.value_milli > 0 && part.value_milli <= kNumeralMax;
  if (!fraction) return not_understood(text, at, second->end);
  return share_of(part, whole.value_milli, second->end);
}

ShareAt read_tenths(View text, std::size_t at, Numeral numeral, std::size_t end) {
  numeral.value_milli *= 10;
  numeral.upper_milli *= 10;
  if (numeral.decimals > 0) --numeral.decimals;
  numeral.end = end;
  const char32_t next = at_of(text, end);
  const bool half = next == U'半';
  if (half || starts_numeral(text, end)) {
    const auto hundredths = half ? std::optional<std::int64_t>(5) : hundredths_at(text, end);
    const bool whole_tenths = numeral.value_milli % (10 * kMilli) == 0 &&
                              numeral.upper_milli == numeral.value_milli &&
                              numeral.approximation == Approximation::none;
    if (!hundredths || !whole_tenths) return not_understood(text, at, end);
    numeral.value_milli += *hundredths * kMilli;
    numeral.upper_milli = numeral.value_milli;
    numeral.end = end + 1;
  } else if (next == U'多' || next == U'余') {
    numeral.approximation = Approximation::more;
    numeral.end = end + 1;
  }
  return {numeral.end, numeral};
}

}  // namespace houniao
