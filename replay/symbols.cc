#include "replay/symbols.h"

#include "base/error.h"

namespace houniao {

Symbols::Symbols() { intern({}); }

Symbol Symbols::intern(std::string_view text) {
  if (auto found = by_text_.find(text); found != by_text_.end()) return Symbol{found->second};
  const auto number = static_cast<std::uint32_t>(texts_.size());
  HOUNIAO_ASSERT(number != kUnknownSymbol.value);
  texts_.emplace_back(text);
  by_text_.emplace(std::string(text), number);
  return Symbol{number};
}

Symbol Symbols::find(std::string_view text) const {
  auto found = by_text_.find(text);
  return found == by_text_.end() ? kUnknownSymbol : Symbol{found->second};
}

std::string_view Symbols::text(Symbol symbol) const {
  HOUNIAO_ASSERT(symbol.value < texts_.size());
  return texts_[symbol.value];
}

}  // namespace houniao
