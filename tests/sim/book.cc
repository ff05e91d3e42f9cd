#include "tests/sim/book.h"

#include <algorithm>

#include "replay/ledger.h"

namespace houniao::sim {
namespace {

constexpr std::uint64_t kStrayOneIn = 40;
constexpr std::uint32_t kUnknownDevice = 60'000;
constexpr std::size_t kRecent = 4;
constexpr std::uint8_t kHashes = 24;  // different ones

}  // namespace

Day sim_today() { return to_day({2016, 3, 1}); }
Day sim_first_day() { return to_day({2015, 1, 1}); }

std::int64_t Book::fen(std::int64_t most) {
  if (!odd()) return 1 + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most)));
  const std::int64_t wrong[] = {0, -1, -most, kFenMax.value, kFenMax.value + 1};
  return wrong[below(std::size(wrong))];
}

std::string Book::text(std::string good) {
  if (!odd()) return good;
  static constexpr std::string_view kWrong[] = {"", " ", "\"}{\\,;\n", "\u4e8c\u00a0\U0001f426",
                                                "0"};
  return std::string(kWrong[below(std::size(kWrong))]);
}

Bytes Book::hash() { return Bytes(odd() ? 5 : 32, static_cast<std::uint8_t>(1 + below(kHashes))); }

Bytes Book::index() { return Bytes(16, static_cast<std::uint8_t>(1 + below(kHashes))); }

std::vector<std::uint16_t> Book::shares(std::size_t n) {
  std::vector<std::uint16_t> out(n, static_cast<std::uint16_t>(n == 0 ? 0 : 1000 / n));
  if (n == 0) return out;
  out[0] = static_cast<std::uint16_t>(1000 - out[0] * (n - 1));
  if (!one_in(8)) return out;
  static constexpr std::uint16_t kWrong[] = {0, 1, 999, 1001, 65'535};
  out[below(n)] = kWrong[below(std::size(kWrong))];
  return out;
}

std::uint32_t Book::some_device() {
  if (own_ && !one_in(3)) return own_.value;
  if (odd()) return kUnknownDevice + static_cast<std::uint32_t>(below(100));
  if (!lost_.empty() && one_in(3)) return a_lost_device().value;
  return heads_.empty() ? own_.value : device_of(heads_[below(heads_.size())]).value;
}

DeviceNumber Book::a_lost_device() {
  return lost_.empty() ? DeviceNumber{} : lost_[below(lost_.size())];
}

Made Book::pick(EventType type) {
  if (one_in(kStrayOneIn)) return stray();
  const std::vector<Made>& made = list(type);
  if (made.empty()) return {};
  const std::size_t recent = std::min(made.size(), kRecent);
  return made[one_in(2) ? made.size() - 1 - below(recent) : below(made.size())];
}

// A name that leads nowhere, to what a device has not recorded yet, or to something else.
Made Book::stray() {
  Made out;
  switch (below(4)) {
    case 0:
      break;
    case 1:
      out.id = event_id(DeviceNumber{kUnknownDevice}, DeviceSeq{1 + below(1'000)}).value;
      break;
    case 2:
      if (!heads_.empty()) out.id = heads_[below(heads_.size())].value + 1 + below(8);
      break;
    default:
      out.id = any_event();
  }
  return out;
}

std::uint64_t Book::any_event() { return all_.empty() ? 0 : all_[below(all_.size())]; }

void Book::keep(std::size_t n, EventType type, EventId id) {
  Made made = n < notes_.size() ? notes_[n] : Made{};
  made.id = id.value;
  made_[static_cast<std::size_t>(type)].push_back(made);
  all_.push_back(id.value);
  const auto same = std::find_if(heads_.begin(), heads_.end(),
                                 [&](EventId head) { return device_of(head) == device_of(id); });
  if (same == heads_.end()) {
    heads_.push_back(id);
  } else {
    *same = id;
  }
}

}  // namespace houniao::sim
