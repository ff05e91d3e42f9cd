// Families funds, contracts and calls: where money comes from and who gets it.
#include <algorithm>

#include "tests/sim/draws.h"

namespace houniao::sim {

// --- funds -------------------------------------------------------------------------------------

void draw(Book& book, schema::FundSourceEstablished::Builder body) {
  const std::string number = std::to_string(book.serial());
  body.setCode(book.text("F" + number));
  body.setName(book.text("fund " + number));
  body.setOwner(book.maybe(4, EventType::ORGANISATION_REGISTERED));
  body.setKind(book.enumerant<schema::FundSourceEstablished::Kind>(8));
  if (book.one_in(6)) body.initAllowedPurposes(1).set(0, "service");
  if (book.one_in(6)) body.initAllowedRegions(1).set(0, 440'000);
  body.setFromDay(sim_first_day().value);
  body.setToDay(book.end());
}

void draw(Book& book, schema::FundsReceived::Builder body) {
  body.setFund(book.id(EventType::FUND_SOURCE_ESTABLISHED));
  body.setPayer(book.maybe(3, EventType::ORGANISATION_REGISTERED));
  body.setAmountFen(book.fen(40'000'000));
  body.setBankReference(book.text("R" + std::to_string(book.serial())));
  body.setValueDay(book.lately(20));
}

void draw(Book& book, schema::BudgetAllocated::Builder body) {
  const bool to_contract = book.one_in(2);
  const Made contract = to_contract ? book.pick(EventType::CONTRACT_SIGNED) : Made{};
  body.setFund(contract.of != 0 ? contract.of : book.id(EventType::FUND_SOURCE_ESTABLISHED));
  body.setProgramme(book.id(EventType::PROGRAMME_OPENED));
  body.setContract(contract.id);
  body.setAmountFen(book.one_in(8) ? -book.fen(1'000'000) : book.fen(15'000'000));
}

void draw(Book& book, schema::InvoiceRecorded::Builder body) {
  const std::int64_t amount = book.fen(2'000'000);
  body.setIssuerUscc(book.one_in(8) ? book.text("0") : uscc_of(1));
  body.setNumber(book.text(std::to_string(book.below(50))));
  body.setAmountFen(amount);
  body.setDay(book.lately(20));
  const Bytes sha256 = book.hash();
  body.setPhotoSha256(to_data(sha256));
  book.note() = {.amount = amount};
}

// Mostly asked for on a contract, by its terms: first the advance, then what was accepted.
void draw(Book& book, schema::DisbursementRequested::Builder body) {
  const Made contract = book.one_in(5) ? Made{} : book.pick(EventType::CONTRACT_SIGNED);
  const auto of_contract = [&](const Made& made) { return made.of == contract.id; };
  const Made milestone = contract.id == 0 || book.one_in(2)
                             ? Made{}
                             : book.pick_if(EventType::MILESTONE_SUBMITTED, of_contract);
  const std::uint64_t payee =
      contract.by != 0 ? contract.by : book.id(EventType::ORGANISATION_REGISTERED);
  const std::int64_t amount = book.fen(contract.amount > 0 ? contract.amount * 40 : 1'000'000);
  body.setFund(contract.of != 0 ? contract.of : book.id(EventType::FUND_SOURCE_ESTABLISHED));
  body.setContract(contract.id);
  body.setMilestone(milestone.id);
  body.setPayee(payee);
  body.setAmountFen(amount);
  body.setPurpose(book.text("service"));
  body.setInvoice(book.maybe(8, EventType::INVOICE_RECORDED));
  body.setRegion(440'100);
  body.setAdvance(contract.id != 0 && milestone.id == 0);
  book.note() = {.of = contract.id, .by = payee, .amount = amount};
}

void draw(Book& book, schema::DisbursementApproved::Builder body) {
  body.setRequest(book.id(EventType::DISBURSEMENT_REQUESTED));
  body.setLevel(book.one_in(8) ? 2 : 1);
  body.setApproved(!book.one_in(8));
  body.setReason(book.text("checked"));
}

void draw(Book& book, schema::DisbursementPaid::Builder body) {
  const Made request = book.pick(EventType::DISBURSEMENT_REQUESTED);
  const std::int64_t amount = book.one_in(4) ? book.fen(1'000'000) : request.amount;
  body.setRequest(request.id);
  body.setAmountFen(amount);
  body.setBankReference(book.text("P" + std::to_string(book.serial())));
  body.setValueDay(book.one_in(2) ? 0 : book.lately(3));
  body.setAccountIndex(book.text(account_of(request.by)));
  book.note() = {.of = request.id, .amount = amount};
}

void draw(Book& book, schema::DisbursementReversed::Builder body) {
  const Made payment = book.pick(EventType::DISBURSEMENT_PAID);
  body.setPayment(payment.id);
  body.setAmountFen(book.one_in(2) ? payment.amount : book.fen(1'000'000));
  body.setReason(book.text("account closed"));
  body.setValueDay(book.lately(2));
}

// --- contracts ---------------------------------------------------------------------------------

void draw(Book& book, schema::ContractSigned::Builder body) {
  const std::uint64_t fund = book.id(EventType::FUND_SOURCE_ESTABLISHED);
  const std::uint64_t contractor = book.id(EventType::ORGANISATION_REGISTERED);
  const auto other = [&](const Made& made) { return made.id != contractor; };
  const auto price = static_cast<std::int64_t>(100 + book.below(9'900));
  body.setNumber(book.text("C" + std::to_string(book.serial())));
  body.setBuyer(book.odd() ? contractor
                           : book.pick_if(EventType::ORGANISATION_REGISTERED, other).id);
  body.initContractors(1).set(0, contractor);
  body.setAmountFen(book.odd() ? book.fen(1'000'000) : price * 1'000);
  body.initFunds(1).set(0, fund);
  auto line = body.initDeliverables(1)[0];
  line.setCode(kBilledLine);
  line.setKind(kBilledKind);
  line.setUnit("time");
  line.setQuantity(1'000);
  line.setUnitPriceFen(price);
  body.setAdvanceFen(book.odd() ? price * 2'000 : price * 100);
  body.setFromDay(sim_first_day().value);
  body.setToDay(book.end());
  book.note() = {.of = fund, .by = contractor, .amount = price};
}

void draw(Book& book, schema::ContractAmended::Builder body) {
  const std::int64_t delta = book.one_in(4) ? 0 : book.fen(500'000);
  body.setContract(book.id(EventType::CONTRACT_SIGNED));
  body.setDeltaFen(book.one_in(3) ? -delta : delta);
  body.setToDay(book.one_in(2) ? kOpenEnd : 0);
  body.setReason(book.text("more classes"));
  if (book.one_in(3)) body.setLegalGround(book.text("政府采购法 49"));
  body.setApprover(kOfficeHolder);
}

void draw(Book& book, schema::MilestoneSubmitted::Builder body) {
  const Made contract = book.pick(EventType::CONTRACT_SIGNED);
  const auto units = static_cast<unsigned>(book.below(4));
  const auto quantity = static_cast<std::int64_t>(units == 0 ? 1 + book.below(20) : units);
  body.setContract(contract.id);
  auto line = body.initLines(1)[0];
  line.setDeliverable(book.text(kBilledLine));
  line.setQuantity(book.odd() ? -3 : quantity);
  book.fill(body.initUnits(units),
            book.one_in(5) ? EventType::SESSION_HELD : EventType::SERVICE_DELIVERED);
  book.note() = {
      .of = contract.id, .extra = static_cast<std::uint64_t>(contract.amount), .amount = quantity};
}

void draw(Book& book, schema::MilestoneReviewed::Builder body) {
  const Made milestone = book.pick(EventType::MILESTONE_SUBMITTED);
  const std::int64_t refused = book.one_in(4) ? 1 : 0;
  const std::int64_t accepted = std::max<std::int64_t>(milestone.amount - refused, 0);
  const auto price = static_cast<std::int64_t>(milestone.extra);
  body.setMilestone(milestone.id);
  auto line = body.initLines(1)[0];
  line.setDeliverable(kBilledLine);
  line.setAccepted(accepted);
  line.setRefused(refused);
  line.setReason(book.text("not held"));
  body.setAcceptedFen(book.odd() ? book.fen(1'000'000) : accepted * price);
  body.setStandardsListed(!book.odd());
  body.setDisclosure(book.text("board"));
  body.setBeneficiaryOpinions(book.odd() ? 0 : 3);
  body.initReviewers(1).set(0, kOfficeHolder);
}

void draw(Book& book, schema::ContractClosed::Builder body) {
  body.setContract(book.id(EventType::CONTRACT_SIGNED));
  body.setSettlement(book.enumerant<schema::ContractClosed::Settlement>(3));
  body.setDay(book.lately(2));
  body.setReason(book.text("done"));
}

// --- calls -------------------------------------------------------------------------------------

void draw(Book& book, schema::CallOpened::Builder body) {
  const std::int64_t budget = book.one_in(6) ? 0 : book.fen(1'000'000);
  const auto lots = static_cast<unsigned>(book.below(3));
  const auto criteria = static_cast<unsigned>(1 + book.below(2));
  body.setKind(book.enumerant<schema::CallOpened::Kind>(4));
  body.setCode(book.text("city_contest"));
  body.setTitle(book.text("contest"));
  body.setEdition(static_cast<std::uint16_t>(book.below(5)));
  body.setOrganiser(book.id(EventType::ORGANISATION_REGISTERED));
  if (book.one_in(4)) book.fill(body.initCoOrganisers(1), EventType::ORGANISATION_REGISTERED);
  body.setFund(book.maybe(2, EventType::FUND_SOURCE_ESTABLISHED));
  body.setBudgetFen(budget);
  auto lot_list = body.initLots(lots);
  for (unsigned i = 0; i < lots; ++i) {
    lot_list[i].setCode(book.odd() ? "L0" : "L" + std::to_string(i));
    lot_list[i].setAmountFen(book.one_in(4) ? 0 : budget / 2);
  }
  auto criterion_list = body.initCriteria(criteria);
  for (unsigned i = 0; i < criteria; ++i) {
    criterion_list[i].setCode("K" + std::to_string(i));
    criterion_list[i].setPointsMax(book.odd() ? -1 : 100);
  }
  body.setOpenDay(sim_first_day().value);
  body.setDeadlineDay(book.one_in(8) ? book.today() - 1 : book.soon(2));
  body.setDeadlineMinute(static_cast<std::int16_t>(book.odd() ? 5'000 : -1));
  book.note() = {.by = lots, .extra = criteria, .amount = budget};
}

namespace {

std::string lot_of(Book& book, std::uint64_t lots) {
  if (book.odd()) return "L9";
  return lots == 0 ? std::string() : "L" + std::to_string(book.below(lots));
}

}  // namespace

void draw(Book& book, schema::ProposalSubmitted::Builder body) {
  const Made call = book.pick(EventType::CALL_OPENED);
  const std::string lot = lot_of(book, call.by);
  body.setCall(call.id);
  body.setLot(lot);
  body.setTitle(book.text("proposal"));
  draw_parties(book, body.initApplicants(static_cast<unsigned>(1 + book.below(3))));
  body.setPriceFen(book.fen(500'000));
  const Bytes sha256 = book.hash();
  body.setDocumentSha256(to_data(sha256));
  // The lot as a number: one more than its digit, 0 for none.
  const auto digit = static_cast<std::uint64_t>(lot.empty() ? 0 : lot[1] - '0' + 1);
  book.note() = {.of = call.id, .by = call.extra, .extra = digit, .amount = call.amount};
}

void draw(Book& book, schema::ProposalScored::Builder body) {
  const Made proposal = book.pick(EventType::PROPOSAL_SUBMITTED);
  body.setProposal(proposal.id);
  body.setScorer(book.id(book.one_in(2) ? EventType::STAFF_ENGAGED : EventType::PERSON_REGISTERED));
  body.setRecused(book.one_in(6));
  if (book.one_in(8)) body.setInterest(book.text("a cousin"));
  auto scores = body.initScores(static_cast<unsigned>(proposal.by));
  for (unsigned i = 0; i < scores.size(); ++i) {
    scores[i].setCriterion("K" + std::to_string(i));
    scores[i].setPoints(book.odd() ? 101 : static_cast<std::int32_t>(book.below(101)));
  }
}

// Each about a third of the budget, so that the fourth does not fit.
void draw(Book& book, schema::AwardDecided::Builder body) {
  const Made proposal = book.pick(EventType::PROPOSAL_SUBMITTED);
  body.setCall(book.odd() ? book.id(EventType::CALL_OPENED) : proposal.of);
  if (proposal.extra != 0) body.setLot("L" + std::to_string(proposal.extra - 1));
  body.setProposal(proposal.id);
  body.setAmountFen(proposal.amount > 0 && !book.odd() ? proposal.amount / 3 : book.fen(1'000'000));
  body.setReason(book.text("best score"));
  body.setDisclosure(book.text("board"));
}

}  // namespace houniao::sim
