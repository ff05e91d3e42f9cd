#include "tools/stage/records_money.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"

namespace houniao::stage {
namespace {

using Body = schema::Event::Body::Builder;
using FundKind = schema::FundSourceEstablished::Kind;

FundKind fund_kind(const std::string& text) {
  static const std::array<std::pair<const char*, FundKind>, 8> kKinds = {{
      {"budget", FundKind::BUDGET},
      {"provincialGrant", FundKind::PROVINCIAL_GRANT},
      {"lottery", FundKind::LOTTERY},
      {"donation", FundKind::DONATION},
      {"crowdfunding", FundKind::CROWDFUNDING},
      {"enterprise", FundKind::ENTERPRISE},
      {"party", FundKind::PARTY},
      {"purchase", FundKind::PURCHASE},
  }};
  for (const auto& [name, kind] : kKinds) {
    if (text == name) return kind;
  }
  HOUNIAO_ASSERT(!"a kind of fund");
  return FundKind::BUDGET;
}

EventId write(Tablet& tablet, Day when, Tablet::Fill fill) {
  EventDraft draft = tablet.draft(when);
  draft.site = {};
  draft.body = std::move(fill);
  return tablet.add(std::move(draft));
}

// A story never asks for more at once than an envelope can name.
std::vector<EventId> causes_of(std::vector<EventId> pays_for) {
  std::sort(pays_for.begin(), pays_for.end());
  pays_for.erase(std::unique(pays_for.begin(), pays_for.end()), pays_for.end());
  HOUNIAO_ASSERT(pays_for.size() <= limits::kCausesMax);
  return pays_for;
}

}  // namespace

FundId establish_fund(Tablet& tablet, const PackFund& fund, OrganisationId owner) {
  return entity_cast<FundId>(write(tablet, fund.from, [fund, owner](Body body) {
    auto f = body.initFundSourceEstablished();
    f.setCode(fund.code);
    f.setName(fund.label.zh);
    f.setOwner(owner.value);
    f.setKind(fund_kind(fund.kind));
    auto purposes = f.initAllowedPurposes(static_cast<unsigned>(fund.purposes.size()));
    for (unsigned i = 0; i < purposes.size(); ++i) purposes.set(i, fund.purposes[i]);
    auto regions = f.initAllowedRegions(static_cast<unsigned>(fund.regions.size()));
    for (unsigned i = 0; i < regions.size(); ++i) regions.set(i, fund.regions[i]);
    f.setFromDay(fund.from.value);
    f.setToDay(fund.to.value);
  }));
}

EventId receive_money(Tablet& tablet, Day when, FundId fund, OrganisationId payer,
                      std::int64_t fen) {
  return write(tablet, when, [=](Body body) {
    auto r = body.initFundsReceived();
    r.setFund(fund.value);
    r.setPayer(payer.value);
    r.setAmountFen(fen);
    r.setBankReference("in-" + to_string(when) + "-" + std::to_string(payer.value & 0xffff));
    r.setValueDay(when.value);
  });
}

EventId allocate_money(Tablet& tablet, Day when, FundId fund, ProgrammeId programme,
                       std::int64_t fen, ContractId contract) {
  return write(tablet, when, [=](Body body) {
    auto b = body.initBudgetAllocated();
    b.setFund(fund.value);
    b.setProgramme(programme.value);
    b.setContract(contract.value);
    b.setAmountFen(fen);
  });
}

InvoiceId record_invoice(Tablet& tablet, Day when, const std::string& issuer_uscc,
                         const std::string& number, std::int64_t fen) {
  return entity_cast<InvoiceId>(write(tablet, when, [=](Body body) {
    auto i = body.initInvoiceRecorded();
    i.setIssuerUscc(issuer_uscc);
    i.setNumber(number);
    i.setAmountFen(fen);
    i.setDay(when.value);
  }));
}

RequestId request_money(Tablet& tablet, Day when, const RequestDraft& draft) {
  EventDraft event = tablet.draft(when);
  event.site = {};
  event.causes = causes_of(draft.pays_for);
  event.body = [draft](Body body) {
    auto d = body.initDisbursementRequested();
    d.setFund(draft.fund.value);
    d.setContract(draft.contract.value);
    d.setMilestone(draft.milestone.value);
    d.setPayee(draft.payee.value);
    d.setAmountFen(draft.fen);
    d.setPurpose(draft.purpose);
    d.setInvoice(draft.invoice.value);
    d.setRegion(draft.region);
    d.setAdvance(draft.advance);
  };
  return entity_cast<RequestId>(tablet.add(std::move(event)));
}

EventId approve_request(Tablet& tablet, Day when, RequestId request, int level) {
  return write(tablet, when, [=](Body body) {
    auto a = body.initDisbursementApproved();
    a.setRequest(request.value);
    a.setLevel(static_cast<std::uint8_t>(level));
    a.setApproved(true);
    a.setReason("checked");
  });
}

EventId pay_request(Tablet& tablet, Day when, RequestId request, std::int64_t fen,
                    OrganisationId payee) {
  return write(tablet, when, [=](Body body) {
    auto p = body.initDisbursementPaid();
    p.setRequest(request.value);
    p.setAmountFen(fen);
    p.setBankReference("pay-" + to_string(EventId{request.value}));
    p.setValueDay(when.value);
    p.setAccountIndex(account_index(payee));
  });
}

Result<void> approve_and_pay(const PayOffices& offices, Day when, RequestId request,
                             const RequestDraft& draft) {
  approve_request(*offices.first, when, request, 1);
  HOUNIAO_TRY(offices.first->sync(kSyncTimeout));
  approve_request(*offices.second, Day{when.value + 2}, request, 2);
  HOUNIAO_TRY(offices.second->sync(kSyncTimeout));
  pay_request(*offices.payer, Day{when.value + 5}, request, draft.fen, draft.payee);
  return offices.payer->sync(kSyncTimeout);
}

ContractId sign_contract(Tablet& tablet, const PackContract& terms, OrganisationId buyer,
                         OrganisationId contractor, FundId fund) {
  return entity_cast<ContractId>(write(tablet, terms.from, [=](Body body) {
    auto c = body.initContractSigned();
    c.setNumber(terms.number);
    c.setBuyer(buyer.value);
    c.initContractors(1).set(0, contractor.value);
    c.setAmountFen(terms.amount_fen);
    c.initFunds(1).set(0, fund.value);
    auto lines = c.initDeliverables(static_cast<unsigned>(terms.deliverables.size()));
    for (unsigned i = 0; i < lines.size(); ++i) {
      const PackDeliverable& line = terms.deliverables[i];
      lines[i].setCode(line.code);
      lines[i].setKind(line.kind);
      lines[i].setUnit(line.unit);
      lines[i].setQuantity(line.quantity);
      lines[i].setUnitPriceFen(line.unit_price_fen);
    }
    c.setAdvanceFen(terms.advance_fen);
    c.setFromDay(terms.from.value);
    c.setToDay(terms.to.value);
  }));
}

MilestoneId submit_milestone(Tablet& tablet, Day when, ContractId contract,
                             const PackContract& terms, const std::vector<EventId>& units) {
  return entity_cast<MilestoneId>(write(tablet, when, [=](Body body) {
    auto m = body.initMilestoneSubmitted();
    m.setContract(contract.value);
    auto lines = m.initLines(static_cast<unsigned>(terms.deliverables.size()));
    for (unsigned i = 0; i < lines.size(); ++i) {
      lines[i].setDeliverable(terms.deliverables[i].code);
      lines[i].setQuantity(terms.deliverables[i].quantity);
    }
    auto list = m.initUnits(static_cast<unsigned>(units.size()));
    for (unsigned i = 0; i < list.size(); ++i) list.set(i, units[i].value);
  }));
}

EventId accept_milestone(Tablet& tablet, Day when, MilestoneId milestone, const PackContract& terms,
                         StaffId reviewer, std::uint32_t opinions) {
  return write(tablet, when, [=](Body body) {
    auto r = body.initMilestoneReviewed();
    r.setMilestone(milestone.value);
    auto lines = r.initLines(static_cast<unsigned>(terms.deliverables.size()));
    for (unsigned i = 0; i < lines.size(); ++i) {
      lines[i].setDeliverable(terms.deliverables[i].code);
      lines[i].setAccepted(terms.deliverables[i].quantity);
    }
    r.setAcceptedFen(terms.amount_fen);
    r.setBeneficiaryOpinions(opinions);
    r.setStandardsListed(true);
    r.setDisclosure("notice board of the centre and the buyer's web site");
    r.initReviewers(1).set(0, reviewer.value);
  });
}

}  // namespace houniao::stage
