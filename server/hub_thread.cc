#include "server/hub_thread.h"

#include <algorithm>
#include <chrono>
#include <future>

namespace houniao {
namespace {

constexpr std::chrono::milliseconds kTickEvery{500};

}  // namespace

HubThread::HubThread(std::uint16_t index, Engine& engine, HttpApi& api)
    : engine_(engine),
      api_(api),
      hub_(index, HubPorts{engine.identity(), engine.log(), engine.published(), engine.keys(),
                           engine.quarantine(), engine.random(), engine, engine.metrics()}) {}

void HubThread::deliver(std::shared_ptr<const CommittedGroup> group) {
  bool post = false;
  {
    const std::lock_guard lock(mutex_);
    mail_.push_back(std::move(group));
    post = !std::exchange(mail_posted_, true);
  }
  if (post) boost::asio::post(io_, [this] { take_mail(); });
}

void HubThread::take_mail() {
  std::vector<std::shared_ptr<const CommittedGroup>> mail;
  {
    const std::lock_guard lock(mutex_);
    mail.swap(mail_);
    mail_posted_ = false;
  }
  for (const auto& group : mail) hub_.deliver(group, now());
  pump_soon();
}

void HubThread::settle() {
  const auto next_us = hub_.settle_signatures(now());
  if (!next_us) return;
  settling_ = true;
  settler_.expires_after(
      std::chrono::microseconds(std::max<std::int64_t>(*next_us - now().mono_us, 0)));
  settler_.async_wait([this](const boost::system::error_code& error) {
    settling_ = false;
    if (!error) settle();
  });
}

void HubThread::settle_all() {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    hub_.settle_all();
    done.set_value();
  });
  done.get_future().wait();
}

void HubThread::pump_soon() {
  if (!settling_ && hub_.owes_signatures()) settle();
  if (!hub_.wants_pump() || std::exchange(pump_posted_, true)) return;
  boost::asio::post(io_, [this] {
    pump_posted_ = false;
    hub_.pump();
    pump_soon();
  });
}

void HubThread::tick() {
  ticker_.expires_after(kTickEvery);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    hub_.tick(now());
    pump_soon();
    tick();
  });
}

void HubThread::start() {
  tick();
  thread_ = std::thread([this] { io_.run(); });
}

void HubThread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
  hub_.drop_all();
}

}  // namespace houniao
