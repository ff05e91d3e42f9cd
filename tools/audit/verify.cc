#include "tools/audit/verify.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <future>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "replay/digest.h"
#include "replay/merkle/tiles.h"
#include "replay/replayer.h"
#include "server/config.h"
#include "server/log/lmdb_store.h"
#include "server/log/log_node_source.h"
#include "server/witness_client.h"
#include "tools/audit/chains.h"
#include "tools/audit/cosigned.h"
#include "tools/audit/findings.h"
#include "tools/audit/tables.h"
#include "tools/audit/witnesses.h"

namespace houniao::audit {
namespace {

constexpr std::size_t kReadBytes = std::size_t{4} << 20;
// A log that changes in each of this many rounds cannot be checked: what stands beside the records
// is never that of the records read.
constexpr int kRoundsMax = 1000;

class Audit {
 public:
  Audit(const LogStore& log, const Options& options, VerifierKey key, Report& report)
      : log_(log),
        options_(options),
        key_(std::move(key)),
        report_(report),
        findings_(report, options.findings_max),
        chains_(findings_),
        replayer_(Replayer::Mode::verify) {}

  void run(const std::function<Result<void>()>& refresh);

 private:
  // What is stored beside the records, as of one size of the log.
  struct Beside {
    LogHead head;
    Result<std::vector<DeviceHead>> devices;
    Result<std::vector<ScopeHead>> scopes;
    Result<std::vector<StoredCheckpoint>> checkpoints;
    std::vector<std::pair<merkle::TileWrite, Result<Bytes>>> open_tiles;  // expected, stored
  };

  bool walk(TreeSize to);
  bool follow(Seq seq, ByteView record);
  void feed(const RecordRun& run, std::size_t count);
  void check_ledger();
  Beside load_beside();
  void compare(const Beside& beside);
  void compare_tile(const merkle::TileWrite& expected, const Result<Bytes>& stored);
  void compare_devices(const Beside& beside);
  void compare_scopes(const Beside& beside);
  void compare_checkpoints(const Beside& beside);
  void compare_witnesses(const Beside& beside);
  void settle_keys();
  std::optional<Hash> root_of(TreeSize size) const;
  template <class T>
  bool readable(const Result<T>& stored, Check check, const char* table);

  const LogStore& log_;
  const Options& options_;
  VerifierKey key_;  // that the auditor trusts
  LogKeys keys_{key_.name, key_.key};
  Report& report_;
  Findings findings_;
  Chains chains_;
  Replayer replayer_;
  bool replaying_ = true;
  merkle::TileBuilder tree_;
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> open_tiles_;  // not full yet
  boost::unordered_flat_map<std::uint64_t, Hash> roots_;  // at sizes where a checkpoint is stored
};

std::string tile_text(unsigned level, std::uint64_t index) {
  return "tile level " + std::to_string(level) + " index " + std::to_string(index);
}

template <class T>
bool Audit::readable(const Result<T>& stored, Check check, const char* table) {
  if (!stored) findings_.failed(check, table, stored.error().detail);
  return stored.has_value();
}

// The tree and the chains. False when the record cannot be read.
bool Audit::follow(Seq seq, ByteView record) {
  const Hash leaf = merkle::leaf_hash(record);
  tree_.append(leaf);
  if (const auto wanted = roots_.find(tree_.size().value); wanted != roots_.end()) {
    wanted->second = tree_.root();
  }
  return chains_.feed(seq, record, leaf);
}

// Recomputing verdicts is the longer half of the work and needs nothing of the other one, so it
// runs beside it. What it finds is reported afterwards: findings belong to one thread.
void Audit::feed(const RecordRun& run, std::size_t count) {
  struct Replayed {
    std::size_t count = 0;
    std::optional<Error> failure;
  };
  auto replaying = std::async(std::launch::async, [&] {
    Replayed out;
    for (; replaying_ && !out.failure && out.count < count; ++out.count) {
      if (const auto fed = replayer_.feed(run.record(out.count)); !fed) out.failure = fed.error();
    }
    return out;
  });
  std::size_t readable = 0;
  bool unreadable = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!follow(Seq{run.first.value + i}, run.record(i))) unreadable = true;
    if (!unreadable) ++readable;
  }
  const Replayed replayed = replaying.get();
  // Behind a record that cannot be read the state differs, and later verdicts say nothing.
  findings_.checked(Check::verdicts, std::min(replayed.count, readable));
  if (replayed.failure && replayed.count <= readable) {
    findings_.failed(Check::verdicts, record_text(Seq{run.first.value + replayed.count - 1}),
                     replayed.failure->detail);
  }
  if (replayed.failure || unreadable) replaying_ = false;
}

