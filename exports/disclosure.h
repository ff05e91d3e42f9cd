// What of an event may leave. Every export asks here, so that the rule stands in one place:
//
//   confidential (case work)      nothing: the event does not appear, and an event that names one
//                                 does not appear either
//   sensitive (PIPL 28)           that it happened: envelope without what it says
//   personal                      what was done and to which pseudonymous id; nothing that
//                                 describes the person, no free text
//   internal, open                what the event says
//
// Children under 14 are sensitive whatever the type (PIPL 28): their ids are left out, and with
// them the event that registers a child, whose id is the child's. Sealed items are never opened
// here and leave as their number only. Keyed hashes of numbers of persons, phones, accounts and
// receipts, and exact places of photographs, do not leave at all.
//
// Pure; the state must rest. Bytes from the log only: their shape was checked at the door.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "exports/sink.h"
#include "schema/catalogue.h"

namespace houniao {
class State;
}

namespace houniao::exports {

enum class Disclosure : std::uint8_t { nothing, envelope, whole };
Disclosure disclosure_of(const State& state, schema::Event::Reader event);

// What only auditors may read (server/http/queries.h): corrections, decisions, doubts, findings.
bool is_audit_work(std::uint16_t type);

// What an event of the type brings into being: "contract"; empty for what is no entity.
std::string_view entity_type_of(std::uint16_t type);
// Of the event with this id; empty when the log does not have it, or when it may not be named.
std::string_view entity_type(const State& state, std::uint64_t id);
// Case work and children are not named.
bool may_name(const State& state, std::uint64_t id);

// An item of a query page as it may leave: without what describes a person, and with null where the
// id of a child or of case work stands. nullopt for an item about such an id.
std::optional<Json> item_that_may_leave(const State& state, const Json& item);

// An id that the body of an event holds.
struct Reference {
  std::string field;  // "contract", "claimants.party"
  std::uint64_t id = 0;
};
// Ids in the body that may be named, in the order of the schema; each with the field's name. An
// event of a type that this build does not know has none.
std::vector<Reference> references_of(const State& state, schema::Event::Reader event);
// The body with members in snake_case: ids as "2-7", days as dates, hashes in hex, money as integer
// fen. Empty for an event that may show its envelope only.
Json body_of(const State& state, schema::Event::Reader event);

// Whether a UInt64 member of that name is a number and no id; for the test that looks at all of
// them.
bool is_number_member(std::string_view name);

}  // namespace houniao::exports
