#include "server/http/api.h"

#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "schema/catalogue.h"
#include "server/http/export_pages.h"
#include "server/http/openapi.h"
#include "server/http/queries.h"
#include "server/http/tlog_pages.h"
#include "server/log/log_node_source.h"
#include "server/telemetry/operator_line.h"

namespace houniao {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kBearer = "bearer ";  // the scheme is read without case (RFC 9110, 11.1)
constexpr std::string_view kQueries = "/v1/";

// Exports of a format fold or write out everything; the pages of events do so piece by piece.
bool is_whole_export(std::string_view what) { return what.starts_with("export/"); }

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

HttpResponse json_response(const Json& json) { return {200, "application/json", dump(json), {}}; }
HttpResponse text_response(std::string body) {
  return {200, "text/plain; charset=utf-8", std::move(body), {}};
}

constexpr std::string_view kOfInclusion[] = {"seq", "size"};
constexpr std::string_view kOfConsistency[] = {"from", "to"};

Result<std::uint64_t> number(const Target& target, const std::string& name) {
  const std::string text = target.get(name);
  std::uint64_t out = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
    return fail(Errc::invalid_argument, name + ": a whole number");
  }
  return out;
}

Json hashes_json(const std::vector<Hash>& hashes) {
  Json out = Json::array();
  for (const Hash& hash : hashes) out.push_back(to_base64(hash.bytes));
  return out;
}

}  // namespace

int status_of(Errc code) {
  switch (code) {
    case Errc::not_found:
      return 404;
    case Errc::invalid_argument:
    case Errc::malformed:
    case Errc::protocol:
      return 400;
    case Errc::too_large:
      return 413;
    case Errc::unauthorised:
      return 401;
    case Errc::scope_denied:
      return 403;
    case Errc::overloaded:
    case Errc::storage_full:
    case Errc::shutting_down:
    case Errc::unavailable:
      return 503;
    default:
      return 500;
  }
}

HttpResponse problem(int status, const Error& error) {
  const Json body = {{"type", "urn:houniao:error:" + std::string(name(error.code))},
                     {"title", std::string(name(error.code))},
                     {"status", status},
                     {"detail", error.detail},
                     {"code", static_cast<std::uint16_t>(error.code)},
                     {"what_to_do_zh", std::string(what_to_do_zh(error.code))},
                     {"what_to_do_en", std::string(what_to_do_en(error.code))}};
  HttpResponse out{status, "application/problem+json", dump(body), {}};
  if (status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"houniao\"");
  return out;
}

HttpApi::HttpApi(Engine& engine) : engine_(engine), doubts_(engine.log()) {}

HttpWork HttpApi::work_of(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return HttpWork::quick;
  const std::string_view path = target->path;
  if (!path.starts_with(kQueries)) {
    return path.starts_with("/admin/") || TlogPages::is_slow(path) ? HttpWork::slow
                                                                   : HttpWork::quick;
  }
  const std::string_view what = target->after(kQueries);
  const QueryPage* page = find_query_page(what);
  const bool of_bench = page != nullptr && page->of_bench;
  return of_bench || is_whole_export(what) || !target->get("at").empty() ? HttpWork::whole_log
                                                                         : HttpWork::slow;
}

HttpResponse HttpApi::handle(const HttpRequest& request) {
  ++engine_.metrics().http_requests;
  const auto target = parse_target(request.target);
  return finish(target ? route(request, *target) : problem(400, target.error()));
}

HttpResponse HttpApi::finish(HttpResponse response) {
  if (response.status >= 400) ++engine_.metrics().http_errors;
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  // Only pages of the log that never change say otherwise: what a token opened must not outlive it
  // in a cache, and what is not there may come.
  const bool says_how =
      std::any_of(response.headers.begin(), response.headers.end(),
                  [](const auto& header) { return header.first == "Cache-Control"; });
  if (!says_how) response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

std::optional<HttpResponse> HttpApi::turn_away(const HttpRequest& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  // handle() refuses at once, before it folds anything.
  if (!reads || !access(request)) return handle(request);
  return std::nullopt;
}

HttpResponse HttpApi::too_many_wait() {
  ++engine_.metrics().http_requests;
  ++engine_.metrics().http_turned_away;
  HttpResponse out = problem(
      503, fail(Errc::overloaded, "too many requests for work of the whole log wait already"));
  out.headers.emplace_back("Retry-After", "30");
  return finish(std::move(out));
}

void HttpApi::draining() {
  draining_ = true;
  doubts_.interrupt();
}

HttpResponse HttpApi::route(const HttpRequest& request, const Target& target) {
  if (target.path == "/admin/enrol") return enrol(request);
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse out = problem(405, fail(Errc::invalid_argument, "only GET is allowed here"));
    out.headers.emplace_back("Allow", "GET, HEAD");
    return out;
  }
  if (target.path == "/healthz") return text_response("ok\n");
  if (target.path == "/readyz") return ready();
  if (target.path == "/metrics") {
    return {200, "text/plain; version=0.0.4; charset=utf-8", engine_.metrics().text(), {}};
  }
  if (target.path == "/openapi.json") {
    return {200, "application/json", std::string(openapi_document()), {}};
  }
  if (target.path.starts_with("/log/")) return log_page(request, target);
  if (target.path.starts_with(kQueries)) return query(request, target);
  return problem(404, fail(Errc::not_found, "no such page: " + target.path));
}

