// Numbers of a pack against one another. What is compared with itself cannot fail, and where parts
// and bounds lead back to where they began, every number of the circle is bounded by itself.
#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "replay/pack_text.h"

namespace houniao {
namespace {

using pack_reader::Json;
using pack_reader::Notes;

// --- which metrics are the same ------------------------------------------------------------------

Json sorted(Json list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}
Json or_null(const std::optional<Day>& day) { return day ? Json(day->value) : Json(); }

Json meaning(const MetricLast& last) {
  return {last.by ? Json(static_cast<int>(*last.by)) : Json(),
          sorted(last.kinds),
          sorted(last.not_kinds),
          sorted(last.attrs),
          sorted(last.not_attrs),
          or_null(last.ended)};
}

Json meaning(const MetricJoin& join) {
  return {static_cast<int>(join.column),
          sorted(join.types),
          sorted(join.kinds),
          sorted(join.attrs),
          join.attr_prefix,
          or_null(join.group_from),
          or_null(join.group_to)};
}

Json meaning(const MetricWhere& where) {
  Json joins = Json::array();
  for (const MetricJoin& join : where.joins) joins.push_back(meaning(join));
  Json in = Json::array();
  for (const MetricIn& each : where.in) {
    in.push_back({static_cast<int>(each.column), static_cast<int>(each.key), each.negated,
                  meaning(each.where)});
  }
  return {sorted(where.types),
          sorted(where.kinds),
          sorted(where.not_kinds),
          sorted(where.attrs),
          sorted(where.not_attrs),
          where.attr_prefix,
          or_null(where.from),
          or_null(where.to),
          where.booked,
          or_null(where.group_from),
          or_null(where.group_to),
          or_null(where.anonymous),
          or_null(where.bulk),
          or_null(where.ended),
          or_null(where.at_site),
          sorted(where.programmes),
          where.last ? meaning(*where.last) : Json(),
          sorted(std::move(joins)),
          sorted(std::move(in))};
}

// The same text for two metrics that are written in another order, or with what goes without
// saying.
std::string meaning(const Metric& metric) {
  const Json population = metric.population
                              ? Json{static_cast<int>(metric.population->key),
                                     metric.population->current, meaning(metric.population->where)}
                              : Json();
  // Whole numbers are not rounded.
  const bool fraction = metric.op == MetricOp::share || metric.op == MetricOp::mean_per_period ||
                        metric.scale_divisor % metric.scale != 0;
  const std::int64_t common = std::gcd(metric.scale, metric.scale_divisor);
  const Json out = {static_cast<int>(metric.op),
                    static_cast<int>(metric.of),
                    meaning(metric.where),
                    meaning(metric.among),
                    population,
                    static_cast<int>(metric.inner),
                    static_cast<int>(metric.per),
                    static_cast<int>(metric.period),
                    metric.in_periods,
                    metric.from.value,
                    metric.to.value,
                    metric.current,
                    metric.scale / common,
                    metric.scale_divisor / common,
                    static_cast<int>(fraction ? metric.rounding : Rounding::exact),
                    static_cast<int>(metric.year_of)};
  return out.dump();
}

void same_on_both_sides(const std::string& place, Relation relation, Notes& notes) {
  const std::string sign(sign_of(relation));
  const bool always = stands(0, relation);
  notes.fault(place,
              "与另一侧是同一个数：\"" + sign + "\" " + (always ? "永远" : "永不") +
                  "成立，什么也查不出；请换成要与之比较的数，或删去这一项",
              "is the same metric as the other side: \"" + sign + "\" " +
                  (always ? "always" : "never") +
                  " holds and can find nothing; put the number here that it is to be compared "
                  "with, or leave the comparison out");
}

void check_sides(const Pack& pack, Notes& notes) {
  for (std::size_t i = 0; i < pack.reconciliations.size(); ++i) {
    const PackReconciliation& r = pack.reconciliations[i];
    if (r.kind != PackReconciliation::Kind::compare) continue;
    if (meaning(r.left_side.metric) != meaning(r.right_side.metric)) continue;
    same_on_both_sides("/reconciliations/" + std::to_string(i) + "/right/metric", r.relation,
                       notes);
  }
  for (std::size_t f = 0; f < pack.figures.size(); ++f) {
    const std::vector<PackDoubt>& doubts = pack.figures[f].doubts;
    for (std::size_t i = 0; i < doubts.size(); ++i) {
      if (doubts[i].when != PackDoubt::When::metric) continue;
      if (meaning(doubts[i].metric) != meaning(doubts[i].than)) continue;
      same_on_both_sides(
          "/figures/" + std::to_string(f) + "/doubts/" + std::to_string(i) + "/when/than",
          doubts[i].relation, notes);
    }
  }
}

// --- circles -------------------------------------------------------------------------------------

// Numbers, and which of them is a part of another or at most as great, by what rule.
class Bounds {
 public:
  explicit Bounds(const Pack& pack) {
    for (const PackFigure& figure : pack.figures) {
      const std::size_t node = node_of("figure " + figure.id, {figure.id, figure.id});
      // A metric that two figures claim is neither of them.
      const auto [at, fresh] = figure_of_.try_emplace(meaning(figure.metric), node);
      if (!fresh && at->second != node) at->second = kNone;
    }
    for (std::size_t i = 0; i < pack.reconciliations.size(); ++i) {
      add(pack.reconciliations[i], "/reconciliations/" + std::to_string(i));
    }
  }

