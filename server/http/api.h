// The HTTP side of the server, without sockets: a request in, a response out.
//
//   /healthz /readyz /metrics                            no token
//   /log/checkpoint /log/vkey /log/proof/... /openapi.json   no token: they reveal hashes only
//   /v1/...                                              bearer token, role auditor or integrator;
//                                                        some pages auditor only (queries.h)
//   /admin/enrol                                         loopback only, token with the admin mark
//
// Every query below /v1 takes ?at=SEQ or ?at=YYYY-MM-DD and answers from the state of that moment.
// Lists take ?limit= and ?cursor=. Errors are RFC 9457 problem documents with Chinese and English
// text. Nothing here answers with personal data: the log has none that can be read. A token names
// nobody and a reading leaves no event, so case work is counted and never listed (I14).
//
// Threads: any. handle() may fold a part of the log and is then slow; is_slow() says so beforehand,
// and the gateway runs such requests on a thread of their own.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/engine.h"

namespace houniao {

struct HttpRequest {
  std::string method;
  std::string target;         // path and query as sent
  std::string authorization;  // value of the header, empty when absent
  std::string body;
  bool from_loopback = false;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Path and decoded query of a target.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
  // The part of the path after `prefix`, empty when the path does not start with it.
  std::string_view after(std::string_view prefix) const;
  std::string get(const std::string& name) const;
};
Result<Target> parse_target(std::string_view target);

// RFC 9457, application/problem+json.
HttpResponse problem(int status, const Error& error);
int status_of(Errc code);

class HttpApi {
 public:
  explicit HttpApi(Engine& engine);
  HttpResponse handle(const HttpRequest& request);
  static bool is_slow(std::string_view target);
  // Makes /readyz fail, so that a load balancer sends nobody here any more.
  void draining() { draining_ = true; }

 private:
  HttpResponse route(const HttpRequest& request, const Target& target);
  HttpResponse ready() const;
  HttpResponse log_page(const Target& target);
  HttpResponse inclusion(const Target& target);
  HttpResponse consistency(const Target& target);
  HttpResponse query(const HttpRequest& request, const Target& target);
  HttpResponse enrol(const HttpRequest& request);
  Result<AccessToken> access(const HttpRequest& request);

  Engine& engine_;
  std::atomic<bool> draining_{false};
};

}  // namespace houniao
