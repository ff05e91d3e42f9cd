// The steps by which the text of a pack becomes a Pack, and what is said about each. Internal to
// the reading of packs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/pack.h"
#include "replay/pack_places.h"
#include "replay/pack_reader.h"

namespace houniao {

// Members, their kinds and their bounds.
Pack read_pack(const pack_reader::Json& json, pack_reader::Notes& notes);
// Names inside the pack must lead somewhere, and each must stand there once.
void check_names(const Pack& pack, pack_reader::Notes& notes);
// What numbers are compared with can differ from them, and no number is bounded by itself.
void check_relations(const Pack& pack, pack_reader::Notes& notes);
// Warnings: what is most likely not meant.
void check_codes(const Pack& pack, pack_reader::Notes& notes);

// Whether the text (UTF-8) holds a character below U+0020 or one of U+007F to U+009F. A terminal
// obeys them.
bool has_control(std::string_view text);
// The text with those characters as JSON writes them: "\u001b".
std::string shown(std::string_view text);

// Calls visit(pointer, metric) for every metric of the pack, wherever it stands.
void for_each_metric(const Pack& pack,
                     const std::function<void(const std::string&, const Metric&)>& visit);
// Calls visit(pointer, where) for every `where` of it.
void for_each_where(const std::string& pointer, const Metric& metric,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit);
// For the `where` that stands at the pointer, and for those inside it.
void for_each_where(const std::string& pointer, const MetricWhere& where,
                    const std::function<void(const std::string&, const MetricWhere&)>& visit);

}  // namespace houniao
