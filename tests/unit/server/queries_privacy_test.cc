// What no page may say: who has a file of case work, and whatever identifies a person.
#include <tuple>

#include "server/http/anomalies_json.h"
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

TEST_F(QueryCasework, no_trace_begins_at_case_work_or_at_its_evidence) {
  constexpr std::uint8_t kPhoto = 0x5a;
  const EventId opened = open_case();
  const EventId visited = contact(opened, {.photo = kPhoto});
  const EventId referred = refer(opened, organisation(), agreed);
  const EventId reader = person();
  const EventId granted = grant(reader, opened);
  const EventId seen = read(device_of_reader(reader), opened, granted);
  const EventId reported = report(opened, client);
  const EventId closed = close(opened);
  std::vector<std::string> asked = {to_hex(Bytes(32, kPhoto))};
  for (EventId secret : {opened, visited, referred, granted, seen, reported, closed}) {
    asked.push_back(id_of(secret));
  }
  for (const std::string& id : asked) {
    const auto page = try_ask(log.state(), "traces/" + id);
    ASSERT_FALSE(page) << id << ": " << page->dump(1);
    EXPECT_EQ(page.error().code, Errc::not_found) << id;
    for (EventId named : {client, reader, worker}) {
      EXPECT_EQ(page.error().message().find(id_of(named) + " "), std::string::npos) << id;
    }
  }
  const EventId service = serve({client});
  EXPECT_NE(ask(log, "traces/" + id_of(service)).dump().find(quoted(client)), std::string::npos)
      << "what is no case work is traced to whom it served";
}

TEST_F(QueryCasework, what_is_said_about_an_event_of_case_work_does_not_name_it) {
  const EventId opened = open_case();
  const EventId service = serve({person()});
  const EventId retraction = retract(opened);
  const EventId plain = retract(service);
  const EventId contacted = contact(open_case());
  const EventId correction = log.add(supervisor, [&](Body e) {
    auto b = e.initBody().initEventCorrected();
    b.setTarget(contacted.value);
    b.setReason("misread the sheet");
    auto changes = b.initChanges(1);
    changes[0].setField(schema::EventCorrected::Field::MINUTES);
    changes[0].setNumber(40);
  });
  const EventId held = close(open_case(), Closing{}, field);  // takes a supervisor
  ASSERT_EQ(log.status(held), EventStatus::held);
  const EventId decision = release(held);
  for (const auto& [page, about, said] : std::vector<std::tuple<std::string, EventId, EventId>>{
           {"retractions", opened, retraction},
           {"corrections", contacted, correction},
           {"decisions", held, decision}}) {
    bool listed = false;
    for (const PageJson& item : items(log, page)) {
      if (item.at("id") != id_of(said)) continue;
      listed = true;
      EXPECT_EQ(item.at("target"), nullptr) << item.dump(1);
    }
    EXPECT_TRUE(listed) << page << ": that it was said is told";
    EXPECT_EQ(ask(log, page).dump().find(quoted(about)), std::string::npos) << page;
    EXPECT_TRUE(items(log, page + "?target=" + id_of(about)).empty())
        << page << ": asking for it does not tell either";
  }
  EXPECT_EQ(only_item(log, "retractions?target=" + id_of(service))["id"], id_of(plain));
}

TEST_F(QueryCasework, the_id_of_a_doubt_about_case_work_is_made_of_nothing_that_it_says) {
  const EventId service = serve({person()});
  const auto doubt_about = [&](std::vector<EventId> events, const char* said) {
    rules::Doubt doubt;
    doubt.anomaly.rule = rules::all_rules().front()->number;
    doubt.anomaly.version = rules::all_rules().front()->version;
    doubt.anomaly.events = std::move(events);
    doubt.anomaly.subject = client.value;
    doubt.anomaly.zh = said;
    return doubt;
  };
  const auto ids = [&](const std::vector<rules::Doubt>& doubts) {
    std::vector<std::string> out;
    for (const auto& told : queries::in_telling_order(log.state(), doubts)) {
      out.push_back(queries::id_of(log.state(), told));
    }
    return out;
  };
  const EventId one = open_case();
  const EventId other = open_case();
  const std::string rule = rules::code_of(rules::all_rules().front()->number);
  const std::vector<std::string> first = ids({doubt_about({one}, "一")});
  EXPECT_EQ(first, std::vector<std::string>{rule + "-c1"});
  EXPECT_EQ(ids({doubt_about({other}, "二")}), first) << "which case it is does not show";

  const auto all =
      ids({doubt_about({one}, "一"), doubt_about({service}, "一"), doubt_about({other}, "一")});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].starts_with(rule + "-" + id_of(service) + "-")) << all[0];
  EXPECT_EQ(all[1], rule + "-c1") << "behind the others, so that neighbours tell nothing";
  EXPECT_EQ(all[2], rule + "-c2");
  const auto place = queries::place_of(all[2]);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->withheld, 2U);
  EXPECT_EQ(place->event, EventId{});
  for (const std::string wrong : {"-c", "-c0", "-c-1", "-c1x", "-c1-"}) {
    EXPECT_FALSE(queries::place_of(rule + wrong)) << wrong;
  }
}

TEST_F(QueryCasework, a_doubt_about_case_work_tells_neither_its_events_nor_whom_it_is_about) {
  const EventId opened = open_case();
  const EventId service = serve({person()});
  rules::Doubt doubt;
  doubt.anomaly.rule = rules::all_rules().front()->number;
  doubt.anomaly.version = rules::all_rules().front()->version;
  doubt.anomaly.events = {opened, service};
  doubt.anomaly.subject = client.value;
  using queries::CaseWork;
  const auto list = queries::in_telling_order(log.state(), {&doubt, 1});
  const PageJson told = queries::doubt_json(log.state(), list.front(), CaseWork::withheld);
  for (const EventId secret : {opened, client}) {
    EXPECT_EQ(told.dump().find(quoted(secret)), std::string::npos) << told.dump(1);
  }
  EXPECT_EQ(told["confidential"], true);
  EXPECT_EQ(told["events_withheld"], 1);
  EXPECT_EQ(told["subject"], nullptr);
  ASSERT_EQ(told["events"].size(), 1U);
  EXPECT_EQ(told["events"][0]["id"], id_of(service));

  const PageJson shown = queries::doubt_json(log.state(), list.front(), CaseWork::shown);
  EXPECT_EQ(shown["events"].size(), 2U);
  EXPECT_EQ(shown["subject"], id_of(client));
  EXPECT_EQ(shown["id"], told["id"]) << "one id wherever it is shown";
}

TEST_F(QueryCasework, a_decision_and_a_finding_about_case_work_do_not_name_its_events) {
  const EventId opened = open_case();
  const EventId service = serve({person()});
  const DeviceNumber auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}});
  log.add(auditor, [&](Body e) {
    auto b = e.initBody().initAnomalyDispositioned();
    b.setRule("A27");
    b.setReason("the report is in the file");
    auto list = b.initEvidence(2);
    list.set(0, opened.value);
    list.set(1, service.value);
  });
  log.add(auditor, [&](Body e) {
    auto b = e.initBody().initFindingIssued();
    b.setCode("F-1");
    b.setLaw("rule 11");
    b.setDeadlineDay(log.today().value + 30);
    auto list = b.initEvents(2);
    list.set(0, opened.value);
    list.set(1, service.value);
  });
  EXPECT_EQ(only_item(log, "dispositions")["evidence"], PageJson::array({id_of(service)}));
  EXPECT_EQ(only_item(log, "findings")["events"], PageJson::array({id_of(service)}));
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
