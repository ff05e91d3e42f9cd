#include "replay/pack_check.h"

#include <algorithm>
#include <tuple>

#include "replay/pack_text.h"

namespace houniao {
namespace {

using pack_reader::Json;
using pack_reader::Note;
using pack_reader::Notes;

PackCheck refused_at(std::string_view text, std::size_t offset, std::string zh, std::string en) {
  const JsonPlaces::Place place = JsonPlaces::at(text, offset);
  PackCheck out;
  out.faults.push_back({"", place.line, place.column, {std::move(zh), std::move(en)}, false});
  return out;
}

// Where a reader of JSON gives up; the offset counts bytes from 1.
std::size_t broken_at(std::string_view text) {
  try {
    const Json whole = Json::parse(text);
    return whole.is_null() ? 0 : text.size();
  } catch (const Json::parse_error& error) {
    return error.byte == 0 ? 0 : error.byte - 1;
  } catch (const Json::exception&) {
    return 0;
  }
}

void list(const Notes& notes, const JsonPlaces& places, PackCheck& out) {
  for (const Note& note : notes.all()) {
    const JsonPlaces::Place place = places.find(note.pointer);
    out.faults.push_back({note.pointer, place.line, place.column, note.what, note.warning});
  }
  std::stable_sort(out.faults.begin(), out.faults.end(),
                   [](const PackFault& a, const PackFault& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
}

}  // namespace

PackCheck check_pack(std::string_view text) {
  if (text.size() > kPackBytesMax) {
    return refused_at(text, 0, "文件超过 1 MiB", "the file is larger than 1 MiB");
  }
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return refused_at(text, broken_at(text), "从这里起不是合法的 JSON",
                      "from here on this is not JSON");
  }
  const JsonPlaces places(text);
  if (places.too_deep()) {
    return refused_at(text, 0, "嵌套过深", "objects and lists are nested too deep");
  }
  Notes notes;
  for (const std::string& pointer : places.repeated()) {
    notes.fault(pointer, "同一对象中此成员出现两次", "this member stands twice in one object");
  }
  Pack pack = read_pack(json, notes);
  check_names(pack, notes);
  check_codes(pack, notes);
  PackCheck out;
  if (notes.first_fault() == nullptr) out.pack = std::move(pack);
  list(notes, places, out);
  if (out.faults.size() > kPackFaultsMax) {
    out.faults.resize(kPackFaultsMax);
    out.complete = false;
  }
  return out;
}

}  // namespace houniao
