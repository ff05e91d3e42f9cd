// Redeeming points: at each fair points are set aside for the points tablet, which then works
// without a network and gives back what is left. Once goods are handed over that the points do not
// cover; the site owes the rest. Once somebody asks for more than there is.
#include <algorithm>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

using Mode = schema::PointsRedeemed::Mode;

constexpr std::int64_t kPrice = 2;
constexpr std::int64_t kLeaseMax = 5;

struct Redemption {
  VolunteerId volunteer;
  AssetId item;
  std::int64_t quantity = 1;
  std::int64_t points = kPrice;
  Mode mode = Mode::LEASED;
  LeaseId lease;
};

EventId redeem_points(Tablet& tablet, Day day, const Redemption& redemption) {
  return tablet.add(day, [redemption](stage::Body body) {
    auto r = body.initPointsRedeemed();
    r.setVolunteer(redemption.volunteer.value);
    r.setItem(redemption.item.value);
    r.setQuantity(redemption.quantity);
    r.setPoints(redemption.points);
    r.setMode(redemption.mode);
    r.setLease(redemption.lease.value);
  });
}

struct Lease {
  LeaseId id;
  Student* student = nullptr;
  std::int64_t points = 0;
  std::int64_t spent = 0;
};

EventId write_lease(Tablet& kiosk, Day day, VolunteerId volunteer, std::int64_t points, Day last,
                    LeaseId closes = {}) {
  return kiosk.add(day, [=, device = kiosk.device().number(), site = kiosk.site](stage::Body body) {
    auto l = body.initPointsAllowanceLeased();
    l.setVolunteer(volunteer.value);
    l.setDevice(device.value);
    l.setSite(site.value);
    l.setPoints(points);
    l.setLastDay(last.value);
    l.setCloses(closes.value);
  });
}

// Those with enough points, the universities in turn.
std::vector<Student*> redeemers(Story& story, std::size_t count) {
  std::vector<Student*> out;
  for (std::size_t i = 0; out.size() < count; ++i) {
    bool any = false;
    for (University& university : story.universities) {
      if (i >= university.students.size()) continue;
      any = true;
      if (university.students[i].points > kPrice && out.size() < count) {
        out.push_back(&university.students[i]);
      }
    }
    if (!any) break;
  }
  return out;
}

Student* poorest(Story& story) {
  Student* out = nullptr;
  for (University& university : story.universities) {
    for (Student& student : university.students) {
      if (out == nullptr || student.points < out->points) out = &student;
    }
  }
  return out;
}

Result<void> lease_and_redeem(Story& story, Day day, int fair) {
  Tablet& kiosk = *story.cast.kiosk;
  std::vector<Lease> leases;
  for (Student* student : redeemers(story, static_cast<std::size_t>(story.numbers.redeemers))) {
    Lease lease;
    lease.student = student;
    lease.points = std::min(student->points, kLeaseMax);
    lease.id = LeaseId{
        write_lease(kiosk, day, student->volunteer, lease.points, days_after(day, 10)).value};
    leases.push_back(lease);
  }
  HOUNIAO_TRY(kiosk.sync(kSyncTimeout));
  kiosk.device().disconnect();
  for (std::size_t i = 0; i < leases.size(); ++i) {
    Lease& lease = leases[i];
    Redemption redemption;
    redemption.volunteer = lease.student->volunteer;
    redemption.item = story.goods[(i + static_cast<std::size_t>(fair)) % story.goods.size()];
    redemption.quantity = lease.points > 2 * kPrice ? 2 : 1;
    redemption.points = redemption.quantity * kPrice;
    redemption.lease = lease.id;
    redeem_points(kiosk, day, redemption);
    lease.spent = redemption.points;
  }
  HOUNIAO_TRY(kiosk.save());
  HOUNIAO_TRY(kiosk.connect());
  HOUNIAO_TRY(kiosk.sync(kSyncTimeout));
  // Back in the network, the tablet gives back what nobody redeemed.
  for (Lease& lease : leases) {
    write_lease(kiosk, days_after(day, 1), lease.student->volunteer, lease.points - lease.spent,
                days_after(day, 10), lease.id);
    lease.student->points -= lease.spent;
  }
  return kiosk.sync(kSyncTimeout);
}

Result<void> hand_over_short(Story& story, Day day) {
  Tablet& kiosk = *story.cast.kiosk;
  Student& student = *poorest(story);
  constexpr std::int64_t kAsked = 12;
  const std::int64_t missing = kAsked - student.points;
  HOUNIAO_ASSERT(missing > 0);
  kiosk.device().disconnect();
  Redemption redemption;
  redemption.volunteer = student.volunteer;
  redemption.item = story.goods.front();
  redemption.quantity = kAsked / kPrice;
  redemption.points = kAsked;
  redemption.mode = Mode::HANDED_OVER;
  redeem_points(kiosk, day, redemption);
  HOUNIAO_TRY(kiosk.save());
  HOUNIAO_TRY(kiosk.connect());
  HOUNIAO_TRY(kiosk.sync(kSyncTimeout));
  student.points = 0;
  // The site pays for what it gave away.
  Tablet& branch = *story.cast.branch;
  const stage::Elsewhere at(branch, branch.scope, story.shop);
  branch.add(days_after(day, 1), [volunteer = student.volunteer, missing,
                                  approver = story.secretary](stage::Body body) {
    auto a = body.initPointsAdjusted();
    a.setVolunteer(volunteer.value);
    a.setDelta(missing);
    a.setCause(schema::PointsAdjusted::Cause::SHORTAGE_SETTLED);
    a.setReason("paid by the site that handed the goods over");
    a.setApprover(approver.value);
  });
  HOUNIAO_TRY(branch.sync(kSyncTimeout));
  story.tell(
      "一次先交付后记账积分不足，差额由阵地承担 / goods handed over beyond the points: the site "
      "owes and pays the rest");
  return {};
}

Result<void> ask_too_much(Story& story, Day day) {
  Tablet& kiosk = *story.cast.kiosk;
  const Student& student = *poorest(story);
  Redemption redemption;
  redemption.volunteer = student.volunteer;
  redemption.item = story.goods.back();
  redemption.points = student.points + 60;
  redemption.mode = Mode::ONLINE;
  const EventId held = redeem_points(kiosk, day, redemption);
  HOUNIAO_TRY(kiosk.sync(kSyncTimeout));
  story.kept_held.push_back(held);
  auto status = kiosk.device().status(held);
  if (!status) return status.error();
  story.tell("积分不足的联网兑换：" + std::string(name_zh(*status)) +
             " / redeeming more points than there are: " + std::string(name(*status)));
  return {};
}

}  // namespace

Result<void> redeem(Story& story, const Month& month) {
  // A fair every fourth month.
  if (month.serial == 0 || month.serial % 4 != 0) return {};
  const int fair = month.serial / 4;
  HOUNIAO_TRY(lease_and_redeem(story, month.to, fair));
  // After everybody's lease was given back.
  if (fair == 2) HOUNIAO_TRY(hand_over_short(story, days_after(month.to, 2)));
  if (fair == 3) HOUNIAO_TRY(ask_too_much(story, month.to));
  if (fair != 1) return {};
  story.tell(
      "积分离线额度预占、离线兑换、余额归还 / points leased to a tablet, redeemed offline, the "
      "rest given back");
  return {};
}

}  // namespace houniao::programme_d
