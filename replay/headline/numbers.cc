#include "replay/headline/numbers.h"

#include <algorithm>
#include <array>

#include "replay/headline/asides.h"
#include "replay/headline/negation.h"
#include "replay/headline/numerals.h"
#include "replay/headline/runs.h"
#include "replay/headline/shares.h"

namespace houniao {
namespace {

using View = std::u32string_view;

constexpr std::int64_t kMilli = 1000;
// How far a clause is looked at on either side of a number.
constexpr std::size_t kClauseReach = 80;
constexpr std::size_t kMoneyReach = 16;
constexpr std::size_t kRunningReach = 8;
// Longer runs of digits are telephone numbers and the like.
constexpr std::uint8_t kCountDigitsMax = 7;

constexpr std::array<View, 11> kMoneyWords = {U"经费", U"资金", U"金额", U"筹款", U"善款", U"捐款",
                                              U"拨款", U"补贴", U"补助", U"费用", U"奖金"};
// Not the vague 数 of 数十 when one of these stands before: 人数十余.
constexpr View kNotVagueAfter = U"人次总多少指件户场份线网以之路楼早晚会";

bool has(View chars, char32_t c) { return chars.find(c) != View::npos; }

bool is_year(std::int64_t milli) { return milli >= 1900 * kMilli && milli < 2100 * kMilli; }

class Finder {
 public:
  explicit Finder(const FoldedText& text) : text_(text), all_(text.chars()) {}

  std::vector<HeadlineNumber> run() {
    for (const TextSpan& sentence : split_sentences(all_)) {
      sentence_ = sentence;
      view_ = all_.substr(0, sentence.to);
      behind_ = sentence.from;
      for (std::size_t at = sentence.from; at < sentence.to;) at = std::max(at + 1, step(at));
    }
    return std::move(out_);
  }

 private:
  char32_t peek(std::size_t at) const { return at < view_.size() ? view_[at] : 0; }
  char32_t before(std::size_t at) const { return at > sentence_.from ? view_[at - 1] : 0; }
  bool starts(std::size_t at, View word) const { return view_.substr(at, word.size()) == word; }

  // Looks at one place; returns where to go on.
  std::size_t step(std::size_t at) {
    const char32_t c = view_[at];
    if (is_ascii_letter(c)) return skip_name(at);
    if (c == U'第' && starts_numeral(view_, at + 1)) return ordinal(at);
    if (starts(at, U"百分之")) return per_hundred(at);
    if (starts(at, U"一半") || starts(at, U"半数") || starts(at, U"过半")) return half(at);
    if (c == U'数' || c == U'几' || c == U'上') return vague(at);
    if (starts_numeral(view_, at)) return number(at);
    const std::size_t end = end_of_foreign_run(view_, at);
    return end > at ? set_aside(NumberRole::unread, at, end) : at + 1;
  }

  // --- what is set aside

  std::size_t set_aside(NumberRole role, std::size_t from, std::size_t to) {
    HeadlineNumber out = start(from, to);
    out.role = role;
    out_.push_back(std::move(out));
    behind_ = to;
    return to;
  }

  std::size_t end_of_name(std::size_t at) const {
    while (is_ascii_digit(peek(at)) || is_ascii_letter(peek(at))) ++at;
    return at;
  }

  std::size_t skip_name(std::size_t at) {
    const std::size_t end = end_of_name(at);
    const View name = view_.substr(at, end - at);
    const bool digits = std::any_of(name.begin(), name.end(), is_ascii_digit);
    // Also 百 of IX百: another hundred than 百 alone.
    if (!digits && !is_power(peek(end))) return end;
    return set_aside(NumberRole::name, at, end_of_run(view_, at, end));
  }

  std::size_t ordinal(std::size_t at) {
    const auto numeral = read_numeral(view_, at + 1);
    std::size_t end = end_of_run(view_, at, numeral ? numeral->end : at + 2);
    // 第三、四届
    while (peek(end) == U'、' && starts_numeral(view_, end + 1)) {
      end = end_of_run(view_, end + 1, end + 2);
    }
    if (const auto unit = find_unit(view_, end)) end = unit->end;
    return set_aside(NumberRole::ordinal, at, end);
  }

