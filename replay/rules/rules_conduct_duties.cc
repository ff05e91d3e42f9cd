// A15 no separation of duties. The state holds back what names one actor in two roles, so what is
// doubted is the attempt itself; and what the state cannot hold back: two ids of one human being,
// and an approver who works for whoever is paid.
#include <algorithm>
#include <array>

#include "replay/families/parties.h"
#include "replay/rules/rules_conduct.h"

namespace houniao::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{"attempts", 1, "被拦下的兼任尝试是否列为疑点（1 是，0 否）",
              "whether attempts that were held are doubted too (1 yes, 0 no)"},
    Parameter{"payee_interest", 1, "审批人任职于收款单位是否列为疑点（1 是，0 否）",
              "whether an approver who works for the payee is doubted (1 yes, 0 no)"},
};

constexpr std::array kReads = {
    Body::DISBURSEMENT_REQUESTED, Body::DISBURSEMENT_APPROVED,   Body::DISBURSEMENT_PAID,
    Body::MILESTONE_SUBMITTED,    Body::MILESTONE_REVIEWED,      Body::CONTRACT_AMENDED,
    Body::STAFF_ENGAGED,          Body::STAFF_RELEASED,          Body::MEMBERSHIP_CHANGED,
    Body::APPOINTMENT_CHANGED,    Body::ANOMALY_DISPOSITIONED,   Body::HELD_EVENT_DECIDED,
    Body::HOURS_CONFIRMED,        Body::SENSITIVE_ACCESS_DECIDED};

struct Attempt {
  EventId event;
  EventId target;
  std::uint64_t actor = 0;
  std::int64_t fen = 0;
};

struct Part {
  std::uint64_t identity = 0;
  std::uint64_t actor = 0;
  EventId event;
  const char* zh = "";
  const char* en = "";
};

class Duties final : public Rule {
 public:
  explicit Duties(const Parameters& parameters)
      : attempts_wanted_(parameters.get("attempts") != 0),
        interest_wanted_(parameters.get("payee_interest") != 0) {}

  void observe(const Observation& seen) override {
    switch (seen.type) {
      case Body::DISBURSEMENT_APPROVED:
        return keep(seen, seen.event.getBody().getDisbursementApproved().getRequest());
      case Body::DISBURSEMENT_PAID: {
        const auto paid = seen.event.getBody().getDisbursementPaid();
        return keep(seen, paid.getRequest(), paid.getAmountFen());
      }
      case Body::MILESTONE_REVIEWED: {
        const auto review = seen.event.getBody().getMilestoneReviewed();
        std::vector<std::uint64_t>& names = reviewers_[seen.id];
        for (const std::uint64_t id : review.getReviewers()) names.push_back(id);
        return keep(seen, review.getMilestone(), review.getAcceptedFen());
      }
      case Body::CONTRACT_AMENDED: {
        const auto amended = seen.event.getBody().getContractAmended();
        return keep(seen, amended.getContract(), amended.getDeltaFen());
      }
      case Body::ANOMALY_DISPOSITIONED: {
        const auto evidence = seen.event.getBody().getAnomalyDispositioned().getEvidence();
        return keep(seen, evidence.size() == 0 ? 0 : evidence[0]);
      }
      case Body::HELD_EVENT_DECIDED:
        return keep(seen, seen.event.getBody().getHeldEventDecided().getTarget());
      case Body::HOURS_CONFIRMED:
        return keep(seen, seen.event.getBody().getHoursConfirmed().getRecord());
      case Body::SENSITIVE_ACCESS_DECIDED:
        return keep(seen, seen.event.getBody().getSensitiveAccessDecided().getRecord());
      default:
        return;
    }
  }

  void find(const State& state, Day, std::vector<Anomaly>& out) const override {
    if (attempts_wanted_) find_attempts(state, out);
    find_in_payments(state, out);
    find_in_acceptances(state, out);
  }

 private:
  void keep(const Observation& seen, std::uint64_t target, std::int64_t fen = 0) {
    if (seen.verdict != schema::Verdict::HELD) return;
    attempts_.push_back({seen.id, EventId{target}, seen.event.getActor(), fen});
  }
  void find_attempts(const State& state, std::vector<Anomaly>& out) const;
  void find_in_payments(const State& state, std::vector<Anomaly>& out) const;
  void find_in_acceptances(const State& state, std::vector<Anomaly>& out) const;
  void check_interest(const State& state, const Request& request, std::vector<Anomaly>& out) const;

  bool attempts_wanted_;
  bool interest_wanted_;
  std::vector<Attempt> attempts_;
  boost::unordered_flat_map<EventId, std::vector<std::uint64_t>> reviewers_;
};

Part part_of(const State& state, std::uint64_t actor, EventId event, const char* zh,
             const char* en) {
  return {identity_of(state, actor), actor, event, zh, en};
}

// Doubts whoever appears in more than one of the parts; those without a name take no part.
void doubt_doubles(const std::vector<Part>& parts, Fen at_risk, EventId about,
                   std::vector<Anomaly>& out) {
  std::vector<std::uint64_t> told;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].actor == 0) continue;
    if (std::find(told.begin(), told.end(), parts[i].identity) != told.end()) continue;
    std::vector<EventId> events;
    std::string zh = parts[i].zh;
    std::string en = parts[i].en;
    for (std::size_t j = i + 1; j < parts.size(); ++j) {
      if (parts[j].actor == 0 || parts[j].identity != parts[i].identity) continue;
      events.push_back(parts[j].event);
      zh += std::string("、") + parts[j].zh;
      en += std::string(", ") + parts[j].en;
    }
    if (events.empty()) continue;
    told.push_back(parts[i].identity);
    events.push_back(parts[i].event);
    events.push_back(about);
    doubt(out, std::move(events), parts[i].actor, at_risk, "同一人在一笔业务中担任：" + zh,
          "one human being took part as: " + en);
  }
}

