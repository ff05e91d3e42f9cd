// A fact table that tests of the figures engine write by hand, one row at a time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "replay/metric.h"
#include "schema/catalogue.h"

namespace houniao::testing {

inline std::uint16_t type_of(std::string_view name) {
  return static_cast<std::uint16_t>(find_row(name)->type);
}
inline Day on(std::string_view text) { return *parse_day(text); }

struct FactBook {
  FactTable facts;
  std::uint32_t next = 1;

  // One event of one row, not added yet.
  FactRow row(std::string_view type, std::string_view kind, std::string_view when) {
    FactRow out;
    out.event = event_id(DeviceNumber{7}, DeviceSeq{next++});
    out.seq = Seq{next};
    out.type = type_of(type);
    out.kind = facts.intern(kind);
    out.day = on(when).value;
    out.recorded_day = out.day;
    out.quantity = 1;
    return out;
  }
  FactRow add(FactRow r) {
    facts.add(r);
    return r;
  }
  FactRow add(std::string_view type, std::string_view kind, std::string_view when) {
    return add(row(type, kind, when));
  }
  // Someone in post from that day on; returns the staff id.
  std::uint64_t engage(std::string_view when, std::string_view terms = "full_time") {
    FactRow out = row("StaffEngaged", "social_worker", when);
    out.attr = facts.intern(terms);
    out.staff = out.subject = out.event.value;
    return add(out).staff;
  }
  // As a release is recorded: without kind and terms.
  void release(std::uint64_t staff, std::string_view when) {
    FactRow out = row("StaffReleased", "", when);
    out.staff = out.subject = staff;
    out.flags = kFactEnded;
    add(out);
  }
  void place(std::uint64_t staff, std::uint64_t site, std::string_view when) {
    FactRow out = row("StaffPlaced", "community", when);
    out.staff = out.subject = staff;
    out.site = site;
    add(out);
  }
  FigureInputs inputs() const { return {facts, {}}; }
};

inline Metric metric(MetricOp op, MetricOf of, std::string_view type) {
  Metric m;
  m.op = op;
  m.of = of;
  m.where.types = {type_of(type)};
  return m;
}

}  // namespace houniao::testing
