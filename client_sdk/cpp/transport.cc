#include "client_sdk/cpp/transport.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <thread>

#include "base/limits.h"

namespace houniao::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr const char* kSubprotocol = "houniao.v1";
constexpr std::chrono::seconds kConnectMax{10};
constexpr std::chrono::seconds kCloseMax{3};

Error transport_error(const char* what, const error_code& code) {
  return fail(Errc::unavailable, std::string(what) + ": " + code.message());
}

// What the loop needs of a connection, whatever is under it.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void start() = 0;
  virtual void send(Bytes frame) = 0;
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  // No handler call after this; the socket closes when the last pending operation ends.
  virtual void abandon() = 0;
};

template <class Stream>
constexpr bool kTls = false;
template <class Next>
constexpr bool kTls<beast::ssl_stream<Next>> = true;

// Lives until its last operation has ended: every operation holds a reference.
template <class Stream>
class WebSocket final : public Connection, public std::enable_shared_from_this<WebSocket<Stream>> {
 public:
  template <class... Arguments>
  WebSocket(asio::io_context& io, Url url, TransportHandler& handler, Arguments&... arguments)
      : resolver_(io),
        ws_(io, arguments...),
        close_timer_(io),
        url_(std::move(url)),
        handler_(&handler) {}

  void start() override {
    resolver_.async_resolve(
        url_.host, url_.port,
        [self = this->shared_from_this()](error_code code, tcp::resolver::results_type found) {
          if (code) return self->closed(transport_error("resolve", code));
          self->connect(found);
        });
  }

  void send(Bytes frame) override {
    if (!open_) return;
    queue_.push_back(std::move(frame));
    if (queue_.size() == 1) write();
  }

  void close() override {
    if (!open_ || closing_) return;
    closing_ = true;
    // For a peer that does not read. Not the stream's own timer: a read and a write may be under
    // way, and then it must not be set.
    close_timer_.expires_after(kCloseMax);
    close_timer_.async_wait([self = this->shared_from_this()](error_code code) {
      if (!code) self->closed(fail(Errc::unavailable, "the server did not answer the close"));
    });
    if (queue_.empty()) finish();
  }

  bool is_open() const override { return open_ && !closing_; }

  void abandon() override {
    handler_ = nullptr;
    open_ = false;
    close_timer_.cancel();
    error_code ignored;
    beast::get_lowest_layer(ws_).socket().close(ignored);
  }

 private:
  void connect(const tcp::resolver::results_type& found) {
    auto& lowest = beast::get_lowest_layer(ws_);
    lowest.expires_after(kConnectMax);
    lowest.async_connect(found, [self = this->shared_from_this()](error_code code, const auto&) {
      if (code) return self->closed(transport_error("connect", code));
      error_code ignored;
      beast::get_lowest_layer(self->ws_).socket().set_option(tcp::no_delay(true), ignored);
      self->secure();
    });
  }

  void secure() {
    if constexpr (kTls<Stream>) {
      auto& tls = ws_.next_layer();
      if (SSL_set_tlsext_host_name(tls.native_handle(), url_.host.c_str()) != 1) {
        return closed(fail(Errc::unavailable, "the host name cannot be used for TLS"));
      }
      tls.set_verify_callback(asio::ssl::host_name_verification(url_.host));
      tls.async_handshake(asio::ssl::stream_base::client,
                          [self = this->shared_from_this()](error_code code) {
                            if (code) return self->closed(transport_error("TLS", code));
                            self->handshake();
                          });
    } else {
      handshake();
    }
  }

