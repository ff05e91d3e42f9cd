#include "tests/unit/tools/import/memory_book.h"

namespace houniao::tests {
namespace {

constexpr DeviceId kDevice{{7, 7, 7}};

}  // namespace

EventId MemoryBook::next_event_id() const {
  return event_id(DeviceNumber{device_}, DeviceSeq{events_.size() + 1});
}

Result<void> MemoryBook::record(std::span<const EventDraft> drafts) {
  if (crash == Crash::before) return fail(Errc::internal, "the process died before the commit");
  SymmetricKey blind_key{};
  blind_key.fill(5);
  client::Envelope envelope{.device = kDevice,
                            .number = DeviceNumber{device_},
                            .seq = DeviceSeq{events_.size()},
                            .prev = events_.empty() ? Hash{} : sha256(events_.back()),
                            .recorded_at = WallTime{1'700'000'000'000'000},
                            .clock_offset_ms = 0,
                            .clock_uncertainty_ms = 0,
                            .holder = 3,
                            .blind_key = &blind_key};
  std::vector<Bytes> built;
  auto keys = keys_;
  for (const EventDraft& draft : drafts) {
    ++envelope.seq.value;
    auto event = client::build_event(draft, envelope, client::KeyRing(), keys, random_);
    if (!event) return event.error();
    envelope.prev = event->hash;
    if (event->made_key) {
      keys[event_id(DeviceNumber{device_}, envelope.seq).value] = *event->made_key;
    }
    built.push_back(std::move(event->bytes));
  }
  keys_ = std::move(keys);
  for (Bytes& bytes : built) events_.push_back(std::move(bytes));
  if (crash == Crash::after) return fail(Errc::internal, "the process died after the commit");
  return {};
}

Result<std::vector<std::optional<importing::Book::Seen>>> MemoryBook::look(
    EventId first, std::size_t count) const {
  std::vector<std::optional<Seen>> out;
  const std::uint64_t from = device_seq_of(first).value - 1;
  for (std::uint64_t i = from; i < from + count && i < events_.size(); ++i) {
    if (forgets) {
      out.emplace_back();
      continue;
    }
    with_event(i, [&](schema::Event::Reader event) {
      out.push_back(Seen{event.getBody().which(), Day{event.getOccurredDay()}});
    });
  }
  return out;
}

Result<importing::Book::Verdict> MemoryBook::verdict(EventId event) const {
  if (event >= next_event_id()) return fail(Errc::not_found, to_string(event));
  // Every third event is flagged, every fifth held, so that counts can be told apart.
  Verdict out;
  const std::uint64_t seq = device_seq_of(event).value;
  out.status = seq % 5 == 0   ? SyncStatus::held
               : seq % 3 == 0 ? SyncStatus::flagged
                              : SyncStatus::accepted;
  if (out.status != SyncStatus::accepted) out.reasons.add(Reason::value_invalid);
  return out;
}

PersonalData MemoryBook::personal(std::size_t i) const {
  PersonalData out;
  with_event(i, [&](schema::Event::Reader event) {
    std::uint16_t place = 0;
    for (const auto sealed : event.getSealed()) {
      Nonce nonce{};
      std::copy_n(sealed.getNonce().begin(), nonce.size(), nonce.begin());
      const Bytes associated =
          sealed_associated_data(kDevice, DeviceSeq{event.getDeviceSeq()}, place++);
      const auto plain =
          open(keys_.at(sealed.getKeyId()).key, nonce, to_view(sealed.getCiphertext()), associated);
      client::merge_personal(out, client::decode_personal(plain.value()).value());
    }
  });
  return out;
}

}  // namespace houniao::tests
