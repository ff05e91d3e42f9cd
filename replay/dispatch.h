// From the type of an event to the code of its family. Every row of the catalogue calls the
// overloads admit() and apply() for its body, declared here from the same rows, so a type without
// them does not link. Internal to the fold (replay/admission.h).
#pragma once

#include "replay/context.h"
#include "replay/state.h"
#include "schema/catalogue.h"

namespace houniao {

#define X(name, constant, family, zh, event_class, role, privacy)                \
  void admit(const State&, const EventContext&, schema::name::Reader, Reasons&); \
  void apply(State&, const EventContext&, schema::name::Reader);
HOUNIAO_EVENTS(X)
#undef X

// Adds the reasons of the event's family; nothing for a type that this build does not know.
void admit_body(const State& state, const EventContext& context, Reasons& reasons);
void apply_body(State& state, const EventContext& context);

// Takes what a retracted event had added to the family's state out again. The entity that an event
// created stays, marked by its entry in the index; statements about other entities go. Rows of the
// fact table are the caller's.
void take_back(State& state, EventId event, std::uint16_t type);
void take_back_programmes(State& state, EventId event, EventType type);
void take_back_people(State& state, EventId event, EventType type);
void take_back_organisations(State& state, EventId event, EventType type);
void take_back_sites(State& state, EventId event, EventType type);
void take_back_workforce(State& state, EventId event, EventType type);
void take_back_sessions(State& state, EventId event, EventType type);
void take_back_services(State& state, EventId event, EventType type);
void take_back_volunteers(State& state, EventId event, EventType type);
void take_back_evaluations(State& state, EventId event, EventType type);
void take_back_communications(State& state, EventId event, EventType type);
void take_back_audit(State& state, EventId event, EventType type);
void take_back_orders(State& state, EventId event, EventType type);
void take_back_cases(State& state, EventId event, EventType type);
void take_back_calls(State& state, EventId event, EventType type);

// Whether EventRetracted may name an event of this type, and whether it may be corrected. Money
// moves only by reversal (I19), rights and decisions end by their opposite.
bool is_money(EventType type);
bool is_retractable(EventType type);
bool is_correctable(EventType type);

}  // namespace houniao
