// What the demonstration shows at its end: every published figure beside what the log gives, what
// stayed held, and three digests of one log. Plain values; used from the play's thread.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "client_sdk/cpp/houniao.h"
#include "replay/figures.h"
#include "replay/pack.h"
#include "server/server.h"
#include "tools/houniao/json_out.h"

namespace houniao {

struct HeldEvent {
  EventId event;
  std::string type_en;
  std::string type_zh;
  std::string reasons_zh;
  std::string reasons_en;
};

struct DemoReport {
  struct Programme {
    std::string code;
    Label name;
    std::vector<FigureResult> figures;
    std::vector<ReconciliationResult> reconciliations;
  };
  std::vector<Programme> programmes;
  std::vector<HeldEvent> held;
  std::uint64_t accepted = 0;
  std::uint64_t flagged = 0;
  std::uint64_t refused = 0;    // were held, a decision keeps them out
  std::uint64_t retracted = 0;  // counted once, taken back later
  std::uint64_t devices = 0;
  std::uint64_t events = 0;
  std::uint64_t records = 0;
  std::uint64_t log_bytes = 0;
  std::string root;
  std::string server_digest;
  std::string tablet_digest;
  std::string replay_digest;
  bool lost_tablet_refused = false;
  std::int64_t play_us = 0;  // from the first event to the last acknowledgement
  std::int64_t us = 0;       // all of it

  bool digests_agree() const {
    return !server_digest.empty() && server_digest == tablet_digest &&
           server_digest == replay_digest;
  }
  std::size_t figures() const;
  std::uint64_t events_per_s() const;
};

// Asks the running server, the tablet that holds the whole log, and another process that has
// nothing but the log in `data`.
Result<void> collect_report(Server& server, const std::vector<Pack>& packs, Client& whole_log,
                            const std::string& data, DemoReport& report);

struct DemoPlace {
  std::string data;
  std::string url;
  std::uint64_t seed = 0;
};
Json json_of(const DemoReport& report, const DemoPlace& place);
void print(std::ostream& out, const DemoReport& report, const DemoPlace& place);

}  // namespace houniao
