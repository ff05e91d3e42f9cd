// A13: money before acceptance, to a changed account, after the end.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;

constexpr std::int64_t kPrice = 10'000;
constexpr std::uint32_t kRegion = 440'402;

struct Terms {
  std::int64_t from = 0;  // days of the yard
  std::int64_t to = 0;
  std::int64_t accepted_on = 0;  // 0: not at all
  std::int64_t advance_fen = 0;
};
struct Purchase {
  ContractId contract;
  MilestoneId milestone;
  EventId review;
};

// A contract for forty visits, of which three are delivered, claimed and accepted.
Result<Purchase> buy(Yard& yard, const Terms& terms) {
  constexpr std::int64_t kUnits = 40;
  constexpr int kDelivered = 3;
  Purchase out;
  out.contract = yard.contract(day(yard, terms.from), day(yard, terms.to), kUnits * kPrice, kUnits,
                               {}, terms.advance_fen);
  HOUNIAO_TRY(yard.settle());
  if (terms.accepted_on == 0) return out;
  Ids units;
  for (int i = 0; i < kDelivered; ++i) {
    const Day when = day(yard, terms.from + 3 + i);
    const PersonId person = yard.person(0, day(yard, terms.from));
    units.push_back(yard.service(0, when, person, "home_visit", -1, 30, out.contract));
  }
  HOUNIAO_TRY(yard.settle());
  out.milestone = claim(yard, day(yard, terms.from + 10), out.contract, kDelivered, units);
  HOUNIAO_TRY(yard.settle());
  out.review =
      review(yard, day(yard, terms.accepted_on), out.milestone, kDelivered, 0, kDelivered * kPrice);
  HOUNIAO_TRY(yard.settle());
  return out;
}

stage::RequestDraft request(const Yard& yard, const Purchase& of, std::int64_t fen) {
  stage::RequestDraft draft;
  draft.fund = yard.fund;
  draft.fen = fen;
  draft.purpose = "service";
  draft.payee = yard.contractor;
  draft.region = kRegion;
  draft.contract = of.contract;
  draft.milestone = of.milestone;
  return draft;
}

