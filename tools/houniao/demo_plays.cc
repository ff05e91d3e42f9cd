#include "tools/houniao/demo_plays.h"

#include <chrono>

#include "tools/programme_a/play.h"
#include "tools/programme_b/play.h"
#include "tools/programme_c/play.h"
#include "tools/programme_d/play.h"
#include "tools/programme_e/play.h"
#include "tools/sandbox/play.h"
#include "tools/stage/company.h"
#include "tools/stage/live_backstage.h"

namespace houniao {

class DemoPlays::Play {
 public:
  virtual ~Play() = default;
  virtual Result<void> run() = 0;
  virtual const std::vector<std::string>& secrets() const = 0;
  virtual bool lost_tablet_refused() const { return true; }
};

namespace {

using Tell = std::function<void(std::string_view)>;

class PlayOfB final : public DemoPlays::Play {
 public:
  PlayOfB(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed, Tell tell)
      : cast_(backstage), story_(pack, cast_, seed, std::move(tell)) {}

  Result<void> run() override { return programme_b::play(story_); }
  const std::vector<std::string>& secrets() const override { return story_.identities.secrets(); }
  bool lost_tablet_refused() const override { return story_.lost_tablet_refused; }

 private:
  programme_b::Cast cast_;
  programme_b::Story story_;
};

template <class Told>
class PlayOf final : public DemoPlays::Play {
 public:
  PlayOf(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed, Tell tell)
      : told_(pack, backstage, seed, std::move(tell)) {}

  Result<void> run() override { return told_.run(); }
  const std::vector<std::string>& secrets() const override {
    return const_cast<Told&>(told_).company().identities.secrets();
  }

 private:
  Told told_;
};

class PlayOfSandbox final : public DemoPlays::Play {
 public:
  PlayOfSandbox(stage::Backstage& backstage, std::uint64_t seed, Tell tell)
      : told_(backstage, seed, std::move(tell)) {}

  Result<void> run() override { return told_.run(); }
  const std::vector<std::string>& secrets() const override {
    return told_.yard().company.identities.secrets();
  }
  const sandbox::Play& told() const { return told_; }

 private:
  sandbox::Play told_;
};

}  // namespace

DemoPlays::DemoPlays(const std::vector<Pack>& packs, stage::Backstage& backstage,
                     std::uint64_t seed, Tell tell, bool with_sandbox)
    : backstage_(backstage), tell_(std::move(tell)) {
  for (const Pack& pack : packs) {
    const auto add = [&]<class P>() {
      plays_.push_back(std::make_unique<P>(pack, backstage_, seed, tell_));
    };
    if (pack.code == "a") add.template operator()<PlayOf<programme_a::Play>>();
    if (pack.code == "b") add.template operator()<PlayOfB>();
    if (pack.code == "c") add.template operator()<PlayOf<programme_c::Play>>();
    if (pack.code == "d") add.template operator()<PlayOf<programme_d::Play>>();
    if (pack.code == "e") add.template operator()<PlayOf<programme_e::Play>>();
  }
  if (!with_sandbox) return;
  auto play = std::make_unique<PlayOfSandbox>(backstage_, seed, tell_);
  sandbox_ = &play->told();
  plays_.push_back(std::move(play));
}

DemoPlays::~DemoPlays() = default;

Result<void> DemoPlays::run() {
  auto auditor =
      backstage_.enrol({"auditor of all programmes", schema::Role::AUDITOR, {}, 0, true});
  if (!auditor) return auditor.error();
  auditor_ = std::move(*auditor);
  for (const auto& play : plays_) HOUNIAO_TRY(play->run());
  return auditor_->wait_synced(stage::kSyncTimeout);
}

Client& DemoPlays::whole_log() { return stage::client_of(*auditor_); }

std::vector<std::string> DemoPlays::secrets() const {
  std::vector<std::string> out;
  for (const auto& play : plays_) {
    out.insert(out.end(), play->secrets().begin(), play->secrets().end());
  }
  return out;
}

bool DemoPlays::lost_tablet_refused() const {
  for (const auto& play : plays_) {
    if (!play->lost_tablet_refused()) return false;
  }
  return true;
}

}  // namespace houniao
