#include "tools/houniao/json_out.h"

#include <ostream>

namespace houniao {

void write_json(std::ostream& out, const Json& value) {
  out << value.dump(2, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
}

Json json_of(const Error& error) {
  return Json{{"code", name(error.code)},
              {"number", static_cast<std::uint16_t>(error.code)},
              {"detail", error.detail},
              {"what_to_do_zh", what_to_do_zh(error.code)},
              {"what_to_do_en", what_to_do_en(error.code)}};
}

}  // namespace houniao
