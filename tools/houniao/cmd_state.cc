// houniao state: shows what follows from the log, without a server: the same pages as /v1 of the
// HTTP interface (server/http/queries.h), read by whoever may read the data directory.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "server/http/queries.h"
#include "tools/houniao/bench_offline.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string what = "state";
  std::string at;
  std::string cursor;
  std::size_t limit = 20;
  std::vector<std::string> where;
};

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

// The parameters of the page: --cursor, --limit and each --where name=value.
Result<Target> target_of(const Args& args, const QueryPage& page) {
  Target target;
  for (const std::string& pair : args.where) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return fail(Errc::invalid_argument, "--where " + pair + ": name=value");
    }
    target.add(pair.substr(0, equals), pair.substr(equals + 1));
  }
  if (page.list && args.what.find('/') == std::string::npos) {
    target.query.try_emplace("limit", std::to_string(args.limit));
  }
  if (!args.cursor.empty()) target.add("cursor", args.cursor);
  return target;
}

Result<Json> ask_state(const Args& args, const AsOf& as_of, const Target& target,
                       Context& context) {
  const auto fold = fold_offline(args.data, as_of, false, context.clock, {});
  if (!fold) return fold.error();
  return query_state(fold->replayer.state(), TreeSize{fold->records}, args.what, target);
}

Result<Json> ask_bench(const Args& args, const AsOf& as_of, const Target& target) {
  rules::Bench bench;
  rules::Bench* const benches[] = {&bench};
  const auto fed = feed_offline(args.data, as_of, benches, {});
  if (!fed) return fed.error();
  return query_bench(bench, args.what, target);
}

void run(const Args& args, Context& context) {
  const DamagedStorage damaged(context);
  const QueryPage* page = find_query_page(args.what);
  if (page == nullptr) {
    return context.fail(houniao::fail(Errc::not_found, "no such page: " + args.what));
  }
  const auto target = target_of(args, *page);
  if (!context.check(target)) return;
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  const auto found =
      page->of_bench ? ask_bench(args, *as_of, *target) : ask_state(args, *as_of, *target, context);
  if (!context.check(found)) return;
  if (context.json) {
    write_json(context.out, *found);
  } else {
    print(context.out, *found);
  }
}

// One line per page: what it shows and which --where it knows.
std::string pages_help() {
  std::string out = "页面 / pages:\n";
  for (const QueryPage& page : query_pages()) {
    std::string line = "  " + std::string(page.name);
    line.resize(std::max<std::size_t>(line.size() + 1, 18), ' ');
    line += std::string(page.zh) + " / " + std::string(page.en);
    if (!page.filters.empty()) line += "  [" + std::string(page.filters) + "]";
    out += line + "\n";
  }
  return out;
}

}  // namespace

void add_state(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "state", "由日志得出的状态，不需服务器 / what follows from the log, without a server");
  command->footer(pages_help());
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("what,--what", args->what,
                   "页面，或单项，如 contracts/2-7 / a page, or one item, such as contracts/2-7")
      ->capture_default_str()
      ->check([](const std::string& what) {
        return find_query_page(what) != nullptr ? std::string()
                                                : "没有这一页 / no such page: " + what;
      });
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command
      ->add_option("--where", args->where,
                   "筛选 名=值，可多次 / filter name=value, repeatable: programme=2-7")
      ->allow_extra_args(false);
  command->add_option("--limit", args->limit, "最多条数 / at most so many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kPageMax));
  command->add_option("--cursor", args->cursor, "从此编号之后 / begin after this id");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
