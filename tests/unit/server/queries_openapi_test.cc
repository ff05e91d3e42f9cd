// The OpenAPI description says what the pages do: it names every page with its parameters and
// nothing else below /v1, and every answer has the members and types that it describes.
#include <functional>
#include <map>
#include <set>

#include "tests/unit/replay/families/calls_world.h"
#include "tests/unit/replay/families/cases_world.h"
#include "tests/unit/replay/families/orders_world.h"
#include "tests/unit/replay/families/volunteer_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

std::set<std::string> parameters_of(const PageJson& operation) {
  std::set<std::string> names;
  for (const PageJson& each : operation.at("parameters")) {
    names.insert(resolved(each).at("name").get<std::string>());
  }
  return names;
}
std::set<std::string> parameters_of(const QueryPage& page, bool of_one) {
  std::set<std::string> names = {"at"};
  if (of_one) names.insert("id");
  for (std::string_view each : page.parameters(of_one)) names.insert(std::string(each));
  return names;
}

TEST(OpenApi, describes_every_page_with_its_words_and_parameters_and_no_other) {
  std::set<std::string> expected;
  const PageJson& paths = description().at("paths");
  for (const QueryPage& page : query_pages()) {
    const std::string list = "/v1/" + std::string(page.name);
    expected.insert(list);
    ASSERT_TRUE(paths.contains(list)) << list;
    const PageJson& operation = paths.at(list).at("get");
    EXPECT_EQ(operation.at("summary"), std::string(page.zh) + " / " + std::string(page.en));
    EXPECT_EQ(parameters_of(operation), parameters_of(page, false)) << list;
    const std::string note = operation.value("description", "");
    EXPECT_EQ(note.find("auditor tokens only") != std::string::npos,
              page.readers == Readers::auditor)
        << list;
    if (!page.single) continue;
    const std::string one = list + "/{id}";
    expected.insert(one);
    ASSERT_TRUE(paths.contains(one)) << one;
    EXPECT_EQ(parameters_of(paths.at(one).at("get")), parameters_of(page, true)) << one;
  }
  // Exports are no pages of the state (server/http/export_pages.h).
  for (const char* page : {"/v1/events", "/v1/events/stream", "/v1/export/{format}"}) {
    expected.insert(page);
  }
  std::set<std::string> described;
  for (const auto& [path, item] : paths.items()) {
    if (path.starts_with("/v1/")) described.insert(path);
  }
  EXPECT_EQ(described, expected);
}

TEST(OpenApi, says_that_case_work_is_only_counted) {
  const std::string whole = description().at("info").at("description").get<std::string>();
  EXPECT_NE(whole.find("Case work is confidential"), std::string::npos);
  EXPECT_NE(whole.find("个案是保密的"), std::string::npos);
  EXPECT_FALSE(description().at("paths").contains("/v1/casework/{id}"));
}

TEST(OpenApi, names_only_parts_that_it_has) {
  const std::function<void(const PageJson&)> walk = [&](const PageJson& node) {
    if (node.is_object() && node.contains("$ref")) {
      const auto pointer = node.at("$ref").get<std::string>().substr(1);
      EXPECT_TRUE(description().contains(PageJson::json_pointer(pointer))) << pointer;
    }
    if (!node.is_structured()) return;
    for (const PageJson& each : node) walk(each);
  };
  walk(description());
}

TEST(OpenApi, CanaryADifferenceIsFound) {
  const PageJson none = PageJson::array();
  PageJson answer = {{"at", nullptr},     {"records", 0},    {"cases", 1},
                     {"by_ground", none}, {"by_risk", none}, {"by_status", none}};
  EXPECT_FALSE(differences("/v1/casework", answer).empty()) << "a member is missing";
  answer["mandatory_reports"] = 0;
  EXPECT_EQ(differences("/v1/casework", answer), std::vector<std::string>{});
  answer["mandatory_reports"] = "0";
  EXPECT_FALSE(differences("/v1/casework", answer).empty()) << "a member has another type";
  PageJson row = {{"volunteer", "2-7"}, {"points", 1}};
  PageJson shortages = {
      {"at", 1},
      {"records", 2},
      {"items", PageJson::array({{{"site", "2-1"}, {"points", 1}, {"volunteers", {row}}}})},
      {"next", nullptr}};
  EXPECT_EQ(differences("/v1/shortages", shortages), std::vector<std::string>{});
  shortages["items"][0]["volunteers"][0]["name"] = "somebody";
  EXPECT_FALSE(differences("/v1/shortages", shortages).empty()) << "a member of its own";
}

