// Short forms of the money's events: funds, receipts, allocations, invoices, requests, approvals
// and payments, and the purchase contract they may belong to. Each puts one event on the pile of
// the tablet of whoever has the office for it; money is recorded at no site.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/stage/company.h"

namespace houniao::stage {

FundId establish_fund(Tablet& tablet, const PackFund& fund, OrganisationId owner);
EventId receive_money(Tablet& tablet, Day when, FundId fund, OrganisationId payer,
                      std::int64_t fen);
EventId allocate_money(Tablet& tablet, Day when, FundId fund, ProgrammeId programme,
                       std::int64_t fen, ContractId contract = {});
InvoiceId record_invoice(Tablet& tablet, Day when, const std::string& issuer_uscc,
                         const std::string& number, std::int64_t fen);

struct RequestDraft {
  FundId fund;
  std::int64_t fen = 0;
  std::string purpose;
  OrganisationId payee;
  std::uint32_t region = 0;
  InvoiceId invoice;
  ContractId contract;
  MilestoneId milestone;
  bool advance = false;
  // What the money buys, where no contract says it: the causes of the request's envelope, each once
  // and at most limits::kCausesMax. Events that the log will have, or the request waits for them.
  std::vector<EventId> pays_for = {};
};
RequestId request_money(Tablet& tablet, Day when, const RequestDraft& draft);
EventId approve_request(Tablet& tablet, Day when, RequestId request, int level);
EventId pay_request(Tablet& tablet, Day when, RequestId request, std::int64_t fen,
                    OrganisationId payee);

// The offices through which one payment passes; the requester holds a tablet of its own.
struct PayOffices {
  Tablet* first = nullptr;   // approves on the first rung
  Tablet* second = nullptr;  // on the second
  Tablet* payer = nullptr;
};
// Both rungs of the ladder and the payment. Each office sees the step before it in the log.
Result<void> approve_and_pay(const PayOffices& offices, Day when, RequestId request,
                             const RequestDraft& draft);

ContractId sign_contract(Tablet& tablet, const PackContract& terms, OrganisationId buyer,
                         OrganisationId contractor, FundId fund);
// All that the contract names as delivered, resting on `units`.
MilestoneId submit_milestone(Tablet& tablet, Day when, ContractId contract,
                             const PackContract& terms, const std::vector<EventId>& units);
EventId accept_milestone(Tablet& tablet, Day when, MilestoneId milestone, const PackContract& terms,
                         StaffId reviewer, std::uint32_t opinions);

}  // namespace houniao::stage
