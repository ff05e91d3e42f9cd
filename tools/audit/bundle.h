// Audit bundles: writing a log or a part of it into one file, and checking such a file with nothing
// else at hand. docs/BUNDLE_FORMAT.md has the bytes; tools/audit/bundle_format.h reads and writes
// them. One thread, which takes time in proportion to the log.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "server/keys/key_store.h"
#include "server/log/log_store.h"
#include "tools/audit/bundle_format.h"
#include "tools/audit/verify.h"

namespace houniao::audit {

// What a reader of a bundle may hold of it before anything is verified: this, and so many times the
// file's size. Of an honest bundle hashes and signatures are most, which do not compress.
inline constexpr std::uint64_t kBundleHeldBytes = std::uint64_t{64} << 20;
inline constexpr std::uint64_t kBundleHeldPerFileByte = 4;
inline constexpr std::size_t kBundleManifestBytesMax = std::size_t{1} << 20;

struct BundleOptions {
  // Records from `from` through `to`; the whole log when both are empty. A part also holds every
  // record of the commons and of the log itself (who the devices are, what they signed, the rules),
  // and of what it leaves out the hashes that the tree needs.
  std::optional<Seq> from;
  std::optional<Seq> to;
  std::vector<ScopeId> scopes;  // besides the commons; empty: all
  // The keys of these subjects go into the file, which then shows personal data to whoever has it.
  std::vector<PersonId> key_subjects;
  std::function<void(std::uint64_t, std::uint64_t)>
      progress;  // records done and in all; may be empty

  bool whole() const { return !from && !to && scopes.empty(); }
};

struct BundleSummary {
  TreeSize size;  // of the log, and of the checkpoint that covers it
  std::uint64_t records = 0;
  std::uint64_t left_out = 0;
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;  // of the file
};

// Writes the log as of its newest checkpoint. `refresh` as for verify_log(). `keys` may be null
// when no subject is named; not_found when a subject's key is not there.
Result<BundleSummary> write_bundle(const LogStore& log, const std::string& verifier_key,
                                   const std::vector<std::string>& cosigned_notes, KeyStore* keys,
                                   const BundleOptions& options, const std::filesystem::path& path,
                                   const std::function<Result<void>()>& refresh = {});

// What a bundle says of itself. Nothing of it is evidence; it is compared with what the bundle has.
struct BundleManifest {
  bool whole = false;
  TreeSize size;
  std::string verifier_key;  // empty: it names none that is text
  // What was asked for; a part that names nothing claims nothing.
  std::optional<Seq> from;
  std::optional<Seq> to;
  std::set<ScopeId> scopes;
  std::vector<std::string> unknown;  // names of members that this version does not know

  bool restricts() const { return from || to || !scopes.empty(); }
  // Whether one of these records lies between `from` and `to`.
  bool asks_for(Seq first, Seq last) const {
    return (!from || last >= *from) && (!to || first <= *to);
  }
  // Whether the hashes of left-out records can contradict what it claims: not when scopes were
  // asked for, because nothing says of what scope a left-out record is.
  bool says_what_is_left_out() const { return restricts() && scopes.empty(); }
};

// Reads the JSON strictly: corrupt names the member that is missing, null, repeated at any depth or
// of the wrong kind. Members that it does not know are allowed.
Result<BundleManifest> parse_manifest(std::string_view text);

// A whole bundle as a log that can be read once, from the first record to the last. Never written.
class BundleLog final : public LogStore {
 public:
  // Reads everything that stands before the records. corrupt, or too_large when it would have to
  // hold more than a bundle of that size may ask for.
  static Result<std::unique_ptr<BundleLog>> open(const std::filesystem::path& path);

  bool whole() const { return manifest_.whole; }
  const BundleManifest& manifest() const { return manifest_; }
  // The SHA-256 of each pack's text, by code.
  const std::map<std::string, Hash, std::less<>>& packs() const { return packs_; }
  std::size_t keys() const { return keys_; }
  // too_large when `bytes` more, beside what the bundle holds itself, are over the limit.
  Result<void> hold(std::uint64_t bytes) const;
  // After the last record: the file ends well, and holds nothing more.
  Result<void> finish();

  Result<void> append(const Commit&) override;
  Result<RecordRun> read(Seq from, std::size_t bytes_max) const override;
  Result<Bytes> tile(unsigned level, std::uint64_t index) const override;
  LogHead head() const override { return head_; }
  Result<std::vector<DeviceHead>> device_heads() const override { return device_heads_; }
  Result<std::vector<ScopeHead>> scope_heads() const override { return scope_heads_; }
  Result<std::vector<StoredCheckpoint>> checkpoints() const override { return checkpoints_; }
  std::uint64_t used_bytes() const override { return 0; }

  // The next item of the records' part: records, or what is left out. nullopt at the end.
  Result<std::optional<BundleReader::Item>> next_item();

 private:
  Result<void> take(const BundleReader::Item& item);
  Result<void> take_manifest(ByteView content);
  Result<void> take_checkpoint(ByteView content);
  Result<void> take_device_head(ByteView content);
  Result<void> take_scope_head(ByteView content);
  Result<void> take_tile(ByteView content);
  Result<void> take_pack(ByteView content);

  std::unique_ptr<BundleReader> reader_;
  std::optional<BundleReader::Item> waiting_;  // read already: the first one after the tables
  BundleManifest manifest_;
  LogHead head_;
  std::vector<DeviceHead> device_heads_;
  std::vector<ScopeHead> scope_heads_;
  std::vector<StoredCheckpoint> checkpoints_;
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> tiles_;
  std::map<std::string, Hash, std::less<>> packs_;
  std::size_t keys_ = 0;
  std::uint64_t held_ = 0;
  std::uint64_t held_max_ = 0;
  std::uint64_t next_ = 0;
};

struct BundleReport {
  Report report;
  bool whole = false;
  bool own_key = false;   // the verifier key was taken from the bundle: it proves less
  bool readable = false;  // false: not even what stands before the records
  // What comes with a log and is no evidence, so far as the log says something of it.
  BundleManifest manifest;
  bool manifest_key_checked = false;  // it names a key that the log has
  std::size_t packs = 0;
  std::vector<std::string> packs_unchecked;  // codes of which the log names no hash
  std::size_t keys = 0;                      // of subjects; never checked
  std::uint64_t records = 0;
  std::uint64_t left_out = 0;
  // Of a part:
  std::uint64_t scope_gaps = 0;       // left-out records of scopes of which it has later ones
  std::uint64_t unsigned_events = 0;  // whose signature it cannot show
  std::uint64_t witnessed_not_compared = 0;  // checkpoints inside of what is left out
  std::uint64_t bytes = 0;
};

// Checks a bundle. A whole one is checked as a log is (verify_log). Of a part: that its records,
// with what it leaves out, are the tree that the log signed; that records are well formed and in
// order; that none of the commons and of the log's own scope is missing before its last one; that
// events are the ones that their devices signed, where the part has all of them since the signature
// before; that kept and witnessed checkpoints lie on the tree, where the part has their place.
// Verdicts of a part cannot be recomputed and are taken as recorded; the report counts none.
// Of any: packs against the hashes that the log published, and the manifest against the records.
// Without options.verifier_key the bundle's own is used.
Result<BundleReport> verify_bundle(const std::filesystem::path& path, Options options);

nlohmann::ordered_json to_json(const BundleReport& report);
std::string to_text(const BundleReport& report);

}  // namespace houniao::audit
