#include "server/views.h"

#include <charconv>

#include "replay/snapshot.h"
#include "replay/state.h"
#include "server/log/log_node_source.h"

namespace houniao {

Result<AsOf> parse_as_of(std::string_view text) {
  AsOf out;
  if (text.empty()) return out;
  if (const auto day = parse_day(text)) {
    out.day = *day;
    return out;
  }
  std::uint64_t seq = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seq);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || seq == UINT64_MAX) {
    return fail(Errc::invalid_argument, "at: a seq or a date YYYY-MM-DD");
  }
  out.size = TreeSize{seq + 1};
  return out;
}

Result<void> Views::with_state(const AsOf& as_of, const Read& read) {
  const TreeSize head = published_.head()->size;
  const auto size = resolve(as_of, head);
  if (!size) return size.error();
  if (*size == head) {
    const auto answered = read_head(head, !as_of.size && !as_of.day, read);
    if (!answered) return answered.error();
    if (*answered) return {};
  }
  const std::lock_guard lock(past_mutex_);
  auto replica = at(*size);
  if (!replica) return replica.error();
  read((*replica)->state(), (*replica)->size());
  return {};
}

// Another caller may know of a later head and have come first: whoever asked for the newest gets
// that.
Result<bool> Views::read_head(TreeSize size, bool newest, const Read& read) {
  const std::lock_guard lock(head_mutex_);
  auto replica = at_head(size);
  if (!replica) return replica.error();
  if (!newest && (*replica)->size() != size) return false;
  read((*replica)->state(), (*replica)->size());
  return true;
}

Result<TreeSize> Views::resolve(const AsOf& as_of, TreeSize head) const {
  if (as_of.size) {
    if (*as_of.size <= head) return *as_of.size;
    return fail(Errc::invalid_argument,
                "at: the log has " + std::to_string(head.value) + " records");
  }
  if (as_of.day) {
    const auto first = first_received_from(log_, head, start_of(Day{as_of.day->value + 1}));
    if (!first) return first.error();
    return TreeSize{first->value};
  }
  return head;
}

Result<Replica*> Views::at_head(TreeSize head) {
  if (!head_) {
    Replica fresh(log_);
    HOUNIAO_TRY(fresh.start(snapshots_, head));
    head_.emplace(std::move(fresh));
  }
  HOUNIAO_TRY(head_->advance(head));
  return &*head_;
}

Result<Replica*> Views::at(TreeSize size) {
  const Replica* nearest = nullptr;
  for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
    if (kept->size() == size) {
      kept_.splice(kept_.begin(), kept_, kept);
      return &kept_.front();
    }
    if (kept->size() < size && (nearest == nullptr || nearest->size() < kept->size())) {
      nearest = &*kept;
    }
  }
  Replica fresh(log_);
  HOUNIAO_TRY(fresh.start(snapshots_, size));
  if (nearest != nullptr && nearest->size() > fresh.size()) fresh = nearest->fork();
  HOUNIAO_TRY(fresh.advance(size));
  kept_.push_front(std::move(fresh));
  if (kept_.size() > kKept) kept_.pop_back();
  return &kept_.front();
}

Result<void> Views::save_snapshot() {
  if (snapshots_ == nullptr) return {};
  Snapshot out;
  {
    const std::lock_guard lock(head_mutex_);
    out.size = published_.head()->size;
    auto replica = at_head(out.size);
    if (!replica) return replica.error();
    out.size = (*replica)->size();
    out.state = snapshot((*replica)->state());
  }
  const auto root = merkle::root_at(LogNodeSource(log_), out.size);
  if (!root) return root.error();
  out.root = *root;
  return snapshots_->save(out);
}

}  // namespace houniao
