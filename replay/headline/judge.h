// What the log says to one number of a headline when it means one figure. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "replay/figures.h"
#include "replay/headline/match.h"
#include "replay/headline/numbers.h"

namespace houniao {

enum class HeadlineVerdict : std::uint8_t { proved, refuted, unknown };
std::string_view name_of(HeadlineVerdict verdict);  // "cannot_be_known"
Label label_of(HeadlineVerdict verdict);

// The candidate as a figure that claims what the sentence says: to be computed over the log.
PackFigure as_figure(const HeadlineNumber& number, const Candidate& candidate);

struct HeadlineJudgement {
  HeadlineVerdict verdict = HeadlineVerdict::unknown;
  Label reason;
};
// `result` is that of as_figure().
HeadlineJudgement judge(const HeadlineNumber& number, const Candidate& candidate,
                        const FigureResult& result);

}  // namespace houniao
