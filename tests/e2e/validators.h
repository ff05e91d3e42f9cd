// Validators that nobody here wrote, for what the real program writes: python3-jsonschema for JSON
// Schema, xmllint for XSD. Paths are the test's own and hold nothing that a shell would take for
// its.
#pragma once

#include <string>

namespace houniao::tests {

std::string read(const std::string& path);
// The path of a file of the source tree.
std::string source(const std::string& name);
// The exit status of a command line; -1 when it did not end by itself.
int shell(const std::string& line);
// 0 when the document fits the schema of that name among the fixtures; what does not fit stands in
// the file `document`.err.
int json_schema(const std::string& name, const std::string& document);
int xsd(const std::string& name, const std::string& document);

}  // namespace houniao::tests
