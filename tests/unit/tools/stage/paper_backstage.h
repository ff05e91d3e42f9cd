// The play without sockets: devices build their events with the SDK's own encoder, and a plain fold
// takes them in at once, or when the device comes back. Says what the story does to the state, not
// how it travels. For tests; one thread.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client_sdk/core/event_builder.h"
#include "replay/admission.h"
#include "replay/merkle/frontier.h"
#include "replay/state.h"
#include "schema/codec.h"
#include "server/server_chain.h"
#include "tools/stage/backstage.h"
#include "tools/stage/dice.h"

namespace houniao::stage {

class PaperRandom final : public Random {
 public:
  explicit PaperRandom(std::uint64_t seed) : dice_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(dice_.next());
  }

 private:
  Dice dice_;
};

// One event as it was folded.
struct FoldedEvent {
  EventId id;
  EventType type{};
  Bytes bytes;
  Received received;
  // Its device had seen so many records of the log when it recorded the event: all that there were
  // when it was last in step with the server. What came later it did not wait for.
  std::uint64_t knew = 0;
};

class PaperBackstage final : public Backstage {
 public:
  PaperBackstage() : PaperBackstage(false) {}
  explicit PaperBackstage(bool keeps_log);
  Result<std::unique_ptr<Device>> enrol(const DeviceRequest& request) override;
  Result<void> revoke_lost(DeviceNumber device) override;
  Result<SealedTree> sealable(Device& by, const PeriodAsked& asked) override;

  State state;
  std::uint64_t records = 0;
  merkle::Frontier tree;  // its leaves are the events; there are no records around them
  std::map<std::string, std::uint64_t> reasons_seen;  // at arrival, by name
  std::vector<std::pair<EventId, Judgement>> held;
  std::vector<FoldedEvent> log;  // in order; empty unless the backstage keeps it

 private:
  friend class PaperDevice;
  void fold(const Bytes& event, std::uint64_t knew = 0);

  bool keeps_log_;
  PaperRandom random_;
  SymmetricKey blind_key_;
  std::unique_ptr<ServerChain> own_;
  std::uint32_t devices_ = 1;
  WallTime now_{1'767'225'600'000'000};  // 2026-01-01
};

}  // namespace houniao::stage
