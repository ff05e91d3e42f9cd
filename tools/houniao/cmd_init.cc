// houniao init: makes the data directory of a server, its keys, and the first record of its log.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "schema/catalogue.h"
#include "server/engine.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string origin = "houniao.local/log";
};

// The code with which the first administrator's device enrols.
Result<std::string> make_admin_code(Engine& engine) {
  EnrolmentCode grant;
  grant.expires = WallTime{engine.clock().wall().us + limits::kEnrolmentCodeMs * 1000};
  grant.roles = {static_cast<std::uint16_t>(schema::Role::ADMIN)};
  grant.label = "first administrator";
  std::string code = make_enrolment_code(engine.random());
  HOUNIAO_TRY(engine.keys().add_code(code, grant));
  return code;
}

void run(const Args& args, Context& context) {
  const auto config = create_config(args.data, args.origin, context.random, context.clock.wall());
  if (!context.check(config)) return;
  auto engine = Engine::open(*config, context.clock, context.random, {});
  if (!context.check(engine)) return;
  const auto code = make_admin_code(**engine);
  if (!context.check(code)) return;
  const auto head = (*engine)->published().head();
  if (!context.check(save_witness(*config, head->note))) return;
  if (context.json) {
    write_json(context.out, Json{{"data", args.data},
                                 {"origin", config->origin},
                                 {"log_key", config->verifier_key_text()},
                                 {"records", head->size.value},
                                 {"root", to_base64(head->root.bytes)},
                                 {"admin_code", *code}});
    return;
  }
  context.out << "已建立服务器数据目录 / made a server in " << args.data << "\n"
              << "  日志名称 / origin        " << config->origin << "\n"
              << "  日志公钥 / log key       " << config->verifier_key_text() << "\n"
              << "  管理员入网码 / admin code " << *code << "\n"
              << "下一步 / next: houniao serve --data " << args.data << "\n";
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "init", "建立服务器：密钥、首条记录 / make a server: its keys and the first record");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("--origin", args->origin,
                   "日志名称，签名检查点用它 / name of the log in signed checkpoints")
      ->capture_default_str();
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
