// The log over HTTP as C2SP tlog-tiles has it.
#include "server/http/tlog.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "device.h"
#include "replay/merkle/hash.h"
#include "replay/tlog_proof.h"
#include "scratch.h"
#include "server/key_rotation.h"
#include "server/log/log_node_source.h"

namespace houniao::testing_server {
namespace {

using tlog::TilePath;

TEST(TilePaths, AreSpelledAsTheSpecificationDoes) {
  const auto path = [](const std::string& text) { return tlog::parse_tile_path(text).value(); };
  EXPECT_EQ(path("0/000"), (TilePath{false, 0, 0, 256}));
  EXPECT_EQ(path("0/x001/x234/067"), (TilePath{false, 0, 1'234'067, 256}));
  EXPECT_EQ(path("63/x001/000.p/1"), (TilePath{false, 63, 1'000, 1}));
  EXPECT_EQ(path("entries/x001/x234/067.p/255"), (TilePath{true, 0, 1'234'067, 255}));
  for (const std::string text : {"0/000", "2/x001/x234/067.p/112", "entries/999.p/7",
                                 "entries/x001/000", "0/x072/x057/x594/x037/x927/935"}) {
    EXPECT_EQ(tlog::to_text(path(text)), text);
  }
}

TEST(TilePaths, HaveOneSpellingEach) {
  for (const std::string text :
       {"",         "0",       "0/",        "0/0",         "0/0000",
        "00/000",   "64/000",  "-1/000",    "0/x000/001",  "0/001/002",
        "0/x1/002", "0/x001/", "0/000.p/0", "0/000.p/256", "0/000.p/01",
        "0/000.p/", "0/000.p", "entries",   "entries/",    "entries/0",
        "data/000", "0/000/",  "0/00a",     "0/ 00",       "0/x999/x999/x999/x999/x999/x999/999"}) {
    EXPECT_FALSE(tlog::parse_tile_path(text)) << text;
  }
}

// A log of some hundred records in memory.
struct Filled {
  TestServer server;
  TestDevice device{server, 10};
  Filled() {
    device.open(server.code({ScopeId{16}}));
    device.give_credit();
    for (int i = 0; i < 30; ++i) {
      device.send(device.push_events(ScopeId{16}, 10));
      device.settle();
    }
  }
  TreeSize size() const { return TreeSize{server.size()}; }
};

TEST(Tiles, APartialTileIsTheBeginningOfTheWiderOne) {
  Filled t;
  const auto last = tlog::read_tile(t.server.log, t.size(), {false, 0, 1, 20}).value();
  EXPECT_EQ(last.size(), 20U * 32);
  const auto full = tlog::read_tile(t.server.log, t.size(), {false, 0, 0, 256}).value();
  EXPECT_EQ(full.size(), 8'192U);
  for (const unsigned width : {1U, 7U, 255U}) {
    const auto part = tlog::read_tile(t.server.log, t.size(), {false, 0, 0, width}).value();
    EXPECT_TRUE(equal(part, ByteView(full).first(width * 32)));
  }
  // One hash of the level above covers the whole tile.
  const auto above = tlog::read_tile(t.server.log, t.size(), {false, 1, 0, 1}).value();
  EXPECT_TRUE(equal(above, merkle::root_at(LogNodeSource(t.server.log), TreeSize{256})->bytes));
}

TEST(Tiles, WhatTheTreeDoesNotHaveIsNotFound) {
  Filled t;
  for (const TilePath& path :
       {TilePath{false, 0, 1, 256}, TilePath{false, 0, 2, 1}, TilePath{false, 1, 0, 2},
        TilePath{false, 2, 0, 1}, TilePath{false, 8, 0, 1}, TilePath{true, 0, 2, 1}}) {
    const auto missing = path.entries ? tlog::read_entries(t.server.log, t.size(), path)
                                      : tlog::read_tile(t.server.log, t.size(), path);
    ASSERT_FALSE(missing) << tlog::to_text(path);
    EXPECT_EQ(missing.error().code, Errc::not_found);
  }
}

TEST(Tiles, EntriesHashToTheTileOfTheirPlace) {
  Filled t;
  const auto bundle = tlog::read_entries(t.server.log, t.size(), {true, 0, 0, 256}).value();
  const auto tile = tlog::read_tile(t.server.log, t.size(), {false, 0, 0, 256}).value();
  std::size_t at = 0;
  std::size_t entries = 0;
  for (; at < bundle.size(); ++entries) {
    const std::size_t length = std::size_t{bundle[at]} << 8 | bundle[at + 1];
    const Hash leaf = merkle::leaf_hash(ByteView(bundle).subspan(at + 2, length));
    ASSERT_TRUE(equal(leaf.view(), ByteView(tile).subspan(entries * 32, 32))) << entries;
    at += 2 + length;
  }
  EXPECT_EQ(at, bundle.size());
  EXPECT_EQ(entries, 256U);
}

TEST(Tiles, ARecordThatNoEntryCouldHoldIsNotTaken) {
  Commit commit;
  commit.records = Bytes(8 + 65'536, 0);  // one message: segment table, then so many bytes
  const std::uint32_t words = 65'536 / 8;
  std::memcpy(commit.records.data() + 4, &words, sizeof words);
  commit.offsets = {0};
  commit.checkpoint = "note";
  const auto taken = check_commit(commit, TreeSize{0});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::invalid_argument);
  EXPECT_NE(taken.error().detail.find("too long"), std::string::npos) << taken.error().detail;
}

struct Site {
  Scratch scratch;
  os::SystemClock clock;
  os::SystemRandom random;
  ServerConfig config;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<HttpApi> api;

  Site() {
    config = create_config(scratch.path() / "data", "log.test/tlog", random, clock.wall()).value();
    start();
    EXPECT_TRUE(engine->keys().add_token(
        "hn_auditor", {"a", static_cast<std::uint16_t>(schema::Role::AUDITOR), false}));
    EXPECT_TRUE(engine->keys().add_token(
        "hn_integrator", {"i", static_cast<std::uint16_t>(schema::Role::INTEGRATOR), false}));
  }
  void start() {
    api.reset();
    engine.reset();
    const auto loaded = load_config(scratch.path() / "data");
    ASSERT_TRUE(loaded) << loaded.error().message();
    config = *loaded;
    auto opened = Engine::open(config, clock, random, {});
    ASSERT_TRUE(opened) << opened.error().message();
    engine = std::move(*opened);
    api = std::make_unique<HttpApi>(*engine);
  }
  HttpResponse get(const std::string& target, const std::string& token = "") {
    return api->handle({"GET", target, token.empty() ? "" : "Bearer " + token, "", true});
  }
};

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(TlogHttp, TilesAreKeptForEverAndCheckpointsNever) {
  Site site;
  const HttpResponse tile = site.get("/log/tile/0/000.p/3");
  EXPECT_EQ(tile.status, 200) << tile.body;
  EXPECT_EQ(tile.content_type, "application/octet-stream");
  EXPECT_EQ(tile.body.size(), 96U);
  EXPECT_NE(header(tile, "Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(header(site.get("/log/checkpoint"), "Cache-Control"), "no-store");
  const HttpResponse missing = site.get("/log/tile/0/000");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(header(missing, "Cache-Control"), "no-store") << "it will be there one day";
  EXPECT_EQ(site.get("/log/tile/0/0").status, 400);
}

TEST(TlogHttp, RecordsTakeATokenOfTheRoleAuditor) {
  Site site;
  const std::string page = "/log/tile/entries/000.p/3";
  EXPECT_EQ(site.get(page).status, 401);
  EXPECT_EQ(site.get(page, "hn_integrator").status, 403);
  const HttpResponse entries = site.get(page, "hn_auditor");
  EXPECT_EQ(entries.status, 200) << entries.body;
  EXPECT_EQ(header(entries, "Cache-Control"), "private, no-store")
      << "no shared cache may keep records";
}

TEST(TlogHttp, OldCheckpointsAreListedAndServed) {
  Site site;
  const auto list = nlohmann::json::parse(site.get("/log/checkpoints").body);
  ASSERT_FALSE(list["sizes"].empty());
  const auto size = list["sizes"].back().get<std::uint64_t>();
  EXPECT_EQ(site.get("/log/checkpoint/" + std::to_string(size)).body,
            site.get("/log/checkpoint").body);
  EXPECT_EQ(site.get("/log/checkpoint/999").status, 404);
  EXPECT_EQ(site.get("/log/checkpoint/01").status, 400);
  EXPECT_EQ(site.get("/log/checkpoints?limit=0").status, 400);
  EXPECT_EQ(site.get("/log/checkpoint/witnessed").status, 404);
}

TEST(TlogHttp, AnEventsProofIsAFileThatVerifies) {
  Site site;
  const HttpResponse page = site.get("/log/proof/event/1-1");
  ASSERT_EQ(page.status, 200) << page.body;
  const auto proof = parse_tlog_proof(page.body);
  ASSERT_TRUE(proof) << proof.error().message();
  const auto run = site.engine->log().read(proof->index, 1).value();
  const LogKeys keys = LogKeys::of(site.engine->identity().log_vkey).value();
  EXPECT_TRUE(verify_tlog_proof(*proof, run.record(0), keys));
  EXPECT_FALSE(proof->extra) << "no record without a token";
  EXPECT_EQ(site.get("/log/proof/event/1-99").status, 404);
  EXPECT_EQ(site.get("/log/proof/event/nonsense").status, 400);
}

TEST(TlogHttp, EveryKeyIsNamedWithWhatHandsItOver) {
  Site site;
  const std::string first = site.engine->identity().log_vkey;
  const std::string old_note = site.get("/log/checkpoint").body;
  site.api.reset();
  site.engine.reset();
  ASSERT_TRUE(order_key_rotation(site.config, "suspected", site.random));
  EXPECT_FALSE(order_key_rotation(site.config, "suspected", site.random)) << "one waits already";
  site.start();
  const std::string second = site.engine->identity().log_vkey;
  EXPECT_NE(second, first);
  EXPECT_EQ(load_verifier_key(site.config.data).value(), second);
  const auto page = nlohmann::json::parse(site.get("/log/keys").body);
  ASSERT_EQ(page["keys"].size(), 2U);
  EXPECT_EQ(page["keys"][0]["vkey"], first);
  EXPECT_EQ(page["keys"][1]["vkey"], second);
  EXPECT_EQ(page["changes"].size(), 2U);
  EXPECT_FALSE(page["changes"][1]["handover"].get<std::string>().empty());
  // The checkpoint that covers the change opens under either key.
  const std::string note = site.get("/log/checkpoint").body;
  EXPECT_TRUE(open_checkpoint(note, first));
  EXPECT_TRUE(open_checkpoint(note, second));
  EXPECT_TRUE(open_checkpoint(old_note, first));
  // Another start changes nothing.
  site.start();
  EXPECT_EQ(site.engine->identity().log_vkey, second);
  EXPECT_EQ(nlohmann::json::parse(site.get("/log/keys").body)["keys"].size(), 2U);
}

}  // namespace
}  // namespace houniao::testing_server