void Duties::find_attempts(const State& state, std::vector<Anomaly>& out) const {
  for (const Attempt& attempt : attempts_) {
    const auto at = state.reasons.find(attempt.event);
    if (at == state.reasons.end()) continue;
    const Reasons& reasons = at->second;
    if (!reasons.has(Reason::duties_not_separated) && !reasons.has(Reason::not_independent) &&
        !reasons.has(Reason::disposition_by_subject)) {
      continue;
    }
    Fen at_risk{valid_amount(attempt.fen) ? attempt.fen : 0};
    if (const Request* request = state.funds.find_request(RequestId{attempt.target.value})) {
      at_risk = request->amount;
    }
    std::vector<EventId> events = {attempt.event};
    if (attempt.target) events.push_back(attempt.target);
    doubt(
        out, std::move(events), attempt.actor, at_risk,
        "同一人试图担任不相容的两个岗位，事件现状：" + std::string(status_zh(state, attempt.event)),
        "one person tried to act in two roles that must be apart; the event is " +
            std::string(status_en(state, attempt.event)));
  }
}

void Duties::find_in_payments(const State& state, std::vector<Anomaly>& out) const {
  boost::unordered_flat_map<RequestId, std::vector<Part>> parts;
  for (const auto& [id, request] : state.funds.requests) {
    if (!state.in_force(id)) continue;
    std::vector<Part>& of = parts[id];
    of.push_back(part_of(state, request.requester, EventId{id.value}, "申请", "requester"));
    for (const Approval& approval : request.approvals) {
      of.push_back(part_of(state, approval.approver, approval.event, "审批", "approver"));
    }
    if (interest_wanted_) check_interest(state, request, out);
  }
  std::vector<const Payment*> payments;
  for (const auto& [id, payment] : state.funds.payments) payments.push_back(&payment);
  std::sort(payments.begin(), payments.end(),
            [](const Payment* a, const Payment* b) { return a->id < b->id; });
  for (const Payment* payment : payments) {
    const auto at = parts.find(payment->request);
    if (at == parts.end() || !state.in_force(payment->id)) continue;
    at->second.push_back(
        part_of(state, payment->payer, EventId{payment->id.value}, "支付", "payer"));
  }
  for (const auto& [id, of] : parts) {
    // Several payments of one request by one payer are one role.
    std::vector<Part> each = of;
    const auto payer = [](const Part& part) { return std::string_view(part.en) == "payer"; };
    for (std::size_t i = 0; i < each.size(); ++i) {
      if (!payer(each[i])) continue;
      each.erase(std::remove_if(each.begin() + static_cast<std::ptrdiff_t>(i) + 1, each.end(),
                                [&](const Part& part) {
                                  return payer(part) && part.identity == each[i].identity;
                                }),
                 each.end());
    }
    doubt_doubles(each, state.funds.find_request(id)->amount, EventId{id.value}, out);
  }
}

void Duties::check_interest(const State& state, const Request& request,
                            std::vector<Anomaly>& out) const {
  for (const Approval& approval : request.approvals) {
    const EventEntry* entry = state.events.find(approval.event);
    if (entry == nullptr || approval.approver == 0) continue;
    if (!acts_for(state, approval.approver, request.payee.value, entry->occurred)) continue;
    doubt(out, {approval.event, EventId{request.id.value}, EventId{request.payee.value}},
          approval.approver, request.amount, "审批人同时任职于收款单位",
          "the approver works for whoever is paid");
  }
}

void Duties::find_in_acceptances(const State& state, std::vector<Anomaly>& out) const {
  for (const auto& [id, milestone] : state.contracts.milestones) {
    if (!milestone.is_reviewed() || !state.in_force(id)) continue;
    std::vector<Part> parts = {
        part_of(state, milestone.submitter, EventId{id.value}, "提交成果", "submitter")};
    std::vector<std::uint64_t> reviewers = {milestone.reviewer};
    if (const auto named = reviewers_.find(milestone.review); named != reviewers_.end()) {
      reviewers.insert(reviewers.end(), named->second.begin(), named->second.end());
    }
    // Whoever records the acceptance is ordinarily one of the reviewers: one role.
    std::vector<std::uint64_t> seen;
    for (const std::uint64_t reviewer : reviewers) {
      const std::uint64_t identity = identity_of(state, reviewer);
      if (std::find(seen.begin(), seen.end(), identity) != seen.end()) continue;
      seen.push_back(identity);
      parts.push_back(part_of(state, reviewer, milestone.review, "验收", "reviewer"));
    }
    doubt_doubles(parts, milestone.accepted, EventId{id.value}, out);
  }
}

const std::array kRows = {RuleRow{
    .number = 15,
    .version = 1,
    .zh = "不相容岗位未分离",
    .en = "duties not separated",
    .basis = "会计法第二十五条、第三十五条；行政事业单位内部控制规范（不相容岗位相互分离）",
    .basis_en = "Accounting Law 25 and 35; internal control of public bodies (incompatible duties)",
    .innocent_zh = "核对是否误用他人平板、是否同名不同人、是否已由独立人员复核",
    .innocent_en = "check whether a wrong tablet was used, whether two people were taken for one, "
                   "and whether an independent person has looked at it since",
    .parameters = kParameters,
    .reads = kReads,
    .by_day = false,
    .make = make_rule<Duties>,
}};

}  // namespace

std::span<const RuleRow> rules_of_duties() { return kRows; }

}  // namespace houniao::rules
