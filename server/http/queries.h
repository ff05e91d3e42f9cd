// What the state says, as JSON: the pages below /v1 of the HTTP interface, which `houniao state`
// shows too. One table names them all, what each is for in both languages, which parameters it
// takes and who may read it. Pure functions of a state; nothing identifies a person, because the
// state holds nothing that does, and case work is only counted (server/http/queries_people.cc).
//
// Lists come in order of id. `cursor` is the id after which the page begins ("7-12"), `limit` at
// most kPageMax; "next" in the answer is the cursor of the following page, or null. A parameter
// that a page does not take is refused: to leave a misspelt filter out would answer another
// question.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "server/http/api.h"

namespace houniao {

class State;
namespace rules {
class Bench;
}

inline constexpr std::size_t kPageDefault = 100;
inline constexpr std::size_t kPageMax = 500;

// Which tokens open a page. `integrator` opens to both kinds, `auditor` to auditors only: what they
// doubt and find, and counts of case work.
enum class Readers : std::uint8_t { integrator, auditor };

struct QueryPage {
  std::string_view name;  // below /v1: "contracts"
  std::string_view zh;    // what it shows
  std::string_view en;
  Readers readers = Readers::integrator;
  bool list = false;    // takes cursor and limit
  bool single = false;  // NAME/ID is one item of it
  // Further parameters of the list, and of one item, separated by spaces.
  std::string_view filters;
  std::string_view filters_of_one = {};
  // Answered by query_bench() from what anomaly rules saw of the log, which no state holds.
  bool of_bench = false;
  // The one parameter that may be given several times; empty: none.
  std::string_view repeatable = {};

  // Names of the parameters of the list, or of one item, beside "at".
  std::vector<std::string_view> parameters(bool of_one) const;
};

// In the order in which they are shown.
std::span<const QueryPage> query_pages();
// The page of a path below /v1 such as "contracts" or "contracts/2-7"; nullptr when there is none.
const QueryPage* find_query_page(std::string_view what);
// Whether a token with this role (a schema::Role) opens the page.
bool is_open_to(const QueryPage& page, std::uint16_t role);

// invalid_argument for a parameter that the page of this path does not take, or takes once and got
// twice; query_state() and query_bench() refuse the same. not_found when there is no such page.
Result<void> check_query_parameters(std::string_view what, const Target& target);

// `what` is the path below /v1, such as "contracts" or "contracts/2-7". not_found for unknown paths
// and ids and for pages of the bench, invalid_argument for bad parameters. Asks nobody's role.
Result<nlohmann::ordered_json> query_state(const State& state, TreeSize size, std::string_view what,
                                           const Target& target);
// Every item of a list, in its order, in one way through the state, until `take` returns false. For
// exports: page after page would look at everything again for each. not_found for what is no page
// of the state, invalid_argument for a page that is no list. Asks nobody's role.
Result<void> query_list(const State& state, const std::string& page,
                        const std::function<bool(nlohmann::ordered_json item)>& take);
// The same of a page of the bench: not_found for any other.
Result<void> query_bench_list(rules::Bench& bench, const std::string& page,
                              const std::function<bool(nlohmann::ordered_json item)>& take);
// What query_state() answers, for the pages of the bench, as of the records that the bench has
// seen.
Result<nlohmann::ordered_json> query_bench(rules::Bench& bench, std::string_view what,
                                           const Target& target);

}  // namespace houniao
