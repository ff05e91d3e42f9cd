#include "exports/cloud_events.h"

#include "exports/disclosure.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

std::string sequence_of(Seq seq) {
  std::string digits = std::to_string(seq.value);
  digits.insert(0, 20 - digits.size(), '0');
  return digits;
}

std::string_view name_of_verdict(std::uint16_t verdict) {
  switch (static_cast<schema::Verdict>(verdict)) {
    case schema::Verdict::ACCEPTED:
      return "accepted";
    case schema::Verdict::FLAGGED:
      return "flagged";
    case schema::Verdict::HELD:
      return "held";
  }
  return "unknown";
}

// The entity that the event brings into being, else the first that it names.
std::string subject_of(const State& state, EventId id, schema::Event::Reader event) {
  if (const std::string_view own = entity_type(state, id.value); !own.empty()) {
    return std::string(own) + "/" + to_string(id);
  }
  for (const Reference& reference : references_of(state, event)) {
    const std::string_view type = entity_type(state, reference.id);
    if (!type.empty()) return std::string(type) + "/" + id_text(reference.id);
  }
  return {};
}

void set_id(Json& out, const char* name, std::uint64_t id, const State& state) {
  if (id != 0 && may_name(state, id)) out[name] = id_text(id);
}

Json data_of(const State& state, schema::Event::Reader event) {
  Json out = Json::object();
  set_id(out, "programme", event.getProgramme(), state);
  set_id(out, "site", event.getSite(), state);
  set_id(out, "organisation", event.getOrganisation(), state);
  out["occurred"] = to_string(Day{event.getOccurredDay()});
  out["sealed"] = event.getSealed().size();
  if (disclosure_of(state, event) == Disclosure::whole) out["body"] = body_of(state, event);
  return out;
}

// Calls take(seq, event) for at most `limit` events that may leave, until it returns false.
template <class Take>
Result<CloudPage> walk(const State& state, const EventSource& source, Seq from, TreeSize end,
                       const Scope& scope, std::string_view origin, std::size_t limit,
                       const Take& take) {
  CloudPage page;
  page.next = from;
  HOUNIAO_TRY(source.each(from, end, [&](const LoggedEvent& logged) {
    if (page.count == limit) {
      page.at_end = false;
      return false;
    }
    page.next = Seq{logged.seq.value + 1};
    const schema::Event::Reader event = logged.event->get();
    if (!scope.has(event.getProgramme(), Day{event.getOccurredDay()})) return true;
    const auto type = static_cast<std::uint16_t>(event.getBody().which());
    if (!scope.audit_work && is_audit_work(type)) return true;
    if (const auto json = cloud_event(state, logged, origin)) {
      ++page.count;
      return take(logged.seq, *json);
    }
    return true;
  }));
  if (page.at_end) page.next = Seq{std::max(from.value, end.value)};
  return page;
}

}  // namespace

std::optional<Json> cloud_event(const State& state, const LoggedEvent& logged,
                                std::string_view origin) {
  const schema::Event::Reader event = logged.event->get();
  const CatalogueRow* row = logged.event->row();
  if (row == nullptr || disclosure_of(state, event) == Disclosure::nothing) return std::nullopt;
  const EventId id = logged.id(state);
  if (!id) return std::nullopt;
  Json out;
  out["specversion"] = "1.0";
  out["id"] = to_string(id);
  out["source"] = "//" + std::string(origin) + "/devices/" + std::to_string(device_of(id).value);
  out["type"] = reverse_dns(origin) + "." + std::string(name_of(row->family)) + "." +
                snake_case(row->name) + ".v1";
  if (std::string subject = subject_of(state, id, event); !subject.empty()) {
    out["subject"] = std::move(subject);
  }
  out["time"] = to_rfc3339(occurred_at(Day{event.getOccurredDay()}, event.getOccurredMinute()));
  out["datacontenttype"] = "application/json";
  out["recordedtime"] = rfc3339_exact(logged.received);
  out["sequence"] = sequence_of(logged.seq);
  out["verdict"] = std::string(name_of_verdict(logged.verdict));
  out["data"] = data_of(state, event);
  return out;
}

Result<CloudPage> write_cloud_batch(const State& state, const EventSource& source, Seq from,
                                    TreeSize end, const Scope& scope, std::string_view origin,
                                    std::size_t limit, const Sink& sink) {
  TextOut out(sink);
  JsonArrayOut items(out);
  auto page = walk(state, source, from, end, scope, origin, limit, [&](Seq, const Json& event) {
    items.item(event);
    return !out.stopped();
  });
  items.end();
  out.put("\n");
  return page;
}

Result<CloudPage> write_event_stream(const State& state, const EventSource& source, Seq from,
                                     TreeSize end, const Scope& scope, std::string_view origin,
                                     std::size_t limit, const Sink& sink) {
  TextOut out(sink);
  // Compact JSON has no line end, so that one `data` line holds the whole event.
  return walk(state, source, from, end, scope, origin, limit, [&](Seq seq, const Json& event) {
    out.put("id: " + std::to_string(seq.value) + "\ndata: " + dump(event) + "\n\n");
    return !out.stopped();
  });
}

}  // namespace houniao::exports
