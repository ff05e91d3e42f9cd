// Walks over records that are to be folded in order, a few records ahead of the fold: a record is
// opened before its turn, and what apply() will look up for it is asked for (replay/warm.h), so
// that the memory arrives while the records before it are folded. What the fold finds, and when, is
// the same as without.
//
// For records whose bytes were checked before: they are opened as RecordReader::open() does. Lives
// on the stack of the fold; the records and the state must outlive it.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "replay/state.h"
#include "replay/warm.h"
#include "schema/codec.h"

namespace houniao {

class Lookahead {
 public:
  struct Opened {
    ByteView bytes;
    // Whether the readers are open. When not, the record is to be folded from its bytes, which
    // finds what is wrong with it when its turn has come.
    bool ready = false;
    RecordReader record;
    EventReader event;  // only when record.is_event()
    // What apply() of the event will look up first, in a table that grows with the log.
    enum class Table : std::uint8_t {
      none,
      persons_by_index,
      consents,
      memberships,
      cases_by_certificate,
      cases,
    };
    Table table = Table::none;
    std::uint64_t key = 0;  // a hash, or an id
  };

  Lookahead(const State& state, std::span<const ByteView> records);

  // The next record; nullptr after the last. Valid until the next call.
  const Opened* next();

 private:
  // How many records an opened one lies ahead. What is asked for takes about as long as one record
  // needs to be folded, and there are two steps.
  static constexpr std::size_t kDepth = 2;

  Opened& slot(std::size_t i) { return ring_[i % ring_.size()]; }
  void advance(std::size_t i);
  void open(Opened& opened, ByteView bytes);
  void warm(const Opened& opened, Warm step) const;
  void aim(Opened& opened) const;

  const State& state_;
  std::span<const ByteView> records_;
  std::size_t next_ = 0;
  std::array<Opened, kDepth + 1> ring_;
};

}  // namespace houniao
