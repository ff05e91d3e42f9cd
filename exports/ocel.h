// Object-centric event log, OCEL 2.0 (ocel-standard.org): a walk over the objects and the events of
// a log that hands them to whoever writes a format (ocel_json.h, books/ocel_sqlite.h, xes.h).
//
// Objects are the entities of disclosure.h; their types are those words ("person", "contract").
// An object is named by the id of the event that brought it into being; persons are ids and nothing
// else. Event types are the names of the catalogue. Only events in force are told, and only those
// that may leave whole. Qualifiers are the members of the event that hold the id ("contract",
// "claimants.party"), "self" for what the event brings into being, and "programme", "site",
// "organisation", "actor" of its envelope.
//
// Pure; the state must rest. Two walks over the source: objects first, then events.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exports/logged_event.h"
#include "exports/sink.h"

namespace houniao {
class State;
}

namespace houniao::exports {

enum class OcelKind : std::uint8_t { text, integer, boolean, time };

struct OcelAttributeType {
  std::string_view name;
  OcelKind kind;
};
// The attributes of every event type, and of every object type, in the order in which they come.
std::vector<OcelAttributeType> ocel_event_attributes();
std::vector<OcelAttributeType> ocel_object_attributes();
std::vector<std::string> ocel_event_types();   // names of the catalogue that may leave
std::vector<std::string> ocel_object_types();  // each once

using OcelValue = std::variant<std::string, std::int64_t, bool, WallTime>;
struct OcelAttribute {
  std::string_view name;
  OcelValue value;
};
struct OcelRelation {
  std::string object;
  std::string qualifier;
};
struct OcelObject {
  std::string id;
  std::string_view type;
  std::vector<OcelAttribute> attributes;  // as at the beginning
  std::vector<OcelRelation> relations;
};
struct OcelEvent {
  std::string id;
  std::string_view type;
  WallTime time;  // when it happened, the start of the day when only that is known
  std::vector<OcelAttribute> attributes;
  std::vector<OcelRelation> relations;  // each pair of object and qualifier once
  Seq seq;                              // of its record
  std::uint64_t actor = 0;              // who recorded it; 0 when it may not be named
};

class OcelVisitor {
 public:
  virtual ~OcelVisitor() = default;
  virtual void object(const OcelObject& object) = 0;
  virtual void event(const OcelEvent& event) = 0;
  // Between the last object and the first event.
  virtual void objects_end() {}
  // Wants nothing more; the walk ends there, with success.
  virtual bool stopped() const { return false; }
};
Result<void> walk_ocel(const State& state, const EventSource& source, TreeSize end,
                       const Scope& scope, OcelVisitor& visitor);

}  // namespace houniao::exports
