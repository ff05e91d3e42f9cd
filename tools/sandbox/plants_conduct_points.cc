// A21 points, A22 stock and library.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;

// --- A21 ---------------------------------------------------------------------------------------

// Hours of one day, recorded in the field and confirmed by the supervisor; settle before the
// points.
struct Served {
  EventId record;
  EventId confirmed;
};
Result<Served> serve(Yard& yard, Day when, VolunteerId volunteer, std::uint32_t minutes) {
  Served out;
  out.record = stage::record_hours(*yard.field[0], when, volunteer, {}, minutes);
  HOUNIAO_TRY(yard.settle());
  out.confirmed = stage::confirm_hours(*yard.supervisor, days_after(when, 2), out.record, minutes);
  HOUNIAO_TRY(yard.settle());
  return out;
}
EventId earn(Yard& yard, Day when, VolunteerId volunteer, EventId hours, std::int64_t points) {
  return yard.second_supervisor->add(when, [=](Body body) {
    auto p = body.initPointsEarned();
    p.setVolunteer(volunteer.value);
    p.setHours(hours.value);
    p.setPoints(points);
  });
}
// A volunteer with so many points, at most eight, by service on that day.
Result<VolunteerId> with_points(Yard& yard, Day when, std::int64_t points) {
  const VolunteerId volunteer = yard.volunteer(days_after(when, -10));
  HOUNIAO_TRY(yard.settle());
  auto served = serve(yard, when, volunteer, static_cast<std::uint32_t>(points * 60));
  if (!served) return served.error();
  earn(yard, days_after(when, 3), volunteer, served->confirmed, points);
  HOUNIAO_TRY(yard.settle());
  return volunteer;
}
EventId adjust(Yard& yard, Day when, VolunteerId volunteer, std::int64_t delta,
               schema::PointsAdjusted::Cause cause, SiteId site = {}) {
  EventDraft draft = yard.second_supervisor->draft(when);
  draft.site = site;
  draft.body = [=, approver = yard.chief.value](Body body) {
    auto a = body.initPointsAdjusted();
    a.setVolunteer(volunteer.value);
    a.setDelta(delta);
    a.setCause(cause);
    a.setReason("补记");
    a.setApprover(approver);
  };
  return yard.second_supervisor->add(std::move(draft));
}

AssetId stock(Yard& yard, Day when, const std::string& kind, std::int64_t pieces,
              std::int64_t each_fen, SiteId site, bool lendable = false) {
  Stamp stamp;
  stamp.tablet = yard.field[0];
  stamp.when = when;
  stamp.site = site;
  return entity_cast<AssetId>(deliveries::record(stamp, [=](Body body) {
    auto a = body.initAssetRecorded();
    a.setKind(kind);
    a.setName("沙盒物品");
    a.setQuantity(pieces);
    a.setValueFen(pieces * each_fen);
    a.setLendable(lendable);
  }));
}

struct Collection {
  VolunteerId volunteer;
  AssetId item;
  std::int64_t points = 2;
  std::int64_t pieces = 1;
  std::string signature;
  schema::PointsRedeemed::Mode mode = schema::PointsRedeemed::Mode::ONLINE;
  SiteId site;
};
EventId collect(Yard& yard, Day when, const Collection& c) {
  Stamp stamp;
  stamp.tablet = yard.field[0];
  stamp.when = when;
  stamp.site = c.site;
  return deliveries::record(stamp, [c](Body body) {
    auto r = body.initPointsRedeemed();
    r.setVolunteer(c.volunteer.value);
    r.setItem(c.item.value);
    r.setQuantity(c.pieces);
    r.setPoints(c.points);
    r.setMode(c.mode);
    const Hash hash = sha256(as_bytes("signature of the sandbox " + c.signature));
    if (!c.signature.empty()) r.setSignatureSha256(to_data(hash));
  });
}

Ids recruits_of(Yard& yard, Day when, VolunteerId referrer, bool serving) {
  Ids out;
  for (int i = 0; i < 11; ++i) {
    const PersonId person =
        stage::register_person(*yard.supervisor, when, yard.company.identities.person(true));
    const VolunteerId id =
        stage::enrol_volunteer(*yard.supervisor, when, person, yard.centre, "first_aid", referrer);
    out.push_back(event_of(id));
    if (!serving) continue;
    stage::DutyDraft duty;
    duty.volunteer = id;
    duty.kind = "station_desk";
    duty.in_minute = 9 * 60;
    duty.out_minute = 11 * 60;
    stage::check_in(*yard.supervisor, days_after(when, 20 + i), duty);
  }
  return out;
}

// --- A22 ---------------------------------------------------------------------------------------

