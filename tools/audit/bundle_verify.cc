#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/audit/bundle.h"
#include "tools/audit/findings.h"
#include "tools/audit/in_quotes.h"
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

// Packs and manifest are no evidence; but what the log says of them must fit.
void compare_beside(const BundleLog& bundle, Findings& findings, BundleReport& out) {
  if (out.whole && out.manifest.restricts()) {
    findings.failed(Check::storage, "manifest",
                    "it says that only a part was asked for, and that nothing is left out");
  }
  if (!out.report.complete) return;
  const std::string& key = out.manifest.verifier_key;
  out.manifest_key_checked = !out.own_key && !key.empty();
  // A log that names no keys has the auditor's alone. An older one does: the server may have been
  // stopped between the record of the change and the new key in its file.
  const auto& known = out.report.keys;
  if (out.manifest_key_checked && std::find(known.begin(), known.end(), key) == known.end()) {
    findings.failed(Check::storage, "manifest",
                    "the key that it names is none of the log's: " + key);
  }
  for (const auto& [code, sha256] : bundle.packs()) {
    if (out.report.packs.has(sha256)) continue;
    if (out.report.packs.has_any_of(code)) {
      findings.failed(Check::storage, "pack " + code,
                      "it is none of the versions that its programme published");
    } else {
      out.packs_unchecked.push_back(code);
    }
  }
}

// A bundle that cannot be opened is a finding, not an error: somebody damaged it.
BundleReport unreadable(const Error& error, BundleReport out, const Options& options) {
  Findings(out.report, options.findings_max).failed(Check::storage, "bundle", error.detail);
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
  out.readable = true;
  out.whole = (*bundle)->whole();
  out.manifest = (*bundle)->manifest();
  out.packs = (*bundle)->packs().size();
  out.keys = (*bundle)->keys();
  if (options.verifier_key.empty()) {
    out.own_key = true;
    options.verifier_key = out.manifest.verifier_key;
  }
  auto key = parse_verifier_key(options.verifier_key);
  if (!key) {
    if (!out.own_key)
      return fail(Errc::invalid_argument, "the log's verifier key: " + key.error().detail);
    return unreadable(fail(Errc::corrupt, "its verifier key cannot be read"), std::move(out),
                      options);
  }
  out.report.origin = key->name;
  if (out.whole) {
    auto whole = verify_whole(**bundle, options, std::move(out));
    if (!whole) return whole.error();
    out = std::move(*whole);
  }
  Findings findings(out.report, options.findings_max);
  if (!out.whole) PartAudit(**bundle, std::move(*key), options, findings, out).run();
  compare_beside(**bundle, findings, out);
  return out;
}

namespace {

// How many packs are among those of which the log says something; those that differ are findings.
std::size_t packs_checked(const BundleReport& report) {
  return report.report.complete ? report.packs - report.packs_unchecked.size() : 0;
}

nlohmann::ordered_json packs_json(const BundleReport& report) {
  return {{"in_bundle", report.packs},
          {"checked", packs_checked(report)},
          {"not_checked", report.packs - packs_checked(report)}};
}

// What of the manifest was compared; a claim that is not compared is worth nothing. Of a part every
// record is compared with from, to and scopes. What is left out has no scope, so whether all that
// was asked for is there can be said only where no scopes were asked for.
nlohmann::ordered_json manifest_json(const BundleReport& report) {
  const bool read = report.report.complete;
  const BundleManifest& manifest = report.manifest;
  return {{"size_checked", read},
          {"nothing_outside_checked", read && (report.whole || manifest.restricts())},
          {"nothing_missing_checked", read && (report.whole || manifest.says_what_is_left_out())},
          {"verifier_key_checked", report.manifest_key_checked},
          {"unknown_members", manifest.unknown}};
}

// Names that somebody else chose, fit for a terminal: quoted, escaped, and not too many.
std::string unknown_text(const BundleManifest& manifest) {
  constexpr std::size_t kNamesMax = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(manifest.unknown.size(), kNamesMax); ++i) {
    out += (out.empty() ? "" : ", ") + in_quotes(manifest.unknown[i]);
  }
  if (manifest.unknown.size() > kNamesMax) out += ", …";
  return out;
}

std::string beside_text(const BundleReport& report) {
  const std::size_t checked = packs_checked(report);
  std::string out = "规则包 / packs: " + std::to_string(checked) +
                    " 个与日志公布的核对过 checked against the log，" +
                    std::to_string(report.packs - checked) +
                    " 个日志未公布其哈希，不作证据 not checked, no evidence\n";
  std::string done;
  std::string not_done;
  const auto tell = [&](bool checked_it, const char* what) {
    std::string& list = checked_it ? done : not_done;
    list += (list.empty() ? "" : ", ") + std::string(what);
  };
  const nlohmann::ordered_json manifest = manifest_json(report);
  tell(manifest["size_checked"], "size");
  const bool outside = manifest["nothing_outside_checked"];
  const bool missing = manifest["nothing_missing_checked"];
  if (outside == missing) {
    tell(outside, "from/to/scopes");
  } else {
    tell(true, "from/to/scopes（没有其外的记录 no record outside of them）");
    tell(false, "from/to/scopes（其内是否齐全 whether all inside of them is there）");
  }
  tell(manifest["verifier_key_checked"], "verifier_key");
  if (!report.manifest.unknown.empty()) tell(false, unknown_text(report.manifest).c_str());
  out +=
      "清单 / manifest: 与记录核对过 checked against the records: " + (done.empty() ? "–" : done) +
      "；未核、不作证据 not checked, no evidence: " + (not_done.empty() ? "–" : not_done) + "\n";
  if (report.keys > 0) {
    out += "个人密钥 / keys of persons: " + std::to_string(report.keys) +
           " 把，未核 not checked, no evidence\n";
  }
  return out;
}

}  // namespace

nlohmann::ordered_json to_json(const BundleReport& report) {
  nlohmann::ordered_json out = to_json(report.report);
  out["bundle"] = {{"whole", report.whole},
                   {"key_from_bundle", report.own_key},
                   {"records", report.records},
                   {"left_out", report.left_out},
                   {"left_out_of_scopes", report.scope_gaps},
                   {"events_without_signature", report.unsigned_events},
                   {"witnessed_not_compared", report.witnessed_not_compared},
                   {"bytes", report.bytes},
                   {"readable", report.readable},
                   {"packs", packs_json(report)},
                   {"manifest", manifest_json(report)},
                   {"keys", report.keys}};
  return out;
}

std::string to_text(const BundleReport& report) {
  std::string out;
  if (!report.readable) {
    out += "审计包：未能读取 / bundle: it could not be read\n";
  } else if (report.whole) {
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
  if (report.readable) out += beside_text(report);
  if (report.own_key) {
    out +=
        "注意：公钥取自审计包本身，请用另处取得的公钥 (--key) 再核 / note: the key came with the "
        "bundle; check again with a key from elsewhere (--key)\n";
  }
  return out + to_text(report.report);
}

}  // namespace houniao::audit
