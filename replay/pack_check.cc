#include "replay/pack_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "replay/json_broken.h"
#include "replay/pack_text.h"

namespace houniao {
namespace {

using pack_reader::Json;
using pack_reader::Note;
using pack_reader::Notes;

PackCheck refused_at(std::string_view text, std::size_t offset, Label what) {
  const JsonPlaces::Place place = JsonPlaces::at(text, offset);
  PackCheck out;
  out.faults.push_back({"", place.line, place.column, std::move(what), false});
  return out;
}

PackCheck not_json(std::string_view text) {
  const JsonBroken broken = json_broken(text);
  const Label what = broken.too_great
                         ? Label{"此数过大，读不出", "this number is too great to be read"}
                         : Label{"从这里起不是合法的 JSON", "from here on this is not JSON"};
  PackCheck out = refused_at(text, broken.offset, what);
  out.is_json = false;
  return out;
}

struct PlacedNote {
  std::size_t offset = 0;
  const Note* note = nullptr;
};

// When there are too many, warnings go before faults.
void keep_the_first(std::vector<PlacedNote>& notes) {
  std::stable_partition(notes.begin(), notes.end(),
                        [](const PlacedNote& item) { return !item.note->warning; });
  notes.resize(kPackFaultsMax);
}

void list(std::string_view text, const Notes& notes, const JsonPlaces& places, PackCheck& out) {
  std::vector<PlacedNote> placed;
  for (const Note& note : notes.all()) placed.push_back({places.offset_of(note.pointer), &note});
  const auto by_place = [](const PlacedNote& a, const PlacedNote& b) {
    return a.offset < b.offset;
  };
  std::stable_sort(placed.begin(), placed.end(), by_place);
  out.complete = placed.size() <= kPackFaultsMax;
  if (!out.complete) {
    keep_the_first(placed);
    std::stable_sort(placed.begin(), placed.end(), by_place);
  }
  for (const auto& [offset, note] : placed) {
    const JsonPlaces::Place place = JsonPlaces::at(text, offset);
    out.faults.push_back(
        {shown(note->pointer), place.line, place.column, note->what, note->warning});
  }
}

Pack read_and_check(const Json& json, const JsonPlaces& places, Notes& notes) {
  for (const std::string& pointer : places.repeated()) {
    notes.fault(pointer, "同一对象中此成员出现两次", "this member stands twice in one object");
  }
  Pack pack = read_pack(json, notes);
  check_names(pack, notes);
  check_relations(pack, notes);
  check_codes(pack, notes);
  return pack;
}

// What is said of a pack repeats its texts, so nothing else is said of one that cannot be shown.
void refuse_controls(const JsonPlaces& places, Notes& notes) {
  for (const std::string& pointer : places.controls()) {
    notes.fault(pointer, "文字中有控制字符（U+0000–001F、U+007F–009F）",
                "the text holds a control character (U+0000 to 001F, U+007F to 009F)");
  }
}

}  // namespace

PackCheck check_pack(std::string_view text) {
  if (text.size() > kPackBytesMax) {
    return refused_at(text, 0, {"文件超过 1 MiB", "the file is larger than 1 MiB"});
  }
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return not_json(text);
  const JsonPlaces places(text);
  if (places.too_deep()) {
    return refused_at(text, *places.too_deep(),
                      {"嵌套过深", "objects and lists are nested too deep"});
  }
  if (places.too_many()) {
    return refused_at(text, *places.too_many(),
                      {"成员与列表项过多（超过 131072 个）",
                       "there are too many members and items of lists (more than 131072)"});
  }
  Notes notes;
  PackCheck out;
  refuse_controls(places, notes);
  if (notes.all().empty()) {
    Pack pack = read_and_check(json, places, notes);
    if (notes.first_fault() == nullptr) out.pack = std::move(pack);
  }
  list(text, notes, places, out);
  return out;
}

Result<Pack> parse_pack(std::string_view text) {
  PackCheck check = check_pack(text);
  if (check.pack) return std::move(*check.pack);
  const auto fault = std::find_if(check.faults.begin(), check.faults.end(),
                                  [](const PackFault& item) { return !item.warning; });
  HOUNIAO_ASSERT(fault != check.faults.end());
  return fail(check.is_json ? Errc::invalid_argument : Errc::malformed,
              "programme pack, " + std::to_string(fault->line) + ":" +
                  std::to_string(fault->column) +
                  (fault->pointer.empty() ? "" : " " + fault->pointer) + ": " + fault->what.en +
                  " (" + fault->what.zh + ")");
}

}  // namespace houniao
