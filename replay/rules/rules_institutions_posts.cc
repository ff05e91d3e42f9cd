// A38, posts: seats of an election and posts that were filled do not add up
// (中国共产主义青年团章程: a body is elected, and its posts are filled from those elected).
//
// Reads: the last election of each body, its appointments, and who holds posts a while after the
// election. One anomaly for each programme under which bodies voted, with all bodies whose seats
// and posts differ; and one for each person who holds posts of too many bodies at once.
//
// Where no body of the programme ever records an appointment, those elected are taken as those in
// post: then the list of the elected is all that the office keeps.
#include <algorithm>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct Voted {
  OrganisationId body;
  const Election* election = nullptr;
  boost::unordered_flat_set<std::uint64_t> in_post;
};

struct Count {
  std::vector<EventId> events;
  std::int64_t bodies = 0;
  std::int64_t seats = 0;
  std::int64_t filled = 0;
  std::int64_t differing = 0;
  std::int64_t vacant = 0;
  std::int64_t beyond = 0;
  std::int64_t empty = 0;
  std::int64_t not_elected = 0;
};

class Posts final : public Rule {
 public:
  explicit Posts(const Parameters& parameters)
      : fill_days_(parameters.get("fill_days")), bodies_most_(parameters.get("bodies_most")) {}

  void find(const State& state, Day today, std::vector<Anomaly>& out) const override {
    look_at_elections(state, today, out);
    look_at_holders(state, today, out);
  }

 private:
  static const Election* last_election(const State& state, const std::vector<Election>& elections) {
    const Election* last = nullptr;
    for (const Election& election : elections) {  // by event id
      if (!state.in_force(election.event)) continue;
      if (last == nullptr || election.day >= last->day) last = &election;
    }
    return last;
  }

  // Who holds any post of the body on that day.
  static boost::unordered_flat_set<std::uint64_t> holders_on(const State& state,
                                                             OrganisationId body, Day day) {
    boost::unordered_flat_set<std::uint64_t> out;
    const auto at = state.organisations.appointments.find(body);
    if (at == state.organisations.appointments.end()) return out;
    std::map<std::pair<std::uint64_t, std::uint32_t>, bool> posts;
    for (const AppointmentEntry& entry : at->second) {  // by day
      if (entry.day > day) break;
      posts[{identity_of(state, entry.person), entry.post.value}] = entry.started;
    }
    for (const auto& [post, held] : posts) {
      if (held) out.insert(post.first);
    }
    return out;
  }

  void look_at_elections(const State& state, Day today, std::vector<Anomaly>& out) const {
    std::map<std::uint64_t, std::vector<Voted>> programmes;
    for (const auto& [body, elections] : state.organisations.elections) {
      const Election* election = last_election(state, elections);
      if (election == nullptr || election->seats == 0) continue;
      const std::int64_t due = std::int64_t{election->day.value} + fill_days_;
      if (due > today.value) continue;
      const FactTable::RowSpan rows = state.facts.rows_of(election->event);
      const std::uint64_t programme =
          rows.count == 0 ? 0 : state.facts.columns().programme[rows.first];
      programmes[programme != 0 ? programme : body.value].push_back(
          {body, election, holders_on(state, body, Day{static_cast<std::int32_t>(due)})});
    }
    for (auto& [programme, list] : programmes) {
      std::sort(list.begin(), list.end(),
                [](const Voted& a, const Voted& b) { return a.body < b.body; });
      look_at_programme(state, programme, list, out);
    }
  }

