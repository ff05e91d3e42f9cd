// A device in memory for the tests of the import: builds and checks every event with the SDK's own
// encoder, and can stop at the two moments at which a crash matters. One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client_sdk/core/event_builder.h"
#include "schema/codec.h"
#include "tests/support/prng.h"
#include "tools/import/book.h"

namespace houniao::tests {

class MemoryBook final : public importing::Book {
 public:
  explicit MemoryBook(std::uint32_t device = 7) : device_(device) {}

  EventId next_event_id() const override;
  Result<void> record(std::span<const EventDraft> drafts) override;
  Result<std::vector<std::optional<Seen>>> look(EventId first, std::size_t count) const override;
  Result<Verdict> verdict(EventId event) const override;

  // The next record() ends as if the process died before or after its commit.
  enum class Crash : std::uint8_t { none, before, after };
  Crash crash = Crash::none;
  // Whether look() knows types and days, as it does for events of a scope that the device reads.
  bool forgets = false;

  std::size_t size() const { return events_.size(); }
  const Bytes& bytes(std::size_t i) const { return events_[i]; }
  // Calls visit(schema::Event::Reader) for the i-th event.
  template <class Visit>
  void with_event(std::size_t i, Visit&& visit) const {
    EventReader reader;
    const auto opened = reader.open_untrusted(events_[i]);
    HOUNIAO_ASSERT(opened.has_value());
    visit(reader.get());
  }
  // What was sealed in the i-th event, by order; the subject's key is on this device.
  PersonalData personal(std::size_t i) const;

 private:
  std::uint32_t device_;
  std::vector<Bytes> events_;
  std::map<std::uint64_t, client::SubjectKey> keys_;
  Prng random_{11};
};

}  // namespace houniao::tests
