#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "device.h"
#include "scratch.h"
#include "server/http/api.h"
#include "server/http/queries.h"

namespace houniao::testing_server {
namespace {

struct Site {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<HttpApi> api;
  std::string token = "hn_test";

  Site() {
    const auto config =
        create_config(scratch.path() / "data", "log.test/http", random, clock.wall());
    EXPECT_TRUE(config) << config.error().message();
    auto opened = Engine::open(*config, clock, random, {});
    EXPECT_TRUE(opened) << opened.error().message();
    engine = std::move(*opened);
    api = std::make_unique<HttpApi>(*engine);
    EXPECT_TRUE(engine->keys().add_token(token, {"tests", 3, true}));
  }
  HttpResponse get(const std::string& target, const std::string& with_token = "") {
    HttpRequest request{"GET", target, with_token.empty() ? "" : "Bearer " + with_token, "", true};
    return api->handle(request);
  }
  nlohmann::json json(const std::string& target) {
    const HttpResponse response = get(target, token);
    EXPECT_EQ(response.status, 200) << response.body;
    return nlohmann::json::parse(response.body);
  }
};

TEST(HttpTest, HealthReadinessAndMetricsNeedNoToken) {
  Site site;
  EXPECT_EQ(site.get("/healthz").status, 200);
  EXPECT_EQ(site.get("/readyz").status, 200);
  const HttpResponse metrics = site.get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.body.find("houniao_groups_committed_total"), std::string::npos);
  site.api->draining();
  EXPECT_EQ(site.get("/readyz").status, 503);
}

TEST(HttpTest, TheCheckpointVerifiesUnderThePublishedKey) {
  Site site;
  std::string vkey = site.get("/log/vkey").body;
  vkey.pop_back();
  const auto checkpoint = open_checkpoint(site.get("/log/checkpoint").body, vkey);
  ASSERT_TRUE(checkpoint) << checkpoint.error().message();
  EXPECT_EQ(checkpoint->size.value, 3u);
}

TEST(HttpTest, ProofsVerifyAgainstTheCheckpoint) {
  Site site;
  const auto head = site.engine->published().head();
  const auto inclusion = site.json("/log/proof/inclusion?seq=0");
  std::vector<Hash> proof;
  for (const std::string text : inclusion["proof"]) proof.push_back(*hash_from(*from_base64(text)));
  const Hash leaf = *hash_from(*from_base64(inclusion["leaf"].get<std::string>()));
  EXPECT_TRUE(merkle::verify_inclusion(leaf, Seq{0}, head->size, proof, head->root));
  const auto consistency = site.json("/log/proof/consistency?from=1");
  proof.clear();
  for (const std::string text : consistency["proof"])
    proof.push_back(*hash_from(*from_base64(text)));
  EXPECT_TRUE(merkle::verify_consistency(TreeSize{1}, leaf, head->size, head->root, proof));
  EXPECT_EQ(site.get("/log/proof/inclusion?seq=9").status, 404);
  EXPECT_EQ(site.get("/log/proof/inclusion").status, 400);
}

TEST(HttpTest, QueriesNeedATokenAndSayHowToGetOne) {
  Site site;
  const HttpResponse response = site.get("/v1/state");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body["title"], "unauthorised");
  EXPECT_NE(body["detail"].get<std::string>().find("houniao enrol"), std::string::npos);
  EXPECT_FALSE(body["what_to_do_zh"].get<std::string>().empty());
  EXPECT_EQ(site.get("/v1/state", "hn_wrong").status, 401);
}

TEST(HttpTest, EveryQueryAnswersFromTheStateOfTheMomentAskedFor) {
  Site site;
  for (const QueryPage& each : query_pages()) {
    const std::string page = "/v1/" + std::string(each.name);
    const auto head = site.json(page);
    EXPECT_EQ(head["records"], 3) << page;
    const auto before = site.json(page + "?at=0");
    EXPECT_EQ(before["records"], 1) << page;
    const auto dated = site.json(page + "?at=2001-01-01");
    EXPECT_EQ(dated["records"], 0) << page;
  }
  EXPECT_EQ(site.get("/v1/state?at=99", site.token).status, 400);
  EXPECT_EQ(site.get("/v1/state?at=yesterday", site.token).status, 400);
  EXPECT_EQ(site.get("/v1/nothing", site.token).status, 404);
  EXPECT_EQ(site.get("/v1/people/7-12", site.token).status, 404);
  EXPECT_EQ(site.get("/v1/people?limit=0", site.token).status, 400);
}

TEST(HttpTest, APageIsOpenToTheRolesThatItsRowNames) {
  Site site;
  const std::string integrator = "hn_integrator";
  const std::string field = "hn_field";
  ASSERT_TRUE(site.engine->keys().add_token(integrator, {"another system", 5, false}));
  ASSERT_TRUE(site.engine->keys().add_token(field, {"no reader", 0, false}));
  EXPECT_EQ(site.get("/v1/casework", site.token).status, 200);
  EXPECT_EQ(site.get("/v1/orders", integrator).status, 200);
  const HttpResponse refused = site.get("/v1/casework", integrator);
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("auditor"), std::string::npos);
  EXPECT_EQ(site.get("/v1/orders", field).status, 403);
  EXPECT_EQ(site.get("/v1/casework").status, 401);
  EXPECT_EQ(site.get("/v1/nothing", field).status, 404);
}

