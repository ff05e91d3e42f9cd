#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox {

std::vector<PlantRow> plants_of_institutions() {
  using namespace institutions;
  return {{28, plant_a28}, {29, plant_a29}, {30, plant_a30}, {31, plant_a31}, {32, plant_a32},
          {33, plant_a33}, {34, plant_a34}, {35, plant_a35}, {36, plant_a36}, {37, plant_a37},
          {38, plant_a38}, {39, plant_a39}, {40, plant_a40}};
}

}  // namespace houniao::sandbox
