#include "exports/prov.h"

#include "exports/disclosure.h"
#include "exports/text.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

Json typed(std::string_view value, std::string_view type) {
  return {{"$", std::string(value)}, {"type", std::string(type)}};
}
Json qualified(std::string_view name) { return typed(name, "prov:QUALIFIED_NAME"); }

class Document {
 public:
  Document(const State& state, const std::string& origin) : state_(state) {
    json_["prefix"] = {{"hn", "https://" + origin + "/id/"},
                       {"hnv", "https://" + origin + "/vocabulary#"},
                       {"xsd", "http://www.w3.org/2001/XMLSchema#"}};
    for (const char* part :
         {"entity", "activity", "agent", "used", "wasGeneratedBy", "wasDerivedFrom",
          "wasAssociatedWith", "wasAttributedTo", "actedOnBehalfOf"}) {
      json_[part] = Json::object();
    }
  }

  void seal(const LoggedEvent& logged, EventId id);

  // A part without members is left out: it would say nothing.
  Json finish() {
    Json out = Json::object();
    for (const auto& [name, part] : json_.items()) {
      if (!part.empty()) out[name] = part;
    }
    return out;
  }

 private:
  // A relation, under a name of its own.
  void relate(const char* relation, Json members) {
    json_[relation]["_:r" + std::to_string(++relations_)] = std::move(members);
  }
  std::string device(DeviceNumber number);
  std::string organisation(OrganisationId id);

  const State& state_;
  Json json_ = Json::object();
  std::size_t relations_ = 0;
};

std::string Document::organisation(OrganisationId id) {
  const std::string name = "hn:organisation-" + id_text(id);
  Json agent = {{"prov:type", qualified("prov:Organization")}};
  const Organisation* found = state_.organisation(id);
  if (found != nullptr && !found->name.empty()) agent["prov:label"] = found->name;
  json_["agent"][name] = std::move(agent);
  return name;
}

std::string Document::device(DeviceNumber number) {
  const std::string name = "hn:device-" + std::to_string(number.value);
  json_["agent"][name] = {{"prov:type", qualified("prov:SoftwareAgent")}};
  const Device* found = state_.device(number);
  if (found == nullptr) return name;
  json_["agent"][name]["hnv:deviceId"] = to_hex(found->id.bytes);
  if (found->holder_organisation) {
    relate("actedOnBehalfOf", {{"prov:delegate", name},
                               {"prov:responsible", organisation(found->holder_organisation)}});
  }
  return name;
}

void Document::seal(const LoggedEvent& logged, EventId id) {
  const auto body = logged.event->get().getBody().getPeriodSealed();
  const std::string sealing = "hn:sealing-" + to_string(id);
  const std::string records = "hn:records-" + std::to_string(body.getTreeSize());
  json_["entity"][records] = {
      {"prov:type", qualified("prov:Collection")},
      {"hnv:treeSize", typed(std::to_string(body.getTreeSize()), "xsd:unsignedLong")},
      {"hnv:root", typed(to_hex(to_view(body.getRoot())), "xsd:hexBinary")}};
  json_["activity"][sealing] = {{"prov:endTime", to_rfc3339(logged.received)},
                                {"prov:type", qualified("hnv:PeriodSealed")},
                                {"hnv:programme", id_text(body.getProgramme())},
                                {"hnv:from", typed(to_string(Day{body.getFromDay()}), "xsd:date")},
                                {"hnv:to", typed(to_string(Day{body.getToDay()}), "xsd:date")}};
  relate("used", {{"prov:activity", sealing}, {"prov:entity", records}});
  const std::string recorder = device(device_of(id));
  relate("wasAssociatedWith", {{"prov:activity", sealing}, {"prov:agent", recorder}});
  for (const std::uint64_t signer : body.getSigners()) {
    if (signer == 0 || !may_name(state_, signer)) continue;
    const std::string agent = "hn:signer-" + id_text(signer);
    json_["agent"][agent] = {{"prov:type", qualified("prov:Person")}};
    relate("wasAssociatedWith", {{"prov:activity", sealing}, {"prov:agent", agent}});
  }
  unsigned number = 0;
  for (const auto report : body.getReports()) {
    const std::string entity = "hn:report-" + to_string(id) + "-" + std::to_string(++number);
    json_["entity"][entity] = {
        {"prov:label", std::string(to_view(report.getName()))},
        {"prov:type", qualified("hnv:Report")},
        {"hnv:sha256", typed(to_hex(to_view(report.getSha256())), "xsd:hexBinary")}};
    relate("wasGeneratedBy", {{"prov:entity", entity},
                              {"prov:activity", sealing},
                              {"prov:time", to_rfc3339(logged.received)}});
    relate("wasDerivedFrom", {{"prov:generatedEntity", entity},
                              {"prov:usedEntity", records},
                              {"prov:activity", sealing}});
    relate("wasAttributedTo", {{"prov:entity", entity}, {"prov:agent", recorder}});
  }
}

}  // namespace

Result<void> write_prov(const State& state, const EventSource& source, TreeSize end,
                        const Scope& scope, const std::string& origin, const Sink& sink) {
  Document document(state, origin);
  HOUNIAO_TRY(source.each(Seq{0}, end, [&](const LoggedEvent& logged) {
    if (logged.event->type() != schema::Event::Body::PERIOD_SEALED) return true;
    const EventId id = logged.id(state);
    const auto body = logged.event->get().getBody().getPeriodSealed();
    if (!state.in_force(id) || !scope.has(body.getProgramme(), Day{body.getToDay()})) return true;
    document.seal(logged, id);
    return true;
  }));
  TextOut out(sink);
  out.put_json(document.finish());
  out.put("\n");
  return {};
}

}  // namespace houniao::exports