TEST(HttpTest, AParameterThatAPageDoesNotTakeIsRefused) {
  Site site;
  const HttpResponse response = site.get("/v1/orders?sttus=posted", site.token);
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("status"), std::string::npos) << "it says which there are";
}

TEST(HttpTest, AParameterWithoutAValueIsRefused) {
  Site site;
  for (const std::string target : {"/v1/state?at=", "/v1/state?at", "/v1/orders?status=",
                                   "/v1/export/ocds-records?process=", "/log/checkpoints?limit="}) {
    const HttpResponse response = site.get(target, site.token);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_NE(response.body.find("no value"), std::string::npos) << response.body;
  }
}

// A page of the log that never changes may be kept; nothing else says so.
TEST(HttpTest, WhatATokenOpenedOrWhatIsNotThereStaysInNoCache) {
  Site site;
  const auto caching = [&](const std::string& target) {
    std::string out;
    for (const auto& [name, value] : site.get(target, site.token).headers) {
      if (name == "Cache-Control") out += value;
    }
    return out;
  };
  for (const std::string target : {"/v1/state", "/v1/traces/9-9", "/v1/nothing", "/nothing",
                                   "/log/proof/inclusion?seq=99999&size=999999", "/healthz"}) {
    EXPECT_EQ(caching(target), "no-store") << target;
  }
  EXPECT_EQ(caching("/log/tile/entries/000.p/1"), "private, no-store");
}

TEST(HttpTest, ATraceOfWhatIsNoIdSaysWhatAnIdIs) {
  Site site;
  const HttpResponse response = site.get("/v1/traces/xx", site.token);
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("7-12"), std::string::npos) << response.body;
}

TEST(HttpTest, AParameterGivenTwiceIsRefusedUnlessThePageTakesSeveral) {
  Site site;
  for (const std::string target :
       {"/v1/orders?limit=1&limit=2", "/v1/state?at=0&at=1", "/v1/figures?effective=1&effective=2",
        "/v1/anomalies?subject=1-1&subject=1-2", "/v1/dispositions?rule=A03&rule=A17",
        "/log/proof/inclusion?seq=0&seq=1", "/log/checkpoints?limit=1&limit=2"}) {
    const HttpResponse response = site.get(target, site.token);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_NE(response.body.find("was given twice"), std::string::npos) << response.body;
  }
  EXPECT_EQ(site.get("/v1/anomalies?rule=A03&rule=A17", site.token).status, 200);
  EXPECT_EQ(site.get("/v1/anomalies?rule=A03&rule=A99", site.token).status, 400);
  const auto target = parse_target("/v1/anomalies?rule=A03&rule=A17");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->all("rule"), (std::vector<std::string>{"A03", "A17"}));
}

TEST(HttpTest, ProofsRefuseUnknownParametersAndPlainFilesOfTheLogIgnoreThem) {
  Site site;
  for (const char* target :
       {"/log/proof/inclusion?seq=0&sise=1",
        "/log/proof/consistency?from=1&x=", "/log/proof/event/1-1?x=1", "/log/checkpoints?x=1"}) {
    EXPECT_EQ(site.get(target).status, 400) << target;
  }
  EXPECT_EQ(site.get("/log/checkpoint?x=1").status, 200);
  EXPECT_EQ(site.get("/log/vkey?x=1").status, 200);
}

TEST(HttpTest, TheDescriptionIsOpenApiAndNamesEveryPage) {
  Site site;
  const auto document = nlohmann::json::parse(site.get("/openapi.json").body);
  EXPECT_EQ(document["openapi"], "3.1.0");
  for (const char* path :
       {"/healthz", "/log/checkpoint", "/v1/people", "/v1/figures", "/admin/enrol"}) {
    EXPECT_TRUE(document["paths"].contains(path)) << path;
  }
}

TEST(HttpTest, CodesAreMadeOverLoopbackWithAnAdminTokenOnly) {
  Site site;
  HttpRequest request{"POST", "/admin/enrol", "Bearer " + site.token,
                      R"({"roles": ["field"], "scopes": [16], "label": "tablet 1"})", true};
  const HttpResponse made = site.api->handle(request);
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string code = nlohmann::json::parse(made.body)["code"];
  EXPECT_TRUE(site.engine->keys().claim_code(code, DeviceId{{1}}, site.clock.wall()));
  request.from_loopback = false;
  EXPECT_EQ(site.api->handle(request).status, 403);
  request.from_loopback = true;
  request.authorization = "Bearer x";
  EXPECT_EQ(site.api->handle(request).status, 401);
  request.authorization = "Bearer " + site.token;
  request.body = "[";
  EXPECT_EQ(site.api->handle(request).status, 400);
  request.body = R"({"roles": ["emperor"]})";
  EXPECT_EQ(site.api->handle(request).status, 400);
}

