#include "server/signature_thread.h"

#include "server/push_check.h"

namespace houniao {

SignatureThread::SignatureThread(std::function<void(AttestRequest)> checked)
    : checked_(std::move(checked)) {}

SignatureThread::~SignatureThread() { stop(); }

void SignatureThread::start() {
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void SignatureThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool SignatureThread::submit(AttestRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_ || waiting_.size() >= kWaitingMax) return false;
    waiting_.push_back(std::move(request));
  }
  wake_.notify_one();
  return true;
}

void SignatureThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return !waiting_.empty() || !running_; });
    if (waiting_.empty()) return;
    AttestRequest request = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const bool good = !check_signature(request.signed_head, request.key);
    request.checked = good ? AttestRequest::Checked::good : AttestRequest::Checked::bad;
    checked_(std::move(request));
    lock.lock();
  }
}

}  // namespace houniao
