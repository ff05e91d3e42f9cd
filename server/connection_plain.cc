#include "server/connection.h"

namespace houniao {

using PlainStream = beast::basic_stream<asio::ip::tcp, HubThread::Executor>;

void serve_plain(Socket socket, HubThread& thread, Workers& workers) {
  std::make_shared<HttpConnection<PlainStream>>(PlainStream(std::move(socket)), thread, workers)
      ->read();
}

}  // namespace houniao
