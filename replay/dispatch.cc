#include "replay/dispatch.h"

#include "schema/trusted.h"

namespace houniao {

void admit_body(const State& state, const EventContext& context, Reasons& reasons) {
  const auto body = context.event.getBody();
  switch (context.type) {
#define X(name, constant, family, zh, event_class, role, privacy) \
  case schema::Event::Body::constant:                             \
    return admit(state, context, body.get##name(), reasons);
    HOUNIAO_EVENTS(X)
#undef X
  }
}

void apply_body(State& state, const EventContext& context) {
  // Whatever its type, the body is the same member: it is looked for once.
  const trusted::Parts body = trusted::parts_of(
      trusted::struct_at<schema::PersonRegistered>(context.event, trusted::event::kBody));
  switch (context.type) {
#define X(name, constant, family, zh, event_class, role, privacy) \
  case schema::Event::Body::constant:                             \
    return apply(state, context, trusted::reader_of<schema::name>(body));
    HOUNIAO_EVENTS(X)
#undef X
  }
}

void take_back(State& state, EventId event, std::uint16_t number) {
  const CatalogueRow* row = find_row(number);
  if (row == nullptr) return;
  switch (row->family) {
    case Family::programmes:
      return take_back_programmes(state, event, row->type);
    case Family::people:
      return take_back_people(state, event, row->type);
    case Family::organisations:
      return take_back_organisations(state, event, row->type);
    case Family::sites:
      return take_back_sites(state, event, row->type);
    case Family::workforce:
      return take_back_workforce(state, event, row->type);
    case Family::sessions:
      return take_back_sessions(state, event, row->type);
    case Family::services:
      return take_back_services(state, event, row->type);
    case Family::volunteers:
      return take_back_volunteers(state, event, row->type);
    case Family::evaluations:
      return take_back_evaluations(state, event, row->type);
    case Family::communications:
      return take_back_communications(state, event, row->type);
    case Family::audit:
      return take_back_audit(state, event, row->type);
    case Family::orders:
      return take_back_orders(state, event, row->type);
    case Family::cases:
      return take_back_cases(state, event, row->type);
    case Family::calls:
      return take_back_calls(state, event, row->type);
    default:
      return;  // these families ask the index whether an event is in force
  }
}

bool is_money(EventType type) {
  const CatalogueRow* row = find_row(type);
  if (row == nullptr) return false;
  return row->family == Family::contracts || row->family == Family::funds ||
         type == schema::Event::Body::CUSTODY_MONEY_MOVED;
}

bool is_retractable(EventType type) {
  const CatalogueRow* row = find_row(type);
  if (row == nullptr || row->family == Family::system || is_money(type)) return false;
  switch (type) {
    case schema::Event::Body::EVENT_RETRACTED:
    case schema::Event::Body::HELD_EVENT_DECIDED:
    case schema::Event::Body::PERSON_LINK_DECIDED:
    case schema::Event::Body::PERSONAL_DATA_ERASED:
    case schema::Event::Body::POLICY_VERSION_PUBLISHED:
    case schema::Event::Body::POINTS_ALLOWANCE_LEASED:
      return false;
    default:
      return true;
  }
}

bool is_correctable(EventType type) {
  const CatalogueRow* row = find_row(type);
  if (row == nullptr || row->event_class != EventClass::fact || is_money(type)) return false;
  return row->family != Family::system && row->family != Family::audit;
}

}  // namespace houniao
