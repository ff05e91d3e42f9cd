// What tests of the import share: a book of persons with its mapping, ways to spoil its rows, and
// one device with its journal.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "schema/checksums.h"
#include "tests/unit/tools/import/memory_book.h"
#include "tests/unit/tools/import/xlsx_fixture.h"
#include "tools/import/report.h"
#include "tools/import/run.h"

namespace houniao::importing {

using tests::MemoryBook;
using tests::ScratchFolder;
using Json = nlohmann::json;

inline constexpr const char* kPeople = R"({
  "version": 1,
  "spaces": {"person": "number", "site": "text"},
  "sheets": [{
    "event": "PersonRegistered",
    "key": {"space": "person", "columns": ["身份证号"]},
    "envelope": {"occurredDay": {"column": "登记日期", "type": "date",
                                 "formats": ["YYYY年M月D日", "YYYY-MM-DD"]},
                 "scope": {"value": 16}},
    "personal": {"name": {"column": "姓名", "required": true},
                 "idNumber": {"column": "身份证号", "check": "residentId"},
                 "phone": {"column": "电话"}},
    "fields": {"sex": {"column": "性别", "codes": {"男": "male", "女": "female"}},
               "idType": {"value": "residentId"},
               "tags": {"column": "标签", "split": "、", "codes": {"老人": "elder", "儿童": "minor"}}}
  }]
})";
inline constexpr const char* kHeader = "姓名,性别,身份证号,电话,登记日期,标签\n";

