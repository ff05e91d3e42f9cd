// Plants of A34 (contest).
#include "base/crypto.h"
#include "tools/sandbox/plants_institutions.h"

namespace houniao::sandbox::institutions {
namespace {

constexpr int kPointsMax = 100;

// Proposals are in time by when they are received, so the deadline lies far ahead.
// A row of the book from which the contests were typed in: its deadline goes by the day it states.
EventId add_row(stage::Tablet& tablet, Day day, stage::Tablet::Fill fill) {
  EventDraft row = tablet.draft(day);
  row.import_row = static_cast<std::uint32_t>(tablet.written() + 1);
  row.body = std::move(fill);
  return tablet.add(std::move(row));
}

CallId open_call(Sower& s, Day day, const std::string& title) {
  return entity_cast<CallId>(
      add_row(s.desk(), day, [day, title, by = s.yard.league, fund = s.yard.fund](Body body) {
        auto c = body.initCallOpened();
        c.setKind(schema::CallOpened::Kind::CONTEST);
        c.setCode("yard_call");
        c.setTitle(title);
        c.setOrganiser(by.value);
        c.setFund(fund.value);
        c.setBudgetFen(30'000'000);
        auto criterion = c.initCriteria(1)[0];
        criterion.setCode("plan");
        criterion.setPointsMax(kPointsMax);
        c.setOpenDay(day.value);
        c.setDeadlineDay(stage::days_after(day, 45).value);
      }));
}

ProposalId propose(Sower& s, Day day, CallId call, OrganisationId applicant,
                   const std::string& document) {
  return entity_cast<ProposalId>(add_row(s.desk(), day, [=](Body body) {
    auto p = body.initProposalSubmitted();
    p.setCall(call.value);
    p.setTitle("project");
    auto who = p.initApplicants(1)[0];
    who.setParty(applicant.value);
    who.setPermille(1000);
    p.setPriceFen(3'270'000);
    const Hash hash = sha256(as_bytes(document));
    p.setDocumentSha256(capnp::Data::Reader(hash.bytes.data(), hash.bytes.size()));
  }));
}

EventId score(Sower& s, Day day, ProposalId proposal, std::uint64_t scorer, int points) {
  return s.desk().add(day, [=](Body body) {
    auto p = body.initProposalScored();
    p.setProposal(proposal.value);
    p.setScorer(scorer);
    auto item = p.initScores(1)[0];
    item.setCriterion("plan");
    item.setPoints(points);
  });
}

EventId stand_aside(Sower& s, Day day, ProposalId proposal, std::uint64_t scorer) {
  return s.desk().add(day, [=](Body body) {
    auto p = body.initProposalScored();
    p.setProposal(proposal.value);
    p.setScorer(scorer);
    p.setRecused(true);
    p.setInterest("advised the applicant");
  });
}

EventId award(Sower& s, Day day, CallId call, ProposalId proposal) {
  return s.desk().add(day, [=](Body body) {
    auto a = body.initAwardDecided();
    a.setCall(call.value);
    a.setProposal(proposal.value);
    a.setAmountFen(3'270'000);
    a.setReason("first by points");
    a.setDisclosure("web site of the committee");
  });
}

// Proposals, each scored by every juror, points[juror][proposal]; the first one wins.
std::vector<EventId> judge(Sower& s, CallId call, const std::vector<OrganisationId>& applicants,
                           const std::vector<StaffId>& jurors,
                           const std::vector<std::vector<int>>& points) {
  std::vector<EventId> scores;
  std::vector<ProposalId> proposals;
  for (std::size_t p = 0; p < applicants.size(); ++p) {
    const ProposalId proposal =
        propose(s, on(2024, 10, 8), call, applicants[p],
                "judged " + std::to_string(call.value) + " " + std::to_string(p));
    for (std::size_t j = 0; j < jurors.size(); ++j) {
      scores.push_back(score(s, on(2024, 11, 4), proposal, jurors[j].value, points[j][p]));
    }
    proposals.push_back(proposal);
  }
  award(s, on(2024, 11, 20), call, proposals.front());
  return scores;
}

}  // namespace

Result<void> plant_a34(Yard& yard, std::vector<Plant>& out) {
  Sower s(yard, out, 34);
  std::vector<OrganisationId> bodies;
  for (int i = 0; i < 6; ++i) {
    bodies.push_back(yard.body("social_organisation", "参赛社会组织" + std::to_string(i + 1)));
  }
  std::vector<StaffId> jurors;
  for (int i = 0; i < 4; ++i) jurors.push_back(yard.staff(yard.league, "juror", yard.opened));
  const Day day = on(2024, 3, 1);
  std::vector<PersonId> people;
  for (int i = 0; i < 4; ++i) people.push_back(s.person(day));
  HOUNIAO_TRY(yard.settle());
  const StaffId related = stage::engage(
      *yard.admin, on(2024, 3, 4), {.employer = yard.league, .post = "juror", .person = people[0]});
  HOUNIAO_TRY(yard.settle());
  const Day handed_in = on(2024, 4, 8);
  const Day judged = on(2024, 5, 6);

  const CallId lonely = open_call(s, on(2024, 3, 11), "单一申报");
  s.fraud("只有一家申报即中选", "an award with a single proposal",
          {award(s, judged, lonely, propose(s, handed_in, lonely, bodies[0], "alone"))});
  const CallId copied = open_call(s, on(2024, 3, 11), "同一文件");
  const ProposalId original = propose(s, handed_in, copied, bodies[0], "one text for both");
  const ProposalId copy = propose(s, handed_in, copied, bodies[1], "one text for both");
  s.fraud("两家申报方提交同一份文件", "two applicants hand in the same document",
          {event_of(original), event_of(copy)});

  const CallId family = open_call(s, on(2024, 3, 11), "亲属评审");
  stage::appoint(s.desk(), day, people[1], "director", bodies[2].value);
  s.desk().add(day, [scorer = people[0], director = people[1]](Body body) {
    auto h = body.initHouseholdChanged();
    h.setPerson(scorer.value);
    h.setMember(director.value);
    h.setRelation("spouse");
  });
  const ProposalId of_spouse = propose(s, handed_in, family, bodies[2], "spouse");
  s.fraud("评审人的配偶是申报方负责人", "the spouse of a scorer is the director of the applicant",
          {score(s, judged, of_spouse, related.value, 92)});
  const ProposalId of_member = propose(s, handed_in, family, bodies[3], "member");
  const EventId hidden = score(s, judged, of_member, people[2].value, 95);
  stage::join(s.desk(), on(2024, 2, 1), people[2].value, bodies[3].value, "member");
  s.fraud("评审人是申报方成员，事后才补录",
          "a scorer was a member of the applicant, recorded later", {hidden});
  const CallId pushed = open_call(s, on(2024, 9, 2), "偏离打分");
  const std::vector<EventId> scores =
      judge(s, pushed, {bodies[0], bodies[1], bodies[2], bodies[3]}, jurors,
            {{48, 52, 55, 50}, {50, 50, 52, 54}, {46, 55, 50, 51}, {100, 51, 53, 50}});
  s.fraud("一名评审给一家打满分，其他人都给一半",
          "one scorer gives a proposal everything, the others give it half", {scores[3]});

  const CallId open = open_call(s, on(2024, 3, 11), "公开竞争");
  const ProposalId better = propose(s, handed_in, open, bodies[4], "better");
  const ProposalId other = propose(s, handed_in, open, bodies[5], "other");
  s.honest("两家竞争，文件各异", "two compete with documents of their own",
           {event_of(better), event_of(other), award(s, judged, open, better)});
  const CallId next = open_call(s, on(2024, 9, 2), "再次申报");
  s.honest("同一家将上次的文件再投一次", "an applicant hands its own document in again",
           {event_of(propose(s, on(2024, 10, 8), next, bodies[5], "other"))});
  const EventId aside = stand_aside(s, judged, of_spouse, jurors[0].value);
  s.honest("评审人申明关系并回避", "a scorer declares an interest and stands aside", {aside});
  const CallId strict = open_call(s, on(2024, 9, 2), "严格评审");
  const std::vector<EventId> hard =
      judge(s, strict, {bodies[2], bodies[3], bodies[4], bodies[5]}, jurors,
            {{78, 70, 74, 72}, {75, 72, 70, 74}, {80, 74, 73, 70}, {28, 22, 25, 23}});
  s.honest("一名评审对每一家都严格", "one scorer is strict with everybody",
           {hard[3], hard[7], hard[11], hard[15]});
  stage::join(s.desk(), on(2024, 1, 10), people[3].value, bodies[4].value, "member");
  stage::leave(s.desk(), on(2024, 2, 10), people[3].value, bodies[4].value, "member");
  s.honest("评审人早已退出申报方", "a scorer had left the applicant before the call",
           {score(s, judged, better, people[3].value, 71)});
  return yard.settle();
}

}  // namespace houniao::sandbox::institutions
