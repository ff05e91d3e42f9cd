// Reads the fixture files beside this header.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace houniao::vectors {

inline nlohmann::json load(const std::string& file) {
  std::ifstream in(std::string(HOUNIAO_SOURCE_DIR "/tests/vectors/") + file);
  if (!in) throw std::runtime_error("no fixture " + file);
  return nlohmann::json::parse(in);
}

inline Bytes hex(const nlohmann::json& text) {
  auto bytes = from_hex(text.get<std::string>());
  if (!bytes) throw std::runtime_error("fixture: not hexadecimal");
  return *bytes;
}

inline Hash hash(const nlohmann::json& text) {
  auto value = hash_from(hex(text));
  if (!value) throw std::runtime_error("fixture: not a hash");
  return *value;
}

inline std::vector<Hash> hashes(const nlohmann::json& list) {
  std::vector<Hash> out;
  for (const auto& item : list) out.push_back(hash(item));
  return out;
}

}  // namespace houniao::vectors
