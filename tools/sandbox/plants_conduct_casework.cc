// A26 case snooping, A27 missing mandatory reports.
#include "tools/sandbox/plants_conduct.h"

namespace houniao::sandbox {
namespace {

using namespace conduct;
using Risk = schema::RiskLevel;

struct File {
  PersonId client;
  EventId id;
};

// A file of the first worker under the supervision of the chief.
File open_file(Yard& yard, Day when, PersonId client, Risk risk = Risk::LOW) {
  const EventId agreed = stage::consent(*yard.field[0], when, client, "casework");
  const EventId id =
      yard.field[0]->add(when, [=, worker = yard.workers[0], supervisor = yard.chief](Body body) {
        auto c = body.initCaseOpened();
        c.setClient(client.value);
        c.setGround("domestic_violence");
        c.setRisk(risk);
        c.setWorker(worker.value);
        c.setSupervisor(supervisor.value);
        c.setConsent(agreed.value);
        c.setDay(when.value);
      });
  return {client, id};
}
File open_file(Yard& yard, Day when) { return open_file(yard, when, yard.person(0, when)); }

// Of somebody born in that year, of whom no document was seen.
File file_of_born(Yard& yard, Day when, int year, Risk risk = Risk::LOW) {
  const stage::Identity identity =
      stage::child_born(yard.company.identities.person(false), {year, 5, 6});
  return open_file(yard, when, stage::register_person(*yard.field[0], when, identity), risk);
}

EventId contact(Yard& yard, Day when, const File& file, Risk risk) {
  return yard.field[0]->add(when, [=](Body body) {
    auto c = body.initCaseContactLogged();
    c.setCase(file.id.value);
    c.setMode(schema::CaseContactLogged::Mode::VISIT);
    c.setMinutes(50);
    c.setRisk(risk);
    c.setDay(when.value);
  });
}

EventId report(Yard& yard, Day when, EventId file, PersonId child) {
  return yard.field[0]->add(when, [=](Body body) {
    auto r = body.initMandatoryReportFiled();
    r.setCase(file.value);
    r.setPerson(child.value);
    r.setAuthority(schema::MandatoryReportFiled::Authority::POLICE);
    r.setDay(when.value);
    r.setMinute(10 * 60);
    r.setGround("suspected_harm");
  });
}

EventId allow(Yard& yard, Day when, std::uint64_t reader, EventId record) {
  return yard.supervisor->add(when, [=](Body body) {
    auto a = body.initSensitiveAccessDecided();
    a.setReader(reader);
    a.setRecord(record.value);
    a.setPurpose("case_conference");
    a.setUntilDay(when.value + 60);
    a.setGranted(true);
  });
}

EventId read(Tablet& tablet, Day when, int minute, EventId record) {
  Stamp stamp;
  stamp.tablet = &tablet;
  stamp.when = when;
  stamp.minute = minute;
  return deliveries::record(stamp, [record](Body body) {
    auto r = body.initSensitiveRecordRead();
    r.setRecord(record.value);
    r.setPurpose("case_conference");
  });
}

}  // namespace

Result<void> plant_a26(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 26);
  Tablet* readers[4] = {};
  const char* labels[4] = {"sandbox curious reader", "sandbox bulk reader", "sandbox night reader",
                           "sandbox invited reader"};
  for (int i = 0; i < 4; ++i) {
    auto reader = office(yard, labels[i], schema::Role::FIELD, yard.centre);
    if (!reader) return reader.error();
    readers[i] = *reader;
  }
  const Day when = on(2024, 11, 4);
  std::vector<File> files;
  for (int i = 0; i < 12; ++i) files.push_back(open_file(yard, days_after(when, i)));
  HOUNIAO_TRY(yard.settle());
  const Day decided = days_after(when, 20);
  for (const File& file : files) {
    allow(yard, decided, readers[1]->actor, file.id);
    allow(yard, decided, readers[2]->actor, file.id);
  }
  allow(yard, decided, readers[3]->actor, files[0].id);
  HOUNIAO_TRY(yard.settle());

