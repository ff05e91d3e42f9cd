// The first year that has both facts and money is closed: director and buyer's secretary put their
// names to its report, and the accountant's tablet seals it.
#include "replay/period_report.h"
#include "schema/codec.h"
#include "tools/programme_b/story.h"

namespace houniao::programme_b {
namespace {

using Body = schema::Event::Body::Builder;

constexpr int kSealedYear = 2013;

}  // namespace

Result<void> seal_first_year(Story& story) {
  Tablet& finance = *story.cast.finance;
  const Day from = to_day({kSealedYear, 1, 1});
  const Day to = to_day({kSealedYear, 12, 31});
  const auto tree =
      story.cast.backstage().sealable(finance.device(), {story.programme, from, to, &story.pack});
  if (!tree) return tree.error();
  EventDraft draft = finance.draft(story.pack.to);
  draft.scope = story.scope("finance");
  draft.site = {};
  draft.body = [&story, from, to, tree = *tree](Body body) {
    auto s = body.initPeriodSealed();
    s.setProgramme(story.programme.value);
    s.setFromDay(from.value);
    s.setToDay(to.value);
    s.setTreeSize(tree.size.value);
    s.setRoot(to_data(tree.root));
    auto reports = s.initReports(1);
    reports[0].setName(std::string(kPeriodReportName));
    reports[0].setSha256(to_data(tree.report));
    auto signers = s.initSigners(2);
    signers.set(0, story.director.value);
    signers.set(1, story.secretary.value);
  };
  story.seal = finance.add(std::move(draft));
  HOUNIAO_TRY(finance.sync(kSyncTimeout));
  const auto status = finance.device().status(story.seal);
  if (!status) return status.error();
  const std::string year = std::to_string(kSealedYear);
  const std::string id = to_string(story.seal);
  story.tell(year + " 年报表由两人签署封存，封账事件 " + id + "：" + std::string(name_zh(*status)) +
             " / the report on " + year + " is signed by two and sealed, event " + id + ": " +
             std::string(name(*status)));
  return {};
}

}  // namespace houniao::programme_b
