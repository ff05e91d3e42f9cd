// The pages of exports behind their tokens: batches that link to one another, the event stream with
// its places and its end, and what is refused.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "scratch.h"
#include "server/http/api.h"
#include "server/http/export_pages.h"

namespace houniao::testing_server {
namespace {

struct ExportSite {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<HttpApi> api;

  ExportSite() {
    const auto config =
        create_config(scratch.path() / "data", "log.test/exports", random, clock.wall());
    EXPECT_TRUE(config) << config.error().message();
    auto opened = Engine::open(*config, clock, random, {});
    EXPECT_TRUE(opened) << opened.error().message();
    engine = std::move(*opened);
    api = std::make_unique<HttpApi>(*engine);
    const auto role = [](schema::Role each) { return static_cast<std::uint16_t>(each); };
    EXPECT_TRUE(engine->keys().add_token("auditor", {"a", role(schema::Role::AUDITOR), false}));
    EXPECT_TRUE(engine->keys().add_token("systems", {"i", role(schema::Role::INTEGRATOR), false}));
    EXPECT_TRUE(engine->keys().add_token("field", {"f", role(schema::Role::FIELD), false}));
  }
  HttpResponse get(const std::string& target, const std::string& token = "systems",
                   const std::string& last_event_id = "") {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.authorization = token.empty() ? "" : "Bearer " + token;
    request.last_event_id = last_event_id;
    return api->handle(request);
  }
};

TEST(ExportPages, a_batch_has_its_media_type_and_links_to_the_next_page) {
  ExportSite site;
  const HttpResponse all = site.get("/v1/events");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(all.content_type, "application/cloudevents-batch+json");
  const auto events = nlohmann::json::parse(all.body);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].at("source"), "//log.test/exports/devices/1");
  const HttpResponse one = site.get("/v1/events?limit=1");
  EXPECT_EQ(nlohmann::json::parse(one.body).size(), 1u);
  std::string link;
  for (const auto& [name, value] : one.headers) link = name == "Link" ? value : link;
  EXPECT_NE(link.find("rel=\"next\""), std::string::npos) << link;
  const std::size_t size = site.engine->published().head()->size.value;
  EXPECT_EQ(nlohmann::json::parse(site.get("/v1/events?after=" + std::to_string(size)).body).size(),
            0u);
}

TEST(ExportPages, a_stream_tells_what_is_there_goes_on_behind_an_id_and_gives_its_place_back) {
  ExportSite site;
  HttpResponse whole = site.get("/v1/events/stream");
  ASSERT_NE(whole.stream, nullptr);
  EXPECT_EQ(whole.content_type, "text/event-stream");
  const std::string text = whole.stream->next().bytes;
  EXPECT_TRUE(text.starts_with("id: 0\ndata: {")) << text.substr(0, 80);
  EXPECT_TRUE(whole.stream->next().bytes.empty()) << "nothing came since";
  HttpResponse rest = site.get("/v1/events/stream", "systems", "0");
  ASSERT_NE(rest.stream, nullptr);
  EXPECT_FALSE(rest.stream->next().bytes.starts_with("id: 0\n"));
  std::vector<HttpResponse> open;
  for (int i = 2; i < kEventStreamsMax; ++i) open.push_back(site.get("/v1/events/stream"));
  EXPECT_EQ(site.get("/v1/events/stream").status, 503);
  open.clear();
  EXPECT_EQ(site.get("/v1/events/stream").status, 200);
}