  // Digits that are no numeral: too many, or too fine.
  std::size_t end_of_digits(std::size_t at) const {
    while (starts_numeral(view_, at) || is_ascii_letter(peek(at)) ||
           (has(U".,", peek(at)) && is_ascii_digit(peek(at + 1)))) {
      ++at;
    }
    return at;
  }

  // --- numbers

  HeadlineNumber start(std::size_t from, std::size_t to) const {
    HeadlineNumber out;
    out.place = out.digits = {from, to};
    out.sentence = sentence_;
    out.clause = {from, to};
    while (out.clause.from > sentence_.from && from - out.clause.from < kClauseReach &&
           !ends_clause(view_[out.clause.from - 1])) {
      --out.clause.from;
    }
    while (out.clause.to < view_.size() && out.clause.to - to < kClauseReach &&
           !ends_clause(view_[out.clause.to])) {
      ++out.clause.to;
    }
    return out;
  }

  // Where words may still belong to the number at `at`: not before the one before it.
  std::size_t words_from(const HeadlineNumber& number) const {
    return std::max(number.clause.from, behind_);
  }

  void push(HeadlineNumber number) {
    behind_ = number.place.to;
    out_.push_back(std::move(number));
  }

  std::size_t per_hundred(std::size_t at) {
    const auto numeral = read_numeral(view_, at + 3);
    if (!numeral) return at + 3;
    HeadlineNumber out = start(at, numeral->end);
    out.unit = unit_of("%");
    // 百分之百
    finish(std::move(out), *numeral);
    return behind_;
  }

  std::size_t half(std::size_t at) {
    HeadlineNumber out = start(at, at + 2);
    out.unit = unit_of("%");
    Numeral numeral;
    numeral.end = at + 2;
    numeral.value_milli = numeral.upper_milli = 50 * kMilli;
    if (view_[at] == U'过') {
      numeral.approximation = Approximation::more;
      if (peek(at + 2) == U'数') out.place.to = out.digits.to = numeral.end = at + 3;
    }
    finish(std::move(out), numeral);
    return behind_;
  }

  // 数十名, 几百家, 上千人, 几个
  std::size_t vague(std::size_t at) {
    if (has(kNotVagueAfter, before(at))) return at + 1;
    const bool power = is_power(peek(at + 1)) && !starts(at + 1, U"百分之");
    Numeral numeral;
    if (power) {
      const auto read = read_numeral(view_, at + 1);
      if (!read) return at + 1;
      numeral = *read;
    } else {
      numeral.end = at + 1;
    }
    const auto unit = find_unit(view_, numeral.end);
    const bool counts = unit && unit->unit.kind < UnitClass::duration;
    if (view_[at] == U'上' ? !power : !power && !counts) return at + 1;
    numeral.approximation = Approximation::rough;
    HeadlineNumber out = start(at, numeral.end);
    if (unit) {
      if (!counts) return set_aside(NumberRole::duration, at, unit->end);
      out.unit = unit->unit;
      out.place.to = unit->end;
    }
    finish(std::move(out), numeral);
    return behind_;
  }

  std::size_t number(std::size_t at) {
    if (const std::size_t end = end_of_written_date(view_, at); end > at) {
      const bool goes_on = starts_numeral(view_, end);
      return set_aside(NumberRole::date, at, goes_on ? end_of_run(view_, at, end) : end);
    }
    if (const std::size_t end = end_of_foreign_run(view_, at); end > at) {
      return set_aside(NumberRole::unread, at, end);
    }
    const auto numeral = read_numeral(view_, at);
    if (!numeral) {
      const bool digits = is_ascii_digit(view_[at]);
      const std::size_t end = end_of_run(view_, at, std::max(end_of_digits(at), at + 1));
      return set_aside(digits ? NumberRole::name : NumberRole::unread, at, end);
    }
    if (is_below_zero(view_, sentence_.from, behind_, at)) return below_zero(at, *numeral);
    if (is_called(at, *numeral)) {
      service_to_ = end_of_run(view_, at, numeral->end);
      return set_aside(NumberRole::name, at, service_to_);
    }
    if (const std::size_t end = end_of_two_digits(view_, sentence_.from, at, *numeral);
        end > numeral->end) {
      return set_aside(NumberRole::unread, at, end);
    }
    if (const std::size_t end = end_of_phrase(view_, sentence_.from, at, *numeral); end > at) {
      return set_aside(NumberRole::phrase, at, end);
    }
    if (const std::size_t end = special(at, *numeral); end > at) return end;
    return counted(at, *numeral);
  }

