#include <gtest/gtest.h>

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
  EXPECT_EQ(checkpoint->size.value, 2u);
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
    EXPECT_EQ(head["records"], 2) << page;
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

TEST(HttpTest, OtherMethodsAndBrokenUrlsAreRefused) {
  Site site;
  EXPECT_EQ(site.api->handle({"DELETE", "/healthz", "", "", true}).status, 405);
  EXPECT_EQ(site.get("/healthz?x=%zz").status, 400);
  EXPECT_EQ(site.get("/nowhere").status, 404);
}

}  // namespace
}  // namespace houniao::testing_server
