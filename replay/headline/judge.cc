#include "replay/headline/judge.h"

#include <string>

namespace houniao {
namespace {

constexpr std::int64_t kMilli = 1000;

bool is_whole(const HeadlineNumber& number) { return number.value_milli % kMilli == 0; }

Ratio as_ratio(std::int64_t milli) { return {milli, kMilli}; }

// What the log has, in units claimed. Of a share as many decimals as the sentence writes.
Ratio computed_for(const HeadlineNumber& number, const Metric& metric, const FigureResult& result) {
  const MetricValue& detail = result.detail;
  if (metric.op != MetricOp::share || number.decimals == 0 || detail.denominator <= 0) {
    return in_units(metric, detail);
  }
  std::int64_t precision = 1;
  for (std::uint8_t i = 0; i < number.decimals && precision < kMilli; ++i) precision *= 10;
  const Ratio exact{Wide{detail.numerator} * 100 * precision, detail.denominator};
  return {rounded(exact, Rounding::nearest), precision};
}

bool bears_out(const HeadlineNumber& number, const Ratio& computed, const PackPolicy& policy) {
  if (const auto comparator = comparator_of(number.saying)) {
    // Both sides in thousandths.
    return holds(*comparator, number.value_milli,
                 Ratio{computed.numerator * kMilli, computed.denominator}, policy);
  }
  const int low = compare(computed, as_ratio(number.value_milli));
  const int high = compare(computed, as_ratio(number.upper_milli));
  switch (number.saying) {
    case Saying::below:
      return low < 0;
    case Saying::at_most:
      return low <= 0;
    default:
      return low >= 0 && high <= 0;
  }
}

std::string decimal(std::int64_t milli) {
  if (milli < 0) return "-" + decimal(-milli);
  std::string out = with_commas(milli / kMilli);
  if (milli % kMilli == 0) return out;
  std::string rest = std::to_string(kMilli + milli % kMilli).substr(1);
  while (rest.back() == '0') rest.pop_back();
  return out + "." + rest;
}

std::string in_words(const Ratio& ratio) {
  return decimal(rounded({ratio.numerator * kMilli, ratio.denominator}, Rounding::nearest));
}

std::string claimed_text(const HeadlineNumber& number) {
  std::string out = std::string(sign_of(number.saying)) + " " + decimal(number.value_milli);
  if (number.upper_milli != number.value_milli) out += "–" + decimal(number.upper_milli);
  return out;
}

HeadlineJudgement unknown(Label reason) { return {HeadlineVerdict::unknown, std::move(reason)}; }

// Whether so many persons can stand behind so many person-times: each came at least once.
bool persons_possible(const HeadlineNumber& number, const Ratio& turnout,
                      const PackPolicy& policy) {
  const int order = compare(turnout, as_ratio(number.value_milli));
  switch (number.saying) {
    case Saying::equal:
    case Saying::at_least:
    case Saying::between:
      return order >= 0;
    case Saying::above:
      return order > 0;
    case Saying::near:
    case Saying::about: {
      // The least number of persons that the word still covers.
      const std::int64_t least = number.saying == Saying::near
                                     ? policy.near_permille
                                     : 1000 - std::int64_t{policy.about_permille};
      return compare(turnout, {Wide{number.value_milli} * least, Wide{kMilli} * 1000}) >= 0;
    }
    default:
      return true;
  }
}

// The sentence counts 人 and the figure 人次: the figure can only bound the claim from above.
HeadlineJudgement persons_against_turnout(const HeadlineNumber& number, const Ratio& computed,
                                          const PackPolicy& policy) {
  const std::string have = in_words(computed);
  Label reason{
      "句中以“人”计，日志此项只按“人次”统计，为 " + have,
      "the sentence counts persons (人), the log counts person-times (人次) here: " + have};
  if (!persons_possible(number, computed, policy)) {
    reason.zh += "；人数不可能多于人次，不成立";
    reason.en += "; there cannot be more persons than person-times: does not hold";
    return {HeadlineVerdict::refuted, std::move(reason)};
  }
  const bool as_turnout = bears_out(number, computed, policy);
  reason.zh += as_turnout ? "；按人次则相符，只能是人次，不能证明有这么多人"
                          : "；按人次也不相符，有多少人无从得知";
  reason.en += as_turnout
                   ? "; as person-times it agrees, so it can only be 人次: that so many different "
                     "persons came cannot be shown"
                   : "; nor does it agree as person-times, and how many persons came is not known";
  return unknown(std::move(reason));
}

// The sentence counts 人次 and the figure 人: person-times are at least as many.
HeadlineJudgement turnout_against_persons(const HeadlineNumber& number, const Ratio& computed,
                                          const PackPolicy& policy) {
  const std::string have = in_words(computed);
  Label reason{"句中以“人次”计，日志此项按不同的“人”统计，为 " + have,
               "the sentence counts person-times (人次), the log counts different persons (人) "
               "here: " +
                   have};
  const bool floor = number.saying == Saying::above || number.saying == Saying::at_least;
  if (floor && bears_out(number, computed, policy)) {
    reason.zh += "；人次不少于人数，成立";
    reason.en += "; person-times are at least as many: holds";
    return {HeadlineVerdict::proved, std::move(reason)};
  }
  reason.zh += "；人次可以更多，无法得知";
  reason.en += "; person-times may be more, so this cannot be known";
  return unknown(std::move(reason));
}

HeadlineJudgement other_count(const HeadlineNumber& number, const Candidate& candidate,
                              const Ratio& computed) {
  const PackPolicy& policy = candidate.pack->policy;
  const UnitClass said = number.unit.kind;
  const UnitClass counted = unit_of(candidate.unit()).kind;
  if (said == UnitClass::person && counted == UnitClass::turnout) {
    return persons_against_turnout(number, computed, policy);
  }
  if (said == UnitClass::turnout && counted == UnitClass::person) {
    return turnout_against_persons(number, computed, policy);
  }
  const std::string have = in_words(computed) + " " + candidate.unit();
  return unknown({"句中以“" + std::string(number.unit.name) + "”计，日志此项按“" +
                      candidate.unit() + "”统计，为 " + have + "，两者不能相比",
                  "the sentence counts " + std::string(number.unit.name) + ", the log " + have +
                      ": the two cannot be compared"});
}

// The reason of a comparison that figures do not have, or that needs parts of a unit.
HeadlineJudgement compared(const HeadlineNumber& number, const Candidate& candidate,
                           const Ratio& computed, const FigureResult& result) {
  const bool good = bears_out(number, computed, candidate.pack->policy);
  const std::string events = with_commas(static_cast<std::int64_t>(result.detail.events));
  const std::string have = in_words(computed);
  const std::string said = claimed_text(number);
  return {good ? HeadlineVerdict::proved : HeadlineVerdict::refuted,
          {"由 " + events + " 条事件重算得 " + have + "，句中称 " + said +
               (good ? "，成立" : "，不成立"),
           "recomputed as " + have + " from " + events + " events, the sentence says " + said +
               (good ? ": holds" : ": does not hold")}};
}

}  // namespace

std::string_view name_of(HeadlineVerdict verdict) {
  switch (verdict) {
    case HeadlineVerdict::proved:
      return "proved";
    case HeadlineVerdict::refuted:
      return "refuted";
    case HeadlineVerdict::unknown:
      break;
  }
  return "cannot_be_known";
}

Label label_of(HeadlineVerdict verdict) {
  switch (verdict) {
    case HeadlineVerdict::proved:
      return {"属实", "proved"};
    case HeadlineVerdict::refuted:
      return {"不实", "refuted"};
    case HeadlineVerdict::unknown:
      break;
  }
  return {"无法得知", "cannot be known"};
}

PackFigure as_figure(const HeadlineNumber& number, const Candidate& candidate) {
  PackFigure out = *candidate.figure;
  out.label = candidate.label();
  out.unit = candidate.unit();
  out.metric = candidate.metric();
  out.value = number.value_milli / kMilli;
  out.comparator = comparator_of(number.saying).value_or(Comparator::equal);
  out.word = number.word;
  out.also.clear();
  if (candidate.part != nullptr || candidate.by_reading) {
    // Both speak of the figure as it is written.
    out.reading.reset();
    out.note = {};
  }
  return out;
}

HeadlineJudgement judge(const HeadlineNumber& number, const Candidate& candidate,
                        const FigureResult& result) {
  const Ratio computed = computed_for(number, candidate.metric(), result);
  if (number.saying == Saying::vague) {
    const std::string have = in_words(computed);
    return unknown(
        {"“" + number.word + "”只说数量级，没有说出数字；日志为 " + have,
         "'" + number.word + "' says an order of magnitude, not a number; the log has " + have});
  }
  const Every every = candidate.every();
  if (number.unit.every != Every::none && number.unit.every != every) {
    return unknown({"句中说的是每一期或每一个，此项统计的不是：日志为 " + in_words(computed),
                    "the sentence speaks of each period or each one, the figure does not: the log "
                    "has " +
                        in_words(computed)});
  }
  const Label as_computed{result.reason_zh, result.reason_en};
  if (result.verdict == FigureVerdict::doubtful) return unknown(as_computed);
  if (candidate.fit == UnitFit::other_count) return other_count(number, candidate, computed);
  if (!is_whole(number) || !comparator_of(number.saying)) {
    return compared(number, candidate, computed, result);
  }
  HeadlineJudgement out{
      result.verdict == FigureVerdict::holds ? HeadlineVerdict::proved : HeadlineVerdict::refuted,
      as_computed};
  if (number.unit.kind == UnitClass::none && !number.pattern) {
    out.reason.zh += "；句中未写单位，按“" + candidate.unit() + "”";
    out.reason.en += "; the sentence writes no unit, taken as " + candidate.unit();
  }
  return out;
}

}  // namespace houniao
