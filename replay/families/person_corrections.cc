#include "replay/families/person_corrections.h"

#include <algorithm>
#include <charconv>

#include "replay/dispatch.h"

namespace houniao {

std::string_view name_of_sex(schema::Sex sex) {
  switch (sex) {
    case schema::Sex::UNKNOWN:
      return "unknown";
    case schema::Sex::MALE:
      return "male";
    case schema::Sex::FEMALE:
      return "female";
    case schema::Sex::NOT_STATED:
      return "notStated";
  }
  return "unknown";
}

namespace {

using Field = schema::PersonCorrected::Field;

bool is_set(const BlindIndex& index) {
  return std::any_of(index.begin(), index.end(), [](std::uint8_t b) { return b != 0; });
}

// --- values of corrections ---------------------------------------------------------------------

template <class Int>
bool parse_number(std::string_view text, Int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_id(std::string_view text, std::uint64_t& out) {
  if (text.empty() || text == "0") {
    out = 0;
    return true;
  }
  if (text.find('-') == std::string_view::npos) return parse_number(text, out);
  out = parse_event_id(std::string{text}).value;
  return out != 0;
}

bool parse_sex(std::string_view text, std::uint8_t& out) {
  for (std::uint16_t code = 0; code < 4; ++code) {
    if (text == name_of_sex(static_cast<schema::Sex>(code))) {
      out = static_cast<std::uint8_t>(code);
      return true;
    }
  }
  return false;
}

bool parse_verification(std::string_view text, std::uint8_t& out) {
  static constexpr std::string_view kNames[] = {"none", "typed", "seen", "read"};
  for (std::uint8_t i = 0; i < 4; ++i) {
    if (text == kNames[i]) {
      out = i;
      return true;
    }
  }
  return false;
}

std::vector<std::string_view> split_tags(std::string_view text) {
  std::vector<std::string_view> tags;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma != 0) tags.push_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return tags;
}

// Changes one field; false when the text is no value of it. Sealed fields have no value here.
template <class Intern>
bool change(PersonBasics& basics, Field field, std::string_view after, Intern&& intern) {
  switch (field) {
    case Field::SEX:
      return parse_sex(after, basics.sex);
    case Field::BIRTH_YEAR_BAND:
      return parse_number(after, basics.birth_year_band);
    case Field::NATIVE_REGION:
      return parse_number(after, basics.native_region);
    case Field::RESIDENCE_SITE:
      return parse_id(after, basics.residence_site.value);
    case Field::EMPLOYER:
      return parse_id(after, basics.employer.value);
    case Field::VERIFICATION:
      return parse_verification(after, basics.verification);
    case Field::TAGS:
      basics.tags.clear();
      for (std::string_view tag : split_tags(after)) basics.tags.push_back(intern(tag));
      return true;
    case Field::NAME:
    case Field::ID_NUMBER:
    case Field::PHONE:
    case Field::BIRTH_DATE:
      return after.empty();
  }
  return false;
}

bool is_sealed(Field field) {
  return field == Field::NAME || field == Field::ID_NUMBER || field == Field::PHONE ||
         field == Field::BIRTH_DATE;
}

// --- corrections -------------------------------------------------------------------------------

// Marks which changes are in conflict. A correction made on version b of the person knew the
// registration and the first b - 1 corrections in the order of the list; it conflicts with those in
// between that changed the same field on another device. A later correction that knew both settles
// it.
void mark_conflicts(std::vector<PersonChange>& changes) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const PersonChange& a, const PersonChange& b) {
                     return a.base_version != b.base_version ? a.base_version < b.base_version
                                                             : a.event < b.event;
                   });
  std::vector<std::uint32_t> places(changes.size());  // of the change's event, from 1
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i == 0 || changes[i].event != changes[i - 1].event) ++place;
    places[i] = place;
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    PersonChange& now = changes[i];
    now.in_conflict = false;
    for (std::size_t j = 0; j < i; ++j) {
      const PersonChange& earlier = changes[j];
      if (earlier.field == now.field && earlier.event != now.event &&
          places[j] >= std::max<std::uint32_t>(now.base_version, 1) && !earlier.in_conflict &&
          device_of(earlier.event) != device_of(now.event)) {
        now.in_conflict = true;
      }
    }
    if (now.in_conflict) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (changes[j].field == now.field &&
          places[j] < std::max<std::uint32_t>(now.base_version, 1)) {
        changes[j].in_conflict = false;
      }
    }
  }
}

std::uint32_t version_of(const std::vector<PersonChange>& changes) {
  std::uint32_t events = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (i == 0 || changes[i].event != changes[i - 1].event) ++events;
  }
  return events + 1;
}

}  // namespace

// --- index of numbers --------------------------------------------------------------------------

