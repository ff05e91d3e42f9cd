#include "replay/headline/match.h"

#include <algorithm>
#include <map>

namespace houniao {
namespace {

// How far around a number words say what it counts.
constexpr std::size_t kReach = 120;
// Parts of a weight by distance, in quarters.
constexpr std::int32_t kBeside = 4;
constexpr std::int32_t kSameClause = 2;
constexpr std::int32_t kSameSentence = 1;

constexpr std::int32_t kPairWeight = 1000;
// A pair that no figure has cannot be told from a rare one; this many matched pairs are plenty.
constexpr std::int32_t kEnough = 2 * kPairWeight;

// What a unit and a value add to the words. Together they never outweigh them.
constexpr std::int32_t kSameUnit = 250;
constexpr std::int32_t kKinUnit = 180;
constexpr std::int32_t kOpenUnit = 60;
constexpr std::int32_t kOtherCount = -100;
constexpr std::int32_t kSameValue = 300;
constexpr std::int32_t kOnePercentOff = 200;
constexpr std::int32_t kTenthOff = 120;
constexpr std::int32_t kHalfOff = 40;
constexpr std::int32_t kSameSaying = 40;
constexpr std::int32_t kEveryAgrees = 60;

// Words that are no words of the thing counted.
constexpr std::u32string_view kParticles = U"的了为在和与等达到近约余多";

std::uint64_t pair_of(char32_t a, char32_t b) { return std::uint64_t{a} << 32 | b; }

bool is_wordy(char32_t c) {
  return is_word_char(c) && kParticles.find(c) == std::u32string_view::npos;
}

// Calls see(pair) for each pair of neighbouring word characters of the span.
template <class See>
void each_pair(std::u32string_view text, TextSpan span, See&& see) {
  for (std::size_t i = span.from; i + 1 < span.to; ++i) {
    if (is_wordy(text[i]) && is_wordy(text[i + 1])) see(pair_of(text[i], text[i + 1]));
  }
}

// Counts and dates are no words; grades, names and ages are.
bool divides(const HeadlineNumber& number) {
  switch (number.role) {
    case NumberRole::claim:
    case NumberRole::date:
    case NumberRole::duration:
    case NumberRole::clock:
    case NumberRole::unread:
    case NumberRole::negative:
      return true;
    default:
      return false;
  }
}

template <class T>
void sort_once(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// The pairs of a text of a pack, without the numbers in it.
std::vector<std::uint64_t> pairs_of(std::string_view utf8) {
  std::vector<std::uint64_t> out;
  const auto folded = FoldedText::fold(utf8);
  if (!folded) return out;
  const std::u32string_view text = folded->chars();
  std::size_t from = 0;
  const auto take = [&](TextSpan span) {
    each_pair(text, span, [&](std::uint64_t pair) { out.push_back(pair); });
  };
  for (const HeadlineNumber& number : find_numbers(*folded)) {
    if (!divides(number)) continue;
    take({from, std::max(from, number.place.from)});
    from = number.place.to;
  }
  take({from, text.size()});
  sort_once(out);
  return out;
}

// The names that the pack gives to the codes which a metric counts.
std::string names_of_codes(const Pack& pack, const Metric& metric) {
  std::string out;
  const auto add = [&](const std::vector<std::string>& codes) {
    for (const PackCodeList& list : pack_code_lists()) {
      for (const CodeName& name : pack.*list.list) {
        if (std::find(codes.begin(), codes.end(), name.code) != codes.end()) {
          out += name.label.zh + "，";
        }
      }
    }
  };
  add(metric.where.kinds);
  add(metric.where.attrs);
  for (const MetricJoin& join : metric.where.joins) add(join.kinds);
  return out;
}

Every every_of(PeriodKind period) {
  switch (period) {
    case PeriodKind::day:
      return Every::day;
    case PeriodKind::week:
      return Every::week;
    case PeriodKind::month:
      return Every::month;
    case PeriodKind::quarter:
      return Every::quarter;
    case PeriodKind::half_year:
      return Every::half_year;
    case PeriodKind::year:
      return Every::year;
    default:
      return Every::one;
  }
}

std::int32_t points_of(UnitFit fit) {
  switch (fit) {
    case UnitFit::same:
      return kSameUnit;
    case UnitFit::kin:
      return kKinUnit;
    case UnitFit::open:
      return kOpenUnit;
    default:
      return kOtherCount;
  }
}

// Values are bounded by kNumeralMax and the bound of packs, so nothing here overflows.
std::int32_t points_of_value(std::int64_t said_milli, std::int64_t claimed) {
  const std::int64_t high = std::max(said_milli, claimed * 1000);
  const std::int64_t low = std::min(said_milli, claimed * 1000);
  if (high == low) return kSameValue;
  const std::int64_t off = high - low;
  if (off <= high / 100) return kOnePercentOff;
  if (off <= high / 10) return kTenthOff;
  return off <= high / 2 ? kHalfOff : 0;
}

}  // namespace

const std::string& Candidate::unit() const {
  if (part != nullptr) return part->unit;
  return by_reading ? figure->reading->unit.zh : figure->unit;
}

const Metric& Candidate::metric() const {
  if (part != nullptr) return part->metric;
  return by_reading ? figure->reading->metric : figure->metric;
}

Every Candidate::every() const {
  const Every written = unit_of(unit()).every;
  const Metric& counted = metric();
  if (written != Every::none) return written;
  switch (counted.op) {
    case MetricOp::min_per_period:
    case MetricOp::each_period:
    case MetricOp::mean_per_period:
      return every_of(counted.period);
    case MetricOp::min_per:
    case MetricOp::each_per:
      return Every::one;
    default:
      return Every::none;
  }
}

FigureIndex::FigureIndex(std::span<const Pack> packs) {
  std::map<Pair, std::int32_t> figures_with;
  for (const Pack& pack : packs) {
    for (const PackFigure& figure : pack.figures) {
      const std::size_t first = entries_.size();
      add(pack, figure, nullptr);
      for (const PackPart& part : figure.also) add(pack, figure, &part);
      Pairs all;
      for (std::size_t i = first; i < entries_.size(); ++i) {
        for (const Pairs& pairs : entries_[i].texts)
          all.insert(all.end(), pairs.begin(), pairs.end());
      }
      sort_once(all);
      for (const Pair pair : all) ++figures_with[pair];
    }
  }
  figures_with_.assign(figures_with.begin(), figures_with.end());
}

void FigureIndex::add(const Pack& pack, const PackFigure& figure, const PackPart* part) {
  Entry entry;
  entry.candidate.pack = &pack;
  entry.candidate.figure = &figure;
  entry.candidate.part = part;
  entry.unit = unit_of(entry.candidate.unit());
  entry.unit.every = entry.candidate.every();
  if (part == nullptr && figure.reading) entry.reading = unit_of(figure.reading->unit.zh);
  entry.texts.push_back(pairs_of(entry.candidate.label().zh));
  entry.texts.push_back(pairs_of(figure.phrase));
  entry.texts.push_back(pairs_of(names_of_codes(pack, entry.candidate.metric())));
  std::erase_if(entry.texts, [](const Pairs& pairs) { return pairs.empty(); });
  entries_.push_back(std::move(entry));
}

std::int32_t FigureIndex::weight(Pair pair) const {
  const auto it = std::lower_bound(figures_with_.begin(), figures_with_.end(),
                                   std::pair{pair, std::int32_t{0}});
  return it == figures_with_.end() || it->first != pair ? 0 : kPairWeight / it->second;
}

// How much of one of the figure's texts stands near the number, and how telling that is.
std::int32_t FigureIndex::words_of(const Entry& entry, const std::vector<Near>& near) const {
  std::int32_t best = 0;
  for (const Pairs& pairs : entry.texts) {
    std::int32_t all = 0;
    std::int32_t matched = 0;
    for (const Pair pair : pairs) {
      const std::int32_t full = weight(pair);
      all += full;
      const auto it = std::lower_bound(near.begin(), near.end(), pair,
                                       [](const Near& n, Pair p) { return n.pair < p; });
      if (it != near.end() && it->pair == pair) matched += full * it->part / kBeside;
    }
    if (matched == 0) continue;
    const std::int32_t covered = matched * 600 / all;
    best = std::max(best, covered + std::min(matched, kEnough) * 400 / kEnough);
  }
  return best;
}

std::vector<FigureIndex::Near> FigureIndex::words_near(std::u32string_view text,
                                                       std::span<const HeadlineNumber> numbers,
                                                       std::size_t which) const {
  const HeadlineNumber& number = numbers[which];
  const std::size_t from =
      std::max(number.sentence.from, number.place.from > kReach ? number.place.from - kReach : 0);
  const std::size_t to = std::min(number.sentence.to, number.place.to + kReach);
  std::vector<Near> out;
  // Stretches between numbers and ends of clauses, with what divides them on either side.
  const auto take = [&](TextSpan span, bool beside) {
    const bool same_clause = span.from >= number.clause.from && span.to <= number.clause.to;
    const std::int32_t part = !same_clause ? kSameSentence : beside ? kBeside : kSameClause;
    each_pair(text, span, [&](Pair pair) { out.push_back({pair, part}); });
  };
  // Numbers of the sentence that divide it, this one among them.
  std::size_t next = which;
  while (next > 0 && numbers[next - 1].place.to > from) --next;
  std::size_t start = from;
  bool own_before = false;  // this number ends where the stretch begins
  for (std::size_t at = from; at <= to;) {
    while (next < numbers.size() && (numbers[next].place.to <= at || !divides(numbers[next]))) {
      ++next;
    }
    const bool at_number = next < numbers.size() && numbers[next].place.from <= at;
    if (at < to && !at_number && !ends_clause(text[at])) {
      ++at;
      continue;
    }
    take({start, at}, own_before || (at_number && next == which));
    own_before = at_number && next == which;
    at = at_number ? std::max(at + 1, numbers[next].place.to) : at + 1;
    start = std::min(at, to);
  }
  std::sort(out.begin(), out.end(), [](const Near& a, const Near& b) {
    return a.pair != b.pair ? a.pair < b.pair : a.part > b.part;
  });
  out.erase(std::unique(out.begin(), out.end(),
                        [](const Near& a, const Near& b) { return a.pair == b.pair; }),
            out.end());
  return out;
}

std::vector<Candidate> FigureIndex::candidates(const FoldedText& text,
                                               std::span<const HeadlineNumber> numbers,
                                               std::size_t which) const {
  const HeadlineNumber& number = numbers[which];
  const std::vector<Near> near = words_near(text.chars(), numbers, which);
  std::vector<Candidate> out;
  for (const Entry& entry : entries_) {
    Candidate candidate = entry.candidate;
    candidate.words = words_of(entry, near);
    if (candidate.words == 0) continue;
    if (number.pattern && number.value_milli != candidate.value() * 1000) continue;
    candidate.fit = fit_of(number.unit, entry.unit);
    if (entry.reading.kind != UnitClass::none && candidate.fit > UnitFit::kin &&
        fit_of(number.unit, entry.reading) <= UnitFit::kin) {
      candidate.by_reading = true;
      candidate.fit = UnitFit::kin;
    }
    if (candidate.fit == UnitFit::foreign) continue;
    candidate.score = candidate.words + points_of(candidate.fit) +
                      points_of_value(number.value_milli, candidate.value());
    if (comparator_of(number.saying) == candidate.comparator()) candidate.score += kSameSaying;
    if (number.unit.every == entry.unit.every) {
      candidate.score += kEveryAgrees;
    } else if (number.unit.every != Every::none) {
      candidate.score -= kEveryAgrees;
    }
    out.push_back(candidate);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  if (out.size() > kCandidatesMax) out.resize(kCandidatesMax);
  return out;
}

}  // namespace houniao
