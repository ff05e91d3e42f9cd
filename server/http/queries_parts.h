// What the pages below /v1 are built of: the question, its filters, one page of a list, and the
// words for ids, days, codes and enumerations. Internal to server/http. Pure; any thread while the
// state rests.
//
// A page is a function from a Query to JSON. Pages of a list hold `items`, `next` (the cursor of
// the following page, null at the end) and `total` (all that the filters let through). An item that
// an event created says whether that event is `in_force`: what was retracted stays and reads false.
#pragma once

#include <capnp/schema.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "replay/state.h"
#include "server/http/api.h"

namespace houniao::rules {
struct Doubt;
}

namespace houniao::queries {

using Json = nlohmann::ordered_json;

struct Query {
  const State& state;
  const Target& target;
  std::string_view id;  // what follows the name of the page; empty for the list
  Day today;            // civil day of the last event that the state holds
  // When set, a list hands over its items one by one, all of them, instead of a page of them, until
  // this returns false.
  const std::function<bool(Json item)>* each = nullptr;
};

inline Result<Json> answer(Json json) {
  return Result<Json>(boost::system::in_place_value, std::move(json));
}

// --- words ---------------------------------------------------------------------------------------

inline Json id_text(std::uint64_t id) {
  return id == 0 ? Json(nullptr) : Json(to_string(EventId{id}));
}
template <class Tag>
Json id_text(Strong<Tag> id) {
  return id_text(id.value);
}
// 0 names nothing and is left out.
template <class List>
Json ids_text(const List& ids) {
  Json out = Json::array();
  for (const auto& id : ids) {
    if (Json text = id_text(id); !text.is_null()) out.push_back(std::move(text));
  }
  return out;
}
inline Json symbol(const State& state, Symbol s) { return std::string(state.symbols().text(s)); }
template <class List>
Json symbols(const State& state, const List& list) {
  Json out = Json::array();
  for (Symbol s : list) out.push_back(symbol(state, s));
  return out;
}
// null for no day and for an end that is still open.
inline Json day_text(Day day) {
  return day.value == 0 || day == kOpenEnd ? Json(nullptr) : Json(to_string(day));
}
inline Json text(std::string_view words) { return std::string(words); }

std::string snake_case(std::string_view camel);
// "face_to_face"; the number itself where this build knows no name for it.
template <class Enum>
Json enum_text(std::uint16_t number) {
  const auto enumerants = capnp::Schema::from<Enum>().getEnumerants();
  if (number >= enumerants.size()) return number;
  const auto name = enumerants[number].getProto().getName();
  return snake_case({name.begin(), name.size()});
}

// --- filters -------------------------------------------------------------------------------------

// Reads the parameters of a query. The first that cannot be right is the error of all.
class Filters {
 public:
  explicit Filters(const Query& query) : query_(query) {}

  // 0 when it was not asked for.
  std::uint64_t id(const std::string& name);
  Day day(const std::string& name, Day otherwise);
  std::optional<bool> flag(const std::string& name);
  // Empty when it was not asked for; else one of the words.
  std::string word(const std::string& name, std::initializer_list<std::string_view> words);
  // A code of the pack. Nothing when it was not asked for; kUnknownSymbol when nothing uses it.
  std::optional<Symbol> code(const std::string& name) const;

  const std::optional<Error>& error() const { return error_; }

 private:
  void refuse(const std::string& name, const std::string& wanted);

  const Query& query_;
  std::optional<Error> error_;
};

inline bool fits(std::uint64_t wanted, std::uint64_t id) { return wanted == 0 || wanted == id; }
template <class Tag>
bool fits(std::uint64_t wanted, Strong<Tag> id) {
  return fits(wanted, id.value);
}
inline bool fits(std::optional<Symbol> wanted, Symbol code) { return !wanted || *wanted == code; }
inline bool fits(const std::string& wanted, std::string_view word) {
  return wanted.empty() || wanted == word;
}
template <class List>
bool fits_any(std::uint64_t wanted, const List& ids) {
  return wanted == 0 ||
         std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return fits(wanted, id); });
}

// --- lists ---------------------------------------------------------------------------------------

struct Page {
  EventId after;
  std::size_t limit = 0;
};
Result<Page> parse_page(const Target& target);

template <class T>
struct Row {
  std::uint64_t id = 0;
  const T* item = nullptr;
};

// The rows of a map from id to entity that the filter lets through.
template <class Map, class Keep>
std::vector<Row<typename Map::mapped_type>> rows_of(const Map& map, Keep keep) {
  std::vector<Row<typename Map::mapped_type>> rows;
  for (const auto& [id, item] : map) {
    if (keep(item)) rows.push_back({id.value, &item});
  }
  return rows;
}

// Brings the `limit` rows with the smallest ids to the front, in order of id, and with them all
// that share the last one's id; returns how many these are. Rows of one id come in the order in
// which they lie in their list.
template <class T>
std::size_t bring_to_front(std::vector<Row<T>>& rows, std::size_t limit) {
  const auto before = [](const Row<T>& a, const Row<T>& b) {
    return a.id != b.id ? a.id < b.id : std::less<const T*>{}(a.item, b.item);
  };
  if (rows.size() <= limit) {
    std::sort(rows.begin(), rows.end(), before);
    return rows.size();
  }
  const auto cut = rows.begin() + static_cast<std::ptrdiff_t>(limit);
  std::partial_sort(rows.begin(), cut, rows.end(), before);
  const std::uint64_t last = rows[limit - 1].id;
  const auto end = std::partition(cut, rows.end(), [&](const Row<T>& r) { return r.id == last; });
  std::sort(cut, end, before);
  return static_cast<std::size_t>(end - rows.begin());
}

