// One text in the two languages of the product. A value.
#pragma once

#include <string>

namespace houniao {

struct Label {
  std::string zh;
  std::string en;
  bool operator==(const Label&) const = default;
};

}  // namespace houniao
