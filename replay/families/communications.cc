#include "replay/families/communications.h"

#include "replay/families/delivery.h"

namespace houniao {

namespace {

// Notices that are there to be objected to need this long.
constexpr std::int64_t kPostedDaysMin = 7;

bool invites_objections(std::string_view kind) {
  return kind == "award" || kind == "acceptance" || kind == "certificate";
}

std::int64_t posted_days(schema::NoticePublished::Reader body) {
  return std::int64_t{body.getToDay()} - body.getFromDay() + 1;
}

}  // namespace

void admit(const State&, const EventContext&, schema::BroadcastSent::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getChannel().size() == 0, Reason::text_missing);
  reasons.add_if(body.getRecipients() == 0, Reason::nobody_served);
  reasons.add_if(body.getDelivered() > body.getRecipients(), Reason::delivered_exceeds_recipients);
  reasons.add_if(body.getConsentBasis().size() == 0, Reason::consent_basis_missing);
}

void apply(State& state, const EventContext& context, schema::BroadcastSent::Reader body) {
  const Symbol channel = state.intern(view(body.getChannel()));
  FactRow row = start_row(context);
  row.kind = state.intern("broadcast");
  row.attr = channel;
  row.quantity = body.getDelivered();
  state.facts.add(row);
  if (context.provisional) return;
  state.communications.broadcasts.insert_or_assign(
      context.id, Broadcast{channel, context.occurred, body.getRecipients(), body.getDelivered()});
}

void admit(const State& state, const EventContext&, schema::NoticePublished::Reader body,
           Reasons& reasons) {
  reasons.add_if(body.getKind().size() == 0, Reason::text_missing);
  check_interval(Day{body.getFromDay()}, Day{body.getToDay()}, reasons);
  reasons.add_if(invites_objections(view(body.getKind())) && posted_days(body) < kPostedDaysMin,
                 Reason::posted_too_briefly);
  if (body.getSubject() != 0) check_event(state, EventId{body.getSubject()}, reasons);
  const ByteView document = to_view(body.getDocumentSha256());
  reasons.add_if(!document.empty() && !hash_from(document), Reason::hash_invalid);
}

void apply(State& state, const EventContext& context, schema::NoticePublished::Reader body) {
  const Symbol kind = state.intern(view(body.getKind()));
  FactRow row = start_row(context);
  row.kind = kind;
  row.subject = body.getSubject();
  row.group = body.getYear();
  row.day = body.getFromDay();
  state.facts.add(row);
  if (context.provisional) return;
  state.communications.notices.insert_or_assign(
      context.id, Notice{kind, body.getSubject(), Day{body.getFromDay()}, Day{body.getToDay()},
                         body.getYear()});
}

void take_back_communications(State& state, EventId event, EventType) {
  state.communications.broadcasts.erase(event);
  state.communications.notices.erase(event);
}

}  // namespace houniao
