#include "replay/families/demands.h"

#include "replay/digest.h"
#include "replay/snapshot.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using Period = schema::DemandDigestCompiled::Period;
using Disposition = schema::DemandDigestCompiled::Disposition;

struct ItemOptions {
  EventId demand;
  Disposition disposition = Disposition::CARRIED;
  EventId order = {};
  std::string reason = "";
};
struct MeetingOptions {
  EventId body = {};
  std::vector<EventId> agenda = {};
  std::vector<EventId> attendees = {};
  std::uint32_t anonymous = 0;
  std::vector<EventId> resolutions = {};
};

class Demands : public DeliveryWorld {
 protected:
  EventId raise(DeviceNumber by, EventId person, std::int32_t day = 0, EventId of = {},
                std::string_view category = "cleaning") {
    return log.add(by, [&](Body e) {
      e.setProgramme(of ? of.value : programme.value);
      auto b = e.initBody().initDemandRaised();
      b.setPerson(person.value);
      b.setCategory(std::string(category));
      b.setChannel("hotline");
      b.setDay(day);
    });
  }
  EventId raise() { return raise(field, {}); }
  EventId digest_by(DeviceNumber by, Period period, std::int32_t from, std::int32_t to,
                    const std::vector<ItemOptions>& items, EventId of = {}) {
    return log.add(by, [&](Body e) {
      e.setProgramme(of ? of.value : programme.value);
      auto b = e.initBody().initDemandDigestCompiled();
      b.setPeriod(period);
      b.setFromDay(from);
      b.setToDay(to);
      auto list = b.initItems(static_cast<unsigned>(items.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setDemand(items[i].demand.value);
        list[i].setDisposition(items[i].disposition);
        list[i].setOrder(items[i].order.value);
        list[i].setReason(items[i].reason);
      }
    });
  }
  // Of the week that ends today.
  EventId weekly(const std::vector<ItemOptions>& items) {
    const std::int32_t today = log.today().value;
    return digest_by(supervisor, Period::WEEK, today - 6, today, items);
  }
  EventId post(std::initializer_list<EventId> demands) {
    return log.add(supervisor, [&](Body e) {
      e.setProgramme(programme.value);
      auto b = e.initBody().initOrderPosted();
      b.setKind("cleaning");
      auto list = b.initDemands(static_cast<unsigned>(demands.size()));
      unsigned i = 0;
      for (EventId id : demands) list.set(i++, id.value);
    });
  }
  EventId meet(const MeetingOptions& options) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initDeliberationHeld();
      b.setBody(options.body.value);
      auto agenda = b.initAgenda(static_cast<unsigned>(options.agenda.size()));
      for (unsigned i = 0; i < agenda.size(); ++i) agenda.set(i, options.agenda[i].value);
      auto present = b.initAttendees(static_cast<unsigned>(options.attendees.size()));
      for (unsigned i = 0; i < present.size(); ++i) present.set(i, options.attendees[i].value);
      b.setAnonymous(options.anonymous);
      auto list = b.initResolutions(static_cast<unsigned>(options.resolutions.size()));
      for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setDemand(options.resolutions[i].value);
        list[i].setAdopted(i == 0);
        list[i].setOutcome("to_the_site");
      }
    });
  }
  void next_week() { log.set_today(Day{log.today().value + 7}); }

  const Demand* find(EventId id) const {
    return log.state().orders.demands.find(entity_cast<DemandId>(id));
  }
  std::string_view status_of(EventId id) const {
    return name_of(demand_status(log.state(), *find(id)));
  }
  std::vector<DemandId> missing(EventId digest) const {
    return missing_from_digest(log.state(), digest);
  }
  std::vector<DemandId> open_today() const {
    return open_demands(log.state(), entity_cast<ProgrammeId>(programme), log.today());
  }
  static std::vector<DemandId> ids(std::initializer_list<EventId> events) {
    std::vector<DemandId> out;
    for (EventId id : events) out.push_back(entity_cast<DemandId>(id));
    return out;
  }
};

