#include "tools/benchmarks/log_maker.h"

#include <array>
#include <cstring>

#include "base/ids.h"
#include "schema/codec.h"

namespace houniao::bench {
namespace {

using Body = schema::Event::Body::Builder;

constexpr std::uint32_t kDevices = 16;
constexpr std::size_t kRosterPersons = 24;
constexpr std::int64_t kStartUs = 1'767'225'600'000'000;  // 2026-01-01
constexpr std::int32_t kStartDay = 20'454;

}  // namespace

class LogMaker::Impl {
 public:
  Impl() {
    for (std::uint32_t i = 0; i < kDevices; ++i) {
      devices_[i].number = DeviceNumber{i + 1};
      devices_[i].id.bytes[0] = static_cast<std::uint8_t>(i + 1);
    }
  }

  void make(std::uint64_t count, Bytes& out, std::vector<std::size_t>& offsets) {
    for (std::uint64_t i = 0; i < count; ++i) {
      offsets.push_back(out.size());
      if (seq_ < kDevices) {
        enrol(static_cast<std::uint32_t>(seq_), out);
      } else {
        append(devices_[next() % kDevices], out, [this](Body body) { fill(body); });
      }
    }
  }

 private:
  struct Maker {
    DeviceId id;
    DeviceNumber number;
    std::uint64_t seq = 0;
  };

  std::uint64_t next() {
    dice_ ^= dice_ << 13;
    dice_ ^= dice_ >> 7;
    dice_ ^= dice_ << 17;
    return dice_;
  }
  template <class List>
  std::uint64_t pick(const List& list) {
    return list[next() % list.size()];
  }

  void enrol(std::uint32_t place, Bytes& out) {
    const Maker subject = devices_[place];
    append(devices_[0], out, [&](Body body) {
      auto d = body.initDeviceEnrolled();
      d.setDevice(to_data(subject.id.bytes));
      d.setNumber(subject.number.value);
      const std::array<std::uint8_t, 32> key{};
      d.setPublicKey(to_data(key));
      d.setWholeLog(true);
    });
  }

  template <class Fill>
  void append(Maker& device, Bytes& out, Fill&& fill) {
    capnp::word scratch[256] = {};
    capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch, 256));
    auto event = builder.initRoot<schema::Event>();
    event.setDevice(to_data(device.id.bytes));
    event.setDeviceSeq(++device.seq);
    const Hash none{};
    event.setPrevHash(to_data(none));
    event.setRecordedAtMs(kStartUs / 1000);
    day_ = kStartDay - 300 + static_cast<std::int32_t>(seq_ / 40'000);
    event.setOccurredDay(day_);
    event.setActor(0);
    id_ = event_id(device.number, DeviceSeq{device.seq});
    fill(event.getBody());
    RecordHeader header;
    header.seq = Seq{seq_};
    header.received_at = WallTime{kStartUs + static_cast<std::int64_t>(seq_) * 20};
    header.scope_count = seq_++;
    append_event_record(out, header, encode(builder));
  }

  void fill(Body body) {
    if (persons_.size() < 64) return register_person(body);
    // Shares of the demonstration's log, in per cent.
    const std::uint64_t roll = next() % 100;
    if (roll < 18) return register_person(body);
    if (roll < 25) return consent(body);
    if (roll < 50) return membership(body);
    if (roll < 60 || cases_.empty()) return open_case(body);
    if (roll < 82) return progress_case(body);
    if (roll < 94) return serve(body);
    if (roll < 96) return serve_roster(body);
    if (roll < 97 || sessions_.empty()) return hold_session(body);
    return attend(body);
  }

  void register_person(Body body) {
    auto p = body.initPersonRegistered();
    p.setSex(next() % 2 == 0 ? schema::Sex::MALE : schema::Sex::FEMALE);
    p.setBirthYearBand(1985);
    p.setIdType(schema::PersonRegistered::IdType::RESIDENT_ID);
    const std::array<std::uint64_t, 2> index = {next(), next()};
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), index.data(), bytes.size());
    p.setBlindIndex(to_data(bytes));
    p.setNativeRegion(411'500);
    p.setIdChecksOk(true);
    persons_.push_back(id_.value);
  }
  void consent(Body body) {
    auto c = body.initConsentChanged();
    c.setPerson(pick(persons_));
    c.setPurpose("basic_information");
    c.setGiven(true);
    c.setFormVersion("1");
  }
  void membership(Body body) {
    auto m = body.initMembershipChanged();
    m.setMember(pick(persons_));
    m.setGroup(1 + next() % 300);
    m.setRole("league_member");
    m.setJoined(true);
    m.setDay(day_);
  }
  void open_case(Body body) {
    auto c = body.initAgencyCaseOpened();
    c.setPerson(pick(persons_));
    c.setCertificate("resident_id");
    c.setDestination("home_county_office");
    cases_.push_back(id_.value);
  }
  void progress_case(Body body) {
    auto p = body.initAgencyCaseProgressed();
    p.setCase(pick(cases_));
    p.setStage(schema::AgencyCaseProgressed::Stage::ISSUED);
    p.setDay(day_);
  }
  void serve(Body body) {
    auto s = body.initServiceDelivered();
    s.setKind("legal_advice");
    auto persons = s.initPersons(1);
    persons.set(0, pick(persons_));
    s.setQuantity(1);
    s.setUnit("person_time");
    s.setMinutes(30);
  }
  void serve_roster(Body body) {
    auto s = body.initServiceDelivered();
    s.setKind("unitemised");
    auto persons = s.initPersons(kRosterPersons);
    const std::size_t start = next() % (persons_.size() - kRosterPersons);
    for (unsigned i = 0; i < kRosterPersons; ++i) persons.set(i, persons_[start + i]);
    s.setAnonymous(9);
    s.setUnit("person_time");
  }
  void hold_session(Body body) {
    auto s = body.initSessionHeld();
    s.setKind("festival_care");
    s.setHeadcount(120);
    s.setCountingMethod(schema::SessionHeld::CountingMethod::ESTIMATED);
    sessions_.push_back(id_.value);
  }
  void attend(Body body) {
    auto a = body.initAttendanceRecorded();
    a.setSession(sessions_.back());
    auto persons = a.initPersons(1);
    persons.set(0, pick(persons_));
  }

  std::array<Maker, kDevices> devices_;
  std::uint64_t seq_ = 0;
  std::uint64_t dice_ = 88'172'645'463'325'252ULL;
  std::int32_t day_ = kStartDay;
  EventId id_;
  std::vector<std::uint64_t> persons_;
  std::vector<std::uint64_t> cases_;
  std::vector<std::uint64_t> sessions_;
};

LogMaker::LogMaker() : impl_(std::make_unique<Impl>()) {}
LogMaker::~LogMaker() = default;

void LogMaker::make(std::uint64_t count, Bytes& out, std::vector<std::size_t>& offsets) {
  impl_->make(count, out, offsets);
}

}  // namespace houniao::bench