  // Each circle once, at the rule in it that stands last in the file.
  void check(Notes& notes) {
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      if (nodes_[node].state == State::untouched) follow(node, notes);
    }
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  static constexpr std::size_t kStepsShown = 12;

  struct Edge {
    std::size_t lesser = 0;
    std::size_t rule = 0;  // edges stand in the order of the file
    std::string place;
  };
  enum class State : std::uint8_t { untouched, on_the_way, done };
  struct Node {
    Label name;
    std::vector<Edge> edges;
    State state = State::untouched;
  };
  struct Step {
    std::size_t node = 0;
    std::size_t next = 0;  // edge to follow
  };

  std::size_t node_of(const std::string& key, Label name) {
    const auto [at, fresh] = by_key_.try_emplace(key, nodes_.size());
    if (fresh) nodes_.push_back({std::move(name), {}, State::untouched});
    return at->second;
  }

  std::size_t node_of(const PackReconciliation::Side& side) {
    const std::string text = meaning(side.metric);
    const auto figure = figure_of_.find(text);
    if (figure != figure_of_.end() && figure->second != kNone) return figure->second;
    return node_of("metric " + text, side.label);
  }

  std::size_t figure(const std::string& id) const {
    const auto found = by_key_.find("figure " + id);
    return found == by_key_.end() ? kNone : found->second;
  }

  // Names that lead nowhere, and what is compared with itself, are told elsewhere.
  void at_most(std::size_t lesser, std::size_t greater, std::string place) {
    if (lesser == kNone || greater == kNone || lesser == greater) return;
    nodes_[greater].edges.push_back({lesser, rules_++, std::move(place)});
  }

  void add(const PackReconciliation& r, const std::string& place) {
    switch (r.kind) {
      case PackReconciliation::Kind::parts_of_whole:
        for (std::size_t i = 0; i < r.parts.size(); ++i) {
          at_most(figure(r.parts[i]), figure(r.right), place + "/parts/" + std::to_string(i));
        }
        return;
      case PackReconciliation::Kind::at_most:
        return at_most(figure(r.left), figure(r.right), place + "/right");
      case PackReconciliation::Kind::compare:
        if (r.relation == Relation::less || r.relation == Relation::at_most) {
          at_most(node_of(r.left_side), node_of(r.right_side), place + "/right");
        } else if (r.relation == Relation::more || r.relation == Relation::at_least) {
          at_most(node_of(r.right_side), node_of(r.left_side), place + "/right");
        }
        return;
      case PackReconciliation::Kind::obligation:  // bounds a figure by a promise
      case PackReconciliation::Kind::quotient:    // bounds neither by the other
        return;
    }
  }

  // Depth first, without recursion: a pack may make the way as long as it likes.
  void follow(std::size_t start, Notes& notes) {
    std::vector<Step> way{{start, 0}};
    nodes_[start].state = State::on_the_way;
    while (!way.empty()) {
      const std::size_t node = way.back().node;
      if (way.back().next == nodes_[node].edges.size()) {
        nodes_[node].state = State::done;
        way.pop_back();
        continue;
      }
      const std::size_t lesser = nodes_[node].edges[way.back().next++].lesser;
      if (nodes_[lesser].state == State::on_the_way) {
        tell(way, lesser, notes);
      } else if (nodes_[lesser].state == State::untouched) {
        nodes_[lesser].state = State::on_the_way;
        way.push_back({lesser, 0});
      }
    }
  }

  // The way leads from `first`, which is on it, back to `first`.
  void tell(const std::vector<Step>& way, std::size_t first, Notes& notes) const {
    const auto begin =
        std::find_if(way.begin(), way.end(), [&](const Step& step) { return step.node == first; });
    const auto length = static_cast<std::size_t>(way.end() - begin);
    const Edge* last = nullptr;
    Label path;
    for (auto step = begin; step != way.end(); ++step) {
      const Edge& edge = nodes_[step->node].edges[step->next - 1];
      if (last == nullptr || edge.rule > last->rule) last = &edge;
      if (static_cast<std::size_t>(step - begin) >= kStepsShown) continue;
      path.zh += nodes_[step->node].name.zh + " → ";
      path.en += nodes_[step->node].name.en + " → ";
    }
    const std::string gap = length > kStepsShown ? "… → " : "";
    notes.fault(last->place,
                "循环：" + path.zh + gap + nodes_[first].name.zh +
                    "（左含右，或左不小于右）。这样每个数都以自己为界；请删去其中一步，"
                    "若要说两数相等，用 compare 与 \"=\"，或只有一个分项的 parts_of_whole",
                "a circle: " + path.en + gap + nodes_[first].name.en +
                    " (each contains the next, or is at least as great), so that every number is "
                    "bounded by itself; leave out one step; to say that two are equal use compare "
                    "with \"=\", or parts_of_whole with a single part");
  }

  std::vector<Node> nodes_;
  std::map<std::string, std::size_t> by_key_;
  std::map<std::string, std::size_t> figure_of_;  // by meaning; kNone when of several
  std::size_t rules_ = 0;
};

}  // namespace

void check_relations(const Pack& pack, Notes& notes) {
  check_sides(pack, notes);
  Bounds(pack).check(notes);
}

}  // namespace houniao
