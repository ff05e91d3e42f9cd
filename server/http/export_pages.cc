#include "server/http/export_pages.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "exports/books/export.h"
#include "exports/cloud_events.h"
#include "exports/disclosure.h"
#include "replay/rules/bench.h"
#include "replay/state.h"
#include "server/http/list_columns.h"
#include "server/http/queries.h"
#include "server/log/log_event_source.h"

namespace houniao {
namespace {

constexpr std::string_view kExport = "export/";
// Records that one piece of a stream looks at: most may be ones that do not leave.
constexpr std::uint64_t kRecordsPerPiece = 20'000;
constexpr std::size_t kEventsPerPiece = 200;

// Keeps what was written while it fits, and wants no more afterwards.
class Body {
 public:
  exports::Sink sink() {
    return [this](std::string_view piece) {
      too_large_ = too_large_ || text_.size() + piece.size() > kExportBytesMax;
      if (!too_large_) text_.append(piece);
      return !too_large_;
    };
  }
  bool too_large() const { return too_large_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool too_large_ = false;
};

HttpResponse problem_of(const Error& error) { return problem(status_of(error.code), error); }

Result<exports::ByteOrderMark> mark_of(const Target& target) {
  const std::string given = target.get("bom");
  if (given == "true") return exports::ByteOrderMark::written;
  if (given.empty() || given == "false") return exports::ByteOrderMark::none;
  return fail(Errc::invalid_argument, "bom: true or false");
}

Result<std::uint64_t> number(const std::string& name, const std::string& text,
                             std::uint64_t otherwise) {
  if (text.empty()) return otherwise;
  std::uint64_t out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
    return fail(Errc::invalid_argument, name + ": a whole number");
  }
  return out;
}

// Integrators do not see what only auditors see.
exports::Scope scope_for(const ExportDoor& door) {
  exports::Scope scope;
  scope.audit_work = door.role == static_cast<std::uint16_t>(schema::Role::AUDITOR);
  return scope;
}

// Where to go on: behind the seq that was named, at the beginning when none was.
Result<Seq> first_seq(const std::string& name, const std::string& after) {
  if (after.empty()) return Seq{0};
  const auto seq = number(name, after, 0);
  if (!seq) return seq.error();
  return Seq{*seq == UINT64_MAX ? *seq : *seq + 1};
}

HttpResponse events_batch(const ExportDoor& door, const Target& target) {
  if (const auto known =
          check_parameters(target, "events", std::vector<std::string_view>{"after", "limit"});
      !known) {
    return problem_of(known.error());
  }
  const auto from = first_seq("after", target.get("after"));
  if (!from) return problem_of(from.error());
  const auto limit = number("limit", target.get("limit"), exports::kCloudBatchDefault);
  if (!limit) return problem_of(limit.error());
  if (*limit == 0 || *limit > exports::kCloudBatchMax) {
    return problem_of(
        fail(Errc::invalid_argument, "limit: 1 to " + std::to_string(exports::kCloudBatchMax)));
  }
  HttpResponse out;
  out.content_type = std::string(exports::kCloudBatchType);
  Result<void> written;
  const LogEventSource source(door.engine.log());
  const auto read = door.engine.views().with_state({}, [&](const State& state, TreeSize size) {
    const auto page = exports::write_cloud_batch(
        state, source, *from, size, scope_for(door), door.engine.identity().origin,
        static_cast<std::size_t>(*limit), [&](std::string_view piece) {
          out.body.append(piece);
          return true;
        });
    if (!page) {
      written = page.error();
    } else {
      // Also at the end, where the page is empty: whoever asks there later gets what has come
      // since.
      const std::uint64_t next = std::max(page->next.value, from->value);
      const std::string after = next == 0 ? "" : "after=" + std::to_string(next - 1) + "&";
      out.headers.emplace_back(
          "Link", "</v1/events?" + after + "limit=" + std::to_string(*limit) + ">; rel=\"next\"");
    }
  });
  if (!read) return problem_of(read.error());
  if (!written) return problem_of(written.error());
  return out;
}

// Lives as long as its connection; takes its place among the open streams back when it goes.
class EventStream final : public BodyStream {
 public:
  EventStream(const ExportDoor& door, Seq from)
      : engine_(door.engine),
        streams_(door.streams),
        scope_(scope_for(door)),
        next_(from),
        begun_us_(engine_.clock().monotonic_us()),
        told_us_(begun_us_) {}
  ~EventStream() override { streams_->fetch_sub(1); }

