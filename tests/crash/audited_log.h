// A small real log: the shipping sequencer over an LMDB log in a directory, three enrolled tablets
// that record registrations, services, sessions, money and held requests in pushes of their own,
// each witnessing the checkpoint before it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "client_sdk/core/event_builder.h"
#include "replay/checkpoint.h"
#include "server/keys/memory_key_store.h"
#include "server/log/lmdb_store.h"
#include "server/sequencer.h"

namespace houniao::crash {

// Repeats for a seed (splitmix64).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next());
  }

 private:
  std::uint64_t state_;
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string text = (std::filesystem::temp_directory_path() / "houniao-crash-XXXXXX").string();
    if (mkdtemp(text.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = text;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline const std::string kOrigin = "log.test/audited";
inline constexpr ScopeId kStationScope{16};
inline constexpr std::int64_t kStartUs = 1'460'000'000'000'000;  // April 2016

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return std::move(*result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message());
}

// One device with its chain, as an SDK would keep it.
struct Tablet {
  SigningKey key;
  DeviceId id;
  DeviceNumber number;
  DeviceSeq seq;
  Hash head;
  WitnessedCheckpoint witnessed;
  std::uint64_t push_id = 0;
};

class LogMaker {
 public:
  LogMaker(LogStore& log, std::uint64_t seed)
      : random_(seed),
        keys_(random_),
        log_key_(make_signing_key(random_)),
        sequencer_(open(log, make_signing_key(random_))) {}

  std::string verifier_key() const { return houniao::verifier_key(kOrigin, log_key_.verify_key()); }
  const SigningKey& log_key() const { return log_key_; }
  const State& state() const { return sequencer_->state(); }

  Tablet& enrol(std::vector<schema::Role> roles) {
    EnrolmentCode grant;
    grant.expires = WallTime{INT64_MAX};
    for (const schema::Role role : roles) grant.roles.push_back(static_cast<std::uint16_t>(role));
    grant.scopes = {kStationScope};
    grant.label = "tablet " + std::to_string(tablets_.size() + 1);
    const std::string code = make_enrolment_code(random_);
    must(keys_.add_code(code, grant));
    auto tablet = std::make_unique<Tablet>();
    tablet->key = make_signing_key(random_);
    tablet->id = device_id_for(tablet->key.verify_key());
    EnrolRequest request;
    request.code = code;
    request.key = tablet->key.verify_key();
    sequencer_->submit(request);
    commit();
    const DeviceGrant* device = published_.head()->devices->find(tablet->id);
    if (device == nullptr) throw std::runtime_error("the tablet was not enrolled");
    tablet->number = device->number;
    tablets_.push_back(std::move(tablet));
    return *tablets_.back();
  }

  // Pushes these drafts as one push; returns the id of the first event.
  EventId push(Tablet& tablet, const std::vector<EventDraft>& drafts) {
    PushRequest request;
    request.push_id = ++tablet.push_id;
    request.number = tablet.number;
    request.device = tablet.id;
    request.first = DeviceSeq{tablet.seq.value + 1};
    request.prev = tablet.head;
    const SymmetricKey blind_key = keys_.blind_key();
    for (const EventDraft& draft : drafts) {
      client::Envelope envelope;
      envelope.device = tablet.id;
      envelope.number = tablet.number;
      envelope.seq = DeviceSeq{tablet.seq.value + 1};
      envelope.prev = tablet.head;
      envelope.recorded_at = now_;
      envelope.blind_key = &blind_key;
      const auto built = must(client::build_event(draft, envelope, {}, {}, random_));
      request.offsets.push_back(static_cast<std::uint32_t>(request.events.size()));
      append(request.events, built.bytes);
      request.hashes.push_back(built.hash);
      tablet.seq = envelope.seq;
      tablet.head = built.hash;
    }
    const auto head = published_.head();
    if (head->size) tablet.witnessed = {head->size, head->root, head->note_signature};
    request.witnessed = tablet.witnessed;
    request.verified = true;
    request.signature =
        sign(tablet.key, push_signing_bytes(tablet.id, tablet.seq, tablet.head, tablet.witnessed));
    const EventId first = event_id(tablet.number, request.first);
    sequencer_->submit(std::move(request));
    const auto group = commit();
    for (const PushOutcome& outcome : group->pushes) {
      if (outcome.refused) throw std::runtime_error(outcome.refused->message());
    }
    return first;
  }

  // A day's work of a station: people, services, sessions, money, a request that is held.
  void play(std::size_t pushes) {
    Tablet& lead = enrol({schema::Role::ADMIN, schema::Role::SUPERVISOR, schema::Role::FINANCE});
    Tablet* field[] = {&enrol({schema::Role::FIELD}), &enrol({schema::Role::FIELD})};
    const EventId fund = push(lead, {make([](schema::Event::Body::Builder body) {
                                body.initFundSourceEstablished().setCode("F1");
                              })});
    push(lead, {make([&](schema::Event::Body::Builder body) {
           auto received = body.initFundsReceived();
           received.setFund(fund.value);
           received.setAmountFen(1'000'000);
         })});
    for (std::size_t i = 0; i < pushes; ++i) push_work(*field[i % 2], fund);
  }

 private:
  static EventDraft make(std::function<void(schema::Event::Body::Builder)> body) {
    EventDraft draft;
    draft.scope = kStationScope;
    draft.body = std::move(body);
    return draft;
  }

  void push_work(Tablet& tablet, EventId fund) {
    std::vector<EventDraft> drafts;
    EventDraft person =
        make([](schema::Event::Body::Builder body) { body.initPersonRegistered(); });
    person.personal.push_back(
        {PersonId{}, PersonalData{.name = "甲" + std::to_string(random_.below(99)),
                                  .id_number = "",
                                  .phone = "1380000" + std::to_string(random_.below(9000) + 1000),
                                  .birth_date = std::nullopt,
                                  .note = ""}});
    drafts.push_back(std::move(person));
    const EventId registered = event_id(tablet.number, DeviceSeq{tablet.seq.value + 1});
    for (std::uint64_t i = 0; i <= random_.below(4); ++i) {
      drafts.push_back(make([&](schema::Event::Body::Builder body) {
        auto served = body.initServiceDelivered();
        served.setKind("legal_advice");
        served.initPersons(1).set(0, registered.value);
        served.setQuantity(1);
        served.setMinutes(static_cast<std::uint32_t>(random_.below(90)));
      }));
    }
    if (random_.below(3) == 0) {
      drafts.push_back(make([&](schema::Event::Body::Builder body) {
        auto request = body.initDisbursementRequested();
        request.setFund(fund.value);
        request.setAmountFen(100 + static_cast<std::int64_t>(random_.below(10'000)));
        request.setPurpose("materials");
      }));
    }
    push(tablet, drafts);
  }

  std::unique_ptr<Sequencer> open(LogStore& log, const SigningKey& device_key) {
    SequencerOptions options;
    options.origin = kOrigin;
    options.log_key = log_key_;
    options.device_key = device_key;
    return must(Sequencer::open({log, keys_, quarantine_, nullptr, published_}, options, now_));
  }

  std::shared_ptr<const CommittedGroup> commit() {
    now_.us += 1'000'000;
    return sequencer_->commit(now_);
  }

  WallTime now_{kStartUs};
  SeededRandom random_;
  MemoryKeyStore keys_;
  MemoryQuarantine quarantine_;
  Published published_;
  SigningKey log_key_;
  std::vector<std::unique_ptr<Tablet>> tablets_;
  std::unique_ptr<Sequencer> sequencer_;
};

}  // namespace houniao::crash
