// A22 stock and library: shrinkage, more handed out than there ever was, loans that are long
// overdue, and things that their own borrower wrote off.
//
// A loan is overdue as of the last day on which the desk that lends it recorded anything: what a
// desk that stopped recording got back is not known.
#include <algorithm>
#include <array>
#include <map>

#include "replay/families/parties.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"shrink_permille", 50, "丢失损坏占数量的千分比",
              "lost or damaged, in permille of the stock"},
    Parameter{"shrink_min", 5, "丢失损坏的最少件数", "things lost or damaged, at least"},
    Parameter{"overdue_days", 90, "逾期天数", "days after the due day"},
};
constexpr std::array kReads = {Body::ASSET_RECORDED, Body::ASSET_LENT, Body::ASSET_RETURNED,
                               Body::POINTS_REDEEMED, Body::STAFF_ENGAGED};

class Stock final : public Rule {
 public:
  explicit Stock(const Parameters& parameters)
      : shrink_permille_(capped(parameters, "shrink_permille", kPermilleMax)),
        shrink_min_(parameters.get("shrink_min")),
        overdue_days_(capped(parameters, "overdue_days", kDaysMax)) {}

  void observe(const Observation& seen) override;
  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    find_shrinkage(state, out);
    find_oversold(state, out);
    find_overdue(state, out);
    find_written_off(state, out);
  }

 private:
  struct WriteOff {
    EventId event;
    AssetId asset;
    std::uint64_t borrower = 0;
    std::uint64_t actor = 0;
  };
  // A desk: the place and the programme of the envelope that records a thing.
  using Desk = std::pair<std::uint64_t, std::uint64_t>;

  void find_shrinkage(const State& state, std::vector<Anomaly>& out) const;
  void find_oversold(const State& state, std::vector<Anomaly>& out) const;
  void find_overdue(const State& state, std::vector<Anomaly>& out) const;
  void find_written_off(const State& state, std::vector<Anomaly>& out) const;
  Desk desk_of(AssetId asset) const {
    const auto at = desks_.find(asset);
    return at == desks_.end() ? Desk{} : at->second;
  }

  std::int64_t shrink_permille_;
  std::int64_t shrink_min_;
  std::int64_t overdue_days_;
  boost::unordered_flat_map<AssetId, Desk> desks_;
  std::map<AssetId, Day> last_moved_;
  std::vector<WriteOff> write_offs_;
  boost::unordered_flat_map<AssetId, std::vector<EventId>> redemptions_;
};

void Stock::observe(const Observation& seen) {
  const auto moved = [&](AssetId asset) {
    Day& last = last_moved_[asset];
    last = std::max(last, seen.occurred);
  };
  switch (seen.type) {
    case Body::ASSET_RECORDED:
      desks_[AssetId{seen.id.value}] = {seen.event.getSite(), seen.event.getProgramme()};
      return;
    case Body::ASSET_LENT: {
      const AssetId asset{seen.event.getBody().getAssetLent().getAsset()};
      return moved(asset);
    }
    case Body::ASSET_RETURNED: {
      const auto body = seen.event.getBody().getAssetReturned();
      const AssetId asset{body.getAsset()};
      moved(asset);
      if (body.getCondition() != schema::AssetReturned::Condition::GOOD) {
        write_offs_.push_back({seen.id, asset, body.getBorrower(), seen.event.getActor()});
      }
      return;
    }
    case Body::POINTS_REDEEMED:
      redemptions_[AssetId{seen.event.getBody().getPointsRedeemed().getItem()}].push_back(seen.id);
      return;
    default:
      return;
  }
}

Fen value_of(const Asset& asset, std::int64_t pieces) {
  if (asset.quantity <= 0 || asset.value_fen <= 0 || pieces <= 0) return {};
  const std::int64_t each = asset.value_fen / asset.quantity;
  return std::min(checked_multiply(Fen{each}, pieces).value_or(kFenMax), kFenMax);
}

