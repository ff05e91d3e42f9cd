// Finding persons by name. A name can be read only where the person's key is: in the directory of
// an enrolled client, never in the log. So the search opens what is sealed, person by person, and
// looks at what it says; nothing is indexed, and nothing is kept or written.
//
// Children under 14 are left out unless they are asked for: what is known of them is sensitive by
// law (PIPL 28, 31), and a search for an adult must not come back with a list of children. Whoever
// works with a household may look up its child, where the child's key is, and says so (`minors`).
//
// Bounded: at most `found_max` persons come back, and after `looked_at_max` persons the search ends
// with what it has. Persons who are erased, or whose data may not be processed (PIPL 47), are left
// out. Errors never hold a name. Any thread that may call the client.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "client_sdk/cpp/houniao.h"
#include "replay/state.h"

namespace houniao {

struct PeopleQuery {
  std::string text;     // a part of the name
  bool minors = false;  // children under 14 as well
  std::size_t found_max = 20;
  std::size_t looked_at_max = 200'000;
};

struct FoundPerson {
  PersonId id;
  std::string name;
  bool minor = false;  // under 14
};

struct FoundPeople {
  std::vector<FoundPerson> persons;  // by id
  std::size_t looked_at = 0;         // persons whose name could be read
  std::size_t without_key = 0;       // persons whose key is not on this device
  std::size_t minors_left_out = 0;   // under 14, whatever they are called; their names stay sealed
  bool complete = true;              // false when a bound ended the search
};

// Whether the name holds the text, whatever the case of its Latin letters. An empty text is in no
// name: it would list everybody.
inline bool name_holds(std::string_view name, std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto found = std::search(name.begin(), name.end(), text.begin(), text.end(),
                                 [&](char a, char b) { return lower(a) == lower(b); });
  return !text.empty() && found != name.end();
}

struct ReadablePerson {
  PersonId id;
  bool minor = false;
};

// The persons whose data may be looked at, by id. Age is that of the last day that the device has
// heard from the server: a device that was away takes nobody for older than that.
inline Result<std::vector<ReadablePerson>> readable_persons(const Client& client) {
  std::vector<ReadablePerson> out;
  HOUNIAO_TRY(client.with_state([&](const State& state) {
    const Day today = day_of(state.last_received);
    for (const auto& [id, person] : state.people.persons) {
      if (person.erased || person.restricted) continue;
      out.push_back({id, state.people.is_under14(person, today)});
    }
  }));
  std::sort(out.begin(), out.end(),
            [](const ReadablePerson& a, const ReadablePerson& b) { return a.id < b.id; });
  return out;
}

// invalid_argument for an empty text; else the errors of Client::with_state() and personal().
inline Result<FoundPeople> find_people(const Client& client, const PeopleQuery& query) {
  if (query.text.empty()) return fail(Errc::invalid_argument, "the text to look for is empty");
  const auto persons = readable_persons(client);
  if (!persons) return persons.error();
  FoundPeople out;
  for (const auto& [id, minor] : *persons) {
    if (minor && !query.minors) {
      ++out.minors_left_out;
      continue;
    }
    const std::size_t done = out.looked_at + out.without_key;
    if (out.persons.size() == query.found_max || done == query.looked_at_max) {
      out.complete = false;
      break;
    }
    auto data = client.personal(id);
    if (!data) {
      // Nothing sealed, or sealed under a key that is elsewhere: no name to look at.
      const bool elsewhere =
          data.error().code == Errc::wrong_key || data.error().code == Errc::not_found;
      if (!elsewhere) return data.error();
      ++out.without_key;
      continue;
    }
    ++out.looked_at;
    if (name_holds(data->name, query.text))
      out.persons.push_back({id, std::move(data->name), minor});
  }
  return out;
}

}  // namespace houniao
