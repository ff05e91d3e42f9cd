// A venture contest for tests of the family calls: an organiser, applicants, and short forms of the
// call, proposals, scores and awards. Everything that may go wrong is one member of an options
// struct.
#pragma once

#include <string>
#include <vector>

#include "replay/families/calls.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {

class CallsWorld : public DeliveryWorld {
 protected:
  using Kind = schema::CallOpened::Kind;

  CallsWorld() {
    organiser = organisation("");
    alpha = organisation("");
    beta = organisation("");
  }

  struct Lot {
    std::string code = "";
    std::int64_t fen = 0;
  };
  struct Criterion {
    std::string code = "";
    std::int32_t points = 0;
  };
  struct Calling {
    Kind kind = Kind::CONTEST;
    std::string code = "city_contest";
    std::string title = "venture contest";
    std::uint16_t edition = 5;
    EventId organiser = {};
    EventId fund = {};
    std::int64_t budget = 100'000;
    std::vector<Lot> lots = {};
    std::vector<Criterion> criteria = {{"idea", 60}, {"effect", 40}};
    std::int32_t opens_in = 0;  // days from today
    // The last day is today, so that proposals and awards of one day are both in order.
    std::int32_t deadline_in = 0;
    std::int16_t minute = -1;
    std::uint32_t row = 0;  // of an older book, 0: recorded as it opened
  };
  EventId open_call(const Calling& options, DeviceNumber by = {}) {
    return log.add(by ? by : supervisor, [&](Body e) {
      if (options.row != 0) e.setSource(schema::Source::IMPORTED);
      e.setImportRow(options.row);
      auto b = e.initBody().initCallOpened();
      b.setKind(options.kind);
      b.setCode(options.code);
      b.setTitle(options.title);
      b.setEdition(options.edition);
      b.setOrganiser(options.organiser ? options.organiser.value : organiser.value);
      b.setFund(options.fund.value);
      b.setBudgetFen(options.budget);
      auto lots = b.initLots(static_cast<unsigned>(options.lots.size()));
      for (unsigned i = 0; i < lots.size(); ++i) {
        lots[i].setCode(options.lots[i].code);
        lots[i].setAmountFen(options.lots[i].fen);
      }
      auto criteria = b.initCriteria(static_cast<unsigned>(options.criteria.size()));
      for (unsigned i = 0; i < criteria.size(); ++i) {
        criteria[i].setCode(options.criteria[i].code);
        criteria[i].setPointsMax(options.criteria[i].points);
      }
      b.setOpenDay(log.today().value + options.opens_in);
      b.setDeadlineDay(log.today().value + options.deadline_in);
      b.setDeadlineMinute(options.minute);
    });
  }
  EventId open_call() { return open_call(Calling{}); }

  struct Share {
    EventId party = {};
    std::uint16_t permille = 1000;
  };
  struct Submission {
    std::vector<Share> applicants = {};
    std::string lot = "";
    std::string title = "sunlight for the disabled";
    std::int64_t price = 30'000;
    Bytes document = {};
    std::uint32_t row = 0;  // of an older book
    std::int32_t day = 0;   // that the row states; 0: today
  };
  EventId submit(EventId call, const Submission& options, DeviceNumber by = {}) {
    return log.add(by ? by : field, [&](Body e) {
      if (options.row != 0) e.setSource(schema::Source::IMPORTED);
      e.setImportRow(options.row);
      if (options.day != 0) e.setOccurredDay(options.day);
      auto b = e.initBody().initProposalSubmitted();
      b.setCall(call.value);
      b.setLot(options.lot);
      b.setTitle(options.title);
      auto list = b.initApplicants(static_cast<unsigned>(options.applicants.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setParty(options.applicants[i].party.value);
        list[i].setPermille(options.applicants[i].permille);
      }
      b.setPriceFen(options.price);
      b.setDocumentSha256(to_data(ByteView{options.document}));
    });
  }
  // The whole proposal is one party's.
  EventId submit(EventId call, EventId party, DeviceNumber by = {}) {
    return submit(call, Submission{.applicants = {{party}}}, by);
  }
  static Bytes document(std::uint8_t byte) { return Bytes(32, byte); }

  struct Scoring {
    std::vector<Criterion> points = {{"idea", 50}, {"effect", 30}};
    bool recused = false;
    std::string interest = "";
  };
  EventId score(EventId proposal, EventId scorer, const Scoring& options, DeviceNumber by = {}) {
    return log.add(by ? by : supervisor, [&](Body e) {
      auto b = e.initBody().initProposalScored();
      b.setProposal(proposal.value);
      b.setScorer(scorer.value);
      auto list = b.initScores(static_cast<unsigned>(options.points.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setCriterion(options.points[i].code);
        list[i].setPoints(options.points[i].points);
      }
      b.setRecused(options.recused);
      b.setInterest(options.interest);
    });
  }
  EventId score(EventId proposal, EventId scorer, std::int32_t idea = 50,
                std::int32_t effect = 30) {
    return score(proposal, scorer, Scoring{.points = {{"idea", idea}, {"effect", effect}}});
  }
  EventId recuse(EventId proposal, EventId scorer, DeviceNumber by = {}) {
    return score(proposal, scorer, Scoring{.points = {}, .recused = true, .interest = "cousin"},
                 by);
  }

  struct Awarding {
    std::int64_t fen = 10'000;
    std::string lot = "";
    std::string reason = "best idea";
    std::string disclosure = "city website";
  };
  EventId award(EventId call, EventId proposal, const Awarding& options, DeviceNumber by = {}) {
    return log.add(by ? by : supervisor, [&](Body e) {
      auto b = e.initBody().initAwardDecided();
      b.setCall(call.value);
      b.setLot(options.lot);
      b.setProposal(proposal.value);
      b.setAmountFen(options.fen);
      b.setReason(options.reason);
      b.setDisclosure(options.disclosure);
    });
  }
  EventId award(EventId call, EventId proposal, std::int64_t fen = 10'000) {
    return award(call, proposal, Awarding{.fen = fen});
  }

  EventId join(EventId member, EventId group, bool joined = true) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initMembershipChanged();
      b.setMember(member.value);
      b.setGroup(group.value);
      b.setRole("member");
      b.setJoined(joined);
      b.setDay(log.today().value);
    });
  }

  const Call* find_call(EventId id) const {
    return log.state().calls.find(entity_cast<CallId>(id));
  }
  const Proposal* find_proposal(EventId id) const {
    return log.state().calls.find(entity_cast<ProposalId>(id));
  }
  std::optional<std::uint32_t> mean(EventId proposal) const {
    return mean_score_permille(log.state(), entity_cast<ProposalId>(proposal));
  }
  Fen left(EventId call) const {
    return log.state().calls.remaining_budget(entity_cast<CallId>(call));
  }
  std::int64_t amount(const FactFilter& filter) const {
    std::int64_t sum = 0;
    log.state().facts.scan(filter, [&](const auto& c, std::size_t i) { sum += c.amount_fen[i]; });
    return sum;
  }
  FactRow row_at(EventId id, std::uint32_t place) const {
    const auto span = log.state().facts.rows_of(id);
    return place < span.count ? log.state().facts.row(span.first + place) : FactRow{};
  }
  void days_pass(std::int32_t days) { log.set_today(Day{log.today().value + days}); }

  EventId organiser, alpha, beta;
};

}  // namespace houniao::testing
