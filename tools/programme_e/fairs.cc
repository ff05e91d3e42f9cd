// Where organisations find means: the matching fair, grants of the welfare lottery, crowdfunding,
// and a tender to which the only offer came too late.
#include <algorithm>

#include "tools/programme_e/calls.h"

namespace houniao::programme_e {
namespace {

constexpr std::int64_t kYuan = 100;
constexpr std::size_t kLotteryFirst = 20;  // of the youth organisations that get a grant
constexpr const char* kPurpose = "youth_welfare";

// Every organisation that came to the fair went home with somebody who needs what it does.
Result<void> match(Story& s) {
  CallDraft draft;
  draft.kind = CallKind::MATCHING;
  draft.series = "matching_fair";
  draft.title = "社会组织与社工团队双选会";
  draft.edition = 1;
  draft.organiser = s.league;
  draft.co_organisers = {s.civil_affairs};
  draft.open_days = 20;
  const Day opened = on(2016, 10, 12);
  const CallId call = open_call(*s.calls, opened, draft);
  std::vector<ProposalId> proposals;
  for (int i = 0; i < s.numbers.matched; ++i) {
    proposals.push_back(propose(*s.calls, days_after(opened, 5 + i % 10), call,
                                "对接需求" + std::to_string(i + 1),
                                {{s.early(static_cast<std::size_t>(i)).id, 1000}}, 0));
  }
  HOUNIAO_TRY(s.calls->sync(kSyncTimeout));
  for (const ProposalId proposal : proposals) {
    award(*s.chair, days_after(opened, 24), call, proposal, 0, "chosen by both sides");
  }
  return s.chair->sync(kSyncTimeout);
}

struct Grant {
  ProposalId proposal;
  OrganisationId grantee;
  std::int64_t fen = 0;
  EventId award;
};

// Sixty projects win, fifteen of them by youth organisations, with a quarter of the money. Amounts
// are whole thousands of yuan.
std::vector<Grant> ask_lottery(Story& s, CallId call, Day opened) {
  Dice dice = s.company.dice.fork("lottery");
  const Numbers& n = s.numbers;
  const std::int64_t thousands = n.lottery_yuan / 1'000;
  const auto youth = dice.split(thousands / 4, static_cast<std::size_t>(n.lottery_youth));
  const auto others = dice.split(thousands - thousands / 4,
                                 static_cast<std::size_t>(n.lottery_projects - n.lottery_youth));
  std::vector<Grant> grants;
  const auto ask = [&](OrganisationId who, std::int64_t amount) {
    const Day when = days_after(opened, 8 + static_cast<std::int64_t>(grants.size() % 12));
    const std::int64_t fen = amount * 1'000 * kYuan;
    const ProposalId proposal = propose(
        *s.calls, when, call, "福彩项目" + std::to_string(grants.size() + 1), {{who, 1000}}, fen);
    grants.push_back({proposal, who, fen, {}});
  };
  for (std::size_t i = 0; i < youth.size(); ++i) ask(s.early(kLotteryFirst + i).id, youth[i]);
  for (std::size_t i = 0; i < others.size(); ++i) {
    const OrganisationId other = register_body(*s.calls, days_after(opened, 1),
                                               {.kind = "other_social_organisation",
                                                .name = "其他社会组织" + std::to_string(i + 1),
                                                .level = "registered",
                                                .region = kRegion,
                                                .uscc = s.company.identities.uscc("52", kRegion),
                                                .parent = {}});
    ask(other, others[i]);
  }
  return grants;
}

// The grants of the youth organisations pass through this programme's books: asked for, approved on
// two rungs, paid. Money for an office is outside the lottery's purposes and stays held.
Result<void> pay_grants(Story& s, const std::vector<Grant>& grants) {
  const Elsewhere books(*s.clerk, s.scope("finance"));
  std::vector<std::pair<RequestId, stage::RequestDraft>> asked;
  for (std::size_t i = 0; i < static_cast<std::size_t>(s.numbers.lottery_youth); ++i) {
    stage::RequestDraft draft;
    draft.fund = s.fund("lottery");
    draft.fen = grants[i].fen;
    draft.purpose = kPurpose;
    draft.payee = grants[i].grantee;
    draft.region = kRegion;
    draft.pays_for = {grants[i].award};
    asked.emplace_back(request_money(*s.clerk, on(2017, 6, 5), draft), draft);
  }
  stage::RequestDraft office = asked.front().second;
  office.fen = 30'000 * kYuan;
  office.purpose = "office_fitting";
  office.pays_for.clear();
  s.kept_held.push_back(EventId{request_money(*s.clerk, on(2017, 6, 6), office).value});
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) approve_request(*s.officer, on(2017, 6, 9), id, 1);
  HOUNIAO_TRY(s.officer->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) approve_request(*s.secretary, on(2017, 6, 12), id, 2);
  HOUNIAO_TRY(s.secretary->sync(kSyncTimeout));
  for (const auto& [id, draft] : asked) {
    pay_request(*s.finance, on(2017, 6, 16), id, draft.fen, draft.payee);
  }
  return s.finance->sync(kSyncTimeout);
}

Result<void> share_lottery(Story& s) {
  const std::int64_t fen = s.numbers.lottery_yuan * kYuan;
  receive_money(*s.finance, on(2017, 2, 20), s.fund("lottery"), s.civil_affairs, fen);
  allocate_money(*s.finance, on(2017, 3, 1), s.fund("lottery"), s.programme, fen / 4);
  HOUNIAO_TRY(s.finance->sync(kSyncTimeout));
  CallDraft draft;
  draft.kind = CallKind::TENDER;
  draft.series = "lottery_call";
  draft.title = "福彩公益金资助项目";
  draft.organiser = s.civil_affairs;
  draft.fund = s.fund("lottery");
  draft.budget_fen = fen;
  const Day opened = on(2017, 3, 6);
  const CallId call = open_call(*s.calls, opened, draft);
  std::vector<Grant> grants = ask_lottery(s, call, opened);
  HOUNIAO_TRY(s.calls->sync(kSyncTimeout));
  for (Grant& grant : grants) {
    grant.award =
        award(*s.chair, on(2017, 5, 8), call, grant.proposal, grant.fen, "decided by the jury");
  }
  HOUNIAO_TRY(s.chair->sync(kSyncTimeout));
  return pay_grants(s, grants);
}

// Two platforms; the partner foundation holds the licence, and the money goes through its account.
Result<void> crowdfund(Story& s) {
  s.registrar->add(on(2016, 12, 1), [foundation = s.foundation](Body body) {
    auto c = body.initOrganisationCredentialRecorded();
    c.setOrganisation(foundation.value);
    c.setKind(schema::OrganisationCredentialRecorded::Kind::PUBLIC_FUNDRAISING);
    c.setValue("licence");
    c.setIssuer("civil affairs");
    c.setValidFromDay(on(2016, 12, 1).value);
    c.setValidToDay(on(2021, 11, 30).value);
  });
  HOUNIAO_TRY(s.registrar->sync(kSyncTimeout));
  Dice dice = s.company.dice.fork("crowdfunding");
  const auto yuan =
      dice.split(s.numbers.crowdfunded_yuan, static_cast<std::size_t>(s.numbers.crowdfunded));
  std::array<CallId, 2> calls;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CallDraft draft;
    draft.kind = CallKind::CROWDFUNDING;
    draft.series = "crowdfunding";
    draft.title = "互联网众筹" + std::to_string(i + 1);
    draft.organiser = s.foundation;
    draft.co_organisers = {s.platforms[i]};
    draft.fund = s.fund("crowdfunding");
    calls[i] = open_call(*s.calls, on(2017, 8, 20), draft);
  }
  for (std::size_t i = 0; i < yuan.size(); ++i) {
    propose(*s.calls, on(2017, 8, 28), calls[i < 8 ? 0 : 1], "众筹项目" + std::to_string(i + 1),
            {{s.early(60 + i).id, 1000}}, yuan[i] * kYuan);
    receive_money(*s.finance, days_after(on(2017, 9, 10), static_cast<std::int64_t>(i)),
                  s.fund("crowdfunding"), s.platforms[i < 8 ? 0 : 1], yuan[i] * kYuan);
  }
  HOUNIAO_TRY(s.calls->sync(kSyncTimeout));
  return s.finance->sync(kSyncTimeout);
}

