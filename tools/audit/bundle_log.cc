#include <algorithm>

#include "replay/checkpoint.h"
#include "replay/merkle/tiles.h"
#include "tools/audit/bundle.h"

namespace houniao::audit {
namespace {

constexpr std::size_t kTileHeadBytes = 1 + 8;
constexpr std::size_t kDeviceHeadBytes = 16 + 4 + 8 + 32 + 8;
constexpr std::size_t kScopeHeadBytes = 8 + 8 + 32;
constexpr std::size_t kKeyBytes = 8 + 32;
constexpr std::size_t kPackCodeBytesMax = 128;
// What keeping an item takes besides its content, roughly.
constexpr std::uint64_t kItemOverheadBytes = 128;

Error wrong_length(const char* what) {
  return fail(Errc::corrupt, std::string("the bundle: ") + what + " of a wrong length");
}

Error out_of_order() {
  return fail(Errc::corrupt, "the bundle: items of one kind out of order, or one twice");
}

}  // namespace

Result<std::unique_ptr<BundleLog>> BundleLog::open(const std::filesystem::path& path) {
  std::unique_ptr<BundleLog> out(new BundleLog());
  auto reader = BundleReader::open(path);
  if (!reader) return reader.error();
  std::error_code error;
  const std::uint64_t file_bytes = std::filesystem::file_size(path, error);
  if (error) return fail(Errc::storage_failed, path.string() + ": " + error.message());
  out->held_max_ = kBundleHeldBytes + kBundleHeldPerFileByte * file_bytes;
  out->reader_ = std::move(*reader);
  bool first = true;
  for (;;) {
    const auto item = out->reader_->next();
    if (!item) return item.error();
    if (first != (*item && (*item)->kind == BundleItem::manifest)) {
      return fail(Errc::corrupt, "the bundle: the manifest must stand first, and once");
    }
    if (!*item || (*item)->kind == BundleItem::records || (*item)->kind == BundleItem::subtree) {
      out->waiting_ = *item;
      return out;
    }
    HOUNIAO_TRY(out->take(**item));
    first = false;
  }
}

Result<void> BundleLog::hold(std::uint64_t bytes) const {
  if (bytes <= held_max_ - held_) return {};
  return fail(Errc::too_large,
              "the bundle asks its reader for more than " + std::to_string(held_max_ >> 20) +
                  " MiB of memory, which none of its size needs; it was made to do harm");
}

Result<void> BundleLog::take_manifest(ByteView content) {
  auto manifest = parse_manifest(as_text(content));
  if (!manifest) return manifest.error();
  manifest_ = std::move(*manifest);
  head_.size = manifest_.size;
  return {};
}

Result<void> BundleLog::take(const BundleReader::Item& item) {
  const bool table = item.kind == BundleItem::device_head || item.kind == BundleItem::scope_head ||
                     item.kind == BundleItem::tile;
  if (table && !whole()) return fail(Errc::corrupt, "the bundle: a part has no tables");
  HOUNIAO_TRY(hold(item.content.size() + kItemOverheadBytes));
  // Of a pack its code is kept, and of a key that it is there.
  if (item.kind < BundleItem::pack) held_ += item.content.size();
  held_ += kItemOverheadBytes;
  switch (item.kind) {
    case BundleItem::manifest:
      return take_manifest(item.content);
    case BundleItem::checkpoint:
      return take_checkpoint(item.content);
    case BundleItem::device_head:
      return take_device_head(item.content);
    case BundleItem::scope_head:
      return take_scope_head(item.content);
    case BundleItem::tile:
      return take_tile(item.content);
    case BundleItem::pack:
      return take_pack(item.content);
    case BundleItem::key:
      if (item.content.size() != kKeyBytes) return wrong_length("a key");
      ++keys_;
      return {};
    default:
      return fail(Errc::corrupt, "the bundle: an item where none of its kind belongs");
  }
}

Result<void> BundleLog::take_checkpoint(ByteView in) {
  if (in.size() < 8 || in.size() > 8 + kNoteBytesMax) return wrong_length("a checkpoint");
  const TreeSize size{take_number(in, 8)};
  if (!checkpoints_.empty() && size <= checkpoints_.back().size) return out_of_order();
  checkpoints_.push_back({size, std::string(as_text(in))});
  head_.checkpoint = checkpoints_.back().note;
  return {};
}

Result<void> BundleLog::take_device_head(ByteView in) {
  if (in.size() != kDeviceHeadBytes) return wrong_length("a device head");
  DeviceHead head;
  std::copy_n(in.begin(), head.device.bytes.size(), head.device.bytes.begin());
  in = in.subspan(head.device.bytes.size());
  head.number.value = static_cast<decltype(head.number.value)>(take_number(in, 4));
  head.seq.value = take_number(in, 8);
  head.hash = take_hash(in);
  head.attested.value = take_number(in, 8);
  if (!device_heads_.empty() && head.device <= device_heads_.back().device) return out_of_order();
  device_heads_.push_back(head);
  return {};
}

Result<void> BundleLog::take_scope_head(ByteView in) {
  if (in.size() != kScopeHeadBytes) return wrong_length("a scope head");
  ScopeHead head;
  head.scope.value = take_number(in, 8);
  head.count = take_number(in, 8);
  head.hash = take_hash(in);
  if (!scope_heads_.empty() && head.scope <= scope_heads_.back().scope) return out_of_order();
  scope_heads_.push_back(head);
  return {};
}

// Exactly the tiles that a tree of this size has, so that none is there that nobody compares.
Result<void> BundleLog::take_tile(ByteView in) {
  if (in.size() < kTileHeadBytes) return wrong_length("a tile");
  const auto level = static_cast<unsigned>(take_number(in, 1));
  const std::uint64_t index = take_number(in, 8);
  const std::uint64_t width =
      level < merkle::kTileLevels ? merkle::tile_width_at(head_.size, level, index) : 0;
  if (width == 0) return fail(Errc::corrupt, "the bundle: a tile that its tree does not have");
  if (in.size() != width * merkle::kHashBytes) return wrong_length("a tile");
  const std::pair<unsigned, std::uint64_t> place{level, index};
  if (!tiles_.empty() && place <= tiles_.rbegin()->first) return out_of_order();
  tiles_.emplace_hint(tiles_.end(), place, Bytes(in.begin(), in.end()));
  return {};
}

Result<void> BundleLog::take_pack(ByteView in) {
  const std::string_view text = as_text(in);
  const std::size_t line = text.substr(0, kPackCodeBytesMax + 1).find('\n');
  if (line == std::string_view::npos) return wrong_length("a pack");
  const Hash sha256 = houniao::sha256(as_bytes(text.substr(line + 1)));
  if (!packs_.emplace(text.substr(0, line), sha256).second) return out_of_order();
  return {};
}

Result<void> BundleLog::append(const Commit&) {
  return fail(Errc::invalid_argument, "a bundle is not written to");
}

Result<Bytes> BundleLog::tile(unsigned level, std::uint64_t index) const {
  const auto at = tiles_.find({level, index});
  if (at == tiles_.end()) return fail(Errc::not_found, "the bundle has no such tile");
  return at->second;
}

Result<std::optional<BundleReader::Item>> BundleLog::next_item() {
  if (waiting_) {
    auto item = waiting_;
    waiting_.reset();
    return item;
  }
  return reader_->next();
}

// One item of records at a time; whatever it is, it must go on where the last one ended. Reading is
// moving on in the file, which the port calls const.
Result<RecordRun> BundleLog::read(Seq from, std::size_t) const {
  auto& self = const_cast<BundleLog&>(*this);
  if (from.value != next_) {
    return fail(Errc::invalid_argument, "a bundle is read once, from its first record to its last");
  }
  RecordRun run;
  run.first = from;
  if (next_ == head_.size.value) return run;
  const auto item = self.next_item();
  if (!item) return item.error();
  if (!*item) return fail(Errc::corrupt, "the bundle ends at record " + std::to_string(next_));
  ByteView in = (*item)->content;
  if ((*item)->kind != BundleItem::records || in.size() < 8 || take_number(in, 8) != next_) {
    return fail(Errc::corrupt, "the bundle: record " + std::to_string(next_) + " is missing");
  }
  run.records.assign(in.begin(), in.end());
  auto offsets = frame_batch(run.records);
  if (!offsets) return offsets.error();
  if (offsets->empty()) return fail(Errc::corrupt, "the bundle: an item without records");
  run.offsets = std::move(*offsets);
  if (run.count() > head_.size.value - next_) {
    return fail(Errc::corrupt, "the bundle: more records than the " +
                                   std::to_string(head_.size.value) + " of its log");
  }
  self.next_ += run.count();
  return run;
}

Result<void> BundleLog::finish() {
  const auto item = next_item();
  if (!item) return item.error();
  if (*item) return fail(Errc::corrupt, "the bundle goes on after its last record");
  return {};
}

}  // namespace houniao::audit