using Condition = schema::AssetReturned::Condition;

EventId lend(Tablet& tablet, Day when, AssetId asset, PersonId borrower) {
  return tablet.add(when, [=](Body body) {
    auto l = body.initAssetLent();
    l.setAsset(asset.value);
    l.setBorrower(borrower.value);
    l.setDueDay(when.value + 30);
  });
}
EventId give_back(Tablet& tablet, Day when, AssetId asset, PersonId borrower,
                  Condition condition = Condition::GOOD) {
  return tablet.add(when, [=](Body body) {
    auto r = body.initAssetReturned();
    r.setAsset(asset.value);
    r.setBorrower(borrower.value);
    r.setCondition(condition);
  });
}

// Readers who borrow one after the other and lose what they borrowed; the returns.
Ids lose(Yard& yard, Day from, AssetId asset, int times) {
  Ids out;
  for (int i = 0; i < times; ++i) {
    const Day when = days_after(from, 12 * i);
    const PersonId reader = yard.person(0, when);
    lend(*yard.field[0], when, asset, reader);
    out.push_back(give_back(*yard.field[0], days_after(when, 9), asset, reader, Condition::LOST));
  }
  return out;
}

}  // namespace

Result<void> plant_a21(Yard& yard, std::vector<Plant>& out) {
  using Cause = schema::PointsAdjusted::Cause;
  Key key(out, 21);
  const SiteId shop = deliveries::open_site(yard, {.name = "沙盒兑换点一"});
  const SiteId careful = deliveries::open_site(yard, {.name = "沙盒兑换点二"});
  HOUNIAO_TRY(yard.settle());
  const AssetId towels = stock(yard, day(yard, 5), "reward_goods", 200, 900, shop);
  const AssetId soaps = stock(yard, day(yard, 5), "reward_goods", 200, 700, careful);
  const Day when = on(2024, 4, 13);

  const VolunteerId hollow = yard.volunteer(days_after(when, -20));
  const VolunteerId padded = yard.volunteer(days_after(when, -20));
  const VolunteerId put_right = yard.volunteer(days_after(when, -20));
  const VolunteerId recruiter = yard.volunteer(days_after(when, -20));
  const VolunteerId monitor = yard.volunteer(days_after(when, -20));
  HOUNIAO_TRY(yard.settle());
  auto taken_back = serve(yard, when, hollow, 240);
  if (!taken_back) return taken_back.error();
  const EventId earned = earn(yard, days_after(when, 3), hollow, taken_back->confirmed, 4);
  HOUNIAO_TRY(yard.settle());
  stage::retract(*yard.second_supervisor, days_after(when, 30), taken_back->record, yard.chief,
                 "活动并未举行");
  const EventId topped_up = adjust(yard, days_after(when, 5), padded, 43, Cause::CORRECTION);
  const EventId wrong = adjust(yard, days_after(when, 5), put_right, 57, Cause::CORRECTION);
  HOUNIAO_TRY(yard.settle());
  const EventId righted = adjust(yard, days_after(when, 6), put_right, -57, Cause::CORRECTION);
  const Ids idle = recruits_of(yard, days_after(when, 8), recruiter, false);
  const Ids busy = recruits_of(yard, days_after(when, 8), monitor, true);

  std::vector<VolunteerId> owners;
  for (int i = 0; i < 5; ++i) {
    auto owner = with_points(yard, days_after(when, i), 6);
    if (!owner) return owner.error();
    owners.push_back(*owner);
  }
  Ids by_one;
  Ids by_couple;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const bool couple = i >= 3;
    (couple ? by_couple : by_one)
        .push_back(collect(yard, days_after(when, 20),
                           {.volunteer = owners[i],
                            .item = towels,
                            .points = 2,
                            .pieces = 1,
                            .signature = couple ? "couple" : "one hand",
                            .mode = schema::PointsRedeemed::Mode::ONLINE,
                            .site = shop}));
  }
  HOUNIAO_TRY(yard.settle());
  const auto hand_over = [&](VolunteerId of, AssetId item, SiteId site) {
    return collect(yard, days_after(when, 25),
                   {.volunteer = of,
                    .item = item,
                    .points = 14,
                    .pieces = 7,
                    .signature = {},
                    .mode = schema::PointsRedeemed::Mode::HANDED_OVER,
                    .site = site});
  };
  const EventId owed = hand_over(owners[0], towels, shop);
  const EventId settled = hand_over(owners[1], soaps, careful);
  HOUNIAO_TRY(yard.settle());
  adjust(yard, days_after(when, 26), owners[1], 10, Cause::SHORTAGE_SETTLED, careful);
  HOUNIAO_TRY(yard.settle());

  key.fraud("活动未举行、时长已撤销，积分仍留在账上",
            "hours are taken back because nothing took place, the points stay in the account",
            {earned});
  key.fraud("账户靠一次“更正”得到四十三分", "an account gets 43 points by one correction",
            {topped_up});
  key.fraud("一人签名为三名志愿者领走物品", "one hand signs for the goods of three volunteers",
            by_one);
  key.fraud("一人拉来十一名从不服务的“志愿者”",
            "one person brings eleven volunteers who never serve", idle);
  key.fraud("超出积分交付的物品长期不补账",
            "goods are handed over beyond the points and the site never settles it", {owed});
  key.honest("录错的更正次日冲回", "a correction typed in wrongly is taken back the next day",
             {wrong, righted});
  key.honest("夫妻二人一人代领", "one of a couple collects for both", by_couple);
  key.honest("班长动员十一名同学，人人都来服务",
             "a monitor brings eleven classmates, who all serve", busy);
  key.honest("超出积分交付后次日由站点补账",
             "goods handed over beyond the points are settled by the site the next day", {settled});
  return {};
}

