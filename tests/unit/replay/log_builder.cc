#include "tests/unit/replay/log_builder.h"

#include <capnp/message.h>

#include <algorithm>

#include "base/error.h"
#include "replay/admission.h"
#include "replay/merkle/hash.h"

namespace houniao::testing {

namespace {

SigningKey key_for(std::uint32_t number) {
  std::array<std::uint8_t, 32> seed{};
  for (int i = 0; i < 4; ++i) {
    seed[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  seed[31] = 0x5e;
  return signing_key_from_seed(seed);
}

void fill_enrolled(schema::DeviceEnrolled::Builder body, const SigningKey& key, const DeviceId& id,
                   std::uint32_t number, const EnrolOptions& options) {
  body.setDevice(to_data(ByteView{id.bytes}));
  body.setNumber(number);
  body.setPublicKey(to_data(ByteView{key.verify_key().bytes}));
  body.setHolder(options.holder);
  auto scopes = body.initScopes(static_cast<unsigned>(options.scopes.size()));
  for (unsigned i = 0; i < scopes.size(); ++i) scopes.set(i, options.scopes[i].value);
  auto roles = body.initRoles(static_cast<unsigned>(options.roles.size()));
  for (unsigned i = 0; i < roles.size(); ++i) roles.set(i, options.roles[i]);
  body.setWholeLog(options.whole_log);
  body.setLabel(options.label);
}

EnrolOptions all_roles() {
  EnrolOptions options;
  options.roles = {schema::Role::FIELD, schema::Role::SUPERVISOR, schema::Role::FINANCE,
                   schema::Role::ADMIN};
  return options;
}

}  // namespace

LogBuilder::LogBuilder() {
  crypto_init();
  TestDevice server;
  server.number = kServer;
  server.key = key_for(1);
  server.id = device_id_for(server.key.verify_key());
  devices_.emplace(1, server);
  EnrolOptions options = all_roles();
  options.whole_log = true;
  options.label = "server";
  add(kServer, [&](schema::Event::Builder event) {
    event.setScope(kScopeCommons.value);
    fill_enrolled(event.initBody().initDeviceEnrolled(), server.key, server.id, 1, options);
  });
}

DeviceNumber LogBuilder::enrol(EnrolOptions options) {
  const auto number = static_cast<std::uint32_t>(devices_.size() + 1);
  if (options.scopes.empty()) options.scopes = {kScope};
  TestDevice device;
  device.number = DeviceNumber{number};
  device.key = key_for(number);
  device.id = device_id_for(device.key.verify_key());
  device.holder = options.holder;
  add(kServer, [&](schema::Event::Builder event) {
    event.setScope(kScopeCommons.value);
    fill_enrolled(event.initBody().initDeviceEnrolled(), device.key, device.id, number, options);
  });
  devices_.emplace(number, device);
  return device.number;
}

DeviceNumber LogBuilder::enrol_all_roles() { return enrol(all_roles()); }

Bytes LogBuilder::encode_event(TestDevice& device, const Fill& fill) {
  capnp::MallocMessageBuilder message;
  auto event = message.initRoot<schema::Event>();
  event.setDevice(to_data(ByteView{device.id.bytes}));
  event.setDeviceSeq(device.next_seq);
  event.setPrevHash(to_data(device.head));
  event.setRecordedAtMs(start_of(today_).us / 1000 + 8 * 3'600'000);
  event.setOccurredDay(today_.value);
  event.setActor(device.holder);
  event.setScope(kScope.value);
  fill(event);
  Bytes bytes = encode(message);
  ++device.next_seq;
  device.head = sha256(bytes);
  return bytes;
}

EventId LogBuilder::next_id(DeviceNumber device) const {
  return event_id(device, DeviceSeq{devices_.at(device.value).next_seq});
}

EventId LogBuilder::add(DeviceNumber number, const Fill& fill) {
  TestDevice& device = devices_.at(number.value);
  const EventId id = next_id(number);
  Bytes bytes = encode_event(device, fill);
  events_[id.value] = bytes;
  device.outbox.push_back(std::move(bytes));
  if (!device.offline) push(number);
  return id;
}

void LogBuilder::push(DeviceNumber number, std::size_t events) {
  TestDevice& device = devices_.at(number.value);
  bool any = false;
  for (; events > 0 && !device.outbox.empty(); --events) {
    const Bytes bytes = std::move(device.outbox.front());
    device.outbox.pop_front();
    arrive(bytes);
    ++device.delivered;
    device.delivered_head = sha256(bytes);
    any = true;
  }
  if (any) attest(device);
}

void LogBuilder::online(DeviceNumber number) {
  devices_.at(number.value).offline = false;
  push(number);
}

RecordHeader LogBuilder::next_header(ScopeId scope) {
  RecordHeader header;
  header.seq = Seq{records_.size()};
  received_us_ = std::max<std::int64_t>(received_us_ + 1000,
                                        start_of(today_).us + std::int64_t{12} * 3600 * 1000000);
  header.received_at = WallTime{received_us_};
  header.scope = scope;
  const auto& [count, leaf] = scope_heads_[scope.value];
  header.scope_count = count;
  header.scope_prev = leaf;
  return header;
}

void LogBuilder::push_record(Bytes record, ScopeId scope) {
  auto& [count, leaf] = scope_heads_[scope.value];
  ++count;
  leaf = merkle::leaf_hash(record);
  records_.push_back(std::move(record));
}

Judgement LogBuilder::arrive(const Bytes& bytes) {
  EventReader event;
  const Result<void> opened = event.open_untrusted(bytes);
  HOUNIAO_ASSERT(opened.has_value());
  RecordHeader header = next_header(event.scope());
  const Received received{header.seq, header.received_at};
  const EventId id = event_id_of(state_, event);
  const Judgement judgement = houniao::admit(state_, event, received);
  recorded_[id.value] = judgement;
  const std::vector<std::uint16_t> reasons = judgement.reasons.numbers();
  header.verdict = judgement.verdict;
  header.reasons = reasons;
  Bytes record;
  append_event_record(record, header, bytes);
  houniao::apply(state_, event, received, judgement);
  push_record(std::move(record), event.scope());
  return judgement;
}

void LogBuilder::attest(const TestDevice& device) {
  AttestationData data;
  data.device = device.id;
  data.through = DeviceSeq{device.delivered};
  data.head = device.delivered_head;
  data.signature =
      sign(device.key, push_signing_bytes(data.device, data.through, data.head, data.witnessed));
  Bytes record;
  append_attestation_record(record, next_header(kScopeLog), data);
  push_record(std::move(record), kScopeLog);
}

EventStatus LogBuilder::status(EventId id) const {
  const EventEntry* entry = state_.events.find(id);
  return entry == nullptr ? EventStatus::unseen : entry->status;
}

Reasons LogBuilder::reasons(EventId id) const {
  auto at = state_.reasons.find(id);
  return at == state_.reasons.end() ? Reasons{} : at->second;
}

Bytes LogBuilder::stream() const {
  Bytes out;
  for (const Bytes& record : records_) append(out, record);
  return out;
}

}  // namespace houniao::testing
