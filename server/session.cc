#include "server/session.h"

#include <kj/exception.h>

#include <algorithm>

namespace houniao {

SyncSession::SyncSession(SessionKey key, SessionPorts ports, Moment now)
    : key_(key),
      ports_(ports),
      opened_us_(now.mono_us),
      heard_us_(now.mono_us),
      now_us_(now.mono_us) {
  ++ports_.metrics.sessions_opened;
  ++ports_.metrics.sessions;
}

SyncSession::~SyncSession() {
  ++ports_.metrics.sessions_closed;
  --ports_.metrics.sessions;
}

void SyncSession::feed(ByteView bytes, Moment now) {
  if (state_ == State::closed) return;
  now_us_ = heard_us_ = now.mono_us;
  ports_.metrics.frames_received.fetch_add(1, std::memory_order_relaxed);
  ports_.metrics.bytes_received.fetch_add(bytes.size(), std::memory_order_relaxed);
  thread_local FrameReader frame;
  const auto opened = frame.open(bytes);
  if (!opened) return on_unreadable(bytes, opened.error());
  try {
    dispatch(frame.get(), now);
  } catch (const kj::Exception& e) {  // a fault in reading it ends this session, not the server
    fail_fatal(fail(Errc::internal, e.getDescription().cStr()));
  }
}

void SyncSession::dispatch(schema::Frame::Reader frame, Moment now) {
  const auto kind = frame.which();
  if (state_ == State::hello && kind == schema::Frame::HELLO) {
    return on_hello(frame.getHello(), now);
  }
  if (state_ == State::proof && kind == schema::Frame::PROOF) {
    return on_proof(frame.getProof(), now);
  }
  if (kind == schema::Frame::PING) return on_ping(frame.getPing().getStampUs(), now);
  if (kind == schema::Frame::PONG) return;
  if (state_ != State::open) {
    return fail_fatal(fail(Errc::protocol, "a frame before the handshake was complete"));
  }
  switch (kind) {
    case schema::Frame::PUSH:
      return on_push_frame(frame.getPush());
    case schema::Frame::CREDIT:
      return on_credit(frame.getCredit().getBytes());
    case schema::Frame::KEY_DEPOSIT:
      return on_key_deposit(frame.getKeyDeposit());
    case schema::Frame::KEY_REQUEST:
      return on_key_request(frame.getKeyRequest());
    default:
      return fail_fatal(
          fail(Errc::protocol, "a frame that only the server sends, or an unknown one"));
  }
}

void SyncSession::on_unreadable(ByteView frame, const Error& error) {
  // Before the peer has proved who it is, its bytes are nobody's data: nothing is kept.
  if (state_ != State::open) return fail_fatal(error);
  report(error.code == Errc::too_large ? IncidentKind::oversize : IncidentKind::unreadable, frame,
         DeviceSeq{});
  if (++unreadable_ >= kUnreadableFramesMax) return fail_fatal(error);
  ports_.metrics.count_error(error.code);
  send(error_frame(error, false));
}

void SyncSession::refuse_message(const Error& error) { fail_fatal(error); }

void SyncSession::on_ping(std::int64_t stamp_us, Moment now) {
  pump();
  FrameWriter writer(128);
  auto pong = writer.root().initPong();
  pong.setStampUs(stamp_us);
  pong.setServerTimeUs(now.wall.us);
  if (state_ == State::open) {
    pong.setLogSize(ports_.published.head()->size.value);
    pong.setSentThrough(subscription_.sent_through().value);
  }
  send(writer.finish());
}

void SyncSession::on_credit(std::uint64_t bytes) {
  const auto more =
      static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, limits::kCreditBytesMax));
  credit_ = std::min(credit_ + more, static_cast<std::int64_t>(limits::kCreditBytesMax));
  pump();
}

void SyncSession::tick(Moment now) {
  if (state_ == State::closed) return;
  now_us_ = now.mono_us;
  const std::int64_t silent_ms = (now.mono_us - heard_us_) / 1000;
  if (state_ != State::open) {
    if ((now.mono_us - opened_us_) / 1000 >= limits::kHandshakeMsMax) {
      fail_fatal(fail(Errc::protocol, "the handshake took longer than " +
                                          std::to_string(limits::kHandshakeMsMax) + " ms"));
    }
    return;
  }
  if (silent_ms >= limits::kIdleMsMax) {
    return fail_fatal(
        fail(Errc::protocol, "nothing heard for " + std::to_string(limits::kIdleMsMax) + " ms"));
  }
  if (silent_ms >= limits::kKeepAliveMs &&
      (now.mono_us - pinged_us_) / 1000 >= limits::kKeepAliveMs) {
    pinged_us_ = now.mono_us;
    FrameWriter ping(64);
    ping.root().initPing().setStampUs(now.wall.us);
    send(ping.finish());
  }
  pump();
  announce_quiet();
}

void SyncSession::shut_down(std::uint32_t after_ms) {
  if (state_ == State::closed) return;
  ++ports_.metrics.retries_sent;
  send(retry_frame(Errc::shutting_down, after_ms, "the server is stopping"));
  close();
}

void SyncSession::send(Bytes frame) {
  send_shared(std::make_shared<const Bytes>(std::move(frame)));
}

void SyncSession::send_shared(SharedFrame frame) {
  if (state_ == State::closed) return;
  unsent_bytes_ += frame->size();
  output_.push_back(std::move(frame));
  // A peer that does not read: what it waits for is in the log, so nothing is lost by leaving.
  if (unsent_bytes_ > limits::kSessionOutputBytesMax + limits::kFrameBytesMax) close();
}

std::vector<SharedFrame> SyncSession::take_output() {
  ports_.metrics.frames_sent.fetch_add(output_.size(), std::memory_order_relaxed);
  return std::exchange(output_, {});
}

void SyncSession::wrote(std::size_t bytes) {
  unsent_bytes_ -= std::min(bytes, unsent_bytes_);
  ports_.metrics.bytes_sent.fetch_add(bytes, std::memory_order_relaxed);
  if (state_ == State::open && unsent_bytes_ < kSessionOutputHigh / 2) pump();
}

void SyncSession::fail_fatal(const Error& error) {
  if (state_ == State::closed) return;
  ports_.metrics.count_error(error.code);
  send(error_frame(error, true));
  close();
}

void SyncSession::close() { state_ = State::closed; }

void SyncSession::report(IncidentKind kind, ByteView raw, DeviceSeq at) {
  IncidentReport incident;
  incident.device = grant_.id;
  incident.kind = kind;
  incident.raw_hash = ports_.quarantine.keep(raw);
  incident.raw_bytes = raw.size();
  incident.device_seq = at;
  (void)ports_.inbox.submit(std::move(incident));  // a full queue: the bytes are kept all the same
}

}  // namespace houniao
