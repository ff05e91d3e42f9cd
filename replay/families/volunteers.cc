#include "replay/families/volunteers.h"

#include "replay/families/delivery.h"

namespace houniao {

void admit(const State& state, const EventContext& context, schema::HonourConferred::Reader body,
           Reasons& reasons) {
  if (body.getRecipientIsOrganisation()) {
    check_known_organisation(state, OrganisationId{body.getRecipient()}, reasons);
  } else {
    check_known_person(state, PersonId{body.getRecipient()}, reasons);
  }
  reasons.add_if(body.getRecipient() == 0, Reason::wrong_reference);
  reasons.add_if(body.getTitle().size() == 0, Reason::text_missing);
  const Symbol title = state.symbols().find(view(body.getTitle()));
  auto at = state.volunteers.honours.find({body.getRecipient(), title});
  if (title == kUnknownSymbol || at == state.volunteers.honours.end()) return;
  for (const Honour& other : at->second) {
    reasons.add_if(other.year == body.getYear() && other.event != context.id,
                   Reason::honour_repeated);
  }
}

void apply(State& state, const EventContext& context, schema::HonourConferred::Reader body) {
  const Symbol title = state.intern(view(body.getTitle()));
  const Symbol grade = state.intern(view(body.getGrade()));
  const Day day = body.getDay() != 0 ? Day{body.getDay()} : context.occurred;
  FactRow row = start_row(context);
  row.kind = title;
  row.attr = grade;
  row.subject = body.getRecipient();
  row.group = body.getYear();
  row.day = day.value;
  state.facts.add(row);
  if (context.provisional) return;
  insert_by_event(
      state.volunteers.honours[{body.getRecipient(), title}],
      Honour{context.id, body.getYear(), grade, day, std::string(view(body.getIssuer()))});
}

void take_back_volunteers(State& state, EventId event, EventType) {
  boost::unordered::erase_if(state.volunteers.honours, [&](auto& entry) {
    return erase_event(entry.second, event) && entry.second.empty();
  });
}

}  // namespace houniao
