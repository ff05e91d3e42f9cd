#include "tests/support/secrets.h"

#include <fstream>
#include <set>
#include <sstream>

namespace houniao::tests {

SecretSearch::SecretSearch(const std::vector<std::string>& secrets) : storage_(secrets) {
  std::set<std::size_t> lengths;
  for (const std::string& secret : storage_) {
    if (secret.empty()) continue;
    secrets_.insert(secret);
    lengths.insert(secret.size());
    starts_[static_cast<unsigned char>(secret[0])] = true;
  }
  lengths_.assign(lengths.begin(), lengths.end());
}

std::vector<std::string> SecretSearch::find(std::string_view bytes) const {
  std::set<std::string> found;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!starts_[static_cast<unsigned char>(bytes[i])]) continue;
    for (const std::size_t length : lengths_) {
      if (i + length > bytes.size()) break;
      const auto hit = secrets_.find(bytes.substr(i, length));
      if (hit != secrets_.end()) found.emplace(*hit);
    }
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> SecretSearch::find_below(const std::filesystem::path& folder,
                                                  std::uint64_t& bytes) const {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const std::string content = text.str();
    bytes += content.size();
    for (const std::string& secret : find(content)) {
      out.push_back(secret + " in " + entry.path().string());
    }
  }
  return out;
}

}  // namespace houniao::tests
