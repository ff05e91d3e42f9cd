#include "tools/benchmarks/sessions.h"

#include "schema/frames.h"

namespace houniao::bench {
namespace {

// Trusting: the server is our own.
Result<void> expect(FrameReader& reader, ByteView message, schema::Frame::Which kind) {
  HOUNIAO_TRY(reader.open(message));
  const auto frame = reader.get();
  if (frame.which() == kind) return {};
  if (frame.which() == schema::Frame::ERROR) {
    return fail(errc_from_number(frame.getError().getCode()),
                std::string(to_view(frame.getError().getDetail())));
  }
  if (frame.which() == schema::Frame::RETRY) {
    return fail(Errc::overloaded,
                "the server asks to wait " + std::to_string(frame.getRetry().getAfterMs()) + " ms");
  }
  return fail(Errc::protocol, "an unexpected frame");
}

Result<void> welcome(Swarm& swarm, std::size_t socket, LoadDevice& device,
                     const std::string& code) {
  HOUNIAO_TRY(swarm.send(socket, Swarm::wire_frame(device.hello(code))));
  FrameReader reader;
  auto challenge = swarm.receive(socket);
  if (!challenge) return challenge.error();
  HOUNIAO_TRY(expect(reader, *challenge, schema::Frame::CHALLENGE));
  const Bytes proof = device.proof(to_view(reader.get().getChallenge().getNonce()));
  HOUNIAO_TRY(swarm.send(socket, Swarm::wire_frame(proof)));
  auto answer = swarm.receive(socket);
  if (!answer) return answer.error();
  HOUNIAO_TRY(expect(reader, *answer, schema::Frame::WELCOME));
  device.enrolled(DeviceNumber{reader.get().getWelcome().getDeviceNumber()});
  return {};
}

}  // namespace

Result<std::vector<LoadDevice>> open_sessions(Swarm& swarm, LoadServer& server, std::size_t count,
                                              Random& random) {
  std::vector<LoadDevice> devices;
  for (std::size_t i = 0; i < count; ++i) {
    auto socket = swarm.connect(server.port());
    if (!socket) return socket.error();
    auto code = server.make_code(false);
    if (!code) return code.error();
    devices.emplace_back(random);
    HOUNIAO_TRY(welcome(swarm, *socket, devices.back(), *code));
  }
  return devices;
}

Result<std::optional<Acknowledged>> read_acknowledgement(Swarm& swarm, std::size_t socket,
                                                         ByteView message) {
  FrameReader reader;
  HOUNIAO_TRY(reader.open(message));
  if (reader.get().isPing()) {
    FrameWriter pong(64);
    pong.root().initPong().setStampUs(reader.get().getPing().getStampUs());
    HOUNIAO_TRY(swarm.send(socket, Swarm::wire_frame(pong.finish())));
    return std::optional<Acknowledged>{};
  }
  HOUNIAO_TRY(expect(reader, message, schema::Frame::PUSHED));
  const auto pushed = reader.get().getPushed();
  if (pushed.getErrorCode() != 0) {
    return fail(errc_from_number(pushed.getErrorCode()),
                std::string(to_view(pushed.getErrorDetail())));
  }
  return Acknowledged{pushed.getId(), DeviceSeq{pushed.getThroughDeviceSeq()}};
}

}  // namespace houniao::bench
