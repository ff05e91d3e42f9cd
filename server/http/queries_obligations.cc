// Pages about promises: which were made, how many of their periods were kept, and each period with
// the events that prove it. Computed from the state when asked (replay/obligations.h), by the
// holidays and populations of the built-in pack that speaks of the programme; a programme that no
// pack speaks of has neither.
#include "replay/obligations.h"

#include <map>

#include "schema/catalogue.h"
#include "schema/programmes/packs.h"
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

const std::vector<Pack>& packs() {
  static const std::vector<Pack> kPacks = [] {
    std::vector<Pack> out;
    for (const EmbeddedPack& each : embedded_packs()) {
      if (auto pack = parse_pack(each.text)) out.push_back(std::move(*pack));
    }
    return out;
  }();
  return kPacks;
}

boost::unordered_flat_set<std::uint64_t> events_with_evidence(const State& state) {
  boost::unordered_flat_set<std::uint64_t> out;
  for (const auto& [hash, uses] : state.services.evidence) {
    for (const EvidenceUse& use : uses) out.insert(use.target.value);
  }
  return out;
}

// An obligation of a programme that no pack speaks of.
ObligationResult check_alone(const State& state, const Obligation& obligation, Day as_of) {
  FigureInputs inputs = figure_inputs(state);
  inputs.within = programmes_below(state, obligation.programme);
  ObligationTerms terms;
  boost::unordered_flat_set<std::uint64_t> with_evidence;
  if (obligation.evidence_needed) with_evidence = events_with_evidence(state);
  terms.with_evidence = &with_evidence;
  if (const Programme* programme = state.programme(obligation.programme)) {
    terms.ends = std::min(programme->to, programme->closed_on());
  }
  return check_obligation(inputs, obligation, terms, as_of);
}

// What became of every obligation in force, by id.
std::map<ObligationId, ObligationResult> kept_as_of(const State& state, Day as_of) {
  std::map<ObligationId, ObligationResult> out;
  if (state.programmes.obligations.empty()) return out;
  for (const Pack& pack : packs()) {
    for (ObligationResult& result : check_obligations(state, pack, as_of)) {
      out.emplace(result.id, std::move(result));
    }
  }
  for (const auto& [id, obligation] : state.programmes.obligations) {
    if (out.contains(id) || !state.in_force(id)) continue;
    out.emplace(id, check_alone(state, obligation, as_of));
  }
  return out;
}

bool is_confidential(std::uint16_t type) {
  const CatalogueRow* row = find_row(type);
  return row != nullptr && row->privacy == Privacy::confidential;
}

// Whether the rows looked at may be those of case work.
bool touches_case_work(const MetricWhere& where) {
  return where.types.empty() ||
         std::any_of(where.types.begin(), where.types.end(), is_confidential) ||
         std::any_of(where.in.begin(), where.in.end(),
                     [](const MetricIn& in) { return touches_case_work(in.where); });
}

// A promise about case work, or owed by those who have to do with it: its periods would name
// clients, workers and cases, so they are counted only.
bool is_about_case_work(const State& state, const Obligation& obligation) {
  const CatalogueRow* row = find_row(state.symbols().text(obligation.event_type));
  if (row != nullptr && row->privacy == Privacy::confidential) return true;
  const std::string_view code = state.symbols().text(obligation.code);
  return std::any_of(packs().begin(), packs().end(), [&](const Pack& pack) {
    const PackObligation* written = pack.obligation(code);
    return written != nullptr && written->among && touches_case_work(written->among->where);
  });
}

Json kept_json(const ObligationResult& result) {
  Json out = Json::object();
  for (std::size_t i = 0; i < kObligationStatuses; ++i) {
    const auto status = static_cast<ObligationStatus>(i);
    out[std::string(name_of(status))] = result.count(status);
  }
  return out;
}

