#include "replay/families/communications.h"

#include "replay/families/delivery.h"

namespace houniao {

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

void take_back_communications(State& state, EventId event, EventType) {
  state.communications.broadcasts.erase(event);
}

}  // namespace houniao
