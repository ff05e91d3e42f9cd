// Corrections of persons, a part of the family people (replay/families/people.h says which of
// several edits is in force), and the index by number that they keep up to date. Internal to
// replay/families; same thread as the fold.
#pragma once

#include <string_view>

#include "replay/families/people.h"
#include "schema/codec.h"
#include "schema/event.capnp.h"

namespace houniao {

class State;

std::string_view name_of_sex(schema::Sex sex);  // "notStated"

inline BlindIndex blind_index_of(capnp::Data::Reader data) {
  return blind_index_from(to_view(data));
}
// Persons by number. A number that is not there is not indexed.
void index_number(State& state, PersonId id, const BlindIndex& index);
void unindex_number(State& state, PersonId id, const BlindIndex& index);
// Another person in force has this number and is not known to be the same person.
bool number_is_taken(const State& state, PersonId id, const BlindIndex& index);

// What take_back_people() does for a retracted PersonCorrected.
void take_back_correction(State& state, EventId event);

}  // namespace houniao
