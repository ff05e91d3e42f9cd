#include "tools/audit/tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/lmdb.h"
#include "replay/merkle/tiles.h"
#include "server/log/lmdb_store.h"
#include "server/log/lmdb_tables.h"

namespace houniao::audit {
namespace {

constexpr std::size_t kNumberKeyBytes = 8;
constexpr std::size_t kTileKeyBytes = 1 + 8;
constexpr std::size_t kDeviceKeyBytes = 16;
constexpr std::array<std::string_view, 6> kTables = {"log",    "tiles",       "devices",
                                                     "scopes", "checkpoints", "meta"};

std::string number_text(std::uint64_t n) { return std::to_string(n); }

std::string place_in(std::string_view table, ByteView key) {
  std::string out = "table " + std::string(table) + ", key " + to_hex(key);
  if (table == "tiles" && key.size() == kTileKeyBytes) {
    out += " (level " + number_text(key[0]) + " index " +
           number_text(lmdb::U64Key::parse(key.subspan(1))) + ")";
  } else if (table != "devices" && key.size() == kNumberKeyBytes) {
    out += " (" + number_text(lmdb::U64Key::parse(key)) + ")";
  }
  return out;
}

class TableAudit {
 public:
  TableAudit(lmdb::Transaction& txn, const lmdb_log::Tables& tables, Findings& findings)
      : txn_(txn), tables_(tables), findings_(findings) {}

  void run() {
    find_newest_checkpoint();
    check_log();
    check_checkpoints();
    check_tiles();
    check_length(tables_.devices, "devices", Check::device_heads, kDeviceKeyBytes, "device id");
    check_length(tables_.scopes, "scopes", Check::scope_heads, kNumberKeyBytes, "scope");
    check_names();
  }

 private:
  struct Batch {
    std::string place;
    std::uint64_t first = 0;
    std::optional<std::uint64_t> count;  // nullopt: its bytes cannot be framed, which reading names
  };

  // Every entry; `look` answers what is wrong with it, or nothing.
  template <class Look>
  void each(MDB_dbi table, std::string_view name, Check check, Look&& look) {
    auto cursor = lmdb::Cursor::open(txn_, table);
    if (!cursor) return unreadable(name, check, cursor.error());
    std::optional<Bytes> before;
    for (MDB_cursor_op op = MDB_FIRST;; op = MDB_NEXT) {
      const auto entry = cursor->move(op);
      if (!entry) return unreadable(name, check, entry.error());
      if (!*entry) return;
      const ByteView key = (*entry)->key;
      // A table that was made to hold several values for one key.
      const bool again = before && equal(*before, key);
      const std::string wrong = again ? "there is another entry of this key" : look(key);
      if (!wrong.empty()) findings_.failed(check, place_in(name, key), wrong);
      before.emplace(key.begin(), key.end());
    }
  }

  void unreadable(std::string_view name, Check check, const Error& error) {
    findings_.failed(check, "table " + std::string(name), error.detail);
  }

  void find_newest_checkpoint() {
    each(tables_.checkpoints, "checkpoints", Check::checkpoints, [this](ByteView key) {
      if (key.size() == kNumberKeyBytes) {
        newest_ = std::max(newest_.value_or(0), lmdb::U64Key::parse(key));
        return std::string();
      }
      return std::string("a key that is no size");
    });
  }

  std::optional<Batch> next_batch(lmdb::Cursor& cursor) {
    for (;;) {
      const auto entry = cursor.move(started_ ? MDB_NEXT : MDB_FIRST);
      started_ = true;
      if (!entry) unreadable("log", Check::storage, entry.error());
      if (!entry || !*entry) return std::nullopt;
      Batch out{place_in("log", (*entry)->key), lmdb::U64Key::parse((*entry)->key), std::nullopt};
      const auto framed = frame_batch((*entry)->value);
      if (framed) out.count = framed->size();
      if ((*entry)->key.size() != kNumberKeyBytes) {
        findings_.failed(Check::storage, out.place, "a key that is no seq");
      } else if (newest_ && out.first >= *newest_) {
        findings_.failed(Check::storage, out.place,
                         "it lies behind the " + number_text(*newest_) +
                             " records that the newest checkpoint covers");
      } else if (out.count == std::uint64_t{0}) {
        findings_.failed(Check::storage, out.place, "a batch without records");
      } else {
        return out;
      }
    }
  }

