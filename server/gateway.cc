#include "server/gateway.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <future>

#include "server/connections.h"
#include "server/http/api.h"

namespace houniao {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

struct Gateway::Impl {
  Engine& engine;
  HttpApi& api;
  GatewayOptions options;
  asio::io_context control{1};  // accepts and waits for signals, on the thread of run()
  Tcp::acceptor acceptor{control};
  asio::signal_set signals{control};
  std::optional<asio::ssl::context> tls;
  std::vector<std::unique_ptr<HubThread>> threads;
  Workers workers;
  std::size_t next_thread = 0;
  asio::steady_timer accept_pause{control};

  Impl(Engine& engine_part, HttpApi& api_part, GatewayOptions gateway_options)
      : engine(engine_part), api(api_part), options(std::move(gateway_options)) {}

  Result<void> listen();
  Result<void> load_tls();
  void accept();
  void accept_later();
  void serve(Socket socket, HubThread& thread);
  void drain();
};

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;

Result<std::unique_ptr<Gateway>> Gateway::listen(Engine& engine, HttpApi& api,
                                                 GatewayOptions options) {
  auto impl = std::make_unique<Impl>(engine, api, std::move(options));
  HOUNIAO_TRY(impl->listen());
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Result<void> Gateway::Impl::load_tls() {
  if (options.tls_cert.empty() && options.tls_key.empty()) return {};
  boost::system::error_code error;
  tls.emplace(asio::ssl::context::tls_server);
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1,
                   error);
  if (!error) tls->use_certificate_chain_file(options.tls_cert, error);
  if (!error) tls->use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
  if (error) {
    return fail(Errc::invalid_argument, "TLS certificate " + options.tls_cert + " with key " +
                                            options.tls_key + ": " + error.message());
  }
  return {};
}

Result<void> Gateway::Impl::listen() {
  HOUNIAO_TRY(load_tls());
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) return fail(Errc::invalid_argument, "not an IP address: " + options.host);
  if (!address.is_loopback() && !tls) {
    return fail(Errc::invalid_argument,
                options.host +
                    " is not a loopback address: personal data would travel in the clear. Give "
                    "--tls-cert and --tls-key, or listen on 127.0.0.1 behind a TLS proxy");
  }
  const Tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(4096, error);
  if (error) {
    return fail(Errc::invalid_argument, "cannot listen on " + options.host + ":" +
                                            std::to_string(options.port) + ": " + error.message());
  }
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
    threads.push_back(std::make_unique<HubThread>(static_cast<std::uint16_t>(i), engine, api));
  }
  return {};
}

std::uint16_t Gateway::port() const {
  boost::system::error_code ignored;
  return impl_->acceptor.local_endpoint(ignored).port();
}

std::string Gateway::url() const {
  const bool v6 = impl_->options.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + impl_->options.host + "]" : impl_->options.host;
  return (impl_->tls ? "wss://" : "ws://") + host + ":" + std::to_string(port());
}

void Gateway::Impl::accept() {
  HubThread& thread = *threads[next_thread++ % threads.size()];
  acceptor.async_accept(thread.io().get_executor(),
                        [this, &thread](const boost::system::error_code& error, Socket socket) {
                          if (error == asio::error::operation_aborted || !acceptor.is_open())
                            return;
                          if (error) return accept_later();
                          serve(std::move(socket), thread);
                          accept();
                        });
}

// Out of file descriptors, for instance: trying again at once would only burn the processor.
void Gateway::Impl::accept_later() {
  accept_pause.expires_after(std::chrono::milliseconds(50));
  accept_pause.async_wait([this](const boost::system::error_code& error) {
    if (!error && acceptor.is_open()) accept();
  });
}

void Gateway::Impl::serve(Socket socket, HubThread& thread) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  asio::post(thread.io(), [this, &thread, moved = std::move(socket)]() mutable {
    if (tls) {
      serve_tls(std::move(moved), *tls, thread, workers);
    } else {
      serve_plain(std::move(moved), thread, workers);
    }
  });
}

void Gateway::run() {
  Impl& in = *impl_;
  if (in.options.handle_signals) {
    in.signals.add(SIGINT);
    in.signals.add(SIGTERM);
    in.signals.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
  }
  in.engine.start([&in](std::shared_ptr<const CommittedGroup> group) {
    for (auto& thread : in.threads) thread->deliver(group);
  });
  for (auto& thread : in.threads) thread->start();
  in.accept();
  in.control.run();
  in.drain();
}

void Gateway::stop() {
  asio::post(impl_->control, [this] {
    boost::system::error_code ignored;
    impl_->signals.cancel(ignored);
    impl_->acceptor.close(ignored);
    impl_->accept_pause.cancel();
    impl_->api.draining();
  });
}

// Everything that was pushed is committed and its acknowledgement handed to the sessions before
// they are told to go.
void Gateway::Impl::drain() {
  // A question about the past may take a minute, and the worker that waits for its answer is joined
  // below.
  if (engine.timeline() != nullptr) engine.timeline()->interrupt();
  for (auto& thread : threads) thread->settle_all();
  engine.stop();
  for (auto& thread : threads) {
    asio::post(thread->io(), [&hub = thread->hub()] { hub.shut_down(1'000); });
  }
  const auto busy = [&] {
    std::size_t open = 0;
    for (auto& thread : threads) open += thread->connections;
    return open != 0;
  };
  const std::int64_t deadline_us = engine.clock().monotonic_us() + options.drain_ms * 1000LL;
  asio::steady_timer pause(control);
  while (busy() && engine.clock().monotonic_us() < deadline_us) {
    pause.expires_after(std::chrono::milliseconds(5));
    boost::system::error_code ignored;
    pause.wait(ignored);
  }
  for (auto& thread : threads) thread->stop();
  workers.stop();
}

}  // namespace houniao
