// Live delivery: the records of one committed group, selected and encoded once for each set of
// scopes and shared by all sessions with that set that stand at the same place. One per hub; that
// hub's thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "server/proofs.h"
#include "server/records_frame.h"
#include "server/work.h"

namespace houniao {

using SharedFrame = std::shared_ptr<const Bytes>;
using ScopeSetId = Strong<struct ScopeSetTag, std::uint32_t>;

class Fanout {
 public:
  explicit Fanout(Proofs& proofs) : proofs_(proofs) {}

  // A small number for a set, the same for equal sets.
  ScopeSetId intern(const ScopeSet& set);

  // Takes up a group; everything about the one before is dropped.
  void start(std::shared_ptr<const CommittedGroup> group);
  const CommittedGroup& group() const { return *group_; }

  // Records of the group that the set sees; 0: nothing to send.
  std::size_t matching(ScopeSetId set);
  // The frame that answers for [from, end of the group) to a session that was last sent the
  // checkpoint of size `known`; nullptr when the records do not fit into one frame or cannot be
  // read: the session then reads from the store.
  SharedFrame frame(ScopeSetId set, Seq from, TreeSize known);

 private:
  struct Matching {
    std::vector<std::uint32_t> records;  // indexes into the group, ascending
    std::size_t bytes = 0;
    bool selected = false;
    std::optional<Selection> selection;
  };
  Matching& match(ScopeSetId set);

  Proofs& proofs_;
  std::map<ScopeSet, ScopeSetId> ids_;
  std::vector<const ScopeSet*> sets_;
  std::shared_ptr<const CommittedGroup> group_;
  boost::unordered_flat_map<ScopeId, std::vector<std::uint32_t>> by_scope_;
  boost::unordered_flat_map<ScopeSetId, Matching> matching_;
  struct FrameKey {
    ScopeSetId set;
    Seq from;
    TreeSize known;
    bool operator==(const FrameKey&) const = default;
    friend std::size_t hash_value(const FrameKey& key) {
      return hash_value(Seq{key.from.value * 31 + key.known.value * 7 + key.set.value});
    }
  };
  boost::unordered_flat_map<FrameKey, SharedFrame> frames_;
};

}  // namespace houniao
