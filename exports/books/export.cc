#include "exports/books/export.h"

#include <algorithm>
#include <array>

#include "exports/books/ocel_sqlite.h"
#include "exports/books/xlsx.h"
#include "exports/cloud_events.h"
#include "exports/facts_csv.h"
#include "exports/iati.h"
#include "exports/ocds.h"
#include "exports/ocel_json.h"
#include "exports/prov.h"
#include "exports/xes.h"
#include "replay/figures.h"
#include "replay/state.h"

namespace houniao::exports {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kXml = "application/xml";
constexpr std::string_view kXlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

// About what a cell takes in the sheets while a workbook is put together.
constexpr std::size_t kCellBytes = 64;

constexpr std::string_view kScope = "programme from to";
constexpr std::string_view kPurchase = "programme from to process prefix";

constexpr std::array kFormats = {
    Format{"cloudevents", "事件流 CloudEvents 1.0", "events, CloudEvents 1.0", kCloudBatchType,
           "json", kScope},
    Format{"ocds-releases", "政府采购公开 OCDS 1.1：发布", "purchase, OCDS 1.1 releases", kJson,
           "json", kPurchase},
    Format{"ocds-records", "政府采购公开 OCDS 1.1：记录（含汇编）",
           "purchase, OCDS 1.1 records with the compiled release", kJson, "json", kPurchase},
    Format{"ocel-json", "过程挖掘 OCEL 2.0（JSON）", "object-centric events, OCEL 2.0 JSON", kJson,
           "json", kScope},
    Format{"ocel-sqlite", "过程挖掘 OCEL 2.0（SQLite）", "object-centric events, OCEL 2.0 SQLite",
           "application/vnd.sqlite3", "sqlite", kScope},
    Format{"xes", "过程挖掘 XES（IEEE 1849）", "events by case, XES (IEEE 1849)", kXml, "xes",
           "programme from to case"},
    Format{"iati", "项目资金 IATI 2.03", "programmes and their money, IATI 2.03", kXml, "xml",
           kScope},
    Format{"prov", "封存报表的来历 W3C PROV-JSON", "provenance of sealed reports, W3C PROV-JSON",
           kJson, "json", kScope},
    Format{"csv-facts", "事实表 CSV", "the fact table, CSV", "text/csv; charset=utf-8", "csv",
           "programme from to bom"},
    Format{"xlsx-purchase", "政府采购与资金台账 XLSX", "purchase ledger, workbook", kXlsx, "xlsx",
           kScope},
    Format{"xlsx-volunteers", "志愿服务记录 XLSX（民政部令第67号）",
           "volunteer service record, workbook", kXlsx, "xlsx", kScope},
    Format{"xlsx-obligations", "义务日历 XLSX", "calendar of obligations, workbook", kXlsx, "xlsx",
           kScope},
    // A published figure has a period of its own.
    Format{"xlsx-figures", "指标核对 XLSX", "published figures, workbook", kXlsx, "xlsx",
           "programme"},
};

Result<void> check_size(const Book& book, std::size_t bytes_max) {
  std::size_t cells = 0;
  for (const Sheet& sheet : book.sheets) cells += sheet.rows.size() * sheet.columns.size();
  if (cells <= bytes_max / kCellBytes) return {};
  return fail(Errc::too_large, "the workbook has " + std::to_string(cells) +
                                   " cells, more than the bound of " + std::to_string(bytes_max) +
                                   " bytes allows");
}

Result<void> put_workbook(const ExportRequest& request, const Book& book, const Sink& sink) {
  HOUNIAO_TRY(check_size(book, request.bytes_max));
  const auto bytes = xlsx_of(book);
  if (!bytes) return bytes.error();
  sink(*bytes);
  return {};
}

Result<void> workbook(const ExportRequest& request, const State& state, const Sink& sink) {
  if (request.format == "xlsx-purchase") {
    return put_workbook(request, purchase_ledger(state, request.scope), sink);
  }
  if (request.format == "xlsx-volunteers") {
    return put_workbook(request, volunteer_record(state, request.scope, request.names), sink);
  }
  if (request.format == "xlsx-obligations") {
    return put_workbook(
        request, obligations_calendar(state, packs_in(state, request.scope), request.scope), sink);
  }
  return put_workbook(request, figures_book(state, packs_in(state, request.scope)), sink);
}

}  // namespace

