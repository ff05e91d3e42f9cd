#include "replay/view.h"

#include <algorithm>
#include <string_view>

#include "schema/catalogue.h"

namespace houniao {

namespace {

template <std::size_t N>
std::string name_at(const std::string_view (&names)[N], std::size_t place) {
  return std::string{place < N ? names[place] : std::string_view{"unknown"}};
}

constexpr std::string_view kSexes[] = {"unknown", "male", "female", "notStated"};
constexpr std::string_view kVerifications[] = {"none", "typed", "seen", "read"};
constexpr std::string_view kStatuses[] = {"active", "movedOut", "deceased", "lostContact",
                                          "returned"};

EventView view_of(const State& state, EventId id, const EventEntry& entry) {
  EventView view;
  view.id = id;
  view.seq = entry.seq;
  view.type = entry.type;
  if (const CatalogueRow* row = find_row(entry.type); row != nullptr) {
    view.name = row->name;
    view.name_zh = row->name_zh;
  } else {
    view.name = "type " + std::to_string(entry.type);
    view.name_zh = "未知类型 " + std::to_string(entry.type);
  }
  view.status = entry.status;
  view.occurred = entry.occurred;
  if (auto parked = state.parked.find(id); parked != state.parked.end()) {
    view.waits = !parked->second.waits_for.empty();
  }
  if (auto reasons = state.reasons.find(id); reasons != state.reasons.end()) {
    view.reasons = view_reasons(reasons->second);
  }
  return view;
}

}  // namespace

std::vector<ReasonView> view_reasons(const Reasons& reasons) {
  std::vector<ReasonView> out;
  reasons.for_each([&](Reason reason) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    if (row != nullptr) {
      out.push_back({reason, std::string{row->name}, std::string{row->zh}, std::string{row->en}});
      return;
    }
    // A reason of a later version is shown by its number.
    const std::string number = std::to_string(static_cast<std::uint16_t>(reason));
    out.push_back({reason, "reason " + number, "原因 " + number + "；请升级后查看",
                   "reason " + number + "; update to read it"});
  });
  return out;
}

std::optional<EventView> view_event(const State& state, EventId id) {
  const EventEntry* entry = state.events.find(id);
  if (entry == nullptr) return std::nullopt;
  return view_of(state, id, *entry);
}

std::vector<EventView> events_by_status(const State& state, EventStatus status, std::size_t limit,
                                        EventId after) {
  std::vector<EventView> out;
  state.events.for_each([&](EventId id, const EventEntry& entry) {
    if (out.size() < limit && entry.status == status && id > after) {
      out.push_back(view_of(state, id, entry));
    }
  });
  return out;
}

std::vector<EventView> held_events(const State& state, std::size_t limit, EventId after) {
  // Everything that is held is parked, which is a far smaller set than all events.
  std::vector<EventId> ids;
  for (const auto& [id, parked] : state.parked) {
    const EventEntry* entry = state.events.find(id);
    if (id > after && entry != nullptr && entry->status == EventStatus::held) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  if (ids.size() > limit) ids.resize(limit);
  std::vector<EventView> out;
  for (EventId id : ids) out.push_back(view_of(state, id, *state.events.find(id)));
  return out;
}

std::optional<PersonView> view_person(const State& state, PersonId id) {
  const Person* person = state.person(id);
  if (person == nullptr) return std::nullopt;
  const PersonBasics& basics = person->basics;
  PersonView view;
  view.id = id;
  view.representative = state.people.representative_of(id);
  view.linked = state.people.linked(id);
  view.sex = name_at(kSexes, basics.sex);
  view.birth_year_band = basics.birth_year_band;
  view.native_region = basics.native_region;
  view.residence_site = basics.residence_site;
  view.employer = basics.employer;
  for (Symbol tag : basics.tags) view.tags.emplace_back(state.symbols().text(tag));
  view.verification = name_at(kVerifications, basics.verification);
  view.status = name_at(kStatuses, person->status);
  view.version = person->version;
  view.under14 = person->under14;
  view.erased = person->erased;
  view.restricted = person->restricted;
  view.retracted = state.is_retracted(EventId{id.value});
  view.registered = person->registered;
  view.conflicts = state.people.conflicts(id);
  if (basics.blind_index != BlindIndex{}) {
    auto same = state.people.by_blind_index.find(basics.blind_index);
    if (same != state.people.by_blind_index.end()) {
      for (PersonId other : same->second) {
        if (state.people.representative_of(other) != view.representative && state.in_force(other)) {
          view.duplicates.push_back(other);
        }
      }
    }
  }
  return view;
}

std::array<std::uint64_t, 7> count_by_status(const State& state) {
  std::array<std::uint64_t, 7> counts{};
  state.events.for_each(
      [&](EventId, const EventEntry& entry) { ++counts[static_cast<std::size_t>(entry.status)]; });
  return counts;
}

}  // namespace houniao
