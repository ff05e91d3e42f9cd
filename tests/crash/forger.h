// A forger with the shipping tools: takes a log apart, lets a test change what it says, and writes
// it down again as a log that is consistent as far as the keys in hand reach. Chains, verdicts,
// tree, heads and checkpoints are computed as the sequencer would have; what only the holder of a
// missing key could sign keeps its old signature.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "replay/admission.h"
#include "replay/checkpoint.h"
#include "replay/merkle/hash.h"
#include "replay/merkle/tiles.h"
#include "schema/codec.h"
#include "server/log/log_store.h"
#include "tests/crash/audited_log.h"

namespace houniao::crash {

// What one record says; the rest of a record follows from its place.
struct Said {
  WallTime received;
  ScopeId scope;
  Bytes event;                  // empty for an attestation
  AttestationData attestation;  // unless it is an event
  bool ends_commit = false;

  bool is_event() const { return !event.empty(); }
  DeviceId device() const {
    if (!is_event()) return attestation.device;
    EventReader reader;
    must(reader.open_untrusted(event));
    return reader.device();
  }
};

template <std::size_t N>
void copy_exactly(ByteView from, std::array<std::uint8_t, N>& to) {
  if (from.size() != N) throw std::runtime_error("an attestation of another shape");
  std::copy(from.begin(), from.end(), to.begin());
}

inline AttestationData attestation_of(schema::Attestation::Reader from) {
  AttestationData out;
  out.device = device_id_from(to_view(from.getDevice())).value();
  out.through = DeviceSeq{from.getThroughDeviceSeq()};
  out.head = hash_from(to_view(from.getHeadHash())).value();
  copy_exactly(to_view(from.getSignature()), out.signature.bytes);
  out.witnessed.size = TreeSize{from.getWitnessedSize()};
  if (!out.witnessed.size) return out;
  out.witnessed.root = hash_from(to_view(from.getWitnessedRoot())).value();
  copy_exactly(to_view(from.getWitnessedNoteSignature()), out.witnessed.note_signature.bytes);
  return out;
}

inline std::vector<Said> take_apart(const LogStore& log) {
  std::set<std::uint64_t> commits;
  for (const StoredCheckpoint& stored : must(log.checkpoints())) commits.insert(stored.size.value);
  std::vector<Said> out;
  RecordReader record;
  while (out.size() < log.head().size.value) {
    const RecordRun run = must(log.read(Seq{out.size()}, std::size_t{1} << 20));
    for (std::size_t i = 0; i < run.count(); ++i) {
      must(record.open_untrusted(run.record(i)));
      Said said;
      said.received = WallTime{record.get().getReceivedAtUs()};
      said.scope = record.scope();
      if (record.is_event()) {
        said.event.assign(record.event_bytes().begin(), record.event_bytes().end());
      } else {
        said.attestation = attestation_of(record.get().getAttestation());
      }
      said.ends_commit = commits.contains(out.size() + 1);
      out.push_back(std::move(said));
    }
  }
  return out;
}

// The event with other words in it, encoded again.
inline Bytes reworded(ByteView event, const std::function<void(schema::Event::Builder)>& edit) {
  EventReader reader;
  must(reader.open_untrusted(event));
  capnp::MallocMessageBuilder message(8192);
  message.setRoot(reader.get());
  edit(message.getRoot<schema::Event>());
  return encode(message);
}

inline Signature signed_by(const SigningKey& key, const AttestationData& said) {
  return sign(key, push_signing_bytes(said.device, said.through, said.head, said.witnessed));
}

// What the forger has in hand.
struct Loot {
  std::optional<SigningKey> log_key;
  std::map<DeviceId, SigningKey> devices;
  // Events are chained again after a change, and attestations name the heads that result.
  bool chains_again = true;
  std::map<TreeSize, std::string> genuine_notes;  // all that he has without the log's key
};

class Forger {
 public:
  Forger(std::string origin, Loot loot) : origin_(std::move(origin)), loot_(std::move(loot)) {}

  // Writes the records as a log of their own into `out`, which is empty. Once per forger.
  void write(const std::vector<Said>& records, LogStore& out) {
    roots_.push_back(tree_.root());
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Said& said = records[i];
      const std::size_t start = commit_.records.size();
      if (said.is_event()) {
        add_event(said);
      } else {
        add_attestation(said);
      }
      close_record(start, said.scope);
      if (said.ends_commit || i + 1 == records.size()) finish_commit(out);
    }
  }

 private:
  struct Chain {
    DeviceHead head;
    std::vector<Hash> events;
  };

  RecordHeader header_for(const Said& said) const {
    RecordHeader out;
    out.seq = Seq{tree_.size().value};
    out.received_at = said.received;
    out.scope = said.scope;
    if (const auto found = scopes_.find(said.scope); found != scopes_.end()) {
      out.scope_count = found->second.count;
      out.scope_prev = found->second.hash;
    }
    return out;
  }

