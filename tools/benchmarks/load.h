// What the network benchmarks share: a real server in this process on a loopback port, and devices
// that make real signed events without an SDK's store behind them.
//
// On tablets every device encodes and signs on its own processor; here they all share this
// machine's. Events, pushes and signatures are therefore made before the clock starts, which each
// report says. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"
#include "schema/codec.h"

namespace houniao {
class Server;
}

namespace houniao::bench {

class LoadDevice;
struct Machine;

// A server over a fresh directory below the machine's; both are gone afterwards.
class LoadServer {
 public:
  static Result<std::unique_ptr<LoadServer>> start(const Machine& machine);
  ~LoadServer();

  std::uint16_t port() const;
  std::string url() const;
  std::filesystem::path data_directory() const { return path_ / "server"; }
  std::uint64_t log_size() const;
  // Pushes that were taken before their signature was checked, since the start.
  std::uint64_t signatures_owed() const;
  // Every one of these devices' events is covered by a signature in the log.
  bool all_signed(const std::vector<LoadDevice>& devices) const;
  // A one-time code that grants every device the commons, for field work.
  Result<std::string> make_code(bool whole_log);

 private:
  LoadServer() = default;
  std::filesystem::path path_;
  Clock* clock_ = nullptr;
  std::unique_ptr<Server> server_;
  std::uint64_t codes_ = 0;
};

// One device's key and chain.
class LoadDevice {
 public:
  explicit LoadDevice(Random& random) : key_(make_signing_key(random)) {}

  const SigningKey& key() const { return key_; }
  // From the Welcome.
  void enrolled(DeviceNumber number) { number_ = number; }
  DeviceNumber number() const { return number_; }
  DeviceId id() const { return device_id_for(key_.verify_key()); }

  Bytes hello(const std::string& code) const;
  Bytes proof(ByteView nonce) const;
  // Push frame with the next `events` events of the chain, signed. The device's first push
  // registers persons (up to kPersons), later ones deliver services to them.
  Bytes push(std::uint64_t id, std::size_t events, WallTime now);

  static constexpr std::size_t kPersons = 256;

 private:
  Bytes next_event(WallTime now);

  SigningKey key_;
  DeviceNumber number_;
  DeviceSeq seq_;
  Hash head_;
};

// Bytes of one generated record, for the floor's shape.
inline constexpr std::size_t kLoadRecordBytes = 432;

}  // namespace houniao::bench
