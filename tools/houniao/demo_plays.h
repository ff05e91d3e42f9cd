// The programmes that the demonstration plays, one after the other on one server and into one log,
// the sandbox after them when it is asked for, and the auditor's tablet that holds all of it. Owned
// by the demo command; one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client_sdk/cpp/houniao.h"
#include "replay/pack.h"
#include "tools/stage/backstage.h"

namespace houniao {

namespace sandbox {
class Play;
}

class DemoPlays {
 public:
  class Play;

  // Programmes by their codes, "a" to "e", in the order they are played. All outlive the plays.
  DemoPlays(const std::vector<Pack>& packs, stage::Backstage& backstage, std::uint64_t seed,
            std::function<void(std::string_view)> tell, bool with_sandbox = false);
  ~DemoPlays();

  // Blocks until every programme is told and every tablet is in step with the server.
  Result<void> run();

  Client& whole_log();
  // What was planted; nullptr without the sandbox.
  const sandbox::Play* sandbox() const { return sandbox_; }
  // Every invented name, number and phone.
  std::vector<std::string> secrets() const;
  // Whether the server turned the lost tablet of programme B away; true when B is not played.
  bool lost_tablet_refused() const;

 private:
  stage::Backstage& backstage_;
  std::function<void(std::string_view)> tell_;
  std::vector<std::unique_ptr<Play>> plays_;
  const sandbox::Play* sandbox_ = nullptr;  // one of them
  std::unique_ptr<stage::Device> auditor_;
};

}  // namespace houniao
