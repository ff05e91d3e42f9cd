// One thread with an event loop and at most one WebSocket on it. Keeps Beast and Asio out of the
// rest of the SDK.
//
// Threads: post() and the constructor and destructor from any thread; everything else, and every
// call of the handler, on the transport's own thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "client_sdk/cpp/url.h"

namespace houniao::client {

class TransportHandler {
 public:
  virtual ~TransportHandler() = default;
  virtual void on_open() = 0;
  virtual void on_frame(ByteView frame) = 0;  // the view is valid during the call
  virtual void on_closed(Error why) = 0;      // also after a failed open(); once per open()
  virtual void on_tick() = 0;                 // every kTickMs, connected or not
};

class Transport {
 public:
  static constexpr int kTickMs = 200;

  // Starts the thread. `handler` outlives the transport. `ca_file`: certificates trusted beside the
  // system's, may be empty; open() ends with invalid_argument when it cannot be read.
  explicit Transport(TransportHandler& handler, std::filesystem::path ca_file = {});
  ~Transport();
  // Closes what is open, without waiting for the peer, and joins the thread: the handler is not
  // called any more when it returns. post() and send() do nothing from then on. Not from the own
  // thread.
  void stop();

  void post(std::function<void()> work);

  // Connects, with on_open() or on_closed() as the answer. Call when nothing is open.
  void open(const Url& url);
  void send(Bytes frame);
  // Closes in an orderly way; on_closed() follows.
  void close();
  bool is_open() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace houniao::client