// `kept` is null for an obligation that is not in force.
Json obligation_json(const State& state, const Obligation& o, const ObligationResult* result) {
  Json waivers = Json::array();
  for (const ObligationWaiver& w : o.waivers) {
    waivers.push_back({{"event", id_text(w.event)},
                       {"period_from", day_text(w.period_from)},
                       {"approver", id_text(w.approver)}});
  }
  return {{"id", id_text(o.id)},
          {"programme", id_text(o.programme)},
          {"code", symbol(state, o.code)},
          {"event_type", symbol(state, o.event_type)},
          {"event_kind", symbol(state, o.event_kind)},
          {"distinct", enum_text<schema::ObligationDefined::Distinct>(o.distinct)},
          {"period", enum_text<schema::ObligationDefined::Period>(o.period)},
          {"threshold", o.threshold},
          {"per", enum_text<schema::ObligationDefined::Per>(o.per_scope)},
          {"from", day_text(o.from)},
          {"to", day_text(o.to)},
          {"grace_days", o.grace_days},
          {"evidence_needed", o.evidence_needed},
          {"waivers", std::move(waivers)},
          {"kept", result == nullptr ? Json(nullptr) : kept_json(*result)}};
}

struct NamedPeriod {
  const ObligationResult* obligation = nullptr;
  const ObligationPeriod* period = nullptr;
};

Json period_json(const NamedPeriod& named) {
  const ObligationResult& o = *named.obligation;
  const ObligationPeriod& p = *named.period;
  Json proof = Json::array();
  for (const DecidingEvent& event : p.proof) {
    proof.push_back({{"event", id_text(event.event)}, {"seq", event.seq.value}});
  }
  return {{"obligation", id_text(o.id)},
          {"code", o.code},
          {"owner", id_text(p.owner)},
          {"period", p.period.name},
          {"from", day_text(p.period.from)},
          {"to", day_text(p.period.to)},
          {"due", day_text(p.due)},
          {"status", text(name_of(p.status))},
          {"count", p.count},
          {"threshold", o.threshold},
          {"done_on", p.done_on ? day_text(*p.done_on) : Json(nullptr)},
          {"waiver", id_text(p.waiver)},
          {"events", p.events},
          {"proof", std::move(proof)}};
}

}  // namespace

Result<Json> obligations_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t programme = filters.id("programme");
  const Day day = filters.day("day", query.today);
  if (filters.error()) return *filters.error();
  const auto kept = kept_as_of(query.state, day);
  return list_or_one(
      query, query.state.programmes.obligations,
      [&](const Obligation& o) { return fits(programme, o.programme); },
      [&](const Obligation& o) {
        const auto found = kept.find(o.id);
        return obligation_json(query.state, o, found == kept.end() ? nullptr : &found->second);
      });
}

// The cursor is the place of a period among all of that day, so that it goes on with any filter.
Result<Json> obligation_periods_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t obligation = filters.id("obligation");
  const std::uint64_t programme = filters.id("programme");
  const std::uint64_t owner = filters.id("owner");
  const std::string status =
      filters.word("status", {"open", "due", "met", "late", "missed", "waived"});
  const Day day = filters.day("day", query.today);
  if (filters.error()) return *filters.error();
  const State& state = query.state;
  const auto kept = kept_as_of(state, day);
  std::vector<std::pair<std::uint64_t, NamedPeriod>> found;
  std::uint64_t place = 0;
  for (const auto& [id, result] : kept) {
    const bool shown = fits(obligation, id) && fits(programme, result.programme) &&
                       !is_about_case_work(state, state.programmes.obligations.at(id));
    for (const ObligationPeriod& period : result.periods) {
      ++place;
      if (shown && fits(owner, period.owner) && fits(status, name_of(period.status))) {
        found.push_back({place, {&result, &period}});
      }
    }
  }
  std::vector<Row<NamedPeriod>> rows;
  for (const auto& [number, named] : found) rows.push_back({number, &named});
  return page_of_rows(query, std::move(rows),
                      [](const Row<NamedPeriod>& row) { return period_json(*row.item); });
}

}  // namespace houniao::queries
