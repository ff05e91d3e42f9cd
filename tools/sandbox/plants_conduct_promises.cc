// A17 obligations missed or made up, A18 evidence reuse.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;

// --- A17 ---------------------------------------------------------------------------------------

PackObligation classes_each_month(std::int64_t threshold, std::uint16_t grace_days = 0) {
  PackObligation out;
  out.code = "class_each_month";
  out.event_type = "SessionHeld";
  out.event_kind = "weekend_class";
  out.period = "month";
  out.threshold = threshold;
  out.grace_days = grace_days;
  out.from = on(2024, 3, 1);
  out.to = on(2024, 5, 31);
  return out;
}

PackObligation eight_sites() {
  PackObligation out;
  out.code = "eight_communities";
  out.event_type = "StaffPlaced";
  out.period = "year";
  out.threshold = 8;
  out.per = "person";
  out.distinct = "sites";
  out.from = on(2024, 1, 1);
  out.to = on(2024, 12, 31);
  return out;
}

// Classes of a programme on those days; the events in order.
Ids teach(Yard& yard, ProgrammeId programme, const std::vector<Day>& days) {
  Ids out;
  for (const Day when : days) {
    out.push_back(hold(yard, {.when = when, .headcount = 18, .programme = programme}));
  }
  return out;
}

EventId waive(Yard& yard, EventId obligation, Day period) {
  return yard.supervisor->add(days_after(period, 3),
                              [=, approver = yard.second_supervisor->actor](Body body) {
                                auto w = body.initObligationWaived();
                                w.setObligation(obligation.value);
                                w.setPeriodFromDay(period.value);
                                w.setReason("场地装修，停办一月");
                                w.setApprover(approver);
                              });
}

Ids visit_sites(Yard& yard, ProgrammeId programme, StaffId staff, const std::vector<SiteId>& sites,
                Day from, std::int64_t apart) {
  Ids out;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const Day when = days_after(from, apart * static_cast<std::int64_t>(i));
    Stamp stamp;
    stamp.tablet = yard.field[2];
    stamp.when = when;
    stamp.programme = programme;
    stamp.site = sites[i];
    out.push_back(deliveries::record(stamp, [=, site = sites[i]](Body body) {
      auto p = body.initStaffPlaced();
      p.setStaff(staff.value);
      p.setSite(site.value);
      p.setPurpose("community_round");
      p.initInterval().setFromDay(when.value);
      p.getInterval().setToDay(when.value);
    }));
  }
  return out;
}

// --- A18 ---------------------------------------------------------------------------------------

Hash picture(const std::string& name) { return sha256(as_bytes("picture of the sandbox " + name)); }

struct Shot {
  std::string name;
  std::int64_t days_later = 0;  // taken so many days after the visit, at ten in the morning
  SiteId place;
};
EvidenceDraft evidence_of(Day when, const Shot& shot) {
  EvidenceDraft out;
  out.sha256 = picture(shot.name);
  out.bytes = 183'402;
  out.mime = "image/jpeg";
  out.captured_at_ms = start_of(days_after(when, shot.days_later)).us / 1000 + 36'000'000;
  out.place = shot.place;
  return out;
}

// A visit of a worker at that worker's site, with a picture.
EventId visit_with(Yard& yard, int worker, Day when, const Shot& shot) {
  const PersonId person = yard.person(worker, when);
  EventDraft draft = yard.field[worker]->draft(when);
  draft.site = yard.sites[worker];
  draft.evidence = {evidence_of(when, shot)};
  draft.body = [=, staff = yard.workers[worker]](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind("home_visit");
    s.initPersons(1).set(0, person.value);
    s.setQuantity(1);
    s.setUnit("person_time");
    s.setMinutes(40);
    s.setStaff(staff.value);
  };
  return yard.field[worker]->add(std::move(draft));
}