bool Audit::walk(TreeSize to) {
  while (tree_.size() < to) {
    const Seq from{tree_.size().value};
    const auto run = log_.read(from, kReadBytes);
    if (!run || run->empty()) {
      findings_.failed(Check::storage, "records from " + std::to_string(from.value),
                       run ? "the log ends before its size" : run.error().detail);
      return false;
    }
    findings_.checked(Check::storage);
    feed(*run, static_cast<std::size_t>(
                   std::min<std::uint64_t>(run->count(), to.value - tree_.size().value)));
    for (merkle::TileWrite& tile : tree_.take_changed()) {
      if (tile.hashes.size() == merkle::kTileWidth * merkle::kHashBytes) {
        open_tiles_.erase({tile.level, tile.index});
        compare_tile(tile, log_.tile(tile.level, tile.index));
      } else {
        open_tiles_[{tile.level, tile.index}] = std::move(tile.hashes);
      }
    }
    if (options_.progress) options_.progress(tree_.size().value, to.value);
  }
  return true;
}

Audit::Beside Audit::load_beside() {
  Beside out{log_.head(), log_.device_heads(), log_.scope_heads(), log_.checkpoints(), {}};
  for (const auto& [key, hashes] : open_tiles_) {
    out.open_tiles.emplace_back(merkle::TileWrite{key.first, key.second, hashes},
                                log_.tile(key.first, key.second));
  }
  return out;
}

void Audit::run(const std::function<Result<void>()>& refresh) {
  bool whole = true;
  std::optional<Beside> beside;
  for (int round = 0; whole && !beside && round < kRoundsMax; ++round) {
    if (const auto checkpoints = log_.checkpoints()) {
      for (const StoredCheckpoint& stored : *checkpoints) {
        if (stored.size > tree_.size()) roots_.try_emplace(stored.size.value);
      }
    }
    whole = walk(log_.head().size);
    if (!whole) break;
    Beside loaded = load_beside();
    if (refresh) {
      if (const auto refreshed = refresh(); !refreshed) {
        findings_.failed(Check::storage, "log", refreshed.error().detail);
        whole = false;
      }
    }
    if (log_.head().size == loaded.head.size) beside = std::move(loaded);
  }
  report_.complete = whole;
  report_.size = tree_.size();
  report_.root = tree_.root();
  report_.digest = digest(replayer_.state());
  report_.events = chains_.events();
  report_.attestations = chains_.attestations();
  report_.packs = chains_.take_packs();
  if (replaying_) check_ledger();
  if (!whole) return;
  if (!beside) {
    return findings_.failed(Check::checkpoints, "log",
                            "the log changed in every round; stop the server or take a copy");
  }
  settle_keys();
  compare(*beside);
  compare_witnesses(*beside);
}

// The other keys follow from the one that the auditor trusts: later ones because each was handed
// over by the one before, earlier ones because the trusted key signed a tree that names them.
void Audit::settle_keys() {
  const std::optional<LogKeys>& named = chains_.log_keys();
  if (!named) return;
  if (findings_.expect(named->origin() == key_.name && named->contains(key_.key), Check::log_keys,
                       "log", "the key that you trust is not one of the log's keys")) {
    keys_ = *named;
  }
}

void Audit::check_ledger() {
  const State& state = replayer_.state();
  findings_.checked(Check::ledger);
  for (const LedgerViolation& violation : state.ledger.check()) {
    findings_.failed(
        Check::ledger,
        std::string(name_of(violation.account.kind)) + " of " +
            to_string(EventId{violation.account.entity}),
        std::string(violation.invariant) + ": " + std::to_string(violation.balance.value) + " fen");
  }
  for (const auto& [id, fund] : state.funds.funds) {
    findings_.expect(keeps_i3(state.ledger.fund(id)), Check::ledger,
                     "fund " + to_string(EventId{id.value}), "I3: more went out than came in");
  }
  for (const auto& [id, contract] : state.contracts.contracts) {
    findings_.expect(keeps_i4(state, contract), Check::ledger,
                     "contract " + to_string(EventId{id.value}),
                     "I4: more was paid than was accepted and agreed");
  }
}

void Audit::compare(const Beside& beside) {
  chains_.finish();
  for (const auto& [expected, stored] : beside.open_tiles) compare_tile(expected, stored);
  compare_checkpoints(beside);
  compare_devices(beside);
  compare_scopes(beside);
}

