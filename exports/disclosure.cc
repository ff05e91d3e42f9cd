#include "exports/disclosure.h"

#include <capnp/dynamic.h>

#include <algorithm>
#include <array>
#include <limits>

#include "exports/text.h"
#include "replay/state.h"
#include "schema/codec.h"

namespace houniao::exports {
namespace {

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// UInt64 members, and lists of them, that count something or name a scope or a key.
constexpr std::array<std::string_view, 13> kNumbers = {
    "areaDm2", "bytes",    "deviceSeq", "fromDeviceSeq",  "granted",  "keyId",    "keyIds",
    "scope",   "rawBytes", "scopes",    "perceptualHash", "treeSize", "withdrawn"};

// Never leave: they lead back to a person or a place of one.
constexpr std::array<std::string_view, 19> kKept = {
    "blindIndex",         "phoneIndex",     "numberIndex",    "receiptIndex",
    "respondentIndex",    "accountIndex",   "bankReference",  "receipt",
    "policyNumber",       "queryReference", "before",         "after",
    "latitudeE7",         "longitudeE7",    "perceptualHash", "keyIds",
    "verificationResult", "exifTimeMs",     "signatureSha256"};

// Describe a person, or are free text about one: left out of events of the level personal.
constexpr std::array<std::string_view, 16> kOfPersons = {
    "sex",     "birthYearBand", "nativeRegion", "residenceSite", "employer", "tags",
    "idType",  "idChecksOk",    "under14",      "verification",  "relation", "reason",
    "contact", "legalGround",   "interest",     "documentsHeld"};

bool is_child(const State& state, std::uint64_t id) {
  const Person* person = state.person(PersonId{id});
  return person != nullptr && person->under14;
}

Privacy privacy_of_type(std::uint16_t type) {
  const CatalogueRow* row = find_row(type);
  // What this build does not know may be anything.
  return row == nullptr ? Privacy::confidential : row->privacy;
}

bool is_confidential(const State& state, std::uint64_t id) {
  const EventEntry* entry = state.events.find(EventId{id});
  return entry != nullptr && privacy_of_type(entry->type) == Privacy::confidential;
}

std::string_view name_of(capnp::StructSchema::Field field) {
  const auto name = field.getProto().getName();
  return {name.begin(), name.size()};
}

bool is_day(std::string_view name) {
  return name == "day" || name == "until" || name.ends_with("Day");
}

// The struct of the body that is set; nothing for a type that the schema does not have.
kj::Maybe<capnp::DynamicStruct::Reader> body_struct(schema::Event::Reader event) {
  if (find_row(event.getBody().which()) == nullptr) return nullptr;
  const capnp::DynamicStruct::Reader whole = event;
  const auto body = whole.get("body").as<capnp::DynamicStruct>();
  KJ_IF_MAYBE (field, body.which()) {
    return body.get(*field).as<capnp::DynamicStruct>();
  }
  return nullptr;
}

// Calls visit(path, id) for every id in the struct and what lies below it.
template <class Visit>
void each_id(capnp::DynamicStruct::Reader from, const std::string& prefix, const Visit& visit) {
  for (const auto field : from.getSchema().getFields()) {
    const std::string_view name = name_of(field);
    const std::string path = prefix + snake_case(name);
    const auto type = field.getType();
    if (type.isUInt64()) {
      if (!is_number_member(name)) visit(path, from.get(field).as<std::uint64_t>());
    } else if (type.isStruct()) {
      each_id(from.get(field).as<capnp::DynamicStruct>(), path + ".", visit);
    } else if (type.isList() && type.asList().getElementType().isUInt64()) {
      if (is_number_member(name)) continue;
      for (const auto id : from.get(field).as<capnp::DynamicList>()) {
        visit(path, id.as<std::uint64_t>());
      }
    } else if (type.isList() && type.asList().getElementType().isStruct()) {
      for (const auto item : from.get(field).as<capnp::DynamicList>()) {
        each_id(item.as<capnp::DynamicStruct>(), path + ".", visit);
      }
    }
  }
}

class BodyWriter {
 public:
  BodyWriter(const State& state, bool personal) : state_(state), personal_(personal) {}