EventId attach(Yard& yard, Day when, EventId target, const std::string& name,
               std::uint64_t perceptual) {
  return yard.field[0]->add(when, [=](Body body) {
    auto e = body.initEvidenceAttached();
    e.setTarget(target.value);
    const Hash hash = picture(name);
    e.setSha256(to_data(hash));
    e.setPerceptualHash(perceptual);
    e.setExifTimeMs(start_of(when).us / 1000 + 54'000'000);
    e.setBytes(201'118);
    e.setMime("image/jpeg");
  });
}

InvoiceId invoice_with(Yard& yard, Day when, const std::string& number, std::int64_t fen,
                       const std::string& photo) {
  EventDraft draft = yard.payer->draft(when);
  draft.site = {};
  draft.body = [=, issuer = yard.supplier_uscc](Body body) {
    auto i = body.initInvoiceRecorded();
    i.setIssuerUscc(issuer);
    i.setNumber(number);
    i.setAmountFen(fen);
    i.setDay(when.value);
    i.setPhotoSha256(to_data(picture(photo)));
  };
  return entity_cast<InvoiceId>(yard.payer->add(std::move(draft)));
}

// A class and the sheet on which people signed in at it, proved by one photograph of the sheet.
Ids class_with_sheet(Yard& yard, Day when, const std::string& sheet) {
  const EvidenceDraft proof = evidence_of(when, {.name = sheet, .days_later = 1, .place = {}});
  EventDraft held = yard.field[0]->draft(when);
  held.site = yard.sites[0];
  held.evidence = {proof};
  held.body = [](Body body) {
    auto s = body.initSessionHeld();
    s.setKind("lecture");
    s.setFromMinute(9 * 60);
    s.setToMinute(11 * 60);
    s.setHeadcount(14);
  };
  const EventId session = yard.field[0]->add(std::move(held));
  EventDraft signed_in = yard.field[0]->draft(when);
  signed_in.site = yard.sites[0];
  signed_in.evidence = {proof};
  signed_in.body = [session](Body body) {
    auto a = body.initAttendanceRecorded();
    a.setSession(session.value);
    a.setAnonymous(14);
    a.setMethod(schema::AttendanceRecorded::Method::SHEET);
  };
  return {session, yard.field[0]->add(std::move(signed_in))};
}

}  // namespace

Result<void> plant_a17(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 17);
  std::vector<ProgrammeId> programmes;
  for (const char* code :
       {"s_missed", "s_rushed", "s_hurried", "s_waived", "s_steady", "s_late", "s_rounds"}) {
    programmes.push_back(open_below(yard, code));
  }
  std::vector<SiteId> sites;
  for (int i = 1; i <= 8; ++i) {
    sites.push_back(deliveries::open_site(yard, {.name = "沙盒社区 " + std::to_string(i)}));
  }
  const StaffId hasty = yard.staff(yard.centre, "social_worker", yard.opened);
  const StaffId calm = yard.staff(yard.centre, "social_worker", yard.opened);
  HOUNIAO_TRY(yard.settle());
  const auto promise = [&](std::size_t place, const PackObligation& obligation) {
    return event_of(stage::define_obligation(*yard.admin, programmes[place], obligation));
  };
  const EventId missed = promise(0, classes_each_month(1));
  promise(1, classes_each_month(4));
  promise(2, eight_sites());
  const EventId waived = promise(3, classes_each_month(1));
  const EventId kept = promise(4, classes_each_month(4));
  const EventId in_grace = promise(5, classes_each_month(1, 7));
  const EventId rounds = promise(6, eight_sites());
  HOUNIAO_TRY(yard.settle());

  teach(yard, programmes[0], {on(2024, 3, 10), on(2024, 5, 12)});
  const Ids rushed = teach(yard, programmes[1],
                           {on(2024, 3, 27), on(2024, 3, 28), on(2024, 3, 29), on(2024, 3, 30),
                            on(2024, 4, 6), on(2024, 4, 13), on(2024, 4, 20), on(2024, 4, 27),
                            on(2024, 5, 4), on(2024, 5, 11), on(2024, 5, 18), on(2024, 5, 25)});
  const Ids hurried = visit_sites(yard, programmes[2], hasty, sites, on(2024, 12, 27), 0);
  teach(yard, programmes[3], {on(2024, 3, 10), on(2024, 5, 12)});
  waive(yard, waived, on(2024, 4, 1));
  Ids steady = teach(yard, programmes[4],
                     {on(2024, 3, 2), on(2024, 3, 9), on(2024, 3, 23), on(2024, 3, 30),
                      on(2024, 4, 6), on(2024, 4, 13), on(2024, 4, 20), on(2024, 4, 27),
                      on(2024, 5, 4), on(2024, 5, 11), on(2024, 5, 18), on(2024, 5, 25)});
  steady.push_back(kept);
  teach(yard, programmes[5], {on(2024, 3, 10), on(2024, 4, 14), on(2024, 6, 4)});
  Ids in_turn = visit_sites(yard, programmes[6], calm, sites, on(2024, 2, 5), 21);
  in_turn.push_back(rounds);
  HOUNIAO_TRY(yard.settle());

  key.fraud("承诺每月一课，四月没有上",
            "a class was promised for each month and none held in April", {missed});
  key.fraud("每月四课的承诺在三月最后几天突击完成",
            "the four classes of March are all held in the last days of the month",
            {rushed.begin(), rushed.begin() + 4});
  key.fraud("一年八个社区的承诺在年末一天内走完",
            "the eight communities of a year are all visited on one day in December", hurried);
  key.honest("停办一月，已办理豁免", "a month without a class, for which there is a waiver",
             {waived});
  key.honest("每月四课，分散在各周", "four classes a month, spread over its weeks", steady);
  key.honest("五月的课在宽限期内补上", "the class of May is made up within the days of grace",
             {in_grace});
  key.honest("八个社区在半年内依次进驻",
             "eight communities, one after the other within half a year", in_turn);
  return {};
}

