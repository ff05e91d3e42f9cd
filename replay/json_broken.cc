#include "replay/json_broken.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace houniao {
namespace {

using Json = nlohmann::json;

// Takes everything and keeps nothing but the place of the fault.
class Listener final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return true; }
  bool key(string_t& /*name*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*size*/) override { return true; }
  bool end_array() override { return true; }
  // `position` counts the bytes that were read, the last of `token` being one of them.
  bool parse_error(std::size_t position, const std::string& token,
                   const Json::exception& error) override {
    broken.too_great = dynamic_cast<const Json::out_of_range*>(&error) != nullptr;
    const std::size_t back = broken.too_great ? token.size() : 1;
    broken.offset = position - std::min(position, back);
    return false;
  }

  JsonBroken broken;
};

}  // namespace

JsonBroken json_broken(std::string_view text) {
  Listener listener;
  Json::sax_parse(text, &listener);
  return listener.broken;
}

}  // namespace houniao