void Audit::compare_tile(const merkle::TileWrite& expected, const Result<Bytes>& stored) {
  const std::string where = tile_text(expected.level, expected.index);
  const std::size_t width = expected.hashes.size() / merkle::kHashBytes;
  findings_.checked(Check::tree, width);
  if (!stored) return findings_.failed(Check::tree, where, stored.error().detail);
  if (stored->size() != expected.hashes.size()) {
    return findings_.failed(Check::tree, where,
                            "it holds " + std::to_string(stored->size()) + " bytes instead of " +
                                std::to_string(expected.hashes.size()));
  }
  for (std::size_t i = 0; i < width; ++i) {
    const auto hash = [&](const Bytes& tile) {
      return ByteView(tile).subspan(i * merkle::kHashBytes, merkle::kHashBytes);
    };
    if (equal(hash(*stored), hash(expected.hashes))) continue;
    const std::uint64_t node = expected.index * merkle::kTileWidth + i;
    const std::uint64_t first = node << (merkle::kTileHeight * expected.level);
    const std::uint64_t last = ((node + 1) << (merkle::kTileHeight * expected.level)) - 1;
    const std::string records =
        first == last ? record_text(Seq{first})
                      : "records " + std::to_string(first) + " to " + std::to_string(last);
    findings_.failed(Check::tree, where + " hash " + std::to_string(i) + " (" + records + ")",
                     "the stored hash is not that of the stored records");
  }
}

// The tree's root at an earlier size: noted while walking, else out of the stored tiles, which are
// compared with the records before this is asked.
std::optional<Hash> Audit::root_of(TreeSize size) const {
  if (size == tree_.size()) return tree_.root();
  if (const auto noted = roots_.find(size.value);
      noted != roots_.end() && noted->second != Hash{}) {
    return noted->second;
  }
  const auto root = merkle::root_at(LogNodeSource(log_), size);
  return root ? std::optional(*root) : std::nullopt;
}

void Audit::compare_checkpoints(const Beside& beside) {
  if (!readable(beside.checkpoints, Check::checkpoints, "table of checkpoints")) return;
  for (const StoredCheckpoint& stored : *beside.checkpoints) {
    const std::string where = "checkpoint of size " + std::to_string(stored.size.value);
    findings_.checked(Check::checkpoints);
    const auto opened = keys_.open(stored.note);
    if (!opened) {
      findings_.failed(Check::checkpoints, where, opened.error().detail);
    } else if (opened->checkpoint.size != stored.size) {
      findings_.failed(Check::checkpoints, where, "it is stored under another size");
    } else if (stored.size > tree_.size() || root_of(stored.size) != opened->checkpoint.root) {
      findings_.failed(Check::checkpoints, where, "its root is not that of the records");
    }
  }
  const bool newest =
      !beside.checkpoints->empty() && beside.checkpoints->back().size == tree_.size();
  // A log that was started has records, so an empty one was emptied.
  findings_.expect(newest && tree_.size(), Check::checkpoints, "log",
                   "no stored checkpoint covers the newest record");
}

void Audit::compare_witnesses(const Beside& beside) {
  Witnesses witnesses(keys_, {tree_.size(), [this](TreeSize size) { return root_of(size); }, false},
                      findings_, report_);
  witnesses.report_keys(key_);
  for (const Witnessed& witnessed : chains_.take_witnessed()) witnesses.compare(witnessed);
  witnesses.compare_kept("kept checkpoint", options_.kept_checkpoints);
  witnesses.compare_cosigned(options_);
  witnesses.expect_devices(options_, chains_.devices());
  const bool stored = beside.checkpoints && !beside.checkpoints->empty();
  witnesses.expect_cosigned(options_, stored ? beside.checkpoints->back().note : std::string{});
}

void Audit::compare_devices(const Beside& beside) {
  if (!readable(beside.devices, Check::device_heads, "table of device heads")) return;
  std::map<DeviceId, DeviceHead> stored;
  for (const DeviceHead& head : *beside.devices) stored[head.device] = head;
  for (const auto& [id, device] : chains_.devices()) {
    const auto found = stored.find(id);
    const bool present = found != stored.end();
    // A device that was enrolled and never sent anything has no head.
    if (!present && !device.seq) continue;
    const std::string where = "head of " + device_text(id, device.number);
    if (findings_.expect(present, Check::device_heads, where, "it is missing")) {
      const DeviceHead& head = found->second;
      findings_.expect(head.seq == device.seq, Check::device_heads, where,
                       "it states another number of events than the log holds");
      findings_.expect(head.hash == device.head, Check::device_heads, where,
                       "its hash is not that of the device's newest event");
      findings_.expect(head.attested == device.attested, Check::device_heads, where,
                       "it states another event as the newest signed for than the log does");
      findings_.expect(head.number == device.number, Check::device_heads, where,
                       "it states another device number than the enrolment");
      stored.erase(found);
    }
  }
  for (const auto& [id, head] : stored) {
    findings_.failed(Check::device_heads, "head of " + device_text(id, head.number),
                     "the log holds no such device");
  }
}

