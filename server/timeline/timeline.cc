#include "server/timeline/timeline.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/os/os.h"

namespace houniao {
namespace {

// How long a keeper may take to let its anchors go by itself.
constexpr std::int64_t kStopMsMax = 500;
constexpr std::int64_t kStopLookEveryUs = 2'000;

bool has_gone(int pid) {
  int status = 0;
  const int got = ::waitpid(pid, &status, WNOHANG);
  return got == pid || (got < 0 && errno != EINTR);
}

// Whatever else the process has open is not the keeper's: an inherited socket would keep its peer
// waiting for ever.
void close_all_but(int fd) {
  if (fd > 3) ::close_range(3, static_cast<unsigned>(fd) - 1, 0);
  ::close_range(static_cast<unsigned>(fd) + 1, ~0U, 0);
}

[[noreturn]] void become_keeper(timeline::Channel channel, const std::filesystem::path& log,
                                const timeline::KeeperLimits& limits) {
  close_all_but(channel.fd());
  // The server decides when the keeper ends: a Ctrl-C at the terminal is meant for it.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_IGN);
  int code = 0;
  {
    timeline::Keeper keeper(std::move(channel), log, limits);
    code = keeper.run();
  }
  ::_exit(code);
}

}  // namespace

Result<std::unique_ptr<Timeline>> Timeline::start(const std::filesystem::path& log,
                                                  timeline::KeeperLimits limits) {
  auto ends = timeline::make_channel();
  if (!ends) return ends.error();
  const int pid = ::fork();
  if (pid < 0) return fail(Errc::unavailable, "no process for past states");
  if (pid == 0) become_keeper(std::move(ends->second), log, limits);
  return std::unique_ptr<Timeline>(new Timeline(std::move(ends->first), pid, limits.silent_ms_max));
}

// The keeper ignores signals that a terminal sends and may be in the middle of a fold. It only
// reads, so killing it loses nothing: its anchors end when their channels close, and whoever folds
// for it ends when the answer finds nobody.
Timeline::~Timeline() {
  interrupt();
  for (std::int64_t waited = 0; waited < kStopMsMax * 1000; waited += kStopLookEveryUs) {
    if (has_gone(pid_)) return;
    os::pause_us(kStopLookEveryUs);
  }
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Timeline::interrupt() {
  ended_ = true;
  ::shutdown(channel_.fd(), SHUT_RDWR);
}

Result<std::string> Timeline::read(TreeSize size, const std::string& target) {
  const std::lock_guard lock(mutex_);
  if (ended_) return fail(Errc::unavailable, "the process that keeps past states has ended");
  const auto answer = [&]() -> Result<std::string> {
    HOUNIAO_TRY(channel_.send(timeline::encode({size, target})));
    return channel_.receive(timeline::kAnswerBytesMax, silent_ms_max_);
  }();
  if (!answer) {
    // A late answer must not be taken for that to the next question.
    interrupt();
    return fail(Errc::unavailable, answer.error().detail);
  }
  return timeline::decode_answer(*answer);
}

}  // namespace houniao