Result<void> plant_a22(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 22);
  SiteId desks[5];
  for (int i = 0; i < 5; ++i) {
    desks[i] = deliveries::open_site(yard, {.name = "沙盒图书角 " + std::to_string(i + 1)});
  }
  const PersonId keeper_person = yard.person(0, day(yard, 3));
  HOUNIAO_TRY(yard.settle());
  auto keeper = office(yard, "sandbox librarian", schema::Role::FIELD, yard.centre, keeper_person);
  if (!keeper) return keeper.error();
  const Day opened = day(yard, 6);
  const AssetId shrinking = stock(yard, opened, "book", 40, 3'200, desks[0], true);
  const AssetId overdue = stock(yard, opened, "book", 30, 3'600, desks[1], true);
  const AssetId kept = stock(yard, opened, "equipment", 4, 268'000, desks[2], true);
  const AssetId large = stock(yard, opened, "book", 400, 2'900, desks[3], true);
  const AssetId punctual = stock(yard, opened, "book", 30, 3'100, desks[4], true);
  HOUNIAO_TRY(yard.settle());

  const Day from = on(2024, 5, 6);
  const Ids gone = lose(yard, from, shrinking, 7);
  const Ids worn = lose(yard, from, large, 6);
  const PersonId forgetful = yard.person(0, from);
  const PersonId late = yard.person(0, from);
  const PersonId steady = yard.person(0, from);
  Ids forgotten;
  for (const std::int64_t n : {0, 14}) {
    forgotten.push_back(lend(*yard.field[0], days_after(from, n), overdue, forgetful));
  }
  const EventId borrowed_late = lend(*yard.field[0], from, punctual, late);
  const EventId back_late = give_back(*yard.field[0], days_after(from, 75), punctual, late);
  // Both desks go on lending until the winter.
  for (const AssetId asset : {overdue, punctual}) {
    lend(*yard.field[0], days_after(from, 210), asset, steady);
    give_back(*yard.field[0], days_after(from, 225), asset, steady);
  }
  HOUNIAO_TRY(yard.settle());
  lend(*yard.field[0], days_after(from, 2), kept, keeper_person);
  HOUNIAO_TRY(yard.settle());
  const EventId written_off =
      give_back(**keeper, days_after(from, 40), kept, keeper_person, Condition::LOST);
  HOUNIAO_TRY((*keeper)->sync(kSyncTimeout));
  lend(*yard.field[0], days_after(from, 50), kept, keeper_person);
  HOUNIAO_TRY(yard.settle());
  const EventId own_return = give_back(**keeper, days_after(from, 60), kept, keeper_person);
  HOUNIAO_TRY((*keeper)->sync(kSyncTimeout));
  HOUNIAO_TRY(yard.settle());

  key.fraud("四十册图书半年丢失七册", "seven of forty books are lost within half a year", gone);
  key.fraud("同一人借走两册，逾期半年不还，该点照常借还",
            "one reader keeps two books for half a year while the desk goes on lending", forgotten);
  key.fraud("保管人自己借出设备又自行登记丢失",
            "a keeper borrows equipment and writes it off as lost", {written_off});
  key.honest("四百册的书库半年丢失六册", "a library of four hundred books loses six of them", worn);
  key.honest("逾期一个半月后归还", "a book comes back six weeks late", {borrowed_late, back_late});
  key.honest("保管人完好归还自己借的设备", "a keeper returns their own loan in good order",
             {own_return});
  return {};
}

}  // namespace houniao::sandbox
