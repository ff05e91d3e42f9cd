#include "client_sdk/cpp/url.h"

#include <algorithm>

namespace houniao::client {
namespace {

constexpr const char* kDefaultPath = "/sync";

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

}  // namespace

Result<Url> parse_url(const std::string& text) {
  Url url;
  std::string rest;
  if (text.rfind("ws://", 0) == 0) {
    rest = text.substr(5);
  } else if (text.rfind("wss://", 0) == 0) {
    url.tls = true;
    rest = text.substr(6);
  } else {
    return fail(Errc::invalid_argument, "'" + text + "' is not a ws:// or wss:// address");
  }
  const std::size_t slash = rest.find('/');
  url.path =
      slash == std::string::npos || slash + 1 == rest.size() ? kDefaultPath : rest.substr(slash);
  std::string authority = rest.substr(0, slash);
  std::size_t colon = authority.rfind(':');
  if (!authority.empty() && authority.front() == '[') {  // RFC 3986: an IPv6 address in brackets
    const std::size_t close = authority.find(']');
    if (close == std::string::npos)
      return fail(Errc::invalid_argument, "'" + text + "': missing ]");
    url.host = authority.substr(1, close - 1);
    colon =
        close + 1 < authority.size() && authority[close + 1] == ':' ? close + 1 : std::string::npos;
  } else {
    url.host = authority.substr(0, colon);
  }
  url.port = colon == std::string::npos ? (url.tls ? "443" : "80") : authority.substr(colon + 1);
  const bool digits =
      !url.port.empty() && url.port.size() <= 5 &&
      std::all_of(url.port.begin(), url.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (url.host.empty() || !digits) {
    return fail(Errc::invalid_argument, "'" + text + "' names no host or port");
  }
  if (!url.tls && !is_loopback(url.host)) {
    return fail(Errc::invalid_argument,
                "'" + text + "' leaves this machine without TLS; use wss://");
  }
  return url;
}

}  // namespace houniao::client
