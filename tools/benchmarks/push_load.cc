#include "tools/benchmarks/push_load.h"

#include <algorithm>
#include <deque>

#include "tools/benchmarks/floor.h"

namespace houniao::bench {
namespace {

constexpr std::int64_t kSignedUsMax = 5'000'000;
constexpr std::size_t kFillSessions = 2;
constexpr std::size_t kFillPushEvents = 2'048;
constexpr std::uint64_t kFillPart = 200'000;
constexpr std::uint64_t kAttendEvery = 4'096;  // pushes prepared between looks at the connections

struct Sender {
  std::deque<Bytes> prepared;           // wire frames
  std::deque<std::int64_t> sent_at_us;  // of pushes in flight, oldest first
};

class Pusher {
 public:
  Pusher(Swarm& swarm, Clock& clock, std::size_t in_flight, std::size_t sessions)
      : swarm_(swarm), clock_(clock), in_flight_(in_flight), senders_(sessions) {}

  void prepare(std::size_t session, ByteView frame) {
    senders_[session].prepared.push_back(Swarm::wire_frame(frame));
    ++waiting_;
  }

  // Answers the server's pings while pushes are prepared, which takes longer than a session may be
  // silent.
  Result<void> attend() {
    return swarm_.poll(0, [&](std::size_t i, ByteView message) -> Result<void> {
      const auto answered = read_acknowledgement(swarm_, i, message);
      return answered ? Result<void>{} : answered.error();
    });
  }

  Result<void> run(Latencies& latencies) {
    for (std::size_t i = 0; i < senders_.size(); ++i) HOUNIAO_TRY(fill(i));
    while (waiting_ > 0) {
      HOUNIAO_TRY(swarm_.poll(1'000, [&](std::size_t i, ByteView message) -> Result<void> {
        auto acknowledged = read_acknowledgement(swarm_, i, message);
        if (!acknowledged) return acknowledged.error();
        if (!*acknowledged) return {};
        latencies.add_us(clock_.monotonic_us() - senders_[i].sent_at_us.front());
        senders_[i].sent_at_us.pop_front();
        --waiting_;
        return fill(i);
      }));
    }
    return {};
  }

 private:
  Result<void> fill(std::size_t i) {
    Sender& sender = senders_[i];
    while (!sender.prepared.empty() && sender.sent_at_us.size() < in_flight_) {
      sender.sent_at_us.push_back(clock_.monotonic_us());
      HOUNIAO_TRY(swarm_.send(i, sender.prepared.front()));
      sender.prepared.pop_front();
    }
    return {};
  }

  Swarm& swarm_;
  Clock& clock_;
  std::size_t in_flight_;
  std::vector<Sender> senders_;
  std::uint64_t waiting_ = 0;
};

// Acknowledged is durable; signed for follows within a bounded time, which is measured too.
Result<void> await_signatures(const LoadServer& server, Swarm& swarm,
                              const std::vector<LoadDevice>& devices, Clock& clock,
                              Report& report) {
  const std::int64_t start = clock.monotonic_us();
  while (!server.all_signed(devices)) {
    if (clock.monotonic_us() - start > kSignedUsMax) {
      return fail(Errc::internal, "events stay without a signature");
    }
    HOUNIAO_TRY(swarm.poll(1, [](std::size_t, ByteView) -> Result<void> { return {}; }));
  }
  report.extra["all_signed_after_ms"] = static_cast<double>(clock.monotonic_us() - start) / 1000.0;
  return {};
}

}  // namespace

Result<void> push_all(const LoadServer& server, Swarm& swarm, std::vector<LoadDevice>& devices,
                      const PushPlan& plan, Clock& clock, Report& report) {
  Latencies ignored;
  Pusher persons(swarm, clock, 1, devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    persons.prepare(i, devices[i].push(1, LoadDevice::kPersons, clock.wall()));
  }
  HOUNIAO_TRY(persons.run(ignored));

  Pusher pusher(swarm, clock, plan.in_flight, devices.size());
  const std::uint64_t pushes = (plan.events + plan.push_events - 1) / plan.push_events;
  for (std::uint64_t n = 0; n < pushes; ++n) {
    const std::size_t i = n % devices.size();
    pusher.prepare(i, devices[i].push(n + 2, plan.push_events, clock.wall()));
    if (n % kAttendEvery == 0) HOUNIAO_TRY(pusher.attend());
  }
  Latencies latencies;
  const std::uint64_t owed_before = server.signatures_owed();
  const Meter meter(clock);
  HOUNIAO_TRY(pusher.run(latencies));
  report.events = pushes * plan.push_events;
  meter.finish(report, latencies);
  report.durability = kDurable;
  report.extra["notes"] = kPreparedNote;
  report.extra["pushes"] = pushes;
  report.extra["signatures_checked_after"] = server.signatures_owed() - owed_before;
  return await_signatures(server, swarm, devices, clock, report);
}

Result<void> fill_log(const Machine& machine, LoadServer& server, std::uint64_t events) {
  for (std::uint64_t done = 0; done < events; done += kFillPart) {
    Swarm swarm;
    auto devices = open_sessions(swarm, server, kFillSessions, machine.random);
    if (!devices) return devices.error();
    Report ignored;
    const PushPlan plan{std::min(kFillPart, events - done), kFillPushEvents, 4};
    HOUNIAO_TRY(push_all(server, swarm, *devices, plan, machine.clock, ignored));
  }
  return {};
}

Result<void> add_floor(const Machine& machine, std::size_t batch_events, Report& report) {
  FloorShape shape;
  shape.events = std::min<std::uint64_t>(report.events, 200'000);
  shape.batch_events = batch_events;
  shape.record_bytes = kLoadRecordBytes;
  auto floor = measure_floor(machine.directory, shape, machine.clock);
  if (!floor) return floor.error();
  report.floor_events_per_s = floor->events_per_s();
  return {};
}

}  // namespace houniao::bench
