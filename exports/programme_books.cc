#include <algorithm>
#include <array>

#include "exports/books.h"
#include "exports/text.h"
#include "replay/figures.h"
#include "replay/obligations.h"
#include "replay/state.h"
#include "schema/programmes/packs.h"

namespace houniao::exports {
namespace {

// More periods than a sheet can hold (1,048,576 rows) are cut, and the note says so.
constexpr std::size_t kPeriodRowsMax = 500'000;

std::string owner_of(const State& state, std::uint64_t owner) {
  if (owner == 0) return "项目整体";
  if (const Organisation* organisation = state.organisation(OrganisationId{owner});
      organisation != nullptr && !organisation->name.empty()) {
    return organisation->name;
  }
  if (const Site* site = state.site(SiteId{owner}); site != nullptr && !site->name.empty()) {
    return site->name;
  }
  return id_text(owner);
}

std::string programme_of(const State& state, ProgrammeId id) {
  const Programme* programme = state.programme(id);
  if (programme == nullptr) return id_text(id);
  return std::string(state.symbols().text(programme->code)) + " " + id_text(id);
}

Sheet summary_sheet(const State& state, const std::vector<ObligationResult>& results) {
  Sheet sheet{"义务汇总", "义务履行汇总", "各状态的期数；截至日志最后一日。", {}, {}};
  sheet.columns = {{"项目", 16}, {"义务", 26}, {"每期下限", 10}};
  for (std::size_t i = 0; i < kObligationStatuses; ++i) {
    sheet.columns.push_back({std::string(name_zh(static_cast<ObligationStatus>(i))), 12, true});
  }
  sheet.columns.push_back({"登记号", 12});
  for (const ObligationResult& result : results) {
    std::vector<Cell> row = {programme_of(state, result.programme), result.code, result.threshold};
    for (const std::uint64_t count : result.counts) row.push_back(static_cast<std::int64_t>(count));
    row.push_back(id_text(result.id));
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

Sheet periods_sheet(const State& state, const std::vector<ObligationResult>& results,
                    const Scope& scope) {
  Sheet sheet{"义务日历", "义务日历", "依据为前几项事件的登记号。", {}, {}};
  sheet.columns = {{"项目", 16},   {"义务", 26},     {"责任方", 22},     {"期间", 14},
                   {"起", 12},     {"止", 12},       {"最迟完成日", 12}, {"状态", 10},
                   {"完成数", 10}, {"每期下限", 10}, {"完成日期", 12},   {"依据", 36}};
  for (const ObligationResult& result : results) {
    for (const ObligationPeriod& period : result.periods) {
      if (period.period.to < scope.from || period.period.from > scope.to) continue;
      if (sheet.rows.size() == kPeriodRowsMax) {
        sheet.note = "行数已达上限，后面的期间未列；请用日期或项目缩小范围。";
        return sheet;
      }
      std::string proof;
      for (const DecidingEvent& event : period.proof) {
        proof += (proof.empty() ? "" : "、") + to_string(event.event);
      }
      sheet.rows.push_back(
          {programme_of(state, result.programme), result.code, owner_of(state, period.owner),
           period.period.name, day_cell(period.period.from), day_cell(period.period.to),
           day_cell(period.due), std::string(name_zh(period.status)), period.count,
           result.threshold, period.done_on ? day_cell(*period.done_on) : Cell{}, proof});
    }
  }
  return sheet;
}

}  // namespace

Day last_day(const State& state) { return day_of(state.last_received); }

std::vector<Pack> packs_in(const State& state, const Scope& scope) {
  std::vector<Pack> out;
  for (const char* code : {"a", "b", "c", "d", "e"}) {
    const Symbol symbol = state.symbols().find(code);
    const auto& programmes = state.programmes.programmes;
    const bool known = std::any_of(programmes.begin(), programmes.end(), [&](const auto& each) {
      return each.second.code == symbol && scope.has_programme(each.first.value);
    });
    if (!known) continue;
    if (auto pack = parse_pack(embedded_pack(code))) out.push_back(std::move(*pack));
  }
  return out;
}

Book obligations_calendar(const State& state, const std::vector<Pack>& packs, const Scope& scope) {
  std::vector<ObligationResult> results;
  for (const Pack& pack : packs) {
    for (ObligationResult& result : check_obligations(state, pack, last_day(state))) {
      if (scope.has_programme(result.programme.value)) results.push_back(std::move(result));
    }
  }
  Book book{"义务日历", "承诺事项逐期履行情况", state.last_received, {}};
  book.sheets = {summary_sheet(state, results), periods_sheet(state, results, scope)};
  return book;
}

Book figures_book(const State& state, const std::vector<Pack>& packs) {
  Book book{"指标核对", "公开数字与日志复算", state.last_received, {}};
  for (const Pack& pack : packs) {
    Sheet sheet{"项目 " + pack.code,
                "公开数字核对：项目 " + pack.code,
                "复算值由日志得出；差异为复算值减公开数字。",
                {},
                {}};
    sheet.columns = {{"指标", 8},  {"内容", 40},   {"表述", 10},          {"公开数字", 14},
                     {"单位", 10}, {"复算值", 14}, {"差异", 14},          {"结论", 10},
                     {"说明", 44}, {"事件数", 10}, {"依据（前几项）", 36}};
    for (const FigureResult& figure : compute_figures(state, pack)) {
      std::string proof;
      for (const DecidingEvent& event : figure.detail.sample) {
        proof += (proof.empty() ? "" : "、") + to_string(event.event);
      }
      sheet.rows.push_back({figure.id, figure.label.zh, figure.word, figure.value, figure.unit,
                            figure.computed, figure.computed - figure.value,
                            std::string(name_zh(figure.verdict)), figure.reason_zh,
                            static_cast<std::int64_t>(figure.detail.events), proof});
    }
    book.sheets.push_back(std::move(sheet));
  }
  if (book.sheets.empty()) {
    book.sheets.push_back(
        {"指标", "公开数字核对", "日志中没有已知项目的指标。", {{"指标", 12}}, {}});
  }
  return book;
}

}  // namespace houniao::exports