  std::size_t below_zero(std::size_t at, const Numeral& numeral) {
    std::size_t end = end_of_run(view_, at, numeral.end);
    if (const auto unit = find_unit(view_, end)) end = unit->end;
    // covid-19
    const bool name =
        view_[at - 1] != U'负' && at >= sentence_.from + 2 && is_ascii_letter(view_[at - 2]);
    return set_aside(name ? NumberRole::name : NumberRole::negative, at - 1, end);
  }

  // Also 12345 of 热线12355、12345.
  bool is_called(std::size_t at, const Numeral& numeral) const {
    if (is_service_number(view_, sentence_.from, at, numeral)) return true;
    const bool listed = service_to_ > sentence_.from && at == service_to_ + 1 &&
                        has(U"、，,或和及/", view_[service_to_]);
    return listed && !numeral.spelled && numeral.power == 1 && !find_unit(view_, numeral.end);
  }

  // Forms that are no plain count; the place itself when it is none of them.
  std::size_t special(std::size_t at, const Numeral& numeral) {
    const std::size_t end = numeral.end;
    if (!numeral.spelled && has(U":：", peek(end)) && is_ascii_digit(peek(end + 1))) {
      std::size_t to = end;
      while (is_ascii_digit(peek(to)) || (has(U":：", peek(to)) && is_ascii_digit(peek(to + 1)))) {
        ++to;
      }
      return set_aside(NumberRole::clock, at, end_of_run(view_, at, to));
    }
    if (!numeral.spelled && is_ascii_letter(peek(end)) && !find_unit(view_, end)) {
      const std::size_t to = end_of_name(end);
      return peek(to) == U'级' ? set_aside(NumberRole::level, at, to + 1)
                               : set_aside(NumberRole::name, at, end_of_run(view_, at, to));
    }
    if (starts(end, U"分之") || (peek(end) == '/' && is_ascii_digit(peek(end + 1)))) {
      return shared(at, read_fraction(view_, at, numeral));
    }
    if (is_sum(end)) return sum_of_terms(at);
    const bool ones = numeral.value_milli >= 2 * kMilli && starts(end, U"个一") &&
                      !find_unit(view_, end + 2) && !starts_numeral(view_, end + 2);
    if (ones) return term(at, numeral, end + 2);
    return at;
  }

  // 4+3, 1+x, 四加三
  bool is_sum(std::size_t at) const {
    const char32_t next = peek(at + 1);
    if (peek(at) == '+') return starts_numeral(view_, at + 1) || is_ascii_letter(next);
    return peek(at) == U'加' && starts_numeral(view_, at + 1) && !is_power(next);
  }

  std::size_t term(std::size_t at, const Numeral& numeral, std::size_t to) {
    HeadlineNumber out = start(at, to);
    out.digits.to = numeral.end;
    out.value_milli = numeral.value_milli;
    out.upper_milli = numeral.upper_milli;
    out.pattern = true;
    if (to > numeral.end) out.unit = unit_of("个");
    push(std::move(out));
    return to;
  }

  // Behind 900+100 when something is counted by it, or when more follows; the place itself when
  // the terms are those of a name.
  std::size_t end_of_counted_sum(std::size_t at) const {
    for (std::size_t next = at;;) {
      const auto numeral = read_numeral(view_, next);
      if (!numeral) return at;
      next = numeral->end + 1;
      if (is_sum(numeral->end)) continue;
      const std::size_t end = end_of_run(view_, at, numeral->end);
      return end > numeral->end || find_unit(view_, end) ? end : at;
    }
  }

  std::size_t sum_of_terms(std::size_t at) {
    if (const std::size_t end = end_of_counted_sum(at); end > at) {
      return set_aside(NumberRole::unread, at, end);
    }
    for (;;) {
      const auto numeral = read_numeral(view_, at);
      if (!numeral) return end_of_terms(at);
      term(at, *numeral, numeral->end);
      if (!is_sum(numeral->end)) return numeral->end;
      at = numeral->end + 1;
    }
  }

  // x of 1+x, or digits that are no numeral.
  std::size_t end_of_terms(std::size_t at) {
    return starts_numeral(view_, at) ? set_aside(NumberRole::unread, at, end_of_digits(at))
                                     : skip_name(at);
  }

