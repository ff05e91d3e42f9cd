// houniao witness serve: a witness for other people's logs (server/witness.h), over plain HTTP on
// this machine; a TLS proxy in front of it makes it reachable.
#include <CLI/CLI.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <ostream>
#include <vector>

#include "server/witness.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::seconds kIdle{30};

struct Args {
  std::string state;
  std::string name;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::vector<std::string> logs;
  std::string origin;
};

// One connection, kept alive while requests come. Owns itself through the handlers that wait.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Tcp::socket socket, Witness& witness)
      : stream_(std::move(socket)), witness_(witness) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kWitnessBodyMax);
    stream_.expires_after(kIdle);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](ErrorCode error, std::size_t) {
                       if (error == http::error::body_limit) return self->write(self->too_long());
                       if (!error) self->write(self->answer());
                     });
  }

 private:
  using Response = http::response<http::string_body>;

  static Response response(int status, std::string_view type, std::string body) {
    Response out(http::int_to_status(static_cast<unsigned>(status)), 11);
    out.set(http::field::content_type, std::string(type));
    out.body() = std::move(body);
    return out;
  }
  static Response too_long() {
    Response out = response(413, "text/plain; charset=utf-8", "the request is too long\n");
    out.keep_alive(false);
    return out;
  }
  Response answer() {
    const auto& request = parser_->get();
    Response out;
    if (!std::string_view(request.target()).ends_with("/add-checkpoint")) {
      out = response(404, "text/plain; charset=utf-8", "only add-checkpoint is here\n");
    } else if (request.method() != http::verb::post) {
      out = response(405, "text/plain; charset=utf-8", "POST a request\n");
    } else {
      WitnessAnswer said = witness_.add_checkpoint(request.body());
      out = response(said.status, said.content_type, std::move(said.body));
    }
    out.keep_alive(request.keep_alive());
    return out;
  }
  void write(Response response) {
    response_ = std::move(response);
    response_.prepare_payload();
    stream_.expires_after(kIdle);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](ErrorCode error, std::size_t) {
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  beast::tcp_stream stream_;
  Witness& witness_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
};

class Listener {
 public:
  explicit Listener(Witness& witness) : witness_(witness) {}

  Result<void> listen(const Args& args) {
    ErrorCode error;
    const auto address = asio::ip::make_address(args.host, error);
    if (error || !address.is_loopback()) {
      return fail(Errc::invalid_argument,
                  args.host + ": not a loopback address; put a TLS proxy in front of 127.0.0.1");
    }
    const Tcp::endpoint endpoint(address, args.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(128, error);
    if (error) return fail(Errc::invalid_argument, "cannot listen: " + error.message());
    return {};
  }
  std::uint16_t port() const {
    ErrorCode ignored;
    return acceptor_.local_endpoint(ignored).port();
  }
  void run() {
    signals_.async_wait([this](ErrorCode, int) { io_.stop(); });
    accept();
    io_.run();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](ErrorCode error, Tcp::socket socket) {
      if (error) return accept_later();
      std::make_shared<Connection>(std::move(socket), witness_)->read();
      accept();
    });
  }
  // Out of file descriptors, for instance: trying again at once would only burn the processor.
  void accept_later() {
    pause_.expires_after(std::chrono::milliseconds(50));
    pause_.async_wait([this](ErrorCode error) {
      if (!error) accept();
    });
  }

  Witness& witness_;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  asio::signal_set signals_{io_, SIGINT, SIGTERM};
};

Result<void> check_origin(const Args& args) {
  if (args.origin.empty()) return {};
  for (const std::string& text : args.logs) {
    const auto key = parse_verifier_key(text);
    if (!key) return key.error();
    if (key->name != args.origin) {
      return fail(Errc::invalid_argument, "the key " + text + " is not of " + args.origin);
    }
  }
  return {};
}

void serve(const Args& args, Context& context) {
  if (!context.check(check_origin(args))) return;
  if (!context.check(expect_output(args.state, ""))) return;
  const auto witness =
      Witness::open(args.state, args.name, args.logs, context.random, context.clock);
  if (!context.check(witness)) return;
  Listener listener(**witness);
  if (!context.check(listener.listen(args))) return;
  const std::string url = "http://" + args.host + ":" + std::to_string(listener.port());
  if (context.json) {
    write_json(context.out, Json{{"url", url}, {"key", (*witness)->cosigner_key_text()}});
  } else {
    context.out << "见证人 / witness " << (*witness)->cosigner_key_text() << "\n"
                << "  地址 / at " << url << "/add-checkpoint\n";
  }
  context.out.flush();
  listener.run();
}

}  // namespace

void add_witness(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand(
      "witness", "为别人的日志作见证 (C2SP tlog-witness) / witness other people's logs");
  group->require_subcommand(1);
  auto args = std::make_shared<Args>();
  CLI::App* command = group->add_subcommand(
      "serve", "接收检查点，核对延续后联署 / take checkpoints, check that they extend, cosign");
  command
      ->add_option(
          "--state", args->state,
          "状态文件，含密钥与每本日志最后联署的检查点；没有则新建 / state file with the key "
          "and what was signed last; made when it is not there")
      ->required();
  command->add_option("--name", args->name,
                      "见证人名称，新建时必填 / name of the witness, needed to make the state");
  command
      ->add_option("--vkey", args->logs,
                   "日志验证公钥，可重复 / verifier key of a log; may be given again")
      ->required();
  command->add_option("--origin", args->origin,
                      "所给公钥须属于此日志 / the keys given must be of this log");
  command->add_option("--host", args->host, "监听地址，仅限本机 / address, loopback only")
      ->capture_default_str();
  command->add_option("--port", args->port, "端口，0 由系统选 / port, 0 for any")
      ->capture_default_str();
  command->callback([args, &context] { serve(*args, context); });
}

}  // namespace houniao
