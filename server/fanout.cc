#include "server/fanout.h"

#include <algorithm>

namespace houniao {

ScopeSetId Fanout::intern(const ScopeSet& set) {
  const auto [place, fresh] =
      ids_.try_emplace(set, ScopeSetId{static_cast<std::uint32_t>(sets_.size())});
  if (fresh) sets_.push_back(&place->first);
  return place->second;
}

void Fanout::start(std::shared_ptr<const CommittedGroup> group) {
  group_ = std::move(group);
  matching_.clear();
  frames_.clear();
  by_scope_.clear();
  for (std::size_t i = 0; i < group_->scopes.size(); ++i) {
    by_scope_[group_->scopes[i]].push_back(static_cast<std::uint32_t>(i));
  }
}

Fanout::Matching& Fanout::match(ScopeSetId id) {
  const auto [place, fresh] = matching_.try_emplace(id);
  Matching& out = place->second;
  if (!fresh) return out;
  const ScopeSet& set = *sets_[id.value];
  if (set.whole_log) {
    out.records.resize(group_->count());
    for (std::size_t i = 0; i < out.records.size(); ++i) {
      out.records[i] = static_cast<std::uint32_t>(i);
    }
    out.bytes = group_->records.size();
    return out;
  }
  std::size_t scopes = 0;
  for (const auto& [scope, records] : by_scope_) {
    if (!set.contains(scope)) continue;
    ++scopes;
    out.records.insert(out.records.end(), records.begin(), records.end());
  }
  if (scopes > 1) std::sort(out.records.begin(), out.records.end());
  for (std::uint32_t i : out.records) out.bytes += group_->record(i).size();
  return out;
}

std::size_t Fanout::matching(ScopeSetId set) { return match(set).records.size(); }

SharedFrame Fanout::frame(ScopeSetId set, Seq from, TreeSize known) {
  Matching& wanted = match(set);
  if (wanted.bytes > kRecordsBytesMax) return nullptr;
  const auto [place, fresh] = frames_.try_emplace(FrameKey{set, from, known});
  if (!fresh) return place->second;
  if (!wanted.selected) {
    wanted.selected = true;
    Selector selector;
    bool readable = true;
    for (std::uint32_t i : wanted.records) {
      readable = readable && selector.add(group_->record(i)).has_value();
    }
    if (readable) wanted.selection = selector.finish();
  }
  if (!wanted.selection) return nullptr;
  const PublishedHead& head = *group_->head;
  RecordsFrame frame{from, Seq{head.size.value}, ScopeId{0}, nullptr, {}};
  Proofs::Proof proof;
  if (known < head.size) {
    const auto made = proofs_.consistency(known, head.size);
    if (!made) return nullptr;
    proof = *made;
    frame.note = &head.note;
    frame.consistency = *proof;
  }
  auto bytes = std::make_shared<const Bytes>(encode_records_frame(frame, *wanted.selection));
  place->second = bytes;
  return bytes;
}

}  // namespace houniao