  StreamPiece next() override {
    const std::int64_t now = engine_.clock().monotonic_us();
    if (now - begun_us_ > kEventStreamMsMax * 1000) return {{}, true};
    StreamPiece piece;
    const TreeSize size = engine_.published().head()->size;
    if (next_.value < size.value) piece = events(size);
    if (piece.bytes.empty() && !piece.ended && now - told_us_ >= kHeartbeatMs * 1000) {
      piece.bytes = ":\n\n";
    }
    if (!piece.bytes.empty()) told_us_ = now;
    return piece;
  }

 private:
  StreamPiece events(TreeSize size) {
    StreamPiece piece;
    const TreeSize end{std::min(size.value, next_.value + kRecordsPerPiece)};
    const LogEventSource source(engine_.log());
    const auto read = engine_.views().with_state({}, [&](const State& state, TreeSize) {
      const auto page =
          exports::write_event_stream(state, source, next_, end, scope_, engine_.identity().origin,
                                      kEventsPerPiece, [&](std::string_view text) {
                                        piece.bytes.append(text);
                                        return true;
                                      });
      if (page) {
        next_ = page->next;
      } else {
        piece.ended = true;
      }
    });
    piece.ended = piece.ended || !read;
    return piece;
  }

  Engine& engine_;
  std::shared_ptr<std::atomic<int>> streams_;
  exports::Scope scope_;
  Seq next_;
  std::int64_t begun_us_;
  std::int64_t told_us_;  // when something was last written
};

HttpResponse events_stream(const ExportDoor& door, const HttpRequest& request,
                           const Target& target) {
  if (const auto known =
          check_parameters(target, "events/stream", std::vector<std::string_view>{"after"});
      !known) {
    return problem_of(known.error());
  }
  const bool resumed = !request.last_event_id.empty();
  const auto from = resumed ? first_seq("Last-Event-ID", request.last_event_id)
                            : first_seq("after", target.get("after"));
  if (!from) return problem_of(from.error());
  HttpResponse out;
  out.content_type = std::string(exports::kEventStreamType);
  out.headers.emplace_back("Cache-Control", "no-store");
  if (request.method == "HEAD") return out;
  if (door.streams->fetch_add(1) >= kEventStreamsMax) {
    door.streams->fetch_sub(1);
    HttpResponse busy = problem_of(fail(Errc::overloaded, "too many event streams are open"));
    busy.headers.emplace_back("Retry-After", "30");
    return busy;
  }
  out.stream = std::make_shared<EventStream>(door, *from);
  return out;
}

HttpResponse whole(Body body, const Result<void>& written, std::string content_type) {
  if (body.too_large() || (!written && written.error().code == Errc::too_large)) {
    return problem_of(fail(Errc::too_large,
                           "the export is too large for one answer, which holds at most " +
                               std::to_string(kExportBytesMax >> 20) +
                               " MiB; narrow it by programme, from and to, or use `houniao export` "
                               "on the data directory"));
  }
  if (!written) return problem_of(written.error());
  HttpResponse out;
  out.content_type = std::move(content_type);
  out.body = body.take();
  return out;
}

HttpResponse csv_page(const ExportDoor& door, const Target& target) {
  if (const auto known = check_parameters(target, "export/csv",
                                          std::vector<std::string_view>{"at", "page", "bom"});
      !known) {
    return problem_of(known.error());
  }
  const std::string name = target.get("page");
  const QueryPage* page = find_query_page(name);
  if (name.empty()) {
    return problem_of(fail(Errc::invalid_argument, "page: name a list, such as contracts"));
  }
  if (page == nullptr || !page->list || name.find('/') != std::string::npos) {
    return problem_of(fail(Errc::not_found, "no list is called " + name));
  }
  if (!is_open_to(*page, door.role)) {
    return problem(403, fail(Errc::scope_denied, "this page takes a token of the role auditor"));
  }
  const auto at = parse_as_of(target.get("at"));
  if (!at) return problem_of(at.error());
  const auto mark = mark_of(target);
  if (!mark) return problem_of(mark.error());
  Body body;
  Result<void> written;
  const auto write = [&](auto& from) {
    written = write_page_csv(from, name, *mark, body.sink(), kExportBytesMax);
  };
  const auto read = page->of_bench
                        ? door.with_bench(*at, [&](rules::Bench& bench) { write(bench); })
                        : door.engine.views().with_state(
                              *at, [&](const State& state, TreeSize) { write(state); });
  if (!read) return problem_of(read.error());
  return whole(std::move(body), written, "text/csv; charset=utf-8");
}

HttpResponse format_page(const ExportDoor& door, const Target& target, std::string_view name) {
  const exports::Format* format = exports::find_format(name);
  if (format == nullptr) {
    return problem_of(fail(Errc::not_found, "no such format: " + std::string(name)));
  }
  std::vector<std::string_view> names = format->parameter_names();
  names.insert(names.begin(), "at");
  if (const auto known = check_parameters(target, "export/" + std::string(name), names); !known) {
    return problem_of(known.error());
  }
  const auto at = parse_as_of(target.get("at"));
  if (!at) return problem_of(at.error());
  exports::ExportRequest request;
  request.format = std::string(name);
  request.origin = door.engine.identity().origin;
  const auto process = exports::parse_process(target.get("process"));
  if (!process) return problem_of(process.error());
  request.process = *process;
  if (const std::string given = target.get("case"); !given.empty()) request.case_type = given;
  if (const std::string given = target.get("prefix"); !given.empty()) request.ocid_prefix = given;
  request.bytes_max = kExportBytesMax;
  const auto mark = mark_of(target);
  if (!mark) return problem_of(mark.error());
  request.mark = *mark;
  const LogEventSource source(door.engine.log());
  Body body;
  Result<void> written;
  const auto read = door.engine.views().with_state(*at, [&](const State& state, TreeSize size) {
    const auto scope =
        exports::parse_scope(state, target.get("programme"), target.get("from"), target.get("to"));
    if (!scope) {
      written = scope.error();
      return;
    }
    request.scope = *scope;
    request.scope.audit_work = scope_for(door).audit_work;
    written = exports::run_export(request, state, source, size, body.sink());
  });
  if (!read) return problem_of(read.error());
  HttpResponse out = whole(std::move(body), written, std::string(format->content_type));
  if (out.status == 200) {
    out.headers.emplace_back("Content-Disposition", "attachment; filename=\"houniao-" +
                                                        std::string(format->name) + "." +
                                                        std::string(format->extension) + "\"");
  }
  return out;
}

}  // namespace

bool is_export_page(std::string_view what) {
  return what == "events" || what == "events/stream" || what.starts_with(kExport);
}

HttpResponse export_page(const ExportDoor& door, const HttpRequest& request, const Target& target,
                         std::string_view what) {
  const auto role = static_cast<schema::Role>(door.role);
  if (role != schema::Role::AUDITOR && role != schema::Role::INTEGRATOR) {
    return problem(
        403, fail(Errc::scope_denied, "exports take a token of the role auditor or integrator"));
  }
  if (what == "events") return events_batch(door, target);
  if (what == "events/stream") return events_stream(door, request, target);
  const std::string_view name = what.substr(kExport.size());
  return name == "csv" ? csv_page(door, target) : format_page(door, target, name);
}

namespace {

using TakeItem = std::function<bool(exports::Json item)>;

// What a list without items looks like: the columns of its description, but for those that no
// export has.
Result<void> write_header(const State& state, const std::string& page, exports::ByteOrderMark mark,
                          const exports::Sink& sink) {
  exports::Json item = exports::Json::object();
  for (const std::string& name : columns_of_list(page)) item[name] = nullptr;
  exports::CsvOut out(sink, mark);
  const auto told = exports::item_that_may_leave(state, item);
  if (!told || told->empty()) return {};
  for (const auto& [name, value] : told->items()) out.text(name);
  out.end_row();
  return {};
}

Result<void> write_rows(const State& state, const std::string& page, exports::ByteOrderMark mark,
                        const exports::Sink& sink, std::size_t bytes_max,
                        const std::function<Result<void>(const TakeItem&)>& list) {
  exports::JsonRows rows(mark);
  HOUNIAO_TRY(list([&](const exports::Json& item) {
    if (const auto told = exports::item_that_may_leave(state, item)) rows.add(*told);
    return rows.bytes() <= bytes_max;
  }));
  if (rows.bytes() > bytes_max) {
    return fail(Errc::too_large,
                "the list has more than " + std::to_string(bytes_max) + " bytes as CSV");
  }
  if (rows.empty()) return write_header(state, page, mark, sink);
  rows.write(sink);
  return {};
}

}  // namespace

Result<void> write_page_csv(const State& state, const std::string& page,
                            exports::ByteOrderMark mark, const exports::Sink& sink,
                            std::size_t bytes_max) {
  return write_rows(state, page, mark, sink, bytes_max,
                    [&](const TakeItem& take) { return query_list(state, page, take); });
}

Result<void> write_page_csv(rules::Bench& bench, const std::string& page,
                            exports::ByteOrderMark mark, const exports::Sink& sink,
                            std::size_t bytes_max) {
  return write_rows(bench.state(), page, mark, sink, bytes_max,
                    [&](const TakeItem& take) { return query_bench_list(bench, page, take); });
}

}  // namespace houniao
