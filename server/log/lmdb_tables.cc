#include "server/log/lmdb_tables.h"

#include <algorithm>
#include <string>

namespace houniao::lmdb_log {
namespace {

template <class T>
void put_number(std::uint8_t* at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
template <class T>
T get_number(const std::uint8_t* at) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) value = static_cast<T>((value << 8) | at[i]);
  return value;
}

// Every entry of a table through `parse`, which answers nullopt for one it cannot read.
template <class T, class Parse>
Result<std::vector<T>> read_table(const lmdb::Transaction& txn, MDB_dbi table, const char* name,
                                  Parse&& parse) {
  auto cursor = lmdb::Cursor::open(txn, table);
  if (!cursor) return std::move(cursor).error();
  std::vector<T> out;
  for (MDB_cursor_op op = MDB_FIRST;; op = MDB_NEXT) {
    auto entry = cursor->move(op);
    if (!entry) return std::move(entry).error();
    if (!*entry) return out;
    std::optional<T> parsed = parse((*entry)->key, (*entry)->value);
    if (!parsed) {
      return fail(Errc::corrupt, std::string(name) + ": entry " + to_hex((*entry)->key));
    }
    out.push_back(std::move(*parsed));
  }
}

}  // namespace

std::array<std::uint8_t, 9> tile_key(unsigned level, std::uint64_t index) {
  std::array<std::uint8_t, 9> key{static_cast<std::uint8_t>(level)};
  const lmdb::U64Key big_endian(index);
  std::ranges::copy(big_endian.bytes, key.begin() + 1);
  return key;
}

std::array<std::uint8_t, kDeviceValueBytes> device_value(const DeviceHead& head) {
  std::array<std::uint8_t, kDeviceValueBytes> out{};
  put_number(out.data(), head.number.value);
  put_number(out.data() + 4, head.seq.value);
  std::ranges::copy(head.hash.bytes, out.begin() + 12);
  put_number(out.data() + 44, head.attested.value);
  return out;
}

std::array<std::uint8_t, kScopeValueBytes> scope_value(const ScopeHead& head) {
  std::array<std::uint8_t, kScopeValueBytes> out{};
  put_number(out.data(), head.count);
  std::ranges::copy(head.hash.bytes, out.begin() + 8);
  return out;
}

Result<Tables> open_tables(lmdb::Transaction& txn, unsigned flags) {
  Tables out;
  const std::pair<const char*, MDB_dbi*> names[] = {{"log", &out.log},
                                                    {"tiles", &out.tiles},
                                                    {"devices", &out.devices},
                                                    {"scopes", &out.scopes},
                                                    {"checkpoints", &out.checkpoints},
                                                    {"meta", &out.meta}};
  for (const auto& [name, dbi] : names) {
    auto opened = txn.open_table(name, flags);
    if (!opened) {
      return fail(opened.error().code == Errc::not_found ? Errc::corrupt : opened.error().code,
                  "not a log: " + opened.error().detail);
    }
    *dbi = *opened;
  }
  return out;
}

Result<LogHead> read_head(const lmdb::Transaction& txn, const Tables& tables) {
  auto cursor = lmdb::Cursor::open(txn, tables.checkpoints);
  if (!cursor) return std::move(cursor).error();
  auto last = cursor->move(MDB_LAST);
  if (!last) return std::move(last).error();
  if (!*last) return LogHead{};
  if ((*last)->key.size() != 8) return fail(Errc::corrupt, "key of the newest checkpoint");
  return LogHead{TreeSize{lmdb::U64Key::parse((*last)->key)}, std::string(as_text((*last)->value))};
}

Result<void> check_end(const lmdb::Transaction& txn, const Tables& tables, TreeSize size) {
  auto cursor = lmdb::Cursor::open(txn, tables.log);
  if (!cursor) return std::move(cursor).error();
  auto last = cursor->move(MDB_LAST);
  if (!last) return std::move(last).error();
  std::uint64_t end = 0;
  if (*last) {
    auto offsets = frame_batch((*last)->value);
    if (!offsets) return std::move(offsets).error();
    end = lmdb::U64Key::parse((*last)->key) + offsets->size();
  }
  if (end != size.value) {
    return fail(Errc::corrupt, "the last batch ends at " + std::to_string(end) +
                                   ", the newest checkpoint says " + std::to_string(size.value));
  }
  return {};
}

Result<std::deque<TreeSize>> read_recent(const lmdb::Transaction& txn, const Tables& tables) {
  auto cursor = lmdb::Cursor::open(txn, tables.checkpoints);
  if (!cursor) return std::move(cursor).error();
  std::deque<TreeSize> out;
  for (MDB_cursor_op op = MDB_LAST; out.size() < 2 * kCheckpointsKept - 1; op = MDB_PREV) {
    auto entry = cursor->move(op);
    if (!entry) return std::move(entry).error();
    if (!*entry) break;
    out.push_front(TreeSize{lmdb::U64Key::parse((*entry)->key)});
  }
  return out;
}

Result<std::optional<lmdb::Cursor::Entry>> seek_batch(lmdb::Cursor& cursor, Seq from) {
  auto entry = cursor.seek(lmdb::U64Key(from.value));
  if (!entry) return entry;
  if (*entry && lmdb::U64Key::parse((*entry)->key) == from.value) return entry;
  return cursor.move(*entry ? MDB_PREV : MDB_LAST);
}

Result<std::vector<DeviceHead>> read_devices(const lmdb::Transaction& txn, const Tables& tables) {
  return read_table<DeviceHead>(
      txn, tables.devices, "devices",
      [](ByteView key, ByteView value) -> std::optional<DeviceHead> {
        const auto device = device_id_from(key);
        if (!device || value.size() != kDeviceValueBytes) return std::nullopt;
        return DeviceHead{*device, DeviceNumber{get_number<std::uint32_t>(value.data())},
                          DeviceSeq{get_number<std::uint64_t>(value.data() + 4)},
                          *hash_from(value.subspan(12, 32)),
                          DeviceSeq{get_number<std::uint64_t>(value.data() + 44)}};
      });
}

Result<std::vector<ScopeHead>> read_scopes(const lmdb::Transaction& txn, const Tables& tables) {
  return read_table<ScopeHead>(
      txn, tables.scopes, "scopes", [](ByteView key, ByteView value) -> std::optional<ScopeHead> {
        if (key.size() != 8 || value.size() != kScopeValueBytes) return std::nullopt;
        return ScopeHead{ScopeId{lmdb::U64Key::parse(key)}, get_number<std::uint64_t>(value.data()),
                         *hash_from(value.subspan(8))};
      });
}

Result<std::vector<StoredCheckpoint>> read_checkpoints(const lmdb::Transaction& txn,
                                                       const Tables& tables) {
  return read_table<StoredCheckpoint>(
      txn, tables.checkpoints, "checkpoints",
      [](ByteView key, ByteView value) -> std::optional<StoredCheckpoint> {
        if (key.size() != 8) return std::nullopt;
        return StoredCheckpoint{TreeSize{lmdb::U64Key::parse(key)}, std::string(as_text(value))};
      });
}

}  // namespace houniao::lmdb_log