// A resident id that is right, for the n-th person.
inline std::string id_number(std::uint32_t n) {
  char first[18];
  std::snprintf(first, sizeof first, "44040219%02u%02u%02u%03u", 50 + n % 50, 1 + n / 50 % 12,
                1 + n / 600 % 28, n / 16'800 % 1000);
  return std::string(first) + resident_id_check(first);
}
inline std::string person_name(std::uint32_t n) {
  static constexpr const char* kFamily[] = {"张", "王", "李", "赵", "陈", "欧阳"};
  static constexpr const char* kGiven[] = {"伟", "秀英", "建国", "桂兰", "志强"};
  return std::string(kFamily[n % 6]) + kGiven[n % 5];
}
inline std::string person_row(std::uint32_t n) {
  const std::string id = id_number(n);
  return person_name(n) + "," + ((id[16] - '0') % 2 == 1 ? "男" : "女") + "," + id + ",138" +
         std::to_string(10'000'000 + n) + ",2014年" + std::to_string(1 + n % 12) + "月" +
         std::to_string(1 + n % 28) + "日," + (n % 2 == 0 ? "老人、儿童" : "") + "\n";
}

// Ways in which a row of kPeople is spoilt, with the reason that must be told.
struct Planted {
  const char* reason;
  std::function<std::string(std::string)> spoil;
};

inline std::string replaced(std::string row, const std::string& what, const std::string& by) {
  const std::size_t at = row.find(what);
  HOUNIAO_ASSERT(at != std::string::npos);
  return row.replace(at, what.size(), by);
}
// Replaces the n-th field.
inline std::string with_field(const std::string& row, int field, const std::string& by) {
  std::size_t from = 0;
  for (int i = 0; i < field; ++i) from = row.find(',', from) + 1;
  const std::size_t to = row.find_first_of(",\n", from);
  return row.substr(0, from) + by + row.substr(to);
}

inline const std::vector<Planted>& planted() {
  static const std::vector<Planted> kPlanted = {
      {"lost_year_mark", [](std::string row) { return replaced(std::move(row), "年", ""); }},
      {"replacement_character",
       [](const std::string& row) { return with_field(row, 0, "张\uFFFD"); }},
      {"broken_bytes", [](const std::string& row) { return with_field(row, 0, "张\xE5\x9B"); }},
      {"control_character", [](const std::string& row) { return with_field(row, 0, "张\x01伟"); }},
      {"unreadable_name", [](const std::string& row) { return with_field(row, 0, "张?"); }},
      {"date_impossible",
       [](const std::string& row) { return with_field(row, 4, "2014年2月30日"); }},
      {"date_unreadable", [](const std::string& row) { return with_field(row, 4, "去年春天"); }},
      {"id_checksum",
       [](const std::string& row) { return with_field(row, 2, "110105194912310021"); }},
      {"code_unknown", [](const std::string& row) { return with_field(row, 1, "男性"); }},
      {"required_empty", [](const std::string& row) { return with_field(row, 0, ""); }},
      {"column_count", [](std::string row) { return replaced(std::move(row), "\n", ",x\n"); }},
      {"bad_quotes", [](const std::string& row) { return with_field(row, 0, "张\"伟"); }},
      {"key_empty", [](const std::string& row) { return with_field(row, 2, " "); }},
  };
  return kPlanted;
}

// One device with its journal, and what a run of the command does with both.
class ImportTest : public testing::Test {
 protected:
  struct Ran {
    Bytes bytes;
    Mapping mapping;
    LedgerFile file;
    Plan plan;
    Report report;
    Json json() const { return Json::parse(json_of(report).dump()); }
  };

  Result<Journal> open_journal(Journal::Access access = Journal::Access::write) {
    Journal::Secret secret;
    secret.key.emplace();
    secret.key->fill(9);
    return Journal::open(folder_ / "import" / "journal.jsonl", secret, random_, access);
  }

  // Loads and plans; nullptr and last_error_ when that fails.
  std::unique_ptr<Ran> plan(Bytes bytes, const std::string& mapping, const Journal& journal,
                            std::optional<Encoding> encoding = std::nullopt) {
    auto out = std::make_unique<Ran>();
    out->bytes = std::move(bytes);
    auto parsed = parse_mapping(mapping);
    if (!parsed) return keep(parsed.error());
    out->mapping = std::move(*parsed);
    auto file = load_ledger(out->bytes, "people.csv", out->mapping, encoding);
    if (!file) return keep(file.error());
    out->file = std::move(*file);
    out->plan = make_plan(out->file, journal, book_.next_event_id());
    out->report.file = &out->file;
    out->report.plan = &out->plan;
    return out;
  }

  // One run from the opening of the journal to its end, or to the crash that the book plays.
  std::unique_ptr<Ran> run(const Bytes& bytes, const std::string& mapping = kPeople,
                           std::optional<Encoding> encoding = std::nullopt) {
    Journal journal = open_journal().value();
    if (const auto ready = journal.reconcile(book_); !ready) return keep(ready.error());
    auto out = plan(bytes, mapping, journal, encoding);
    if (out == nullptr) return out;
    const auto recorded = record_plan(out->file, out->plan, journal, book_,
                                      [&](std::uint64_t rows) { out->report.recorded = rows; });
    if (!recorded) out->report.stopped = recorded.error();
    return out;
  }
  std::unique_ptr<Ran> run(const std::string& text, const std::string& mapping = kPeople) {
    return run(Bytes(text.begin(), text.end()), mapping);
  }

  std::unique_ptr<Ran> keep(const Error& error) {
    last_error_ = error;
    return nullptr;
  }

  // Names of the problems of the row with this number; "" when it has none.
  static std::string problems_of(const Ran& ran, std::uint32_t number) {
    std::string out;
    for (const PlannedRow& planned : ran.plan.rows) {
      const Table& table = ran.file.entries[planned.entry].sheet->table;
      if (table.row(planned.row).number != number) continue;
      for (const Problem& problem : planned.problems) {
        out += (out.empty() ? "" : " ") + std::string(row_of(problem.dirt).name);
      }
    }
    return out;
  }

  ScratchFolder folder_;
  tests::Prng random_{5};
  MemoryBook book_;
  Error last_error_;
};

}  // namespace houniao::importing
