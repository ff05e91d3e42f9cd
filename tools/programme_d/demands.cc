// What residents ask for: written down every day at the compounds, gathered every week, listed
// every month with what became of each, and deliberated by the youth council.
#include <algorithm>

#include "tools/programme_d/story.h"

namespace houniao::programme_d {
namespace {

using Disposition = schema::DemandDigestCompiled::Disposition;
using Period = schema::DemandDigestCompiled::Period;

constexpr std::array kChannels = {"visit", "hotline", "chat_group", "app"};

// In every sixth month a compound's tablet has no network; never in the last one.
bool is_away(int month, std::size_t compound) {
  return month + 1 < kMonths && month % 6 == static_cast<int>(compound);
}

BookedDemand raise(Story& story, std::size_t place, Day day, Dice& dice) {
  Compound& compound = story.compounds[place];
  BookedDemand demand;
  demand.day = day;
  demand.place = place;
  demand.category = dice.pick(kNeeds).category;
  // One in six does not say who asks.
  if (!dice.one_in(6)) demand.person = dice.pick(compound.residents);
  stage::DemandDraft draft;
  draft.person = demand.person;
  draft.category = demand.category;
  draft.channel = dice.pick(kChannels);
  if (dice.one_in(9)) draft.urgency = schema::DemandRaised::Urgency::URGENT;
  demand.id = stage::raise_demand(*compound.tablet, day, draft);
  return demand;
}

stage::DigestItem say(const BookedDemand& demand, Disposition disposition,
                      const std::string& reason = {}) {
  stage::DigestItem item;
  item.demand = demand.id;
  item.disposition = disposition;
  if (disposition == Disposition::DISPATCHED) item.order = demand.order;
  item.reason = reason;
  return item;
}

// Where an order carries the demand: handed out, or done and accepted by then.
std::optional<Disposition> by_order(const BookedDemand& demand, Day to) {
  if (demand.accepted <= to) return Disposition::RESOLVED;
  if (demand.posted <= to) return Disposition::DISPATCHED;
  return std::nullopt;
}

bool settles(Disposition disposition) {
  return disposition != Disposition::CARRIED && disposition != Disposition::DISPATCHED;
}

class Digest {
 public:
  explicit Digest(Day to) : to_(to) {}
  void add(BookedDemand& demand, const stage::DigestItem& item) {
    items_.push_back(item);
    if (settles(item.disposition)) demand.settled = to_;
  }
  const std::vector<stage::DigestItem>& items() const { return items_; }

 private:
  Day to_;
  std::vector<stage::DigestItem> items_;
};

// The community answers what needs no students, and part of the rest.
stage::DigestItem of_the_week(const BookedDemand& demand, Day from, Day to, Dice& dice) {
  if (const auto done = by_order(demand, to)) return say(demand, *done);
  const bool fresh = demand.day >= from && !demand.deliberated;
  if (fresh && dice.one_in(14)) {
    return say(demand, Disposition::MERGED, "the same was asked for next door");
  }
  const bool own_work = need_of(demand.category).order_kind == nullptr;
  if (fresh && (own_work ? !dice.one_in(5) : dice.one_in(3))) {
    return say(demand, Disposition::ANSWERED);
  }
  return say(demand, Disposition::CARRIED);
}

void gather_week(Story& story, Day sunday, Dice& dice) {
  const Day monday = days_after(sunday, -6);
  Digest digest(sunday);
  for (BookedDemand* demand : story.book.open(sunday)) {
    digest.add(*demand, of_the_week(*demand, monday, sunday, dice));
  }
  stage::compile_digest(*story.cast.secretary, Period::WEEK, monday, sunday, digest.items());
}

// What stays open at the end of the month goes to the council; what the council left aside does
// not come back to it.
void list_month(Story& story, const Month& month) {
  story.agenda.clear();
  Digest digest(month.to);
  for (BookedDemand* demand : story.book.open(month.to)) {
    if (const auto done = by_order(*demand, month.to)) {
      digest.add(*demand, say(*demand, *done));
    } else if (demand->deliberated) {
      digest.add(*demand, say(*demand, Disposition::DECLINED, "left aside by the youth council"));
    } else if (need_of(demand->category).order_kind == nullptr) {
      digest.add(*demand, say(*demand, Disposition::ANSWERED));
    } else {
      digest.add(*demand, say(*demand, Disposition::CARRIED));
      story.agenda.push_back(demand->id);
    }
  }
  stage::compile_digest(*story.cast.secretary, Period::MONTH, month.from, month.to, digest.items());
}

// Groups of what is alike: one order can answer up to three demands of a category.
std::vector<DemandId> choose(const Story& story, stage::DemandBook& book, int turn) {
  constexpr std::size_t kOfOneKind = 3;
  std::vector<DemandId> out;
  int groups = 0;
  for (std::size_t i = 0; i < kNeeds.size() && groups < story.numbers.orders_a_month; ++i) {
    const Need& need = kNeeds[(i + static_cast<std::size_t>(turn)) % kNeeds.size()];
    if (need.order_kind == nullptr) continue;
    std::size_t taken = 0;
    for (const DemandId id : story.agenda) {
      if (taken == kOfOneKind || book.find(id)->category != need.category) continue;
      out.push_back(id);
      ++taken;
    }
    groups += taken > 0 ? 1 : 0;
  }
  return out;
}

}  // namespace

Result<void> collect_demands(Story& story, const Month& month) {
  Dice dice = story.company.dice.fork("demands" + std::to_string(month.serial));
  for (std::size_t i = 0; i < kCompounds; ++i) {
    Compound& compound = story.compounds[i];
    if (is_away(month.serial, i)) {
      compound.tablet->device().disconnect();
      compound.away = true;
    } else if (compound.away) {
      HOUNIAO_TRY(compound.tablet->connect());
      compound.away = false;
    }
  }
  for (Day day = month.from; day <= month.to; ++day.value) {
    if (!story.numbers.brings_demands(day.value)) continue;
    for (int i = dice.one_in(4) ? 2 : 1; i > 0; --i) {
      const std::size_t place = dice.index(kCompounds);
      story.compounds[place].unsent.push_back(raise(story, place, day, dice));
    }
  }
  change_residents(story, month);
  for (Compound& compound : story.compounds) {
    HOUNIAO_TRY(compound.tablet->save());
    if (compound.away) continue;
    HOUNIAO_TRY(compound.tablet->sync(kSyncTimeout));
    for (const BookedDemand& demand : compound.unsent) story.book.enter(demand);
    compound.unsent.clear();
  }
  Dice desk = story.company.dice.fork("digests" + std::to_string(month.serial));
  for (Day day = month.from; day <= month.to; ++day.value) {
    const bool sunday = is_weekend(day) && !is_weekend(days_after(day, 1));
    if (sunday) gather_week(story, day, desk);
  }
  list_month(story, month);
  return story.cast.secretary->sync(kSyncTimeout);
}

Result<void> deliberate(Story& story, const Month& month) {
  story.adopted.clear();
  if (story.agenda.empty()) return {};
  stage::DeliberationDraft meeting;
  meeting.body = story.council;
  meeting.agenda = story.agenda;
  meeting.adopted = story.adopted = choose(story, story.book, month.serial);
  meeting.attendees = story.council_members;
  meeting.anonymous = 3;
  for (const DemandId id : story.agenda) story.book.find(id)->deliberated = true;
  stage::deliberate(*story.cast.secretary, month.day(3), meeting);
  return story.cast.secretary->sync(kSyncTimeout);
}

}  // namespace houniao::programme_d
