// The mapping file: what it can say, and that every mistake is told with its place.
#include <gtest/gtest.h>

#include "schema/server_events.h"
#include "tools/import/mapping.h"

namespace houniao::importing {
namespace {

// A mapping with one entry whose members are these.
std::string with_entry(const std::string& members) {
  return R"({"version":1,"spaces":{"person":"number","site":"text"},"sheets":[{)" + members + "}]}";
}
constexpr const char* kDay = R"("envelope":{"occurredDay":{"value":"2014-03-05"}})";
// The same with one field of a PersonRegistered, or of another event.
std::string with_field(const std::string& field, const std::string& event = "PersonRegistered") {
  return with_entry("\"event\":\"" + event + "\"," + kDay + ",\"fields\":{" + field + "}");
}

std::string error_of(const std::string& mapping) {
  const auto parsed = parse_mapping(mapping);
  if (parsed) return "no error";
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  return parsed.error().detail;
}

const Rule& only_field(const Mapping& mapping) {
  return mapping.entries.front().fields.front().rule;
}

TEST(Mapping, EveryMemberHasItsPlaceInTheRules) {
  const auto mapping = parse_mapping(with_entry(
      R"("event":"PersonRegistered","as":"people","sheet":"人员","headerRow":3,"lastRow":90,
         "key":{"space":"person","columns":["身份证号"]},
         "envelope":{"occurredDay":{"column":"日期","type":"date","formats":["YYYY-MM-DD"]},
                     "scope":{"value":16},"site":{"column":"站点","reference":"site"}},
         "personal":{"name":{"column":"姓名"},"idNumber":{"column":"身份证号","check":"residentId"}},
         "fields":{"sex":{"column":"性别","codes":{"男":"male","女":"female"}},
                   "idType":{"value":"residentId","whenFilled":"身份证号"},
                   "tags":{"column":"标签","split":"、","codes":{"老人":"elder"}}})"));
  ASSERT_TRUE(mapping) << mapping.error().message();
  const Entry& entry = mapping->entries.front();
  EXPECT_EQ(entry.label, "people");
  EXPECT_EQ(entry.header_row, 3U);
  EXPECT_EQ(entry.first_row, 4U);
  EXPECT_EQ(entry.last_row, 90U);
  ASSERT_TRUE(entry.key);
  EXPECT_EQ(entry.key->form, KeyForm::number);
  EXPECT_TRUE(entry.envelope.occurred->required) << "an old event has a day";
  EXPECT_EQ(entry.personal.name->text.check, Check::name);
  EXPECT_EQ(entry.columns.size(), 6U) << "each column once";
  EXPECT_EQ(entry.fields.size(), 3U);
}

TEST(Mapping, MistakesNameTheirPlaceAndWhatIsPossible) {
  const std::tuple<std::string, const char*, const char*> kCases[] = {
      {"{", "not JSON", ""},
      {"[]", "mapping /", "object"},
      {R"({"version":2,"sheets":[]})", "/version", ""},
      {R"({"version":1,"sheets":[]})", "/sheets", "entries"},
      {R"({"version":1,"sheets":[],"colour":1})", "colour", "possible are"},
      {with_field(R"("sex":{"column":"A","codes":{"男":"female","男":"male"}})"),
       "/sheets/0/fields/sex/codes/男", "stands twice"},
      {with_field("", "LogKeyChanged"), "/sheets/0/event", "only the server records"},
      {with_field("", "DeviceEnrolled"), "/sheets/0/event", "only the server records"},
      {R"({"version":1,"encoding":"latin1","sheets":[]})", "/encoding", "gb18030"},
      {R"({"version":1,"spaces":{"a":"words"},"sheets":[]})", "/spaces/a", "number"},
      {with_entry("\"event\":\"PersonRegisterd\""), "/sheets/0/event", "PersonRegistered"},
      {with_entry("\"event\":\"PersonRegistered\""), "/sheets/0", "envelope"},
      {with_entry(R"("event":"PersonRegistered","envelope":{})"), "/sheets/0/envelope",
       "occurredDay"},
      {with_field(R"("sexx":{"value":"male"})"), "/sheets/0/fields/sexx", "birthYearBand"},
      {with_field(R"("sex":{"value":"malee"})"), "/sheets/0/fields/sex/value",
       "unknown, male, female, notStated"},
      {with_field(R"("sex":{"column":"性别","codes":{"男":"man"}})"),
       "/sheets/0/fields/sex/codes/男", "notStated"},
      {with_field(R"("birthYearBand":{"value":70000})"), "/sheets/0/fields/birthYearBand/value",
       "65535"},
      {with_field(R"("sex":{"colunm":"性别"})"), "/sheets/0/fields/sex", "colunm"},
      {with_field(R"("sex":{})"), "/sheets/0/fields/sex", "column"},
      {with_field(R"("sex":{"column":""})"), "/sheets/0/fields/sex/column", "header"},
      {with_field(R"("tags":{"column":"标签"})"), "/sheets/0/fields/tags", "split"},
      {with_field(R"("residenceSite":{"column":"社区"})"), "/sheets/0/fields/residenceSite",
       "reference"},
      {with_field(R"("residenceSite":{"column":"社区","reference":"place"})"),
       "/sheets/0/fields/residenceSite/reference", "/spaces"},
      {with_field(R"("sex":{"column":"x","reference":"site"})"), "/sheets/0/fields/sex/reference",
       "takes no id"},
      {with_field(R"("sex":{"column":"x","type":"date"})"), "/sheets/0/fields/sex/type",
       "does not take"},
      {with_field(R"("blindIndex":{"value":"00"})"), "/sheets/0/fields/blindIndex", "SDK"},
      {with_field(R"("day":{"column":"日期"})", "StaffReleased"), "/sheets/0/fields/day",
       "\"type\": \"date\""},
      {with_field(R"("amountFen":{"column":"金额"})", "FundsReceived"),
       "/sheets/0/fields/amountFen", "money"},
      {with_field(R"("day":{"column":"日期","type":"date"})", "StaffReleased"),
       "/sheets/0/fields/day", "formats"},
      {with_field(R"("day":{"column":"日期","type":"date","formats":["YYYY年M月"]})",
                  "StaffReleased"),
       "/sheets/0/fields/day/formats", "partialMeans"},
      {with_field(R"("day":{"column":"日期","type":"date","formats":["YYYYM月D日"]})",
                  "StaffReleased"),
       "/sheets/0/fields/day/formats/0", "two ways"},
      {with_field(R"("day":{"column":"日期","type":"date","formats":["YYYY"],"unit":"元"})",
                  "StaffReleased"),
       "/sheets/0/fields/day", ""},
      {with_field(R"("amountFen":{"column":"金额","type":"money","unit":"美元"})", "FundsReceived"),
       "/sheets/0/fields/amountFen/unit", "万元"},
      {with_field(R"("minutes":{"column":"小时","type":"decimal"})", "ServiceDelivered"),
       "/sheets/0/fields/minutes", "multiply"},
      {with_field(R"("interval":{"column":"x"})", "StaffPlaced"), "/sheets/0/fields/interval",
       "fields"},
      {with_field(R"("interval":{"fields":{"fromDay":{"value":"yesterday"}}})", "StaffPlaced"),
       "/sheets/0/fields/interval/fields/fromDay/value", "2014-03-05"},
      {with_entry("\"event\":\"PersonRegistered\"," + std::string(kDay) +
                  R"(,"personal":{"name":{"value":"张三"}})"),
       "/sheets/0/personal/name", "no constant"},
      {with_entry("\"event\":\"PersonRegistered\"," + std::string(kDay) +
                  R"(,"key":{"space":"persn","columns":[1]})"),
       "/sheets/0/key/space", "/spaces"},
      {with_entry("\"event\":\"PersonRegistered\"," + std::string(kDay) +
                  R"(,"headerRow":5,"firstRow":5)"),
       "/sheets/0/firstRow", "6"},
      {R"({"version":1,"sheets":[{"event":"PersonRegistered",)" + std::string(kDay) +
           R"(},{"event":"PersonRegistered",)" + kDay + "}]}",
       "/sheets/1", "\"as\""},
  };
  for (const auto& [mapping, place, hint] : kCases) {
    const std::string error = error_of(mapping);
    EXPECT_NE(error.find(place), std::string::npos) << place << " in: " << error;
    EXPECT_NE(error.find(hint), std::string::npos) << hint << " in: " << error;
  }
}

TEST(Mapping, ConstantsAreInTheUnitOfTheField) {
  const auto day = parse_mapping(with_field(R"("day":{"value":"2014-03-05"})", "StaffReleased"));
  ASSERT_TRUE(day) << day.error().message();
  EXPECT_EQ(std::get<std::int64_t>(only_field(*day).constant.it), to_day({2014, 3, 5}).value);
  const auto open = parse_mapping(with_field(R"("toDay":{"value":2147483647})", "AgreementSigned"));
  ASSERT_TRUE(open) << open.error().message();
  const auto id = parse_mapping(with_field(R"("residenceSite":{"value":"2-7"})"));
  ASSERT_TRUE(id);
  EXPECT_EQ(std::get<std::uint64_t>(only_field(*id).constant.it), (std::uint64_t{2} << 32) + 7);
  const auto list = parse_mapping(with_field(R"("tags":{"value":["elder","minor"]})"));
  ASSERT_TRUE(list);
  EXPECT_EQ(std::get<Value::List>(only_field(*list).constant.it).size(), 2U);
}

TEST(Mapping, ListsOfStructuresAreBuiltElementByElement) {
  const auto mapping = parse_mapping(with_field(
      R"("deliverables":{"list":[{"fields":{"code":{"value":"d1"},
          "quantity":{"column":"场次","type":"integer"},
          "unitPriceFen":{"column":"单价","type":"money"}}}]})",
      "ContractSigned"));
  ASSERT_TRUE(mapping) << mapping.error().message();
  const Rule& rule = only_field(*mapping);
  ASSERT_EQ(rule.kind, Rule::Kind::list);
  ASSERT_EQ(rule.items.size(), 1U);
  EXPECT_EQ(rule.items[0].members.size(), 3U);
}