// A tender with a real deadline: the offer that came after it cannot take part, whoever decides.
Result<void> come_too_late(Story& s) {
  CallDraft draft;
  draft.kind = CallKind::TENDER;
  draft.series = "supervision_tender";
  draft.title = "第三方督导采购";
  draft.organiser = s.league;
  draft.open_days = 29;  // to the end of February
  const CallId call = open_call(*s.calls, on(2018, 1, 30), draft);
  const ProposalId late = propose(*s.calls, on(2018, 3, 5), call, "督导服务方案",
                                  {{s.third_parties[0], 1000}}, 80'000 * kYuan);
  s.kept_held.push_back(EventId{late.value});
  HOUNIAO_TRY(s.calls->sync(kSyncTimeout));
  auto status = s.calls->device().status(EventId{late.value});
  if (!status) return status.error();
  s.company.tell("截止后收到的申报：" + std::string(name_zh(*status)) +
                 " / a proposal after the deadline: " + std::string(name(*status)));
  return {};
}

}  // namespace

Result<void> hold_fairs(Story& s) {
  HOUNIAO_TRY(match(s));
  HOUNIAO_TRY(share_lottery(s));
  HOUNIAO_TRY(crowdfund(s));
  s.company.tell("双选会、福彩资助、互联网众筹 / a matching fair, lottery grants and crowdfunding");
  return come_too_late(s);
}

}  // namespace houniao::programme_e
