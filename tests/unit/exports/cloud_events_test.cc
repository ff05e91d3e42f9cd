#include "exports/cloud_events.h"

#include <set>

#include "exports/text.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

class CloudEvents : public DeliveryWorld {
 protected:
  exports::Json batch(Seq from, std::size_t limit, exports::CloudPage* page = nullptr) {
    Written out;
    const BuilderSource source(log);
    const auto done = exports::write_cloud_batch(log.state(), source, from, size_of(log), {},
                                                 "houniao.local/log", limit, out.sink());
    EXPECT_TRUE(done);
    if (done && page != nullptr) *page = *done;
    return out.json();
  }
};

TEST_F(CloudEvents, one_event_says_what_the_specification_asks_for) {
  const EventId fund = establish_fund();
  const exports::Json all = batch(Seq{0}, 1000);
  const exports::Json& event = all.back();
  EXPECT_EQ(event.at("specversion"), "1.0");
  EXPECT_EQ(event.at("id"), to_string(fund));
  EXPECT_EQ(event.at("source"),
            "//houniao.local/log/devices/" + std::to_string(device_of(fund).value));
  EXPECT_EQ(event.at("type"), "local.houniao.funds.fund_source_established.v1");
  EXPECT_EQ(event.at("subject"), "fund/" + to_string(fund));
  EXPECT_EQ(event.at("verdict"), "accepted");
  EXPECT_EQ(event.at("data").at("body").at("kind"), "provincial_grant");
}

TEST_F(CloudEvents, pages_follow_one_another_without_gap_or_overlap) {
  for (int i = 0; i < 20; ++i) person();
  const exports::Json all = batch(Seq{0}, 1000);
  std::vector<exports::Json> paged;
  exports::CloudPage page;
  for (Seq from{0};; from = page.next) {
    for (const exports::Json& event : batch(from, 7, &page)) paged.push_back(event);
    if (page.at_end) break;
    EXPECT_EQ(page.count, 7u);
  }
  ASSERT_EQ(paged.size(), all.size());
  std::string before;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < paged.size(); ++i) {
    EXPECT_EQ(paged[i], all[i]);
    const std::string sequence = paged[i].at("sequence");
    EXPECT_LT(before, sequence) << "texts sort as the log does";
    before = sequence;
    ids.insert(paged[i].at("source").get<std::string>() + paged[i].at("id").get<std::string>());
  }
  EXPECT_EQ(ids.size(), paged.size());
  EXPECT_EQ(page.next.value, size_of(log).value);
}

TEST_F(CloudEvents, a_stream_is_frames_whose_id_is_the_seq_and_goes_on_behind_it) {
  person();
  Written whole;
  const BuilderSource source(log);
  ASSERT_TRUE(exports::write_event_stream(log.state(), source, Seq{0}, size_of(log), {}, "o/log",
                                          1000, whole.sink()));
  Written first;
  const auto page = exports::write_event_stream(log.state(), source, Seq{0}, size_of(log), {},
                                                "o/log", 3, first.sink());
  ASSERT_TRUE(page);
  Written rest;
  ASSERT_TRUE(exports::write_event_stream(log.state(), source, page->next, size_of(log), {},
                                          "o/log", 1000, rest.sink()));
  EXPECT_EQ(first.text + rest.text, whole.text);
  EXPECT_TRUE(whole.text.starts_with("id: "));
  EXPECT_TRUE(whole.text.ends_with("}\n\n"));
  EXPECT_FALSE(contains(whole.text, "\n\n\n"));
}

TEST(ExportText, amounts_times_and_names_are_exact) {
  EXPECT_EQ(exports::decimal(Fen{123'405}), "1234.05");
  EXPECT_EQ(exports::decimal(Fen{-7}), "-0.07");
  EXPECT_EQ(exports::decimal(Fen{INT64_MIN}), "-92233720368547758.08");
  EXPECT_EQ(exports::dump(exports::json_amount(Fen{123'405})), "1234.05");
  EXPECT_EQ(exports::dump(exports::json_amount(Fen{999'999'999'999'999})), "9999999999999.99");
  EXPECT_EQ(exports::dump(exports::json_amount(Fen{500})), "5");
  EXPECT_EQ(exports::reverse_dns("log.example.org/x"), "org.example.log");
  EXPECT_EQ(exports::snake_case("acceptedFen"), "accepted_fen");
  EXPECT_EQ(exports::rfc3339_exact(WallTime{1'000'007}), "1970-01-01T08:00:01.000007+08:00");
}

}  // namespace
}  // namespace houniao::testing
