// Finding persons by name. A name can be read only where the person's key is: in the directory of
// an enrolled client, never in the log. So the search opens what is sealed, person by person, and
// looks at what it says; nothing is indexed, and nothing is kept or written.
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
  std::string text;  // a part of the name
  std::size_t found_max = 20;
  std::size_t looked_at_max = 200'000;
};

struct FoundPerson {
  PersonId id;
  std::string name;
};

struct FoundPeople {
  std::vector<FoundPerson> persons;  // by id
  std::size_t looked_at = 0;         // persons whose name could be read
  std::size_t without_key = 0;       // persons whose key is not on this device
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

// Ids of the persons whose data may be looked at, ascending.
inline Result<std::vector<PersonId>> readable_persons(const Client& client) {
  std::vector<PersonId> ids;
  HOUNIAO_TRY(client.with_state([&](const State& state) {
    for (const auto& [id, person] : state.people.persons) {
      if (!person.erased && !person.restricted) ids.push_back(id);
    }
  }));
  std::sort(ids.begin(), ids.end());
  return ids;
}

// invalid_argument for an empty text; else the errors of Client::with_state() and personal().
inline Result<FoundPeople> find_people(const Client& client, const PeopleQuery& query) {
  if (query.text.empty()) return fail(Errc::invalid_argument, "the text to look for is empty");
  const auto ids = readable_persons(client);
  if (!ids) return ids.error();
  FoundPeople out;
  for (PersonId id : *ids) {
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
    if (name_holds(data->name, query.text)) out.persons.push_back({id, std::move(data->name)});
  }
  return out;
}

}  // namespace houniao
