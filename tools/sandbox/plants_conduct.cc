#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace conduct {

ProgrammeId open_below(Yard& yard, const std::string& code, std::uint32_t region) {
  return entity_cast<ProgrammeId>(yard.admin->add(yard.opened, [=, &yard](Body body) {
    auto p = body.initProgrammeOpened();
    p.setCode(code);
    p.setParent(yard.programme.value);
    p.setPurpose("沙盒子项目");
    p.setRegion(region);
    p.setFromDay(yard.opened.value);
    p.setToDay(yard.today.value);
  }));
}

Result<Tablet*> office(Yard& yard, const std::string& label, schema::Role role,
                       OrganisationId employer, PersonId person) {
  stage::StaffDraft draft;
  draft.employer = employer;
  draft.post = role == schema::Role::FIELD ? "clerk" : "supervisor";
  draft.person = person;
  const StaffId staff = stage::engage(*yard.admin, yard.opened, draft);
  HOUNIAO_TRY(yard.settle());
  return yard.enrol(label, role, staff, employer);
}

EventId hold(Yard& yard, const Meeting& meeting) {
  Stamp stamp;
  stamp.tablet = meeting.tablet == nullptr ? yard.field[0] : meeting.tablet;
  stamp.when = meeting.when;
  stamp.site = yard.sites[0];
  if (meeting.programme) stamp.programme = meeting.programme;
  deliveries::Gathering draft;
  draft.stamp = stamp;
  draft.kind = meeting.kind;
  draft.headcount = meeting.headcount;
  draft.leader = yard.workers[0].value;
  return event_of(deliveries::gather(draft));
}

stage::RequestDraft bill(FundId fund, OrganisationId payee, std::int64_t fen,
                         const std::string& purpose) {
  stage::RequestDraft draft;
  draft.fund = fund;
  draft.fen = fen;
  draft.purpose = purpose;
  draft.payee = payee;
  draft.region = 440402;
  return draft;
}

Result<Delivered> deliver(Yard& yard, const Purchase& purchase) {
  Delivered out;
  const std::int64_t fen = purchase.units * purchase.price_fen;
  out.contract = yard.contract(purchase.from, days_after(purchase.from, 300), fen, purchase.units);
  HOUNIAO_TRY(yard.settle());
  for (std::int64_t i = 0; i < purchase.units; ++i) {
    const Day when = days_after(purchase.from, 5 + 3 * i);
    const PersonId person = yard.person(1, when);
    out.units.push_back(yard.service(1, when, person, "home_visit", -1, 30, out.contract));
  }
  HOUNIAO_TRY(yard.settle());
  const Day claimed = days_after(purchase.from, 60);
  out.milestone = deliveries::claim(yard, claimed, out.contract, purchase.units, out.units);
  HOUNIAO_TRY(yard.settle());
  deliveries::review(yard, days_after(claimed, 7), out.milestone, purchase.units, 0, fen);
  HOUNIAO_TRY(yard.settle());
  if (!purchase.paid) return out;
  stage::RequestDraft draft = bill(yard.fund, yard.contractor, fen);
  draft.contract = out.contract;
  draft.milestone = out.milestone;
  auto payment = yard.pay(days_after(claimed, 10), draft);
  if (!payment) return payment.error();
  out.payment = *payment;
  return out;
}

}  // namespace conduct

std::vector<PlantRow> plants_of_conduct() {
  return {{14, plant_a14}, {15, plant_a15}, {16, plant_a16}, {17, plant_a17}, {18, plant_a18},
          {19, plant_a19}, {20, plant_a20}, {21, plant_a21}, {22, plant_a22}, {23, plant_a23},
          {24, plant_a24}, {25, plant_a25}, {26, plant_a26}, {27, plant_a27}};
}

}  // namespace houniao::sandbox
