// houniao import: brings an old book into an enrolled device, row by row as a mapping file says,
// and tells what became of every row. docs/IMPORT.md.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "base/limits.h"
#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "tools/houniao/context.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/output_file.h"
#include "tools/import/client_book.h"
#include "tools/import/limits.h"
#include "tools/import/quarantine_file.h"
#include "tools/import/report.h"

namespace houniao {
namespace {

namespace fs = std::filesystem;
using importing::Journal;
using importing::Outcome;

constexpr std::size_t kPassphraseBytesMax = 4096;
constexpr std::size_t kNameHexDigits = 16;
constexpr std::uint64_t kTellEvery = 20'000;

struct Args {
  std::string file;
  std::string mapping;
  std::string client;
  std::string passphrase_file;
  std::string server;
  std::string ca_file;
  std::string enrolment_code;
  std::string encoding;
  std::string quarantine;
  std::string rows_out;
  unsigned timeout_s = 600;
  bool dry_run = false;
};

Result<std::string> read_passphrase(const std::string& path) {
  auto bytes = os::read_file(path, kPassphraseBytesMax);
  if (!bytes) return bytes.error();
  std::string out(as_text(*bytes));
  wipe(bytes->data(), bytes->size());
  while (out.ends_with('\n') || out.ends_with('\r')) out.pop_back();
  if (out.empty()) return fail(Errc::invalid_argument, path + ": the pass phrase is empty");
  return out;
}

class Import {
 public:
  Import(const Args& args, Context& context) : args_(args), context_(context) {}

  void run() {
    const auto done = import();
    if (!done) return context_.fail(done.error());
    if (report_.plan->count(Outcome::quarantined) != 0) context_.exit_code = kExitCheckFailed;
    if (report_.sync_error) context_.exit_code = exit_code_of(report_.sync_error->code);
    if (report_.stopped) context_.exit_code = exit_code_of(report_.stopped->code);
    if (context_.json) {
      write_json(context_.out, importing::json_of(report_));
    } else {
      importing::print(context_.out, report_);
    }
    for (const auto& error : {report_.sync_error, report_.stopped}) {
      if (error) context_.progress("错误 / error: " + error->message());
    }
  }

 private:
  Result<void> import() {
    if (args_.dry_run && !args_.enrolment_code.empty()) {
      return fail(Errc::invalid_argument, "--enrol writes; leave it or --dry-run away");
    }
    for (const std::string& file : {args_.quarantine, args_.rows_out}) {
      HOUNIAO_TRY(expect_output(file, args_.client));
      HOUNIAO_TRY(expect_not_read(file));
    }
    HOUNIAO_TRY(load());
    HOUNIAO_TRY(open_client());
    HOUNIAO_TRY(open_journal());
    importing::ClientBook book(*client_);
    HOUNIAO_TRY(journal_->reconcile(book));
    plan_ = importing::make_plan(ledger_, *journal_, book.next_event_id());
    report_.file = &ledger_;
    report_.plan = &plan_;
    report_.dry_run = args_.dry_run;
    if (!args_.dry_run) HOUNIAO_TRY(record(book));
    if (args_.rows_out.empty()) return {};
    return os::write_file_durably(args_.rows_out, as_bytes(importing::row_lines(report_)));
  }

  // The books that are brought in stay as they are.
  Result<void> expect_not_read(const std::string& file) const {
    std::error_code error;
    for (const std::string& read : {args_.file, args_.mapping, args_.passphrase_file}) {
      if (file.empty() || !fs::equivalent(file, read, error)) continue;
      return fail(Errc::invalid_argument,
                  file +
                      ": 是所读的文件，不覆盖；请写到别处 / is read by this command and would be "
                      "written over; write elsewhere");
    }
    return {};
  }

  Result<void> load() {
    std::optional<importing::Encoding> encoding;
    if (!args_.encoding.empty()) {
      encoding = importing::parse_encoding(args_.encoding);
      if (!encoding) return fail(Errc::invalid_argument, "--encoding is utf-8 or gb18030");
    }
    const auto text = os::read_file(args_.mapping, limits::kMappingBytesMax);
    if (!text) return text.error();
    auto mapping = importing::parse_mapping(as_text(*text));
    if (!mapping) return mapping.error();
    mapping_ = std::move(*mapping);
    auto bytes = os::read_file(args_.file, limits::kImportFileBytesMax);
    if (!bytes) return bytes.error();
    bytes_ = std::move(*bytes);
    auto ledger = importing::load_ledger(bytes_, fs::path(args_.file).filename().string(), mapping_,
                                         encoding);
    if (!ledger) return ledger.error();
    ledger_ = std::move(*ledger);
    context_.progress("已读入 / read: " + ledger_.name);
    return {};
  }

