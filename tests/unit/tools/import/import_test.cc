// A ledger from its bytes to events on a device: plans, second runs, dirty rows and crashes.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <set>

#include "tests/unit/tools/import/import_world.h"
#include "tools/import/limits.h"
#include "tools/import/quarantine_file.h"

namespace houniao::importing {
namespace {

TEST_F(ImportTest, ARowBecomesOneEventWithItsPlaceInTheBook) {
  const std::string text = std::string(kHeader) + person_row(0) + person_row(1);
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(ran->report.recorded, 2U);
  ASSERT_EQ(book_.size(), 2U);
  book_.with_event(0, [&](schema::Event::Reader event) {
    EXPECT_EQ(event.getSource(), schema::Source::IMPORTED);
    EXPECT_EQ(event.getImportRow(), 2U);
    EXPECT_EQ(event.getImportSheet(), 0U);
    EXPECT_EQ(event.getOccurredDay(), to_day({2014, 1, 1}).value);
    EXPECT_EQ(event.getScope(), 16U);
    ASSERT_EQ(event.getEvidence().size(), 1U);
    EXPECT_TRUE(equal(to_view(event.getEvidence()[0].getSha256()), sha256(as_bytes(text)).view()));
    EXPECT_EQ(event.getEvidence()[0].getBytes(), text.size());
    EXPECT_EQ(to_view(event.getEvidence()[0].getMime()), "text/csv");
    ASSERT_TRUE(event.getBody().isPersonRegistered());
    const auto person = event.getBody().getPersonRegistered();
    EXPECT_TRUE(person.getIdChecksOk());
    EXPECT_EQ(person.getBlindIndex().size(), 16U);
    ASSERT_EQ(person.getTags().size(), 2U);
    EXPECT_EQ(to_view(person.getTags()[1]), "minor");
  });
  const PersonalData personal = book_.personal(0);
  EXPECT_EQ(personal.name, person_name(0));
  EXPECT_EQ(personal.id_number, id_number(0));
  EXPECT_EQ(personal.phone, "13810000000");
}

TEST_F(ImportTest, TheSameFileTwiceAddsNothing) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 50; ++i) text += person_row(i);
  ASSERT_NE(run(text), nullptr);
  ASSERT_EQ(book_.size(), 50U);
  const auto again = run(text);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(book_.size(), 50U);
  EXPECT_EQ(again->plan.count(Outcome::imported), 50U);
  EXPECT_EQ(again->report.recorded, 0U);
}

TEST_F(ImportTest, RowsWithoutAKeyAreToldApartByTheirPlace) {
  const std::string mapping = R"({"version":1,"sheets":[{"event":"ServiceDelivered",
    "envelope":{"occurredDay":{"column":"日期","type":"date","formats":["YYYY-MM-DD"]}},
    "fields":{"kind":{"value":"legal_advice"},"anonymous":{"column":"人数"}}}]})";
  const std::string text = "日期,人数\n2014-03-05,3\n2014-03-05,3\n";
  ASSERT_NE(run(text, mapping), nullptr) << last_error_.message();
  EXPECT_EQ(book_.size(), 2U) << "two equal rows are two services";
  ASSERT_NE(run(text, mapping), nullptr);
  EXPECT_EQ(book_.size(), 2U);
}

TEST_F(ImportTest, ACorrectedFileAddsOnlyWhatWasMissing) {
  std::string bad = person_row(1);
  bad.replace(bad.find("年"), std::string("年").size(), "");
  const auto first = run(kHeader + person_row(0) + bad + person_row(2));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(problems_of(*first, 3), "lost_year_mark");
  EXPECT_EQ(book_.size(), 2U);
  const auto second = run(kHeader + person_row(0) + person_row(1) + person_row(2));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->plan.count(Outcome::known), 2U) << "another file, the same rows";
  EXPECT_EQ(second->report.recorded, 1U);
  EXPECT_EQ(book_.size(), 3U);
}

TEST_F(ImportTest, AKeyThatIsTakenIsNeitherOverwrittenNorDoubled) {
  std::string other = person_row(0);
  other.replace(0, person_name(0).size(), "周杰");
  const auto first = run(kHeader + person_row(0) + other);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(problems_of(*first, 3), "duplicate_key");
  EXPECT_EQ(first->plan.rows[1].problems[0].other_row, 2U);
  const auto second = run(kHeader + other);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(problems_of(*second, 2), "key_taken");
  EXPECT_EQ(book_.size(), 1U);
  const auto again = run(kHeader + person_row(0) + other);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(problems_of(*again, 3), "duplicate_key") << "a second run tells the same";
  EXPECT_EQ(again->plan.count(Outcome::imported), 1U);
}

// --- dirty rows --------------------------------------------------------------------------------

