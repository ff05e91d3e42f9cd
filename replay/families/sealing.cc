#include "replay/families/sealing.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "replay/families/delivery.h"
#include "replay/families/parties.h"

namespace houniao {

namespace {

constexpr Seq kNext{std::numeric_limits<std::uint64_t>::max()};

// Seals lie in order of their first day and the day only moves on, so one pass finds every seal
// that the row meets.
Day book(const std::vector<Seal>& seals, Day day, Seq since) {
  for (const Seal& seal : seals) {
    if (!seal.covers(day) || !seal.misses(since)) continue;
    if (seal.to.value == std::numeric_limits<std::int32_t>::max()) break;
    day = Day{seal.to.value + 1};
  }
  return day;
}

bool covered(const std::vector<Seal>& seals, Day day, Seq since) {
  return std::any_of(seals.begin(), seals.end(),
                     [&](const Seal& seal) { return seal.covers(day) && seal.misses(since); });
}

// The record since which the log counts the event.
Seq counted_since(const State& state, EventId event) {
  const SealsState& seals = state.audit.findings.seals;
  if (auto at = seals.counted_since.find(event); at != seals.counted_since.end()) return at->second;
  const EventEntry* entry = state.events.find(event);
  return entry == nullptr ? kNext : entry->seq;
}

// What a correction in force says about the day of a row.
struct MovedDay {
  Day original;
  Seq since;
};
std::optional<MovedDay> moved_day(const State& state, EventId event, std::size_t place) {
  auto corrections = state.audit.corrections.find(event);
  auto rows = state.audit.original_rows.find(event);
  if (corrections == state.audit.corrections.end() || rows == state.audit.original_rows.end() ||
      place >= rows->second.size()) {
    return std::nullopt;
  }
  constexpr auto kDay = static_cast<std::uint16_t>(schema::EventCorrected::Field::OCCURRED_DAY);
  for (const Correction& correction : corrections->second) {
    if (!correction.in_force || correction.field != kDay) continue;
    return MovedDay{Day{rows->second[place].row.day}, counted_since(state, correction.order.event)};
  }
  return std::nullopt;
}

bool overlaps(const Seal& seal, Day from, Day to) { return seal.from <= to && from <= seal.to; }

void check_signers(const State& state, capnp::List<std::uint64_t>::Reader list, Reasons& reasons) {
  std::vector<std::uint64_t> signers;
  for (std::uint64_t signer : list) {
    if (signer != 0) signers.push_back(identity_of(state, signer));
  }
  std::sort(signers.begin(), signers.end());
  const auto different = std::unique(signers.begin(), signers.end()) - signers.begin();
  reasons.add_if(different < 2, Reason::not_independent);
}

}  // namespace

bool is_sealed(const State& state, ProgrammeId programme, Day day, Seq since) {
  const std::vector<Seal>* seals = state.audit.findings.seals.of(programme);
  return seals != nullptr && covered(*seals, day, since);
}

Day booked_day(const State& state, ProgrammeId programme, Day occurred) {
  const std::vector<Seal>* seals = state.audit.findings.seals.of(programme);
  return seals == nullptr ? occurred : book(*seals, occurred, kNext);
}

Day booked_day(const State& state, const FactTable::Columns& c, std::size_t row) {
  const Day day{c.day[row]};
  const std::vector<Seal>* seals = state.audit.findings.seals.of(ProgrammeId{c.programme[row]});
  if (seals == nullptr) return day;
  const EventId event{c.event[row]};
  const Seq since = counted_since(state, event);
  if ((c.flags[row] & kFactCorrected) == 0) return book(*seals, day, since);
  const auto moved = moved_day(state, event, row - state.facts.rows_of(event).first);
  if (!moved) return book(*seals, day, since);
  const Day before = book(*seals, moved->original, since);
  if (covered(*seals, before, moved->since)) return before;
  return book(*seals, day, std::max(since, moved->since));
}

void admit(const State& state, const EventContext& context, schema::PeriodSealed::Reader body,
           Reasons& reasons) {
  const ProgrammeId programme{body.getProgramme()};
  const Day from{body.getFromDay()};
  const Day to{body.getToDay()};
  reasons.add_if(!programme, Reason::value_invalid);
  check_known_programme(state, programme, reasons);
  check_interval(from, to, reasons);
  // What happens tomorrow cannot be late today.
  reasons.add_if(to > day_of(context.received_at), Reason::future_dated);
  reasons.add_if(body.getTreeSize() == 0 || body.getTreeSize() > context.seq.value,
                 Reason::value_invalid);
  reasons.add_if(!hash_from(to_view(body.getRoot())), Reason::value_invalid);
  for (auto report : body.getReports()) {
    reasons.add_if(report.getName().size() == 0, Reason::text_missing);
    reasons.add_if(!hash_from(to_view(report.getSha256())), Reason::value_invalid);
  }
  check_signers(state, body.getSigners(), reasons);
  if (const std::vector<Seal>* seals = state.audit.findings.seals.of(programme)) {
    for (const Seal& seal : *seals) {
      reasons.add_if(seal.event != context.id && overlaps(seal, from, to),
                     Reason::period_overlaps_seal);
    }
  }
}

void apply(State& state, const EventContext& context, schema::PeriodSealed::Reader body) {
  const ProgrammeId programme{body.getProgramme()};
  FactRow row = start_row(context);
  row.kind = state.intern("period_sealed");
  row.programme = programme.value;
  state.facts.add(row);
  if (context.provisional) return;

  Seal seal;
  seal.event = context.id;
  seal.from = Day{body.getFromDay()};
  seal.to = Day{body.getToDay()};
  // A seal that was released although it names a place that the log had not reached speaks for what
  // the log had.
  seal.tree_size = TreeSize{std::min(body.getTreeSize(), context.seq.value)};
  seal.root = hash_from(to_view(body.getRoot())).value_or(Hash{});
  for (auto report : body.getReports()) {
    seal.reports.push_back({std::string{view(report.getName())},
                            hash_from(to_view(report.getSha256())).value_or(Hash{})});
  }
  for (std::uint64_t signer : body.getSigners()) seal.signers.push_back(signer);
  insert_sorted(state.audit.findings.seals.by_programme[programme], std::move(seal),
                [](const Seal& a, const Seal& b) {
                  return a.from != b.from ? a.from < b.from : a.event < b.event;
                });
}

void take_back_seal(State& state, EventId event) {
  boost::unordered::erase_if(state.audit.findings.seals.by_programme, [&](auto& entry) {
    return erase_event(entry.second, event) && entry.second.empty();
  });
}

}  // namespace houniao
