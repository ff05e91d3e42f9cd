#include "server/proofs.h"

#include "server/log/log_node_source.h"

namespace houniao {
namespace {

constexpr std::size_t kNodesMax = 65'536;

}  // namespace

class Proofs::CachedNodes final : public merkle::NodeSource {
 public:
  explicit CachedNodes(Proofs& owner) : owner_(owner), stored_(owner.log_) {}
  Result<Hash> node(unsigned level, std::uint64_t index) const override {
    const std::pair key{level, index};
    if (const auto found = owner_.nodes_.find(key); found != owner_.nodes_.end()) {
      return found->second;
    }
    const auto out = stored_.node(level, index);
    if (out) {
      if (owner_.nodes_.size() >= kNodesMax) owner_.nodes_.clear();
      owner_.nodes_.emplace(key, *out);
    }
    return out;
  }

 private:
  Proofs& owner_;
  LogNodeSource stored_;
};

Result<Proofs::Proof> Proofs::consistency(TreeSize from, TreeSize to) {
  if (proofs_to_ != to) {
    proofs_.clear();
    proofs_to_ = to;
  }
  if (const auto found = proofs_.find(from); found != proofs_.end()) return found->second;
  auto hashes = merkle::consistency_proof(CachedNodes(*this), from, to);
  if (!hashes) return hashes.error();
  auto out = std::make_shared<const std::vector<Hash>>(std::move(*hashes));
  proofs_.emplace(from, out);
  return out;
}

Result<Hash> Proofs::root_at(TreeSize size) { return merkle::root_at(CachedNodes(*this), size); }

}  // namespace houniao
