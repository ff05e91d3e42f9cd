// Follows the chains that run through the log: seq and receive times, each device's events, each
// scope's records, and the attestations that sign the device chains. Knows nothing of the tree or
// of what events mean, and shares no code with the sequencer that wrote the log.
//
// Owned by one audit; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "replay/log_keys.h"
#include "schema/codec.h"
#include "tools/audit/findings.h"
#include "tools/audit/published_packs.h"

namespace houniao::audit {

// The device that the server records with; every log's first event enrols it.
inline constexpr std::uint32_t kServer = 1;

// A checkpoint that a device said it saw.
struct Witnessed {
  Seq seq;  // of the attestation
  DeviceId device;
  DeviceNumber number;
  DeviceSeq through;  // newest event that the attestation covers
  WitnessedCheckpoint checkpoint;
};

class Chains {
 public:
  explicit Chains(Findings& findings) : findings_(findings) {}

  // The next record of the log and its leaf hash. False when it cannot be read at all.
  bool feed(Seq seq, ByteView record, const Hash& leaf);
  // Every event must have been signed for when the log ends.
  void finish();

  struct Device {
    DeviceNumber number;
    VerifyKey key;
    DeviceSeq seq;
    Hash head;
    DeviceSeq attested;
    std::vector<std::pair<DeviceSeq, Hash>> unattested;  // the events after `attested`
  };
  struct Scope {
    std::uint64_t count = 0;
    Hash head;
  };
  const std::map<DeviceId, Device>& devices() const { return devices_; }
  const std::map<ScopeId, Scope>& scopes() const { return scopes_; }
  // The keys that the log names; nullopt when it names none.
  const std::optional<LogKeys>& log_keys() const { return log_keys_; }
  std::vector<Witnessed> take_witnessed() { return std::move(witnessed_); }
  PublishedPacks take_packs() { return std::move(packs_); }
  std::uint64_t events() const { return events_; }
  std::uint64_t attestations() const { return attestations_; }

 private:
  void follow(Seq seq, const Hash& leaf);
  void follow_scope(Seq seq, const Hash& leaf);
  void follow_event(Seq seq);
  void follow_log_key(Seq seq, schema::LogKeyChanged::Reader body);
  void enrol(Seq seq, schema::DeviceEnrolled::Reader body);
  void check_attestation(Seq seq, schema::Attestation::Reader attestation);

  Findings& findings_;
  RecordReader record_;
  EventReader event_;
  std::int64_t received_us_ = INT64_MIN;
  std::map<DeviceId, Device> devices_;  // enrolled ones
  std::optional<DeviceId> server_;      // the first that was enrolled with the server's number
  std::map<ScopeId, Scope> scopes_;
  std::optional<LogKeys> log_keys_;
  PublishedPacks packs_;
  std::vector<Witnessed> witnessed_;
  std::uint64_t events_ = 0;
  std::uint64_t attestations_ = 0;
};

std::string record_text(Seq seq);
std::string device_text(const DeviceId& device, DeviceNumber number);

}  // namespace houniao::audit