  Json object(capnp::DynamicStruct::Reader from) const {
    Json out = Json::object();
    for (const auto field : from.getSchema().getFields()) {
      const std::string_view name = name_of(field);
      if (is_among(kKept, name) || (personal_ && is_among(kOfPersons, name))) continue;
      Json value = this->value(name, field.getType(), from.get(field));
      if (!value.is_null()) out[snake_case(name)] = std::move(value);
    }
    return out;
  }

 private:
  Json value(std::string_view name, capnp::Type type, capnp::DynamicValue::Reader from) const {
    if (type.isUInt64()) return id_or_number(name, from.as<std::uint64_t>());
    if (type.isInt32() && is_day(name)) return day(from.as<std::int32_t>());
    if (type.isList()) return list(name, type.asList().getElementType(), from);
    if (type.isStruct()) return object(from.as<capnp::DynamicStruct>());
    switch (from.getType()) {
      case capnp::DynamicValue::BOOL:
        return from.as<bool>();
      case capnp::DynamicValue::INT:
        return from.as<std::int64_t>();
      case capnp::DynamicValue::UINT:
        return from.as<std::uint64_t>();
      case capnp::DynamicValue::ENUM:
        return enumerant(from.as<capnp::DynamicEnum>());
      case capnp::DynamicValue::TEXT: {
        const auto text = from.as<capnp::Text>();
        return std::string(text.begin(), text.size());
      }
      case capnp::DynamicValue::DATA:
        return hex(to_view(from.as<capnp::Data>()));
      default:
        return nullptr;
    }
  }

  Json list(std::string_view name, capnp::Type item_type, capnp::DynamicValue::Reader from) const {
    Json out = Json::array();
    for (const auto item : from.as<capnp::DynamicList>()) {
      Json each = value(name, item_type, item);
      if (!each.is_null()) out.push_back(std::move(each));
    }
    return out;
  }

  Json id_or_number(std::string_view name, std::uint64_t value) const {
    if (is_number_member(name)) return value;
    if (value == 0 || !may_name(state_, value)) return nullptr;
    return id_text(value);
  }

  static Json day(std::int32_t value) {
    if (value == 0 || value == std::numeric_limits<std::int32_t>::max()) return nullptr;
    return to_string(Day{value});
  }
  static Json hex(ByteView bytes) { return bytes.empty() ? Json(nullptr) : Json(to_hex(bytes)); }
  static Json enumerant(capnp::DynamicEnum value) {
    KJ_IF_MAYBE (known, value.getEnumerant()) {
      const auto name = known->getProto().getName();
      return snake_case({name.begin(), name.size()});
    }
    return value.getRaw();
  }

