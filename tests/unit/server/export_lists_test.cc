// Lists as CSV: whole, in one way through the state, and no longer than they may be.
#include "server/http/export_pages.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/delivery_world.h"
#include "tests/unit/server/queries_world.h"

namespace houniao::testing {
namespace {

class ExportedLists : public DeliveryWorld {
 protected:
  // More than a page of the HTTP interface holds.
  static constexpr std::size_t kServices = kPageMax + 20;
  ExportedLists() {
    const EventId served = person();
    for (std::size_t i = 0; i < kServices; ++i) serve({served});
  }
  std::size_t taken(const std::string& page, std::size_t wanted) const {
    std::size_t count = 0;
    const auto done =
        query_list(log.state(), page, [&](const exports::Json&) { return ++count < wanted; });
    EXPECT_TRUE(done) << page;
    return count;
  }
};

TEST_F(ExportedLists, hold_every_item_in_the_order_of_the_pages) {
  PageJson paged = PageJson::array();
  std::string cursor;
  do {
    const PageJson page =
        ask(log, "services?limit=500" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const PageJson& item : page["items"]) paged.push_back(item);
    cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
  } while (!cursor.empty());
  PageJson whole = PageJson::array();
  ASSERT_TRUE(query_list(log.state(), "services", [&](const exports::Json& item) {
    whole.push_back(PageJson(item));
    return true;
  }));
  EXPECT_EQ(whole.size(), kServices);
  EXPECT_EQ(whole, paged);
}

TEST_F(ExportedLists, make_no_item_after_the_last_that_was_wanted) {
  person();
  for (const char* page : {"services", "people"}) {
    EXPECT_EQ(taken(page, 1), 1U) << page;
    EXPECT_EQ(taken(page, 2), 2U) << page;
  }
}

TEST_F(ExportedLists, are_refused_beyond_their_bound_before_anything_is_written) {
  Written out;
  const auto refused =
      write_page_csv(log.state(), "services", exports::ByteOrderMark::none, out.sink(), 1'000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
  EXPECT_TRUE(out.text.empty());
  ASSERT_TRUE(write_page_csv(log.state(), "services", exports::ByteOrderMark::none, out.sink()));
  EXPECT_EQ(static_cast<std::size_t>(std::count(out.text.begin(), out.text.end(), '\n')),
            kServices + 1);
}

// The header of a list without items is that of the list with them.
TEST_F(ExportedLists, have_the_columns_that_their_description_names) {
  const auto header = [](const State& state, const std::string& page) {
    Written out;
    EXPECT_TRUE(write_page_csv(state, page, exports::ByteOrderMark::none, out.sink())) << page;
    return out.text.substr(0, out.text.find('\r'));
  };
  const LogBuilder nothing;
  std::size_t compared = 0;
  for (const QueryPage& page : query_pages()) {
    if (!page.list || page.of_bench) continue;
    const std::string name(page.name);
    EXPECT_FALSE(header(nothing.state(), name).empty()) << name;
    if (items(log, name).empty()) continue;
    ++compared;
    EXPECT_EQ(header(nothing.state(), name), header(log.state(), name)) << name;
  }
  EXPECT_GT(compared, 3U);
}

TEST_F(ExportedLists, are_lists_and_nothing_else) {
  const auto code = [&](const std::string& page) {
    return query_list(log.state(), page, [](const exports::Json&) { return true; }).error().code;
  };
  EXPECT_EQ(code("nothing"), Errc::not_found);
  EXPECT_EQ(code("anomalies"), Errc::not_found) << "no list of the state";
  EXPECT_EQ(code("state"), Errc::invalid_argument);
  EXPECT_EQ(code("traces"), Errc::invalid_argument);
}

}  // namespace
}  // namespace houniao::testing
