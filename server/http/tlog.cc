#include "server/http/tlog.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "replay/merkle/tiles.h"
#include "schema/codec.h"

namespace houniao::tlog {
namespace {

constexpr std::string_view kEntries = "entries/";
constexpr std::string_view kPartial = ".p/";
constexpr unsigned kLevelMax = 63;
// 2^56 tiles of level 0 hold 2^64 leaves.
constexpr std::uint64_t kIndexMax = (std::uint64_t{1} << 56) - 1;
// Read at once for a bundle; records that do not fit come with the next read.
constexpr std::size_t kReadBytes = std::size_t{1} << 20;

Error unreadable() {
  return fail(Errc::malformed,
              "a tile is named L/N or L/N.p/W, N in groups of three digits such as x001/x234/067");
}

// Decimal without leading zeros, at most `max`.
std::optional<unsigned> parse_short(std::string_view text, unsigned max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return {};
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return {};
  return value;
}

std::optional<std::uint64_t> parse_group(std::string_view text) {
  if (text.size() != 3) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// "x001/x234/067": no group of zeros in front, because each number has one spelling.
std::optional<std::uint64_t> parse_index(std::string_view text) {
  std::uint64_t value = 0;
  for (bool first = true;; first = false) {
    const std::size_t slash = text.find('/');
    const bool last = slash == std::string_view::npos;
    std::string_view group = text.substr(0, slash);
    if (!last) {
      if (!group.starts_with('x')) return {};
      group.remove_prefix(1);
    }
    const auto number = parse_group(group);
    if (!number || (first && !last && *number == 0)) return {};
    if (value > (kIndexMax - *number) / 1000) return {};
    value = value * 1000 + *number;
    if (last) return value;
    text.remove_prefix(slash + 1);
  }
}

std::string index_text(std::uint64_t index) {
  std::string out;
  for (bool last = true; last || index != 0; last = false) {
    std::string group = std::to_string(index % 1000);
    group.insert(0, 3 - group.size(), '0');
    index /= 1000;
    out = (last ? group : "x" + group + "/") + out;
  }
  return out;
}

Error not_there(const TilePath& path, TreeSize size) {
  return fail(Errc::not_found, "the tree of " + std::to_string(size.value) +
                                   " records has no tile " + to_text(path));
}

}  // namespace

Result<TilePath> parse_tile_path(std::string_view rest) {
  TilePath out;
  if (rest.starts_with(kEntries)) {
    out.entries = true;
    rest.remove_prefix(kEntries.size());
  } else {
    const std::size_t slash = rest.find('/');
    const auto level = slash == std::string_view::npos
                           ? std::nullopt
                           : parse_short(rest.substr(0, slash), kLevelMax);
    if (!level) return unreadable();
    out.level = *level;
    rest.remove_prefix(slash + 1);
  }
  if (const std::size_t partial = rest.find(kPartial); partial != std::string_view::npos) {
    const auto width = parse_short(rest.substr(partial + kPartial.size()), 255);
    if (!width || *width == 0) return unreadable();
    out.width = *width;
    rest = rest.substr(0, partial);
  }
  const auto index = parse_index(rest);
  if (!index) return unreadable();
  out.index = *index;
  return out;
}

std::string to_text(const TilePath& path) {
  std::string out = path.entries ? std::string(kEntries) : std::to_string(path.level) + "/";
  out += index_text(path.index);
  if (path.width < merkle::kTileWidth) out += std::string(kPartial) + std::to_string(path.width);
  return out;
}

Result<Bytes> read_tile(const LogStore& log, TreeSize size, const TilePath& path) {
  if (path.level >= merkle::kTileLevels ||
      merkle::tile_width_at(size, path.level, path.index) < path.width) {
    return not_there(path, size);
  }
  auto hashes = log.tile(path.level, path.index);
  if (!hashes) return std::move(hashes).error();
  const std::size_t wanted = path.width * merkle::kHashBytes;
  if (hashes->size() < wanted) {
    return fail(Errc::corrupt, "tile " + to_text(path) + " is stored too short");
  }
  hashes->resize(wanted);
  return hashes;
}

Result<Bytes> read_entries(const LogStore& log, TreeSize size, const TilePath& path) {
  if (merkle::tile_width_at(size, 0, path.index) < path.width) return not_there(path, size);
  Bytes out;
  const Seq first{path.index * merkle::kTileWidth};
  const Seq end{first.value + path.width};
  for (Seq next = first; next < end;) {
    const auto run = log.read(next, kReadBytes);
    if (!run) return run.error();
    if (run->empty()) return fail(Errc::corrupt, "the log ends inside bundle " + to_text(path));
    for (std::size_t i = 0; i < run->count() && next < end; ++i) {
      const ByteView record = run->record(i);
      if (record.size() > kEntryBytesMax) {
        return fail(Errc::too_large, "record " + std::to_string(next.value) +
                                         " is longer than an entry of a bundle can be");
      }
      out.push_back(static_cast<std::uint8_t>(record.size() >> 8));
      out.push_back(static_cast<std::uint8_t>(record.size()));
      append(out, record);
      next = Seq{next.value + 1};
    }
  }
  return out;
}

Result<std::string> stored_checkpoint(const LogStore& log, TreeSize size) {
  auto stored = log.checkpoints();
  if (!stored) return std::move(stored).error();
  const auto at = std::lower_bound(
      stored->begin(), stored->end(), size,
      [](const StoredCheckpoint& checkpoint, TreeSize wanted) { return checkpoint.size < wanted; });
  if (at != stored->end() && at->size == size) return std::move(at->note);
  std::string what = "no checkpoint of " + std::to_string(size.value) + " records is stored";
  if (at != stored->end()) what += "; the next is of " + std::to_string(at->size.value);
  return fail(Errc::not_found, what);
}

}  // namespace houniao::tlog