  void add_event(const Said& said) {
    Chain& chain = chains_[said.device()];
    const Bytes event = loot_.chains_again ? chained(said.event, chain) : said.event;
    EventReader reader;
    must(reader.open_untrusted(event));
    const Received received{Seq{tree_.size().value}, said.received};
    const Judgement judgement = admit(state_, reader, received);
    apply(state_, reader, received, judgement);
    const std::vector<std::uint16_t> reasons = judgement.reasons.numbers();
    RecordHeader header = header_for(said);
    header.verdict = judgement.verdict;
    header.reasons = reasons;
    append_event_record(commit_.records, header, event);
    chain.events.push_back(reader.hash());
    chain.head.device = reader.device();
    chain.head.seq = reader.device_seq();
    chain.head.hash = reader.hash();
    changed_.insert(reader.device());
  }

  // The bytes stay what they were unless the chain before them is another one.
  static Bytes chained(const Bytes& event, const Chain& chain) {
    EventReader reader;
    must(reader.open_untrusted(event));
    const std::uint64_t place = chain.events.size() + 1;
    const Hash before = chain.events.empty() ? Hash{} : chain.events.back();
    if (reader.device_seq().value == place && reader.prev_hash() == before) return event;
    return reworded(event, [&](schema::Event::Builder builder) {
      builder.setDeviceSeq(place);
      builder.setPrevHash(to_data(before));
    });
  }

  void add_attestation(const Said& said) {
    AttestationData attestation = said.attestation;
    Chain& chain = chains_[attestation.device];
    if (loot_.chains_again) name_head(attestation, chain);
    if (const auto key = loot_.devices.find(attestation.device); key != loot_.devices.end()) {
      witness_again(attestation);
      attestation.signature = signed_by(key->second, attestation);
    }
    append_attestation_record(commit_.records, header_for(said), attestation);
    chain.head.device = attestation.device;
    chain.head.attested = std::max(chain.head.attested, attestation.through);
    changed_.insert(attestation.device);
  }

  static void name_head(AttestationData& attestation, const Chain& chain) {
    const std::uint64_t through = attestation.through.value;
    const bool same = through >= 1 && through <= chain.events.size() &&
                      chain.events[through - 1] == attestation.head;
    if (same) return;
    attestation.through = DeviceSeq{chain.events.size()};
    attestation.head = chain.events.back();
  }

  // Whose key is stolen has seen what the forger's log says.
  void witness_again(AttestationData& attestation) const {
    WitnessedCheckpoint& seen = attestation.witnessed;
    if (!seen.size || seen.size.value >= roots_.size() || !loot_.log_key) return;
    const Hash& root = roots_[seen.size.value];
    if (seen.root == root) return;
    seen.root = root;
    seen.note_signature =
        sign(*loot_.log_key, as_bytes(checkpoint_body({origin_, seen.size, root})));
  }

  void close_record(std::size_t start, ScopeId scope) {
    const Hash leaf = merkle::leaf_hash(ByteView(commit_.records).subspan(start));
    tree_.append(leaf);
    roots_.push_back(tree_.root());
    ScopeHead& head = scopes_[scope];
    head.scope = scope;
    ++head.count;
    head.hash = leaf;
    commit_.offsets.push_back(static_cast<std::uint32_t>(start));
  }

  void finish_commit(LogStore& out) {
    commit_.first = Seq{tree_.size().value - commit_.count()};
    commit_.tiles = tree_.take_changed();
    for (const DeviceId& id : changed_) {
      const Device* device = state_.system.device(id);
      if (device != nullptr) chains_[id].head.number = device->number;
      commit_.device_heads.push_back(chains_[id].head);
    }
    for (const auto& [id, head] : scopes_) commit_.scope_heads.push_back(head);
    commit_.checkpoint = note();
    must(out.append(commit_));
    commit_ = {};
    changed_.clear();
  }

  std::string note() const {
    const Checkpoint checkpoint{origin_, tree_.size(), tree_.root()};
    if (loot_.log_key) return sign_checkpoint(checkpoint, *loot_.log_key);
    const auto found = loot_.genuine_notes.lower_bound(tree_.size());
    return found == loot_.genuine_notes.end() ? loot_.genuine_notes.rbegin()->second
                                              : found->second;
  }

  const std::string origin_;
  const Loot loot_;
  State state_;
  merkle::TileBuilder tree_;
  std::vector<Hash> roots_;  // by size
  std::map<DeviceId, Chain> chains_;
  std::map<ScopeId, ScopeHead> scopes_;
  std::set<DeviceId> changed_;
  Commit commit_;
};

}  // namespace houniao::crash
