// houniao demo: starts a server, plays the programmes on it with real clients over real sockets,
// and shows what the log says afterwards; with --sandbox also what the anomaly rules found of what
// was planted there. Then goes on serving until Ctrl-C, unless --once. Interrupted at any moment it
// ends within seconds; a temporary data directory outlives it only after --once, whose output says
// what to do with it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <thread>

#include "base/os/os.h"
#include "schema/programmes/packs.h"
#include "tools/houniao/context.h"
#include "tools/houniao/demo_plays.h"
#include "tools/houniao/demo_report.h"
#include "tools/houniao/figures_out.h"
#include "tools/houniao/output_file.h"
#include "tools/houniao/sandbox_report.h"
#include "tools/sandbox/key.h"
#include "tools/stage/live_backstage.h"

namespace houniao {
namespace {

constexpr const char* kNoProgramme = "none";

struct Args {
  std::string data;
  std::string listen = "127.0.0.1:0";
  std::string secrets_out;
  std::string programmes = "abcde";
  std::uint64_t seed = 1;
  bool once = false;
  bool sandbox = false;
  bool key = false;
};

Result<GatewayOptions> gateway_options(const std::string& listen) {
  GatewayOptions out;
  const std::size_t colon = listen.rfind(':');
  unsigned port = 65'536;
  if (colon == std::string::npos || std::sscanf(listen.c_str() + colon + 1, "%5u", &port) != 1 ||
      port > 65'535) {
    return fail(Errc::invalid_argument, "--listen HOST:PORT, got " + listen);
  }
  out.host = listen.substr(0, colon);
  out.port = static_cast<std::uint16_t>(port);
  out.handle_signals = true;
  return out;
}

std::string http_of(const std::string& url) {
  return url.starts_with("ws://") ? "http://" + url.substr(5) + "/" : url;
}

// --- the command line
// ------------------------------------------------------------------------------

// As CLI11 asks of a check: empty, or what is wrong.
std::string seed_mistake(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seed);
  if (error == std::errc{} && at == end) return {};
  return "须为 0 至 18446744073709551615 的整数 / a whole number from 0 to 18446744073709551615, "
         "got " +
         text;
}

std::string programmes_mistake(const std::string& letters) {
  if (letters == kNoProgramme) return {};
  const bool known = std::all_of(letters.begin(), letters.end(), [](char code) {
    return !embedded_pack(std::string(1, code)).empty();
  });
  if (letters.empty() || !known) {
    return "须为字母 a 至 e，或 none / letters of a to e, or none; got \"" + letters + "\"";
  }
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters.find(letters[i]) == i) continue;
    return "每个项目只演一次 / each programme is played once; got " + letters;
  }
  return {};
}

// The demonstration writes a log, keys and a folder per tablet: not among the files of others.
Result<void> check_empty(const std::filesystem::path& data) {
  std::error_code error;
  if (!std::filesystem::exists(data, error)) return {};
  if (std::filesystem::is_directory(data, error) && std::filesystem::is_empty(data, error)) {
    return {};
  }
  return fail(Errc::invalid_argument,
              "--data " + data.string() +
                  ": exists and is no empty directory; name a new or an empty one; "
                  "已存在且不是空目录，请给出新的或空的目录");
}

// --- interruption
// ----------------------------------------------------------------------------------