void Audit::compare_scopes(const Beside& beside) {
  if (!readable(beside.scopes, Check::scope_heads, "table of scope heads")) return;
  std::map<ScopeId, ScopeHead> stored;
  for (const ScopeHead& head : *beside.scopes) stored[head.scope] = head;
  for (const auto& [id, scope] : chains_.scopes()) {
    const std::string where = "head of scope " + std::to_string(id.value);
    const auto found = stored.find(id);
    if (!findings_.expect(found != stored.end(), Check::scope_heads, where, "it is missing"))
      continue;
    findings_.expect(found->second.count == scope.count, Check::scope_heads, where,
                     "it states another number of records than the log holds");
    findings_.expect(found->second.hash == scope.head, Check::scope_heads, where,
                     "its hash is not that of the scope's newest record");
    stored.erase(found);
  }
  for (const auto& [id, head] : stored) {
    findings_.failed(Check::scope_heads, "head of scope " + std::to_string(id.value),
                     "the log holds no record of this scope");
  }
}

}  // namespace

Result<Report> verify_log(const LogStore& log, const Options& options,
                          const std::function<Result<void>()>& refresh) {
  auto key = parse_verifier_key(options.verifier_key);
  if (!key) return fail(Errc::invalid_argument, "the log's verifier key: " + key.error().detail);
  Report report;
  report.origin = key->name;
  Audit(log, options, std::move(*key), report).run(refresh);
  return report;
}

Result<Report> verify_directory(const std::filesystem::path& directory, const Options& options) {
  auto key = parse_verifier_key(options.verifier_key);
  if (!key) return fail(Errc::invalid_argument, "the log's verifier key: " + key.error().detail);
  Report report;
  report.origin = key->name;
  Findings findings(report, options.findings_max);
  check_tables(directory, findings);
  auto log = LmdbStore::open(directory, {.read_only = true});
  if (!log) {
    findings.failed(Check::storage, directory.string(), log.error().detail);
  } else {
    Audit(**log, options, std::move(*key), report).run([&log] { return (*log)->refresh(); });
  }
  return report;
}

Result<Report> verify_data(const std::filesystem::path& data, Options options) {
  // A mistyped path is no damage.
  std::error_code unknown;
  if (!std::filesystem::exists(data / "log", unknown)) {
    return fail(Errc::not_found, (data / "log").string() + ": there is no log");
  }
  bool own_key = false;
  if (options.verifier_key.empty()) {
    auto key = load_verifier_key(data);
    if (!key) return std::move(key).error();
    options.verifier_key = std::move(*key);
    own_key = true;
  }
  std::error_code error;
  if (std::filesystem::exists(data / "checkpoint", error)) {
    auto note = os::read_file(data / "checkpoint", kNoteBytesMax);
    if (!note) return std::move(note).error();
    options.kept_checkpoints.emplace_back(as_text(*note));
  }
  // Read before the log, which goes on growing.
  CosignedNotes cosigned = read_cosigned(data / "cosigned");
  std::move(cosigned.notes.begin(), cosigned.notes.end(), std::back_inserter(options.cosigned));
  if (auto asked = load_witnesses(data / "witnesses.json")) {
    for (WitnessAddress& witness : *asked) {
      options.asked_witnesses.push_back(std::move(witness.cosigner));
    }
  } else {
    cosigned.warnings.push_back(
        {"witnesses.json",
         {"读不出，其中见证人的联署未核：" + asked.error().detail,
          "it cannot be read, and cosignatures of its witnesses were not checked: " +
              asked.error().detail}});
  }
  auto report = verify_directory(data / "log", options);
  if (!report) return report;
  report->own_key = own_key;
  const std::size_t listed = std::min(cosigned.warnings.size(), options.findings_max);
  report->warnings_unlisted = cosigned.warnings.size() - listed;
  cosigned.warnings.resize(listed);
  report->warnings = std::move(cosigned.warnings);
  return report;
}

}  // namespace houniao::audit