TEST(ExportPages, every_format_answers_and_what_is_not_known_is_refused) {
  ExportSite site;
  for (const char* format : {"ocds-records", "ocel-json", "ocel-sqlite", "xes", "iati", "prov",
                             "csv-facts", "xlsx-purchase"}) {
    const HttpResponse answer = site.get("/v1/export/" + std::string(format));
    EXPECT_EQ(answer.status, 200) << format << ": " << answer.body.substr(0, 300);
    EXPECT_FALSE(answer.body.empty()) << format;
  }
  EXPECT_EQ(site.get("/v1/export/pdf").status, 404);
  EXPECT_EQ(site.get("/v1/export/xes?case=nothing").status, 400);
  EXPECT_EQ(site.get("/v1/export/iati?programm=2-7").status, 400);
  EXPECT_EQ(site.get("/v1/events?after=x").status, 400);
  EXPECT_EQ(site.get("/v1/events?limit=0").status, 400);
  EXPECT_EQ(site.get("/v1/events/stream", "systems", "x").status, 400);
}

TEST(ExportPages, what_would_give_another_export_than_was_asked_for_is_refused) {
  ExportSite site;
  for (const char* target :
       {"ocds-records?process=zz", "ocds-releases?process=zz",
        "ocds-records?process=", "ocds-records?programme=zz", "ocds-records?case=contract",
        "iati?process=2-7", "iati?bom=true", "csv-facts?bom=yes", "xlsx-figures?from=2016-01-01",
        "csv", "csv?page=", "csv?page=contracts&bom=1", "csv?page=contracts&from=2016-01-01",
        "iati?at=0&at=1", "iati?from=2016-01-01&from=2016-01-02", "csv?page=orders&page=calls"}) {
    const HttpResponse answer = site.get("/v1/export/" + std::string(target));
    EXPECT_EQ(answer.status, 400) << target << ": " << answer.body.substr(0, 300);
  }
  EXPECT_NE(site.get("/v1/export/ocds-records?process=zz").body.find("process"), std::string::npos);
  EXPECT_EQ(site.get("/v1/export/ocds-records?process=99-99").status, 404);
  EXPECT_EQ(site.get("/v1/export/ocds-releases?process=99-99").status, 404);
  EXPECT_EQ(site.get("/v1/export/ocds-records?programme=99-99").status, 404);
  const HttpResponse twice = site.get("/v1/events?limit=1&limit=2");
  EXPECT_EQ(twice.status, 400);
  EXPECT_NE(twice.body.find("limit was given twice"), std::string::npos) << twice.body;
  EXPECT_EQ(site.get("/v1/export/ocds-records?bom=true").status, 400);
  EXPECT_EQ(site.get("/v1/export/csv-facts?bom=false").status, 200);
}

TEST(ExportPages, lists_without_items_are_their_header_and_anomalies_are_a_list) {
  ExportSite site;
  const HttpResponse incidents = site.get("/v1/export/csv?page=incidents");
  EXPECT_EQ(incidents.status, 200);
  EXPECT_EQ(incidents.body, "id,device,kind,raw_sha256,raw_bytes,device_seq,in_force\r\n");
  const HttpResponse people = site.get("/v1/export/csv?page=people");
  EXPECT_TRUE(people.body.starts_with("id,")) << people.body;
  EXPECT_EQ(people.body.find("sex"), std::string::npos) << people.body;
  const HttpResponse anomalies = site.get("/v1/export/csv?page=anomalies", "auditor");
  EXPECT_EQ(anomalies.status, 200) << anomalies.body;
  EXPECT_TRUE(anomalies.body.starts_with("id,rule,version,")) << anomalies.body;
  EXPECT_EQ(site.get("/v1/export/csv?page=anomalies&at=0", "auditor").status, 200);
  EXPECT_EQ(site.get("/v1/export/csv?page=anomalies").status, 403);
}

TEST(ExportPages, tokens_open_what_their_role_may_read) {
  ExportSite site;
  EXPECT_EQ(site.get("/v1/events", "").status, 401);
  EXPECT_EQ(site.get("/v1/events", "field").status, 403);
  EXPECT_EQ(site.get("/v1/export/csv?page=contracts").status, 200);
  EXPECT_EQ(site.get("/v1/export/csv?page=findings").status, 403);
  EXPECT_EQ(site.get("/v1/export/csv?page=findings", "auditor").status, 200);
}

}  // namespace
}  // namespace houniao::testing_server
