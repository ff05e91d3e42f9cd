#include "tools/stage/live_backstage.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/crypto.h"
#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "replay/period_report.h"
#include "schema/codec.h"
#include "tools/audit/prefix.h"

namespace houniao::stage {
namespace {

// Waits are cut into slices, so that Ctrl-C is heard.
constexpr std::chrono::milliseconds kSlice{250};
constexpr std::int64_t kCodeUs = std::int64_t{3'600} * 1'000'000;
constexpr int kRevocationSlices = 40;
constexpr int kCheckpointSlices = 120;

void pause(std::chrono::milliseconds time) {
  os::pause_us(std::chrono::microseconds(time).count());
}

Error interrupted() { return fail(Errc::shutting_down, "the play was interrupted"); }

// The machine's clock as the device shows it. Read by the client's threads.
class ShownClock final : public Clock {
 public:
  explicit ShownClock(Clock& real) : real_(real) {}
  void set_ahead(std::chrono::milliseconds ahead) {
    ahead_us_ = std::chrono::microseconds(ahead).count();
  }
  WallTime wall() override { return WallTime{real_.wall().us + ahead_us_}; }
  std::int64_t monotonic_us() override { return real_.monotonic_us(); }

 private:
  Clock& real_;
  std::atomic<std::int64_t> ahead_us_{0};
};

class LiveDevice final : public Device {
 public:
  LiveDevice(std::unique_ptr<ShownClock> clock, std::unique_ptr<Client> client, std::string url,
             const std::atomic<bool>& cancelled)
      : clock_(std::move(clock)),
        client_(std::move(client)),
        url_(std::move(url)),
        cancelled_(cancelled) {}

  Client& client() { return *client_; }
  DeviceNumber number() const override { return client_->identity().number; }
  EventId next_event_id() const override { return client_->next_event_id(); }

  Result<void> record(std::span<const EventDraft> drafts) override {
    if (cancelled_) return interrupted();
    auto ids = client_->record_many(drafts);
    if (!ids) return ids.error();
    return {};
  }
  Result<void> connect() override {
    if (connected_) return {};
    HOUNIAO_TRY(client_->connect(url_));
    connected_ = true;
    return {};
  }
  void disconnect() override {
    client_->disconnect();
    connected_ = false;
  }
  Result<void> wait_synced(std::chrono::milliseconds timeout) override {
    for (auto left = timeout; left.count() > 0; left -= kSlice) {
      auto synced = client_->wait_synced(std::min(left, kSlice));
      if (synced || synced.error().code != Errc::unavailable) return synced;
      if (cancelled_) return interrupted();
    }
    const SyncState sync = client_->sync();
    return fail(Errc::unavailable, std::string("not in step in time, link ") +
                                       std::string(name(sync.link)) +
                                       (sync.last_error ? ": " + sync.last_error->detail : ""));
  }
  Result<SyncStatus> status(EventId event) const override {
    auto status = client_->status(event);
    if (!status) return status.error();
    return status->status;
  }
  bool is_turned_away(std::chrono::milliseconds timeout) override {
    if (!connect()) return true;
    for (auto left = timeout; left.count() > 0; left -= kSlice) {
      const SyncState sync = client_->sync();
      if (sync.alarm || (sync.last_error && sync.last_error->code == Errc::revoked_device)) {
        return true;
      }
      if (cancelled_) return false;
      pause(std::min(left, kSlice));
    }
    return false;
  }
  void set_clock_ahead(std::chrono::milliseconds ahead) override { clock_->set_ahead(ahead); }

 private:
  std::unique_ptr<ShownClock> clock_;  // outlives the client
  std::unique_ptr<Client> client_;
  std::string url_;
  const std::atomic<bool>& cancelled_;
  bool connected_ = false;
};

}  // namespace

LiveBackstage::LiveBackstage(Server& server, std::filesystem::path tablets, Clock& clock,
                             Random& random, const std::atomic<bool>& cancelled)
    : server_(server),
      tablets_(std::move(tablets)),
      clock_(clock),
      random_(random),
      cancelled_(cancelled) {}

LiveBackstage::~LiveBackstage() = default;

Result<std::unique_ptr<Device>> LiveBackstage::enrol(const DeviceRequest& request) {
  if (cancelled_) return interrupted();
  EnrolmentCode grant;
  grant.expires = WallTime{clock_.wall().us + kCodeUs};
  grant.roles = {static_cast<std::uint16_t>(request.role)};
  grant.scopes = request.scopes;
  grant.holder = request.holder;
  grant.whole_log = request.whole_log;
  grant.label = request.label;
  const std::string code = make_enrolment_code(random_);
  HOUNIAO_TRY(server_.engine().keys().add_code(code, grant));

  Client::Options options;
  options.directory = tablets_ / std::to_string(++enrolled_);
  options.key.emplace();
  random_.fill(*options.key);
  auto shown = std::make_unique<ShownClock>(clock_);
  options.clock = shown.get();
  auto client = Client::open(std::move(options));
  if (!client) return client.error();
  const auto identity = (*client)->enrol(server_.url(), code);
  if (!identity) return identity.error();
  auto device =
      std::make_unique<LiveDevice>(std::move(shown), std::move(*client), server_.url(), cancelled_);
  HOUNIAO_TRY(device->connect());
  return std::unique_ptr<Device>(std::move(device));
}

Result<void> LiveBackstage::revoke_lost(DeviceNumber device) {
  const auto published = [&] { return server_.engine().published().head(); };
  const DeviceGrant* grant = published()->devices->find(device);
  if (grant == nullptr) return fail(Errc::not_found, "no such device in the log");
  const DeviceHead head = server_.engine().published().device_head(grant->id);
  capnp::MallocMessageBuilder builder;
  auto body = builder.initRoot<schema::Event>().getBody().initDeviceRevoked();
  body.setDevice(device.value);
  body.setFromDeviceSeq(head.seq.value + 1);
  body.setReason(schema::DeviceRevoked::Reason::LOST);
  if (!server_.engine().submit(AdminEvent{encode(builder), ""})) {
    return fail(Errc::overloaded, "the sequencer's queue is full");
  }
  for (int i = 0; i < kRevocationSlices; ++i) {
    const auto now = published();
    const DeviceGrant* found = now->devices->find(device);
    if (found != nullptr && found->revoked) return {};
    if (cancelled_) return interrupted();
    pause(kSlice);
  }
  return fail(Errc::unavailable, "the revocation did not reach the log");
}

namespace {

// A device that nothing concerns hears of a checkpoint about once a second (server/session.h).
Result<Checkpoint> checkpoint_covering(const Client& client, TreeSize size,
                                       const std::atomic<bool>& cancelled) {
  for (int i = 0; i < kCheckpointSlices; ++i) {
    const auto verified = client.checkpoint();
    if (verified && verified->checkpoint.size >= size) return verified->checkpoint;
    if (cancelled) return interrupted();
    pause(kSlice);
  }
  return fail(Errc::unavailable, "the device has verified no checkpoint of " +
                                     std::to_string(size.value) + " records in time");
}

}  // namespace

Result<SealedTree> LiveBackstage::sealable(Device& by, const PeriodAsked& asked) {
  const TreeSize size = server_.engine().published().head()->size;
  const auto checkpoint = checkpoint_covering(client_of(by), size, cancelled_);
  if (!checkpoint) return checkpoint.error();
  const auto folded = audit::fold_prefix(server_.engine().log(), checkpoint->size);
  if (!folded) return folded.error();
  if (folded->frontier().root() != checkpoint->root) {
    return fail(Errc::checkpoint_mismatch,
                "the records do not give the root of the checkpoint that the device verified");
  }
  const auto report =
      period_report(folded->state(), asked.programme, asked.from, asked.to, asked.pack);
  if (!report) return report.error();
  return SealedTree{checkpoint->size, checkpoint->root, sha256(as_bytes(*report))};
}

Client& client_of(Device& device) { return static_cast<LiveDevice&>(device).client(); }

}  // namespace houniao::stage
