#include "replay/rules/bench.h"

#include <kj/exception.h>

#include <algorithm>
#include <bitset>
#include <map>
#include <tuple>

#include "replay/admission.h"
#include "schema/codec.h"

namespace houniao::rules {
namespace {

using Body = schema::Event::Body;

// After these an event of any type may count otherwise than before.
bool changes_what_counts(EventType type) {
  return type == Body::EVENT_CORRECTED || type == Body::EVENT_RETRACTED ||
         type == Body::HELD_EVENT_DECIDED || type == Body::PERSON_LINK_DECIDED;
}

// Whether events that wait may be judged again when this one has taken effect. A programme and a
// site also make a scope known, under a key of its own.
bool may_wake(const State& state, EventId id, EventType type) {
  if (state.waiting.empty()) return false;
  return type == Body::PROGRAMME_OPENED || type == Body::SITE_OPENED ||
         state.waiting.contains(id.value);
}

Judgement judgement_of(schema::Record::Reader record) {
  Judgement judgement;
  judgement.verdict = record.getVerdict();
  for (const std::uint16_t number : record.getReasons()) judgement.reasons.add_number(number);
  return judgement;
}

Fen plus(Fen a, Fen b) {
  const std::optional<Fen> sum = checked_add(a, b);
  return sum ? std::min(*sum, kFenMax) : kFenMax;
}

bool by_events(const Anomaly& a, const Anomaly& b) {
  return std::tie(a.events, a.subject, a.zh, a.en, a.at_risk) <
         std::tie(b.events, b.subject, b.zh, b.en, b.at_risk);
}

// Ascending, each once, and only what the log has.
void tidy_evidence(const State& state, Anomaly& anomaly) {
  std::vector<EventId>& events = anomaly.events;
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  std::erase_if(events, [&](EventId id) { return !state.knows(id); });
}

void cut_evidence(Anomaly& anomaly) {
  if (anomaly.events.size() <= kEvidencePerAnomaly) return;
  const std::string more = std::to_string(anomaly.events.size() - kEvidencePerAnomaly);
  anomaly.events.resize(kEvidencePerAnomaly);
  anomaly.zh += "（另有" + more + "件证据未列出）";
  anomaly.en += " (" + more + " more events are not listed)";
}

// The dearest stay; the others become one anomaly that says how many they are.
void cut_anomalies(std::vector<Anomaly>& found) {
  if (found.size() <= kAnomaliesPerRule) return;
  const auto kept = found.begin() + static_cast<std::ptrdiff_t>(kAnomaliesPerRule);
  std::stable_sort(found.begin(), found.end(),
                   [](const Anomaly& a, const Anomaly& b) { return a.at_risk > b.at_risk; });
  Anomaly rest;
  rest.rule = found.front().rule;
  rest.version = found.front().version;
  for (auto at = kept; at != found.end(); ++at) {
    rest.events.push_back(at->events.front());
    rest.at_risk = plus(rest.at_risk, at->at_risk);
  }
  std::sort(rest.events.begin(), rest.events.end());
  rest.events.erase(std::unique(rest.events.begin(), rest.events.end()), rest.events.end());
  const std::string count = std::to_string(found.end() - kept);
  rest.zh = "同一规则另有" + count + "项疑点；请按范围或日期分段查阅";
  rest.en = count + " more anomalies of this rule; look at the log in parts, by scope or by date";
  cut_evidence(rest);
  found.erase(kept, found.end());
  found.push_back(std::move(rest));
  std::sort(found.begin(), found.end(), by_events);
}

void tidy(const State& state, const Choice& choice, std::vector<Anomaly>& found) {
  for (Anomaly& anomaly : found) {
    anomaly.rule = choice.row->number;
    anomaly.version = choice.version;
    tidy_evidence(state, anomaly);
    cut_evidence(anomaly);
  }
  std::erase_if(found, [](const Anomaly& anomaly) { return anomaly.events.empty(); });
  std::sort(found.begin(), found.end(), by_events);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  cut_anomalies(found);
}

// The last decision whose evidence begins with the event that names the anomaly. One that names the
// event among others is about another anomaly.
const AnomalyDisposition* decision_about(const State& state, const Anomaly& anomaly) {
  const FindingsState& findings = state.audit.findings;
  const Symbol rule = state.symbols().find(code_of(anomaly.rule));
  const EventId name = anomaly.events.front();
  const auto at = findings.by_anomaly.find({rule, name});
  if (at == findings.by_anomaly.end()) return nullptr;
  const AnomalyDisposition* last = nullptr;
  for (const EventId id : at->second) {  // ascending
    const auto item = findings.dispositions.find(id);
    if (item == findings.dispositions.end() || item->second.evidence.front() != name) continue;
    if (last == nullptr || item->second.day >= last->day) last = &item->second;
  }
  return last;
}

}  // namespace

struct Bench::Running {
  Choice choice;
  std::unique_ptr<Rule> rule;
  std::bitset<256> reads;
  bool stale = true;
  std::vector<Anomaly> found;

