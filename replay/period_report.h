// The report on one programme and one period, as bytes that a seal can vouch for (PeriodSealed
// names its SHA-256): whoever folds the log to the seal's tree size gets the same bytes.
//
// It holds the pack's figures over the days of the period, sums of the facts by type and kind, and
// what moved in the programme's funds. Days are those of booking (replay/families/sealing.h): what
// came after the period was sealed stands in the next one's report. All of it comes from rows of
// the programme and of those below it. No personal data.
//
// The bytes are one JSON object in UTF-8 with members in order of their names, integers only and no
// white space: the form of RFC 8785 for integers below 2^53. Figures come from the pack that is
// given, so a sealed report is made again with the pack that it was made with.
//
// Pure; the state must rest meanwhile. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/pack.h"

namespace houniao {

class State;

// By which a seal names this report among those that it vouches for.
inline constexpr std::string_view kPeriodReportName = "houniao-period-report-1";

// `to` is inclusive; `pack` may be null: no figures. invalid_argument when the period ends before
// it begins, not_found when the log has no such programme.
Result<std::string> period_report(const State& state, ProgrammeId programme, Day from, Day to,
                                  const Pack* pack);

// The pack's figures asked about the booked days from..to. Those that speak of other days only are
// left out. Numbers that depend on what was before (the level on a day, who belongs, the last word
// of somebody) look at everything up to `to`.
Pack restricted_to(const Pack& pack, Day from, Day to);

}  // namespace houniao
