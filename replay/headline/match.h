// Which figures of the programme packs a number of a headline may mean: by the words around it, its
// unit and, last, how near its value is. Words decide. A figure that shares no word with the
// sentence is never proposed, however well the number fits, for a true number about something else
// would be taken for a proof.
//
// Words are compared as pairs of neighbouring characters, which needs no dictionary. A pair weighs
// the more the fewer figures have it: 身份 of one figure says more than 服务 of twenty. Integers
// throughout. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "replay/headline/numbers.h"
#include "replay/headline/text.h"
#include "replay/pack.h"

namespace houniao {

// A figure that may be meant, or a further part of one. Refers to the pack.
struct Candidate {
  const Pack* pack = nullptr;
  const PackFigure* figure = nullptr;
  const PackPart* part = nullptr;  // the part of the claim that has this unit; none: the figure
  bool by_reading = false;         // the number has the unit of the figure's other reading
  UnitFit fit = UnitFit::open;
  std::int32_t words = 0;  // 0 to 1000
  std::int32_t score = 0;

  const Label& label() const { return part == nullptr ? figure->label : part->label; }
  std::int64_t value() const { return part == nullptr ? figure->value : part->value; }
  Comparator comparator() const { return part == nullptr ? figure->comparator : part->comparator; }
  const std::string& unit() const;
  const Metric& metric() const;
  // Of the unit, or of the metric when the unit does not say it.
  Every every() const;
};

inline constexpr std::size_t kCandidatesMax = 5;

// The words of the figures of some packs, which must outlive it.
class FigureIndex {
 public:
  explicit FigureIndex(std::span<const Pack> packs);

  // Best first; at most kCandidatesMax. `numbers` are those of the text, `which` one of them.
  std::vector<Candidate> candidates(const FoldedText& text, std::span<const HeadlineNumber> numbers,
                                    std::size_t which) const;

 private:
  using Pair = std::uint64_t;       // two code points
  using Pairs = std::vector<Pair>;  // ascending, each once
  struct Entry {
    Candidate candidate;  // without what depends on the number
    Unit unit;
    Unit reading;
    std::vector<Pairs> texts;  // label, phrase, names of the codes that are counted
  };
  struct Near {
    Pair pair = 0;
    std::int32_t part = 0;  // how close to the number it stands: quarters
  };

  void add(const Pack& pack, const PackFigure& figure, const PackPart* part);
  std::int32_t weight(Pair pair) const;
  std::int32_t words_of(const Entry& entry, const std::vector<Near>& near) const;
  std::vector<Near> words_near(std::u32string_view text, std::span<const HeadlineNumber> numbers,
                               std::size_t which) const;

  std::vector<Entry> entries_;
  std::vector<std::pair<Pair, std::int32_t>> figures_with_;  // ascending by pair
};

}  // namespace houniao
