// Checks owed signatures (server/owed_signatures.h) on a thread of its own: a network thread that
// checked them would let hundreds of acknowledgements wait.
//
// submit() from any thread, start() and stop() from the owner's.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "server/work.h"

namespace houniao {

class SignatureThread {
 public:
  // `checked` is called on the thread with each request, its `checked` set to good or bad.
  explicit SignatureThread(std::function<void(AttestRequest)> checked);
  ~SignatureThread();
  void start();
  // Checks what is queued, then ends. Later submits are turned away.
  void stop();
  // False, and `request` untouched, when the thread does not run or too many wait: whoever has the
  // request checks it.
  bool submit(AttestRequest& request);

 private:
  static constexpr std::size_t kWaitingMax = 1024;
  void run();

  std::function<void(AttestRequest)> checked_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<AttestRequest> waiting_;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace houniao
