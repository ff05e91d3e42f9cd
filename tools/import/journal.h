// Which rows were recorded as which events: the memory of the import, beside the client's store.
// JSON lines, only appended to.
//
//   {"journal":"houniao import","version":1,"salt":...,"check":...}
//   {"batch":1,"file":"<sha-256>","first":"2-17","rows":[[identity,key,content,row,type,day],...]}
//   {"done":1}        or        {"dropped":1}
//
// The order that makes a crash harmless: the batch is on the disk before the client records it; the
// client records it as a whole or not at all. A batch of which neither "done" nor "dropped" is
// known is looked up in the client when the journal is opened again (reconcile()).
//
// Identity, key and content are keyed hashes (marks.h) under a key derived from the client's own
// secret, so that the file tells nobody who is in the book. Owned by the command; one thread, one
// process at a time (the client's directory is locked).
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ports.h"
#include "tools/import/append_file.h"
#include "tools/import/book.h"
#include "tools/import/marks.h"

namespace houniao::importing {

struct JournalRow {
  Mark identity{};  // of file, sheet, entry, key or row number, and content
  Mark key{};       // of key space and key; all zero when the row has none
  Mark content{};   // of the cells that the mapping uses
  std::uint32_t row = 0;
  std::uint16_t type = 0;
  Day occurred;
};

class Journal {
 public:
  struct Secret {
    std::string passphrase;  // or
    std::optional<SymmetricKey> key;
  };
  enum class Access : std::uint8_t { write, look };  // look: nothing is ever written

  // Makes the file when it is not there. wrong_key: made under another secret; corrupt: a line
  // other than the last cannot be read.
  static Result<Journal> open(const std::filesystem::path& path, const Secret& secret,
                              Random& random, Access access);

  const Marker& marker() const { return *marker_; }

  // Finds out about batches that were cut short. Call once before everything below. corrupt when
  // the journal names events that the device does not have: an older copy of the device was
  // restored.
  Result<void> reconcile(const Book& book);

  struct Known {
    Hash file;
    std::uint32_t row = 0;
    Mark content{};
    EventId event;
  };
  const Known* find_row(const Mark& identity) const;
  const Known* find_key(const Mark& key) const;

  // Durable when it returns; then record, then done().
  Result<void> intend(const Hash& file, EventId first, std::vector<JournalRow> rows);
  Result<void> done();

 private:
  struct Batch {
    std::uint64_t number = 0;
    Hash file;
    EventId first;
    std::vector<JournalRow> rows;
  };

  Journal() = default;
  Result<void> load(const std::filesystem::path& path, const Secret& secret, std::size_t& bytes);
  Result<void> load_head(std::string_view line, const Secret& secret);
  Result<void> load_line(std::string_view line);
  Result<void> make_head(const Secret& secret, Random& random, std::string& line);
  Result<bool> was_recorded(const Batch& batch, const Book& book) const;
  void learn(const Batch& batch);
  Result<void> close_batch(const char* how, std::uint64_t number, bool durably);

  std::optional<AppendFile> file_;  // none: look only
  std::optional<Marker> marker_;
  std::uint64_t last_batch_ = 0;
  std::map<std::uint64_t, Batch> open_;
  EventId greatest_;
  std::vector<Known> known_;
  boost::unordered_flat_map<Mark, std::uint32_t, MarkHash> by_identity_;
  boost::unordered_flat_map<Mark, std::uint32_t, MarkHash> by_key_;
};

}  // namespace houniao::importing
