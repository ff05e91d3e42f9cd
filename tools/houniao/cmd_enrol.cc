// houniao enrol: one-time codes for devices and access tokens for HTTP clients. Writes to the key
// store of the data directory, also while the server runs.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "base/limits.h"
#include "schema/catalogue.h"
#include "server/config.h"
#include "server/keys/lmdb_key_store.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  bool make_code = false;
  bool make_token = false;
  std::vector<std::string> roles;
  std::vector<std::uint64_t> scopes;
  std::string holder;
  std::string organisation;
  std::string label;
  bool whole_log = false;
  bool admin = false;
  unsigned count = 1;
  unsigned hours = limits::kEnrolmentCodeMs / 3'600'000;
};

Result<std::vector<std::uint16_t>> parse_roles(const std::vector<std::string>& names) {
  std::vector<std::uint16_t> out;
  for (const std::string& text : names) {
    schema::Role role;
    if (!parse_role(text, role)) {
      return fail(
          Errc::invalid_argument,
          "no such role: " + text + " (field, supervisor, finance, auditor, admin, integrator)");
    }
    out.push_back(static_cast<std::uint16_t>(role));
  }
  return out;
}

Result<std::uint64_t> parse_id(const std::string& text) {
  if (text.empty()) return std::uint64_t{0};
  const EventId id = parse_event_id(text);
  if (!id) return fail(Errc::invalid_argument, "not an id such as 2-7: " + text);
  return id.value;
}

Result<EnrolmentCode> grant_from(const Args& args, WallTime now) {
  EnrolmentCode out;
  auto roles = parse_roles(args.roles.empty() ? std::vector<std::string>{"field"} : args.roles);
  if (!roles) return roles.error();
  out.roles = std::move(*roles);
  for (std::uint64_t scope : args.scopes) out.scopes.push_back(ScopeId{scope});
  if (out.scopes.size() > limits::kScopesPerDeviceMax) {
    return fail(Errc::limit_exceeded, "more than 256 scopes; use --whole-log");
  }
  const auto holder = parse_id(args.holder);
  if (!holder) return holder.error();
  out.holder = *holder;
  const auto organisation = parse_id(args.organisation);
  if (!organisation) return organisation.error();
  out.organisation = *organisation;
  out.whole_log = args.whole_log;
  out.label = args.label;
  out.expires = WallTime{now.us + std::int64_t{args.hours} * 3'600'000'000};
  return out;
}

void make_codes(const Args& args, Context& context, KeyStore& keys) {
  const auto grant = grant_from(args, context.clock.wall());
  if (!context.check(grant)) return;
  Json codes = Json::array();
  for (unsigned i = 0; i < args.count; ++i) {
    const std::string code = make_enrolment_code(context.random);
    if (!context.check(keys.add_code(code, *grant))) return;
    codes.push_back(code);
  }
  if (context.json) {
    write_json(context.out, Json{{"codes", codes}, {"expires", to_rfc3339(grant->expires)}});
    return;
  }
  for (const auto& code : codes) context.out << code.get<std::string>() << "\n";
  context.progress("每码一次有效，至 / each works once, until " + to_rfc3339(grant->expires));
}

void make_token(const Args& args, Context& context, KeyStore& keys) {
  const auto roles =
      parse_roles(args.roles.empty() ? std::vector<std::string>{"auditor"} : args.roles);
  if (!context.check(roles)) return;
  const auto auditor = static_cast<std::uint16_t>(schema::Role::AUDITOR);
  const auto integrator = static_cast<std::uint16_t>(schema::Role::INTEGRATOR);
  AccessToken access{args.label, roles->front(), args.admin};
  if (roles->size() != 1 || (access.role != auditor && access.role != integrator)) {
    return context.fail(
        houniao::fail(Errc::invalid_argument, "--token takes one role, auditor or integrator"));
  }
  const std::string token = make_access_token(context.random);
  if (!context.check(keys.add_token(token, access))) return;
  if (context.json) {
    write_json(context.out,
               Json{{"token", token},
                    {"role", std::string(name_of(static_cast<schema::Role>(access.role)))},
                    {"admin", access.admin}});
    return;
  }
  context.out << token << "\n";
  context.progress("请妥善保存，之后不再显示 / keep it: it is not shown again");
}

void run(const Args& args, Context& context) {
  if (args.make_code == args.make_token) {
    return context.fail(houniao::fail(Errc::invalid_argument, "give --new or --token"));
  }
  const auto config = load_config(args.data);
  if (!context.check(config)) return;
  auto keys = LmdbKeyStore::open(config->keys(), config->key_store_master, context.random,
                                 LmdbKeyStore::Access::codes_only);
  if (!context.check(keys)) return;
  if (args.make_code) {
    make_codes(args, context, **keys);
  } else {
    make_token(args, context, **keys);
  }
}

}  // namespace

void add_enrol(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "enrol", "发放一次性入网码或访问令牌 / make one-time enrolment codes or access tokens");
  command->add_option("--data", args->data, "服务器数据目录 / the server's data directory")
      ->required();
  command->add_flag("--new", args->make_code, "设备入网码 / enrolment codes for devices");
  command->add_flag("--token", args->make_token, "HTTP 访问令牌 / an access token for HTTP");
  command->add_option(
      "--role", args->roles,
      "角色，可多次 / role, repeatable: field supervisor finance auditor admin integrator");
  command->add_option("--scope", args->scopes, "范围编号，可多次 / scope id, repeatable");
  command->add_option("--holder", args->holder,
                      "持有人编号，如 2-7 / id of the holder; none: shared");
  command->add_option("--organisation", args->organisation,
                      "持有机构编号 / id of the organisation");
  command->add_option("--label", args->label, "设备名称，不写人名 / label; no personal name");
  command->add_flag("--whole-log", args->whole_log, "可读全部日志 / may read the whole log");
  command->add_flag("--admin", args->admin,
                    "令牌可经本机接口发码 / the token may make codes over the loopback interface");
  command->add_option("--count", args->count, "数量 / how many codes")
      ->capture_default_str()
      ->check(CLI::Range(1U, 100'000U));
  command->add_option("--hours", args->hours, "有效小时数 / hours until they expire")
      ->capture_default_str()
      ->check(CLI::Range(1U, 24U * 365));
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
