#include "server/timeline/keeper.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/os/os.h"
#include "server/http/queries.h"

namespace houniao::timeline {
namespace {

constexpr std::size_t kSmapsBytesMax = 64 * 1024;
// Measuring walks the page tables of every anchor: not at each.
constexpr std::size_t kMeasureEvery = 4;

// Proportional set size of a process; 0 when the kernel does not tell.
std::uint64_t pss_bytes(int pid) {
  const auto text = os::read_file("/proc/" + std::to_string(pid) + "/smaps_rollup", kSmapsBytesMax);
  if (!text) return 0;
  const std::string_view lines = as_text(*text);
  const std::size_t at = lines.find("\nPss:");
  if (at == std::string_view::npos) return 0;
  std::string_view number = lines.substr(at + 5);
  number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
  std::uint64_t kib = 0;
  std::from_chars(number.data(), number.data() + number.size(), kib);
  return kib << 10;
}

// Waits for a child; true when it ended by itself with code 0.
bool ended_well(int pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Error fork_failed() {
  return fail(Errc::unavailable, "no process for a past state: raise the limit of processes");
}

Error out_of_time() {
  return fail(Errc::unavailable, "a past state takes longer than a question may; ask again");
}

Result<std::string> failed_worker() {
  return fail(Errc::internal, "the process that folded a past state failed");
}

}  // namespace

Keeper::Keeper(Channel server, std::filesystem::path log, KeeperLimits limits)
    : server_(std::move(server)), path_(std::move(log)), limits_(limits) {}

Keeper::~Keeper() {
  for (auto& [size, anchor] : anchors_) let_go(anchor);
}

int Keeper::run() {
  for (;;) {
    const auto frame = server_.receive(kRequestBytesMax, -1);
    if (!frame) return frame.error().code == Errc::unavailable ? 0 : 1;
    if (!server_.send(encode_answer(answer(*frame)))) return 0;
  }
}

int Keeper::ms_left() const {
  const std::int64_t us = give_up_us_ - os::SystemClock().monotonic_us();
  return static_cast<int>(std::clamp<std::int64_t>(us / 1000, 0, limits_.answer_ms_max));
}

Result<std::string> Keeper::answer(const std::string& frame) {
  give_up_us_ = os::SystemClock().monotonic_us() + limits_.answer_ms_max * std::int64_t{1000};
  const auto question = decode_question(frame);
  if (!question) return question.error();
  HOUNIAO_TRY(follow(question->size));
  if (replica_->size() <= question->size) return ask_myself(frame);
  auto at = anchors_.upper_bound(question->size);
  while (at != anchors_.begin()) {
    --at;
    auto out = ask_anchor(at->second, frame);
    if (out || out.error().code != Errc::unavailable) return out;
    // It was killed from outside, or the machine is too busy: the one before can answer too.
    let_go(at->second);
    at = anchors_.erase(at);
    if (ms_left() == 0) return out_of_time();
  }
  // Nothing at or before the place is left (every anchor was killed): begin again.
  replica_.reset();
  HOUNIAO_TRY(follow(question->size));
  return ask_myself(frame);
}

// Folds on to the last multiple of the stride that is not beyond `size`, leaving anchors behind.
Result<void> Keeper::follow(TreeSize size) {
  if (!log_) {
    auto opened = LmdbStore::open(path_, {.read_only = true});
    if (!opened) return opened.error();
    log_ = std::move(*opened);
  }
  HOUNIAO_TRY(log_->refresh());
  if (size > log_->head().size) {
    return fail(Errc::invalid_argument,
                "at: the log has " + std::to_string(log_->head().size.value) + " records");
  }
  if (!replica_) {
    replica_ = std::make_unique<Replica>(*log_);
    HOUNIAO_TRY(replica_->start(nullptr, size));
  }
  for (;;) {
    const std::uint64_t next = (replica_->size().value / limits_.stride + 1) * limits_.stride;
    if (next > size.value) return {};
    if (ms_left() == 0) return out_of_time();
    if (!anchors_.contains(replica_->size())) HOUNIAO_TRY(drop_anchor_here());
    HOUNIAO_TRY(replica_->advance(TreeSize{next}));
  }
}

Result<void> Keeper::drop_anchor_here() {
  auto ends = make_channel();
  if (!ends) return ends.error();
  const int pid = ::fork();
  if (pid < 0) return fork_failed();
  if (pid == 0) {
    ends->first.close();
    be_anchor(std::move(ends->second));
  }
  anchors_.emplace(replica_->size(), Anchor{pid, std::move(ends->first)});
  thin();
  return {};
}

void Keeper::thin() {
  const bool many = anchors_.size() > limits_.anchors_max;
  const bool measure = anchors_.size() % kMeasureEvery == 0;
  if (!many && !(measure && bytes_of_anchors() > limits_.bytes_max)) return;
  limits_.stride *= 2;
  for (auto at = anchors_.begin(); at != anchors_.end();) {
    if (at->first.value % limits_.stride == 0) {
      ++at;
    } else {
      let_go(at->second);
      at = anchors_.erase(at);
    }
  }
}

std::uint64_t Keeper::bytes_of_anchors() const {
  std::uint64_t sum = 0;
  for (const auto& [size, anchor] : anchors_) sum += pss_bytes(anchor.pid);
  return sum;
}

// An anchor ends when its channel closes.
void Keeper::let_go(Anchor& anchor) {
  anchor.channel.close();
  ::kill(anchor.pid, SIGKILL);
  (void)ended_well(anchor.pid);
}

// Whatever goes wrong on the channel is unavailable, so that the anchor is let go: a frame that was
// left half read, or a late answer, would be taken for the answer to the next question.
Result<std::string> Keeper::ask_anchor(Anchor& anchor, const std::string& frame) {
  const auto out = [&]() -> Result<std::string> {
    HOUNIAO_TRY(anchor.channel.send(frame));
    return anchor.channel.receive(kAnswerBytesMax, ms_left());
  }();
  if (!out) return fail(Errc::unavailable, out.error().detail);
  return decode_answer(*out);
}

Result<std::string> Keeper::ask_myself(const std::string& frame) {
  auto ends = make_channel();
  if (!ends) return ends.error();
  const int pid = ::fork();
  if (pid < 0) return fork_failed();
  if (pid == 0) {
    ends->first.close();
    for (auto& [size, anchor] : anchors_) anchor.channel.close();
    server_.close();
    work(ends->second, frame);
  }
  ends->second.close();
  const auto out = ends->first.receive(kAnswerBytesMax, ms_left());
  if (!out) ::kill(pid, SIGKILL);
  const bool well = ended_well(pid);
  if (!out && ms_left() == 0) return out_of_time();
  if (!out) return well ? Result<std::string>(out.error()) : failed_worker();
  return decode_answer(*out);
}

// The rest of the life of an anchor: it never changes its state, only children of it do.
void Keeper::be_anchor(Channel channel) {
  server_.close();
  for (auto& [size, anchor] : anchors_) anchor.channel.close();
  anchors_.clear();
  for (;;) {
    const auto frame = channel.receive(kRequestBytesMax, -1);
    if (!frame) ::_exit(0);
    const int pid = ::fork();
    if (pid == 0) work(channel, *frame);
    if (pid < 0) {
      if (!channel.send(encode_answer(fork_failed()))) ::_exit(0);
    } else if (!ended_well(pid)) {
      if (!channel.send(encode_answer(failed_worker()))) ::_exit(0);
    }
  }
}

// Answers one question in a process of its own. The inherited store is left alone: LMDB forbids to
// use, or even to close, an environment of the parent.
void Keeper::work(Channel& channel, const std::string& frame) {
  (void)log_.release();
  const bool sent = static_cast<bool>(channel.send(encode_answer(fold_and_read(frame))));
  ::_exit(sent ? 0 : 1);
}

Result<std::string> Keeper::fold_and_read(const std::string& frame) {
  const auto question = decode_question(frame);
  if (!question) return question.error();
  if (replica_->size() < question->size) {
    const auto own = LmdbStore::open(path_, {.read_only = true});
    if (!own) return own.error();
    replica_->read_from(**own);
    HOUNIAO_TRY(replica_->advance(question->size));
  }
  const auto target = parse_target(question->target);
  if (!target) return target.error();
  const auto json =
      query_state(replica_->state(), replica_->size(), target->after("/v1/"), *target);
  if (!json) return json.error();
  std::string page = json->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (page.size() > limits_.page_bytes_max) {
    return fail(Errc::too_large, "a page of " + std::to_string(page.size()) +
                                     " bytes; ask for fewer items with limit");
  }
  return page;
}

}  // namespace houniao::timeline
