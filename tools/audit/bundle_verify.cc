#include <nlohmann/json.hpp>

#include "tools/audit/bundle.h"
#include "tools/audit/findings.h"
#include "tools/audit/part_audit.h"

namespace houniao::audit {
namespace {

Result<BundleReport> verify_whole(BundleLog& bundle, const Options& options, BundleReport out) {
  auto report = verify_log(bundle, options);
  if (!report) return report.error();
  out.report = std::move(*report);
  out.records = out.report.size.value;
  if (out.report.complete) {
    if (const auto end = bundle.finish(); !end) {
      Findings(out.report, options.findings_max)
          .failed(Check::storage, "bundle", end.error().detail);
    }
  }
  return out;
}

// A bundle that cannot be opened is a finding, not an error: somebody damaged it.
BundleReport unreadable(const Error& error, BundleReport out, const Options& options) {
  Findings(out.report, options.findings_max).failed(Check::storage, "bundle", error.message());
  return out;
}

}  // namespace

Result<BundleReport> verify_bundle(const std::filesystem::path& path, Options options) {
  BundleReport out;
  std::error_code error;
  out.bytes = std::filesystem::file_size(path, error);
  if (error) return fail(Errc::not_found, path.string() + ": " + error.message());
  auto bundle = BundleLog::open(path);
  if (!bundle) return unreadable(bundle.error(), std::move(out), options);
  out.whole = (*bundle)->whole();
  if (options.verifier_key.empty()) {
    out.own_key = true;
    options.verifier_key = (*bundle)->verifier_key();
  }
  auto key = parse_verifier_key(options.verifier_key);
  if (!key) {
    if (!out.own_key)
      return fail(Errc::invalid_argument, "the log's verifier key: " + key.error().detail);
    return unreadable(fail(Errc::corrupt, "its verifier key cannot be read"), std::move(out),
                      options);
  }
  out.report.origin = key->name;
  if (out.whole) return verify_whole(**bundle, options, std::move(out));
  Findings findings(out.report, options.findings_max);
  PartAudit(**bundle, std::move(*key), options, findings, out).run();
  return out;
}

nlohmann::ordered_json to_json(const BundleReport& report) {
  nlohmann::ordered_json out = to_json(report.report);
  out["bundle"] = {{"whole", report.whole},
                   {"key_from_bundle", report.own_key},
                   {"records", report.records},
                   {"left_out", report.left_out},
                   {"left_out_of_scopes", report.scope_gaps},
                   {"events_without_signature", report.unsigned_events},
                   {"witnessed_not_compared", report.witnessed_not_compared},
                   {"bytes", report.bytes}};
  return out;
}

std::string to_text(const BundleReport& report) {
  std::string out;
  if (report.whole) {
    out += "审计包：整本日志 / bundle: the whole log\n";
  } else {
    out +=
        "审计包：日志的一部分，" + std::to_string(report.records) + " 条在内，" +
        std::to_string(report.left_out) +
        " 条只留哈希；判定按记录采用，未重算 / bundle: a part of the log; of what is left out it "
        "has the hashes; verdicts are taken as recorded\n";
    const auto count = [&out](std::uint64_t n, const char* what) {
      if (n > 0) out += std::to_string(n) + what;
    };
    count(report.scope_gaps,
          " 条属于在内的范围而未给出；范围末尾缺了几条无从得知 / records of the scopes in it are "
          "left "
          "out; how many at a scope's end cannot be known\n");
    count(report.unsigned_events,
          " 个事件的设备签名，此部分无法证明 / events whose signature this part cannot show\n");
    count(report.witnessed_not_compared,
          " 个设备见证的检查点落在未给出之处，未比较 / witnessed checkpoints lie inside of what is "
          "left out and were not compared\n");
  }
  if (report.own_key) {
    out +=
        "注意：公钥取自审计包本身，请用另处取得的公钥 (--key) 再核 / note: the key came with the "
        "bundle; check again with a key from elsewhere (--key)\n";
  }
  return out + to_text(report.report);
}

}  // namespace houniao::audit
