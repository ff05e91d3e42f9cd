// Case work with seven clients: consent first, contacts that follow, a referral, closings by the
// supervisor, and one reading by somebody else that was approved and left its trace.
#include "tools/programme_a/story.h"

namespace houniao::programme_a {
namespace {

using Risk = schema::RiskLevel;
using Mode = schema::CaseContactLogged::Mode;

constexpr std::array kGrounds = {"work_stress", "relationship", "wage_dispute", "adaptation",
                                 "family_conflict"};

struct Client {
  PersonId person;
  EventId consent;
  CaseId id;
  Day opened;
  Day last;
};

Client open_case(Story& story, Draw& people, int number) {
  Tablet& worker = *story.cast.social_worker;
  Client client;
  client.opened = stage::days_after(on(2014, 9, 24), std::int64_t{58} * number);
  client.person = people.next(client.opened);
  client.consent = stage::consent(worker, client.opened, client.person, "casework");
  client.id = entity_cast<CaseId>(
      worker.add(client.opened, [client, number, by = story.social_worker,
                                 supervisor = story.case_supervisor](stage::Body body) {
        auto c = body.initCaseOpened();
        c.setClient(client.person.value);
        c.setGround(kGrounds[static_cast<std::size_t>(number) % kGrounds.size()]);
        c.setRisk(number % 3 == 0 ? Risk::MEDIUM : Risk::LOW);
        c.setWorker(by.value);
        c.setSupervisor(supervisor.value);
        c.setConsent(client.consent.value);
        c.setDay(client.opened.value);
      }));
  client.last = client.opened;
  return client;
}

void follow(Story& story, Client& client, Dice& dice) {
  constexpr std::array kModes = {Mode::FACE_TO_FACE, Mode::PHONE, Mode::VISIT, Mode::ONLINE};
  const std::int64_t contacts = dice.between(5, 9);
  for (std::int64_t i = 0; i < contacts; ++i) {
    client.last = stage::days_after(client.last, dice.between(5, 8));
    story.cast.social_worker->add(client.last,
                                  [client, mode = dice.pick(kModes), last = i + 1 == contacts,
                                   minutes = dice.between(3, 9) * 10](stage::Body body) {
                                    auto c = body.initCaseContactLogged();
                                    c.setCase(client.id.value);
                                    c.setMode(mode);
                                    c.setMinutes(static_cast<std::uint32_t>(minutes));
                                    c.setRisk(last ? Risk::NONE : Risk::LOW);
                                    c.setDay(client.last.value);
                                  });
  }
}

void refer(Story& story, const Client& client) {
  story.cast.social_worker->add(client.last, [client, to = story.hospital](stage::Body body) {
    auto r = body.initCaseReferred();
    r.setCase(client.id.value);
    r.setTo(to.value);
    r.initShared(1).set(0, "appointment");
    r.setConsent(client.consent.value);
    r.setDay(client.last.value);
  });
}

void close_case(Story& story, const Client& client) {
  const Day closed = stage::days_after(client.last, 14);
  story.cast.case_supervisor->add(closed, [client, closed](stage::Body body) {
    auto c = body.initCaseClosed();
    c.setCase(client.id.value);
    c.setOutcome("improved");
    c.setReason("goals of the plan are reached");
    c.setDay(closed.value);
  });
}

// The director may look into one case for a conference; the decision comes first, the trace stays.
Result<void> read_for_conference(Story& story, const Client& client) {
  Tablet& supervisor = *story.cast.case_supervisor;
  const Day decided = stage::days_after(client.last, 1);
  const EventId access = supervisor.add(decided, [=, reader = story.director](stage::Body body) {
    auto a = body.initSensitiveAccessDecided();
    a.setReader(reader.value);
    a.setRecord(client.id.value);
    a.setPurpose("case_conference");
    a.setUntilDay(decided.value + 10);
    a.setGranted(true);
  });
  HOUNIAO_TRY(supervisor.sync(kSyncTimeout));
  Tablet& director = *story.cast.director;
  const stage::Elsewhere at(director, story.company.scope("casework"), {}, story.social_work);
  director.add(stage::days_after(decided, 2), [=](stage::Body body) {
    auto r = body.initSensitiveRecordRead();
    r.setRecord(client.id.value);
    r.setPurpose("case_conference");
    r.setAccess(access.value);
  });
  return director.sync(kSyncTimeout);
}

}  // namespace

Result<void> care(Story& story) {
  Draw people(story, "clients of cases", 41);
  Dice dice = story.company.dice.fork("cases");
  std::vector<Client> clients;
  for (int i = 0; i < story.numbers.cases; ++i) {
    clients.push_back(open_case(story, people, i));
    follow(story, clients.back(), dice);
    if (i == 2) refer(story, clients.back());
  }
  HOUNIAO_TRY(story.cast.social_worker->sync(kSyncTimeout));
  HOUNIAO_TRY(read_for_conference(story, clients[1]));
  constexpr int kStillOpen = 2;
  for (int i = 0; i + kStillOpen < story.numbers.cases; ++i) {
    close_case(story, clients[static_cast<std::size_t>(i)]);
  }
  HOUNIAO_TRY(story.cast.case_supervisor->sync(kSyncTimeout));
  story.tell("个案 " + std::to_string(clients.size()) +
             " 人：先同意后建档，一次查阅经授权并留痕 / seven cases rest on consent; one reading "
             "was approved and left its trace");
  return {};
}

}  // namespace houniao::programme_a
