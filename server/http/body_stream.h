// A body that is not there yet when its answer begins: the connection asks for a piece, writes it,
// and asks again when it is written, so that a slow reader holds up nobody and fills no memory.
// Pieces are made on the thread for slow requests, one stream at a time.
#pragma once

#include <chrono>
#include <string>

namespace houniao {

struct StreamPiece {
  std::string bytes;   // empty: nothing at present, ask again after kStreamPause
  bool ended = false;  // this piece is the last
};

inline constexpr std::chrono::milliseconds kStreamPause{500};

class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // Brief; bounded in size by whoever implements it.
  virtual StreamPiece next() = 0;
};

}  // namespace houniao
