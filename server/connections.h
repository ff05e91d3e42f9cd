// How the gateway hands an accepted socket to a connection, without seeing Beast. Internal.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "server/hub_thread.h"
#include "server/paced_write.h"
#include "server/telemetry/metrics.h"

namespace houniao {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, HubThread::Executor>;

// Two, so that what an auditor asks of the past does not wait for the anomalies that another one
// reads; each may hold the memory of an export.
inline constexpr std::size_t kWholeLogThreads = 2;
// Requests for the whole log that wait or run; further ones are told to come back.
inline constexpr std::size_t kWholeLogRequestsMax = 16;

// The threads that run what must not run on a network thread (HttpApi::work_of): brief work on one,
// work of the whole log apart from it, so that enrolment codes, event streams and pages of the
// present never wait behind a fold. Handlers of all of them run at the same time, so whatever they
// share (Views, Doubts, Timeline, key store, metrics) has its own lock or is atomic.
struct Workers {
  boost::asio::thread_pool slow{1};
  boost::asio::thread_pool whole_log{kWholeLogThreads};

  void stop() {
    slow.stop();
    whole_log.stop();
    slow.join();
    whole_log.join();
  }
};

// A place among the requests for the whole log, given back when it goes. Any thread.
class WholeLogPlace {
 public:
  // `requests` counts them and outlives the place.
  explicit WholeLogPlace(Metrics::Counter& requests)
      : requests_(requests), taken_(requests.fetch_add(1) < kWholeLogRequestsMax) {
    if (!taken_) --requests_;
  }
  ~WholeLogPlace() {
    if (taken_) --requests_;
  }
  WholeLogPlace(const WholeLogPlace&) = delete;
  WholeLogPlace& operator=(const WholeLogPlace&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  Metrics::Counter& requests_;
  const bool taken_;
};

// On the hub's thread.
void serve_plain(Socket socket, HubThread& thread, Workers& workers);
void serve_tls(Socket socket, boost::asio::ssl::context& tls, HubThread& thread, Workers& workers);

}  // namespace houniao
