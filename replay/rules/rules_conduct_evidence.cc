// A18 evidence reuse: one picture for several deliveries, by its SHA-256 or nearly by its
// perceptual hash; one photograph for several invoices; a picture taken on another day or at
// another place than what it proves; and a contract without any evidence where others have it.
//
// Deliveries of one occasion may share a picture: the sign-in sheet of a session proves every
// attendance on it, and what one worker did at one place on one day is one occasion. The book file
// of an import proves every row taken over from it and is no evidence here.
#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "replay/families/delivery.h"
#include "replay/rules/rules_conduct.h"
#include "replay/rules/rules_conduct_pictures.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"near_bits", 4, "感知哈希相差不超过此位数视为同一画面（0 至 15）",
              "perceptual hashes that differ in at most so many bits show one picture (0 to 15)"},
    Parameter{"days_before", 1, "拍摄早于发生日的容许天数",
              "days that a picture may be older than what it proves"},
    Parameter{"days_after", 30, "拍摄晚于发生日的容许天数",
              "days that a picture may be taken after what it proves"},
    Parameter{"place_m", 2000, "拍摄地点超出阵地范围的容许米数",
              "metres that a picture may be taken outside of the site"},
    Parameter{"units_min", 5, "无佐证检查：合同最少交付数",
              "least deliveries of a contract before missing evidence means anything"},
    Parameter{"evidence_permille", 500, "无佐证检查：同一采购人其他合同有佐证的千分比",
              "share of the buyer's other deliveries that have evidence, in permille"},
};

constexpr std::array kReads = {
    Body::SESSION_HELD,           Body::ATTENDANCE_RECORDED,   Body::SERVICE_DELIVERED,
    Body::DUTY_CHECKED_IN,        Body::STAFF_PLACED,          Body::OUTCOME_CONFIRMED,
    Body::TRAINING_COMPLETED,     Body::CASE_CONTACT_LOGGED,   Body::EVIDENCE_ATTACHED,
    Body::INVOICE_RECORDED,       Body::MILESTONE_SUBMITTED,   Body::MILESTONE_REVIEWED,
    Body::DISBURSEMENT_REQUESTED, Body::DISBURSEMENT_APPROVED, Body::SITE_OPENED};

// What evidence can prove.
bool is_delivery(EventType type) {
  switch (type) {
    case Body::SESSION_HELD:
    case Body::ATTENDANCE_RECORDED:
    case Body::SERVICE_DELIVERED:
    case Body::DUTY_CHECKED_IN:
    case Body::STAFF_PLACED:
    case Body::OUTCOME_CONFIRMED:
    case Body::TRAINING_COMPLETED:
    case Body::CASE_CONTACT_LOGGED:
      return true;
    default:
      return false;
  }
}

// One piece of evidence as an event named it.
struct Use {
  Hash sha;
  EventId event;              // that names it
  EventId target;             // that it proves
  std::uint64_t picture = 0;  // perceptual hash, 0 for none
  std::int64_t taken_ms = 0;  // 0 for unknown
  SiteId place;
  std::int32_t latitude_e7 = 0;
  std::int32_t longitude_e7 = 0;
  std::uint64_t actor = 0;
};

struct InvoicePhoto {
  Hash sha;
  InvoiceId invoice;
};

// What a delivery belongs to; equal for deliveries that may share a picture.
using Occasion = std::array<std::uint64_t, 3>;

class Evidence final : public Rule {
 public:
  explicit Evidence(const Parameters& parameters)
      : near_bits_(static_cast<int>(std::clamp<std::int64_t>(parameters.get("near_bits"), 0, 15))),
        days_before_(capped(parameters, "days_before", kDaysMax)),
        days_after_(capped(parameters, "days_after", kDaysMax)),
        place_m_(capped(parameters, "place_m", 50'000'000)),
        units_min_(parameters.get("units_min")),
        evidence_permille_(capped(parameters, "evidence_permille", kPermilleMax)) {}