void Stock::find_shrinkage(const State& state, std::vector<Anomaly>& out) const {
  struct Pile {
    std::int64_t quantity = 0;
    std::int64_t gone = 0;
    Fen value;
  };
  std::map<std::pair<Desk, std::uint32_t>, Pile> piles;  // by desk and kind of thing
  for (const auto& [id, asset] : state.sites.assets) {
    if (!state.in_force(id) || !asset.lendable) continue;
    Pile& pile = piles[{desk_of(id), asset.kind.value}];
    pile.quantity += std::min<std::int64_t>(asset.quantity, 1'000'000'000);
    pile.gone += asset.lost + asset.damaged;
    pile.value = plus(pile.value, value_of(asset, asset.lost + asset.damaged));
  }
  std::map<std::pair<Desk, std::uint32_t>, std::vector<EventId>> evidence;
  for (const WriteOff& item : write_offs_) {
    const Asset* asset = state.sites.find_asset(item.asset);
    if (asset == nullptr || !state.in_force(item.event)) continue;
    evidence[{desk_of(item.asset), asset->kind.value}].push_back(item.event);
  }
  for (const auto& [key, pile] : piles) {
    if (pile.gone < shrink_min_ || pile.gone * 1000 < pile.quantity * shrink_permille_) continue;
    const std::string kind{state.symbols().text(Symbol{key.second})};
    doubt(
        out, evidence[key], key.first.first, pile.value,
        kind + "：" + number(pile.quantity) + " 件中丢失损坏 " + number(pile.gone) + " 件",
        kind + ": " + number(pile.gone) + " of " + number(pile.quantity) + " were lost or damaged");
  }
}

void Stock::find_oversold(const State& state, std::vector<Anomaly>& out) const {
  for (const auto& [id, asset] : state.sites.assets) {
    const std::int64_t redeemed = state.volunteers.points.redeemed_of(id);
    const std::int64_t there = asset.quantity - asset.lost;
    if (redeemed <= there || !state.in_force(id)) continue;
    std::vector<EventId> events = {EventId{id.value}};
    if (const auto at = redemptions_.find(id); at != redemptions_.end()) {
      for (const EventId event : at->second) {
        if (state.in_force(event)) events.push_back(event);
      }
    }
    doubt(out, std::move(events), id.value, value_of(asset, redeemed - there),
          "库存 " + number(there) + " 件，兑出 " + number(redeemed) + " 件",
          number(redeemed) + " pieces were handed out of a stock of " + number(there));
  }
}

void Stock::find_overdue(const State& state, std::vector<Anomaly>& out) const {
  std::map<Desk, Day> desk_days;
  for (const auto& [asset, day] : last_moved_) {
    Day& last = desk_days[desk_of(asset)];
    last = std::max(last, day);
  }
  struct Debt {
    std::vector<EventId> loans;
    std::int64_t days = 0;
    Fen value;
  };
  std::map<std::uint64_t, Debt> debts;  // by borrower
  for (const auto& [id, asset] : state.sites.assets) {
    if (asset.out <= 0 || !state.in_force(id)) continue;
    const Day as_of = desk_days[desk_of(id)];
    std::map<std::uint64_t, std::vector<const Loan*>> open;
    for (const Loan& loan : asset.loans) open[loan.borrower].push_back(&loan);
    for (auto& [borrower, loans] : open) {
      std::sort(loans.begin(), loans.end(), [](const Loan* a, const Loan* b) {
        return a->due != b->due ? a->due < b->due : a->event < b->event;
      });
      // What came back came back in the order in which it was due.
      const auto still =
          static_cast<std::size_t>(std::max<std::int64_t>(asset.open_loans(borrower), 0));
      const std::size_t from = loans.size() - std::min(still, loans.size());
      for (std::size_t i = from; i < loans.size(); ++i) {
        const std::int64_t days = std::int64_t{as_of.value} - loans[i]->due.value;
        if (days <= overdue_days_) continue;
        Debt& debt = debts[borrower];
        debt.loans.push_back(loans[i]->event);
        debt.days = std::max(debt.days, days);
        debt.value = plus(debt.value, value_of(asset, 1));
      }
    }
  }
  for (auto& [borrower, debt] : debts) {
    const std::string count = number(static_cast<std::int64_t>(debt.loans.size()));
    doubt(out, std::move(debt.loans), borrower, debt.value,
          count + " 件借出物品逾期未还，最久 " + number(debt.days) + " 天",
          count + " loans are overdue, the longest by " + number(debt.days) + " days");
  }
}

void Stock::find_written_off(const State& state, std::vector<Anomaly>& out) const {
  std::map<std::uint64_t, std::pair<std::vector<EventId>, Fen>> by_borrower;
  for (const WriteOff& item : write_offs_) {
    if (item.actor == 0 || !state.in_force(item.event)) continue;
    if (!same_party(state, item.actor, item.borrower)) continue;
    const Asset* asset = state.sites.find_asset(item.asset);
    auto& [events, value] = by_borrower[identity_of(state, item.borrower)];
    events.push_back(item.event);
    if (asset != nullptr) value = plus(value, value_of(*asset, 1));
  }
  for (auto& [borrower, of] : by_borrower) {
    const std::string count = number(static_cast<std::int64_t>(of.first.size()));
    doubt(out, std::move(of.first), borrower, of.second,
          "借用人自行登记 " + count + " 件物品丢失或损坏",
          "the borrower wrote off " + count + " things that they had borrowed themselves");
  }
}

const std::array kRows = {RuleRow{
    .number = 22,
    .version = 1,
    .zh = "库存与图书异常",
    .en = "stock and library",
    .basis = "会计法第二十五条（经办与保管分离）；财产清查与账实相符的要求",
    .basis_en = "Accounting Law 25 (handling and custody apart); stock must agree with the books",
    .innocent_zh = "核对是否旧书正常报废、是否已还未录、是否补货未登记、是否经负责人同意核销",
    .innocent_en = "check for ordinary wear, returns or new stock that were not recorded, and a "
                   "write-off that somebody else agreed to",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<Stock>,
}};

}  // namespace

std::span<const RuleRow> rules_of_stock() { return kRows; }

}  // namespace houniao::rules
