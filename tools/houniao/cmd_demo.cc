// houniao demo: starts a server, plays programme B on it with real clients over real sockets, and
// shows what the log says afterwards. Then goes on serving until Ctrl-C, unless --once.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <ostream>
#include <thread>

#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "replay/digest.h"
#include "schema/programmes/packs.h"
#include "tools/houniao/context.h"
#include "tools/houniao/figures_out.h"
#include "tools/programme_b/live_backstage.h"
#include "tools/programme_b/play.h"

namespace houniao {
namespace {

using programme_b::Cast;
using programme_b::LiveBackstage;
using programme_b::Story;

struct Args {
  std::string data;
  std::string listen = "127.0.0.1:0";
  std::string secrets_out;
  std::uint64_t seed = 1;
  bool once = false;
};

struct HeldEvent {
  EventId event;
  std::string type_en;
  std::string type_zh;
  std::string reasons_zh;
  std::string reasons_en;
};

struct Report {
  std::vector<FigureResult> figures;
  std::vector<ReconciliationResult> reconciliations;
  std::vector<HeldEvent> held;
  std::uint64_t accepted = 0;
  std::uint64_t flagged = 0;
  std::uint64_t devices = 0;
  std::uint64_t events = 0;
  std::uint64_t records = 0;
  std::uint64_t log_bytes = 0;
  std::string root;
  std::string server_digest;
  std::string tablet_digest;
  std::string replay_digest;
  bool lost_tablet_refused = false;
  std::int64_t us = 0;

  bool digests_agree() const {
    return !server_digest.empty() && server_digest == tablet_digest &&
           server_digest == replay_digest;
  }
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

// Runs this very program as `houniao replay --json` on the data directory: another process, which
// has nothing but the log.
Result<std::string> replay_in_another_process(const std::string& data) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return fail(Errc::internal, "cannot find this program: " + error.message());
  const auto quoted = [](const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
  };
  const std::string command =
      quoted(self.string()) + " replay --json --data " + quoted(data) + " 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return fail(Errc::internal, "cannot start `houniao replay`");
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, got);
  }
  const int status = pclose(pipe);
  const Json json = Json::parse(text, nullptr, false);
  if (status != 0 || json.is_discarded() || !json.contains("digest")) {
    return fail(Errc::corrupt, "`houniao replay` did not accept the log: " + text.substr(0, 400));
  }
  return json["digest"].get<std::string>();
}

void collect_held(const State& state, Report& report) {
  state.events.for_each([&](EventId id, const EventEntry& entry) {
    if (entry.status == EventStatus::accepted || entry.status == EventStatus::released)
      ++report.accepted;
    if (entry.status == EventStatus::flagged) ++report.flagged;
    if (entry.status != EventStatus::held) return;
    HeldEvent held;
    held.event = id;
    if (const CatalogueRow* row = find_row(entry.type)) {
      held.type_en = row->name;
      held.type_zh = row->name_zh;
    }
    if (const auto reasons = state.reasons.find(id); reasons != state.reasons.end()) {
      reasons->second.for_each([&](Reason reason) {
        const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
        if (row == nullptr) return;
        held.reasons_zh += (held.reasons_zh.empty() ? "" : "；") + std::string(row->zh);
        held.reasons_en += (held.reasons_en.empty() ? "" : "; ") + std::string(row->en);
      });
    }
    report.held.push_back(std::move(held));
  });
}

Result<void> collect(Server& server, Story& story, const std::string& data, Report& report) {
  // The server's digest and everything shown comes from what it answers queries with.
  HOUNIAO_TRY(server.engine().views().with_state({}, [&](const State& state, TreeSize size) {
    report.figures = compute_figures(state, story.pack);
    report.reconciliations = reconcile(story.pack, report.figures);
    report.records = size.value;
    report.events = state.event_count;
    report.devices = state.system.devices.size();
    report.server_digest = to_hex(digest(state).view());
    collect_held(state, report);
  }));
  const auto head = server.engine().published().head();
  report.root = to_base64(head->root.bytes);
  report.log_bytes = server.engine().log().used_bytes();
  const auto on_tablet = programme_b::client_of(story.cast.auditor->device()).digest();
  if (!on_tablet) return on_tablet.error();
  report.tablet_digest = to_hex(on_tablet->view());
  auto replayed = replay_in_another_process(data);
  if (!replayed) return replayed.error();
  report.replay_digest = *replayed;
  report.lost_tablet_refused = story.lost_tablet_refused;
  return {};
}

