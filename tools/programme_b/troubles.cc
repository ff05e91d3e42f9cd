// What goes wrong in any real centre: two tablets register one client, a number is typed with a
// digit too many, an activity is entered twice, a tablet is lost.
#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

Day day(int year, int month, int date) { return to_day({year, month, date}); }

PersonId register_on(Tablet& tablet, const Identity& identity, Day when, SiteId site) {
  EventDraft draft = tablet.draft(when);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [region = identity.native_region, site](Body body) {
    auto p = body.initPersonRegistered();
    p.setNativeRegion(region);
    p.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
    p.setResidenceSite(site.value);
    p.setVerification(schema::PersonRegistered::Verification::SEEN);
  };
  return entity_cast<PersonId>(tablet.add(std::move(draft)));
}

Result<void> meet_at(Story& story, std::size_t index, int people) {
  Tablet& first = *story.cast.stations[index];
  Tablet& second = *story.cast.second[index];
  const SiteId site = story.stations[index].site;
  // Both away from the network, each with the same clients before them.
  first.device().disconnect();
  second.device().disconnect();
  for (int i = 0; i < people; ++i) {
    const Identity identity = story.identities.person(true);
    const PersonId on_first = register_on(first, identity, day(2016, 2, 18), site);
    const PersonId on_second = register_on(second, identity, day(2016, 2, 20), site);
    story.registered_twice.emplace_back(on_first, on_second);
  }
  HOUNIAO_TRY(first.save());
  HOUNIAO_TRY(second.save());
  HOUNIAO_TRY(first.connect());
  HOUNIAO_TRY(first.sync(kSyncTimeout));
  HOUNIAO_TRY(second.connect());
  return second.sync(kSyncTimeout);
}

}  // namespace

Result<void> meet_twice(Story& story) {
  const int at_third = story.numbers.duplicates / 2;
  HOUNIAO_TRY(meet_at(story, 2, at_third));
  HOUNIAO_TRY(meet_at(story, 4, story.numbers.duplicates - at_third));
  Tablet& director = *story.cast.director;
  std::size_t place = 0;
  for (const auto& [first, second] : story.registered_twice) {
    EventDraft draft = director.draft(day(2016, 2, 24));
    draft.scope = story.stations[place++ < static_cast<std::size_t>(at_third) ? 2 : 4].scope;
    draft.causes = {EventId{first.value}, EventId{second.value}};
    draft.body = [first, second](Body body) {
      auto d = body.initPersonLinkDecided();
      d.setFirst(first.value);
      d.setSecond(second.value);
      d.setSame(true);
      d.setReason("same document, seen at two desks on two days");
    };
    director.add(std::move(draft));
  }
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  const std::string number = std::to_string(story.registered_twice.size());
  story.tell(number + " 位服务对象在两台离线平板上重复登记，已提示并判定为同一人 / " + number +
             " clients registered on two offline tablets, flagged and linked");
  return {};
}

Result<void> correct_and_retract(Story& story) {
  Tablet& clerk = *story.cast.clerk;
  const Activity& copied = story.activities.front();
  EventDraft again = clerk.draft(copied.day);
  again.site = {};
  again.body = [&copied](Body body) {
    auto s = body.initSessionHeld();
    s.setKind(copied.kind);
    s.setFromMinute(19 * 60);
    s.setToMinute(21 * 60);
    s.setHeadcount(static_cast<std::uint32_t>(copied.people));
    s.setCountingMethod(schema::SessionHeld::CountingMethod::ESTIMATED);
  };
  const EventId twice = clerk.add(std::move(again));
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));

  Tablet& director = *story.cast.director;
  EventDraft retraction = director.draft(day(2016, 3, 1));
  retraction.scope = story.scope("centre");
  retraction.causes = {twice};
  retraction.body = [&story, twice](Body body) {
    auto r = body.initEventRetracted();
    r.setTarget(twice.value);
    r.setReason("the same activity was entered twice");
    r.setApprover(story.secretary.value);
  };
  director.add(std::move(retraction));
  EventDraft correction = director.draft(day(2016, 3, 1));
  correction.scope = story.scope("reports");
  correction.causes = {story.mistyped};
  correction.body = [&story](Body body) {
    auto c = body.initEventCorrected();
    c.setTarget(story.mistyped.value);
    c.setReason("a digit too many, compared with the committee's letter");
    c.setApprover(story.secretary.value);
    auto changes = c.initChanges(1);
    changes[0].setField(schema::EventCorrected::Field::QUANTITY);
    changes[0].setNumber(story.mistyped_right);
  };
  director.add(std::move(correction));
  HOUNIAO_TRY(director.sync(kSyncTimeout));
  story.tell(
      "更正一条多录一位的上报数，撤销一条重复活动 / a mistyped total is corrected, an activity "
      "entered twice is retracted");
  return {};
}

Result<void> lose_tablet(Story& story) {
  Tablet& tablet = *story.cast.second[6];
  tablet.add(day(2014, 8, 5), [staff = story.stations[6].worker](Body body) {
    auto s = body.initStaffPlaced();
    s.setStaff(staff.value);
    s.setPurpose("round through the industrial park");
    auto interval = s.initInterval();
    interval.setFromDay(day(2014, 8, 5).value);
    interval.setToDay(day(2014, 8, 5).value);
  });
  HOUNIAO_TRY(tablet.sync(kSyncTimeout));
  tablet.device().disconnect();
  HOUNIAO_TRY(story.cast.backstage().revoke_lost(tablet.device().number()));
  // Whoever found it goes on typing; nothing of that reaches the log.
  const Identity nobody = story.identities.person(false);
  EventDraft forged = tablet.draft(day(2014, 9, 1));
  forged.personal.push_back({PersonId{}, nobody.data});
  forged.body = [](Body body) { body.initPersonRegistered(); };
  tablet.add(std::move(forged));
  HOUNIAO_TRY(tablet.save());
  story.lost_tablet_refused = tablet.device().is_turned_away(std::chrono::seconds(10));
  tablet.device().disconnect();
  story.tell(std::string("遗失平板已停用，其后的记录") +
             (story.lost_tablet_refused ? "被拒收" : "未被拒收") +
             " / a lost tablet is revoked; what it sends afterwards is " +
             (story.lost_tablet_refused ? "refused" : "NOT refused"));
  return {};
}

}  // namespace houniao::programme_b
