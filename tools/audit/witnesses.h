// Compares the log with what others saw of it: checkpoints that devices vouched for, checkpoints
// that the auditor kept, cosignatures that the auditor demands, devices that the auditor knows.
// The same for a whole log and for a part of one.
//
// Owned by one audit; one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/log_keys.h"
#include "tools/audit/chains.h"
#include "tools/audit/findings.h"

namespace houniao::audit {

class Witnesses {
 public:
  struct Log {
    TreeSize size;
    // The tree's root at an earlier size; nullopt when there is none, or when a part cannot say.
    std::function<std::optional<Hash>(TreeSize)> root_of;
    bool part = false;
  };
  // All but `log` must outlive it.
  Witnesses(const LogKeys& keys, Log log, Findings& findings, Report& report)
      : keys_(keys), log_(std::move(log)), findings_(findings), report_(report) {}

  // False when a part cannot compare it: then only the log's signature on it was checked.
  bool compare(const Witnessed& witnessed);
  // Checkpoints that somebody kept; `what` says who, for the findings.
  void compare_kept(const std::string& what, const std::vector<std::string>& notes);
  // Checkpoints that stand beside the log, with cosignatures: the log's own, and signed by each
  // witness that is known and named.
  void compare_cosigned(const Options& options);
  // Each of options.witnesses must have cosigned the checkpoint of the log's whole size: `newest`,
  // or one of options.cosigned.
  void expect_cosigned(const Options& options, const std::string& newest);
  // Which keys the log has, and whether the auditor's is the newest of them.
  void report_keys(const VerifierKey& trusted);

  template <class Devices>
  void expect_devices(const Options& options, const Devices& known) {
    for (const DeviceId& device : options.devices) {
      findings_.expect(known.find(device) != known.end(), Check::witnesses,
                       "device " + to_hex(device.bytes), "the log does not know this device");
    }
  }

 private:
  void compare_one_kept(const std::string& where, const std::string& note);
  void name_why_not(const std::string& where, const std::string& note, const Error& error);
  void check_cosignatures(const std::string& where, const std::string& note,
                          const std::vector<Cosigner>& witnesses);
  bool covers_log(const std::string& note) const;

  const LogKeys& keys_;
  const Log log_;
  Findings& findings_;
  Report& report_;
};

}  // namespace houniao::audit
