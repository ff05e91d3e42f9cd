#include "replay/headline/numerals.h"

#include <array>

#include "replay/headline/digits.h"
#include "replay/headline/text.h"
#include "replay/headline/units.h"

namespace houniao {
namespace {

using View = std::u32string_view;

// Wide enough for the largest numeral times the largest power, before the bound is checked.
__extension__ typedef __int128 Wide;

constexpr Wide kMilli = 1000;
constexpr Wide kMax = Wide{kNumeralMax} * kMilli;
constexpr std::size_t kDigitsMax = 13;
constexpr std::array<std::int64_t, 9> kTens = {1,       10,        100,        1'000,      10'000,
                                               100'000, 1'000'000, 10'000'000, 100'000'000};

char32_t at_of(View text, std::size_t at) { return at < text.size() ? text[at] : 0; }

class Reader {
 public:
  Reader(std::u32string_view text, std::size_t at) : text_(text), from_(at), at_(at) {}

  std::optional<Numeral> read() {
    while (!failed_ && step()) {
    }
    if (failed_ || at_ == from_) return std::nullopt;
    close();
    if (failed_ || upper_ > kMax) return std::nullopt;
    out_.end = at_;
    out_.single = at_ == from_ + 1;
    out_.value_milli = static_cast<std::int64_t>(value_);
    out_.upper_milli = static_cast<std::int64_t>(upper_);
    out_.spelled = out_.digits == 0;
    out_.bare_power = !digit_seen_;
    if (out_.bare_power && out_.approximation != Approximation::none) {
      // 十余 and 百余 say how many digits the number has; 一百余 says a number.
      out_.approximation = Approximation::rough;
    }
    return out_;
  }

 private:
  char32_t peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : 0;
  }
  bool started() const { return at_ > from_; }

  // Takes one piece; false when the numeral ends here.
  bool step() {
    const char32_t c = peek();
    if (is_ascii_digit(c)) return take_ascii();
    if (is_chinese_digit(text_, at_)) return take_spelled();
    if (tens_of(c) != 0) return take_tens();
    if (is_power(c)) return take_power();
    return started() && out_.approximation == Approximation::none && take_approximation();
  }

  // 55450  1,145  2.5
  bool take_ascii() {
    if (has_current_) return false;
    const std::size_t begin = at_;
    std::size_t end = begin;
    while (end < text_.size() && is_ascii_digit(text_[end])) ++end;
    take_groups(begin, end);
    const std::int64_t tail = started() ? power_of_tail(begin, end) : 1;
    if (tail == 0) return false;
    std::size_t digits = 0;
    mantissa_ = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (text_[i] == ',') continue;
      if (++digits > kDigitsMax) return fail();
      mantissa_ = mantissa_ * 10 + digit_of(text_[i]);
    }
    mantissa_ *= tail;
    decimals_ = 0;
    end = take_decimals(end);
    if (!started()) out_.digits = static_cast<std::uint8_t>(digits);
    at_ = end;
    digit_seen_ = true;
    set_current(mantissa_, mantissa_);
    return !failed_;
  }

