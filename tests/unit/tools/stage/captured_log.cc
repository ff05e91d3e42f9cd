#include "tests/unit/tools/stage/captured_log.h"

#include <capnp/any.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "replay/digest.h"
#include "schema/programmes/packs.h"
#include "tools/programme_a/play.h"
#include "tools/programme_b/play.h"
#include "tools/programme_c/play.h"
#include "tools/programme_d/play.h"
#include "tools/programme_e/play.h"

namespace houniao::stage {
namespace {

void say_nothing(std::string_view) {}

template <class Play>
void tell(CapturedLog& log, PaperBackstage& stage, std::uint64_t seed, std::int64_t permille) {
  Play play(log.pack, stage, seed, say_nothing, permille);
  const Result<void> told = play.run();
  EXPECT_TRUE(told) << (told ? "" : told.error().message());
  log.kept_held = play.kept_held();
}

void tell_b(CapturedLog& log, PaperBackstage& stage, std::uint64_t seed) {
  programme_b::Cast cast(stage);
  programme_b::Story story(log.pack, cast, seed, say_nothing);
  const Result<void> told = programme_b::play(story);
  EXPECT_TRUE(told) << (told ? "" : told.error().message());
  log.kept_held = story.kept_held;
}

std::unique_ptr<CapturedLog> capture(std::string_view code, std::uint64_t seed) {
  auto log = std::make_unique<CapturedLog>();
  auto pack = parse_pack(embedded_pack(code));
  EXPECT_TRUE(pack) << (pack ? "" : pack.error().message());
  if (!pack) return log;
  log->pack = std::move(*pack);
  PaperBackstage stage(true);
  if (code == "a") tell<programme_a::Play>(*log, stage, seed, 100);
  if (code == "b") tell_b(*log, stage, seed);
  if (code == "c") tell<programme_c::Play>(*log, stage, seed, 60);
  if (code == "d") tell<programme_d::Play>(*log, stage, seed, 150);
  if (code == "e") tell<programme_e::Play>(*log, stage, seed, 30);
  log->whole = digest(stage.state);
  log->events = std::move(stage.log);
  for (std::size_t place = 0; place < log->events.size(); ++place) {
    log->places.emplace(log->events[place].id, place);
  }
  return log;
}

// --- ids in a message ---------------------------------------------------------------------------

std::uint64_t word_at(kj::ArrayPtr<const kj::byte> data, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 8; i > 0; --i) word = (word << 8) | data[at + i - 1];
  return word;
}

// Shows every 64-bit word that is no part of a pointer, a text or a blob: those are all the places
// in which an id can stand.
template <class See>
void each_word(capnp::AnyStruct::Reader value, See& see) {
  const auto data = value.getDataSection();
  for (std::size_t at = 0; at + 8 <= data.size(); at += 8) see(word_at(data, at));
  const auto pointers = value.getPointerSection();
  for (unsigned i = 0; i < pointers.size(); ++i) {
    const auto pointer = pointers[i];
    if (pointer.isStruct()) each_word(pointer.getAs<capnp::AnyStruct>(), see);
    if (!pointer.isList()) continue;
    const auto list = pointer.getAs<capnp::AnyList>();
    if (list.getElementSize() == capnp::ElementSize::EIGHT_BYTES) {
      for (const std::uint64_t item : list.as<capnp::List<std::uint64_t>>()) see(item);
    }
    if (list.getElementSize() == capnp::ElementSize::INLINE_COMPOSITE) {
      for (const auto item : list.as<capnp::List<capnp::AnyStruct>>()) each_word(item, see);
    }
  }
}

}  // namespace

const CapturedLog& captured(std::string_view code, std::uint64_t seed) {
  static std::map<std::pair<std::string, std::uint64_t>, std::unique_ptr<CapturedLog>> logs;
  std::unique_ptr<CapturedLog>& log = logs[{std::string(code), seed}];
  if (log == nullptr) log = capture(code, seed);
  return *log;
}

std::vector<std::size_t> own_order(const CapturedLog& log) {
  std::vector<std::size_t> order(log.events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

State fold(const CapturedLog& log, std::span<const std::size_t> order) {
  State state;
  for (std::size_t n = 0; n < order.size(); ++n) {
    const FoldedEvent& event = log.events[order[n]];
    EventReader reader;
    HOUNIAO_ASSERT(reader.open(event.bytes));
    const Received& received = log.events[n].received;
    const Judgement judgement = admit(state, reader, received);
    apply(state, reader, received, judgement);
  }
  return state;
}

std::vector<EventId> named_by(const CapturedLog& log, std::size_t place) {
  const FoldedEvent& event = log.events[place];
  std::vector<EventId> out;
  const auto see = [&](std::uint64_t word) {
    // The high half is the number of a device, of which there are few.
    constexpr std::uint64_t kDevicesMax = 1'000;
    if (word >> 32 == 0 || word >> 32 > kDevicesMax) return;
    const EventId id{word};
    if (id != event.id && log.places.contains(id)) out.push_back(id);
  };
  MessageReader reader;
  HOUNIAO_ASSERT(reader.open(event.bytes, event.bytes.size()));
  each_word(reader.message().getRoot<capnp::AnyStruct>(), see);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<EventId> named_in_body(const CapturedLog& log, std::size_t place) {
  std::vector<EventId> out = named_by(log, place);
  EventReader reader;
  HOUNIAO_ASSERT(reader.open(log.events[place].bytes));
  const schema::Event::Reader event = reader.get();
  for (const std::uint64_t id :
       {event.getProgramme(), event.getSite(), event.getOrganisation(), event.getActor()}) {
    std::erase(out, EventId{id});
  }
  return out;
}

}  // namespace houniao::stage
