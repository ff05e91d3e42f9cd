// Connections over Beast, for plain and TLS streams: HTTP until the peer asks for a WebSocket.
// Included by the two files that instantiate it (connection_plain.cc, connection_tls.cc) and
// nowhere else.
//
// A connection lives as long as an operation of its own is pending, or the session that it serves;
// all of it runs on its hub's thread.
#pragma once

#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <deque>
#include <optional>

#include "server/coalescing_stream.h"
#include "server/connections.h"
#include "server/http/api.h"

namespace houniao {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

inline constexpr const char* kSubprotocol = "houniao.v1";
inline constexpr std::chrono::seconds kCloseWait{2};
inline constexpr std::size_t kHttpHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kBufferBytesKept = 64 * 1024;
// Longer messages than a frame may be are read a little further, so that the peer can be told.
inline constexpr std::size_t kMessageBytesMax = limits::kFrameBytesMax + 64 * 1024;

// The session's socket. Moves frames between them and decides nothing.
template <class Stream>
class WebSocketConnection final : public SessionOwner,
                                  public std::enable_shared_from_this<WebSocketConnection<Stream>> {
 public:
  WebSocketConnection(Stream stream, HubThread& thread)
      : ws_(CoalescingStream<Stream>(std::move(stream))),
        thread_(thread),
        close_timer_(thread.io()) {
    ++thread_.connections;
  }
  ~WebSocketConnection() override { --thread_.connections; }

  void accept(http::request<http::string_body> request) {
    request_ = std::move(request);
    ws_.next_layer().set_owner(this->weak_from_this());
    ws_.next_layer().set_on_drained([this] {
      if (session_ != nullptr || !queue_.empty() || closing_) write();
    });
    beast::get_lowest_layer(ws_).expires_never();
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = kHttpIdle;
    timeouts.idle_timeout = websocket::stream_base::none();
    timeouts.keep_alive_pings = false;  // the session keeps itself alive
    ws_.set_option(timeouts);
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol, kSubprotocol);
      response.set(http::field::server, "houniao");
    }));
    ws_.binary(true);
    ws_.auto_fragment(false);
    ws_.read_message_max(kMessageBytesMax);
    ws_.async_accept(request_, [self = this->shared_from_this()](beast::error_code error) {
      if (!error) self->open();
    });
  }

  void session_ready(SyncSession& session) override {
    for (SharedFrame& frame : session.take_output()) queue_.push_back(std::move(frame));
    if (session.closing() && !closing_) start_closing();
    write();
  }

  void session_dropped() override {
    session_ = nullptr;
    const auto last = std::exchange(self_, nullptr);
  }

 private:
  void open() {
    request_ = {};
    session_ = &thread_.hub().open(this, thread_.now());
    self_ = this->shared_from_this();
    read();
  }

  void read() {
    ws_.async_read(buffer_, [self = this->shared_from_this()](
                                beast::error_code error, std::size_t) { self->on_read(error); });
  }

  void on_read(beast::error_code error) {
    if (error || session_ == nullptr) return end();
    if (closing_) return;  // the write side closes
    if (!ws_.got_binary()) {
      session_->refuse_message(fail(Errc::malformed, "a text message; frames are binary"));
    } else {
      const auto data = buffer_.data();
      session_->feed({static_cast<const std::uint8_t*>(data.data()), data.size()}, thread_.now());
    }
    buffer_.consume(buffer_.size());
    // One large push must not cost an idle session its size for good.
    if (buffer_.capacity() > kBufferBytesKept) buffer_.shrink_to_fit();
    flush();
    if (!closing_) read();
  }

  void flush() {
    if (session_ == nullptr) return;
    if (session_->has_output() || session_->closing()) session_ready(*session_);
    thread_.pump_soon();
  }

  // Hands frames to the stream until it has enough; what that frees may make the session produce
  // more.
  void write() {
    if (writing_) return;  // below a call of the session's
    writing_ = true;
    CoalescingStream<Stream>& stream = ws_.next_layer();
    std::size_t taken = 0;
    do {
      taken = 0;
      while (!queue_.empty() && !stream.congested()) {
        const SharedFrame frame = std::move(queue_.front());
        queue_.pop_front();
        stream.write_message(*frame, !queue_.empty());
        taken += frame->size();
      }
      stream.flush_waiting();
      if (taken == 0 || session_ == nullptr) break;
      session_->wrote(taken);
      for (SharedFrame& frame : session_->take_output()) queue_.push_back(std::move(frame));
      if (session_->closing() && !closing_) start_closing();
    } while (!queue_.empty());
    writing_ = false;
    thread_.pump_soon();
    if (queue_.empty() && closing_ && !closed_) close();
  }

  // A peer that does not read what is left, or does not answer the close, is cut off.
  void start_closing() {
    closing_ = true;
    close_timer_.expires_after(kCloseWait);
    close_timer_.async_wait([self = this->shared_from_this()](beast::error_code error) {
      if (!error) self->end();
    });
  }

  void close() {
    closed_ = true;
    ws_.async_close(websocket::close_code::normal,
                    [self = this->shared_from_this()](beast::error_code) { self->end(); });
  }

  void end() {
    if (session_ != nullptr) {
      thread_.hub().close(session_->key());
      session_ = nullptr;
    }
    closing_ = closed_ = true;
    queue_.clear();
    close_timer_.cancel();
    beast::get_lowest_layer(ws_).close();
    const auto last = std::exchange(self_, nullptr);
  }

  websocket::stream<CoalescingStream<Stream>> ws_;
  HubThread& thread_;
  asio::steady_timer close_timer_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  SyncSession* session_ = nullptr;
  std::shared_ptr<WebSocketConnection> self_;  // while the session is open
  std::deque<SharedFrame> queue_;
  bool writing_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

