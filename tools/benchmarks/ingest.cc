#include "tools/benchmarks/clients.h"
#include "tools/benchmarks/push_load.h"

namespace houniao::bench {

Result<Report> measure_ingest(const Machine& machine, const IngestShape& shape) {
  Report report;
  report.work = "ingest";
  {
    auto server = LoadServer::start(machine);
    if (!server) return server.error();
    Swarm swarm;
    auto devices = open_sessions(swarm, **server, shape.sessions, machine.random);
    if (!devices) return devices.error();
    const PushPlan plan{shape.events, shape.push_events, shape.in_flight};
    HOUNIAO_TRY(push_all(**server, swarm, *devices, plan, machine.clock, report));
  }
  report.extra["sessions"] = shape.sessions;
  report.extra["push_events"] = shape.push_events;
  report.extra["in_flight"] = shape.in_flight;
  HOUNIAO_TRY(add_floor(machine, shape.push_events * shape.sessions * shape.in_flight, report));
  return report;
}

Result<Report> measure_acks(const Machine& machine, const AcksShape& shape) {
  Report report;
  report.work = "acks";
  {
    auto server = LoadServer::start(machine);
    if (!server) return server.error();
    Swarm swarm;
    auto devices = open_sessions(swarm, **server, shape.sessions, machine.random);
    if (!devices) return devices.error();
    HOUNIAO_TRY(push_all(**server, swarm, *devices, {shape.events, 1, 1}, machine.clock, report));
  }
  report.extra["sessions"] = shape.sessions;
  HOUNIAO_TRY(add_floor(machine, shape.sessions, report));
  return report;
}

}  // namespace houniao::bench