TEST_F(ImportTest, FiveHundredDirtyRowsOfFiveThousandAreAllFoundAndNothingElse) {
  std::string text = kHeader;
  std::map<std::uint32_t, std::string> expected;  // row number -> reason
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    std::string row = person_row(i);
    if (i % 10 == 3) {
      const Planted& plant = planted()[i / 10 % planted().size()];
      row = plant.spoil(row);
      expected[i + 2] = plant.reason;
    }
    text += row;
  }
  ASSERT_EQ(expected.size(), 500U);
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(ran->report.recorded, 4'500U);
  EXPECT_EQ(book_.size(), 4'500U);
  std::size_t found = 0;
  for (const PlannedRow& planned : ran->plan.rows) {
    const std::uint32_t number = planned.row + 1;
    const auto at = expected.find(number);
    ASSERT_EQ(planned.outcome == Outcome::quarantined, at != expected.end()) << number;
    if (at == expected.end()) continue;
    ++found;
    // One id number stands for all with a wrong check digit: their key is a duplicate as well.
    if (at->second == "id_checksum" && problems_of(*ran, number) == "duplicate_key") continue;
    EXPECT_EQ(problems_of(*ran, number), at->second) << number;
  }
  EXPECT_EQ(found, 500U);
  // The numbers of the report are those of the plan, and the places lead to the rows.
  const Json json = ran->json();
  EXPECT_EQ(json["rows"]["quarantined"], 500);
  EXPECT_EQ(json["rows"]["recorded"], 4'500);
  std::set<std::uint32_t> places;
  for (const Json& place : json["quarantine"]["places"])
    places.insert(place["row"].get<std::uint32_t>());
  EXPECT_EQ(places.size(), 500U);
}

TEST_F(ImportTest, FillerWordsAndFormulaErrorsStandForNoPerson) {
  const std::pair<const char*, const char*> kNames[] = {
      {"#REF!", "error_value"}, {"#N/A ", "error_value"}, {"N/A", "filler_word"},
      {"null", "filler_word"},  {"#12", "filler_word"},   {"-", "filler_word"},
      {"无", "filler_word"}};
  std::string text = kHeader;
  std::uint32_t next = 0;
  for (const auto& [name, reason] : kNames) text += with_field(person_row(next++), 0, name);
  text += with_field(person_row(next++), 2, "无");    // the key
  text += with_field(person_row(next++), 3, "无");    // may be empty, so it is what it says
  text += with_field(person_row(next++), 1, "#N/A");  // through codes
  text += with_field(person_row(next++), 4, "#VALUE!");
  const auto ran = run(text);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  std::uint32_t row = 2;
  for (const auto& [name, reason] : kNames) EXPECT_EQ(problems_of(*ran, row++), reason) << name;
  EXPECT_EQ(problems_of(*ran, row++), "filler_word");
  EXPECT_EQ(problems_of(*ran, row++), "");
  EXPECT_EQ(problems_of(*ran, row++), "error_value");
  EXPECT_EQ(problems_of(*ran, row++), "error_value");
}

TEST_F(ImportTest, ANameThatNeedNotBeThereIsStillNoFillerWord) {
  const std::string mapping = replaced(kPeople, ", \"required\": true", "");
  const auto ran = run(kHeader + with_field(person_row(0), 0, "NULL") +
                           with_field(person_row(1), 0, "无") + with_field(person_row(2), 0, ""),
                       mapping);
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(problems_of(*ran, 2), "filler_word");
  EXPECT_EQ(problems_of(*ran, 3), "");
  EXPECT_EQ(problems_of(*ran, 4), "");
}

TEST_F(ImportTest, ASexThatTheIdNumberDoesNotShowIsToldAsSuch) {
  const std::string row = person_row(0);
  const bool male = (id_number(0)[16] - '0') % 2 == 1;
  const std::string other = with_field(row, 1, male ? "女" : "男");
  const auto ran = run(kHeader + other + with_field(person_row(1), 1, "") + person_row(2));
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(problems_of(*ran, 2), "sex_mismatch");
  EXPECT_EQ(ran->plan.rows[0].problems[0].column, std::size_t{1});
  EXPECT_EQ(problems_of(*ran, 3), "") << "no sex is not another one";
  EXPECT_EQ(problems_of(*ran, 4), "");
  const auto unchecked = run(kHeader + other, replaced(kPeople, ", \"check\": \"residentId\"", ""));
  ASSERT_NE(unchecked, nullptr) << last_error_.message();
  EXPECT_EQ(problems_of(*unchecked, 2), "") << "the mapping asks for no check";
}

TEST_F(ImportTest, ADayBefore1900IsPutAside) {
  const auto ran = run(kHeader + with_field(person_row(0), 4, "0000年1月1日") +
                       with_field(person_row(1), 4, "1014年5月2日"));
  ASSERT_NE(ran, nullptr) << last_error_.message();
  EXPECT_EQ(problems_of(*ran, 2), "date_impossible");
  EXPECT_EQ(problems_of(*ran, 3), "date_too_early");
}

TEST_F(ImportTest, TheQuarantineFileHoldsTheBytesThatStandInTheFile) {
  const std::string broken = with_field(person_row(1), 0, "张\xE5\x9B");
  const auto ran = run(kHeader + person_row(0) + broken + person_row(2));
  ASSERT_NE(ran, nullptr);
  const auto path = folder_ / "quarantine.jsonl";
  ASSERT_TRUE(write_quarantine(path, ran->file, ran->plan));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::ifstream in(path);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const Json json = Json::parse(line);
  EXPECT_EQ(json["file"], "people.csv");
  EXPECT_EQ(json["row"], 3);
  EXPECT_EQ(json["column"], 1);
  EXPECT_EQ(json["column_letters"], "A");
  EXPECT_EQ(json["column_name"], "姓名");
  EXPECT_EQ(json["reason"], "broken_bytes");
  EXPECT_FALSE(json["zh"].get<std::string>().empty());
  EXPECT_FALSE(json["en"].get<std::string>().empty());
  EXPECT_EQ(as_text(from_base64(json["raw"].get<std::string>()).value()), "张\xE5\x9B");
  EXPECT_EQ(as_text(from_base64(json["row_raw"].get<std::string>()).value()),
            broken.substr(0, broken.size() - 1));
  EXPECT_FALSE(std::getline(in, line));
  // A later run without such rows leaves no stale ones.
  const auto clean = run(kHeader + person_row(5));
  ASSERT_TRUE(write_quarantine(path, clean->file, clean->plan));
  EXPECT_EQ(std::filesystem::file_size(path), 0U);
  ASSERT_TRUE(write_quarantine(folder_ / "none", clean->file, clean->plan));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none"));
}

// --- crashes -----------------------------------------------------------------------------------

class ImportCrash : public ImportTest, public testing::WithParamInterface<MemoryBook::Crash> {};

TEST_P(ImportCrash, ARunAfterACrashBringsEveryRowInOnce) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 200; ++i) text += person_row(i);
  book_.crash = GetParam();
  const auto crashed = run(text);
  ASSERT_NE(crashed, nullptr);
  ASSERT_TRUE(crashed->report.stopped);
  book_.crash = MemoryBook::Crash::none;
  const auto resumed = run(text);
  ASSERT_NE(resumed, nullptr) << last_error_.message();
  EXPECT_FALSE(resumed->report.stopped);
  EXPECT_EQ(book_.size(), 200U);
  EXPECT_EQ(resumed->report.recorded, GetParam() == MemoryBook::Crash::before ? 200U : 0U);
  std::set<std::string> numbers;
  for (std::size_t i = 0; i < book_.size(); ++i) numbers.insert(book_.personal(i).id_number);
  EXPECT_EQ(numbers.size(), 200U);
}

