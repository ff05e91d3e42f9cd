#include "tools/programme_d/play.h"

namespace houniao::programme_d {
namespace {

Result<void> set_up(Story& story) {
  HOUNIAO_TRY(found(story));
  HOUNIAO_TRY(open_funds(story));
  HOUNIAO_TRY(settle_residents(story));
  HOUNIAO_TRY(pair_universities(story));
  HOUNIAO_TRY(buy_rewards(story));
  return insure_students(story, 0);
}

// What happens beside the month's work, before it.
Result<void> turn_page(Story& story, const Month& month) {
  if (month.year == 2022 && month.month == 12) return insure_students(story, 1);
  if (month.year == 2023 && month.month == 10) {
    HOUNIAO_TRY(change_officers(story));
    return insure_students(story, 2);
  }
  if (month.year == 2023 && month.month == 12) return insure_students(story, 3);
  return {};
}

Result<void> tell_month(Story& story, const Month& month) {
  const std::uint64_t before = story.company.written();
  HOUNIAO_TRY(turn_page(story, month));
  HOUNIAO_TRY(deliberate(story, month));
  auto tasks = give_out_orders(story, month);
  if (!tasks) return tasks.error();
  HOUNIAO_TRY(serve(story, month, *tasks));
  HOUNIAO_TRY(credit(story, month, *tasks));
  HOUNIAO_TRY(review(story, month, *tasks));
  HOUNIAO_TRY(collect_demands(story, month));
  HOUNIAO_TRY(redeem(story, month));
  if (month.month == 12 && month.year > 2021) HOUNIAO_TRY(honour(story, month.year));
  if (month.month % 6 != 0) return {};
  const std::string number = std::to_string(story.company.written() - before);
  const std::string orders = std::to_string(tasks->size());
  story.tell(std::to_string(month.year) + " 年 " + std::to_string(month.month) + " 月：" + orders +
             " 单揭榜落实，记录 " + number + " 条 / " + std::to_string(month.year) + "-" +
             std::to_string(month.month) + ": " + orders + " orders, " + number + " records");
  return {};
}

}  // namespace

Play::Play(const Pack& pack, stage::Backstage& backstage, std::uint64_t seed,
           std::function<void(std::string_view)> tell, std::int64_t permille)
    : story_(std::make_unique<Story>(pack, backstage, seed, std::move(tell), permille)) {}

Result<void> Play::run() {
  Story& story = *story_;
  HOUNIAO_TRY(set_up(story));
  for (int serial = 0; serial < kMonths; ++serial) {
    HOUNIAO_TRY(tell_month(story, month_of(serial)));
  }
  HOUNIAO_TRY(find_dependence(story));
  HOUNIAO_TRY(close_books(story));
  return story.company.come_home();
}

}  // namespace houniao::programme_d
