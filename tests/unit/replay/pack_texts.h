// Texts of small packs for the tests of their reading, and what is said of them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "replay/pack_check.h"

namespace houniao::testing {

inline std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

// A pack of one figure; `metric` and `more` are written into it.
inline std::string pack_with(const std::string& metric, const std::string& more = "") {
  return R"({"$schema": "pack.schema.json", "code": "x", "name": {"zh": "甲", "en": "x"}, "region": 440400,
"from": "2015-01-01", "to": "2015-12-31",
"policy": {"version": 1, "nearPermille": 900, "aboutPermille": 100},
"sessionKinds": [{"code": "talk", "label": {"zh": "座谈", "en": "talk"}}],
"figures": [
{"id": "X1", "value": 3, "comparator": "=", "unit": "场", "phrase": "三场",
 "label": {"zh": "座谈", "en": "talks"}, "metric": )" +
         metric + "}]" + more + "}\n";
}
inline const std::string kTalks =
    R"({"op": "count", "of": "events", "where": {"type": ["SessionHeld"], "kind": ["talk"]}})";

// The only fault of the text; fails when there are more or none.
inline PackFault only_fault(const std::string& text) {
  const PackCheck check = check_pack(text);
  EXPECT_EQ(check.faults.size(), 1u);
  for (const PackFault& fault : check.faults) {
    if (check.faults.size() > 1) ADD_FAILURE() << fault.pointer << " " << fault.what.en;
  }
  return check.faults.empty() ? PackFault{} : check.faults.front();
}
inline std::string pointer_of(const std::string& text) { return only_fault(text).pointer; }

}  // namespace houniao::testing
