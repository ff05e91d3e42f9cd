// houniao people find: searches the names of the persons whose keys are on this device. Names go to
// standard output only, as the result; never into a message, and never anywhere on disk.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/crypto.h"
#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/people_find.h"

namespace houniao {
namespace {

struct Args {
  std::string client;
  std::string passphrase_file;
  PeopleQuery query;
};

constexpr std::size_t kPassphraseBytesMax = 4096;

// The first line of the file, without its end.
Result<std::string> read_passphrase(const std::string& path) {
  auto bytes = os::read_file(path, kPassphraseBytesMax);
  if (!bytes) return bytes.error();
  std::string text(as_text(*bytes));
  wipe(bytes->data(), bytes->size());
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  if (text.empty()) {
    return fail(Errc::invalid_argument, "no pass phrase in the first line of " + path);
  }
  return text;
}

// A directory that nobody has used yet would become another, empty client.
Result<std::unique_ptr<Client>> open_client(const Args& args) {
  if (!std::filesystem::exists(std::filesystem::path(args.client) / "data.mdb")) {
    return fail(Errc::not_found, "no client directory: " + args.client);
  }
  auto passphrase = read_passphrase(args.passphrase_file);
  if (!passphrase) return passphrase.error();
  Client::Options options;
  options.directory = args.client;
  options.passphrase = std::move(*passphrase);
  return Client::open(std::move(options));
}

void print(const FoundPeople& found, Context& context) {
  if (context.json) {
    Json items = Json::array();
    for (const FoundPerson& person : found.persons) {
      items.push_back(Json{{"id", to_string(EventId{person.id.value})},
                           {"name", person.name},
                           {"under14", person.minor}});
    }
    write_json(context.out, Json{{"items", std::move(items)},
                                 {"minors_left_out", found.minors_left_out},
                                 {"complete", found.complete}});
    return;
  }
  for (const FoundPerson& person : found.persons) {
    context.out << to_string(EventId{person.id.value}) << "  " << person.name
                << (person.minor ? "  未满十四周岁 / under 14" : "") << "\n";
  }
}

void find(const Args& args, Context& context) {
  auto client = open_client(args);
  if (!context.check(client)) return;
  const auto found = find_people(**client, args.query);
  if (!context.check(found)) return;
  print(*found, context);
  context.progress("查看 / looked at " + std::to_string(found->looked_at) +
                   "；密钥不在本机 / without a key here " + std::to_string(found->without_key));
  if (found->minors_left_out != 0) {
    context.progress("未列未满十四周岁者 / children under 14 left out " +
                     std::to_string(found->minors_left_out) + "（--minors）");
  }
  if (!found->complete) {
    context.progress("还有更多，请写得更具体 / there is more: give more of the name");
  }
}

}  // namespace

void add_people(CLI::App& app, Context& context) {
  CLI::App* group =
      app.add_subcommand("people", "本机可读的服务对象 / persons whose data this device can read");
  group->require_subcommand(1);
  auto args = std::make_shared<Args>();
  CLI::App* command = group->add_subcommand("find",
                                            "按姓名查找。只在持有密钥的设备上可用；日志里没有姓名 "
                                            "/ find by name. Only where the keys are: "
                                            "the log holds no names");
  command->add_option("text", args->query.text, "姓名的一部分 / a part of the name")->required();
  command->add_option("--client", args->client, "客户端目录 / directory of the client")->required();
  command
      ->add_option("--passphrase-file", args->passphrase_file,
                   "首行为口令的文件 / file whose first line is the pass phrase")
      ->required();
  command->add_option("--limit", args->query.found_max, "最多条数 / at most so many")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, std::size_t{200}));
  command->add_flag("--minors", args->query.minors,
                    "含未满十四周岁者，限为其家庭服务时 / children under 14 as well, only in work "
                    "with their household");
  command->callback([args, &context] { find(*args, context); });
}

}  // namespace houniao
