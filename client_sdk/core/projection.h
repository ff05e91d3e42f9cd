// The folded state of what this device knows: confirmed records in the order of the log, and a view
// with the device's own unconfirmed events applied over it. The one place of the SDK that knows how
// replay/ is driven. Pure; one thread at a time.
#pragma once

#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/ports.h"

namespace houniao {
class State;
}

namespace houniao::client {

class Projection {
 public:
  Projection();
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  // Folds one record; in the order of the log. corrupt when it cannot be read.
  Result<void> fold(ByteView record);
  // Forgets everything.
  void reset();
  std::uint64_t folded() const { return folded_; }  // records since reset() or restore()

  const State& confirmed() const { return *confirmed_; }
  // Confirmed state with the pending events applied, each judged as it would be judged there.
  // `pending(visit)` calls visit(event bytes) in chain order. Kept until the next fold() or
  // dirty().
  using Pending = std::function<void(const std::function<void(ByteView)>&)>;
  const State& with_pending(const Pending& pending, WallTime now);
  void dirty();

  Hash digest() const;
  Bytes snapshot() const;
  Result<void> restore(ByteView snapshot);

 private:
  struct Readers;

  std::unique_ptr<State> confirmed_;
  std::unique_ptr<State> overlay_;
  std::unique_ptr<Readers> readers_;
  std::uint64_t folded_ = 0;
};

}  // namespace houniao::client
