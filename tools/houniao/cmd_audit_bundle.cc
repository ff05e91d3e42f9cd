// houniao audit bundle: one file with which anybody can audit, without a network and without trust.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <ostream>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "replay/figures.h"
#include "server/config.h"
#include "server/cosignatures.h"
#include "server/keys/lmdb_key_store.h"
#include "server/log/lmdb_store.h"
#include "server/log/log_node_source.h"
#include "server/views.h"
#include "tools/audit/bundle.h"
#include "tools/houniao/context.h"
#include "tools/houniao/cosigned_warnings.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

struct Args {
  std::string data;
  std::string from;
  std::string to;
  std::vector<std::uint64_t> scopes;
  std::vector<std::string> with_keys;
  std::string output;
};

// The seq that a place names: itself, or the first (last) record of a day.
Result<std::optional<Seq>> place_of(const LogStore& log, const std::string& text, bool last) {
  if (text.empty()) return std::optional<Seq>();
  const auto as_of = parse_as_of(text);
  if (!as_of) return as_of.error();
  if (as_of->size) return std::optional<Seq>(Seq{as_of->size->value - 1});
  const Day day{as_of->day->value + (last ? 1 : 0)};
  const auto first = first_received_from(log, log.head().size, start_of(day));
  if (!first) return first.error();
  if (!last) return std::optional<Seq>(*first);
  if (first->value == 0) return fail(Errc::invalid_argument, "--to: nothing was received by then");
  return std::optional<Seq>(Seq{first->value - 1});
}

Result<audit::BundleOptions> options_of(const Args& args, const LogStore& log) {
  audit::BundleOptions out;
  const auto from = place_of(log, args.from, false);
  if (!from) return from.error();
  const auto to = place_of(log, args.to, true);
  if (!to) return to.error();
  out.from = *from;
  out.to = *to;
  const std::uint64_t size = log.head().size.value;
  if ((*from && (*from)->value >= size) || (*to && (*to)->value >= size)) {
    return fail(Errc::invalid_argument, "--from, --to: the log has only " + std::to_string(size) +
                                            " records, the first is 0");
  }
  if (*from && *to && **to < **from) {
    return fail(Errc::invalid_argument, "--to lies before --from; exchange them");
  }
  const auto known = log.scope_heads();
  if (!known) return known.error();
  for (const std::uint64_t scope : args.scopes) {
    if (std::none_of(known->begin(), known->end(),
                     [&](const ScopeHead& head) { return head.scope.value == scope; })) {
      return fail(Errc::not_found, "--scope " + std::to_string(scope) + ": the log has none such");
    }
  }
  for (std::uint64_t scope : args.scopes) out.scopes.push_back(ScopeId{scope});
  for (const std::string& subject : args.with_keys) {
    const EventId id = parse_event_id(subject);
    if (!id) return fail(Errc::invalid_argument, "--with-key " + subject + ": an id such as 7-12");
    out.key_subjects.push_back(PersonId{id.value});
  }
  return out;
}

// The checkpoints that witnesses cosigned, each with its cosignatures.
Result<std::vector<std::string>> cosigned_notes(const std::filesystem::path& data) {
  std::error_code error;
  if (!std::filesystem::is_directory(data / "cosigned", error)) return std::vector<std::string>{};
  const auto cosigned = Cosignatures::open(data / "cosigned");
  if (!cosigned) return cosigned.error();
  return (*cosigned)->notes();
}

// A bundle of a log that contradicts what a witness cosigned would leave the proof of it out.
Result<void> expect_extended(const LogStore& log, const std::vector<std::string>& notes) {
  const TreeSize size = log.head().size;
  for (const std::string& note : notes) {
    const auto parts = split_note(note);
    if (!parts) return parts.error();
    const auto cosigned = parse_checkpoint_body(parts->text);
    if (!cosigned) return cosigned.error();
    const std::string named =
        "a witness cosigned a checkpoint of " + std::to_string(cosigned->size.value) + " records, ";
    if (cosigned->size > size) {
      return fail(Errc::checkpoint_mismatch,
                  named + "the log holds " + std::to_string(size.value) + ": records are missing");
    }
    const auto root = merkle::root_at(LogNodeSource(log), cosigned->size);
    if (!root) return root.error();
    if (*root != cosigned->root) {
      return fail(Errc::checkpoint_mismatch, named + "of which the log is no continuation");
    }
  }
  return {};
}

