#include "tools/programme_e/calls.h"

#include "base/crypto.h"

namespace houniao::programme_e {
namespace {

constexpr std::array<const char*, kCriteria> kCodes = {"need", "plan", "team", "budget"};

EventId add_row(Tablet& tablet, Day when, Tablet::Fill fill) {
  EventDraft row = tablet.draft(when);
  // The next line of the book that is kept on this tablet.
  row.import_row = static_cast<std::uint32_t>(tablet.written() + 1);
  row.body = std::move(fill);
  return tablet.add(std::move(row));
}

}  // namespace

CallId open_call(Tablet& tablet, Day when, const CallDraft& draft) {
  return entity_cast<CallId>(add_row(tablet, when, [=](Body body) {
    auto c = body.initCallOpened();
    c.setKind(draft.kind);
    c.setCode(draft.series);
    c.setTitle(draft.title);
    c.setEdition(draft.edition);
    c.setOrganiser(draft.organiser.value);
    auto others = c.initCoOrganisers(static_cast<unsigned>(draft.co_organisers.size()));
    for (unsigned i = 0; i < others.size(); ++i) others.set(i, draft.co_organisers[i].value);
    c.setFund(draft.fund.value);
    c.setBudgetFen(draft.budget_fen);
    if (draft.scored) {
      auto criteria = c.initCriteria(kCriteria);
      for (unsigned i = 0; i < kCriteria; ++i) {
        criteria[i].setCode(kCodes[i]);
        criteria[i].setPointsMax(kPointsEach);
      }
    }
    c.setOpenDay(when.value);
    c.setDeadlineDay(days_after(when, draft.open_days).value);
  }));
}

ProposalId propose(Tablet& tablet, Day when, CallId call, const std::string& title,
                   const std::vector<Share>& applicants, std::int64_t price_fen) {
  return entity_cast<ProposalId>(add_row(tablet, when, [=](Body body) {
    auto p = body.initProposalSubmitted();
    p.setCall(call.value);
    p.setTitle(title);
    auto list = p.initApplicants(static_cast<unsigned>(applicants.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
      list[i].setParty(applicants[i].party.value);
      list[i].setPermille(applicants[i].permille);
    }
    p.setPriceFen(price_fen);
    // Of an invented document; every proposal has its own.
    const Hash document = sha256(as_bytes(title + " " + to_string(EventId{call.value}) + " " +
                                          std::to_string(applicants.front().party.value)));
    p.setDocumentSha256(capnp::Data::Reader(document.bytes.data(), document.bytes.size()));
  }));
}

EventId score(Tablet& tablet, Day when, ProposalId proposal, StaffId scorer, const Scores& scores,
              const std::string& interest) {
  return tablet.add(when, [=](Body body) {
    auto p = body.initProposalScored();
    p.setProposal(proposal.value);
    p.setScorer(scorer.value);
    auto list = p.initScores(kCriteria);
    for (unsigned i = 0; i < kCriteria; ++i) {
      list[i].setCriterion(kCodes[i]);
      list[i].setPoints(scores[i]);
    }
    p.setInterest(interest);
  });
}

EventId stand_aside(Tablet& tablet, Day when, ProposalId proposal, StaffId scorer,
                    const std::string& interest) {
  return tablet.add(when, [=](Body body) {
    auto p = body.initProposalScored();
    p.setProposal(proposal.value);
    p.setScorer(scorer.value);
    p.setRecused(true);
    p.setInterest(interest);
  });
}

EventId award(Tablet& tablet, Day when, CallId call, ProposalId proposal, std::int64_t fen,
              const std::string& reason) {
  return tablet.add(when, [=](Body body) {
    auto a = body.initAwardDecided();
    a.setCall(call.value);
    a.setProposal(proposal.value);
    a.setAmountFen(fen);
    a.setReason(reason);
    a.setDisclosure("web site of the city League committee");
  });
}

}  // namespace houniao::programme_e