  void check_log() {
    auto cursor = lmdb::Cursor::open(txn_, tables_.log);
    if (!cursor) return unreadable("log", Check::storage, cursor.error());
    std::string before;
    for (auto batch = next_batch(*cursor); batch;) {
      auto after = next_batch(*cursor);
      const std::uint64_t follows =
          after ? after->first : newest_.value_or(batch->first + batch->count.value_or(0));
      const bool overlaps = batch->first < end_;
      // Without it the others join: so it is the one that does not belong.
      if (overlaps && follows == end_) {
        findings_.failed(
            Check::storage, batch->place,
            "it starts inside of the batch before it, which ends at seq " + number_text(end_));
        batch = std::move(after);
        continue;
      }
      if (overlaps) {
        findings_.failed(Check::storage, before,
                         "it holds records up to seq " + number_text(end_) +
                             ", but the next batch starts at seq " + number_text(batch->first));
      } else if (batch->first > end_) {
        findings_.failed(Check::storage, batch->place,
                         "the records before it, from seq " + number_text(end_) + ", are missing");
      }
      end_ = batch->count ? batch->first + *batch->count : follows;
      before = std::move(batch->place);
      batch = std::move(after);
    }
    if (newest_ && end_ > *newest_) {
      findings_.failed(Check::storage, before,
                       "it holds records up to seq " + number_text(end_) +
                           ", the newest checkpoint covers " + number_text(*newest_));
    }
  }

  void check_checkpoints() {
    each(tables_.checkpoints, "checkpoints", Check::checkpoints, [this](ByteView key) {
      if (key.size() != kNumberKeyBytes) return std::string();  // named before
      const std::uint64_t size = lmdb::U64Key::parse(key);
      if (size == 0) return std::string("a checkpoint of no records");
      if (size <= end_) return std::string();
      return "it covers " + number_text(size) + " records, the log holds " + number_text(end_);
    });
  }

  void check_tiles() {
    const TreeSize size{std::min(newest_.value_or(end_), end_)};
    each(tables_.tiles, "tiles", Check::tree, [size](ByteView key) {
      if (key.size() != kTileKeyBytes) return std::string("a key that is no tile's");
      const unsigned level = key[0];
      if (level < merkle::kTileLevels &&
          merkle::tile_width_at(size, level, lmdb::U64Key::parse(key.subspan(1))) != 0) {
        return std::string();
      }
      return "a tree of " + number_text(size.value) + " records has no such tile";
    });
  }

  void check_length(MDB_dbi table, std::string_view name, Check check, std::size_t bytes,
                    const char* what) {
    each(table, name, check, [bytes, what](ByteView key) {
      return key.size() == bytes ? std::string() : std::string("a key that is no ") + what;
    });
  }

  // The environment holds the six tables, and the table of the format one entry.
  void check_names() {
    each(tables_.meta, "meta", Check::storage, [](ByteView key) {
      return as_text(key) == "format" ? std::string() : std::string("a log has no such entry");
    });
    const auto names = txn_.open_table(nullptr, 0);
    if (!names) return unreadable("of the tables", Check::storage, names.error());
    each(*names, "of the tables", Check::storage, [](ByteView key) {
      const bool known = std::find(kTables.begin(), kTables.end(), as_text(key)) != kTables.end();
      return known ? std::string() : std::string("a log has no such table");
    });
  }

  lmdb::Transaction& txn_;
  const lmdb_log::Tables& tables_;
  Findings& findings_;
  std::optional<std::uint64_t> newest_;  // the largest size that a checkpoint is stored under
  std::uint64_t end_ = 0;                // of the batches that join
  bool started_ = false;
};

}  // namespace

void check_tables(const std::filesystem::path& directory, Findings& findings) {
  lmdb::Options options;
  options.read_only = true;
  options.map_bytes = LmdbStoreOptions{}.map_bytes_max;
  const auto env = lmdb::Environment::open(directory, options);
  if (!env) return;
  auto txn = lmdb::Transaction::begin_read(*env);
  if (!txn) return;
  const auto tables = lmdb_log::open_tables(*txn, 0);
  if (!tables) return;
  TableAudit(*txn, *tables, findings).run();
}

}  // namespace houniao::audit
