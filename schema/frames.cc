#include "schema/frames.h"

#include <kj/exception.h>

#include "base/limits.h"
#include "schema/shape.h"

namespace houniao {
namespace {

// Lists of proofs and cursors are bounded like every other list; a tree of 2^64 leaves needs 64.
Result<void> check_fixed(capnp::Data::Reader data, std::size_t size, bool may_be_empty) {
  if (data.size() == size || (may_be_empty && data.size() == 0)) return {};
  return fail(Errc::malformed, "a field of the frame has the wrong length");
}

Result<void> check_hello(schema::Hello::Reader hello) {
  HOUNIAO_TRY(check_fixed(hello.getPublicKey(), 32, false));
  HOUNIAO_TRY(check_fixed(hello.getCheckpointRoot(), 32, true));
  if (hello.getCursors().size() > limits::kScopesPerDeviceMax) {
    return fail(Errc::limit_exceeded, "too many cursors");
  }
  return {};
}

Result<void> check_push(schema::Push::Reader push) {
  HOUNIAO_TRY(check_fixed(push.getSignature(), 64, false));
  HOUNIAO_TRY(check_fixed(push.getWitnessedRoot(), 32, true));
  HOUNIAO_TRY(check_fixed(push.getWitnessedNoteSignature(), 64, true));
  if (push.getCount() > limits::kPushEventsMax) {
    return fail(Errc::limit_exceeded, "a push of " + std::to_string(push.getCount()) + " events");
  }
  return {};
}

Result<void> check_frame(schema::Frame::Reader frame) {
  switch (frame.which()) {
    case schema::Frame::HELLO:
      return check_hello(frame.getHello());
    case schema::Frame::PROOF:
      return check_fixed(frame.getProof().getSignature(), 64, false);
    case schema::Frame::PUSH:
      return check_push(frame.getPush());
    default:
      return {};
  }
}

}  // namespace

Result<void> FrameReader::open(ByteView bytes) {
  HOUNIAO_TRY(reader_.open(bytes, limits::kFrameBytesMax));
  try {
    static const Shape& shape = shape_of(capnp::Schema::from<schema::Frame>());
    HOUNIAO_TRY(check_shape(shape, reader_.message().getRoot<capnp::AnyStruct>()));
    frame_ = reader_.message().getRoot<schema::Frame>();
    return check_frame(frame_);
  } catch (const kj::Exception& e) {
    return fail(Errc::malformed, std::string("unreadable frame: ") + e.getDescription().cStr());
  }
}

Bytes error_frame(const Error& error, bool fatal, std::uint64_t push_id) {
  FrameWriter writer;
  auto frame = writer.root().initError();
  frame.setCode(static_cast<std::uint16_t>(error.code));
  frame.setDetail(error.detail);
  frame.setWhatToDoZh(std::string(what_to_do_zh(error.code)));
  frame.setWhatToDoEn(std::string(what_to_do_en(error.code)));
  frame.setFatal(fatal);
  frame.setPushId(push_id);
  return writer.finish();
}

Bytes retry_frame(Errc reason, std::uint32_t after_ms, const std::string& detail,
                  std::uint64_t push_id) {
  FrameWriter writer;
  auto frame = writer.root().initRetry();
  frame.setAfterMs(after_ms);
  frame.setReason(static_cast<std::uint16_t>(reason));
  frame.setDetail(detail);
  frame.setPushId(push_id);
  return writer.finish();
}

}  // namespace houniao
