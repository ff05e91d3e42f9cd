// What witnesses added to the log's checkpoints (C2SP tlog-cosignature), kept beside the log and
// never on the way of a commit. Every line is verified before it comes in here.
//
//   <data>/cosigned/<size, 20 digits>   the checkpoint note with the cosignatures that it got
//
// Threads: add() belongs to one, everything else to any. No lock is held while a file is written.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "replay/cosignature.h"

namespace houniao {

class Cosignatures {
 public:
  // Cosigned checkpoints that are kept; the oldest go first.
  static constexpr std::size_t kKept = 1'024;

  // Reads what was kept. Files that are not cosigned notes are left alone and ignored.
  static Result<std::unique_ptr<Cosignatures>> open(const std::filesystem::path& directory);

  // Adds those of `lines` that are good cosignatures of the note by one of `cosigners`; says how
  // many there were. What others signed stays. storage_failed, storage_full: kept in memory only.
  // For one thread at a time.
  Result<std::size_t> add(const std::string& note, std::string_view lines,
                          const std::vector<Cosigner>& cosigners);

  // The note with the cosignatures that are kept for exactly its text; unchanged when there are
  // none.
  std::string with_cosignatures(std::string note) const;
  // The largest checkpoint that a witness signed.
  std::optional<std::string> newest() const;
  // Every one that is kept, ascending by size, with its cosignatures.
  std::vector<std::string> notes() const;
  // Sizes for which cosignatures are kept, ascending.
  std::vector<TreeSize> sizes() const;

 private:
  struct Kept {
    std::string text;  // the signed text
    std::string note;
    std::string lines;  // cosignature lines
  };
  explicit Cosignatures(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path file_of(TreeSize size) const;
  std::vector<TreeSize> drop_old();

  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::map<TreeSize, Kept> kept_;
};

}  // namespace houniao
