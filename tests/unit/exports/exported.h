// For tests of exports: the records of a LogBuilder as a source of events, and what an export wrote
// as text or JSON.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "exports/logged_event.h"
#include "exports/sink.h"
#include "tests/unit/replay/log_builder.h"

namespace houniao::testing {

class BuilderSource final : public exports::EventSource {
 public:
  explicit BuilderSource(const LogBuilder& log) : log_(log) {}

  Result<void> each(Seq from, TreeSize end, const Visit& visit) const override {
    RecordReader record;
    EventReader event;
    for (std::uint64_t i = from.value; i < end.value && i < log_.records().size(); ++i) {
      HOUNIAO_TRY(record.open(log_.records()[i]));
      if (!record.is_event()) continue;
      HOUNIAO_TRY(event.open(record.event_bytes()));
      exports::LoggedEvent logged;
      logged.seq = record.seq();
      logged.received = WallTime{record.get().getReceivedAtUs()};
      logged.verdict = static_cast<std::uint16_t>(record.get().getVerdict());
      logged.event = &event;
      if (!visit(logged)) return {};
    }
    return {};
  }

 private:
  const LogBuilder& log_;
};

inline TreeSize size_of(const LogBuilder& log) { return TreeSize{log.records().size()}; }

// Collects what is written.
struct Written {
  std::string text;
  exports::Sink sink() {
    return [this](std::string_view piece) {
      text.append(piece);
      return true;
    };
  }
  exports::Json json() const {
    exports::Json out = exports::Json::parse(text, nullptr, false);
    EXPECT_FALSE(out.is_discarded()) << text.substr(0, 400);
    return out;
  }
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
inline std::string quoted_id(EventId id) { return "\"" + to_string(id) + "\""; }

}  // namespace houniao::testing
