#include "tools/sandbox/play.h"

#include <algorithm>
#include <string>
#include <utility>

#include "replay/rules/rule.h"

namespace houniao::sandbox {
namespace {

// A plant that says nothing could never be found missing.
Result<void> check(const PlantRow& row, const Plant& plant) {
  const std::string code = rules::code_of(row.rule);
  if (plant.rule != row.rule) {
    return fail(Errc::internal, "the plants of " + code + " have one of " +
                                    rules::code_of(plant.rule) + ": " + plant.en);
  }
  if (plant.events.empty() || plant.zh.empty() || plant.en.empty()) {
    return fail(Errc::internal, "a plant of " + code + " has no event or no words: " + plant.en);
  }
  return {};
}

}  // namespace

std::vector<PlantRow> all_plants() {
  std::vector<PlantRow> rows;
  for (const std::vector<PlantRow>& group :
       {plants_of_deliveries(), plants_of_conduct(), plants_of_institutions()}) {
    rows.insert(rows.end(), group.begin(), group.end());
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const PlantRow& a, const PlantRow& b) { return a.rule < b.rule; });
  return rows;
}

Play::Play(stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell)
    : yard_(backstage, seed, std::move(tell)) {}

Result<void> Play::run(const std::vector<PlantRow>& rows) {
  HOUNIAO_TRY(yard_.found());
  for (const PlantRow& row : rows) {
    const std::size_t before = plants_.size();
    const Result<void> planted = row.plant(yard_, plants_);
    if (!planted) {
      return fail(planted.error().code, rules::code_of(row.rule) + ": " + planted.error().detail);
    }
    for (std::size_t i = before; i < plants_.size(); ++i) HOUNIAO_TRY(check(row, plants_[i]));
    HOUNIAO_TRY(yard_.settle());
  }
  const auto frauds = std::count_if(plants_.begin(), plants_.end(), [](const Plant& plant) {
    return plant.intent == Intent::fraud;
  });
  const std::string fraud_count = std::to_string(frauds);
  const std::string honest_count =
      std::to_string(plants_.size() - static_cast<std::size_t>(frauds));
  yard_.company.tell("沙盒：埋设舞弊 " + fraud_count + " 处，貌似而清白 " + honest_count +
                     " 处 / sandbox: " + fraud_count + " frauds and " + honest_count +
                     " honest look-alikes are planted");
  // A plant may have left a tablet of its own away on purpose; the yard's offices are at home.
  return yard_.settle();
}

std::vector<DeviceNumber> Play::devices() const {
  std::vector<DeviceNumber> out;
  for (const auto& tablet : yard_.company.tablets()) out.push_back(tablet->device().number());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace houniao::sandbox
