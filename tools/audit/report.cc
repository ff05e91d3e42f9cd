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

nlohmann::ordered_json to_json(const Report& report) {
  nlohmann::ordered_json out;
  out["ok"] = report.ok();
  out["origin"] = report.origin;
  out["records"] = report.size.value;
  out["root"] = to_hex(report.root.view());
  out["digest"] = to_hex(report.digest.view());
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
  return out;
}

std::string to_text(const Report& report) {
  std::string out = "日志 / log: " + report.origin +
                    "\n记录 / records: " + std::to_string(report.size.value) + " (" +
                    std::to_string(report.events) + " 事件 events, " +
                    std::to_string(report.attestations) +
                    " 签名 attestations)\n根哈希 / root: " + to_hex(report.root.view()) +
                    "\n状态摘要 / digest: " + to_hex(report.digest.view()) + "\n";
  for (std::size_t i = 0; i < kChecks; ++i) {
    const auto& tally = report.tallies[i];
    char count[64];
    std::snprintf(count, sizeof count, "%12llu", static_cast<unsigned long long>(tally.checked));
    out += tally.failed == 0 ? "  通过 ok   " : "  失败 FAIL ";
    out += count;
    out += "  " + std::string(kTexts[i].zh) + " / " + std::string(kTexts[i].en);
    if (tally.failed != 0) out += ": " + std::to_string(tally.failed) + " 处 failures";
    out += "\n";
  }
  for (const Finding& finding : report.findings) {
    out +=
        "! " + std::string(name(finding.check)) + ": " + finding.where + ": " + finding.what + "\n";
  }
  const std::uint64_t unlisted =
      report.failures() - std::min<std::uint64_t>(report.failures(), report.findings.size());
  if (unlisted != 0) out += "! … 另有 / and " + std::to_string(unlisted) + " 处 more\n";
  if (!report.complete) out += "! 日志未能读完 / the log could not be read to its end\n";
  out += report.ok()
             ? "结论：日志完整，未被改动 / verdict: the log is whole and unaltered\n"
             : "结论：日志不可信，请勿继续使用，用备份核对 / verdict: do not trust this log; "
               "compare with a backup\n";
  return out;
}

}  // namespace houniao::audit
