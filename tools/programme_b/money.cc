// The money: funds with their restrictions, the purchase contract from signature to settlement, a
// payment that is asked for too early, and provincial money that may only buy what it was given
// for. Every step waits for the one before to be in the log, as it would between different offices.
#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

// An event in the money's own scope, at no site.
EventId write(Story& story, Tablet& tablet, Day when, Tablet::Fill fill) {
  EventDraft draft = tablet.draft(when);
  draft.scope = story.scope("finance");
  draft.site = {};
  draft.body = std::move(fill);
  return tablet.add(std::move(draft));
}

schema::FundSourceEstablished::Kind fund_kind(const std::string& text) {
  using Kind = schema::FundSourceEstablished::Kind;
  if (text == "provincialGrant") return Kind::PROVINCIAL_GRANT;
  if (text == "purchase") return Kind::PURCHASE;
  if (text == "party") return Kind::PARTY;
  if (text == "donation") return Kind::DONATION;
  return Kind::BUDGET;
}

void receive(Story& story, std::string_view fund, std::int64_t fen, Day when) {
  write(story, *story.cast.finance, when, [&story, fund = story.fund(fund), fen, when](Body body) {
    auto r = body.initFundsReceived();
    r.setFund(fund.value);
    r.setPayer(story.treasury.value);
    r.setAmountFen(fen);
    r.setBankReference("bank-" + to_string(when));
    r.setValueDay(when.value);
  });
}

void allocate(Story& story, std::string_view fund, std::int64_t fen, ContractId contract,
              Day when) {
  write(story, *story.cast.finance, when,
        [&story, fund = story.fund(fund), fen, contract](Body body) {
          auto b = body.initBudgetAllocated();
          b.setFund(fund.value);
          b.setProgramme(story.programme.value);
          b.setContract(contract.value);
          b.setAmountFen(fen);
        });
}

struct Ask {
  std::string_view fund;
  std::int64_t fen = 0;
  std::string purpose;
  OrganisationId payee;
  ContractId contract;
  bool advance = false;
  EventId invoice;
  Day when;
  std::vector<EventId> pays_for = {};  // what it buys, where no contract says it
};

EventId request(Story& story, const Ask& ask) {
  Tablet& clerk = *story.cast.clerk;
  EventDraft draft = clerk.draft(ask.when);
  draft.scope = story.scope("finance");
  draft.site = {};
  draft.causes = ask.pays_for;
  draft.body = [ask, fund = story.fund(ask.fund)](Body body) {
    auto d = body.initDisbursementRequested();
    d.setFund(fund.value);
    d.setContract(ask.contract.value);
    d.setPayee(ask.payee.value);
    d.setAmountFen(ask.fen);
    d.setPurpose(ask.purpose);
    d.setInvoice(ask.invoice.value);
    d.setRegion(440'402);
    d.setAdvance(ask.advance);
  };
  return clerk.add(std::move(draft));
}

EventId approve(Story& story, Tablet& tablet, EventId request, int level, Day when) {
  return write(story, tablet, when, [=](Body body) {
    auto a = body.initDisbursementApproved();
    a.setRequest(request.value);
    a.setLevel(static_cast<std::uint8_t>(level));
    a.setApproved(true);
    a.setReason("checked");
  });
}

// Both rungs of the ladder and the payment, each by somebody else.
Result<void> approve_and_pay(Story& story, EventId request, std::int64_t fen, OrganisationId payee,
                             Day when) {
  Cast& cast = story.cast;
  approve(story, *cast.officer, request, 1, when);
  HOUNIAO_TRY(cast.officer->sync(kSyncTimeout));
  const Day second{when.value + 2};
  approve(story, *cast.secretary, request, 2, second);
  HOUNIAO_TRY(cast.secretary->sync(kSyncTimeout));
  const Day paid{when.value + 5};
  write(story, *cast.finance, paid, [=](Body body) {
    auto p = body.initDisbursementPaid();
    p.setRequest(request.value);
    p.setAmountFen(fen);
    p.setBankReference("pay-" + to_string(request));
    p.setValueDay(paid.value);
    p.setAccountIndex(account_index(payee));
  });
  return cast.finance->sync(kSyncTimeout);
}

EventId submit_milestone(Story& story, Day when) {
  std::vector<EventId> units;
  for (const auto* list :
       {&story.units_classes, &story.units_stage, &story.units_care, &story.units_advice}) {
    units.insert(units.end(), list->begin(), list->end());
  }
  const auto& deliverables = story.pack.contracts.front().deliverables;
  return write(story, *story.cast.director, when, [&story, &deliverables, units](Body body) {
    auto m = body.initMilestoneSubmitted();
    m.setContract(story.contract.value);
    auto lines = m.initLines(static_cast<unsigned>(deliverables.size()));
    for (unsigned i = 0; i < deliverables.size(); ++i) {
      lines[i].setDeliverable(deliverables[i].code);
      lines[i].setQuantity(deliverables[i].quantity);
    }
    auto list = m.initUnits(static_cast<unsigned>(units.size()));
    for (unsigned i = 0; i < units.size(); ++i) list.set(i, units[i].value);
  });
}

void review_milestone(Story& story, EventId milestone, Day when) {
  const PackContract& contract = story.pack.contracts.front();
  write(story, *story.cast.officer, when, [&story, &contract, milestone](Body body) {
    auto r = body.initMilestoneReviewed();
    r.setMilestone(milestone.value);
    auto lines = r.initLines(static_cast<unsigned>(contract.deliverables.size()));
    for (unsigned i = 0; i < contract.deliverables.size(); ++i) {
      lines[i].setDeliverable(contract.deliverables[i].code);
      lines[i].setAccepted(contract.deliverables[i].quantity);
    }
    r.setAcceptedFen(contract.amount_fen);
    r.setBeneficiaryOpinions(26);
    r.setStandardsListed(true);
    r.setDisclosure("notice board of the centre and the buyer's web site");
    auto reviewers = r.initReviewers(1);
    reviewers.set(0, story.officer.value);
  });
}

}  // namespace

