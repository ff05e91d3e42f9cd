// Posts and places of the network: hubs with one chief operating officer each, tenants, key
// talents, members of the youth federation, liaison officers, and the agreements by which
// organisations work on the ground.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

void honour_talents(Story& s) {
  for (int i = 0; i < s.numbers.talents; ++i) {
    const Day when = days_after(on(2014, 5, 4), static_cast<std::int64_t>(i % 4) * 365);
    const PersonId person =
        register_person(*s.registrar, when, s.company.identities.person(true, 32));
    s.talents.push_back(person);
    confer_honour(*s.registrar, days_after(when, 3),
                  {.recipient = person.value,
                   .to_organisation = false,
                   .title = "key_talent",
                   .grade = "city",
                   .issuer = "city League committee"});
  }
}

// Eight of them are elected to the city's youth federation; nobody counts twice.
void elect_members(Story& s) {
  for (int i = 0; i < s.numbers.federation; ++i) {
    appoint(*s.registrar, on(2017, 9, 20), s.talents[static_cast<std::size_t>(i)],
            "youth_federation_member", s.youth_federation.value);
  }
}

void run_hubs(Story& s) {
  for (std::size_t i = 0; i < s.hubs.size(); ++i) {
    // The first officer of the fourth hub went after a year.
    const std::size_t first = s.talents.size() - 1 - i % s.talents.size();
    appoint(*s.registrar, on(2017, 5, 20), s.talents[first], "coo", s.hubs[i].value);
    if (i == 3) {
      end_appointment(*s.registrar, on(2017, 11, 30), s.talents[first], "coo", s.hubs[i].value);
      appoint(*s.registrar, on(2017, 12, 1), s.talents[s.talents.size() / 2], "coo",
              s.hubs[i].value);
    }
    for (std::size_t n = 0; n < 5; ++n) {
      join(*s.registrar, on(2017, 6, 1), s.early(90 + i * 5 + n).id.value, s.hubs[i].value,
           "tenant", true);
    }
  }
}

void let_shop(Story& s) {
  for (int i = 0; i <= s.numbers.tenants; ++i) {
    const OrganisationId tenant = s.early(160 + static_cast<std::size_t>(i)).id;
    join(*s.registrar, on(2016, 3, 1), tenant.value, s.model_shop.value, "tenant", true);
  }
  // One of them moved out again.
  leave(*s.registrar, on(2017, 3, 1),
        s.early(160 + static_cast<std::size_t>(s.numbers.tenants)).id.value, s.model_shop.value,
        "tenant", true);
}

void work_on_the_ground(Story& s) {
  for (int i = 0; i < s.numbers.grounded; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    sign_agreement(*s.registrar, days_after(on(2015, 3, 2), i), on(2018, 12, 31),
                   {s.early(20 + serial).id, s.townships[serial % s.townships.size()]},
                   "grounded_service");
  }
  for (int i = 0; i < s.numbers.liaisons; ++i) {
    const auto serial = static_cast<std::size_t>(i);
    appoint(*s.registrar, on(2016, 4, 11), s.full_time[serial].person, "liaison_officer",
            s.townships[serial % s.townships.size()].value);
  }
}

}  // namespace

Result<void> fill_posts(Story& s) {
  honour_talents(s);
  elect_members(s);
  run_hubs(s);
  let_shop(s);
  work_on_the_ground(s);
  s.company.tell(
      "首席运营官、联络员、骨干人才与进驻组织 / hub officers, liaison officers, key talents and "
      "tenants");
  return s.registrar->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
