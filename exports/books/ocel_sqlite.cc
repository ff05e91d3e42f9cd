#include "exports/books/ocel_sqlite.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <system_error>

#include "exports/text.h"

namespace houniao::exports {
namespace {

constexpr const char* kBeginning = "1970-01-01 00:00:00";

// "2016-03-15 01:30:00" in UTC.
std::string utc_text(WallTime time) {
  // to_rfc3339() writes the civil time of UTC+8, so eight hours earlier it writes UTC.
  std::string text = to_rfc3339(WallTime{time.us - std::int64_t{8} * 3600 * 1'000'000});
  text.resize(19);
  text[10] = ' ';
  return text;
}

const char* sql_type(OcelKind kind) {
  switch (kind) {
    case OcelKind::text:
      return "TEXT";
    case OcelKind::integer:
      return "INTEGER";
    case OcelKind::boolean:
      return "BOOLEAN";
    case OcelKind::time:
      return "TIMESTAMP";
  }
  return "TEXT";
}

constexpr std::size_t kPageBytes = 4096;  // of a database in memory

// PRAGMA max_page_count takes what SQLite can address at most; 0 would only ask for it.
std::size_t pages_of(std::size_t bytes_max) {
  constexpr std::size_t kPagesMax = 0x7ffffffe;
  return std::clamp<std::size_t>(bytes_max / kPageBytes, 1, kPagesMax);
}

class Database {
 public:
  Database() = default;
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<void> open(const std::string& path) {
    const int code =
        sqlite3_open_v2(path.c_str(), &db_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, nullptr);
    return code == SQLITE_OK ? Result<void>{} : Result<void>(error());
  }
  Result<void> run(const std::string& sql) {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Result<void>{} : Result<void>(error());
  }
  Error error() const {
    const bool full = db_ != nullptr && sqlite3_errcode(db_) == SQLITE_FULL;
    return fail(full ? Errc::storage_full : Errc::storage_failed,
                std::string("SQLite: ") + (db_ == nullptr ? "no memory" : sqlite3_errmsg(db_)));
  }
  sqlite3* get() { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

// One prepared INSERT. Values are bound by place, from 1.
class Insert {
 public:
  Insert(Database& db, const std::string& sql) {
    sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &statement_, nullptr);
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  void text(int at, std::string_view value) {
    sqlite3_bind_text(statement_, at, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
  }
  void value(int at, const OcelValue& value) {
    if (const auto* words = std::get_if<std::string>(&value)) {
      text(at, *words);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      sqlite3_bind_int64(statement_, at, *number);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      sqlite3_bind_int(statement_, at, *flag ? 1 : 0);
    } else {
      text(at, utc_text(std::get<WallTime>(value)));
    }
  }
  // False when the row could not be written.
  bool step() {
    if (statement_ == nullptr) return false;
    const bool done = sqlite3_step(statement_) == SQLITE_DONE;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    return done;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteWriter final : public OcelVisitor {
 public:
  explicit SqliteWriter(Database& db) : db_(db) {}

  Result<void> begin() {
    HOUNIAO_TRY(db_.run(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
        "CREATE TABLE event_map_type(ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);"
        "CREATE TABLE object_map_type(ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);"
        "CREATE TABLE event(ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL,"
        " FOREIGN KEY(ocel_type) REFERENCES event_map_type(ocel_type));"
        "CREATE TABLE object(ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL,"
        " FOREIGN KEY(ocel_type) REFERENCES object_map_type(ocel_type));"
        "CREATE TABLE event_object(ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,"
        " PRIMARY KEY(ocel_event_id, ocel_object_id, ocel_qualifier),"
        " FOREIGN KEY(ocel_event_id) REFERENCES event(ocel_id),"
        " FOREIGN KEY(ocel_object_id) REFERENCES object(ocel_id));"
        "CREATE TABLE object_object(ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT,"
        " PRIMARY KEY(ocel_source_id, ocel_target_id, ocel_qualifier),"
        " FOREIGN KEY(ocel_source_id) REFERENCES object(ocel_id),"
        " FOREIGN KEY(ocel_target_id) REFERENCES object(ocel_id));"));
    for (const std::string& type : ocel_event_types()) {
      HOUNIAO_TRY(add_type("event", type, ocel_event_attributes()));
    }
    for (const std::string& type : ocel_object_types()) {
      HOUNIAO_TRY(add_type("object", type, ocel_object_attributes()));
    }
    event_.emplace(db_, "INSERT INTO event VALUES(?,?)");
    object_.emplace(db_, "INSERT INTO object VALUES(?,?)");
    event_object_.emplace(db_, "INSERT INTO event_object VALUES(?,?,?)");
    object_object_.emplace(db_, "INSERT INTO object_object VALUES(?,?,?)");
    return {};
  }

  void object(const OcelObject& object) override {
    put(*object_, {object.id, object.type});
    Insert& own = *own_tables_.at("object_" + std::string(object.type));
    own.text(1, object.id);
    own.text(2, kBeginning);
    // Place 3, the field that changed, stays empty: these are the values at the beginning.
    bind(own, 4, ocel_object_attributes(), object.attributes);
    check(own.step());
    for (const OcelRelation& each : object.relations) {
      put(*object_object_, {object.id, each.object, each.qualifier});
    }
  }
  void event(const OcelEvent& event) override {
    put(*event_, {event.id, event.type});
    Insert& own = *own_tables_.at("event_" + std::string(event.type));
    own.text(1, event.id);
    own.text(2, utc_text(event.time));
    bind(own, 3, ocel_event_attributes(), event.attributes);
    check(own.step());
    for (const OcelRelation& each : event.relations) {
      put(*event_object_, {event.id, each.object, each.qualifier});
    }
  }

  bool stopped() const override { return failed_.has_value(); }
  Result<void> end() {
    if (failed_) return *failed_;
    return db_.run("COMMIT");
  }

 private:
  // The name of a type is a word of ours: letters and underscores.
  Result<void> add_type(const std::string& table, const std::string& type,
                        const std::vector<OcelAttributeType>& attributes) {
    std::string sql =
        "CREATE TABLE \"" + table + "_" + type + "\"(ocel_id TEXT, ocel_time TIMESTAMP";
    std::string places = "?,?";
    if (table == "object") {
      sql += ", ocel_changed_field TEXT";
      places += ",?";
    }
    for (const OcelAttributeType& each : attributes) {
      sql += ", \"" + std::string(each.name) + "\" " + sql_type(each.kind);
      places += ",?";
    }
    sql += ", FOREIGN KEY(ocel_id) REFERENCES " + table + "(ocel_id)); INSERT INTO " + table +
           "_map_type VALUES('" + type + "','" + type + "');";
    HOUNIAO_TRY(db_.run(sql));
    const std::string name = table + "_" + type;
    own_tables_[name] =
        std::make_unique<Insert>(db_, "INSERT INTO \"" + name + "\" VALUES(" + places + ")");
    return {};
  }
  static void bind(Insert& own, int first, const std::vector<OcelAttributeType>& types,
                   const std::vector<OcelAttribute>& attributes) {
    for (const OcelAttribute& each : attributes) {
      for (std::size_t i = 0; i < types.size(); ++i) {
        if (types[i].name == each.name) own.value(first + static_cast<int>(i), each.value);
      }
    }
  }
  void put(Insert& into, std::initializer_list<std::string_view> texts) {
    int at = 0;
    for (const std::string_view text : texts) into.text(++at, text);
    check(into.step());
  }
  void check(bool done) {
    if (!done && !failed_) failed_ = db_.error();
  }

  Database& db_;
  std::optional<Insert> event_, object_, event_object_, object_object_;
  std::map<std::string, std::unique_ptr<Insert>> own_tables_;
  std::optional<Error> failed_;
};

Result<void> fill(Database& db, const State& state, const EventSource& source, TreeSize end,
                  const Scope& scope) {
  SqliteWriter writer(db);
  HOUNIAO_TRY(writer.begin());
  HOUNIAO_TRY(walk_ocel(state, source, end, scope, writer));
  return writer.end();
}

// What an earlier attempt left behind: SQLite would add to the file, and play its journals back
// into it. Where one is a link, its target stays as it is.
Result<void> clear_way(const std::filesystem::path& part) {
  for (const char* ending : {"", "-journal", "-wal", "-shm"}) {
    std::error_code error;
    const std::filesystem::path file = part.string() + ending;
    std::filesystem::remove(file, error);
    if (error) return fail(Errc::storage_failed, file.string() + ": " + error.message());
  }
  return {};
}

}  // namespace

Result<void> write_ocel_sqlite(const State& state, const EventSource& source, TreeSize end,
                               const Scope& scope, const std::filesystem::path& path) {
  const std::filesystem::path part = path.string() + ".part";
  HOUNIAO_TRY(clear_way(part));
  std::error_code error;
  Result<void> done;
  {
    Database db;
    done = db.open(part.string());
    if (done) done = fill(db, state, source, end, scope);
  }
  if (done) {
    std::filesystem::rename(part, path, error);
    if (!error) return {};
    done = fail(Errc::storage_failed, "cannot write " + path.string() + ": " + error.message());
  }
  std::filesystem::remove(part, error);
  return done;
}

Result<std::string> ocel_sqlite_bytes(const State& state, const EventSource& source, TreeSize end,
                                      const Scope& scope, std::size_t bytes_max) {
  Database db;
  HOUNIAO_TRY(db.open(":memory:"));
  HOUNIAO_TRY(db.run("PRAGMA page_size=" + std::to_string(kPageBytes) +
                     "; PRAGMA max_page_count=" + std::to_string(pages_of(bytes_max))));
  if (const auto filled = fill(db, state, source, end, scope); !filled) {
    if (filled.error().code != Errc::storage_full) return filled.error();
    return fail(Errc::too_large, "the SQLite database is larger than the bound of " +
                                     std::to_string(bytes_max) + " bytes");
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(db.get(), "main", &size, 0);
  if (bytes == nullptr) return db.error();
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  return out;
}

}  // namespace houniao::exports