Result<void> open_funds(Story& story) {
  Tablet& finance = *story.cast.finance;
  for (const PackFund& fund : story.pack.funds) {
    const OrganisationId owner = fund.code == "charity" ? story.centre : story.treasury;
    const EventId id = write(story, finance, fund.from, [&fund, owner](Body body) {
      auto f = body.initFundSourceEstablished();
      f.setCode(fund.code);
      f.setName(fund.label.zh);
      f.setOwner(owner.value);
      f.setKind(fund_kind(fund.kind));
      auto purposes = f.initAllowedPurposes(static_cast<unsigned>(fund.purposes.size()));
      for (unsigned i = 0; i < fund.purposes.size(); ++i) purposes.set(i, fund.purposes[i]);
      auto regions = f.initAllowedRegions(static_cast<unsigned>(fund.regions.size()));
      for (unsigned i = 0; i < fund.regions.size(); ++i) regions.set(i, fund.regions[i]);
      f.setFromDay(fund.from.value);
      f.setToDay(fund.to.value);
    });
    story.funds.emplace_back(fund.code, entity_cast<FundId>(id));
  }
  const Numbers& n = story.numbers;
  receive(story, "league_purchase", n.league_fen[0], day(2013, 4, 12));
  receive(story, "league_purchase", n.league_fen[1], day(2014, 4, 16));
  receive(story, "provincial_support", n.provincial_fen, day(2014, 6, 20));
  receive(story, "party_building", 3'600'000, day(2013, 7, 1));
  receive(story, "happiness_week", 4'500'000, day(2014, 1, 10));
  receive(story, "population_service", 5'200'000, day(2014, 5, 8));
  receive(story, "floating_population", 8'000'000, day(2013, 3, 6));
  receive(story, "charity", 2'380'000, day(2015, 2, 3));
  return finance.sync(kSyncTimeout);
}

