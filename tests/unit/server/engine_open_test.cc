// What a server refuses to start on.
#include <gtest/gtest.h>

#include "base/os/os.h"
#include "replay/checkpoint.h"
#include "replay/cosignature.h"
#include "scratch.h"
#include "server/engine.h"

namespace houniao::testing_server {
namespace {

constexpr const char* kOrigin = "log.test/engine";

class EngineOpen : public testing::Test {
 protected:
  EngineOpen() : config_(create_config(scratch_.path() / "data", kOrigin, random_, {}).value()) {
    EXPECT_TRUE(open());  // writes the first records
  }
  Result<std::unique_ptr<Engine>> open() { return Engine::open(config_, clock_, random_, {}); }
  // Puts a note that a witness cosigned where the server keeps them.
  void cosigned(TreeSize size, const SigningKey& signer) {
    const SigningKey witness = make_signing_key(random_);
    const std::string note = sign_checkpoint({kOrigin, size, Hash{}}, signer);
    const std::string line = cosign(split_note(note).value().text, "w.test/1", witness, 1);
    const auto kept = Cosignatures::open(config_.cosigned()).value();
    EXPECT_EQ(kept->add(note, line, {{"w.test/1", witness.verify_key()}}).value(), 1U);
  }

  Scratch scratch_;
  os::SystemClock clock_;
  os::SystemRandom random_;
  ServerConfig config_;
};

TEST_F(EngineOpen, a_log_that_lacks_records_which_a_witness_cosigned) {
  EXPECT_TRUE(open()) << "canary: nothing is missing yet";
  cosigned(TreeSize{1'000}, config_.sequencer_options().log_key);
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::checkpoint_mismatch);
  EXPECT_NE(refused.error().detail.find("records are missing"), std::string::npos)
      << refused.error().detail;
}

TEST_F(EngineOpen, a_log_of_another_history_than_a_witness_cosigned) {
  cosigned(TreeSize{1}, config_.sequencer_options().log_key);
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::checkpoint_mismatch);
}

TEST_F(EngineOpen, a_cosigned_note_that_the_log_never_signed) {
  cosigned(TreeSize{1}, make_signing_key(random_));
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("does not verify"), std::string::npos)
      << refused.error().detail;
}

}  // namespace
}  // namespace houniao::testing_server
