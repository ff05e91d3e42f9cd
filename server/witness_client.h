// The log's side of C2SP tlog-witness: shows each new checkpoint to the witnesses that the operator
// chose, on a thread of its own, and keeps the cosignatures that hold. A witness that is slow, away
// or refuses costs nothing but its cosignature, and is asked less and less often; one that has
// signed a checkpoint is not asked about it again. A witness that signed a larger or another tree
// than this log has is what witnesses are for: it is counted apart, and the operator is told which.
//
//   <data>/witnesses.json   [{"url": "https://witness.example/prefix", "key": "name+hash+key"}]
//
// Owned by the engine. Threads: made and destroyed by one; counters from any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/cosignatures.h"
#include "server/published.h"
#include "server/telemetry/operator_line.h"
#include "server/witness.h"

namespace houniao {

struct WitnessAddress {
  std::string url;  // submission prefix, http (loopback only) or https
  Cosigner cosigner;
};
inline constexpr std::size_t kWitnessesMax = 16;
// A witness that failed n times is left alone for 2^(n-1) - 1 rounds, at most so many: five
// minutes.
inline constexpr unsigned kWitnessRoundsSkippedMax = 63;
// None when there is no such file; corrupt names what cannot be read or is not allowed, as a URL
// that parse_witness_url() refuses.
Result<std::vector<WitnessAddress>> load_witnesses(const std::filesystem::path& file);

// How a request reaches a witness.
class WitnessTransport {
 public:
  virtual ~WitnessTransport() = default;
  // POST <url>/add-checkpoint; unavailable when no answer comes in time. Blocks.
  virtual Result<WitnessAnswer> post(const std::string& url, const std::string& body) = 0;
};

// One witness as this log knows it.
class WitnessedBy {
 public:
  explicit WitnessedBy(WitnessAddress address) : address_(std::move(address)) {}
  // Shows the checkpoint `note` of `size` records; after a 409 once more, from the size that the
  // witness names. The cosignature lines, as the witness sent them; not verified here.
  // checkpoint_mismatch when the witness signed a larger or another tree than this log has: one of
  // the two was shown another history.
  Result<std::string> show(const std::string& note, TreeSize size, const LogStore& log,
                           WitnessTransport& transport);
  const WitnessAddress& address() const { return address_; }

 private:
  Result<WitnessAnswer> ask(const std::string& note, TreeSize size, const LogStore& log,
                            WitnessTransport& transport) const;

  WitnessAddress address_;
  TreeSize signed_;  // what the witness signed last, as far as known
};

class WitnessClient {
 public:
  // All outlive the client.
  struct Ports {
    const LogStore& log;
    const Published& published;
    Cosignatures& cosignatures;
    WitnessTransport& transport;
    // Called on the thread of the round, once until that witness signs again.
    std::function<void(std::string_view line)> tell = tell_operator;
  };
  WitnessClient(Ports ports, const std::vector<WitnessAddress>& witnesses);
  ~WitnessClient();

  // Begins to follow the log; without it only round() does anything.
  void start();
  void stop();
  // Shows the newest checkpoint to every witness that has not cosigned it, but for those that are
  // left alone for some rounds because they failed; says how many have cosigned it.
  std::size_t round();

  // Checkpoints that a witness cosigned; requests without a cosignature to keep, contradictions
  // among them; contradictions.
  std::uint64_t cosigned() const { return cosigned_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t contradicted() const { return contradicted_; }

 private:
  // Of the thread that calls round().
  struct Followed {
    explicit Followed(const WitnessAddress& address) : witness(address) {}
    WitnessedBy witness;
    std::optional<TreeSize> cosigned;  // the newest size with a cosignature that was kept
    unsigned failures = 0;             // one after the other
    unsigned rounds_to_skip = 0;
    bool told = false;  // of its contradiction
  };
  void run();
  bool stops_now();
  Result<void> show(Followed& followed, const PublishedHead& head);
  void count_failure(Followed& followed, const Error& error);

  Ports ports_;
  std::vector<Followed> witnesses_;
  std::atomic<std::uint64_t> cosigned_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> contradicted_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stops_ = false;
  std::thread thread_;
};

}  // namespace houniao
