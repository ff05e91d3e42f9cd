// The verdict on each number of a headline: proved, refuted, or cannot be known, with the events of
// the log that decide it. A number is put to the log as the figure of a programme pack that it most
// likely means, with the sentence's own value and comparator; nothing new is counted here.
//
// "Cannot be known" is an answer: no figure of the packs is about this; two figures may be meant
// and the log answers them differently; no number is said (数十, 近千); the number counts something
// else than the figure does (人 for 人次, a month for all the time); or the pack itself doubts the
// figure.
//
// Pure; any thread, while nobody writes the facts that `recompute` reads.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "replay/figures.h"
#include "replay/headline/judge.h"
#include "replay/headline/match.h"
#include "replay/headline/numbers.h"
#include "replay/pack.h"

namespace houniao {

// A candidate with what the log says to it.
struct JudgedCandidate {
  Candidate candidate;
  bool judged = false;  // candidates that cannot be meant are only listed
  HeadlineVerdict verdict = HeadlineVerdict::unknown;
  Label reason;
  FigureResult result;  // of the sentence's number; when judged
};

struct HeadlineFinding {
  HeadlineNumber number;
  std::string text;                         // as written: 近8900份
  std::string sentence;                     // the part of it around the number
  std::size_t byte = 0;                     // where `text` starts
  std::vector<JudgedCandidate> candidates;  // best first
  HeadlineVerdict verdict = HeadlineVerdict::unknown;
  Label reason;
};

struct SetAside {
  NumberRole role = NumberRole::date;
  std::string text;
  std::size_t byte = 0;
};

struct HeadlineCheck {
  std::vector<HeadlineFinding> findings;
  std::vector<SetAside> set_aside;
};

// compute_figures() over the log in question. The packs that it is given have figures of their own
// making.
using Recompute = std::function<std::vector<FigureResult>(const Pack&)>;

// Fails with too_large or invalid_argument (FoldedText::fold), or limit_exceeded. `packs` must
// outlive the result.
Result<HeadlineCheck> check_headline(std::string_view text, std::span<const Pack> packs,
                                     const Recompute& recompute);

}  // namespace houniao
