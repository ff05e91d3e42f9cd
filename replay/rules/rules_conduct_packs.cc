#include "replay/rules/rules_conduct_packs.h"

#include <map>
#include <string>
#include <utility>

#include "schema/programmes/packs.h"

namespace houniao::rules {
namespace {

// Parents may be given in a circle.
constexpr int kParentsMax = 32;

// Built in, so constant: read once for the program.
const Pack* embedded(std::string_view code) {
  static const std::map<std::string, Pack, std::less<>> packs = [] {
    std::map<std::string, Pack, std::less<>> out;
    for (const EmbeddedPack& item : embedded_packs()) {
      if (auto pack = parse_pack(item.text)) out.emplace(std::string(item.code), std::move(*pack));
    }
    return out;
  }();
  const auto at = packs.find(code);
  return at == packs.end() ? nullptr : &at->second;
}

}  // namespace

void PublishedPacks::observe(const Observation& seen) {
  if (seen.type != Body::POLICY_VERSION_PUBLISHED) return;
  const auto body = seen.event.getBody().getPolicyVersionPublished();
  if (body.getKind() != schema::PolicyVersionPublished::Kind::PACK || body.getBody().size() == 0) {
    return;
  }
  auto pack = parse_pack(text_of(body.getBody()));
  if (!pack) return;
  published_[ProgrammeId{body.getProgramme()}].push_back(
      {seen.id, body.getVersion(), std::make_unique<const Pack>(std::move(*pack))});
}

const Pack* PublishedPacks::published(const State& state, ProgrammeId programme) const {
  const auto at = published_.find(programme);
  if (at == published_.end()) return nullptr;
  const Published* best = nullptr;
  for (const Published& item : at->second) {
    if (!state.in_force(item.event)) continue;
    if (best == nullptr ||
        std::pair{best->version, best->event} < std::pair{item.version, item.event}) {
      best = &item;
    }
  }
  return best == nullptr ? nullptr : best->pack.get();
}

const Pack* PublishedPacks::of(const State& state, ProgrammeId programme) const {
  for (int i = 0; i < kParentsMax && programme; ++i) {
    const Programme* found = state.programme(programme);
    if (found == nullptr) return nullptr;
    if (const Pack* pack = published(state, programme)) return pack;
    if (const Pack* pack = embedded(state.symbols().text(found->code))) return pack;
    programme = found->parent;
  }
  return nullptr;
}

}  // namespace houniao::rules
