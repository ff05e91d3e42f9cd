// What the operator of a data directory orders for a device: `houniao device` writes an order as a
// file, the server carries it out as an event of its own and then removes the file. Whoever may
// write into the directory may order; nothing of this is reachable over the network.
//
//   <data>/orders/<16 hex digits>.order   one Event message of which `body` and `scope` are used
//
// Written while a server runs or not; a server that starts carries out what waits. An order may be
// carried out again after a crash, so an order states what shall be, and a second event that says
// the same changes nothing. A file that is no order is put aside, never silently dropped.
//
// Threads: any.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"
#include "schema/codec.h"

namespace houniao {

struct DeviceOrder {
  enum class Kind { revoke, scopes };
  Kind kind = Kind::revoke;
  DeviceNumber device;
  schema::DeviceRevoked::Reason reason = schema::DeviceRevoked::Reason::LOST;
  DeviceSeq from;  // revoke: the first event that does not count any more
  std::vector<ScopeId> granted;
  std::vector<ScopeId> withdrawn;
};
Bytes encode_order(const DeviceOrder& order);

class Orders {
 public:
  explicit Orders(std::filesystem::path directory) : directory_(std::move(directory)) {}

  struct Stored {
    std::string name;
    Bytes event;
  };
  // Durable on return; the name under which it waits.
  Result<std::string> add(const DeviceOrder& order, Random& random);
  // What waits, by name. Files that are no orders are left alone.
  std::vector<Stored> waiting() const;
  bool waits(const std::string& name) const;
  void remove(const std::string& name);
  // Puts one aside that the server does not understand, as <name>.refused, for the operator to see.
  void refuse(const std::string& name);
  bool refused(const std::string& name) const;

 private:
  const std::filesystem::path directory_;
};

}  // namespace houniao
