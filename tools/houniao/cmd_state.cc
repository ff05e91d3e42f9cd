// houniao state: shows what follows from the log, without a server: the same pages as /v1 of the
// HTTP interface, and the sites.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "server/http/queries.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

const std::vector<std::string> kPages = {"state", "people", "services", "cases",   "contracts",
                                         "funds", "held",   "sites",    "devices", "figures"};

struct Args {
  std::string data;
  std::string what = "state";
  std::string at;
  std::string cursor;
  std::size_t limit = 20;
};

Json sites_page(const State& state, std::size_t limit) {
  std::vector<const Site*> sites;
  for (const auto& [id, site] : state.sites.sites) sites.push_back(&site);
  std::sort(sites.begin(), sites.end(), [](const Site* a, const Site* b) { return a->id < b->id; });
  Json items = Json::array();
  for (const Site* site : sites) {
    if (items.size() == limit) break;
    items.push_back(Json{{"id", to_string(EventId{site->id.value})},
                         {"category", std::string(state.symbols().text(site->category))},
                         {"name", site->name},
                         {"region", site->region},
                         {"area_dm2", site->area_dm2},
                         {"from", to_string(site->from)},
                         {"scope", site->scope.value}});
  }
  return Json{{"items", std::move(items)}, {"total", sites.size()}};
}

// One line per item: its id, then every member that has a value.
void print_item(std::ostream& out, const Json& item) {
  if (!item.is_object()) {
    out << item.dump() << "\n";
    return;
  }
  for (const auto& [key, value] : item.items()) {
    const bool empty = value.is_null() || (value.is_array() && value.empty()) ||
                       (value.is_string() && value.get_ref<const std::string&>().empty());
    if (empty) continue;
    if (key == "id") {
      out << value.get<std::string>();
    } else {
      out << "  " << key << "=" << (value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  out << "\n";
}

void print(std::ostream& out, const Json& page) {
  for (const auto& [key, value] : page.items()) {
    if (value.is_array() && !value.empty() && value.front().is_object()) {
      for (const Json& item : value) print_item(out, item);
    } else if (!value.is_null()) {
      out << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
    }
  }
}

void run(const Args& args, Context& context) {
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto fold = fold_offline(args.data, *as_of, false, context.clock, {});
  if (!context.check(fold)) return;
  const State& state = fold->replayer.state();
  Json page;
  if (args.what == "sites") {
    page = sites_page(state, args.limit);
  } else {
    Target target;
    // Pages without items take no page parameters.
    if (args.what.find('/') == std::string::npos)
      target.query["limit"] = std::to_string(args.limit);
    if (!args.cursor.empty()) target.query["cursor"] = args.cursor;
    const auto found = query_state(state, TreeSize{fold->records}, args.what, target);
    if (!context.check(found)) return;
    page = *found;
  }
  if (context.json) {
    write_json(context.out, page);
  } else {
    print(context.out, page);
  }
}

}  // namespace

void add_state(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "state", "由日志得出的状态，不需服务器 / what follows from the log, without a server");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("what", args->what,
                   "state people services cases contracts funds held sites devices figures；"
                   "或单项，如 / or one, such as contracts/2-7")
      ->capture_default_str()
      ->check([](const std::string& what) {
        const std::string name = what.substr(0, what.find('/'));
        return std::find(kPages.begin(), kPages.end(), name) != kPages.end()
                   ? std::string()
                   : "没有这一页 / no such page: " + what;
      });
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--limit", args->limit, "最多条数 / at most so many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kPageMax));
  command->add_option("--cursor", args->cursor, "从此编号之后 / begin after this id");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
