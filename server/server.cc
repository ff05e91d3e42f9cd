#include "server/server.h"

namespace houniao {

Result<std::unique_ptr<Server>> Server::open(const ServerConfig& config, Clock& clock,
                                             Random& random, GatewayOptions gateway,
                                             Engine::Options engine) {
  std::unique_ptr<Server> out(new Server());
  auto opened = Engine::open(config, clock, random, engine);
  if (!opened) return opened.error();
  out->engine_ = std::move(*opened);
  out->api_ = std::make_unique<HttpApi>(*out->engine_);
  auto listening = Gateway::listen(*out->engine_, *out->api_, std::move(gateway));
  if (!listening) return listening.error();
  out->gateway_ = std::move(*listening);
  return out;
}

Server::~Server() { stop(); }

void Server::start() {
  thread_ = std::thread([this] { gateway_->run(); });
}

void Server::stop() {
  if (gateway_) gateway_->stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace houniao
