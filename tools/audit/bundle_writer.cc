#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "replay/checkpoint.h"
#include "schema/codec.h"
#include "schema/programmes/packs.h"
#include "server/log/log_node_source.h"
#include "tools/audit/bundle.h"

namespace houniao::audit {
namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr int kRoundsMax = 1000;

// What stands beside the records as of one size of the log.
struct Beside {
  LogHead head;
  std::vector<DeviceHead> devices;
  std::vector<ScopeHead> scopes;
  std::vector<StoredCheckpoint> checkpoints;
};

Result<Beside> load_beside(const LogStore& log, const std::function<Result<void>()>& refresh) {
  for (int round = 0; round < kRoundsMax; ++round) {
    Beside out;
    out.head = log.head();
    auto devices = log.device_heads();
    if (!devices) return devices.error();
    auto scopes = log.scope_heads();
    if (!scopes) return scopes.error();
    auto checkpoints = log.checkpoints();
    if (!checkpoints) return checkpoints.error();
    if (refresh) HOUNIAO_TRY(refresh());
    if (log.head().size != out.head.size) continue;
    out.devices = std::move(*devices);
    out.scopes = std::move(*scopes);
    out.checkpoints = std::move(*checkpoints);
    return out;
  }
  return fail(Errc::unavailable, "the log grows faster than it can be read; stop the server");
}

class Writing {
 public:
  Writing(const LogStore& log, const BundleOptions& options, BundleWriter& out, Beside beside)
      : log_(log), options_(options), out_(out), beside_(std::move(beside)) {}

  Result<BundleSummary> run(const std::string& verifier_key,
                            const std::vector<std::string>& cosigned, KeyStore* keys) {
    summary_.size = beside_.head.size;
    HOUNIAO_TRY(manifest(verifier_key));
    HOUNIAO_TRY(checkpoints(cosigned));
    if (options_.whole()) {
      HOUNIAO_TRY(heads());
      HOUNIAO_TRY(tiles());
    }
    HOUNIAO_TRY(packs());
    HOUNIAO_TRY(subject_keys(keys));
    HOUNIAO_TRY(records());
    HOUNIAO_TRY(out_.finish());
    summary_.bytes = out_.bytes_written();
    return summary_;
  }

 private:
  Result<void> manifest(const std::string& verifier_key) {
    nlohmann::ordered_json json = {{"format", "houniao-bundle-1"},
                                   {"verifier_key", verifier_key},
                                   {"size", beside_.head.size.value},
                                   {"whole", options_.whole()}};
    if (options_.from) json["from"] = options_.from->value;
    if (options_.to) json["to"] = options_.to->value;
    for (ScopeId scope : options_.scopes) json["scopes"].push_back(scope.value);
    return out_.add(BundleItem::manifest, as_bytes(json.dump()));
  }

  // A note that witnesses cosigned replaces the stored one of the same size.
  Result<void> checkpoints(const std::vector<std::string>& cosigned) {
    for (const StoredCheckpoint& stored : beside_.checkpoints) {
      if (!options_.whole() && stored.size != beside_.head.size) continue;
      std::string note = stored.note;
      const std::string head = "\n" + std::to_string(stored.size.value) + "\n";
      for (const std::string& other : cosigned) {
        const std::size_t first = other.find('\n');
        if (first != std::string::npos && other.compare(first, head.size(), head) == 0) {
          note = other;
        }
      }
      Bytes content;
      put_number(content, stored.size.value, 8);
      append(content, as_bytes(note));
      HOUNIAO_TRY(out_.add(BundleItem::checkpoint, content));
    }
    return {};
  }

  Result<void> heads() {
    for (const DeviceHead& head : beside_.devices) {
      Bytes content(head.device.bytes.begin(), head.device.bytes.end());
      put_number(content, head.number.value, 4);
      put_number(content, head.seq.value, 8);
      append(content, head.hash.view());
      put_number(content, head.attested.value, 8);
      HOUNIAO_TRY(out_.add(BundleItem::device_head, content));
    }
    for (const ScopeHead& head : beside_.scopes) {
      Bytes content;
      put_number(content, head.scope.value, 8);
      put_number(content, head.count, 8);
      append(content, head.hash.view());
      HOUNIAO_TRY(out_.add(BundleItem::scope_head, content));
    }
    return {};
  }

  Result<void> tiles() {
    for (unsigned level = 0; level < merkle::kTileLevels; ++level) {
      for (std::uint64_t index = 0;; ++index) {
        const std::uint64_t width = merkle::tile_width_at(beside_.head.size, level, index);
        if (width == 0) break;
        const auto tile = log_.tile(level, index);
        if (!tile) return tile.error();
        // It may have grown since.
        const std::size_t bytes = std::min<std::size_t>(tile->size(), width * merkle::kHashBytes);
        Bytes content;
        put_number(content, level, 1);
        put_number(content, index, 8);
        append(content, ByteView(*tile).first(bytes));
        HOUNIAO_TRY(out_.add(BundleItem::tile, content));
      }
    }
    return {};
  }

