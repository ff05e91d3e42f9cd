// The sandbox, played over a backstage: the yard is founded, then every rule's frauds and
// look-alikes are planted in order of rule. Blocks until everything is planted; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "tools/sandbox/plant.h"
#include "tools/sandbox/yard.h"

namespace houniao::sandbox {

// What every rule needs at least, of each kind.
inline constexpr std::size_t kPlantsPerKind = 3;

// Every plant function, by rule.
std::vector<PlantRow> all_plants();

class Play {
 public:
  // `backstage` outlives the play; `tell` gets one line of progress at a time, never with personal
  // data.
  Play(stage::Backstage& backstage, std::uint64_t seed, std::function<void(std::string_view)> tell);

  // On return every tablet is in step with the server. internal when a plant names another rule
  // than that of its function, or no event.
  Result<void> run() { return run(all_plants()); }
  Result<void> run(const std::vector<PlantRow>& rows);

  stage::Company& company() { return yard_.company; }
  const Yard& yard() const { return yard_; }
  const std::vector<Plant>& plants() const { return plants_; }
  // Those of the yard's tablets, also of those that a plant enrolled; ascending.
  std::vector<DeviceNumber> devices() const;

 private:
  Yard yard_;
  std::vector<Plant> plants_;
};

}  // namespace houniao::sandbox