std::vector<std::string_view> Format::parameter_names() const {
  std::vector<std::string_view> out;
  for (std::string_view rest = parameters; !rest.empty();) {
    const std::size_t space = rest.find(' ');
    out.push_back(rest.substr(0, space));
    rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
  }
  return out;
}

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const Format& each) { return each.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

namespace {

// Of an ocid, which is a name in URLs and file names of others (OCDS 1.1, "Open Contracting
// Identifier": letters, digits and hyphens).
Result<void> check_prefix(const std::string& prefix) {
  constexpr std::size_t kPrefixBytesMax = 64;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!prefix.empty() && prefix.size() <= kPrefixBytesMax &&
      std::all_of(prefix.begin(), prefix.end(), fits)) {
    return {};
  }
  return fail(Errc::invalid_argument, "prefix: letters, digits and hyphens, at most " +
                                          std::to_string(kPrefixBytesMax) +
                                          " of them, such as ocds-213czf");
}

}  // namespace

Result<void> run_export(const ExportRequest& request, const State& state, const EventSource& source,
                        TreeSize end, const Sink& sink) {
  const Format* format = find_format(request.format);
  if (format == nullptr) return fail(Errc::not_found, "no such format: " + request.format);
  const std::string& name = request.format;
  if (format->content_type == kXlsx) return workbook(request, state, sink);
  if (name == "cloudevents") {
    const auto page = write_cloud_batch(state, source, Seq{0}, end, request.scope, request.origin,
                                        SIZE_MAX, sink);
    return page ? Result<void>{} : Result<void>(page.error());
  }
  if (name.starts_with("ocds-")) {
    HOUNIAO_TRY(check_prefix(request.ocid_prefix));
    OcdsOptions options;
    options.ocid_prefix = request.ocid_prefix;
    options.origin = request.origin;
    options.process = request.process;
    return name == "ocds-releases"
               ? write_ocds_releases(state, source, end, request.scope, options, sink)
               : write_ocds_records(state, source, end, request.scope, options, sink);
  }
  if (name == "ocel-json") return write_ocel_json(state, source, end, request.scope, sink);
  if (name == "ocel-sqlite") {
    const auto bytes = ocel_sqlite_bytes(state, source, end, request.scope, request.bytes_max);
    if (!bytes) return bytes.error();
    sink(*bytes);
    return {};
  }
  if (name == "xes") {
    return write_xes(state, source, end, request.scope, request.case_type, sink);
  }
  if (name == "iati") return write_iati(state, request.scope, IatiOptions{}, sink);
  if (name == "prov") {
    return write_prov(state, source, end, request.scope, request.origin, sink);
  }
  write_facts(state, request.scope, request.mark, sink);
  return {};
}

Result<std::uint64_t> parse_process(const std::string& text) {
  if (text.empty()) return std::uint64_t{0};
  const EventId id = parse_event_id(text);
  if (!id) return fail(Errc::invalid_argument, "process: an id such as 2-7, not " + text);
  return id.value;
}

Result<Scope> parse_scope(const State& state, const std::string& programme, const std::string& from,
                          const std::string& to) {
  Scope scope;
  if (!programme.empty()) {
    const EventId id = parse_event_id(programme);
    if (!id) return fail(Errc::invalid_argument, "programme: an id such as 2-7");
    scope.programmes = programmes_below(state, ProgrammeId{id.value});
    if (scope.programmes.empty()) return fail(Errc::not_found, "no such programme: " + programme);
  }
  for (const auto& [text, day] : {std::pair{&from, &scope.from}, std::pair{&to, &scope.to}}) {
    if (text->empty()) continue;
    const auto parsed = parse_day(*text);
    if (!parsed) return fail(Errc::invalid_argument, "a day such as 2016-03-15, not " + *text);
    *day = *parsed;
  }
  if (scope.to < scope.from) {
    return fail(Errc::invalid_argument, "to lies before from; exchange them");
  }
  return scope;
}

}  // namespace houniao::exports