// A network thread must not fold whatever way a target is spelled.
TEST(HttpTest, WhatATargetCostsIsJudgedByThePathThatIsRouted) {
  for (const char* slow :
       {"/log/proof/event/1-1", "/log/proof/%65vent/1-1", "/%6cog/tile/entries/000", "/v1/orders",
        "/%76%31/orders", "/v1%2forders", "/v1/events", "/v1/events/stream", "/admin/enrol",
        "/%61dmin/enrol", "/log/checkpoint/%31"}) {
    EXPECT_TRUE(HttpApi::is_slow(slow)) << slow;
    EXPECT_EQ(HttpApi::work_of(slow), HttpWork::slow) << slow;
  }
  for (const char* whole : {"/v1/anomalies", "/%76%31/anomalies", "/v1/anomalies/A01-7-12-1a2b3c4d",
                            "/v1/%61nomalies", "/v1/export/csv?page=orders", "/%76%31/export/ocds",
                            "/v1/orders?at=7", "/v1/orders?%61t=7"}) {
    EXPECT_TRUE(HttpApi::is_slow(whole)) << whole;
    EXPECT_EQ(HttpApi::work_of(whole), HttpWork::whole_log) << whole;
  }
  for (const char* quick : {"/healthz", "/metrics", "/log/checkpoint", "/log/tile/0/000", "/v1",
                            "/healthz?x=/v1/anomalies", "/v1/orders?at=%zz", "/%zz"}) {
    EXPECT_FALSE(HttpApi::is_slow(quick)) << quick;
  }
  // What cannot be read is answered at once, and with a refusal.
  Site site;
  EXPECT_EQ(site.get("/v1/anomalies?at=%zz", site.token).status, 400);
}

TEST(HttpTest, WhoMayNotAskForTheWholeLogIsToldSoBeforeWaiting) {
  Site site;
  const HttpRequest stranger{"GET", "/v1/anomalies", "Bearer hn_wrong", "", true};
  const auto refused = site.api->turn_away(stranger);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  const HttpRequest writer{"POST", "/v1/anomalies", "Bearer " + site.token, "", true};
  const auto not_read = site.api->turn_away(writer);
  ASSERT_TRUE(not_read);
  EXPECT_EQ(not_read->status, 405);
  EXPECT_FALSE(site.api->turn_away({"GET", "/v1/anomalies", "Bearer " + site.token, "", true}));
}

TEST(HttpTest, ATimelineThatHasEndedIsCountedToldOnceAndNotMissed) {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  const auto config =
      create_config(scratch.path() / "data", "log.test/http", random, clock.wall()).value();
  Engine::Options options;
  options.timeline = Timeline::start(config.log()).value();
  const auto engine = Engine::open(config, clock, random, options).value();
  HttpApi api(*engine);
  ASSERT_TRUE(engine->keys().add_token("hn_test", {"tests", 3, true}));
  const HttpRequest past{"GET", "/v1/state?at=0", "Bearer hn_test", "", true};
  EXPECT_EQ(api.handle(past).status, 200);
  EXPECT_EQ(engine->metrics().past_unanswered, 0U);
  ASSERT_EQ(::kill(options.timeline->keeper_pid(), SIGKILL), 0);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    const HttpResponse page = api.handle(past);
    EXPECT_EQ(page.status, 200) << "a view folds instead: " << page.body;
  }
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(engine->metrics().past_unanswered, 2U);
  const std::string metrics = api.handle({"GET", "/metrics", "", "", true}).body;
  EXPECT_NE(metrics.find("\nhouniao_timeline_ended 1\n"), std::string::npos) << metrics;
  const std::size_t line = told.find("restart the server");
  ASSERT_NE(line, std::string::npos) << told;
  EXPECT_EQ(told.find("restart the server", line + 1), std::string::npos) << "once";
  // While the server stops nothing is folded in its place.
  api.draining();
  EXPECT_EQ(api.handle(past).status, 503);
}

TEST(HttpTest, WhatWitnessesDoIsAmongTheMetrics) {
  Site site;
  const std::string metrics = site.get("/metrics").body;
  for (const char* name : {"houniao_witness_cosigned_total", "houniao_witness_failed_total",
                           "houniao_witness_contradicted_total"}) {
    EXPECT_NE(metrics.find(name), std::string::npos) << name;
  }
}

TEST(HttpTest, OtherMethodsAndBrokenUrlsAreRefused) {
  Site site;
  EXPECT_EQ(site.api->handle({"DELETE", "/healthz", "", "", true}).status, 405);
  EXPECT_EQ(site.get("/healthz?x=%zz").status, 400);
  EXPECT_EQ(site.get("/nowhere").status, 404);
}

}  // namespace
}  // namespace houniao::testing_server
