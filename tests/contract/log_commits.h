// Makes commits for the log store's contract suite: records that frame, tiles, heads and a signed
// checkpoint that belong together, as the sequencer would make them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "replay/checkpoint.h"
#include "replay/merkle/tiles.h"
#include "schema/codec.h"
#include "server/log/log_store.h"

namespace houniao::contract {

inline SigningKey log_key() {
  std::array<std::uint8_t, 32> seed;
  seed.fill(9);
  return signing_key_from_seed(seed);
}
inline const std::string kOrigin = "log.test/contract";
inline std::string log_vkey() { return verifier_key(kOrigin, log_key().verify_key()); }

class CommitMaker {
 public:
  CommitMaker() = default;
  // Continues a stored log.
  explicit CommitMaker(merkle::TileBuilder tree) : tree_(std::move(tree)) {}

  // The next commit: `count` records of about `event_bytes` each by two devices in three scopes.
  Commit next(std::size_t count, std::size_t event_bytes = 40) {
    Commit out;
    out.first = Seq{tree_.size().value};
    std::map<DeviceId, DeviceHead> devices;
    std::map<ScopeId, ScopeHead> scopes;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t seq = tree_.size().value;
      out.offsets.push_back(static_cast<std::uint32_t>(out.records.size()));
      const Bytes event(event_bytes + seq % 5 * 8, static_cast<std::uint8_t>(seq));
      RecordHeader header;
      header.seq = Seq{seq};
      header.scope = ScopeId{seq % 3};
      const std::size_t length = append_event_record(out.records, header, event);
      const Hash leaf = merkle::leaf_hash(ByteView(out.records).last(length));
      tree_.append(leaf);
      DeviceHead device;
      device.device.bytes[0] = static_cast<std::uint8_t>(seq % 2);
      device.number = DeviceNumber{static_cast<std::uint32_t>(seq % 2 + 2)};
      device.seq = DeviceSeq{seq + 1};
      device.hash = leaf;
      devices[device.device] = device;
      scopes[header.scope] = ScopeHead{header.scope, seq / 3 + 1, leaf};
    }
    out.tiles = tree_.take_changed();
    for (const auto& [id, head] : devices) out.device_heads.push_back(head);
    for (const auto& [id, head] : scopes) out.scope_heads.push_back(head);
    out.checkpoint = sign_checkpoint({kOrigin, tree_.size(), tree_.root()}, log_key());
    return out;
  }

  TreeSize size() const { return tree_.size(); }
  Hash root() const { return tree_.root(); }

 private:
  merkle::TileBuilder tree_;
};

}  // namespace houniao::contract
