#include "tools/benchmarks/replay.h"

#include <array>
#include <string>
#include <vector>

#include "base/os/os.h"
#include "replay/figures.h"
#include "replay/replayer.h"
#include "schema/codec.h"

namespace houniao::bench {
namespace {

using Body = schema::Event::Body::Builder;

constexpr std::uint32_t kDevices = 16;
constexpr std::size_t kRosterPersons = 24;
constexpr std::int64_t kStartUs = 1'767'225'600'000'000;  // 2026-01-01
constexpr std::int32_t kStartDay = 20'454;

// A log that grows: every event names only what exists, as the log of a healthy centre does.
class LogMaker {
 public:
  LogMaker() {
    for (std::uint32_t i = 0; i < kDevices; ++i) {
      devices_[i].number = DeviceNumber{i + 1};
      devices_[i].id.bytes[0] = static_cast<std::uint8_t>(i + 1);
    }
  }

  // Appends `count` records to `out` and where each starts to `offsets`.
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

// Reports over everything that was folded: how long a query over the fact table takes. Each is a
// metric as programme packs write them.
struct Query {
  const char* name;
  Metric metric;
};

std::vector<Query> queries() {
  using Type = schema::Event::Body::Which;
  const auto number = [](Type type) { return static_cast<std::uint16_t>(type); };
  std::vector<Query> out;
  Metric all;
  all.op = MetricOp::sum;
  all.of = MetricOf::quantity;
  out.push_back({"sum_of_all_quantities_ms", all});
  Metric served = all;
  served.where.types = {number(Type::SERVICE_DELIVERED), number(Type::ATTENDANCE_RECORDED),
                        number(Type::AGENCY_CASE_OPENED)};
  out.push_back({"person_times_ms", served});
  Metric issued;
  issued.where.types = {number(Type::AGENCY_CASE_PROGRESSED)};
  issued.where.kinds = {"issued"};
  issued.where.attrs = {"resident_id"};
  out.push_back({"certificates_issued_ms", issued});
  return out;
}

void measure_queries(const State& state, Clock& clock, Report& report) {
  const FigureInputs inputs = figure_inputs(state);
  for (const Query& query : queries()) {
    Latencies runs;
    for (int i = 0; i < 5; ++i) {
      const std::int64_t start = clock.monotonic_us();
      static_cast<void>(compute_metric(inputs, query.metric, 0));
      runs.add_us(clock.monotonic_us() - start);
    }
    report.extra[query.name] = runs.percentile_ms(500);
  }
}

}  // namespace

Result<Report> measure_replay(const ReplayShape& shape, Clock& clock) {
  LogMaker maker;
  os::LargePages pages;
  Replayer replayer(Replayer::Mode::trust_verdicts);
  Latencies chunks;
  Bytes records;
  std::vector<std::size_t> offsets;
  std::vector<ByteView> run;
  std::int64_t fold_us = 0;
  std::int64_t cpu_us = 0;
  std::int64_t hash_us = 0;
  std::uint64_t bytes = 0;
  std::uint64_t done = 0;
  while (done < shape.events && fold_us < std::int64_t{shape.seconds_max} * 1'000'000) {
    records.clear();
    offsets.clear();
    maker.make(std::min(shape.chunk_events, shape.events - done), records, offsets);
    const auto record = [&](std::size_t i) {
      const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : records.size();
      return ByteView(records).subspan(offsets[i], end - offsets[i]);
    };
    const std::int64_t cpu_start = os::cpu_time_us();
    const std::int64_t start = clock.monotonic_us();
    pages.extend();
    run.clear();
    for (std::size_t i = 0; i < offsets.size(); ++i) run.push_back(record(i));
    HOUNIAO_TRY(replayer.feed_run(run));
    const std::int64_t took = clock.monotonic_us() - start;
    cpu_us += os::cpu_time_us() - cpu_start;
    fold_us += took;
    chunks.add_us(took);
    // What nobody who reads the log can save: one hash of its bytes.
    const std::int64_t hash_start = clock.monotonic_us();
    for (std::size_t i = 0; i < offsets.size(); ++i) static_cast<void>(sha256(record(i)));
    hash_us += clock.monotonic_us() - hash_start;
    done += offsets.size();
    bytes += records.size();
  }
  Report report;
  report.work = "replay";
  report.events = done;
  report.seconds = static_cast<double>(fold_us) / 1e6;
  report.p50_ms = chunks.percentile_ms(500);
  report.p99_ms = chunks.percentile_ms(990);
  report.durability = "none (memory)";
  report.floor_events_per_s =
      hash_us > 0 ? static_cast<double>(done) * 1e6 / static_cast<double>(hash_us) : 0;
  report.rss_mib = static_cast<double>(os::rss_bytes()) / (1024.0 * 1024.0);
  report.cpu_s = static_cast<double>(cpu_us) / 1e6;
  report.extra["latency_of"] = "one chunk of " + std::to_string(shape.chunk_events) + " records";
  report.extra["floor_is"] = "SHA-256 of the same records";
  report.extra["record_bytes_mean"] = done == 0 ? 0 : bytes / done;
  report.extra["fact_rows"] = replayer.state().facts.live_rows();
  report.extra["threads"] = 1;
  // The records of the last chunk are still there; the state is the rest.
  report.extra["mib_per_million_events"] = done == 0 ? 0
                                                     : static_cast<double>(os::rss_bytes()) /
                                                           (1024.0 * 1024.0) * 1e6 /
                                                           static_cast<double>(done);
  measure_queries(replayer.state(), clock, report);
  return report;
}

}  // namespace houniao::bench
