// What a failed command tells whoever sits in front of it to do. The advice of an error's code
// (base/error.h) is written for whoever runs a tablet or a server; an auditor has neither, and is
// to keep what does not hold instead of trying again. Free functions; any thread.
#pragma once

#include <string_view>

#include "base/error.h"

namespace houniao {

struct Advice {
  std::string_view zh;
  std::string_view en;
};
Advice usual_advice(Errc code);
Advice advice_for_auditors(Errc code);

}  // namespace houniao
