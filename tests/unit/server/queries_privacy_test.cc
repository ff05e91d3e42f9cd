// What no page may say: who has a file of case work, and whatever identifies a person.
#include "tests/unit/replay/families/cases_world.h"
#include "tests/unit/replay/scenario.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

// Every page, as one text.
std::string everything(const LogBuilder& log) {
  std::string out;
  for (const QueryPage& page : query_pages()) {
    const std::string name(page.name);
    out += ask(log, page.list ? name + "?limit=500" : name).dump();
  }
  // Packs that have figures about case work.
  for (const char* pack : {"a", "e"}) out += ask(log, std::string("figures?pack=") + pack).dump();
  return out + ask(log, "held?include=orphans").dump();
}

PageJson count_of(const PageJson& tally, const char* member, const std::string& word) {
  for (const PageJson& line : tally) {
    if (line[member] == word) return line["cases"];
  }
  return nullptr;
}

class QueryCasework : public CasesWorld {
 protected:
  EventId case_of(EventId of, const std::string& ground, Risk risk) {
    const EventId consent = give_consent(field, of);
    return open_case({.client = of,
                      .consent = consent,
                      .worker = worker,
                      .supervisor = overseer,
                      .ground = ground,
                      .risk = risk});
  }
};

TEST_F(QueryCasework, case_work_is_counted_by_ground_by_risk_and_by_status) {
  case_of(person(), "out_of_school", Risk::LOW);
  const EventId closed = case_of(person(), "out_of_school", Risk::HIGH);
  const EventId sealed = case_of(person(), "internet_addiction", Risk::HIGH);
  const EventId taken_back = case_of(person(), "violence", Risk::CRITICAL);
  close(closed);
  close(sealed, {.sealed = true});
  retract(taken_back);
  const PageJson page = ask(log, "casework");
  EXPECT_EQ(page["cases"], 3);
  EXPECT_EQ(count_of(page["by_ground"], "ground", "out_of_school"), 2);
  EXPECT_EQ(count_of(page["by_ground"], "ground", "internet_addiction"), 1);
  EXPECT_EQ(count_of(page["by_ground"], "ground", "violence"), nullptr) << "it was retracted";
  EXPECT_EQ(count_of(page["by_risk"], "risk", "high"), 2);
  EXPECT_EQ(count_of(page["by_status"], "status", "open"), 1);
  EXPECT_EQ(count_of(page["by_status"], "status", "closed"), 1);
  EXPECT_EQ(count_of(page["by_status"], "status", "sealed"), 1);
}

TEST_F(QueryCasework, the_risk_counted_is_the_one_found_last) {
  const EventId opened = case_of(person(), "out_of_school", Risk::LOW);
  days_pass(1);
  contact(opened, {.risk = Risk::CRITICAL});
  const PageJson page = ask(log, "casework");
  EXPECT_EQ(count_of(page["by_risk"], "risk", "critical"), 1);
  EXPECT_EQ(count_of(page["by_risk"], "risk", "low"), nullptr);
}

TEST_F(QueryCasework, no_page_names_a_case_its_reading_or_who_may_read_it) {
  const EventId opened = open_case();
  const EventId visited = contact(opened);
  const EventId reader = person();
  const EventId granted = grant(reader, opened);
  const EventId seen = read(device_of_reader(reader), opened, granted);
  const EventId reported = report(opened, client);
  const EventId closed = close(opened);
  const std::string text = everything(log);
  for (EventId secret : {opened, visited, granted, seen, reported, closed}) {
    EXPECT_EQ(text.find(quoted(secret)), std::string::npos) << id_of(secret);
  }
  EXPECT_NE(text.find(quoted(client)), std::string::npos)
      << "the client is a person like others; the check does look";
}

TEST_F(QueryCasework, a_case_that_waits_does_not_say_for_whom) {
  const DeviceNumber away = log.enrol({.holder = 507, .roles = {Role::FIELD}});
  log.offline(away);
  const EventId unknown = log.add(away, [](Body e) { e.initBody().initPersonRegistered(); });
  const EventId waits =
      open_case({.client = unknown, .consent = agreed, .worker = worker, .supervisor = overseer});
  const EventId service = serve({unknown});
  const PageJson list = items(log, "held?include=orphans");
  ASSERT_EQ(list.size(), 2U) << list.dump(1);
  for (const PageJson& item : list) {
    const bool confidential = item["id"] == id_of(waits);
    EXPECT_TRUE(confidential || item["id"] == id_of(service));
    EXPECT_EQ(item["waits_for"].empty(), confidential) << item.dump();
  }
}

TEST(QueryPrivacy, no_page_shows_a_keyed_hash_of_a_person) {
  LogBuilder log;
  const DeviceNumber field = log.enrol({.roles = {schema::Role::FIELD}});
  register_person(log, field, {.number = 0xa7});
  const EventId session = log.add(
      field, [](EventBuilder e) { e.initBody().initSessionHeld().setKind("weekend_class"); });
  log.add(field, [&](EventBuilder e) {
    auto body = e.initBody().initSatisfactionSurveyed();
    body.setTarget(session.value);
    body.setRespondentIndex(to_data(ByteView{blind_index(0xb8)}));
    body.setAttended(true);
  });
  const std::string text = everything(log);
  for (std::uint8_t byte : {0xa7, 0xb8}) {
    const Bytes index = blind_index(byte);
    EXPECT_EQ(text.find(to_hex(index)), std::string::npos);
    EXPECT_EQ(text.find(to_base64(index)), std::string::npos);
  }
  EXPECT_EQ(only_item(log, "surveys")["respondents"], 1) << "the answer is there, as a number";
}

TEST(QueryPrivacy, who_borrowed_and_what_vetting_found_stay_inside) {
  LogBuilder log;
  const DeviceNumber field = log.enrol_all_roles();
  const EventId borrower = register_person(log, field);
  const EventId book = log.add(field, [](EventBuilder e) {
    auto body = e.initBody().initAssetRecorded();
    body.setKind("book");
    body.setQuantity(2);
    body.setLendable(true);
  });
  log.add(field, [&](EventBuilder e) {
    auto body = e.initBody().initAssetLent();
    body.setAsset(book.value);
    body.setBorrower(borrower.value);
    body.setDueDay(kOpenDay);
  });
  const EventId staff = engage_staff(log, field, Day{10'000});
  log.add(field, [&](EventBuilder e) {
    auto body = e.initBody().initStaffVetted();
    body.setStaff(staff.value);
    body.setClear(false);
    body.setDay(log.today().value);
  });
  const PageJson asset = ask(log, "assets/" + id_of(book));
  EXPECT_EQ(asset["out"], 1);
  EXPECT_EQ(asset.dump().find(quoted(borrower)), std::string::npos);
  const auto answer = ask(log, "staff/" + id_of(staff));  // outlives the walk over it
  for (const auto& [name, value] : answer.items()) {
    EXPECT_EQ(name.find("vett"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace houniao::testing
