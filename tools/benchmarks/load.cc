#include "tools/benchmarks/load.h"

#include <algorithm>

#include "schema/frames.h"
#include "server/server.h"
#include "tools/benchmarks/clients.h"

namespace houniao::bench {

Result<std::unique_ptr<LoadServer>> LoadServer::start(const Machine& machine) {
  Clock& clock = machine.clock;
  Random& random = machine.random;
  std::unique_ptr<LoadServer> out(new LoadServer());
  std::array<std::uint8_t, 6> suffix{};
  random.fill(suffix);
  out->path_ = machine.directory / ("houniao-bench-" + to_hex(suffix));
  out->clock_ = &clock;
  std::error_code made;
  std::filesystem::create_directories(out->path_, made);
  if (made) return fail(Errc::storage_failed, out->path_.string() + ": " + made.message());
  auto config = create_config(out->data_directory(), "bench.local/houniao", random, clock.wall());
  if (!config) return config.error();
  GatewayOptions gateway;
  gateway.threads = machine.network_threads;
  auto server = Server::open(*config, clock, random, gateway);
  if (!server) return server.error();
  out->server_ = std::move(*server);
  out->server_->start();
  return out;
}

LoadServer::~LoadServer() {
  if (server_) server_->stop();
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint16_t LoadServer::port() const { return server_->port(); }
std::string LoadServer::url() const { return server_->url(); }
std::uint64_t LoadServer::log_size() const {
  return server_->engine().published().head()->size.value;
}

std::uint64_t LoadServer::signatures_owed() const {
  return server_->engine().metrics().signatures_owed.load();
}

bool LoadServer::all_signed(const std::vector<LoadDevice>& devices) const {
  return std::ranges::all_of(devices, [&](const LoadDevice& device) {
    const DeviceHead head = server_->engine().published().device_head(device.id());
    return head.attested == head.seq;
  });
}

Result<std::string> LoadServer::make_code(bool whole_log) {
  constexpr std::int64_t kHourUs = 3'600'000'000;
  const std::string code = "BENCH-" + std::to_string(++codes_);
  EnrolmentCode grant;
  grant.expires = WallTime{clock_->wall().us + kHourUs};
  grant.roles = {static_cast<std::uint16_t>(schema::Role::FIELD)};
  grant.scopes = {kScopeCommons};
  grant.whole_log = whole_log;
  grant.label = "bench";
  HOUNIAO_TRY(server_->engine().keys().add_code(code, grant));
  return code;
}

Bytes LoadDevice::hello(const std::string& code) const {
  FrameWriter frame;
  auto hello = frame.root().initHello();
  hello.setProtocol(1);
  hello.setPublicKey(to_data(ByteView{key_.verify_key().bytes}));
  hello.setEnrolmentCode(code);
  hello.setUserAgent("houniao-bench");
  return frame.finish();
}

Bytes LoadDevice::proof(ByteView nonce) const {
  FrameWriter frame;
  const Signature signature = sign(key_, challenge_signing_bytes(nonce, key_.verify_key()));
  frame.root().initProof().setSignature(to_data(ByteView{signature.bytes}));
  return frame.finish();
}

Bytes LoadDevice::next_event(WallTime now) {
  ++seq_.value;
  capnp::MallocMessageBuilder message(64);
  auto event = message.initRoot<schema::Event>();
  const DeviceId id = device_id_for(key_.verify_key());
  event.setDevice(to_data(ByteView{id.bytes}));
  event.setDeviceSeq(seq_.value);
  event.setPrevHash(to_data(head_));
  event.setRecordedAtMs(now.us / 1000);
  event.setOccurredDay(day_of(now).value);
  event.setOccurredMinute(600);
  event.setScope(kScopeCommons.value);
  auto body = event.getBody();
  if (seq_.value <= kPersons) {
    auto person = body.initPersonRegistered();
    person.setSex(seq_.value % 2 == 0 ? schema::Sex::MALE : schema::Sex::FEMALE);
    person.setBirthYearBand(1960);
  } else {
    auto service = body.initServiceDelivered();
    service.setKind("legal_advice");
    service.setUnit("session");
    service.setQuantity(1);
    service.setMinutes(30);
    const DeviceSeq person{1 + seq_.value % kPersons};
    service.initPersons(1).set(0, event_id(number_, person).value);
  }
  Bytes bytes = encode(message);
  head_ = sha256(bytes);
  return bytes;
}

Bytes LoadDevice::push(std::uint64_t id, std::size_t events, WallTime now) {
  const DeviceSeq first{seq_.value + 1};
  Bytes all;
  for (std::size_t i = 0; i < events; ++i) append(all, next_event(now));
  FrameWriter frame(all.size() + 512);
  auto push = frame.root().initPush();
  push.setId(id);
  push.setFirstDeviceSeq(first.value);
  push.setCount(static_cast<std::uint32_t>(events));
  push.setEvents(to_data(all));
  const DeviceId device = device_id_for(key_.verify_key());
  const Signature signature = sign(key_, push_signing_bytes(device, seq_, head_, {}));
  push.setSignature(to_data(ByteView{signature.bytes}));
  return frame.finish();
}

}  // namespace houniao::bench
