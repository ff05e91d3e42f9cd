#include "tests/unit/tools/sandbox/told_sandbox.h"

#include "replay/admission.h"
#include "schema/codec.h"

namespace houniao::sandbox {

Told::Told(std::uint64_t seed) {
  play = std::make_unique<Play>(stage, seed, [](std::string_view) {});
  const Result<void> played = play->run();
  EXPECT_TRUE(played) << (played ? "" : played.error().message());
}

const Told& told() {
  static const auto kOnce = std::make_unique<Told>(1);
  return *kOnce;
}

std::vector<Bytes> records_of(const Told& told, const std::set<EventId>& withheld) {
  std::vector<Bytes> out;
  State state;
  for (const stage::FoldedEvent& folded : told.stage.log) {
    if (withheld.contains(folded.id)) continue;
    EventReader event;
    HOUNIAO_ASSERT(event.open_untrusted(folded.bytes).has_value());
    const Received received{Seq{out.size()}, folded.received.at};
    const Judgement judgement = admit(state, event, received);
    const std::vector<std::uint16_t> reasons = judgement.reasons.numbers();
    RecordHeader header;
    header.seq = received.seq;
    header.received_at = received.at;
    header.scope = event.scope();
    header.verdict = judgement.verdict;
    header.reasons = reasons;
    Bytes record;
    append_event_record(record, header, folded.bytes);
    out.push_back(std::move(record));
    apply(state, event, received, judgement);
  }
  return out;
}

std::vector<const rules::RuleRow*> rows_asked() {
  const rules::RuleSet standard = rules::RuleSet::standard();
  std::vector<const rules::RuleRow*> out;
  for (const rules::Choice& choice : standard.choices()) out.push_back(choice.row);
  return out;
}

rules::Bench bench_of(const std::vector<Bytes>& records) {
  rules::Bench bench;
  for (const Bytes& record : records) {
    const Result<void> fed = bench.feed(record);
    EXPECT_TRUE(fed) << (fed ? "" : fed.error().message());
    if (!fed) break;
  }
  return bench;
}

Score score(const Told& told, rules::Bench& bench) {
  return score_of(told.play->plants(), bench.anomalies(), rows_asked(), told.play->devices());
}

}  // namespace houniao::sandbox
