// A24 devices: what the server noted about a device (gap, fork, clock, bad signature, pushes after
// revocation), a clock that was set back between two events of one device, and events that were
// kept from the server for a month.
#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"rollback_minutes", 10, "设备时钟回拨的容许分钟数",
              "minutes by which a device's clock may go back"},
    Parameter{"offline_days", 30, "记录后多少日内应当同步",
              "days in which what was recorded should be synchronised"},
    Parameter{"incidents_min", 1, "服务器记录的同步异常次数",
              "incidents that the server noted, at least"},
};
// Any event may show a clock that was set back.
class Devices final : public Rule {
 public:
  explicit Devices(const Parameters& parameters)
      : rollback_ms_(capped(parameters, "rollback_minutes", kDaysMax) * 60'000),
        offline_us_(capped(parameters, "offline_days", kDaysMax) * 86'400'000'000),
        incidents_min_(parameters.get("incidents_min")) {}

  void observe(const Observation& seen) override {
    if (!has_own_clock(seen) || seen.device == kServerDevice) return;
    Clock& clock = clocks_[seen.device];
    const std::int64_t shown = std::clamp(seen.event.getRecordedAtMs(), -kMsMax, kMsMax);
    const std::int64_t offset = std::clamp(seen.event.getClockOffsetMs(), -kMsMax, kMsMax);
    const std::int64_t corrected = shown + offset;
    // A clock that the network put right shows an earlier time, but the offset measured at the last
    // contact has changed by as much.
    if (shown < clock.shown_max - rollback_ms_ && corrected < clock.corrected_max - rollback_ms_) {
      note(clock.set_back, seen.id);
      clock.set_back_ms = std::max(clock.set_back_ms, clock.shown_max - shown);
      if (clock.before && clock.set_back.size() == 1) note(clock.set_back, clock.before);
    }
    if (shown >= clock.shown_max) clock.before = seen.id;
    clock.shown_max = std::max(clock.shown_max, shown);
    clock.corrected_max = std::max(clock.corrected_max, corrected);
    const std::int64_t kept_us = seen.received.us - corrected * 1000;
    if (kept_us > offline_us_) {
      ++clock.late_events;
      note(clock.late, seen.id);
      clock.late_us = std::max(clock.late_us, kept_us);
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    find_incidents(state, out);
    for (const auto& [device, clock] : clocks_) find_clock(state, device, clock, out);
  }

 private:
  static constexpr std::int64_t kMsMax = std::int64_t{1} << 50;
  // What a person looks through; all are counted.
  static constexpr std::size_t kNotedMax = 64;

  struct Clock {
    std::int64_t shown_max = std::numeric_limits<std::int64_t>::min() / 4;
    std::int64_t corrected_max = std::numeric_limits<std::int64_t>::min() / 4;
    EventId before;  // that showed the latest time
    std::vector<EventId> set_back;
    std::int64_t set_back_ms = 0;
    std::vector<EventId> late;
    std::int64_t late_events = 0;
    std::int64_t late_us = 0;
  };
  static void note(std::vector<EventId>& list, EventId id) {
    if (list.size() < kNotedMax) list.push_back(id);
  }
  void find_incidents(const State& state, std::vector<Anomaly>& out) const;
  static void find_clock(const State& state, DeviceNumber device, const Clock& clock,
                         std::vector<Anomaly>& out);

  std::int64_t rollback_ms_;
  std::int64_t offline_us_;
  std::int64_t incidents_min_;
  boost::unordered_flat_map<DeviceNumber, Clock> clocks_;
};

using IncidentKind = schema::SyncIncidentRecorded::Kind;

struct KindName {
  IncidentKind kind;
  const char* zh;
  const char* en;
};
constexpr std::array<KindName, 8> kKinds = {{
    {IncidentKind::GAP, "序号缺口", "gap"},
    {IncidentKind::FORK, "事件链分叉", "fork"},
    {IncidentKind::CLOCK, "时钟异常", "clock"},
    {IncidentKind::BAD_SIGNATURE, "签名不符", "bad signature"},
    {IncidentKind::UNREADABLE, "无法读取", "unreadable"},
    {IncidentKind::REVOKED, "停用后上传", "pushed after revocation"},
    {IncidentKind::OVERSIZE, "超过大小", "too large"},
    {IncidentKind::SCOPE, "超出范围", "scope not granted"},
}};

void Devices::find_incidents(const State& state, std::vector<Anomaly>& out) const {
  struct Noted {
    std::array<std::int64_t, kKinds.size()> counts{};
    std::int64_t all = 0;
    std::vector<EventId> events;
  };
  std::map<DeviceId, Noted> by_device;
  for (const SyncIncident& incident : state.system.incidents) {
    Noted& noted = by_device[incident.device];
    ++noted.all;
    if (incident.kind < kKinds.size()) ++noted.counts[incident.kind];
    noted.events.push_back(incident.event);
  }
  for (auto& [id, noted] : by_device) {
    if (noted.all < incidents_min_) continue;
    const Device* device = state.system.device(id);
    std::string zh;
    std::string en;
    for (const KindName& name : kKinds) {
      const std::int64_t count = noted.counts[static_cast<std::size_t>(name.kind)];
      if (count == 0) continue;
      zh += (zh.empty() ? "" : "、") + std::string(name.zh) + " " + number(count) + " 次";
      en += (en.empty() ? "" : ", ") + std::string(name.en) + " " + number(count);
    }
    const bool revoked = device != nullptr && device->revoked_from;
    doubt(out, std::move(noted.events), device == nullptr ? 0 : device->enrolled.value, {},
          "服务器记录的设备异常：" + zh + (revoked ? "；设备已停用" : ""),
          "the server noted about the device: " + en + (revoked ? "; it is revoked" : ""));
  }
}

void Devices::find_clock(const State& state, DeviceNumber number_of, const Clock& clock,
                         std::vector<Anomaly>& out) {
  const Device* device = state.device(number_of);
  const std::uint64_t subject = device == nullptr ? 0 : device->enrolled.value;
  if (!clock.set_back.empty()) {
    doubt(out, clock.set_back, subject, {},
          "设备时钟被回拨，最多 " + number(clock.set_back_ms / 60'000) + " 分钟",
          "the device's clock was set back by up to " + number(clock.set_back_ms / 60'000) +
              " minutes");
  }
  if (!clock.late.empty()) {
    doubt(out, clock.late, subject, {},
          number(clock.late_events) + " 条记录在设备上滞留，最久 " +
              number(clock.late_us / 86'400'000'000) + " 天才同步",
          number(clock.late_events) + " records were kept on the device, up to " +
              number(clock.late_us / 86'400'000'000) + " days before they were synchronised");
  }
}

const std::array kRows = {RuleRow{
    .number = 24,
    .version = 1,
    .zh = "设备异常",
    .en = "device",
    .basis = "审计法第三十四条、第三十六条（电子数据与系统的安全可靠）；设备事件链规则",
    .basis_en = "Audit Law 34 and 36 (electronic data, safe and reliable systems); rules of the "
                "device chain",
    .innocent_zh =
        "核对是否电池耗尽时钟复位、是否长期下乡无网络、是否丢失后被他人开机、是否从备份恢复",
    .innocent_en = "check for a clock reset by an empty battery, weeks without a network, a lost "
                   "tablet that somebody switched on, and one restored from a backup",
    .parameters = kParameters,
    .reads = {},
    .by_day = false,
    .make = make_rule<Devices>,
}};

}  // namespace

std::span<const RuleRow> rules_of_devices() { return kRows; }

}  // namespace houniao::rules
