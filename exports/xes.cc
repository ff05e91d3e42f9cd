#include "exports/xes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "exports/ocel.h"
#include "exports/text.h"
#include "exports/xml.h"

namespace houniao::exports {
namespace {

struct TraceEvent {
  WallTime time;
  Seq seq;
  std::uint64_t id = 0;
  std::uint64_t actor = 0;
  std::string_view type;

  bool operator<(const TraceEvent& other) const {
    return std::tie(time.us, seq) < std::tie(other.time.us, other.seq);
  }
};

// The standard transitional model, where an event is one step of a longer activity.
std::string_view transition_of(std::string_view type) {
  static const std::map<std::string_view, std::string_view> kSteps = {
      {"SessionPlanned", "schedule"},     {"OrderPosted", "schedule"},
      {"OrderClaimed", "reassign"},       {"OrderAssigned", "assign"},
      {"OrderWithdrawn", "withdraw"},     {"OrderFulfilled", "complete"},
      {"AgencyCaseOpened", "start"},      {"ContractSigned", "start"},
      {"ContractClosed", "complete"},     {"DisbursementRequested", "schedule"},
      {"DisbursementApproved", "assign"}, {"CallOpened", "schedule"},
      {"EventRetracted", "ate_abort"},    {"PersonRegistered", "start"}};
  const auto step = kSteps.find(type);
  return step == kSteps.end() ? "complete" : step->second;
}

class Traces final : public OcelVisitor {
 public:
  explicit Traces(std::string case_type) : case_type_(std::move(case_type)) {}

  void object(const OcelObject& object) override {
    if (object.type == case_type_) cases_[parse_event_id(object.id).value];
  }
  void event(const OcelEvent& event) override {
    std::set<std::uint64_t> named;
    for (const OcelRelation& each : event.relations) {
      named.insert(parse_event_id(each.object).value);
    }
    for (const std::uint64_t id : named) {
      const auto found = cases_.find(id);
      if (found == cases_.end()) continue;
      found->second.push_back(
          {event.time, event.seq, parse_event_id(event.id).value, event.actor, event.type});
    }
  }

  std::map<std::uint64_t, std::vector<TraceEvent>>& cases() { return cases_; }

 private:
  std::string case_type_;
  std::map<std::uint64_t, std::vector<TraceEvent>> cases_;
};

void string_of(XmlOut& out, std::string_view key, std::string_view value) {
  out.empty("string", {{"key", key}, {"value", value}});
}

void write_event(XmlOut& out, const TraceEvent& event) {
  out.open("event");
  string_of(out, "concept:name", event.type);
  string_of(out, "concept:instance", id_text(event.id));
  string_of(out, "lifecycle:transition", transition_of(event.type));
  out.empty("date", {{"key", "time:timestamp"}, {"value", to_rfc3339(event.time)}});
  if (event.actor != 0) string_of(out, "org:resource", id_text(event.actor));
  out.close();
}

void write_head(XmlOut& out, const std::string& case_type) {
  struct Extension {
    std::string_view name, prefix, uri;
  };
  for (const Extension& each :
       {Extension{"Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"},
        Extension{"Organizational", "org", "http://www.xes-standard.org/org.xesext"},
        Extension{"Time", "time", "http://www.xes-standard.org/time.xesext"},
        Extension{"Concept", "concept", "http://www.xes-standard.org/concept.xesext"}}) {
    out.empty("extension", {{"name", each.name}, {"prefix", each.prefix}, {"uri", each.uri}});
  }
  out.open("global", {{"scope", "trace"}});
  string_of(out, "concept:name", "name");
  out.close();
  out.open("global", {{"scope", "event"}});
  string_of(out, "concept:name", "name");
  out.empty("date", {{"key", "time:timestamp"}, {"value", "1970-01-01T00:00:00+08:00"}});
  string_of(out, "lifecycle:transition", "complete");
  out.close();
  out.empty("classifier", {{"name", "Activity"}, {"keys", "concept:name"}});
  out.empty("classifier",
            {{"name", "Activity and step"}, {"keys", "concept:name lifecycle:transition"}});
  string_of(out, "concept:name", "houniao " + case_type);
  string_of(out, "lifecycle:model", "standard");
}

}  // namespace

Result<void> write_xes(const State& state, const EventSource& source, TreeSize end,
                       const Scope& scope, const std::string& case_type, const Sink& sink) {
  const std::vector<std::string> types = ocel_object_types();
  if (std::find(types.begin(), types.end(), case_type) == types.end()) {
    std::string known;
    for (const std::string& type : types) known += " " + type;
    return fail(Errc::invalid_argument, "a case is one of:" + known);
  }
  Traces traces(case_type);
  HOUNIAO_TRY(walk_ocel(state, source, end, scope, traces));
  XmlOut out(sink);
  out.open("log", {{"xes.version", "1849-2016"},
                   {"xes.features", ""},
                   {"xmlns", "http://www.xes-standard.org/"}});
  write_head(out, case_type);
  for (auto& [id, events] : traces.cases()) {
    if (out.stopped()) break;
    if (events.empty()) continue;
    std::sort(events.begin(), events.end());
    out.open("trace");
    string_of(out, "concept:name", case_type + "/" + id_text(id));
    for (const TraceEvent& event : events) write_event(out, event);
    out.close();
  }
  out.close();
  return {};
}

}  // namespace houniao::exports
