// What the figures engine needs of a folded log. Kept apart from it, so that the engine knows
// nothing but facts.
#include <algorithm>

#include "replay/figures.h"
#include "replay/state.h"

namespace houniao {
namespace {

bool stands(const State& state, const Programme& programme) {
  return !state.is_retracted(EventId{programme.id.value});
}

// Adds everything below what stands in `out`. A programme may arrive before its parent, and parents
// may be given in a circle; each is taken once.
void add_below(const State& state, std::vector<std::uint64_t>& out) {
  for (std::size_t at = 0; at < out.size(); ++at) {
    const std::uint64_t parent = out[at];
    for (const auto& [id, programme] : state.programmes.programmes) {
      if (programme.parent.value != parent || !stands(state, programme)) continue;
      if (std::find(out.begin(), out.end(), id.value) == out.end()) out.push_back(id.value);
    }
  }
  std::sort(out.begin(), out.end());
}

std::vector<std::uint64_t> programmes_of(const State& state, std::string_view code) {
  const Symbol symbol = state.symbols().find(code);
  std::vector<std::uint64_t> out;
  for (const auto& [id, programme] : state.programmes.programmes) {
    if (programme.code == symbol && stands(state, programme)) out.push_back(id.value);
  }
  add_below(state, out);
  return out;
}

}  // namespace

std::vector<std::uint64_t> programmes_below(const State& state, ProgrammeId id) {
  const Programme* programme = state.programme(id);
  if (programme == nullptr || !stands(state, *programme)) return {};
  std::vector<std::uint64_t> out = {id.value};
  add_below(state, out);
  return out;
}

FigureInputs figure_inputs(const State& state) {
  FigureInputs out{state.facts, [&state](std::uint64_t id) {
                     return state.people.representative_of(PersonId{id}).value;
                   }};
  out.booked = [&state](const FactTable::Columns& c, std::size_t row) {
    return booked_day(state, c, row);
  };
  out.programmes = [&state](std::string_view code) { return programmes_of(state, code); };
  return out;
}

std::vector<FigureResult> compute_figures(const State& state, const Pack& pack) {
  return compute_figures(figure_inputs(state), pack);
}

PackReport pack_report(const State& state, const Pack& pack) {
  return pack_report(figure_inputs(state), pack);
}

}  // namespace houniao