  static void look_at_programme(const State& state, std::uint64_t programme,
                                std::vector<Voted>& list, std::vector<Anomaly>& out) {
    const bool records_posts = std::any_of(list.begin(), list.end(), [&](const Voted& voted) {
      return state.organisations.appointments.contains(voted.body);
    });
    Count count;
    for (Voted& voted : list) {
      if (!records_posts) {
        for (const std::uint64_t id : voted.election->elected) {
          voted.in_post.insert(identity_of(state, id));
        }
      }
      look_at_body(state, voted, count);
    }
    if (count.events.empty()) return;
    Anomaly anomaly;
    anomaly.subject = programme;
    anomaly.events = std::move(count.events);
    anomaly.zh = "换届" + number(count.bodies) + "个组织、席位" + number(count.seats) + "个，到任" +
                 number(count.filled) + "人；" + number(count.differing) + "个组织对不上：空缺" +
                 number(count.vacant) + "，超出" + number(count.beyond) + "，无任何任职记录的" +
                 number(count.empty) + "个；任职而未当选" + number(count.not_elected) + "人";
    anomaly.en = number(count.bodies) + " bodies elected " + number(count.seats) + " seats; " +
                 number(count.filled) + " posts are filled. In " + number(count.differing) +
                 " bodies they differ: " + number(count.vacant) + " vacant, " +
                 number(count.beyond) + " beyond the seats, " + number(count.empty) +
                 " bodies without any post on record; " + number(count.not_elected) +
                 " in post were not elected";
    out.push_back(std::move(anomaly));
  }

  static void look_at_body(const State& state, const Voted& voted, Count& count) {
    const auto seats = std::int64_t{voted.election->seats};
    const auto filled = static_cast<std::int64_t>(voted.in_post.size());
    ++count.bodies;
    count.seats += seats;
    count.filled += filled;
    const std::int64_t outsiders = not_elected(state, voted);
    count.not_elected += outsiders;
    if (filled == seats && outsiders == 0) return;
    if (filled != seats) ++count.differing;
    count.vacant += std::max<std::int64_t>(seats - filled, 0);
    count.beyond += std::max<std::int64_t>(filled - seats, 0);
    if (filled == 0) ++count.empty;
    count.events.push_back(voted.election->event);
  }

  // Only where the list of the elected is whole: else the others may be on it.
  static std::int64_t not_elected(const State& state, const Voted& voted) {
    boost::unordered_flat_set<std::uint64_t> elected;
    for (const std::uint64_t id : voted.election->elected) {
      elected.insert(identity_of(state, id));
    }
    if (elected.size() != voted.election->seats) return 0;
    return std::count_if(voted.in_post.begin(), voted.in_post.end(),
                         [&](std::uint64_t id) { return !elected.contains(id); });
  }

  void look_at_holders(const State& state, Day today, std::vector<Anomaly>& out) const {
    struct Held {
      boost::unordered_flat_set<std::uint64_t> bodies;
      std::vector<EventId> events;
    };
    std::map<std::uint64_t, Held> persons;
    for (const auto& [body, entries] : state.organisations.appointments) {
      if (!state.organisations.is_active(body, today)) continue;
      std::map<std::pair<std::uint64_t, std::uint32_t>, const AppointmentEntry*> posts;
      for (const AppointmentEntry& entry : entries) {  // by day
        if (entry.day > today) break;
        posts[{identity_of(state, entry.person), entry.post.value}] = &entry;
      }
      for (const auto& [post, entry] : posts) {
        if (!entry->started) continue;
        persons[post.first].bodies.insert(body.value);
        persons[post.first].events.push_back(entry->event);
      }
    }
    for (auto& [person, held] : persons) {
      if (static_cast<std::int64_t>(held.bodies.size()) <= bodies_most_) continue;
      Anomaly anomaly;
      anomaly.subject = person;
      anomaly.events = std::move(held.events);
      anomaly.zh = "一人同时在" + count_of(held.bodies) + "个组织任职";
      anomaly.en = "one person holds posts of " + count_of(held.bodies) + " bodies at once";
      out.push_back(std::move(anomaly));
    }
  }

  std::int64_t fill_days_;
  std::int64_t bodies_most_;
};

}  // namespace

std::unique_ptr<Rule> make_posts(const Parameters& parameters) {
  return std::make_unique<Posts>(parameters);
}

}  // namespace houniao::rules::institutions
