#include "tests/checks/source_tree.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace houniao::checks {
namespace {

namespace fs = std::filesystem;

bool is_skipped_directory(const std::string& name) {
  return name == ".git" || name == "build" || name == "out" || name == ".cache" ||
         name == "node_modules";
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

void blank(std::string& out, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && i < out.size(); ++i) {
    if (out[i] != '\n') out[i] = ' ';
  }
}

std::size_t end_of_literal(std::string_view text, std::size_t start) {
  std::size_t i = start + 1;
  while (i < text.size() && text[i] != text[start] && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

std::size_t end_of_raw_string(std::string_view text, std::size_t quote) {
  const std::size_t open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

// 1'000 is a number, not the start of a character literal.
bool is_digit_separator(std::string_view text, std::size_t i) {
  return i > 0 && is_word(text[i - 1]) && text[i - 1] != 'L';
}

// End of the comment or literal that starts at `i`, or `i` when code goes on there.
std::size_t end_of_blank(std::string_view text, std::size_t i) {
  if (text.substr(i, 2) == "//") return std::min(text.find('\n', i), text.size());
  if (text.substr(i, 2) == "/*") {
    const std::size_t end = text.find("*/", i + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (text.substr(i, 2) == "R\"") return end_of_raw_string(text, i + 1);
  if (text[i] == '"') return end_of_literal(text, i);
  if (text[i] == '\'' && !is_digit_separator(text, i)) return end_of_literal(text, i);
  return i;
}

}  // namespace

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  const fs::path root = HOUNIAO_SOURCE_DIR;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator();
       ++it) {
    if (it->is_directory() && is_skipped_directory(it->path().filename().string())) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    files.push_back({fs::relative(it->path(), root).generic_string(), text.str()});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

bool is_cpp(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cc"); }

std::string code_only(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    blank(out, i, end);
    i = end > i ? end : i + 1;
  }
  return out;
}

std::string without_comments(std::string_view text) {
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    if (text[i] == '/') blank(out, i, end);
    i = end > i ? end : i + 1;
  }
  return out;
}

std::vector<std::string> find_words(const std::string& path, std::string_view code,
                                    const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const std::string& word : words) {
    for (std::size_t at = code.find(word); at != std::string_view::npos;
         at = code.find(word, at + 1)) {
      const bool starts = at == 0 || !is_word(word.front()) || !is_word(code[at - 1]);
      const std::size_t end = at + word.size();
      const bool ends = end >= code.size() || !is_word(word.back()) || !is_word(code[end]);
      if (!starts || !ends) continue;
      const auto line =
          std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      found.push_back(path + ":" + std::to_string(line + 1) + ": " + word);
    }
  }
  return found;
}

std::string join(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "\n  " + line;
  return out;
}

}  // namespace houniao::checks