template <class Stream>
class HttpConnection final : public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(Stream stream, HubThread& thread, Workers& workers)
      : stream_(std::move(stream)), thread_(thread), workers_(workers) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(kHttpHeaderBytesMax);
    parser_->body_limit(limits::kHttpBodyBytesMax);
    beast::get_lowest_layer(stream_).expires_after(kHttpIdle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::body_limit || error == http::error::header_limit) {
      return respond(problem(413, fail(Errc::too_large, "the request is too long")), false);
    }
    if (error) return close();
    http::request<http::string_body> request = parser_->release();
    if (websocket::is_upgrade(request)) return upgrade(std::move(request));
    keep_alive_ = request.keep_alive();
    head_only_ = request.method() == http::verb::head;
    version_ = request.version();
    HttpRequest plain;
    plain.method = std::string(request.method_string());
    plain.target = std::string(request.target());
    plain.authorization = std::string(request[http::field::authorization]);
    plain.body = std::move(request.body());
    plain.last_event_id = std::string(request["Last-Event-ID"]);
    beast::error_code ignored;
    plain.from_loopback =
        beast::get_lowest_layer(stream_).socket().remote_endpoint(ignored).address().is_loopback();
    const HttpWork work = HttpApi::work_of(plain.target);
    if (work == HttpWork::quick) return respond(thread_.api().handle(plain), keep_alive_);
    beast::get_lowest_layer(stream_).expires_never();
    asio::post(workers_.slow, [self = this->shared_from_this(), plain = std::move(plain), work] {
      if (work == HttpWork::slow) return self->answer(self->thread_.api().handle(plain));
      self->queue_for_whole_log(plain);
    });
  }

  // On a worker, which has the token looked up before a place is given away.
  void queue_for_whole_log(const HttpRequest& request) {
    HttpApi& api = thread_.api();
    if (auto refused = api.turn_away(request)) return answer(std::move(*refused));
    auto place = std::make_unique<WholeLogPlace>(thread_.engine().metrics().whole_log_requests);
    if (!*place) return answer(api.too_many_wait());
    asio::post(workers_.whole_log, [self = this->shared_from_this(), asked = request,
                                    held = std::move(place)]() mutable {
      HttpResponse response = self->thread_.api().handle(asked);
      held.reset();
      self->answer(std::move(response));
    });
  }

  // On a worker.
  void answer(HttpResponse response) {
    asio::post(thread_.io(),
               [self = this->shared_from_this(), response = std::move(response)]() mutable {
                 self->respond(std::move(response), self->keep_alive_);
               });
  }

  void upgrade(http::request<http::string_body> request) {
    bool spoken = false;
    for (auto name : http::token_list(request[http::field::sec_websocket_protocol])) {
      spoken = spoken || name == kSubprotocol;
    }
    if (!spoken) {
      return respond(
          problem(400, fail(Errc::protocol, "the WebSocket subprotocol houniao.v1 is required")),
          false);
    }
    if (thread_.hub().size() >= limits::kSessionsMax) {
      HttpResponse busy = problem(503, fail(Errc::overloaded, "too many sessions"));
      busy.headers.emplace_back("Retry-After", "5");
      return respond(std::move(busy), false);
    }
    std::make_shared<WebSocketConnection<Stream>>(std::move(stream_), thread_)
        ->accept(std::move(request));
  }

  void respond(HttpResponse from, bool keep_alive) {
    if (from.stream != nullptr) return stream(std::move(from));
    response_.emplace();
    response_->version(version_);
    response_->result(static_cast<unsigned>(from.status));
    response_->set(http::field::server, "houniao");
    response_->set(http::field::content_type, from.content_type);
    for (const auto& [name, value] : from.headers) response_->set(name, value);
    response_->keep_alive(keep_alive);
    response_->body() = std::move(from.body);
    response_->prepare_payload();
    if (head_only_) response_->body().clear();
    if (response_->body().size() > kHttpPieceBytesMax) return respond_in_pieces(keep_alive);
    beast::get_lowest_layer(stream_).expires_after(write_time(response_->body().size()));
    http::async_write(
        stream_, *response_,
        [self = this->shared_from_this(), keep_alive](beast::error_code error, std::size_t) {
          self->responded(error, keep_alive);
        });
  }

  void respond_in_pieces(bool keep_alive) {
    response_serializer_.emplace(*response_);
    beast::get_lowest_layer(stream_).expires_after(kHttpIdle);
    http::async_write_header(
        stream_, *response_serializer_,
        [self = this->shared_from_this(), keep_alive](beast::error_code error, std::size_t) {
          if (error) return self->close();
          paced_write(self->stream_, self->response_->body(),
                      [self, keep_alive](beast::error_code failed) {
                        self->responded(failed, keep_alive);
                      });
        });
  }

  void responded(beast::error_code error, bool keep_alive) {
    if (error || !keep_alive) return close();
    read();
  }

  // A body of unknown length: chunks (RFC 9112 7.1), or all until the close for HTTP/1.0. A piece
  // is asked for when the one before it is written, so a reader that does not read makes no pieces;
  // it is cut off when it takes one more slowly than paced_write() allows.
  void stream(HttpResponse from) {
    body_ = std::move(from.stream);
    pause_.emplace(thread_.io());
    head_.emplace();
    head_->version(version_);
    head_->result(static_cast<unsigned>(from.status));
    head_->set(http::field::server, "houniao");
    head_->set(http::field::content_type, from.content_type);
    for (const auto& [name, value] : from.headers) head_->set(name, value);
    head_->keep_alive(false);
    head_->chunked(version_ >= 11);
    serializer_.emplace(*head_);
    beast::get_lowest_layer(stream_).expires_after(kHttpIdle);
    http::async_write_header(
        stream_, *serializer_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error) return self->close();
          self->ask_for_piece();
        });
  }

  void ask_for_piece() {
    beast::get_lowest_layer(stream_).expires_never();
    asio::post(workers_.slow, [self = this->shared_from_this()] {
      StreamPiece piece = self->body_->next();
      asio::post(self->thread_.io(), [self, piece = std::move(piece)]() mutable {
        self->write_piece(std::move(piece));
      });
    });
  }

  void write_piece(StreamPiece piece) {
    last_piece_ = piece.ended;
    if (piece.bytes.empty() && !last_piece_) return wait_for_piece();
    piece_ = frame(std::move(piece.bytes));
    paced_write(stream_, piece_, [self = this->shared_from_this()](beast::error_code error) {
      if (error || self->last_piece_) return self->close();
      self->ask_for_piece();
    });
  }

  void wait_for_piece() {
    pause_->expires_after(kStreamPause);
    pause_->async_wait([self = this->shared_from_this()](beast::error_code error) {
      if (!error) self->ask_for_piece();
    });
  }

  // The piece as one chunk, and behind the last one the chunk that ends the body.
  std::string frame(std::string bytes) const {
    if (version_ < 11) return bytes;
    std::string out;
    if (!bytes.empty()) {
      char size[20];
      const auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
      out.append(size, end).append("\r\n").append(bytes).append("\r\n");
    }
    if (last_piece_) out += "0\r\n\r\n";
    return out;
  }

  void close() {
    beast::error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send,
                                                       ignored);
  }

  Stream stream_;
  HubThread& thread_;
  Workers& workers_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> response_serializer_;
  // Of a body that comes piece by piece.
  std::shared_ptr<BodyStream> body_;
  std::optional<http::response<http::empty_body>> head_;
  std::optional<http::response_serializer<http::empty_body>> serializer_;
  std::optional<asio::steady_timer> pause_;
  std::string piece_;  // while it is written
  bool last_piece_ = false;
  bool keep_alive_ = false;
  bool head_only_ = false;
  unsigned version_ = 11;
};

}  // namespace houniao
