#include "tools/import/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "tools/import/limits.h"

namespace houniao::importing {
namespace {

using Json = nlohmann::json;

constexpr const char* kName = "houniao import";
constexpr std::string_view kPurpose = "houniao import journal 1";
constexpr std::size_t kRowMembers = 6;

Error damaged(const std::string& what) {
  return fail(Errc::corrupt, "the import journal: " + what +
                                 "; keep the file and ask for help: without it rows that were "
                                 "imported before would be imported again");
}

SymmetricKey key_of(const Journal::Secret& secret, const std::array<std::uint8_t, 16>& salt) {
  SymmetricKey master = secret.key ? *secret.key : key_from_passphrase(secret.passphrase, salt);
  const SymmetricKey out = derive_key(master, kPurpose);
  wipe(master.data(), master.size());
  return out;
}

std::optional<Mark> parse_mark(const Json& json) {
  if (!json.is_string()) return std::nullopt;
  const auto bytes = from_hex(json.get_ref<const std::string&>());
  Mark out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

std::optional<JournalRow> parse_row(const Json& json) {
  if (!json.is_array() || json.size() != kRowMembers) return std::nullopt;
  const auto identity = parse_mark(json[0]);
  const auto key = parse_mark(json[1]);
  const auto content = parse_mark(json[2]);
  for (std::size_t i = 3; i < kRowMembers; ++i) {
    if (!json[i].is_number_integer()) return std::nullopt;
  }
  if (!identity || !key || !content) return std::nullopt;
  return JournalRow{*identity,
                    *key,
                    *content,
                    json[3].get<std::uint32_t>(),
                    json[4].get<std::uint16_t>(),
                    Day{json[5].get<std::int32_t>()}};
}

}  // namespace

Result<Journal> Journal::open(const std::filesystem::path& path, const Secret& secret,
                              Random& random, Access access) {
  Journal out;
  std::size_t bytes = 0;
  std::error_code error;
  if (std::filesystem::exists(path, error)) HOUNIAO_TRY(out.load(path, secret, bytes));
  std::string head;
  if (!out.marker_) HOUNIAO_TRY(out.make_head(secret, random, head));
  if (access == Access::look) return out;
  auto file = AppendFile::open(path, bytes);
  if (!file) return file.error();
  out.file_.emplace(std::move(*file));
  if (!head.empty()) HOUNIAO_TRY(out.file_->append(head, true));
  return out;
}

Result<void> Journal::make_head(const Secret& secret, Random& random, std::string& line) {
  std::array<std::uint8_t, 16> salt{};
  random.fill(salt);
  marker_.emplace(key_of(secret, salt));
  line = Json{{"journal", kName},
              {"version", 1},
              {"salt", to_hex(salt)},
              {"check", to_hex(marker_->mark("check", {}))}}
             .dump() +
         "\n";
  return {};
}

// `bytes` becomes the length of the lines that are whole. The last line may be torn: it was being
// written when the machine stopped, and nothing was done upon it.
Result<void> Journal::load(const std::filesystem::path& path, const Secret& secret,
                           std::size_t& bytes) {
  const auto content = os::read_file(path, limits::kJournalBytesMax);
  if (!content) return content.error();
  std::string_view rest = as_text(*content);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    Result<void> loaded;
    try {
      loaded = marker_ ? load_line(line) : load_head(line, secret);
    } catch (const nlohmann::json::exception&) {
      loaded = damaged("a member of the wrong type");
    }
    if (!loaded) {
      const bool torn = rest.empty() && loaded.error().code == Errc::corrupt;
      return torn ? Result<void>() : loaded;
    }
    bytes += end + 1;
  }
  return {};
}

Result<void> Journal::load_head(std::string_view line, const Secret& secret) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object() || json.value("journal", "") != kName) return damaged("no proper head");
  if (json.value("version", 0) != 1) {
    return fail(Errc::invalid_argument, "the import journal is of a newer version of this program");
  }
  const auto salt = parse_mark(json.value("salt", Json()));
  const auto check = parse_mark(json.value("check", Json()));
  if (!salt || !check) return damaged("no proper head");
  Marker marker(key_of(secret, *salt));
  if (marker.mark("check", {}) != *check) {
    return fail(Errc::wrong_key, "the import journal was made under another pass phrase");
  }
  marker_.emplace(marker);
  return {};
}

