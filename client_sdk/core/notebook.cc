// Opening, identity, recording and asking; what arrives is in notebook_receive.cc.
#include "client_sdk/core/notebook.h"

#include <algorithm>

#include "base/limits.h"
#include "client_sdk/core/local_codec.h"
#include "client_sdk/core/notebook_keys.h"
#include "replay/state.h"

namespace houniao::client {
namespace {

constexpr std::size_t kDraftsMax = 65'536;

SyncStatus status_of(const EventEntry& entry, bool has_reasons) {
  switch (entry.status) {
    case houniao::EventStatus::held:
    case houniao::EventStatus::refused:
      return SyncStatus::held;
    case houniao::EventStatus::flagged:
      return SyncStatus::flagged;
    default:
      return has_reasons ? SyncStatus::flagged : SyncStatus::accepted;
  }
}

void add_sentence(std::string& out, std::string_view sentence, std::string_view separator) {
  if (sentence.empty()) return;
  if (!out.empty()) out += separator;
  out += sentence;
}

void explain(EventSync& sync) {
  sync.reasons.for_each([&](Reason reason) {
    const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
    if (row == nullptr) return;
    add_sentence(sync.reasons_zh, row->zh, "；");
    add_sentence(sync.reasons_en, row->en, "; ");
  });
}

Bytes encode_chain(DeviceSeq seq, const Hash& head) {
  LocalWriter out;
  out.number(seq.value);
  out.raw(head.bytes);
  return out.finish();
}

Bytes encode_clock(const ClockEstimate& clock) {
  LocalWriter out;
  out.number(clock.offset_ms);
  out.number(clock.uncertainty_ms);
  return out.finish();
}

Bytes encode_number(std::uint64_t value) {
  LocalWriter out;
  out.number(value);
  return out.finish();
}

}  // namespace

Notebook::Notebook(Store& store, Random& random) : store_(store), random_(random) {}

Notebook::~Notebook() {
  wipe(key_.bytes.data(), key_.bytes.size());
  if (blind_key_) wipe(blind_key_->data(), blind_key_->size());
}

Result<std::unique_ptr<Notebook>> Notebook::open(Store& store, Random& random,
                                                 std::string log_key) {
  std::unique_ptr<Notebook> notebook(new Notebook(store, random));
  HOUNIAO_TRY(notebook->load(log_key));
  return notebook;
}

Result<void> Notebook::load(const std::string& log_key) {
  HOUNIAO_TRY(load_identity(log_key));
  HOUNIAO_TRY(load_progress());
  HOUNIAO_TRY(load_alarm());
  HOUNIAO_TRY(outbox_.load(store_));
  HOUNIAO_TRY(keys_.load(store_));
  HOUNIAO_TRY(refold());
  find_judged();
  return {};
}

Result<void> Notebook::load_identity(const std::string& log_key) {
  auto seed = store_.get(Table::meta, key_of(MetaKey::device_seed));
  if (!seed) return seed.error();
  std::array<std::uint8_t, 32> bytes{};
  if (*seed) {
    if ((*seed)->size() != bytes.size()) return fail(Errc::corrupt, "the stored device key");
    std::copy((*seed)->begin(), (*seed)->end(), bytes.begin());
    wipe((*seed)->data(), (*seed)->size());
  } else {
    random_.fill(bytes);
    const Write write = meta_write(MetaKey::device_seed, Bytes(bytes.begin(), bytes.end()));
    HOUNIAO_TRY(store_.commit({&write, 1}));
  }
  key_ = signing_key_from_seed(bytes);
  wipe(bytes.data(), bytes.size());
  identity_.public_key = key_.verify_key();
  identity_.id = device_id_for(identity_.public_key);
  identity_.log_key = log_key;
  auto stored = store_.get(Table::meta, key_of(MetaKey::identity));
  if (!stored) return stored.error();
  if (*stored) HOUNIAO_TRY(decode_identity(**stored));
  if (!log_key.empty() && !knows_log_key(log_key)) {
    return fail(Errc::wrong_key,
                "this directory belongs to the log " + identity_.log_key + ", not to " + log_key);
  }
  return {};
}

Bytes Notebook::encode_identity(std::span<const ScopeId> scopes) const {
  LocalWriter out;
  out.text(identity_.log_key);
  out.number(identity_.number.value);
  out.number(identity_.holder);
  out.flag(identity_.whole_log);
  out.number(static_cast<std::uint32_t>(scopes.size()));
  for (const ScopeId scope : scopes) out.number(scope.value);
  out.number(static_cast<std::uint32_t>(identity_.roles.size()));
  for (const schema::Role role : identity_.roles) out.number(static_cast<std::uint16_t>(role));
  out.flag(blind_key_.has_value());
  if (blind_key_) out.raw(*blind_key_);
  for (const std::string& key : earlier_log_keys_) out.text(key);
  return out.finish();
}

Result<void> Notebook::decode_identity(ByteView value) {
  LocalReader in(value);
  identity_.log_key = in.text();
  identity_.number = DeviceNumber{in.number<std::uint32_t>()};
  identity_.holder = in.number<std::uint64_t>();
  identity_.whole_log = in.flag();
  for (auto n = in.number<std::uint32_t>(); n > 0 && in.ok(); --n) {
    identity_.scopes.push_back(ScopeId{in.number<std::uint64_t>()});
  }
  for (auto n = in.number<std::uint32_t>(); n > 0 && in.ok(); --n) {
    identity_.roles.push_back(static_cast<schema::Role>(in.number<std::uint16_t>()));
  }
  if (in.flag()) blind_key_ = in.array<32>();
  while (in.ok() && !in.at_end()) earlier_log_keys_.push_back(in.text());
  return in.done("identity");
}

Result<void> Notebook::load_progress() {
  const auto read = [&](MetaKey key) { return store_.get(Table::meta, key_of(key)); };
  auto chain = read(MetaKey::chain);
  auto position = read(MetaKey::position);
  auto acknowledged = read(MetaKey::acknowledged);
  auto clock = read(MetaKey::clock);
  for (const auto* value : {&chain, &position, &acknowledged, &clock}) {
    if (!*value) return value->error();
  }
  if (*chain) {
    LocalReader in(**chain);
    chain_seq_ = DeviceSeq{in.number<std::uint64_t>()};
    chain_head_ = in.hash();
    HOUNIAO_TRY(in.done("chain head"));
  }
  if (*position) {
    auto decoded = decode_position(**position);
    if (!decoded) return decoded.error();
    position_ = std::move(*decoded);
  }
  if (*acknowledged) {
    LocalReader in(**acknowledged);
    acknowledged_ = DeviceSeq{in.number<std::uint64_t>()};
  }
  if (*clock) {
    LocalReader in(**clock);
    clock_.offset_ms = in.number<std::int64_t>();
    clock_.uncertainty_ms = in.number<std::uint32_t>();
  }
  return {};
}

Result<void> Notebook::load_alarm() {
  auto stored = store_.get(Table::meta, key_of(MetaKey::alarm));
  if (!stored) return stored.error();
  if (!*stored) return {};
  LocalReader in(**stored);
  const Errc code = errc_from_number(in.number<std::uint16_t>());
  alarm_ = fail(code, in.text());
  return in.done("alarm");
}

Result<void> Notebook::pin(const std::string& log_key) {
  if (identity_.log_key == log_key) return {};
  if (!identity_.log_key.empty()) {
    return fail(Errc::wrong_key, "another log: the server shows the key " + log_key + " where " +
                                     identity_.log_key + " is pinned");
  }
  auto parsed = parse_verifier_key(log_key);
  if (!parsed) return parsed.error();
  identity_.log_key = log_key;
  const Write write = meta_write(MetaKey::identity, encode_identity(identity_.scopes));
  return store_.commit({&write, 1});
}

Result<void> Notebook::pin_next(const std::string& log_key) {
  if (identity_.log_key == log_key) return {};
  auto parsed = parse_verifier_key(log_key);
  if (!parsed) return parsed.error();
  if (!identity_.log_key.empty()) earlier_log_keys_.push_back(identity_.log_key);
  identity_.log_key = log_key;
  const Write write = meta_write(MetaKey::identity, encode_identity(identity_.scopes));
  return store_.commit({&write, 1});
}

bool Notebook::knows_log_key(const std::string& log_key) const {
  return identity_.log_key == log_key ||
         std::find(earlier_log_keys_.begin(), earlier_log_keys_.end(), log_key) !=
             earlier_log_keys_.end();
}

Result<void> Notebook::accept(const Grants& grants) {
  if (enrolled() && grants.number != identity_.number) {
    return fail(Errc::protocol, "the server calls this device " +
                                    std::to_string(grants.number.value) + ", it is " +
                                    std::to_string(identity_.number.value));
  }
  const Bytes before = encode_identity(identity_.scopes);
  identity_.number = grants.number;
  identity_.holder = grants.holder;
  identity_.scopes = grants.scopes;
  identity_.roles = grants.roles;
  identity_.whole_log = grants.whole_log;
  if (grants.blind_key) blind_key_ = grants.blind_key;
  Bytes after = encode_identity(identity_.scopes);
  if (after != before) {
    const Write write = meta_write(MetaKey::identity, std::move(after));
    HOUNIAO_TRY(store_.commit({&write, 1}));
  }
  if (grants.whole_log) return {};
  std::vector<ScopeId> withdrawn;
  for (const ScopeCursor& cursor : position_.scopes) {
    const bool granted =
        std::binary_search(grants.scopes.begin(), grants.scopes.end(), cursor.scope);
    if (!granted && cursor.scope != kScopeCommons) withdrawn.push_back(cursor.scope);
  }
  return withdrawn.empty() ? Result<void>() : purge(withdrawn);
}

void Notebook::raise(Error alarm) {
  if (alarm_) return;
  LocalWriter out;
  out.number(static_cast<std::uint16_t>(alarm.code));
  out.text(alarm.detail);
  alarm_ = std::move(alarm);
  // When even this cannot be stored the alarm still stands until the process ends, and the same
  // contradiction raises it again.
  const Write write = meta_write(MetaKey::alarm, out.finish());
  (void)store_.commit({&write, 1});
}

// --- recording ---------------------------------------------------------------------------------

bool Notebook::may_write(ScopeId scope) const {
  return identity_.whole_log || scope == kScopeCommons ||
         std::find(identity_.scopes.begin(), identity_.scopes.end(), scope) !=
             identity_.scopes.end();
}

Result<void> Notebook::check_drafts(std::span<const EventDraft> drafts) const {
  if (!enrolled()) {
    return fail(Errc::unauthorised,
                "this device has no number before it is enrolled; call enrol() first");
  }
  if (drafts.size() > kDraftsMax) {
    return fail(Errc::limit_exceeded, "at most " + std::to_string(kDraftsMax) + " drafts at once");
  }
  if (outbox_.events() + drafts.size() > limits::kOutboxEventsMax) {
    return fail(Errc::outbox_full, std::to_string(outbox_.events()) + " events wait already");
  }
  for (const EventDraft& draft : drafts) {
    if (!may_write(draft.scope)) {
      return fail(Errc::scope_denied,
                  "scope " + std::to_string(draft.scope.value) + " is not granted to this device");
    }
  }
  return {};
}

Envelope Notebook::envelope(WallTime now) const {
  return Envelope{.device = identity_.id,
                  .number = identity_.number,
                  .seq = {},
                  .prev = {},
                  .recorded_at = now,
                  .clock_offset_ms = clock_.offset_ms,
                  .clock_uncertainty_ms = clock_.uncertainty_ms,
                  .holder = identity_.holder,
                  .blind_key = blind_key_ ? &*blind_key_ : nullptr};
}

Result<std::vector<EventId>> Notebook::record(std::span<const EventDraft> drafts, WallTime now) {
  HOUNIAO_TRY(check_drafts(drafts));
  std::vector<EventId> ids;
  std::vector<OutboxBlock> blocks;
  std::vector<Write> writes;
  std::map<std::uint64_t, SubjectKey> fresh;
  std::map<std::uint64_t, Bytes> sealed;
  Envelope next = envelope(now);
  next.seq = chain_seq_;
  next.prev = chain_head_;
  for (const EventDraft& draft : drafts) {
    ++next.seq.value;
    auto built = build_event(draft, next, keys_, fresh, random_);
    if (!built) return built.error();
    next.prev = built->hash;
    ids.push_back(event_id(identity_.number, next.seq));
    Outbox::append(blocks, next.seq, built->bytes);
    if (built->made_key) fresh[ids.back().value] = *built->made_key;
    for (const auto& [person, item] : built->sealed) {
      HOUNIAO_TRY(keep_sealed(person, {&item, 1}, sealed));
    }
  }
  if (ids.empty()) return ids;
  for (const OutboxBlock& block : blocks) writes.push_back(Outbox::write(block));
  for (const auto& [id, key] : fresh) writes.push_back(KeyRing::write(id, key));
  for (auto& [person, items] : sealed) writes.push_back({Table::sealed, person, std::move(items)});
  writes.push_back(meta_write(MetaKey::chain, encode_chain(next.seq, next.prev)));
  HOUNIAO_TRY(store_.commit(writes));
  for (const auto& [id, key] : fresh) keys_.add(id, key);
  outbox_.add(std::move(blocks));
  chain_seq_ = next.seq;
  chain_head_ = next.prev;
  projection_.dirty();
  return ids;
}

EventId Notebook::next_event_id() const {
  return event_id(identity_.number, DeviceSeq{chain_seq_.value + 1});
}

Result<void> Notebook::keep_sealed(PersonId person, std::span<const SealedItem> items,
                                   std::map<std::uint64_t, Bytes>& pending) const {
  auto found = pending.find(person.value);
  if (found == pending.end()) {
    auto stored = store_.get(Table::sealed, person.value);
    if (!stored) return stored.error();
    found = pending.emplace(person.value, stored->value_or(Bytes{})).first;
  }
  append(found->second, encode_sealed_items(items));
  return {};
}

// --- sending -----------------------------------------------------------------------------------

std::optional<Hash> Notebook::hash_of(DeviceSeq seq) const {
  if (seq.value == 0) return Hash{};
  if (seq == chain_seq_) return chain_head_;
  if (const ByteView event = outbox_.find(seq); !event.empty()) return sha256(event);
  const ByteView next = outbox_.find(DeviceSeq{seq.value + 1});
  EventReader reader;
  if (next.empty() || !reader.open(next)) return std::nullopt;
  return reader.prev_hash();
}

void Notebook::acknowledge(DeviceSeq through) {
  if (through <= acknowledged_) return;
  HOUNIAO_ASSERT(through <= chain_seq_);
  acknowledged_ = through;
  acknowledged_dirty_ = true;
}

void Notebook::deposited(std::span<const std::uint64_t> key_ids) {
  for (Write& write : keys_.deposited(key_ids)) deposit_writes_.push_back(std::move(write));
}

void Notebook::progress_writes(std::vector<Write>& writes) {
  if (acknowledged_dirty_) {
    writes.push_back(meta_write(MetaKey::acknowledged, encode_number(acknowledged_.value)));
  }
  if (clock_dirty_) writes.push_back(meta_write(MetaKey::clock, encode_clock(clock_)));
  for (Write& write : deposit_writes_) writes.push_back(std::move(write));
  deposit_writes_.clear();
  acknowledged_dirty_ = false;
  clock_dirty_ = false;
}

Result<void> Notebook::flush() {
  std::vector<Write> writes;
  progress_writes(writes);
  const auto settled = [this](DeviceSeq seq) { return is_settled(seq); };
  if (out_of_sight_) {
    for (Write& write : outbox_.erasures(settled)) writes.push_back(std::move(write));
  }
  if (!writes.empty()) HOUNIAO_TRY(store_.commit(writes));
  if (!out_of_sight_) return {};
  outbox_.drop(settled);
  out_of_sight_ = false;
  outbox_.for_each([this](DeviceSeq, ByteView event) {
    out_of_sight_ = out_of_sight_ || is_out_of_sight(event);
  });
  return {};
}

// The device gets no records of the event's scope, so no verdict on it either.
bool Notebook::is_out_of_sight(ByteView event) const {
  EventReader reader;
  return !event.empty() && reader.open(event) && !may_write(reader.scope());
}

// Nothing more is due for an event in the outbox: its record is here, or the server has it durably
// and its scope was withdrawn, with which everything of the scope leaves the device.
bool Notebook::is_settled(DeviceSeq seq) const {
  return is_judged(seq) || (seq <= acknowledged_ && is_out_of_sight(outbox_.find(seq)));
}

Result<void> Notebook::add_key(PersonId subject, std::uint64_t key_id, const SymmetricKey& key) {
  if (keys_.find(key_id) != nullptr) return {};
  const SubjectKey entry{subject, key, DeviceSeq{}, true};
  const Write write = KeyRing::write(key_id, entry);
  HOUNIAO_TRY(store_.commit({&write, 1}));
  keys_.add(key_id, entry);
  return {};
}

// --- asking ------------------------------------------------------------------------------------

Result<EventSync> Notebook::status(EventId id) const {
  const bool own = enrolled() && device_of(id) == identity_.number &&
                   device_seq_of(id).value != 0 && device_seq_of(id) <= chain_seq_;
  EventSync out;
  if (const EventEntry* entry = stale_ ? nullptr : projection_.confirmed().events.find(id)) {
    const auto reasons = projection_.confirmed().reasons.find(id);
    if (reasons != projection_.confirmed().reasons.end()) out.reasons = reasons->second;
    out.status = status_of(*entry, !out.reasons.empty());
    out.in_log = entry->status;
    out.seq = entry->seq;
    explain(out);
    return out;
  }
  if (!own) return fail(Errc::not_found, "event " + to_string(id) + " is not known here");
  out.status = device_seq_of(id) <= acknowledged_ ? SyncStatus::received : SyncStatus::on_device;
  return out;
}

OutboxCounters Notebook::counters() const {
  return {chain_seq_.value, acknowledged_.value, judged_count_, own_through_};
}

bool Notebook::caught_up(TreeSize size) const {
  if (position_.next.value < size.value) return false;
  return std::all_of(position_.scopes.begin(), position_.scopes.end(),
                     [&](const ScopeCursor& c) { return c.next >= position_.next; });
}

Result<const State*> Notebook::confirmed() {
  HOUNIAO_TRY(settle());
  return &projection_.confirmed();
}

Result<const State*> Notebook::with_pending(WallTime now) {
  HOUNIAO_TRY(settle());
  if (outbox_.empty()) return &projection_.confirmed();
  const auto pending = [this](const std::function<void(ByteView)>& visit) {
    outbox_.for_each([&](DeviceSeq seq, ByteView event) {
      if (!is_judged(seq)) visit(event);
    });
  };
  return &projection_.with_pending(pending, now);
}

Result<Hash> Notebook::digest() {
  HOUNIAO_TRY(settle());
  return projection_.digest();
}

Result<PersonalData> Notebook::personal(PersonId person) const {
  auto stored = store_.get(Table::sealed, person.value);
  if (!stored) return stored.error();
  if (!*stored) {
    return fail(Errc::not_found, "nothing sealed about " + to_string(EventId{person.value}));
  }
  auto items = decode_sealed_items(**stored);
  if (!items) return items.error();
  PersonalData out;
  bool opened = false;
  for (const SealedItem& item : *items) {
    const SubjectKey* key = keys_.find(item.key_id);
    if (key == nullptr) continue;
    const Bytes associated = sealed_associated_data(item.device, item.seq, item.place);
    auto plain = houniao::open(key->key, item.nonce, item.ciphertext, associated);
    if (!plain) return plain.error();
    auto data = decode_personal(*plain);
    wipe(plain->data(), plain->size());
    if (!data) return data.error();
    merge_personal(out, *data);
    opened = true;
  }
  if (!opened) {
    return fail(Errc::wrong_key,
                "the key of " + to_string(EventId{person.value}) + " is not on this device");
  }
  return out;
}

}  // namespace houniao::client
