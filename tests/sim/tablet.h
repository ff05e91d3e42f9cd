// One tablet: storage that survives a crash, a clock of its own that may be wrong by days, and the
// shipping ClientCore that does not survive. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client_sdk/core/client_core.h"
#include "tests/sim/network.h"
#include "tests/sim/scheduler.h"

namespace houniao::sim {

// What a tablet is for; decides what it records. The spare one is enrolled and then lost.
enum class Part : std::uint8_t { field, supervisor, finance, auditor, admin, spare };

// A store with a planted bug: the first batch of records is not found again after a restart.
class ForgetfulStore final : public client::Store {
 public:
  explicit ForgetfulStore(client::Store& store) : store_(store) {}
  Result<std::optional<Bytes>> get(client::Table table, std::uint64_t key) const override {
    return store_.get(table, key);
  }
  Result<void> scan(client::Table table, std::uint64_t from, const Visit& visit) const override;
  Result<void> commit(std::span<const client::Write> writes) override {
    return store_.commit(writes);
  }

 private:
  client::Store& store_;
};

class Tablet {
 public:
  struct Hooks {
    // nullopt while the server cannot be reached.
    std::function<std::optional<ConnectionId>(std::size_t tablet)> connect;
    std::function<void(std::size_t tablet, DeviceSeq first, const std::vector<Hash>&)> on_recorded;
    std::function<void(std::size_t tablet, const Error&)> on_broken;
  };
  Tablet(std::size_t number, Part part, Scheduler& scheduler, Network& network, tests::Prng& prng,
         Hooks hooks);
  ~Tablet();

  void start();  // also after a crash
  void crash();
  bool up() const { return core_ != nullptr; }
  // Connects when it is time to, keeps the session alive.
  void tick();
  void receive(ConnectionId id, ByteView frame);
  void closed(ConnectionId id);
  // The events' ids, empty when the tablet cannot record (not enrolled, disk full).
  std::vector<EventId> record(std::span<const EventDraft> drafts);

  void set_code(std::string code) { code_ = std::move(code); }
  void set_wall_error(std::int64_t us) { wall_error_us_ = us; }
  std::int64_t wall_error_us() const { return wall_error_us_; }
  void set_disk_full(bool full);
  // Planted bugs.
  void forget_a_batch() { forgetful_ = true; }
  void back_up() { backup_ = store_; }
  void restore_backup() { store_ = backup_; }

  std::size_t number() const { return number_; }
  Part part() const { return part_; }
  client::ClientCore& core() { return *core_; }
  client::Notebook& notebook() { return core_->notebook(); }
  DeviceId device() const { return device_; }
  std::string name() const { return "tablet " + std::to_string(number_); }
  bool drained();
  std::optional<ConnectionId> connection() const { return connection_; }

 private:
  client::Now now() const;
  void flush();
  void disconnect();

  const std::size_t number_;
  const Part part_;
  Scheduler& scheduler_;
  Network& network_;
  tests::Prng& prng_;
  Hooks hooks_;
  tests::Prng random_;

  client::MemoryStore store_;
  client::MemoryStore backup_;
  ForgetfulStore forgetful_store_{store_};
  bool forgetful_ = false;
  DeviceId device_;
  std::string code_;
  std::unique_ptr<client::ClientCore> core_;
  std::optional<ConnectionId> connection_;
  std::int64_t wall_error_us_ = 0;
};

}  // namespace houniao::sim
