// houniao device: takes a device out of use and changes which scopes it may see. Leaves an order in
// the data directory; the server carries it out, at once when it runs.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <ostream>

#include "base/os/os.h"
#include "replay/state.h"
#include "server/config.h"
#include "server/device_directory.h"
#include "server/log/lmdb_store.h"
#include "server/orders.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"

namespace houniao {
namespace {

using Reason = schema::DeviceRevoked::Reason;

struct Args {
  std::string data;
  std::uint32_t number = 0;
  std::string reason = "lost";
  std::uint64_t from = 0;
  std::vector<std::uint64_t> scopes;
  unsigned wait_s = 10;
};

const std::map<std::string, Reason> kReasons = {{"lost", Reason::LOST},
                                                {"left", Reason::LEFT},
                                                {"compromised", Reason::COMPROMISED},
                                                {"replaced", Reason::REPLACED}};

std::vector<ScopeId> scopes_of(const Args& args) {
  std::vector<ScopeId> out;
  for (std::uint64_t scope : args.scopes) out.push_back(ScopeId{scope});
  return out;
}

// The device as the log has it now, and the place of its newest event.
struct Known {
  DeviceGrant grant;
  DeviceSeq newest;
};
Result<Known> find_device(const Args& args, Context& context) {
  const auto fold = fold_offline(args.data, AsOf{}, false, context.clock, {});
  if (!fold) return fold.error();
  Known out;
  out.grant = grant_of(fold->replayer.state(), DeviceNumber{args.number});
  if (!out.grant.number) {
    return fail(Errc::not_found, "device " + std::to_string(args.number) +
                                     "; houniao state --what devices lists them");
  }
  if (out.grant.number == kServerDevice) {
    return fail(Errc::invalid_argument, "device 1 is the server itself");
  }
  if (out.grant.revoked) {
    return fail(Errc::revoked_device, "device " + std::to_string(args.number) + " already is");
  }
  LmdbStoreOptions read_only;
  read_only.read_only = true;
  auto log = LmdbStore::open(std::filesystem::path(args.data) / "log", read_only);
  if (!log) return log.error();
  const auto heads = (*log)->device_heads();
  if (!heads) return heads.error();
  for (const DeviceHead& head : *heads) {
    if (head.number == out.grant.number) out.newest = head.seq;
  }
  return out;
}

void place(const DeviceOrder& order, const Args& args, Context& context) {
  const auto config = load_config(args.data);
  if (!context.check(config)) return;
  Orders orders(config->orders());
  const auto name = orders.add(order, context.random);
  if (!context.check(name)) return;
  const std::int64_t until_us =
      context.clock.monotonic_us() + std::int64_t{args.wait_s} * 1'000'000;
  bool done = false;
  while (!(done = !orders.waits(*name)) && context.clock.monotonic_us() < until_us) {
    os::pause_us(50'000);
  }
  if (orders.refused(*name)) {
    return context.fail(fail(Errc::internal, "the server did not understand " + *name));
  }
  if (context.json) {
    write_json(context.out, Json{{"device", order.device.value}, {"order", *name}, {"done", done}});
  } else if (done) {
    context.out << "已写入日志 / recorded in the log\n";
  } else {
    context.out
        << "已登记，服务器启动后执行 / waits for the server; it carries it out when it starts\n";
  }
}

void revoke(const Args& args, Context& context) {
  const auto known = find_device(args, context);
  if (!context.check(known)) return;
  DeviceOrder order;
  order.kind = DeviceOrder::Kind::revoke;
  order.device = known->grant.number;
  order.reason = kReasons.at(args.reason);
  order.from = args.from != 0 ? DeviceSeq{args.from} : DeviceSeq{known->newest.value + 1};
  place(order, args, context);
}

void change_scopes(bool grant, const Args& args, Context& context) {
  const auto known = find_device(args, context);
  if (!context.check(known)) return;
  DeviceOrder order;
  order.kind = DeviceOrder::Kind::scopes;
  order.device = known->grant.number;
  (grant ? order.granted : order.withdrawn) = scopes_of(args);
  place(order, args, context);
}

CLI::App* add_command(CLI::App& group, const char* name, const char* help,
                      const std::shared_ptr<Args>& args) {
  CLI::App* command = group.add_subcommand(name, help);
  command->add_option("number", args->number, "设备编号 / number of the device")->required();
  command->add_option("--data", args->data, "服务器数据目录 / the server's data directory")
      ->required();
  command
      ->add_option("--wait", args->wait_s,
                   "等待执行的秒数 / seconds to wait until a running server has done it")
      ->capture_default_str()
      ->check(CLI::Range(0U, 3'600U));
  return command;
}

}  // namespace

void add_device(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand(
      "device", "停用设备、调整设备范围 / take devices out of use, change what they may see");
  group->require_subcommand(1);

  auto args = std::make_shared<Args>();
  CLI::App* revoked = add_command(
      *group, "revoke", "停用：此后的事件不再接受 / no further event of it is accepted", args);
  revoked->add_option("--reason", args->reason, "原因 / why: lost left compromised replaced")
      ->capture_default_str()
      ->check(CLI::IsMember({"lost", "left", "compromised", "replaced"}));
  revoked->add_option("--from", args->from,
                      "自第几条事件起不算数；默认自下一条 / first event that does not count; "
                      "default: the next one");
  revoked->callback([args, &context] { revoke(*args, context); });

  for (const bool grant : {true, false}) {
    auto scopes = std::make_shared<Args>();
    CLI::App* command =
        grant
            ? add_command(*group, "grant",
                          "授予范围，补发其历史 / grants scopes and back-fills them", scopes)
            : add_command(*group, "withdraw",
                          "收回范围，设备随即清除其数据 / withdraws scopes; the device purges them",
                          scopes);
    command->add_option("--scope", scopes->scopes, "范围编号，可多次 / scope id, repeatable")
        ->required();
    command->callback([grant, scopes, &context] { change_scopes(grant, *scopes, context); });
  }
}

}  // namespace houniao
