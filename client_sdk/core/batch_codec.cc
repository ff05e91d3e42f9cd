#include "client_sdk/core/batch_codec.h"

#include <zstd.h>

#include "client_sdk/core/local_codec.h"

namespace houniao::client {
namespace {

constexpr std::uint8_t kPlain = 0;
constexpr std::uint8_t kZstd = 1;

}  // namespace

Bytes encode_batch(const VerifiedBatch& batch) {
  const bool compressed = !batch.wire.empty();
  LocalWriter out;
  out.number(compressed ? kZstd : kPlain);
  out.number(static_cast<std::uint32_t>(batch.raw.size()));
  out.number(batch.count);
  out.number(batch.from.value);
  out.number(batch.next.value);
  out.number(batch.backfill.value);
  out.raw(compressed ? batch.wire : batch.raw);
  return out.finish();
}

Result<StoredBatch> decode_batch(ByteView value) {
  LocalReader in(value);
  const auto kind = in.number<std::uint8_t>();
  const auto raw_bytes = in.number<std::uint32_t>();
  StoredBatch out;
  out.count = in.number<std::uint32_t>();
  out.from = Seq{in.number<std::uint64_t>()};
  out.next = Seq{in.number<std::uint64_t>()};
  out.backfill = ScopeId{in.number<std::uint64_t>()};
  if (!in.ok() || kind > kZstd) return fail(Errc::corrupt, "a stored batch cannot be read");
  const ByteView payload = in.rest();
  if (kind == kPlain) {
    out.raw.assign(payload.begin(), payload.end());
    return out;
  }
  out.raw.resize(raw_bytes);
  const std::size_t size =
      ZSTD_decompress(out.raw.data(), out.raw.size(), payload.data(), payload.size());
  if (ZSTD_isError(size) != 0 || size != raw_bytes) {
    return fail(Errc::corrupt, "a stored batch does not unpack");
  }
  return out;
}

}  // namespace houniao::client