// --- output
// ----------------------------------------------------------------------------------------

Json to_json(const Report& report, const std::string& data, const std::string& url,
             std::uint64_t seed) {
  Json figures = Json::array();
  for (const FigureResult& figure : report.figures) figures.push_back(json_of(figure));
  Json checks = Json::array();
  for (const auto& result : report.reconciliations) checks.push_back(json_of(result));
  Json held = Json::array();
  for (const HeldEvent& event : report.held) {
    held.push_back(Json{{"event", to_string(event.event)},
                        {"type", event.type_en},
                        {"reason", event.reasons_zh + " / " + event.reasons_en}});
  }
  // Seconds to the millisecond, as a number.
  const Json seconds = Json::parse(std::to_string(report.us / 1'000'000) + "." +
                                   std::to_string(1000 + report.us / 1000 % 1000).substr(1));
  return Json{{"figures", std::move(figures)},
              {"digests", Json{{"server", report.server_digest},
                               {"tablet", report.tablet_digest},
                               {"replay", report.replay_digest}}},
              {"records", report.records},
              {"root", report.root},
              {"seconds", seconds},
              {"reconciliations", std::move(checks)},
              {"held", std::move(held)},
              {"events", report.events},
              {"accepted", report.accepted},
              {"flagged", report.flagged},
              {"devices", report.devices},
              {"log_bytes", report.log_bytes},
              {"lost_tablet_refused", report.lost_tablet_refused},
              {"seed", seed},
              {"data", data},
              {"url", url}};
}

void print(std::ostream& out, const Report& report, const std::string& data,
           const std::string& url) {
  const auto number = [](std::uint64_t n) { return with_commas(static_cast<std::int64_t>(n)); };
  out << "\n— 公布的数字与日志 / published figures against the log —\n";
  print_figures(out, report.figures);
  out << "\n— 勾稽核对 / reconciliations —\n";
  print_reconciliations(out, report.reconciliations);
  out << "\n— 待决 / held (" << report.held.size() << ") —\n";
  for (const HeldEvent& event : report.held) {
    out << "  " << padded(to_string(event.event), 10) << event.type_zh << " " << event.type_en
        << "\n      " << event.reasons_zh << "\n      " << event.reasons_en << "\n";
  }
  out << "\n— 日志 / the log —\n"
      << "  记录 / records   " << number(report.records) << "，事件 / events "
      << number(report.events) << "（接受 accepted " << number(report.accepted)
      << "，有提示 flagged " << number(report.flagged) << "，待决 held " << report.held.size()
      << "）\n"
      << "  设备 / devices   " << report.devices << "，占用 / size "
      << number(report.log_bytes >> 10) << " KiB\n"
      << "  根 / root        " << report.root << "\n"
      << "  状态摘要 / digests "
      << (report.digests_agree() ? "三者一致 / all equal" : "不一致 / DIFFER")
      << "\n    服务器 / server         " << report.server_digest
      << "\n    审计平板 / audit tablet " << report.tablet_digest
      << "\n    离线重放 / replay       " << report.replay_digest << "\n"
      << "  用时 / took      " << report.us / 1'000'000 << "." << report.us / 100'000 % 10 << " s\n"
      << "\n— 接着看 / where to look next —\n"
      << "  houniao audit verify --data " << data << "\n"
      << "  houniao figures --data " << data << " --figure B29\n"
      << "  houniao state --data " << data << " funds\n"
      << "  houniao replay --data " << data << " --at 1000\n"
      << "  " << url << "\n";
}

std::string http_of(const std::string& url) {
  return url.starts_with("ws://") ? "http://" + url.substr(5) + "/" : url;
}

// --- the run
// ---------------------------------------------------------------------------------------

class Demo {
 public:
  Demo(const Args& args, Context& context) : args_(args), context_(context) {}