TEST_F(Demands, a_demand_is_one_row_with_its_category_and_channel) {
  const EventId client = person();
  const EventId demand = raise(field, client, 16'999);
  EXPECT_ACCEPTED(demand);
  const FactRow row = first_row(demand);
  EXPECT_EQ(text(row.kind), "cleaning");
  EXPECT_EQ(text(row.attr), "hotline");
  EXPECT_EQ(row.subject, client.value);
  EXPECT_EQ(row.group, 0u);
  EXPECT_EQ(row.day, 16'999);
  EXPECT_EQ(row.quantity, 1);
  EXPECT_EQ(row.flags & kFactAnonymous, 0u);
  EXPECT_EQ(status_of(demand), "open");
  EXPECT_EQ(first_row(raise()).flags & kFactAnonymous, kFactAnonymous);
}

TEST_F(Demands, a_demand_without_a_category_or_of_unknown_urgency_is_flagged) {
  EXPECT_FLAGGED_FOR(raise(field, {}, 0, {}, ""), text_missing);
  const EventId odd = log.add(field, [](Body e) {
    auto b = e.initBody().initDemandRaised();
    b.setCategory("cleaning");
    b.setUrgency(static_cast<schema::DemandRaised::Urgency>(9));
  });
  EXPECT_FLAGGED_FOR(odd, value_invalid);
}

TEST_F(Demands, a_demand_of_a_person_not_yet_registered_takes_effect_when_the_person_arrives) {
  log.offline(other_field);
  const EventId client = log.add(other_field, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId demand = raise(field, client);
  EXPECT_FLAGGED_FOR(demand, orphan);
  EXPECT_EQ(find(demand), nullptr);
  EXPECT_EQ(quantity(of_type(Event::Body::DEMAND_RAISED)), 1);
  log.online(other_field);
  ASSERT_NE(find(demand), nullptr);
  EXPECT_TRUE(log.reasons(demand).empty());
  EXPECT_EQ(quantity(of_type(Event::Body::DEMAND_RAISED)), 1);
}

TEST_F(Demands, the_collector_is_known_and_stands_in_the_row) {
  const auto collected_by = [&](std::uint64_t collector) {
    return log.add(field, [&](Body e) {
      auto b = e.initBody().initDemandRaised();
      b.setCategory("cleaning");
      b.setCollector(collector);
    });
  };
  const EventId collector = person();
  const EventId demand = collected_by(collector.value);
  EXPECT_ACCEPTED(demand);
  EXPECT_EQ(first_row(demand).staff, collector.value);
  EXPECT_FLAGGED_FOR(collected_by(99), orphan);
}

TEST_F(Demands, a_digest_lists_every_open_demand_of_its_programme) {
  const EventId a = raise(), b = raise();
  const EventId complete = weekly({{a}, {b, Disposition::ANSWERED}});
  EXPECT_ACCEPTED(complete);
  EXPECT_TRUE(missing(complete).empty());
  next_week();
  const EventId c = raise();
  const EventId incomplete = weekly({{c}});
  EXPECT_FLAGGED_FOR(incomplete, digest_incomplete);
  EXPECT_EQ(missing(incomplete), ids({a}));
  EXPECT_TRUE(missing(a).empty()) << "not a digest";
}

TEST_F(Demands, a_digest_need_not_list_other_programmes_or_later_demands) {
  const EventId other = log.add(supervisor, [](Body e) {
    auto b = e.initBody().initProgrammeOpened();
    b.setCode("other");
    b.setFromDay(10'000);
    b.setToDay(kOpen);
  });
  raise(field, {}, 0, other);
  const std::int32_t today = log.today().value;
  raise(field, {}, today);
  EXPECT_ACCEPTED(digest_by(supervisor, Period::DAY, today - 1, today - 1, {}));
  EXPECT_FLAGGED_FOR(digest_by(supervisor, Period::DAY, today, today, {}), digest_incomplete);
  EXPECT_FLAGGED_FOR(digest_by(supervisor, Period::DAY, today, today, {}, other),
                     digest_incomplete);
}

TEST_F(Demands, a_late_digest_of_an_earlier_week_lists_what_was_open_then) {
  const EventId demand = raise();
  const std::int32_t first_week = log.today().value;
  next_week();
  weekly({{demand, Disposition::RESOLVED}});
  const EventId late = digest_by(supervisor, Period::WEEK, first_week - 6, first_week, {});
  EXPECT_FLAGGED_FOR(late, digest_incomplete);
  EXPECT_EQ(missing(late), ids({demand}));
  EXPECT_ACCEPTED(weekly({}));
}

TEST_F(Demands, a_demand_that_arrives_after_the_digest_shows_as_missing_from_it) {
  log.offline(other_field);
  const EventId late = raise(other_field, {});
  const EventId digest = weekly({});
  EXPECT_ACCEPTED(digest);
  log.online(other_field);
  EXPECT_EQ(missing(digest), ids({late}));
}

TEST_F(Demands, dispatched_needs_an_order_that_carries_the_demand) {
  const EventId a = raise(), b = raise();
  const EventId order = post({a});
  const auto dispatched = [&](EventId demand, EventId by) {
    return weekly({{demand, Disposition::DISPATCHED, by}, {demand == a ? b : a}});
  };
  EXPECT_ACCEPTED(dispatched(a, order));
  EXPECT_FLAGGED_FOR(dispatched(b, order), dispatch_without_order);
  EXPECT_FLAGGED_FOR(dispatched(b, {}), dispatch_without_order);
  EXPECT_HELD_FOR(dispatched(b, a), wrong_reference);
}

TEST_F(Demands, a_digest_waits_for_the_order_it_names) {
  const EventId demand = raise();
  log.offline(supervisor);
  const EventId order = post({demand});
  const std::int32_t today = log.today().value;
  const EventId digest = digest_by(reviewer, Period::WEEK, today - 6, today,
                                   {{demand, Disposition::DISPATCHED, order}});
  EXPECT_HELD_FOR(digest, orphan);
  EXPECT_EQ(status_of(demand), "open");
  log.online(supervisor);
  EXPECT_IN_FORCE(digest);
  EXPECT_TRUE(log.reasons(digest).empty());
  EXPECT_EQ(status_of(demand), "dispatched");
}

TEST_F(Demands, declining_and_merging_need_a_reason) {
  const EventId demand = raise();
  EXPECT_HELD_FOR(weekly({{demand, Disposition::DECLINED}}), reason_missing);
  EXPECT_HELD_FOR(weekly({{demand, Disposition::MERGED}}), reason_missing);
  EXPECT_EQ(status_of(demand), "open");
  EXPECT_ACCEPTED(weekly({{demand, Disposition::DECLINED, {}, "not ours to do"}}));
  EXPECT_EQ(status_of(demand), "declined");
}

TEST_F(Demands, a_digest_that_lists_a_demand_twice_or_ends_before_it_starts_is_held) {
  const EventId demand = raise();
  EXPECT_HELD_FOR(weekly({{demand}, {demand, Disposition::ANSWERED}}), value_invalid);
  EXPECT_HELD_FOR(digest_by(supervisor, Period::DAY, 17'000, 16'999, {{demand}}), interval_invalid);
  EXPECT_HELD_FOR(digest_by(supervisor, static_cast<Period>(7), 17'000, 17'000, {{demand}}),
                  value_invalid);
  EXPECT_HELD_FOR(weekly({{demand, static_cast<Disposition>(7)}}), value_invalid);
  EXPECT_HELD_FOR(weekly({{demand}, {EventId{99}}}), orphan);
}

TEST_F(Demands, what_was_settled_before_the_period_is_flagged_and_a_month_may_repeat_its_weeks) {
  const EventId demand = raise();
  const std::int32_t settled = log.today().value;
  EXPECT_ACCEPTED(weekly({{demand, Disposition::RESOLVED}}));
  next_week();
  const std::int32_t today = log.today().value;
  EXPECT_FLAGGED_FOR(weekly({{demand}}), demand_closed);
  EXPECT_ACCEPTED(
      digest_by(supervisor, Period::MONTH, settled - 20, today, {{demand, Disposition::RESOLVED}}));
  EXPECT_EQ(status_of(demand), "resolved");
  EXPECT_FLAGGED_FOR(post({demand}), demand_closed);
}

TEST_F(Demands, the_status_follows_the_orders_and_the_last_digest) {
  const EventId demand = raise();
  weekly({{demand}});
  EXPECT_EQ(status_of(demand), "carried");
  const EventId order = post({demand});
  EXPECT_EQ(status_of(demand), "dispatched");
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initOrderWithdrawn();
    b.setOrder(order.value);
    b.setReason("nobody came");
  });
  EXPECT_EQ(status_of(demand), "carried");
  weekly({{demand, Disposition::ANSWERED}});
  EXPECT_EQ(status_of(demand), "answered");
  next_week();
  weekly({{demand, Disposition::RESOLVED}});
  EXPECT_EQ(status_of(demand), "resolved");
  EXPECT_EQ(name_zh(demand_status(log.state(), *find(demand))), "已解决");
}

TEST_F(Demands, the_rows_of_a_digest_count_it_and_each_disposition) {
  const EventId a = raise(), b = raise(), c = raise();
  const EventId digest = weekly({{a, Disposition::ANSWERED}, {b}, {c, Disposition::ANSWERED}});
  FactFilter filter = of_type(Event::Body::DEMAND_DIGEST_COMPILED);
  filter.kinds = {log.state().symbols().find("week")};
  EXPECT_EQ(quantity(filter), 1);
  filter.kinds = {log.state().symbols().find("answered")};
  EXPECT_EQ(quantity(filter), 2);
  filter.group = b.value;
  EXPECT_EQ(quantity(filter), 0);
  filter.kinds = {log.state().symbols().find("carried")};
  EXPECT_EQ(quantity(filter), 1);
  EXPECT_EQ(first_row(digest).day, log.today().value);
}

TEST_F(Demands, a_retracted_digest_opens_its_demands_again) {
  const EventId demand = raise();
  const EventId digest = weekly({{demand, Disposition::RESOLVED}});
  EXPECT_TRUE(open_today().empty());
  retract(digest);
  EXPECT_EQ(open_today(), ids({demand}));
  EXPECT_EQ(status_of(demand), "open");
  EXPECT_TRUE(missing(digest).empty());
  EXPECT_FLAGGED_FOR(weekly({}), digest_incomplete);
}

TEST_F(Demands, a_retracted_demand_need_not_be_listed) {
  const EventId demand = raise();
  retract(demand);
  EXPECT_TRUE(open_today().empty());
  EXPECT_EQ(status_of(demand), "retracted");
  EXPECT_ACCEPTED(weekly({}));
  EXPECT_FLAGGED_FOR(weekly({{demand, Disposition::ANSWERED}}), target_retracted);
  EXPECT_TRUE(open_today().empty());
}

TEST_F(Demands, a_deliberation_counts_those_present_and_its_resolutions) {
  const EventId council = organisation("");
  const EventId a = raise(), b = raise(), guest = person();
  const EventId meeting = meet({.body = council,
                                .agenda = {a, b},
                                .attendees = {guest},
                                .anonymous = 4,
                                .resolutions = {a, b}});
  EXPECT_ACCEPTED(meeting);
  EXPECT_EQ(text(first_row(meeting).kind), "deliberation");
  EXPECT_EQ(first_row(meeting).subject, council.value);
  FactFilter filter = of_type(Event::Body::DELIBERATION_HELD);
  filter.kinds = {log.state().symbols().find("attendee")};
  EXPECT_EQ(quantity(filter), 5);
  filter.kinds = {log.state().symbols().find("adopted")};
  EXPECT_EQ(quantity(filter), 1);
  filter.kinds = {log.state().symbols().find("not_adopted")};
  filter.group = b.value;
  EXPECT_EQ(quantity(filter), 1);
  const auto& kept = log.state().orders.demands.deliberations;
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.at(meeting).agenda, ids({a, b}));
  retract(meeting);
  EXPECT_TRUE(kept.empty());
  EXPECT_EQ(quantity(of_type(Event::Body::DELIBERATION_HELD)), 0);
}

TEST_F(Demands, what_is_wrong_with_a_deliberation_is_flagged) {
  const EventId council = organisation("");
  const EventId a = raise(), b = raise(), guest = person();
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {a}, .anonymous = 1, .resolutions = {b}}),
                     resolution_off_agenda);
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {a}}), nobody_served);
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {a}, .attendees = {guest, guest}}),
                     person_listed_twice);
  EXPECT_FLAGGED_FOR(meet({.agenda = {a}, .anonymous = 1}), value_invalid);
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {EventId{99}}, .anonymous = 1}), orphan);
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {guest}, .anonymous = 1}), wrong_reference);
  weekly({{a, Disposition::ANSWERED}, {b}});
  next_week();
  EXPECT_FLAGGED_FOR(meet({.body = council, .agenda = {a}, .anonymous = 1}), demand_closed);
}