INSTANTIATE_TEST_SUITE_P(BothSidesOfTheCommit, ImportCrash,
                         testing::Values(MemoryBook::Crash::before, MemoryBook::Crash::after));

TEST_F(ImportTest, ACrashInALaterBatchKeepsTheEarlierOnes) {
  std::string text = kHeader;
  const auto rows = static_cast<std::uint32_t>(limits::kImportBatchRows + 100);
  for (std::uint32_t i = 0; i < rows; ++i) text += person_row(i);
  Journal journal = open_journal().value();
  ASSERT_TRUE(journal.reconcile(book_));
  {
    const auto first = plan(Bytes(text.begin(), text.end()), kPeople, journal);
    ASSERT_NE(first, nullptr);
    const auto stopped = record_plan(first->file, first->plan, journal, book_, [&](std::uint64_t) {
      book_.crash = MemoryBook::Crash::after;
    });
    ASSERT_FALSE(stopped);
  }
  book_.crash = MemoryBook::Crash::none;
  EXPECT_EQ(book_.size(), rows);
  const auto resumed = run(text);
  ASSERT_NE(resumed, nullptr);
  EXPECT_EQ(resumed->plan.count(Outcome::imported), rows);
  EXPECT_EQ(book_.size(), rows);
}

TEST_F(ImportTest, ADryRunPlansTheSameAndWritesNothing) {
  std::string text = kHeader;
  for (std::uint32_t i = 0; i < 20; ++i) text += person_row(i);
  text += with_field(person_row(20), 0, "张?");
  {
    Journal journal = open_journal(Journal::Access::look).value();
    ASSERT_TRUE(journal.reconcile(book_));
    const auto dry = plan(Bytes(text.begin(), text.end()), kPeople, journal);
    ASSERT_NE(dry, nullptr);
    dry->report.dry_run = true;
    const Json json = dry->json();
    EXPECT_EQ(json["rows"]["would_record"], 20);
    EXPECT_EQ(json["rows"]["quarantined"], 1);
    EXPECT_EQ(json["plan"].size(), 21U);
    EXPECT_EQ(json["plan"][20]["outcome"], "quarantined");
    EXPECT_EQ(json["plan"][20]["row"], 22);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "import"));
  EXPECT_EQ(book_.size(), 0U);
  ASSERT_NE(run(text), nullptr);
  EXPECT_EQ(book_.size(), 20U);
}

}  // namespace
}  // namespace houniao::importing
