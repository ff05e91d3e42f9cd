// Scopes that were once granted to a device and withdrawn since. What it recorded before it heard
// of that is still taken into the log, where the verdict says that the scope is not granted
// (replay/admission.cc): refused, it would keep everything behind it in the device's chain out.
//
// Read from the log when it is needed, which is seldom. Plain value.
#pragma once

#include <functional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/ids.h"

namespace houniao {

class State;
class RecordReader;

class FormerScopes {
 public:
  // Calls `use` with the record at a place of the log.
  using WithRecord =
      std::function<Result<void>(Seq, const std::function<void(RecordReader&)>& use)>;
  // Every withdrawal that took effect.
  static Result<FormerScopes> read(const State& state, const WithRecord& with_record);

  bool contains(DeviceNumber device, ScopeId scope) const {
    return withdrawn_.contains({device, scope});
  }

 private:
  std::set<std::pair<DeviceNumber, ScopeId>> withdrawn_;
};

}  // namespace houniao
