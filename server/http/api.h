// The HTTP side of the server, without sockets: a request in, a response out.
//
//   /healthz /readyz /metrics                            no token
//   /openapi.json                                        no token
//   /log/...                                             no token: checkpoints, hashes and keys;
//                                                        /log/proof/event/D-N also says whether the
//                                                        log has that event and at which seq, so
//                                                        anybody can count a device's events. What
//                                                        they hold, /log/tile/entries/, takes a
//                                                        token of the role auditor (tlog.h)
//   /v1/...                                              bearer token, role auditor or integrator;
//                                                        some pages auditor only (queries.h)
//   /v1/events, /v1/events/stream, /v1/export/...        the same tokens (export_pages.h)
//   /admin/enrol                                         loopback only, token with the admin mark
//
// Every query below /v1 takes ?at=SEQ or ?at=YYYY-MM-DD and answers from the state of that moment.
// Lists take ?limit= and ?cursor=. Errors are RFC 9457 problem documents with Chinese and English
// text. Nothing here answers with personal data: the log has none that can be read. A token names
// nobody and a reading leaves no event, so below /v1 case work is counted and not named (I14), but
// for the id, type and reasons of a held event; /log/tile/entries/ hands an auditor's token whole
// records, of case work too.
//
// Threads: any, several at a time. handle() may fold a part of the log, or all of it; work_of()
// says so beforehand, and the gateway runs such requests on threads of their own, those of the
// whole log apart from the rest.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/doubts.h"
#include "server/engine.h"
#include "server/http/body_stream.h"

namespace houniao {

struct HttpRequest {
  std::string method;
  std::string target;         // path and query as sent
  std::string authorization;  // value of the header, empty when absent
  std::string body;
  bool from_loopback = false;
  std::string last_event_id = {};  // of the header, for event streams
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<BodyStream> stream = nullptr;  // when set, the body comes from it piece by piece
};

// Path and decoded query of a target.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;  // the first value of each parameter
  // Further values of parameters that were given more than once, in their order. Few pages take
  // such (check_parameters).
  std::map<std::string, std::vector<std::string>> further;

  void add(const std::string& name, std::string value);
  // The part of the path after `prefix`, empty when the path does not start with it.
  std::string_view after(std::string_view prefix) const;
  std::string get(const std::string& name) const;
  // Every value of the parameter, in the order of the target.
  std::vector<std::string> all(const std::string& name) const;
};
Result<Target> parse_target(std::string_view target);

// invalid_argument for a parameter that is not among the known ones, and for one that was given
// twice although it is not `repeatable`: to leave one of them out would answer another question.
// The same for one without a value, which is a script whose variable was empty. `page` is what the
// message calls the page.
Result<void> check_parameters(const Target& target, std::string_view page,
                              std::span<const std::string_view> known,
                              std::string_view repeatable = {});

// RFC 9457, application/problem+json.
HttpResponse problem(int status, const Error& error);
int status_of(Errc code);

// What a target costs whoever answers it: nothing to speak of; a lock that others hold for a while,
// some reads or a sync of the disk; or a way through the whole log.
enum class HttpWork : std::uint8_t { quick, slow, whole_log };

class HttpApi {
 public:
  explicit HttpApi(Engine& engine);
  HttpResponse handle(const HttpRequest& request);
  // Judges the path that handle() takes, with its escapes decoded. quick for a target that cannot
  // be read: its answer is 400 at once.
  static HttpWork work_of(std::string_view target);
  static bool is_slow(std::string_view target) { return work_of(target) != HttpWork::quick; }
  // The refusal of a request for work of the whole log that may not ask for it (method, token):
  // such a request must not take a place among those that wait. nullopt for all others. Slow.
  std::optional<HttpResponse> turn_away(const HttpRequest& request);
  // The answer when too many wait already: 503 with Retry-After.
  HttpResponse too_many_wait();
  // Makes /readyz fail, so that a load balancer sends nobody here any more, and ends what folds.
  void draining();

 private:
  HttpResponse route(const HttpRequest& request, const Target& target);
  HttpResponse finish(HttpResponse response);
  HttpResponse ready() const;
  HttpResponse log_page(const HttpRequest& request, const Target& target);
  HttpResponse inclusion(const Target& target);
  HttpResponse consistency(const Target& target);
  HttpResponse query(const HttpRequest& request, const Target& target);
  Result<void> with_bench(const AsOf& at, const Doubts::Read& read);
  HttpResponse bench_page(const AsOf& at, std::string_view what, const Target& target);
  std::optional<HttpResponse> past_page(const AsOf& at, const HttpRequest& request);
  void past_unanswered();
  HttpResponse enrol(const HttpRequest& request);
  Result<AccessToken> access(const HttpRequest& request);

  Engine& engine_;
  Doubts doubts_;
  std::atomic<bool> draining_{false};
  std::shared_ptr<std::atomic<int>> event_streams_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace houniao
