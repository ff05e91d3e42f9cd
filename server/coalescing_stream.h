// A stream layer between Beast and the socket. Beast reads, shakes hands, answers pings and closes
// through it; the session's frames, which are many and often the same for a thousand peers, go past
// Beast: write_message() frames them itself (RFC 6455, section 5.2), hands one that is alone
// straight to the socket without a copy, and gathers several that are ready together into one
// system call. What the socket does not take waits here, in order with what Beast writes; Beast
// hands over whole frames, so the two never mix.
//
// A read waits until there is something and asks the socket once; Asio would ask it first and in
// vain, for a session's next frame comes after the answer to the one before. One thread, that of
// the executor. The owner given with set_owner() is kept alive while a write is on its way.
#pragma once

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/saved_handler.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
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
  using asio_buffers = std::array<boost::asio::const_buffer, 2>;

  explicit CoalescingStream(Next next) : next_(std::move(next)) {}
  // Moved only before its first use. Not defaulted: Boost 1.81 dereferences the handler that an
  // empty saved_handler does not have when it is moved from.
  CoalescingStream(CoalescingStream&& other) : next_(std::move(other.next_)) {}

  executor_type get_executor() { return next_.get_executor(); }
  Next& next_layer() { return next_; }
  const Next& next_layer() const { return next_; }
  void set_owner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }

  // A binary message. With `more` the caller promises another one at once, and nothing is sent yet.
  void write_message(ByteView message, bool more) {
    const Header header(message.size());
    if constexpr (kDirect) {
      if (!more && !flushing_ && pending_.empty() && !error_) {
        const std::size_t sent = send_now(header, message);
        if (sent == header.size + message.size()) return;
        const std::size_t of_header = std::min(sent, header.size);
        append(pending_, header.view().subspan(of_header));
        append(pending_, message.subspan(sent - of_header));
        return start_flush();
      }
    }
    append(pending_, header.view());
    append(pending_, message);
    if (!more) start_flush();
  }
  void flush_waiting() { start_flush(); }
  // So much waits that the caller should write no more before on_drained.
  bool congested() const { return pending_.size() > kPendingHigh; }
  void set_on_drained(std::function<void()> call) { on_drained_ = std::move(call); }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if constexpr (kDirect) {
      next_.socket().async_wait(
          boost::asio::socket_base::wait_read,
          [this, buffers, handler = std::forward<Handler>(handler)](
              boost::system::error_code error) mutable { read_now(buffers, handler, error); });
    } else {
      next_.async_read_some(buffers, std::forward<Handler>(handler));
    }
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
    start_flush();
  }

 private:
  // A plain socket can be asked what it takes now; TLS cannot.
  static constexpr bool kDirect = requires(Next & next) { next.socket().send(asio_buffers{}); };

  // FIN, binary, not masked, as a server sends.
  struct Header {
    explicit Header(std::size_t length) {
      bytes[0] = 0x82;
      const unsigned extra = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
      bytes[1] = extra == 0 ? static_cast<std::uint8_t>(length) : extra == 2 ? 126 : 127;
      for (unsigned i = 0; i < extra; ++i) {
        bytes[2 + i] = static_cast<std::uint8_t>(std::uint64_t{length} >> (8 * (extra - 1 - i)));
      }
      size = 2 + extra;
    }
    ByteView view() const { return ByteView(bytes).first(size); }
    std::array<std::uint8_t, 10> bytes{};
    std::size_t size = 0;
  };

  template <class Buffers, class Handler>
  void read_now(const Buffers& buffers, Handler& handler, boost::system::error_code error) {
    std::size_t got = 0;
    if (!error) {
      make_non_blocking(error);
      if (!error) got = next_.socket().read_some(buffers, error);
      if (error == boost::asio::error::would_block) {
        return async_read_some(buffers, std::move(handler));
      }
    }
    std::move(handler)(error, got);
  }

  void make_non_blocking(boost::system::error_code& error) {
    if (!next_.socket().non_blocking()) next_.socket().non_blocking(true, error);
  }

  std::size_t send_now(const Header& header, ByteView message) {
    boost::system::error_code code;
    make_non_blocking(code);
    if (code) return 0;  // then asynchronously, which says what is wrong
    const asio_buffers buffers{boost::asio::buffer(header.bytes.data(), header.size),
                               boost::asio::buffer(message.data(), message.size())};
    const std::size_t sent = next_.socket().send(buffers, 0, code);
    return code ? 0 : sent;
  }

  void start_flush() {
    if (flushing_ || pending_.empty()) return;
    flushing_ = true;
    flush(owner_.lock());
  }

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
                               if (on_drained_ && !congested()) on_drained_();
                             });
  }

  Next next_;
  std::weak_ptr<void> owner_;
  Bytes pending_;
  Bytes sending_;
  bool flushing_ = false;
  std::function<void()> on_drained_;
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
