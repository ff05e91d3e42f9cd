// `houniao figures check` and `houniao pack check` as scripts use them: one JSON object, exit
// codes, both languages, and texts and packs that are refused.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "client_sdk/cpp/houniao.h"
#include "tests/support/server_process.h"

namespace houniao {
namespace {

using tests::houniao;
using Json = nlohmann::json;
using std::chrono::seconds;

constexpr int kClasses = 41;

// One figure: more than forty classes in a year.
constexpr const char* kPack = R"({
  "code": "qz",
  "name": {"zh": "某市青年之家", "en": "youth homes of a city"},
  "region": 350500,
  "from": "2023-01-01", "to": "2024-12-31",
  "policy": {"version": 1, "nearPermille": 900, "aboutPermille": 100},
  "sessionKinds": [{"code": "night_school", "label": {"zh": "青年夜校", "en": "night school"}, "unit": "期"}],
  "figures": [
    {"id": "Q01", "value": 40, "comparator": ">", "word": "余", "unit": "期", "phrase": "青年夜校40余期",
     "label": {"zh": "青年夜校", "en": "night schools"},
     "metric": {"op": "count", "of": "events", "where": {"type": ["SessionHeld"], "kind": ["night_school"]}}}
  ]
}
)";

EventDraft on_2023_05_01() {
  EventDraft draft;
  draft.occurred = to_day({2023, 5, 1});
  draft.source = schema::Source::IMPORTED;
  return draft;
}

// A log of one programme and its classes, written through the server by one device.
class HeadlineCommand : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(houniao({"init", "--data", data_}).exit_code, 0);
    std::ofstream(pack_) << kPack;
  }

  void hold_classes() {
    tests::ServerProcess server(data_);
    ASSERT_TRUE(server.start());
    const tests::Outcome code =
        houniao({"enrol", "--data", data_, "--new", "--role", "field", "--role", "supervisor"});
    ASSERT_EQ(code.exit_code, 0) << code.err;
    Client::Options options;
    options.directory = folder_ / "tablet";
    options.key.emplace();
    auto opened = Client::open(options);
    ASSERT_TRUE(opened) << opened.error().message();
    const std::unique_ptr<Client> tablet = std::move(*opened);
    ASSERT_TRUE(tablet->enrol(server.url(), code.out.substr(0, code.out.find('\n'))));
    ASSERT_TRUE(tablet->connect(server.url()));
    ASSERT_TRUE(tablet->wait_synced(seconds(20)));
    EventDraft programme = on_2023_05_01();
    programme.body = [](schema::Event::Body::Builder body) {
      auto b = body.initProgrammeOpened();
      b.setCode("qz");
      b.setFromDay(to_day({2023, 1, 1}).value);
      b.setToDay(to_day({2024, 12, 31}).value);
    };
    const auto id = tablet->record(programme);
    ASSERT_TRUE(id) << id.error().message();
    for (int i = 0; i < kClasses; ++i) {
      EventDraft held = on_2023_05_01();
      held.programme = entity_cast<ProgrammeId>(*id);
      held.body = [](schema::Event::Body::Builder body) {
        body.initSessionHeld().setKind("night_school");
      };
      ASSERT_TRUE(tablet->record(held));
    }
    ASSERT_TRUE(tablet->wait_synced(seconds(20)));
  }

  tests::Outcome check(const std::vector<std::string>& more) const {
    std::vector<std::string> line = {"--json", "figures", "check", "--data", data_};
    line.insert(line.end(), more.begin(), more.end());
    return houniao(line);
  }

  const tests::TemporaryFolder folder_;
  const std::string data_ = folder_ / "server";
  const std::string pack_ = folder_ / "qz.json";
};

TEST_F(HeadlineCommand, TheLogProvesOneSentenceAndRefutesAnotherWithTheEventsThatDecide) {
  hold_classes();
  const tests::Outcome proved = check({"--pack", pack_, "青年夜校40余期"});
  EXPECT_EQ(proved.exit_code, 0) << proved.err << proved.out;
  const Json yes = Json::parse(proved.out, nullptr, false);
  ASSERT_TRUE(yes.is_object()) << proved.out;
  EXPECT_EQ(yes["programmes"], Json::array({"qz"}));
  EXPECT_EQ(yes["proved"], 1) << proved.out;
  ASSERT_EQ(yes["numbers"].size(), 1u);
  EXPECT_EQ(yes["numbers"][0]["figure"], "Q01");
  EXPECT_EQ(yes["numbers"][0]["computed"], kClasses);
  EXPECT_FALSE(yes["numbers"][0]["deciding_events"].empty());

  const tests::Outcome refuted = check({"--pack", pack_, "青年夜校超过50期"});
  EXPECT_EQ(refuted.exit_code, 1) << "a refuted number is a failed check";
  const Json no = Json::parse(refuted.out, nullptr, false);
  ASSERT_TRUE(no.is_object()) << refuted.out;
  EXPECT_EQ(no["refuted"], 1) << refuted.out;
  EXPECT_EQ(no["numbers"][0]["verdict"], "refuted");
  EXPECT_EQ(no["numbers"][0]["computed"], kClasses);
}

