// Start-up and rebuild: from what is durable to a state that may serve.
#include "replay/state.h"
#include "schema/codec.h"
#include "server/log/log_node_source.h"
#include "server/sequencer.h"
#include "server/state_view.h"

namespace houniao {
namespace {

constexpr std::size_t kReadBytes = std::size_t{4} << 20;

Error mismatch(std::string detail) { return fail(Errc::checkpoint_mismatch, std::move(detail)); }

std::string vkey_of(const SequencerOptions& options, const SigningKey& key) {
  return verifier_key(options.origin, key.verify_key());
}

// The keys that the log names; of a log that names none, the one that is here.
Result<LogKeys> keys_in_log(const State& state, const SequencerOptions& options) {
  auto keys = LogKeys::follow(*log_keys_of(state));
  if (!keys) return std::move(keys).error();
  if (*keys) return std::move(**keys);
  return LogKeys(options.origin, options.log_key.verify_key());
}

// The signature on the newest checkpoint of the key in force at its size.
Result<Signature> signature_in_force(const State& state, const SequencerOptions& options,
                                     const std::string& note) {
  const auto keys = keys_in_log(state, options);
  if (!keys) return keys.error();
  const auto opened = keys->open(note);
  if (!opened) {
    return mismatch("the last stored checkpoint is not signed by the log's key: " +
                    opened.error().detail);
  }
  return opened->signature;
}

}  // namespace

Result<std::unique_ptr<Sequencer>> Sequencer::open(Ports ports, SequencerOptions options,
                                                   WallTime now) {
  if (!valid_key_name(options.origin)) {
    return fail(Errc::invalid_argument, "the origin is not a valid key name: " + options.origin);
  }
  std::unique_ptr<Sequencer> out(new Sequencer(ports, std::move(options)));
  HOUNIAO_TRY(out->load(now, true));
  HOUNIAO_TRY(out->change_log_key(now));
  return out;
}

Result<void> Sequencer::load(WallTime now, bool verify) {
  const LogHead head = ports_.log.head();
  const auto checkpoint = check_stored_checkpoint(head);
  if (!checkpoint) return checkpoint.error();
  auto tree = restore_tree(ports_.log);
  if (!tree) return tree.error();
  if (tree->root() != checkpoint->root) {
    return mismatch("the stored tree of " + std::to_string(head.size.value) +
                    " records does not have the root that was signed");
  }
  HOUNIAO_TRY(check_witness(head.size));

  Replica replica(ports_.log);
  HOUNIAO_TRY(replica.start(ports_.snapshots, head.size));
  if (verify) {
    const bool all = head.size.value <= options_.rehash_records_max;
    HOUNIAO_TRY(check_records(all ? TreeSize{0} : replica.size(), *checkpoint));
  }
  HOUNIAO_TRY(replica.advance(head.size));
  auto devices = ports_.log.device_heads();
  if (!devices) return devices.error();
  auto scopes = ports_.log.scope_heads();
  if (!scopes) return scopes.error();

  state_ = replica.take_state();
  former_scopes_.reset();
  tree_ = std::move(*tree);
  devices_.clear();
  for (const DeviceHead& device : *devices) devices_[device.device] = device;
  scopes_.clear();
  for (const ScopeHead& scope : *scopes) scopes_[scope.scope] = scope;
  const auto received = last_received(head.size);
  if (!received) return received.error();
  last_received_ = *received;
  own_.emplace(options_.device_key, head_of(device_id_for(options_.device_key.verify_key())));
  // A rebuild over an empty log means that the very first commit failed: open() reports it.
  if (!head.size) return verify ? write_genesis(now) : Result<void>();

  const DeviceGrant server = grant_of(*state_, kServerDevice);
  if (server.key != options_.device_key.verify_key()) {
    return fail(Errc::wrong_key, "server.key is not the key of this log's device 1");
  }
  HOUNIAO_TRY(check_log_key());
  auto published = std::make_shared<PublishedHead>();
  published->size = head.size;
  published->root = checkpoint->root;
  published->note = head.checkpoint;
  const auto signature = signature_in_force(*state_, options_, head.checkpoint);
  if (!signature) return signature.error();
  published->note_signature = *signature;
  published->committed_at = now;
  published->log_keys = log_keys_of(*state_);
  published->devices = std::make_shared<const DeviceDirectory>(directory_of(*state_));
  published->read_only = read_only_;
  head_ = std::move(published);
  ports_.published.replace(head_, *devices, *scopes);
  erase_keys_of_erased();
  return {};
}

// The checkpoint beside the log must be ours and must speak of exactly the stored records. Which of
// our keys has to have signed it is known only when the records are folded.
Result<Checkpoint> Sequencer::check_stored_checkpoint(const LogHead& head) const {
  if (!head.size) return Checkpoint{options_.origin, TreeSize{0}, merkle::empty_root()};
  auto out = open_checkpoint(head.checkpoint, vkey_of(options_, options_.log_key));
  if (!out && options_.next_log_key) {
    out = open_checkpoint(head.checkpoint, vkey_of(options_, *options_.next_log_key));
  }
  if (!out) {
    return fail(Errc::checkpoint_mismatch,
                "the last stored checkpoint does not verify: " + out.error().detail);
  }
  if (out->size != head.size) {
    return mismatch("the last checkpoint covers " + std::to_string(out->size.value) +
                    " records, the log holds " + std::to_string(head.size.value));
  }
  return out;
}

// The log must name the key that is here, or the one that is to follow it.
Result<void> Sequencer::check_log_key() const {
  const auto keys = keys_in_log(*state_, options_);
  if (!keys) return keys.error();
  const bool ours =
      keys->newest() == options_.log_key.verify_key() ||
      (options_.next_log_key && keys->newest() == options_.next_log_key->verify_key());
  if (ours && keys->origin() == options_.origin) return {};
  return fail(Errc::wrong_key, "server.key does not hold the key that signs this log, " +
                                   keys->newest_verifier_key());
}

// Records that the next key takes over, in a commit of its own whose checkpoint both keys sign.
Result<void> Sequencer::change_log_key(WallTime now) {
  if (!options_.next_log_key) return {};
  const SigningKey next = *options_.next_log_key;
  const SigningKey previous = options_.log_key;
  const auto keys = keys_in_log(*state_, options_);
  if (!keys) return keys.error();
  if (keys->newest() == next.verify_key()) {  // recorded before an earlier start came to its end
    options_.log_key = next;
    return {};
  }
  start_group(now);
  append_own_event(own_->log_key_changed(
      hand_over_log_key(options_.origin, previous, next, tree_.size(), options_.key_change_reason),
      received_at_));
  const auto after = keys_in_log(*state_, options_);
  if (!after || after->newest() != next.verify_key()) {
    return fail(Errc::internal, "the change of the log's key did not take effect");
  }
  handing_over_ = true;
  finish_group();
  handing_over_ = false;
  group_.reset();
  if (read_only_) return *read_only_;
  options_.log_key = next;
  return {};
}

// Hashes the stored records again; from the first or, with a tree to continue, from later on.
Result<void> Sequencer::check_records(TreeSize from, const Checkpoint& signed_head) {
  auto frontier = merkle::frontier_at(LogNodeSource(ports_.log), from);
  if (!frontier) return frontier.error();
  std::uint64_t next = from.value;
  while (next < signed_head.size.value) {
    const auto run = ports_.log.read(Seq{next}, kReadBytes);
    if (!run) return run.error();
    if (run->empty()) return mismatch("the log ends at record " + std::to_string(next));
    for (std::size_t i = 0; i < run->count(); ++i) {
      frontier->append(merkle::leaf_hash(run->record(i)));
    }
    next += run->count();
  }
  if (frontier->root() != signed_head.root) {
    return mismatch("the stored records do not have the root of the last signed checkpoint, " +
                    std::to_string(signed_head.size.value) + " records");
  }
  return {};
}

// Of the last record, which may be an attestation: the state knows of events alone.
Result<WallTime> Sequencer::last_received(TreeSize size) const {
  if (!size) return WallTime{};
  const auto run = ports_.log.read(Seq{size.value - 1}, 1);
  if (!run) return run.error();
  RecordReader record;
  if (run->empty()) return mismatch("the log's last record is missing");
  HOUNIAO_TRY(record.open(run->record(0)));
  return WallTime{record.get().getReceivedAtUs()};
}

Result<void> Sequencer::check_witness(TreeSize size) const {
  if (!options_.witness || !options_.witness->size) return {};
  const Checkpoint& witness = *options_.witness;
  if (witness.size > size) {
    return mismatch("the log holds " + std::to_string(size.value) +
                    " records, but a checkpoint of " + std::to_string(witness.size.value) +
                    " was signed: records are missing");
  }
  const auto root = merkle::root_at(LogNodeSource(ports_.log), witness.size);
  if (!root) return root.error();
  if (*root != witness.root) {
    return mismatch("the log does not extend the checkpoint of " +
                    std::to_string(witness.size.value) + " records that was signed earlier");
  }
  return {};
}

Result<void> Sequencer::write_genesis(WallTime now) {
  start_group(now);
  DeviceGrant server;
  server.number = kServerDevice;
  server.id = own_->head().device;
  server.key = own_->verify_key();
  EnrolmentCode grant;
  grant.roles = {static_cast<std::uint16_t>(schema::Role::ADMIN)};
  grant.whole_log = true;
  grant.label = "server";
  append_own_event(own_->enrolled(server, grant, received_at_));
  append_own_event(own_->log_key_changed(
      announce_log_key(options_.origin, options_.log_key, tree_.size()), received_at_));
  if (!grant_of(*state_, kServerDevice).number || log_keys_of(*state_)->size() != 1) {
    return fail(Errc::internal, "the first events of the log did not take effect");
  }
  finish_group();
  group_.reset();
  if (read_only_) return *read_only_;
  return {};
}

}  // namespace houniao