  void observe(const Observation& seen) override {
    if (seen.type == Body::EVIDENCE_ATTACHED) return observe_attached(seen);
    if (seen.type == Body::INVOICE_RECORDED) {
      const auto photo = seen.event.getBody().getInvoiceRecorded().getPhotoSha256();
      const auto sha = hash_from({photo.begin(), photo.size()});
      if (sha && *sha != Hash{}) photos_.push_back({*sha, InvoiceId{seen.id.value}});
      return;
    }
    if (is_delivery(seen.type) && seen.event.getEvidence().size() != 0) observe_envelope(seen);
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    const std::vector<Use> uses = uses_in_force(state);
    find_reused(state, uses, out);
    find_similar(state, uses, out);
    find_elsewhere(state, uses, out);
    find_reused_photos(state, out);
    find_none(state, uses, out);
  }

 private:
  void observe_attached(const Observation& seen);
  void observe_envelope(const Observation& seen);
  std::vector<Use> uses_in_force(const State& state) const;
  void find_reused(const State& state, std::vector<Use> uses, std::vector<Anomaly>& out) const;
  void find_similar(const State& state, const std::vector<Use>& uses,
                    std::vector<Anomaly>& out) const;
  void find_elsewhere(const State& state, const std::vector<Use>& uses,
                      std::vector<Anomaly>& out) const;
  void find_reused_photos(const State& state, std::vector<Anomaly>& out) const;
  void find_none(const State& state, const std::vector<Use>& uses, std::vector<Anomaly>& out) const;

  int near_bits_;
  std::int64_t days_before_;
  std::int64_t days_after_;
  std::int64_t place_m_;
  std::int64_t units_min_;
  std::int64_t evidence_permille_;
  std::vector<Use> uses_;
  std::vector<InvoicePhoto> photos_;
};

void Evidence::observe_attached(const Observation& seen) {
  const auto body = seen.event.getBody().getEvidenceAttached();
  const auto sha = hash_from({body.getSha256().begin(), body.getSha256().size()});
  if (!sha) return;
  uses_.push_back({*sha, seen.id, EventId{body.getTarget()}, body.getPerceptualHash(),
                   body.getExifTimeMs(), SiteId{}, body.getLatitudeE7(), body.getLongitudeE7(),
                   seen.event.getActor()});
}

void Evidence::observe_envelope(const Observation& seen) {
  // The one item of an imported row is the book that it stands in.
  if (seen.event.getImportRow() != 0) return;
  for (const auto& item : seen.event.getEvidence()) {
    const auto sha = hash_from({item.getSha256().begin(), item.getSha256().size()});
    if (!sha) continue;
    uses_.push_back({*sha, seen.id, seen.id, 0, item.getCapturedAtMs(), SiteId{item.getPlace()}, 0,
                     0, seen.event.getActor()});
  }
}

std::vector<Use> Evidence::uses_in_force(const State& state) const {
  std::vector<Use> out;
  for (const Use& use : uses_) {
    if (!state.in_force(use.event)) continue;
    const EventEntry* target = state.events.find(use.target);
    if (target == nullptr || !target->in_force()) continue;
    if (is_delivery(static_cast<EventType>(target->type))) out.push_back(use);
  }
  return out;
}

Occasion occasion_of(const State& state, EventId target) {
  const EventEntry* entry = state.events.find(target);
  const FactTable::RowSpan rows = state.facts.rows_of(target);
  if (entry == nullptr || rows.count == 0) return {0, 0, target.value};
  const FactTable::Columns& c = state.facts.columns();
  const auto type = static_cast<EventType>(entry->type);
  if (type == Body::SESSION_HELD || type == Body::ATTENDANCE_RECORDED) {
    return {1, 0, c.group[rows.first]};
  }
  const auto day = static_cast<std::uint64_t>(static_cast<std::uint32_t>(c.day[rows.first]));
  return {2 + day, c.site[rows.first], c.staff[rows.first]};
}

bool are_several_occasions(const State& state, const std::vector<Use>& uses) {
  return std::any_of(uses.begin(), uses.end(), [&](const Use& use) {
    return occasion_of(state, use.target) != occasion_of(state, uses.front().target);
  });
}