TEST_F(HeadlineCommand, AnEmptyLogCanProveNothingAndSaysSoForEachNumber) {
  const tests::Outcome outcome = check({"2015年代辦居民身份證近8900份，上百人參加"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << outcome.out;
  EXPECT_EQ(json["cannot_be_known"], 2);
  ASSERT_EQ(json["numbers"].size(), 2u);
  const Json& first = json["numbers"][0];
  EXPECT_EQ(first["text"], "近8900份");
  EXPECT_EQ(first["value"], 8900);
  EXPECT_EQ(first["comparator"], "<");
  EXPECT_EQ(first["unit"], "份");
  EXPECT_EQ(first["figure"], "B32");
  EXPECT_EQ(first["computed"], 0);
  EXPECT_EQ(first["candidates"][0]["programme"], "b");
  EXPECT_TRUE(first["deciding_events"].is_array());
  ASSERT_EQ(json["set_aside"].size(), 1u);
  EXPECT_EQ(json["set_aside"][0]["what_en"], "a date");
}

TEST_F(HeadlineCommand, TextsThatCannotBeReadAreRefusedAsUsage) {
  EXPECT_EQ(check({"服务\xff"}).exit_code, 2);
  EXPECT_EQ(check({}).exit_code, 2) << "neither a sentence nor a file";
  const std::string file = folder_ / "article.txt";
  EXPECT_EQ(check({"一句话", "--file", file}).exit_code, 2) << "both";
  std::ofstream(file) << std::string(65 * 1024, 'x');
  EXPECT_EQ(check({"--file", file}).exit_code, 2) << "too long";
  EXPECT_EQ(check({"3人", "--programme", "nowhere"}).exit_code, 2);
}

TEST_F(HeadlineCommand, AFileIsCheckedAgainstSeveralProgrammes) {
  const std::string file = folder_ / "article.txt";
  std::ofstream(file) << "代办居民身份证近8900份。\n放映电影38场。\n";
  const tests::Outcome outcome = check({"--programme", "a,b", "--file", file});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << outcome.out;
  EXPECT_EQ(json["programmes"], Json::array({"a", "b"}));
  ASSERT_EQ(json["numbers"].size(), 2u);
  EXPECT_EQ(json["numbers"][0]["figure"], "B32");
  EXPECT_EQ(json["numbers"][1]["figure"], "A12");
}

TEST_F(HeadlineCommand, PeopleGetATableInBothLanguages) {
  const tests::Outcome outcome =
      houniao({"figures", "check", "--data", data_, "代办居民身份证近8900份"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* text : {"无法得知 cannot be known", "deciding events", "B32", "近8900份"}) {
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
  }
}

class PackCommand : public testing::Test {
 protected:
  std::string written(const std::string& text) const {
    const std::string file = folder_ / "pack.json";
    std::ofstream(file) << text;
    return file;
  }
  const tests::TemporaryFolder folder_;
};

TEST_F(PackCommand, AGoodPackIsToldAsUsableWithWhatItHolds) {
  const tests::Outcome outcome = houniao({"--json", "pack", "check", written(kPack)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
  const Json json = Json::parse(outcome.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << outcome.out;
  EXPECT_EQ(json["ok"], true);
  EXPECT_EQ(json["errors"], 0);
  EXPECT_EQ(json["code"], "qz");
  EXPECT_EQ(json["figures"], 1);
}

TEST_F(PackCommand, AMistakeIsToldWithItsPlaceInBothLanguages) {
  std::string text(kPack);
  const std::string good = "\"op\": \"count\"";
  text.replace(text.find(good), good.size(), "\"op\": \"tally\"");
  const std::string file = written(text);
  const tests::Outcome outcome = houniao({"--json", "pack", "check", file});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  const Json json = Json::parse(outcome.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << outcome.out;
  EXPECT_EQ(json["ok"], false);
  ASSERT_EQ(json["errors"], 1) << outcome.out;
  const Json& fault = json["faults"][0];
  EXPECT_EQ(fault["severity"], "error");
  EXPECT_EQ(fault["pointer"], "/figures/0/metric/op");
  EXPECT_EQ(fault["line"], 11);
  EXPECT_FALSE(fault["zh"].get<std::string>().empty());
  EXPECT_FALSE(fault["en"].get<std::string>().empty());
  const tests::Outcome printed = houniao({"pack", "check", file});
  EXPECT_EQ(printed.exit_code, 1);
  EXPECT_NE((printed.out + printed.err).find(file + ":11:"), std::string::npos)
      << "editors make a link of it: " << printed.out;
}

TEST_F(PackCommand, AFileThatCannotBeReadIsAnotherMistakeThanAPackThatIsWrong) {
  EXPECT_EQ(houniao({"pack", "check", written("{")}).exit_code, 1);
  const auto refused = [](const std::string& file, const std::string& why) {
    for (const auto& line : {std::vector<std::string>{"pack", "check", file},
                             {"figures", "--data", "nowhere", "--pack", file}}) {
      const tests::Outcome outcome = houniao(line);
      EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
      EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.err.find("bytes"), std::string::npos) << outcome.err;
    }
  };
  refused(folder_ / "nowhere.json", "没有此文件");
  std::filesystem::create_directory(folder_ / "pack.d");
  refused(folder_ / "pack.d", "是目录");
  refused(written(std::string((std::size_t{1} << 20) + 1, ' ')), "1 MiB");
}

TEST_F(PackCommand, FiguresReadAPackAsStrictlyAsItIsChecked) {
  const std::string name = "\"region\": 350500";
  for (const char* more : {", \"region\": 350500", ", \"\\u001b[2J\": 1"}) {
    std::string text(kPack);
    text.insert(text.find(name) + name.size(), more);
    const std::string file = written(text);
    EXPECT_EQ(houniao({"pack", "check", file}).exit_code, 1);
    const tests::Outcome figures = houniao({"figures", "--data", "nowhere", "--pack", file});
    EXPECT_EQ(figures.exit_code, 2) << figures.err;
    EXPECT_NE(figures.err.find(file + ": programme pack, 4:"), std::string::npos) << figures.err;
    EXPECT_EQ((figures.out + figures.err).find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace houniao
