// Reads the metrics of a pack from its JSON. Internal to the reading of packs.
#pragma once

#include "replay/metric.h"
#include "replay/pack_reader.h"

namespace houniao::pack_reader {

inline constexpr Names<PeriodKind, 7> kPeriodKinds = {{{"day", PeriodKind::day},
                                                       {"week", PeriodKind::week},
                                                       {"month", PeriodKind::month},
                                                       {"quarter", PeriodKind::quarter},
                                                       {"halfYear", PeriodKind::half_year},
                                                       {"year", PeriodKind::year},
                                                       {"holiday", PeriodKind::holiday}}};

// A time is not longer than a century; the fault stands at "to".
void check_span(Object& o, Day from, Day to);
Metric read_metric(Object& o);
// An `in` must not stand inside an `in`: without `may_nest` it is not a member.
MetricWhere read_where(Object& o, bool may_nest = true);
// A `where` with the two members of a population; its key is `key` when it names none.
MetricPopulation read_population(Object& o, FactColumn key);

}  // namespace houniao::pack_reader