Result<void> sign_contract(Story& story) {
  const PackContract& terms = story.pack.contracts.front();
  Tablet& finance = *story.cast.finance;
  receive(story, terms.fund, story.numbers.league_fen[2], day(2015, 3, 9));
  story.contract =
      entity_cast<ContractId>(write(story, finance, day(2015, 1, 4), [&story, &terms](Body body) {
        auto c = body.initContractSigned();
        c.setNumber(terms.number);
        c.setBuyer(story.league_body.value);
        auto contractors = c.initContractors(1);
        contractors.set(0, story.centre.value);
        c.setAmountFen(terms.amount_fen);
        auto funds = c.initFunds(1);
        funds.set(0, story.fund(terms.fund).value);
        auto lines = c.initDeliverables(static_cast<unsigned>(terms.deliverables.size()));
        for (unsigned i = 0; i < terms.deliverables.size(); ++i) {
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
  allocate(story, terms.fund, terms.amount_fen, story.contract, day(2015, 3, 10));
  HOUNIAO_TRY(finance.sync(kSyncTimeout));

  const EventId advance = request(story, {terms.fund,
                                          terms.advance_fen,
                                          "community_service",
                                          story.centre,
                                          story.contract,
                                          true,
                                          {},
                                          day(2015, 3, 12)});
  HOUNIAO_TRY(story.cast.clerk->sync(kSyncTimeout));
  HOUNIAO_TRY(approve_and_pay(story, advance, terms.advance_fen, story.centre, day(2015, 3, 16)));
  story.tell(
      "购买服务合同签订，预付款经两级审批支付 / the purchase contract is signed, its advance "
      "approved "
      "on two levels and paid");
  return {};
}

Result<void> ask_too_early(Story& story) {
  const PackContract& terms = story.pack.contracts.front();
  Tablet& clerk = *story.cast.clerk;
  story.held_before_acceptance = request(story, {terms.fund,
                                                 terms.amount_fen - terms.advance_fen,
                                                 "community_service",
                                                 story.centre,
                                                 story.contract,
                                                 false,
                                                 {},
                                                 day(2015, 11, 20)});
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));
  auto status = clerk.device().status(story.held_before_acceptance);
  if (!status) return status.error();
  story.tell("验收前申请余款：" + std::string(name_zh(*status)) +
             " / the rest is asked for before acceptance: " + std::string(name(*status)));
  return {};
}

Result<void> accept_and_pay(Story& story) {
  const PackContract& terms = story.pack.contracts.front();
  Cast& cast = story.cast;
  const std::int64_t rest = terms.amount_fen - terms.advance_fen;
  const EventId milestone = submit_milestone(story, day(2016, 1, 5));
  HOUNIAO_TRY(cast.director->sync(kSyncTimeout));
  review_milestone(story, milestone, day(2016, 1, 12));
  HOUNIAO_TRY(cast.officer->sync(kSyncTimeout));
  write(story, *cast.secretary, day(2016, 1, 14),
        [target = story.held_before_acceptance](Body body) {
          auto d = body.initHeldEventDecided();
          d.setTarget(target.value);
          d.setReleased(true);
          d.setReason("the work has been accepted since");
        });
  HOUNIAO_TRY(cast.secretary->sync(kSyncTimeout));
  HOUNIAO_TRY(
      approve_and_pay(story, story.held_before_acceptance, rest, story.centre, day(2016, 1, 18)));
  story.tell(
      "阶段成果验收后，待决申请放行并支付 / after acceptance the held request is released and "
      "paid");
  write(story, *cast.finance, day(2016, 2, 1), [&story](Body body) {
    auto c = body.initContractClosed();
    c.setContract(story.contract.value);
    c.setSettlement(schema::ContractClosed::Settlement::SETTLED);
    c.setDay(day(2016, 2, 1).value);
    c.setReason("delivered, accepted and paid");
  });
  return cast.finance->sync(kSyncTimeout);
}

Result<void> spend_provincial_money(Story& story) {
  Cast& cast = story.cast;
  allocate(story, "provincial_support", story.numbers.provincial_fen, {}, day(2014, 7, 1));
  allocate(story, "floating_population", 8'000'000, {}, day(2013, 3, 20));
  constexpr std::int64_t kEquipment = 6'800'000;
  const auto invoice = [&](const std::string& number, std::int64_t fen, Day when) {
    return write(story, *cast.finance, when, [&story, number, fen, when](Body body) {
      auto i = body.initInvoiceRecorded();
      i.setIssuerUscc(story.printer_uscc);
      i.setNumber(number);
      i.setAmountFen(fen);
      i.setDay(when.value);
    });
  };
  const std::int64_t printing = story.numbers.handbooks * std::int64_t{180};
  const EventId print_invoice = invoice("00417731", printing, day(2013, 4, 2));
  const EventId equipment_invoice = invoice("00417902", kEquipment, day(2014, 9, 3));
  HOUNIAO_TRY(cast.finance->sync(kSyncTimeout));

  std::vector<EventId> stations;
  for (const Station& station : story.stations) stations.push_back(EventId{station.site.value});
  const EventId print = request(story, {"floating_population",
                                        printing,
                                        "handbook",
                                        story.printer,
                                        {},
                                        false,
                                        print_invoice,
                                        day(2013, 4, 8),
                                        {EventId{story.handbook.value}}});
  const EventId equipment = request(story, {"provincial_support",
                                            kEquipment,
                                            "station_equipment",
                                            story.printer,
                                            {},
                                            false,
                                            equipment_invoice,
                                            day(2014, 9, 10),
                                            stations});
  // Restricted money for something it was not given for: it stays held.
  const EventId bonus = request(story, {"provincial_support",
                                        3'000'000,
                                        "staff_bonus",
                                        story.centre,
                                        {},
                                        false,
                                        {},
                                        day(2014, 12, 22)});
  story.kept_held.push_back(bonus);
  HOUNIAO_TRY(cast.clerk->sync(kSyncTimeout));
  auto status = cast.clerk->device().status(bonus);
  if (!status) return status.error();
  story.tell("省级专款用途外申请：" + std::string(name_zh(*status)) +
             " / provincial money asked for outside its purpose: " + std::string(name(*status)));
  HOUNIAO_TRY(approve_and_pay(story, print, printing, story.printer, day(2013, 4, 12)));
  // The officer approved the first rung and tries the second as well: one person on both is held.
  approve(story, *cast.officer, equipment, 1, day(2014, 9, 15));
  HOUNIAO_TRY(cast.officer->sync(kSyncTimeout));
  story.kept_held.push_back(approve(story, *cast.officer, equipment, 2, day(2014, 9, 15)));
  HOUNIAO_TRY(cast.officer->sync(kSyncTimeout));
  approve(story, *cast.secretary, equipment, 2, day(2014, 9, 17));
  HOUNIAO_TRY(cast.secretary->sync(kSyncTimeout));
  write(story, *cast.finance, day(2014, 9, 22), [&story, equipment](Body body) {
    auto p = body.initDisbursementPaid();
    p.setRequest(equipment.value);
    p.setAmountFen(kEquipment);
    p.setBankReference("pay-" + to_string(equipment));
    p.setValueDay(day(2014, 9, 22).value);
    p.setAccountIndex(account_index(story.printer));
  });
  return cast.finance->sync(kSyncTimeout);
}

}  // namespace houniao::programme_b
