// What the plants of the rules A28 to A40 share: naming a plant, and short forms of events that the
// yard and tools/stage do not have. Used while the yard is planted; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/sandbox/plant.h"
#include "tools/sandbox/yard.h"

namespace houniao::sandbox::institutions {

using stage::Body;
using stage::days_after;
using stage::on;
using stage::Tablet;

// Appends the plants of one rule.
class Sower {
 public:
  Sower(Yard& ground, std::vector<Plant>& out, std::uint16_t rule)
      : yard(ground), out_(out), rule_(rule) {}

  Yard& yard;
  void fraud(std::string zh, std::string en, std::vector<EventId> events) {
    out_.push_back({rule_, Intent::fraud, std::move(zh), std::move(en), std::move(events)});
  }
  void honest(std::string zh, std::string en, std::vector<EventId> events) {
    out_.push_back({rule_, Intent::honest, std::move(zh), std::move(en), std::move(events)});
  }

  // The office that writes most of what is planted: its tablet keeps the order of what it writes.
  Tablet& desk() const { return *yard.supervisor; }
  // A registered adult, written by that office.
  PersonId person(Day when, SiteId residence = {}) {
    return stage::register_person(desk(), when, yard.company.identities.person(true), {},
                                  residence);
  }

 private:
  std::vector<Plant>& out_;
  std::uint16_t rule_;
};

template <class Id>
EventId event_of(Id id) {
  return EventId{id.value};
}

Result<void> plant_a28(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a29(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a30(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a31(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a32(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a33(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a34(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a35(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a36(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a37(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a38(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a39(Yard& yard, std::vector<Plant>& out);
Result<void> plant_a40(Yard& yard, std::vector<Plant>& out);

}  // namespace houniao::sandbox::institutions
