// `houniao audit findings`: what the anomaly rules doubt about a log, without a server; also how it
// would have been under another version of a rule.
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/os/os.h"
#include "replay/state.h"
#include "tools/houniao/bench_offline.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/findings_out.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string bundle;
  std::string at;
  std::vector<std::string> only;
  std::string rules_file;
  std::string compare_file;
  bool undecided = false;
};

// The newest version of every rule, or what the file says; of these the ones asked for.
Result<rules::RuleSet> load_rules(const std::string& file, const std::vector<std::string>& only) {
  rules::RuleSet set = rules::RuleSet::standard();
  if (!file.empty()) {
    const auto bytes = os::read_file(file, limits::kHttpBodyBytesMax);
    if (!bytes) return bytes.error();
    auto parsed = rules::RuleSet::parse(as_text(*bytes));
    if (!parsed) return fail(Errc::invalid_argument, file + ": " + parsed.error().detail);
    set = std::move(*parsed);
  }
  return only.empty() ? Result<rules::RuleSet>(std::move(set)) : set.only(only);
}

class Findings {
 public:
  Findings(const Args& args, Context& context) : args_(args), context_(context) {}

  void run() {
    const DamagedStorage damaged(context_);
    const auto as_of = parse_as_of(args_.at);
    if (!context_.check(as_of)) return;
    auto rules = load_rules(args_.rules_file, args_.only);
    if (!context_.check(rules)) return;
    rules_ = std::move(*rules);
    bench_.emplace(rules_);
    std::vector<rules::Bench*> benches = {&*bench_};
    if (!args_.compare_file.empty()) {
      const auto others = load_rules(args_.compare_file, args_.only);
      if (!context_.check(others)) return;
      other_.emplace(*others);
      benches.push_back(&*other_);
    }
    const auto tell = [&](std::uint64_t n) {
      context_.progress(std::to_string(n) + " 条 / records");
    };
    const auto size = args_.bundle.empty() ? feed_offline(args_.data, *as_of, benches, tell)
                                           : feed_bundle(args_.bundle, benches);
    if (!context_.check(size)) return;
    size_ = *size;
    if (context_.json) {
      write_json(context_.out, json());
    } else {
      print();
    }
  }

 private:
  // Filtered after the ids were counted, so that they are those of the whole list.
  std::vector<queries::ToldDoubt> wanted() {
    doubts_ = bench_->doubts();
    std::vector<queries::ToldDoubt> told = queries::in_telling_order(bench_->state(), doubts_);
    if (args_.undecided) {
      std::erase_if(told, [](const auto& each) { return each.doubt->disposition != nullptr; });
    }
    return told;
  }
  rules::Difference difference() {
    return rules::difference(bench_->anomalies(), other_->anomalies());
  }

  Json json() {
    const std::vector<queries::ToldDoubt> doubts = wanted();
    Json out{{"at", size_.value == 0 ? Json(nullptr) : Json(size_.value - 1)},
             {"records", size_.value},
             {"total", doubts.size()},
             {"rules", json_of_rules(rules_)},
             {"anomalies", json_of_doubts(bench_->state(), doubts)}};
    if (other_) out["difference"] = json_of(bench_->state(), difference());
    return out;
  }

  void print() {
    const std::vector<queries::ToldDoubt> doubts = wanted();
    context_.out << "疑点 / anomalies: " << doubts.size() << "，记录 / records: " << size_.value
                 << "\n疑点是问题，不是结论 / an anomaly is a question and no verdict\n";
    if (other_) {
      print_difference(context_.out, bench_->state(), difference());
    } else {
      print_doubts(context_.out, bench_->state(), rules_, doubts);
    }
  }

  const Args& args_;
  Context& context_;
  rules::RuleSet rules_ = rules::RuleSet::standard();
  std::optional<rules::Bench> bench_;
  std::optional<rules::Bench> other_;
  std::vector<rules::Doubt> doubts_;
  TreeSize size_;
};

}  // namespace

void add_audit_findings(CLI::App& audit, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = audit.add_subcommand(
      "findings",
      "疑点规则 A01 至 A40 对日志提出的疑点：证据、金额、先核对的清白解释、处置 / what the anomaly "
      "rules A01 to A40 doubt about the log: evidence, money at risk, the innocent explanation to "
      "check first, and what was decided");
  command->footer(
      "规则文件 / a rules file: {\"A09\": {\"version\": 2, \"services_per_day\": 80}}\n"
      "本命令采用日志所记的判定；判定是否可信由 houniao audit verify 回答 / the recorded verdicts "
      "are taken; whether they can be trusted is what houniao audit verify says");
  auto* from = command->add_option_group("对象 / what to look at");
  from->add_option("--data", args->data, "数据目录 / data directory");
  auto* bundle =
      from->add_option("--bundle", args->bundle, "整本日志的审计包 / the bundle of a whole log");
  from->require_option(1);
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt")
      ->excludes(bundle);
  command
      ->add_option("--rule", args->only, "只要这条规则，可多次 / only this rule, repeatable: A03")
      ->allow_extra_args(false);
  command->add_option("--rules", args->rules_file,
                      "规则版本与阈值 (JSON)，缺省为各规则最新版 / versions and thresholds; "
                      "default: the newest of every rule");
  command->add_option(
      "--compare", args->compare_file,
      "另一份规则版本与阈值，重算历史并列出差别 / other versions and thresholds: run "
      "history again and show the difference");
  command->add_flag("--undecided", args->undecided,
                    "只要尚未处置的 / only those that nobody has decided about");
  command->callback([args, &context] { Findings(*args, context).run(); });
}

}  // namespace houniao
