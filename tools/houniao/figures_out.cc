#include "tools/houniao/figures_out.h"

#include <ostream>

namespace houniao {
namespace {

// Columns of a terminal: code points from U+1100 on in the wide blocks that occur here take two.
std::size_t columns_of(const std::string& text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    columns += length == 3 && lead >= 0xe3 ? 2 : 1;
    i += length;
  }
  return columns;
}

Json json_of(const std::vector<DecidingEvent>& sample) {
  Json out = Json::array();
  for (const DecidingEvent& deciding : sample) {
    out.push_back(Json{{"event", to_string(deciding.event)}, {"seq", deciding.seq.value}});
  }
  return out;
}

std::string claimed(const FigureResult& figure) {
  std::string out = std::string(sign_of(figure.comparator)) + " " + with_commas(figure.value);
  if (!figure.word.empty()) out += " " + figure.word;
  return out;
}

}  // namespace

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

std::string padded_left(std::string text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  return used < columns ? std::string(columns - used, ' ') + text : text;
}

Json json_of(const FigureResult& figure) {
  Json out{{"id", figure.id},
           {"value", figure.value},
           {"comparator", std::string(sign_of(figure.comparator))},
           {"unit", figure.unit},
           {"computed", figure.computed},
           {"holds", figure.holds},
           {"verdict", std::string(name_of(figure.verdict))},
           {"reason", figure.reason_zh + " / " + figure.reason_en},
           {"word", figure.word},
           {"label_zh", figure.label.zh},
           {"label_en", figure.label.en},
           {"events", figure.detail.events},
           {"sample", json_of(figure.detail.sample)}};
  if (!figure.detail.periods.empty()) {
    Json periods = Json::array();
    for (const PeriodValue& period : figure.detail.periods) {
      periods.push_back(Json{{"period", period.period}, {"value", period.value}});
    }
    out["periods"] = std::move(periods);
  }
  if (figure.detail.denominator != 0) {
    out["numerator"] = figure.detail.numerator;
    out["denominator"] = figure.detail.denominator;
  }
  return out;
}

Json json_of(const ReconciliationResult& reconciliation) {
  Json lines = Json::array();
  for (const ReconciliationLine& line : reconciliation.lines) {
    lines.push_back(Json{{"label_zh", line.label.zh},
                         {"label_en", line.label.en},
                         {"claimed", line.claimed},
                         {"computed", line.computed}});
  }
  return Json{{"id", reconciliation.id},
              {"label_zh", reconciliation.label.zh},
              {"label_en", reconciliation.label.en},
              {"claimed_holds", reconciliation.claimed_holds},
              {"computed_holds", reconciliation.computed_holds},
              {"reason", reconciliation.reason_zh + " / " + reconciliation.reason_en},
              {"lines", std::move(lines)}};
}

void print_figures(std::ostream& out, const std::vector<FigureResult>& figures) {
  out << padded("编号", 6) << padded("指标 / figure", 62) << padded_left("所称 / claimed", 18)
      << padded_left("重算 / recomputed", 20) << "  结论 / verdict\n";
  std::size_t holding = 0;
  std::size_t doubtful = 0;
  for (const FigureResult& figure : figures) {
    out << padded(figure.id, 6) << padded(figure.label.zh + " / " + figure.label.en, 62)
        << padded_left(claimed(figure), 18)
        << padded_left(with_commas(figure.computed) + " " + figure.unit, 20) << "  "
        << name_zh(figure.verdict) << " " << name_of(figure.verdict) << "\n";
    const bool plain = figure.verdict == FigureVerdict::holds;
    holding += plain ? 1 : 0;
    doubtful += figure.verdict == FigureVerdict::doubtful ? 1 : 0;
    if (plain) continue;
    out << "        " << figure.reason_zh << "\n        " << figure.reason_en << "\n";
  }
  const std::size_t refuted = figures.size() - holding - doubtful;
  out << "共 " << figures.size() << " 项：" << holding << " 项成立，" << refuted << " 项不成立，"
      << doubtful << " 项存疑 / " << figures.size() << " figures: " << holding << " hold, "
      << refuted << " refuted, " << doubtful << " doubtful\n";
}

void print_reconciliations(std::ostream& out, const std::vector<ReconciliationResult>& results) {
  for (const ReconciliationResult& result : results) {
    const auto mark = [](bool holds) { return holds ? "相符 agrees" : "不符 DISAGREES"; };
    out << padded(result.id, 4) << result.label.zh << " / " << result.label.en << "\n"
        << "      所称 claimed: " << mark(result.claimed_holds)
        << "   日志 log: " << mark(result.computed_holds) << "\n      " << result.reason_zh
        << "\n      " << result.reason_en << "\n";
  }
}

}  // namespace houniao
