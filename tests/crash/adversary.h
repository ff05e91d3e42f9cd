// What the tests about an operator who rewrites history share: money to be after, and what to ask
// of the auditor's report.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/forger.h"
#include "tools/audit/verify.h"

namespace houniao::crash {

inline EventDraft fund_established() {
  EventDraft draft;
  draft.scope = kStationScope;
  draft.body = [](schema::Event::Body::Builder body) {
    body.initFundSourceEstablished().setCode("F9");
  };
  return draft;
}

inline EventDraft received(EventId fund, std::int64_t fen) {
  EventDraft draft;
  draft.scope = kStationScope;
  draft.body = [fund, fen](schema::Event::Body::Builder body) {
    auto money = body.initFundsReceived();
    money.setFund(fund.value);
    money.setAmountFen(fen);
  };
  return draft;
}

inline void push_money(LogMaker& maker, Tablet& tablet, EventId fund, std::int64_t fen) {
  maker.push(tablet, {received(fund, fen), received(fund, fen + 1), received(fund, fen + 2)});
}

inline bool says(const audit::Report& report, audit::Check check, std::string_view what,
                 std::string_view where = "") {
  return std::ranges::any_of(report.findings, [&](const audit::Finding& finding) {
    return finding.check == check && finding.what.find(what) != std::string::npos &&
           finding.where.starts_with(where);
  });
}

inline std::uint64_t failed(const audit::Report& report, audit::Check check) {
  return report.tallies[static_cast<std::size_t>(check)].failed;
}

// The forged log hangs together; nothing but what others saw contradicts it.
inline void expect_only_witnesses(const audit::Report& report) {
  EXPECT_GT(failed(report, audit::Check::witnesses), 0U);
  EXPECT_EQ(report.failures(), failed(report, audit::Check::witnesses)) << audit::to_text(report);
}

inline audit::Report verify(const LogStore& log, const std::string& verifier_key,
                            std::vector<std::string> kept = {}) {
  audit::Options options;
  options.verifier_key = verifier_key;
  options.kept_checkpoints = std::move(kept);
  return must(audit::verify_log(log, options));
}

}  // namespace houniao::crash
