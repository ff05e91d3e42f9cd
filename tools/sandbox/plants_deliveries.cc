#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace deliveries {
namespace {

using stage::Body;

void put(Plants& out, std::uint16_t rule, Intent intent, std::string zh, std::string en,
         Ids events) {
  out.push_back({rule, intent, std::move(zh), std::move(en), std::move(events)});
}

template <class List, class Values>
void set_ids(List list, const Values& values) {
  for (unsigned i = 0; i < list.size(); ++i) list.set(i, values[i].value);
}

}  // namespace

void fraud(Plants& out, std::uint16_t rule, std::string zh, std::string en, Ids events) {
  put(out, rule, Intent::fraud, std::move(zh), std::move(en), std::move(events));
}
void honest(Plants& out, std::uint16_t rule, std::string zh, std::string en, Ids events) {
  put(out, rule, Intent::honest, std::move(zh), std::move(en), std::move(events));
}

EventId record(const Stamp& stamp, stage::Tablet::Fill body) {
  EventDraft draft = stamp.tablet->draft(stamp.when.value_or(Day{}));
  if (!stamp.when) {
    draft.occurred.reset();
    draft.programme = {};
  }
  draft.occurred_minute = static_cast<std::int16_t>(stamp.minute);
  draft.source = stamp.source;
  if (stamp.site) draft.site = *stamp.site;
  if (stamp.organisation) draft.organisation = *stamp.organisation;
  if (stamp.programme) draft.programme = *stamp.programme;
  draft.body = std::move(body);
  return stamp.tablet->add(std::move(draft));
}

stage::Identity without_document(Yard& yard) { return yard.company.identities.person(false); }

EventId change_person_status(stage::Tablet& tablet, Day when, PersonId person,
                             schema::PersonStatusChanged::Status status) {
  return tablet.add(when, [=](Body body) {
    auto s = body.initPersonStatusChanged();
    s.setPerson(person.value);
    s.setStatus(status);
    s.setDay(when.value);
  });
}

EventId visit(const Visit& draft) {
  return record(draft.stamp, [draft](Body body) {
    auto s = body.initServiceDelivered();
    s.setKind(draft.kind);
    set_ids(s.initPersons(static_cast<unsigned>(draft.persons.size())), draft.persons);
    s.setAnonymous(draft.anonymous);
    s.setQuantity(static_cast<std::int64_t>(draft.persons.size()) + draft.anonymous);
    s.setUnit("person_time");
    s.setMinutes(draft.minutes);
    s.setStaff(draft.staff.value);
    s.setContract(draft.contract.value);
    auto shares = s.initShares(static_cast<unsigned>(draft.shares.size()));
    for (unsigned i = 0; i < shares.size(); ++i) {
      shares[i].setFund(draft.shares[i].first.value);
      shares[i].setPermille(draft.shares[i].second);
    }
  });
}

Stamp stamp_of(const Yard& yard, int worker, Day when, int minute) {
  Stamp stamp;
  stamp.tablet = yard.field[worker];
  stamp.when = when;
  stamp.minute = minute;
  stamp.site = yard.sites[worker];
  return stamp;
}

SessionId gather(const Gathering& draft) {
  return entity_cast<SessionId>(record(draft.stamp, [draft](Body body) {
    auto s = body.initSessionHeld();
    s.setKind(draft.kind);
    s.setFromMinute(static_cast<std::uint16_t>(draft.from_minute));
    s.setToMinute(static_cast<std::uint16_t>(draft.to_minute));
    s.setLeader(draft.leader);
    s.setHeadcount(draft.headcount);
    s.setCountingMethod(draft.method);
  }));
}

EventId sign_in(const Stamp& stamp, SessionId session, const std::vector<PersonId>& persons,
                int in_minute, int out_minute, std::uint32_t anonymous) {
  return record(stamp, [=](Body body) {
    auto a = body.initAttendanceRecorded();
    a.setSession(session.value);
    set_ids(a.initPersons(static_cast<unsigned>(persons.size())), persons);
    a.setInMinute(static_cast<std::uint16_t>(in_minute));
    a.setOutMinute(static_cast<std::uint16_t>(out_minute));
    a.setMethod(schema::AttendanceRecorded::Method::SHEET);
    a.setAnonymous(anonymous);
  });
}

SiteId open_site(Yard& yard, const Opening& opening) {
  return entity_cast<SiteId>(yard.admin->add(yard.opened, [&yard, opening](Body body) {
    auto s = body.initSiteOpened();
    s.setCategory("station");
    s.setName(opening.name);
    s.setRegion(yard.company.pack.region);
    s.setAreaDm2(12'000);
    auto room = s.initRooms(1)[0];
    room.setName("hall");
    room.setCapacity(opening.capacity);
    auto hours = s.initHours(static_cast<unsigned>(8 - opening.first_weekday));
    for (unsigned i = 0; i < hours.size(); ++i) {
      hours[i].setWeekday(
          static_cast<std::uint8_t>(static_cast<unsigned>(opening.first_weekday) + i));
      hours[i].setFromMinute(8 * 60);
      hours[i].setToMinute(22 * 60);
    }
    s.setOperator(yard.centre.value);
    s.setFromDay(yard.opened.value);
  }));
}

EventId change_site(Yard& yard, Day from, Day to, SiteId site,
                    schema::SiteStatusChanged::Status status, OrganisationId operated_by) {
  return yard.admin->add(from, [=](Body body) {
    auto s = body.initSiteStatusChanged();
    s.setSite(site.value);
    s.setStatus(status);
    s.initInterval().setFromDay(from.value);
    s.getInterval().setToDay(to.value);
    s.setOperator(operated_by.value);
  });
}

MilestoneId claim(Yard& yard, Day when, ContractId contract, std::int64_t quantity,
                  const Ids& units, schema::Source source) {
  Stamp stamp;
  stamp.tablet = yard.requester;
  stamp.when = when;
  stamp.source = source;
  stamp.site = SiteId{};
  return entity_cast<MilestoneId>(record(stamp, [=](Body body) {
    auto m = body.initMilestoneSubmitted();
    m.setContract(contract.value);
    auto line = m.initLines(1)[0];
    line.setDeliverable("visits");
    line.setQuantity(quantity);
    set_ids(m.initUnits(static_cast<unsigned>(units.size())), units);
  }));
}

EventId review(Yard& yard, Day when, MilestoneId milestone, std::int64_t accepted,
               std::int64_t refused, std::int64_t fen) {
  return yard.second_supervisor->add(when,
                                     [=, reviewer = yard.second_supervisor->actor](Body body) {
                                       auto r = body.initMilestoneReviewed();
                                       r.setMilestone(milestone.value);
                                       auto line = r.initLines(1)[0];
                                       line.setDeliverable("visits");
                                       line.setAccepted(accepted);
                                       line.setRefused(refused);
                                       if (refused != 0)
                                         line.setReason("the visited person was not at home");
                                       r.setAcceptedFen(fen);
                                       r.setBeneficiaryOpinions(2);
                                       r.setStandardsListed(true);
                                       r.setDisclosure("notice board of the station");
                                       r.initReviewers(1).set(0, reviewer);
                                     });
}

}  // namespace deliveries

std::vector<PlantRow> plants_of_deliveries() {
  return {{1, plant_a01},  {2, plant_a02},  {3, plant_a03}, {4, plant_a04}, {5, plant_a05},
          {6, plant_a06},  {7, plant_a07},  {8, plant_a08}, {9, plant_a09}, {10, plant_a10},
          {11, plant_a11}, {12, plant_a12}, {13, plant_a13}};
}

}  // namespace houniao::sandbox
