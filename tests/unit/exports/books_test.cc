// CSV, the books and their workbooks, IATI and PROV over a small log.
#include "exports/books.h"

#include "exports/books/export.h"
#include "exports/books/xlsx.h"
#include "exports/csv.h"
#include "exports/facts_csv.h"
#include "exports/iati.h"
#include "exports/prov.h"
#include "exports/xml.h"
#include "tests/unit/exports/exported.h"
#include "tests/unit/replay/families/volunteer_world.h"

namespace houniao::testing {
namespace {

using exports::ByteOrderMark;
using exports::Json;

TEST(Csv, fields_are_quoted_as_rfc_4180_says) {
  Written out;
  {
    exports::CsvOut csv(out.sink(), ByteOrderMark::none);
    csv.text("a,b").text("say \"x\"").text("two\nlines").number(-5).empty();
    csv.end_row();
  }
  EXPECT_EQ(out.text, "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",-5,\r\n");
}

TEST(Csv, for_a_spreadsheet_a_text_is_no_formula_and_a_number_stays_one) {
  Written out;
  {
    exports::CsvOut csv(out.sink(), ByteOrderMark::written);
    csv.text("=1+1").number(-5);
    csv.end_row();
  }
  EXPECT_EQ(out.text, "\xEF\xBB\xBF'=1+1,-5\r\n");
}

TEST(Csv, rows_of_different_members_share_one_header) {
  Written out;
  const std::vector<Json> rows = {{{"id", "1"}, {"ids", {"a", "b"}}}, {{"id", "2"}, {"n", 7u}}};
  exports::write_json_rows(rows, ByteOrderMark::none, out.sink());
  EXPECT_EQ(out.text, "id,ids,n\r\n1,a; b,\r\n2,,7\r\n");
}

TEST(Csv, an_object_without_the_members_of_later_ones_has_empty_cells_for_them) {
  Written out;
  exports::JsonRows rows(ByteOrderMark::written);
  rows.add({{"id", "=1"}});
  rows.add({{"id", "2"}, {"n", -7}, {"text", "a,b"}});
  rows.write(out.sink());
  EXPECT_EQ(out.text, "\xEF\xBB\xBFid,n,text\r\n'=1,,\r\n2,-7,\"a,b\"\r\n");
  EXPECT_EQ(rows.bytes(), std::string("'=1").size() + std::string("2,-7,\"a,b\"").size());
}

TEST(Csv, a_sink_that_wants_no_more_is_not_called_again) {
  exports::JsonRows rows(ByteOrderMark::none);
  const std::string long_text(exports::kPieceBytes, 'x');
  for (int i = 0; i < 10; ++i) rows.add({{"text", long_text}});
  int calls = 0;
  rows.write([&](std::string_view) {
    ++calls;
    return calls < 2;
  });
  EXPECT_EQ(calls, 2);
}

TEST(Xml, markup_and_control_characters_do_not_get_through) {
  EXPECT_EQ(exports::XmlOut::escaped("<a b=\"c\">&\x01"), "&lt;a b=&quot;c&quot;&gt;&amp;");
}

class Books : public DeliveryWorld {
 protected:
  Books() {
    fund = establish_fund();
    receive(fund, 500'000);
    contractor = organisation();
    verified_account(contractor);
    contract = sign_contract(organisation(""), contractor, fund, {});
    allocate(fund, 400'000, contract);
    accept(contract, 40);
    const EventId asked =
        request({.fund = fund, .contract = contract, .payee = contractor, .fen = 25'050});
    approve(supervisor, asked);
    paid = pay(asked, 25'050);
  }
  static Fen sum(const exports::Sheet& sheet, const std::string& title) {
    std::int64_t out = 0;
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
      if (sheet.columns[i].title != title) continue;
      for (const auto& row : sheet.rows) out += std::get<Fen>(row[i]).value;
    }
    return Fen{out};
  }

  EventId fund, contractor, contract, paid;
};

TEST_F(Books, the_purchase_ledger_adds_up_to_the_ledger) {
  const exports::Book book = exports::purchase_ledger(log.state(), {});
  ASSERT_EQ(book.sheets.size(), 5u);
  const FundTotals totals = log.state().ledger.fund(entity_cast<FundId>(fund));
  EXPECT_EQ(sum(book.sheets[2], "净支付"), totals.net_paid());
  EXPECT_EQ(sum(book.sheets[3], "到账"), totals.received);
  EXPECT_EQ(sum(book.sheets[3], "未分配结余"), totals.free());
  EXPECT_EQ(sum(book.sheets[0], "已支付（净）"), totals.net_paid());
  for (const exports::Sheet& sheet : book.sheets) {
    for (const auto& row : sheet.rows) EXPECT_EQ(row.size(), sheet.columns.size()) << sheet.name;
  }
}

TEST_F(Books, a_workbook_is_a_zip_and_the_same_book_gives_the_same_bytes) {
  const exports::Book book = exports::purchase_ledger(log.state(), {});
  const auto first = exports::xlsx_of(book);
  const auto again = exports::xlsx_of(book);
  ASSERT_TRUE(first) << first.error().message();
  ASSERT_TRUE(again);
  EXPECT_TRUE(first->starts_with("PK\x03\x04"));
  EXPECT_EQ(*first, *again);
}

TEST_F(Books, a_sheet_that_cannot_be_named_is_refused) {
  exports::Book book = exports::purchase_ledger(log.state(), {});
  book.sheets[0].name = "a/b";
  EXPECT_FALSE(exports::xlsx_of(book));
}

TEST_F(Books, every_format_that_is_listed_can_be_written) {
  const BuilderSource source(log);
  for (const exports::Format& format : exports::formats()) {
    exports::ExportRequest request;
    request.format = std::string(format.name);
    Written out;
    const auto done = exports::run_export(request, log.state(), source, size_of(log), out.sink());
    EXPECT_TRUE(done) << format.name << ": " << (done ? "" : done.error().message());
    EXPECT_FALSE(out.text.empty()) << format.name;
  }
  exports::ExportRequest unknown;
  unknown.format = "pdf";
  Written out;
  EXPECT_FALSE(exports::run_export(unknown, log.state(), source, size_of(log), out.sink()));
}

TEST_F(Books, no_format_writes_on_when_its_sink_wants_no_more) {
  const BuilderSource source(log);
  for (const exports::Format& format : exports::formats()) {
    exports::ExportRequest request;
    request.format = std::string(format.name);
    int calls = 0;
    const auto done = exports::run_export(request, log.state(), source, size_of(log),
                                          [&](std::string_view) { return ++calls < 1; });
    EXPECT_TRUE(done) << format.name;
    EXPECT_EQ(calls, 1) << format.name;
  }
}

TEST_F(Books, a_stopped_sink_ends_the_walk_through_the_log) {
  for (int i = 0; i < 300; ++i) serve({person()});
  // Counts how far the log was read.
  class Counted final : public exports::EventSource {
   public:
    explicit Counted(const LogBuilder& of) : source_(of) {}
    Result<void> each(Seq from, TreeSize end, const Visit& visit) const override {
      return source_.each(from, end, [&](const exports::LoggedEvent& event) {
        ++seen;
        return visit(event);
      });
    }
    mutable std::size_t seen = 0;

   private:
    BuilderSource source_;
  };
  for (const char* format : {"cloudevents", "ocel-json"}) {
    exports::ExportRequest request;
    request.format = format;
    const Counted source(log);
    ASSERT_TRUE(exports::run_export(request, log.state(), source, size_of(log),
                                    [](std::string_view) { return false; }));
    EXPECT_GT(source.seen, 0u);
    EXPECT_LT(source.seen, log.records().size()) << format;
  }
}

TEST_F(Books, a_workbook_beyond_the_bound_is_refused_before_it_is_made) {
  const BuilderSource source(log);
  exports::ExportRequest request;
  request.format = "xlsx-purchase";
  request.bytes_max = 1'000;
  Written out;
  const auto done = exports::run_export(request, log.state(), source, size_of(log), out.sink());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::too_large);
  EXPECT_TRUE(out.text.empty());
}

TEST_F(Books, iati_tells_every_movement_of_money_once) {
  Written out;
  ASSERT_TRUE(exports::write_iati(log.state(), {}, {}, out.sink()));
  // The allocation names the programme in its body; request and payment in their envelope.
  EXPECT_TRUE(contains(out.text, ">4000.00</value>")) << out.text;
  EXPECT_TRUE(contains(out.text, "-" + to_string(programme) + "</iati-identifier>"));
  EXPECT_EQ(out.text.find("<iati-activity "), out.text.rfind("<iati-activity "));
}

TEST_F(Books, prov_says_from_which_records_a_sealed_report_was_made) {
  const EventId sealed = log.add(finance, [&](Body e) {
    auto b = e.initBody().initPeriodSealed();
    b.setProgramme(programme.value);
    b.setFromDay(16'000);
    b.setToDay(16'030);
    b.setTreeSize(size_of(log).value);
    b.setRoot(to_data(ByteView{Bytes(32, 7)}));
    auto reports = b.initReports(1);
    reports[0].setName("annual");
    reports[0].setSha256(to_data(ByteView{Bytes(32, 9)}));
    auto signers = b.initSigners(2);
    signers.set(0, 503);
    signers.set(1, 504);
  });
  ASSERT_TRUE(in_force(sealed)) << why(sealed);
  Written out;
  const BuilderSource source(log);
  ASSERT_TRUE(
      exports::write_prov(log.state(), source, size_of(log), {}, "houniao.local/log", out.sink()));
  const Json json = out.json();
  EXPECT_EQ(json.at("activity").size(), 1u);
  ASSERT_EQ(json.at("wasDerivedFrom").size(), 1u);
  const Json& derived = json.at("wasDerivedFrom").front();
  for (const char* end : {"prov:generatedEntity", "prov:usedEntity"}) {
    EXPECT_TRUE(json.at("entity").contains(derived.at(end).get<std::string>())) << end;
  }
  EXPECT_EQ(
      json.at("entity").at(derived.at("prov:usedEntity").get<std::string>()).at("hnv:root").at("$"),
      to_hex(Bytes(32, 7)));
}

TEST_F(Books, a_programme_that_does_not_exist_and_a_day_that_is_none_are_refused) {
  EXPECT_FALSE(exports::parse_scope(log.state(), "2-999", "", ""));
  EXPECT_FALSE(exports::parse_scope(log.state(), "x", "", ""));
  EXPECT_FALSE(exports::parse_scope(log.state(), "", "2016-13-01", ""));
  const auto scope = exports::parse_scope(log.state(), to_string(programme), "2016-01-01", "");
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->programmes, (std::vector<std::uint64_t>{programme.value}));
}

}  // namespace
}  // namespace houniao::testing
