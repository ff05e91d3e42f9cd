// Port to the device's own durable store: small tables of values under 64-bit keys, written in
// atomic, durable groups. Production puts an encrypting LMDB behind it (client_sdk/cpp), tests and
// the simulator a map in memory.
//
// Threads: commit() by one thread at a time; get() and scan() may run beside it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/error.h"

namespace houniao::client {

enum class Table : std::uint8_t {
  meta,      // one value per MetaKey
  outbox,    // own events not yet seen on the pull stream; key: first device_seq of the value
  batches,   // records as they arrived; key: number of arrival, from 1
  keys,      // subject keys; key: key id
  sealed,    // sealed items about one person; key: person id
  snapshot,  // folded state; key 1
};
inline constexpr std::size_t kTables = 6;

enum class MetaKey : std::uint64_t {
  device_seed = 1,
  identity = 2,
  chain = 3,
  position = 4,
  acknowledged = 5,
  clock = 6,
  alarm = 7,
};

struct Write {
  Table table;
  std::uint64_t key = 0;
  std::optional<Bytes> value;  // absent: erase
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Result<std::optional<Bytes>> get(Table table, std::uint64_t key) const = 0;
  // Ascending by key from `from`; stops at the first error that `visit` gives. The view is valid
  // during the call only.
  using Visit = std::function<Result<void>(std::uint64_t key, ByteView value)>;
  virtual Result<void> scan(Table table, std::uint64_t from, const Visit& visit) const = 0;
  // All or nothing, durable when it returns. storage_full leaves everything as it was.
  virtual Result<void> commit(std::span<const Write> writes) = 0;
};

// For tests and simulation: commit() is durable at once, unless told to fail.
class MemoryStore final : public Store {
 public:
  Result<std::optional<Bytes>> get(Table table, std::uint64_t key) const override;
  Result<void> scan(Table table, std::uint64_t from, const Visit& visit) const override;
  Result<void> commit(std::span<const Write> writes) override;

  // The next commits fail with this error until cleared.
  void fail_commits(std::optional<Error> error) { failure_ = std::move(error); }
  std::size_t commits() const { return commits_; }

 private:
  std::map<std::uint64_t, Bytes> tables_[kTables];
  std::optional<Error> failure_;
  std::size_t commits_ = 0;
};

}  // namespace houniao::client
