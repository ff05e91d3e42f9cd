#include "exports/text.h"

#include <algorithm>
#include <vector>

namespace houniao::exports {

std::string snake_case(std::string_view camel) {
  std::string out;
  for (char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out.push_back('_');
      c = static_cast<char>(c - 'A' + 'a');
    }
    out.push_back(c);
  }
  return out;
}

std::string reverse_dns(std::string_view origin) {
  std::string_view host = origin.substr(0, origin.find('/'));
  host = host.substr(0, host.find(':'));
  std::string out;
  while (!host.empty()) {
    const std::size_t dot = host.rfind('.');
    if (!out.empty()) out += '.';
    out += host.substr(dot == std::string_view::npos ? 0 : dot + 1);
    host = dot == std::string_view::npos ? std::string_view{} : host.substr(0, dot);
  }
  return out.empty() ? "houniao" : out;
}

std::string decimal(Fen amount) {
  // The magnitude as an unsigned number: the smallest integer has no positive counterpart.
  const bool negative = amount.value < 0;
  const std::uint64_t fen = negative ? ~static_cast<std::uint64_t>(amount.value) + 1
                                     : static_cast<std::uint64_t>(amount.value);
  std::string cents = std::to_string(fen % 100);
  if (cents.size() < 2) cents.insert(0, "0");
  return (negative ? "-" : "") + std::to_string(fen / 100) + "." + cents;
}

Json json_amount(Fen amount) {
  if (amount.value % 100 == 0) return amount.value / 100;
  // The parser keeps what was written: an amount of the log has at most 16 digits.
  return Json::parse(decimal(amount));
}

std::string rfc3339_exact(WallTime time) {
  std::int64_t micros = time.us % 1'000'000;
  if (micros < 0) micros += 1'000'000;
  std::string out = to_rfc3339(WallTime{time.us - micros});
  std::string digits = std::to_string(micros);
  digits.insert(0, 6 - digits.size(), '0');
  out.insert(out.size() - 6, "." + digits);
  return out;
}

WallTime occurred_at(Day day, std::int32_t minute) {
  const std::int64_t minutes = std::clamp(minute, 0, 24 * 60 - 1);
  return WallTime{start_of(day).us + minutes * 60 * 1'000'000};
}

}  // namespace houniao::exports
