// Plants of A31 (agency) and A40 (custody money).
#include "base/crypto.h"
#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox::institutions {
namespace {

using Stage = schema::AgencyCaseProgressed::Stage;
using Direction = schema::CustodyMoneyMoved::Direction;

struct CaseDraft {
  Day opened;
  PersonId person;
  std::string certificate = "residence_permit";
  std::int64_t fee_fen = 0;
};
EventId open_case(Tablet& tablet, const CaseDraft& draft) {
  return tablet.add(draft.opened, [draft](Body body) {
    auto c = body.initAgencyCaseOpened();
    c.setPerson(draft.person.value);
    c.setCertificate(draft.certificate);
    c.setDestination("home_county_office");
    c.setDestinationRegion(440'402);
    c.setFeeFen(draft.fee_fen);
  });
}

EventId progress(Tablet& tablet, Day day, EventId of, Stage stage, const std::string& number = {}) {
  return tablet.add(day, [=](Body body) {
    auto p = body.initAgencyCaseProgressed();
    p.setCase(of.value);
    p.setStage(stage);
    p.setDay(day.value);
    if (number.empty()) return;
    const Hash hash = sha256(as_bytes(number));
    p.setNumberIndex(capnp::Data::Reader(hash.bytes.data(), 16));
  });
}

struct Obtained {
  EventId opened;
  EventId issued;
};
// Submitted a day after it was opened, issued after a month, handed over a week later.
Obtained obtain(Tablet& tablet, const CaseDraft& draft, bool handed_over = true,
                const std::string& number = {}) {
  Obtained out;
  out.opened = open_case(tablet, draft);
  progress(tablet, days_after(draft.opened, 1), out.opened, Stage::SUBMITTED);
  out.issued = progress(tablet, days_after(draft.opened, 30), out.opened, Stage::ISSUED, number);
  if (handed_over) {
    progress(tablet, days_after(draft.opened, 37), out.opened, Stage::HANDED_OVER);
  }
  return out;
}

EventId move(Tablet& tablet, Day day, PersonId client, Direction direction, std::int64_t fen,
             const std::string& receipt, EventId of = {}) {
  return tablet.add(day, [=](Body body) {
    auto m = body.initCustodyMoneyMoved();
    m.setClient(client.value);
    m.setDirection(direction);
    m.setAmountFen(fen);
    m.setReceipt(receipt);
    m.setCase(of.value);
  });
}

// A worker of the agency's counter with a tablet of its own.
Result<Tablet*> counter(Yard& yard, const std::string& label) {
  const StaffId worker = yard.staff(yard.centre, "clerk", yard.opened);
  HOUNIAO_TRY(yard.settle());
  return yard.enrol(label, schema::Role::FIELD, worker, yard.centre);
}

}  // namespace

Result<void> plant_a31(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 31);
  auto careless = counter(yard, "sandbox agency 1");
  if (!careless) return careless.error();
  auto careful = counter(yard, "sandbox agency 2");
  if (!careful) return careful.error();
  const Day day = on(2024, 2, 20);
  std::vector<PersonId> people;
  for (int i = 0; i < 14; ++i) people.push_back(s.person(on(2024, 2, 1)));
  HOUNIAO_TRY(yard.settle());
  Tablet& desk = s.desk();

  const Obtained first =
      obtain(desk, {.opened = day, .person = people[0], .certificate = "resident_id"});
  const Obtained second =
      obtain(desk, {.opened = on(2024, 9, 2), .person = people[0], .certificate = "resident_id"});
  s.fraud("同一人半年内两次办成身份证", "one person gets two identity cards within half a year",
          {first.opened, second.opened});
  const Obtained real = obtain(desk, {.opened = day, .person = people[1]}, true, "JZ-20240321-7");
  const Obtained copied =
      obtain(desk, {.opened = on(2024, 3, 5), .person = people[2]}, true, "JZ-20240321-7");
  s.fraud("同一张证的号码报了两件代办", "one certificate number is reported under two cases",
          {real.issued, copied.issued});
  std::vector<EventId> kept;
  for (std::size_t i = 3; i < 6; ++i) {
    kept.push_back(obtain(**careless, {.opened = day, .person = people[i]}, false).issued);
  }
  s.fraud("三件签发的证件一直没有交给本人", "three issued certificates were never handed over",
          kept);
  std::vector<EventId> strangers;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    // Ids of a device that was never enrolled.
    const PersonId nobody{(std::uint64_t{0xfffffff0} << 32) | i};
    strangers.push_back(open_case(**careless, {.opened = day, .person = nobody}));
  }
  s.fraud("三件代办的对象从未登记", "three cases are for persons who were never registered",
          strangers);

  const EventId refused =
      open_case(desk, {.opened = day, .person = people[6], .certificate = "resident_id"});
  progress(desk, days_after(day, 1), refused, Stage::SUBMITTED);
  progress(desk, days_after(day, 20), refused, Stage::REFUSED);
  const Obtained repeated =
      obtain(desk, {.opened = on(2024, 6, 3), .person = people[6], .certificate = "resident_id"});
  s.honest("第一次被退，补齐材料后办成", "refused at first, issued when the papers were complete",
           {refused, repeated.opened});
  const Obtained permit = obtain(desk, {.opened = day, .person = people[7]});
  const Obtained renewed = obtain(desk, {.opened = on(2025, 4, 1), .person = people[7]});
  s.honest("居住证满一年后续办", "a residence permit renewed after its year",
           {permit.opened, renewed.opened});
  const Obtained card =
      obtain(desk, {.opened = day, .person = people[8], .certificate = "resident_id"});
  const Obtained other = obtain(desk, {.opened = days_after(day, 3), .person = people[8]});
  s.honest("同一人办两种不同的证", "two different certificates of one person",
           {card.opened, other.opened});
  std::vector<EventId> delivered;
  for (std::size_t i = 9; i < 14; ++i) {
    delivered.push_back(obtain(**careful, {.opened = day, .person = people[i]}, i != 9).issued);
  }
  s.honest("五件中一件本人迟迟未来领取",
           "of five certificates the client of one has not come for it", delivered);
  HOUNIAO_TRY((*careless)->sync(stage::kSyncTimeout));
  HOUNIAO_TRY((*careful)->sync(stage::kSyncTimeout));
  return yard.settle();
}

