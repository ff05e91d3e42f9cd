#include "server/witness_transport.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>

namespace houniao {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds kLimit{kWitnessMs};

Error no_answer(const WitnessUrl& url, const std::string& what) {
  return fail(Errc::unavailable, "witness at " + url.host + ": " + what);
}

// Runs one asynchronous step to its end, which its deadline brings at the latest.
template <class Start>
ErrorCode finish(asio::io_context& io, Start start) {
  ErrorCode out = asio::error::timed_out;
  start(out);
  io.restart();
  io.run();
  return out;
}

http::request<http::string_body> request_for(const WitnessUrl& url, const std::string& body) {
  http::request<http::string_body> out(http::verb::post, url.path + "/add-checkpoint", 11);
  out.set(http::field::host, url.host + ":" + url.port);
  out.set(http::field::user_agent, "houniao");
  out.set(http::field::content_type, "text/plain; charset=utf-8");
  out.body() = body;
  out.prepare_payload();
  return out;
}

template <class Stream>
Result<WitnessAnswer> exchange(asio::io_context& io, Stream& stream, const WitnessUrl& url,
                               const std::string& body) {
  auto request = request_for(url, body);
  beast::get_lowest_layer(stream).expires_after(kLimit);
  ErrorCode error = finish(io, [&](ErrorCode& out) {
    http::async_write(stream, request, [&out](ErrorCode ec, std::size_t) { out = ec; });
  });
  if (error) return no_answer(url, error.message());
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kWitnessAnswerMax);
  beast::get_lowest_layer(stream).expires_after(kLimit);
  error = finish(io, [&](ErrorCode& out) {
    http::async_read(stream, buffer, parser, [&out](ErrorCode ec, std::size_t) { out = ec; });
  });
  if (error == http::error::body_limit) return fail(Errc::too_large, "answer of a witness");
  if (error) return no_answer(url, error.message());
  auto& response = parser.get();
  return WitnessAnswer{static_cast<int>(response.result_int()),
                       std::string(response[http::field::content_type]),
                       std::move(response.body())};
}

Result<WitnessAnswer> post_tls(asio::io_context& io, beast::tcp_stream stream,
                               const WitnessUrl& url, const std::string& body) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  ErrorCode error;
  context.set_default_verify_paths(error);
  if (error) return no_answer(url, error.message());
  context.set_verify_mode(asio::ssl::verify_peer);
  beast::ssl_stream<beast::tcp_stream> tls(std::move(stream), context);
  tls.set_verify_callback(asio::ssl::host_name_verification(url.host));
  if (SSL_set_tlsext_host_name(tls.native_handle(), url.host.c_str()) != 1) {
    return no_answer(url, "its name cannot be asked for");
  }
  beast::get_lowest_layer(tls).expires_after(kLimit);
  error = finish(io, [&](ErrorCode& out) {
    tls.async_handshake(asio::ssl::stream_base::client, [&out](ErrorCode ec) { out = ec; });
  });
  if (error) return no_answer(url, error.message());
  return exchange(io, tls, url, body);
}

}  // namespace

Result<WitnessUrl> parse_witness_url(std::string_view text) {
  const Error bad = fail(Errc::invalid_argument,
                         "a witness is reached at https://HOST[:PORT][/PATH], or at http:// on "
                         "this machine: " +
                             std::string(text));
  WitnessUrl out;
  if (text.starts_with("https://")) {
    out.tls = true;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return bad;
  }
  const std::size_t slash = text.find('/');
  std::string_view host = text.substr(0, slash);
  if (slash != std::string_view::npos) out.path = std::string(text.substr(slash));
  while (out.path.ends_with('/')) out.path.pop_back();
  const auto control = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control) ||
      out.path.find_first_of("?#") != std::string::npos) {
    return bad;
  }
  std::size_t colon = host.rfind(':');
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return bad;
    if (end + 1 == host.size()) colon = std::string_view::npos;
    out.host = std::string(host.substr(1, end - 1));
  } else {
    out.host = std::string(host.substr(0, colon));
  }
  out.port = colon == std::string_view::npos ? (out.tls ? "443" : "80")
                                             : std::string(host.substr(colon + 1));
  if (out.host.empty() || out.port.empty() ||
      out.port.find_first_not_of("0123456789") != std::string::npos) {
    return bad;
  }
  return out;
}

Result<WitnessAnswer> HttpWitnessTransport::post(const std::string& text, const std::string& body) {
  const auto url = parse_witness_url(text);
  if (!url) return url.error();
  asio::io_context io;
  ErrorCode error;
  const auto found =
      Tcp::resolver(io).resolve(url->host, url->port, Tcp::resolver::numeric_service, error);
  if (error) return no_answer(*url, error.message());
  const bool loopback = std::all_of(found.begin(), found.end(), [](const auto& entry) {
    return entry.endpoint().address().is_loopback();
  });
  if (!url->tls && !loopback) {
    return fail(Errc::invalid_argument,
                text + ": not on this machine; a witness elsewhere is reached by https");
  }
  beast::tcp_stream stream(io);
  stream.expires_after(kLimit);
  error = finish(io, [&](ErrorCode& out) {
    stream.async_connect(found, [&out](ErrorCode ec, const Tcp::endpoint&) { out = ec; });
  });
  if (error) return no_answer(*url, error.message());
  if (url->tls) return post_tls(io, std::move(stream), *url, body);
  return exchange(io, stream, *url, body);
}

}  // namespace houniao
