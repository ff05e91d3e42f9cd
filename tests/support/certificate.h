// A certificate for tests of TLS: self-signed, ECDSA P-256, valid for an hour around now.
#pragma once

#include <string>

namespace houniao::tests {

// Writes `<stem>.crt` and `<stem>.key` (PEM). `names`: subject alternative names in OpenSSL's form,
// such as "IP:127.0.0.1,DNS:localhost". False when OpenSSL refuses.
bool make_certificate(const std::string& stem, const std::string& names);

}  // namespace houniao::tests
