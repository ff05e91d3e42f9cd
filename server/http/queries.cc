#include "server/http/queries.h"

#include <algorithm>
#include <array>

#include "replay/rules/bench.h"
#include "schema/catalogue.h"
#include "server/http/queries_parts.h"

namespace houniao {
namespace {

using queries::Json;
using queries::Query;

struct Entry {
  QueryPage page;
  Result<Json> (*answer)(const Query&);  // null for pages of the bench
};

constexpr Readers kBoth = Readers::integrator;
constexpr Readers kAuditor = Readers::auditor;
// What the two marks of a row say: a list of items, and whether one of them can be asked for.
constexpr bool kList = true;
constexpr bool kWhole = false;
constexpr bool kOne = true;
constexpr bool kNoOne = false;
constexpr bool kOfBench = true;  // no state answers it

// clang-format off
constexpr std::array kEntries = {
    // --- the log as a whole
    Entry{{"state", "状态摘要", "summary of the state", kBoth, kWhole, kNoOne, "digest"},
          queries::state_page},
    Entry{{"devices", "设备", "devices", kBoth, kWhole, kNoOne, ""}, queries::devices_page},
    Entry{{"incidents", "同步异常", "incidents of synchronisation", kBoth, kList, kNoOne, ""},
          queries::incidents_page},
    Entry{{"held", "待决事件", "what waits for a decision", kBoth, kList, kNoOne, "include"},
          queries::held_page},
    Entry{{"figures", "公开数字重算", "published figures, recomputed", kBoth, kWhole, kNoOne,
           "pack id effective"},
          queries::figures_page},
    // --- programmes and their promises, organisations, sites, workforce
    Entry{{"programmes", "项目", "programmes", kBoth, kList, kOne, "parent"},
          queries::programmes_page},
    Entry{{"policies", "规则版本", "versions of rules", kBoth, kList, kNoOne, "programme"},
          queries::policies_page},
    Entry{{"obligations", "义务及履行情况", "obligations, and how many periods were kept", kBoth,
           kList, kOne, "programme day", "day"},
          queries::obligations_page},
    Entry{{"obligation_periods", "义务逐期履行与佐证", "periods of obligations with their proof", kBoth,
           kList, kNoOne, "obligation programme owner status day"},
          queries::obligation_periods_page},
    Entry{{"organisations", "组织", "organisations", kBoth, kList, kOne, "parent kind"},
          queries::organisations_page},
    Entry{{"agreements", "共建协议", "agreements", kBoth, kList, kOne, "organisation"},
          queries::agreements_page},
    Entry{{"sites", "阵地", "sites", kBoth, kList, kOne, "organisation category"},
          queries::sites_page},
    Entry{{"assets", "资产（不含借用人）", "assets, without who borrowed them", kBoth, kList, kOne,
           "kind fund"},
          queries::assets_page},
    Entry{{"staff", "社工（不含查询结果）", "staff, without what vetting found", kBoth, kList, kOne,
           "organisation person site"},
          queries::staff_page},
    // --- people and what was done for them
    Entry{{"people", "服务对象（无身份信息）", "persons, without identity", kBoth, kList, kOne,
           "programme site organisation"},
          queries::people_page},
    Entry{{"sessions", "活动计划与活动", "sessions planned and held", kBoth, kList, kOne,
           "programme site kind held"},
          queries::sessions_page},
    Entry{{"services", "服务记录的事实行", "fact rows of services", kBoth, kList, kNoOne,
           "programme site organisation person kind"},
          queries::services_page},
    Entry{{"cases", "代办事项", "agency cases", kBoth, kList, kOne, "person certificate"},
          queries::agency_cases_page},
    Entry{{"custody", "未结清的代缴款", "clients' money that is still held", kBoth, kList, kNoOne,
           "person"},
          queries::custody_page},
    Entry{{"casework", "个案统计（只有数，没有个案）", "case work in numbers, never a case", kAuditor,
           kWhole, kNoOne, ""},
          queries::casework_page},
    // --- contracts and funds
    Entry{{"contracts", "合同", "contracts", kBoth, kList, kOne, "organisation fund"},
          queries::contracts_page},
    Entry{{"milestones", "阶段成果与验收", "milestones and their acceptance", kBoth, kList, kOne,
           "contract reviewed"},
          queries::milestones_page},
    Entry{{"funds", "资金", "funds", kBoth, kList, kOne, "organisation"}, queries::funds_page},
    Entry{{"requests", "用款申请", "requests for money", kBoth, kList, kOne,
           "fund contract organisation status"},
          queries::requests_page},
    Entry{{"payments", "支付", "payments", kBoth, kList, kOne, "request"}, queries::payments_page},
    Entry{{"invoices", "票据", "invoices", kBoth, kList, kOne, ""}, queries::invoices_page},
    Entry{{"traces", "每笔支付对应的交付", "what every payment paid for", kAuditor, kWhole, kOne, ""},
          queries::traces_page},
    // --- demands, orders, calls
    Entry{{"demands", "居民点单及其去向", "demands and what became of them", kBoth, kList, kOne,
           "programme person category status"},
          queries::demands_page},
    Entry{{"digests", "需求汇总清单及漏列", "digests of demands, and what they leave out", kBoth,
           kList, kOne, "programme period"},
          queries::digests_page},
    Entry{{"deliberations", "议事会", "deliberations", kBoth, kList, kOne, "organisation"},
          queries::deliberations_page},
    Entry{{"orders", "派单、接单、派定与评议", "orders: claims, assignment, work, review", kBoth,
           kList, kOne, "programme requester performer kind status"},
          queries::orders_page},
    Entry{{"calls", "征集、预算余额与中选", "calls, their remaining budget and awards", kBoth, kList,
           kOne, "organisation kind"},
          queries::calls_page},
    Entry{{"proposals", "申报与评分", "proposals and their scores", kBoth, kList, kOne,
           "call applicant"},
          queries::proposals_page},
    // --- volunteers
    Entry{{"volunteers", "志愿者（无身份信息）", "volunteers, without identity", kBoth, kList, kOne,
           "programme organisation person"},
          queries::volunteers_page},
    Entry{{"hours", "志愿服务时长与认定", "hours recorded and confirmed", kBoth, kList, kOne,
           "programme volunteer person decided"},
          queries::hours_page},
    Entry{{"certificates", "志愿服务证明", "certificates of hours", kBoth, kList, kNoOne,
           "volunteer person"},
          queries::certificates_page},
    Entry{{"points", "积分账户", "accounts of points", kBoth, kList, kNoOne, "volunteer person"},
          queries::points_page},
    Entry{{"leases", "离线积分额度", "points set aside for devices", kBoth, kList, kOne,
           "volunteer site closed"},
          queries::leases_page},
    Entry{{"shortages", "阵地积分欠账", "points that sites owe", kBoth, kList, kNoOne, "site"},
          queries::shortages_page},
    Entry{{"honours", "表彰荣誉", "honours", kBoth, kList, kNoOne, "recipient"},
          queries::honours_page},
    // --- judgements and messages
    Entry{{"evaluations", "考核与第三方评估", "evaluations", kBoth, kList, kNoOne,
           "subject evaluator"},
          queries::evaluations_page},
    Entry{{"ratings", "自评互评汇总", "ratings, in numbers", kBoth, kList, kNoOne, "rated"},
          queries::ratings_page},
    Entry{{"surveys", "满意度汇总", "satisfaction, in numbers", kBoth, kList, kNoOne, "target"},
          queries::surveys_page},
    Entry{{"broadcasts", "群发", "messages to many", kBoth, kList, kNoOne, "channel"},
          queries::broadcasts_page},
    Entry{{"notices", "公示", "notices", kBoth, kList, kNoOne, "kind subject"},
          queries::notices_page},
    // --- audit
    Entry{{"corrections", "更正", "corrections", kAuditor, kList, kNoOne, "target"},
          queries::corrections_page},
    Entry{{"retractions", "撤销", "retractions", kAuditor, kList, kNoOne, "target"},
          queries::retractions_page},
    Entry{{"decisions", "待决裁定", "decisions on what was held", kAuditor, kList, kNoOne, "target"},
          queries::decisions_page},
    Entry{{"reports", "上报的数字", "figures as reported", kBoth, kList, kNoOne, "figure"},
          queries::reports_page},
    Entry{{"findings", "审计发现与整改", "findings and their remedy", kAuditor, kList, kOne,
           "organisation status day", "day"},
          queries::findings_page},
    Entry{{"dispositions", "疑点处置", "decisions on anomalies", kAuditor, kList, kOne,
           "rule verdict"},
          queries::dispositions_page},
    Entry{{"anomalies", "规则提出的疑点", "what the anomaly rules doubt", kAuditor, kList, kOne,
           "rule subject undecided", "", kOfBench, "rule"},
          nullptr},
    Entry{{"anomaly-rules", "疑点规则及阈值", "anomaly rules with their thresholds", kAuditor,
           kWhole, kNoOne, ""},
          queries::anomaly_rules_page},
    Entry{{"seals", "封账", "sealed periods", kBoth, kList, kNoOne, "programme"},
          queries::seals_page},
};
// clang-format on

constexpr auto kPages = [] {
  std::array<QueryPage, kEntries.size()> pages{};
  for (std::size_t i = 0; i < pages.size(); ++i) pages[i] = kEntries[i].page;
  return pages;
}();

std::string_view name_in(std::string_view what) { return what.substr(0, what.find('/')); }
std::string_view id_in(std::string_view what) {
  const std::size_t slash = what.find('/');
  return slash == std::string_view::npos ? std::string_view{} : what.substr(slash + 1);
}

const Entry* find_entry(std::string_view what) {
  const auto found = std::find_if(kEntries.begin(), kEntries.end(), [&](const Entry& entry) {
    return entry.page.name == name_in(what);
  });
  if (found == kEntries.end()) return nullptr;
  const bool asks_for_one = what.find('/') != std::string_view::npos;
  return asks_for_one && (!found->page.single || id_in(what).empty()) ? nullptr : &*found;
}

Result<void> check_of_page(const QueryPage& page, bool of_one, const Target& target) {
  std::vector<std::string_view> known = page.parameters(of_one);
  known.insert(known.begin(), "at");
  return check_parameters(target, page.name, known, of_one ? std::string_view{} : page.repeatable);
}

// The answer with the place in the log that it speaks of: everything through this seq.
Result<Json> at_place(TreeSize size, const Json& found) {
  Json out;
  out["at"] = size.value == 0 ? Json(nullptr) : Json(size.value - 1);
  out["records"] = size.value;
  out.update(found);
  return queries::answer(std::move(out));
}

}  // namespace

std::vector<std::string_view> QueryPage::parameters(bool of_one) const {
  std::vector<std::string_view> out;
  if (list && !of_one) out = {"cursor", "limit"};
  for (std::string_view rest = of_one ? filters_of_one : filters; !rest.empty();) {
    const std::size_t space = rest.find(' ');
    out.push_back(rest.substr(0, space));
    rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
  }
  return out;
}

std::span<const QueryPage> query_pages() { return kPages; }

const QueryPage* find_query_page(std::string_view what) {
  const Entry* entry = find_entry(what);
  return entry == nullptr ? nullptr : &kPages[static_cast<std::size_t>(entry - kEntries.data())];
}

bool is_open_to(const QueryPage& page, std::uint16_t role) {
  if (role == static_cast<std::uint16_t>(schema::Role::AUDITOR)) return true;
  return role == static_cast<std::uint16_t>(schema::Role::INTEGRATOR) &&
         page.readers == Readers::integrator;
}

Result<void> check_query_parameters(std::string_view what, const Target& target) {
  const QueryPage* page = find_query_page(what);
  if (page == nullptr) return fail(Errc::not_found, "no such page: /v1/" + std::string(what));
  return check_of_page(*page, !id_in(what).empty(), target);
}

Result<Json> query_state(const State& state, TreeSize size, std::string_view what,
                         const Target& target) {
  const Entry* entry = find_entry(what);
  if (entry == nullptr || entry->page.of_bench) {
    return fail(Errc::not_found, "no such page of the state: /v1/" + std::string(what));
  }
  const std::string_view id = id_in(what);
  HOUNIAO_TRY(check_of_page(entry->page, !id.empty(), target));
  const auto found = entry->answer(Query{state, target, id, day_of(state.last_received)});
  if (!found) return found.error();
  return at_place(size, *found);
}

Result<void> query_list(const State& state, const std::string& page,
                        const std::function<bool(Json item)>& take) {
  const Entry* entry = find_entry(page);
  if (entry == nullptr || entry->page.of_bench) {
    return fail(Errc::not_found, "no such page of the state: /v1/" + page);
  }
  if (!entry->page.list || !id_in(page).empty()) {
    return fail(Errc::invalid_argument, "the page " + page + " is no list");
  }
  Target target;
  target.path = "/v1/" + page;
  const auto done = entry->answer(Query{state, target, {}, day_of(state.last_received), &take});
  return done ? Result<void>{} : Result<void>(done.error());
}

Result<void> query_bench_list(rules::Bench& bench, const std::string& page,
                              const std::function<bool(Json item)>& take) {
  const Entry* entry = find_entry(page);
  if (entry == nullptr || !entry->page.of_bench || !id_in(page).empty()) {
    return fail(Errc::not_found, "no such page of the bench: /v1/" + page);
  }
  Target target;
  target.path = "/v1/" + page;
  const std::vector<rules::Doubt> doubts = bench.doubts();
  const State& state = bench.state();
  const auto done =
      queries::anomalies_page(Query{state, target, {}, day_of(state.last_received), &take}, doubts);
  return done ? Result<void>{} : Result<void>(done.error());
}

Result<Json> query_bench(rules::Bench& bench, std::string_view what, const Target& target) {
  const Entry* entry = find_entry(what);
  if (entry == nullptr || !entry->page.of_bench) {
    return fail(Errc::not_found, "no such page of the bench: /v1/" + std::string(what));
  }
  const std::string_view id = id_in(what);
  HOUNIAO_TRY(check_of_page(entry->page, !id.empty(), target));
  const std::vector<rules::Doubt> doubts = bench.doubts();
  const State& state = bench.state();
  const auto found =
      queries::anomalies_page(Query{state, target, id, day_of(state.last_received)}, doubts);
  if (!found) return found.error();
  return at_place(TreeSize{bench.records()}, *found);
}

}  // namespace houniao
