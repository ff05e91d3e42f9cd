#include "tests/e2e/validators.h"

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace houniao::tests {
namespace {

std::string schema(const std::string& name) { return source("tests/fixtures/schemas/" + name); }

}  // namespace

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string source(const std::string& name) { return std::string(HOUNIAO_SOURCE_DIR) + "/" + name; }

int shell(const std::string& line) {
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int json_schema(const std::string& name, const std::string& document) {
  return shell(
      "/usr/bin/python3 -c \"import json,sys,jsonschema; s=json.load(open(sys.argv[1])); "
      "jsonschema.validators.validator_for(s)(s).validate(json.load(open(sys.argv[2])))\" '" +
      schema(name) + "' '" + document + "' 2>'" + document + ".err'");
}

int xsd(const std::string& name, const std::string& document) {
  return shell("xmllint --noout --schema '" + schema(name) + "' '" + document + "' 2>'" + document +
               ".err'");
}

}  // namespace houniao::tests
