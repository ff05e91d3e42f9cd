// houniao audit vkey: the verifier keys of a log, for auditors and other people's verifiers.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "replay/state.h"
#include "server/config.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  bool all = false;
};

// Every key that the log names; of a log that names none, the one of server.json.
Result<LogKeys> keys_in_log(const Args& args, Context& context) {
  const auto fold = fold_offline(args.data, AsOf{}, false, context.clock, {});
  if (!fold) return fold.error();
  auto keys = LogKeys::follow(fold->replayer.state().system.log_key_changes());
  if (!keys) return std::move(keys).error();
  if (*keys) return std::move(**keys);
  const auto key = load_verifier_key(args.data);
  if (!key) return key.error();
  return LogKeys::of(*key);
}

void run(const Args& args, Context& context) {
  if (!args.all) {
    const auto key = load_verifier_key(args.data);
    if (!context.check(key)) return;
    if (context.json) {
      write_json(context.out, Json{{"vkey", *key}});
    } else {
      context.out << *key << "\n";
    }
    return;
  }
  const auto keys = keys_in_log(args, context);
  if (!context.check(keys)) return;
  Json rows = Json::array();
  for (const LogKeys::Key& key : keys->all()) {
    const std::string text = verifier_key(keys->origin(), key.key);
    rows.push_back({{"vkey", text}, {"from", key.from.value}});
    if (!context.json) context.out << key.from.value << " " << text << "\n";
  }
  if (context.json) write_json(context.out, Json{{"origin", keys->origin()}, {"keys", rows}});
}

}  // namespace

void add_audit_vkey(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "vkey", "日志验证公钥 (C2SP signed-note) / the log's verifier key for other verifiers");
  command->add_option("--data", args->data, "服务器数据目录 / data directory of the server")
      ->required();
  command->add_flag(
      "--all", args->all,
      "历来各钥，前有其起用时的记录数 / every key of the log, each after the number of "
      "records from which it signs");
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