Result<audit::BundleSummary> write(const Args& args, Context& context) {
  const auto vkey = load_verifier_key(args.data);
  if (!vkey) return vkey.error();
  tell_unused_cosigned(args.data, context);
  // Read before the log, which goes on growing.
  const auto cosigned = cosigned_notes(args.data);
  if (!cosigned) return cosigned.error();
  auto log = LmdbStore::open(std::filesystem::path(args.data) / "log", {.read_only = true});
  if (!log) return log.error();
  HOUNIAO_TRY(expect_extended(**log, *cosigned));
  auto options = options_of(args, **log);
  if (!options) return options.error();
  options->progress = [&context, told = std::uint64_t{0}](std::uint64_t done,
                                                          std::uint64_t of) mutable {
    const std::uint64_t tenth = of == 0 ? 10 : done * 10 / of;
    if (tenth <= told || done == of) return;
    told = tenth;
    context.progress("打包 / packing: " + std::to_string(done) + " / " + std::to_string(of));
  };
  std::unique_ptr<LmdbKeyStore> keys;
  if (!options->key_subjects.empty()) {
    // Only who may read the server's secrets can hand out keys.
    const auto config = load_config(args.data);
    if (!config) return config.error();
    auto opened = LmdbKeyStore::open(config->keys(), config->key_store_master, context.random,
                                     LmdbKeyStore::Access::owner);
    if (!opened) return opened.error();
    keys = std::move(*opened);
  }
  return audit::write_bundle(**log, *vkey, *cosigned, keys.get(), *options, args.output,
                             [&log] { return (*log)->refresh(); });
}

void run(const Args& args, Context& context) {
  if (!context.check(expect_output(args.output, args.data))) return;
  const DamagedStorage damaged(context);
  const auto summary = write(args, context);
  if (!context.check(summary)) return;
  const Json json{{"file", args.output},           {"records", summary->records},
                  {"left_out", summary->left_out}, {"log_records", summary->size.value},
                  {"keys", summary->keys},         {"bytes", summary->bytes}};
  if (context.json) return write_json(context.out, json);
  const auto number = [](std::uint64_t n) { return with_commas(static_cast<std::int64_t>(n)); };
  context.out << "审计包 / bundle       " << args.output << "\n"
              << "记录 / records        " << number(summary->records) << "\n"
              << "只留哈希 / hashes of  " << number(summary->left_out) << "\n"
              << "字节 / bytes          " << number(summary->bytes) << "\n";
  if (summary->keys > 0) {
    context.out
        << "含 " << summary->keys
        << " 把个人密钥：持有此文件者可读其个人信息 / holds keys: whoever has this file can "
           "read their personal data\n";
  }
  context.out << "核验 / check it       houniao audit verify --bundle " << args.output
              << " --key <另处取得的公钥 / the key from elsewhere>\n";
}

}  // namespace

void add_audit_bundle(CLI::App& audit, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = audit.add_subcommand(
      "bundle",
      "打成一个可离线核验的文件 / one file that can be checked without a network or a server");
  command->add_option("--data", args->data, "服务器数据目录 / data directory of the server")
      ->required();
  command->add_option("--from", args->from,
                      "起：序号或收到日期，缺省为全部 / from a seq or a day of receipt");
  command->add_option("--to", args->to, "止（含）：序号或收到日期 / through a seq or a day");
  command->add_option("--scope", args->scopes,
                      "只含这些范围及公共部分 / only these scopes, and the commons");
  command->add_option(
      "--with-key", args->with_keys,
      "附上此人的密钥，须有权读服务器机密 / with this person's key; takes the right "
      "to read the server's secrets");
  command
      ->add_option("-o,--output", args->output,
                   "写入的文件；已有的，写完后才替换 / file to write; one that is there is "
                   "replaced when the new one is whole")
      ->required();
  command->callback([args, &context] { run(*args, context); });
}

}  // namespace houniao
