#include "replay/reasons.h"

#include <algorithm>
#include <array>

namespace houniao {

namespace {

constexpr ReasonRow kRows[] = {
#define X(name, number, severity, zh, en) {Reason::name, #name, Severity::severity, zh, en},
    HOUNIAO_REASONS(X)
#undef X
};

consteval bool numbers_are_unique_and_fit() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    const auto number = static_cast<std::uint16_t>(kRows[i].reason);
    if (number == 0 || number > Reasons::kNumberMax) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (kRows[j].reason == kRows[i].reason) return false;
    }
  }
  return true;
}
static_assert(numbers_are_unique_and_fit(), "two reasons share a number, or a number is too large");

// Row of each number, 0xff where there is none.
constexpr auto kPlaces = [] {
  std::array<std::uint8_t, Reasons::kNumberMax + 1> places{};
  for (auto& place : places) place = 0xff;
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    places[static_cast<std::uint16_t>(kRows[i].reason)] = static_cast<std::uint8_t>(i);
  }
  return places;
}();
static_assert(std::size(kRows) < 0xff);

struct Mask {
  std::uint64_t words[4] = {0, 0, 0, 0};
};
constexpr Mask mask_of_at_least(Severity severity) {
  Mask mask;
  for (const ReasonRow& row : kRows) {
    const auto number = static_cast<std::uint16_t>(row.reason);
    if (row.severity >= severity) mask.words[number / 64] |= std::uint64_t{1} << (number % 64);
  }
  return mask;
}
constexpr Mask kMasks[] = {mask_of_at_least(Severity::flag), mask_of_at_least(Severity::hold),
                           mask_of_at_least(Severity::firm)};

}  // namespace

const ReasonRow* find_reason(std::uint16_t number) {
  if (number > Reasons::kNumberMax || kPlaces[number] == 0xff) return nullptr;
  return &kRows[kPlaces[number]];
}

const ReasonRow* find_reason(std::string_view name) {
  for (const ReasonRow& row : kRows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string_view name_of(Reason reason) {
  const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
  return row == nullptr ? std::string_view{"unknown"} : row->name;
}

Severity severity_of(Reason reason) {
  const ReasonRow* row = find_reason(static_cast<std::uint16_t>(reason));
  return row == nullptr ? Severity::flag : row->severity;
}

bool Reasons::any_of_at_least(Severity severity) const {
  const Mask& mask = kMasks[static_cast<std::size_t>(severity)];
  for (std::size_t i = 0; i < 4; ++i) {
    if ((bits_[i] & mask.words[i]) != 0) return true;
  }
  return false;
}

Reasons Reasons::without_waived(const Reasons& waived) const {
  const Mask& firm = kMasks[static_cast<std::size_t>(Severity::firm)];
  Reasons rest = *this;
  for (std::size_t i = 0; i < 4; ++i) rest.bits_[i] &= ~waived.bits_[i] | firm.words[i];
  return rest;
}

std::vector<std::uint16_t> Reasons::numbers() const {
  std::vector<std::uint16_t> out;
  out.reserve(size());
  for_each([&](Reason reason) { out.push_back(static_cast<std::uint16_t>(reason)); });
  return out;
}

}  // namespace houniao
