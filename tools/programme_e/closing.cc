// What is made known and said about it at the end: yearly white papers, prizes, what an auditor
// finds, and the figures as they were published.
#include "tools/programme_e/story.h"

namespace houniao::programme_e {
namespace {

void publish_white_papers(Story& s) {
  for (int year = 2014; year <= 2017; ++year) {
    publish_notice(*s.registrar, on(year, 12, 12),
                   {.kind = "white_paper",
                    .title = "青年社会组织发展白皮书",
                    .place = "web site of the city League committee",
                    .subject = 0,
                    .days = 365,
                    .year = static_cast<std::uint16_t>(year)});
  }
}

void receive_prizes(Story& s) {
  for (int i = 0; i < s.numbers.prizes; ++i) {
    confer_honour(*s.registrar, days_after(on(2014, 10, 10), std::int64_t{i} * 130),
                  {.recipient = s.early(static_cast<std::size_t>(i) * 3).id.value,
                   .to_organisation = true,
                   .title = "provincial_prize",
                   .grade = i < 2 ? "first" : "second",
                   .issuer = "provincial League committee"});
  }
}

// Files are entries: one client has many. The finding names those of one client.
Result<void> audit(Story& s) {
  const Elsewhere there(*s.auditor, s.districts.front().scope);
  std::vector<EventId> entries = s.entries_of_one;
  if (entries.size() > 20) entries.resize(20);
  if (entries.empty()) return {};
  issue_finding(*s.auditor, on(2018, 3, 20),
                {.code = "files_are_not_persons",
                 .law = "A23",
                 .events = entries,
                 .responsible = s.league,
                 .deadline = on(2018, 6, 30),
                 .amount_fen = 0});
  return s.auditor->sync(kSyncTimeout);
}

}  // namespace

Result<void> close_books(Story& s) {
  publish_white_papers(s);
  receive_prizes(s);
  HOUNIAO_TRY(s.registrar->sync(kSyncTimeout));
  HOUNIAO_TRY(audit(s));
  report_published(*s.clerk, s.pack(), "press");
  return s.clerk->sync(kSyncTimeout);
}

}  // namespace houniao::programme_e