  std::size_t shared(std::size_t at, const ShareAt& share) {
    if (!share.number) return set_aside(NumberRole::unread, at, share.end);
    HeadlineNumber out = start(at, share.end);
    out.unit = unit_of("%");
    finish(std::move(out), *share.number);
    return behind_;
  }

  // 20至30名, 1—2次, 20名至30名. Joins `numeral` with the one behind it.
  void join_range(Numeral& numeral) const {
    if (numeral.approximation != Approximation::none) return;
    std::size_t next = numeral.end;
    const auto unit = find_unit(view_, next);
    if (unit && unit->unit.kind < UnitClass::duration) next = unit->end;
    if (!has(U"至到-–—~", peek(next))) return;
    if (peek(++next) == U'—') ++next;
    const auto second = read_numeral(view_, next);
    if (!second || second->spelled != numeral.spelled) return;
    if (unit && !starts(second->end, view_.substr(numeral.end, unit->end - numeral.end))) return;
    std::int64_t low = numeral.value_milli;
    // 2至3万 begins at 20,000.
    if (!unit && numeral.power == 1 && second->power > 1 && low <= kNumeralMax / second->power &&
        low * second->power < second->value_milli) {
      low *= second->power;
    }
    if (low >= second->value_milli) return;
    numeral = *second;
    numeral.value_milli = low;
  }

  std::size_t counted(std::size_t at, Numeral numeral) {
    join_range(numeral);
    if (const std::size_t end = end_of_run(view_, at, numeral.end); end > numeral.end) {
      return set_aside(NumberRole::unread, at, end);
    }
    HeadlineNumber out = start(at, numeral.end);
    const auto unit = find_unit(view_, numeral.end);
    if (!unit) return without_unit(std::move(out), numeral);
    out.unit = unit->unit;
    out.place.to = unit->end;
    if (unit->unit.kind >= UnitClass::duration) return not_counted(std::move(out), numeral);
    if (unit->unit.name == "届" && is_session_of_congress(view_, unit->end)) {
      return set_aside(NumberRole::name, at, unit->end);
    }
    if (unit->unit.name == "成") return shared(at, read_tenths(view_, at, numeral, unit->end));
    if (const std::size_t end = end_of_time_with_more(view_, *unit); end > unit->end) {
      return set_aside(NumberRole::duration, at, end);
    }
    if (const std::size_t end = end_of_half(view_, unit->end); end > unit->end) {
      return set_aside(NumberRole::unread, at, end);
    }
    out.spelled_one = numeral.single && view_[at] == U'一';
    finish(std::move(out), numeral);
    return behind_;
  }

  // Behind the digits stands a word of time, age, grade or place.
  std::size_t not_counted(HeadlineNumber out, const Numeral& numeral) {
    const std::size_t at = out.place.from;
    const std::size_t end = out.place.to;
    switch (out.unit.kind) {
      case UnitClass::age:
        return set_aside(NumberRole::age, at, end);
      case UnitClass::level:
        return set_aside(NumberRole::level, at, end);
      case UnitClass::label:
        return set_aside(NumberRole::name, at, end);
      case UnitClass::clock:
        return set_aside(NumberRole::clock, at, end);
      default:
        break;
    }
    const std::string_view name = out.unit.name;
    const bool year = name == "年" && is_year(numeral.value_milli) && numeral.power == 1;
    if (year || name == "月" || name == "日") {
      return set_aside(NumberRole::date, at, end_of_date(view_, end));
    }
    const std::size_t from = std::max(words_from(out), at > kRunningReach ? at - kRunningReach : 0);
    const bool running = view_.substr(from, at - from).find(U"连续") != View::npos;
    if (name != "年" || !running || peek(end) == U'半') {
      return set_aside(NumberRole::duration, at, end);
    }
    out.unit.kind = UnitClass::years;
    finish(std::move(out), numeral);
    return behind_;
  }