// --- answers over states that hold something of everything ---------------------------------------

// Fixtures used as plain values: several in one test.
template <class World>
struct Standing : World {
  using World::log;
  void TestBody() override {}
};

struct Deliveries : Standing<DeliveryWorld> {
  Deliveries() {
    const EventId funded = fund_and_contract();
    const EventId unit = serve({person()});
    review(reviewer, submit(funded, 1, {unit}), {.accepted = 1, .fen = 1'000});
    agency();
    places();
    people_at_work();
    audit(unit);
    doubtful();
    open_site_without_role();
  }

  EventId fund_and_contract() {
    const EventId fund = establish_fund();
    receive(fund, 500'000);
    const EventId contractor = organisation();
    verified_account(contractor);
    const EventId contract = sign_contract(organisation(""), contractor, fund, {});
    allocate(fund, 400'000, contract);
    log.add(finance, [](Body e) {
      auto b = e.initBody().initInvoiceRecorded();
      b.setIssuerUscc("91350100M000100Y43");
      b.setNumber("1");
      b.setAmountFen(5'000);
    });
    const EventId asked = request(
        {.fund = fund, .contract = contract, .payee = contractor, .fen = 5'000, .advance = true});
    approve(supervisor, asked);
    pay(asked, 5'000);
    return contract;
  }
  void agency() {
    const EventId client = person();
    const EventId opened = log.add(field, [&](Body e) {
      auto b = e.initBody().initAgencyCaseOpened();
      b.setPerson(client.value);
      b.setCertificate("resident_id");
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initAgencyCaseProgressed();
      b.setCase(opened.value);
      b.setStage(schema::AgencyCaseProgressed::Stage::SUBMITTED);
      b.setDay(log.today().value);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initCustodyMoneyMoved();
      b.setClient(client.value);
      b.setDirection(schema::CustodyMoneyMoved::Direction::RECEIVED);
      b.setAmountFen(100);
      b.setReceipt("r1");
    });
  }
  void places() {
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initPolicyVersionPublished();
      b.setProgramme(programme.value);
      b.setVersion(1);
    });
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initObligationDefined();
      b.setProgramme(programme.value);
      b.setCode("weekly_visit");
      b.setEventKind("visit");
      b.setPeriod(schema::ObligationDefined::Period::WEEK);
      b.setThreshold(1);
      b.setFromDay(log.today().value - 20);
      b.setToDay(kOpen);
    });
    const EventId body = organisation("");
    const EventId partner = organisation("");
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initAgreementSigned();
      auto parties = b.initParties(2);
      parties.set(0, body.value);
      parties.set(1, partner.value);
      b.setFields("youth");
      b.setFromDay(10'000);
      b.setToDay(kOpen);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initElectionHeld();
      b.setBody(body.value);
      b.setDay(log.today().value);
      b.setSeats(3);
    });
    log.add(field, [](Body e) {
      auto b = e.initBody().initAssetRecorded();
      b.setKind("book");
      b.setQuantity(2);
    });
    log.add(field, [](Body e) {
      auto b = e.initBody().initBroadcastSent();
      b.setChannel("sms");
      b.setRecipients(10);
      b.setDelivered(9);
      b.setConsentBasis("consent");
    });
    log.add(field, [](Body e) {
      auto b = e.initBody().initNoticePublished();
      b.setKind("white_paper");
      b.setTitle("paper");
      b.setPlace("notice board");
      b.setFromDay(16'900);
      b.setToDay(16'990);
      b.setYear(2016);
    });
  }
  void people_at_work() {
    const EventId staff = log.add(supervisor, [](Body e) {
      auto b = e.initBody().initStaffEngaged();
      b.setPost("social_worker");
      b.setFromDay(10'000);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initStaffPlaced();
      b.setStaff(staff.value);
      b.setSite(site.value);
      b.setPurpose("station");
      b.initInterval().setFromDay(16'000);
      b.getInterval().setToDay(17'100);
    });
    const EventId session = log.add(field, [&](Body e) {
      auto b = e.initBody().initSessionHeld();
      b.setKind("weekend_class");
      b.setHeadcount(4);
    });
    const EventId judge = organisation("");
    const EventId judged = organisation("");
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEvaluationIssued();
      b.setEvaluator(judge.value);
      b.setSubject(judged.value);
      b.setProgramme(programme.value);
      b.setGrade("excellent");
      auto scores = b.initScores(1);
      scores[0].setIndicator("output");
      scores[0].setPoints(92);
      scores[0].setPointsMax(100);
      b.initInterval().setFromDay(16'000);
      b.getInterval().setToDay(16'364);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initRatingSubmitted();
      b.setRater(judge.value);
      b.setRated(judged.value);
      b.setKind(schema::RatingSubmitted::Kind::PEER);
    });
    log.add(field, [&](Body e) {
      auto b = e.initBody().initSatisfactionSurveyed();
      b.setTarget(session.value);
      b.setRespondentIndex(to_data(ByteView{Bytes(16, 5)}));
    });
  }
  void audit(EventId unit) {
    const DeviceNumber auditor = log.enrol({.holder = 510, .roles = {Role::AUDITOR}});
    const EventId finding = log.add(auditor, [&](Body e) {
      auto b = e.initBody().initFindingIssued();
      b.setCode("F-1");
      b.setLaw("rule 45");
      b.setDeadlineDay(log.today().value + 30);
      b.initEvents(1).set(0, unit.value);
    });
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initFindingResolved();
      b.setFinding(finding.value);
      b.setAction("explained");
      b.initProof(1).set(0, unit.value);
    });
    log.add(auditor, [&](Body e) {
      auto b = e.initBody().initAnomalyDispositioned();
      b.setRule("A03");
      b.setReason("two visits");
      b.initEvidence(1).set(0, unit.value);
    });
    log.add(finance, [&](Body e) {
      auto b = e.initBody().initPeriodSealed();
      b.setProgramme(programme.value);
      b.setFromDay(16'000);
      b.setToDay(16'030);
      b.setTreeSize(log.records().size());
      b.setRoot(to_data(ByteView{Bytes(32, 7)}));
      auto reports = b.initReports(1);
      reports[0].setName("march");
      reports[0].setSha256(to_data(ByteView{Bytes(32, 9)}));
      auto signers = b.initSigners(2);
      signers.set(0, 504);
      signers.set(1, 502);
    });
    log.add(field, [](Body e) {
      auto b = e.initBody().initFigureReported();
      b.setFigure("B29");
      b.setPhrase("over 100");
      b.setValue(100);
      b.setComparator("above");
      b.setUnit("people");
    });
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initEventCorrected();
      b.setTarget(unit.value);
      b.setReason("misread the sheet");
      auto changes = b.initChanges(1);
      changes[0].setField(schema::EventCorrected::Field::MINUTES);
      changes[0].setNumber(40);
    });
    retract(serve({person()}));
    log.add(LogBuilder::kServer, [](Body e) {
      e.setScope(kScopeCommons.value);
      auto b = e.initBody().initSyncIncidentRecorded();
      b.initDevice(16);
      b.initRawHash(32);
    });
  }
  // Somebody of whom nothing is known but three services: what rule A01 doubts, with a decision.
  void doubtful() {
    const EventId ghost = person();
    for (int i = 0; i < 3; ++i) serve({ghost});
    const DeviceNumber auditor = log.enrol({.holder = 511, .roles = {Role::AUDITOR}});
    log.add(auditor, [&](Body e) {
      auto b = e.initBody().initAnomalyDispositioned();
      b.setRule("A01");
      b.setReason("a family without a phone");
      b.initEvidence(1).set(0, ghost.value);
    });
  }
  void open_site_without_role() {
    const auto open = [&] {
      return log.add(field, [](Body e) { e.initBody().initSiteOpened().setFromDay(100); });
    };
    release(open());
    open();
  }
};

struct AllOrders : Standing<OrdersWorld> {
  AllOrders() {
    const EventId demand = log.add(field, [&](Body e) {
      e.setProgramme(programme.value);
      e.initBody().initDemandRaised().setCategory("cleaning");
    });
    const EventId order = done_by(a, {.invited = {this->a}, .demands = {demand}});
    judge(reviewer, order);
    log.add(supervisor, [&](Body e) {
      e.setProgramme(programme.value);
      auto digest = e.initBody().initDemandDigestCompiled();
      digest.setFromDay(log.today().value);
      digest.setToDay(log.today().value);
      auto list = digest.initItems(1);
      list[0].setDemand(demand.value);
    });
    log.add(field, [&](Body e) {
      auto meeting = e.initBody().initDeliberationHeld();
      meeting.setBody(this->a.value);
      meeting.initAgenda(1).set(0, demand.value);
      meeting.setAnonymous(3);
      auto resolutions = meeting.initResolutions(1);
      resolutions[0].setDemand(demand.value);
      resolutions[0].setOutcome("to_the_site");
    });
  }
};

struct AllCalls : Standing<CallsWorld> {
  AllCalls() {
    const EventId call = open_call(Calling{.lots = {{"north", 50'000}, {"south", 50'000}}});
    const EventId proposal =
        submit(call, Submission{.applicants = {{alpha}}, .lot = "north", .document = document(3)});
    score(proposal, person());
    award(call, proposal, Awarding{.lot = "north"});
  }
};

struct AllVolunteers : Standing<VolunteerWorld> {
  AllVolunteers() {
    publish({});
    const EventId who = volunteer();
    earn(who, serve_hours(who, 120), 2);
    const EventId towels = stock(100);
    open_lease(who, field, 1);
    redeem(field, who, {.item = towels, .points = 5, .mode = Redeem::HANDED_OVER, .site = site});
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initHoursCertificateIssued();
      b.setNumber("C-1");
      b.setVolunteer(who.value);
      b.setFromDay(log.today().value);
      b.setToDay(log.today().value);
      b.setMinutes(60);
      b.initContent(1).set(0, "river_patrol");
      b.setIssuer(team.value);
      b.setHead(503);
      b.setHandler(502);
      b.setContact("office 1");
      b.setDisclosure("notice board");
      b.setDisclosedFromDay(log.today().value);
      b.setDisclosedToDay(log.today().value + 7);
    });
    log.add(supervisor, [&](Body e) {
      auto b = e.initBody().initHonourConferred();
      b.setRecipient(team.value);
      b.setRecipientIsOrganisation(true);
      b.setTitle("model_home");
      b.setDay(log.today().value);
      b.setYear(2016);
    });
  }
};

struct AllCases : Standing<CasesWorld> {
  AllCases() { report(open_case(), client); }
};

// Adds, by page, whether its list held anything, and fails where an answer is not as described.
void compare(const LogBuilder& log, std::map<std::string_view, std::size_t>& held) {
  for (const QueryPage& page : query_pages()) {
    const std::string path = "/v1/" + std::string(page.name);
    const PageJson answer = ask(log, std::string(page.name));
    const auto faults = differences(path, answer);
    EXPECT_TRUE(faults.empty()) << path << ": " << PageJson(faults).dump(1);
    const PageJson list = answer.value("items", PageJson::array());
    held[page.name] += list.size();
    if (!page.single || list.empty()) continue;
    const std::string id = list.front().at("id").get<std::string>();
    const auto of_one = differences(path + "/{id}", ask(log, std::string(page.name) + "/" + id));
    EXPECT_TRUE(of_one.empty()) << path << "/" << id << ": " << PageJson(of_one).dump(1);
  }
}

TEST(OpenApi, every_answer_is_as_described) {
  std::map<std::string_view, std::size_t> held;
  compare(Deliveries().log, held);
  compare(AllOrders().log, held);
  compare(AllCalls().log, held);
  compare(AllVolunteers().log, held);
  compare(AllCases().log, held);
  for (const QueryPage& page : query_pages()) {
    // The pages without a list are compared whatever they say.
    if (!page.list) continue;
    EXPECT_GT(held[page.name], 0U) << page.name << " was compared with no item";
  }
}

}  // namespace
}  // namespace houniao::testing
