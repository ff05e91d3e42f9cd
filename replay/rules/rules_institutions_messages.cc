// A32, broadcast: messages to many (个人信息保护法 13, 15, 16: on a legal basis, and not after a
// withdrawal).
//
// Reads: broadcasts with their stated recipients, delivered messages and basis; persons with a
// phone, and consents, by civil day. Recipients are counts, never names, so the rule compares
// numbers: more recipients of text messages than different phones that the programme knew that day;
// more recipients than consents in force for the purpose that the broadcast names as its basis;
// more delivered than sent; no basis; one text sent again to everybody within days. One anomaly for
// each programme (with all below it), channel and way.
#include <algorithm>
#include <map>
#include <set>

#include "replay/rules/rules_institutions.h"
#include "replay/rules/rules_institutions_parts.h"

namespace houniao::rules::institutions {
namespace {

struct Sent {
  EventId event;
  std::uint64_t programme = 0;
  Day day;
  std::string channel;
  std::string basis;
  std::int64_t recipients = 0;
  std::int64_t delivered = 0;
  Hash text;
};

bool goes_to_phones(const std::string& channel) { return channel == "sms" || channel == "mms"; }

// A number that grows and falls by civil day.
class Timeline {
 public:
  void add(std::int32_t day, std::int64_t change) { changes_.emplace_back(day, change); }
  void settle() {
    std::sort(changes_.begin(), changes_.end());
    for (std::size_t i = 1; i < changes_.size(); ++i) changes_[i].second += changes_[i - 1].second;
  }
  std::int64_t on(Day day) const {
    const auto after = std::partition_point(changes_.begin(), changes_.end(),
                                            [&](const auto& c) { return c.first <= day.value; });
    return after == changes_.begin() ? 0 : (after - 1)->second;
  }

 private:
  std::vector<std::pair<std::int32_t, std::int64_t>> changes_;
};

using Key = std::pair<std::uint64_t, std::string>;  // programme at the top, channel or purpose

struct Excess {
  std::vector<EventId> events;
  std::int64_t over = 0;
  std::int64_t no_basis = 0;
};

class Broadcasts final : public Rule {
 public:
  explicit Broadcasts(const Parameters& parameters)
      : over_permille_(parameters.get("over_permille")),
        repeat_days_(parameters.get("repeat_days")),
        message_fen_(parameters.get("message_fen")) {}

  void observe(const Observation& seen) override {
    if (seen.type != EventBody::BROADCAST_SENT) return;
    const auto body = seen.event.getBody().getBroadcastSent();
    Sent sent;
    sent.event = seen.id;
    sent.programme = seen.event.getProgramme();
    sent.day = seen.occurred;
    sent.channel = to_view(body.getChannel());
    sent.basis = to_view(body.getConsentBasis());
    sent.recipients = body.getRecipients();
    sent.delivered = body.getDelivered();
    sent.text = hash_from(to_view(body.getTextSha256())).value_or(Hash{});
    sent_.push_back(std::move(sent));
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    std::vector<Sent> sent;
    for (const Sent& item : sent_) {
      if (!counts(state, item.event)) continue;
      sent.push_back(item);
      sent.back().programme = root_of(state, item.programme);
    }
    if (sent.empty()) return;
    look_at_phones(state, sent, out);
    look_at_consents(state, sent, out);
    look_at_words(sent, out);
    look_at_repeats(sent, out);
  }

 private:
  Fen price_of(std::int64_t messages) const {
    return plus({}, checked_multiply(Fen{message_fen_}, messages).value_or(kFenMax));
  }

  void add(std::uint64_t programme, Excess& excess, std::string zh, std::string en,
           std::vector<Anomaly>& out) const {
    Anomaly anomaly;
    anomaly.subject = programme;
    anomaly.events = std::move(excess.events);
    anomaly.at_risk = price_of(excess.over);
    anomaly.zh = std::move(zh);
    anomaly.en = std::move(en);
    out.push_back(std::move(anomaly));
  }

  // Different phones that a programme knew, by the first day on which each was registered.
  static std::map<std::uint64_t, Timeline> phones_of(const State& state) {
    boost::unordered_flat_map<std::uint64_t, std::uint64_t> roots;
    std::map<std::uint64_t, boost::unordered_flat_map<BlindIndex, std::int32_t, BlindIndexHash>>
        first;
    for (const auto& [id, person] : state.people.persons) {
      if (person.phone_index == BlindIndex{} || !state.in_force(id)) continue;
      auto [root, fresh] = roots.try_emplace(person.programme.value);
      if (fresh) root->second = root_of(state, person.programme.value);
      auto [day, unknown] =
          first[root->second].try_emplace(person.phone_index, person.registered.value);
      if (!unknown) day->second = std::min(day->second, person.registered.value);
    }
    std::map<std::uint64_t, Timeline> out;
    for (const auto& [programme, phones] : first) {
      Timeline& timeline = out[programme];
      for (const auto& [phone, day] : phones) timeline.add(day, 1);
      timeline.settle();
    }
    return out;
  }

