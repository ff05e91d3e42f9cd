// The auditor's check of a whole log without trusting the server that kept it: every record is
// hashed, read and judged again, and everything stored beside the records (tree tiles, checkpoints,
// device heads, scope heads) is compared with what the records imply. Reads only.
//
// A failure does not stop the check; the report says for each what is wrong and where. Needs the
// log's verifier key, which an auditor should have from somewhere else than the log's directory.
//
// Runs on the calling thread and one more; takes time in proportion to the log (about a second for
// 200,000 records).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "replay/cosignature.h"
#include "replay/label.h"
#include "server/log/log_store.h"
#include "tools/audit/published_packs.h"

namespace houniao::audit {

// name, Chinese, English
#define HOUNIAO_AUDIT_CHECKS(X)                                                    \
  X(storage, "存储可读", "storage opens and reads")                                \
  X(records, "记录格式", "records are well formed")                                \
  X(sequence, "序号与时间", "seq without gaps, times never go back")               \
  X(tree, "哈希树", "tree tiles equal the records' hashes")                        \
  X(log_keys, "日志密钥", "each key of the log was handed over by the one before") \
  X(checkpoints, "检查点", "stored checkpoints are signed and match the tree")     \
  X(device_chains, "设备事件链", "each device's events form one chain")            \
  X(attestations, "设备签名", "devices signed their events")                       \
  X(witnesses, "见证", "checkpoints that devices and auditors saw match the tree") \
  X(device_heads, "设备链头", "stored device heads equal the chains")              \
  X(scope_chains, "范围链", "each scope's records form one chain")                 \
  X(scope_heads, "范围链头", "stored scope heads equal the chains")                \
  X(verdicts, "裁定重算", "verdicts recompute from the log before them")           \
  X(ledger, "账目守恒", "no account breaks an invariant on money")

enum class Check : std::uint8_t {
#define X(name, zh, en) name,
  HOUNIAO_AUDIT_CHECKS(X)
#undef X
};
#define X(name, zh, en) +1
inline constexpr std::size_t kChecks = 0 HOUNIAO_AUDIT_CHECKS(X);
#undef X
std::string_view name(Check check);

struct Finding {
  Check check = Check::storage;
  std::string where;  // "record 1234", "tile level 0 index 4, hash 210 (record 1234)", ...
  std::string what;   // never personal data
};

// Something beside the log that could not be used, or that an auditor should look at. It does not
// make the log untrustworthy: whoever can write it could have left it out.
struct Warning {
  std::string where;
  Label what;  // never personal data
};

// A checkpoint note with cosignatures that stands beside the log.
struct CosignedNote {
  std::string name;  // of its file, fit for a terminal
  std::string note;
};

// A device that vouched for a checkpoint of another history than the log holds.
struct Contradiction {
  DeviceNumber number;
  DeviceId device;
  DeviceSeq event;             // newest one of the device that its signature covers
  Seq record;                  // the attestation
  TreeSize size;               // of the checkpoint
  Hash witnessed;              // the root that it saw
  std::optional<Hash> in_log;  // the log's root at that size; nullopt when it is not that long
};

struct Report {
  struct Tally {
    std::uint64_t checked = 0;  // things of this kind that were looked at
    std::uint64_t failed = 0;
  };
  std::string origin;
  TreeSize size;          // records looked at
  Hash root;              // recomputed
  Hash digest;            // of the recomputed state
  bool complete = false;  // false: the log could not be read to its end
  bool part = false;      // records of the log, not all: no digest, and no verdict is recomputed
  // The key that signs the log's checkpoints of more than `newest_key_from` records. Trust this
  // one: whoever has a key that was replaced can sign what nobody who trusts the newest believes.
  std::string newest_key;  // "name+hash+key"; empty when the log was not read to its end
  TreeSize newest_key_from;
  bool trusts_newest_key = false;
  bool own_key = false;  // the key that was trusted is the one in the data directory: proves less
  std::vector<std::string> keys;  // every key of the log, the newest last
  std::uint64_t events = 0;
  std::uint64_t attestations = 0;
  std::array<Tally, kChecks> tallies{};
  std::vector<Finding> findings;               // the first Options::findings_max
  std::vector<Warning> warnings;               // the first Options::findings_max
  std::uint64_t warnings_unlisted = 0;         // how many more there are
  std::optional<Contradiction> contradiction;  // the first in the order of the log
  PublishedPacks packs;                        // to compare the packs of a bundle with

  std::uint64_t failures() const;
  bool ok() const { return complete && failures() == 0; }
};

struct Options {
  // Of the log, "name+hash+key": the newest of its keys, the others follow from the log. An older
  // one does as well, and shows only what the log signed until that one was replaced.
  std::string verifier_key;
  // Checkpoint notes that the auditor kept from earlier; the log must extend each of them.
  std::vector<std::string> kept_checkpoints;
  // Each must have cosigned the newest checkpoint.
  std::vector<Cosigner> witnesses;
  // Witnesses that the server asks; verify_data() adds them. None must have cosigned anything, but
  // what stands under their names beside the log must be theirs, as of those above.
  std::vector<Cosigner> asked_witnesses;
  // Notes with cosignatures from beside the log; verify_data() adds what the server keeps. The log
  // must extend each of them.
  std::vector<CosignedNote> cosigned;
  // Devices that the auditor knows, from their screens: the log must know each.
  std::vector<DeviceId> devices;
  std::size_t findings_max = 100;
  // Called now and then with records done and records in all; may be empty.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

// Checks a store. A log without a checkpoint fails, also an empty one: a log that was started has
// records. `refresh`, when given, takes up what another process committed
// since; a log that grows during the check is followed to its end. invalid_argument when the key
// cannot be read.
Result<Report> verify_log(const LogStore& log, const Options& options,
                          const std::function<Result<void>()>& refresh = {});

// Opens the log in `directory` (<data>/log) read-only and checks it, also while a server writes it.
// A log that cannot be opened is a finding, not an error.
Result<Report> verify_directory(const std::filesystem::path& directory, const Options& options);

// Checks a server's data directory: its log, with the key of <data>/server.json when the options
// name none (Report::own_key), and the checkpoints that stand beside the log: the one that the
// server keeps, and those that witnesses cosigned. What stands among the latter and is no cosigned
// checkpoint is a warning; one that the log did not sign, or with a cosignature that its witness
// did not make, is a finding. not_found when there is no server.
Result<Report> verify_data(const std::filesystem::path& data, Options options);

nlohmann::ordered_json to_json(const Report& report);
// One line per check, then the findings; Chinese and English.
std::string to_text(const Report& report);

}  // namespace houniao::audit
