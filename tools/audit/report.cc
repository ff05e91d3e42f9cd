#include <algorithm>
#include <cstdio>
#include <numeric>

#include "tools/audit/verify.h"

namespace houniao::audit {
namespace {

struct CheckText {
  std::string_view name;
  std::string_view zh;
  std::string_view en;
};
constexpr CheckText kTexts[] = {
#define X(name, zh, en) {#name, zh, en},
    HOUNIAO_AUDIT_CHECKS(X)
#undef X
};

}  // namespace

std::string_view name(Check check) { return kTexts[static_cast<std::size_t>(check)].name; }

std::uint64_t Report::failures() const {
  return std::accumulate(tallies.begin(), tallies.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Tally& tally) { return sum + tally.failed; });
}

namespace {

nlohmann::ordered_json contradiction_json(const Contradiction& c) {
  nlohmann::ordered_json out = {
      {"device", c.number.value},
      {"device_id", to_hex(c.device.bytes)},
      {"event", std::to_string(c.number.value) + "-" + std::to_string(c.event.value)},
      {"record", c.record.value},
      {"size", c.size.value},
      {"witnessed_root", to_hex(c.witnessed.view())}};
  out["log_root"] = c.in_log ? nlohmann::ordered_json(to_hex(c.in_log->view())) : nullptr;
  return out;
}

std::string contradiction_text(const Contradiction& c) {
  const std::string number = std::to_string(c.number.value);
  return "! 首个与日志矛盾的设备 / the first device that contradicts the log: " + number +
         ", 事件 event " + number + "-" + std::to_string(c.event.value) + ", 检查点 checkpoint " +
         std::to_string(c.size.value) + "\n    设备所见根 / root it saw   " +
         to_hex(c.witnessed.view()) + "\n    日志根 / root of the log  " +
         (c.in_log ? to_hex(c.in_log->view()) : std::string("-")) + "\n";
}

}  // namespace

nlohmann::ordered_json to_json(const Report& report) {
  nlohmann::ordered_json out;
  out["ok"] = report.ok();
  out["origin"] = report.origin;
  out["records"] = report.size.value;
  out["root"] = to_hex(report.root.view());
  if (!report.part) out["digest"] = to_hex(report.digest.view());
  if (!report.newest_key.empty()) {
    out["newest_key"] = {{"vkey", report.newest_key},
                         {"from", report.newest_key_from.value},
                         {"trusted", report.trusts_newest_key}};
  }
  if (report.own_key) out["key_from_data"] = true;
  out["complete"] = report.complete;
  out["events"] = report.events;
  out["attestations"] = report.attestations;
  out["failures"] = report.failures();
  auto& checks = out["checks"] = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kChecks; ++i) {
    checks[std::string(kTexts[i].name)] = {{"checked", report.tallies[i].checked},
                                           {"failed", report.tallies[i].failed}};
  }
  auto& findings = out["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back(
        {{"check", name(finding.check)}, {"where", finding.where}, {"what", finding.what}});
  }
  auto& warnings = out["warnings"] = nlohmann::ordered_json::array();
  for (const Warning& warning : report.warnings) {
    warnings.push_back(
        {{"where", warning.where}, {"zh", warning.what.zh}, {"en", warning.what.en}});
  }
  if (report.warnings_unlisted != 0) out["warnings_unlisted"] = report.warnings_unlisted;
  if (report.contradiction) out["contradiction"] = contradiction_json(*report.contradiction);
  return out;
}

namespace {

std::string check_line(const CheckText& text, const Report::Tally& tally) {
  char count[64];
  std::snprintf(count, sizeof count, "%12llu", static_cast<unsigned long long>(tally.checked));
  std::string out = "  通过 ok   ";
  if (tally.failed != 0) {
    out = "  失败 FAIL ";
  } else if (tally.checked == 0) {
    out = "  –    –    ";
  }
  out += count;
  out += "  " + std::string(text.zh) + " / " + std::string(text.en);
  if (tally.failed != 0) {
    out += ": " + std::to_string(tally.failed) + " 处 failures";
  } else if (tally.checked == 0) {
    out += ": 未核 not checked";
  }
  return out + "\n";
}

std::string key_line(const Report& report) {
  std::string out;
  if (report.own_key) {
    out +=
        "注意：公钥取自所审的数据目录，请用另处取得的公钥 (--key) 再核 / note: the key is that of "
        "the data directory under audit; check again with a key from elsewhere (--key)\n";
  }
  if (report.newest_key.empty()) return out;
  out += "现用公钥 / newest key: " + report.newest_key +
         "，签发记录数多于 / signs checkpoints of more records than " +
         std::to_string(report.newest_key_from.value) + "\n";
  if (!report.trusts_newest_key) {
    out +=
        "注意：所信公钥已被取代，它只证明被取代以前的部分；请另处核对现用公钥 / note: the key that "
        "you trust was replaced and shows only what came before; compare the newest key with one "
        "from elsewhere\n";
  }
  return out;
}

std::string warnings_text(const Report& report) {
  std::string out;
  for (const Warning& warning : report.warnings) {
    out +=
        "注意 / note: " + warning.where + ": " + warning.what.zh + " / " + warning.what.en + "\n";
  }
  if (report.warnings_unlisted != 0) {
    out += "注意 / note: … 另有 / and " + std::to_string(report.warnings_unlisted) + " 处 more\n";
  }
  return out;
}

std::string verdict_line(const Report& report) {
  if (!report.ok()) {
    return report.part
               ? "结论：此部分不可信，请勿采用 / verdict: do not trust this part of the log\n"
               : "结论：日志不可信，请勿继续使用，用备份核对 / verdict: do not trust this log; "
                 "compare with a backup\n";
  }
  return report.part
             ? "结论：这些记录在签名的哈希树中 / verdict: these records are in the signed tree\n"
             : "结论：日志完整，未被改动 / verdict: the log is whole and unaltered\n";
}

}  // namespace

std::string to_text(const Report& report) {
  std::string out = "日志 / log: " + report.origin +
                    "\n记录 / records: " + std::to_string(report.size.value) + " (" +
                    std::to_string(report.events) + " 事件 events, " +
                    std::to_string(report.attestations) +
                    " 签名 attestations)\n根哈希 / root: " + to_hex(report.root.view()) + "\n";
  if (!report.part) out += "状态摘要 / digest: " + to_hex(report.digest.view()) + "\n";
  out += key_line(report);
  for (std::size_t i = 0; i < kChecks; ++i) out += check_line(kTexts[i], report.tallies[i]);
  for (const Finding& finding : report.findings) {
    out +=
        "! " + std::string(name(finding.check)) + ": " + finding.where + ": " + finding.what + "\n";
  }
  if (report.contradiction) out += contradiction_text(*report.contradiction);
  const std::uint64_t unlisted =
      report.failures() - std::min<std::uint64_t>(report.failures(), report.findings.size());
  if (unlisted != 0) out += "! … 另有 / and " + std::to_string(unlisted) + " 处 more\n";
  if (!report.complete) out += "! 日志未能读完 / the log could not be read to its end\n";
  return out + warnings_text(report) + verdict_line(report);
}

}  // namespace houniao::audit
