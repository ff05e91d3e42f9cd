// The frame of one WebSocket message of the synchronisation protocol (schema/sync.capnp). Pure.
#pragma once

#include "schema/codec.h"
#include "schema/sync.capnp.h"

namespace houniao {

// One frame. open() treats the bytes as coming from a stranger: sizes, pointers, UTF-8 and the
// lengths of fixed-size fields are checked before anything is handed out.
class FrameReader {
 public:
  Result<void> open(ByteView bytes);
  schema::Frame::Reader get() const { return frame_; }

 private:
  MessageReader reader_;
  schema::Frame::Reader frame_;
};

// Builds a frame: FrameWriter w; w.root().initPing().setStampUs(1); Bytes b = w.finish();
class FrameWriter {
 public:
  explicit FrameWriter(std::size_t expected_bytes = 1024)
      : builder_(static_cast<unsigned>(expected_bytes / 8 + 64)),
        root_(builder_.initRoot<schema::Frame>()) {}
  schema::Frame::Builder root() { return root_; }
  Bytes finish() { return encode(builder_); }

 private:
  capnp::MallocMessageBuilder builder_;
  schema::Frame::Builder root_;
};

// An Error frame with the code's Chinese and English advice.
Bytes error_frame(const Error& error, bool fatal, std::uint64_t push_id = 0);
Bytes retry_frame(Errc reason, std::uint32_t after_ms, const std::string& detail,
                  std::uint64_t push_id = 0);

}  // namespace houniao
