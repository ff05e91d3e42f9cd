// houniao export: writes what a log says in the format of somebody else's programs, without a
// server (docs/EXPORTS.md). Names of persons are filled in only from a client's directory whose
// keys can open them, and never otherwise.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <vector>

#include "base/crypto.h"
#include "base/os/new_file.h"
#include "base/os/os.h"
#include "client_sdk/cpp/houniao.h"
#include "exports/books/export.h"
#include "exports/books/ocel_sqlite.h"
#include "replay/checkpoint.h"
#include "replay/rules/bench.h"
#include "server/config.h"
#include "server/http/export_pages.h"
#include "server/http/queries.h"
#include "server/log/lmdb_store.h"
#include "server/log/log_event_source.h"
#include "tools/houniao/bench_offline.h"
#include "tools/houniao/context.h"
#include "tools/houniao/damaged_storage.h"
#include "tools/houniao/json_out.h"
#include "tools/houniao/offline.h"
#include "tools/houniao/output_file.h"

namespace houniao {
namespace {

constexpr std::size_t kPassphraseBytesMax = 4096;
constexpr std::string_view kCsvPages = "csv";  // and --page

struct Args {
  std::string format;
  bool list = false;
  std::string data;
  std::string out;
  std::string at;
  std::string programme;
  std::string from;
  std::string to;
  std::string page;
  std::string case_type = "contract";
  std::string process;
  std::string ocid_prefix = "ocds-houniao";
  std::string origin;  // empty: that of the data directory
  bool bom = false;
  bool names = false;
  std::string client;
  std::string passphrase_file;
  std::vector<std::string> given;  // names of the options that are on the command line
};

// Options that narrow or shape an export, by the names that formats call them (exports::Format).
constexpr std::string_view kShaping[] = {"programme", "from",   "to",  "case",
                                         "process",   "prefix", "bom", "page"};

// An option that the format does not know would be left out in silence and give another export.
Result<void> check_shape(const Args& args) {
  std::vector<std::string_view> known = {"page", "bom"};
  if (args.format != kCsvPages) known = exports::find_format(args.format)->parameter_names();
  for (const std::string_view name : kShaping) {
    const bool given = std::find(args.given.begin(), args.given.end(), name) != args.given.end();
    if (!given || std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string wanted;
    for (const std::string_view each : known) wanted += " --" + std::string(each);
    return fail(Errc::invalid_argument,
                args.format + " does not go by --" + std::string(name) + "; it takes:" + wanted);
  }
  if (args.format == kCsvPages && args.page.empty()) {
    return fail(Errc::invalid_argument, "csv: name a list with --page, such as contracts");
  }
  return {};
}

void print_formats(Context& context) {
  if (context.json) {
    Json items = Json::array();
    for (const exports::Format& each : exports::formats()) {
      items.push_back({{"name", std::string(each.name)},
                       {"zh", std::string(each.zh)},
                       {"en", std::string(each.en)},
                       {"content_type", std::string(each.content_type)},
                       {"extension", std::string(each.extension)}});
    }
    items.push_back({{"name", "csv"},
                     {"zh", "查询页的列表"},
                     {"en", "the list of a query page"},
                     {"content_type", "text/csv; charset=utf-8"},
                     {"extension", "csv"}});
    return write_json(context.out, Json{{"formats", std::move(items)}});
  }
  const auto line = [&](std::string_view name, std::string_view zh, std::string_view en) {
    std::string padded(name);
    padded.resize(std::max<std::size_t>(padded.size() + 2, 20), ' ');
    context.out << padded << zh << " / " << en << "\n";
  };
  for (const exports::Format& each : exports::formats()) line(each.name, each.zh, each.en);
  line(kCsvPages, "查询页的列表，用 --page 指定", "the list of a query page, named by --page");
}

// --- names
// ----------------------------------------------------------------------------------------

Result<std::unique_ptr<Client>> open_client(const Args& args) {
  if (!std::filesystem::exists(std::filesystem::path(args.client) / "data.mdb")) {
    return fail(Errc::not_found, "no client directory: " + args.client);
  }
  auto bytes = os::read_file(args.passphrase_file, kPassphraseBytesMax);
  if (!bytes) return bytes.error();
  Client::Options options;
  options.directory = args.client;
  options.passphrase = std::string(as_text(*bytes));
  wipe(bytes->data(), bytes->size());
  options.passphrase.resize(
      std::min(options.passphrase.size(), options.passphrase.find_first_of("\r\n")));
  if (options.passphrase.empty()) {
    return fail(Errc::invalid_argument,
                "no pass phrase in the first line of " + args.passphrase_file);
  }
  return Client::open(std::move(options));
}

// Refuses where names could not be had or would not be shown: a book without the names that were
// asked for would look complete.
Result<void> check_names(const Args& args) {
  if (!args.names) return {};
  if (args.format != "xlsx-volunteers") {
    return fail(Errc::invalid_argument,
                "--names: only xlsx-volunteers has a column for names; every other format is "
                "pseudonymous");
  }
  if (args.client.empty() || args.passphrase_file.empty()) {
    return fail(Errc::unauthorised,
                "--names: a server's directory holds no names and no keys to open them; give "
                "--client DIR and --passphrase-file FILE of a device that holds the keys");
  }
  return {};
}

exports::Names names_from(const Client& client) {
  return [&client](PersonId id) -> std::string {
    auto data = client.personal(id);
    return data ? std::move(data->name) : std::string();
  };
}

// --- output --------------------------------------------------------------------------------------

// Takes an export in small pieces and writes large ones.
class OutFile {
 public:
  explicit OutFile(os::NewFile file) : file_(std::move(file)) {}

  exports::Sink sink() {
    return [this](std::string_view piece) {
      append(waiting_, as_bytes(piece));
      bytes_ += piece.size();
      return waiting_.size() < kPieceBytes || write_waiting();
    };
  }
  std::uint64_t bytes() const { return bytes_; }
  Result<void> finish() {
    if (!write_waiting()) return written_;
    return file_.finish();
  }
  // Why the sink took no more, if it did not.
  const Result<void>& written() const { return written_; }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{1} << 16;
  bool write_waiting() {
    if (written_) written_ = file_.write(waiting_);
    waiting_.clear();
    return written_.has_value();
  }

  os::NewFile file_;
  Bytes waiting_;
  std::uint64_t bytes_ = 0;
  Result<void> written_;
};

// The size of the file that `write` filled through the sink that it is given.
Result<std::uint64_t> write_through(
    const std::filesystem::path& path,
    const std::function<Result<void>(const exports::Sink&)>& write) {
  auto file = os::NewFile::create(path, os::Readers::by_umask);
  if (!file) return file.error();
  OutFile out(std::move(*file));
  const auto done = write(out.sink());
  if (!out.written()) return out.written().error();
  HOUNIAO_TRY(done);
  HOUNIAO_TRY(out.finish());
  return out.bytes();
}

// The name of the log as its server says it, so that both name events alike.
std::string origin_of(const Args& args) {
  if (!args.origin.empty()) return args.origin;
  if (const auto text = load_verifier_key(args.data)) {
    if (const auto key = parse_verifier_key(*text)) return key->name;
  }
  return "houniao.local/log";
}

exports::ByteOrderMark mark_of(const Args& args) {
  return args.bom ? exports::ByteOrderMark::written : exports::ByteOrderMark::none;
}

Result<void> write_to(const Args& args, const State& state, TreeSize size,
                      const exports::EventSource& source, const exports::Names& names,
                      const exports::Sink& sink) {
  if (args.format == kCsvPages) return write_page_csv(state, args.page, mark_of(args), sink);
  const auto scope = exports::parse_scope(state, args.programme, args.from, args.to);
  if (!scope) return scope.error();
  exports::ExportRequest request;
  request.format = args.format;
  request.scope = *scope;
  request.case_type = args.case_type;
  const auto process = exports::parse_process(args.process);
  if (!process) return process.error();
  request.process = *process;
  request.ocid_prefix = args.ocid_prefix;
  request.origin = origin_of(args);
  request.mark = mark_of(args);
  request.names = names;
  return exports::run_export(request, state, source, size, sink);
}

Result<std::uint64_t> write_file(const Args& args, const State& state, TreeSize size,
                                 const exports::EventSource& source, const exports::Names& names) {
  // SQLite writes its own file, without a copy of it in memory.
  if (args.format == "ocel-sqlite") {
    const auto scope = exports::parse_scope(state, args.programme, args.from, args.to);
    if (!scope) return scope.error();
    HOUNIAO_TRY(exports::write_ocel_sqlite(state, source, size, *scope, args.out));
    std::error_code ignored;
    return static_cast<std::uint64_t>(std::filesystem::file_size(args.out, ignored));
  }
  return write_through(args.out, [&](const exports::Sink& sink) {
    return write_to(args, state, size, source, names, sink);
  });
}

struct Done {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
};

// What the anomaly rules doubt is in no state: they have to see every record.
Result<Done> export_bench_page(const Args& args, const AsOf& as_of) {
  rules::Bench bench;
  rules::Bench* const benches[] = {&bench};
  const auto fed = feed_offline(args.data, as_of, benches, {});
  if (!fed) return fed.error();
  const auto bytes = write_through(args.out, [&](const exports::Sink& sink) {
    return write_page_csv(bench, args.page, mark_of(args), sink);
  });
  if (!bytes) return bytes.error();
  return Done{*bytes, fed->value};
}

Result<Done> export_state(const Args& args, const AsOf& as_of, const exports::Names& names,
                          Context& context) {
  const auto fold = fold_offline(args.data, as_of, false, context.clock, {});
  if (!fold) return fold.error();
  LmdbStoreOptions options;
  options.read_only = true;
  const auto log = LmdbStore::open(std::filesystem::path(args.data) / "log", options);
  if (!log) return log.error();
  const LogEventSource source(**log);
  const auto bytes =
      write_file(args, fold->replayer.state(), TreeSize{fold->records}, source, names);
  if (!bytes) return bytes.error();
  return Done{*bytes, fold->records};
}

bool is_of_bench(const Args& args) {
  const QueryPage* page = args.format == kCsvPages ? find_query_page(args.page) : nullptr;
  return page != nullptr && page->of_bench && page->name == args.page;
}

void run(const Args& args, Context& context) {
  const DamagedStorage damaged(context);
  if (args.list) return print_formats(context);
  if (args.format != kCsvPages && exports::find_format(args.format) == nullptr) {
    return context.fail(houniao::fail(Errc::not_found, "no such format: " + args.format +
                                                           "; `houniao export --list` names them"));
  }
  if (args.data.empty() || args.out.empty()) {
    return context.fail(houniao::fail(Errc::invalid_argument, "--data DIR and -o FILE are needed"));
  }
  if (!context.check(expect_output(args.out, args.data))) return;
  if (!context.check(check_shape(args))) return;
  if (!context.check(check_names(args))) return;
  const auto as_of = parse_as_of(args.at);
  if (!context.check(as_of)) return;
  std::unique_ptr<Client> client;
  if (args.names) {
    auto opened = open_client(args);
    if (!context.check(opened)) return;
    client = std::move(*opened);
  }
  const auto done =
      is_of_bench(args)
          ? export_bench_page(args, *as_of)
          : export_state(args, *as_of, client != nullptr ? names_from(*client) : exports::Names{},
                         context);
  if (!context.check(done)) return;
  if (context.json) {
    write_json(context.out, Json{{"format", args.format},
                                 {"file", args.out},
                                 {"bytes", done->bytes},
                                 {"records", done->records}});
  } else {
    context.out << args.out << "  " << done->bytes << " 字节 / bytes, " << done->records
                << " 条记录 / records\n";
  }
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
  auto args = std::make_shared<Args>();
  CLI::App* command = app.add_subcommand(
      "export",
      "导出为通用格式，不需服务器 / write the log in an exchange format, without a server");
  command->footer(
      "导出不含姓名；个案工作不导出。格式与对应关系见 docs/EXPORTS.md\n"
      "Exports name nobody and hold no case work; docs/EXPORTS.md has the tables.");
  command->add_option("format", args->format,
                      "格式，用 --list 查看 / the format; --list shows them all");
  command->add_flag("--list", args->list, "列出格式 / list the formats");
  command->add_option("--data", args->data, "数据目录 / data directory");
  command->add_option("-o,--out", args->out,
                      "输出文件；已有的，写完后才替换 / file to write; one that is there is "
                      "replaced when the new one is whole");
  command->add_option("--at", args->at, "序号或日期 YYYY-MM-DD / a seq, or a day of receipt");
  command->add_option("--programme", args->programme,
                      "项目编号，含下级 / id of a programme, with those below it");
  command->add_option("--from", args->from, "发生日期起 / first day on which it happened");
  command->add_option("--to", args->to, "发生日期止 / last day on which it happened");
  command->add_option("--page", args->page, "csv：查询页 / for csv: the query page");
  command
      ->add_option("--case", args->case_type,
                   "xes：什么是一个案例 / for xes: the object that is a case")
      ->capture_default_str();
  command->add_option("--process", args->process,
                      "ocds：只要这一个采购过程（征集或合同编号） / for ocds: one process only");
  command->add_option("--prefix", args->ocid_prefix, "ocds：登记的前缀 / for ocds: the ocid prefix")
      ->capture_default_str();
  command->add_option(
      "--origin", args->origin,
      "日志名称，缺省取自数据目录 / name of the log; default: that of the data directory");
  command->add_flag("--bom", args->bom, "csv：加字节序标记 / for csv: with a byte order mark");
  command->add_flag("--names", args->names,
                    "填写姓名（仅志愿服务记录，且须有密钥） / fill in names: volunteer record "
                    "only, and only with the keys");
  command->add_option("--client", args->client,
                      "持有密钥的客户端目录 / directory of a client that holds the keys");
  command->add_option("--passphrase-file", args->passphrase_file,
                      "首行为口令的文件 / file whose first line is the pass phrase");
  command->callback([args, command, &context] {
    for (const std::string_view name : kShaping) {
      if (command->count("--" + std::string(name)) > 0) args->given.emplace_back(name);
    }
    run(*args, context);
  });
}

}  // namespace houniao
