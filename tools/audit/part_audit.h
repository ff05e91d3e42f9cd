// The check of a part of a log (docs/BUNDLE_FORMAT.md): its records with the hashes of what it
// leaves out are the tree that the log signed; chains hold wherever the part has both ends; nothing
// is missing that a part must have. What a part cannot show is counted, not passed over.
//
// Owned by one audit; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "replay/log_keys.h"
#include "schema/codec.h"
#include "tools/audit/bundle.h"
#include "tools/audit/chains.h"
#include "tools/audit/findings.h"
#include "tools/audit/part_tree.h"

namespace houniao::audit {

class PartAudit {
 public:
  // Everything but the key must outlive it.
  PartAudit(BundleLog& bundle, VerifierKey key, const Options& options, Findings& findings,
            BundleReport& out);

  void run();

 private:
  struct Chained {
    DeviceSeq seq;
    Hash hash;
  };
  struct Device {
    DeviceNumber number;
    VerifyKey key;
    DeviceSeq newest;  // of the chain, as far as events and attestations of the part say
    Hash head;         // hash of the event `newest`
    DeviceSeq attested;
    std::vector<Chained> open;  // events of the part after the last attestation
    // Left-out records that hold none of the events after `newest`, at least.
    std::uint64_t left_out_before = 0;
  };
  struct Scope {
    std::uint64_t count = 0;
    Hash head;
    std::uint64_t left_out_before = 0;  // left-out records before `head`
  };

  bool walk();
  bool storage(const std::string& what);
  bool subtree(ByteView in);
  bool records(ByteView in);
  void record(ByteView bytes);
  void follow(Seq seq, const Hash& leaf);
  void follow_scope(Seq seq, const Hash& leaf);
  void check_manifest(Seq seq);
  void follow_event(Seq seq);
  void follow_chain(Seq seq, Device& device);
  void enrol(Seq seq);
  void follow_key(Seq seq);
  void follow_attestation(Seq seq, schema::Attestation::Reader said);
  bool check_covered(const std::string& where, const Device& device, DeviceSeq through,
                     const Hash& head);
  void cover(Device& device, DeviceSeq through, const Hash& head);
  void finish();
  bool has_every_attestation() const;
  void compare_checkpoint();
  void compare_witnesses();
  void settle_keys();

  BundleLog& bundle_;
  const VerifierKey key_;  // that the auditor trusts
  const Options& options_;
  Findings& findings_;
  BundleReport& out_;
  LogKeys keys_{key_.name, key_.key};
  RecordReader record_;
  EventReader event_;
  PartTree tree_;
  std::int64_t received_us_ = INT64_MIN;
  std::map<DeviceId, Device> devices_;
  std::optional<DeviceId> server_;
  std::map<ScopeId, Scope> scopes_;
  bool attestations_missing_ = false;
  std::optional<LogKeys> log_keys_;  // that the log names
  std::vector<Witnessed> witnessed_;
};

}  // namespace houniao::audit
