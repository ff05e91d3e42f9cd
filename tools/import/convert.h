// Numbers and short forms out of cells. Exact: decimals are counted as digits, never as binary
// fractions. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "tools/import/dirt.h"
#include "tools/import/table.h"

namespace houniao::importing {

// A whole number of either sign.
struct Whole {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

// "1234", "-5", "1,234"; commas only where they group thousands.
Clean<Whole> to_whole(const Cell& cell);
// A decimal times `multiply`, which must come out whole: "1.5" hours times 60 are 90 minutes.
Clean<Whole> to_scaled(const Cell& cell, std::uint64_t multiply);
// An amount in units of `fen_per_unit` fen (元 100, 万元 1,000,000): "1,234.50", "￥1,234.50",
// "1234.5元". `unit` is the only word that may follow.
Clean<Whole> to_money(const Cell& cell, std::uint64_t fen_per_unit, std::string_view unit);
// A yes-or-no cell of a workbook; "是", "否", "true", "false".
Clean<bool> to_boolean(const Cell& cell);
Clean<EventId> to_id(const Cell& cell);  // "2-7"
Clean<Bytes> to_bytes_of_hex(const Cell& cell);

}  // namespace houniao::importing
