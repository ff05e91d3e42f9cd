#include "client_sdk/core/position.h"

#include <algorithm>

#include "client_sdk/core/local_codec.h"

namespace houniao::client {
namespace {

constexpr std::uint8_t kFormat = 1;

auto lower(std::vector<ScopeCursor>& scopes, ScopeId scope) {
  return std::lower_bound(scopes.begin(), scopes.end(), scope,
                          [](const ScopeCursor& c, ScopeId s) { return c.scope < s; });
}

}  // namespace

ScopeCursor* Position::find(ScopeId scope) {
  const auto found = lower(scopes, scope);
  return found != scopes.end() && found->scope == scope ? &*found : nullptr;
}

const ScopeCursor* Position::find(ScopeId scope) const {
  return const_cast<Position*>(this)->find(scope);
}

ScopeCursor& Position::at(ScopeId scope) {
  const auto found = lower(scopes, scope);
  if (found != scopes.end() && found->scope == scope) return *found;
  ScopeCursor cursor;
  cursor.scope = scope;
  return *scopes.insert(found, cursor);
}

void Position::erase(ScopeId scope) {
  std::erase_if(scopes, [&](const ScopeCursor& c) { return c.scope == scope; });
}

Bytes encode_position(const Position& position) {
  LocalWriter out;
  out.number(kFormat);
  out.number(position.next.value);
  out.number(static_cast<std::uint32_t>(position.scopes.size()));
  for (const ScopeCursor& cursor : position.scopes) {
    out.number(cursor.scope.value);
    out.number(cursor.next.value);
    out.number(cursor.count);
    out.raw(cursor.head.bytes);
  }
  out.number(position.frontier.size().value);
  out.number(static_cast<std::uint32_t>(position.frontier.peaks().size()));
  for (const Hash& peak : position.frontier.peaks()) out.raw(peak.bytes);
  out.flag(position.verified.has_value());
  if (position.verified) {
    out.text(position.verified->checkpoint.origin);
    out.number(position.verified->checkpoint.size.value);
    out.raw(position.verified->checkpoint.root.bytes);
    out.raw(position.verified->signature.bytes);
  }
  return out.finish();
}

Result<Position> decode_position(ByteView bytes) {
  LocalReader in(bytes);
  if (in.number<std::uint8_t>() != kFormat) {
    return fail(Errc::corrupt, "stored position has an unknown format");
  }
  Position out;
  out.next = Seq{in.number<std::uint64_t>()};
  const auto scopes = in.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < scopes && in.ok(); ++i) {
    ScopeCursor cursor;
    cursor.scope = ScopeId{in.number<std::uint64_t>()};
    cursor.next = Seq{in.number<std::uint64_t>()};
    cursor.count = in.number<std::uint64_t>();
    cursor.head = in.hash();
    out.scopes.push_back(cursor);
  }
  const TreeSize size{in.number<std::uint64_t>()};
  std::vector<Hash> peaks;
  const auto count = in.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) peaks.push_back(in.hash());
  auto frontier = merkle::Frontier::from_peaks(size, peaks);
  if (!frontier) return frontier.error();
  out.frontier = std::move(*frontier);
  if (in.flag()) {
    VerifiedCheckpoint verified;
    verified.checkpoint.origin = in.text();
    verified.checkpoint.size = TreeSize{in.number<std::uint64_t>()};
    verified.checkpoint.root = in.hash();
    verified.signature.bytes = in.array<64>();
    out.verified = std::move(verified);
  }
  HOUNIAO_TRY(in.done("position"));
  return out;
}

}  // namespace houniao::client
