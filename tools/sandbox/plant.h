// What is hidden in the sandbox: frauds that a rule must find and honest look-alikes that it must
// leave alone. Each rule has at least three of each kind; docs/SANDBOX.md is the key in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"

namespace houniao::sandbox {

class Yard;

enum class Intent : std::uint8_t { fraud, honest };

struct Plant {
  std::uint16_t rule = 0;  // 3 for A03
  Intent intent = Intent::fraud;
  std::string zh;  // what was done, one sentence
  std::string en;
  // Fraud: the rule must give an anomaly whose evidence has one of these. Honest: none of the
  // rule's anomalies may have any of these.
  std::vector<EventId> events;
};

// The plants of one rule, one function each: plant_a01() ... plant_a40(), in plants_aNN.cc files by
// group of rules. A function records what it needs on the yard's tablets and appends to `out`. It
// is called once, in order of rule; it must not depend on what another rule planted.
using PlantFunction = Result<void> (*)(Yard& yard, std::vector<Plant>& out);
struct PlantRow {
  std::uint16_t rule = 0;
  PlantFunction plant = nullptr;
};
std::vector<PlantRow> plants_of_deliveries();    // A01 .. A13, plants_deliveries*.cc
std::vector<PlantRow> plants_of_conduct();       // A14 .. A27, plants_conduct*.cc
std::vector<PlantRow> plants_of_institutions();  // A28 .. A40, plants_institutions*.cc

}  // namespace houniao::sandbox