HttpResponse HttpApi::ready() const {
  if (draining_) return problem(503, fail(Errc::shutting_down, "the server is stopping"));
  const auto head = engine_.published().head();
  // Read-only is still ready: reads go on, and it is the devices' next push that finds the space
  // again.
  Json out = {
      {"ready", true}, {"records", head->size.value}, {"read_only", head->read_only.has_value()}};
  if (head->read_only) out["reason"] = head->read_only->message();
  return json_response(out);
}

HttpResponse HttpApi::log_page(const HttpRequest& request, const Target& target) {
  if (target.path == "/log/proof/inclusion") return inclusion(target);
  if (target.path == "/log/proof/consistency") return consistency(target);
  TlogPages pages(engine_, engine_.cosignatures());
  auto page = pages.page(target, [&] { return access(request); });
  if (page) return std::move(*page);
  return problem(404, fail(Errc::not_found, "no such page: " + target.path));
}

HttpResponse HttpApi::inclusion(const Target& target) {
  const auto known = check_parameters(target, target.path, kOfInclusion);
  if (!known) return problem(400, known.error());
  const auto seq = number(target, "seq");
  if (!seq) return problem(400, seq.error());
  const auto head = engine_.published().head();
  const auto size =
      target.get("size").empty() ? Result<std::uint64_t>(head->size.value) : number(target, "size");
  if (!size) return problem(400, size.error());
  if (*size > head->size.value || *seq >= *size) {
    return problem(404, fail(Errc::not_found, "seq must be below size, and size at most " +
                                                  std::to_string(head->size.value)));
  }
  const LogNodeSource nodes(engine_.log());
  const auto proof = merkle::inclusion_proof(nodes, Seq{*seq}, TreeSize{*size});
  if (!proof) return problem(status_of(proof.error().code), proof.error());
  const auto leaf = nodes.node(0, *seq);
  if (!leaf) return problem(status_of(leaf.error().code), leaf.error());
  const auto root = merkle::root_at(nodes, TreeSize{*size});
  if (!root) return problem(status_of(root.error().code), root.error());
  return json_response({{"seq", *seq},
                        {"size", *size},
                        {"leaf", to_base64(leaf->bytes)},
                        {"root", to_base64(root->bytes)},
                        {"proof", hashes_json(*proof)}});
}

HttpResponse HttpApi::consistency(const Target& target) {
  const auto known = check_parameters(target, target.path, kOfConsistency);
  if (!known) return problem(400, known.error());
  const auto from = number(target, "from");
  if (!from) return problem(400, from.error());
  const auto head = engine_.published().head();
  const auto to =
      target.get("to").empty() ? Result<std::uint64_t>(head->size.value) : number(target, "to");
  if (!to) return problem(400, to.error());
  if (*to > head->size.value || *from > *to) {
    return problem(404, fail(Errc::not_found, "from must be at most to, and to at most " +
                                                  std::to_string(head->size.value)));
  }
  const LogNodeSource nodes(engine_.log());
  const auto proof = merkle::consistency_proof(nodes, TreeSize{*from}, TreeSize{*to});
  if (!proof) return problem(status_of(proof.error().code), proof.error());
  return json_response({{"from", *from}, {"to", *to}, {"proof", hashes_json(*proof)}});
}

Result<AccessToken> HttpApi::access(const HttpRequest& request) {
  if (!boost::algorithm::istarts_with(request.authorization, kBearer)) {
    return fail(Errc::unauthorised,
                "send the header Authorization: Bearer TOKEN; the operator makes a token with "
                "`houniao enrol --data DIR --token --role auditor`");
  }
  return engine_.keys().find_token(std::string_view(request.authorization).substr(kBearer.size()));
}

HttpResponse HttpApi::query(const HttpRequest& request, const Target& target) {
  const auto token = access(request);
  if (!token) return problem(status_of(token.error().code), token.error());
  const std::string_view what = target.after(kQueries);
  if (is_export_page(what)) {
    const ExportDoor door{
        engine_, event_streams_, token->role,
        [this](const AsOf& at, const Doubts::Read& read) { return with_bench(at, read); }};
    return export_page(door, request, target, what);
  }
  const QueryPage* page = find_query_page(what);
  if (page == nullptr) return problem(404, fail(Errc::not_found, "no such page: " + target.path));
  if (!is_open_to(*page, token->role)) {
    return problem(403, fail(Errc::scope_denied, "this token's role does not open " + target.path +
                                                     "; it takes a token of the role auditor"));
  }
  const auto known = check_query_parameters(what, target);
  if (!known) return problem(400, known.error());
  const auto at = parse_as_of(target.get("at"));
  if (!at) return problem(400, at.error());
  if (page->of_bench) return bench_page(*at, what, target);
  if (auto past = past_page(*at, request)) return std::move(*past);
  HttpResponse out;
  const auto read = engine_.views().with_state(*at, [&](const State& state, TreeSize size) {
    const auto json = query_state(state, size, what, target);
    out = json ? json_response(*json) : problem(status_of(json.error().code), json.error());
  });
  if (!read) return problem(status_of(read.error().code), read.error());
  return out;
}

