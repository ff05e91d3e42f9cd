// The import with the real SDK and a real server over loopback sockets: verdicts come back, what is
// sealed stays sealed, and a crash between journal and client is found out from the client alone.
#include <gtest/gtest.h>

#include <thread>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "server/server.h"
#include "tests/unit/tools/import/xlsx_fixture.h"
#include "tools/import/client_book.h"
#include "tools/import/run.h"

namespace houniao::importing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kMapping = R"({
  "version": 1,
  "spaces": {"person": "text"},
  "sheets": [{
    "event": "PersonRegistered",
    "key": {"space": "person", "columns": ["编号"]},
    "envelope": {"occurredDay": {"column": "日期", "type": "date", "formats": ["YYYY-MM-DD"]},
                 "scope": {"value": 16}},
    "personal": {"name": {"column": "姓名"}, "phone": {"column": "电话"}},
    "fields": {"sex": {"value": "notStated"}}
  }]
})";

class ClientBookTest : public testing::Test {
 protected:
  void SetUp() override {
    config_ =
        create_config(folder_ / "server", "test.local/houniao", random_, clock_.wall()).value();
    server_ = Server::open(config_, clock_, random_, GatewayOptions{}).value();
    server_->start();
    for (int i = 0; i < 120; ++i) {
      text_ += std::to_string(i) + ",王秀英" + ",138" + std::to_string(10'000'000 + i) + "," +
               (i < 100 ? "2014-03-05" : "2014-03-06") + "\n";
    }
    mapping_ = parse_mapping(kMapping).value();
    file_ = load_ledger(as_bytes(text_), "people.csv", mapping_, std::nullopt).value();
  }

  std::unique_ptr<Client> open() {
    Client::Options options;
    options.directory = folder_ / "client";
    options.key.emplace();
    options.key->fill(3);
    options.map_bytes = std::size_t{1} << 30;
    return Client::open(std::move(options)).value();
  }
  std::unique_ptr<Client> enrolled() {
    EnrolmentCode grant;
    grant.expires = WallTime{clock_.wall().us + 3'600'000'000};
    grant.roles = {static_cast<std::uint16_t>(schema::Role::FIELD)};
    grant.scopes = {kScopeCommons, ScopeId{16}};
    EXPECT_TRUE(server_->engine().keys().add_code("K7QF-2M9X", grant));
    auto client = open();
    const auto identity = client->enrol(server_->url(), "K7QF-2M9X", 10s);
    EXPECT_TRUE(identity) << identity.error().message();
    return client;
  }
  Journal journal(const Book& book) {
    Journal::Secret secret;
    secret.key.emplace();
    secret.key->fill(9);
    Journal out = Journal::open(folder_ / "client" / "import" / "journal.jsonl", secret, random_,
                                Journal::Access::write)
                      .value();
    EXPECT_TRUE(out.reconcile(book));
    return out;
  }

  tests::ScratchFolder folder_;
  os::SystemClock clock_;
  os::SystemRandom random_;
  ServerConfig config_;
  std::unique_ptr<Server> server_;
  std::string text_ = "编号,姓名,电话,日期\n";
  Mapping mapping_;
  LedgerFile file_;
};

TEST_F(ClientBookTest, RowsReachTheServerAndEachHasItsVerdict) {
  auto client = enrolled();
  ClientBook book(*client);
  Journal journal = this->journal(book);
  const Plan plan = make_plan(file_, journal, book.next_event_id());
  ASSERT_TRUE(record_plan(file_, plan, journal, book, {}));
  const auto synced = client->wait_synced(20s);
  ASSERT_TRUE(synced) << synced.error().message();
  const auto verdicts = collect_verdicts(plan, book);
  ASSERT_TRUE(verdicts) << verdicts.error().message();
  EXPECT_EQ(verdicts->rows.size(), 120U);
  EXPECT_EQ(verdicts->waiting, 0U);
  EXPECT_EQ(verdicts->held, 0U) << "facts are counted";
  const PersonId person = entity_cast<PersonId>(plan.rows[7].event);
  EXPECT_EQ(client->personal(person).value().phone, "13810000007");
}

TEST_F(ClientBookTest, ACrashBetweenCommitAndJournalIsFoundOutFromTheClient) {
  for (const bool committed : {false, true}) {
    const bool first = !committed;
    {
      auto client = first ? enrolled() : open();
      ClientBook book(*client);
      Journal journal = this->journal(book);
      const Plan plan = make_plan(file_, journal, book.next_event_id());
      ASSERT_EQ(plan.order.size(), 120U);
      std::vector<JournalRow> marks;
      std::vector<EventDraft> drafts;
      const auto find = [&](const Mark& key) { return find_key(plan, journal, key); };
      RowReader reader(*file_.entries[0].entry, file_.entries[0].sheet->table,
                       file_.entries[0].columns, journal.marker(), find);
      for (const PlannedRow& planned : plan.rows) {
        const Table::Row& row = file_.entries[0].sheet->table.row(planned.row);
        marks.push_back(planned.marks);
        drafts.push_back(make_draft(file_, file_.entries[0], row.number, reader.read(row).values));
      }
      ASSERT_TRUE(journal.intend(file_.sha256, book.next_event_id(), marks));
      if (committed) {
        ASSERT_TRUE(book.record(drafts));
      }
    }
    auto client = open();
    ClientBook book(*client);
    Journal journal = this->journal(book);
    const Plan plan = make_plan(file_, journal, book.next_event_id());
    EXPECT_EQ(plan.count(Outcome::imported), committed ? 120U : 0U);
    EXPECT_EQ(plan.count(Outcome::record), committed ? 0U : 120U);
  }
}

}  // namespace
}  // namespace houniao::importing
