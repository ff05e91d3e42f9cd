// The four purchased projects: fund, contract, advance, a year of work in four quarters, two
// milestones with acceptance, opinions and disclosure, requests, two approvals, payment.
#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

using stage::RequestDraft;

constexpr const char* kPurpose = "community_service";
constexpr std::uint32_t kOpinions = 26;  // residents asked about each milestone

struct Asked {
  RequestId id;
  RequestDraft draft;
};

const PackContract& terms_of(const Story& s, const Community& community) {
  const auto place = static_cast<std::size_t>(&community - s.communities.data());
  return s.pack().contracts.at(place);
}

// Half of everything that the contract names.
PackContract half_of(PackContract terms) {
  terms.amount_fen /= 2;
  for (PackDeliverable& line : terms.deliverables) line.quantity /= 2;
  return terms;
}

RequestDraft ask_for(const Story& s, const Community& community, std::int64_t fen, bool advance,
                     MilestoneId milestone = {}) {
  RequestDraft draft;
  draft.fund = s.fund(terms_of(s, community).fund);
  draft.fen = fen;
  draft.purpose = kPurpose;
  draft.payee = community.contractor;
  draft.region = kRegion;
  draft.contract = community.contract;
  draft.milestone = milestone;
  draft.advance = advance;
  return draft;
}

Asked request(Story& s, const Community& community, Day when, const RequestDraft& draft) {
  const Elsewhere books(*s.clerk, s.scope("finance"), {}, community.programme);
  return {request_money(*s.clerk, when, draft), draft};
}

// Both rungs of the ladder and the payment for several requests at once: each office takes the pile
// that the one before it has sent in.
Result<void> approve_and_pay_all(Story& s, Day when, const std::vector<Asked>& asked) {
  for (const Asked& item : asked) approve_request(*s.officer, when, item.id, 1);
  HOUNIAO_TRY(s.officer->sync(kSyncTimeout));
  for (const Asked& item : asked) approve_request(*s.secretary, days_after(when, 2), item.id, 2);
  HOUNIAO_TRY(s.secretary->sync(kSyncTimeout));
  for (const Asked& item : asked) {
    pay_request(*s.finance, days_after(when, 5), item.id, item.draft.fen, item.draft.payee);
  }
  return s.finance->sync(kSyncTimeout);
}

MilestoneId submit(Story& s, Community& community, Day when) {
  std::vector<EventId> units;
  for (std::size_t line = 0; line < community.units.size(); ++line) {
    const auto& delivered = community.units[line];
    units.insert(units.end(),
                 delivered.begin() + static_cast<std::ptrdiff_t>(community.submitted[line]),
                 delivered.end());
    community.submitted[line] = delivered.size();
  }
  const Elsewhere books(*community.tablet, s.scope("finance"));
  return submit_milestone(*community.tablet, when, community.contract,
                          half_of(terms_of(s, community)), units);
}

// The buyer asks residents, accepts, and makes the acceptance public (实施条例 45).
Result<void> accept(Story& s, Day when, const std::vector<MilestoneId>& milestones) {
  std::vector<EventId> reviews;
  for (std::size_t i = 0; i < kCommunities; ++i) {
    const Community& c = s.communities[i];
    const Elsewhere there(*s.officer, c.scope, {}, c.programme);
    Dice dice = s.company.dice.fork("opinions" + to_string(EventId{milestones[i].value}));
    for (std::uint32_t n = 0; n < kOpinions; ++n) {
      const std::uint64_t respondent = milestones[i].value * 100 + n;
      survey(*s.officer, when, c.contract.value, respondent, static_cast<int>(dice.between(3, 5)));
    }
  }
  for (std::size_t i = 0; i < kCommunities; ++i) {
    const Community& c = s.communities[i];
    const Elsewhere books(*s.officer, s.scope("finance"), {}, c.programme);
    reviews.push_back(accept_milestone(*s.officer, when, milestones[i], half_of(terms_of(s, c)),
                                       s.officer_staff, kOpinions));
  }
  HOUNIAO_TRY(s.officer->sync(kSyncTimeout));
  for (const EventId review : reviews) {
    publish_notice(*s.officer, when,
                   {.kind = "acceptance",
                    .title = "阶段成果验收",
                    .place = "community notice boards and the district web site",
                    .subject = review.value,
                    .days = 8,
                    .year = 0});
  }
  return s.officer->sync(kSyncTimeout);
}

Result<void> work(Story& s, int quarter) {
  for (std::size_t i = 0; i < kCommunities; ++i) {
    Community& c = s.communities[i];
    // In autumn two of the communities have no network for weeks, in winter the other two.
    const bool away = quarter == 1 ? i % 2 == 1 : quarter == 2 && i % 2 == 0;
    if (away) c.tablet->device().disconnect();
    work_quarter(s, c, quarter);
    HOUNIAO_TRY(c.tablet->save());
    if (away) HOUNIAO_TRY(c.tablet->connect());
    HOUNIAO_TRY(c.tablet->sync(kSyncTimeout));
  }
  return {};
}

Result<std::vector<MilestoneId>> submit_all(Story& s, Day when) {
  std::vector<MilestoneId> milestones;
  for (Community& community : s.communities) {
    milestones.push_back(submit(s, community, when));
    HOUNIAO_TRY(community.tablet->sync(kSyncTimeout));
  }
  return milestones;
}