Result<void> plant_a40(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 40);
  auto silent = counter(yard, "sandbox agency 3");
  if (!silent) return silent.error();
  const Day day = on(2024, 4, 8);
  std::vector<PersonId> people;
  for (int i = 0; i < 10; ++i) people.push_back(s.person(on(2024, 4, 1)));
  HOUNIAO_TRY(yard.settle());
  Tablet& desk = s.desk();

  s.fraud("代收的规费一年多没有代缴也没有退还",
          "a fee taken for a client was neither paid on nor given back for more than a year",
          {move(desk, day, people[0], Direction::RECEIVED, 42'000, "DJ-0408-1")});
  move(desk, day, people[1], Direction::RECEIVED, 2'000, "DJ-0408-2");
  s.fraud("代收二十元却代缴二百元", "twenty yuan taken and two hundred paid on",
          {move(desk, days_after(day, 2), people[1], Direction::PAID_ON, 20'000, "DJ-0410-1")});
  move(desk, days_after(day, 3), people[1], Direction::REFUNDED, 2'000, "DJ-0411-1");
  std::vector<EventId> unpaid;
  for (std::size_t i = 2; i < 5; ++i) {
    unpaid.push_back(
        obtain(**silent, {.opened = day, .person = people[i], .fee_fen = 4'000}).opened);
  }
  s.fraud("三件代办写明收费并办成，没有任何代收代缴记录",
          "three cases state a fee and are issued, and no client's money ever moved", unpaid);
  const std::string receipt = "DJ-0408-7731";
  const EventId taken = move(desk, day, people[5], Direction::RECEIVED, 30'000, receipt);
  move(desk, days_after(day, 5), people[5], Direction::PAID_ON, 30'000, "DJ-0413-1");
  const EventId banked = yard.payer->add(days_after(day, 1), [&yard, receipt, day](Body body) {
    auto r = body.initFundsReceived();
    r.setFund(yard.fund.value);
    r.setAmountFen(30'000);
    r.setBankReference(receipt);
    r.setValueDay(day.value + 1);
  });
  s.fraud("个人规费存进了项目账户", "a client's fee was paid into the programme's account",
          {taken, banked});

  const Obtained paid = obtain(desk, {.opened = day, .person = people[6], .fee_fen = 4'000});
  s.honest("收五十、代缴四十、找零十元", "fifty taken, forty paid on, ten given back",
           {paid.opened,
            move(desk, day, people[6], Direction::RECEIVED, 5'000, "DJ-0408-3", paid.opened),
            move(desk, days_after(day, 1), people[6], Direction::PAID_ON, 4'000, "DJ-0409-1",
                 paid.opened),
            move(desk, days_after(day, 1), people[6], Direction::REFUNDED, 1'000, "DJ-0409-2",
                 paid.opened)});
  s.honest("未能受理，规费全额退还", "not accepted, and the whole fee given back",
           {move(desk, day, people[7], Direction::RECEIVED, 4'000, "DJ-0408-4"),
            move(desk, days_after(day, 12), people[7], Direction::REFUNDED, 4'000, "DJ-0420-1")});
  const Obtained counted = obtain(desk, {.opened = day, .person = people[8], .fee_fen = 4'000});
  s.honest("分两次交款，一次代缴", "taken in two parts and paid on in one",
           {counted.opened, move(desk, day, people[8], Direction::RECEIVED, 1'500, "DJ-0408-5"),
            move(desk, days_after(day, 6), people[8], Direction::RECEIVED, 2'500, "DJ-0414-1"),
            move(desk, days_after(day, 7), people[8], Direction::PAID_ON, 4'000, "DJ-0415-1")});
  s.honest("本人自行向窗口缴费，免收代缴款", "the client pays at the office, no fee is taken",
           {obtain(desk, {.opened = day, .person = people[9]}).opened});
  HOUNIAO_TRY((*silent)->sync(stage::kSyncTimeout));
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
