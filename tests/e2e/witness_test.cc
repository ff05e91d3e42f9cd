// A witness on this machine cosigns what a server shows it, and a proof can demand its signature.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/server_process.h"

namespace houniao::tests {
namespace {

using Json = nlohmann::json;

constexpr auto kAMoment = std::chrono::milliseconds(100);
constexpr int kMomentsMax = 300;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class WitnessedLog : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(houniao({"init", "--data", data_, "--origin", "witnessed.test/log"}).exit_code, 0);
    key_ = first_line(houniao({"audit", "vkey", "--data", data_}).out);
    ASSERT_FALSE(key_.empty());
    ASSERT_TRUE(witness_.start(folder_ / "witness", "witness.test/one", key_));
    std::ofstream(data_ + "/witnesses.json")
        << Json::array({{{"url", witness_.url()}, {"key", witness_.key()}}}).dump();
  }
  // True when the newest checkpoint of the log has the witness's signature by then.
  bool cosigned_soon() const {
    for (int i = 0; i < kMomentsMax; ++i) {
      if (proof_holds(witness_.key())) return true;
      std::this_thread::sleep_for(kAMoment);
    }
    return false;
  }
  bool proof_holds(const std::string& witness_key) const {
    const std::string file = folder_ / "first.tlog-proof";
    return houniao(
               {"audit", "proof", "--data", data_, "--event", "1-1", "--with-record", "-o", file})
                   .exit_code == 0 &&
           houniao({"audit", "proof", "verify", file, "--key", key_, "--witness", witness_key})
                   .exit_code == 0;
  }

  TemporaryFolder folder_;
  std::string data_ = folder_ / "data";
  std::string key_;
  WitnessProcess witness_;
};

TEST_F(WitnessedLog, AProofCanDemandTheSignatureOfAWitness) {
  ServerProcess server(data_);
  ASSERT_TRUE(server.start());
  EXPECT_TRUE(cosigned_soon());
  WitnessProcess stranger;
  ASSERT_TRUE(stranger.start(folder_ / "stranger", "witness.test/two", key_));
  EXPECT_FALSE(proof_holds(stranger.key())) << "it has signed nothing";
}

}  // namespace
}  // namespace houniao::tests