  void handshake() {
    beast::get_lowest_layer(ws_).expires_never();
    // Keep-alive is the session's; here only the handshake and the close have a limit.
    websocket::stream_base::timeout limits{kConnectMax, websocket::stream_base::none(), false};
    ws_.set_option(limits);
    ws_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, kSubprotocol);
    }));
    ws_.read_message_max(houniao::limits::kFrameBytesMax);
    ws_.binary(true);
    ws_.auto_fragment(false);
    ws_.async_handshake(url_.host + ":" + url_.port, url_.path,
                        [self = this->shared_from_this()](error_code code) {
                          if (code) return self->closed(transport_error("handshake", code));
                          self->opened();
                        });
  }

  void opened() {
    if (handler_ == nullptr) return;
    open_ = true;
    read();
    handler_->on_open();
  }

  void read() {
    ws_.async_read(buffer_, [self = this->shared_from_this()](error_code code, std::size_t) {
      if (code) return self->closed(transport_error("read", code));
      if (self->handler_ == nullptr) return;
      const auto data = self->buffer_.cdata();
      self->handler_->on_frame({static_cast<const std::uint8_t*>(data.data()), data.size()});
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  void write() {
    ws_.async_write(asio::buffer(queue_.front()),
                    [self = this->shared_from_this()](error_code code, std::size_t) {
                      if (code) return self->closed(transport_error("write", code));
                      self->queue_.pop_front();
                      if (!self->queue_.empty()) return self->write();
                      if (self->closing_) self->finish();
                    });
  }

  void finish() {
    ws_.async_close(websocket::close_code::normal, [self = this->shared_from_this()](error_code) {
      self->closed(fail(Errc::unavailable, "closed"));
    });
  }

  void closed(Error why) {
    if (handler_ == nullptr) return;
    TransportHandler* handler = handler_;
    abandon();
    handler->on_closed(std::move(why));
  }

  tcp::resolver resolver_;
  websocket::stream<Stream> ws_;
  asio::steady_timer close_timer_;
  Url url_;
  TransportHandler* handler_;
  beast::flat_buffer buffer_;
  std::deque<Bytes> queue_;
  bool open_ = false;
  bool closing_ = false;
};

}  // namespace

class Transport::Loop {
 public:
  Loop(TransportHandler& handler, std::filesystem::path ca_file)
      : handler_(handler),
        work_(asio::make_work_guard(io_)),
        timer_(io_),
        ca_file_(std::move(ca_file)) {
    tick();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Loop() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      stopping_ = true;
      if (connection_) connection_->abandon();
      connection_.reset();
      timer_.cancel();
      work_.reset();
      io_.stop();
    });
    thread_.join();
  }

  void post(std::function<void()> work) { asio::post(io_, std::move(work)); }

  void open(const Url& url) {
    if (url.tls) {
      if (const auto trusted = prepare_tls(); !trusted) {
        return post([this, error = trusted.error()] { handler_.on_closed(error); });
      }
      connection_ = std::make_shared<WebSocket<beast::ssl_stream<beast::tcp_stream>>>(
          io_, url, handler_, *tls_);
    } else {
      connection_ = std::make_shared<WebSocket<beast::tcp_stream>>(io_, url, handler_);
    }
    connection_->start();
  }

  Connection* connection() const { return connection_.get(); }

 private:
  Result<void> prepare_tls() {
    if (tls_) return {};
    asio::ssl::context context(asio::ssl::context::tls_client);
    error_code code;
    context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                            asio::ssl::context::no_tlsv1_1,
                        code);
    context.set_default_verify_paths(code);  // a system without any: only ca_file is trusted
    context.set_verify_mode(asio::ssl::verify_peer);
    if (!ca_file_.empty()) {
      context.load_verify_file(ca_file_.string(), code);
      if (code) return fail(Errc::invalid_argument, ca_file_.string() + ": " + code.message());
    }
    tls_.emplace(std::move(context));
    return {};
  }

  void tick() {
    timer_.expires_after(std::chrono::milliseconds(kTickMs));
    timer_.async_wait([this](error_code code) {
      if (code || stopping_) return;
      handler_.on_tick();
      tick();
    });
  }

  TransportHandler& handler_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer timer_;
  const std::filesystem::path ca_file_;
  std::optional<asio::ssl::context> tls_;
  std::shared_ptr<Connection> connection_;
  std::thread thread_;
  bool stopping_ = false;
};

Transport::Transport(TransportHandler& handler, std::filesystem::path ca_file)
    : loop_(std::make_unique<Loop>(handler, std::move(ca_file))) {}
Transport::~Transport() = default;

void Transport::stop() { loop_->stop(); }

void Transport::post(std::function<void()> work) { loop_->post(std::move(work)); }
void Transport::open(const Url& url) { loop_->open(url); }
void Transport::send(Bytes frame) {
  if (loop_->connection() != nullptr) loop_->connection()->send(std::move(frame));
}
void Transport::close() {
  if (loop_->connection() != nullptr) loop_->connection()->close();
}
bool Transport::is_open() const {
  return loop_->connection() != nullptr && loop_->connection()->is_open();
}

}  // namespace houniao::client
