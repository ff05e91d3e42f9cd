#include <map>

#include "base/os/os.h"
#include "schema/frames.h"
#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/push_load.h"

namespace houniao::bench {
namespace {

constexpr std::int64_t kDrainUs = 5'000'000;
constexpr std::int64_t kLookEveryUs = 100;
constexpr std::uint64_t kCredit = 32 * 1024 * 1024;

// Reads only what the measurement needs, without the checks that a real client makes.
class Receipts {
 public:
  explicit Receipts(Clock& clock) : clock_(clock) {}

  void on_message(ByteView message) {
    const std::int64_t now_us = clock_.wall().us;
    kj::ArrayPtr<const capnp::word> words(reinterpret_cast<const capnp::word*>(message.data()),
                                          message.size() / 8);
    capnp::FlatArrayMessageReader reader(words);
    const auto frame = reader.getRoot<schema::Frame>();
    if (!frame.isRecords() || frame.getRecords().getCount() == 0) return;
    const auto records = frame.getRecords();
    const auto known = stamps_.find(records.getNextSeq());
    const std::int64_t stamp =
        known != stamps_.end() ? known->second : remember(records.getNextSeq(), records);
    if (!measuring_) return;
    // A frame may carry several records when they were committed together; it is one receipt.
    latencies_.add_us(std::max<std::int64_t>(0, now_us - stamp));
    delivered_ += records.getCount();
  }
  void start() { measuring_ = true; }
  const Latencies& latencies() const { return latencies_; }
  std::uint64_t delivered() const { return delivered_; }

 private:
  std::int64_t remember(std::uint64_t next, schema::Records::Reader records) {
    std::int64_t stamp = 0;
    ByteView rest = to_view(records.getRecords());
    RecordReader record;
    while (!rest.empty()) {
      const std::size_t n = message_bytes(rest).value();
      if (record.open(rest.first(n))) stamp = record.get().getReceivedAtUs();
      rest = rest.subspan(n);
    }
    stamps_[next] = stamp;
    return stamp;
  }

  Clock& clock_;
  std::map<std::uint64_t, std::int64_t> stamps_;
  Latencies latencies_;
  std::uint64_t delivered_ = 0;
  bool measuring_ = false;
};

}  // namespace

Result<Report> measure_fanout(const Machine& machine, const FanoutShape& shape) {
  auto server = LoadServer::start(machine);
  if (!server) return server.error();
  Swarm writer;
  auto author = open_sessions(writer, **server, 1, machine.random);
  if (!author) return author.error();
  Swarm swarm;
  auto devices = open_sessions(swarm, **server, shape.subscribers, machine.random);
  if (!devices) return devices.error();
  FrameWriter credit;
  credit.root().initCredit().setBytes(kCredit);
  const Bytes credit_wire = Swarm::wire_frame(credit.finish());
  for (std::size_t i = 0; i < swarm.size(); ++i) HOUNIAO_TRY(swarm.send(i, credit_wire));

  Receipts receipts(machine.clock);
  // The subscribers look for frames now and then instead of being woken for each: on machines of
  // their own their waking would cost the server nothing, here it would take a third of its time.
  const auto receive = [&](std::int64_t until_us, std::size_t wanted) -> Result<void> {
    bool heard = false;
    const auto on_message = [&](std::size_t, ByteView message) -> Result<void> {
      heard = true;
      receipts.on_message(message);
      return {};
    };
    while (machine.clock.monotonic_us() < until_us && receipts.delivered() < wanted) {
      heard = false;
      HOUNIAO_TRY(swarm.poll(0, on_message));
      if (!heard) os::pause_us(kLookEveryUs);
    }
    return {};
  };
  // The enrolments themselves fan out first.
  HOUNIAO_TRY(receive(machine.clock.monotonic_us() + 2'000'000, SIZE_MAX));
  std::vector<Bytes> pushes;
  pushes.push_back(
      Swarm::wire_frame(author->front().push(1, LoadDevice::kPersons, machine.clock.wall())));
  for (std::uint64_t n = 0; n < shape.events; ++n) {
    pushes.push_back(Swarm::wire_frame(author->front().push(n + 2, 1, machine.clock.wall())));
  }
  HOUNIAO_TRY(writer.send(0, pushes.front()));
  HOUNIAO_TRY(receive(machine.clock.monotonic_us() + 1'000'000, SIZE_MAX));
  receipts.start();
  const Meter meter(machine.clock);
  for (std::uint64_t n = 0; n < shape.events; ++n) {
    HOUNIAO_TRY(writer.send(0, pushes[n + 1]));
    HOUNIAO_TRY(receive(machine.clock.monotonic_us() + shape.interval_us, SIZE_MAX));
  }
  const std::size_t wanted = shape.events * shape.subscribers;
  HOUNIAO_TRY(receive(machine.clock.monotonic_us() + kDrainUs, wanted));
  Report report;
  report.work = "fanout";
  report.events = receipts.delivered();

  meter.finish(report, receipts.latencies());
  report.durability = kDurable;
  report.extra["subscribers"] = shape.subscribers;
  report.extra["published"] = shape.events;
  report.extra["interval_us"] = shape.interval_us;
  report.extra["delivered_of"] = wanted;
  report.extra["notes"] =
      "latency from the server's stamp on the record, taken before its fdatasync, to receipt by "
      "the subscriber; all subscribers are one thread on the same processors, which looks every "
      "0.1 ms instead of being woken for each frame";
  if (report.events < wanted) {
    return fail(Errc::unavailable, std::to_string(report.events) + " of " + std::to_string(wanted) +
                                       " deliveries arrived");
  }
  return report;
}

}  // namespace houniao::bench
