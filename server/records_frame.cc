#include "server/records_frame.h"

#include <algorithm>

#include "replay/merkle/hash.h"
#include "schema/codec.h"
#include "schema/frames.h"

namespace houniao {

Result<void> Selector::add(ByteView record) {
  thread_local RecordReader reader;
  HOUNIAO_TRY(reader.open(record));
  const Last last{reader.scope(), reader.get().getScopeCount() + 1, out_.records.size(),
                  record.size()};
  append(out_.records, record);
  ++out_.count;
  // Few scopes, and mostly the one of the record before.
  for (auto at = last_.rbegin(); at != last_.rend(); ++at) {
    if (at->scope == last.scope) {
      *at = last;
      return {};
    }
  }
  last_.push_back(last);
  return {};
}

Selection Selector::finish() {
  std::sort(last_.begin(), last_.end(),
            [](const Last& a, const Last& b) { return a.scope < b.scope; });
  for (const Last& last : last_) {
    const ByteView record = ByteView(out_.records).subspan(last.start, last.size);
    out_.heads.push_back({last.scope, last.count, merkle::leaf_hash(record)});
  }
  last_.clear();
  return std::move(out_);
}

Result<StoredSelection> select_stored(const LogStore& log, const ScopeSet& set, Seq from, Seq until,
                                      std::size_t bytes_max, std::size_t scan_max) {
  thread_local RecordReader reader;
  Selector selector;
  StoredSelection out;
  std::size_t scanned = 0;
  bool full = false;
  out.next = from;
  while (!full && out.next < until && scanned < scan_max) {
    const std::size_t room = bytes_max - std::min(bytes_max, selector.bytes());
    const auto run = log.read(out.next, set.whole_log ? std::max<std::size_t>(room, 1) : bytes_max);
    if (!run) return run.error();
    if (run->empty()) return fail(Errc::corrupt, "the log ends before its head");
    for (std::size_t i = 0; i < run->count() && out.next < until; ++i) {
      const ByteView record = run->record(i);
      bool wanted = set.whole_log;
      if (!wanted) {
        HOUNIAO_TRY(reader.open(record));
        wanted = set.contains(reader.scope());
      }
      if (wanted) {
        full = selector.count() != 0 && selector.bytes() + record.size() > bytes_max;
        if (full) break;
        HOUNIAO_TRY(selector.add(record));
      }
      scanned += record.size();
      ++out.next.value;
    }
  }
  out.selection = selector.finish();
  return out;
}

Bytes encode_records_frame(const RecordsFrame& frame, const Selection& selection) {
  FrameWriter writer(selection.records.size() + selection.heads.size() * 64 +
                     frame.consistency.size() * 48 + 1024);
  auto out = writer.root().initRecords();
  out.setFromSeq(frame.from.value);
  out.setNextSeq(frame.next.value);
  out.setCount(selection.count);
  out.setRecords(to_data(selection.records));
  out.setRawBytes(static_cast<std::uint32_t>(selection.records.size()));
  out.setBackfillScope(frame.backfill.value);
  auto heads = out.initScopeHeads(static_cast<unsigned>(selection.heads.size()));
  for (unsigned i = 0; i < heads.size(); ++i) {
    heads[i].setScope(selection.heads[i].scope.value);
    heads[i].setCount(selection.heads[i].count);
    heads[i].setHead(to_data(selection.heads[i].hash));
  }
  if (frame.note != nullptr) {
    out.setCheckpoint(*frame.note);
    auto proof = out.initConsistency(static_cast<unsigned>(frame.consistency.size()));
    for (unsigned i = 0; i < proof.size(); ++i) proof.set(i, to_data(frame.consistency[i]));
  }
  return writer.finish();
}

}  // namespace houniao
