// What arrives from the log: stored in one commit, then folded. See notebook.h.
#include <kj/exception.h>

#include <algorithm>

#include "client_sdk/core/batch_codec.h"
#include "client_sdk/core/local_codec.h"
#include "client_sdk/core/notebook.h"
#include "client_sdk/core/notebook_keys.h"
#include "replay/state.h"

namespace houniao::client {
namespace {

// Calls visit(message) for each record; what Cap'n Proto throws becomes corrupt.
template <class Visit>
Result<void> for_each_record(ByteView records, Visit&& visit) {
  try {
    while (!records.empty()) {
      const auto size = message_bytes(records);
      if (!size) return size.error();
      HOUNIAO_TRY(visit(records.first(*size)));
      records = records.subspan(*size);
    }
    return {};
  } catch (const kj::Exception& e) {
    return fail(Errc::corrupt, std::string("unreadable record: ") + e.getDescription().cStr());
  }
}

// Batches of one origin, each ascending by place in the log: the live stream, or one back-fill.
struct Run {
  std::vector<Bytes> batches;
  std::size_t batch = 0;
  std::size_t offset = 0;
  Seq seq;  // of the record at the front

  ByteView front() const {
    const ByteView rest = ByteView(batches[batch]).subspan(offset);
    return rest.first(message_bytes(rest).value());
  }
  // False at the end.
  Result<bool> load() {
    while (batch < batches.size() && offset == batches[batch].size()) {
      Bytes().swap(batches[batch]);
      ++batch;
      offset = 0;
    }
    if (batch == batches.size()) return false;
    const auto size = message_bytes(ByteView(batches[batch]).subspan(offset));
    if (!size) return size.error();
    RecordReader reader;
    HOUNIAO_TRY(reader.open(front()));
    seq = reader.seq();
    return true;
  }
  Result<bool> next() {
    offset += front().size();
    return load();
  }
};

// Records of `raw` that are not of these scopes; counts what stays.
Result<Bytes> without_scopes(ByteView raw, std::span<const ScopeId> scopes, std::uint32_t& count) {
  Bytes out;
  count = 0;
  RecordReader reader;
  const auto keep = [&](ByteView message) -> Result<void> {
    HOUNIAO_TRY(reader.open(message));
    if (std::find(scopes.begin(), scopes.end(), reader.scope()) != scopes.end()) return {};
    append(out, message);
    ++count;
    return {};
  };
  HOUNIAO_TRY(for_each_record(raw, keep));
  return out;
}

}  // namespace

// What one commit of batches needs to know of their records before they are folded.
struct Notebook::Scan {
  std::vector<Write> writes;
  RecordReader record;
  EventReader event;
  std::map<std::uint64_t, Bytes> sealed;
  std::vector<std::uint64_t> erased;  // persons
  std::vector<std::pair<DeviceSeq, Seq>> own;
  std::vector<ScopeId> scopes;  // granted after these records
  std::vector<ScopeId> withdrawn;
  bool grants_changed = false;
};

// --- folding -----------------------------------------------------------------------------------

Result<void> Notebook::fold(ByteView records) {
  return for_each_record(records, [&](ByteView message) { return projection_.fold(message); });
}

Result<void> Notebook::refold() {
  std::uint64_t from = 0;
  auto snapshot = store_.get(Table::snapshot, kSnapshotKey);
  if (!snapshot) return snapshot.error();
  if (*snapshot) {
    LocalReader in(**snapshot);
    from = in.number<std::uint64_t>();
    // A snapshot of another version is only a lost shortcut.
    if (!in.ok() || !projection_.restore(in.rest())) {
      projection_.reset();
      from = 0;
    }
  }
  last_batch_ = from;
  const auto fold_batch = [&](std::uint64_t number, ByteView value) -> Result<void> {
    last_batch_ = number;
    auto batch = decode_batch(value);
    if (!batch) return batch.error();
    if (batch->backfill) stale_ = true;
    return stale_ ? Result<void>() : fold(batch->raw);
  };
  HOUNIAO_TRY(store_.scan(Table::batches, from + 1, fold_batch));
  return settle();
}

Result<void> Notebook::rebuild() {
  std::map<ScopeId, Run> runs;
  const auto collect = [&](std::uint64_t, ByteView value) -> Result<void> {
    auto batch = decode_batch(value);
    if (!batch) return batch.error();
    if (batch->count > 0) runs[batch->backfill].batches.push_back(std::move(batch->raw));
    return {};
  };
  HOUNIAO_TRY(store_.scan(Table::batches, 0, collect));
  std::vector<Run*> open;
  for (auto& [scope, run] : runs) {
    auto more = run.load();
    if (!more) return more.error();
    if (*more) open.push_back(&run);
  }
  projection_.reset();
  while (!open.empty()) {
    const auto first = std::min_element(open.begin(), open.end(),
                                        [](const Run* a, const Run* b) { return a->seq < b->seq; });
    HOUNIAO_TRY(fold((*first)->front()));
    auto more = (*first)->next();
    if (!more) return more.error();
    if (!*more) open.erase(first);
  }
  stale_ = false;
  return {};
}

Result<void> Notebook::write_snapshot() {
  if (stale_) return {};
  LocalWriter out;
  out.number(last_batch_);
  out.raw(projection_.snapshot());
  const Write write{Table::snapshot, kSnapshotKey, out.finish()};
  HOUNIAO_TRY(store_.commit({&write, 1}));
  folded_at_snapshot_ = projection_.folded();
  return {};
}

std::uint64_t Notebook::folded_since_snapshot() const {
  return stale_ ? 0 : projection_.folded() - folded_at_snapshot_;
}

// --- own events --------------------------------------------------------------------------------

bool Notebook::is_judged(DeviceSeq seq) const {
  return seq.value <= judged_.size() && judged_[seq.value - 1];
}

void Notebook::judged(DeviceSeq seq, Seq place) {
  if (seq.value == 0 || seq > chain_seq_ || is_judged(seq)) return;
  if (judged_.size() < seq.value) judged_.resize(std::max(chain_seq_.value, seq.value));
  judged_[seq.value - 1] = true;
  ++judged_count_;
  own_through_ = std::max(own_through_.value_or(place), place);
}

void Notebook::find_judged() {
  const State& state = projection_.confirmed();
  for (std::uint64_t seq = 1; seq <= chain_seq_.value; ++seq) {
    const EventEntry* entry = state.events.find(event_id(identity_.number, DeviceSeq{seq}));
    if (entry != nullptr) judged(DeviceSeq{seq}, entry->seq);
  }
}

// --- storing -----------------------------------------------------------------------------------

Result<Notebook::Stored> Notebook::store(std::span<VerifiedBatch> batches) {
  Stored out;
  if (batches.empty()) return out;
  Scan scan;
  scan.scopes = identity_.scopes;
  std::uint64_t number = last_batch_;
  for (VerifiedBatch& batch : batches) {
    HOUNIAO_TRY(this->scan(batch, scan));
    if (batch.count > 0) scan.writes.push_back({Table::batches, ++number, encode_batch(batch)});
  }
  Position after = std::move(batches.back().after);
  for (const ScopeId scope : purged_) after.erase(scope);
  if (after != position_) {
    scan.writes.push_back(meta_write(MetaKey::position, encode_position(after)));
  }
  for (auto& [person, items] : scan.sealed) {
    scan.writes.push_back({Table::sealed, person, std::move(items)});
  }
  for (const std::uint64_t person : scan.erased) {
    scan.writes.push_back({Table::sealed, person, std::nullopt});
    scan.writes.push_back({Table::keys, person, std::nullopt});
  }
  if (scan.grants_changed) {
    scan.writes.push_back(meta_write(MetaKey::identity, encode_identity(scan.scopes)));
  }
  std::sort(scan.own.begin(), scan.own.end());
  const auto settled = [&](DeviceSeq seq) {
    const auto at = std::lower_bound(scan.own.begin(), scan.own.end(), std::pair{seq, Seq{}});
    return is_judged(seq) || (at != scan.own.end() && at->first == seq);
  };
  if (!scan.own.empty()) {
    for (Write& write : outbox_.erasures(settled)) scan.writes.push_back(std::move(write));
  }
  progress_writes(scan.writes);
  if (!scan.writes.empty()) HOUNIAO_TRY(store_.commit(scan.writes));
  if (scan.grants_changed) identity_.scopes = scan.scopes;
  for (const auto& [seq, place] : scan.own) judged(seq, place);
  if (!scan.own.empty()) outbox_.drop([&](DeviceSeq seq) { return is_judged(seq); });
  last_batch_ = number;
  position_ = std::move(after);
  for (const std::uint64_t person : scan.erased) keys_.erase(person);
  for (const VerifiedBatch& batch : batches) {
    out.state = out.state || batch.count > 0;
    if (batch.backfill && batch.count > 0) stale_ = true;
    if (stale_) continue;
    if (auto folded = fold(batch.raw); !folded) {
      stale_ = true;  // the records are stored; nothing is shown of them before they fold
      return folded.error();
    }
  }
  out.status = !scan.own.empty();
  if (!scan.withdrawn.empty()) HOUNIAO_TRY(purge(scan.withdrawn));
  out.withdrawn = !scan.withdrawn.empty();
  return out;
}

Result<void> Notebook::scan(const VerifiedBatch& batch, Scan& scan) {
  for (const std::uint32_t at : batch.notable) {
    const ByteView rest = ByteView(batch.raw).subspan(at);
    const auto size = message_bytes(rest);
    if (!size) return size.error();
    HOUNIAO_TRY(scan.record.open(rest.first(*size)));
    HOUNIAO_TRY(scan.event.open(scan.record.event_bytes()));
    HOUNIAO_TRY(scan_event(scan));
  }
  return {};
}

Result<void> Notebook::scan_event(Scan& scan) {
  const auto event = scan.event.get();
  const bool own = equal(to_view(event.getDevice()), identity_.id.bytes);
  if (own) {
    scan.own.emplace_back(scan.event.device_seq(), scan.record.seq());
  } else if (event.hasSealed()) {
    HOUNIAO_TRY(scan_sealed(scan));
  }
  const bool counted = scan.record.get().getVerdict() != schema::Verdict::HELD;
  if (!counted) return {};
  if (scan.event.type() == EventType::DEVICE_SCOPES_CHANGED) scan_grants(scan);
  if (scan.event.type() == EventType::PERSONAL_DATA_ERASED) {
    const auto body = event.getBody().getPersonalDataErased();
    if (!body.getRestrictedOnly()) {
      scan.erased.push_back(body.getPerson());
      scan.sealed.erase(body.getPerson());
    }
  }
  return {};
}

Result<void> Notebook::scan_sealed(Scan& scan) const {
  std::uint16_t place = 0;
  for (const auto sealed : scan.event.get().getSealed()) {
    SealedItem item{scan.event.device(),
                    scan.event.device_seq(),
                    place++,
                    scan.record.scope(),
                    sealed.getKeyId(),
                    {},
                    {}};
    const ByteView nonce = to_view(sealed.getNonce());
    const ByteView ciphertext = to_view(sealed.getCiphertext());
    if (nonce.size() != item.nonce.size()) continue;
    std::copy(nonce.begin(), nonce.end(), item.nonce.begin());
    item.ciphertext.assign(ciphertext.begin(), ciphertext.end());
    HOUNIAO_TRY(keep_sealed(PersonId{sealed.getSubject()}, {&item, 1}, scan.sealed));
  }
  return {};
}

void Notebook::scan_grants(Scan& scan) {
  const auto body = scan.event.get().getBody().getDeviceScopesChanged();
  if (body.getDevice() != identity_.number.value) return;
  for (const std::uint64_t scope : body.getGranted()) {
    scan.scopes.push_back(ScopeId{scope});
    std::erase(scan.withdrawn, ScopeId{scope});
  }
  for (const std::uint64_t scope : body.getWithdrawn()) {
    std::erase(scan.scopes, ScopeId{scope});
    if (!identity_.whole_log) scan.withdrawn.push_back(ScopeId{scope});
  }
  std::sort(scan.scopes.begin(), scan.scopes.end());
  scan.scopes.erase(std::unique(scan.scopes.begin(), scan.scopes.end()), scan.scopes.end());
  scan.grants_changed = true;
}

Result<void> Notebook::purge(std::span<const ScopeId> scopes) {
  std::vector<Write> writes;
  const auto filter = [&](std::uint64_t number, ByteView value) -> Result<void> {
    auto stored = decode_batch(value);
    if (!stored) return stored.error();
    VerifiedBatch kept;
    auto raw = without_scopes(stored->raw, scopes, kept.count);
    if (!raw) return raw.error();
    if (raw->size() == stored->raw.size()) return {};
    kept.raw = std::move(*raw);
    kept.from = stored->from;
    kept.next = stored->next;
    kept.backfill = stored->backfill;
    writes.push_back({Table::batches, number, encode_batch(kept)});
    return {};
  };
  HOUNIAO_TRY(store_.scan(Table::batches, 0, filter));
  const auto forget = [&](std::uint64_t person, ByteView value) -> Result<void> {
    auto items = decode_sealed_items(value);
    if (!items) return items.error();
    const auto gone = [&](const SealedItem& item) {
      return std::find(scopes.begin(), scopes.end(), item.scope) != scopes.end();
    };
    if (std::erase_if(*items, gone) == 0) return {};
    if (!items->empty()) {
      writes.push_back({Table::sealed, person, encode_sealed_items(*items)});
      return {};
    }
    writes.push_back({Table::sealed, person, std::nullopt});
    const SubjectKey* key = keys_.find(person);
    if (key == nullptr || !key->deposited) return {};  // the server lacks it: keep it to deposit
    writes.push_back({Table::keys, person, std::nullopt});
    keys_.erase(person);
    return {};
  };
  HOUNIAO_TRY(store_.scan(Table::sealed, 0, forget));
  for (const ScopeId scope : scopes) {
    position_.erase(scope);
    purged_.push_back(scope);
  }
  out_of_sight_ = true;
  writes.push_back(meta_write(MetaKey::position, encode_position(position_)));
  writes.push_back({Table::snapshot, kSnapshotKey, std::nullopt});
  HOUNIAO_TRY(store_.commit(writes));
  projection_.reset();
  stale_ = true;
  return {};
}

}  // namespace houniao::client
