// RFC 4180: records end in CR LF, fields with a comma, a quote or a line end are quoted. A byte
// order mark in front (option) tells spreadsheet programs that the file is UTF-8; then a text that
// such a program would take for a formula gets an apostrophe in front. Numbers are never altered.
//
// One writer belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "exports/sink.h"

namespace houniao::exports {

enum class ByteOrderMark : bool { none, written };

class CsvOut {
 public:
  CsvOut(const Sink& sink, ByteOrderMark mark);

  CsvOut& text(std::string_view value);
  CsvOut& number(std::int64_t value);
  CsvOut& empty() { return raw({}); }
  // What is quoted already, of one cell or of several with their commas.
  CsvOut& raw(std::string_view cells);
  void end_row();
  void header(std::initializer_list<std::string_view> names);
  bool stopped() const { return out_.stopped(); }

 private:
  TextOut out_;
  bool guarded_;
  bool first_ = true;
};

// A list of JSON objects as a table: one column for each member that any of them has, in the order
// in which they first appear. A list inside becomes texts joined by "; ", an object its JSON.
//
// The header is known only after the last object, so the rows are kept until then, as the text that
// they become and not as objects, which would take several times as much.
class JsonRows {
 public:
  explicit JsonRows(ByteOrderMark mark) : mark_(mark) {}

  void add(const Json& item);
  // Of the rows so far.
  std::size_t bytes() const { return text_.size(); }
  bool empty() const { return rows_.empty(); }
  void write(const Sink& sink) const;

 private:
  // A row in text_; members that appear later are empty in it.
  struct Row {
    std::size_t end = 0;
    std::size_t columns = 0;
  };

  ByteOrderMark mark_;
  std::vector<std::string> columns_;
  std::vector<Row> rows_;
  std::string text_;
};
void write_json_rows(const std::vector<Json>& items, ByteOrderMark mark, const Sink& sink);

}  // namespace houniao::exports
