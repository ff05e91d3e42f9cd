// houniao serve: runs the server until SIGTERM or SIGINT, then stops in good order.
#include <CLI/CLI.hpp>
#include <charconv>
#include <memory>
#include <ostream>

#include "base/os/os.h"
#include "server/server.h"
#include "tools/houniao/context.h"
#include "tools/houniao/cosigned_warnings.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string listen = "127.0.0.1:8017";
  unsigned threads = 1;
  std::string port_file;
  std::string tls_cert;
  std::string tls_key;
  std::uint64_t map_mib = 256 * 1024;
};

Result<GatewayOptions> gateway_options(const Args& args) {
  GatewayOptions out;
  const std::size_t colon = args.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : args.listen.substr(colon + 1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (port.empty() || parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size()) {
    return fail(Errc::invalid_argument, "--listen HOST:PORT, got " + args.listen);
  }
  out.host = args.listen.substr(0, colon);
  if (out.host == "localhost") out.host = "127.0.0.1";
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  out.threads = args.threads;
  out.tls_cert = args.tls_cert;
  out.tls_key = args.tls_key;
  out.handle_signals = true;
  return out;
}

void announce(const Args& args, Context& context, Server& server) {
  const auto head = server.engine().published().head();
  if (context.json) {
    write_json(context.out, Json{{"url", server.url()},
                                 {"port", server.port()},
                                 {"data", args.data},
                                 {"log_key", server.engine().identity().log_vkey},
                                 {"records", head->size.value}});
  } else {
    context.out << "候鸟服务器已启动 / serving " << server.url() << "  (" << head->size.value
                << " 条记录 / records)\n"
                << "停止 / stop: Ctrl-C\n";
  }
  context.out << std::flush;
}

void run(const Args& args, Context& context) {
  const auto options = gateway_options(args);
  if (!context.check(options)) return;
  const auto config = load_config(args.data);
  if (!context.check(config)) return;
  if (!context.check(expect_output(args.port_file, args.data))) return;
  tell_unused_cosigned(args.data, context);
  Engine::Options engine;
  engine.log.map_bytes_max = args.map_mib << 20;
  engine.log.map_bytes_start = std::min(engine.log.map_bytes_start, engine.log.map_bytes_max);
  // Before there are threads: it forks.
  auto timeline = Timeline::start(config->log());
  if (!context.check(timeline)) return;
  engine.timeline = std::move(*timeline);
  std::optional<DamagedStorage> damaged(std::in_place, context);
  auto server = Server::open(*config, context.clock, context.random, *options, engine);
  damaged.reset();
  if (!context.check(server)) return;
  if (!args.port_file.empty()) {
    const std::string text = std::to_string((*server)->port()) + "\n";
    if (!context.check(os::write_file_durably(args.port_file, as_bytes(text)))) return;
  }
  announce(args, context, **server);
  (*server)->run();
  context.progress("已停机，已确认的数据均已保存 / stopped; everything acknowledged is stored");
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command =
      app.add_subcommand("serve", "运行服务器 / run the server until SIGTERM or SIGINT");
  command->add_option("--data", args->data, "数据目录 / data directory")->required();
  command
      ->add_option("--listen", args->listen,
                   "监听地址，端口 0 由系统选择；非本机地址须用 TLS / address; port 0 lets the "
                   "system choose; beyond loopback TLS is required")
      ->capture_default_str();
  command->add_option("--threads", args->threads, "网络线程数 / network threads")
      ->capture_default_str()
      ->check(CLI::Range(1U, 64U));
  command->add_option("--port-file", args->port_file, "启动后写入端口 / file that gets the port");
  command->add_option("--tls-cert", args->tls_cert, "TLS 证书 (PEM) / TLS certificate chain");
  command->add_option("--tls-key", args->tls_key, "TLS 私钥 (PEM) / TLS private key");
  command
      ->add_option("--log-mib-max", args->map_mib,
                   "日志最大容量 (MiB) / most space that the log may take")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{16} << 20));
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
