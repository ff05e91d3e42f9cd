// How the gateway hands an accepted socket to a connection, without seeing Beast. Internal.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "server/hub_thread.h"

namespace houniao {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, HubThread::Executor>;

// On the hub's thread. `workers` runs slow HTTP requests.
void serve_plain(Socket socket, HubThread& thread, boost::asio::thread_pool& workers);
void serve_tls(Socket socket, boost::asio::ssl::context& tls, HubThread& thread,
               boost::asio::thread_pool& workers);

}  // namespace houniao