// The promise of the import: no type needs code of its own. Every field of every type, down to the
// leaves, is a target that a rule can be written for.
void expect_importable(capnp::StructSchema schema, const std::string& owner, int depth) {
  ASSERT_LT(depth, 6) << owner;
  for (const auto field : schema.getFields()) {
    const std::string name = owner + "." + field.getProto().getName().cStr();
    auto target = target_of(field.getType(), name);
    ASSERT_TRUE(target) << name;
    while (target->kind == Target::Kind::list) {
      target = target_of(target->type.asList().getElementType(), name);
      ASSERT_TRUE(target) << name;
    }
    if (target->kind == Target::Kind::structure) {
      expect_importable(target->type.asStruct(), name, depth + 1);
    }
  }
}

TEST(Mapping, EveryFieldOfEveryEventTypeCanBeWritten) {
  for (const CatalogueRow& row : kCatalogue) {
    expect_importable(body_of(row), std::string(row.name), 0);
  }
}

TEST(Mapping, ConstantsOfEveryEventTypeEncodeAsThatType) {
  for (const CatalogueRow& row : kCatalogue) {
    if (only_server_records(row.type)) continue;  // refused, see above
    const auto mapping =
        parse_mapping(with_entry("\"event\":\"" + std::string(row.name) + "\"," + kDay));
    ASSERT_TRUE(mapping) << mapping.error().message();
    capnp::MallocMessageBuilder message;
    auto event = message.initRoot<schema::Event>();
    capnp::DynamicStruct::Builder body = capnp::toDynamic(event.getBody());
    write(body.init(mapping->entries[0].member).as<capnp::DynamicStruct>(), {});
    EXPECT_EQ(event.getBody().which(), row.type) << row.name;
  }
}

}  // namespace
}  // namespace houniao::importing
