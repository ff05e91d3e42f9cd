// One row through the rules of its entry: the values of one event, or everything that is wrong with
// the row. Pure; one thread.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "client_sdk/core/draft.h"
#include "tools/import/mapping.h"
#include "tools/import/marks.h"

namespace houniao::importing {

// What a row says. The personal part goes to the SDK, which seals it, and to nowhere else.
struct RowValues {
  Value::Struct fields;
  Day occurred;
  std::int16_t minute = -1;
  std::optional<std::uint64_t> actor;
  std::uint64_t organisation = 0;
  std::uint64_t programme = 0;
  std::uint64_t site = 0;
  std::uint64_t scope = 0;
  std::uint32_t policy_version = 0;
  std::vector<EventId> causes;
  std::optional<PersonalDraft> personal;
};

class RowReader {
 public:
  // The event that the row with this key was or will be recorded as; EventId{} when there is none.
  using Find = std::function<EventId(const Mark& key)>;
  // `columns` says where Entry::columns are in the table. All outlive the reader.
  RowReader(const Entry& entry, const Table& table, std::span<const std::size_t> columns,
            const Marker& marker, Find find)
      : entry_(entry), table_(table), columns_(columns), marker_(marker), find_(std::move(find)) {}

  struct Outcome {
    RowValues values;
    std::vector<Problem> problems;
    std::vector<Mark> missing;  // keys of rows that are not there
    // Nothing is wrong but references to rows that are not there (yet).
    bool waits() const;
  };
  Outcome read(const Table::Row& row);

  struct Key {
    std::optional<Mark> mark;  // none: the entry has no key
    std::vector<Problem> problems;
  };
  Key key_of(const Table::Row& row);

 private:
  using Optional = std::optional<Value>;

  Optional value_of(const Rule& rule);
  Optional list_of(const Rule& rule);
  Optional pieces_of(const Rule& rule);
  Optional fields_of(const Rule& rule);
  Optional element_of(const Rule& rule, const Cell& cell, std::size_t column);
  Optional reference_of(const Rule& rule);
  Optional find_reference(const Mark& key, std::size_t column);
  Clean<Value> convert(const Rule& rule, const Cell& cell) const;
  std::optional<std::string> key_part(const Cell& cell, KeyForm form, std::size_t column);
  void read_envelope();
  void read_personal();
  void check_sex(std::string_view id_number);
  void check_size();
  std::optional<std::uint64_t> number_of(const std::optional<Rule>& rule);
  std::string text_of(const std::optional<Rule>& rule);

  std::size_t column(ColumnRef ref) const { return columns_[ref]; }
  Cell cell(ColumnRef ref) const { return table_.cell(*row_, columns_[ref]); }
  bool is_filled(ColumnRef ref) const;
  void note(Dirt dirt, std::optional<std::size_t> column) {
    out_.problems.push_back({dirt, column, 0});
  }

  const Entry& entry_;
  const Table& table_;
  std::span<const std::size_t> columns_;
  const Marker& marker_;
  Find find_;
  const Table::Row* row_ = nullptr;
  Outcome out_;
};

// Whether a cell says nothing: empty, or only white space.
bool is_empty(const Cell& cell);
// The mark of a key in its space.
Mark mark_key(const Marker& marker, const std::string& space, std::span<const std::string> parts);

}  // namespace houniao::importing
