// The address of a server: ws://host[:port][/path] or wss://. Pure.
#pragma once

#include <string>

#include "base/error.h"

namespace houniao::client {

struct Url {
  bool tls = false;
  std::string host;
  std::string port;
  std::string path;
  bool operator==(const Url&) const = default;
};

// invalid_argument for anything else, and for ws:// to a host that is not the machine itself:
// beyond loopback TLS is required.
Result<Url> parse_url(const std::string& text);

}  // namespace houniao::client
