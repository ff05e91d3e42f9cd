#include "base/error.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace houniao {

std::string_view name(Errc code) {
  switch (code) {
#define X(name, number, zh, en) \
  case Errc::name:              \
    return #name;
    HOUNIAO_ERRORS(X)
#undef X
  }
  return "unknown";
}

std::string_view what_to_do_zh(Errc code) {
  switch (code) {
#define X(name, number, zh, en) \
  case Errc::name:              \
    return zh;
    HOUNIAO_ERRORS(X)
#undef X
  }
  return "";
}

std::string_view what_to_do_en(Errc code) {
  switch (code) {
#define X(name, number, zh, en) \
  case Errc::name:              \
    return en;
    HOUNIAO_ERRORS(X)
#undef X
  }
  return "";
}

Errc errc_from_number(std::uint16_t number) {
  switch (number) {
#define X(name, number, zh, en) \
  case number:                  \
    return Errc::name;
    HOUNIAO_ERRORS(X)
#undef X
    default:
      return Errc::internal;
  }
}

std::string Error::message() const {
  std::string out{name(code)};
  if (!detail.empty()) out += ": " + detail;
  out += "; ";
  out += what_to_do_en(code);
  return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.message());
}

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "houniao: broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace houniao
