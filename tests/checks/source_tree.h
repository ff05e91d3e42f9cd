// The source tree as the house checks see it: which files there are, and their text with comments
// and literals blanked out, so that a rule looks at code only. Used by the tests of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace houniao::checks {

struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string text;
};

// Every file below the root that people wrote, except build trees and version control; sorted.
std::vector<SourceFile> read_tree();
bool is_cpp(std::string_view path);  // .h or .cc

// The same text with comments, string and character literals replaced by spaces; line breaks stay.
std::string code_only(std::string_view text);

// The same with comments alone replaced.
std::string without_comments(std::string_view text);

// "path:line: what", for each place where `word` stands as a whole word in `code`.
std::vector<std::string> find_words(const std::string& path, std::string_view code,
                                    const std::vector<std::string>& words);

// Lines of a list, for a failure message.
std::string join(const std::vector<std::string>& lines);

}  // namespace houniao::checks