Result<void> plant_a18(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 18);
  const Day from = on(2024, 9, 2);
  const EventId once = visit_with(yard, 0, from, {.name = "reused", .days_later = 0, .place = {}});
  const EventId again =
      visit_with(yard, 0, days_after(from, 15), {.name = "reused", .days_later = 0, .place = {}});
  const EventId stale =
      visit_with(yard, 1, days_after(from, 20), {.name = "stale", .days_later = -43, .place = {}});
  const EventId displaced =
      visit_with(yard, 2, days_after(from, 22),
                 {.name = "displaced", .days_later = 0, .place = yard.sites[0]});
  const EventId fitting = visit_with(yard, 1, days_after(from, 24),
                                     {.name = "fitting", .days_later = 0, .place = yard.sites[1]});
  const EventId later = visit_with(yard, 1, days_after(from, 25),
                                   {.name = "sent later", .days_later = 9, .place = {}});
  const Ids sheet = class_with_sheet(yard, days_after(from, 26), "sheet");
  Ids classes;
  for (int i = 0; i < 4; ++i) {
    classes.push_back(hold(yard, {.when = days_after(from, 30 + 7 * i), .headcount = 16}));
  }
  HOUNIAO_TRY(yard.settle());
  constexpr std::uint64_t kScene = 0x9c3e'51a7'06f2'd84bULL;
  constexpr std::uint64_t kOther = 0x35d1'8e62'b94c'7a0fULL;
  const EventId original = attach(yard, days_after(from, 31), classes[0], "scene", kScene);
  const EventId cropped = attach(yard, days_after(from, 38), classes[1], "scene, saved again",
                                 kScene ^ 0x1000'0000'0008ULL);
  const EventId different = attach(yard, days_after(from, 45), classes[2], "another scene", kOther);
  const EventId white_wall = attach(yard, days_after(from, 46), classes[2], "wall one", 0x1ULL);
  const EventId white_again = attach(yard, days_after(from, 52), classes[3], "wall two", 0x3ULL);
  const InvoiceId first =
      invoice_with(yard, days_after(from, 50), "SX24090001", 418'600, "one invoice");
  const InvoiceId second =
      invoice_with(yard, days_after(from, 51), "SX24090002", 517'300, "one invoice");
  const InvoiceId plain =
      invoice_with(yard, days_after(from, 52), "SX24090003", 296'400, "its own invoice");
  HOUNIAO_TRY(yard.settle());

  key.fraud("同一张照片作为两次不同日期探访的佐证", "one photograph proves two visits of two days",
            {once, again});
  key.fraud("同一张照片重新保存后用于另一场活动",
            "a photograph is saved again and proves another session", {original, cropped});
  key.fraud("照片拍摄于服务前四十多天",
            "a photograph was taken more than forty days before the visit", {stale});
  key.fraud("照片拍摄地点是另一个站点", "a photograph was taken at another station", {displaced});
  key.fraud("一张票据照片登记成两个号码", "one photograph of an invoice stands for two numbers",
            {event_of(first), event_of(second)});
  key.honest("一张签到表照片证明一场活动和它的签到",
             "one photograph of a sheet proves a session and the attendance on it", sheet);
  key.honest("照片在当日当站拍摄", "a photograph taken on the day at the station", {fitting});
  key.honest("探访后九天补拍回访照片", "a photograph taken nine days later at a return visit",
             {later});
  key.honest("两张没有内容的白墙照片", "two photographs of white walls, which all look alike",
             {white_wall, white_again, different});
  key.honest("另一张票据有自己的照片", "another invoice has a photograph of its own",
             {event_of(plain)});
  return {};
}

}  // namespace houniao::sandbox
