// A stream layer between Beast and the socket that gathers small writes: while hold(true) is set,
// writes wait for the one after them, and several frames that are ready together leave in one
// system call and one packet. A write is complete for the layer above when it is taken over here,
// unless too much waits; then it completes when that has left.
//
// Reads pass through. One thread, that of the executor. The owner given with set_owner() is kept
// alive while a write is on its way.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/saved_handler.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <utility>

#include "base/bytes.h"

namespace houniao {

template <class Next>
class CoalescingStream {
 public:
  using next_layer_type = Next;
  using executor_type = typename Next::executor_type;
  static constexpr std::size_t kPendingHigh = 256 * 1024;

  explicit CoalescingStream(Next next) : next_(std::move(next)) {}
  // Moved only before its first use. Not defaulted: Boost 1.81 dereferences the handler that an
  // empty saved_handler does not have when it is moved from.
  CoalescingStream(CoalescingStream&& other) : next_(std::move(other.next_)) {}

  executor_type get_executor() { return next_.get_executor(); }
  Next& next_layer() { return next_; }
  const Next& next_layer() const { return next_; }
  void set_owner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }
  // With true the caller promises another write after the next one.
  void hold(bool on) { hold_ = on; }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    next_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::size_t bytes = 0;
    for (boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
      append(pending_, {static_cast<const std::uint8_t*>(part.data()), part.size()});
      bytes += part.size();
    }
    if (pending_.size() > kPendingHigh && !waiting_.has_value()) {
      waiting_.emplace(Waiting<std::decay_t<Handler>>{std::forward<Handler>(handler), this, bytes});
    } else {
      boost::asio::post(get_executor(), boost::beast::bind_front_handler(
                                            std::forward<Handler>(handler), error_, bytes));
    }
    if (!flushing_ && (!hold_ || waiting_.has_value())) {
      flushing_ = true;
      flush(owner_.lock());
    }
  }

 private:
  template <class Handler>
  struct Waiting {
    Handler handler;
    CoalescingStream* stream;
    std::size_t bytes;
    using allocator_type = boost::asio::associated_allocator_t<Handler>;
    allocator_type get_allocator() const noexcept {
      return boost::asio::get_associated_allocator(handler);
    }
    void operator()() { std::move(handler)(stream->error_, bytes); }
    // Cancelled.
    void operator()(boost::system::error_code error) { std::move(handler)(error, 0); }
  };

  void flush(std::shared_ptr<void> owner) {
    sending_.swap(pending_);
    boost::asio::async_write(next_, boost::asio::buffer(sending_),
                             [this, owner = std::move(owner)](
                                 const boost::system::error_code& error, std::size_t) mutable {
                               flushing_ = false;
                               sending_.clear();
                               if (sending_.capacity() > kPendingHigh / 4) sending_.shrink_to_fit();
                               if (error) error_ = error;
                               if (!pending_.empty() && !error_) {
                                 flushing_ = true;
                                 flush(owner);
                               }
                               if (waiting_.has_value()) waiting_.invoke();
                             });
  }

  Next next_;
  std::weak_ptr<void> owner_;
  Bytes pending_;
  Bytes sending_;
  bool flushing_ = false;
  bool hold_ = false;
  boost::system::error_code error_;
  boost::beast::saved_handler waiting_;
};

// How Beast ends the connection below a WebSocket.
template <class Next>
void teardown(boost::beast::role_type role, CoalescingStream<Next>& stream,
              boost::system::error_code& error) {
  using boost::beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}
template <class Next, class Handler>
void async_teardown(boost::beast::role_type role, CoalescingStream<Next>& stream,
                    Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace houniao