  std::size_t without_unit(HeadlineNumber out, const Numeral& numeral) {
    const std::size_t at = out.place.from;
    const bool large = numeral.power >= 100 && !numeral.bare_power;
    if (numeral.spelled && !large && numeral.approximation == Approximation::none) {
      // The day that gave 五四奖章 its name is the only such word that the press uses all the time.
      const bool word = numeral.end < at + 2 || starts(at, U"五四");
      return word ? numeral.end : set_aside(NumberRole::bare, at, numeral.end);
    }
    if (!numeral.spelled && numeral.power == 1) {
      const bool leading_zero = view_[at] == '0' && numeral.digits > 1;
      if (leading_zero || numeral.digits > kCountDigitsMax) {
        return set_aside(NumberRole::name, at, numeral.end);
      }
      if (numeral.digits == 4 && is_year(numeral.value_milli) &&
          numeral.approximation == Approximation::none) {
        return set_aside(NumberRole::date, at, numeral.end);
      }
    }
    const std::size_t near = at > kMoneyReach ? at - kMoneyReach : 0;
    const std::size_t from = std::max(words_from(out), near);
    const View words = view_.substr(from, at - from);
    if (std::any_of(kMoneyWords.begin(), kMoneyWords.end(),
                    [&](View word) { return words.find(word) != View::npos; })) {
      out.unit = unit_of("元");
      out.unit_implied = true;
    }
    finish(std::move(out), numeral);
    return behind_;
  }

  // --- how the number is meant

  void finish(HeadlineNumber out, const Numeral& numeral) {
    if (const std::size_t end = end_of_run(view_, out.place.from, numeral.end); end > numeral.end) {
      set_aside(NumberRole::unread, out.place.from, end);
      return;
    }
    out.digits.to = numeral.end;
    out.value_milli = numeral.value_milli;
    out.upper_milli = numeral.upper_milli;
    out.decimals = numeral.decimals;
    const EveryWording every = every_before(view_, out.clause.from, out.digits.from);
    if (out.unit.every == Every::none) out.unit.every = every.every;
    say(out, numeral, every);
    if (const auto denial = negation_before(view_, words_from(out), out.place.from)) {
      out.role = NumberRole::negated;
      out.place.from = *denial;
    } else if (is_planned(view_, words_from(out), out.place.from)) {
      out.role = NumberRole::planned;
    }
    push(std::move(out));
  }

  void say(HeadlineNumber& out, const Numeral& numeral, const EveryWording& every) const {
    const std::size_t from = words_from(out);
    const auto ahead = saying_before(view_, from, out.digits.from);
    const auto behind = saying_after(view_, out.place.to);
    const std::size_t numeral_to = out.place.to;
    if (ahead) out.place.from = ahead->place.from;
    if (behind) out.place.to = behind->place.to;
    const auto take = [&](Saying saying, TextSpan place) {
      out.saying = saying;
      out.word = text_.words(place);
    };
    const bool rough = numeral.approximation == Approximation::rough ||
                       (numeral.bare_power && ahead && ahead->saying != Saying::equal) ||
                       (numeral.bare_power && has(U"过成", before(out.digits.from)));
    if (rough) return take(Saying::vague, {out.place.from, numeral_to});
    if (out.upper_milli != out.value_milli) return take(Saying::between, out.digits);
    if (ahead && ahead->saying != Saying::equal) return take(ahead->saying, ahead->place);
    if (behind) return take(behind->saying, behind->place);
    if (numeral.approximation != Approximation::none) {
      const bool about = numeral.approximation == Approximation::about;
      return take(about ? Saying::about : Saying::above, approximation_place(out.digits));
    }
    if (const auto bound = bound_before(view_, from, out.digits.from)) {
      return take(bound->saying, bound->place);
    }
    if (ahead) take(ahead->saying, ahead->place);
    // A promise for each period is kept by more; a mean is a number, unless it is reached.
    const bool each_period = every.every != Every::none && every.every != Every::one;
    if (each_period && (!every.mean || ahead)) out.saying = Saying::at_least;
  }

  TextSpan approximation_place(TextSpan digits) const {
    for (std::size_t at = digits.from; at < digits.to; ++at) {
      if (has(U"多余几来过", view_[at])) return {at, at + 1};
    }
    return {digits.to, digits.to};
  }

  const FoldedText& text_;
  View all_;
  View view_;  // up to the end of the sentence
  TextSpan sentence_;
  std::size_t behind_ = 0;      // end of the last number found
  std::size_t service_to_ = 0;  // end of the last number to call
  std::vector<HeadlineNumber> out_;
};

}  // namespace

std::vector<HeadlineNumber> find_numbers(const FoldedText& text) { return Finder(text).run(); }

}  // namespace houniao
