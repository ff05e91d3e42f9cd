// Why a published figure says something else than it said: the events that its count rests on at
// two places of the log, compared row by row, each difference with what caused it. Pure; the state
// must rest while a function runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "replay/facts.h"
#include "replay/figures.h"
#include "replay/pack.h"

namespace houniao {

// The rows behind one figure at one place of the log, by event; without what only says when an
// event arrived. A value that no longer refers to the state.
struct ReportBasis {
  TreeSize size;
  FigureResult figure;
  std::map<EventId, std::vector<FactRow>> rows;
};
ReportBasis report_basis(const State& state, TreeSize size, const Pack& pack,
                         const PackFigure& figure);

// name, Chinese, English
#define HOUNIAO_CHANGE_CAUSES(X)                                                  \
  X(recorded, "其后记录", "was recorded after")                                   \
  X(released, "待决事件获准", "was held and is released")                         \
  X(refused, "待决事件被拒", "was held and is refused")                           \
  X(corrected, "被更正", "was corrected")                                         \
  X(retracted, "被撤销", "was retracted")                                         \
  X(completed, "所指内容已到或已关联", "what it names has arrived or was linked") \
  X(displaced, "被其后事件取代", "later events took its place")

enum class ChangeCause : std::uint8_t {
#define X(name, zh, en) name,
  HOUNIAO_CHANGE_CAUSES(X)
#undef X
};
std::string_view name_of(ChangeCause cause);
std::string_view name_zh(ChangeCause cause);
std::string_view name_en(ChangeCause cause);

struct ReportChange {
  EventId event;  // that the figure rests on, before or after
  Seq seq;        // of its record
  ChangeCause cause = ChangeCause::recorded;
  EventId by;  // the event that caused it; the event itself when it was recorded after
  Seq by_seq;
  std::string reason;  // as the correction, retraction or decision states it
  std::int64_t quantity_before = 0;
  std::int64_t quantity_after = 0;
  std::int64_t minutes_before = 0;
  std::int64_t minutes_after = 0;
  std::int64_t amount_fen_before = 0;
  std::int64_t amount_fen_after = 0;
};

// What changed from `before` to `after`, by event id; `state` is the one of `after`.
std::vector<ReportChange> report_diff(const ReportBasis& before, const ReportBasis& after,
                                      const State& state);

}  // namespace houniao
