#include "tests/unit/tools/stage/paper_backstage.h"

#include "base/crypto.h"
#include "replay/merkle/hash.h"
#include "replay/period_report.h"

namespace houniao::stage {

class PaperDevice final : public Device {
  struct Waiting {
    Bytes bytes;
    std::uint64_t knew;
  };

 public:
  PaperDevice(PaperBackstage& stage, DeviceId id, DeviceNumber number, std::uint64_t holder)
      : stage_(stage), random_(number.value * 77), id_(id), number_(number), holder_(holder) {}

  DeviceNumber number() const override { return number_; }
  EventId next_event_id() const override { return event_id(number_, DeviceSeq{seq_ + 1}); }

  Result<void> record(std::span<const EventDraft> drafts) override {
    for (const EventDraft& draft : drafts) {
      client::Envelope envelope;
      envelope.device = id_;
      envelope.number = number_;
      envelope.seq = DeviceSeq{++seq_};
      envelope.prev = head_;
      envelope.recorded_at = WallTime{stage_.now_.us + ahead_.count() * 1000};
      envelope.clock_offset_ms = -measured_.count();
      envelope.holder = holder_;
      envelope.blind_key = &stage_.blind_key_;
      auto built = client::build_event(draft, envelope, keys_, {}, random_);
      if (!built) return built.error();
      head_ = built->hash;
      waiting_.push_back({std::move(built->bytes), knows_});
    }
    if (connected_) send();
    return {};
  }
  Result<void> connect() override {
    connected_ = true;
    measured_ = ahead_;
    send();
    return {};
  }
  void disconnect() override { connected_ = false; }
  Result<void> wait_synced(std::chrono::milliseconds) override {
    if (!connected_) return fail(Errc::unavailable, "not connected");
    knows_ = stage_.records;
    return {};
  }
  Result<SyncStatus> status(EventId event) const override {
    const EventEntry* entry = stage_.state.events.find(event);
    if (entry == nullptr) return SyncStatus::on_device;
    if (entry->status == EventStatus::held) return SyncStatus::held;
    return entry->status == EventStatus::flagged ? SyncStatus::flagged : SyncStatus::accepted;
  }
  bool is_turned_away(std::chrono::milliseconds) override {
    const houniao::Device* device = stage_.state.device(number_);
    return device != nullptr && device->revoked_at(DeviceSeq{seq_});
  }
  void set_clock_ahead(std::chrono::milliseconds ahead) override { ahead_ = ahead; }

 private:
  void send() {
    for (; !waiting_.empty(); waiting_.pop_front()) {
      stage_.fold(waiting_.front().bytes, waiting_.front().knew);
    }
  }

  PaperBackstage& stage_;
  PaperRandom random_;
  client::KeyRing keys_;
  DeviceId id_;
  DeviceNumber number_;
  std::uint64_t holder_;
  std::uint64_t seq_ = 0;
  Hash head_;
  bool connected_ = true;
  std::chrono::milliseconds ahead_{0};     // of the stage's clock, as shown
  std::chrono::milliseconds measured_{0};  // at the last contact
  std::uint64_t knows_ = 0;                // records of the log
  std::deque<Waiting> waiting_;
};

PaperBackstage::PaperBackstage(bool keeps_log)
    : keeps_log_(keeps_log), random_(7), blind_key_(make_symmetric_key(random_)) {
  const SigningKey key = make_signing_key(random_);
  own_ = std::make_unique<ServerChain>(key, DeviceHead{});
  DeviceGrant self;
  self.id = device_id_for(key.verify_key());
  self.number = kServerDevice;
  self.key = key.verify_key();
  EnrolmentCode grant;
  grant.whole_log = true;
  grant.roles = {static_cast<std::uint16_t>(schema::Role::ADMIN)};
  fold(own_->enrolled(self, grant, now_));
}

Result<std::unique_ptr<Device>> PaperBackstage::enrol(const DeviceRequest& request) {
  const SigningKey key = make_signing_key(random_);
  DeviceGrant grant;
  grant.id = device_id_for(key.verify_key());
  grant.number = DeviceNumber{++devices_};
  grant.key = key.verify_key();
  grant.holder = request.holder;
  EnrolmentCode code;
  code.roles = {static_cast<std::uint16_t>(request.role)};
  code.scopes = request.scopes;
  code.whole_log = request.whole_log;
  code.label = request.label;
  fold(own_->enrolled(grant, code, now_));
  return std::unique_ptr<Device>(
      std::make_unique<PaperDevice>(*this, grant.id, grant.number, request.holder));
}

Result<void> PaperBackstage::revoke_lost(DeviceNumber device) {
  capnp::MallocMessageBuilder builder;
  auto body = builder.initRoot<schema::Event>().getBody().initDeviceRevoked();
  body.setDevice(device.value);
  body.setFromDeviceSeq(2);
  body.setReason(schema::DeviceRevoked::Reason::LOST);
  auto event = own_->administrative(encode(builder), now_);
  if (!event) return event.error();
  fold(*event);
  return {};
}

Result<SealedTree> PaperBackstage::sealable(Device&, const PeriodAsked& asked) {
  const auto report = period_report(state, asked.programme, asked.from, asked.to, asked.pack);
  if (!report) return report.error();
  return SealedTree{tree.size(), tree.root(), sha256(as_bytes(*report))};
}

void PaperBackstage::fold(const Bytes& event, std::uint64_t knew) {
  EventReader reader;
  HOUNIAO_ASSERT(reader.open_untrusted(event));
  tree.append(merkle::leaf_hash(event));
  now_.us += 250;
  const Received received{Seq{records++}, now_};
  const Judgement judgement = admit(state, reader, received);
  const EventId id = event_id_of(state, reader);
  apply(state, reader, received, judgement);
  if (keeps_log_) log.push_back({id, reader.type(), event, received, knew});
  judgement.reasons.for_each([&](Reason reason) {
    ++reasons_seen[std::string(find_reason(static_cast<std::uint16_t>(reason))->name)];
  });
  if (judgement.verdict == schema::Verdict::HELD) held.emplace_back(id, judgement);
}

}  // namespace houniao::stage