Result<void> Journal::load_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return damaged("a line that is no JSON object");
  for (const char* end : {"done", "dropped"}) {
    if (!json.contains(end)) continue;
    const auto found =
        json[end].is_number_unsigned() ? open_.find(json[end].get<std::uint64_t>()) : open_.end();
    if (found == open_.end()) return damaged("a line about a batch that is not open");
    if (std::string_view(end) == "done") learn(found->second);
    open_.erase(found);
    return {};
  }
  Batch batch;
  const auto file = from_hex(json.value("file", ""));
  const auto hash = file ? hash_from(*file) : std::nullopt;
  batch.first = parse_event_id(json.value("first", ""));
  const auto number = json.find("batch");
  const auto rows = json.find("rows");
  if (!hash || !batch.first || number == json.end() || !number->is_number_unsigned() ||
      rows == json.end() || !rows->is_array()) {
    return damaged("a batch without its parts");
  }
  batch.file = *hash;
  batch.number = number->get<std::uint64_t>();
  for (const Json& item : *rows) {
    const auto row = parse_row(item);
    if (!row) return damaged("a row without its parts");
    batch.rows.push_back(*row);
  }
  if (batch.number != last_batch_ + 1) return damaged("batches out of order");
  last_batch_ = batch.number;
  open_.emplace(batch.number, std::move(batch));
  return {};
}

void Journal::learn(const Batch& batch) {
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const JournalRow& row = batch.rows[i];
    const auto place = static_cast<std::uint32_t>(known_.size());
    known_.push_back({batch.file, row.row, row.content, EventId{batch.first.value + i}});
    by_identity_.emplace(row.identity, place);
    if (row.key != Mark{}) by_key_.emplace(row.key, place);
    greatest_ = std::max(greatest_, known_.back().event);
  }
}

// The batch was committed as a whole or not at all, so one event that cannot be of it says no.
Result<bool> Journal::was_recorded(const Batch& batch, const Book& book) const {
  if (batch.first.value + batch.rows.size() > book.next_event_id().value) return false;
  const auto seen = book.look(batch.first, batch.rows.size());
  if (!seen) return seen.error();
  if (seen->size() != batch.rows.size()) return false;
  for (std::size_t i = 0; i < seen->size(); ++i) {
    const Book::Seen expected{static_cast<EventType>(batch.rows[i].type), batch.rows[i].occurred};
    if ((*seen)[i] && *(*seen)[i] != expected) return false;
  }
  return true;
}

Result<void> Journal::reconcile(const Book& book) {
  const EventId next = book.next_event_id();
  for (const auto& [number, batch] : open_) {
    const auto recorded = was_recorded(batch, book);
    if (!recorded) return recorded.error();
    if (*recorded) learn(batch);
    HOUNIAO_TRY(close_batch(*recorded ? "done" : "dropped", number, true));
  }
  open_.clear();
  if (!greatest_) return {};
  if (device_of(greatest_) != device_of(next)) {
    return fail(Errc::invalid_argument, "the import journal belongs to device " +
                                            std::to_string(device_of(greatest_).value));
  }
  if (greatest_ >= next) {
    return damaged("it names event " + to_string(greatest_) +
                   ", which this device does not have; an older copy of the device was restored");
  }
  return {};
}

const Journal::Known* Journal::find_row(const Mark& identity) const {
  const auto found = by_identity_.find(identity);
  return found == by_identity_.end() ? nullptr : &known_[found->second];
}

const Journal::Known* Journal::find_key(const Mark& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &known_[found->second];
}

Result<void> Journal::intend(const Hash& file, EventId first, std::vector<JournalRow> rows) {
  HOUNIAO_ASSERT(file_ && open_.empty() && rows.size() <= limits::kImportBatchRows);
  Json list = Json::array();
  for (const JournalRow& row : rows) {
    list.push_back(Json::array({to_hex(row.identity), to_hex(row.key), to_hex(row.content), row.row,
                                row.type, row.occurred.value}));
  }
  Batch batch{last_batch_ + 1, file, first, std::move(rows)};
  const Json line{{"batch", batch.number},
                  {"file", to_hex(file.bytes)},
                  {"first", to_string(first)},
                  {"rows", std::move(list)}};
  HOUNIAO_TRY(file_->append(line.dump() + "\n", true));
  last_batch_ = batch.number;
  open_.emplace(batch.number, std::move(batch));
  return {};
}

// Need not be durable: a line that is lost is found out about as after any crash.
Result<void> Journal::done() {
  HOUNIAO_ASSERT(open_.size() == 1);
  const std::uint64_t number = open_.begin()->first;
  HOUNIAO_TRY(close_batch("done", number, false));
  learn(open_.begin()->second);
  open_.clear();
  return {};
}

Result<void> Journal::close_batch(const char* how, std::uint64_t number, bool durably) {
  if (!file_) return {};
  return file_->append(Json{{how, number}}.dump() + "\n", durably);
}

}  // namespace houniao::importing
