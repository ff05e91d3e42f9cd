// houniao pack check: tells whoever writes a programme pack every mistake in it, with its place.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "replay/pack_check.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/pack_file.h"

namespace houniao {
namespace {

struct Args {
  std::string file;
};

Json json_of(const PackFault& fault) {
  return Json{{"severity", fault.warning ? "warning" : "error"},
              {"pointer", fault.pointer},
              {"line", fault.line},
              {"column", fault.column},
              {"zh", fault.what.zh},
              {"en", fault.what.en}};
}

struct Tally {
  std::size_t errors = 0;
  std::size_t warnings = 0;
};
Tally tally_of(const PackCheck& check) {
  Tally out;
  for (const PackFault& fault : check.faults) ++(fault.warning ? out.warnings : out.errors);
  return out;
}

void write_as_json(std::ostream& out, const std::string& file, const PackCheck& check) {
  Json faults = Json::array();
  for (const PackFault& fault : check.faults) faults.push_back(json_of(fault));
  const Tally tally = tally_of(check);
  Json answer{{"file", file},
              {"ok", check.pack.has_value()},
              {"errors", tally.errors},
              {"warnings", tally.warnings},
              {"complete", check.complete},
              {"faults", std::move(faults)}};
  if (check.pack) {
    answer["code"] = check.pack->code;
    answer["figures"] = check.pack->figures.size();
    answer["reconciliations"] = check.pack->reconciliations.size();
    answer["obligations"] = check.pack->obligations.size();
  }
  write_json(out, answer);
}

// "packs/x.json:12:5: " is what editors make a link of.
void print(std::ostream& out, const std::string& file, const PackFault& fault) {
  out << file << ":" << fault.line << ":" << fault.column << ": "
      << (fault.warning ? "提示 warning" : "错误 error") << "  "
      << (fault.pointer.empty() ? "/" : fault.pointer) << "\n    " << fault.what.zh << "\n    "
      << fault.what.en << "\n";
}

void print(std::ostream& out, const std::string& file, const PackCheck& check) {
  for (const PackFault& fault : check.faults) print(out, file, fault);
  if (!check.complete) out << "还有更多，未列出 / there are more, not listed\n";
  const Tally tally = tally_of(check);
  if (check.pack) {
    out << "项目包 " << check.pack->code << " 可用：" << check.pack->figures.size() << " 个数字，"
        << check.pack->reconciliations.size() << " 项勾稽，" << tally.warnings << " 处提示\n"
        << "pack " << check.pack->code << " can be used: " << check.pack->figures.size()
        << " figures, " << check.pack->reconciliations.size() << " reconciliations, "
        << tally.warnings << " warnings\n";
  } else {
    out << "不可用：" << tally.errors << " 处错误，" << tally.warnings << " 处提示\n"
        << "cannot be used: " << tally.errors << " errors, " << tally.warnings << " warnings\n";
  }
}

void check(const Args& args, Context& context) {
  const auto text = read_pack_file(args.file);
  if (!context.check(text)) return;
  const PackCheck result = check_pack(*text);
  if (context.json) {
    write_as_json(context.out, args.file, result);
  } else {
    print(context.out, args.file, result);
  }
  if (!result.pack) context.exit_code = kExitCheckFailed;
}

}  // namespace

void add_pack(CLI::App& app, Context& context) {
  CLI::App* pack = app.add_subcommand("pack", "项目包 / programme packs");
  pack->require_subcommand(1);
  auto args = std::make_shared<Args>();
  CLI::App* command = pack->add_subcommand(
      "check", "检查项目包文件，逐处说明错误 / explain every mistake of a pack file");
  command->add_option("file", args->file, "项目包文件 (JSON) / the pack file")->required();
  command->callback([args, &context] { check(*args, context); });
}

}  // namespace houniao
