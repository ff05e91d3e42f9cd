#include "replay/headline/check.h"

#include <algorithm>
#include <utility>

namespace houniao {
namespace {

// Fewer words in common than this only suggest a figure.
constexpr std::int32_t kMeantWords = 450;
// A number that is ten times more or less than what was ever claimed is more likely about something
// else than that wrong, unless words and unit leave no choice.
constexpr std::int64_t kFarOff = 10;
constexpr std::int32_t kMeantWordsFarOff = 700;
// A figure that scores within this of the best may be meant as well.
constexpr std::int32_t kRivalMargin = 120;
constexpr std::size_t kJudgedMax = 3;
// How much of a sentence is repeated on either side of a number.
constexpr std::size_t kSentenceShown = 120;

bool is_far_off(const HeadlineNumber& number, const Candidate& candidate) {
  if (number.saying == Saying::vague) return false;
  const std::int64_t claimed_milli = candidate.value() * 1000;
  return number.value_milli > claimed_milli * kFarOff ||
         claimed_milli > number.value_milli * kFarOff;
}

bool is_meant(const HeadlineNumber& number, const Candidate& candidate) {
  if (!is_far_off(number, candidate)) return candidate.words >= kMeantWords;
  return candidate.words >= kMeantWordsFarOff && candidate.fit <= UnitFit::kin;
}

// The best candidate, and those that may be meant instead.
void choose_judged(const HeadlineNumber& number, std::vector<JudgedCandidate>& candidates) {
  if (candidates.empty() || !is_meant(number, candidates.front().candidate)) return;
  const std::int32_t best = candidates.front().candidate.score;
  std::size_t judged = 0;
  for (JudgedCandidate& one : candidates) {
    if (judged == kJudgedMax || one.candidate.score < best - kRivalMargin) break;
    one.judged = is_meant(number, one.candidate);
    judged += one.judged ? 1 : 0;
  }
}

// Computes the judged candidates of one pack as figures of it that claim what the sentence says.
void judge_all(const Pack& pack, std::vector<HeadlineFinding>& findings,
               const Recompute& recompute) {
  std::vector<std::pair<HeadlineFinding*, JudgedCandidate*>> asked;
  std::vector<PackFigure> figures;
  bool needs_the_rest = false;
  for (HeadlineFinding& finding : findings) {
    for (JudgedCandidate& one : finding.candidates) {
      if (!one.judged || one.candidate.pack != &pack) continue;
      asked.emplace_back(&finding, &one);
      figures.push_back(as_figure(finding.number, one.candidate));
      for (const PackDoubt& doubt : figures.back().doubts) {
        needs_the_rest = needs_the_rest || doubt.when == PackDoubt::When::reconciliation;
      }
    }
  }
  if (asked.empty()) return;
  Pack question = pack;
  if (!needs_the_rest) {
    question.figures.clear();
    question.reconciliations.clear();
  }
  const std::size_t first = question.figures.size();
  question.figures.insert(question.figures.end(), std::make_move_iterator(figures.begin()),
                          std::make_move_iterator(figures.end()));
  std::vector<FigureResult> results = recompute(question);
  HOUNIAO_ASSERT(results.size() == question.figures.size());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    auto& [finding, one] = asked[i];
    one->result = std::move(results[first + i]);
    HeadlineJudgement judgement = judge(finding->number, one->candidate, one->result);
    one->verdict = judgement.verdict;
    one->reason = std::move(judgement.reason);
  }
}

std::string ids_of(const std::vector<JudgedCandidate>& candidates, bool judged) {
  std::string out;
  for (const JudgedCandidate& one : candidates) {
    if (judged && !one.judged) continue;
    if (!out.empty()) out += ", ";
    out += one.candidate.figure->id;
  }
  return out;
}

void settle(HeadlineFinding& finding) {
  const std::vector<JudgedCandidate>& candidates = finding.candidates;
  if (candidates.empty()) {
    finding.reason = {"项目包中没有与此有关的指标", "no figure of the packs is about this"};
    return;
  }
  const JudgedCandidate& best = candidates.front();
  if (!best.judged) {
    const std::string ids = ids_of(candidates, false);
    finding.reason = {"句中的用词、单位和数值不足以确定所指指标；可能是 " + ids,
                      "words, unit and value do not say which figure is meant; perhaps " + ids};
    return;
  }
  const bool agreed = std::all_of(
      candidates.begin(), candidates.end(),
      [&](const JudgedCandidate& one) { return !one.judged || one.verdict == best.verdict; });
  if (agreed) {
    finding.verdict = best.verdict;
    finding.reason = best.reason;
    return;
  }
  const std::string ids = ids_of(candidates, true);
  finding.reason = {
      "可能指 " + ids + " 中的任一项，而日志对各项的回答不同；请写明所指",
      "may mean any of " + ids + ", and the log answers them differently; say which is meant"};
}

HeadlineFinding finding_of(const FoldedText& text, const HeadlineNumber& number,
                           const std::vector<Candidate>& candidates) {
  HeadlineFinding out;
  out.number = number;
  out.text = text.words(number.place);
  out.byte = text.byte_of(number.place.from);
  const std::size_t from = number.place.from;
  out.sentence =
      text.words({std::max(number.sentence.from, from > kSentenceShown ? from - kSentenceShown : 0),
                  std::min(number.sentence.to, number.place.to + kSentenceShown)});
  for (const Candidate& candidate : candidates) {
    out.candidates.emplace_back().candidate = candidate;
  }
  choose_judged(number, out.candidates);
  return out;
}

// What a number is set aside as; claim when it is to be checked. 一个 with nothing that it could
// count is an article.
NumberRole role_of(const HeadlineNumber& number, const std::vector<Candidate>& candidates) {
  const bool article = number.role == NumberRole::claim && number.spelled_one &&
                       (candidates.empty() || !is_meant(number, candidates.front()));
  return article ? NumberRole::phrase : number.role;
}

}  // namespace

Result<HeadlineCheck> check_headline(std::string_view text, std::span<const Pack> packs,
                                     const Recompute& recompute) {
  const auto folded = FoldedText::fold(text);
  if (!folded) return folded.error();
  const std::vector<HeadlineNumber> numbers = find_numbers(*folded);
  if (numbers.size() > limits::kHeadlineNumbersMax) {
    return fail(Errc::limit_exceeded,
                "the text has " + std::to_string(numbers.size()) + " numbers, at most " +
                    std::to_string(limits::kHeadlineNumbersMax) + " are checked");
  }
  const FigureIndex index(packs);
  HeadlineCheck out;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const HeadlineNumber& number = numbers[i];
    std::vector<Candidate> candidates;
    if (number.role == NumberRole::claim) candidates = index.candidates(*folded, numbers, i);
    const NumberRole role = role_of(number, candidates);
    if (role == NumberRole::claim) {
      out.findings.push_back(finding_of(*folded, number, candidates));
    } else {
      out.set_aside.push_back(
          {role, folded->words(number.place), folded->byte_of(number.place.from)});
    }
  }
  for (const Pack& pack : packs) judge_all(pack, out.findings, recompute);
  for (HeadlineFinding& finding : out.findings) settle(finding);
  return out;
}

}  // namespace houniao