// Set by SIGINT and SIGTERM until the server listens for them itself; ends every wait of the play.
// A signal handler reaches nothing but what is static.
std::atomic<bool> cancelled{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void cancel_at_signals() {
  const auto cancel = [](int) { cancelled = true; };
  std::signal(SIGINT, cancel);
  std::signal(SIGTERM, cancel);
}

// A data directory that nobody asked for goes when its owner does, unless it is kept.
class ScratchData {
 public:
  ScratchData() = default;
  ~ScratchData() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchData(const ScratchData&) = delete;
  ScratchData& operator=(const ScratchData&) = delete;
  void own(std::filesystem::path path) { path_ = std::move(path); }
  void keep() { path_.clear(); }

 private:
  std::filesystem::path path_;
};

// --- the run
// ---------------------------------------------------------------------------------------

class Demo {
 public:
  Demo(const Args& args, Context& context) : args_(args), context_(context) {}

  void run() {
    start_us_ = context_.clock.monotonic_us();
    if (!context_.check(load_packs())) return;
    if (!open_server()) return;
    context_.progress("服务器 / server: " + server_->url() + "，数据 / data: " + data_);
    // The server has the main thread, where signals arrive; the play has its own.
    std::thread player([this] { tell(); });
    server_->run();
    cancelled = true;
    player.join();
    if (outcome_) return context_.fail(*outcome_);
    if (shown_ && args_.once && !args_.key) scratch_.keep();
    if (!shown_) context_.progress("演示中断 / the play was interrupted");
    std::size_t published = 0;
    for (const Pack& pack : packs_) published += pack.figures.size();
    if (!report_.digests_agree() || report_.figures() != published ||
        !report_.lost_tablet_refused || !shown_) {
      context_.exit_code = kExitCheckFailed;
    }
    if (args_.sandbox && !(sandbox_ && sandbox_->passed())) context_.exit_code = kExitCheckFailed;
  }

 private:
  Result<void> load_packs() {
    if (args_.programmes == kNoProgramme) return {};
    for (const char code : args_.programmes) {
      const std::string_view text = embedded_pack(std::string(1, code));
      auto pack = parse_pack(text);
      if (!pack) return pack.error();
      packs_.push_back(std::move(*pack));
    }
    return {};
  }

  bool open_server() {
    const auto options = gateway_options(args_.listen);
    if (!context_.check(options)) return false;
    cancel_at_signals();
    data_ = args_.data;
    if (!context_.check(check_empty(data_))) return false;
    if (!context_.check(expect_output(args_.secrets_out, data_))) return false;
    if (data_.empty()) {
      std::array<std::uint8_t, 6> random{};
      context_.random.fill(random);
      data_ =
          (std::filesystem::temp_directory_path() / ("houniao-demo-" + to_hex(random))).string();
      scratch_.own(data_);
    }
    const auto config =
        create_config(data_, "houniao.demo/log", context_.random, context_.clock.wall());
    if (!context_.check(config)) return false;
    // Before there are threads: it forks.
    auto timeline = Timeline::start(config->log());
    if (!context_.check(timeline)) return false;
    Engine::Options engine;
    engine.timeline = std::move(*timeline);
    auto server = Server::open(*config, context_.clock, context_.random, *options, engine);
    if (!context_.check(server)) return false;
    server_ = std::move(*server);
    return true;
  }

  void tell() {
    const Result<void> told = tell_story();
    if (!told) {
      if (!cancelled) outcome_ = told.error();
      server_->stop();
      return;
    }
    show();
    if (args_.once) return server_->stop();
    context_.progress("继续提供服务，Ctrl-C 结束 / serving until Ctrl-C");
    if (args_.data.empty()) {
      context_.progress(
          "届时删除临时数据，要留下请用 --data DIR / the temporary data goes then; --data DIR "
          "keeps "
          "it");
    }
  }

  Result<void> tell_story() {
    stage::LiveBackstage backstage(*server_, std::filesystem::path(data_) / "tablets",
                                   context_.clock, context_.random, cancelled);
    DemoPlays plays(
        packs_, backstage, args_.seed, [this](std::string_view line) { progress(line); },
        args_.sandbox);
    HOUNIAO_TRY(plays.run());
    HOUNIAO_TRY(go_on());
    report_.play_us = context_.clock.monotonic_us() - start_us_;
    progress(
        "由服务器、审计平板和离线重放分别计算状态摘要 / digests of server, audit tablet and "
        "offline replay");
    HOUNIAO_TRY(collect_report(*server_, packs_, plays.whole_log(), data_, report_));
    report_.lost_tablet_refused = plays.lost_tablet_refused();
    HOUNIAO_TRY(go_on());
    if (plays.sandbox() != nullptr) HOUNIAO_TRY(judge(*plays.sandbox()));
    report_.us = context_.clock.monotonic_us() - start_us_;
    return write_secrets(plays.secrets());
  }

  static Result<void> go_on() {
    if (cancelled) return fail(Errc::shutting_down, "the play was interrupted");
    return {};
  }

  Result<void> judge(const sandbox::Play& play) {
    progress(
        "疑点规则逐条读日志，对照答案 / the anomaly rules read the log; compared with the key");
    Engine& engine = server_->engine();
    auto judged =
        judge_sandbox(play, engine.log(), engine.published().head()->size, context_.clock);
    if (!judged) return judged.error();
    sandbox_ = std::move(*judged);
    return {};
  }

  // Names, numbers and phones that must be findable nowhere: only for the test that searches for
  // them.
  Result<void> write_secrets(const std::vector<std::string>& secrets) {
    if (args_.secrets_out.empty()) return {};
    std::string text;
    for (const std::string& secret : secrets) text += secret + "\n";
    return os::write_file_durably(args_.secrets_out, as_bytes(text));
  }

  void progress(std::string_view line) {
    const std::int64_t ms = (context_.clock.monotonic_us() - start_us_) / 1000;
    context_.progress("[" + padded_left(std::to_string(ms / 1000), 3) + "." +
                      std::to_string(ms / 100 % 10) + " s] " + std::string(line));
  }

  void show() {
    shown_ = true;
    const DemoPlace place{data_, http_of(server_->url()), args_.seed};
    if (context_.json) {
      Json json = json_of(report_, place);
      if (sandbox_) json["sandbox"] = json_of(*sandbox_);
      write_json(context_.out, json);
    } else if (args_.key) {
      context_.out << sandbox::key_table(sandbox_->plants);
    } else {
      print(context_.out, report_, place);
      if (sandbox_) {
        print(context_.out, *sandbox_);
        context_.out << "\n  houniao audit findings --data " << data_ << "\n";
      }
    }
    context_.out << std::flush;
  }

  const Args& args_;
  Context& context_;
  std::vector<Pack> packs_;
  std::string data_;
  ScratchData scratch_;  // outlives the server
  std::unique_ptr<Server> server_;
  std::optional<Error> outcome_;
  DemoReport report_;
  std::optional<SandboxReport> sandbox_;
  bool shown_ = false;
  std::int64_t start_us_ = 0;
};

}  // namespace