void doubt_reuse(const State& state, const std::vector<Use>& uses, const char* zh, const char* en,
                 std::vector<Anomaly>& out) {
  std::vector<EventId> targets;
  std::vector<EventId> events;
  for (const Use& use : uses) {
    targets.push_back(use.target);
    events.push_back(use.event);
    events.push_back(use.target);
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  // One of them may be genuine: all but the first delivery are at risk.
  Fen at_risk;
  for (std::size_t i = 1; i < targets.size(); ++i) {
    at_risk = plus(at_risk, billed_value(state, targets[i]));
  }
  const std::string count = number(static_cast<std::int64_t>(targets.size()));
  doubt(out, std::move(events), uses.front().actor, at_risk, zh + count + " 项不同的交付",
        en + count + " different deliveries");
}

void Evidence::find_reused(const State& state, std::vector<Use> uses,
                           std::vector<Anomaly>& out) const {
  std::stable_sort(uses.begin(), uses.end(),
                   [](const Use& a, const Use& b) { return a.sha.bytes < b.sha.bytes; });
  for (std::size_t from = 0; from < uses.size();) {
    std::size_t to = from + 1;
    while (to < uses.size() && uses[to].sha == uses[from].sha) ++to;
    if (to - from > 1) {
      const std::vector<Use> same(uses.begin() + static_cast<std::ptrdiff_t>(from),
                                  uses.begin() + static_cast<std::ptrdiff_t>(to));
      if (are_several_occasions(state, same)) {
        doubt_reuse(state, same, "同一文件作为佐证用于 ", "one file is the evidence for ", out);
      }
    }
    from = to;
  }
}

void Evidence::find_similar(const State& state, const std::vector<Use>& uses,
                            std::vector<Anomaly>& out) const {
  std::map<std::uint64_t, std::vector<Use>> by_picture;
  for (const Use& use : uses) {
    if (shows_something(use.picture)) by_picture[use.picture].push_back(use);
  }
  std::vector<std::uint64_t> pictures;
  for (const auto& [picture, of] : by_picture) pictures.push_back(picture);
  for (const std::vector<std::uint64_t>& alike : similar_pictures(pictures, near_bits_)) {
    std::vector<Use> same;
    for (const std::uint64_t picture : alike) {
      const std::vector<Use>& of = by_picture[picture];
      same.insert(same.end(), of.begin(), of.end());
    }
    // Equal files are found by their SHA-256 already.
    const bool one_file = std::all_of(same.begin(), same.end(),
                                      [&](const Use& use) { return use.sha == same.front().sha; });
    if (one_file || !are_several_occasions(state, same)) continue;
    doubt_reuse(state, same, "画面几乎相同的图片作为佐证用于 ",
                "pictures that are nearly the same are the evidence for ", out);
  }
}

void Evidence::find_elsewhere(const State& state, const std::vector<Use>& uses,
                              std::vector<Anomaly>& out) const {
  struct Found {
    std::vector<EventId> events;
    std::int64_t days = 0;
    std::int64_t places = 0;
    Fen at_risk;
  };
  std::map<std::uint64_t, Found> by_actor;
  const FactTable::Columns& c = state.facts.columns();
  for (const Use& use : uses) {
    const FactTable::RowSpan rows = state.facts.rows_of(use.target);
    if (rows.count == 0) continue;
    bool other_day = false;
    if (use.taken_ms > 0) {
      constexpr std::int64_t kMsMax = std::int64_t{1} << 52;
      const Day taken = day_of(WallTime{std::min(use.taken_ms, kMsMax) * 1000});
      const std::int64_t late = std::int64_t{taken.value} - c.day[rows.first];
      other_day = late < -days_before_ || late > days_after_;
    }
    const SiteId at{c.site[rows.first]};
    const Site* site = state.site(at);
    bool other_place = use.place && at && use.place != at;
    if (site != nullptr && (use.latitude_e7 != 0 || use.longitude_e7 != 0) &&
        (site->latitude_e7 != 0 || site->longitude_e7 != 0)) {
      other_place = metres_between({use.latitude_e7, use.longitude_e7},
                                   {site->latitude_e7, site->longitude_e7}) >
                    std::int64_t{site->radius_m} + place_m_;
    }
    if (!other_day && !other_place) continue;
    Found& found = by_actor[use.actor];
    found.days += other_day ? 1 : 0;
    found.places += other_place ? 1 : 0;
    found.events.push_back(use.event);
    found.events.push_back(use.target);
    found.at_risk = plus(found.at_risk, billed_value(state, use.target));
  }
  for (auto& [actor, found] : by_actor) {
    doubt(out, std::move(found.events), actor, found.at_risk,
          "佐证的拍摄日期不符 " + number(found.days) + " 件，拍摄地点不符 " + number(found.places) +
              " 件",
          number(found.days) + " pictures were taken on another day and " + number(found.places) +
              " at another place than what they prove");
  }
}

void Evidence::find_reused_photos(const State& state, std::vector<Anomaly>& out) const {
  std::map<std::array<std::uint8_t, 32>, std::vector<const Invoice*>> by_photo;
  for (const InvoicePhoto& photo : photos_) {
    const auto at = state.funds.invoices.find(photo.invoice);
    if (at == state.funds.invoices.end() || !state.in_force(photo.invoice)) continue;
    by_photo[photo.sha.bytes].push_back(&at->second);
  }
  for (const auto& [sha, invoices] : by_photo) {
    // The same invoice may have been recorded twice; that is another matter.
    const bool one_invoice =
        std::all_of(invoices.begin(), invoices.end(), [&](const Invoice* invoice) {
          return invoice->number == invoices.front()->number &&
                 invoice->issuer_uscc == invoices.front()->issuer_uscc;
        });
    if (one_invoice) continue;
    std::vector<EventId> events;
    Fen sum;
    for (const Invoice* invoice : invoices) {
      events.push_back(EventId{invoice->id.value});
      sum = plus(sum, invoice->amount);
      const auto uses = state.funds.invoice_uses.find(invoice->id);
      if (uses == state.funds.invoice_uses.end()) continue;
      for (const RequestId request : uses->second) events.push_back(EventId{request.value});
    }
    doubt(
        out, std::move(events), 0, sum,
        "同一张票据照片登记为不同号码的票据，合计 " + yuan(sum) + " 元",
        "one photograph stands for invoices of different numbers, together " + yuan(sum) + " CNY");
  }
}

void Evidence::find_none(const State& state, const std::vector<Use>& uses,
                         std::vector<Anomaly>& out) const {
  boost::unordered_flat_map<EventId, bool> proven;
  for (const Use& use : uses) proven[use.target] = true;
  struct Tally {
    std::int64_t units = 0;
    std::int64_t proven = 0;
    Fen accepted;
    std::vector<EventId> events;
  };
  std::map<std::uint64_t, Tally> by_contract;
  std::map<std::uint64_t, Tally> by_buyer;
  for (const auto& [id, milestone] : state.contracts.milestones) {
    const Contract* contract = state.contracts.find(milestone.contract);
    if (contract == nullptr || milestone.accepted.value == 0 || !state.in_force(id)) continue;
    Tally& own = by_contract[contract->id.value];
    Tally& all = by_buyer[contract->buyer.value];
    own.events.push_back(EventId{id.value});
    own.accepted = plus(own.accepted, milestone.accepted);
    for (const EventId unit : milestone.units) {
      const bool has = proven.contains(unit);
      ++own.units;
      ++all.units;
      own.proven += has ? 1 : 0;
      all.proven += has ? 1 : 0;
    }
  }
  for (auto& [id, own] : by_contract) {
    const Contract* contract = state.contracts.find(ContractId{id});
    const Tally& all = by_buyer[contract->buyer.value];
    const std::int64_t others = all.units - own.units;
    if (own.units < units_min_ || own.proven != 0 || others == 0 ||
        all.proven * 1000 < others * evidence_permille_) {
      continue;
    }
    own.events.push_back(EventId{id});
    doubt(out, std::move(own.events), id, own.accepted,
          "合同已验收的 " + number(own.units) + " 项交付没有任何佐证，同一采购人其他合同有佐证",
          "none of the " + number(own.units) +
              " accepted deliveries has any evidence, while the buyer's other contracts do");
  }
}

const std::array kRows = {RuleRow{
    .number = 18,
    .version = 1,
    .zh = "佐证重复或不符",
    .en = "evidence reused or not fitting",
    .basis = "政府购买服务管理办法（服务数量和质量的记录与验收）；会计法第二十三条（凭证真实）",
    .basis_en = "Measures on Government Purchase of Services (records and acceptance); Accounting "
                "Law 23 (true vouchers)",
    .innocent_zh = "核对是否同一场活动分开登记、是否合影补传、相机时间是否未校准、是否在外地开展",
    .innocent_en =
        "check whether one occasion was recorded in parts, a picture was sent later, the "
        "camera's clock was wrong, or the work was done away from the site",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<Evidence>,
}};

}  // namespace

std::span<const RuleRow> rules_of_evidence() { return kRows; }

}  // namespace houniao::rules
