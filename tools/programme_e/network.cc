// The youth organisations and social-work agencies: found, linked, some of them incubated until
// they stand on their own, a few gone again; rated, and with an account where they are to be paid.
#include <algorithm>

#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

using stage::BodyStatus;

const Day kTold = on(2018, 3, 15);  // nothing of this act happens later

Day found_on(std::size_t i, std::size_t all) {
  if (i < kEarly) return days_after(on(2012, 2, 6), static_cast<std::int64_t>(i));
  const std::int64_t length = on(2017, 10, 20).value - on(2013, 1, 10).value;
  return days_after(on(2013, 1, 10), static_cast<std::int64_t>(i - kEarly) * length /
                                         static_cast<std::int64_t>(all - kEarly));
}

void discover(Story& s, std::size_t i, std::size_t all) {
  Tablet& tablet = *s.registrar;
  Linked linked;
  linked.registered = found_on(i, all);
  linked.agency = i % 11 == 5;
  // Half of the later ones are grassroots groups without a code.
  const bool coded = i < kEarly || i % 2 == 0;
  const std::uint32_t region = s.districts[i % kDistricts].region;
  const std::string uscc = coded ? s.company.identities.uscc("52", region) : std::string{};
  const std::string name = linked.agency ? "社工机构" : "青年社会组织";
  linked.id = register_body(tablet, linked.registered,
                            {.kind = linked.agency ? "social_work_agency" : "youth_organisation",
                             .name = name + std::to_string(i + 1),
                             .level = coded ? "registered" : "grassroots",
                             .region = region,
                             .uscc = uscc,
                             .parent = {}});
  change_status(tablet, linked.registered, linked.id, BodyStatus::DISCOVERED);
  const Day joined = days_after(linked.registered, 30);
  change_status(tablet, joined, linked.id, BodyStatus::LINKED);
  join(tablet, joined, linked.id.value, s.federation.value, "linked_organisation", true);
  if (i < kPayees) {
    verify_account(tablet, joined, linked.id, uscc);
    s.codes.push_back(uscc);
  }
  s.organisations.push_back(linked);
}

// Taken in, and after more than a year on their own feet or with a place of their own.
void incubate(Story& s) {
  const auto wanted =
      std::min(static_cast<std::size_t>(s.numbers.incubated), s.organisations.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    const Linked& linked = s.organisations[i];
    const Day taken_in = days_after(linked.registered, 120);
    change_status(*s.registrar, taken_in, linked.id, BodyStatus::INCUBATING);
    const Day grown = days_after(taken_in, 420 + static_cast<std::int64_t>(i % 5) * 60);
    if (i % 3 == 0) change_status(*s.registrar, grown, linked.id, BodyStatus::GRADUATED);
    if (i % 3 == 1) change_status(*s.registrar, grown, linked.id, BodyStatus::RESIDENT);
  }
}

void part_with(Story& s) {
  const auto gone = std::min(static_cast<std::size_t>(s.numbers.left), s.organisations.size() / 4);
  for (std::size_t i = 0; i < gone; ++i) {
    const Linked& linked = s.organisations[s.organisations.size() - 1 - i];
    const Day day = std::min(days_after(linked.registered, 140), kTold);
    leave(*s.registrar, day, linked.id.value, s.federation.value, "linked_organisation", true);
    change_status(*s.registrar, day, linked.id, BodyStatus::DEREGISTERED);
  }
  // Two were suspended for half a year and came back.
  for (std::size_t i = 0; i < 2; ++i) {
    const Linked& linked = s.organisations[s.organisations.size() * 3 / 4 + i];
    const Day day = days_after(linked.registered, 60);
    change_status(*s.registrar, day, linked.id, BodyStatus::SUSPENDED);
    change_status(*s.registrar, days_after(day, 180), linked.id, BodyStatus::ACTIVE);
  }
}

// Fourteen are rated 4A and four 5A today. One came up from 3A, one from 4A, and of two the 4A has
// expired after its five years.
void rate(Story& s) {
  const std::string issuer = "civil affairs";
  for (std::size_t i = 0; i < 14; ++i) {
    const Day day = days_after(on(2014, 3, 1), static_cast<std::int64_t>(i) * 80);
    record_rating(*s.registrar, day, s.early(i).id, "4A", issuer);
  }
  for (std::size_t i = 14; i < 18; ++i) {
    const Day day = days_after(on(2016, 5, 1), static_cast<std::int64_t>(i) * 20);
    record_rating(*s.registrar, day, s.early(i).id, "5A", issuer);
  }
  record_rating(*s.registrar, on(2013, 6, 1), s.early(0).id, "3A", issuer);
  record_rating(*s.registrar, on(2013, 6, 1), s.early(14).id, "4A", issuer);
  for (std::size_t i = 18; i < 20; ++i) {
    record_rating(*s.registrar, on(2012, 11, 20), s.early(i).id, "4A", issuer);
  }
}

}  // namespace

Result<void> link_organisations(Story& s) {
  const auto all = static_cast<std::size_t>(s.numbers.linked + s.numbers.left);
  for (std::size_t i = 0; i < all; ++i) discover(s, i, all);
  incubate(s);
  part_with(s);
  rate(s);
  s.company.tell(std::to_string(all) +
                 " 家青年社会组织发现、联系、培育、评级 / youth organisations found, linked, "
                 "incubated and rated");
  return s.registrar->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
