// The store side of a client: committing and folding what was verified, and calling the watchers.
#include "client_sdk/cpp/client_impl.h"

namespace houniao {

using namespace client;

namespace {

// Records stored in one commit: large enough to share an fsync, small enough that the lock is free
// again within some tens of milliseconds.
constexpr std::size_t kGroupBytesMax = 8 * 1024 * 1024;

void merge(Client::Change& into, const Client::Change& more) {
  into.state = into.state || more.state;
  into.status = into.status || more.status;
  into.link = into.link || more.link;
}

}  // namespace

bool Client::Impl::store_drained() {
  const std::lock_guard guard(queue_mutex_);
  return queue_.empty() && !store_busy_;
}

void Client::Impl::note_change(Change change) {
  const std::lock_guard guard(queue_mutex_);
  if (!change_) change_.emplace();
  merge(*change_, change);
  queue_changed_.notify_one();
}

void Client::Impl::run_store() {
  for (;;) {
    std::unique_lock guard(queue_mutex_);
    store_busy_ = false;
    queue_changed_.wait(
        guard, [&] { return stopping_ || !queue_.empty() || flush_due_ || change_.has_value(); });
    if (stopping_) return;
    std::vector<VerifiedBatch> batches;
    std::size_t bytes = 0;
    while (!queue_.empty() && bytes < kGroupBytesMax) {
      bytes += queue_.front().raw.size();
      batches.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    const bool flush = std::exchange(flush_due_, false);
    const std::optional<Change> change = std::exchange(change_, std::nullopt);
    store_busy_ = true;
    guard.unlock();
    if (!batches.empty() || flush) store_group(std::move(batches), flush);
    if (change) call_watchers(*change);
  }
}

void Client::Impl::store_group(std::vector<VerifiedBatch> batches, bool flush) {
  std::size_t bytes = 0;
  for (const VerifiedBatch& batch : batches) bytes += batch.frame_bytes;
  Result<Notebook::Stored> stored = Notebook::Stored{};
  {
    const auto guard = lock();
    stored = notebook_->store(batches);
    if (stored && flush) {
      if (auto flushed = notebook_->flush(); !flushed) stored = flushed.error();
    }
  }
  stored_ += batches.size();
  if (!stored) {
    {
      const std::lock_guard guard(queue_mutex_);
      stored_ += queue_.size();
      queue_.clear();
      store_failed_ = !batches.empty();
    }
    transport_->post([this, error = stored.error()] {
      if (session_) end_session(error);
    });
  } else if (stored->withdrawn) {
    {
      const std::lock_guard guard(queue_mutex_);
      stored_ += queue_.size();
      queue_.clear();
      store_failed_ = true;
    }
    transport_->post([this] {
      {
        const auto guard = lock();
        reconnect_at_us_ = -1;  // at once
      }
      if (session_) end_session(fail(Errc::unavailable, "a scope was withdrawn; starting over"));
    });
  } else if (bytes > 0) {
    transport_->post([this, bytes] {
      if (!session_) return;
      session_->stored(bytes);
      after_session_call();
    });
  }
  changed_.notify_all();
  Change change;
  change.state = stored && stored->state;
  change.status = stored && stored->status;
  if (change.state || change.status) note_change(change);
}

// --- watchers ----------------------------------------------------------------------------------

void Client::Impl::call_watchers(Change change) {
  {
    const auto guard = lock();
    change.next_seq = notebook_->position().next;
  }
  std::unique_lock guard(watch_mutex_);
  std::vector<std::uint64_t> handles;
  for (const auto& [handle, fn] : watchers_) handles.push_back(handle);
  for (const std::uint64_t handle : handles) {
    const auto found = watchers_.find(handle);
    if (found == watchers_.end()) continue;
    const auto fn = found->second;
    running_watch_ = handle;
    guard.unlock();
    fn(change);
    guard.lock();
    running_watch_ = 0;
    watch_idle_.notify_all();
  }
}

std::uint64_t Client::Impl::watch(std::function<void(const Change&)> fn) {
  const std::lock_guard guard(watch_mutex_);
  watchers_.emplace(next_watch_, std::move(fn));
  return next_watch_++;
}

void Client::Impl::unwatch(std::uint64_t handle) {
  std::unique_lock guard(watch_mutex_);
  watchers_.erase(handle);
  if (std::this_thread::get_id() == store_thread_.get_id()) return;
  watch_idle_.wait(guard, [&] { return running_watch_ != handle; });
}

}  // namespace houniao
