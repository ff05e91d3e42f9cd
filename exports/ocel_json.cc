#include "exports/ocel_json.h"

#include "exports/text.h"

namespace houniao::exports {
namespace {

const char* name_of_kind(OcelKind kind) {
  switch (kind) {
    case OcelKind::text:
      return "string";
    case OcelKind::integer:
      return "integer";
    case OcelKind::boolean:
      return "boolean";
    case OcelKind::time:
      return "time";
  }
  return "string";
}

Json json_of(const OcelValue& value) {
  if (const auto* time = std::get_if<WallTime>(&value)) return to_rfc3339(*time);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return std::get<bool>(value);
}

Json types_of(const std::vector<std::string>& names,
              const std::vector<OcelAttributeType>& attributes) {
  Json list = Json::array();
  for (const OcelAttributeType& each : attributes) {
    list.push_back({{"name", std::string(each.name)}, {"type", name_of_kind(each.kind)}});
  }
  Json out = Json::array();
  for (const std::string& name : names) out.push_back({{"name", name}, {"attributes", list}});
  return out;
}

Json relations_of(const std::vector<OcelRelation>& relations) {
  Json out = Json::array();
  for (const OcelRelation& each : relations) {
    out.push_back({{"objectId", each.object}, {"qualifier", each.qualifier}});
  }
  return out;
}

class JsonWriter final : public OcelVisitor {
 public:
  explicit JsonWriter(const Sink& sink) : out_(sink) {
    out_.put("{\"objectTypes\":");
    out_.put_json(types_of(ocel_object_types(), ocel_object_attributes()));
    out_.put(",\n\"eventTypes\":");
    out_.put_json(types_of(ocel_event_types(), ocel_event_attributes()));
    out_.put(",\n\"objects\":[");
  }

  void object(const OcelObject& object) override {
    Json attributes = Json::array();
    for (const OcelAttribute& each : object.attributes) {
      // The value at the beginning, as the standard dates it.
      attributes.push_back({{"name", std::string(each.name)},
                            {"time", "1970-01-01T00:00:00Z"},
                            {"value", json_of(each.value)}});
    }
    item({{"id", object.id},
          {"type", std::string(object.type)},
          {"attributes", std::move(attributes)},
          {"relationships", relations_of(object.relations)}});
  }
  void objects_end() override {
    out_.put("\n],\n\"events\":[");
    first_ = true;
  }
  void event(const OcelEvent& event) override {
    Json attributes = Json::array();
    for (const OcelAttribute& each : event.attributes) {
      attributes.push_back({{"name", std::string(each.name)}, {"value", json_of(each.value)}});
    }
    item({{"id", event.id},
          {"type", std::string(event.type)},
          {"time", to_rfc3339(event.time)},
          {"attributes", std::move(attributes)},
          {"relationships", relations_of(event.relations)}});
  }
  bool stopped() const override { return out_.stopped(); }
  void end() { out_.put("\n]}\n"); }

 private:
  void item(const Json& json) {
    out_.put(first_ ? "\n" : ",\n");
    first_ = false;
    out_.put_json(json);
  }

  TextOut out_;
  bool first_ = true;
};

}  // namespace

Result<void> write_ocel_json(const State& state, const EventSource& source, TreeSize end,
                             const Scope& scope, const Sink& sink) {
  JsonWriter writer(sink);
  HOUNIAO_TRY(walk_ocel(state, source, end, scope, writer));
  writer.end();
  return {};
}

}  // namespace houniao::exports
