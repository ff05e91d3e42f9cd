// Renewal of the branches: candidates are checked, the training is held on 24 May 2021, within the
// week after it every branch elects, and posts are filled. The article names 101 secretaries who
// are new and 215 who hold the post beside another; of 344 posts it leaves 28 without a word, and
// so does the log. An auditor says so.
#include <algorithm>

#include "tools/programme_c/story.h"

namespace houniao::programme_c {
namespace {

constexpr const char* kSecretary = "branch_secretary";
constexpr const char* kDeputy = "branch_deputy_secretary";
constexpr const char* kCommittee = "village_committee";
const Day kTraining = on(2021, 5, 24);

struct Candidates {
  std::vector<PersonId> good_youths;
  std::vector<PersonId> committee;
  std::vector<PersonId> deputies;
};

Candidates check_candidates(Story& s) {
  Candidates out;
  const auto check = [&](int count, std::vector<PersonId>& list) {
    for (int i = 0; i < count; ++i) {
      const Day when = days_after(on(2021, 5, 10), i % 12);
      list.push_back(register_person(*s.clerk, when, s.company.identities.person(true, 37)));
      consent(*s.clerk, when, list.back(), "candidate_check");
    }
  };
  check(s.numbers.good_youths, out.good_youths);
  check(s.numbers.committee_members, out.committee);
  check(s.numbers.deputies, out.deputies);
  return out;
}

void train(Story& s, const Candidates& candidates) {
  const std::uint32_t unnamed = 129;
  const SessionId plan = plan_session(*s.clerk, on(2021, 5, 17),
                                      {.kind = "election_training",
                                       .title = "换届观摩",
                                       .day = kTraining,
                                       .from_minute = 9 * 60,
                                       .to_minute = 11 * 60 + 30,
                                       .capacity = 400,
                                       .leader = s.officer_staff.value,
                                       .obligation = {},
                                       .contract = {},
                                       .with_minors = false});
  const SessionId session =
      hold_session(*s.clerk, kTraining,
                   {.kind = "election_training",
                    .headcount = static_cast<std::uint32_t>(candidates.committee.size()) + unnamed,
                    .method = schema::SessionHeld::CountingMethod::SIGN_IN,
                    .from_minute = 9 * 60,
                    .to_minute = 11 * 60 + 30,
                    .leader = s.officer_staff.value,
                    .tags = {},
                    .contract = {},
                    .planned = plan});
  attend(*s.clerk, kTraining, session, candidates.committee, unnamed);
  complete_training(*s.clerk, kTraining, candidates.committee,
                    {.session = session,
                     .kind = "election_training",
                     .minutes = 150,
                     .result = schema::TrainingCompleted::Result::ATTENDED,
                     .certificate = {}});
}

struct Elected {
  OrganisationId branch;
  Day day;
  PersonId secretary;  // none where nothing says who became it
  bool concurrent = false;
  PersonId deputy;  // none where no deputy is known
};

std::vector<Elected> vote(Story& s, const Candidates& candidates) {
  Dice dice = s.company.dice.fork("elections");
  std::vector<OrganisationId> branches = s.branches;
  for (std::size_t i = branches.size(); i > 1; --i)
    std::swap(branches[i - 1], branches[dice.index(i)]);
  std::vector<Elected> out;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    Elected e;
    e.branch = branches[i];
    e.day = days_after(kTraining, 1 + static_cast<std::int64_t>(i % 7));
    const std::size_t youths = candidates.good_youths.size();
    if (i < youths) {
      e.secretary = candidates.good_youths[i];
    } else if (i < youths + candidates.committee.size()) {
      e.secretary = candidates.committee[i - youths];
      e.concurrent = true;
    }
    if (i < candidates.deputies.size()) e.deputy = candidates.deputies[i];
    stage::ElectionDraft draft;
    draft.body = e.branch;
    draft.seats = 3;
    draft.electorate = static_cast<std::uint32_t>(dice.between(24, 66));
    draft.turnout = draft.electorate - static_cast<std::uint32_t>(dice.between(0, 6));
    if (e.secretary) draft.elected.push_back(e.secretary);
    if (e.deputy) draft.elected.push_back(e.deputy);
    const EventId election = hold_election(*s.clerk, e.day, draft);
    if (!e.secretary) s.unexplained_elections.push_back(election);
    out.push_back(e);
  }
  return out;
}

void fill_posts(Story& s, const std::vector<Elected>& elected) {
  const std::array<const char*, 3> kBackgrounds = {"student", "skilled_grower", "veteran"};
  std::size_t deputies = 0;
  for (const Elected& e : elected) {
    if (e.secretary) {
      appoint(*s.director, e.day, e.secretary, kSecretary, e.branch.value,
              e.concurrent ? kCommittee : "");
    }
    if (e.deputy) {
      appoint(*s.director, e.day, e.deputy, kDeputy, e.branch.value,
              kBackgrounds[deputies++ % kBackgrounds.size()]);
    }
  }
}

// One of the new secretaries takes work elsewhere within weeks, and somebody else is found.
Result<void> replace_one(Story& s, const Elected& first) {
  const PersonId successor =
      register_person(*s.clerk, on(2021, 6, 16), s.company.identities.person(true, 37));
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  end_appointment(*s.director, on(2021, 6, 18), first.secretary, kSecretary, first.branch.value);
  appoint(*s.director, on(2021, 6, 21), successor, kSecretary, first.branch.value);
  return s.director->sync(kSyncTimeout);
}

}  // namespace

Result<void> elect_branches(Story& s) {
  const Candidates candidates = check_candidates(s);
  train(s, candidates);
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  const std::vector<Elected> elected = vote(s, candidates);
  HOUNIAO_TRY(s.clerk->sync(kSyncTimeout));
  fill_posts(s, elected);
  HOUNIAO_TRY(s.director->sync(kSyncTimeout));
  HOUNIAO_TRY(replace_one(s, elected.front()));
  s.company.tell(
      std::to_string(elected.size()) + " 个团组织一周内换届，" +
      std::to_string(s.unexplained_elections.size()) +
      " 个书记岗位无任职记录 / branches elected within a week; as many posts as stand in "
      "the second number have no appointment");
  return {};
}

}  // namespace houniao::programme_c