  void look_at_phones(const State& state, const std::vector<Sent>& sent,
                      std::vector<Anomaly>& out) const {
    if (std::none_of(sent.begin(), sent.end(),
                     [](const Sent& item) { return goes_to_phones(item.channel); })) {
      return;
    }
    const std::map<std::uint64_t, Timeline> phones = phones_of(state);
    std::map<Key, Excess> found;
    for (const Sent& item : sent) {
      const auto known = phones.find(item.programme);
      // A programme that registers no phones has its list elsewhere.
      if (!goes_to_phones(item.channel) || known == phones.end()) continue;
      const std::int64_t most = known->second.on(item.day);
      if (item.recipients * 1000 <= most * over_permille_) continue;
      Excess& excess = found[{item.programme, item.channel}];
      excess.events.push_back(item.event);
      excess.over += item.recipients - most;
    }
    for (auto& [key, excess] : found) {
      const std::string times = count_of(excess.events);
      add(key.first, excess,
          times + "次群发的对象多于当日登记的不同手机号，合计多" + number(excess.over) + "人次",
          times +
              " broadcasts had more recipients than the programme knew different phones that "
              "day, " +
              number(excess.over) + " more in all",
          out);
    }
  }

  // Consents of persons for one purpose: how many were in force on a day.
  static Timeline consents_for(const State& state, std::uint64_t root, Symbol purpose) {
    Timeline out;
    for (const auto& [id, entries] : state.people.consents) {
      const Person* person = state.person(id);
      if (person == nullptr || root_of(state, person->programme.value) != root) continue;
      std::set<std::int32_t> days;
      for (const ConsentEntry& entry : entries) {
        if (entry.purpose == purpose) days.insert(entry.order.day);
      }
      bool given = false;
      for (const std::int32_t day : days) {
        const bool then = state.people.has_consent(id, purpose, Day{day});
        if (then != given) out.add(day, then ? 1 : -1);
        given = then;
      }
    }
    out.settle();
    return out;
  }

  void look_at_consents(const State& state, const std::vector<Sent>& sent,
                        std::vector<Anomaly>& out) const {
    std::set<Symbol> purposes;
    for (const auto& [id, entries] : state.people.consents) {
      for (const ConsentEntry& entry : entries) purposes.insert(entry.purpose);
    }
    std::map<Key, Timeline> timelines;
    std::map<Key, Excess> found;
    for (const Sent& item : sent) {
      const Symbol purpose = state.symbols().find(item.basis);
      if (item.basis.empty() || !purposes.contains(purpose)) continue;
      const Key key{item.programme, item.basis};
      if (!timelines.contains(key)) {
        timelines[key] = consents_for(state, item.programme, purpose);
      }
      const std::int64_t most = timelines[key].on(item.day);
      if (item.recipients * 1000 <= most * over_permille_) continue;
      Excess& excess = found[key];
      excess.events.push_back(item.event);
      excess.over += item.recipients - most;
    }
    for (auto& [key, excess] : found) {
      const std::string times = count_of(excess.events);
      add(key.first, excess,
          times + "次群发以“" + key.second + "”的同意为依据，对象多于当日有效的同意，合计多" +
              number(excess.over) + "人次",
          times + " broadcasts rest on consent for \"" + key.second +
              "\" and had more recipients than consents in force that day, " + number(excess.over) +
              " more in all",
          out);
    }
  }

  // What the broadcast says about itself.
  void look_at_words(const std::vector<Sent>& sent, std::vector<Anomaly>& out) const {
    std::map<Key, Excess> found;
    for (const Sent& item : sent) {
      if (item.delivered <= item.recipients && !item.basis.empty()) continue;
      Excess& excess = found[{item.programme, item.channel}];
      excess.events.push_back(item.event);
      excess.over += std::max<std::int64_t>(item.delivered - item.recipients, 0);
      if (item.basis.empty()) ++excess.no_basis;
    }
    for (auto& [key, excess] : found) {
      const std::string over = number(excess.over);
      const std::string without = number(excess.no_basis);
      add(key.first, excess,
          "群发记录自相矛盾：送达多于发送，合计" + over + "人次；未写明依据的" + without + "次",
          "broadcasts contradict themselves: " + over + " more delivered than sent, " + without +
              " without a basis",
          out);
    }
  }

  // One text again within days, and not only to those whom it did not reach.
  void look_at_repeats(const std::vector<Sent>& sent, std::vector<Anomaly>& out) const {
    std::map<std::tuple<std::uint64_t, std::string, Hash>, std::vector<const Sent*>> texts;
    for (const Sent& item : sent) {
      if (item.text != Hash{}) texts[{item.programme, item.channel, item.text}].push_back(&item);
    }
    std::map<Key, Excess> found;
    for (auto& [key, list] : texts) {
      std::sort(list.begin(), list.end(), [](const Sent* a, const Sent* b) {
        return std::pair(a->day, a->event) < std::pair(b->day, b->event);
      });
      for (std::size_t i = 1; i < list.size(); ++i) {
        const Sent& before = *list[i - 1];
        const Sent& again = *list[i];
        const std::int64_t missed = std::max<std::int64_t>(before.recipients - before.delivered, 0);
        if (std::int64_t{again.day.value} - before.day.value > repeat_days_) continue;
        if (again.recipients <= missed) continue;
        Excess& excess = found[{again.programme, again.channel}];
        excess.events.push_back(before.event);
        excess.events.push_back(again.event);
        excess.over += again.recipients - missed;
      }
    }
    for (auto& [key, excess] : found) {
      add(key.first, excess,
          "同一内容在" + number(repeat_days_) + "天内重复群发，重复" + number(excess.over) + "人次",
          "one text was sent again within " + number(repeat_days_) + " days, " +
              number(excess.over) + " messages twice",
          out);
    }
  }

  std::int64_t over_permille_;
  std::int64_t repeat_days_;
  std::int64_t message_fen_;
  std::vector<Sent> sent_;
};

}  // namespace

std::unique_ptr<Rule> make_broadcast(const Parameters& parameters) {
  return std::make_unique<Broadcasts>(parameters);
}

}  // namespace houniao::rules::institutions