  Result<void> packs() {
    for (const auto& pack : embedded_packs()) {
      Bytes content;
      append(content, as_bytes(pack.code));
      content.push_back('\n');
      append(content, as_bytes(pack.text));
      HOUNIAO_TRY(out_.add(BundleItem::pack, content));
    }
    return {};
  }

  Result<void> subject_keys(KeyStore* keys) {
    for (PersonId subject : options_.key_subjects) {
      if (keys == nullptr) return fail(Errc::invalid_argument, "there is no key store here");
      const auto key = keys->key_of(subject);
      if (!key) return key.error();
      Bytes content;
      put_number(content, subject.value, 8);
      append(content, ByteView(key->key));
      HOUNIAO_TRY(out_.add(BundleItem::key, content));
      ++summary_.keys;
    }
    return {};
  }

  bool wanted(Seq seq, ScopeId scope) const {
    if (options_.whole() || scope == kScopeCommons || scope == kScopeLog) return true;
    if (options_.from && seq < *options_.from) return false;
    if (options_.to && *options_.to < seq) return false;
    return options_.scopes.empty() || std::find(options_.scopes.begin(), options_.scopes.end(),
                                                scope) != options_.scopes.end();
  }

  Result<void> records() {
    RecordReader reader;
    std::uint64_t done = 0;
    while (done < beside_.head.size.value) {
      const auto run = log_.read(Seq{done}, kReadBytes);
      if (!run) return run.error();
      if (run->empty()) return fail(Errc::corrupt, "the log ends at " + std::to_string(done));
      for (std::size_t i = 0; i < run->count() && done < beside_.head.size.value; ++i, ++done) {
        HOUNIAO_TRY(reader.open(run->record(i)));
        if (wanted(Seq{done}, reader.scope())) {
          HOUNIAO_TRY(leave_out(done));
          HOUNIAO_TRY(keep(Seq{done}, run->record(i)));
        } else {
          HOUNIAO_TRY(flush());
        }
      }
      if (options_.progress) options_.progress(done, beside_.head.size.value);
    }
    HOUNIAO_TRY(flush());
    return leave_out(done);
  }

  Result<void> keep(Seq seq, ByteView record) {
    if (pending_.size() + record.size() > kReadBytes) HOUNIAO_TRY(flush());
    if (pending_.empty()) put_number(pending_, seq.value, 8);
    append(pending_, record);
    covered_ = seq.value + 1;
    ++summary_.records;
    return {};
  }

  Result<void> flush() {
    if (pending_.empty()) return {};
    HOUNIAO_TRY(out_.add(BundleItem::records, pending_));
    pending_.clear();
    return {};
  }

  // Everything between what is covered and `to` is left out: as few hashes as name it.
  Result<void> leave_out(std::uint64_t to) {
    if (covered_ == to) return {};
    HOUNIAO_TRY(flush());
    const LogNodeSource nodes(log_);
    summary_.left_out += to - covered_;
    while (covered_ < to) {
      const auto widest = static_cast<unsigned>(std::bit_width(to - covered_)) - 1;
      const auto aligned = covered_ == 0 ? 63U : static_cast<unsigned>(std::countr_zero(covered_));
      const unsigned level = std::min(widest, aligned);
      const auto hash = nodes.node(level, covered_ >> level);
      if (!hash) return hash.error();
      Bytes content;
      put_number(content, level, 1);
      put_number(content, covered_ >> level, 8);
      append(content, hash->view());
      HOUNIAO_TRY(out_.add(BundleItem::subtree, content));
      covered_ += std::uint64_t{1} << level;
    }
    return {};
  }

  const LogStore& log_;
  const BundleOptions& options_;
  BundleWriter& out_;
  const Beside beside_;
  BundleSummary summary_;
  Bytes pending_;              // an item of records that is being filled
  std::uint64_t covered_ = 0;  // by records or hashes
};

}  // namespace

Result<BundleSummary> write_bundle(const LogStore& log, const std::string& verifier_key,
                                   const std::vector<std::string>& cosigned_notes, KeyStore* keys,
                                   const BundleOptions& options, const std::filesystem::path& path,
                                   const std::function<Result<void>()>& refresh) {
  auto beside = load_beside(log, refresh);
  if (!beside) return beside.error();
  if (!beside->head.size)
    return fail(Errc::not_found, "the log is empty: there is nothing to audit");
  auto out = BundleWriter::create(path);
  if (!out) return out.error();
  return Writing(log, options, **out, std::move(*beside)).run(verifier_key, cosigned_notes, keys);
}

}  // namespace houniao::audit
