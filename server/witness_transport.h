// Requests to witnesses over the network: https with the system's certificates and the host's name
// checked, or http to this machine alone. Blocks its caller for at most kWitnessMs a step.
//
// One thread at a time.
#pragma once

#include <string>

#include "server/witness_client.h"

namespace houniao {

inline constexpr unsigned kWitnessMs = 5'000;
inline constexpr std::size_t kWitnessAnswerMax = 64 * 1024;

class HttpWitnessTransport final : public WitnessTransport {
 public:
  // invalid_argument for a URL that is neither https nor http to a loopback address; unavailable
  // when there is no answer; too_large.
  Result<WitnessAnswer> post(const std::string& url, const std::string& body) override;
};

// "https://host:port/path", taken apart; invalid_argument.
struct WitnessUrl {
  bool tls = false;
  std::string host;  // without brackets
  std::string port;
  std::string path;  // "" or "/..."
  bool operator==(const WitnessUrl&) const = default;
};
Result<WitnessUrl> parse_witness_url(std::string_view url);

}  // namespace houniao
