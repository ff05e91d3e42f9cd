// OCEL 2.0 in both its forms, and XES: relations point at what is there, and the forms agree.
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "exports/books/ocel_sqlite.h"
#include "exports/ocel_json.h"
#include "exports/xes.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/delivery_world.h"

namespace houniao::testing {
namespace {

using exports::Json;

class Mining : public DeliveryWorld {
 protected:
  Mining() {
    const EventId fund = establish_fund();
    receive(fund, 500'000);
    const EventId contractor = organisation();
    verified_account(contractor);
    contract = sign_contract(organisation(""), contractor, fund, {});
    allocate(fund, 400'000, contract);
    client = person();
    accept(contract, 3);
    served = serve({client, person()});
    withdrawn = serve({client});
    retract(withdrawn);
  }
  Json ocel() {
    Written out;
    const BuilderSource source(log);
    EXPECT_TRUE(exports::write_ocel_json(log.state(), source, size_of(log), {}, out.sink()));
    return out.json();
  }
  std::string xes(const std::string& type) {
    Written out;
    const BuilderSource source(log);
    EXPECT_TRUE(exports::write_xes(log.state(), source, size_of(log), {}, type, out.sink()));
    return out.text;
  }

  EventId contract, client, served, withdrawn;
};

TEST_F(Mining, every_relation_points_at_an_object_and_every_type_is_declared) {
  const Json all = ocel();
  std::set<std::string> object_types;
  for (const Json& type : all.at("objectTypes")) object_types.insert(type.at("name"));
  std::set<std::string> event_types;
  for (const Json& type : all.at("eventTypes")) event_types.insert(type.at("name"));
  std::set<std::string> objects;
  for (const Json& object : all.at("objects")) {
    EXPECT_TRUE(objects.insert(object.at("id")).second) << object.at("id");
    EXPECT_TRUE(object_types.contains(object.at("type")));
  }
  std::size_t relations = 0;
  for (const char* part : {"objects", "events"}) {
    for (const Json& item : all.at(part)) {
      for (const Json& relation : item.at("relationships")) {
        EXPECT_TRUE(objects.contains(relation.at("objectId"))) << relation;
        ++relations;
      }
    }
  }
  EXPECT_GT(relations, 20u);
  for (const Json& event : all.at("events")) EXPECT_TRUE(event_types.contains(event.at("type")));
}

TEST_F(Mining, what_is_not_in_force_is_no_event) {
  const Json all = ocel();
  std::set<std::string> events;
  for (const Json& event : all.at("events")) events.insert(event.at("id"));
  EXPECT_TRUE(events.contains(to_string(served))) << why(served);
  EXPECT_FALSE(events.contains(to_string(withdrawn)));
}

TEST_F(Mining, the_database_holds_what_the_json_holds) {
  const BuilderSource source(log);
  const auto bytes = exports::ocel_sqlite_bytes(log.state(), source, size_of(log), {});
  ASSERT_TRUE(bytes) << bytes.error().message();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  std::string copy = *bytes;
  ASSERT_EQ(
      sqlite3_deserialize(db, "main", reinterpret_cast<unsigned char*>(copy.data()),
                          static_cast<sqlite3_int64>(copy.size()),
                          static_cast<sqlite3_int64>(copy.size()), SQLITE_DESERIALIZE_READONLY),
      SQLITE_OK);
  const auto count = [&](const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sql;
    std::int64_t out = -1;
    if (sqlite3_step(statement) == SQLITE_ROW) out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return out;
  };
  const Json all = ocel();
  std::int64_t relations = 0;
  for (const Json& event : all.at("events")) {
    relations += static_cast<std::int64_t>(event.at("relationships").size());
  }
  EXPECT_EQ(count("SELECT count(*) FROM event"),
            static_cast<std::int64_t>(all.at("events").size()));
  EXPECT_EQ(count("SELECT count(*) FROM object"),
            static_cast<std::int64_t>(all.at("objects").size()));
  EXPECT_EQ(count("SELECT count(*) FROM event_object"), relations);
  EXPECT_EQ(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM event WHERE ocel_type NOT IN "
                  "(SELECT ocel_type FROM event_map_type)"),
            0);
  EXPECT_EQ(count("SELECT count(*) FROM object_contract"), 1);
  EXPECT_EQ(count("SELECT amount_fen FROM object_contract"), 100'000);
  sqlite3_close(db);
}

TEST_F(Mining, a_database_in_memory_stops_at_its_bound) {
  const BuilderSource source(log);
  const auto whole = exports::ocel_sqlite_bytes(log.state(), source, size_of(log), {});
  ASSERT_TRUE(whole) << whole.error().message();
  const auto bounded =
      exports::ocel_sqlite_bytes(log.state(), source, size_of(log), {}, whole->size());
  EXPECT_TRUE(bounded) << "the bound itself is not beyond it";
  const auto refused =
      exports::ocel_sqlite_bytes(log.state(), source, size_of(log), {}, whole->size() / 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large) << refused.error().message();
}

// A source that breaks in the middle, as one does whose process is killed, but with a sound end.
class BrokenSource final : public exports::EventSource {
 public:
  explicit BrokenSource(std::filesystem::path final_name) : final_name_(std::move(final_name)) {}
  Result<void> each(Seq, TreeSize, const Visit&) const override {
    EXPECT_FALSE(std::filesystem::exists(final_name_)) << "half a file under its final name";
    EXPECT_TRUE(std::filesystem::exists(final_name_.string() + ".part"));
    return fail(Errc::corrupt, "broken on purpose");
  }

 private:
  std::filesystem::path final_name_;
};

TEST_F(Mining, a_database_file_has_its_name_only_when_it_is_whole) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("ocel" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / "log.sqlite";
  // What a killed attempt left behind is in nobody's way.
  std::ofstream(path.string() + ".part") << "half";
  EXPECT_FALSE(exports::write_ocel_sqlite(log.state(), BrokenSource(path), size_of(log), {}, path));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::ofstream(path) << "an older one";
  const auto written =
      exports::write_ocel_sqlite(log.state(), BuilderSource(log), size_of(log), {}, path);
  ASSERT_TRUE(written) << written.error().message();
  std::string head(15, '\0');
  std::ifstream(path).read(head.data(), 15);
  EXPECT_EQ(head, "SQLite format 3");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
  std::filesystem::remove_all(folder);
}

TEST_F(Mining, a_trace_is_the_events_of_one_case_in_the_order_in_which_they_happened) {
  const std::string text = xes("contract");
  EXPECT_TRUE(contains(text, "contract/" + to_string(contract)));
  std::size_t at = 0;
  for (const char* type : {"ContractSigned", "BudgetAllocated", "MilestoneSubmitted"}) {
    const std::size_t found = text.find("value=\"" + std::string(type) + "\"", at);
    ASSERT_NE(found, std::string::npos) << type;
    at = found;
  }
  EXPECT_FALSE(contains(text, "ServiceDelivered"));
  EXPECT_TRUE(contains(xes("person"), "person/" + to_string(client)));
}

TEST_F(Mining, an_unknown_notion_of_a_case_is_refused_with_those_there_are) {
  Written out;
  const BuilderSource source(log);
  const auto done = exports::write_xes(log.state(), source, size_of(log), {}, "x", out.sink());
  ASSERT_FALSE(done);
  EXPECT_TRUE(contains(done.error().detail, "agency_case"));
}

}  // namespace
}  // namespace houniao::testing