void add_demo(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand("demo",
                                         "演示：真实服务器与客户端上的五个项目全过程 / five "
                                         "programmes on a real server and real clients");
  command->add_flag("--once", args->once, "演完即退出 / end when the play is over");
  command->add_option(
      "--data", args->data,
      "新的或空的数据目录，缺省为临时目录，仅 --once 演完后留下 / a new or empty data directory; "
      "default: a temporary one, which stays only after --once");
  command
      ->add_option(
          "--programme", args->programmes,
          "演哪些项目，字母 a 至 e，或 none / which programmes, letters of a to e, or none")
      ->capture_default_str()
      ->check(programmes_mistake);
  command->add_flag("--sandbox", args->sandbox,
                    "另演沙盒：埋设舞弊与貌似而清白者，对照答案；有舞弊未查出则退出码为 1 / also "
                    "play the sandbox of planted frauds and honest look-alikes, and compare with "
                    "the key; exit code 1 when a fraud is not found");
  command->add_flag("--key", args->key,
                    "只演沙盒，只打印答案 (Markdown) / play the sandbox only, print its key only");
  command->add_option("--seed", args->seed, "故事的种子 / seed of the story")
      ->capture_default_str()
      ->check(seed_mistake);
  command
      ->add_option("--listen", args->listen,
                   "监听地址，端口 0 由系统选择 / address; port 0 lets the system choose")
      ->capture_default_str();
  command->add_option(
      "--secrets-out", args->secrets_out,
      "把虚构的姓名、证件号、电话写入文件，供泄漏测试 / file for the invented names and "
      "numbers, for the leak test");
  command->callback([args, &context] {
    if (args->key) {
      args->programmes = kNoProgramme;
      args->sandbox = args->once = true;
    }
    Demo(*args, context).run();
  });
}

}  // namespace houniao