// One page of rows in order of id. Rows of one id stay on one page, which may then be longer than
// the limit. render(row) gives the item.
template <class T, class Render>
Result<Json> page_of_rows(const Query& query, std::vector<Row<T>> rows, Render render) {
  const auto page = parse_page(query.target);
  if (!page) return page.error();
  const std::size_t total = rows.size();
  std::erase_if(rows, [&](const Row<T>& row) { return row.id <= page->after.value; });
  const std::size_t count = bring_to_front(rows, query.each != nullptr ? total : page->limit);
  if (query.each != nullptr) {
    for (std::size_t i = 0; i < count && (*query.each)(render(rows[i])); ++i) {
    }
    return answer(Json::object());
  }
  Json items = Json::array();
  for (std::size_t i = 0; i < count; ++i) items.push_back(render(rows[i]));
  Json out;
  out["items"] = std::move(items);
  out["next"] = count < rows.size() ? id_text(rows[count - 1].id) : Json(nullptr);
  out["total"] = total;
  return answer(std::move(out));
}

// The same for entities or statements that are named by their event.
template <class T, class Render>
Result<Json> page_of_events(const Query& query, std::vector<Row<T>> rows, Render render) {
  return page_of_rows(query, std::move(rows), [&](const Row<T>& row) {
    Json item = render(*row.item);
    item["in_force"] = query.state.in_force(EventId{row.id});
    return item;
  });
}

// The list that the filter lets through, or the one entity that the query names.
template <class Map, class Keep, class Render>
Result<Json> list_or_one(const Query& query, const Map& map, Keep keep, Render render) {
  if (query.id.empty()) return page_of_events(query, rows_of(map, keep), render);
  const EventId id = parse_event_id(std::string(query.id));
  const auto found = map.find(typename Map::key_type{id.value});
  if (!id || found == map.end())
    return fail(Errc::not_found, "no such id: " + std::string(query.id));
  Json item = render(found->second);
  item["in_force"] = query.state.in_force(id);
  return answer(std::move(item));
}

// --- the pages, by family ------------------------------------------------------------------------

Result<Json> state_page(const Query& query);
Result<Json> devices_page(const Query& query);
Result<Json> incidents_page(const Query& query);
Result<Json> held_page(const Query& query);
Result<Json> figures_page(const Query& query);

Result<Json> programmes_page(const Query& query);
Result<Json> policies_page(const Query& query);
Result<Json> obligations_page(const Query& query);
Result<Json> obligation_periods_page(const Query& query);
Result<Json> organisations_page(const Query& query);
Result<Json> agreements_page(const Query& query);
Result<Json> sites_page(const Query& query);
Result<Json> assets_page(const Query& query);
Result<Json> staff_page(const Query& query);

Result<Json> people_page(const Query& query);
Result<Json> sessions_page(const Query& query);
Result<Json> services_page(const Query& query);
Result<Json> agency_cases_page(const Query& query);
Result<Json> custody_page(const Query& query);
Result<Json> casework_page(const Query& query);

Result<Json> contracts_page(const Query& query);
Result<Json> milestones_page(const Query& query);
Result<Json> funds_page(const Query& query);
Result<Json> requests_page(const Query& query);
Result<Json> payments_page(const Query& query);
Result<Json> traces_page(const Query& query);
Result<Json> invoices_page(const Query& query);

Result<Json> demands_page(const Query& query);
Result<Json> digests_page(const Query& query);
Result<Json> deliberations_page(const Query& query);
Result<Json> orders_page(const Query& query);
Result<Json> calls_page(const Query& query);
Result<Json> proposals_page(const Query& query);

Result<Json> volunteers_page(const Query& query);
Result<Json> hours_page(const Query& query);
Result<Json> certificates_page(const Query& query);
Result<Json> points_page(const Query& query);
Result<Json> leases_page(const Query& query);
Result<Json> shortages_page(const Query& query);
Result<Json> honours_page(const Query& query);

Result<Json> evaluations_page(const Query& query);
Result<Json> ratings_page(const Query& query);
Result<Json> surveys_page(const Query& query);
Result<Json> broadcasts_page(const Query& query);
Result<Json> notices_page(const Query& query);

Result<Json> corrections_page(const Query& query);
Result<Json> retractions_page(const Query& query);
Result<Json> decisions_page(const Query& query);
Result<Json> reports_page(const Query& query);
Result<Json> findings_page(const Query& query);
Result<Json> dispositions_page(const Query& query);
Result<Json> anomaly_rules_page(const Query& query);
Result<Json> seals_page(const Query& query);

// Of a bench: `doubts` are its list, in its order.
Result<Json> anomalies_page(const Query& query, const std::vector<rules::Doubt>& doubts);

}  // namespace houniao::queries
