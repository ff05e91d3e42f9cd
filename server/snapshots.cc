#include "server/snapshots.h"

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/os/os.h"

namespace houniao {
namespace {

constexpr std::string_view kMagic = "houniao-snapshot-1\n";
constexpr std::size_t kHeader = kMagic.size() + 8 + 32 + 32;
constexpr std::size_t kSnapshotBytesMax = std::size_t{16} << 30;

Bytes encode_file(const Snapshot& snapshot) {
  Bytes out;
  out.reserve(kHeader + snapshot.state.size());
  append(out, as_bytes(kMagic));
  for (int i = 0; i < 8; ++i) {
    out.push_back(static_cast<std::uint8_t>(snapshot.size.value >> (8 * i)));
  }
  append(out, snapshot.root.bytes);
  append(out, sha256(snapshot.state).bytes);
  append(out, snapshot.state);
  return out;
}

std::optional<Snapshot> decode_file(const Bytes& raw) {
  if (raw.size() < kHeader || as_text(ByteView(raw).first(kMagic.size())) != kMagic) {
    return std::nullopt;
  }
  Snapshot out;
  const std::uint8_t* p = raw.data() + kMagic.size();
  for (int i = 7; i >= 0; --i) out.size.value = out.size.value << 8 | p[i];
  std::copy_n(p + 8, 32, out.root.bytes.begin());
  out.state.assign(raw.begin() + static_cast<std::ptrdiff_t>(kHeader), raw.end());
  if (!equal(sha256(out.state).bytes, ByteView(p + 40, 32))) return std::nullopt;
  return out;
}

}  // namespace

bool SnapshotSchedule::due(TreeSize size, std::int64_t now_us) const {
  const std::uint64_t growth = std::max(every_, last_.value / kSnapshotGrowthPart);
  return size.value >= last_.value + growth && now_us >= not_before_us_;
}

void SnapshotSchedule::taken(TreeSize size, std::int64_t began_us, std::int64_t ended_us) {
  last_ = size;
  not_before_us_ = ended_us + kSnapshotRest * (ended_us - began_us);
}

Result<std::unique_ptr<DirectorySnapshots>> DirectorySnapshots::open(
    const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail(Errc::storage_failed, directory.string() + ": " + error.message());
  return std::unique_ptr<DirectorySnapshots>(new DirectorySnapshots(directory));
}

std::filesystem::path DirectorySnapshots::file(TreeSize size) const {
  return directory_ / (std::to_string(size.value) + ".snapshot");
}

std::vector<TreeSize> DirectorySnapshots::sizes() const {
  std::vector<TreeSize> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    if (entry.path().extension() != ".snapshot") continue;
    const std::string stem = entry.path().stem();
    std::uint64_t size = 0;
    const auto parsed = std::from_chars(stem.data(), stem.data() + stem.size(), size);
    if (parsed.ec == std::errc{} && parsed.ptr == stem.data() + stem.size()) {
      out.push_back(TreeSize{size});
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<void> DirectorySnapshots::save(const Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  HOUNIAO_TRY(os::write_file_durably(file(snapshot.size), encode_file(snapshot)));
  const std::vector<TreeSize> all = sizes();
  std::error_code ignored;
  for (std::size_t i = 0; i + kSnapshotsKept < all.size(); ++i) {
    std::filesystem::remove(file(all[i]), ignored);
  }
  return {};
}

std::optional<Snapshot> DirectorySnapshots::load(TreeSize at_most) {
  const std::lock_guard lock(mutex_);
  std::vector<TreeSize> all = sizes();
  for (auto size = all.rbegin(); size != all.rend(); ++size) {
    if (*size > at_most) continue;
    const auto raw = os::read_file(file(*size), kSnapshotBytesMax);
    if (!raw) continue;
    auto out = decode_file(*raw);
    if (out && out->size == *size) return out;
  }
  return std::nullopt;
}

void DirectorySnapshots::discard(TreeSize size) {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  std::filesystem::remove(file(size), ignored);
}

Result<void> MemorySnapshots::save(const Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  snapshots_[snapshot.size] = snapshot;
  while (snapshots_.size() > kSnapshotsKept) snapshots_.erase(snapshots_.begin());
  return {};
}

std::optional<Snapshot> MemorySnapshots::load(TreeSize at_most) {
  const std::lock_guard lock(mutex_);
  auto after = snapshots_.upper_bound(at_most);
  if (after == snapshots_.begin()) return std::nullopt;
  return std::prev(after)->second;
}

void MemorySnapshots::discard(TreeSize size) {
  const std::lock_guard lock(mutex_);
  snapshots_.erase(size);
}

}  // namespace houniao
