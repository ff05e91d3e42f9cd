// A01, A02: persons who are not there, and persons who are there twice.
#include "tools/sandbox/plants_deliveries.h"

namespace houniao::sandbox {
namespace {

using namespace deliveries;
using stage::Identity;

// `times` visits, one a week, by the yard's worker; each is listed.
Ids visits(Yard& yard, int worker, Day first, PersonId person, int times,
           const std::string& kind = "home_visit") {
  Ids out;
  for (int i = 0; i < times; ++i) {
    out.push_back(yard.service(worker, stage::days_after(first, 7 * i), person, kind));
  }
  return out;
}

// Registered from hearsay: no document was seen. Sex, years of birth and region as stated.
PersonId register_from_hearsay(stage::Tablet& tablet, Day when, const Identity& identity,
                               std::uint16_t birth_year_band) {
  EventDraft draft = tablet.draft(when);
  draft.personal.push_back({PersonId{}, identity.data});
  draft.body = [=, region = identity.native_region, male = identity.male](stage::Body body) {
    auto p = body.initPersonRegistered();
    p.setSex(male ? schema::Sex::MALE : schema::Sex::FEMALE);
    p.setBirthYearBand(birth_year_band);
    p.setNativeRegion(region);
    p.setVerification(schema::PersonRegistered::Verification::TYPED);
  };
  return entity_cast<PersonId>(tablet.add(std::move(draft)));
}

void plant_ghosts(Yard& yard, Plants& out) {
  Identity nobody = without_document(yard);
  nobody.data.phone.clear();
  const PersonId ghost = stage::register_person(*yard.field[0], day(yard, 20), nobody);
  fraud(out, 1, "社工登记了一个没有证件、没有电话的人，随后独自为其记录五次探访",
        "a worker registers somebody without document or phone and records five visits alone",
        visits(yard, 0, day(yard, 24), ghost, 5));

  Identity false_number = yard.company.identities.person(true);
  char& last = false_number.data.id_number.back();
  last = last == '1' ? '2' : '1';
  const PersonId invented = stage::register_person(*yard.field[1], day(yard, 21), false_number);
  fraud(out, 1, "编造的身份证号通不过校验，四次法律咨询均由同一社工记录",
        "an invented id number that does not check; one worker records four talks on law",
        visits(yard, 1, day(yard, 26), invented, 4, "legal_advice"));

  const Identity owner = without_document(yard);
  Ids all;
  for (int i = 0; i < 6; ++i) {
    Identity other = without_document(yard);
    other.data.phone = owner.data.phone;
    const PersonId one = stage::register_person(*yard.field[2], day(yard, 22), other);
    for (const EventId event : visits(yard, 2, day(yard, 30 + i), one, 3)) all.push_back(event);
  }
  fraud(out, 1, "六个人共用社工自己的电话，均未见证件，各被探访三次",
        "six people with the worker's own phone, no document seen, visited three times each",
        std::move(all));
}

void plant_real_people(Yard& yard, Plants& out) {
  Identity old = yard.company.identities.person(true);
  old.data.phone.clear();
  const PersonId elder = stage::register_person(*yard.field[0], day(yard, 40), old);
  Ids events = visits(yard, 0, day(yard, 42), elder, 6);
  events.push_back(event_of(elder));
  honest(out, 1, "独居老人没有电话，但登记时核对了身份证",
         "an old person has no phone, but the id card was seen", std::move(events));

  const PersonId mother = yard.person(1, day(yard, 40));
  Identity small = without_document(yard);
  small.data.phone.clear();
  const PersonId child = stage::register_person(*yard.field[1], day(yard, 40), small);
  stage::name_guardian(*yard.field[1], day(yard, 40), child, mother);
  honest(out, 1, "孩子没有电话，监护人已登记", "a child without phone whose guardian is on record",
         visits(yard, 1, day(yard, 43), child, 4, "counselling"));

  Identity shy = without_document(yard);
  shy.data.phone.clear();
  const PersonId guest = stage::register_person(*yard.field[0], day(yard, 44), shy);
  Ids shared = visits(yard, 0, day(yard, 45), guest, 2);
  shared.push_back(yard.service(1, day(yard, 60), guest, "legal_advice"));
  shared.push_back(yard.service(2, day(yard, 66), guest, "counselling"));
  honest(out, 1, "未留电话的来访者先后由三名社工接待",
         "a caller who left no phone is seen by three workers, one after another",
         std::move(shared));

  Identity quiet = without_document(yard);
  quiet.data.phone.clear();
  const PersonId pupil = stage::register_person(*yard.field[2], day(yard, 46), quiet);
  Ids taught = visits(yard, 2, day(yard, 47), pupil, 3, "counselling");
  const Stamp class_room = stamp_of(yard, 2, day(yard, 53));
  Gathering lesson;
  lesson.stamp = class_room;
  lesson.headcount = 1;
  lesson.leader = yard.workers[2].value;
  taught.push_back(sign_in(class_room, gather(lesson), {pupil}, 0, 0));
  honest(out, 1, "没有电话的学员在周末课堂上签过到",
         "somebody without phone who signed in at a week-end class", std::move(taught));
}

void plant_doubles(Yard& yard, Plants& out) {
  const Identity one = yard.company.identities.person(true);
  const PersonId first = stage::register_person(*yard.field[0], day(yard, 30), one);
  const PersonId second = stage::register_person(*yard.field[1], day(yard, 75), one);
  Ids events = visits(yard, 0, day(yard, 31), first, 2);
  for (const EventId event : visits(yard, 1, day(yard, 76), second, 2)) events.push_back(event);
  fraud(out, 2, "同一身份证号在两个站各登记一次，两边都计了服务",
        "one id number is registered at two stations and served at both", std::move(events));

  const Identity shared = without_document(yard);
  Identity renamed = shared;
  renamed.data.name = without_document(yard).data.name;
  const PersonId real = register_from_hearsay(*yard.field[1], day(yard, 32), shared, 1985);
  const PersonId copy = register_from_hearsay(*yard.field[2], day(yard, 80), renamed, 1985);
  Ids doubled = visits(yard, 1, day(yard, 33), real, 2);
  for (const EventId event : visits(yard, 2, day(yard, 81), copy, 3)) doubled.push_back(event);
  fraud(out, 2, "换一个名字再登记一次：电话、性别、年龄段和籍贯都没变",
        "registered again under another name with the same phone, sex, age and region",
        std::move(doubled));

  const Identity thrice = yard.company.identities.person(true);
  Ids three;
  for (int worker = 0; worker < 3; ++worker) {
    const PersonId record =
        stage::register_person(*yard.field[worker], day(yard, 34 + worker), thrice);
    three.push_back(yard.service(worker, day(yard, 90 + worker), record, "legal_advice"));
  }
  fraud(out, 2, "同一人在三个站登记三次，各计一次法律咨询",
        "one person is registered at three stations, each counts one talk on law",
        std::move(three));
}

Result<void> plant_pairs(Yard& yard, Plants& out) {
  const Identity one = yard.company.identities.person(true);
  const PersonId first = stage::register_person(*yard.field[0], day(yard, 36), one);
  const PersonId second = stage::register_person(*yard.field[2], day(yard, 37), one);
  Ids linked{yard.service(0, day(yard, 38), first), yard.service(2, day(yard, 39), second)};
  HOUNIAO_TRY(yard.settle());
  stage::decide_same(*yard.second_supervisor, day(yard, 45), first, second,
                     "the same id card was seen at both stations");
  honest(out, 2, "两站各自登记，督导当月判重合并",
         "two stations registered the person; a supervisor linked the records in the same month",
         std::move(linked));

  const Identity older = without_document(yard);
  Identity younger = without_document(yard);
  younger.data.phone = older.data.phone;
  younger.native_region = older.native_region;
  younger.male = older.male;
  const PersonId big = register_from_hearsay(*yard.field[1], day(yard, 38), older, 1990);
  const PersonId small = register_from_hearsay(*yard.field[1], day(yard, 38), younger, 2000);
  Ids brothers = visits(yard, 1, day(yard, 40), big, 2);
  for (const EventId event : visits(yard, 1, day(yard, 41), small, 2)) brothers.push_back(event);
  honest(out, 2, "同住的兄弟共用一部电话，相差十岁", "brothers ten years apart share one phone",
         std::move(brothers));

  const Identity slip = yard.company.identities.person(true);
  const PersonId unused = stage::register_person(*yard.field[0], day(yard, 41), slip);
  const PersonId used = stage::register_person(*yard.field[0], day(yard, 41), slip);
  Ids once = visits(yard, 0, day(yard, 42), used, 3);
  once.push_back(event_of(unused));
  once.push_back(event_of(used));
  honest(out, 2, "登记表误存两次，服务只记在一个登记上",
         "a form was saved twice by mistake; only one of the records was served", std::move(once));
  return {};
}

}  // namespace

Result<void> plant_a01(Yard& yard, std::vector<Plant>& out) {
  plant_ghosts(yard, out);
  plant_real_people(yard, out);
  return yard.settle();
}

Result<void> plant_a02(Yard& yard, std::vector<Plant>& out) {
  plant_doubles(yard, out);
  HOUNIAO_TRY(plant_pairs(yard, out));
  return yard.settle();
}

}  // namespace houniao::sandbox