EventId record_account(Yard& yard, Day from, OrganisationId of, const std::string& account) {
  return yard.admin->add(from, [=](stage::Body body) {
    auto c = body.initOrganisationCredentialRecorded();
    c.setOrganisation(of.value);
    c.setKind(schema::OrganisationCredentialRecorded::Kind::BANK_ACCOUNT);
    c.setValue(account);
    c.setIssuer("bank");
    c.setValidFromDay(from.value);
    c.setValidToDay(from.value + 3'650);
  });
}

// A purchase from a supplier without a contract, paid to that account.
Result<EventId> pay_to(Yard& yard, Day when, OrganisationId payee, const std::string& account,
                       std::int64_t fen) {
  stage::RequestDraft draft;
  draft.fund = yard.fund;
  draft.fen = fen;
  draft.purpose = "service";
  draft.payee = payee;
  draft.region = kRegion;
  const RequestId id = stage::request_money(*yard.requester, when, draft);
  HOUNIAO_TRY(yard.settle());
  stage::approve_request(*yard.approver, when, id, 1);
  HOUNIAO_TRY(yard.settle());
  stage::approve_request(*yard.second_approver, when, id, 2);
  HOUNIAO_TRY(yard.settle());
  Stamp stamp;
  stamp.tablet = yard.payer;
  stamp.when = when;
  stamp.site = SiteId{};
  const EventId paid = record(stamp, [=](stage::Body body) {
    auto p = body.initDisbursementPaid();
    p.setRequest(id.value);
    p.setAmountFen(fen);
    p.setBankReference("pay-" + to_string(EventId{id.value}));
    p.setValueDay(when.value);
    p.setAccountIndex(account);
  });
  HOUNIAO_TRY(yard.settle());
  return paid;
}

Result<void> plant_early(Yard& yard, Plants& out) {
  auto signed_later = buy(yard, {100, 500, 400});
  if (!signed_later) return signed_later.error();
  auto paid = yard.pay(day(yard, 200), request(yard, *signed_later, 3 * kPrice));
  if (!paid) return paid.error();
  fraud(out, 13, "验收单落款日期比支付晚半年",
        "the acceptance bears a day half a year after the payment", {event_of(*paid)});

  auto nothing = buy(yard, {100, 500});
  if (!nothing) return nothing.error();
  const RequestId asked =
      stage::request_money(*yard.requester, day(yard, 150), request(yard, *nothing, 5 * kPrice));
  HOUNIAO_TRY(yard.settle());
  fraud(out, 13, "尚无任何验收就申请付款（系统暂缓）",
        "payment is asked for before anything was accepted; it is held", {event_of(asked)});

  auto agreed = buy(yard, {100, 500, 0, 8 * kPrice});
  if (!agreed) return agreed.error();
  stage::RequestDraft advance = request(yard, *agreed, 8 * kPrice);
  advance.advance = true;
  auto advanced = yard.pay(day(yard, 110), advance);
  if (!advanced) return advanced.error();
  honest(out, 13, "合同约定的预付款在验收之前支付",
         "the advance that the contract agrees is paid before acceptance", {event_of(*advanced)});

  auto patient = buy(yard, {100, 500, 130});
  if (!patient) return patient.error();
  const RequestId hasty =
      stage::request_money(*yard.requester, day(yard, 115), request(yard, *patient, 9 * kPrice));
  HOUNIAO_TRY(yard.settle());
  stage::decide_held(*yard.second_supervisor, day(yard, 116), event_of(hasty), false,
                     "asked for more than was accepted; to be asked for again");
  HOUNIAO_TRY(yard.settle());
  auto proper = yard.pay(day(yard, 135), request(yard, *patient, 3 * kPrice));
  if (!proper) return proper.error();
  honest(out, 13, "误按合同总额申请，被退回；验收后按验收金额重新申请并支付",
         "asked for too much by mistake and refused; asked for again by what was accepted and paid",
         {event_of(hasty), event_of(*proper)});
  return {};
}

Result<void> plant_late(Yard& yard, Plants& out) {
  auto old = buy(yard, {20, 110, 115});
  if (!old) return old.error();
  auto late = yard.pay(day(yard, 330), request(yard, *old, 3 * kPrice));
  if (!late) return late.error();
  fraud(out, 13, "合同期满七个月后仍在该合同下支付",
        "paid under the contract seven months after it had ended", {event_of(*late)});

  auto settled = buy(yard, {20, 110, 140});
  if (!settled) return settled.error();
  auto rest = yard.pay(day(yard, 145), request(yard, *settled, 3 * kPrice));
  if (!rest) return rest.error();
  honest(out, 13, "合同期满后一个月验收，随后结清尾款",
         "accepted a month after the end and settled then", {event_of(*rest), settled->review});
  return {};
}

Result<void> plant_accounts(Yard& yard, Plants& out) {
  std::string code;
  const OrganisationId hijacked = yard.body("supplier", "沙盒印务部", &code, "91");
  const OrganisationId moved = yard.body("supplier", "沙盒文具店", &code, "91");
  HOUNIAO_TRY(yard.settle());
  record_account(yard, day(yard, 240), hijacked, "5ca1ab1e");
  const EventId change = record_account(yard, day(yard, 60), moved, "0ddba11");
  HOUNIAO_TRY(yard.settle());
  auto taken = pay_to(yard, day(yard, 245), hijacked, "5ca1ab1e", 438'600);
  if (!taken) return taken.error();
  fraud(out, 13, "收款账户变更五天后即付款", "paid five days after the payee's account was changed",
        {*taken});
  auto usual = pay_to(yard, day(yard, 260), moved, "0ddba11", 126'350);
  if (!usual) return usual.error();
  honest(out, 13, "供应商半年前换户并经银行核实，其后正常付款",
         "the supplier had changed its bank half a year before, verified, and is paid as usual",
         {*usual, change});
  return {};
}

}  // namespace

Result<void> plant_a13(Yard& yard, std::vector<Plant>& out) {
  HOUNIAO_TRY(plant_early(yard, out));
  HOUNIAO_TRY(plant_late(yard, out));
  return plant_accounts(yard, out);
}

}  // namespace houniao::sandbox