  bool is_touched_by(EventType type) const {
    const auto number = static_cast<std::size_t>(type);
    return number >= reads.size() || reads[number];
  }
};

Bench::Bench(RuleSet set) : state_(std::make_unique<State>()) {
  for (const Choice& choice : set.choices()) {
    Running running{choice, choice.row->make(choice.parameters), {}, true, {}};
    for (const EventType type : choice.row->reads) {
      running.reads.set(static_cast<std::size_t>(type));
    }
    if (choice.row->reads.empty()) running.reads.set();
    running_.push_back(std::move(running));
  }
}

Bench::~Bench() = default;
Bench::Bench(Bench&&) noexcept = default;
Bench& Bench::operator=(Bench&&) noexcept = default;

Result<void> Bench::feed(ByteView bytes) {
  if (failed_) return *failed_;
  Result<void> result;
  try {
    result = take(bytes);
  } catch (const kj::Exception& e) {
    result = fail(Errc::corrupt, "record " + std::to_string(records_) + ": " +
                                     std::string{e.getDescription().cStr()});
  }
  if (!result) failed_ = result.error();
  return result;
}

Result<void> Bench::take(ByteView bytes) {
  RecordReader record;
  HOUNIAO_TRY(record.open(bytes));
  if (!record.is_event()) {
    ++records_;
    return {};
  }
  EventReader event;
  HOUNIAO_TRY(event.open(record.event_bytes()));
  const Judgement judgement = judgement_of(record.get());
  if (static_cast<unsigned>(judgement.verdict) > 2) {
    return fail(Errc::corrupt, "record " + std::to_string(record.seq().value) +
                                   ": a verdict that this version does not know");
  }
  const EventId id = event_id_of(*state_, event);
  if (!id) {
    return fail(Errc::corrupt, "record " + std::to_string(record.seq().value) +
                                   ": its device is not enrolled before it");
  }
  ++records_;
  if (state_->knows(id)) return {};
  const bool wakes = may_wake(*state_, id, event.type());
  const Received received{record.seq(), WallTime{record.get().getReceivedAtUs()}};
  apply(*state_, id, event, received, judgement);
  const Observation seen{*state_,          id,
                         event.type(),     received.seq,
                         received.at,      device_of(id),
                         event.occurred(), judgement.verdict,
                         event.get()};
  show(seen, wakes || changes_what_counts(event.type()));
  return {};
}

void Bench::show(const Observation& observation, bool to_ask_all) {
  for (Running& running : running_) {
    running.rule->observe(observation);
    running.stale = running.stale || to_ask_all || running.is_touched_by(observation.type);
  }
  stale_ = true;
}

const std::vector<Anomaly>& Bench::anomalies() {
  asked_ = 0;
  if (!stale_) return all_;
  const Day today = day_of(state_->last_received);
  for (Running& running : running_) {
    if (!running.stale && !(running.choice.row->by_day && today != asked_on_)) continue;
    running.found.clear();
    running.rule->find(*state_, today, running.found);
    tidy(*state_, running.choice, running.found);
    running.stale = false;
    ++asked_;
  }
  if (asked_ > 0) {
    all_.clear();
    for (const Running& running : running_) {
      all_.insert(all_.end(), running.found.begin(), running.found.end());
    }
  }
  asked_on_ = today;
  stale_ = false;
  return all_;
}

std::vector<Doubt> Bench::doubts() {
  std::vector<Doubt> out;
  for (const Anomaly& anomaly : anomalies()) {
    out.push_back({anomaly, decision_about(*state_, anomaly)});
  }
  return out;
}

Difference difference(std::span<const Anomaly> first, std::span<const Anomaly> second) {
  using Key = std::tuple<std::uint16_t, std::vector<EventId>, std::uint64_t>;
  const auto key_of = [](const Anomaly& a) { return Key{a.rule, a.events, a.subject}; };
  std::map<Key, std::size_t> open;  // of the second list, not matched yet
  for (const Anomaly& anomaly : second) ++open[key_of(anomaly)];
  std::map<Key, std::size_t> matched;
  Difference out;
  for (const Anomaly& anomaly : first) {
    const Key key = key_of(anomaly);
    const auto at = open.find(key);
    if (at == open.end() || at->second == 0) {
      out.only_first.push_back(anomaly);
      continue;
    }
    --at->second;
    ++matched[key];
    ++out.both;
  }
  for (const Anomaly& anomaly : second) {
    const auto at = matched.find(key_of(anomaly));
    if (at != matched.end() && at->second > 0) {
      --at->second;
    } else {
      out.only_second.push_back(anomaly);
    }
  }
  return out;
}

}  // namespace houniao::rules