  const Day reading = days_after(when, 25);
  Ids curious;
  for (const int i : {2, 5, 7}) {
    curious.push_back(
        read(*readers[0], days_after(reading, i), 15 * 60, files[static_cast<std::size_t>(i)].id));
  }
  Ids bulk;
  Ids reviewed;
  for (const File& file : files) {
    bulk.push_back(read(*readers[1], reading, 10 * 60, file.id));
    reviewed.push_back(read(*yard.supervisor, reading, 14 * 60, file.id));
  }
  Ids at_night;
  Ids own;
  for (std::size_t i = 0; i < 4; ++i) {
    const Day night = days_after(reading, static_cast<std::int64_t>(i));
    at_night.push_back(read(*readers[2], night, 23 * 60 + 10, files[i].id));
    own.push_back(read(*yard.field[0], night, 22 * 60 + 40, files[i].id));
  }
  const EventId invited = read(*readers[3], reading, 11 * 60, files[0].id);
  for (Tablet* reader : readers) HOUNIAO_TRY(reader->sync(kSyncTimeout));
  HOUNIAO_TRY(yard.settle());

  key.fraud("与个案无关的人三次查阅，没有授权",
            "somebody without a relation to the cases reads three of them, without a decision",
            curious);
  key.fraud("以会商为名一天内查阅十二份个案",
            "twelve files are read in one day in the name of a conference", bulk);
  key.fraud("连续四晚深夜查阅他人个案", "files of others are read late at night four times",
            at_night);
  key.honest("督导白天复核自己督导的十二份个案",
             "a supervisor reviews the twelve files under their own supervision", reviewed);
  key.honest("个案社工深夜处理自己的个案", "a worker reads their own files late at night", own);
  key.honest("经授权参加会商查阅一份", "one file is read under a decision for a conference",
             {invited});
  return {};
}

Result<void> plant_a27(Yard& yard, std::vector<Plant>& out) {
  Key key(out, 27);
  const Day when = on(2024, 9, 9);
  const File silent = file_of_born(yard, when, 2009);
  const File at_once = file_of_born(yard, when, 2010, Risk::CRITICAL);
  const File slow = file_of_born(yard, when, 2009);
  const File prompt = file_of_born(yard, when, 2009);
  const File adult = file_of_born(yard, when, 1988);
  const File watched = file_of_born(yard, when, 2008, Risk::HIGH);
  const File without_case = file_of_born(yard, when, 2009);
  const Day raised = days_after(when, 14);
  const EventId danger = contact(yard, raised, silent, Risk::HIGH);
  const EventId slow_danger = contact(yard, raised, slow, Risk::CRITICAL);
  const EventId late = report(yard, days_after(raised, 9), slow.id, slow.client);
  const EventId prompt_danger = contact(yard, raised, prompt, Risk::CRITICAL);
  report(yard, days_after(raised, 1), prompt.id, prompt.client);
  const EventId of_age = contact(yard, raised, adult, Risk::HIGH);
  const EventId no_worse = contact(yard, raised, watched, Risk::HIGH);
  const EventId other_danger = contact(yard, raised, without_case, Risk::HIGH);
  report(yard, raised, {}, without_case.client);
  HOUNIAO_TRY(yard.settle());

  key.fraud("随访发现未成年人处于高风险，没有报告",
            "a contact finds a minor at high risk and nobody reports it", {danger});
  key.fraud("建档时即为危急，没有报告", "a file opens at critical risk and nobody reports it",
            {at_once.id});
  key.fraud("风险升至危急，九天后才报告", "a critical risk is reported only nine days later",
            {slow_danger, late});
  key.honest("风险升高后次日报告", "a raised risk is reported the next day", {prompt_danger});
  key.honest("当事人已成年", "the client is of age", {of_age});
  key.honest("风险一直为高，持续跟进，没有加重",
             "a risk that was high stays as it is and is followed up", {no_worse, watched.id});
  key.honest("当日以儿童名义报告，未列个案号",
             "the report of the day names the child and not the case", {other_danger});
  return {};
}

}  // namespace houniao::sandbox
