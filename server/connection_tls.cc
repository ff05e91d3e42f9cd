#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "server/connection.h"

namespace houniao {

using TlsStream = beast::ssl_stream<beast::basic_stream<asio::ip::tcp, HubThread::Executor>>;

namespace {

// Keeps the stream until the handshake is through.
struct Handshake : std::enable_shared_from_this<Handshake> {
  Handshake(Socket socket, asio::ssl::context& tls, HubThread& hub, Workers& pool)
      : stream(std::move(socket), tls), thread(hub), workers(pool) {}
  void start() {
    beast::get_lowest_layer(stream).expires_after(kHttpIdle);
    stream.async_handshake(asio::ssl::stream_base::server,
                           [self = shared_from_this()](beast::error_code error) {
                             if (error) return;
                             std::make_shared<HttpConnection<TlsStream>>(
                                 std::move(self->stream), self->thread, self->workers)
                                 ->read();
                           });
  }
  TlsStream stream;
  HubThread& thread;
  Workers& workers;
};

}  // namespace

void serve_tls(Socket socket, asio::ssl::context& tls, HubThread& thread, Workers& workers) {
  std::make_shared<Handshake>(std::move(socket), tls, thread, workers)->start();
}

}  // namespace houniao