  Result<void> open_client() {
    auto passphrase = read_passphrase(args_.passphrase_file);
    if (!passphrase) return passphrase.error();
    passphrase_ = std::move(*passphrase);
    // Opening a directory makes it; a mistyped one must not become an empty device.
    std::error_code error;
    if (args_.enrolment_code.empty() && !fs::exists(fs::path(args_.client) / "data.mdb", error)) {
      return fail(Errc::invalid_argument, args_.client +
                                              " is no client directory; enrol a device there "
                                              "with --enrol CODE --server URL");
    }
    Client::Options options;
    options.directory = args_.client;
    options.passphrase = passphrase_;
    options.ca_file = args_.ca_file;
    auto client = Client::open(std::move(options));
    if (!client) return client.error();
    client_ = std::move(*client);
    if (client_->enrolled()) return {};
    if (args_.enrolment_code.empty() || args_.server.empty()) {
      return fail(Errc::unauthorised,
                  "the device is not enrolled; give --enrol CODE and --server URL");
    }
    const auto identity = client_->enrol(args_.server, args_.enrolment_code);
    if (!identity) return identity.error();
    context_.progress("已入网 / enrolled as device " + std::to_string(identity->number.value));
    return {};
  }

  Result<void> open_journal() {
    Journal::Secret secret{passphrase_, std::nullopt};
    auto journal = Journal::open(folder() / "journal.jsonl", secret, context_.random,
                                 args_.dry_run ? Journal::Access::look : Journal::Access::write);
    wipe(secret.passphrase.data(), secret.passphrase.size());
    wipe(passphrase_.data(), passphrase_.size());
    if (!journal) return journal.error();
    journal_.emplace(std::move(*journal));
    return {};
  }

  Result<void> record(importing::ClientBook& book) {
    report_.quarantine = args_.quarantine;
    if (args_.quarantine.empty()) report_.quarantine = folder() / quarantine_name();
    HOUNIAO_TRY(importing::write_quarantine(report_.quarantine, ledger_, plan_));
    std::uint64_t told = 0;
    const auto recorded =
        importing::record_plan(ledger_, plan_, *journal_, book, [&](std::uint64_t rows) {
          report_.recorded = rows;
          if (rows - told < kTellEvery && rows != plan_.order.size()) return;
          told = rows;
          context_.progress("已记录 / recorded: " + std::to_string(rows) + " / " +
                            std::to_string(plan_.order.size()));
        });
    if (!recorded) {
      report_.stopped = recorded.error();
      return {};
    }
    return args_.server.empty() ? Result<void>() : sync(book);
  }

  Result<void> sync(const importing::ClientBook& book) {
    HOUNIAO_TRY(client_->connect(args_.server));
    context_.progress("同步 / synchronising with " + args_.server);
    const auto synced = client_->wait_synced(std::chrono::seconds(args_.timeout_s));
    report_.synced = synced.has_value();
    if (!synced) report_.sync_error = synced.error();
    auto verdicts = importing::collect_verdicts(plan_, book);
    if (!verdicts) return verdicts.error();
    report_.verdicts = std::move(*verdicts);
    return {};
  }

  fs::path folder() const { return fs::path(args_.client) / "import"; }
  std::string quarantine_name() const {
    return "quarantine-" + to_hex(ledger_.sha256.bytes).substr(0, kNameHexDigits) + ".jsonl";
  }

  const Args& args_;
  Context& context_;
  std::string passphrase_;
  Bytes bytes_;
  importing::Mapping mapping_;
  importing::LedgerFile ledger_;
  std::unique_ptr<Client> client_;
  std::optional<Journal> journal_;
  importing::Plan plan_;
  importing::Report report_;
};

}  // namespace

void add_import(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "import", "导入旧台账（CSV、XLSX）/ bring in an old book (CSV, XLSX) by a mapping file");
  command->add_option("file", args->file, "台账文件 / the ledger, .csv or .xlsx")->required();
  command->add_option("--mapping", args->mapping, "映射文件 (JSON) / the mapping file")->required();
  command
      ->add_option("--client", args->client, "已入网的客户端目录 / directory of an enrolled device")
      ->required();
  command
      ->add_option("--passphrase-file", args->passphrase_file,
                   "存有口令的文件 / file with the device's pass phrase")
      ->required();
  command->add_option("--server", args->server,
                      "记录后与此服务器同步 / then synchronise with this server");
  command->add_option("--ca", args->ca_file, "wss 服务器的证书 (PEM) / certificate of the server");
  command->add_option("--enrol", args->enrolment_code,
                      "先用一次性入网码入网 / enrol first with this one-time code");
  command->add_option("--encoding", args->encoding,
                      "CSV 编码：utf-8 或 gb18030 / encoding of a CSV file");
  command->add_option(
      "--quarantine", args->quarantine,
      "隔离文件，缺省在客户端目录下 / quarantine file; default: below the directory");
  command->add_option("--rows-out", args->rows_out,
                      "逐行结果 (JSON 行) / write one JSON line per row to this file");
  command
      ->add_option("--timeout", args->timeout_s, "同步限时（秒）/ seconds to wait for the server")
      ->capture_default_str()
      ->check(CLI::Range(1U, 86'400U));
  command->add_flag("--dry-run", args->dry_run,
                    "只演算，不写入 / say what would happen, write nothing");
  command->callback([args, &context] { Import(*args, context).run(); });
}

}  // namespace houniao
