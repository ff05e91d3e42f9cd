// Who plays: the tablets at the eight stations (three stations have two), at the centre, with the
// buyer's officer and secretary, with finance, and the auditor who holds the whole log.
//
// Owned by the play; one thread.
#pragma once

#include <memory>
#include <vector>

#include "tools/stage/backstage.h"
#include "tools/stage/tablet.h"

namespace houniao::programme_b {

using stage::Backstage;
using stage::Device;
using stage::DeviceRequest;
using stage::Tablet;

inline constexpr std::size_t kStations = 8;

class Cast {
 public:
  explicit Cast(Backstage& backstage) : backstage_(backstage) {}

  // Enrols a tablet with a fresh one-time code and connects it.
  Result<Tablet*> enrol(const DeviceRequest& request);
  const std::vector<std::unique_ptr<Tablet>>& tablets() const { return tablets_; }
  Backstage& backstage() { return backstage_; }
  std::uint64_t written() const;

  Tablet* director = nullptr;   // supervisor of the centre
  Tablet* clerk = nullptr;      // field worker of the centre: imports, activities, requests
  Tablet* officer = nullptr;    // supervisor at the buyer: accepts work, first approval
  Tablet* secretary = nullptr;  // supervisor at the buyer: second approval, decides on what is held
  Tablet* finance = nullptr;
  Tablet* auditor = nullptr;  // sees every record of every scope
  Tablet* stations[kStations] = {};
  Tablet* second[kStations] = {};  // further tablets, where a station has one

 private:
  Backstage& backstage_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
};

}  // namespace houniao::programme_b
