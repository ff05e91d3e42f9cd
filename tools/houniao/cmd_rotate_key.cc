// houniao rotate-key: makes the next key for the log's checkpoints while the server is stopped. The
// next start records the change in the log.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "server/key_rotation.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string reason = "scheduled";
};

void run(const Args& args, Context& context) {
  const auto config = load_config(args.data);
  if (!context.check(config)) return;
  const auto next = order_key_rotation(*config, args.reason, context.random);
  if (!context.check(next)) return;
  const std::string before = config->verifier_key_text();
  const std::string after = verifier_key(config->origin, next->key.verify_key());
  if (context.json) {
    write_json(context.out, Json{{"data", args.data},
                                 {"reason", args.reason},
                                 {"log_key", before},
                                 {"next_log_key", after}});
    return;
  }
  context.out
      << "已生成下一把日志密钥 / the next log key is made\n"
      << "  现用 / in force  " << before << "\n"
      << "  接替 / follows   " << after << "\n"
      << "下次启动服务器时记入日志并生效，此前的检查点永远可验 / the next start records the "
         "change; earlier checkpoints verify for ever\n"
      << "下一步 / next: houniao serve --data " << args.data << "\n";
}

}  // namespace

void add_rotate_key(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "rotate-key", "更换日志签名密钥（先停服务器） / change the log's key; stop the server first");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option(
          "--reason", args->reason,
          "scheduled 定期，suspected 疑似泄露 / scheduled, or suspected: somebody else may "
          "have the key")
      ->capture_default_str();
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
