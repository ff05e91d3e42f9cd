#include "tools/houniao/demo_report.h"

#include <cstdio>
#include <filesystem>
#include <ostream>

#include "replay/digest.h"
#include "tools/houniao/figures_out.h"

namespace houniao {
namespace {

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

void collect_held(const State& state, DemoReport& report) {
  state.events.for_each([&](EventId id, const EventEntry& entry) {
    if (entry.status == EventStatus::accepted || entry.status == EventStatus::released)
      ++report.accepted;
    if (entry.status == EventStatus::flagged) ++report.flagged;
    if (entry.status == EventStatus::refused) ++report.refused;
    if (entry.status == EventStatus::retracted) ++report.retracted;
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

void print_programme(std::ostream& out, const DemoReport::Programme& programme) {
  out << "\n— " << programme.name.zh << " / " << programme.name.en << " —\n";
  print_figures(out, programme.figures);
  if (programme.reconciliations.empty()) return;
  out << "\n  勾稽核对 / reconciliations\n";
  print_reconciliations(out, programme.reconciliations);
}

std::string seconds_of(std::int64_t us) {
  return std::to_string(us / 1'000'000) + "." + std::to_string(us / 100'000 % 10);
}

}  // namespace

std::size_t DemoReport::figures() const {
  std::size_t count = 0;
  for (const Programme& programme : programmes) count += programme.figures.size();
  return count;
}

std::uint64_t DemoReport::events_per_s() const {
  return play_us <= 0 ? 0 : events * 1'000'000 / static_cast<std::uint64_t>(play_us);
}

Result<void> collect_report(Server& server, const std::vector<Pack>& packs, Client& whole_log,
                            const std::string& data, DemoReport& report) {
  // The server's digest and everything shown comes from what it answers queries with.
  HOUNIAO_TRY(server.engine().views().with_state({}, [&](const State& state, TreeSize size) {
    for (const Pack& pack : packs) {
      PackReport computed = pack_report(state, pack);
      report.programmes.push_back(
          {pack.code, pack.name, std::move(computed.figures), std::move(computed.reconciliations)});
    }
    report.records = size.value;
    report.events = state.event_count;
    report.devices = state.system.devices.size();
    report.server_digest = to_hex(digest(state).view());
    collect_held(state, report);
  }));
  report.root = to_base64(server.engine().published().head()->root.bytes);
  report.log_bytes = server.engine().log().used_bytes();
  const auto on_tablet = whole_log.digest();
  if (!on_tablet) return on_tablet.error();
  report.tablet_digest = to_hex(on_tablet->view());
  auto replayed = replay_in_another_process(data);
  if (!replayed) return replayed.error();
  report.replay_digest = *replayed;
  return {};
}

Json json_of(const DemoReport& report, const DemoPlace& place) {
  Json figures = Json::array();
  Json checks = Json::array();
  Json programmes = Json::array();
  for (const DemoReport::Programme& programme : report.programmes) {
    programmes.push_back(
        Json{{"code", programme.code}, {"zh", programme.name.zh}, {"en", programme.name.en}});
    for (const FigureResult& figure : programme.figures) figures.push_back(json_of(figure));
    for (const auto& result : programme.reconciliations) {
      Json check = json_of(result);
      check["programme"] = programme.code;
      checks.push_back(std::move(check));
    }
  }
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
              {"programmes", std::move(programmes)},
              {"events", report.events},
              {"events_per_s", report.events_per_s()},
              {"accepted", report.accepted},
              {"flagged", report.flagged},
              {"refused", report.refused},
              {"retracted", report.retracted},
              {"devices", report.devices},
              {"log_bytes", report.log_bytes},
              {"lost_tablet_refused", report.lost_tablet_refused},
              {"seed", place.seed},
              {"data", place.data},
              {"url", place.url}};
}

void print(std::ostream& out, const DemoReport& report, const DemoPlace& place) {
  const auto number = [](std::uint64_t n) { return with_commas(static_cast<std::int64_t>(n)); };
  for (const DemoReport::Programme& programme : report.programmes) print_programme(out, programme);
  out << "\n— 公布的数字 / published figures: " << report.figures() << " —\n";
  out << "\n— 待决 / held (" << report.held.size() << ") —\n";
  for (const HeldEvent& event : report.held) {
    out << "  " << padded(to_string(event.event), 10) << event.type_zh << " " << event.type_en
        << "\n      " << event.reasons_zh << "\n      " << event.reasons_en << "\n";
  }
  out << "\n— 日志 / the log —\n"
      << "  记录 / records   " << number(report.records) << "，事件 / events "
      << number(report.events) << "（接受 accepted " << number(report.accepted)
      << "，有提示 flagged " << number(report.flagged) << "，待决 held " << report.held.size()
      << "，不予采用 refused " << number(report.refused) << "，已撤回 retracted "
      << number(report.retracted) << "）\n"
      << "  设备 / devices   " << report.devices << "，占用 / size "
      << number(report.log_bytes >> 10) << " KiB\n"
      << "  根 / root        " << report.root << "\n"
      << "  状态摘要 / digests "
      << (report.digests_agree() ? "三者一致 / all equal" : "不一致 / DIFFER")
      << "\n    服务器 / server         " << report.server_digest
      << "\n    审计平板 / audit tablet " << report.tablet_digest
      << "\n    离线重放 / replay       " << report.replay_digest << "\n"
      << "  用时 / took      " << seconds_of(report.us)
      << " s，其中记录与同步 / of which recording and synchronising " << seconds_of(report.play_us)
      << " s，每秒 / per second " << number(report.events_per_s()) << "\n"
      << "\n— 接着看 / where to look next —\n"
      << "  houniao audit verify --data " << place.data << "\n"
      << "  houniao figures --data " << place.data << " --figure B29\n"
      << "  houniao state --data " << place.data << " funds\n"
      << "  houniao replay --data " << place.data << " --at 1000\n"
      << "  " << place.url << "\n";
}

}  // namespace houniao
