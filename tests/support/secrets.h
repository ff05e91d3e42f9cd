// Looks for many secrets in many bytes in one pass. Pure; one thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace houniao::tests {

class SecretSearch {
 public:
  explicit SecretSearch(const std::vector<std::string>& secrets);
  // Secrets found in `bytes`, each once.
  std::vector<std::string> find(std::string_view bytes) const;
  // "secret in file" for every file below `folder`; adds up how many bytes were read.
  std::vector<std::string> find_below(const std::filesystem::path& folder,
                                      std::uint64_t& bytes) const;
  std::size_t size() const { return secrets_.size(); }

 private:
  std::unordered_set<std::string_view> secrets_;
  std::vector<std::string> storage_;
  std::vector<std::size_t> lengths_;  // that occur, ascending
  bool starts_[256] = {};
};

}  // namespace houniao::tests
