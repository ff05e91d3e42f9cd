#include "exports/ocds_facts.h"

#include <utility>

#include "replay/state.h"

namespace houniao::exports {
namespace {

std::string text(capnp::Text::Reader from) { return {from.begin(), from.size()}; }

// False for an event that has no part in purchase.
bool read_body(schema::Event::Body::Reader body, PurchaseEvent& out) {
  using Body = schema::Event::Body;
  switch (body.which()) {
    case Body::CALL_OPENED:
    case Body::CONTRACT_SIGNED:
      return true;
    case Body::PROPOSAL_SUBMITTED:
      out.target = body.getProposalSubmitted().getCall();
      return true;
    case Body::AWARD_DECIDED:
      out.target = body.getAwardDecided().getCall();
      out.reason = text(body.getAwardDecided().getReason());
      out.disclosure = text(body.getAwardDecided().getDisclosure());
      return true;
    case Body::CONTRACT_AMENDED:
      out.target = body.getContractAmended().getContract();
      out.reason = text(body.getContractAmended().getReason());
      out.disclosure = text(body.getContractAmended().getLegalGround());
      out.amount_fen = body.getContractAmended().getDeltaFen();
      return true;
    case Body::MILESTONE_SUBMITTED:
      out.target = body.getMilestoneSubmitted().getContract();
      return true;
    case Body::MILESTONE_REVIEWED:
      out.target = body.getMilestoneReviewed().getMilestone();
      out.disclosure = text(body.getMilestoneReviewed().getDisclosure());
      out.amount_fen = body.getMilestoneReviewed().getAcceptedFen();
      for (const auto line : body.getMilestoneReviewed().getLines()) {
        out.accepted += line.getAccepted() > 0 ? 1 : 0;
        out.refused += line.getRefused() > 0 ? 1 : 0;
      }
      return true;
    case Body::CONTRACT_CLOSED:
      out.target = body.getContractClosed().getContract();
      out.reason = text(body.getContractClosed().getReason());
      return true;
    case Body::DISBURSEMENT_PAID:
      out.target = body.getDisbursementPaid().getRequest();
      out.amount_fen = body.getDisbursementPaid().getAmountFen();
      return true;
    case Body::DISBURSEMENT_REVERSED:
      out.target = body.getDisbursementReversed().getPayment();
      out.amount_fen = body.getDisbursementReversed().getAmountFen();
      out.reason = text(body.getDisbursementReversed().getReason());
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<PurchaseEvents> gather_purchase_events(const State& state, const EventSource& source,
                                              TreeSize end) {
  PurchaseEvents out;
  HOUNIAO_TRY(source.each(Seq{0}, end, [&](const LoggedEvent& logged) {
    const schema::Event::Reader event = logged.event->get();
    PurchaseEvent found;
    if (!read_body(event.getBody(), found)) return true;
    found.id = logged.id(state);
    if (!state.in_force(found.id)) return true;
    found.type = static_cast<std::uint16_t>(event.getBody().which());
    found.received = logged.received;
    found.day = logged.day();
    found.programme = event.getProgramme();
    for (const std::uint64_t cause : event.getCauses()) found.causes.push_back(cause);
    out.places[found.id.value] = out.events.size();
    out.events.push_back(std::move(found));
    return true;
  }));
  return Result<PurchaseEvents>(boost::system::in_place_value, std::move(out));
}

}  // namespace houniao::exports
