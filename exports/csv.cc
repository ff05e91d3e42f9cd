#include "exports/csv.h"

#include <algorithm>

namespace houniao::exports {
namespace {

bool needs_quotes(std::string_view value) {
  return value.find_first_of(",\"\r\n") != std::string_view::npos;
}

// What a spreadsheet program computes instead of showing.
bool looks_like_formula(std::string_view value) {
  return !value.empty() &&
         std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos;
}

// As it stands between two commas.
std::string cell_of(std::string_view value, bool guarded) {
  std::string cell = guarded && looks_like_formula(value) ? "'" : "";
  cell += value;
  if (!needs_quotes(cell)) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string scalar_text(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : dump(value);
}

std::string cell_text(const Json& value) {
  if (!value.is_array()) return scalar_text(value);
  std::string out;
  for (const Json& item : value) {
    if (!out.empty()) out += "; ";
    out += scalar_text(item);
  }
  return out;
}

}  // namespace

CsvOut::CsvOut(const Sink& sink, ByteOrderMark mark)
    : out_(sink), guarded_(mark == ByteOrderMark::written) {
  if (guarded_) out_.put("\xEF\xBB\xBF");
}

CsvOut& CsvOut::raw(std::string_view cells) {
  if (!first_) out_.put(",");
  first_ = false;
  out_.put(cells);
  return *this;
}

CsvOut& CsvOut::text(std::string_view value) { return raw(cell_of(value, guarded_)); }

CsvOut& CsvOut::number(std::int64_t value) { return raw(std::to_string(value)); }

void CsvOut::end_row() {
  out_.put("\r\n");
  first_ = true;
}

void CsvOut::header(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) text(name);
  end_row();
}

void JsonRows::add(const Json& item) {
  for (const auto& [name, value] : item.items()) {
    if (std::find(columns_.begin(), columns_.end(), name) == columns_.end()) {
      columns_.push_back(name);
    }
  }
  const bool guarded = mark_ == ByteOrderMark::written;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) text_ += ',';
    const auto value = item.find(columns_[i]);
    if (value == item.end() || value->is_null()) continue;
    // A number is no formula, whatever its sign.
    const bool number = value->is_number_integer() && !value->is_number_unsigned();
    text_ +=
        number ? std::to_string(value->get<std::int64_t>()) : cell_of(cell_text(*value), guarded);
  }
  rows_.push_back({text_.size(), columns_.size()});
}

void JsonRows::write(const Sink& sink) const {
  CsvOut out(sink, mark_);
  if (columns_.empty()) return;
  for (const std::string& name : columns_) out.text(name);
  out.end_row();
  std::size_t begin = 0;
  for (const Row& row : rows_) {
    if (out.stopped()) return;
    if (row.columns > 0) out.raw(std::string_view(text_).substr(begin, row.end - begin));
    for (std::size_t i = row.columns; i < columns_.size(); ++i) out.empty();
    out.end_row();
    begin = row.end;
  }
}

void write_json_rows(const std::vector<Json>& items, ByteOrderMark mark, const Sink& sink) {
  JsonRows rows(mark);
  for (const Json& item : items) rows.add(item);
  rows.write(sink);
}

}  // namespace houniao::exports