Result<void> finish_first_half(Story& s) {
  auto milestones = submit_all(s, on(2021, 1, 8));
  if (!milestones) return milestones.error();
  HOUNIAO_TRY(accept(s, on(2021, 1, 18), *milestones));
  std::vector<Asked> asked;
  for (std::size_t i = 0; i < kCommunities; ++i) {
    const Community& c = s.communities[i];
    const PackContract& terms = terms_of(s, c);
    // Accepted work earns the advance first.
    const std::int64_t fen = terms.amount_fen / 2 - terms.advance_fen;
    asked.push_back(request(s, c, on(2021, 1, 20), ask_for(s, c, fen, false, (*milestones)[i])));
  }
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  return approve_and_pay_all(s, on(2021, 1, 21), asked);
}

// A supplement of fifteen per cent without a legal ground (政府采购法 49): it stays held.
void ask_for_supplement(Story& s, const Community& community) {
  const Elsewhere books(*s.finance, s.scope("finance"), {}, community.programme);
  s.kept_held.push_back(s.finance->add(
      on(2021, 4, 12), [contract = community.contract, delta = terms_of(s, community).amount_fen,
                        approver = s.secretary_staff](Body body) {
        auto a = body.initContractAmended();
        a.setContract(contract.value);
        a.setDeltaFen(delta * 15 / 100);
        a.setReason("more residents than expected");
        a.setApprover(approver.value);
      }));
}

void settle(Story& s, const Community& community) {
  const Elsewhere books(*s.finance, s.scope("finance"), {}, community.programme);
  const Day when = on(2021, 7, 5);
  s.finance->add(when, [contract = community.contract, when](Body body) {
    auto c = body.initContractClosed();
    c.setContract(contract.value);
    c.setSettlement(schema::ContractClosed::Settlement::SETTLED);
    c.setDay(when.value);
    c.setReason("delivered, accepted and paid");
  });
}

// The first project asks for the rest before its work is accepted; the request is held until then.
Result<Asked> ask_too_early(Story& s) {
  const Community& c = s.communities.front();
  const Asked early =
      request(s, c, on(2021, 6, 8), ask_for(s, c, terms_of(s, c).amount_fen / 2, false));
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  auto status = s.clerk->device().status(EventId{early.id.value});
  if (!status) return status.error();
  s.company.tell("验收前申请余款：" + std::string(name_zh(*status)) +
                 " / the rest is asked for before acceptance: " + std::string(name(*status)));
  return early;
}

Result<void> finish_second_half(Story& s) {
  auto early = ask_too_early(s);
  if (!early) return early.error();
  auto milestones = submit_all(s, on(2021, 6, 12));
  if (!milestones) return milestones.error();
  HOUNIAO_TRY(accept(s, on(2021, 6, 20), *milestones));
  decide_held(*s.secretary, on(2021, 6, 21), EventId{early->id.value}, true,
              "the work has been accepted since");
  HOUNIAO_TRY(s.secretary->sync(kSyncTimeout));
  std::vector<Asked> asked{*early};
  for (std::size_t i = 1; i < kCommunities; ++i) {
    const Community& c = s.communities[i];
    const std::int64_t fen = terms_of(s, c).amount_fen / 2;
    asked.push_back(request(s, c, on(2021, 6, 22), ask_for(s, c, fen, false, (*milestones)[i])));
  }
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  HOUNIAO_TRY(approve_and_pay_all(s, on(2021, 6, 23), asked));
  for (const Community& community : s.communities) settle(s, community);
  return s.finance->sync(kSyncTimeout);
}

}  // namespace

Result<void> sign_projects(Story& s) {
  for (Community& c : s.communities) {
    const PackContract& terms = terms_of(s, c);
    const FundId fund = s.fund(terms.fund);
    const Elsewhere books(*s.finance, s.scope("finance"), {}, c.programme);
    c.contract = sign_contract(*s.finance, terms, s.league, c.contractor, fund);
    allocate_money(*s.finance, on(2020, 7, 2), fund, c.programme, terms.amount_fen, c.contract);
  }
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  std::vector<Asked> asked;
  for (const Community& c : s.communities) {
    asked.push_back(request(s, c, on(2020, 7, 6), ask_for(s, c, terms_of(s, c).advance_fen, true)));
  }
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  HOUNIAO_TRY(approve_and_pay_all(s, on(2020, 7, 8), asked));
  s.company.tell(
      "四个社区项目签约，预付款经两级审批支付 / four community projects are contracted, their "
      "advances approved on two levels and paid");
  return {};
}

Result<void> run_projects(Story& s) {
  for (int quarter = 0; quarter < 4; ++quarter) {
    HOUNIAO_TRY(work(s, quarter));
    if (quarter == 1) HOUNIAO_TRY(finish_first_half(s));
  }
  ask_for_supplement(s, s.communities[1]);
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  HOUNIAO_TRY(finish_second_half(s));
  s.company.tell(
      "四个项目全年服务、两次验收并结清 / a year of service in four projects, accepted twice and "
      "settled");
  return {};
}

}  // namespace houniao::programme_c
