// The reading room: members, books, loans that come back, one that does not, and a last copy that
// two desks lend on one day.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

using Condition = schema::AssetReturned::Condition;

// The season in which the reading room has no network.
constexpr std::size_t kAwaySeason = 2;

AssetId shelve(Tablet& tablet, Day when, const std::string& title, int copies) {
  return entity_cast<AssetId>(tablet.add(when, [=](stage::Body body) {
    auto a = body.initAssetRecorded();
    a.setKind("book");
    a.setName(title);
    a.setQuantity(copies);
    a.setValueFen(copies * std::int64_t{3'200});
    a.setLendable(true);
  }));
}

EventId lend_copy(Tablet& tablet, Day when, AssetId book, PersonId borrower) {
  return tablet.add(when, [=](stage::Body body) {
    auto l = body.initAssetLent();
    l.setAsset(book.value);
    l.setBorrower(borrower.value);
    l.setDueDay(when.value + 30);
  });
}

void take_back(Tablet& tablet, Day when, AssetId book, PersonId borrower, Condition condition) {
  tablet.add(when, [=](stage::Body body) {
    auto r = body.initAssetReturned();
    r.setAsset(book.value);
    r.setBorrower(borrower.value);
    r.setCondition(condition);
  });
}

}  // namespace

Result<void> open_library(Story& story) {
  Tablet& librarian = *story.cast.librarian;
  const Day opened = on(2014, 8, 16);
  Dice dice = story.company.dice.fork("books");
  for (int i = 0; i < story.numbers.titles; ++i) {
    const int copies = static_cast<int>(dice.between(1, 3));
    story.books.push_back(
        {shelve(librarian, opened, "book " + std::to_string(i + 1), copies), copies});
  }
  // The last one has a single copy and stays on the shelf until two people want it.
  story.books.push_back({shelve(librarian, opened, "single copy", 1), 1});
  Draw readers(story, "library", 6);
  story.readers = readers.next(opened, story.numbers.library_members);
  for (std::size_t i = 0; i < story.readers.size(); ++i) {
    const Day joined = stage::days_after(opened, static_cast<std::int64_t>(i % 60));
    stage::join(librarian, joined, story.readers[i].value, story.library.value, "library_member");
  }
  return librarian.sync(kSyncTimeout);
}

Result<void> lend(Story& story, std::size_t season) {
  Tablet& librarian = *story.cast.librarian;
  if (season == kAwaySeason) librarian.device().disconnect();
  Dice dice = story.company.dice.fork("loans" + std::to_string(season));
  const Day first = on(2014, 10, 18);
  const std::int64_t days = on(2015, 12, 20).value - first.value;
  for (int i = 0; i < story.numbers.loans; ++i) {
    const Day day = stage::days_after(first, days * i / story.numbers.loans);
    if (!falls_in(season, day)) continue;
    // What is due by now is on the shelf again before the next reader asks.
    while (!story.out.empty() && story.out.begin()->first <= day) {
      const Loan loan = story.out.begin()->second;
      const Day back = story.out.begin()->first;
      story.out.erase(story.out.begin());
      const bool lost = !story.book_lost && i >= story.numbers.loans / 2;
      take_back(librarian, back, story.books[loan.book].id, loan.borrower,
                lost ? Condition::LOST : Condition::GOOD);
      if (!lost) ++story.books[loan.book].copies;
      story.book_lost |= lost;
    }
    const std::size_t wanted = dice.index(story.books.size() - 1);
    if (story.books[wanted].copies == 0) continue;
    const PersonId borrower = dice.pick(story.readers);
    lend_copy(librarian, day, story.books[wanted].id, borrower);
    --story.books[wanted].copies;
    story.out.emplace(stage::days_after(day, dice.between(6, 38)), Loan{wanted, borrower});
  }
  HOUNIAO_TRY(librarian.save());
  if (season == kAwaySeason) {
    story.tell(
        "阅览室平板本季离线，借还照记 / the reading room is offline this season and lends on");
    return {};
  }
  HOUNIAO_TRY(librarian.connect());
  return librarian.sync(kSyncTimeout);
}

Result<void> lend_last_copy_twice(Story& story) {
  Tablet& librarian = *story.cast.librarian;
  Tablet& clerk = *story.cast.clerk;
  const AssetId single = story.books.back().id;
  const Day day = on(2016, 1, 15);
  HOUNIAO_TRY(librarian.connect());
  clerk.device().disconnect();
  EventId second;
  {
    const stage::Elsewhere at(clerk, story.company.scope("library"), story.centre, story.reading);
    second = lend_copy(clerk, day, single, story.readers.back());
  }
  HOUNIAO_TRY(clerk.save());
  lend_copy(librarian, day, single, story.readers.front());
  HOUNIAO_TRY(librarian.sync(kSyncTimeout));
  HOUNIAO_TRY(clerk.connect());
  HOUNIAO_TRY(clerk.sync(kSyncTimeout));
  story.kept_held.push_back(second);
  auto status = clerk.device().status(second);
  if (!status) return status.error();
  story.tell("最后一册在两台平板上同日借出：后到的" + std::string(name_zh(*status)) +
             " / the last copy is lent on two tablets: the later record is " +
             std::string(name(*status)));
  return {};
}

}  // namespace houniao::programme_a