// What the anomaly rules doubt. They have to see every record, so neither a snapshot nor a state of
// the timeline answers this.
Result<void> HttpApi::with_bench(const AsOf& at, const Doubts::Read& read) {
  const auto head = engine_.published().head();
  std::optional<TreeSize> place;
  if (at.size || at.day) {
    const auto size = engine_.views().resolve(at);
    if (!size) return size.error();
    place = *size;
  }
  return doubts_.with_bench(place, head->size, read);
}

HttpResponse HttpApi::bench_page(const AsOf& at, std::string_view what, const Target& target) {
  HttpResponse out;
  const auto read = with_bench(at, [&](rules::Bench& bench) {
    const auto json = query_bench(bench, what, target);
    out = json ? json_response(*json) : problem(status_of(json.error().code), json.error());
  });
  if (!read) return problem(status_of(read.error().code), read.error());
  return out;
}

// A page as of some place in the past, from the timeline; nullopt when there is none, or when it
// cannot answer and the views have to.
std::optional<HttpResponse> HttpApi::past_page(const AsOf& at, const HttpRequest& request) {
  if (engine_.timeline() == nullptr || (!at.size && !at.day)) return std::nullopt;
  const auto size = engine_.views().resolve(at);
  if (!size) return problem(status_of(size.error().code), size.error());
  if (*size == engine_.published().head()->size) return std::nullopt;
  const auto page = engine_.timeline()->read(*size, request.target);
  if (page) return HttpResponse{200, "application/json", *page + "\n", {}};
  // A stop interrupts the timeline; to fold in its place would hold up the stop.
  if (draining_) return problem(503, fail(Errc::shutting_down, "the server is stopping"));
  if (page.error().code != Errc::unavailable) {
    return problem(status_of(page.error().code), page.error());
  }
  past_unanswered();
  return std::nullopt;
}

// Nothing starts another keeper: a fork is safe only before there are threads. So whoever runs the
// server is told, once, and the gauge stays up until the restart that mends it.
void HttpApi::past_unanswered() {
  ++engine_.metrics().past_unanswered;
  if (!engine_.timeline()->ended() || engine_.metrics().timeline_ended.exchange(1) != 0) return;
  tell_operator(
      "保存历史状态的进程已结束，按时点查询变慢；请择时重启服务器 / the process that keeps past "
      "states has ended and queries with ?at= are slow; restart the server when it suits");
}

// {"roles": ["field"], "scopes": [16], "holder": "2-7", "whole_log": false, "label": "..."}
HttpResponse HttpApi::enrol(const HttpRequest& request) {
  if (request.method != "POST") {
    return problem(405, fail(Errc::invalid_argument, "POST a JSON object"));
  }
  if (!request.from_loopback) {
    return problem(403,
                   fail(Errc::scope_denied, "codes are made on the server's own machine only"));
  }
  const auto token = access(request);
  if (!token) return problem(status_of(token.error().code), token.error());
  if (!token->admin) {
    return problem(403, fail(Errc::scope_denied, "this token may not make enrolment codes"));
  }
  const auto body = Json::parse(request.body, nullptr, false);
  if (!body.is_object())
    return problem(400, fail(Errc::malformed, "the body is not a JSON object"));
  EnrolmentCode grant;
  try {
    for (const std::string& role : body.value("roles", std::vector<std::string>{"field"})) {
      schema::Role parsed;
      if (!parse_role(role, parsed)) {
        return problem(400, fail(Errc::invalid_argument, "no such role: " + role));
      }
      grant.roles.push_back(static_cast<std::uint16_t>(parsed));
    }
    for (std::uint64_t scope : body.value("scopes", std::vector<std::uint64_t>{})) {
      grant.scopes.push_back(ScopeId{scope});
    }
    grant.holder = parse_event_id(body.value("holder", "")).value;
    grant.organisation = parse_event_id(body.value("organisation", "")).value;
    grant.whole_log = body.value("whole_log", false);
    grant.label = body.value("label", "");
  } catch (const nlohmann::json::exception&) {
    return problem(400, fail(Errc::malformed, "a member of the object has the wrong type"));
  }
  grant.expires = WallTime{engine_.clock().wall().us + limits::kEnrolmentCodeMs * 1000};
  const std::string code = make_enrolment_code(engine_.random());
  const auto added = engine_.keys().add_code(code, grant);
  if (!added) return problem(status_of(added.error().code), added.error());
  return json_response({{"code", code}, {"expires", to_rfc3339(grant.expires)}});
}

}  // namespace houniao
