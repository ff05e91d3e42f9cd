#include "tools/houniao/headline_out.h"

#include <algorithm>
#include <ostream>
#include <string>

#include "tools/houniao/figures_out.h"

namespace houniao {
namespace {

constexpr std::int64_t kMilli = 1000;

// Whole where it is whole, so that a count stays an integer.
Json number_of(std::int64_t milli) {
  if (milli % kMilli == 0) return milli / kMilli;
  return static_cast<double>(milli) / static_cast<double>(kMilli);
}

std::string text_of(std::int64_t milli) {
  if (milli % kMilli == 0) return with_commas(milli / kMilli);
  return number_of(milli).dump();
}

std::string claimed_text(const HeadlineNumber& number) {
  std::string out = std::string(sign_of(number.saying)) + " " + text_of(number.value_milli);
  if (number.upper_milli != number.value_milli) out += "–" + text_of(number.upper_milli);
  const std::string unit = name_of(number.unit);
  return unit.empty() ? out : out + " " + unit;
}

std::string claimed_text(const Candidate& candidate) {
  return std::string(sign_of(candidate.comparator())) + " " + with_commas(candidate.value()) + " " +
         candidate.unit();
}

Json events_of(const FigureResult& result) {
  Json out = Json::array();
  for (const DecidingEvent& deciding : result.detail.sample) {
    out.push_back(Json{{"event", to_string(deciding.event)}, {"seq", deciding.seq.value}});
  }
  return out;
}

Json json_of(const JudgedCandidate& one) {
  const Candidate& candidate = one.candidate;
  Json out{{"programme", candidate.pack->code},
           {"figure", candidate.figure->id},
           {"label_zh", candidate.label().zh},
           {"label_en", candidate.label().en},
           {"score", candidate.score},
           {"words", candidate.words},
           {"claimed", candidate.value()},
           {"comparator", std::string(sign_of(candidate.comparator()))},
           {"unit", candidate.unit()}};
  if (!one.judged) return out;
  out["computed"] = one.result.computed;
  out["verdict"] = std::string(name_of(one.verdict));
  out["reason_zh"] = one.reason.zh;
  out["reason_en"] = one.reason.en;
  out["events"] = one.result.detail.events;
  out["deciding_events"] = events_of(one.result);
  return out;
}

const JudgedCandidate* meant(const HeadlineFinding& finding) {
  if (finding.candidates.empty() || !finding.candidates.front().judged) return nullptr;
  return &finding.candidates.front();
}

Json json_of(const HeadlineFinding& finding) {
  const HeadlineNumber& number = finding.number;
  Json candidates = Json::array();
  for (const JudgedCandidate& one : finding.candidates) candidates.push_back(json_of(one));
  Json out{{"text", finding.text},
           {"position", finding.byte},
           {"sentence", finding.sentence},
           {"value", number_of(number.value_milli)},
           {"comparator", std::string(sign_of(number.saying))},
           {"word", number.word},
           {"unit", name_of(number.unit)},
           {"verdict", std::string(name_of(finding.verdict))},
           {"reason_zh", finding.reason.zh},
           {"reason_en", finding.reason.en}};
  if (number.upper_milli != number.value_milli) out["upper"] = number_of(number.upper_milli);
  if (const JudgedCandidate* best = meant(finding)) {
    out["figure"] = best->candidate.figure->id;
    out["claimed"] = number_of(number.value_milli);
    out["computed"] = best->result.computed;
    out["deciding_events"] = events_of(best->result);
  }
  out["candidates"] = std::move(candidates);
  return out;
}

void print_finding(std::ostream& out, const HeadlineFinding& finding) {
  const JudgedCandidate* best = meant(finding);
  const Label verdict = label_of(finding.verdict);
  std::string figure = "–";
  std::string computed = "–";
  if (best != nullptr) {
    const Candidate& candidate = best->candidate;
    figure = candidate.figure->id + " " + candidate.label().zh + " / " + candidate.label().en;
    computed = with_commas(best->result.computed) + " " + candidate.unit();
  }
  out << padded(finding.text, 18) << padded(figure, 58)
      << padded_left(claimed_text(finding.number), 18) << padded_left(computed, 20) << "  "
      << verdict.zh << " " << verdict.en << "\n        " << finding.reason.zh << "\n        "
      << finding.reason.en << "\n";
  if (best != nullptr) {
    out << "        依据事件 / deciding events: " << best->result.detail.events;
    for (const DecidingEvent& deciding : best->result.detail.sample) {
      out << "  " << to_string(deciding.event) << " (seq " << deciding.seq.value << ")";
    }
    out << "\n";
  }
  const std::size_t others_from = best == nullptr ? 0 : 1;
  if (finding.candidates.size() <= others_from) return;
  out << "        其他可能 / may also mean:";
  for (std::size_t i = others_from; i < finding.candidates.size(); ++i) {
    const Candidate& candidate = finding.candidates[i].candidate;
    out << (i == others_from ? " " : "; ") << candidate.figure->id << " " << candidate.label().zh
        << " (" << claimed_text(candidate) << ")";
  }
  out << "\n";
}

}  // namespace

std::size_t count_of(const HeadlineCheck& check, HeadlineVerdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(check.findings.begin(), check.findings.end(),
                    [&](const HeadlineFinding& finding) { return finding.verdict == verdict; }));
}

Json json_of(const HeadlineCheck& check) {
  Json numbers = Json::array();
  for (const HeadlineFinding& finding : check.findings) numbers.push_back(json_of(finding));
  Json aside = Json::array();
  for (const SetAside& one : check.set_aside) {
    const Label what = label_of(one.role);
    aside.push_back(Json{
        {"text", one.text}, {"position", one.byte}, {"what_zh", what.zh}, {"what_en", what.en}});
  }
  return Json{{"proved", count_of(check, HeadlineVerdict::proved)},
              {"refuted", count_of(check, HeadlineVerdict::refuted)},
              {"cannot_be_known", count_of(check, HeadlineVerdict::unknown)},
              {"numbers", std::move(numbers)},
              {"set_aside", std::move(aside)}};
}

void print_headline(std::ostream& out, const HeadlineCheck& check) {
  out << padded("数字 / number", 18) << padded("可能所指 / figure it may mean", 58)
      << padded_left("所称 / claimed", 18) << padded_left("重算 / recomputed", 20)
      << "  结论 / verdict\n";
  for (const HeadlineFinding& finding : check.findings) print_finding(out, finding);
  if (!check.set_aside.empty()) {
    out << "未作数字核对 / set aside:";
    for (const SetAside& one : check.set_aside) {
      const Label what = label_of(one.role);
      out << "  " << one.text << " (" << what.zh << " " << what.en << ")";
    }
    out << "\n";
  }
  const std::size_t proved = count_of(check, HeadlineVerdict::proved);
  const std::size_t refuted = count_of(check, HeadlineVerdict::refuted);
  const std::size_t unknown = count_of(check, HeadlineVerdict::unknown);
  out << "共 " << check.findings.size() << " 个数字：" << proved << " 属实，" << refuted
      << " 不实，" << unknown << " 无法得知 / " << check.findings.size() << " numbers: " << proved
      << " proved, " << refuted << " refuted, " << unknown << " cannot be known\n";
}

}  // namespace houniao