void index_number(State& state, PersonId id, const BlindIndex& index) {
  if (is_set(index)) insert_sorted(state.people.by_blind_index[index], id);
}
void unindex_number(State& state, PersonId id, const BlindIndex& index) {
  auto at = state.people.by_blind_index.find(index);
  if (at == state.people.by_blind_index.end()) return;
  erase_value(at->second, id);
  if (at->second.empty()) state.people.by_blind_index.erase(at);
}

// Another person in force with this number who is not known to be the same person.
bool number_is_taken(const State& state, PersonId id, const BlindIndex& index) {
  auto at = state.people.by_blind_index.find(index);
  if (!is_set(index) || at == state.people.by_blind_index.end()) return false;
  const PersonId own = state.people.representative_of(id);
  return std::any_of(at->second.begin(), at->second.end(), [&](PersonId other) {
    return other != id && state.people.representative_of(other) != own && state.in_force(other);
  });
}

// --- corrections in force ----------------------------------------------------------------------

namespace {

void settle_person(State& state, Person& person, PersonHistory& history) {
  mark_conflicts(history.changes);
  // A conflict that a later change settled takes no effect either: the later change comes after it.
  PersonBasics basics = history.registered;
  for (const PersonChange& item : history.changes) {
    if (item.in_conflict) continue;
    const auto field = static_cast<Field>(item.field);
    change(basics, field, item.after, [&](std::string_view text) { return state.intern(text); });
    if (field == Field::ID_NUMBER && is_set(item.blind_index))
      basics.blind_index = item.blind_index;
  }
  if (basics.blind_index != person.basics.blind_index) {
    unindex_number(state, person.id, person.basics.blind_index);
    index_number(state, person.id, basics.blind_index);
  }
  person.basics = std::move(basics);
  person.version = version_of(history.changes);
}

}  // namespace

// --- PersonCorrected ---------------------------------------------------------------------------

void admit(const State& state, const EventContext& context, schema::PersonCorrected::Reader body,
           Reasons& reasons) {
  const PersonId id{body.getPerson()};
  reasons.add_if(!id || body.getFields().size() == 0, Reason::value_invalid);
  check_known_person(state, id, reasons);
  const Person* person = state.person(id);
  if (person == nullptr) return;
  PersonBasics scratch;
  for (auto item : body.getFields()) {
    reasons.add_if(!change(scratch, item.getField(), to_view(item.getAfter()),
                           [](std::string_view) { return Symbol{}; }),
                   Reason::value_invalid);
  }
  reasons.add_if(person->erased || person->restricted, Reason::person_erased);
  reasons.add_if(number_is_taken(state, id, blind_index_of(body.getBlindIndex())),
                 Reason::duplicate_person);
  auto history = state.people.histories.find(id);
  if (body.getBaseVersion() >= person->version || history == state.people.histories.end()) return;
  std::vector<PersonChange> changes = history->second.changes;
  for (auto item : body.getFields()) {
    PersonChange added;
    added.event = context.id;
    added.base_version = body.getBaseVersion();
    added.field = static_cast<std::uint16_t>(item.getField());
    changes.push_back(added);
  }
  mark_conflicts(changes);
  // Either edit may be the one that is left out; both were made without the other.
  const auto before = state.people.conflicts(id).size();
  const auto after = std::count_if(changes.begin(), changes.end(),
                                   [](const PersonChange& item) { return item.in_conflict; });
  reasons.add_if(static_cast<std::size_t>(after) > before, Reason::version_conflict);
}

void apply(State& state, const EventContext& context, schema::PersonCorrected::Reader body) {
  FactRow row = start_row(context);
  row.subject = body.getPerson();
  state.facts.add(row);
  if (context.provisional) return;
  auto at = state.people.persons.find(PersonId{body.getPerson()});
  if (at == state.people.persons.end()) return;
  auto [history, fresh] = state.people.histories.try_emplace(at->first);
  if (fresh) history->second.registered = at->second.basics;
  for (auto item : body.getFields()) {
    PersonChange added;
    added.event = context.id;
    added.base_version = body.getBaseVersion();
    added.field = static_cast<std::uint16_t>(item.getField());
    if (!is_sealed(item.getField())) {
      added.before = to_view(item.getBefore());
      added.after = to_view(item.getAfter());
    }
    if (item.getField() == Field::ID_NUMBER) {
      added.blind_index = blind_index_of(body.getBlindIndex());
    }
    history->second.changes.push_back(std::move(added));
  }
  settle_person(state, at->second, history->second);
}

void take_back_correction(State& state, EventId event) {
  for (auto& [id, history] : state.people.histories) {
    if (!erase_event(history.changes, event)) continue;
    settle_person(state, state.people.persons.at(id), history);
    if (history.changes.empty()) state.people.histories.erase(id);
    return;
  }
}

}  // namespace houniao
