#include <map>

#include "base/os/os.h"
#include "schema/frames.h"
#include "tools/benchmarks/bare_sends.h"
#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/push_load.h"

namespace houniao::bench {
namespace {

constexpr std::int64_t kDrainUs = 5'000'000;
constexpr std::int64_t kLookEveryUs = 10'000;
constexpr std::uint64_t kCredit = 32 * 1024 * 1024;

// Reads only what the measurement needs, without the checks that a real client makes.
class Receipts {
 public:
  void on_message(ByteView message, std::int64_t now_us) {
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
    frame_bytes_ = message.size();
    // A frame may carry several records when they were committed together; it is one receipt.
    latencies_.add_us(std::max<std::int64_t>(0, now_us - stamp));
    delivered_ += records.getCount();
  }
  void start() { measuring_ = true; }
  const Latencies& latencies() const { return latencies_; }
  std::uint64_t delivered() const { return delivered_; }
  std::size_t frame_bytes() const { return frame_bytes_; }

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

  std::map<std::uint64_t, std::int64_t> stamps_;
  Latencies latencies_;
  std::uint64_t delivered_ = 0;
  std::size_t frame_bytes_ = 0;
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
  swarm.note_arrivals();
  auto devices = open_sessions(swarm, **server, shape.subscribers, machine.random);
  if (!devices) return devices.error();
  FrameWriter credit;
  credit.root().initCredit().setBytes(kCredit);
  const Bytes credit_wire = Swarm::wire_frame(credit.finish());
  for (std::size_t i = 0; i < swarm.size(); ++i) HOUNIAO_TRY(swarm.send(i, credit_wire));

  Receipts receipts;
  // A frame is received when the kernel has it for the subscriber, which says so when the frame is
  // read. All subscribers are one thread here and read now and then: on machines of their own their
  // reading would cost the server nothing, here it would take half of its processors.
  const auto receive = [&](std::int64_t until_us, std::size_t wanted) -> Result<void> {
    bool heard = false;
    const auto on_message = [&](std::size_t, ByteView message) -> Result<void> {
      heard = true;
      receipts.on_message(message, swarm.arrived_us());
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
  const auto floor = bare_sends_per_s(shape.subscribers, receipts.frame_bytes(), machine.clock);
  if (!floor) return floor.error();
  report.floor_events_per_s = *floor;
  report.floor_of = "one thread sending to as many bare sockets";
  report.paced = true;
  // One thread that does nothing but send has served half of the subscribers by then.
  report.extra["floor_p50_ms"] = static_cast<double>(shape.subscribers) / 2 / *floor * 1e3;
  report.extra["notes"] =
      "latency from the server's stamp on the record, taken before its fdatasync, to its arrival "
      "at the subscriber's socket by the kernel's stamp; all subscribers are one thread on the "
      "same "
      "processors, which reads every 10 ms";
  if (report.events < wanted) {
    return fail(Errc::unavailable, std::to_string(report.events) + " of " + std::to_string(wanted) +
                                       " deliveries arrived");
  }
  return report;
}

}  // namespace houniao::bench