TEST_F(Demands, a_deliberation_of_a_suspended_body_is_flagged) {
  const EventId council = organisation("");
  log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initOrganisationStatusChanged();
    b.setOrganisation(council.value);
    b.setStatus(schema::OrganisationStatusChanged::Status::SUSPENDED);
    b.setDay(log.today().value);
  });
  EXPECT_FLAGGED_FOR(meet({.body = council, .anonymous = 1}), organisation_not_active);
}

TEST_F(Demands, demands_and_digests_in_any_order_of_arrival_give_the_same_state) {
  const std::int32_t today = log.today().value;
  for (DeviceNumber device : {field, supervisor, reviewer}) log.offline(device);
  const EventId a = raise(), b = raise();
  const EventId order = post({a, b});
  digest_by(supervisor, Period::WEEK, today - 6, today,
            {{a, Disposition::DISPATCHED, order}, {b, Disposition::ANSWERED}});
  digest_by(reviewer, Period::MONTH, today - 20, today + 7,
            {{a, Disposition::RESOLVED}, {b, Disposition::MERGED, {}, "same as the other"}});
  LogBuilder first = log, second = log;
  for (DeviceNumber device : {field, supervisor, reviewer}) first.online(device);
  for (DeviceNumber device : {reviewer, supervisor, field}) second.online(device);
  EXPECT_EQ(digest(first.state()), digest(second.state()));
  const Demand* kept = second.state().orders.demands.find(entity_cast<DemandId>(b));
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->dispositions.size(), 2u);
  EXPECT_EQ(name_of(demand_status(second.state(), *kept)), "merged");
  Result<State> restored = restore(snapshot(second.state()));
  ASSERT_TRUE(restored.has_value());
  EXPECT_EQ(digest(*restored), digest(second.state()));
  EXPECT_EQ(restored->orders.demands.by_settlement, second.state().orders.demands.by_settlement);
}

}  // namespace
}  // namespace houniao::testing
