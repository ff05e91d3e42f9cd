#include "replay/symbols.h"

#include <cstring>

#include "base/error.h"

namespace houniao {

Symbols::Symbols() { intern_in_table({}); }

Symbols::Short Symbols::Short::of(std::string_view text) {
  Short out;
  out.size = static_cast<std::uint32_t>(text.size());
  if (text.size() >= sizeof out.head) {
    // The two words overlap when there are fewer than sixteen bytes.
    std::memcpy(&out.head, text.data(), sizeof out.head);
    std::memcpy(&out.tail, text.data() + text.size() - sizeof out.tail, sizeof out.tail);
  } else {
    std::memcpy(&out.head, text.data(), text.size());
  }
  return out;
}

Symbol Symbols::intern(std::string_view text) {
  if (text.empty()) return kNoText;
  if (text.size() > Short::kBytesMax) return intern_in_table(text);
  Short wanted = Short::of(text);
  Short& recent = recent_[wanted.slot()];
  if (!recent.same_text(wanted)) {
    wanted.symbol = intern_in_table(text);
    recent = wanted;
  }
  return recent.symbol;
}

Symbol Symbols::intern_in_table(std::string_view text) {
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