  const State& state_;
  bool personal_;
};

}  // namespace

bool is_number_member(std::string_view name) { return is_among(kNumbers, name); }

bool may_name(const State& state, std::uint64_t id) {
  return !is_confidential(state, id) && !is_child(state, id);
}

Disclosure disclosure_of(const State& state, schema::Event::Reader event) {
  const auto privacy = privacy_of_type(static_cast<std::uint16_t>(event.getBody().which()));
  if (privacy == Privacy::confidential) return Disclosure::nothing;
  bool names_case_work = false;
  for (const std::uint64_t cause : event.getCauses()) {
    names_case_work = names_case_work || is_confidential(state, cause);
  }
  KJ_IF_MAYBE (body, body_struct(event)) {
    each_id(*body, "", [&](const std::string&, std::uint64_t id) {
      names_case_work = names_case_work || is_confidential(state, id);
    });
  }
  if (names_case_work) return Disclosure::nothing;
  if (event.getBody().isPersonRegistered() && event.getBody().getPersonRegistered().getUnder14()) {
    return Disclosure::nothing;
  }
  return privacy == Privacy::sensitive ? Disclosure::envelope : Disclosure::whole;
}

namespace {

// Members of a person's item (/v1/people) that describe the person.
constexpr std::array<std::string_view, 6> kDescribing = {
    "sex", "birth_year_band", "native_region", "residence_site", "employer", "tags"};

Json without_hidden_ids(const State& state, const Json& value) {
  if (value.is_string()) {
    const EventId id = parse_event_id(value.get_ref<const std::string&>());
    return id && !may_name(state, id.value) ? Json(nullptr) : value;
  }
  if (!value.is_structured()) return value;
  Json out = value.is_array() ? Json::array() : Json::object();
  for (const auto& [name, part] : value.items()) {
    if (value.is_array()) {
      out.push_back(without_hidden_ids(state, part));
    } else {
      out[name] = without_hidden_ids(state, part);
    }
  }
  return out;
}

}  // namespace

std::optional<Json> item_that_may_leave(const State& state, const Json& item) {
  Json out = without_hidden_ids(state, item);
  if (!out.is_object()) return out;
  for (const char* name : {"id", "event"}) {
    if (item.contains(name) && item.at(name).is_string() && out.at(name).is_null()) {
      return std::nullopt;
    }
  }
  if (out.contains("under14_at_registration")) {
    for (const std::string_view name : kDescribing) out.erase(std::string(name));
  }
  return out;
}

bool is_audit_work(std::uint16_t type) {
  const CatalogueRow* row = find_row(type);
  return row != nullptr && row->family == Family::audit && row->privacy == Privacy::internal;
}

std::string_view entity_type_of(std::uint16_t type) {
  using Body = schema::Event::Body;
  switch (static_cast<EventType>(type)) {
    case Body::PROGRAMME_OPENED:
      return "programme";
    case Body::OBLIGATION_DEFINED:
      return "obligation";
    case Body::PERSON_REGISTERED:
      return "person";
    case Body::ORGANISATION_REGISTERED:
      return "organisation";
    case Body::AGREEMENT_SIGNED:
      return "agreement";
    case Body::SITE_OPENED:
      return "site";
    case Body::ASSET_RECORDED:
      return "asset";
    case Body::STAFF_ENGAGED:
      return "staff";
    case Body::SESSION_PLANNED:
    case Body::SESSION_HELD:
      return "session";
    case Body::SERVICE_DELIVERED:
      return "service";
    case Body::AGENCY_CASE_OPENED:
      return "agency_case";
    case Body::CONTRACT_SIGNED:
      return "contract";
    case Body::MILESTONE_SUBMITTED:
      return "milestone";
    case Body::FUND_SOURCE_ESTABLISHED:
      return "fund";
    case Body::INVOICE_RECORDED:
      return "invoice";
    case Body::DISBURSEMENT_REQUESTED:
      return "request";
    case Body::DISBURSEMENT_PAID:
      return "payment";
    case Body::VOLUNTEER_ENROLLED:
      return "volunteer";
    case Body::DUTY_CHECKED_IN:
      return "duty";
    case Body::HOURS_RECORDED:
      return "hours_record";
    case Body::HOURS_CERTIFICATE_ISSUED:
      return "certificate";
    case Body::POINTS_ALLOWANCE_LEASED:
      return "lease";
    case Body::DEMAND_RAISED:
      return "demand";
    case Body::ORDER_POSTED:
      return "order";
    case Body::ORDER_CLAIMED:
      return "claim";
    case Body::ORDER_ASSIGNED:
      return "assignment";
    case Body::CALL_OPENED:
      return "call";
    case Body::PROPOSAL_SUBMITTED:
      return "proposal";
    case Body::AWARD_DECIDED:
      return "award";
    case Body::FINDING_ISSUED:
      return "finding";
    default:
      return {};
  }
}

std::string_view entity_type(const State& state, std::uint64_t id) {
  const EventEntry* entry = state.events.find(EventId{id});
  if (entry == nullptr || !may_name(state, id)) return {};
  return entity_type_of(entry->type);
}

std::vector<Reference> references_of(const State& state, schema::Event::Reader event) {
  std::vector<Reference> out;
  KJ_IF_MAYBE (body, body_struct(event)) {
    each_id(*body, "", [&](const std::string& field, std::uint64_t id) {
      if (id != 0 && may_name(state, id)) out.push_back({field, id});
    });
  }
  return out;
}

Json body_of(const State& state, schema::Event::Reader event) {
  if (disclosure_of(state, event) != Disclosure::whole) return Json::object();
  const auto privacy = privacy_of_type(static_cast<std::uint16_t>(event.getBody().which()));
  KJ_IF_MAYBE (body, body_struct(event)) {
    return BodyWriter(state, privacy >= Privacy::personal).object(*body);
  }
  return Json::object();
}

}  // namespace houniao::exports