  void run() {
    start_us_ = context_.clock.monotonic_us();
    auto pack = parse_pack(embedded_pack("b"));
    if (!context_.check(pack)) return;
    pack_ = std::move(*pack);
    if (!open_server()) return;
    context_.progress("服务器 / server: " + server_->url() + "，数据 / data: " + data_);
    // The server has the main thread, where signals arrive; the play has its own.
    std::thread player([this] { tell(); });
    server_->run();
    cancelled_ = true;
    player.join();
    if (outcome_) return context_.fail(*outcome_);
    if (report_.figures.empty()) context_.progress("演示中断 / the play was interrupted");
    if (!report_.digests_agree() || report_.figures.size() != pack_.figures.size() ||
        !report_.lost_tablet_refused) {
      context_.exit_code = kExitCheckFailed;
    }
  }

 private:
  bool open_server() {
    const auto options = gateway_options(args_.listen);
    if (!context_.check(options)) return false;
    data_ = args_.data;
    if (data_.empty()) {
      std::array<std::uint8_t, 6> random{};
      context_.random.fill(random);
      data_ =
          (std::filesystem::temp_directory_path() / ("houniao-demo-" + to_hex(random))).string();
    }
    const auto config =
        create_config(data_, "houniao.demo/b", context_.random, context_.clock.wall());
    if (!context_.check(config)) return false;
    auto server = Server::open(*config, context_.clock, context_.random, *options);
    if (!context_.check(server)) return false;
    server_ = std::move(*server);
    return true;
  }

  void tell() {
    const Result<void> told = tell_story();
    if (!told) {
      if (!cancelled_) outcome_ = told.error();
      server_->stop();
      return;
    }
    show();
    if (args_.once) {
      server_->stop();
    } else {
      context_.progress("继续提供服务，Ctrl-C 结束 / serving until Ctrl-C");
    }
  }

  Result<void> tell_story() {
    LiveBackstage backstage(*server_, std::filesystem::path(data_) / "tablets", context_.clock,
                            context_.random, cancelled_);
    Cast cast(backstage);
    Story story(pack_, cast, args_.seed, [this](std::string_view line) { progress(line); });
    HOUNIAO_TRY(play(story));
    progress(
        "由服务器、审计平板和离线重放分别计算状态摘要 / digests of server, audit tablet and "
        "offline "
        "replay");
    HOUNIAO_TRY(collect(*server_, story, data_, report_));
    report_.us = context_.clock.monotonic_us() - start_us_;
    return write_secrets(story);
  }

  // Names, numbers and phones that must be findable nowhere: only for the test that searches for
  // them.
  Result<void> write_secrets(const Story& story) {
    if (args_.secrets_out.empty()) return {};
    std::string text;
    for (const std::string& secret : story.identities.secrets()) text += secret + "\n";
    return os::write_file_durably(args_.secrets_out, as_bytes(text));
  }

  void progress(std::string_view line) {
    const std::int64_t ms = (context_.clock.monotonic_us() - start_us_) / 1000;
    context_.progress("[" + padded_left(std::to_string(ms / 1000), 3) + "." +
                      std::to_string(ms / 100 % 10) + " s] " + std::string(line));
  }

  void show() {
    if (context_.json) {
      write_json(context_.out, to_json(report_, data_, http_of(server_->url()), args_.seed));
    } else {
      print(context_.out, report_, data_, http_of(server_->url()));
    }
    context_.out << std::flush;
  }

  const Args& args_;
  Context& context_;
  Pack pack_;
  std::string data_;
  std::unique_ptr<Server> server_;
  std::atomic<bool> cancelled_{false};
  std::optional<Error> outcome_;
  Report report_;
  std::int64_t start_us_ = 0;
};

}  // namespace

void add_demo(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "demo",
      "演示：真实服务器与客户端上的项目 B 全过程 / programme B on a real server and real clients");
  command->add_flag("--once", args->once, "演完即退出 / end when the play is over");
  command->add_option(
      "--data", args->data,
      "新的数据目录，缺省为临时目录 / a data directory to make; default: a temporary one");
  command->add_option("--seed", args->seed, "故事的种子 / seed of the story")
      ->capture_default_str();
  command
      ->add_option("--listen", args->listen,
                   "监听地址，端口 0 由系统选择 / address; port 0 lets the system choose")
      ->capture_default_str();
  command->add_option(
      "--secrets-out", args->secrets_out,
      "把虚构的姓名、证件号、电话写入文件，供泄漏测试 / file for the invented names and "
      "numbers, for the leak test");
  command->callback([args, &context] { Demo(*args, context).run(); });
}

}  // namespace houniao