  // What digits behind a power are multiplied with; 0 when they do not belong to it. A smaller
  // power goes on with them (3万5千), four fill the places of 万 (3万5000), and one stands for
  // thousands when it is counted (3万5册).
  std::int64_t power_of_tail(std::size_t begin, std::size_t end) const {
    const std::int64_t next = power_of(at_of(text_, end));
    if (next != 0) return next < out_.power ? 1 : 0;
    if (out_.power != 10'000 || out_.approximation != Approximation::none) return 0;
    const std::size_t digits = end - begin;
    if (digits == 4 && text_.substr(begin, digits).find(',') == View::npos) return 1;
    const auto unit = find_unit(text_, end);
    return digits == 1 && text_[begin] != '0' && unit && unit->unit.kind < UnitClass::duration
               ? 1'000
               : 0;
  }

  // Moves `end` over ",ddd" groups when the digits before are at most three.
  void take_groups(std::size_t begin, std::size_t& end) const {
    if (end - begin > 3 || text_[begin] == '0') return;
    while (end + 3 < text_.size() && text_[end] == ',' && is_ascii_digit(text_[end + 1]) &&
           is_ascii_digit(text_[end + 2]) && is_ascii_digit(text_[end + 3]) &&
           !(end + 4 < text_.size() && is_ascii_digit(text_[end + 4]))) {
      end += 4;
    }
  }

  std::size_t take_decimals(std::size_t end) {
    if (end + 1 >= text_.size() || text_[end] != '.' || !is_ascii_digit(text_[end + 1])) return end;
    ++end;
    while (end < text_.size() && is_ascii_digit(text_[end])) {
      if (++decimals_ >= kTens.size()) {
        fail();
        return end;
      }
      mantissa_ = mantissa_ * 10 + digit_of(text_[end++]);
    }
    return end;
  }

  // 三  三五百  二〇一六  零五 (after a power)
  bool take_spelled() {
    if (has_current_ || out_.digits > 0) return false;
    // 十五 is a number, 万一 is not.
    if (started() && !digit_seen_ && out_.power != 10) return false;
    std::size_t end = at_;
    while (is_chinese_digit(text_, end)) ++end;
    const std::size_t count = end - at_;
    if (count > kDigitsMax) return fail();
    Wide value = 0;
    bool two = false;  // 两 is no digit of a row
    for (std::size_t i = at_; i < end; ++i) {
      value = value * 10 + digit_at(text_, i);
      two = two || text_[i] == U'两';
    }
    // 两千零一十六 may be said 两千零十六.
    if (value == 0 && count == 1 && power_of(at_of(text_, end)) != 0) return take_zero();
    const int first = digit_at(text_, at_);
    const int last = digit_at(text_, end - 1);
    after_zero_ = first == 0;
    digits_run_ = count;
    decimals_ = 0;
    mantissa_ = value;
    const bool pair = count == 2 && first > 0 && (last == first + 1 || (first == 3 && last == 5));
    if (two && count > 1 && !pair) return fail();
    at_ = end;
    digit_seen_ = true;
    if (pair) {
      set_current(first, last);
    } else {
      take_spelled_decimals();
      set_current(mantissa_, mantissa_);
    }
    return !failed_;
  }

  // Before 十 alone, which is ten then.
  bool take_zero() {
    if (!started() || peek(1) != U'十') return fail();
    ++at_;
    return true;
  }

  // Of two digits that are no pair: 三二百 and 三百二五 have no one meaning.
  bool is_row() const {
    return out_.digits == 0 && current_ == current_upper_ && decimals_ == 0 && current_ >= 10;
  }

  // 二点五万, 百分之九十八点五, 三点五倍; otherwise 点 is the hour or a point of a list.
  void take_spelled_decimals() {
    if (peek() != U'点') return;
    std::size_t end = at_ + 1;
    Wide value = mantissa_;
    std::size_t decimals = 0;
    while (is_chinese_digit(text_, end) && decimals + 1 < kTens.size()) {
      value = value * 10 + digit_at(text_, end++);
      ++decimals;
    }
    if (decimals == 0 || !decimals_may_end(end)) return;
    mantissa_ = value;
    decimals_ = decimals;
    at_ = end;
  }

  bool decimals_may_end(std::size_t end) const {
    const char32_t next = at_of(text_, end);
    if (power_of(next) >= 10'000) return true;
    if (starts_numeral(text_, end)) return false;
    return next == '%' || next == U'倍' || (from_ >= 2 && text_.substr(from_ - 2, 2) == U"分之");
  }

  // 廿, 卅八, 五百廿二
  bool take_tens() {
    if (has_current_ || out_.digits > 0 || (started() && !digit_seen_)) return false;
    if (last_small_ != 0 && last_small_ <= 10) return false;
    const int tens = tens_of(peek());
    set_current(tens, tens);
    add_current(10);
    last_small_ = out_.power = 10;
    digit_seen_ = true;
    ++at_;
    return !failed_;
  }

  bool take_power() {
    const std::int64_t power = power_of(peek());
    if (power < 10'000 ? !take_small(power) : !take_large(power)) return false;
    out_.power = power;
    ++at_;
    return !failed_;
  }

  bool take_small(std::int64_t power) {
    if (power == 100 && peek(1) == U'分' && peek(2) == U'之') return false;
    if (power == 10 && out_.digits > 0) return false;
    if (last_small_ != 0 && power >= last_small_) return false;
    if (has_current_ && is_row()) return fail();
    if (!has_current_) {
      if (started() && !(power == 10 && last_small_ > 10)) return false;
      set_current(1, 1);
    }
    add_current(power);
    last_small_ = power;
    return true;
  }

  bool take_large(std::int64_t power) {
    if (has_current_ && digits_run_ == 2 && is_row()) return fail();
    if (!has_current_ && section_ == 0 && section_upper_ == 0) {
      // 3万亿: a power of what was read so far.
      if (started() && power == 100'000'000 && out_.power == 10'000 && total_ > 0) {
        total_ *= power;
        total_upper_ *= power;
        return in_range();
      }
      if (started()) return false;
      set_current(1, 1);
    }
    if (decimals_ > 0) {
      // 1.2345万 is whole although 1.2345 is finer than thousandths.
      if (section_ > 0) return false;
      add_current(power);
      total_ += section_;
      total_upper_ += section_upper_;
    } else {
      if (has_current_) add_current(1);
      total_ += section_ * power;
      total_upper_ += section_upper_ * power;
    }
    section_ = section_upper_ = 0;
    last_small_ = 0;
    return in_range();
  }

  // 多 余 几 来, also before a power: 20多万.
  bool take_approximation() {
    const char32_t c = peek();
    if (c == U'来') {
      constexpr std::u32string_view kVerbs = U"自到源临访";
      if (kVerbs.find(peek(1)) != std::u32string_view::npos) return false;
      out_.approximation = Approximation::about;
    } else if (c == U'多' || c == U'余' ||
               (c == U'几' && (out_.digits > 0 || (out_.power > 1 && !has_current_)))) {
      out_.approximation = Approximation::more;
    } else {
      return false;
    }
    ++at_;
    return power_of(peek()) >= 100 && (has_current_ || section_ > 0);
  }

  void set_current(Wide low, Wide high) {
    current_ = low;
    current_upper_ = high;
    has_current_ = true;
  }

  // Adds current x power to the section, in thousandths and exactly.
  void add_current(std::int64_t power) {
    const Wide divisor = kTens[decimals_];
    const Wide low = current_ * kMilli * power;
    const Wide high = current_upper_ * kMilli * power;
    if (low % divisor != 0 || high > kMax * divisor) {
      failed_ = true;
      return;
    }
    section_ += low / divisor;
    section_upper_ += high / divisor;
    has_current_ = false;
    decimals_ = 0;
    after_zero_ = false;
  }

  void close() {
    if (has_current_) {
      out_.decimals = static_cast<std::uint8_t>(decimals_);
      const bool pair_of_units = out_.power > 10 && current_ != current_upper_;
      if (pair_of_units || (out_.power > 1 && is_row())) {
        failed_ = true;
        return;
      }
      // 一百二 is 120, 三万六 is 36,000.
      const bool short_form = out_.digits == 0 && out_.power >= 100 && digits_run_ == 1 &&
                              !after_zero_ && decimals_ == 0;
      add_current(short_form ? out_.power / 10 : 1);
    }
    value_ = total_ + section_;
    upper_ = total_upper_ + section_upper_;
  }

  bool in_range() {
    if (total_upper_ > kMax) failed_ = true;
    return !failed_;
  }
  bool fail() {
    failed_ = true;
    return false;
  }

  std::u32string_view text_;
  std::size_t from_;
  std::size_t at_;
  Numeral out_;
  bool failed_ = false;
  bool digit_seen_ = false;  // anything but powers

  Wide total_ = 0, total_upper_ = 0;      // of 万 and 亿
  Wide section_ = 0, section_upper_ = 0;  // below 万
  Wide current_ = 0, current_upper_ = 0;  // digits that no power has followed yet
  bool has_current_ = false;
  Wide mantissa_ = 0;
  std::size_t decimals_ = 0;     // of current_
  std::size_t digits_run_ = 0;   // characters of the last spelled digits
  std::int64_t last_small_ = 0;  // 十 百 千 of the section
  bool after_zero_ = false;      // 一百零五
  Wide value_ = 0, upper_ = 0;
};

}  // namespace

std::optional<Numeral> read_numeral(View text, std::size_t at) {
  if (!starts_numeral(text, at)) return std::nullopt;
  return Reader(text, at).read();
}

}  // namespace houniao
