// Pages of the families evaluations and communications: judgements, what people think of the work
// in numbers, and what was sent and made public.
#include "server/http/queries_parts.h"

namespace houniao::queries {
namespace {

struct NamedEvaluation {
  std::uint64_t subject = 0;
  const Evaluation* evaluation = nullptr;
};

Json evaluation_json(const State& state, const NamedEvaluation& named) {
  const Evaluation& e = *named.evaluation;
  return {{"id", id_text(e.id)},
          {"subject", id_text(named.subject)},
          {"evaluator", id_text(e.evaluator)},
          {"grade", symbol(state, e.grade)},
          {"from", day_text(e.from)},
          {"to", day_text(e.to)},
          {"points", e.points},
          {"points_max", e.points_max},
          {"conflict_declared", e.conflict_declared}};
}

Json mean_json(const Opinion& opinion) {
  return opinion.scored == 0 ? Json(nullptr) : Json(opinion.mean_permille);
}

Json broadcast_json(const State& state, std::uint64_t id, const Broadcast& b) {
  return {{"id", id_text(id)},        {"channel", symbol(state, b.channel)},
          {"day", day_text(b.day)},   {"recipients", b.recipients},
          {"delivered", b.delivered}, {"in_force", state.in_force(EventId{id})}};
}

Json notice_json(const State& state, std::uint64_t id, const Notice& n) {
  return {{"id", id_text(id)},
          {"kind", symbol(state, n.kind)},
          {"subject", id_text(n.subject)},
          {"from", day_text(n.from)},
          {"to", day_text(n.to)},
          {"year", n.year},
          {"in_force", state.in_force(EventId{id})}};
}

// The keys of a map whose values stay inside.
template <class Map>
std::vector<Row<typename Map::mapped_type>> keyed_rows(const Map& map, std::uint64_t wanted) {
  std::vector<Row<typename Map::mapped_type>> rows;
  for (const auto& [key, list] : map) {
    if (fits(wanted, key)) rows.push_back({key, &list});
  }
  return rows;
}

}  // namespace

Result<Json> evaluations_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t subject = filters.id("subject");
  const std::uint64_t evaluator = filters.id("evaluator");
  if (filters.error()) return *filters.error();
  std::vector<NamedEvaluation> named;
  for (const auto& [id, list] : query.state.evaluations.by_subject) {
    if (!fits(subject, id)) continue;
    for (const Evaluation& each : list) {
      if (fits(evaluator, each.evaluator)) named.push_back({id, &each});
    }
  }
  std::vector<Row<NamedEvaluation>> rows;
  for (const NamedEvaluation& each : named) rows.push_back({each.evaluation->id.value, &each});
  return page_of_events(query, std::move(rows), [&](const NamedEvaluation& each) {
    return evaluation_json(query.state, each);
  });
}

// Who rated stays inside: the page says how many did and what came out of it.
Result<Json> ratings_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t rated = filters.id("rated");
  if (filters.error()) return *filters.error();
  return page_of_rows(query, keyed_rows(query.state.evaluations.ratings, rated),
                      [&](const auto& row) {
                        const Opinion opinion = ratings_of(query.state, row.id);
                        return Json{{"rated", id_text(row.id)},
                                    {"raters", opinion.respondents},
                                    {"scored", opinion.scored},
                                    {"mean_permille", mean_json(opinion)}};
                      });
}

Result<Json> surveys_page(const Query& query) {
  Filters filters(query);
  const std::uint64_t target = filters.id("target");
  if (filters.error()) return *filters.error();
  return page_of_rows(
      query, keyed_rows(query.state.evaluations.surveys, target), [&](const auto& row) {
        const Opinion opinion = survey_of(query.state, row.id);
        return Json{{"target", id_text(row.id)},    {"respondents", opinion.respondents},
                    {"attended", opinion.attended}, {"people_at", people_at(query.state, row.id)},
                    {"scored", opinion.scored},     {"mean_permille", mean_json(opinion)}};
      });
}

Result<Json> broadcasts_page(const Query& query) {
  Filters filters(query);
  const auto channel = filters.code("channel");
  if (filters.error()) return *filters.error();
  return page_of_rows(
      query,
      rows_of(query.state.communications.broadcasts,
              [&](const Broadcast& b) { return fits(channel, b.channel); }),
      [&](const Row<Broadcast>& row) { return broadcast_json(query.state, row.id, *row.item); });
}

Result<Json> notices_page(const Query& query) {
  Filters filters(query);
  const auto kind = filters.code("kind");
  const std::uint64_t subject = filters.id("subject");
  if (filters.error()) return *filters.error();
  return page_of_rows(
      query,
      rows_of(query.state.communications.notices,
              [&](const Notice& n) { return fits(kind, n.kind) && fits(subject, n.subject); }),
      [&](const Row<Notice>& row) { return notice_json(query.state, row.id, *row.item); });
}

}  // namespace houniao::queries
